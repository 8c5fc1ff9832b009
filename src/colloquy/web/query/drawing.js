// Gives the scripts that draw the network page a result to draw: the same marks, lines, names and keys.  What those
// scripts share by name (see data.js and state.js there) stands here, filled anew for each result.
const picture = byId("thePicture");
const statusLine = byId("theStatus");
const hintLine = byId("theHint");
const head_ = { whole: 0 };
let [nodeCount, edgeCount, busiest] = [0, 0, 1];
let [labels, edgeWords, linkLists] = [[], [], []];
let [kindOf, edgeFrom, edgeTo, nodeShown, edgeShown, byLinks] = [[], [], [], [], [], []];
let [cursor, hovered, traced, lit, drawing] = [-1, -1, -1, null, null];
let opened = () => {};
const state = Object.freeze({ open: null, around: null, hidden: [], kept: [], areas: [], view: null });
const [homeX, homeY, areaOf, areas, steps] = [[], [], [], [], 0];

const kind = (node) => kinds[kindOf[node]];
const linksOf = (node) => linkLists[node];
const degreeOf = (node) => linkLists[node].length;
const otherEnd = (edge, node) => (edgeFrom[edge] === node ? edgeTo[edge] : edgeFrom[edge]);
const nameOf = (node) => bdi(labels[node]);
const isLit = () => true;
const litNodes = () => [];
const noteView = () => {};
const hover = () => {};
const shownNodes = () => [...labels.keys()];
const openNode = (node) => opened(node);
const fitAll = (animate = true) => drawing.fit(animate);
/** What is said of an entry's links, as keys.js reads it out. */
const recordOf = async (node) => ({ links: linksOf(node).map((edge) => ({ edge, text: edgeWords[edge] })) });

function clicked({ x, y }) {
  const found = drawing?.at(x, y);
  if (found?.node >= 0) opened(found.node);
}

for (const key of ["f", "e", "h", "k", "u", "Escape"]) PICTURE_KEYS.delete(key);
let watched = false;

function watchOnce() {
  if (watched) return;
  watched = true;
  watchKeys();
  watchWheel();
  watchButtons();
  picture.addEventListener("pointermove", (event) => {
    const box = picture.getBoundingClientRect();
    const { node = -1, edge = -1 } = (event.pointerType !== "touch" && !event.buttons && drawing?.at(event.clientX - box.left, event.clientY - box.top)) || {};
    picture.classList.toggle("over", node >= 0);
    say(hintLine, ...(node >= 0 ? [nameOf(node), ` – ${kind(node).label}, ${links(degreeOf(node))}`] : edge >= 0 ? [edgeWords[edge]] : []));
    if (node === hovered) return;
    hovered = node;
    drawing?.redraw();
  });
  picture.addEventListener("touchend", (event) => event.cancelable && event.preventDefault(), { passive: false });
  new ResizeObserver(() => drawing && picture.clientWidth && drawing.resize()).observe(picture);
  for (const mode of [darkMode, forcedColours]) {
    mode.addEventListener("change", () => {
      readTheme();
      drawing?.redraw();
    });
  }
}

/** Take up a result: `nodes` are {label, kind}, `edges` {from, to, words}, by number; `act` is told which one was opened. */
function take({ nodes, edges, act }) {
  [nodeCount, edgeCount, opened] = [nodes.length, edges.length, act];
  [cursor, hovered, lit, leftAt] = [-1, -1, null, -1];
  labels = nodes.map(({ label }) => label);
  kindOf = nodes.map((one) => one.kind);
  [edgeFrom, edgeTo, edgeWords] = [edges.map(({ from }) => from), edges.map(({ to }) => to), edges.map(({ words }) => words)];
  [nodeShown, edgeShown] = [new Uint8Array(nodeCount).fill(1), new Uint8Array(edgeCount).fill(1)];
  linkLists = nodes.map(() => []);
  edges.forEach(({ from, to }, edge) => {
    linkLists[from].push(edge);
    if (to !== from) linkLists[to].push(edge);
  });
  byLinks = [...labels.keys()].sort((a, b) => degreeOf(b) - degreeOf(a) || a - b);
  busiest = Math.max(1, degreeOf(byLinks[0]));
}

async function drawResult(result) {
  drawing?.destroy();
  drawing = null;
  take(result);
  readTheme();
  watchOnce();
  const layer = make("div", { class: "layer" });
  picture.replaceChildren(layer);
  const library = await visNetwork();
  const all = edgesAmong(new Set(byLinks));
  const places = new Map();
  await placeStep(library, layer, byLinks, all, places);
  if (picture.firstElementChild !== layer) return; // another result came meanwhile
  drawing = new Drawn(layer, "close", { options: {}, edges: all, nodes: byLinks.map((id) => ({ id, ...places.get(id) })), even: false }).handTo(library);
  drawing.start();
  drawing.fit(false);
  drawing.redraw();
}
