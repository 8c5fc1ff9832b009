// A result as a table: sorted by any column, narrowed by a text, a hundred rows at a time.
const PAGE = 100;
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
let order = { column: -1, down: false };
let narrowed = "";
let shownRows = PAGE;

/** The words of a term, as a reader sees them. */
function wordsOf(term) {
  const one = readTerm(term);
  if (!one) return "";
  return one.type === "uri" ? known(one.value).label || compressed(one.value) : one.value;
}

function cellOf(term) {
  const one = readTerm(term);
  if (!one) return make("td", { class: "unbound" });
  if (one.type === "bnode") return make("td", {}, make("code", {}, `_:${one.value}`));
  if (one.type === "literal") {
    const cell = make("td", { class: NUMBERS.has(one.datatype) ? "numeric" : DATES.has(one.datatype) ? "dated" : "" }, bdi(one.value));
    if (one.language && one.language !== head.lang) cell.append(" ", make("small", {}, one.language));
    return cell;
  }
  const { label, kind, entry } = known(one.value);
  const short = entry && compressed(one.value).startsWith("<") ? entry : compressed(one.value);
  if (!label) return make("td", {}, make("code", {}, short));
  const name = entry ? make("a", { href: networkAddress(entry), title: "See it in the network" }, bdi(label)) : bdi(label);
  const cell = make("td", { class: "thing" }, ...(kind === OTHER_KIND ? [] : [makeMark(kinds[kind]), " "]), name);
  cell.append(" ", make("small", {}, make("code", {}, short)));
  return cell;
}

/** The rows that are wanted now, as numbers from 0, in the order that is wanted now. */
function wantedRows({ rows }) {
  const needle = fold(narrowed.trim());
  const fits = (row) => row.some((term) => term !== null && (fold(wordsOf(term)).includes(needle) || fold(readTerm(term).value).includes(needle)));
  const found = [...rows.keys()].filter((at) => !needle || fits(rows[at]));
  const { column, down } = order;
  if (column < 0) return found;
  const keys = new Map(found.map((at) => [at, { number: numberOf(rows[at][column]), words: wordsOf(rows[at][column]), bound: rows[at][column] !== null }]));
  const compare = (one, other) => {
    const [a, b] = [keys.get(one), keys.get(other)];
    if (a.bound !== b.bound) return a.bound ? -1 : 1; // what is not there comes last, either way
    const first = a.number === a.number && b.number === b.number ? a.number - b.number : collator.compare(a.words, b.words);
    return (down ? -first : first) || one - other;
  };
  return found.sort(compare);
}

function headOf(answer) {
  const sorts = sortsOf(answer);
  const cells = answer.columns.map((name, column) => {
    const mine = order.column === column;
    const button = make("button", { type: "button" }, bdi(name), make("span", { "aria-hidden": "true" }, mine ? (order.down ? " ↓" : " ↑") : ""));
    button.addEventListener("click", () => {
      order = mine && order.down ? { column: -1, down: false } : { column, down: mine };
      shareState();
      fillTable(answer);
      byId("theTable").querySelectorAll("thead button")[column]?.focus();
    });
    return make("th", { scope: "col", class: sorts[column] === "number" ? "numeric" : "", "aria-sort": mine ? (order.down ? "descending" : "ascending") : "none" }, button);
  });
  const words = answer.kind === "graph" ? "Triple" : "Row";
  return make("tr", {}, make("th", { scope: "col", class: "rownumber" }, make("span", { class: "unseen" }, `${words}: `), "Why?"), ...cells);
}

/** A row; its number opens the reasons for it. */
function rowOf(answer, at) {
  const words = answer.kind === "graph" ? "triple" : "row";
  const why = make("button", { type: "button", class: "why", "aria-label": `Why is ${words} ${at + 1} there?`, title: "Why is it there?" }, String(at + 1));
  why.addEventListener("click", () => showWhy(answer, at, why));
  return make("tr", {}, make("th", { scope: "row", class: "rownumber" }, why), ...answer.rows[at].map(cellOf));
}

async function fillTable(answer) {
  const wanted = wantedRows(answer);
  const some = wanted.slice(0, shownRows);
  const table = make("table", { id: "theTable" }, make("caption", { class: "unseen" }, "The result"), make("thead", {}, headOf(answer)), make("tbody", {}, ...some.map((at) => rowOf(answer, at))));
  const more = make("button", { type: "button", class: "showall", hidden: some.length === wanted.length }, `Show ${number(Math.min(PAGE, wanted.length - some.length))} more of ${number(wanted.length)}`);
  more.addEventListener("click", () => {
    shownRows += PAGE;
    fillTable(answer).then(() => byId("theTable").rows[some.length + 1]?.querySelector("button")?.focus());
  });
  const scroller = make("div", { class: "scroller", tabIndex: 0, role: "region", "aria-label": "Table of the result" }, table);
  byId("theTablePanel").replaceChildren(scroller, more);
  say(byId("theNarrowed"), narrowed.trim() ? `${number(wanted.length)} of ${number(answer.rows.length)}` : "");
}

/** The IRIs of some rows, to be named. */
const irisIn = (rows) => rows.flatMap((row) => row.filter(isIri).map((term) => term.slice(1, -1)));

/** Show a table at once, and again when its things have names. */
async function showTable(answer) {
  fillTable(answer);
  const all = answer.rows.length <= 3000; // the sorting and narrowing of more goes by IRIs alone
  await learn(irisIn(all ? answer.rows : answer.rows.slice(0, shownRows)));
  if (answer === shown?.answer) await fillTable(answer);
}
