// The camera of colloquy's page.
() => {
  const drawing = colloquy.drawing();
  const first = drawing.view();
  const wide = Math.max(...colloquy.areas.map((area) => area.x + area.radius)) - Math.min(...colloquy.areas.map((area) => area.x - area.radius));
  globalThis.move = (zoom, dx, dy) => drawing.setView({ x: first.x + dx * wide, y: first.y + dy * wide, zoom: first.zoom * zoom });
}
