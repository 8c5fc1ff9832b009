// The camera of pyvis's page.
() => {
  const [first, scale] = [network.getViewPosition(), network.getScale()];
  const xs = Object.values(network.getPositions()).map((place) => place.x);
  const wide = Math.max(...xs) - Math.min(...xs);
  globalThis.move = (zoom, dx, dy) => network.moveTo({ position: { x: first.x + dx * wide, y: first.y + dy * wide }, scale: scale * zoom, animation: false });
}
