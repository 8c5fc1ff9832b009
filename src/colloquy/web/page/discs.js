// Areas from afar: a disc for each, and between discs the links of their members, summed.
const topOf = Int32Array.from(areas, (area) => (area.parent >= 0 ? area.parent : area.at));
const leavesOf = (area) => (area.inner.length ? area.inner : [area]);
const membersOf = (area) => leavesOf(area).flatMap((leaf) => leaf.nodes);
const areaTotal = Uint32Array.from(areas, (area) => leavesOf(area).reduce((sum, leaf) => sum + leaf.nodes.length, 0));
const topAreas = areas.filter((area) => area.parent < 0);
/** How far members of an area lie apart, about. */
const areaGap = Float32Array.from(areas, (area) => (1.7 * area.radius) / Math.sqrt(Math.max(area.nodes.length, 1)));
/** How large most discs inside an area are. */
const innerRadius = Float32Array.from(areas, (area) => area.inner.map((leaf) => leaf.radius).sort((a, b) => a - b)[Math.floor(area.inner.length * 0.6)] ?? area.radius);

const STRONGEST = 70;
const smooth = (from, to, value) => {
  const share = Math.min(Math.max((value - from) / (to - from), 0), 1);
  return share * share * (3 - 2 * share);
};

/** How far an area has opened at a scale, from 0 (a disc) to 1 (what is inside it). */
const opened = (area, scale) => (area.inner.length ? smooth(20, 40, innerRadius[area.at] * scale) : smooth(8, 17, areaGap[area.at] * scale));

/** What the filters leave: members of each area, and links summed between areas, strongest first. */
function sumAreas() {
  const [between, inside] = [new Map(), new Map()];
  const many = areas.length;
  for (let edge = 0; edge < edgeCount; edge += 1) {
    if (!edgeShown[edge]) continue;
    let one = areaOf[edgeFrom[edge]];
    let other = areaOf[edgeTo[edge]];
    if (one === other) continue;
    const apart = topOf[one] !== topOf[other];
    if (apart) {
      one = topOf[one];
      other = topOf[other];
    }
    const sum = apart ? between : inside;
    const key = one < other ? one * many + other : other * many + one;
    sum.set(key, (sum.get(key) ?? 0) + 1);
  }
  const strongest = (sum, most, each) => {
    const used = new Uint8Array(areas.length);
    const sorted = [...sum].map(([key, count]) => ({ one: Math.floor(key / areas.length), other: key % areas.length, count })).sort((a, b) => b.count - a.count);
    return sorted.filter(({ one, other }, rank) => {
      const kept = rank < most || used[one] < each || used[other] < each;
      if (kept) for (const end of [one, other]) used[end] += 1;
      return kept;
    });
  };
  return { left: shownCounts.areas, between: strongest(between, STRONGEST, 1), inside: strongest(inside, 0, 2) };
}

/** Tints of areas: the colour of the page, a little towards the kinds of the members. */
function tintAreas() {
  const dark = theme.paper[0] < 128;
  const many = kinds.length;
  const members = new Uint32Array(areas.length * many); // how many are of each kind
  for (let node = 0; node < nodeCount; node += 1) members[areaOf[node] * many + kindOf[node]] += 1;
  for (const area of areas) for (let kind = 0; area.parent >= 0 && kind < many; kind += 1) members[area.parent * many + kind] += members[area.at * many + kind];
  return areas.map((area) => {
    const mean = [0, 0, 0];
    theme.kinds.forEach((colour, kind) => {
      const share = members[area.at * many + kind] / areaTotal[area.at];
      if (share) for (let at = 0; at < 3; at += 1) mean[at] += colour[at] * share;
    });
    const tone = mixed(mean, theme.ink, dark ? 0.1 : 0.2);
    return { disc: mixed(theme.paper, tone, dark ? 0.1 : 0.065), inner: mixed(theme.paper, tone, dark ? 0.17 : 0.125), rim: mixed(theme.paper, tone, dark ? 0.38 : 0.34) };
  });
}

const inView = (eye, x, y, r) => x + r > 0 && y + r > 0 && x - r < eye.width && y - r < eye.height;
const screenX = (eye, x) => (x - eye.x) * eye.scale + eye.width / 2;
const screenY = (eye, y) => (y - eye.y) * eye.scale + eye.height / 2;
const discOn = (eye, at) => ({ x: screenX(eye, eye.areaX[at]), y: screenY(eye, eye.areaY[at]), r: areas[at].radius * eye.scale });

