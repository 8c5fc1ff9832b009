// Terms in N-Triples syntax, taken apart and said for people.
const RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const RDFS_LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>";
const NUMBERS = new Set(["integer", "decimal", "double", "float", "long", "int", "short", "byte", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"].map((name) => XSD + name));
const DATES = new Set(["date", "dateTime", "gYear", "gYearMonth"].map((name) => XSD + name));
const LITERAL = /^"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?$/s;
const LETTERS_ESCAPED = { t: "\t", n: "\n", r: "\r", b: "\b", f: "\f", '"': '"', "'": "'", "\\": "\\" };

/** {type: "uri" | "literal" | "bnode", value, language, datatype}; null of what is unbound. */
function readTerm(term) {
  if (term === null) return null;
  if (term.startsWith("<")) return { type: "uri", value: term.slice(1, -1) };
  if (term.startsWith("_:")) return { type: "bnode", value: term.slice(2) };
  const found = LITERAL.exec(term);
  if (!found) return { type: "literal", value: term, datatype: `${XSD}string` };
  const value = found[1].replace(/\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/gs, (_, four, eight, letter) => (letter ? (LETTERS_ESCAPED[letter] ?? letter) : String.fromCodePoint(parseInt(four ?? eight, 16))));
  return { type: "literal", value, language: found[2], datatype: found[2] ? `${RDF}langString` : (found[3] ?? `${XSD}string`) };
}

/** A term as SPARQL results in JSON have it. */
function jsonTerm(term) {
  const { type, value, language, datatype } = readTerm(term);
  if (type !== "literal") return { type, value };
  return { type, value, ...(language ? { "xml:lang": language } : datatype === `${XSD}string` ? {} : { datatype }) };
}

const isIri = (term) => Boolean(term?.startsWith("<"));
const literalOf = (text) => `"${text.replace(/["\\]/g, "\\$&").replace(/\n/g, "\\n").replace(/\r/g, "\\r").replace(/\t/g, "\\t")}"`;

/** The shortest way to write an IRI: with a prefix where what follows is a plain name. */
function compressed(iri) {
  let [best, longest] = [null, 0];
  for (const [prefix, namespace] of Object.entries(head.prefixes)) {
    if (namespace.length > longest && iri.startsWith(namespace) && /^[A-Za-z0-9_][A-Za-z0-9_-]*$/.test(iri.slice(namespace.length))) [best, longest] = [prefix, namespace.length];
  }
  return best === null ? `<${iri}>` : `${best}:${iri.slice(longest)}`;
}

/** The IRI that a prefixed name or `<IRI>` of a query stands for, or null. */
function expanded(text, declared = new Map()) {
  if (text.startsWith("<")) return text.slice(1, -1);
  const cut = text.indexOf(":");
  const prefix = text.slice(0, cut);
  const namespace = declared.get(prefix) ?? (Object.hasOwn(head.prefixes, prefix) ? head.prefixes[prefix] : null);
  return cut < 0 || namespace === null ? null : namespace + text.slice(cut + 1).replace(/\\(.)/g, "$1");
}

/** What a term is worth in a chart or for sorting: a number, or NaN. */
function numberOf(term) {
  const { type, value, datatype } = readTerm(term) ?? {};
  return type === "literal" && NUMBERS.has(datatype) ? Number(value.replace("INF", "Infinity")) : NaN;
}
