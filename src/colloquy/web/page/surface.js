// What a picture is drawn on.  The same code draws to a canvas and to a file: a surface has `path`, `text`,
// `circle` and `line`, in CSS pixels from the top left.  Where it also has `dots` and `marks`,
// as the canvas has, many entries are drawn faster than as paths.
const ROUND = 2 * Math.PI;

/** Path data as text, written with the calls of a Path2D. */
class PathText {
  #parts = [];
  moveTo(x, y) {
    this.#parts.push(`M${tenths(x)} ${tenths(y)}`);
  }
  lineTo(x, y) {
    this.#parts.push(`L${tenths(x)} ${tenths(y)}`);
  }
  quadraticCurveTo(x, y, toX, toY) {
    this.#parts.push(`Q${tenths(x)} ${tenths(y)} ${tenths(toX)} ${tenths(toY)}`);
  }
  closePath() {
    this.#parts.push("Z");
  }
  /** A whole circle; it begins its own part of the path. */
  ring(x, y, r) {
    this.#parts.push(`M${tenths(x - r)} ${tenths(y)}a${tenths(r)} ${tenths(r)} 0 1 0 ${tenths(2 * r)} 0a${tenths(r)} ${tenths(r)} 0 1 0 ${tenths(-2 * r)} 0Z`);
  }
  /** A small round thing: where nobody can tell, a square, which is shorter to write. */
  dot(x, y, r) {
    if (r >= 1.2) return this.ring(x, y, r);
    const side = tenths(1.8 * r);
    this.#parts.push(`M${tenths(x - side / 2)} ${tenths(y - side / 2)}h${side}v${side}h${-side}z`);
  }
  toString() {
    return this.#parts.join("");
  }
}

const tenths = (value) => Math.round(value * 10) / 10;
const newPen = (surface) => surface.pen?.() ?? new PathText();

/** A mark's shape, moved and scaled, as path data: capital letters are places, small ones steps. */
function markText(shape, x, y, scale) {
  return shape.replace(/([a-z])([^a-z]*)/gi, (_, letter, rest) => {
    const values = (rest.match(/-?(?:\d+\.?\d*|\.\d+)/g) ?? []).map(Number);
    const moved = values.map((value, at) => {
      if (letter === "a" && at % 7 > 1 && at % 7 < 5) return value;
      const across = letter === "H" || (letter !== "V" && at % 2 === 0);
      return Math.round((value * scale + (/[A-Z]/.test(letter) ? (across ? x : y) : 0)) * 100) / 100;
    });
    return letter + moved.join(" ");
  });
}

const shapesOfKinds = new Map();

/** The path of a kind's mark, 10 units from its middle. */
function markShape(kind) {
  const id = markId(kind);
  if (!shapesOfKinds.has(id)) shapesOfKinds.set(id, byId(id).firstElementChild.getAttribute("d"));
  return shapesOfKinds.get(id);
}

/** Draw marks of one kind; `places` holds x, y and radius of each, one after the other. */
function drawMarks(surface, kind, places, style) {
  if (surface.marks) return surface.marks(kind, places, style);
  for (let at = 0; at < places.length; at += 3) {
    const d = markText(markShape(kind), places[at], places[at + 1], places[at + 2] / 10);
    if (style.halo) surface.path(d, { stroke: style.halo, width: 2 * style.ring });
    surface.path(d, { fill: style.fill, opacity: style.opacity, rule: "evenodd" });
  }
}

/** Draw entries that are too small for a shape, as round dots: {places, fill, opacity} of each batch, places as for marks. */
function drawDots(surface, batches) {
  if (surface.dots) return surface.dots(batches);
  for (const { places, ...style } of batches) {
    const pen = new PathText();
    for (let at = 0; at < places.length; at += 3) pen.dot(places[at], places[at + 1], places[at + 2]);
    surface.path(pen, style);
  }
}

