// A network drawn by vis-network: the whole of a small one, as pyvis gave it, or some entries of a large one.
// vis-network holds the view and draws marks and lines; how they look is decided in looks.js, so that they
// keep a good size at every zoom and follow the colours of the page.  The whole is seen before vis-network is
// ready: until then the same picture is painted here, as it is for a file.

/** What the page adds to the options that pyvis wrote. */
const OWN_OPTIONS = {
  physics: false,
  layout: { improvedLayout: false, randomSeed: 1 },
  interaction: { dragNodes: false, dragView: false, zoomView: false, selectable: false, hover: false, keyboard: false },
  nodes: { shape: "custom", chosen: false, fixed: true },
  edges: { smooth: false, chosen: false, selectionWidth: 0, hoverWidth: 0, arrowStrikethrough: false },
};

/** Options on top of others: what is an object in both is joined, else the second counts. */
function extended(base, own) {
  if (![base, own].every((one) => one && typeof one === "object")) return own;
  const joined = { ...base };
  for (const [name, value] of Object.entries(own)) joined[name] = extended(base[name], value);
  return joined;
}

/** The whole of a small network, from pyvis's own nodes, edges and options. */
async function makeWhole(host) {
  const given = await unpack(byId("theDrawing").textContent);
  const numberOf = new Map(Array.from({ length: edgeCount }, (_, edge) => [edgeId(edge), edge]));
  const ends = ({ from, to }) => ({ from: nodeNamed(from), to: nodeNamed(to) });
  const drawn = new Drawn(host, "whole", {
    even: true,
    nodes: given.nodes.map(({ id, x, y }) => ({ id: nodeNamed(id), x, y })),
    edges: given.edges.map((one) => ({ id: numberOf.get(one.id), ...ends(one), ...(one.smooth ? { smooth: one.smooth } : {}) })),
    options: given.options,
  });
  untilSeen().then(visNetwork).then((library) => untilSized(host).then(() => drawn.handTo(library)));
  return drawn;
}

/** Wait until an element has a size: vis-network keeps no view in one that is folded away. */
const untilSized = (element) =>
  new Promise((done) => {
    new ResizeObserver(([{ contentRect }], watch) => {
      if (!contentRect.width) return;
      watch.disconnect();
      done();
    }).observe(element);
  });

class Drawn {
  /** `plan`: its `nodes` (with x and y), `edges` and `options`, and whether to spread the nodes `even`ly. */
  constructor(host, sort, plan) {
    Object.assign(this, { host, kind: sort, plan, moved: false, resting: 0, network: null, still: null, over: false });
    this.nodes = plan.nodes.map(({ id }) => id);
    this.own = new Set(this.nodes);
    this.order = byLinks.filter((node) => this.own.has(node));
    this.edges = plan.edges.map(({ id }) => id);
    this.bows = new Map(plan.edges.map(({ id, smooth }) => [id, smooth?.enabled ? smooth : null]));
    this.settle();
  }

  /** Let vis-network, `library`, draw from now on. */
  handTo({ DataSet, Network }) {
    if (this.over) return this;
    const { plan, host } = this;
    this.gone = new Set(this.nodes.filter((node) => !nodeShown[node]));
    const usual = visLook(usualLine(this, this.eye()), this.eye());
    this.looks = new Map(this.edges.map((edge) => [edge, usual.key]));
    const nodes = plan.nodes.map(({ id }) => ({ id, x: this.X[id], y: this.Y[id], ...(this.gone.has(id) ? { hidden: true } : {}) }));
    const edges = plan.edges.map((one) => ({ ...one, ...this.newLook(one.id) }));
    this.nodeData = new DataSet(nodes);
    this.edgeData = new DataSet(edges);
    const own = { nodes: { ctxRenderer: (given) => drawnMark(this, given) }, edges: usual.options };
    const options = extended(extended(plan.options, OWN_OPTIONS), own); // looks that all share are cheaper as options
    this.network = new Network(host, { nodes: this.nodeData, edges: this.edgeData }, options);
    host.firstElementChild.removeAttribute("tabindex"); // the picture takes the focus and has the name
    this.network.moveTo({ position: this.viewed, scale: this.viewed.scale, animation: false }); // before anything is drawn
    this.network.on("afterDrawing", (ctx) => this.drawNames(ctx));
    this.network.on("animationFinished", () => this.rest());
    if (this.still) {
      host.append(this.still); // vis-network took it out; it stays until there is another picture
      this.network.once("afterDrawing", () => {
        this.still.remove();
        this.still = null; // it holds some megabytes
      });
    }
    return this;
  }

