// Entries in view and their links: dots from afar, marks with their shapes nearer by, then every link.
const APART = 12.5; // pixels between entries from which on each can be pointed at
const LINK_STEPS = 4; // links of about one strength are drawn as one path

/** Half a mark's width on the screen: it grows with the links (`weightOf`), and slowly with the zoom (`grownAt`). */
const weightOf = new Float32Array(nodeCount);
function weigh() {
  for (let node = 0; node < nodeCount; node += 1) weightOf[node] = 2.3 + 1.2 * Math.sqrt(degreeOf(node));
}
weigh();
const grownAt = (gap) => Math.min((gap / 30) ** 0.75, 1.7);
const entrySize = (node, grown) => Math.min(Math.max(weightOf[node] * grown, 0.5), 30);

/** How a member lies on the screen: its radius where nothing is open. */
const sizeOf = (eye, node) => entrySize(node, grownAt(areaGap[areaOf[node]] * eye.scale));

/** Give every entry in view to `call(node, x, y, r, near)`; areas out of view are not looked at. */
function eachInView(eye, call) {
  const { X, Y, scale, width, height } = eye;
  for (const area of areas) {
    if (!area.nodes.length) continue;
    const disc = discOn(eye, area.at);
    if (!inView(eye, disc.x, disc.y, disc.r + 30)) continue;
    const gap = areaGap[area.at] * scale;
    const [near, grown] = [smooth(7, 15, gap), grownAt(gap)];
    for (const node of area.nodes) {
      if (!nodeShown[node]) continue;
      const x = (X[node] - eye.x) * scale + width / 2;
      const y = (Y[node] - eye.y) * scale + height / 2;
      if (x > -30 && y > -30 && x < width + 30 && y < height + 30) call(node, x, y, entrySize(node, grown), near);
    }
  }
}

/** Draw the links between entries in view; those that leave the picture are fainter. */
function drawLinks(surface, eye, overview) {
  const near = new Float32Array(areas.length);
  const later = new Float32Array(areas.length); // links between areas come when one is nearer still
  const whole = new Uint8Array(areas.length);
  let any = false;
  for (const area of areas) {
    if (!area.nodes.length) continue;
    const disc = discOn(eye, area.at);
    near[area.at] = smooth(6, 16, areaGap[area.at] * eye.scale);
    later[area.at] = smooth(11, 22, areaGap[area.at] * eye.scale);
    whole[area.at] = inView(eye, disc.x, disc.y, disc.r);
    any ||= near[area.at] > 0 && whole[area.at] > 0;
  }
  if (!any) return;
  const { X, Y, scale } = eye;
  const [offX, offY] = [eye.width / 2 - eye.x * scale, eye.height / 2 - eye.y * scale];
  const pens = new Map();
  const far = eye.spare < 1;
  for (let edge = 0; edge < edgeCount; edge += 1) {
    if (!edgeShown[edge]) continue;
    const [one, other] = [areaOf[edgeFrom[edge]], areaOf[edgeTo[edge]]];
    const seen = whole[one] + whole[other];
    if (!seen || (one !== other && !far)) continue;
    let strength = Math.min(near[one], near[other]);
    if (one !== other) strength = Math.min(later[one], later[other]) * (seen === 2 ? (topOf[one] === topOf[other] ? 0.5 : 0.22) : 0.12);
    const step = Math.round(strength * LINK_STEPS * 2);
    if (!step) continue;
    const [ax, ay, bx, by] = [X[edgeFrom[edge]] * scale + offX, Y[edgeFrom[edge]] * scale + offY, X[edgeTo[edge]] * scale + offX, Y[edgeTo[edge]] * scale + offY];
    if ((ax < 0 && bx < 0) || (ay < 0 && by < 0) || (ax > eye.width && bx > eye.width) || (ay > eye.height && by > eye.height)) continue;
    if (!pens.has(step)) pens.set(step, newPen(surface));
    const pen = pens.get(step);
    if (edgeFrom[edge] === edgeTo[edge]) pen.ring(ax + 7, ay - 7, 7);
    else {
      pen.moveTo(ax, ay);
      pen.lineTo(bx, by);
    }
  }
  // As thin as the screen allows: such lines are far quicker to draw.
  for (const [step, pen] of pens) surface.path(pen, { stroke: css(theme.edge), width: 1 / eye.ratio, opacity: (step / LINK_STEPS / 2) * (overview.stepsBack ? 0.12 : eye.linkWeight) });
}

