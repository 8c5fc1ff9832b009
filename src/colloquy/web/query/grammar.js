// Reads a query by the grammar that the command line reads it by (sparql/grammar.py, whose rules stand in the page), so
// that both find a fault at the same word, and know what could stand there.
const GRAMMAR = (({ rules: text, functions, aggregates }) => {
  const rules = new Map();
  let words = [];
  const fresh = (alternatives) => {
    const name = `#${rules.size}`;
    rules.set(name, alternatives);
    return name;
  };
  const sequence = () => {
    const found = [];
    while (words.length && !"|)".includes(words.at(-1))) {
      const word = words.pop();
      let item = word.replaceAll("'", "");
      if (word === "(") {
        item = fresh(alternatives());
        words.pop();
      }
      if (words.length && "*+?".includes(words.at(-1))) {
        const sign = words.pop();
        if (sign === "?") found.push(fresh([[item], []]));
        else {
          const again = fresh([]);
          rules.set(again, [[item, again], []]);
          found.push(...(sign === "*" ? [again] : [item, again]));
        }
      } else found.push(item);
    }
    return found;
  };
  const alternatives = () => {
    const found = [sequence()];
    while (words.at(-1) === "|") {
      words.pop();
      found.push(sequence());
    }
    return found;
  };
  for (const line of text.replace(/\n +/g, " ").trim().split("\n")) {
    const cut = line.indexOf(" = ");
    words = line.slice(cut + 3).match(/'[^']+'|[A-Za-z]+|[()|*+?]/g).reverse();
    rules.set(line.slice(0, cut), alternatives());
  }
  const empty = new Set();
  const first = new Map(Array.from(rules.keys(), (name) => [name, new Set()]));
  const starts = (some) => {
    const found = new Set();
    for (const symbol of some) {
      for (const one of first.get(symbol) ?? [symbol]) found.add(one);
      if (!empty.has(symbol)) break;
    }
    return found;
  };
  for (let [before, size] = [-1, 0]; before !== size; ) {
    before = size;
    for (const [name, each] of rules) {
      for (const some of each) {
        if (some.every((symbol) => empty.has(symbol))) empty.add(name);
        for (const one of starts(some)) first.get(name).add(one);
      }
    }
    size = empty.size + [...first.values()].reduce((sum, { size: own }) => sum + own, 0);
  }
  const choose = new Map(Array.from(rules, ([name, each]) => [name, new Map(each.flatMap((some) => Array.from(starts(some), (one) => [one, some])))]));
  const keywords = new Set(Array.from(text.matchAll(/'([A-Z_]+)'/g), ([, word]) => word));
  return { choose, empty, keywords, functions: new Set(functions), aggregates: new Set(aggregates) };
})(core.grammar);

const TERMINALS = { iri: "IRIREF", blank: "BLANK", variable: "VAR", string: "STRING", language: "LANGTAG", nil: "NIL", anon: "ANON" };

function terminalOf({ kind, text }) {
  if (kind === "name") return text.endsWith(":") ? "NAMESPACE" : "NAME";
  if (kind === "number") return /^[+-]/.test(text) ? "SIGNED" : /^\d+$/.test(text) ? "INTEGER" : "DECIMAL";
  if (kind !== "word") return TERMINALS[kind] ?? text;
  const word = text.toUpperCase();
  if (GRAMMAR.functions.has(word)) return "FUNCTION";
  if (GRAMMAR.aggregates.has(word)) return "AGGREGATE";
  return text === "a" ? "a" : GRAMMAR.keywords.has(word) ? word : "UNKNOWN";
}

/** `()` and `[]`, each of which the grammar reads as one. */
function joined(tokens) {
  const found = [];
  for (const token of tokens) {
    const last = found.at(-1);
    if ((token.text === ")" && last?.text === "(") || (token.text === "]" && last?.text === "[")) found[found.length - 1] = { ...last, kind: token.text === ")" ? "nil" : "anon", text: last.text + token.text, to: token.to };
    else found.push(token);
  }
  return found;
}

