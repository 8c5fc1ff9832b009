// The picture by keyboard: a cursor that walks along links.
const DIRECTIONS = new Map([["ArrowRight", [1, 0]], ["ArrowLeft", [-1, 0]], ["ArrowUp", [0, -1]], ["ArrowDown", [0, 1]]]);
const WORDS = new Map([["ArrowRight", "to the right"], ["ArrowLeft", "to the left"], ["ArrowUp", "above"], ["ArrowDown", "below"]]);

/** The nearest of some entries in a direction (within 60 degrees of it), or null. */
function nearestIn([dx, dy], from, some) {
  let best = null;
  let least = Infinity;
  for (const node of some) {
    const [x, y] = [node.x - from.x, node.y - from.y];
    const ahead = x * dx + y * dy;
    const far = Math.hypot(x, y);
    if (node === from || !node.shown || ahead < far * 0.5) continue;
    const cost = far + 1.5 * (far - ahead);
    if (cost < least) [best, least] = [node, cost];
  }
  return best;
}

function moveCursor(node, how = "") {
  look.cursor = node;
  keepInView(node);
  restyle();
  say(statusLine, bdi(node.label), ` – ${node.kind.label}, ${links(node.edges.filter((edge) => edge.shown).length)}. ${how}`);
}

function walk(key, any) {
  const from = look.cursor;
  if (!from) return moveCursor(startOfWalk());
  const direction = DIRECTIONS.get(key);
  const linked = from.edges.filter((edge) => edge.shown).map((edge) => otherEnd(edge, from));
  const next = nearestIn(direction, from, any ? nodes : linked);
  if (!next) return say(statusLine, "Nothing linked ", WORDS.get(key), " of ", bdi(from.label), ". With Shift, go to any entry.");
  const edge = any ? null : from.edges.find((one) => one.shown && otherEnd(one, from) === next);
  moveCursor(next, edge ? sentenceOf(edge, edge.from !== from) : "");
}

const startOfWalk = () => [...(look.lit?.main ?? [])].find((node) => node.shown) ?? byLinks.find((node) => node.shown) ?? nodes[0];

const PICTURE_KEYS = new Map([
  ["Enter", () => look.cursor && openFromKeys(look.cursor.id)],
  ["+", () => zoomBy(1.3)],
  ["=", () => zoomBy(1.3)],
  ["-", () => zoomBy(1 / 1.3)],
  ["0", () => fit()],
  ["Home", () => moveCursor(byLinks.find((node) => node.shown) ?? nodes[0])],
  ["Escape", () => byId("theSearch").focus()],
]);

function watchKeys() {
  picture.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !nodes.length) return;
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
    if (!pointing && nodes.length && picture.matches(":focus-visible")) moveCursor(look.cursor?.shown ? look.cursor : startOfWalk(), "Arrow keys follow links, Enter opens.");
  });
  picture.addEventListener("blur", () => {
    look.cursor = null;
    statusLine.textContent = "";
    restyle();
  });
}
