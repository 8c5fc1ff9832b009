// How entries and links look in what vis-network draws: on its canvas, and again on a surface for a file.
const ALL_NAMED = 60; // of so many entries all names are shown where there is room
const LINE_REACH = 6; // so near a line, in pixels, does the pointer meet it

/** Half a mark's width in pixels: it grows with the links, and slowly with the zoom. */
const markSize = (node, zoom, size) => (4 + 2 * Math.sqrt(degreeOf(node))) * size * Math.max(zoom, 0.2) ** 0.45;

/** A mark's colour, and the rims around it, outermost first, as [width in tenths of the mark's half, colour]. */
function markLook(node) {
  const chosen = lit?.main.has(node) || node === cursor;
  const rims = chosen ? [[11, node === cursor ? theme.ink : theme.accent], [6, theme.paper]] : isLit(node) ? [[3, theme.paper]] : [];
  return { fill: (isLit(node) ? theme.kinds : theme.faded)[kindOf[node]], rims };
}

/** A line that nothing points out. */
function usualLine(drawn, eye) {
  const weight = (darkMode.matches ? 0.42 : 0.34) * Math.min(Math.max(Math.sqrt(450 / (drawn.edges.length || 1)), 0.5), 1);
  return { colour: theme.edge, opacity: lit ? 0.1 : weight, width: 0.9 * eye.zoom ** 0.3, arrow: false };
}

function lineLook(edge, drawn, eye) {
  const thin = eye.zoom ** 0.3;
  const at = (node) => node === edgeFrom[edge] || node === edgeTo[edge];
  if (edge === traced) return { colour: theme.accent, opacity: 1, width: 3.2 * thin, arrow: true };
  if (lit?.edges.has(edge)) return { colour: theme.accent, opacity: lit.edges.size < 30 ? 1 : 0.75, width: 1.7 * thin, arrow: true };
  if (at(cursor) || at(hovered)) return { colour: theme.accent, opacity: 0.8, width: 1.3 * thin, arrow: false };
  return usualLine(drawn, eye);
}

/** The same as vis-network takes it, in the units of the picture; `key` is equal where looks are. */
function visLook({ colour, opacity, width, arrow }, { scale, zoom }) {
  const wide = Math.round((1000 * width) / scale) / 1000;
  const arrows = { to: { enabled: arrow, scaleFactor: (0.4 * zoom ** 0.3) / scale } };
  return { key: `${colour} ${opacity} ${wide} ${arrow}`, options: { hidden: false, color: { color: hex(colour), opacity }, width: wide, arrows } };
}

const markPaths = new Map();
function markPath(one) {
  if (!markPaths.has(one.at)) markPaths.set(one.at, new Path2D(markShape(one)));
  return markPaths.get(one.at);
}

/** A mark as vis-network asks for it: drawn around its place, in the units of the picture. */
function drawnMark(drawn, { ctx, id, x, y }) {
  const scale = drawn.network.getScale();
  const radius = markSize(id, scale / drawn.fitScale, drawn.size) / scale;
  const drawNode = () => {
    const { fill, rims } = markLook(id);
    const path = markPath(kind(id));
    ctx.translate(x, y);
    ctx.scale(radius / 10, radius / 10);
    ctx.lineJoin = "round";
    for (const [width, colour] of rims) {
      ctx.lineWidth = width;
      ctx.strokeStyle = css(colour);
      ctx.stroke(path);
    }
    ctx.fillStyle = css(fill);
    ctx.fill(path, "evenodd"); // outlines are a shape with a hole
  };
  return { drawNode, nodeDimensions: { width: 2 * radius, height: 2 * radius } };
}

/** Names with their room, most important first. */
function namesIn(drawn, eye) {
  const shown = drawn.order.filter((node) => nodeShown[node]);
  const crowd = new Crowd();
  for (const node of shown) {
    if (!isLit(node)) continue;
    const { x, y, r } = drawn.place(node, eye);
    crowd.add(x, y, r, lit?.main.has(node) ? 50 : 1);
  }
  const first = [cursor, hovered, ...(lit?.main ?? []), ...state.kept].filter((node) => drawn.own.has(node) && nodeShown[node]).slice(0, 32);
  const must = new Set(first);
  const atFirst = namesAtFirst(eye.width, eye.height);
  const room = shown.length <= ALL_NAMED ? ALL_NAMED : lit ? 80 : atFirst * eye.zoom ** 1.7;
  const rest = shown.filter((node) => !must.has(node) && (!lit || lit.near.has(node))).slice(0, 2 * room);
  const covers_ = (rank) => (lit ? (lit.near.size > 20 ? 1 : 20) : rank < atFirst / 2 ? (narrow.matches ? 6 : 1) : 0); // a phone has no room beside the marks
  const wanted = [...must, ...rest].map((node, rank) => {
    const bold = lit?.main.has(node) || node === cursor;
    const shape = shapedLabel(labels[node], labelSize(node), { weight: bold ? 600 : 400 });
    return { ...drawn.place(node, eye), shape, must: must.has(node), covers: covers_(rank), spots: lit ? "corners" : "around" };
  });
  const buttons = byId("theFit").parentElement; // no name goes under them
  const taken = [{ x: buttons.offsetLeft, y: buttons.offsetTop, w: buttons.offsetWidth, h: buttons.offsetHeight }];
  return placeLabels(wanted, { width: eye.width, height: eye.height, taken, crowd, room });
}

