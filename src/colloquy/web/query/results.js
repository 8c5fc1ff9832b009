// Running a query, and showing what came of it: one answer, seen as a table, a chart or a network.
let shown = null; // {text, query, answer, name}: what is shown now
let running = null;
let view = "table";
const statusOfRun = byId("theRunStatus");
const VIEWS = ["table", "chart", "network"];

/** Say that the engine is at work, and for how long; what comes back ends that, with words. */
function begin(words) {
  const began = performance.now();
  const mine = {};
  running = mine;
  byId("theRun").setAttribute("aria-disabled", "true");
  byId("theStop").hidden = false;
  say(statusOfRun, words);
  const clock = setInterval(() => say(byId("theClock"), `${((performance.now() - began) / 1000).toFixed(1)} s`), 100);
  return (told) => {
    clearInterval(clock);
    if (running !== mine) return;
    running = null;
    byId("theClock").textContent = "";
    byId("theRun").removeAttribute("aria-disabled");
    byId("theStop").hidden = true;
    say(statusOfRun, told);
  };
}

function stopQuery() {
  if (!running) return;
  engine.stop();
  byId("theRun").focus();
}

function showFault(fault) {
  if (shown) say(toldLine, "What stands below is the result of the query before.");
  const where = fault.line ? `Line ${fault.line}, column ${fault.column}: ` : "";
  byId("theFault").hidden = false;
  say(byId("theFault"), where + fault.message);
  markFault(fault);
}

/** Run what stands in the editor; `past` tells that it comes out of the address, which needs no new step. */
async function runQuery({ past = false } = {}) {
  const hindrance = obstacle();
  if (hindrance) return say(statusOfRun, hindrance);
  if (running) return say(statusOfRun, "A query is running: stop it first.");
  const text = queryText();
  markFault(null);
  byId("theFault").hidden = true;
  let query;
  try {
    query = prepared(text, head.prefixes, engine.declares);
  } catch (fault) {
    say(statusOfRun, "");
    return showFault(fault);
  }
  const ended = begin("Running …");
  try {
    const { ms, ...answer } = await engine.ask(query);
    const what = answer.kind === "ask" ? "Answered" : answer.rows.length ? counted(answer.rows.length, ...(answer.kind === "graph" ? ["triple", "triples"] : ["row", "rows"])) : "No rows";
    ended(`${what} in ${ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`}.`);
    shown = { text, query, answer, name: exampleOf(text)?.name ?? "" };
    remember(text, answer);
    if (!past) freshView();
    showAnswer();
    shareState(!past);
  } catch (error) {
    ended(error instanceof Stopped ? "Stopped. The engine is ready again." : "");
    if (!(error instanceof Stopped)) showFault(error instanceof QueryFault ? error : new QueryFault(String(error.message)));
  }
}

/** Put another query into the editor, and run it. */
function askAnew(text) {
  if (!sidePanel.hidden) closePanel();
  setQuery(text);
  runQuery();
}

/** A new result starts as it came. */
function freshView() {
  [order, narrowed, shownRows, plotted] = [{ column: -1, down: false }, "", PAGE, { across: -1, up: -1 }];
  byId("theNarrow").value = "";
}

function showAnswer() {
  const { answer } = shown;
  byId("theResults").hidden = false;
  const flat = answer.kind === "ask" || !answer.rows.length;
  byId("theViews").hidden = flat;
  byId("theNarrowRow").hidden = flat;
  byId("thePlain").hidden = !flat;
  fillSaving(answer);
  say(toldLine);
  byId("theCopied").hidden = true;
  if (flat) return showPlain(answer);
  const can = { table: true, chart: Boolean(plotOf(answer, -1, -1)), network: linksThings(answer) };
  for (const name of VIEWS) byId(`${name}Tab`).setAttribute("aria-disabled", String(!can[name]));
  return seeAs(can[view] ? view : "table");
}

function showPlain(answer) {
  for (const name of VIEWS) byId(`${name}View`).hidden = true;
  const plain = byId("thePlain");
  if (answer.kind === "ask") {
    const yes = answer.rows[0][0].startsWith('"true"');
    const why = make("button", { type: "button" }, "Why?");
    why.addEventListener("click", () => showWhy(answer, 0, why));
    return plain.replaceChildren(make("p", { class: "verdict" }, yes ? "Yes" : "No"), make("p", { class: "actions" }, why));
  }
  const box = make("div", { class: "doctor" });
  plain.replaceChildren(make("p", { class: "verdict" }, "Nothing was found"), box);
  return showDoctor(box);
}

/** See the result as a table, a chart or a network. */
async function seeAs(name) {
  view = name;
  for (const one of VIEWS) {
    const tab = byId(`${one}Tab`);
    tab.setAttribute("aria-selected", String(one === name));
    tab.tabIndex = one === name ? 0 : -1;
    byId(`${one}View`).hidden = one !== name;
  }
  const { answer } = shown;
  try {
    if (name === "table") await showTable(answer);
    else if (name === "network") await showNetwork(answer);
    else {
      await learn(irisIn(answer.rows.slice(0, 3000)));
      if (answer === shown.answer) showChart(answer);
    }
  } catch (error) {
    if (!(error instanceof Stopped)) say(statusOfRun, error.message);
  }
}

function watchResults() {
  narrow.addEventListener("change", holdBackground);
  byId("theRun").addEventListener("click", () => runQuery());
  byId("theStop").addEventListener("click", stopQuery);
  byId("theClose").addEventListener("click", closePanel);
  addEventListener("keydown", (event) => event.key === "Escape" && !sidePanel.hidden && sidePanel.contains(document.activeElement) && closePanel());
  const usable = (name) => byId(`${name}Tab`).getAttribute("aria-disabled") !== "true";
  for (const name of VIEWS) {
    byId(`${name}Tab`).addEventListener("click", () => usable(name) && (seeAs(name), shareState()));
    byId(`${name}Tab`).addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const all = VIEWS.filter(usable);
      const next = all[(all.indexOf(name) + step + all.length) % all.length];
      seeAs(next);
      shareState();
      byId(`${next}Tab`).focus();
    });
  }
  let typing = 0;
  byId("theNarrow").addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      [narrowed, shownRows] = [byId("theNarrow").value, PAGE];
      shareState();
      if (view !== "table") seeAs("table");
      else fillTable(shown.answer);
    }, 120);
  });
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth !== width && shown && view === "chart" && !byId("chartView").hidden) showChart(shown.answer);
    width = innerWidth;
  });
}
