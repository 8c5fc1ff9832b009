// The panel: what is open, said in sentences, each with what says so.  `standing.js` has the measures.
const side = byId("theSide");
const panel = byId("thePanel");
const panelName = byId("theName");
const panelBody = byId("theBody");
const AT_ONCE = 30; // milliseconds: what comes within them is painted in one go
let opener = null; // what had the focus before the panel opened; it gets it back
let panelAddress = ""; // what the panel shows
let filling = 0; // an answer that comes too late is dropped

/** Somebody's words where only text is possible, as in the window's title. */
const isolated = (text) => `\u2068${text}\u2069`;

/** Show the panel: `what` above the name, the name, then the body (more of which may come later). */
function showPanel(style, what, name, body) {
  panel.className = `scripted ${style}`;
  byId("theKind").replaceChildren(...what);
  panelName.replaceChildren(...name);
  panel.classList.toggle("long", panelName.textContent.length > 90);
  panelBody.replaceChildren(...body);
  panel.hidden = false;
  byId("theHome").hidden = !narrow.matches;
  side.classList.add("reading");
  (narrow.matches ? panel : side).scrollTop = 0;
  document.title = `${isolated(panelName.textContent)} – ${title}`;
  holdBackground();
}

/** On a phone the open panel covers the page: what is under it cannot be reached until it closes. */
function holdBackground() {
  const covered = narrow.matches && !panel.hidden;
  for (const part of [...side.children, document.querySelector("main"), document.querySelector(".skip")]) {
    if (part !== panel) part.inert = covered;
  }
  document.body.style.overflow = covered ? "hidden" : "";
}

/** Add what comes later, unless something else was opened meanwhile. */
async function fillWhenThere(promise, into = panelBody) {
  const mine = filling;
  const parts = await promise;
  if (mine === filling) into.append(...parts);
}

async function panelChanged(before, how) {
  if (how === "view") return;
  const address = writeOpen(state.open);
  if (how === "picture" || how === "keys") opener = picture;
  else if (how === "search") opener = searchBox;
  if (address === panelAddress) {
    for (const note of panelBody.querySelectorAll(".filtered")) note.hidden = note.isShown();
    if (state.open?.what === "node") fillActions(state.open.at);
    if (address && before.open !== state.open && ["link", "search"].includes(how)) panelName.focus({ preventScroll: true });
    return;
  }
  panelAddress = address;
  const mine = (filling += 1);
  if (!state.open) return closePanel(how);
  await PANELS[state.open.what](state.open);
  if (mine === filling && (how !== "picture" || narrow.matches)) panelName.focus({ preventScroll: true });
}

function closePanel(how) {
  const inside = panel.contains(document.activeElement) || document.activeElement === document.body;
  panel.hidden = true;
  byId("theHome").hidden = false;
  side.classList.remove("reading");
  panelBody.replaceChildren();
  document.title = title;
  holdBackground();
  if (how !== "close" && !inside) return;
  const back = openerNow() ?? searchBox;
  back.focus({ preventScroll: back === picture });
}

/** What opened the panel, or, where the list was made anew since, the same link in it. */
function openerNow() {
  const address = opener?.getAttribute("href");
  const some = [opener, ...(address ? [...outline.querySelectorAll("a")].filter((link) => link.getAttribute("href") === address) : [])];
  return some.find((one) => one?.isConnected && one.checkVisibility?.() !== false);
}

const PANELS = { node: showNode, edge: showEdge, question: showQuestion, path: showPath, area: showArea, unknown: showUnknown };

function showNode({ at: node }) {
  const [first, last] = [sinceOf[node], untilOf[node]];
  const words = [bdi(kind(node).label), links(degreeOf(node)), ...(first ? [first === last ? String(first) : `${first}–${last}`] : [])];
  const actions = make("div", { id: "theActions", class: "actions", role: "group", "aria-label": "In the picture" });
  const form = make("div", { id: "thePathForm" });
  const told = make("div");
  const what = make("span", {}, ...words.flatMap((word, at) => (at ? [" · ", word] : [word])));
  showPanel("node", [makeMark(kind(node)), what], [nameOf(node)], [filteredNote(() => nodeShown[node] === 1), ...alsoWritten(node), ...standingOf(node), actions, told, form]);
  fillActions(node);
  form.append(pathForm(node));
  fillWhenThere(recordOf(node).then((record) => nodeParts(record, node)), told);
}