/** Where a line runs, in pixels: its ends, and what it bends towards, as vis-network bends it. */
function lineOn(drawn, edge, eye) {
  const [from, to] = [drawn.where(edgeFrom[edge], eye), drawn.where(edgeTo[edge], eye)];
  const bow = drawn.bows.get(edge);
  if (!bow) return { from, to, via: null };
  const [dx, dy] = [to.x - from.x, from.y - to.y];
  const half = bow.roundness * 0.5 + 0.5;
  const turn = bow.type === "curvedCW" ? half : 0.5 - bow.roundness * 0.5;
  const angle = Math.atan2(dy, dx) + turn * Math.PI;
  const far = half * Math.hypot(dx, dy);
  return { from, to, via: { x: from.x + far * Math.sin(angle), y: from.y + far * Math.cos(angle) } };
}

/** The mark at a point, the nearest of several; small marks are easy to hit too. */
function nearestMark(drawn, x, y, eye) {
  let [best, least] = [-1, Infinity];
  for (const node of drawn.nodes) {
    const spot = drawn.place(node, eye);
    if (!spot) continue;
    const far = Math.hypot(spot.x - x, spot.y - y);
    if (far < Math.max(spot.r * 1.15, 9) && far < least) [best, least] = [node, far];
  }
  return best;
}

function nearestLine(drawn, x, y, eye) {
  let [best, least] = [-1, LINE_REACH];
  for (const edge of drawn.edges) {
    if (!edgeShown[edge] || (lit?.edges.size && !lit.edges.has(edge))) continue;
    const { from, to, via } = lineOn(drawn, edge, eye);
    const steps = via ? 8 : 1;
    let before = from;
    for (let step = 1; step <= steps; step += 1) {
      const next = via ? alongBow(from, via, to, step / steps) : to;
      const far = distanceTo(x, y, before, next);
      if (far < least) [best, least] = [edge, far];
      before = next;
    }
  }
  return best;
}

function alongBow(from, via, to, share) {
  const rest = 1 - share;
  const along = (axis) => rest * rest * from[axis] + 2 * rest * share * via[axis] + share * share * to[axis];
  return { x: along("x"), y: along("y") };
}

function distanceTo(x, y, from, to) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const share = Math.min(Math.max(((x - from.x) * dx + (y - from.y) * dy) / (dx * dx + dy * dy || 1), 0), 1);
  return Math.hypot(from.x + share * dx - x, from.y + share * dy - y);
}

/** Draw the present view on a surface: lines, those that are lit last, marks, and names. */
function paintDrawn(drawn, surface) {
  const eye = drawn.eye();
  const lines = drawn.edges.filter((edge) => edgeShown[edge]).map((edge) => ({ edge, ...lineLook(edge, drawn, eye) }));
  for (const { edge, colour, opacity, width, arrow } of lines.sort((a, b) => a.arrow - b.arrow)) {
    const { from, to, via } = lineOn(drawn, edge, eye);
    if (Math.max(from.x, to.x) < 0 || Math.max(from.y, to.y) < 0 || Math.min(from.x, to.x) > eye.width || Math.min(from.y, to.y) > eye.height) continue;
    const pen = newPen(surface);
    pen.moveTo(from.x, from.y);
    if (via) pen.quadraticCurveTo(via.x, via.y, to.x, to.y);
    else pen.lineTo(to.x, to.y);
    surface.path(pen, { stroke: css(colour), width, opacity });
    if (arrow) paintArrow(surface, via ?? from, to, markSize(edgeTo[edge], eye.zoom, drawn.size), width, css(colour), opacity);
  }
  for (const node of [...drawn.order].reverse()) {
    const spot = drawn.place(node, eye);
    if (!spot || spot.x < -spot.r || spot.y < -spot.r || spot.x > eye.width + spot.r || spot.y > eye.height + spot.r) continue;
    const { fill, rims } = markLook(node);
    const at = [spot.x, spot.y, spot.r];
    for (const [width, colour] of rims) drawMarks(surface, kind(node), at, { fill: css(colour), halo: css(colour), ring: (width * spot.r) / 20 });
    drawMarks(surface, kind(node), at, { fill: css(fill) });
  }
  for (const name of namesIn(drawn, eye)) drawLabel(surface, name);
}

function paintArrow(surface, from, to, radius, width, fill, opacity) {
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  const tip = { x: to.x - radius * Math.cos(angle), y: to.y - radius * Math.sin(angle) };
  const pen = newPen(surface);
  pen.moveTo(tip.x, tip.y);
  for (const turn of [0.4, -0.4]) pen.lineTo(tip.x - (4 + 2 * width) * Math.cos(angle + turn), tip.y - (4 + 2 * width) * Math.sin(angle + turn));
  pen.closePath();
  surface.path(pen, { fill, opacity });
}
