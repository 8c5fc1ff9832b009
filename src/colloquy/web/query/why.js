// Why a row is there: the statements that it follows from.  The server works that out, or Python in this page.
const sidePanel = byId("thePanel");
const narrow = matchMedia("(width <= 45rem)");
let panelFrom = null;

/** On a phone the panel covers the page, and the rest of it waits. */
function holdBackground() {
  const covered = narrow.matches && !sidePanel.hidden;
  document.querySelector("main").inert = covered;
  document.querySelector("header").inert = covered;
}

/** Open the panel: what it is about, its heading, its content; `from` gets the focus back. */
function showPanel(what, title, content, from) {
  panelFrom = from ?? panelFrom;
  byId("theKind").replaceChildren(...what);
  byId("theName").replaceChildren(bdi(title));
  byId("theBody").replaceChildren(...content);
  sidePanel.hidden = false;
  holdBackground();
  byId("theSide").classList.add("reading");
  byId("theHome").hidden = true;
  byId("theName").focus({ preventScroll: true });
  byId("theSide").scrollTop = 0;
}

function closePanel() {
  sidePanel.hidden = true;
  holdBackground();
  byId("theSide").classList.remove("reading");
  byId("theHome").hidden = false;
  (panelFrom?.isConnected ? panelFrom : editor).focus();
}

/** A text as one word of a command line. */
const quotedForShell = (text) => `'${text.trim().replaceAll("'", `'\\''`)}'`;
const commandFor = (verb, rest = "") => `colloquy ${verb} -e ${quotedForShell(shown.text)}${rest}`;

/** A command that can be copied, with words before it. */
function commandBox(words, command) {
  const button = make("button", { type: "button" }, "Copy");
  const done = make("span", { role: "status" });
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(command);
      say(done, " Copied.");
    } catch {
      getSelection().selectAllChildren(box);
      say(done, " Selected: copy it with Ctrl+C.");
    }
  });
  const box = make("pre", { tabIndex: 0, role: "region", "aria-label": "Command" }, make("code", {}, command));
  return [make("p", {}, words), box, make("p", { class: "actions" }, button, done)];
}

function sourceOf(one) {
  const parts = [one.basis === "inferred" ? make("i", {}, "read between the lines") : null, one.document, one.section, one.phrase ? make("q", {}, one.phrase) : null].filter(Boolean);
  const source = make("p", { class: "proof" }, ...parts.flatMap((part, at) => (at ? [", ", part] : [part])));
  if (one.reason) source.append(` – ${one.reason}`);
  source.append(parts.length ? " · " : "", make("span", { class: "file" }, `${one.file}:${one.line}`));
  return source;
}

const shortTriple = (triple) => triple.map((term) => (isIri(term) ? known(term.slice(1, -1)).label || compressed(term.slice(1, -1)) : readTerm(term).value)).join(" – ");

function witnessOf(witness, at, many) {
  const items = witness.statements.map((one) => make("li", { class: "statement" }, make("p", { dir: "auto" }, one.sentence), sourceOf(one)));
  items.push(...witness.premises.map(({ graph, triple }) => make("li", { class: "statement" }, make("p", { dir: "auto" }, shortTriple(triple)), make("p", { class: "proof" }, graph ? `in the graph ${compressed(graph.slice(1, -1))}` : "in the graph, unwritten"))));
  const parts = [make("h3", {}, many > 1 ? `Because, way ${at + 1} of ${many}` : "Because"), make("ul", {}, ...items)];
  if (witness.follows.length) parts.push(make("details", { class: "proof" }, make("summary", {}, "from which follows"), ...witness.follows.map((line) => make("p", {}, line))));
  return parts;
}

/** An explanation, as `/why` and `colloquy why --format json` give it, as elements. */
function explanationParts({ witnesses, rows, notes, found, kind }) {
  const parts = witnesses.flatMap((one, at) => witnessOf(one, at, witnesses.length));
  for (const { values, witnesses: own } of rows.slice(0, 50)) {
    parts.push(make("h3", {}, Object.entries(values).map(([name, value]) => `${name} = ${value}`).join(", ") || "A row that went in"), ...own.flatMap((one, at) => witnessOf(one, at, own.length).slice(1)));
  }
  if (rows.length > 50) parts.push(make("p", { class: "soft" }, `and ${number(rows.length - 50)} more rows that went in`));
  if (kind === "ask" && !found) parts.push(make("p", {}, "Nothing can be cited for what is not there."));
  return [...parts, ...notes.map((note) => make("p", { class: "soft" }, note))];
}

/** Wait for a reason, with words in a box and a way to stop; null where there is none, and the box says why. */
async function reasonIn(box, name, fields, command) {
  if (running) return box.replaceChildren(make("p", {}, "A query is running: stop it first, and ask again.")) ?? null;
  const words = make("p", { class: "soft", role: "status" }, "Looking for the reasons …");
  const stop = make("button", { type: "button" }, "Stop");
  stop.addEventListener("click", () => engine.stop());
  box.replaceChildren(words, make("p", { class: "actions" }, stop));
  const before = statusOfRun.textContent;
  const ended = engine instanceof OwnEngine ? begin("Working out the reasons …") : () => {};
  try {
    return await engine.reason(name, fields, (told) => say(words, told));
  } catch (error) {
    const told = make("p", { role: "alert" }, error instanceof Stopped ? "Stopped." : error.message);
    if (words.isConnected) box.replaceChildren(told, ...(error.noPython ? commandBox("The command line tells it as well, in the project's folder:", command) : []));
    return null;
  } finally {
    ended(before);
  }
}

async function showWhy(answer, at, from) {
  const what = [answer.kind === "graph" ? `Statement ${at + 1}` : answer.kind === "ask" ? "The answer" : `Row ${at + 1}`];
  const title = answer.rows[at].filter((term) => term !== null).map(wordsOf).join(" · ") || "(nothing is bound)";
  const { text } = shown;
  const graph = answer.kind === "graph";
  const triple = graph ? answer.rows[at].map((term) => quotedForShell(isIri(term) ? compressed(term.slice(1, -1)) : term)).join(" ") : "";
  const command = graph ? `colloquy why ${triple}` : commandFor("why", ` --row ${at + 1}`);
  if (graph && engine instanceof ServerEngine) {
    return showPanel(what, title, commandBox("A statement of a graph that a query makes is explained on the command line, in the project's folder:", command), from);
  }
  const box = make("div");
  showPanel(what, title, [box], from);
  const row = answer.kind === "ask" ? {} : Object.fromEntries(answer.columns.map((name, column) => [name, answer.rows[at][column]]));
  const found = await (graph ? reasonIn(box, "triple", { triple: answer.rows[at] }, command) : reasonIn(box, "why", { query: text, row }, command));
  if (!box.isConnected) return;
  if (box.contains(document.activeElement) || document.activeElement === document.body) byId("theName").focus({ preventScroll: true });
  if (found) byId("theBody").replaceChildren(...explanationParts(found));
}
