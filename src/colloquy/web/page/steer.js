// Moving a map by hand: a drag pans, two fingers zoom, a click opens, a double click comes nearer.
const STILL = 5; // so many pixels a pointer may tremble in a click

function steer(target, drawn, over) {
  const held = new Map();
  let [travelled, lastClick] = [0, { time: -Infinity, x: 0, y: 0 }];
  const pointOf = (event) => {
    const box = target.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const middleOf = (points) => ({ x: (points[0].x + points.at(-1).x) / 2, y: (points[0].y + points.at(-1).y) / 2 });
  const spanOf = (points) => Math.hypot(points[0].x - points.at(-1).x, points[0].y - points.at(-1).y);

  target.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    target.setPointerCapture(event.pointerId);
    if (!held.size) travelled = 0;
    held.set(event.pointerId, pointOf(event));
    over(null);
  });
  target.addEventListener("pointermove", (event) => {
    const before = [...held.values()].slice(0, 2);
    if (!held.has(event.pointerId)) return event.pointerType !== "touch" && over(drawn.at(pointOf(event).x, pointOf(event).y));
    const point = pointOf(event);
    const last = held.get(event.pointerId);
    travelled += Math.hypot(point.x - last.x, point.y - last.y);
    if (travelled <= STILL && held.size === 1) return; // a click, so far
    held.set(event.pointerId, point);
    const after = [...held.values()].slice(0, 2);
    const [from, to] = [middleOf(before), middleOf(after)];
    drawn.panBy(from.x - to.x, from.y - to.y);
    if (held.size > 1 && spanOf(before) > 0) drawn.zoomBy(spanOf(after) / spanOf(before), to);
  });
  const release = (event) => {
    const clickedHere = event.type === "pointerup" && held.size === 1 && held.has(event.pointerId) && travelled <= STILL;
    held.delete(event.pointerId);
    if (!clickedHere) return;
    const point = pointOf(event);
    const twice = event.timeStamp - lastClick.time < 400 && Math.hypot(point.x - lastClick.x, point.y - lastClick.y) < 20;
    lastClick = twice ? { time: -Infinity, x: 0, y: 0 } : { time: event.timeStamp, ...point };
    if (!twice) return clicked(point);
    const found = drawn.at(point.x, point.y);
    if (found?.area >= 0) drawn.goToArea(found.area);
    else drawn.zoomBy(2, point, true);
  };
  for (const name of ["pointerup", "pointercancel"]) target.addEventListener(name, release);
  target.addEventListener("pointerleave", () => over(null));
}

/** The way between two views, each {x, y, w} with w the width seen (van Wijk and Nuij, "Smooth and efficient zooming
 * and panning", 2003): it rises where the two lie far apart. */
function flightBetween(from, to) {
  const bend = 1.3;
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const far = Math.hypot(dx, dy);
  const time = (length) => Math.min(Math.max(260 + 220 * Math.abs(length), 320), 1100);
  if (far < 1e-3 * Math.min(from.w, to.w)) {
    const length = Math.log(to.w / from.w) / bend;
    return { time: time(length), at: (share) => ({ x: from.x + share * dx, y: from.y + share * dy, w: from.w * Math.exp(bend * length * share) }) };
  }
  const steep = (w, sign) => {
    const b = (to.w ** 2 - from.w ** 2 + sign * bend ** 4 * far ** 2) / (2 * w * bend ** 2 * far);
    return Math.asinh(-b);
  };
  const [start, end] = [steep(from.w, 1), steep(to.w, -1)];
  const length = (end - start) / bend;
  return {
    time: time(length),
    at(share) {
      const now = bend * length * share + start;
      const gone = (from.w / (bend ** 2 * far)) * (Math.cosh(start) * Math.tanh(now) - Math.sinh(start));
      return { x: from.x + gone * dx, y: from.y + gone * dy, w: (from.w * Math.cosh(start)) / Math.cosh(now) };
    },
  };
}