  start() {
    steer(this.host, this, () => {});
  }

  /** Find the places anew, for the window as it is. */
  settle() {
    this.X = new Float32Array(nodeCount);
    this.Y = new Float32Array(nodeCount);
    for (const { id, x, y } of this.plan.nodes) [this.X[id], this.Y[id]] = [x, y];
    [this.width, this.height] = [this.host.clientWidth, this.host.clientHeight];
    this.size = spread(this.nodes, this.X, this.Y, { width: this.width, height: this.height, even: this.plan.even });
    this.measure();
    this.viewed = { ...this.box, scale: this.fitScale }; // until vis-network keeps the view
  }

  measure() {
    [this.width, this.height] = [this.host.clientWidth, this.host.clientHeight];
    this.box = boxOfNodes(this.nodes, this.X, this.Y);
    this.fitScale = Math.min(scaleFor(this.box, this.width, this.height), 2);
  }

  /** From where the drawing is looked at: its middle, the scale, and how near that is. */
  eye() {
    const scale = this.network ? this.network.getScale() : this.viewed.scale;
    const { x, y } = this.network ? this.network.getViewPosition() : this.viewed;
    return { x, y, scale, zoom: scale / this.fitScale, width: this.width, height: this.height };
  }

  /** How a line looks, where that is not how it looks already. */
  newLook(edge, eye = this.eye()) {
    const { key, options } = edgeShown[edge] ? visLook(lineLook(edge, this, eye), eye) : { key: "hidden", options: { hidden: true } };
    if (this.looks.get(edge) === key) return null;
    this.looks.set(edge, key);
    return options;
  }

  /** Bring the drawing up to what is shown, lit and coloured now; vis-network is told of what changed. */
  redraw(always = true) {
    if (!this.network) return this.paintStill();
    const turned = this.nodes.filter((node) => this.gone.has(node) === Boolean(nodeShown[node]));
    for (const node of turned) nodeShown[node] ? this.gone.delete(node) : this.gone.add(node);
    if (turned.length) this.nodeData.update(turned.map((id) => ({ id, hidden: this.gone.has(id) })));
    const eye = this.eye();
    const changed = [];
    for (const id of this.edges) {
      const look = this.newLook(id, eye);
      if (look) changed.push({ id, ...look });
    }
    if (changed.length) this.edgeData.update(changed);
    if (always || changed.length) this.network.redraw();
  }

  /** Paint the present view while there is no vis-network. */
  paintStill() {
    if (!this.still) this.host.append((this.still = make("canvas", { class: "still" })));
    const ratio = devicePixelRatio;
    [this.still.width, this.still.height] = [Math.round(this.width * ratio), Math.round(this.height * ratio)];
    const ctx = this.still.getContext("2d");
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.paint(canvasSurface(ctx, ratio));
  }

  resize() {
    if (this.host.clientWidth === this.width && this.host.clientHeight === this.height) return;
    this.network?.setSize("100%", "100%");
    if (this.moved) {
      this.measure();
      return this.redraw();
    }
    this.settle();
    this.nodeData?.update(this.nodes.map((id) => ({ id, x: this.X[id], y: this.Y[id] })));
    this.fit(false);
  }

