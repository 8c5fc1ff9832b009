// Which names the overview shows: of communities from afar, of their parts, and of entries nearer by.
const FADE = 160; // milliseconds in which a name comes or goes

/** The names wanted in a view, most important first. */
function wantedNames(eye, overview) {
  const wanted = litNames(eye);
  const discs = areaNames(eye, overview);
  wanted.push(...(overview.stepsBack ? discs.filter(({ large }) => large).map((one) => ({ ...one, quiet: true })) : discs));
  if (!overview.stepsBack) wanted.push(...memberNames(eye));
  return wanted;
}

function litNames(eye) {
  const main = [...(lit?.main ?? [])].slice(0, 30);
  const first = [...new Set([cursor, hovered, ...main])].filter((node) => node >= 0 && nodeShown[node]);
  const rest = [...(lit?.near ?? [])].filter((node) => nodeShown[node] && !first.includes(node)).sort((a, b) => degreeOf(b) - degreeOf(a)).slice(0, 90);
  return [...first, ...rest].map((node) => {
    const must = first.includes(node);
    const shape = shapedLabel(labels[node], labelSize(node), { weight: must ? 600 : 400 });
    return { key: `n${node}`, shape, ...pointOn(eye, node), r: litSize(eye, node) + (must ? 4 : 0), must, covers: lit?.near.size > 40 ? 3 : 20, spots: "corners" };
  });
}

/** Names of discs: inside them, and of those that have opened on their rim, in view as long as the disc is. */
function areaNames(eye, overview) {
  const names = [];
  const largest = Math.sqrt(areas[0]?.radius || 1);
  for (const area of areas) {
    const left = overview.sums.left[area.at];
    if (!left && overview.share[area.at] < 0.05) continue;
    const { x, y, r } = discOn(eye, area.at);
    const top = area.parent < 0;
    if (r < (top ? 14 : 26) || !inView(eye, x, y, r)) continue;
    const open = opened(area, eye.scale);
    if (!top && opened(areas[area.parent], eye.scale) < 0.6) continue;
    const counted = overview.filtered ? `${number(left)} of ${number(areaTotal[area.at])}` : "";
    const common = { halo: overview.tints[area.at].disc, spots: "middle", weight: r * (top ? 1.6 : 1) * (1 - 0.5 * open), dim: !left, large: top && r > 60 };
    if (open < 0.5) {
      const size = Math.round(2 * (top ? (narrow.matches ? 11 : 12) + (narrow.matches ? 3 : 4.5) * (Math.sqrt(area.radius) / largest - 0.3) : 12)) / 2;
      const shape = discName(area.label, counted || (r > 58 ? entries(areaTotal[area.at]) : ""), size, top ? 600 : 500, r);
      if (shape) names.push({ ...common, key: `a${area.at}`, shape, x, y });
    } else if (r < 2.5 * Math.max(eye.width, eye.height)) {
      const shape = shapedLabel(counted ? `${area.label} (${counted})` : area.label, top ? 12.5 : 11.5, { weight: top ? 600 : 400, lines: top ? 1 : 2, limit: top ? 400 : Math.min(Math.max(Math.round(r / 25) * 40, 120), 400) });
      names.push({ ...common, key: `r${area.at}`, shape, ...rimPlace(eye, x, y, r, shape, top), quiet: true });
    }
  }
  return names.sort((a, b) => b.weight - a.weight);
}

/** The top of a rim, or where that is out of view the place in the disc that is nearest to it. */
function rimPlace(eye, x, y, r, { width, height }, top) {
  const least = height / 2 + (top ? 5 : 22);
  const placeY = Math.min(Math.max(y - r, least), y);
  const across = Math.max(Math.sqrt(Math.max(r * r - (placeY - y) ** 2, 0)) - width / 2, 0);
  const placeX = Math.min(Math.max(x, Math.min(width / 2 + 6, x + across)), Math.max(eye.width - width / 2 - 6, x - across));
  return { x: placeX, y: placeY };
}

