// Names in the picture: the same size on the screen at every zoom, the entries with most links first
// and larger, none over another.  vis-network's own labels grow with the zoom and overlap.
const LABELS_AT_FIRST = 22; // in a picture of a million pixels; zooming in makes room for more
const LINE = 1.2;

const shapedLabels = new Map();

/** How many names there is room for at the opening zoom. */
const namesAtFirst = () => Math.round(LABELS_AT_FIRST * Math.max((picture.clientWidth * picture.clientHeight) / 1e6, 0.35));
const labelSize = (node) => Math.round(((narrow.matches ? 11.5 : 12.5) + (narrow.matches ? 3 : 5) * Math.sqrt(node.edges.length / busiest) ** 1.5) * 2) / 2;

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
  if (letters.length <= 24) return [letters.join("")];
  let cut = letters.lastIndexOf(" ", 28);
  const spaces = letters.flatMap((letter, at) => (letter === " " ? [at] : []));
  const middle = Math.min(letters.length / 2, 28);
  for (const at of spaces) if (at <= 28 && Math.abs(at - middle) < Math.abs(cut - middle)) cut = at;
  if (cut <= 0) cut = 22;
  const rest = letters.slice(cut).join("").trim();
  const restLetters = [...rest];
  return [letters.slice(0, cut).join(""), restLetters.length > 32 ? `${restLetters.slice(0, 30).join("").trim()}…` : rest];
}

/** Which names matter now, most important first, as [node, must be shown], and how many may stand at once. */
function labelOrder(zoom) {
  const first = [look.cursor, look.hover, ...(look.lit?.main ?? [])].filter((node) => node?.shown);
  if (look.lit?.main.size > 30) first.length = Math.min(first.length, 30);
  const must = new Set(first);
  const rest = look.lit ? byLinks.filter((node) => look.lit.near.has(node)) : byLinks;
  const room = look.lit ? 80 : namesAtFirst() * zoom ** 1.7;
  const others = rest.filter((node) => node.shown && !must.has(node)).slice(0, 2 * room);
  return { room, order: [...[...must].map((node) => [node, true]), ...others.map((node) => [node, false])] };
}

function drawLabels(ctx) {
  const view = ctx.getTransform();
  const scale = network.getScale();
  const ratio = view.a / scale;
  const width = ctx.canvas.width / ratio;
  const height = ctx.canvas.height / ratio;
  const spot = (node) => ({ x: (view.a * node.x + view.e) / ratio, y: (view.d * node.y + view.f) / ratio, r: markRadius(node, scale) * scale, weight: look.lit?.main.has(node) ? 50 : 1 });
  const marks = nodes.filter((node) => node.shown && (!look.lit || look.lit.near.has(node) || look.lit.main.has(node))).map(spot);
  const buttons = byId("theFit").parentElement; // no name goes under them
  const taken = [{ x: buttons.offsetLeft, y: buttons.offsetTop, w: buttons.offsetWidth, h: buttons.offsetHeight }];
  ctx.save();
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.lineJoin = "round";
  ctx.textBaseline = "middle";
  ctx.textAlign = "center";
  const { room, order } = labelOrder(scale / look.fitScale);
  const important = namesAtFirst() / 2;
  for (const [rank, [node, must]] of order.entries()) {
    if (taken.length > room) break;
    const at = spot(node);
    if (at.x < -40 || at.y < -40 || at.x > width + 40 || at.y > height + 40) continue;
    const bold = must && (look.lit?.main.has(node) || node === look.cursor);
    const label = shaped(ctx, node, labelSize(node), bold);
    const crowded = look.lit?.near.size > 20;
    const covering = must ? Infinity : look.lit ? (crowded ? 1 : 20) : rank < important ? (narrow.matches ? 2 : 1) : 0;
    const box = freeBox(at, label, taken, marks, covering, must, width, height);
    if (!box) continue;
    taken.push(box);
    drawLabel(ctx, label, box, bold);
  }
  ctx.restore();
}

/** Find room for a name beside its mark, below if possible, over at most so many marks; null where there is none. */
function freeBox(at, label, taken, marks, covering, always, width, height) {
  const gap = at.r + 3;
  const [w, h] = [label.width, label.height];
  const inside = [
    [at.x - w / 2, at.y + gap],
    [at.x + gap + 1, at.y - h / 2],
    [at.x - gap - 1 - w, at.y - h / 2],
    [at.x - w / 2, at.y - gap - h],
    [at.x + gap * 0.6, at.y + gap * 0.7],
    [at.x - gap * 0.6 - w, at.y + gap * 0.7],
    [at.x + gap * 0.6, at.y - gap * 0.7 - h],
    [at.x - gap * 0.6 - w, at.y - gap * 0.7 - h],
  ]
    .slice(0, look.lit ? 8 : 4) // a name at the corner of a mark may seem to be its neighbour's
    .map(([x, y]) => ({ x: always ? Math.max(4, Math.min(x, width - w - 4)) : x, y, w, h }))
    .filter((box) => always || (box.x > 2 && box.y > 2 && box.x + w < width - 2 && box.y + h < height - 2));
  let best = null;
  let least = Infinity;
  for (const box of inside) {
    const names = taken.filter((other) => overlap(box, other)).length;
    const covered = marks.reduce((sum, mark) => sum + (mark.x !== at.x && covers(box, mark) ? mark.weight : 0), 0);
    const cost = names * 200 + covered;
    if ((names && !always) || (covered > covering) || cost >= least) continue;
    [best, least] = [box, cost];
    if (!cost) break;
  }
  return best;
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
