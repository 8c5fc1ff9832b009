// The project's questions in plain words; those with a parameter have a field for it.
const { questions } = core;
const PLACE = "urn:colloquy:parameter:";
const parameterRow = byId("theParameters");
let chosen = null; // the question whose parameters are shown
const written = new Map(); // parameter to term, of the chosen question

/** A term as one writes it in a query. */
const termInQuery = (term) => (isIri(term) ? compressed(term.slice(1, -1)) : term.replace(/\^\^(<[^>]*>)$/, (_, iri) => `^^${compressed(iri.slice(1, -1))}`));

/** The text of a question, with values for its parameters. */
function textOf(question, values) {
  let { query } = question;
  for (const { name } of question.parameters) {
    const term = termInQuery(values.get(name));
    for (const mark of [`<${PLACE}${name}>`, `"${PLACE}${name}"`]) query = query.split(mark).map((part, at, all) => part.replace(/^ +/, at ? " " : "$&").replace(/ +$/, at < all.length - 1 ? " " : "$&")).join(term);
  }
  return query.replace(/([(\n]) +(?=:)/g, "$1").replace(/(?<=[^\s]) +([;,.)])/g, " $1");
}

const defaultsOf = (question) => new Map(question.parameters.map((one) => [one.name, one.default]));
/** Which question, as it was asked first, a text is. */
const exampleOf = (text) => questions.find((one) => textOf(one, defaultsOf(one)).trim() === text.trim());

/** What somebody wrote for a parameter, as a term; throws with words for what is none. */
async function termOf(parameter, text) {
  const asked = text.trim();
  if (parameter.takes === "number" && /^[+-]?(\d+|\d*\.\d+)$/.test(asked)) return `"${asked}"^^<${XSD}${asked.includes(".") ? "decimal" : "integer"}>`;
  const dated = { date: /^\d{4}-\d\d-\d\d$/, gYearMonth: /^\d{4}-\d\d$/, gYear: /^\d{4}$/, gMonthDay: /^--\d\d-\d\d$/ };
  const kind = Object.keys(dated).find((name) => dated[name].test(asked));
  if (parameter.takes === "date" && kind) return `"${asked}"^^<${XSD}${kind}>`;
  if (parameter.takes === "text") return literalOf(asked);
  if (parameter.takes !== "entry") throw new Error(`“${asked}” is no ${parameter.takes}.`);
  if (asked === parameter.shownAs) return parameter.shownFor;
  const found = await entriesNamed(asked.replace(/ \([^()]*\)$/, ""), 40);
  const id = / \(([^()]*)\)$/.exec(asked)?.[1] ?? asked;
  const hit = found.find(({ iri }) => iri === head.base + id) ?? found.find(({ label }) => fold(label) === fold(asked)) ?? found[0];
  if (hit) return `<${hit.iri}>`;
  const rows = /^[\w-]+$/.test(asked) ? await askTable(`SELECT ?p { <${head.base}${asked}> ?p ?o } LIMIT 1`) : [];
  if (rows.length) return `<${head.base}${asked}>`;
  throw new Error(`Nothing here is called “${asked}”.`);
}

function fieldOfParameter(parameter) {
  const names = make("datalist", { id: `names_${parameter.name}` });
  const input = make("input", { type: "text", id: `value_${parameter.name}`, autocomplete: "off", value: parameter.shownAs });
  if (parameter.takes === "entry") input.setAttribute("list", names.id);
  let asked = 0;
  input.addEventListener("input", () => {
    if (parameter.takes !== "entry" || input.value.trim().length < 2 || obstacle() || running) return;
    clearTimeout(asked);
    asked = setTimeout(async () => {
      const found = await entriesNamed(input.value.trim(), 20).catch(() => []);
      const often = (label) => found.filter((one) => one.label === label).length > 1;
      names.replaceChildren(...found.map(({ iri, label }) => make("option", { value: often(label) ? `${label} (${iri.slice(head.base.length)})` : label })));
    }, 150);
  });
  const take = async () => {
    try {
      const term = await termOf(parameter, input.value);
      written.set(parameter.name, term);
      [parameter.shownAs, parameter.shownFor] = [input.value.trim(), term];
      input.removeAttribute("aria-invalid");
      askAnew(textOf(chosen, written));
    } catch (error) {
      input.setAttribute("aria-invalid", "true");
      say(statusOfRun, error.message);
    }
  };
  input.addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), take()));
  input.addEventListener("change", () => input.value.trim() !== parameter.shownAs && take());
  return make("p", {}, make("label", { htmlFor: input.id }, bdi(parameter.words)), input, names);
}

/** Put a question into the editor, with fields for its parameters, and run it. */
async function choose(question) {
  chosen = question;
  written.clear();
  for (const [name, term] of defaultsOf(question)) written.set(name, term);
  setQuery(textOf(question, written));
  parameterRow.hidden = !question.parameters.length;
  parameterRow.replaceChildren();
  const run = runQuery();
  if (question.parameters.length && !obstacle()) {
    const iris = question.parameters.map((one) => one.default).filter(isIri).map((term) => term.slice(1, -1));
    await Promise.allSettled([run.then(() => learn(iris))]);
    if (chosen !== question) return;
  }
  for (const one of question.parameters) [one.shownAs, one.shownFor] = [isIri(one.default) ? known(one.default.slice(1, -1)).label || one.text : one.text, one.default];
  parameterRow.replaceChildren(...question.parameters.map(fieldOfParameter));
}

function watchExamples() {
  byId("theExamples").addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    event.preventDefault();
    choose(questions[Number(link.dataset.at)]);
    byId("theQueryPart").scrollIntoView({ block: "start" });
  });
  byId("theFindExample")?.addEventListener("input", ({ target }) => {
    const needle = fold(target.value.trim());
    for (const item of byId("theExamples").children) item.hidden = !fold(item.textContent).includes(needle);
  });
}
