// The legend filters: kinds of entry and kinds of link, for the picture and the list alike.
const tools = byId("theTools");
const kindBoxes = [...tools.querySelectorAll("[data-kind]")];
const relationBoxes = [...tools.querySelectorAll("[data-relation]")];
const relationMenu = byId("theRelations");

const keysOff = (boxes, name) => new Set(boxes.filter((box) => !box.checked).map((box) => box.dataset[name]));

/** Decide what is shown.  An entry goes with its kind, and also when every kind of link it has is off. */
function applyFilters() {
  const kindsOff = keysOff(kindBoxes, "kind");
  const relationsOff = keysOff(relationBoxes, "relation");
  for (const node of nodes) {
    const unlinked = node.edges.length > 0 && node.edges.every((edge) => relationsOff.has(edge.relation));
    node.shown = !kindsOff.has(node.kind.key) && !unlinked;
  }
  for (const edge of edges) edge.shown = edge.from.shown && edge.to.shown && !relationsOff.has(edge.relation);
  filterPicture();
  filterList();
  tellCounts(kindsOff.size + relationsOff.size > 0, relationsOff.size);
  noteFiltered();
}

function filterPicture() {
  if (!network) return;
  nodeData.update(nodes.map((node) => ({ id: node.at, hidden: !node.shown })));
  restyle();
}

function filterList() {
  for (const node of nodes) entryOf.get(node.id).hidden = !node.shown;
  for (const edge of edges) for (const item of statementsOf.get(edge.id)) item.hidden = !edge.shown;
  for (const group of outline.querySelectorAll(".group[data-relation]")) group.hidden = !group.querySelector("li:not([hidden])");
  for (const section of outline.querySelectorAll("[data-kind]")) {
    const of = nodes.filter((node) => node.kind.key === section.dataset.kind);
    const shown = of.filter((node) => node.shown).length;
    section.hidden = of.length > 0 && shown === 0;
    section.querySelector(".number").textContent = shown === of.length ? number(shown) : `${number(shown)} of ${number(of.length)}`;
  }
}

function tellCounts(some, relationsOff) {
  const shown = nodes.filter((node) => node.shown).length;
  const lines = edges.filter((edge) => edge.shown).length;
  byId("theFiltered").hidden = !some;
  relationMenu.classList.toggle("some", relationsOff > 0);
  const words = some ? `Showing ${number(shown)} of ${entries(nodes.length)} and ${number(lines)} of ${links(edges.length)}` : `Showing all ${entries(nodes.length)} and ${links(edges.length)}`;
  byId("theCount").textContent = words;
  byId("theShown").textContent = some ? words : "";
}

function setBoxes(boxes, checked) {
  for (const box of boxes) box.checked = checked;
  applyFilters();
}

function showEverything() {
  setBoxes([...kindBoxes, ...relationBoxes], true);
}

function watchFilters() {
  tools.addEventListener("change", applyFilters);
  byId("theAll").addEventListener("click", () => setBoxes(relationBoxes, true));
  byId("theNone").addEventListener("click", () => setBoxes(relationBoxes, false));
  byId("theReset").addEventListener("click", () => {
    showEverything();
    kindBoxes[0]?.focus();
  });
  const closeMenu = (event) => {
    if (!narrow.matches && !relationMenu.contains(event.target)) relationMenu.open = false;
  };
  document.addEventListener("pointerdown", closeMenu);
  document.addEventListener("focusin", closeMenu);
  relationMenu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !relationMenu.open) return;
    event.stopPropagation();
    relationMenu.open = false;
    relationMenu.querySelector("summary").focus();
  });
}
