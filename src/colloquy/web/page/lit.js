// What is emphasised in the picture: what is open, with its links and what they lead to.
let lit = null; // {main, near, edges}: sets of numbers; null while nothing is open
let traced = -1; // the link whose sentence is pointed at

const between = (some) => {
  const found = [];
  for (const node of some) {
    for (const edge of linksOf(node)) if (edgeFrom[edge] === node && some.has(edgeTo[edge])) found.push(edge);
  }
  return found;
};

function lightUp() {
  traced = -1;
  const { open: shown } = state;
  const light = (main, edges = [], near = []) => ({ main: new Set(main), edges: new Set(edges), near: new Set(near) });
  if (!shown || shown.what === "unknown" || shown.what === "area") lit = null;
  else if (shown.what === "node") {
    const own = linksOf(shown.at).filter((edge) => edgeShown[edge]);
    lit = light([shown.at], own, Array.from(own, (edge) => otherEnd(edge, shown.at)));
  } else if (shown.what === "edge") lit = light([edgeFrom[shown.at], edgeTo[shown.at]], [shown.at]);
  else if (shown.what === "path") {
    const found = pathsBetween(shown.from, shown.to);
    const hops = found.flatMap((path) => path.hops);
    const onTheWay = found.flatMap((path) => path.nodes);
    lit = light([shown.from, shown.to], hops.flatMap((hop) => hop.edges), onTheWay);
  } else {
    const some = new Set(head.questions[shown.at].ids.map(nodeNamed).filter((node) => node >= 0));
    lit = light(some, between(some));
  }
}

const isLit = (node) => !lit || lit.main.has(node) || lit.near.has(node);
/** Everything that is emphasised now, to go there. */
const litNodes = () => {
  if (state.open?.what === "area") return areas[state.open.at].inner.length ? areas[state.open.at].inner.flatMap((area) => area.nodes) : areas[state.open.at].nodes;
  return lit ? [...lit.main, ...lit.near] : [];
};

/** Show in the picture the link whose sentence is pointed at. */
function trace(edge) {
  if (edge === traced) return;
  traced = edge;
  drawing?.redraw();
}
