// The last touch to the layout of a small network, made in the browser since only there the window's shape
// is known: a drawing's places are suited to it and parted where marks or important names would touch.
function spread(drawn) {
  const { nodes, x, y } = drawn;
  const places = eased(nodes.map((node) => ({ x: x[node], y: y[node] })));
  const box = boxOf(places);
  const shape = picture.clientWidth / Math.max(picture.clientHeight, 1) / ((box.w || 1) / (box.h || 1));
  const stretch = Math.sqrt(Math.min(Math.max(shape, 0.45), 2.2));
  nodes.forEach((node, at) => {
    x[node] = places[at].x * stretch;
    y[node] = places[at].y / stretch;
  });
  const room = (picture.clientWidth * picture.clientHeight) / Math.max(nodes.length, 1);
  drawn.size = Math.min(Math.max(Math.sqrt(room / 4600), 0.45), 1.2);
  drawn.fitScale = 0.5;
  const unit = nodes.length > 1 ? scaleFor(drawn.box()) / drawn.fitScale : 1;
  for (const node of nodes) {
    x[node] *= unit;
    y[node] *= unit;
  }
  if (nodes.length <= 600) part(drawn, Math.min(160, Math.ceil(8e6 / nodes.length ** 2)));
  drawn.rounded();
}

/** Draw each place towards where it would lie in an even disc: spring layouts crowd the middle and
 * send what is loosely linked far out.  The angle, and who is farther out than whom, stay as they are. */
function eased(places) {
  const middle = { x: median(places.map((place) => place.x)), y: median(places.map((place) => place.y)) };
  const radii = places.map((place) => Math.hypot(place.x - middle.x, place.y - middle.y));
  const sorted = [...radii].sort((a, b) => a - b);
  const rim = sorted[Math.floor(sorted.length * 0.9)] || 1;
  const order = places.map((_, at) => at).sort((a, b) => radii[a] - radii[b] || a - b);
  const result = [];
  order.forEach((at, rank) => {
    const even = rim * Math.sqrt((rank + 0.5) / places.length);
    const wanted = 0.35 * Math.min(radii[at], rim * 1.25) + 0.65 * even;
    const factor = radii[at] ? wanted / radii[at] : 0;
    result[at] = { x: (places[at].x - middle.x) * factor, y: (places[at].y - middle.y) * factor };
  });
  return result;
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

/** Push apart marks that would touch at the opening zoom, and out of the way of the most important names. */
function part(drawn, rounds) {
  const scale = drawn.fitScale;
  const bodies = new Map(drawn.nodes.map((node) => [node, { x: drawn.x[node], y: drawn.y[node], room: (drawn.radius(node, scale) + 5) / scale, name: null }]));
  for (const node of drawn.byLinks.slice(0, narrow.matches ? 0 : Math.round(namesAtFirst(picture.clientWidth, picture.clientHeight) * 0.7))) {
    const { width, height } = shapedLabel(labels[node], labelSize(node));
    bodies.get(node).name = { w: (width / 2 + 4) / scale, h: height / scale };
  }
  const all = [...bodies.values()];
  for (let round = 0; round < rounds; round += 1) {
    let moved = false;
    for (let a = 0; a < all.length; a += 1) {
      for (let b = a + 1; b < all.length; b += 1) {
        moved = partMarks(all[a], all[b], a + b) || moved;
        if (all[a].name) moved = clearName(all[a], all[b]) || moved;
        if (all[b].name) moved = clearName(all[b], all[a]) || moved;
      }
    }
    if (!moved) break;
  }
  for (const [node, body] of bodies) [drawn.x[node], drawn.y[node]] = [body.x, body.y];
}

function partMarks(one, other, turn) {
  const [dx, dy] = [other.x - one.x, other.y - one.y];
  const near = one.room + other.room;
  if (Math.abs(dx) >= near || Math.abs(dy) >= near) return false;
  const far = Math.hypot(dx, dy);
  if (far >= near) return false;
  const push = (near - far) / 4;
  const [ux, uy] = far ? [dx / far, dy / far] : [Math.cos(turn), Math.sin(turn)];
  shift(one, -ux * push, -uy * push);
  shift(other, ux * push, uy * push);
  return true;
}

/** Keep the place below a mark, where its name will stand, free of another mark and of that one's name. */
function clearName(one, other) {
  const below = other.name ? other.room + other.name.h : other.room;
  const wide = one.name.w + Math.max(other.room, other.name?.w ?? 0);
  const dx = other.x - one.x;
  const top = one.y + one.room;
  const [over, under] = [top + one.name.h + other.room - other.y, other.y + below - top];
  const beside = (Math.abs(dx) < one.name.w + other.room ? one.name.w + other.room : wide) - Math.abs(dx);
  const marksOnly = Math.abs(dx) >= one.name.w + other.room;
  if (beside <= 0 || over <= 0 || under <= 0 || (marksOnly && !other.name)) return false;
  const least = Math.min(beside, over, under) / 4;
  if (least === beside / 4) {
    const way = dx < 0 ? -1 : 1;
    shift(one, -way * least, 0);
    shift(other, way * least, 0);
  } else {
    const way = over < under ? 1 : -1;
    shift(one, 0, -way * least);
    shift(other, 0, way * least);
  }
  return true;
}

function shift(body, x, y) {
  body.x += x;
  body.y += y;
}
