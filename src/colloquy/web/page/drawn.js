// What vis-network draws: a small network whole, from the nodes, edges and options that pyvis made, or what
// is looked at closely of a large one, with the same options.  vis-network holds the view and finds what is
// under the pointer; marks and names are drawn by us, so that they keep a good size at every zoom.
const pyvis = unpack(byId("theDrawing").textContent);
const SETTLING = 200; // rounds of vis-network's physics for a neighbourhood, at once and unseen

async function makeDrawn(some) {
  const [vis, given] = await Promise.all([visNetwork(), pyvis]);
  return new Drawn(vis, given, some ?? Array.from(labels.keys()), some !== null);
}

class Drawn {
  constructor(vis, given, some, close) {
    this.vis = vis;
    this.given = given;
    this.close = close;
    this.nodes = some;
    const inside = new Set(some);
    this.edges = Array.from(edgeFrom.keys()).filter((edge) => inside.has(edgeFrom[edge]) && inside.has(edgeTo[edge]));
    this.byLinks = byLinks.filter((node) => inside.has(node));
    this.x = new Float32Array(nodeCount);
    this.y = new Float32Array(nodeCount);
    for (const node of some) [this.x[node], this.y[node]] = [homeX[node], homeY[node]];
    this.fitScale = 0.5;
    this.size = 1;
    this.moved = false;
  }

  start(host) {
    this.host = make("div", { class: "drawn" });
    host.prepend(this.host);
    this.rounded();
    if (!this.close) spread(this);
    const curves = new Map(this.given.edges.map((edge) => [edge.id, edge.smooth ?? false]));
    this.nodeData = new this.vis.DataSet(this.nodes.map((node) => ({ id: node, x: this.x[node], y: this.y[node], hidden: !nodeShown[node] })));
    this.edgeData = new this.vis.DataSet(
      this.edges.map((edge) => ({ id: edge, from: edgeFrom[edge], to: edgeTo[edge], smooth: curves.get(edgeId(edge)) ?? false, ...this.edgeLook(edge, this.fitScale) })),
    );
    const { edges: pyvisEdges = {}, interaction = {} } = this.given.options;
    this.network = new this.vis.Network(this.host, { nodes: this.nodeData, edges: this.edgeData }, {
      physics: false,
      layout: { improvedLayout: false, randomSeed: 7 },
      interaction: { ...interaction, dragNodes: false, selectable: false, hover: false, keyboard: false, zoomView: true },
      nodes: { shape: "custom", ctxRenderer: (drawn) => this.drawMark(drawn), chosen: false, fixed: !this.close },
      edges: { ...pyvisEdges, smooth: false, chosen: false, selectionWidth: 0, hoverWidth: 0, arrowStrikethrough: false },
    });
    if (this.close) this.settle();
    this.host.firstElementChild.removeAttribute("tabindex"); // the element around it takes the focus and has the name
    this.network.on("afterDrawing", (ctx) => this.drawNames(ctx));
    this.network.on("click", ({ pointer }) => clicked(pointer.DOM));
    this.network.on("doubleClick", ({ pointer }) => this.zoomBy(1.6, pointer.DOM));
    this.network.on("dragEnd", () => this.wasMoved());
    this.network.on("zoom", () => this.wasMoved());
    this.look = this.fitScale;
  }

  /** Lay a neighbourhood out by vis-network's own physics, unseen, and let it rest. */
  settle() {
    this.network.setOptions({ physics: { enabled: true, solver: "forceAtlas2Based", forceAtlas2Based: { gravitationalConstant: -60, springLength: 90 }, stabilization: false } });
    this.network.stopSimulation?.();
    for (let round = 0; round < SETTLING; round += 1) this.network.physics.physicsTick();
    this.network.setOptions({ physics: false });
    const places = this.network.getPositions();
    for (const node of this.nodes) [this.x[node], this.y[node]] = [places[node].x, places[node].y];
  }

  rounded() {
    for (const node of this.nodes) [this.x[node], this.y[node]] = [Math.round(this.x[node]), Math.round(this.y[node])]; // vis-network cuts off fractions
  }

  wasMoved() {
    this.moved = true;
    settleSoon(this);
    noteView();
  }

  box(some = this.nodes) {
    return boxOf(some.map((node) => ({ x: this.x[node], y: this.y[node] })));
  }

  get scale() {
    return this.network.getScale();
  }

  get zoom() {
    return this.scale / this.fitScale;
  }

  radius(node, scale = this.scale) {
    return markSize(node, scale / this.fitScale, this.size);
  }

