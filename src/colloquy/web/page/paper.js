// The list on paper, which has no buttons: everything that is shown stands open, up to so many entries.
let onScreen = null; // what the list held before

/** Put the list as it is printed in its place; the promise is kept when all entries are filled in. */
function layOut() {
  if (onScreen) return Promise.resolve();
  onScreen = [...listBody.children];
  let left = PRINTED;
  const filled = [];
  const parts = [];
  for (const { name, mark, nodes, all } of partsOfAll()) {
    const some = [...nodes].sort(byName).slice(0, left);
    left -= some.length;
    if (!some.length) break;
    const items = some.map((node) => {
      const body = make("div", { class: "body" });
      filled.push(recordOf(node).then((record) => body.append(...bodyOf(record, node))));
      return make("li", { class: "entry" }, make("h4", {}, makeMark(kind(node)), linkTo(node)), body);
    });
    const count = make("span", { class: "number" }, some.length === all ? number(all) : `${number(some.length)} of ${number(all)}`);
    parts.push(make("section", { class: "kind" }, make("h3", {}, mark, bdi(name), " ", count), make("ul", { class: "entries" }, ...items)));
  }
  if (shownCounts.nodes > PRINTED) {
    parts.unshift(make("p", { class: "lead" }, `The first ${number(PRINTED)} of ${entries(shownCounts.nodes)} are printed. Filters choose which.`));
  }
  listBody.replaceChildren(...parts);
  return Promise.all(filled);
}

function putBack() {
  if (onScreen) listBody.replaceChildren(...onScreen);
  onScreen = null;
}

/** Print once all is filled in: a browser's own command does not wait for what is still packed. */
async function printPage() {
  await layOut();
  print();
}

function watchPrint() {
  addEventListener("beforeprint", layOut);
  addEventListener("afterprint", putBack);
  // What a small page holds is unpacked when there is time, so that the browser's own command prints all.
  const chunks = Math.ceil(nodeCount / head.chunk);
  if (nodeCount <= SMALL) (globalThis.requestIdleCallback ?? setTimeout)(() => Array.from({ length: chunks }, (_, at) => chunkAt(at)));
}
