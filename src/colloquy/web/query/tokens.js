// A query as words: enough of SPARQL's tokens to know what stands where, to refuse what cannot run here, and to
// give the engine the text that the command line gives it.
const LETTER = "[\\p{L}_]";
const LATER = "[\\p{L}\\p{M}\\p{N}_\\u00b7-]";
const ESCAPE = "(?:%[0-9A-Fa-f]{2}|\\\\[_~.!$&'()*+,;=/?#@%-])";
const LOCAL = `(?:[\\p{L}\\p{N}_:]|${ESCAPE})(?:(?:${LATER}|[.:]|${ESCAPE})*(?:${LATER}|:|${ESCAPE}))?`;
const KINDS = [
  ["comment", "#[^\\n\\r]*"],
  ["iri", '<[^\\s<>"{}|^`\\\\]*>'],
  ["string", `"""(?:"{0,2}(?:[^"\\\\]|\\\\.))*"""|'''(?:'{0,2}(?:[^'\\\\]|\\\\.))*'''|"(?:[^"\\\\\\n\\r]|\\\\.)*"|'(?:[^'\\\\\\n\\r]|\\\\.)*'`],
  ["variable", `[?$][\\p{L}\\p{M}\\p{N}_]+`],
  ["blank", `_:[\\p{L}\\p{N}_](?:(?:${LATER}|\\.)*${LATER})?`],
  ["name", `(?:\\p{L}(?:(?:${LATER}|\\.)*${LATER})?)?:(?:${LOCAL})?`],
  ["language", "@[A-Za-z]+(?:-[A-Za-z0-9]+)*"],
  ["number", "[+-]?(?:(?:\\d+\\.\\d*|\\.?\\d+)[eE][+-]?\\d+|\\d*\\.\\d+|\\d+)"],
  ["word", `${LETTER}[\\p{L}\\p{N}_]*`],
  ["sign", "\\^\\^|\\|\\||&&|!=|<=|>=|\\S"],
];
const TOKEN = new RegExp(KINDS.map(([, form]) => `(${form})`).join("|"), "gus");
const MOST_DEPTH = 100;
const MOST_LETTERS = 100_000;
const FORMS = new Set(["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]);
const UPDATES = new Set(["INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"]);

/** What is wrong with a query: words, and where (line and column from 1, 0 where that is not known). */
class QueryFault extends Error {
  constructor(words, line = 0, column = 0, length = 1) {
    super(words);
    Object.assign(this, { line, column, length });
  }
  static at(token, words, text) {
    const before = text.slice(0, token.from).split(/\r\n|\r|\n/);
    return new QueryFault(words, before.length, Array.from(before.at(-1)).length + 1, token.to - token.from);
  }
}

function tokensOf(text) {
  const found = [];
  for (const match of text.matchAll(TOKEN)) {
    const at = match.findIndex((part, number) => number && part !== undefined);
    found.push({ kind: KINDS[at - 1][0], text: match[0], from: match.index, to: match.index + match[0].length });
  }
  return found;
}

const upper = (token) => (token?.kind === "word" ? token.text.toUpperCase() : "");

/** The prefixes that a query declares itself. */
function declaredIn(tokens) {
  const found = new Map();
  tokens.forEach((token, at) => {
    if (upper(token) === "PREFIX" && tokens[at + 1]?.kind === "name" && tokens[at + 2]?.kind === "iri") found.set(tokens[at + 1].text.slice(0, -1), tokens[at + 2].text.slice(1, -1));
  });
  return found;
}

/** Refuse what no engine is asked: updates, other servers, what is too long or too deep. */
function refuse(text, tokens) {
  if (!tokens.length) throw new QueryFault("The query is empty: begin with SELECT, ASK, CONSTRUCT or DESCRIBE.", 1, 1);
  if (text.length > MOST_LETTERS) throw new QueryFault(`The query has ${number(text.length)} characters; ${number(MOST_LETTERS)} are the most.`);
  const form = tokens.find((token) => FORMS.has(upper(token)));
  const update = tokens.find((token) => UPDATES.has(upper(token)));
  if (update && (!form || update.from < form.from)) throw QueryFault.at(update, `${upper(update)} is an update, and queries only read: facts are changed in the YAML files.`, text);
  let depth = 0;
  for (const token of tokens) {
    if (upper(token) === "SERVICE") throw QueryFault.at(token, "SERVICE is refused: a query asks this graph and never the network.", text);
    if (token.kind !== "sign") continue;
    depth += "([{".includes(token.text) - ")]}".includes(token.text);
    if (depth > MOST_DEPTH) throw QueryFault.at(token, `More than ${MOST_DEPTH} brackets are open here: nest less deeply.`, text);
  }
}

/** The columns of a SELECT, in order; of `*` all variables, as they come. */
function columnsOf(tokens) {
  const start = tokens.findIndex((token) => upper(token) === "SELECT");
  const variables = [...new Set(tokens.filter((token) => token.kind === "variable").map((token) => token.text.slice(1)))];
  const found = [];
  let depth = 0;
  for (let at = start + 1; at < tokens.length; at += 1) {
    const { kind, text } = tokens[at];
    if (text === "{" || upper(tokens[at]) === "WHERE" || upper(tokens[at]) === "FROM") break;
    if (text === "(") depth += 1;
    else if (text === ")") depth -= 1;
    else if (text === "*" && !depth) return variables;
    else if (kind === "variable" && (!depth || (depth === 1 && upper(tokens[at - 1]) === "AS"))) found.push(text.slice(1));
  }
  return found;
}

/** Where the outermost ORDER BY ends, and its keys that are variables alone; null without one. */
function orderOf(tokens) {
  let depth = 0;
  let [begin, end] = [-1, tokens.length];
  tokens.forEach((token, at) => {
    if ("{(".includes(token.text)) depth += 1;
    else if ("})".includes(token.text)) depth -= 1;
    else if (depth) return;
    else if (begin < 0 && upper(token) === "ORDER" && upper(tokens[at + 1]) === "BY") begin = at + 2;
    else if (begin >= 0 && end === tokens.length && ["LIMIT", "OFFSET", "VALUES"].includes(upper(token))) end = at;
  });
  if (begin < 0) return null;
  const keys = new Set();
  let inside = 0;
  for (let at = begin; at < end; at += 1) {
    const token = tokens[at];
    if (token.text === "(") inside += 1;
    else if (token.text === ")") inside -= 1;
    else if (token.kind === "variable" && !inside) keys.add(token.text.slice(1));
    else if (token.kind === "variable" && inside === 1 && ["ASC", "DESC"].includes(upper(tokens[at - 2])) && tokens[at + 1]?.text === ")") keys.add(token.text.slice(1));
  }
  return { end: tokens[end - 1].to, keys };
}

/**
 * Changes for Oxigraph 0.5.11, which works out an OPTIONAL of several patterns with a `+` path anew for every row before
 * it (later ones do not; npm has none yet): as a sub-select it is worked out once.  The rows are the same where the
 * OPTIONAL holds triple patterns alone, since nothing in it then sees what stands before it (SPARQL 1.1, clause 18.6).
 */
function optionalOnce(tokens) {
  const found = [];
  tokens.forEach((token, at) => {
    if (upper(token) !== "OPTIONAL" || tokens[at + 1]?.text !== "{") return;
    const end = tokens.findIndex((one, later) => later > at + 1 && "{}".includes(one.text));
    const inside = tokens.slice(at + 2, end);
    if (tokens[end]?.text !== "}" || inside.some((one) => one.kind === "word" && one.text !== "a") || inside.some(({ kind, text }) => kind === "sign" && "?*".includes(text))) return;
    const path = inside.some((one, here) => one.text === "+" && (["name", "iri"].includes(inside[here - 1]?.kind) || inside[here - 1]?.text === ")"));
    if (path && inside.slice(0, -1).some(({ kind, text }) => kind === "sign" && ".;,".includes(text))) found.push([tokens[at + 1].to, " { SELECT * {"], [tokens[end].from, "} } "]);
  });
  return found;
}

/**
 * Make a query ready for an engine: {text, form, columns, ordered, shift}.  What ties in an ORDER BY comes in the order
 * of its texts, so that rows have one number everywhere; prefixes of the project are declared, all in the first line,
 * which begins `shift` characters later for it; `declare` is for the engine of the page.  Throws QueryFault for what no engine is asked.
 */
function prepared(text, prefixes, declare) {
  const tokens = tokensOf(text).filter((token) => token.kind !== "comment");
  refuse(text, tokens);
  keepGrammar(text, tokens);
  const form = upper(tokens.find((token) => FORMS.has(upper(token))));
  const declared = declaredIn(tokens);
  const used = new Map();
  for (const [at, token] of tokens.entries()) {
    if (token.kind !== "name" || upper(tokens[at - 1]) === "PREFIX") continue;
    const prefix = token.text.slice(0, token.text.indexOf(":"));
    if (declared.has(prefix)) continue;
    if (!Object.hasOwn(prefixes, prefix)) throw QueryFault.at(token, `The prefix \`${prefix}:\` is not declared, and the project has none of that name.`, text);
    used.set(prefix, prefixes[prefix]);
  }
  const columns = form === "SELECT" ? columnsOf(tokens) : [];
  const order = form === "SELECT" ? orderOf(tokens) : null;
  const changes = declare ? optionalOnce(tokens) : [];
  if (order) {
    const tied = columns.map((name) => (order.keys.has(name) ? `ASC(COALESCE(STR(?${name}), ""))` : `ASC(COALESCE(CONCAT(STR(?${name}), " ", LANG(?${name})), STR(?${name}), ""))`));
    changes.push([order.end, ` ${tied.join(" ")}`]);
  }
  const made = changes.sort((a, b) => b[0] - a[0]).reduce((whole, [at, more]) => whole.slice(0, at) + more + whole.slice(at), text);
  const head = declare ? Array.from(used, ([prefix, iri]) => `PREFIX ${prefix}: <${iri}> `).join("") : "";
  return { text: head + made, form, columns, ordered: Boolean(order), shift: head.length };
}
