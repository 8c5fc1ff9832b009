// What is said, as elements: sentences whose names are links, each with what says so.  All text stays text.

const SEEN = /[^\p{C}\p{Z}\u115f\u1160\u2800\u3164\uffa0]/u;
/** An entry's name; its id where the name has nothing that can be seen. */
const labelOf = (node) => (SEEN.test(labels[node]) ? labels[node] : ids[node]);

/** A name in its own language and direction of writing. */
function nameOf(node) {
  const name = bdi(labelOf(node));
  if (languageOf(node)) name.lang = languageOf(node);
  return name;
}

const linkTo = (node) => make("a", { href: `#${coded(ids[node])}` }, nameOf(node));
const linkOut = (address, words) => make("a", { href: address, rel: "noreferrer noopener" }, words);
const commas = (parts) => parts.flatMap((part, at) => (at ? [", ", part] : [part]));
const alsoWritten = (node) => (aliasesOf(node).length ? [make("p", { class: "aliases" }, "Also written ", ...commas(aliasesOf(node).map(bdi)), ".")] : []);

/** A sentence; the entry that it is read with (`own`) is no link. */
function sentence({ pieces, cut }, own) {
  const parts = pieces.flatMap(([text, node], at) => {
    if (node >= 0) return [node === own ? nameOf(node) : linkTo(node)];
    return withAddresses(text, cut && at === pieces.length - 1);
  });
  return make("span", {}, ...parts, ...(cut ? ["…"] : []));
}

/** Make web addresses in a text links; one that was cut off leads nowhere. */
function withAddresses(text, cut) {
  const parts = text.split(/(https?:\/\/[^\s<>"“”‘’]*[^\s<>"“”‘’.,;:!?)\]}])/);
  return parts.filter(Boolean).map((part, at, all) => {
    if (!SAFE_LINK.test(part) || (cut && at === all.length - 1)) return part;
    const link = linkOut(part, part);
    link.dir = "ltr";
    return link;
  });
}

function writtenAt({ file, line, link }) {
  const words = `${file}, line ${line}`;
  return link ? linkOut(link, words) : make("span", { class: "file" }, words);
}

/** What says so in a line: document, section and phrase; without them the file, by the last part of its name. */
function sourceWords({ basis, document: name, section, phrase, reason, file, line }) {
  const where = commas([name && make("b", {}, bdi(name)), section && bdi(section)].filter(Boolean));
  if (basis === "inferred") {
    return [make("i", {}, "Read between the lines"), ...(reason ? [": ", bdi(reason)] : []), ...(where.length ? [" (", ...where, ")"] : [])];
  }
  if (phrase) return [...where, ...(where.length ? [": "] : []), make("q", {}, bdi(phrase))];
  return where.length ? where : [make("span", { class: "file" }, `${file.split("/").at(-1)}, line ${line}`)];
}

/** What says so, and folded, where it is written. */
function proof(one, opened = false) {
  const told = make("p", {}, make("span", {}, "Written in ", writtenAt(one), "."));
  const paper = one.documentId ? nodeNamed(one.documentId) : -1;
  if (paper >= 0) told.append(" See the document: ", linkTo(paper), ".");
  if (one.correct) told.append(" ", linkOut(one.correct, "Report a mistake"));
  return make("details", { class: "proof", open: opened }, make("summary", {}, ...sourceWords(one)), told);
}

const proofs = (evidence, opened) => evidence.map((one) => proof(one, opened));

/** Where a text that was cut off goes on. */
const goesOn = ({ cut, evidence }) => (cut && evidence.length ? [make("p", { class: "detail" }, "It goes on in ", writtenAt(evidence[0]), ".")] : []);

/** Details that the sentence does not hold, or that something else says. */
function detailParts({ text, evidence, details = [] }) {
  const keyOf = ({ file, line, phrase }) => JSON.stringify([file, line, phrase]);
  const known = new Set(evidence.map(keyOf));
  return details.flatMap((detail) => {
    const more = detail.evidence.filter((one) => !known.has(keyOf(one)));
    if (!more.length && text.includes(detail.text)) return [];
    return [make("p", { class: "detail", dir: "auto" }, sentence(detail, -1)), ...goesOn(detail), ...proofs(more)];
  });
}

function factItem(fact, own) {
  return make("li", { class: "fact" }, make("p", { dir: "auto" }, sentence(fact, own)), ...goesOn(fact), ...proofs(fact.evidence));
}

const edgeOfItem = new WeakMap(); // the link that a statement on the page is about

/** A link as it is said with `own`, the other end named beside it where the sentence does not name it. */
function sentenceItem(link, own, other = otherEnd(link.edge, own)) {
  const words = sentence(link, own);
  if (other !== own && !link.pieces.some(([, node]) => node === other)) words.append(" (", linkTo(other), ")");
  const item = make("li", { class: "statement" }, make("p", { dir: "auto" }, makeMark(kind(other)), words), ...detailParts(link), ...proofs(link.evidence));
  item.dataset.edge = edgeId(link.edge);
  edgeOfItem.set(item, link.edge);
  item.append(make("a", { class: "alone", href: `#edge:${coded(edgeId(link.edge))}`, "aria-label": "This link on its own" }));
  return item;
}

/** An entry's links by relation; in each group those that start from it come first, then by name. */
function linkGroups(record, own) {
  const groups = new Map();
  for (const link of record.links) {
    const at = relationOf[link.edge];
    if (!groups.has(at)) groups.set(at, []);
    groups.get(at).push(link);
  }
  const away = ({ edge }) => Number(edgeFrom[edge] !== own);
  const inOrder = (a, b) => away(a) - away(b) || byName(otherEnd(a.edge, own), otherEnd(b.edge, own));
  return [...groups].sort(([a], [b]) => a - b).map(([at, some]) => ({ relation: relations[at], links: some.sort(inOrder) }));
}

let collator = null; // made when the first two names are compared: it takes as long to make as all modules here
const sortKeys = new Map();

/** A name as it is sorted: case, accents and leading punctuation aside. */
function sortKey(node) {
  let key = sortKeys.get(node);
  if (key === undefined) sortKeys.set(node, (key = fold(labels[node]).replace(/^[^\p{L}\p{N}]+/u, "")));
  return key;
}
const byName = (a, b) => (collator ??= new Intl.Collator(head.lang)).compare(sortKey(a), sortKey(b)) || a - b;

/** How a kind's plural is written within a sentence: small where the kind's own name is. */
function pluralOf({ label, plural }) {
  const small = label[0] && label[0] === label[0].toLowerCase();
  return small ? plural[0].toLowerCase() + plural.slice(1) : plural;
}
const ofKind = (count, one) => `${number(count)} ${count === 1 ? one.label : pluralOf(one)}`;
