// The search: a combobox whose list holds entries by kind (ARIA Authoring Practices, combobox with listbox).
const searchBox = byId("theSearch");
const resultList = byId("theResults");
const foundLine = byId("theFound");
const EACH_KIND = 5;
const IN_ALL = 18;

const names = nodes.flatMap((node) =>
  [node.label, ...node.aliases].map((text, at) => {
    const folded = fold(text);
    return { node, text, alias: at > 0, folded, words: folded.split(/[^\p{L}\p{N}]+/u).filter(Boolean) };
  }),
);

let options = []; // the entries in the list, in order
let active = -1;

/** How well a name fits: 0 begins with it, 1 has words that do, 2 holds it, null not at all. */
function fitness(name, asked, words) {
  if (name.folded.startsWith(asked)) return 0;
  if (words.length && words.every((word) => name.words.some((own) => own.startsWith(word)))) return 1;
  if (words.length ? words.every((word) => name.folded.includes(word)) : name.folded.includes(asked)) return 2;
  return null;
}

/** Each fitting entry once, best first, with the name that fits best. */
function lookUp(text) {
  const asked = fold(text).trim();
  const words = asked.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const best = new Map();
  for (const name of asked ? names : []) {
    const score = fitness(name, asked, words);
    if (score === null) continue;
    const found = { name, node: name.node, score: score + (name.alias ? 0.5 : 0) };
    if (!(best.get(name.node)?.score <= found.score)) best.set(name.node, found);
  }
  return [...best.values()].sort(
    (a, b) => a.score - b.score || b.node.edges.length - a.node.edges.length || a.node.at - b.node.at,
  );
}

function showResults() {
  const found = lookUp(searchBox.value);
  const groups = Map.groupBy?.(found, (one) => one.node.kind) ?? groupedByKind(found);
  options = [];
  active = -1;
  const parts = [];
  for (const [kind, all] of groups) {
    const some = all.slice(0, Math.min(EACH_KIND, IN_ALL - options.length));
    if (!some.length) break;
    const heading = make("div", { class: "heading", id: `theGroup${kind.at}`, role: "presentation" }, bdi(kind.plural));
    if (all.length > some.length) heading.append(` – ${some.length} of ${number(all.length)}`);
    const group = make("div", { role: "group", "aria-labelledby": heading.id }, heading);
    for (const one of some) group.append(makeOption(one, options.push(one.node) - 1));
    parts.push(group);
  }
  const asked = searchBox.value.trim();
  byId("theClear").hidden = !searchBox.value;
  if (asked && !found.length) parts.push(make("div", { class: "empty", role: "option", "aria-disabled": "true", "aria-selected": "false" }, "Nothing by that name. Try a part of it."));
  resultList.replaceChildren(...parts);
  resultList.hidden = !asked;
  searchBox.setAttribute("aria-expanded", String(Boolean(asked)));
  foundLine.textContent = asked ? (found.length ? `${entries(found.length)} found` : "Nothing found") : "";
  choose(options.length ? 0 : -1);
}

function groupedByKind(found) {
  const groups = new Map();
  for (const one of found) groups.set(one.node.kind, [...(groups.get(one.node.kind) ?? []), one]);
  return groups;
}

function makeOption({ node, name }, at) {
  const option = make("div", { role: "option", id: `theOption${at}`, "aria-selected": "false" }, makeMark(node.kind), make("span", { class: "name" }, bdi(node.label)));
  if (name.alias) option.append(make("small", {}, "also written ", bdi(name.text)));
  option.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
  option.addEventListener("click", () => pickResult(at));
  return option;
}

function choose(at) {
  byId(`theOption${active}`)?.setAttribute("aria-selected", "false");
  active = at;
  const option = byId(`theOption${at}`);
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest", behavior: "instant" });
  if (option) searchBox.setAttribute("aria-activedescendant", option.id);
  else searchBox.removeAttribute("aria-activedescendant");
}

function hideResults() {
  resultList.hidden = true;
  searchBox.setAttribute("aria-expanded", "false");
  searchBox.removeAttribute("aria-activedescendant");
  foundLine.textContent = "";
}

function pickResult(at) {
  if (!options[at]) return;
  hideResults();
  openFrom(options[at].id, searchBox);
}

function clearSearch() {
  searchBox.value = "";
  showResults();
  searchBox.focus();
}

const SEARCH_KEYS = new Map([
  ["ArrowDown", () => (resultList.hidden ? showResults() : choose((active + 1) % options.length))],
  ["ArrowUp", () => choose((active - 1 + options.length) % options.length)],
  ["Enter", () => (resultList.hidden ? showResults() : pickResult(active))],
  ["Escape", () => (resultList.hidden ? clearSearch() : hideResults())],
]);

function watchSearch() {
  searchBox.addEventListener("input", showResults);
  searchBox.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey || !SEARCH_KEYS.has(event.key)) return;
    if (event.key !== "Escape" && !searchBox.value.trim()) return;
    event.preventDefault();
    SEARCH_KEYS.get(event.key)();
  });
  searchBox.addEventListener("click", () => resultList.hidden && searchBox.value && showResults());
  searchBox.addEventListener("blur", hideResults);
  byId("theClear").addEventListener("click", clearSearch);
}
