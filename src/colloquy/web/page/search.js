// The search: a combobox whose list holds entries by kind (ARIA Authoring Practices, combobox with listbox).
const searchBox = byId("theSearch");
const resultList = byId("theResults");
const EACH_KIND = 5;
const IN_ALL = 18;

/** Make a text field and a list one combobox.  `pick` is called with the entry that was chosen, `listAll`
 * (where there is one) with the text and all that was found. */
function combobox(input, results, { prefix, pick, listAll = null, most = IN_ALL, told = null, changed = () => {} }) {
  let options = []; // what each option does
  let active = -1;
  const optionId = (at) => `${prefix}Option${at}`;

  const choose = (at) => {
    byId(optionId(active))?.setAttribute("aria-selected", "false");
    active = at;
    const option = byId(optionId(at));
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest", behavior: "instant" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  };
  const step = (by) => options.length && choose((active + by + options.length) % options.length);
  const hide = () => {
    results.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    if (told) told.textContent = "";
  };
  const take = (at) => {
    if (!options[at]) return;
    hide();
    options[at]();
  };
  const addOption = (run, ...parts) => {
    const at = options.push(run) - 1;
    const option = make("div", { role: "option", id: optionId(at), "aria-selected": "false" }, ...parts);
    option.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
    option.addEventListener("click", () => take(at));
    return option;
  };
  const addEntry = ({ node, text }) => {
    const small = (...words) => make("small", {}, ...words);
    const parts = [makeMark(kind(node)), make("span", { class: "name" }, nameOf(node))];
    if (text !== null) parts.push(small("also written ", bdi(text)));
    if (!nodeShown[node]) parts.push(small("left out by the filters"));
    return addOption(() => pick(node), ...parts);
  };
  const groupOf = (all, some) => {
    const { at, plural } = kind(all[0].node);
    const heading = make("div", { class: "heading", id: `${prefix}Group${at}`, role: "presentation" }, bdi(plural));
    if (all.length > some.length) heading.append(` – ${some.length} of ${number(all.length)}`);
    return make("div", { role: "group", "aria-labelledby": heading.id }, heading, ...some.map(addEntry));
  };
  const show = () => {
    const asked = input.value.trim();
    const found = lookUp(asked);
    const byKind = new Map(found.map(({ node }) => [kindOf[node], []]));
    for (const one of found) byKind.get(kindOf[one.node]).push(one);
    options = [];
    active = -1;
    const parts = [];
    for (const all of byKind.values()) {
      const some = all.slice(0, Math.min(EACH_KIND, most - options.length));
      if (some.length) parts.push(groupOf(all, some));
    }
    if (listAll && found.length > options.length) parts.push(addOption(() => listAll(asked, found.map((one) => one.node)), make("span", { class: "all-found" }, `Show all ${number(found.length)} in the list`)));
    if (asked && !found.length) parts.push(make("div", { class: "empty", role: "option", "aria-disabled": "true", "aria-selected": "false" }, "Nothing by that name. Try a part of it."));
    results.replaceChildren(...parts);
    results.hidden = !asked;
    input.setAttribute("aria-expanded", String(Boolean(asked)));
    if (told) told.textContent = asked ? (found.length ? `${entries(found.length)} found${found[0].score >= 3 ? ", written nearly so" : ""}` : "Nothing found") : "";
    changed();
    results.scrollIntoView({ block: "nearest", behavior: "instant" }); // it may open below the window
    choose(options.length ? 0 : -1);
  };
  const clear = () => {
    input.value = "";
    show();
    input.focus();
  };
  const keys = new Map([
    ["ArrowDown", () => (results.hidden ? show() : step(1))],
    ["ArrowUp", () => (results.hidden ? show() : step(-1))],
    ["Enter", () => (results.hidden ? show() : take(active))],
    ["Escape", () => (results.hidden ? clear() : hide())],
  ]);
  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey || !keys.has(event.key)) return;
    if (!input.value.trim()) return;
    event.preventDefault();
    event.stopPropagation();
    keys.get(event.key)();
  });
  input.addEventListener("click", () => results.hidden && input.value && show());
  input.addEventListener("blur", hide);
  return { clear };
}

function watchSearch() {
  const clearButton = byId("theClear");
  const { clear } = combobox(searchBox, resultList, {
    prefix: "the",
    told: byId("theFound"),
    changed: () => (clearButton.hidden = !searchBox.value),
    pick: (node) => openNode(node, "search"),
    listAll: listFound,
  });
  clearButton.addEventListener("click", clear);
  searchBox.addEventListener("focus", () => setTimeout(readWords), { once: true }); // before the first letter
}
