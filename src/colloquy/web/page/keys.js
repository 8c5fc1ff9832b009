// The picture by keyboard: a cursor that walks along links.
const DIRECTIONS = new Map([["ArrowRight", [1, 0]], ["ArrowLeft", [-1, 0]], ["ArrowUp", [0, -1]], ["ArrowDown", [0, 1]]]);
const WORDS = new Map([["ArrowRight", "to the right"], ["ArrowLeft", "to the left"], ["ArrowUp", "above"], ["ArrowDown", "below"]]);

const placeOf = (node) => drawing.home?.(node) ?? { x: drawing.x[node], y: drawing.y[node] };

/** The nearest of some entries in a direction (within 60 degrees of it), or -1. */
function nearestIn([dx, dy], from, some) {
  let [best, least] = [-1, Infinity];
  const here = placeOf(from);
  for (const node of some) {
    if (node === from || !nodeShown[node]) continue;
    const there = placeOf(node);
    const [x, y] = [there.x - here.x, there.y - here.y];
    const ahead = x * dx + y * dy;
    const far = Math.hypot(x, y);
    if (ahead < far * 0.5) continue;
    const cost = far + 1.5 * (far - ahead);
    if (cost < least) [best, least] = [node, cost];
  }
  return best;
}

const shownLinksOf = (node) => Array.from(linksOf(node)).filter((edge) => edgeShown[edge]);

let telling = 0;
/** Go to an entry and say where one is; the sentence of the link that led there comes from its record. */
async function moveCursor(node, how = "", edge = -1) {
  const from = cursor;
  cursor = node;
  keepInView(node);
  drawing.redraw();
  const mine = (telling += 1);
  const words = () => [bdi(labels[node]), ` – ${kind(node).label}, ${links(shownLinksOf(node).length)}. `];
  if (edge < 0) return say(statusLine, ...words(), how);
  const told = (await recordOf(from)).links.find((link) => link.edge === edge);
  if (mine === telling) say(statusLine, ...words(), told?.text ?? "");
}

function walk(key, any) {
  if (cursor < 0) return moveCursor(startOfWalk());
  const own = shownLinksOf(cursor);
  const linked = own.map((edge) => otherEnd(edge, cursor));
  const next = nearestIn(DIRECTIONS.get(key), cursor, any ? drawing.nodes ?? shownNodes() : linked);
  if (next < 0) return say(statusLine, "Nothing linked ", WORDS.get(key), " of ", bdi(labels[cursor]), ". With Shift, go to any entry.");
  moveCursor(next, "", any ? -1 : own.find((edge) => otherEnd(edge, cursor) === next));
}

const startOfWalk = () => [...(lit?.main ?? [])].find((node) => nodeShown[node]) ?? byLinks.find((node) => nodeShown[node]) ?? 0;

const atHand = () => (cursor >= 0 ? cursor : state.open?.what === "node" ? state.open.at : -1);
const withNode = (act) => () => atHand() >= 0 && act(atHand());

const PICTURE_KEYS = new Map([
  ["Enter", () => {
    if (cursor < 0) return;
    opener = picture;
    openNode(cursor, "keys");
  }],
  ["+", () => drawing.zoomBy(1.3)],
  ["=", () => drawing.zoomBy(1.3)],
  ["-", () => drawing.zoomBy(1 / 1.3)],
  ["0", () => drawing.fit()],
  ["Home", () => moveCursor(byLinks.find((node) => nodeShown[node]) ?? 0)],
  ["f", withNode((node) => {
    const hops = state.around?.nodes[0] === node ? (state.around.hops % 3) + 1 : 1;
    change({ around: { nodes: [node], hops }, view: null }, "keys");
    say(statusLine, `Only what is within ${links(hops)} of `, bdi(labels[node]), ". Press f for more, u to take it back.");
  })],
  ["e", withNode((node) => state.around && !state.around.nodes.includes(node) && change({ around: { ...state.around, nodes: [...state.around.nodes, node] }, view: null }, "keys"))],
  ["h", withNode((node) => {
    const next = shownLinksOf(node).map((edge) => otherEnd(edge, node))[0] ?? -1;
    change({ hidden: [...state.hidden, node] }, "keys");
    cursor = next;
    say(statusLine, bdi(labels[node]), " is hidden. Press u to take it back.");
  })],
  ["k", withNode((node) => change({ kept: state.kept.includes(node) ? state.kept.filter((one) => one !== node) : [...state.kept, node] }, "keys"))],
  ["u", undo],
  ["Escape", () => (state.open ? closeOpen() : searchBox.focus())],
]);

function watchKeys() {
  picture.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !nodeCount || !drawing) return;
    const act = DIRECTIONS.has(event.key) ? () => walk(event.key, event.shiftKey) : PICTURE_KEYS.get(event.key);
    if (!act) return;
    event.preventDefault();
    act();
  });
  // Whoever points has no use for a cursor: it appears with the first key.
  let pointing = false;
  addEventListener("pointerdown", () => { pointing = true; }, true);
  addEventListener("keydown", () => { pointing = false; }, true);
  picture.addEventListener("focus", () => {
    if (!pointing && nodeCount && drawing && picture.matches(":focus-visible")) moveCursor(cursor >= 0 && nodeShown[cursor] ? cursor : startOfWalk(), "Arrow keys follow links, Enter opens.");
  });
  picture.addEventListener("blur", () => {
    cursor = -1;
    statusLine.textContent = "";
    drawing?.redraw();
  });
}
