// Why a row is there: the statements that it follows from.  The server works that out; a page by itself says how to ask.
/** A function (query text, answer, row from 0) that gives an explanation as `/why` does; null where the page has none. */
let proveHere = null;

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

async function showWhy(answer, at, from) {
  const what = [answer.kind === "graph" ? `Statement ${at + 1}` : answer.kind === "ask" ? "The answer" : `Row ${at + 1}`];
  const title = answer.rows[at].filter((term) => term !== null).map(wordsOf).join(" · ") || "(nothing is bound)";
  const { text, query } = shown;
  if (answer.kind === "graph") {
    const triple = answer.rows[at].map((term) => quotedForShell(isIri(term) ? compressed(term.slice(1, -1)) : term)).join(" ");
    return showPanel(what, title, commandBox("A statement of a graph that a query makes is explained on the command line, in the project's folder:", `colloquy why ${triple}`), from);
  }
  if (!proveHere && !(engine instanceof ServerEngine)) {
    return showPanel(what, title, commandBox("Why it is there, with the lines and the sources that say so, is told on the command line, in the project's folder:", commandFor("why", ` --row ${at + 1}`)), from);
  }
  showPanel(what, title, [make("p", { class: "soft" }, "Looking for the reasons …")], from);
  const mine = byId("theBody").firstElementChild;
  const row = Object.fromEntries(answer.columns.flatMap((name, column) => (answer.rows[at][column] === null ? [] : [[name, jsonTerm(answer.rows[at][column])]])));
  const found = await (proveHere ? proveHere(text, answer, at) : engine.reason("why", { query: text, row: JSON.stringify(answer.kind === "ask" ? {} : row) }))
    .then(explanationParts, (error) => [make("p", {}, error instanceof Stopped ? "Stopped." : error.message)]);
  if (mine.isConnected) byId("theBody").replaceChildren(...found);
  return query;
}
