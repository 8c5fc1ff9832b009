// Thousands of small round dots, written straight into pixels: rectangles or copies would take three times as long.
const DOT_STEPS = 4; // dots are as large as the next quarter of a pixel
const dotMasks = new Map();

/** The pixels that a dot covers, around its middle pixel: how far each is away in a picture so wide, and its strength. */
function dotMask(step, width, opacity) {
  const key = `${step} ${width} ${opacity}`;
  if (dotMasks.has(key)) return dotMasks.get(key);
  const r = step / DOT_STEPS;
  const reach = Math.ceil(r - 0.5);
  const [offs, alphas] = [[], []];
  for (let y = -reach; y <= reach; y += 1) {
    for (let x = -reach; x <= reach; x += 1) {
      const alpha = (255 * opacity * Math.min(Math.max(r + 0.5 - Math.hypot(x, y), 0), 1)) | 0;
      if (alpha) [offs, alphas].forEach((list, at) => list.push(at ? alpha : y * width + x));
    }
  }
  const mask = { reach, offs: Int32Array.from(offs), alphas: Uint8Array.from(alphas) };
  if (dotMasks.size > 1000) dotMasks.clear(); // a window that is drawn larger has many widths
  dotMasks.set(key, mask);
  return mask;
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
      const masks = [];
      for (let at = 0; at < places.length; at += 3) {
        const step = Math.max(Math.round(places[at + 2] * ratio * DOT_STEPS), 2);
        const { reach, offs, alphas } = (masks[step] ??= dotMask(step, width, opacity));
        const x = Math.round(places[at] * ratio);
        const y = Math.round(places[at + 1] * ratio);
        if (x < reach || y < reach || x + reach >= width || y + reach >= height) continue;
        const middle = y * width + x;
        for (let next = 0; next < offs.length; next += 1) {
          const spot = middle + offs[next];
          if (alphas[next] > pixels[spot] >>> 24) pixels[spot] = colour | (alphas[next] << 24);
        }
      }
    }
    ctx.putImageData(image, 0, 0);
    return canvas;
  };
}
