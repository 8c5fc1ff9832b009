// What the visitor has chosen: one plain object that is never changed in place.  The address holds all
// of it, so every state can be copied as a link, and Back and Forward work by themselves.
//
//   #what-is-open?without=KINDS&unlinked=RELATIONS&in=AREAS&years=2010-2015&around=2*ID,ID&hide=IDS&keep=IDS&view=X,Y,ZOOM
//
// What is open is `ID` of an entry, `edge:ID`, `question:0`, `path:ID>ID`, `area:KEY`, or nothing.
const NOTHING = Object.freeze({
  open: null, // {what: "node" | "edge" | "question" | "area", at} | {what: "path", from, to} | {what: "unknown", text}
  kindsOff: [], // numbers of kinds
  relationsOff: [], // numbers of relations
  areas: [], // numbers of areas; none means all
  years: null, // [first, last]
  around: null, // {nodes: [where it began, ...opened further], hops: 1, 2 or 3}
  hidden: [], // entries taken out by hand
  kept: [], // entries that stay, with their names, whatever the filters say
  view: null, // {x, y, zoom}: the middle of the picture, and 1 where all fits in
});
let state = NOTHING;

const title = document.title;
const watchers = [];
/** Be told of every change: (state before, how it came about: "picture", "link", "keys", "back", "start"). */
const whenChanged = (watcher) => watchers.push(watcher);

const coded = (text) => encodeURIComponent(text).replaceAll("%3A", ":").replaceAll("%2F", "/");
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function writeOpen(open) {
  if (!open) return "";
  if (open.what === "node") return coded(ids[open.at]);
  if (open.what === "path") return `path:${coded(ids[open.from])}>${coded(ids[open.to])}`;
  if (open.what === "edge") return `edge:${coded(edgeId(open.at))}`;
  if (open.what === "area") return `area:${coded(areas[open.at].key)}`;
  return open.what === "question" ? `question:${open.at}` : coded(open.text);
}

function readOpen(text) {
  const asked = decoded(text);
  if (!asked || document.getElementById(asked)?.tagName === "SECTION") return null;
  const node = nodeNamed(asked);
  if (node >= 0) return { what: "node", at: node };
  const [, what, rest] = /^(edge|question|path|area):(.*)$/s.exec(asked) ?? [];
  if (what === "path") {
    const [from, to] = text.slice(5).split(/>|%3E/i).map((end) => nodeNamed(decoded(end)));
    if (from >= 0 && to >= 0 && from !== to) return { what, from, to };
  }
  const at = what === "edge" ? edgeNamed(rest) : what === "question" ? (head.questions[rest] ? Number(rest) : -1) : what === "area" ? areas.findIndex((area) => area.key === rest) : -1;
  return at >= 0 ? { what, at } : { what: "unknown", text: asked };
}

const list = (text) => (text ? text.split(",").map(decoded) : []);
const numbers = (keys, find) => keys.map(find).filter((at) => at >= 0);
const byKey = (all) => (key) => all.findIndex((one) => one.key === key);

/** Write a state as the part of an address after `#`. */
function writeState(one) {
  const parts = [
    ["without", one.kindsOff.map((at) => coded(kinds[at].key)).join()],
    ["unlinked", one.relationsOff.map((at) => coded(relations[at].key)).join()],
    ["in", one.areas.map((at) => coded(areas[at].key)).join()],
    ["years", one.years?.join("-")],
    ["around", one.around && `${one.around.hops}*${one.around.nodes.map((node) => coded(ids[node])).join()}`],
    ["hide", one.hidden.map((node) => coded(ids[node])).join()],
    ["keep", one.kept.map((node) => coded(ids[node])).join()],
    ["view", one.view && [Math.round(one.view.x), Math.round(one.view.y), Number(one.view.zoom.toFixed(3))].join()],
  ].filter(([, text]) => text);
  const query = parts.map(([name, text]) => `${name}=${text}`).join("&");
  return writeOpen(one.open) + (query && `?${query}`);
}

/** Read a state from the part of an address after `#`; what is not known there is left out. */
function readState(text) {
  const cut = text.indexOf("?");
  const given = new Map((cut < 0 ? "" : text.slice(cut + 1)).split("&").map((part) => part.split(/=(.*)/s)));
  const years = /^(-?\d+)-(-?\d+)$/.exec(given.get("years") ?? "");
  const [hops, around] = (given.get("around") ?? "").split("*");
  const aroundNodes = numbers(list(around), nodeNamed);
  const view = (given.get("view") ?? "").split(",").map(Number);
  return {
    open: readOpen(cut < 0 ? text : text.slice(0, cut)),
    kindsOff: numbers(list(given.get("without")), byKey(kinds)),
    relationsOff: numbers(list(given.get("unlinked")), byKey(relations)),
    areas: numbers(list(given.get("in")), byKey(areas)),
    years: years && [Number(years[1]), Number(years[2])],
    around: aroundNodes.length ? { nodes: aroundNodes, hops: Math.min(Math.max(Number(hops) || 1, 1), 3) } : null,
    hidden: numbers(list(given.get("hide")), nodeNamed),
    kept: numbers(list(given.get("keep")), nodeNamed),
    view: view.length === 3 && view.every(Number.isFinite) && view[2] > 0 ? { x: view[0], y: view[1], zoom: view[2] } : null,
  };
}

let steps = 0; // how many of the visitor's own steps Undo can take back

/** Change some of the state.  A `step` can be undone with Back; looking around is none. */
function change(part, how = "link", step = true) {
  const before = state;
  const next = Object.freeze({ ...state, ...part });
  const address = `#${writeState(next)}`;
  state = next;
  if (address !== (location.hash || "#")) {
    const whole = address === "#" ? location.pathname + location.search : address;
    if (step) {
      steps += 1;
      history.pushState({ steps }, "", whole);
    } else history.replaceState(history.state, "", whole);
  }
  for (const watcher of watchers) watcher(before, how);
}

const open = (what, how) => change({ open: what }, how);
const openNode = (node, how = "link") => open({ what: "node", at: node }, how);
const openEdge = (edge, how = "link") => open({ what: "edge", at: edge }, how);
const closeOpen = (how = "close") => change({ open: null }, how);
const undo = () => steps > 0 && history.back();
const addressOf = (part) => `#${writeState({ ...state, view: null, ...part })}`;

/** Follow the address: at the start, and on Back and Forward. */
function follow(how) {
  const before = state;
  state = Object.freeze(readState(location.hash.slice(1)));
  steps = history.state?.steps ?? 0;
  for (const watcher of watchers) watcher(before, how);
}

function watchAddress() {
  addEventListener("popstate", () => follow("back"));
  // A plain link `#id` says what to open; the rest of the state stays as it is.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const text = link.getAttribute("href").slice(1);
    const section = document.getElementById(text);
    if (section?.tagName === "SECTION") {
      section.scrollIntoView();
      section.focus({ preventScroll: true });
    } else change(text.includes("?") ? readState(text) : { open: readOpen(text), view: null }, "link");
  });
}