/** Draw summed links as curves from rim to rim, wider where there are more. */
function drawSums(surface, eye, sums, opacity, widest) {
  if (!sums.length) return;
  const most = Math.sqrt(sums[0].count);
  const pens = new Map();
  for (const { one, other, count } of sums) {
    const [a, b] = [discOn(eye, one), discOn(eye, other)];
    const shown = opacity(one, other);
    if (shown < 0.03 || Math.max(a.x, b.x) < 0 || Math.max(a.y, b.y) < 0 || Math.min(a.x, b.x) > eye.width || Math.min(a.y, b.y) > eye.height) continue;
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    const [bendX, bendY] = [(a.x + b.x) / 2 - dy * 0.13, (a.y + b.y) / 2 + dx * 0.13];
    const rim = (disc) => {
      const far = Math.hypot(bendX - disc.x, bendY - disc.y) || 1;
      return [disc.x + ((bendX - disc.x) / far) * disc.r, disc.y + ((bendY - disc.y) / far) * disc.r];
    };
    const step = Math.max(Math.round((Math.sqrt(count) / most) * 6), 1);
    const key = step * 10 + Math.round(shown * 6);
    if (!pens.has(key)) pens.set(key, newPen(surface));
    const pen = pens.get(key);
    pen.moveTo(...rim(a));
    pen.quadraticCurveTo(bendX, bendY, ...rim(b));
  }
  for (const [key, pen] of pens) {
    const step = Math.floor(key / 10);
    surface.path(pen, { stroke: css(theme.edge), width: Math.max((widest * step) / 6, 0.7), opacity: ((key % 10) / 6) * (0.16 + 0.16 * (step / 6)) });
  }
}

/** Draw the discs in view: those of communities, and inside them those of their parts. */
function drawDiscs(surface, eye, overview) {
  const { sums, tints, share } = overview;
  const step = overview.stepsBack ? 0.5 : 1;
  drawSums(surface, eye, sums.between, (one, other) => step * Math.max(1 - 0.75 * Math.max(opened(areas[one], eye.scale), opened(areas[other], eye.scale)), 0), 5.5);
  for (const area of topAreas) {
    const { x, y, r } = discOn(eye, area.at);
    if (!inView(eye, x, y, r)) continue;
    const full = 0.25 + 0.75 * share[area.at];
    const tint = tints[area.at];
    surface.circle(x, y, r, { fill: css(mixed(theme.paper, tint.disc, full)) });
    surface.circle(x, y, r, { stroke: css(tint.rim), width: 1, opacity: full * 0.9 });
  }
  drawSums(surface, eye, sums.inside, (one) => step * smooth(7, 16, innerRadius[topOf[one]] * eye.scale), 4);
  for (const area of areas) {
    if (area.parent < 0) continue;
    const { x, y, r } = discOn(eye, area.at);
    if (r < 2 || !inView(eye, x, y, r)) continue;
    const tint = tints[area.at];
    const full = share[area.at] * (1 - 0.55 * opened(area, eye.scale));
    surface.circle(x, y, r, { fill: css(mixed(tints[area.parent].disc, tint.inner, full)) });
    if (r > 9) surface.circle(x, y, r, { stroke: css(tint.rim), width: 0.75, opacity: (0.15 + 0.55 * share[area.at]) * smooth(9, 22, r) });
  }
  for (const [at, colour] of [[overview.overArea, softInk()], [state.open?.what === "area" ? state.open.at : -1, theme.accent]]) {
    if (at < 0) continue;
    const { x, y, r } = discOn(eye, at);
    surface.circle(x, y, r + 1, { stroke: css(colour), width: colour === theme.accent ? 2.5 : 1.5 });
  }
}

/** The disc at a point: that of a part where its community has opened, else that of the community; -1 for none. */
function areaAt(eye, x, y, sums) {
  const holds = (area) => {
    const disc = discOn(eye, area.at);
    return sums.left[area.at] > 0 && Math.hypot(disc.x - x, disc.y - y) < Math.max(disc.r, 10);
  };
  const top = topAreas.find(holds);
  if (!top) return -1;
  const inner = opened(top, eye.scale) > 0.5 ? top.inner.find(holds) : null;
  return (inner ?? top).at;
}
