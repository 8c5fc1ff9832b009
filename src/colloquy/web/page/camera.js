// Where the picture is looked at from: fitting, zooming, and going to what was opened.
/** Room left free around what is shown. */
const margin = () => ({ x: Math.min(64, picture.clientWidth * 0.07), y: Math.min(48, picture.clientHeight * 0.07) });

function boxOf(points) {
  const xs = points.map((point) => point.x);
  const ys = points.map((point) => point.y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  return { x: (left + right) / 2, y: (top + bottom) / 2, w: right - left, h: bottom - top };
}

const scaleFor = (box) =>
  Math.min(
    Math.max(picture.clientWidth - 2 * margin().x, 100) / (box.w || 1),
    Math.max(picture.clientHeight - 2 * margin().y, 100) / (box.h || 1),
  );

function moveTo(box, scale, moving = true) {
  const animation = moving && !calm.matches ? { duration: 450, easingFunction: "easeInOutQuad" } : false;
  network.moveTo({ position: { x: box.x, y: box.y }, scale, animation });
  settleSoon();
}

/** Show everything that the filters leave. */
function fit(moving = true) {
  if (!nodes.length) return;
  look.fitScale = Math.min(scaleFor(boxOf(nodes)), 2);
  const shown = nodes.filter((node) => node.shown);
  const box = boxOf(shown.length ? shown : nodes);
  moveTo(box, Math.min(scaleFor(box), look.fitScale * 2), moving);
  look.moved = false;
}

/** Bring some entries into view, near enough to read their names. */
function goTo(some) {
  if (!network || !some.length) return;
  const box = boxOf(some);
  moveTo(box, Math.min(scaleFor(box), Math.max(look.fitScale * 1.8, network.getScale())));
  look.moved = true;
}

/** Move only as far as needed for one entry to be seen. */
function keepInView(node) {
  const { x, y } = network.canvasToDOM(node);
  const edge = margin();
  const outside = x < edge.x || y < edge.y || x > picture.clientWidth - edge.x || y > picture.clientHeight - edge.y;
  if (outside) moveTo(node, network.getScale());
}

/** Zoom by a factor, keeping a point of the picture (its middle, if none is given) where it is. */
function zoomBy(factor, point = { x: picture.clientWidth / 2, y: picture.clientHeight / 2 }) {
  const before = network.getScale();
  const scale = Math.min(Math.max(before * factor, look.fitScale * 0.4), look.fitScale * 14);
  const fixed = network.DOMtoCanvas(point);
  const middle = network.getViewPosition();
  const position = { x: fixed.x + (middle.x - fixed.x) * (before / scale), y: fixed.y + (middle.y - fixed.y) * (before / scale) };
  network.moveTo({ position, scale, animation: false });
  look.moved = true;
  settleSoon();
}

/** Lines keep their width on the screen: set once the zoom has come to rest. */
let settling = 0;
function settleSoon() {
  clearTimeout(settling);
  settling = setTimeout(restyle, calm.matches ? 60 : 500);
}

/** The wheel scrolls the page until the visitor has chosen the picture; a pinch or Ctrl zooms at once. */
function watchWheel() {
  let hint = 0;
  picture.addEventListener("wheel", (event) => {
    event.stopPropagation();
    if (!event.ctrlKey && document.activeElement !== picture) {
      hintLine.textContent = "To zoom with the wheel, click the picture first or hold Ctrl";
      clearTimeout(hint);
      hint = setTimeout(() => (hintLine.textContent = ""), 2500);
      return;
    }
    event.preventDefault();
    const frame = picture.getBoundingClientRect();
    const lines = event.deltaMode === 1 ? 20 : 1;
    zoomBy(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.008 : 0.0016)), { x: event.clientX - frame.left, y: event.clientY - frame.top });
  }, { capture: true, passive: false });
  picture.addEventListener("pointerdown", () => picture.focus({ preventScroll: true }));
}

/** A window of another shape gets another stretch, unless the visitor has already moved the picture. */
function watchSize() {
  new ResizeObserver(() => {
    if (!network || !picture.clientWidth) return;
    network.setSize("100%", "100%");
    if (look.moved) return network.redraw();
    spread();
    nodeData.update(nodes.map((node) => ({ id: node.at, x: node.x, y: node.y })));
    fit(false);
  }).observe(picture);
}
