// The last touch to a layout, made in the browser since only there the window's shape is known.
const OPENING_SCALE = 0.5; // vis-network cuts off fractions of places: at this zoom they are half a pixel

/** Suit places to the window: open a crowded middle, stretch to the window's shape, part what overlaps.
 * `X` and `Y` hold the places of the entries `some`, and are changed; gives how large marks are for the room. */
function spread(some, X, Y, { width, height, even }) {
  if (even) easeOut(some, X, Y);
  const box = boxOfNodes(some, X, Y);
  const shape = width / Math.max(height, 1) / ((box.w || 1) / (box.h || 1));
  const stretch = Math.sqrt(Math.min(Math.max(shape, 0.45), 2.2));
  const size = Math.min(Math.max(Math.sqrt((width * height) / Math.max(some.length, 1) / 4600), 0.45), 1.2);
  const unit = some.length > 1 ? scaleFor({ w: box.w * stretch, h: box.h / stretch }, width, height) / OPENING_SCALE : 1;
  for (const node of some) {
    X[node] = (X[node] - box.x) * stretch * unit;
    Y[node] = ((Y[node] - box.y) / stretch) * unit;
  }
  if (some.length <= 600) part(some, X, Y, size, width, height);
  for (const node of some) [X[node], Y[node]] = [Math.round(X[node]), Math.round(Y[node])];
  return size;
}

/** Draw each place towards where it would lie in an even disc: spring layouts crowd the middle and
 * send what is loosely linked far out.  The angle, and who is farther out than whom, stay as they are. */
function easeOut(some, X, Y) {
  const middle = { x: median(Array.from(some, (node) => X[node])), y: median(Array.from(some, (node) => Y[node])) };
  const far = new Map(Array.from(some, (node) => [node, Math.hypot(X[node] - middle.x, Y[node] - middle.y)]));
  const order = [...some].sort((a, b) => far.get(a) - far.get(b) || a - b);
  const rim = far.get(order[Math.floor(order.length * 0.9)]) || 1;
  order.forEach((node, rank) => {
    const even = rim * Math.sqrt((rank + 0.5) / order.length);
    const wanted = 0.35 * Math.min(far.get(node), rim * 1.25) + 0.65 * even;
    const factor = far.get(node) ? wanted / far.get(node) : 0;
    X[node] = (X[node] - middle.x) * factor;
    Y[node] = (Y[node] - middle.y) * factor;
  });
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;

/** Push apart marks that would touch at the opening zoom, and out of the way of the most important names. */
function part(some, X, Y, size, width, height) {
  const scale = OPENING_SCALE;
  const bodies = Array.from(some, (node) => ({ x: X[node], y: Y[node], room: (markSize(node, 1, size) + 5) / scale, name: null }));
  const place = new Map(Array.from(some, (node, at) => [node, at]));
  const named = narrow.matches ? 0 : some.length <= ALL_NAMED ? some.length : Math.round(namesAtFirst(width, height) * 0.7);
  for (const node of byLinks.filter((one) => place.has(one)).slice(0, named)) {
    const shape = shapedLabel(labels[node], labelSize(node));
    bodies[place.get(node)].name = { w: (shape.width / 2 + 4) / scale, h: shape.height / scale };
  }
  const rounds = Math.min(160, Math.ceil(8e6 / some.length ** 2));
  for (let round = 0; round < rounds && partOnce(bodies); round += 1);
  some.forEach((node, at) => ([X[node], Y[node]] = [bodies[at].x, bodies[at].y]));
}

function partOnce(bodies) {
  let moved = false;
  for (let a = 0; a < bodies.length; a += 1) {
    for (let b = a + 1; b < bodies.length; b += 1) {
      moved = partMarks(bodies[a], bodies[b], a + b) || moved;
      if (bodies[a].name) moved = clearName(bodies[a], bodies[b]) || moved;
      if (bodies[b].name) moved = clearName(bodies[b], bodies[a]) || moved;
    }
  }
  return moved;
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
  const marksOnly = Math.abs(dx) >= one.name.w + other.room;
  const beside = (marksOnly ? wide : one.name.w + other.room) - Math.abs(dx);
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
