// The start: from here on the script answers to addresses, so the list's own anchors step aside.
for (const anchor of outline.querySelectorAll("a[name]")) anchor.removeAttribute("name");

const showButton = byId("theShow");
const frame = byId("theFrame");

function openPicture() {
  frame.classList.add("shown");
  showButton.setAttribute("aria-expanded", "true");
  showButton.textContent = "Hide the picture";
  if (network) return;
  makePicture();
  if (look.lit) goTo([...look.lit.main, ...look.lit.near]);
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
  for (const fold of outline.querySelectorAll(".fold")) fold.open = !narrow.matches;
  measureTools();
  if (narrow.matches) foldPicture();
  else openPicture();
  if (!panel.hidden) byId("theHome").hidden = !narrow.matches;
  holdBackground();
}

/** Paper has no buttons: every part of the list is opened for it, and closed again. */
function watchPrint() {
  const shut = [];
  addEventListener("beforeprint", () => {
    for (const part of outline.querySelectorAll("details:not([open]):not(.proof)")) shut.push(part) && (part.open = true);
  });
  addEventListener("afterprint", () => {
    for (const part of shut.splice(0)) part.open = false;
  });
}

watchAddress();
watchFilters();
watchSearch();
watchKeys();
watchWheel();
watchSize();
watchStatements();
watchPrint();
narrow.addEventListener("change", suitWidth);
for (const mode of [darkMode, forcedColours]) {
  mode.addEventListener("change", () => {
    readTheme();
    restyle();
  });
}
showButton.addEventListener("click", () => (frame.classList.contains("shown") ? foldPicture() : openPicture()));
byId("theCloser").addEventListener("click", () => zoomBy(1.4));
byId("theFarther").addEventListener("click", () => zoomBy(1 / 1.4));
byId("theFit").addEventListener("click", () => fit());
new ResizeObserver(measureTools).observe(tools);
new IntersectionObserver(([seen]) => tools.classList.toggle("stuck", !seen.isIntersecting)).observe(frame);

suitWidth();
if (location.hash) {
  if (!narrow.matches && askedFor() !== "theOutline") scrollTo({ top: 0, behavior: "instant" });
  show("link");
}

// For the console, and for tests: what the page knows and what it shows.
globalThis.colloquy = Object.freeze({ nodes, edges, look, open: openFromKeys, close: closePanel, network: () => network });
