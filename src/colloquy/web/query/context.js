// Where one is in a query: what stands before the cursor decides what may come next, and what is said of a variable
// tells its class.
const NO_TRIPLES = new Set(["FILTER", "BIND", "HAVING", "SELECT", "ORDER", "GROUP", "LIMIT", "OFFSET", "VALUES", "FROM", "GRAPH", "PREFIX", "BASE"]);
const isTerm = ({ kind }) => ["iri", "name", "variable", "blank", "string", "number", "language"].includes(kind);
const TYPE_IRI = `${RDF}type`;

/** The triples of a query as far as they can be made out: {subject, predicate, object, graph}, each a token or null. */
function triplesOf(tokens, until = Infinity) {
  const found = [];
  let now = { subject: null, predicate: null, brackets: 0, path: [] };
  const stack = [];
  for (let at = 0; at < tokens.length && tokens[at].from < until; at += 1) {
    const token = tokens[at];
    if (token.kind === "comment") continue;
    if (token.text === "{" || token.text === "[") {
      stack.push(now);
      now = { subject: token.text === "[" ? token : null, predicate: null, brackets: 0, path: [] };
    } else if (token.text === "}" || token.text === "]") now = stack.pop() ?? now;
    else if (token.text === "(" ) now.brackets += 1;
    else if (token.text === ")") now.brackets -= 1;
    if (["{", "}", "."].includes(token.text) && !now.brackets) [now.subject, now.predicate, now.path] = [null, null, []];
    else if (token.text === ";") [now.predicate, now.path] = [null, []];
    else if (NO_TRIPLES.has(upper(token))) [now.subject, now.predicate, now.path] = [{ ...token, kind: "none" }, token, []];
    else if (token.kind === "word" && token.text !== "a") [now.subject, now.predicate, now.path] = [null, null, []];
    else if (isTerm(token) || token.text === "a") {
      if (!now.subject) now.subject = token;
      else if (!now.predicate) now.predicate = token;
      else if (["/", "|", "^"].includes(tokens[at - 1]?.text) && now.subject.kind !== "none") now.path.push(token);
      else if (now.subject.kind !== "none") found.push({ subject: now.subject, predicate: now.predicate, path: now.path.length, object: token });
    }
  }
  return { found, now };
}

/** The classes that a query itself says of each variable: by `a`, and by properties whose values have one class only. */
function classesOf(tokens) {
  const declared = declaredIn(tokens);
  const classes = new Map();
  const add = (name, at) => at >= 0 && classes.set(name, (classes.get(name) ?? new Set()).add(at));
  const { found } = triplesOf(tokens);
  const iriOf = (token) => (token.text === "a" ? TYPE_IRI : expanded(token.text, declared));
  for (const { subject, predicate, path, object } of found) {
    if (!path && subject.kind === "variable" && ["name", "iri"].includes(object.kind) && iriOf(predicate) === TYPE_IRI) add(subject.text.slice(1), classAt(iriOf(object)));
  }
  for (const { predicate, path, object } of found) {
    if (path || object.kind !== "variable" || classes.has(object.text.slice(1)) || predicate.kind === "variable") continue;
    const to = Object.entries(termNamed.get(iriOf(predicate))?.to ?? {}).sort((a, b) => b[1] - a[1]);
    if (to.length) add(object.text.slice(1), Number(to[0][0]));
  }
  return classes;
}

/** What may stand at a place: {place: "prefix" | "predicate" | "class" | "object" | "any", subject classes, word}. */
function contextAt(text, position) {
  const tokens = tokensOf(text);
  const touched = tokens.find((token) => token.from < position && position <= token.to && token.kind !== "sign");
  if (touched && ["comment", "string"].includes(touched.kind)) return null;
  const from = touched ? touched.from : position;
  const { now } = triplesOf(tokens, from);
  const before = tokens.filter((token) => token.kind !== "comment" && token.to <= from);
  const last = before.at(-1);
  const context = { from, word: touched?.text.slice(0, position - touched.from) ?? "", classes: [], tokens };
  if (upper(last) === "PREFIX") return { ...context, place: "prefix" };
  if (!now.subject || now.subject.kind === "none") return { ...context, place: before.length ? "any" : "start" };
  const known = classesOf(tokens.filter((token) => token !== touched));
  const subject = now.subject.kind === "variable" ? [...(known.get(now.subject.text.slice(1)) ?? [])] : [];
  if (!now.predicate || ["/", "|", "^"].includes(last?.text)) return { ...context, place: "predicate", classes: now.predicate ? [] : subject };
  const isType = now.predicate.text === "a" || expanded(now.predicate.text, declaredIn(tokens)) === TYPE_IRI;
  return { ...context, place: isType ? "class" : "object", classes: subject };
}
