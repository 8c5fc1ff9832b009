// Completion: what may come next, with its label and how often it occurs; what fits the subject's class comes first.
const KEYWORDS = "SELECT DISTINCT WHERE ASK CONSTRUCT DESCRIBE PREFIX OPTIONAL UNION MINUS FILTER BIND VALUES GRAPH EXISTS NOT|EXISTS GROUP|BY ORDER|BY HAVING LIMIT OFFSET AS DESC ASC IN FROM FROM|NAMED".split(" ").map((word) => word.replace("|", " "));
const FUNCTIONS = "COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT STR LANG DATATYPE IRI BOUND IF COALESCE CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER STRLEN SUBSTR UCASE LCASE REGEX REPLACE CONCAT YEAR MONTH DAY NOW ABS ROUND CEIL FLOOR isIRI isLITERAL isNUMERIC LANGMATCHES sameTerm".split(" ");
const STARTS = ["SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "PREFIX"];
const MOST_OFFERED = 60;

/** How well a word fits what is typed: 0 where it begins so, 1 where one of its parts does, 2 anywhere; -1 where it does not. */
function fitOf(one, typed) {
  if (!typed) return 0;
  const local = fold(one.name.slice(one.name.indexOf(":") + 1));
  if (one.folded.startsWith(typed) || local.startsWith(typed) || fold(one.label).startsWith(typed)) return 0;
  if (one.folded.split(/[\s:-]+/).some((part) => part.startsWith(typed))) return 1;
  return typed.length > 1 && one.folded.includes(typed) ? 2 : -1;
}

function offered(one, count, boost) {
  return { label: one.name, detail: `${one.label} · ${number(count)}`, type: one.sort, boost, info: () => ({ dom: meaningOf(one.iri) }) };
}

/** Properties, those first that things of these classes have, with the number of times that they do. */
function propertiesFor(classes, typed) {
  const ofClasses = (one) => Math.max(0, ...classes.map((at) => one.of[at] ?? 0));
  const graded = vocabulary.properties.map((one) => ({ one, fit: fitOf(one, typed), own: classes.length ? ofClasses(one) : one.count })).filter(({ fit, own }) => fit >= 0 && (own || typed));
  graded.sort((a, b) => Boolean(b.own) - Boolean(a.own) || a.fit - b.fit || b.own - a.own);
  return graded.slice(0, MOST_OFFERED).map(({ one, own }) => offered(one, own || one.count));
}

function classesFor(typed) {
  const graded = vocabulary.classes.map((one) => ({ one, fit: fitOf(one, typed) })).filter(({ fit }) => fit >= 0);
  return graded.sort((a, b) => a.fit - b.fit).slice(0, MOST_OFFERED).map(({ one }) => offered(one, one.count));
}

function prefixesFor(typed) {
  const found = Object.entries(head.prefixes).filter(([prefix]) => prefix.startsWith(typed.replace(/:.*/, "")));
  return found.map(([prefix, iri]) => ({ label: `${prefix}:`, detail: iri, apply: `${prefix}: <${iri}>`, type: "namespace" }));
}

function variablesFor(tokens, word) {
  const names = new Set(tokens.filter((token) => token.kind === "variable" && token.text !== word).map((token) => token.text));
  return [...names].filter((name) => name.slice(1).startsWith(word.slice(1))).map((label) => ({ label, type: "variable" }));
}

const wordsFor = (some, typed, type) => some.filter((word) => fold(word).startsWith(typed)).map((label) => ({ label, type }));

/** Entries by name, asked of the data itself. */
async function entriesFor(typed) {
  if (typed.length < 3 || obstacle() || running) return [];
  const found = await entriesNamed(typed, 12).catch(() => []);
  return found.map(({ iri, label }) => ({ label: compressed(iri), detail: label, type: "entry" }));
}

/** What to offer at a place of the query, as CodeMirror takes it; nothing without a word, unless it was asked for. */
async function completionsAt({ state, pos, explicit }) {
  const context = contextAt(state.doc.toString(), pos);
  if (!context || (!context.word && !explicit && !["predicate", "class"].includes(context.place))) return null;
  if (!context.word && !explicit && !/\s$/.test(state.sliceDoc(0, pos))) return null;
  const { from, word, place, classes, tokens } = context;
  if (/^[?$]/.test(word)) return { from, options: variablesFor(tokens, word), filter: false };
  if (/^[<\d"']/.test(word)) return null;
  const typed = fold(word);
  const keywords = typed ? wordsFor(KEYWORDS, typed, "keyword") : [];
  const functions = typed ? wordsFor(FUNCTIONS, typed, "function") : [];
  let options = [];
  if (place === "prefix") options = prefixesFor(word);
  else if (place === "start") options = wordsFor(STARTS, typed, "keyword");
  else if (place === "predicate") options = [...propertiesFor(classes, typed), ...keywords];
  else if (place === "class") options = [...classesFor(typed), ...(explicit ? variablesFor(tokens, "?") : [])];
  else if (place === "object") options = [...variablesFor(tokens, "?").slice(0, typed ? 0 : 20), ...(typed ? [...(await entriesFor(typed)), ...classesFor(typed).slice(0, 5)] : [])];
  else options = [...keywords, ...functions, ...(typed ? [...propertiesFor([], typed).slice(0, 20), ...classesFor(typed).slice(0, 10)] : variablesFor(tokens, "?"))];
  return options.length ? { from, options, filter: false } : null;
}