/** A disc's name as it fits in: whole, or its first part alone; null where neither does. */
function discName(label, note, size, weight, r) {
  const limit = Math.min(Math.max(Math.round(0.19 * r) * 10, 70), 230); // in steps, so that names stay broken as they are while one zooms
  for (const text of new Set([label, label.split(" · ")[0]])) {
    const shape = captionShape(text, note, size, weight, limit);
    if (!shape.cut && Math.hypot(shape.width, shape.height) / 2 <= Math.max(1.12 * r, r + 6)) return shape;
  }
  return null;
}

/** A name with a line of small print below it. */
function captionShape(label, note, size, weight, limit) {
  const shape = shapedLabel(label, size, { weight, lines: 3, limit });
  if (!note) return shape;
  const below = shapedLabel(note, size - 2, {});
  return { ...shape, below, width: Math.max(shape.width, below.width), height: shape.height + below.height };
}

function memberNames(eye) {
  const found = [];
  if (!labels) return found; // not unpacked yet
  const nearest = Math.max(...areas.map((area) => (area.nodes.length && inView(eye, ...Object.values(discOn(eye, area.at))) ? areaGap[area.at] * eye.scale : 0)), 0);
  if (nearest < 13) return found;
  const room = namesAtFirst(eye.width, eye.height) * Math.min((nearest / 26) ** 1.5, 12);
  for (const node of byLinks) {
    if (found.length > 2 * room) break;
    if (!nodeShown[node]) continue;
    const gap = areaGap[areaOf[node]] * eye.scale;
    if (gap < 13) continue;
    const { x, y } = pointOn(eye, node);
    if (x < 0 || y < 0 || x > eye.width || y > eye.height) continue;
    found.push({ key: `n${node}`, node, x, y, r: sizeOf(eye, node), covers: found.length < 10 ? 4 : found.length < 30 ? 2 : 0 });
  }
  for (const one of found) one.shape = shapedLabel(labels[one.node], labelSize(one.node));
  return found;
}

/** Place the names of a view and draw them; those that come or go do so gently.  True while any still does. */
function drawCaptions(surface, eye, overview, now) {
  const room = lit ? 90 : namesAtFirst(eye.width, eye.height) * 5;
  const placed = placeLabels(wantedNames(eye, overview), { width: eye.width, height: eye.height, taken: overview.taken, crowd: overview.crowd, room });
  const { fading } = overview;
  const step = overview.still ? 1 : Math.min(now - overview.before, 40) / FADE;
  for (const one of fading.values()) one.wanted = 0;
  for (const one of placed) {
    const was = fading.get(one.key);
    fading.set(one.key, { ...one, wanted: 1, now: was?.now ?? (overview.still || overview.first ? 1 : 0), atX: eye.x, atY: eye.y, atScale: eye.scale });
  }
  let busy = false;
  for (const [key, one] of fading) {
    one.now += Math.max(-step, Math.min(step, one.wanted - one.now));
    if (one.now <= 0.02 && !one.wanted) {
      fading.delete(key);
      continue;
    }
    busy ||= Math.abs(one.now - one.wanted) > 0.01;
    drawCaption(surface, one, shifted(one, eye));
  }
  return busy;
}

/** A name that is going stays with its place on the map. */
function shifted({ box, wanted, atX, atY, atScale }, eye) {
  if (wanted) return box;
  const [x, y] = [box.x + box.w / 2, box.y + box.h / 2];
  const [mapX, mapY] = [(x - eye.width / 2) / atScale + atX, (y - eye.height / 2) / atScale + atY];
  return { ...box, x: screenX(eye, mapX) - box.w / 2, y: screenY(eye, mapY) - box.h / 2 };
}

function drawCaption(surface, { shape, now, quiet, dim, halo: ground = theme.paper }, box) {
  const fill = css(quiet || dim ? softInk() : theme.ink);
  const halo = css(ground, 0.88);
  drawLabel(surface, { shape, box, opacity: now * (dim ? 0.6 : 1), fill, halo });
  const { below } = shape;
  if (below) drawLabel(surface, { shape: below, box: { ...box, y: box.y + shape.lines.length * shape.size * LINE }, opacity: now * 0.95, fill: css(softInk()), halo });
}