  drawMark({ ctx, id, x, y }) {
    const scale = this.scale;
    const radius = this.radius(id) / scale;
    const reach = Math.max(radius * (isChosen(id) ? 1.6 : 1.15), 9 / scale); // small marks are easy to hit too
    const drawNode = () => {
      ctx.translate(x, y);
      ctx.scale(radius / 10, radius / 10);
      ctx.lineJoin = "round";
      for (const [width, colour] of rimsOf(id)) {
        ctx.lineWidth = width;
        ctx.strokeStyle = colour;
        ctx.stroke(markPath(kind(id)));
      }
      ctx.fillStyle = fillOf(id);
      ctx.fill(markPath(kind(id)), "evenodd"); // outlines are a shape with a hole
    };
    return { drawNode, nodeDimensions: { width: 2 * reach, height: 2 * reach } };
  }

  edgeLook(edge, scale = this.scale) {
    const hidden = !edgeShown[edge];
    const thin = (scale / this.fitScale) ** 0.3 / scale;
    if (edge === traced || lit?.edges.has(edge)) {
      const opacity = edge === traced || lit.edges.size < 30 ? 1 : 0.75;
      return { hidden, color: { color: hex(theme.accent), opacity }, width: (edge === traced ? 3.2 : 1.7) * thin, arrows: { to: { enabled: true, scaleFactor: 0.4 * thin } } };
    }
    const near = [edgeFrom[edge], edgeTo[edge]].some((node) => node === cursor || node === hovered);
    if (near) return { hidden, color: { color: hex(theme.accent), opacity: 0.8 }, width: 1.3 * thin, arrows: { to: { enabled: false } } };
    return { hidden, color: { color: hex(theme.edge), opacity: lit ? 0.1 : theme.edgeWeight }, width: 0.9 * thin, arrows: { to: { enabled: false } } };
  }

  redraw() {
    const scale = this.scale;
    this.nodeData.update(this.nodes.map((node) => ({ id: node, hidden: !nodeShown[node] })));
    this.edgeData.update(this.edges.map((edge) => ({ id: edge, ...this.edgeLook(edge, scale) })));
    this.network.redraw();
  }

  /** Names above the marks; `ctx` is transformed as vis-network left it. */
  drawNames(ctx) {
    const view = ctx.getTransform();
    const ratio = view.a / this.scale;
    ctx.save();
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.surface ??= canvasSurface(ctx, ratio);
    this.names(this.surface, (node) => ({ x: (view.a * this.x[node] + view.e) / ratio, y: (view.d * this.y[node] + view.f) / ratio }), ctx.canvas.width / ratio, ctx.canvas.height / ratio);
    ctx.restore();
  }

  names(surface, placeOf, width, height) {
    const crowd = new Crowd();
    for (const node of this.nodes) {
      if (!nodeShown[node] || !isLit(node)) continue;
      const { x, y } = placeOf(node);
      crowd.add(x, y, this.radius(node), lit?.main.has(node) ? 50 : 1);
    }
    const { room, wanted } = this.wanted(width, height);
    const important = namesAtFirst(width, height) / 2;
    const crowded = lit?.near.size > 20;
    const asked = wanted.map(([node, must], rank) => ({
      ...placeOf(node),
      r: this.radius(node),
      shape: shapedLabel(labels[node], labelSize(node), { weight: must && isChosen(node) ? 600 : 400 }),
      must,
      covers: must ? Infinity : lit ? (crowded ? 1 : 20) : rank < important ? (narrow.matches ? 6 : 1) : 0, // a phone has no room beside the marks
      spots: lit ? "corners" : "around", // a name at the corner of a mark may seem to be its neighbour's
    }));
    for (const one of placeLabels(asked, { width, height, taken: takenByButtons(), crowd, room })) drawLabel(surface, one);
  }

  /** Which names matter now, most important first, as [node, must be shown], and how many may stand. */
  wanted(width, height) {
    const first = [cursor, hovered, ...(lit?.main ?? []), ...state.kept].filter((node) => node >= 0 && nodeShown[node] && this.nodeData.get(node));
    if (first.length > 30) first.length = 30;
    const must = new Set(first);
    const room = (lit ? 80 : namesAtFirst(width, height) * this.zoom ** 1.7) + must.size;
    const others = this.byLinks.filter((node) => nodeShown[node] && !must.has(node) && (!lit || lit.near.has(node))).slice(0, 2 * room);
    return { room, wanted: [...Array.from(must, (node) => [node, true]), ...Array.from(others, (node) => [node, false])] };
  }

  at(x, y) {
    const node = this.network.getNodeAt({ x, y });
    if (node !== undefined && nodeShown[node]) return { node };
    for (const [dx, dy] of [[0, 0], [3, 0], [-3, 0], [0, 3], [0, -3], [6, 0], [-6, 0], [0, 6], [0, -6]]) {
      const edge = this.network.getEdgeAt({ x: x + dx, y: y + dy });
      if (edge !== undefined && edgeShown[edge] && (!lit || lit.edges.has(edge) || !lit.main.size)) return { edge };
    }
    return null;
  }

  place(node) {
    if (!nodeShown[node] || !this.nodeData.get(node)) return null;
    return { ...this.network.canvasToDOM({ x: this.x[node], y: this.y[node] }), r: this.radius(node) };
  }