// Of each kind: dots, marks of an area that is still a disc, of one that opens, and of one that is open, small and large.
const STRENGTH = [0.6, 0.6, 0.8, 1, 1];
const buckets = kinds.map(() => STRENGTH.map(() => []));

function drawMembers(surface, eye, overview) {
  for (const sizes of buckets) for (const places of sizes) places.length = 0;
  overview.crowd = new Crowd();
  eachInView(eye, (node, x, y, r, near) => {
    if (near > 0.6) overview.crowd.add(x, y, r);
    if (lit && (lit.main.has(node) || lit.near.has(node))) return; // drawn above, later
    const sizes = buckets[kindOf[node]];
    sizes[near > 0.9 ? (r < 3.2 ? 3 : 4) : near > 0.45 ? 2 : r * eye.ratio < 4 ? 0 : 1].push(x, y, r);
  });
  const back = overview.stepsBack;
  const paper = css(theme.paper);
  const dots = buckets.map((sizes, at) => ({ places: sizes[0], fill: css(theme.kinds[at]), opacity: (back ? 0.3 : 1) * STRENGTH[0] })).filter(({ places }) => places.length);
  if (dots.length) drawDots(surface, dots);
  for (const [at, sizes] of buckets.entries()) {
    const fill = css(theme.kinds[at]);
    for (const [size, places] of sizes.entries()) {
      const opacity = back ? 0.3 * STRENGTH[size] : STRENGTH[size];
      if (size && places.length) drawMarks(surface, kinds[at], places, { fill, opacity, ...(size === 4 && !back && { halo: paper, ring: 1.2 }) });
    }
  }
}

const pointOn = (eye, node) => ({ x: screenX(eye, eye.X[node]), y: screenY(eye, eye.Y[node]) });

/** Entries that are emphasised keep a size at which their shape can be told. */
const litSize = (eye, node) => Math.max(sizeOf(eye, node), lit?.main.has(node) ? 6 : 3.6);

