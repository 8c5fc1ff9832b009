// Names in the picture: the same size on the screen at every zoom, the entries with most links first
// and larger, none over another.  vis-network's own labels grow with the zoom and overlap.
const LABELS_AT_FIRST = 22; // in a picture of a million pixels; zooming in makes room for more
const LINE = 1.2;

const shapedLabels = new Map();

/** How many names there is room for at the opening zoom. */
const namesAtFirst = () => Math.round(LABELS_AT_FIRST * Math.max((picture.clientWidth * picture.clientHeight) / 1e6, 0.35));
const labelSize = (node) => Math.round((12.5 + 5 * Math.sqrt(node.edges.length / busiest) ** 1.5) * 2) / 2;

/** Break a name into at most two lines and measure them; kept until the font changes. */
function shaped(ctx, node, size, bold) {
  const font = `${bold ? "600 " : ""}${size}px ${theme.font}`;
  const key = `${node.at} ${font}`;
  let shape = shapedLabels.get(key);
  if (!shape) {
    ctx.font = font;
    const lines = brokenLines(node.label);
    shape = { font, lines, size, width: Math.max(...lines.map((line) => ctx.measureText(line).width)), height: lines.length * size * LINE };
    shapedLabels.set(key, shape);
  }
  return shape;
}

function brokenLines(label) {
  const letters = [...label.replace(/\s+/g, " ").trim()];
  if (letters.length <= 22) return [letters.join("")];
  let cut = letters.lastIndexOf(" ", 24);
  const spaces = letters.flatMap((letter, at) => (letter === " " ? [at] : []));
  const middle = Math.min(letters.length / 2, 24);
  for (const at of spaces) if (at <= 24 && Math.abs(at - middle) < Math.abs(cut - middle)) cut = at;
  if (cut <= 0) cut = 22;
  const rest = letters.slice(cut).join("").trim();
  const restLetters = [...rest];
  return [letters.slice(0, cut).join(""), restLetters.length > 26 ? `${restLetters.slice(0, 24).join("").trim()}…` : rest];
}

/** Which names matter now, most important first, as [node, must be shown]. */
function labelOrder(zoom) {
  const first = [look.cursor, look.hover, ...(look.lit?.main ?? [])].filter((node) => node?.shown);
  if (look.lit?.main.size > 30) first.length = Math.min(first.length, 30);
  const must = new Set(first);
  const rest = look.lit ? byLinks.filter((node) => look.lit.near.has(node)) : byLinks;
  const room = look.lit ? 80 : namesAtFirst() * zoom ** 1.7;
  const order = [...must].map((node) => [node, true]);
  for (const node of rest) {
    if (order.length >= room) break;
    if (node.shown && !must.has(node)) order.push([node, false]);
  }
  return order;
}

function drawLabels(ctx) {
  const view = ctx.getTransform();
  const scale = network.getScale();
  const ratio = view.a / scale;
  const width = ctx.canvas.width / ratio;
  const height = ctx.canvas.height / ratio;
  const spot = (node) => ({ x: (view.a * node.x + view.e) / ratio, y: (view.d * node.y + view.f) / ratio, r: markRadius(node, scale) * scale });
  const marks = nodes.filter((node) => node.shown && (!look.lit || look.lit.near.has(node) || look.lit.main.has(node))).map(spot);
  const taken = [];
  ctx.save();
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.lineJoin = "round";
  ctx.textBaseline = "middle";
  ctx.textAlign = "center";
  for (const [node, must] of labelOrder(scale / look.fitScale)) {
    const at = spot(node);
    if (at.x < -40 || at.y < -40 || at.x > width + 40 || at.y > height + 40) continue;
    const bold = must && (look.lit?.main.has(node) || node === look.cursor);
    const label = shaped(ctx, node, labelSize(node), bold);
    const box = freeBox(at, label, taken, marks, must || look.lit, must, width, height);
    if (!box) continue;
    taken.push(box);
    drawLabel(ctx, label, box, bold);
  }
  ctx.restore();
}

/** Find room for a name beside its mark: below, right, left, above; null where there is none. */
function freeBox(at, label, taken, marks, overMarks, always, width, height) {
  const gap = at.r + 3;
  const boxes = [
    [at.x - label.width / 2, at.y + gap],
    [at.x + gap + 1, at.y - label.height / 2],
    [at.x - gap - 1 - label.width, at.y - label.height / 2],
    [at.x - label.width / 2, at.y - gap - label.height],
  ].map(([x, y]) => ({ x, y, w: label.width, h: label.height }));
  const inside = boxes.filter((box) => box.x > 2 && box.y > 2 && box.x + box.w < width - 2 && box.y + box.h < height - 2);
  const free = inside.filter((box) => !taken.some((other) => overlap(box, other)));
  const clear = free.find((box) => !marks.some((mark) => mark.x !== at.x && covers(box, mark)));
  return clear ?? (overMarks ? free[0] : undefined) ?? (always ? (inside[0] ?? boxes[0]) : null);
}

const overlap = (a, b) => a.x < b.x + b.w + 4 && b.x < a.x + a.w + 4 && a.y < b.y + b.h + 2 && b.y < a.y + a.h + 2;
const covers = (box, mark) =>
  mark.x + mark.r > box.x && mark.x - mark.r < box.x + box.w && mark.y + mark.r > box.y && mark.y - mark.r < box.y + box.h;

function drawLabel(ctx, label, box, bold) {
  ctx.font = label.font;
  ctx.strokeStyle = css(theme.paper, 0.92);
  ctx.fillStyle = css(theme.ink, bold ? 1 : 0.92);
  ctx.lineWidth = 4;
  label.lines.forEach((line, at) => {
    const y = box.y + (at + 0.5) * label.size * LINE;
    ctx.strokeText(line, box.x + box.w / 2, y);
    ctx.fillText(line, box.x + box.w / 2, y);
  });
}
