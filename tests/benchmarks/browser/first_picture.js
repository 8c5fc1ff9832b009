// Notes when something was first drawn on a large canvas: the frame after that is the first picture.
(() => {
  globalThis.firstPicture = 0;
  const large = (canvas) => canvas.isConnected && canvas.width > 300;
  const context = CanvasRenderingContext2D.prototype;
  const kept = new Map();
  const drawn = () => {
    for (const [name, method] of kept) context[name] = method;
    requestAnimationFrame(() => setTimeout(() => { globalThis.firstPicture = performance.now(); }));
  };
  for (const name of ["arc", "fill", "stroke", "drawImage", "fillText"]) {
    const method = context[name];
    kept.set(name, method);
    context[name] = function (...values) {
      if (large(this.canvas) && kept.size) { drawn(); kept.clear(); }
      return method.apply(this, values);
    };
  }
})();
