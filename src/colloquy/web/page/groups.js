// Statements under headings: facts of one sort, links of one relation; many are folded and can be looked through.
const LONG_GROUP = 12;
const MANY_FACTS = 6; // links are of more interest than the seventh fact
const FILTERED_GROUP = 40;

/** Facts stand together; those of which an entry has many of one sort have a heading of their own. */
function factGroups(facts) {
  const sorts = new Map();
  for (const fact of facts) sorts.set(fact.group, [...(sorts.get(fact.group) ?? []), fact]);
  const many = [...sorts].filter(([, some]) => some.length > 3 && some.length < facts.length);
  const rest = facts.filter((fact) => !many.some(([group]) => group === fact.group));
  return [...(rest.length ? [["In words", rest]] : []), ...many];
}

/** A heading and its statements: the first of many, and a field to look through very many. */
function groupParts(words, all, toItem, most = LONG_GROUP) {
  const made = new Map();
  const itemOf = (one) => made.get(one) ?? made.set(one, toItem(one)).get(one);
  const some = make("ul");
  const parts = [make("h3", {}, bdi(words), make("span", { class: "number" }, number(all.length))), some];
  let [shown, asked] = [most, ""];
  const button = make("button", { type: "button", class: "showall" }, `Show all ${number(all.length)}`);
  const told = make("p", { class: "unseen", role: "status" });
  const draw = () => {
    const fit = asked ? all.filter((one) => fold(one.text).includes(asked)) : all;
    some.replaceChildren(...fit.slice(0, asked ? all.length : shown).map(itemOf));
    button.hidden = Boolean(asked) || shown >= all.length;
    told.textContent = asked ? `${number(fit.length)} of ${number(all.length)}` : "";
  };
  button.addEventListener("click", () => {
    shown = all.length;
    draw();
    some.children[most].querySelector("a, summary")?.focus();
  });
  if (all.length > FILTERED_GROUP) {
    const input = make("input", { type: "search", class: "within", "aria-label": `Look through ${words}`, placeholder: `Look through these ${number(all.length)}` });
    input.addEventListener("input", () => {
      asked = fold(input.value).trim();
      draw();
    });
    parts.splice(1, 0, input, told);
  }
  draw();
  return all.length > most ? [...parts, button] : parts;
}

const thing = (node) => make("li", {}, makeMark(kind(node)), make("span", {}, linkTo(node), make("span", { class: "soft" }, ` – ${kind(node).label}`)));
const thingList = (some) => make("ul", { class: "things" }, ...some.map(thing));
