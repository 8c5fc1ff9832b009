// Why a query gives nothing: the server finds that out; a page by itself says how to ask.
/** A function (query text) that gives a diagnosis as `/doctor` does; null where the page has none. */
let diagnoseHere = null;

function diagnosisParts(found) {
  if (found.rows) return [make("p", {}, "The server has rows for it now: run it again.")];
  const parts = [make("p", {}, found.words)];
  if (found.part) {
    parts.push(make("p", { class: "soft" }, `Line ${found.part.line}, column ${found.part.column}:`), make("pre", { tabIndex: 0, role: "region", "aria-label": "The part that fails" }, make("code", {}, found.part.text)));
    markFault(Object.assign(new QueryFault(found.words, found.part.line, found.part.column, found.part.text.length), {}));
  }
  for (const { query, words, rows } of found.repairs) {
    const button = make("button", { type: "button" }, "Ask that instead");
    button.addEventListener("click", () => askAnew(query));
    parts.push(make("p", {}, `${words} – gives ${counted(rows, "row", "rows")}. `), make("p", { class: "actions" }, button));
  }
  return parts;
}

/** Under an empty result: the reason, and what to ask instead. */
async function showDoctor(box) {
  if (!diagnoseHere && !(engine instanceof ServerEngine)) {
    return box.replaceChildren(...commandBox("Why nothing is found, and what would find something, is told on the command line, in the project's folder:", commandFor("query")));
  }
  box.replaceChildren(make("p", { class: "soft" }, "Looking for the reason …"));
  const mine = shown;
  const parts = await (diagnoseHere ? diagnoseHere(mine.text) : engine.reason("doctor", { query: mine.text })).then(diagnosisParts, (error) => [make("p", {}, error instanceof Stopped ? "Stopped." : error.message)]);
  if (mine === shown) box.replaceChildren(...parts);
}
