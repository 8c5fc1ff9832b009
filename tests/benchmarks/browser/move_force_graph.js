// The camera of force-graph's page.
() => {
  const [first, scale] = [graph.centerAt(), graph.zoom()];
  const xs = graph.graphData().nodes.map((node) => node.x);
  const wide = Math.max(...xs) - Math.min(...xs);
  globalThis.move = (zoom, dx, dy) => { graph.centerAt(first.x + dx * wide, first.y + dy * wide); graph.zoom(scale * zoom); };
}
