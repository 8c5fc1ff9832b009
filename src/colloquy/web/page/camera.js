// Where a picture is looked at from: fitting boxes, the wheel, and when lines are drawn anew.
/** Room left free around what is shown. */
const margin = () => ({ x: Math.min(64, picture.clientWidth * 0.07), y: Math.min(48, picture.clientHeight * 0.07) });

function boxOf(points) {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y } of points) {
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  return { x: (left + right) / 2, y: (top + bottom) / 2, w: right - left, h: bottom - top };
}

const scaleFor = (box) =>
  Math.min(
    Math.max(picture.clientWidth - 2 * margin().x, 100) / (box.w || 1),
    Math.max(picture.clientHeight - 2 * margin().y, 100) / (box.h || 1),
  );

/** Lines keep their width on the screen: set once the zoom has come to rest. */
let settling = 0;
function settleSoon(drawn) {
  clearTimeout(settling);
  settling = setTimeout(() => drawing === drawn && drawn.redraw(), calm.matches ? 60 : 500);
}

/** Move only as far as needed for one entry to be seen. */
function keepInView(node) {
  const at = drawing.place(node);
  const edge = margin();
  const outside = !at || at.x < edge.x || at.y < edge.y || at.x > picture.clientWidth - edge.x || at.y > picture.clientHeight - edge.y;
  if (outside) drawing.goTo([node]);
}

/** The wheel scrolls the page until the visitor has chosen the picture; a pinch or Ctrl zooms at once. */
function watchWheel() {
  let hint = 0;
  picture.addEventListener("wheel", (event) => {
    event.stopPropagation();
    if (!event.ctrlKey && !embedded && document.activeElement !== picture) {
      hintLine.textContent = "To zoom with the wheel, click the picture first or hold Ctrl";
      clearTimeout(hint);
      hint = setTimeout(() => (hintLine.textContent = ""), 2500);
      return;
    }
    event.preventDefault();
    const box = picture.getBoundingClientRect();
    const lines = event.deltaMode === 1 ? 20 : 1;
    drawing?.zoomBy(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.008 : 0.0016)), { x: event.clientX - box.left, y: event.clientY - box.top });
  }, { capture: true, passive: false });
  picture.addEventListener("pointerdown", () => picture.focus({ preventScroll: true }));
}
