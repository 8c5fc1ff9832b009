// The colours of the picture, read from the style sheet so that there is one place for them.
const darkMode = matchMedia("(prefers-color-scheme: dark)");
const forcedColours = matchMedia("(forced-colors: active)");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
/** In somebody's page (`?embed`) there is the picture alone, with a way to all of it. */
const embedded = new URLSearchParams(location.search).has("embed");
const narrow = matchMedia(embedded ? "not all" : "(width <= 45rem)");

const theme = {};

function readTheme() {
  const probe = make("span");
  document.body.append(probe);
  const style = getComputedStyle(probe);
  const resolved = (colour) => {
    probe.style.color = colour;
    return channels(style.color);
  };
  const named = (name, system) => resolved(forcedColours.matches ? system : style.getPropertyValue(name));
  theme.paper = named("--paper", "Canvas");
  theme.ink = named("--ink", "CanvasText");
  theme.edge = named("--edge", "CanvasText");
  theme.accent = named("--accent", "Highlight");
  theme.kinds = kinds.map((kind) => {
    probe.className = `k${kind.at}`;
    return named("--kind", "CanvasText");
  });
  probe.remove();
  theme.edgeWeight = (darkMode.matches ? 0.42 : 0.34) * Math.min(Math.max(Math.sqrt(450 / (edgeCount || 1)), 0.5), 1);
  theme.faded = theme.kinds.map((colour) => mixed(colour, theme.paper, 0.82));
  theme.font = getComputedStyle(document.body).fontFamily;
}

const channels = (colour) => colour.match(/[\d.]+/g).slice(0, 3).map(Number);
const mixed = (colour, other, share) => colour.map((value, at) => value + (other[at] - value) * share);
/** As vis-network understands it: it takes opacity apart from the colour. */
const hex = (colour) => `#${colour.map((value) => Math.round(value).toString(16).padStart(2, "0")).join("")}`;
const css = (colour, opacity = 1) => `rgb(${colour.map(Math.round).join(" ")} / ${opacity})`;