/** A surface over a canvas; `ratio` is how many of its pixels make one of CSS. */
function canvasSurface(ctx, ratio = 1) {
  const sprites = new Map();
  let layer = null;
  const paint = (path, { fill, stroke, width = 1, opacity = 1, rule = "nonzero", dash }) => {
    ctx.globalAlpha = opacity;
    if (fill) {
      ctx.fillStyle = fill;
      ctx.fill(path, rule);
    }
    if (!stroke) return;
    ctx.strokeStyle = stroke;
    ctx.lineWidth = width;
    if (dash) ctx.setLineDash(dash);
    ctx.stroke(path);
    if (dash) ctx.setLineDash([]);
  };
  const pen = () => {
    const path = new Path2D();
    path.ring = (x, y, r) => {
      path.moveTo(x + r, y);
      path.arc(x, y, r, 0, ROUND);
    };
    return path;
  };
  /** A mark drawn once and copied: filling thousands of small shapes each time is twenty times slower. */
  const sprite = (kind, half, { fill, halo, ring = 0 }) => {
    const key = `${kind.at} ${half} ${fill} ${halo} ${ring}`;
    let made = sprites.get(key);
    if (made) return made;
    made = document.createElement("canvas");
    made.width = made.height = 2 * Math.ceil(half * 1.15 + ring * ratio + 1);
    const own = made.getContext("2d");
    own.setTransform(half / 10, 0, 0, half / 10, made.width / 2, made.width / 2);
    const shape = new Path2D(markShape(kind));
    if (halo) {
      own.lineJoin = "round";
      own.lineWidth = (20 * ring * ratio) / half;
      own.strokeStyle = halo;
      own.stroke(shape);
    }
    own.fillStyle = fill;
    own.fill(shape, "evenodd");
    sprites.set(key, made);
    return made;
  };
  return {
    pen,
    path: (d, style) => paint(d instanceof Path2D ? d : new Path2D(String(d)), style),
    circle(x, y, r, { fill, stroke, width = 1, opacity = 1 }) {
      ctx.globalAlpha = opacity;
      ctx.beginPath();
      ctx.arc(x, y, r, 0, ROUND);
      if (fill) {
        ctx.fillStyle = fill;
        ctx.fill();
      }
      if (!stroke) return;
      ctx.strokeStyle = stroke;
      ctx.lineWidth = width;
      ctx.stroke();
    },
    line(x1, y1, x2, y2, style) {
      const path = new Path2D();
      path.moveTo(x1, y1);
      path.lineTo(x2, y2);
      paint(path, style);
    },
    /** `y` is where the letters stand. */
    text(x, y, text, { size, anchor = "middle", weight = 400, fill, halo, opacity = 1, direction = "ltr" }) {
      ctx.globalAlpha = opacity;
      ctx.font = fontOf(size, weight);
      ctx.textAlign = { start: "left", middle: "center", end: "right" }[anchor];
      ctx.direction = direction;
      if (halo) {
        ctx.lineJoin = "round";
        ctx.lineWidth = 3.5;
        ctx.strokeStyle = halo;
        ctx.strokeText(text, x, y);
      }
      ctx.fillStyle = fill;
      ctx.fillText(text, x, y);
    },
    dots(batches) {
      layer ??= dotLayer(ctx.canvas.width, ctx.canvas.height);
      ctx.globalAlpha = 1;
      ctx.setTransform(1, 0, 0, 1, 0, 0);
      ctx.drawImage(layer(batches, ratio), 0, 0);
      ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    },
    marks(kind, places, style) {
      ctx.globalAlpha = style.opacity ?? 1;
      ctx.setTransform(1, 0, 0, 1, 0, 0);
      if (sprites.size > 1500) sprites.clear();
      for (let at = 0; at < places.length; at += 3) {
        const half = Math.round(2 * places[at + 2] * ratio) / 2;
        const made = sprite(kind, half, style);
        const off = made.width / 2;
        ctx.drawImage(made, Math.round(places[at] * ratio) - off, Math.round(places[at + 1] * ratio) - off);
      }
      ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    },
  };
}
