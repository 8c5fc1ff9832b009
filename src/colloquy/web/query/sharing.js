// The address holds the query and how its result is seen, so that a link gives both again.
//
//   #query=TEXT&as=chart&sort=2down&only=TEXT     or     #question=NAME
function writeAddress(text = shown?.text) {
  if (!text) return "";
  const example = exampleOf(text);
  const parts = new URLSearchParams(example ? { question: example.name } : { query: text });
  if (view !== "table") parts.set("as", view);
  if (order.column >= 0) parts.set("sort", `${order.column + 1}${order.down ? "down" : "up"}`);
  if (narrowed.trim()) parts.set("only", narrowed.trim());
  return `#${parts.toString().replaceAll("+", "%20")}`;
}

/** Bring the address up to what is shown; a `step` is one that Back takes back. */
function shareState(step = false) {
  const address = writeAddress();
  if (!address || address === location.hash) return;
  history[step && location.hash ? "pushState" : "replaceState"](null, "", address);
}

/** Restore what an address says: the query, its result, and how it was seen. */
async function followAddress() {
  const parts = new URLSearchParams(location.hash.slice(1));
  const question = questions.find((one) => one.name === parts.get("question"));
  const text = parts.get("query") ?? (question && textOf(question, defaultsOf(question)));
  if (!text) return false;
  setQuery(text);
  view = VIEWS.includes(parts.get("as")) ? parts.get("as") : "table";
  const [, column, way] = /^(\d+)(up|down)$/.exec(parts.get("sort") ?? "") ?? [];
  order = { column: column ? Number(column) - 1 : -1, down: way === "down" };
  narrowed = parts.get("only") ?? "";
  byId("theNarrow").value = narrowed;
  await runQuery({ past: true });
  return true;
}

function watchAddress() {
  addEventListener("popstate", followAddress);
  byId("theCopyLink").addEventListener("click", () => copy(location.href.replace(/#.*$/s, "") + writeAddress(), "The link is copied: it opens this query and runs it."));
}
