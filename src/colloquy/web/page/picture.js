// The picture: vis-network holds the view and finds what is under the pointer; marks and names are
// drawn here, so that they keep a good size at every zoom and follow the colours of the page.
const picture = byId("thePicture");
const statusLine = byId("theStatus");
const hintLine = byId("theHint");

let network = null; // made when first shown: a picture without a size cannot be fitted
let nodeData = null;
let edgeData = null;

/** What is emphasised: `lit` while something is open; `cursor` by keyboard, `hover` and `traced` by pointer.
 * `fitScale` is the zoom at which all fits in, `size` how large marks are for the room that each has. */
const look = { lit: null, cursor: null, hover: null, traced: null, fitScale: 1, size: 1, moved: false };

const markPaths = new Map();

function markPath(kind) {
  const id = markId(kind);
  if (!markPaths.has(id)) markPaths.set(id, new Path2D(byId(id).firstElementChild.getAttribute("d")));
  return markPaths.get(id);
}

/** Half a mark's width in the units of the picture: it grows with the links, and slowly with the zoom. */
function markRadius(node, scale) {
  const zoom = Math.max(scale / look.fitScale, 0.2);
  return ((4 + 2 * Math.sqrt(node.edges.length)) * look.size * zoom ** 0.45) / scale;
}

function drawMark({ ctx, id, x, y }) {
  const node = nodes[id];
  const radius = markRadius(node, network.getScale());
  const lit = !look.lit || look.lit.main.has(node) || look.lit.near.has(node);
  const chosen = look.lit?.main.has(node) || node === look.cursor;
  const drawNode = () => {
    ctx.translate(x, y);
    ctx.scale(radius / 10, radius / 10);
    const path = markPath(node.kind);
    if (chosen) {
      ctx.lineJoin = "round";
      for (const [width, colour] of [[11, node === look.cursor ? theme.ink : theme.accent], [6, theme.paper]]) {
        ctx.lineWidth = width;
        ctx.strokeStyle = css(colour);
        ctx.stroke(path);
      }
    } else if (lit) {
      ctx.lineWidth = 3;
      ctx.strokeStyle = css(theme.paper);
      ctx.stroke(path);
    }
    ctx.fillStyle = css((lit ? theme.kinds : theme.faded)[node.kind.at]);
    ctx.fill(path, "evenodd"); // outlines are a shape with a hole
  };
  const reach = Math.max(radius * (chosen ? 1.6 : 1.15), 9 / network.getScale()); // small marks are easy to hit too
  return { drawNode, nodeDimensions: { width: 2 * reach, height: 2 * reach } };
}

function edgeStyle(edge, scale) {
  const thin = (scale / look.fitScale) ** 0.3 / scale;
  const traced = edge === look.traced;
  if (traced || look.lit?.edges.has(edge)) {
    const opacity = traced || look.lit.edges.size < 30 ? 1 : 0.75;
    return { color: { color: hex(theme.accent), opacity }, width: (traced ? 3.2 : 1.7) * thin, arrows: { to: { enabled: true, scaleFactor: 0.4 * thin } } };
  }
  const near = [edge.from, edge.to].some((node) => node === look.cursor || node === look.hover);
  if (near) return { color: { color: hex(theme.accent), opacity: 0.8 }, width: 1.3 * thin, arrows: { to: { enabled: false } } };
  const opacity = look.lit ? 0.1 : theme.edgeWeight;
  return { color: { color: hex(theme.edge), opacity }, width: 0.9 * thin, arrows: { to: { enabled: false } } };
}

/** Bring the picture up to what is shown, lit and coloured now. */
function restyle() {
  if (!network) return;
  const scale = network.getScale();
  edgeData.update(edges.map((edge) => ({ id: edge.at, hidden: !edge.shown, ...edgeStyle(edge, scale) })));
  network.redraw();
}

function makePicture() {
  readTheme();
  spread();
  nodeData = new vis.DataSet(nodes.map((node) => ({ id: node.at, x: node.x, y: node.y, hidden: !node.shown })));
  edgeData = new vis.DataSet(
    edges.map((edge) => ({ id: edge.at, from: edge.from.at, to: edge.to.at, smooth: edge.smooth, hidden: !edge.shown })),
  );
  network = new vis.Network(picture, { nodes: nodeData, edges: edgeData }, {
    physics: false,
    layout: { improvedLayout: false },
    interaction: { dragNodes: false, selectable: false, hover: false, keyboard: false, zoomView: true },
    nodes: { shape: "custom", ctxRenderer: drawMark, chosen: false, fixed: true },
    edges: { smooth: false, chosen: false, selectionWidth: 0, hoverWidth: 0, arrowStrikethrough: false },
  });
  picture.firstElementChild.removeAttribute("tabindex"); // the element around it takes the focus and has the name
  network.on("afterDrawing", drawLabels);
  network.on("click", ({ pointer }) => {
    const found = thingAt(pointer.DOM);
    if (found?.node) openFromPicture(found.node.id);
    else if (found?.edge) openFromPicture(`edge:${found.edge.id}`);
    else if (look.lit) closePanel();
  });
  network.on("dragStart", () => (look.moved = true));
  network.on("zoom", settleSoon);
  fit(false);
  watchPointer();
  restyle();
}

/** What is at a point of the picture, in its own pixels: a node before an edge. */
function thingAt({ x, y }) {
  const at = network.getNodeAt({ x, y });
  if (at !== undefined && nodes[at].shown) return { node: nodes[at] };
  for (const [dx, dy] of [[0, 0], [3, 0], [-3, 0], [0, 3], [0, -3], [6, 0], [-6, 0], [0, 6], [0, -6]]) {
    const edge = edges[network.getEdgeAt({ x: x + dx, y: y + dy })];
    if (edge?.shown && (!look.lit || look.lit.edges.has(edge) || look.lit.main.size === 0)) return { edge };
  }
  return null;
}

/** Show under the pointer what a click would open. */
function watchPointer() {
  let asked = false;
  const clear = () => {
    hintLine.textContent = "";
    picture.classList.remove("over");
    if (look.hover) {
      look.hover = null;
      restyle();
    }
  };
  picture.addEventListener("pointerleave", clear);
  picture.addEventListener("pointermove", (event) => {
    if (asked || event.pointerType === "touch" || event.buttons) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      const frame = picture.getBoundingClientRect();
      const found = thingAt({ x: event.clientX - frame.left, y: event.clientY - frame.top });
      if (!found) return clear();
      picture.classList.add("over");
      say(hintLine, found.edge ? sentenceOf(found.edge) : bdi(found.node.label), found.node ? ` – ${found.node.kind.label}, ${links(found.node.edges.length)}` : "");
      if (look.hover !== (found.node ?? null)) {
        look.hover = found.node ?? null;
        restyle();
      }
    });
  });
}

/** Emphasise entries and links, and let the rest step back; nothing given, nothing emphasised. */
function light(main = [], lit = [], near = []) {
  look.lit = main.length + lit.length ? { main: new Set(main), edges: new Set(lit), near: new Set(near) } : null;
  look.traced = null;
  restyle();
}
