// The panel: what is open, put together from the very elements of the list, so that both say the same.
const side = byId("theSide");
const panel = byId("thePanel");
const panelName = byId("theName");
const panelBody = byId("theBody");

const copiesOf = (item, selector) => [...item.querySelectorAll(selector)].map((found) => found.cloneNode(true));
const shownCopy = (item) => {
  const copy = item.cloneNode(true);
  copy.hidden = false;
  return copy;
};

/** Fill the panel and show it: `what` above the name, the name, then the body. */
function fillPanel(style, what, name, body) {
  panel.className = `scripted ${style}`;
  panel.classList.toggle("long", panelName.textContent.length > 90);
  byId("theKind").replaceChildren(...what);
  panelName.replaceChildren(...name);
  panel.classList.toggle("long", panelName.textContent.length > 90);
  panelBody.replaceChildren(...body);
  panel.hidden = false;
  byId("theHome").hidden = !narrow.matches;
  side.classList.add("reading");
  (narrow.matches ? panel : side).scrollTop = 0;
  holdBackground();
}

function emptyPanel() {
  panel.hidden = true;
  byId("theHome").hidden = false;
  side.classList.remove("reading");
  panelBody.replaceChildren();
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

function showNode(node) {
  const source = entryOf.get(node.id).querySelector(".body");
  const groups = [...source.querySelectorAll(".group")].flatMap((group) => {
    const items = [...group.querySelectorAll("ul > li")].map(withEvidence);
    return [make("h3", {}, bdi(group.querySelector("h5").textContent), make("span", { class: "number" }, number(items.length))), make("ul", {}, ...items)];
  });
  const what = [makeMark(node.kind), make("span", {}, bdi(node.kind.label), ` · ${links(node.edges.length)}`)];
  fillPanel("node", what, [bdi(node.label)], [filteredNote(node), ...copiesOf(source, ".aliases"), ...groups, ...copiesOf(source, ".correct")]);
}

/** Copy a statement of the list; the one that only refers to its evidence gets the evidence itself. */
function withEvidence(item) {
  const copy = shownCopy(item);
  const says = copy.querySelector(".says");
  if (!says) return copy;
  const source = statementsOf.get(item.dataset.edge).find((one) => "from" in one.dataset);
  says.replaceWith(...copiesOf(source, ".proof"), ...copiesOf(source, ".alone"));
  return copy;
}

function showEdge(edge) {
  const source = statementOf(edge);
  const words = source.querySelector("p > span").cloneNode(true);
  for (const name of words.querySelectorAll(":scope > bdi")) name.replaceWith(linkTo(edge.from)); // here both ends are links
  const proofs = copiesOf(source, ".proof");
  for (const proof of proofs) proof.open = true;
  const ends = [edge.from, edge.to].map((node) => make("li", {}, makeMark(node.kind), make("span", {}, linkTo(node), ` – ${node.kind.label}`)));
  const label = relations.get(edge.relation)?.label ?? "";
  fillPanel("statement", ["Link · ", bdi(label)], words.childNodes, [
    filteredNote(edge),
    ...copiesOf(source, ".detail"),
    make("h3", {}, "What says so"),
    make("div", {}, ...(proofs.length ? proofs : ["No source is named."])),
    make("h3", {}, "The other way round"),
    make("p", {}, sentenceOf(edge, true)),
    make("h3", {}, "Between"),
    make("ul", { class: "things" }, ...ends),
  ]);
}

function showQuestion(at) {
  const source = outline.querySelector(`[data-question="${at}"]`);
  const things = make("ul", { class: "things" }, ...copiesOf(source, "ul:not(.answer) > li"));
  fillPanel("question", ["Question"], [bdi(source.querySelector("h4").textContent)], [...copiesOf(source, ".answer"), make("h3", {}, "In the picture"), things]);
}

function showUnknown(text) {
  fillPanel("unknown", ["Not found"], ["There is no entry ", bdi(text)], [
    make("p", {}, "The address may be old, or mistyped. Search by name, or look it up in the list."),
  ]);
}

/** Say so when what is open is not in the picture, because a filter has taken it out. */
function filteredNote(thing) {
  const button = make("button", { type: "button" }, "Show everything");
  button.addEventListener("click", () => {
    showEverything();
    panelName.focus();
  });
  const note = make("p", { class: "filtered", hidden: thing.shown }, "The filters leave this out of the picture and the list. ", button);
  note.about = thing;
  return note;
}

function noteFiltered() {
  for (const note of panelBody.querySelectorAll(".filtered")) note.hidden = note.about.shown;
}

/** Show in the picture the link whose sentence is pointed at. */
function watchStatements() {
  const trace = (event) => {
    const item = panel.classList.contains("node") ? event.target.closest("[data-edge]") : null;
    const edge = item ? edgeOf.get(item.dataset.edge) : null;
    if (edge === look.traced) return;
    look.traced = edge;
    restyle();
  };
  panel.addEventListener("pointerover", trace);
  panel.addEventListener("pointerleave", trace);
  panel.addEventListener("focusin", trace);
}
