// The picture: which drawing is shown, and what all of them have in common.  A small network is drawn
// whole by vis-network (as pyvis gave it); a large one by the overview, and what is around an entry of
// it, or one community, again by vis-network.
//
// A drawing is an object with: redraw(), resize(), fit(), goTo(nodes), zoomBy(factor, point), panBy(dx, dy),
// view() and setView({x, y, zoom}) with zoom 1 where all fits in, at(x, y) → {node} | {edge} | {area} | null,
// place(node) → {x, y, r} or null, paint(surface), destroy().  Places are pixels of the picture.
const picture = byId("thePicture");
const statusLine = byId("theStatus");
const hintLine = byId("theHint");
const CLOSE = 300; // so many entries are looked at closely

let drawing = null; // made when first shown: a picture without a size cannot be fitted
let cursor = -1; // by keyboard
let hovered = -1; // by pointer
let making = 0;

/** Which drawing the state asks for, and of what. */
function wantedDrawing() {
  if (nodeCount <= head.whole) return { sort: "whole", key: "whole" };
  const near = state.around || state.areas.length ? shownNodes() : [];
  if (!near.length || near.length > CLOSE) return { sort: "overview", key: "overview" };
  return { sort: "close", key: `close ${near.join()}`, nodes: near };
}

async function startPicture() {
  if (drawing) return drawing.resize();
  await showDrawing();
}

/** Make the drawing that is wanted now, unless it is shown already. */
async function showDrawing() {
  const wanted = wantedDrawing();
  if (drawing?.key === wanted.key) return false;
  const mine = (making += 1);
  readTheme();
  const made = wanted.sort === "overview" ? makeOverview(picture) : await makeDrawn(wanted.nodes ?? null);
  if (mine !== making) {
    made.destroy();
    return false;
  }
  drawing?.destroy();
  drawing = made;
  drawing.key = wanted.key;
  drawing.start?.(picture);
  if (state.view) drawing.setView(state.view);
  else drawing.fit(false);
  if (lit || state.open?.what === "area") drawing.goTo(litNodes(), false);
  watchPointer(drawing);
  return true;
}

const visibleFrame = () => frame.classList.contains("shown");

/** Bring the picture to the state; it stays still under the hand that clicks in it, else goes to what was opened. */
async function pictureChanged(before, how, refiltered) {
  if (!visibleFrame() || how === "view") return;
  const other = await showDrawing();
  if (!drawing || other) return;
  drawing.redraw();
  if (how === "start") return;
  if (state.view && (how === "back" || how === "link") && before.view !== state.view) return drawing.setView(state.view);
  if (how !== "picture" && before.open !== state.open && state.open) drawing.goTo(litNodes());
  else if (refiltered && (before.around !== state.around || before.areas !== state.areas)) drawing.fit();
}

/** Write where the picture is looked at from into the address, once it has come to rest. */
let noting = 0;
function noteView() {
  clearTimeout(noting);
  noting = setTimeout(() => drawing && change({ view: drawing.view() }, "view", false), 300);
}

/** Open what a click points at. */
function clicked(point) {
  const found = drawing.at(point.x, point.y);
  opener = picture;
  if (found?.node >= 0) openNode(found.node, "picture");
  else if (found?.edge >= 0) openEdge(found.edge, "picture");
  else if (found?.area >= 0) change({ open: { what: "area", at: found.area } }, "picture");
  else if (state.open) closeOpen("picture");
}

/** Say under the pointer what a click would open. */
function watchPointer(one) {
  let asked = false;
  const clear = () => {
    hintLine.textContent = "";
    picture.classList.remove("over");
    if (hovered >= 0) {
      hovered = -1;
      drawing.redraw();
    }
  };
  const host = one.host ?? picture;
  host.addEventListener("pointerleave", clear);
  host.addEventListener("pointermove", (event) => {
    if (asked || event.pointerType === "touch" || event.buttons) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      if (drawing !== one) return;
      const box = picture.getBoundingClientRect();
      const found = one.at(event.clientX - box.left, event.clientY - box.top);
      if (!found) return clear();
      picture.classList.add("over");
      tellHint(found);
      const over = found.node ?? -1;
      if (hovered !== over) {
        hovered = over;
        one.redraw();
      }
    });
  });
}

async function tellHint(found) {
  if (found.node >= 0) say(hintLine, bdi(labels[found.node]), ` – ${kind(found.node).label}, ${links(degreeOf(found.node))}`);
  else if (found.area >= 0) say(hintLine, bdi(areas[found.area].label), ` – community of ${entries(areaSize(areas[found.area]))}`);
  else {
    const { text } = await statementOf(found.edge);
    say(hintLine, text);
  }
}

/** Half a mark's width in pixels: it grows with the links, and slowly with the zoom. */
const markSize = (node, zoom, size) => (4 + 2 * Math.sqrt(degreeOf(node))) * size * Math.max(zoom, 0.2) ** 0.45;

function watchPicture() {
  byId("theCloser").addEventListener("click", () => drawing?.zoomBy(1.4));
  byId("theFarther").addEventListener("click", () => drawing?.zoomBy(1 / 1.4));
  byId("theFit").addEventListener("click", () => drawing?.fit());
  new ResizeObserver(() => drawing && picture.clientWidth && drawing.resize()).observe(picture);
  for (const mode of [darkMode, forcedColours]) {
    mode.addEventListener("change", () => {
      readTheme();
      drawing?.redraw();
    });
  }
  watchWheel();
}