/** The first token that no query could have there, with what could stand there; null where there is none. */
function faultIn(tokens) {
  let stack = { symbol: "Query", rest: null };
  let settled = stack;
  for (let at = 0; at <= tokens.length; at += 1) {
    const terminal = at < tokens.length ? terminalOf(tokens[at]) : "";
    while (stack && GRAMMAR.choose.has(stack.symbol)) {
      const some = GRAMMAR.choose.get(stack.symbol).get(terminal);
      if (!some && !GRAMMAR.empty.has(stack.symbol)) return { at, expected: expectedOf(settled) };
      stack = (some ?? []).reduceRight((rest, symbol) => ({ symbol, rest }), stack.rest);
    }
    if (!stack && !terminal) return null;
    if (stack?.symbol !== terminal) return { at, expected: expectedOf(settled) };
    stack = settled = stack.rest;
  }
  return null;
}

function expectedOf(stack) {
  const found = new Set();
  for (let here = stack; here; here = here.rest) {
    for (const one of GRAMMAR.choose.get(here.symbol)?.keys() ?? [here.symbol]) found.add(one);
    if (!GRAMMAR.empty.has(here.symbol)) return found;
  }
  return found.add("");
}

const SAID = [
  [["VAR", "IRIREF", "STRING"], "a variable, an IRI or a value", "VAR IRIREF NAME NAMESPACE STRING INTEGER DECIMAL TRUE FALSE SIGNED NIL ANON BLANK [ ("],
  [["IRIREF", "STRING"], "an IRI or a value", "IRIREF NAME NAMESPACE STRING INTEGER DECIMAL TRUE FALSE SIGNED"],
  [["FUNCTION"], "a function", "FUNCTION AGGREGATE COUNT GROUP_CONCAT BOUND EXISTS NOT"],
  [["IRIREF"], "an IRI", "IRIREF NAME NAMESPACE"],
  [["STRING"], "a text", "STRING"],
  [["INTEGER"], "a whole number", "INTEGER DECIMAL SIGNED"],
  [["VAR"], "a variable", "VAR"],
  [["NAMESPACE"], "a prefix such as `schema:`", "NAMESPACE"],
  [["OPTIONAL", "FILTER"], "a pattern (OPTIONAL, FILTER …)", "OPTIONAL FILTER BIND MINUS GRAPH VALUES { UNION"],
  [["&&", "="], "an operator", "|| && = != < > <= >= + - * / IN NOT SIGNED"],
  [["||", "&&"], "an operator", "|| && = != < > <= >= + - * / IN NOT SIGNED"],
  [["/", "|"], "", "? * + / | ^ - !"],
  [[""], "the end", ""],
];

/** What could stand at a place, the likely first, six at most. */
function inWords(expected) {
  const left = new Set(expected);
  const said = [];
  for (const [needed, words, covered] of SAID) {
    if (!needed.every((one) => left.has(one))) continue;
    for (const one of covered.split(" ")) left.delete(one);
    if (words) said.push(words);
  }
  const signs = [...left].filter((one) => "()[]{}.,;".includes(one) && one).map((sign) => `\`${sign}\``);
  const all = [...signs.sort(), ...[...left].filter((one) => GRAMMAR.keywords.has(one)).sort(), ...said].slice(0, 6);
  return all.length > 1 ? `${all.slice(0, -1).join(", ")} or ${all.at(-1)}` : all.join("");
}

/** The innermost bracket that is open at the end. */
function openBracket(tokens) {
  const open = [];
  for (const token of tokens) {
    if (token.kind !== "sign") continue;
    if ("([{".includes(token.text)) open.push(token);
    else if (")]}".includes(token.text)) open.pop();
  }
  return open.at(-1);
}

/** Throw a QueryFault where a query breaks the grammar. */
function keepGrammar(text, tokens) {
  const terminals = joined(tokens);
  const fault = faultIn(terminals);
  if (!fault) return;
  const token = terminals[fault.at];
  if (!token) {
    const last = tokens.at(-1);
    const open = openBracket(tokens);
    const unclosed = open ? ` \`${open.text}\` of line ${QueryFault.at(open, "", text).line} is not closed.` : "";
    throw QueryFault.at({ from: last.to, to: last.to + 1 }, `The query ends too early; expected ${inWords(fault.expected)}.${unclosed}`, text);
  }
  if (token.text === '"' || token.text === "'") throw QueryFault.at(token, "The text that begins here does not end.", text);
  throw QueryFault.at(token, `\`${token.text.slice(0, 60)}\` cannot stand here; expected ${inWords(fault.expected)}.`, text);
}
