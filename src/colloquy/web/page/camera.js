// Looking around: what fits where, and the wheel and the buttons, the same for every drawing.
const WHEEL_HINT = "To zoom with the wheel, click the picture first or hold Ctrl";

/** Room left free around what is shown. */
const margins = (width, height) => ({ x: Math.min(64, width * 0.07), y: Math.min(48, height * 0.07) });

/** The box around some points: its middle, width and height. */
function boxOf(points) {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y } of points) {
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  return right < left ? { x: 0, y: 0, w: 0, h: 0 } : { x: (left + right) / 2, y: (top + bottom) / 2, w: right - left, h: bottom - top };
}

const boxOfNodes = (some, X, Y) => boxOf(Array.from(some, (node) => ({ x: X[node], y: Y[node] })));

/** The scale at which a box fits into a window. */
function scaleFor({ w, h }, width, height) {
  const edge = margins(width, height);
  return Math.min(Math.max(width - 2 * edge.x, 100) / (w || 1), Math.max(height - 2 * edge.y, 100) / (h || 1));
}

/** The wheel scrolls the page until the visitor has chosen the picture; a pinch or Ctrl zooms at once. */
function watchWheel() {
  let hint = 0;
  picture.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && document.activeElement !== picture) {
      hintLine.textContent = WHEEL_HINT;
      clearTimeout(hint);
      hint = setTimeout(() => hintLine.textContent === WHEEL_HINT && hover(null), 2500);
      return;
    }
    event.preventDefault();
    const box = picture.getBoundingClientRect();
    const lines = event.deltaMode === 1 ? 20 : 1;
    drawing?.zoomBy(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.008 : 0.0016)), { x: event.clientX - box.left, y: event.clientY - box.top });
  }, { passive: false });
}

function watchButtons() {
  byId("theCloser").addEventListener("click", () => drawing?.zoomBy(1.5, undefined, true));
  byId("theFarther").addEventListener("click", () => drawing?.zoomBy(1 / 1.5, undefined, true));
  byId("theFit").addEventListener("click", () => drawing && fitAll());
}

/** Move the picture only as far as needed for an entry to be seen by itself. */
function keepInView(node) {
  const spot = drawing.place(node);
  const { clientWidth: width, clientHeight: height } = picture;
  const edge = margins(width, height);
  if (!spot) {
    drawing.goTo([node]);
    noteView();
  } else if (spot.x < edge.x || spot.y < edge.y + coveredAbove() || spot.x > width - edge.x || spot.y > height - edge.y) {
    drawing.panBy(spot.x - width / 2, spot.y - height / 2, true);
  }
}

/** How much of the picture's top is under the line that says what the filters leave. */
function coveredAbove() {
  const line = byId("theFiltered").getBoundingClientRect();
  return line.height ? Math.max(0, line.bottom - picture.getBoundingClientRect().top) : 0;
}