/** Draw what is open above the rest, wherever its neighbours lie. */
function drawLit(surface, eye, overview) {
  const accent = css(theme.accent);
  const pen = newPen(surface);
  const heads = newPen(surface);
  const addLine = (into, edge, pointed) => {
    const [a, b] = [pointOn(eye, edgeFrom[edge]), pointOn(eye, edgeTo[edge])];
    into.moveTo(a.x, a.y);
    into.lineTo(b.x, b.y);
    const far = Math.hypot(b.x - a.x, b.y - a.y);
    const room = (lit ? litSize(eye, edgeTo[edge]) : sizeOf(eye, edgeTo[edge])) + 1.5;
    if (!pointed || far < room + 14) return;
    const [ux, uy] = [(b.x - a.x) / far, (b.y - a.y) / far];
    const [tipX, tipY] = [b.x - ux * room, b.y - uy * room];
    heads.moveTo(tipX, tipY);
    heads.lineTo(tipX - ux * 7 - uy * 3.2, tipY - uy * 7 + ux * 3.2);
    heads.lineTo(tipX - ux * 7 + uy * 3.2, tipY - uy * 7 - ux * 3.2);
    heads.closePath();
  };
  const few = (lit?.edges.size ?? 0) <= 80;
  for (const edge of lit?.edges ?? []) if (edgeShown[edge]) addLine(pen, edge, few);
  surface.path(pen, { stroke: accent, width: few ? 1.5 : 1, opacity: few ? 0.85 : 0.45 });
  if (few) surface.path(heads, { fill: accent });
  const strong = newPen(surface);
  const pointed = new Set([traced, overview.overEdge].filter((edge) => edge >= 0 && edgeShown[edge]));
  for (const edge of pointed) addLine(strong, edge, false);
  if (pointed.size) surface.path(strong, { stroke: accent, width: 3.2 });
  const fine = newPen(surface);
  for (const node of new Set([hovered, cursor])) if (node >= 0) for (const edge of linksOf(node)) if (edgeShown[edge]) addLine(fine, edge, false);
  surface.path(fine, { stroke: accent, width: 1, opacity: 0.6 });
  const above = new Set([...(lit?.near ?? []), ...(lit?.main ?? []), hovered, cursor]);
  for (const node of above) {
    if (!(node >= 0) || !nodeShown[node]) continue;
    const { x, y } = pointOn(eye, node);
    const r = lit ? litSize(eye, node) : Math.max(sizeOf(eye, node), 3.6);
    if (!inView(eye, x, y, r)) continue;
    const main = lit?.main.has(node);
    if (main || node === cursor) {
      surface.circle(x, y, r * 1.15 + 5, { fill: css(node === cursor ? theme.ink : theme.accent) });
      surface.circle(x, y, r * 1.15 + 2.5, { fill: css(theme.paper) });
    }
    drawMarks(surface, kind(node), [x, y, r], { fill: css(theme.kinds[kindOf[node]]), halo: css(theme.paper), ring: 1.4 });
  }
}

/** The entry at a point, the nearest of those that are drawn by themselves; -1 for none. */
function nodeAt(eye, x, y, reach = 8) {
  let [found, least] = [-1, Infinity];
  const meet = (node, nodeX, nodeY, r) => {
    const far = Math.hypot(nodeX - x, nodeY - y) - r;
    if (far < least && far < Math.max(reach - r, 2)) [found, least] = [node, far];
  };
  if (lit) {
    for (const node of [...lit.main, ...lit.near]) {
      const at = pointOn(eye, node);
      if (nodeShown[node]) meet(node, at.x, at.y, litSize(eye, node));
    }
  }
  if (found >= 0) return found;
  for (const area of areas) {
    if (!area.nodes.length || areaGap[area.at] * eye.scale < APART) continue;
    const disc = discOn(eye, area.at);
    if (Math.hypot(disc.x - x, disc.y - y) > disc.r + 20) continue;
    for (const node of area.nodes) {
      if (!nodeShown[node]) continue;
      const at = pointOn(eye, node);
      meet(node, at.x, at.y, sizeOf(eye, node));
    }
  }
  return found;
}

/** The link at a point: of what is open, or where links are drawn by themselves; -1 for none. */
function edgeUnder(eye, x, y) {
  let [found, least] = [-1, 5];
  const meet = (edge) => {
    if (!edgeShown[edge]) return;
    const [a, b] = [pointOn(eye, edgeFrom[edge]), pointOn(eye, edgeTo[edge])];
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    const along = Math.min(Math.max(((x - a.x) * dx + (y - a.y) * dy) / (dx * dx + dy * dy || 1), 0), 1);
    const far = Math.hypot(a.x + along * dx - x, a.y + along * dy - y);
    if (far < least) [found, least] = [edge, far];
  };
  if (lit) for (const edge of lit.edges) meet(edge);
  if (found >= 0 || lit?.edges.size) return found;
  for (const area of areas) {
    if (!area.nodes.length || areaGap[area.at] * eye.scale < APART) continue;
    const disc = discOn(eye, area.at);
    if (Math.hypot(disc.x - x, disc.y - y) < disc.r + 5) for (const node of area.nodes) if (nodeShown[node]) linksOf(node).forEach(meet);
  }
  return found;
}
