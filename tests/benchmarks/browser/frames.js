// Some seconds of panning and zooming in and out; `move(zoom, dx, dy)` is the page's own, in shares of the picture.
async (seconds) => {
  const begin = performance.now();
  let frames = 0;
  await new Promise((done) => {
    const frame = () => {
      const t = (performance.now() - begin) / (1000 * seconds);
      if (t >= 1) return done();
      frames += 1;
      globalThis.move(2 ** (3 * Math.sin(Math.PI * t) ** 2), 0.3 * Math.sin(4 * Math.PI * t), 0.3 * Math.sin(6 * Math.PI * t));
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  return (1000 * frames) / (performance.now() - begin);
}
