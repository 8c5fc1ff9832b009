// What is shown: the filters, the focus and what was hidden by hand, worked out for every entry and link.
// Picture, list, search and counts all read these two columns.
const nodeShown = new Uint8Array(nodeCount).fill(1);
const edgeShown = new Uint8Array(edgeCount).fill(1);
/** How many are shown: in all, and by kind, relation and area. */
const shownCounts = { nodes: nodeCount, edges: edgeCount, kinds: [], relations: [], areas: [] };

const yearsOfAll = head.years; // null where there is nothing to choose from

const isFiltered = (one = state) => Boolean(one.kindsOff.length || one.relationsOff.length || one.areas.length || one.years || one.around || one.hidden.length);
const FILTERS = ["kindsOff", "relationsOff", "areas", "years", "around", "hidden", "kept"];

/** Work out what is shown. */
function rescope() {
  if (isFiltered()) leaveOut();
  else for (const column of [nodeShown, edgeShown]) column.fill(1);
  countShown();
}

function leaveOut() {
  const [kindsOff, relationsOff, inside] = [new Set(state.kindsOff), new Set(state.relationsOff), insideAreas()];
  for (let node = 0; node < nodeCount; node += 1) {
    nodeShown[node] = !kindsOff.has(kindOf[node]) && (!inside || inside.has(areaOf[node])) && isLinked(node, relationsOff) && isDated(node);
  }
  for (const node of state.kept) nodeShown[node] = 1;
  for (const node of state.hidden) nodeShown[node] = 0;
  if (state.around) focusOn(state.around, relationsOff);
  for (let edge = 0; edge < edgeCount; edge += 1) {
    edgeShown[edge] = nodeShown[edgeFrom[edge]] && nodeShown[edgeTo[edge]] && !relationsOff.has(relationOf[edge]);
  }
}

/** The areas that were chosen, with those inside them. */
function insideAreas() {
  if (!state.areas.length) return null;
  return new Set(state.areas.flatMap((at) => [at, ...areas[at].inner.map((inner) => inner.at)]));
}

/** An entry also goes when every kind of link that it has is off. */
function isLinked(node, relationsOff) {
  if (!relationsOff.size || !degreeOf(node)) return true;
  return linksOf(node).some((edge) => !relationsOff.has(relationOf[edge]));
}

const inYears = (node) => untilOf[node] >= state.years[0] && sinceOf[node] <= state.years[1];

/** What has no date is shown with what it is linked to: it goes when all of that which is dated goes. */
function isDated(node) {
  if (!state.years) return true;
  if (sinceOf[node]) return inYears(node);
  let dated = false;
  for (const edge of linksOf(node)) {
    const other = otherEnd(edge, node);
    if (!sinceOf[other]) continue;
    if (inYears(other)) return true;
    dated = true;
  }
  return !dated;
}

/** Leave only what lies within some steps of an entry, and one step of each that was opened further. */
function focusOn({ nodes, hops }, relationsOff) {
  const near = new Set(nodes);
  let ring = [nodes[0]];
  for (let step = 0; step < hops; step += 1) ring = nextRing(ring, near, relationsOff);
  nextRing(nodes.slice(1), near, relationsOff);
  for (const node of state.kept) near.add(node);
  for (let node = 0; node < nodeCount; node += 1) if (!near.has(node)) nodeShown[node] = 0;
  const hidden = new Set(state.hidden);
  for (const node of nodes) if (!hidden.has(node)) nodeShown[node] = 1;
}

function nextRing(ring, near, relationsOff) {
  const next = [];
  for (const node of ring) {
    for (const edge of linksOf(node)) {
      const other = otherEnd(edge, node);
      if (near.has(other) || !nodeShown[other] || relationsOff.has(relationOf[edge])) continue;
      near.add(other);
      next.push(other);
    }
  }
  return next;
}

function countShown() {
  if (!isFiltered()) {
    const counts = [kinds, relations].map((all) => Uint32Array.from(all, ({ count }) => count));
    Object.assign(shownCounts, { nodes: nodeCount, edges: edgeCount, kinds: counts[0], relations: counts[1], areas: Uint32Array.from(areas, areaSize) });
    return;
  }
  const counts = { kinds: new Uint32Array(kinds.length), relations: new Uint32Array(relations.length), areas: new Uint32Array(areas.length) };
  let [shown, lines] = [0, 0];
  for (let node = 0; node < nodeCount; node += 1) {
    if (!nodeShown[node]) continue;
    shown += 1;
    counts.kinds[kindOf[node]] += 1;
    if (!areas.length) continue;
    counts.areas[areaOf[node]] += 1;
    if (areas[areaOf[node]].parent >= 0) counts.areas[areas[areaOf[node]].parent] += 1;
  }
  for (let edge = 0; edge < edgeCount; edge += 1) {
    if (!edgeShown[edge]) continue;
    lines += 1;
    counts.relations[relationOf[edge]] += 1;
  }
  Object.assign(shownCounts, counts, { nodes: shown, edges: lines });
}

const shownNodes = () => Array.from(nodeShown.keys()).filter((node) => nodeShown[node]);
