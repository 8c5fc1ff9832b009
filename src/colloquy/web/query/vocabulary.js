// The words that may be asked for: prefixes, and the classes and properties that occur in this data.
const vocabulary = (({ classes, properties }) => {
  const written = (one, sort) => ({ ...one, sort, name: compressed(one.iri), folded: fold(`${compressed(one.iri)} ${one.label}`) });
  return { classes: classes.map((one) => written(one, "class")), properties: properties.map((one) => written(one, "property")) };
})(core.vocabulary);
const termNamed = new Map([...vocabulary.properties, ...vocabulary.classes].map((one) => [one.iri, one]));
const classAt = (iri) => vocabulary.classes.findIndex((one) => one.iri === iri);

/** How often something occurs, in words. */
function usage(one) {
  if (one.sort === "class") return counted(one.count, "thing", "things");
  const where = one.graphs.map((iri) => compressed(iri)).join(", ");
  return `${counted(one.count, "triple", "triples")}${where ? (one.everywhere ? `, also in ${where}` : ` in ${where}`) : ""}`;
}

/** What is known of a word of a query: an element with its name, label, definition and use; null where nothing is. */
function meaningOf(iri) {
  const one = termNamed.get(iri);
  if (!one) return null;
  const box = make("div", { class: "meaning" });
  box.append(make("p", {}, make("b", {}, bdi(one.label)), ` – ${one.sort}, `, make("code", {}, one.name)));
  if (one.definition) box.append(make("p", { dir: "auto" }, one.definition));
  const most = Object.entries(one.of ?? {}).sort((a, b) => b[1] - a[1]).slice(0, 3).map(([at]) => vocabulary.classes[at].label);
  box.append(make("p", { class: "soft" }, usage(one) + (most.length ? `; said of ${most.join(", ")}` : "")));
  return box;
}
