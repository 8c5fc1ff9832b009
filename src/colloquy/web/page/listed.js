// The entries of the list: each with its name, and folded, all that is said of it; many are shown page by page.
const AT_FIRST = 60;
const MORE = 200;
const listWindows = new Map(); // from which to which entry a fold has been shown
const entriesOpen = new Set(); // what the visitor opened stays so

/** One entry: its name, and folded, all that is said of it. */
function entryItem(node) {
  const all = degreeOf(node);
  const shown = linksOf(node).filter((edge) => edgeShown[edge]).length;
  const words = all ? (shown === all ? links(all) : `${number(shown)} of ${links(all)}`) : "what is said";
  const fold_ = make("details", { class: "all", open: entriesOpen.has(node) }, make("summary", {}, words, make("span", { class: "unseen" }, " of ", nameOf(node))));
  const item = make("li", { class: "entry" }, make("h4", {}, makeMark(kind(node)), linkTo(node)), fold_);
  item.dataset.node = ids[node];
  if (!nodeShown[node]) item.firstChild.append(make("small", { class: "soft" }, "left out by the filters"));
  fold_.addEventListener("toggle", () => {
    if (fold_.open) entriesOpen.add(node);
    else entriesOpen.delete(node);
    if (fold_.open) fillEntry(fold_, node);
  });
  if (fold_.open) fillEntry(fold_, node);
  return item;
}

async function fillEntry(fold_, node) {
  if (fold_.dataset.filled) return;
  fold_.dataset.filled = "yes";
  fold_.append(make("div", { class: "body" }, ...bodyOf(await recordOf(node), node)));
  markCurrent();
}

/** All that is said of an entry; of its links, those that are shown. */
function bodyOf(record, node) {
  const group = (words, items) => make("div", { class: "group" }, make("h5", {}, bdi(words)), make("ul", {}, ...items));
  const parts = alsoWritten(node);
  for (const [words, facts] of factGroups(record.facts)) parts.push(group(words, facts.map((fact) => factItem(fact, node))));
  for (const { relation, links: some } of linkGroups(record, node)) {
    const shown = some.filter((link) => edgeShown[link.edge]);
    if (shown.length) parts.push(group(relation.label, shown.map((link) => sentenceItem(link, node))));
  }
  return parts;
}

/** The entries of a part, so many at a time, with letters to jump to where there are many. */
function entryPages(key, order) {
  const list_ = make("ul", { class: "entries" });
  const [earlier, later] = [make("button", { type: "button" }), make("button", { type: "button" })];
  const where = make("span", { class: "number" });
  const itemsOf = (from, to) => order.slice(from, to).map(entryItem);
  let [first, end] = [0, 0];
  const told = () => {
    listWindows.set(key, [first, end]);
    earlier.parentNode.hidden = first === 0;
    earlier.textContent = `Show ${number(Math.min(MORE, first))} before`;
    later.parentNode.hidden = end >= order.length && first === 0;
    later.hidden = end >= order.length;
    later.textContent = `Show ${number(Math.min(MORE, order.length - end))} more`;
    where.textContent = `${number(first + 1)} to ${number(end)} of ${number(order.length)}`;
    markCurrent();
  };
  const goTo = (from, count = AT_FIRST) => {
    [first, end] = [Math.min(from, Math.max(0, order.length - 1)), Math.min(from + count, order.length)];
    list_.replaceChildren(...itemsOf(first, end));
    told();
  };
  earlier.addEventListener("click", () => {
    const from = Math.max(0, first - MORE);
    list_.prepend(...itemsOf(from, first));
    first = from;
    told();
    list_.querySelector("h4 a").focus();
  });
  later.addEventListener("click", () => {
    const next = end;
    end = Math.min(end + MORE, order.length);
    list_.append(...itemsOf(next, end));
    told();
    list_.children[next - first].querySelector("h4 a").focus();
  });
  const parts = [make("p", { class: "further" }, earlier), list_, make("p", { class: "further" }, later, " ", where)];
  if (order.length > MORE) parts.unshift(letterRow(order, list_, goTo));
  const [from, to] = listWindows.get(key) ?? [0, AT_FIRST];
  goTo(from < order.length ? from : 0, Math.max(to - from, AT_FIRST));
  return parts;
}

/** Letters to jump to in a long list; scripts without small and capital letters share one. */
function letterRow(order, list_, goTo) {
  const firsts = new Map();
  order.forEach((node, at) => {
    const letter = [...sortKey(node)][0] ?? "";
    const name = !/\p{L}/u.test(letter) ? "0–9" : letter.toUpperCase() === letter ? `${letter} …` : letter.toUpperCase();
    const script = name.endsWith("…") ? "other" : name;
    if (!firsts.has(script)) firsts.set(script, { name, at });
  });
  const row = make("p", { class: "letters", role: "group", "aria-label": "Go to a letter" });
  for (const { name, at } of firsts.values()) {
    const button = make("button", { type: "button" }, bdi(name));
    button.addEventListener("click", () => {
      goTo(at);
      list_.querySelector("h4 a").focus({ preventScroll: true });
      row.scrollIntoView({ block: "start" });
    });
    row.append(button);
  }
  return row;
}
