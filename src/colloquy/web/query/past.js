// What was asked before, while the page is open; nothing of it is kept anywhere.
const MOST_PAST = 30;
const pastQueries = [];

/** What a query is about, in one line: its heading, else its beginning. */
function gist(text) {
  const heading = /^\s*#\s*(\S.*)/.exec(text)?.[1];
  const plain = text.replace(/^\s*#.*$/gm, "").replace(/\s+/g, " ").trim();
  return (heading ?? plain).slice(0, 110);
}

function remember(text, answer) {
  const at = pastQueries.findIndex((one) => one.text === text);
  if (at >= 0) pastQueries.splice(at, 1);
  pastQueries.unshift({ text, rows: answer.kind === "ask" ? null : answer.rows.length });
  pastQueries.length = Math.min(pastQueries.length, MOST_PAST);
  byId("thePast").hidden = pastQueries.length < 2;
  byId("thePastList").replaceChildren(...pastQueries.map((one) => {
    const button = make("button", { type: "button" }, bdi(gist(one.text)), one.rows === null ? "" : make("span", { class: "number" }, ` ${counted(one.rows, "row", "rows")}`));
    button.addEventListener("click", () => askAnew(one.text));
    return make("li", {}, button);
  }));
}
