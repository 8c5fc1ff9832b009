// Why a query gives nothing: the server finds that out, or Python in this page.
function diagnosisParts(found) {
  if (found.rows) return [make("p", {}, "There are rows for it now: run it again.")];
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

/** Under an empty result: the reason, and what to ask instead; by a button, where Python would have to start for it. */
function showDoctor(box) {
  const mine = shown;
  if (engine instanceof OwnEngine && !engine.python) {
    const button = make("button", { type: "button" }, "Why is nothing found?");
    button.addEventListener("click", () => diagnoseIn(box, mine));
    return box.replaceChildren(make("p", { class: "actions" }, button));
  }
  return diagnoseIn(box, mine);
}

async function diagnoseIn(box, mine) {
  const found = await reasonIn(box, "doctor", { query: mine.text }, commandFor("query"));
  if (mine === shown && found) box.replaceChildren(...diagnosisParts(found));
  if (mine === shown && document.activeElement === document.body) byId("theRun").focus();
}
