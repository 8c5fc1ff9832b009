// What the page holds: entries and links as objects that point at each other, found through Maps.
// (An id may be any word, `constructor` too, so ids are never keys of a plain object.)
const readJSON = (id) => JSON.parse(document.getElementById(id).textContent);

const model = readJSON("theData");
const kinds = new Map(model.kinds.map((kind, at) => [kind.key, { ...kind, at }]));
const relations = new Map(model.relations.map((relation) => [relation.key, relation]));

const nodes = readJSON("theNodes").map((node, at) => ({
  at, // its number is also its id in the picture
  id: node.id,
  label: node.label,
  aliases: node.aliases,
  kind: kinds.get(node.kind),
  home: { x: node.x, y: node.y },
  edges: [],
  shown: true,
}));
const nodeOf = new Map(nodes.map((node) => [node.id, node]));

const edges = readJSON("theEdges").map((edge, at) => ({
  at,
  id: edge.id,
  from: nodeOf.get(edge.from),
  to: nodeOf.get(edge.to),
  relation: edge.relation,
  smooth: edge.smooth ?? false,
  shown: true,
}));
const edgeOf = new Map(edges.map((edge) => [edge.id, edge]));
for (const edge of edges) {
  edge.from.edges.push(edge);
  if (edge.to !== edge.from) edge.to.edges.push(edge);
}

const otherEnd = (edge, node) => (edge.from === node ? edge.to : edge.from);
const busiest = Math.max(1, ...nodes.map((node) => node.edges.length));
/** Entries by number of links, most first. */
const byLinks = nodes.toSorted?.((a, b) => b.edges.length - a.edges.length || a.at - b.at)
  ?? [...nodes].sort((a, b) => b.edges.length - a.edges.length || a.at - b.at);

// The list in the document: each entry's element, and the elements of each link (one with each end).
const outline = document.getElementById("theOutline");
const entryOf = new Map();
for (const item of outline.querySelectorAll("[data-node]")) entryOf.set(item.dataset.node, item);
const statementsOf = new Map();
for (const item of outline.querySelectorAll("[data-edge]")) {
  const found = statementsOf.get(item.dataset.edge);
  if (found) found.push(item);
  else statementsOf.set(item.dataset.edge, [item]);
}
/** The element that holds a link's evidence: the one with the end that the link starts from. */
const statementOf = (edge) => statementsOf.get(edge.id).find((item) => "from" in item.dataset);
/** Say a link as it is said with its first end, or the other way round. */
const sentenceOf = (edge, back = false) => {
  const item = statementsOf.get(edge.id).find((one) => "from" in one.dataset !== back) ?? statementOf(edge);
  return item.querySelector("p").textContent.trim();
};
