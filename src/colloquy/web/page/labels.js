// Names in the picture: the same size on the screen at every zoom, what matters most first, none over another.
const LABELS_AT_FIRST = 22; // in a picture of a million pixels; zooming in makes room for more
const LINE = 1.2;
const LETTERS_OF_LINE = 13.5; // how long a line may be, in widths of its capitals

const shapedLabels = new Map();
const measuring = document.createElement("canvas").getContext("2d");
const fontOf = (size, weight = 400) => `${weight === 400 ? "" : `${weight} `}${size}px ${theme.font}`;

/** How many names there is room for at the opening zoom. */
const namesAtFirst = (width = picture.clientWidth, height = picture.clientHeight) => Math.round(LABELS_AT_FIRST * Math.max((width * height) / 1e6, 0.35));
/** Names of entries with many links are larger. */
const labelSize = (node) => Math.round(((narrow.matches ? 11.5 : 12.5) + (narrow.matches ? 3 : 5) * Math.sqrt(degreeOf(node) / busiest) ** 1.5) * 2) / 2;

/** Break a name into lines and measure them; kept until it is asked for in another font. */
function shapedLabel(text, size, { weight = 400, lines: most = 2, limit = size * LETTERS_OF_LINE } = {}) {
  const font = fontOf(size, weight);
  const key = `${font} ${most} ${Math.round(limit)} ${text}`;
  let shape = shapedLabels.get(key);
  if (shape) return shape;
  measuring.font = font;
  const lines = brokenName(text, limit, most);
  const width = Math.max(...lines.map((line) => measuring.measureText(line).width));
  shape = { lines, cut: lines.some((line) => line.endsWith("…")), size, weight, width, height: lines.length * size * LINE, direction: isRightToLeft(text) ? "rtl" : "ltr" };
  if (shapedLabels.size > 4000) shapedLabels.clear();
  shapedLabels.set(key, shape);
  return shape;
}

/** The first letter that has a direction decides. */
const isRightToLeft = (text) => /^[^\p{L}]*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1eeff}]/u.test(text);

const cutters = new Map(); // made when the first name asks for one: they take long to make
function segmentsOf(text, granularity) {
  if (!cutters.has(granularity)) cutters.set(granularity, new Intl.Segmenter(undefined, { granularity }));
  return cutters.get(granularity).segment(text);
}
const widthOf = (text) => measuring.measureText(text).width;

function brokenName(text, limit, most) {
  const whole = text.slice(0, 400).replace(/\s+/g, " ").trim();
  const full = widthOf(whole);
  if (full <= limit) return [whole];
  const parts = whole.split(/(?<= ·) /);
  if (parts.length > 1 && parts.length <= most && parts.every((part) => widthOf(part) <= limit)) return parts;
  const pieces = whole.split(/(?<=\s)/).flatMap((word) => (widthOf(word) > limit ? wordsInside(word) : [word]));
  const widths = pieces.map((piece) => [widthOf(piece), widthOf(piece.trimEnd())]); // measuring is what takes long
  let lines = [];
  // The narrowest block in so many lines: its lines are of about one length.
  for (let room = full / most; room <= limit * 1.06; room *= 1.06) {
    lines = filledLines(pieces, widths, room);
    if (lines.length <= most && lines.every((line) => widthOf(line) <= limit)) return lines;
  }
  lines = filledLines(pieces, widths, limit);
  lines.splice(most - 1, lines.length, lines.slice(most - 1).join(/\s/.test(whole) ? " " : ""));
  return lines.map((line) => cutName(line, limit * 1.1));
}

/** Fill lines with pieces as far as there is room; `widths` of each piece with the blank behind it, and without. */
function filledLines(pieces, widths, room) {
  const lines = [""];
  let filled = 0;
  pieces.forEach((piece, at) => {
    const last = lines.length - 1;
    if (lines[last] && filled + widths[at][1] > room && !/^\p{P}+\s*$/u.test(piece)) {
      lines.push(piece);
      filled = widths[at][0];
    } else {
      lines[last] += piece;
      filled += widths[at][0];
    }
  });
  return lines.map((line) => line.trim());
}

const UNSPACED = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\u{20000}-\u{3ffff}]/u;

/** Many scripts write without blanks; a long word of another is left whole. */
function wordsInside(word) {
  if (!UNSPACED.test(word)) return [word];
  const pieces = [];
  for (const { segment, isWordLike } of segmentsOf(word, "word")) {
    if (isWordLike || !pieces.length) pieces.push(segment);
    else pieces[pieces.length - 1] += segment;
  }
  return pieces;
}

function cutName(line, limit) {
  if (widthOf(line) <= limit) return line;
  const letters = Array.from(segmentsOf(line, "grapheme"), ({ segment }) => segment);
  let [short, long] = [0, letters.length];
  while (long - short > 1) {
    const middle = (short + long) >> 1;
    if (widthOf(`${letters.slice(0, middle).join("")}…`) <= limit) short = middle;
    else long = middle;
  }
  return `${letters.slice(0, Math.max(short, 1)).join("").trim()}…`;
}