  // --- where it is looked at from ---------------------------------------------------------------

  fit(moving = true) {
    const shown = this.nodes.filter((node) => nodeShown[node]);
    if (!this.nodes.length) return;
    this.fitScale = Math.min(scaleFor(this.box()), 2);
    const box = this.box(shown.length ? shown : this.nodes);
    this.moveTo(box, Math.min(scaleFor(box), this.fitScale * 2), moving);
    this.moved = false;
  }

  goTo(some, moving = true) {
    const inside = some.filter((node) => this.nodeData.get(node));
    if (!inside.length) return;
    const box = this.box(inside);
    this.moveTo(box, Math.min(scaleFor(box), Math.max(this.fitScale * 1.8, this.scale)), moving);
    this.moved = true;
  }

  moveTo({ x, y }, scale, moving = true) {
    const animation = moving && !calm.matches ? { duration: 450, easingFunction: "easeInOutQuad" } : false;
    this.network.moveTo({ position: { x, y }, scale, animation });
    settleSoon(this);
  }

  view() {
    const { x, y } = this.network.getViewPosition();
    return { x, y, zoom: this.zoom };
  }

  setView({ x, y, zoom }) {
    this.moveTo({ x, y }, zoom * this.fitScale, false);
    this.moved = true;
  }

  panBy(dx, dy) {
    const { x, y } = this.network.getViewPosition();
    this.moveTo({ x: x + dx / this.scale, y: y + dy / this.scale }, this.scale, false);
    this.wasMoved();
  }

  /** Zoom by a factor, keeping a point of the picture (its middle, if none is given) where it is. */
  zoomBy(factor, point = { x: picture.clientWidth / 2, y: picture.clientHeight / 2 }) {
    const before = this.scale;
    const scale = Math.min(Math.max(before * factor, this.fitScale * 0.4), this.fitScale * 14);
    const fixed = this.network.DOMtoCanvas(point);
    const middle = this.network.getViewPosition();
    this.network.moveTo({ position: { x: fixed.x + (middle.x - fixed.x) * (before / scale), y: fixed.y + (middle.y - fixed.y) * (before / scale) }, scale, animation: false });
    this.wasMoved();
  }

  /** A window of another shape gets another stretch, unless the visitor has already moved the picture. */
  resize() {
    this.network.setSize("100%", "100%");
    if (this.moved || this.close) return this.network.redraw();
    for (const node of this.nodes) [this.x[node], this.y[node]] = [homeX[node], homeY[node]];
    spread(this);
    this.nodeData.update(this.nodes.map((node) => ({ id: node, x: this.x[node], y: this.y[node] })));
    this.fit(false);
  }

  /** Draw what is seen now on another surface. */
  paint(surface) {
    const place = new Map(this.nodes.filter((node) => nodeShown[node]).map((node) => [node, this.network.canvasToDOM({ x: this.x[node], y: this.y[node] })]));
    for (const edge of this.edges) {
      const [from, to] = [place.get(edgeFrom[edge]), place.get(edgeTo[edge])];
      const { color, width } = this.edgeLook(edge);
      if (edgeShown[edge] && from && to) surface.line(from.x, from.y, to.x, to.y, { stroke: color.color, opacity: color.opacity, width: width * this.scale });
    }
    for (const [node, at] of place) {
      const places = [at.x, at.y, this.radius(node)];
      for (const [width, colour] of rimsOf(node)) drawMarks(surface, kind(node), places, { halo: colour, ring: (width * places[2]) / 20, fill: colour });
      drawMarks(surface, kind(node), places, { fill: fillOf(node) });
    }
    this.names(surface, (node) => place.get(node) ?? { x: -1e4, y: -1e4 }, picture.clientWidth, picture.clientHeight);
  }

  destroy() {
    this.network?.destroy();
    this.host?.remove();
  }
}

const isChosen = (node) => lit?.main.has(node) || node === cursor || state.kept.includes(node);
const fillOf = (node) => css((isLit(node) ? theme.kinds : theme.faded)[kindOf[node]]);
/** Rims around a mark, outermost first, as [width, colour] in tenths of its size. */
function rimsOf(node) {
  if (lit?.main.has(node) || node === cursor) return [[11, css(node === cursor ? theme.ink : theme.accent)], [6, css(theme.paper)]];
  return isLit(node) ? [[3, css(theme.paper)]] : [];
}

const markPaths = new Map();
function markPath(one) {
  if (!markPaths.has(one.at)) markPaths.set(one.at, new Path2D(markShape(one)));
  return markPaths.get(one.at);
}

/** The part of the picture where no name may go: its buttons. */
function takenByButtons() {
  const buttons = byId("theFit").parentElement;
  return [{ x: buttons.offsetLeft, y: buttons.offsetTop, w: buttons.offsetWidth, h: buttons.offsetHeight }];
}
