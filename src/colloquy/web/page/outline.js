// The list: everything that is shown, as text, made as far as somebody looks.
const outline = byId("theOutline");
const listBody = byId("theList");
const PRINTED = 500;
const SMALL = 1500; // a list of so many entries starts with its folds open

let listing = "kind"; // or "area": what the list is ordered by
let foundText = null; // {text, nodes}: what somebody searched for and wants as a list
const foldsOpen = new Map(); // what the visitor opened and closed stays so
const [nowPart, foundPart, allParts] = [make("div"), make("div"), make("div")];

/** A part of the list: a heading with its count, and when it is opened, its entries. */
function listPart({ key, name, mark = null, words = "", nodes, all = nodes.length, sorted = false, opened = false, closing = null }) {
  const count = nodes.length === all ? number(all) : `${number(nodes.length)} of ${number(all)}`;
  const heading = make("h3", {}, mark, bdi(name), " ", make("span", { class: "number" }, count));
  const fold_ = make("details", { class: "fold", open: foldsOpen.get(key) ?? opened }, make("summary", {}, heading));
  const section = make("section", { class: "kind" }, fold_);
  section.dataset.part = key;
  const fill = () => {
    if (fold_.children.length > 1) return;
    if (words) fold_.append(make("p", { class: "definition", dir: "auto" }, words));
    if (closing) fold_.append(closing);
    fold_.append(...entryPages(key, sorted ? nodes : [...nodes].sort(byName)));
    markCurrent();
  };
  fold_.addEventListener("toggle", () => {
    foldsOpen.set(key, fold_.open);
    if (fold_.open) fill();
  });
  if (fold_.open) fill();
  return section;
}

/** What the picture shows by itself now: what is open, or what is around an entry. */
function nodesNow() {
  const { open: shown, around } = state;
  if (shown?.what === "path" && lit) return [...lit.near];
  const some = shown && shown.what !== "node" && shown.what !== "edge" ? litNodes() : around ? shownNodes() : [];
  return [...new Set(some)].filter((node) => nodeShown[node]).sort(byName);
}

const opensAtFirst = () => nodeCount <= SMALL && !narrow.matches;

/** The kinds, or the communities, each with those of its entries that are shown. */
function partsOfAll() {
  const groups = new Map();
  for (const node of shownNodes()) {
    const at = listing === "kind" ? kindOf[node] : communityOf(node);
    if (!groups.has(at)) groups.set(at, []);
    groups.get(at).push(node);
  }
  const part = (one, mark, all) => ({ key: `${listing} ${one.at}`, name: one.plural ?? one.label, mark, words: one.definition, nodes: groups.get(one.at), all, opened: opensAtFirst() });
  const wanted = (one) => groups.has(one.at);
  if (listing === "kind") return kinds.filter(wanted).map((one) => part(one, makeMark(one), one.count));
  return [...areas].filter(wanted).sort((a, b) => areaSize(b) - areaSize(a) || a.at - b.at).map((one) => part(one, null, areaSize(one)));
}

function areaSize(area) {
  return area.inner.reduce((sum, inner) => sum + inner.nodes.length, area.nodes.length);
}

function drawNow() {
  const nodes = nodesNow();
  const key = nodes.join();
  if (nowPart.dataset.nodes === key) return;
  nowPart.dataset.nodes = key;
  for (const memory of [foldsOpen, listWindows]) memory.delete("now");
  nowPart.replaceChildren(...(nodes.length ? [listPart({ key: "now", name: "In the picture now", nodes, sorted: true, opened: true })] : []));
}

function drawFound() {
  const parts = [];
  if (foundText) {
    const button = make("button", { type: "button", class: "showall" }, "Leave what was found");
    button.addEventListener("click", () => {
      foundText = null;
      drawFound();
      outline.focus();
    });
    parts.push(listPart({ key: "found", name: `Found: “${foundText.text}”`, nodes: foundText.nodes, sorted: true, opened: true, closing: button }));
  }
  foundPart.replaceChildren(...parts);
}

/** List what a search found, best first. */
function listFound(text, nodes) {
  foundText = { text, nodes };
  for (const memory of [foldsOpen, listWindows]) memory.delete("found");
  drawFound();
  goToPart(foundPart.querySelector("summary"));
}

/** Open a community in the list. */
function openInList(area) {
  listing = "area";
  foldsOpen.set(`area ${area}`, true);
  byId("theListing").value = listing;
  drawAll();
  goToPart(allParts.querySelector(`[data-part="area ${area}"] summary`) ?? outline);
}

function goToPart(summary) {
  if (narrow.matches) closeOpen("picture");
  summary.scrollIntoView({ block: "start" });
  summary.focus({ preventScroll: true });
}

function drawAll() {
  allParts.replaceChildren(...partsOfAll().map(listPart));
  if (!allParts.firstChild) allParts.append(make("p", { class: "lead" }, "The filters leave nothing."));
  markCurrent();
}

let listed = {}; // of what the list was last made

function outlineChanged(refiltered) {
  if (!refiltered && listed.open === state.open && listed.around === state.around) return;
  listed = state;
  if (refiltered) delete nowPart.dataset.nodes;
  if (refiltered) drawFound();
  drawNow();
  if (refiltered || !allParts.firstChild) drawAll();
  markCurrent();
}

/** Mark in the list what is open. */
function markCurrent() {
  for (const link of listBody.querySelectorAll("[aria-current]")) link.removeAttribute("aria-current");
  const { what, at } = state.open ?? {};
  if (what !== "node" && what !== "edge") return;
  const [name, key] = what === "node" ? ["node", ids[at]] : ["edge", edgeId(at)];
  const items = [...listBody.querySelectorAll(`[data-${name}="${CSS.escape(key)}"]`)];
  for (const item of items) (what === "node" ? item.querySelector("h4 a") : item).setAttribute("aria-current", "true");
}

function watchOutline() {
  const field = byId("theListing");
  field.closest("label").hidden = areas.filter((area) => area.parent < 0).length < 2;
  field.addEventListener("change", () => {
    listing = field.value;
    drawAll();
  });
  listBody.append(nowPart, foundPart, allParts);
  watchPrint();
}
