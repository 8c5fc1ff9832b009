// The start: every module is told to watch its part of the page, and then of every change, in one order.
const showButton = byId("theShow");
const frame = byId("theFrame");

function openPicture() {
  frame.classList.add("shown");
  showButton.setAttribute("aria-expanded", "true");
  showButton.textContent = "Hide the picture";
  startPicture();
}

function foldPicture() {
  frame.classList.remove("shown");
  showButton.setAttribute("aria-expanded", "false");
  showButton.textContent = "Show the picture";
}

/** The picture takes what the legend above it leaves of the window. */
const measureTools = () => document.documentElement.style.setProperty("--tools", `${tools.offsetHeight}px`);

/** A phone starts with the list folded and the picture behind its button; a wide window with all open. */
function suitWidth() {
  byId("theFilters").open = !narrow.matches;
  measureTools();
  if (narrow.matches) foldPicture();
  else openPicture();
  if (!panel.hidden) byId("theHome").hidden = !narrow.matches;
  holdBackground();
}

if (embedded) {
  document.documentElement.classList.add("embedded");
  const whole = byId("theTitle");
  whole.target = "_blank";
  whenChanged(() => (whole.href = location.pathname + location.hash));
}

whenChanged((before, how) => {
  if (how === "view") return; // looking around changes the address alone
  const refiltered = how === "start" || FILTERS.some((name) => before[name] !== state[name]);
  if (refiltered && how !== "start") rescope();
  lightUp();
  if (refiltered) filtersChanged();
  pictureChanged(before, how, refiltered);
  panelChanged(before, how);
  if (how === "start") requestIdleCallback(() => outlineChanged(true), { timeout: 300 }); // the picture comes first
  else outlineChanged(refiltered);
  byId("theUndo").setAttribute("aria-disabled", String(steps === 0));
});

/** Work out what the address asks for, and show it. */
function begin() {
  state = Object.freeze(readState(location.hash.slice(1)));
  rescope();
  lightUp();
  suitWidth();
}

// A large network is drawn before the names of its entries are there; what an address asks for needs them.
picture.inert = true;
const early = nodeCount > head.whole && !location.hash;
if (early) {
  begin();
  await untilSeen();
}
await readNames();

watchAddress();
watchFilters();
watchYears();
watchOutline();
watchSearch();
watchPanel();
watchPicture();
watchKeys();
watchShare();
narrow.addEventListener("change", suitWidth);
showButton.addEventListener("click", () => (frame.classList.contains("shown") ? foldPicture() : openPicture()));
new ResizeObserver(measureTools).observe(tools);
new IntersectionObserver(([seen]) => tools.classList.toggle("stuck", !seen.isIntersecting)).observe(frame);

if (location.hash && !narrow.matches) scrollTo({ top: 0, behavior: "instant" });
if (!early || location.hash) begin();
picture.inert = false;
follow("start");

// For the console, and for tests: what the page knows and what it shows.
globalThis.colloquy = Object.freeze({
  ...{ head, ids, labels, kinds, relations, areas, nodeCount, edgeCount, nodeShown, edgeShown, edgeId, edgeFrom, edgeTo, linksOf, nodeNamed, edgeNamed },
  ...{ recordOf, statementOf, pathsBetween, lookUp, change, openNode, openEdge, closeOpen, readState, writeState },
  state: () => state,
  lit: () => lit,
  cursor: () => cursor,
  drawing: () => drawing,
});