/** What is said of an entry: its facts, then its links by relation. */
function nodeParts(record, node) {
  const parts = factGroups(record.facts).flatMap(([words, facts]) => groupParts(words, facts, (fact) => factItem(fact, node), facts.length > MANY_FACTS + 2 ? MANY_FACTS : LONG_GROUP));
  for (const { relation, links: some } of linkGroups(record, node)) parts.push(...groupParts(relation.label, some, (link) => sentenceItem(link, node)));
  const correct = [...record.facts, ...record.links].flatMap((one) => one.evidence).find((one) => one.correct)?.correct;
  if (correct) parts.push(make("p", { class: "correct" }, "Is something wrong here, or not yours to see? ", linkOut(correct, "Ask for a correction")));
  return parts;
}

async function showEdge({ at: edge }) {
  const mine = filling;
  const ends = [edgeFrom[edge], edgeTo[edge]];
  const what = ["Link · ", bdi(relations[relationOf[edge]].label)];
  const note = filteredNote(() => edgeShown[edge] === 1);
  const paint = (told) => mine === filling && showPanel("statement", what, [sentence(told, -1)], [note, ...edgeParts(told, ends)]);
  const told = statementOf(edge);
  if (await Promise.race([told, new Promise((done) => setTimeout(done, AT_ONCE))])) return paint(await told);
  if (mine === filling) showPanel("statement", what, [nameOf(ends[0]), " – ", nameOf(ends[1])], [note]);
  told.then(paint);
}

function edgeParts(told, ends) {
  const more = linksOf(ends[0]).filter((edge) => edge !== told.edge && otherEnd(edge, ends[0]) === ends[1]);
  const others = make("div");
  if (more.length) {
    fillWhenThere(
      recordOf(ends[0]).then(({ links: all }) => groupParts("Also between the two", all.filter((link) => more.includes(link.edge)), (link) => sentenceItem(link, -1))),
      others,
    );
  }
  return [
    ...detailParts(told),
    make("h3", {}, "What says so"),
    make("div", {}, ...(told.evidence.length ? proofs(told.evidence, true) : ["No source is named."])),
    ...(ends[0] === ends[1] ? [] : [make("h3", {}, "The other way round"), make("p", { dir: "auto" }, told.back)]),
    make("h3", {}, "Between"),
    thingList([...new Set(ends)]),
    others,
  ];
}

function showQuestion({ at }) {
  const { text, rows, answer, ids: named_ } = head.questions[at];
  const told = rows?.length ? make("ul", { class: "answer" }, ...rows.map((row) => make("li", { dir: "auto" }, row))) : make("p", { class: "answer", dir: "auto" }, answer);
  const some = named_.map(nodeNamed).filter((node) => node >= 0);
  showPanel("question", ["Question"], [bdi(text)], [told, make("h3", {}, "In the picture", make("span", { class: "number" }, number(some.length))), thingList(some)]);
}

function showPath({ from, to }) {
  showPanel("way", ["Connection"], ["How ", linkTo(from), " and ", linkTo(to), " are connected"], []);
  fillWhenThere(fillPath({ from, to }));
}

function showUnknown({ text }) {
  showPanel("unknown", ["Not found"], ["There is no entry ", bdi(text)], [
    make("p", {}, "The address may be old, or mistyped. Search by name, or look it up in the list."),
  ]);
}

/** Say so when what is open is not in the picture, because a filter has taken it out. */
function filteredNote(isShown) {
  const button = make("button", { type: "button" }, "Show everything");
  button.addEventListener("click", () => {
    showEverything();
    panelName.focus();
  });
  const note = make("p", { class: "filtered", hidden: isShown() }, "The filters leave this out of the picture and the list. ", button);
  note.isShown = isShown;
  return note;
}

function watchPanel() {
  byId("theClose").addEventListener("click", () => closeOpen());
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) closeOpen();
  });
  // Not every browser gives the focus to a link that is clicked, so it is remembered here.
  const remember = ({ target }) => {
    const link = target.closest?.("a[href^='#']");
    if (link && !panel.contains(link)) opener = link;
  };
  document.addEventListener("click", remember, true);
  const point = ({ target }) => trace(edgeOfItem.get(target.closest?.("[data-edge]")) ?? -1);
  panel.addEventListener("pointerover", point);
  panel.addEventListener("pointerleave", () => trace(-1));
  panel.addEventListener("focusin", point);
}
