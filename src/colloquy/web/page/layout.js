// The last touch to the layout, made in the browser since only there the window's shape is known.

/** Suit the layout to the window: open a crowded middle, stretch to the window's shape, part what overlaps. */
function spread() {
  const places = eased(nodes.map((node) => node.home));
  const box = boxOf(places);
  const shape = picture.clientWidth / Math.max(picture.clientHeight, 1) / ((box.w || 1) / (box.h || 1));
  const stretch = Math.sqrt(Math.min(Math.max(shape, 0.45), 2.2));
  nodes.forEach((node, at) => {
    node.x = places[at].x * stretch;
    node.y = places[at].y / stretch;
  });
  const room = (picture.clientWidth * picture.clientHeight) / Math.max(nodes.length, 1);
  look.size = Math.min(Math.max(Math.sqrt(room / 4600), 0.45), 1.2);
  look.fitScale = 0.5;
  const unit = nodes.length > 1 ? scaleFor(boxOf(nodes)) / look.fitScale : 1;
  for (const node of nodes) {
    node.x *= unit;
    node.y *= unit;
  }
  if (nodes.length <= 600) part(Math.min(160, Math.ceil(8e6 / nodes.length ** 2)));
  for (const node of nodes) [node.x, node.y] = [Math.round(node.x), Math.round(node.y)]; // vis-network cuts off fractions
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
function part(rounds) {
  const scale = look.fitScale;
  const bodies = nodes.map((node) => ({ node, room: markRadius(node, scale) + 5 / scale, name: null }));
  const ctx = document.createElement("canvas").getContext("2d");
  for (const node of byLinks.slice(0, narrow.matches ? 0 : Math.round(namesAtFirst() * 0.7))) {
    const { width, height } = shaped(ctx, node, labelSize(node), false);
    bodies[node.at].name = { w: (width / 2 + 4) / scale, h: height / scale };
  }
  for (let round = 0; round < rounds; round += 1) {
    let moved = false;
    for (let a = 0; a < bodies.length; a += 1) {
      for (let b = a + 1; b < bodies.length; b += 1) {
        moved = partMarks(bodies[a], bodies[b], a + b) || moved;
        if (bodies[a].name) moved = clearName(bodies[a], bodies[b]) || moved;
        if (bodies[b].name) moved = clearName(bodies[b], bodies[a]) || moved;
      }
    }
    if (!moved) return;
  }
}

function partMarks(one, other, turn) {
  const [dx, dy] = [other.node.x - one.node.x, other.node.y - one.node.y];
  const near = one.room + other.room;
  if (Math.abs(dx) >= near || Math.abs(dy) >= near) return false;
  const far = Math.hypot(dx, dy);
  if (far >= near) return false;
  const push = (near - far) / 4;
  const [ux, uy] = far ? [dx / far, dy / far] : [Math.cos(turn), Math.sin(turn)];
  shift(one.node, -ux * push, -uy * push);
  shift(other.node, ux * push, uy * push);
  return true;
}

/** Keep the place below a mark, where its name will stand, free of another mark and of that one's name. */
function clearName(one, other) {
  const below = other.name ? other.room + other.name.h : other.room;
  const wide = one.name.w + Math.max(other.room, other.name?.w ?? 0);
  const dx = other.node.x - one.node.x;
  const top = one.node.y + one.room;
  const [over, under] = [top + one.name.h + other.room - other.node.y, other.node.y + below - top];
  const beside = (Math.abs(dx) < one.name.w + other.room ? one.name.w + other.room : wide) - Math.abs(dx);
  const marksOnly = Math.abs(dx) >= one.name.w + other.room;
  if (beside <= 0 || over <= 0 || under <= 0 || (marksOnly && !other.name)) return false;
  const least = Math.min(beside, over, under) / 4;
  if (least === beside / 4) {
    const way = dx < 0 ? -1 : 1;
    shift(one.node, -way * least, 0);
    shift(other.node, way * least, 0);
  } else {
    const way = over < under ? 1 : -1;
    shift(one.node, 0, -way * least);
    shift(other.node, 0, way * least);
  }
  return true;
}

function shift(node, x, y) {
  node.x += x;
  node.y += y;
}