/** Marks by the cells of the screen that they touch, so that a name meets only those near it. */
class Crowd {
  #cells = new Map();
  static SIDE = 64;
  add(x, y, r, weight = 1) {
    const mark = { x, y, r, weight };
    this.#each(x - r, y - r, x + r, y + r, (key) => {
      if (this.#cells.has(key)) this.#cells.get(key).push(mark);
      else this.#cells.set(key, [mark]);
    });
  }
  #each(left, top, right, bottom, call) {
    for (let row = Math.floor(top / Crowd.SIDE); row <= Math.floor(bottom / Crowd.SIDE); row += 1)
      for (let column = Math.floor(left / Crowd.SIDE); column <= Math.floor(right / Crowd.SIDE); column += 1) call(row * 4096 + column);
  }
  /** How much a box would cover, its own mark at (x, y) aside. */
  under(box, x, y) {
    let sum = 0;
    const counted = new Set();
    this.#each(box.x, box.y, box.x + box.w, box.y + box.h, (key) => {
      for (const mark of this.#cells.get(key) ?? []) {
        if (counted.has(mark) || (mark.x === x && mark.y === y) || !covers(box, mark)) continue;
        counted.add(mark);
        sum += mark.weight;
      }
    });
    return sum;
  }
}

/**
 * Find room for names, most important first.  Each of `wanted` has the `shape` of its name (`shapedLabel`), the place
 * of its mark (`x`, `y`, `r`), and may have `must` (shown whatever it covers), `covers` (how many marks it may cover),
 * `spots` ("around", "corners" too, or "middle": on the mark itself).  What found room comes back with its `box`.
 */
function placeLabels(wanted, { width, height, taken = [], crowd = null, room = Infinity }) {
  const full = [...taken];
  const placed = [];
  for (const one of wanted) {
    if (placed.length >= room && !one.must) continue;
    if (one.x < -40 || one.y < -40 || one.x > width + 40 || one.y > height + 40) continue;
    const box = freeBox(one, full, crowd, width, height);
    if (!box) continue;
    full.push(box);
    placed.push({ ...one, box });
  }
  return placed;
}

function freeBox({ x, y, r = 0, shape, must = false, covers: most = 0, spots = "around" }, full, crowd, width, height) {
  const { width: w, height: h } = shape;
  const gap = r + 3;
  const corners = [[gap * 0.6, gap * 0.7], [-gap * 0.6 - w, gap * 0.7], [gap * 0.6, -gap * 0.7 - h], [-gap * 0.6 - w, -gap * 0.7 - h]];
  const around = [[-w / 2, gap], [gap + 1, -h / 2], [-gap - 1 - w, -h / 2], [-w / 2, -gap - h]];
  const tried = spots === "middle" ? [[-w / 2, -h / 2]] : spots === "corners" ? [...around, ...corners] : around;
  let best = null;
  let least = Infinity;
  for (const [dx, dy] of tried) {
    const box = { x: x + dx, y: y + dy, w, h };
    if (must) {
      box.x = Math.max(4, Math.min(box.x, width - w - 4));
      box.y = Math.max(4, Math.min(box.y, height - h - 4));
    } else if (box.x < 2 || box.y < 2 || box.x + w > width - 2 || box.y + h > height - 2) continue;
    let names = 0;
    for (const other of full) if (overlap(box, other)) names += 1;
    if (names && !must) continue;
    const covered = crowd && spots !== "middle" ? crowd.under(box, x, y) : 0;
    if (covered > most && !must) continue;
    const cost = names * 200 + covered;
    if (cost >= least) continue;
    [best, least] = [box, cost];
    if (!cost) break;
  }
  return best;
}

const overlap = (a, b) => a.x < b.x + b.w + 4 && b.x < a.x + a.w + 4 && a.y < b.y + b.h + 2 && b.y < a.y + a.h + 2;
const covers = (box, mark) => mark.x + mark.r > box.x && mark.x - mark.r < box.x + box.w && mark.y + mark.r > box.y && mark.y - mark.r < box.y + box.h;

/** The box of the buttons over the picture: no name goes under them. */
function buttonBoxes() {
  const buttons = document.getElementById("theFit")?.parentElement;
  return buttons?.offsetWidth ? [{ x: buttons.offsetLeft, y: buttons.offsetTop, w: buttons.offsetWidth, h: buttons.offsetHeight }] : [];
}

const softInk = () => mixed(theme.ink, theme.paper, 0.3);

/** Draw a name that has found its room. */
function drawLabel(surface, { shape, box, opacity = 1, fill = css(theme.ink), halo = css(theme.paper, 0.9) }) {
  const { lines, size, weight, direction } = shape;
  lines.forEach((line, at) => {
    surface.text(box.x + box.w / 2, box.y + (at + 0.5) * size * LINE + size * 0.35, line, { size, weight, anchor: "middle", fill, halo, opacity, direction });
  });
}
