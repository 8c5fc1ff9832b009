// The picture by keyboard: a cursor that walks along links, and a line that says where one is.
const DIRECTIONS = new Map([
  ["ArrowRight", { x: 1, y: 0, words: "to the right" }],
  ["ArrowLeft", { x: -1, y: 0, words: "to the left" }],
  ["ArrowUp", { x: 0, y: -1, words: "above" }],
  ["ArrowDown", { x: 0, y: 1, words: "below" }],
]);

/** Where an entry lies in the drawing, whether it is drawn by itself now or not. */
const whereIs = (node) => drawing.home(node);

/** The nearest of some entries in a direction (within 60 degrees of it), or -1. */
function nearestIn(direction, from, some) {
  const here = whereIs(from);
  let [best, least] = [-1, Infinity];
  for (const node of some) {
    const there = node !== from && nodeShown[node] ? whereIs(node) : null;
    if (!there) continue;
    const [x, y] = [there.x - here.x, there.y - here.y];
    const ahead = x * direction.x + y * direction.y;
    const far = Math.hypot(x, y);
    if (ahead < far * 0.5) continue;
    const cost = far + 1.5 * (far - ahead);
    if (cost < least) [best, least] = [node, cost];
  }
  return best;
}

let leftAt = -1; // where the cursor was when the picture lost the focus
const shownLinks = (node) => Array.from(linksOf(node)).filter((edge) => edgeShown[edge]);

/** Put the cursor on an entry, and say which it is; `edge` is the link that led there. */
async function moveCursor(node, edge = -1, words = "") {
  const from = edge >= 0 ? otherEnd(edge, node) : -1;
  cursor = node;
  drawing.redraw();
  keepInView(node);
  const told = edge >= 0 ? ((await recordOf(from)).links.find((link) => link.edge === edge)?.text ?? "") : words;
  if (cursor === node) say(statusLine, nameOf(node), ` – ${kind(node).label}, ${links(shownLinks(node).length)}. ${told}`);
}

/** Go on in a direction: along a link, or (`any`) to the next entry that is drawn. */
function walk(key, any) {
  const from = cursor;
  if (from < 0 || !whereIs(from)) return moveCursor(startOfWalk());
  const direction = DIRECTIONS.get(key);
  const mine = shownLinks(from);
  const drawn = any ? byLinks.filter((node) => drawing.place(node)) : mine.map((edge) => otherEnd(edge, from));
  const next = nearestIn(direction, from, drawn);
  if (next < 0) return say(statusLine, `Nothing ${any ? "" : "linked "}${direction.words} of `, nameOf(from), any ? "." : ". With Shift, go to any entry.");
  return moveCursor(next, any ? -1 : mine.find((edge) => otherEnd(edge, from) === next));
}

/** Begin at what is open, else at the entry with most links. */
function startOfWalk() {
  const can = (node) => nodeShown[node] && whereIs(node);
  return litNodes().find(can) ?? mostLinked();
}
const mostLinked = () => byLinks.find((node) => nodeShown[node] && whereIs(node)) ?? -1;

/** The entry that the keys act on: where the cursor is, else what is open. */
const atHand = () => (cursor >= 0 ? cursor : state.open?.what === "node" ? state.open.at : -1);

/** Act on the entry at hand: change part of the state, and say what was done. */
function actOn(node, part, words) {
  if (node < 0) return say(statusLine, "Go to an entry first: arrow keys walk along links.");
  const next = part(node);
  const before = state;
  change(next, "keys");
  say(statusLine, ...words(next, nameOf(node), before));
}

const without = (some, node) => some.filter((one) => one !== node);
const lookAround = (node) => {
  const hops = state.around?.nodes[0] === node ? state.around.hops + 1 : 1;
  return { around: hops > 3 ? null : { nodes: [node], hops }, view: null };
};
const openFurther = (node) => {
  const { nodes, hops } = state.around ?? { nodes: [node], hops: 1 };
  return { around: { nodes: nodes.includes(node) ? nodes : [...nodes, node], hops }, view: null };
};
const showing = () => ` ${entries(shownCounts.nodes)} shown.`;


/** Hide the entry at hand; the cursor goes to what it is linked with. */
function hideAtHand() {
  const node = atHand();
  const next = node < 0 ? -1 : Array.from(shownLinks(node), (edge) => otherEnd(edge, node)).find((other) => other !== node && whereIs(other));
  if (cursor >= 0) cursor = next ?? -1;
  actOn(node, (one) => ({ hidden: [...without(state.hidden, one), one] }), (_, name) => [name, " is hidden. U takes it back."]);
}

function takeBack() {
  if (!steps) return say(statusLine, "There is nothing to take back.");
  addEventListener("popstate", () => say(statusLine, "Taken back.", showing()), { once: true });
  undo();
}

const PICTURE_KEYS = new Map([
  ["Enter", () => cursor >= 0 && openNode(cursor, "keys")],
  [" ", () => cursor >= 0 && openNode(cursor, "keys")],
  ["+", () => drawing.zoomBy(1.3)],
  ["=", () => drawing.zoomBy(1.3)],
  ["-", () => drawing.zoomBy(1 / 1.3)],
  ["0", () => fitAll()],
  ["Home", () => moveCursor(mostLinked())],
  ["Escape", () => byId("theSearch").focus()],
  ["f", () => actOn(atHand(), lookAround, ({ around }, name) => (around ? [`Only what is ${around.hops === 1 ? "linked with" : `up to ${links(around.hops)} from`} `, name, ".", showing()] : ["Everything again.", showing()]))],
  ["e", () => actOn(atHand(), openFurther, (_, name) => ["With what ", name, " is linked with.", showing()])],
  ["h", hideAtHand],
  ["k", () => actOn(atHand(), (node) => ({ kept: state.kept.includes(node) ? without(state.kept, node) : [...state.kept, node] }), ({ kept }, name, before) => [name, kept.length > before.kept.length ? " is kept in the picture." : " is no longer kept."])],
  ["u", takeBack],
]);

function watchKeys() {
  picture.addEventListener("keydown", (event) => {
    if (event.target !== picture || !drawing) return;
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const takesBack = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const act = takesBack ? takeBack : !plain ? null : DIRECTIONS.has(key) ? () => walk(key, event.shiftKey) : PICTURE_KEYS.get(key);
    if (!act) return;
    event.preventDefault();
    act();
  });
  // Whoever points has no use for a cursor: it appears with the first key.
  let pointing = false;
  addEventListener("pointerdown", () => { pointing = true; }, true);
  addEventListener("keydown", () => { pointing = false; }, true);
  picture.addEventListener("focus", () => {
    if (pointing || !drawing || !picture.matches(":focus-visible")) return;
    const start = leftAt >= 0 && nodeShown[leftAt] && whereIs(leftAt) ? leftAt : startOfWalk();
    if (start >= 0) moveCursor(start, -1, "Arrow keys follow links, Enter opens.");
  });
  picture.addEventListener("blur", () => {
    [leftAt, cursor] = [cursor, -1];
    drawing?.redraw();
    statusLine.textContent = "";
  });
}