  /** Lines keep their width on the screen: set once the zoom has come to rest. */
  rest() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.redraw(false), 120);
  }

  look({ x, y }, scale, animate) {
    if (!this.network) {
      this.viewed = { x, y, scale };
      return this.paintStill();
    }
    const animation = animate && !calm.matches ? { duration: 450, easingFunction: "easeInOutQuad" } : false;
    this.network.moveTo({ position: { x, y }, scale, animation });
    if (!animation) this.rest();
  }

  fit(animate = true) {
    const shown = this.nodes.filter((node) => nodeShown[node]);
    const box = shown.length ? boxOfNodes(shown, this.X, this.Y) : this.box;
    const above = Math.min(coveredAbove(), this.height / 4);
    const scale = Math.min(scaleFor(box, this.width, this.height - above), this.fitScale * 2.5);
    this.look({ x: box.x, y: box.y - above / 2 / scale }, scale, animate);
    this.moved = shown.length < this.nodes.length;
  }

  /** Bring some entries into view, near enough to read their names. */
  goTo(some, animate = true) {
    const here = [...some].filter((node) => this.own.has(node));
    if (!here.length) return;
    const box = boxOfNodes(here, this.X, this.Y);
    this.look(box, Math.min(scaleFor(box, this.width, this.height), Math.max(this.fitScale * 1.8, this.eye().scale)), animate);
    this.moved = true;
  }

  /** Zoom by a factor, keeping a point (the middle, if none is given) where it is. */
  zoomBy(factor, point = { x: this.width / 2, y: this.height / 2 }, animate = false) {
    const eye = this.eye();
    const scale = Math.min(Math.max(eye.scale * factor, this.fitScale * 0.4), this.fitScale * 14);
    const stay = (at, middle, size) => middle + (at - size / 2) * (1 / eye.scale - 1 / scale);
    this.look({ x: stay(point.x, eye.x, this.width), y: stay(point.y, eye.y, this.height) }, scale, animate);
    this.moved = true;
    noteView();
  }

  panBy(dx, dy, animate = false) {
    const { x, y, scale } = this.eye();
    this.look({ x: x + dx / scale, y: y + dy / scale }, scale, animate);
    this.moved = true;
    noteView();
  }

  /** The middle in thousandths of the box around all, so that it means the same in a window of another shape. */
  view() {
    const { x, y, zoom } = this.eye();
    return { x: (1000 * (x - this.box.x)) / (this.box.w || 1), y: (1000 * (y - this.box.y)) / (this.box.h || 1), zoom };
  }

  setView({ x, y, zoom }, animate = false) {
    const middle = { x: this.box.x + (x * (this.box.w || 1)) / 1000, y: this.box.y + (y * (this.box.h || 1)) / 1000 };
    this.look(middle, this.fitScale * Math.min(Math.max(zoom, 0.4), 14), animate);
    this.moved = true;
  }

  /** Where an entry lies, in the units of the picture; null where it is not in it. */
  home(node) {
    return this.own.has(node) ? { x: this.X[node], y: this.Y[node] } : null;
  }

  /** The same in pixels, seen or not. */
  where(node, eye = this.eye()) {
    if (!this.own.has(node)) return null;
    return { x: (this.X[node] - eye.x) * eye.scale + eye.width / 2, y: (this.Y[node] - eye.y) * eye.scale + eye.height / 2 };
  }

  place(node, eye = this.eye()) {
    if (!this.own.has(node) || !nodeShown[node]) return null;
    return { ...this.where(node, eye), r: markSize(node, eye.zoom, this.size) };
  }

  /** What is at a point: a node before an edge; while something is lit, of the edges only those. */
  at(x, y) {
    const eye = this.eye();
    const node = nearestMark(this, x, y, eye);
    if (node >= 0) return { node };
    const edge = nearestLine(this, x, y, eye);
    return edge >= 0 ? { edge } : null;
  }

  drawNames(ctx) {
    const ratio = ctx.canvas.width / this.width;
    ctx.save();
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    const surface = canvasSurface(ctx, ratio);
    for (const name of namesIn(this, this.eye())) drawLabel(surface, name);
    ctx.restore();
  }

  paint(surface) {
    paintDrawn(this, surface);
  }

  destroy() {
    clearTimeout(this.resting);
    this.over = true;
    this.network?.destroy();
  }
}
