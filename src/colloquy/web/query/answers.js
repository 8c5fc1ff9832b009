// Answers as rows of terms, each term as N-Triples writes it; in the same order as on the command line, so that a row
// has one number wherever it was asked for.  The worker has this file too.
const XSD = "http://www.w3.org/2001/XMLSchema#";
const GRAPH_COLUMNS = ["subject", "predicate", "object"];
const RAW = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/g;
const SHORT = { "\b": "\\b", "\f": "\\f" };

/** A cell of TSV as a term: numbers and booleans stand bare there, and some control characters raw. */
function termOfCell(cell) {
  if (cell === "") return null;
  const first = cell[0];
  if (first === '"') return cell.replace(RAW, (letter) => SHORT[letter] ?? `\\u${letter.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`);
  if (first === "<" || first === "_") return cell;
  const kind = first === "t" || first === "f" ? "boolean" : /e/i.test(cell) ? "double" : cell.includes(".") ? "decimal" : "integer";
  return `"${cell}"^^<${XSD}${kind}>`;
}

function rowsOfTsv(text) {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const head = lines.shift() ?? "";
  const columns = head ? head.split("\t").map((name) => name.slice(1)) : [];
  return { columns, rows: lines.map((line) => (columns.length ? line.split("\t").map(termOfCell) : [])) };
}

function rowsOfTriples(text) {
  const lines = new Set(text.split("\n").filter(Boolean));
  const rows = Array.from(lines, (line) => {
    const [first, second] = [line.indexOf(" "), line.indexOf(" ", line.indexOf(" ") + 1)];
    return [line.slice(0, first), line.slice(first + 1, second), line.slice(second + 1, line.lastIndexOf(" ."))];
  });
  return { columns: GRAPH_COLUMNS, rows };
}

/** Compare texts by their characters, not by the halves that a computer writes some of them in. */
function byCharacters(a, b) {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const [one, other] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (one === other) continue;
    const half = (code) => code >= 0xd800 && code < 0xe000;
    return half(one) === half(other) ? one - other : half(one) ? 1 : -1;
  }
  return a.length - b.length;
}

function byTerms(a, b) {
  for (let at = 0; at < a.length; at += 1) {
    if (a[at] === b[at]) continue;
    const order = byCharacters(a[at] ?? "", b[at] ?? "");
    if (order) return order;
  }
  return 0;
}

/** Columns in the order in which they are named; rows by their terms, unless the query orders them; blank nodes named anew. */
function settled({ columns, rows }, wanted, ordered) {
  const rank = (name) => (wanted.includes(name) ? wanted.indexOf(name) : wanted.length);
  const places = columns.map((_, at) => at).sort((a, b) => rank(columns[a]) - rank(columns[b]) || byCharacters(columns[a], columns[b]));
  const moved = places.some((place, at) => place !== at);
  let sorted = moved ? rows.map((row) => places.map((place) => row[place])) : rows;
  const blank = sorted.some((row) => row.some((term) => term?.startsWith("_:")));
  if (!ordered) {
    const mask = (row) => row.map((term) => (term?.startsWith("_:") ? "_:" : term));
    sorted = blank ? sorted.map((row) => [mask(row), row]).sort((a, b) => byTerms(a[0], b[0])).map(([, row]) => row) : sorted.sort(byTerms);
  }
  if (blank) {
    const names = new Map();
    const named = (term) => (names.has(term) ? names : names.set(term, `_:b${names.size}`)).get(term);
    sorted = sorted.map((row) => row.map((term) => (term?.startsWith("_:") ? named(term) : term)));
  }
  return { columns: places.map((place) => columns[place]), rows: sorted };
}

/** Read what an engine wrote: TSV of a SELECT, JSON of an ASK, N-Triples of a graph. */
function answerOf(written, { form, columns, ordered }) {
  if (form === "ASK") return { kind: "ask", columns: ["answer"], rows: [[`"${JSON.parse(written).boolean}"^^<${XSD}boolean>`]] };
  if (form === "SELECT") return { kind: "select", ...settled(rowsOfTsv(written), columns, ordered) };
  return { kind: "graph", ...settled(rowsOfTriples(written), GRAPH_COLUMNS, false) };
}

/** The form in which an engine is asked for an answer that is to be read here. */
const READ_AS = { SELECT: "text/tab-separated-values", ASK: "application/sparql-results+json", CONSTRUCT: "application/n-triples", DESCRIBE: "application/n-triples" };
