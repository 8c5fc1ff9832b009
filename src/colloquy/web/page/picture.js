// The picture: which drawing is shown, and what all of them have in common.  A small network is drawn whole by
// vis-network, as pyvis gave it; a large one by the overview, and what is around an entry of it, or one
// community, again by vis-network.
//
// A drawing has: kind, start(), redraw(), resize(), fit(animate), goTo(nodes, animate), zoomBy(factor, point, animate),
// panBy(dx, dy, animate) that moves the eye, view() and setView({x, y, zoom}, animate) with zoom 1 where all fits in,
// at(x, y) → {node} | {edge} | {area} | null, place(node) → {x, y, r} or null where it is not drawn by itself now,
// home(node) → {x, y} in units of its own, paint(surface), destroy().  Places are pixels of the picture.
const picture = byId("thePicture");
const statusLine = byId("theStatus");
const hintLine = byId("theHint");

let drawing = null; // made when first shown: a picture without a size cannot be fitted
let wantedKey = ""; // what is drawn, or on its way
let cursor = -1; // by keyboard
let hovered = -1; // by pointer
let fitted = true; // the visitor has not moved the picture since all was fitted in
let tooMany = ""; // says why something is not looked at closely
let toldTooMany = false;

/** Which drawing the state asks for, by a key that stays while only filters change. */
function wantedDrawing() {
  tooMany = "";
  if (nodeCount <= head.whole) return { key: "whole", make: makeWhole };
  const close = closeUp();
  if (close && close.nodes.length <= CLOSE_MOST) return { key: close.key, make: (layer) => makeClose(layer, close) };
  if (close) tooMany = `${entries(close.nodes.length)} are too many to draw closely: they are shown on the map.`;
  return { key: "overview", make: makeOverview };
}

/** Show the picture from now on, or again after its window was folded. */
function startPicture() {
  if (!suitDrawing()) drawing?.resize();
}

/** See to it that the wanted drawing is shown; true where another one is on its way. */
function suitDrawing() {
  const wanted = wantedDrawing();
  if (wanted.key === wantedKey) return false;
  wantedKey = wanted.key;
  makeDrawing(wanted);
  return true;
}

async function makeDrawing({ key, make: makeIt }) {
  const layer = make("div", { class: "layer" });
  picture.append(layer);
  readTheme();
  const made = await makeIt(layer);
  if (key !== wantedKey) {
    made.destroy();
    return layer.remove();
  }
  const first = !drawing;
  drawing?.destroy();
  for (const old of picture.querySelectorAll(":scope > .layer")) if (old !== layer) old.remove();
  drawing = made;
  hover(null);
  if (cursor >= 0 && !nodeShown[cursor]) cursor = -1;
  drawing.start();
  lookWhereAsked(false);
  drawing.redraw(); // the state may have changed while it was made
  if (!first && !calm.matches) layer.animate([{ opacity: 0 }, { opacity: 1 }], 200);
  if (tooMany) say(statusLine, tooMany);
  else if (toldTooMany) say(statusLine);
  toldTooMany = Boolean(tooMany);
}

/** Look from where the state says, else at what is open, else at everything. */
function lookWhereAsked(animate) {
  fitted = !state.view;
  if (state.view) drawing.setView(state.view, animate);
  else if (state.open && lookAtOpen(animate)) fitted = false;
  else drawing.fit(animate);
}

function lookAtOpen(animate) {
  if (state.open.what === "area" && drawing.goToArea) {
    drawing.goToArea(state.open.at, animate);
    return true;
  }
  const some = litNodes().filter((node) => nodeShown[node]);
  if (some.length) drawing.goTo(some, animate);
  return some.length > 0;
}

/** Bring the picture to the state.  It stays still under the hand that clicks in it, else goes to what was opened. */
function pictureChanged(before, how, refiltered) {
  if (how === "view" || !byId("theFrame").classList.contains("shown")) return;
  if (suitDrawing() || !drawing) return;
  drawing.redraw();
  if (how === "picture" || how === "start") return;
  if (how === "back" && writeState(before) !== writeState(state)) return lookWhereAsked(true);
  if (state.view && before.view !== state.view) return lookWhereAsked(true);
  const opened = state.open && before.open !== state.open;
  if (opened && how !== "keys") {
    if (lookAtOpen(true)) noteView();
  } else if (refiltered && (fitted || before.around !== state.around || before.areas !== state.areas)) fitAll(how !== "years");
}

/** Fit everything that is shown into the picture. */
function fitAll(animate = true) {
  drawing.fit(animate);
  noteView(true);
}

/** The picture was moved: once it has come to rest, the address says from where it is looked at. */
let noting = 0;
function noteView(all = false) {
  fitted = all;
  clearTimeout(noting);
  noting = setTimeout(() => {
    const view = drawing && !fitted ? drawing.view() : null;
    if (writeState({ ...state, view }) !== writeState(state)) change({ view }, "view", false);
  }, calm.matches ? 300 : 900);
}

function clicked({ x, y }) {
  const found = drawing?.at(x, y);
  if (found?.node >= 0) openNode(found.node, "picture");
  else if (found?.edge >= 0) openEdge(found.edge, "picture");
  else if (found?.area >= 0) open({ what: "area", at: found.area }, "picture");
  else if (state.open) closeOpen("picture");
}

/** Say under the pointer what a click would open. */
const hovering = { point: null, asked: false, key: "" };
function hover(point) {
  hovering.point = point;
  if (!hovering.asked) requestAnimationFrame(tellHover);
  hovering.asked = true;
}

async function tellHover() {
  hovering.asked = false;
  const found = hovering.point && drawing?.at(hovering.point.x, hovering.point.y);
  const { node = -1, edge = -1, area = -1 } = found ?? {};
  const key = `${node} ${edge} ${area}`;
  if (node !== hovered) {
    hovered = node;
    drawing?.redraw();
  }
  picture.classList.toggle("over", Boolean(found));
  if (key === hovering.key && hintLine.textContent) return;
  hovering.key = key;
  const words = await hintOf(node, edge, area);
  if (key === hovering.key) say(hintLine, ...words);
}

async function hintOf(node, edge, area) {
  if (node >= 0) return [bdi(labels[node]), ` – ${kind(node).label}, ${links(degreeOf(node))}`];
  if (edge >= 0) return [(await statementOf(edge)).text];
  return area >= 0 ? [bdi(areas[area].label), ` – community, ${entries(areaSize(areas[area]))}`] : [];
}

function watchPicture() {
  picture.addEventListener("pointermove", (event) => {
    const box = picture.getBoundingClientRect();
    if (event.pointerType !== "touch") hover(event.buttons ? null : { x: event.clientX - box.left, y: event.clientY - box.top });
  });
  picture.addEventListener("pointerleave", () => hover(null));
  // No mouse events after a touch: they would take the focus from the panel that a tap opened.
  picture.addEventListener("touchend", (event) => event.cancelable && event.preventDefault(), { passive: false });
  watchWheel();
  watchButtons();
  new ResizeObserver(() => drawing && picture.clientWidth && drawing.resize()).observe(picture);
  for (const mode of [darkMode, forcedColours]) {
    mode.addEventListener("change", () => {
      readTheme();
      drawing?.redraw();
    });
  }
}
