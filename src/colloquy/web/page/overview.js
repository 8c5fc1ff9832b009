// The overview of a large network: a map on a plain canvas.  From afar it shows communities as discs, nearer
// by their parts, then entries with their links and names.  Only what is in view is drawn, and only on change.
const CLOSEST = 64; // how far apart entries lie on the screen when one comes as near as possible to a single one
const SLOW = 40; // milliseconds: while moving, a frame that takes longer costs the next ones their finest detail

function makeOverview(host) {
  const canvas = make("canvas", { "aria-hidden": "true" });
  const ctx = canvas.getContext("2d");
  const eye = { x: 0, y: 0, scale: 1, width: 1, height: 1, ratio: 1, spare: 0, linkWeight: 0.3, X: homeX, Y: homeY, areaX: null, areaY: null };
  const overview = { sums: null, tints: null, share: new Float32Array(areas.length).fill(1), fading: new Map(), taken: [], crowd: null, overArea: -1, overEdge: -1, filtered: false, stepsBack: false, still: false, first: true, before: 0 };
  let [surface, fitScale, middle, turned] = [null, 1, { x: 0, y: 0 }, false];
  let [asked, flight, moved] = [0, null, 0];
  Object.assign(canvas.style, { position: "absolute", inset: "0", width: "100%", height: "100%" });
  host.prepend(canvas);

  /** Take the size of the host; a tall window gets the map turned, so that it fills it. */
  function measure() {
    eye.width = Math.max(host.clientWidth, 1);
    eye.height = Math.max(host.clientHeight, 1);
    eye.ratio = ratioNow();
    canvas.width = Math.round(eye.width * eye.ratio);
    canvas.height = Math.round(eye.height * eye.ratio);
    surface = canvasSurface(ctx, eye.ratio);
    const wanted = eye.height > 1.15 * eye.width;
    if (wanted !== turned || !eye.areaX) {
      [eye.x, eye.y] = wanted === turned ? [eye.x, eye.y] : [eye.y, eye.x];
      turned = wanted;
      [eye.X, eye.Y] = turned ? [homeY, homeX] : [homeX, homeY];
      const [across, down] = [Float32Array.from(areas, ({ x }) => x), Float32Array.from(areas, ({ y }) => y)];
      [eye.areaX, eye.areaY] = turned ? [down, across] : [across, down];
      overview.fading.clear();
    }
    const all = discBox(topAreas);
    fitScale = scaleOf(all);
    middle = { x: all.x, y: all.y };
    overview.taken = buttonBoxes();
  }

  const ratioNow = () => Math.min(devicePixelRatio || 1, 2);
  const cornersOf = ({ at, radius }) => [-radius, radius].map((off) => ({ x: eye.areaX[at] + off, y: eye.areaY[at] + off }));
  const discBox = (some) => boxOf(some.flatMap(cornersOf));
  const nodeBox = (some) => boxOf(Array.from(some, (node) => ({ x: eye.X[node], y: eye.Y[node] })));
  const scaleOf = ({ w, h }, edge = Math.min(22, eye.width * 0.03)) => Math.min((eye.width - 2 * edge) / (w || 1), (eye.height - 2 * edge) / (h || 1));
  const densest = Math.min(...areas.filter(({ nodes }) => nodes.length).map(({ at }) => areaGap[at]), 1e3);
  const closest = (gap = CLOSEST) => gap / densest;

  function draw(now) {
    asked = 0;
    if (!canvas.isConnected) return;
    const took = now - overview.before;
    const moving = Boolean(flight) || now - moved < 130;
    if (moving && overview.moving) eye.spare = took > SLOW ? Math.min(eye.spare + 1, 2) : took < 22 ? Math.max(eye.spare - 0.05, 0) : eye.spare;
    const [kept, still] = [eye.spare, calm.matches];
    if (!moving) eye.spare = 0;
    overview.still = still;
    const flying = flight && fly(now);
    const easing = ease(still ? 1 : Math.min(took, 40) / 120);
    ctx.setTransform(eye.ratio, 0, 0, eye.ratio, 0, 0);
    ctx.globalAlpha = 1;
    ctx.clearRect(0, 0, eye.width, eye.height);
    const busy = paint(surface, now);
    overview.moving = moving;
    overview.first = false;
    overview.before = now;
    eye.spare = kept;
    if (flying || easing || busy || moving) ask();
  }

  function ask() {
    asked ||= requestAnimationFrame(draw);
  }

  function paint(onto, now) {
    drawDiscs(onto, eye, overview);
    if (eye.spare < 2) drawLinks(onto, eye, overview);
    drawMembers(onto, eye, overview);
    drawLit(onto, eye, overview);
    return drawCaptions(onto, eye, overview, now);
  }

  /** Let discs fade, or come back, with what the filters leave of them. */
  function ease(step) {
    let busy = false;
    for (const area of areas) {
      const wanted = areaTotal[area.at] ? Math.sqrt(overview.sums.left[area.at] / areaTotal[area.at]) : 0;
      const off = wanted - overview.share[area.at];
      overview.share[area.at] = Math.abs(off) < 0.01 ? wanted : overview.share[area.at] + off * step;
      busy ||= Math.abs(off) >= 0.01;
    }
    return busy;
  }

  /** Look from elsewhere: over a distance the way leads up and down again, as a bird's would. */
  function look(to, animate) {
    to.scale = Math.min(Math.max(to.scale, fitScale * 0.6), closest(150));
    if (!overview.first) moved = performance.now();
    flight = null;
    if (!animate || calm.matches || overview.first) Object.assign(eye, to);
    else flight = { way: flightBetween({ ...eye, w: eye.width / eye.scale }, { ...to, w: eye.width / to.scale }), start: 0 };
    ask();
  }
  function fly(now) {
    flight.start ||= now;
    const share = Math.min((now - flight.start) / flight.way.time, 1);
    const { x, y, w } = flight.way.at(share < 0.5 ? 2 * share * share : 1 - 2 * (1 - share) ** 2);
    Object.assign(eye, { x, y, scale: eye.width / w });
    if (share < 1) return true;
    if (flight.byHand) noteView();
    flight = null;
    return false;
  }

  function redraw() {
    overview.stepsBack = Boolean(lit);
    overview.filtered = isFiltered();
    if (shownCounts.areas !== overview.counts) overview.sums = sumAreas(); // made anew whenever a filter changes
    overview.counts = shownCounts.areas;
    ask();
  }
  function recolour() {
    const colours = [theme.paper, theme.ink, theme.font, ...theme.kinds].join();
    if (colours === overview.colours) return;
    overview.colours = colours;
    eye.linkWeight = darkMode.matches ? 0.5 : 0.42;
    overview.tints = tintAreas();
    surface = canvasSurface(ctx, eye.ratio);
  }

  /** Which disc or link the pointer is over; `hovered` says which entry. */
  function over(found) {
    const [area, edge] = [found?.area ?? -1, found?.edge ?? -1];
    if (area === overview.overArea && edge === overview.overEdge) return;
    [overview.overArea, overview.overEdge] = [area, edge];
    ask();
  }

  const drawing = {
    kind: "overview",
    host: canvas,
    start() {
      steer(canvas, drawing, over);
    },
    redraw() {
      recolour();
      redraw();
    },
    resize() {
      const same = host.clientWidth === eye.width && host.clientHeight === eye.height && eye.ratio === ratioNow();
      if (!host.clientWidth || same) return; // an observer also tells of the size that it finds at first
      const { x, y, zoom } = drawing.view();
      measure();
      drawing.setView({ x, y, zoom });
      cancelAnimationFrame(asked);
      draw(performance.now()); // at once: a canvas of another size is empty
    },
    fit(animate = true) {
      const some = isFiltered() ? shownNodes() : [];
      const box = some.length ? nodeBox(some) : { ...middle, w: 0, h: 0 };
      look({ x: box.x, y: box.y, scale: some.length ? Math.min(Math.max(scaleOf(box, 60), fitScale), closest()) : fitScale }, animate);
    },
    goTo(nodes, animate = true) {
      if (!nodes.length) return;
      const box = nodeBox(nodes);
      look({ x: box.x, y: box.y, scale: Math.min(Math.max(scaleOf(box, Math.min(80, eye.width * 0.14)), fitScale), closest()) }, animate);
    },
    goToArea(at, animate = true) {
      const box = discBox([areas[at]]);
      look({ x: box.x, y: box.y, scale: scaleOf(box, 30) }, animate);
      if (flight) flight.byHand = true;
      else noteView();
    },
    zoomBy(factor, point = { x: eye.width / 2, y: eye.height / 2 }, animate = false) {
      const scale = Math.min(Math.max(eye.scale * factor, fitScale * 0.6), closest(150));
      const [fromX, fromY] = [(point.x - eye.width / 2) / eye.scale + eye.x, (point.y - eye.height / 2) / eye.scale + eye.y];
      look({ x: fromX - (point.x - eye.width / 2) / scale, y: fromY - (point.y - eye.height / 2) / scale, scale }, animate);
      if (flight) flight.byHand = true;
      else noteView();
    },
    panBy(dx, dy) {
      look({ x: eye.x + dx / eye.scale, y: eye.y + dy / eye.scale, scale: eye.scale }, false);
      noteView();
    },
    /** Where an entry lies, in the units of the map as it is turned now. */
    home: (node) => ({ x: eye.X[node], y: eye.Y[node] }),
    view: () => ({ x: turned ? eye.y : eye.x, y: turned ? eye.x : eye.y, zoom: eye.scale / fitScale }),
    setView: ({ x, y, zoom }, animate = false) => look({ x: turned ? y : x, y: turned ? x : y, scale: zoom * fitScale }, animate),
    at(x, y) {
      const node = nodeAt(eye, x, y);
      if (node >= 0) return { node };
      const edge = edgeUnder(eye, x, y);
      if (edge >= 0) return { edge };
      const area = areaAt(eye, x, y, overview.sums);
      return area >= 0 ? { area } : null;
    },
    place(node) {
      if (!nodeShown[node]) return null;
      const shown = lit?.main.has(node) || lit?.near.has(node);
      if (!shown && areaGap[areaOf[node]] * eye.scale < APART) return null;
      return { ...pointOn(eye, node), r: shown ? litSize(eye, node) : sizeOf(eye, node) };
    },
    paint(onto) {
      const [still, { fading }] = [overview.still, overview];
      Object.assign(overview, { still: true, fading: new Map() });
      eye.spare = 0;
      paint(onto, performance.now());
      Object.assign(overview, { still, fading });
    },
    destroy() {
      cancelAnimationFrame(asked);
      canvas.remove();
    },
  };
  overview.sums = sumAreas();
  overview.counts = shownCounts.areas;
  recolour();
  measure();
  redraw();
  Object.assign(eye, { x: middle.x, y: middle.y, scale: fitScale });
  return drawing;
}
