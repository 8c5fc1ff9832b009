// Thousands of small round dots, written straight into pixels: rectangles or copies would take three times as long.
const DOT_STEPS = 4; // dots are as large as the next quarter of a pixel
const dotMasks = new Map();

/** How much of each pixel a dot covers, row by row, around its middle pixel. */
function dotMask(step) {
  if (dotMasks.has(step)) return dotMasks.get(step);
  const r = step / DOT_STEPS;
  const reach = Math.ceil(r - 0.5);
  const cover = [];
  for (let y = -reach; y <= reach; y += 1) for (let x = -reach; x <= reach; x += 1) cover.push(Math.min(Math.max(r + 0.5 - Math.hypot(x, y), 0), 1));
  dotMasks.set(step, { reach, cover });
  return dotMasks.get(step);
}

/** A layer of dots as large as the canvas; called with batches, it gives the layer to be copied. */
function dotLayer(width, height) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const ctx = canvas.getContext("2d", { willReadFrequently: true });
  const image = ctx.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  return (batches, ratio) => {
    pixels.fill(0);
    for (const { places, fill, opacity = 1 } of batches) {
      const [red, green, blue] = channels(fill);
      const colour = red | (green << 8) | (blue << 16);
      for (let at = 0; at < places.length; at += 3) {
        const { reach, cover } = dotMask(Math.max(Math.round(places[at + 2] * ratio * DOT_STEPS), 2));
        const [left, top] = [Math.round(places[at] * ratio) - reach, Math.round(places[at + 1] * ratio) - reach];
        if (left < 0 || top < 0 || left + 2 * reach >= width || top + 2 * reach >= height) continue;
        let next = 0;
        for (let y = top; y <= top + 2 * reach; y += 1) {
          for (let spot = y * width + left, last = spot + 2 * reach; spot <= last; spot += 1) {
            const alpha = (255 * opacity * cover[next++]) | 0;
            if (alpha > pixels[spot] >>> 24) pixels[spot] = colour | (alpha << 24);
          }
        }
      }
    }
    ctx.putImageData(image, 0, 0);
    return canvas;
  };
}
