// A close look at some of a large network: what is around an entry, laid out by vis-network, or one community,
// in the places that it has on the map.
const CLOSE_MOST = 300;

/** What the state asks to look at closely: {key, nodes, steps, area}; null where it asks for nothing.  All entries
 * count that the filters leave out too, so that the drawing stays the same while filters change; where these are
 * too many, those that are shown. */
function closeUp() {
  if (state.around) {
    const steps = stepsAround(state.around);
    const nodes = steps.flat();
    if (nodes.length <= CLOSE_MOST) return { key: `around ${state.around.hops} ${state.around.nodes} ${state.kept}`, nodes, steps, area: null };
    const shown = shownNodes();
    return { key: `shown ${shown}`, nodes: shown, steps: steps.map((step) => step.filter((node) => nodeShown[node])), area: null };
  }
  if (state.areas.length !== 1) return null;
  const [at] = state.areas;
  const nodes = [...membersOf(areas[at]), ...state.kept.filter((node) => !insideAreas().has(areaOf[node]))];
  return { key: `area ${at} ${state.kept}`, nodes, steps: null, area: at };
}

/** The entries around one, those kept by hand with them, and then what each entry opened further brings. */
function stepsAround({ nodes: [first, ...further], hops }) {
  const near = new Set([first]);
  const grow = (ring) => {
    const next = ring.flatMap((node) => Array.from(linksOf(node), (edge) => otherEnd(edge, node))).filter((node) => !near.has(node));
    for (const node of next) near.add(node);
    return [...new Set(next)];
  };
  const base = [first];
  for (let [hop, ring] = [0, [first]]; hop < hops && near.size <= 4 * CLOSE_MOST; hop += 1) base.push(...(ring = grow(ring)));
  for (const node of state.kept) if (!near.has(node) && near.add(node)) base.push(node);
  return [base, ...further.map((node) => [...(near.has(node) || !near.add(node) ? [] : [node]), ...grow([node])])];
}

async function makeClose(host, { nodes, steps, area }) {
  const [library, { options }] = await Promise.all([visNetwork(), unpack(byId("theDrawing").textContent)]);
  const own = new Set(nodes);
  const edges = edgesAmong(own);
  const places = new Map();
  if (area !== null) for (const node of nodes) places.set(node, { x: homeX[node], y: homeY[node] });
  else for (const step of steps) await placeStep(library, host, step, edges, places);
  const placed = nodes.filter((node) => places.has(node)).map((id) => ({ id, ...places.get(id) }));
  return new Drawn(host, "close", { options, edges, nodes: placed, even: false }).handTo(library);
}

/** The links among some entries; of several between the same two, all but one are bent. */
function edgesAmong(own) {
  const pairs = new Map();
  const found = [];
  for (const node of own) {
    for (const id of linksOf(node)) {
      const [from, to] = [edgeFrom[id], edgeTo[id]];
      if (from !== node || !own.has(to)) continue;
      const pair = `${Math.min(from, to)} ${Math.max(from, to)}`;
      const nth = pairs.get(pair) ?? 0;
      pairs.set(pair, nth + 1);
      const clockwise = (nth % 2 === 1) !== from > to;
      const smooth = nth ? { enabled: true, type: clockwise ? "curvedCW" : "curvedCCW", roundness: 0.16 * (1 + Math.floor(nth / 2)) } : undefined;
      found.push({ id, from, to, smooth });
    }
  }
  return found;
}

/** Give some entries their places by vis-network's physics, run to its rest out of sight, and seeded.  What has a
 * place already keeps it; what is new starts beside what it is linked with. */
async function placeStep(library, host, step, edges, places) {
  const [first] = step;
  if (!step.length) return;
  const fixed = [...places].map(([id, place]) => ({ id, ...place, fixed: true }));
  const start = places.size ? besidePlaces(step, places) : ringsAround(step);
  const known = new Set([...places.keys(), ...step]);
  const nodes = step.map((id) => ({ id, ...start.get(id), fixed: !places.size && id === first, mass: 1 + degreeOf(id) ** 0.3 }));
  const scratch = make("div", { class: "scratch" });
  host.append(scratch);
  const network = new library.Network(scratch, { nodes: [...fixed, ...nodes], edges: edges.filter(({ from, to }) => known.has(from) && known.has(to)).map(({ id, from, to }) => ({ id, from, to })) }, {
    layout: { improvedLayout: false, randomSeed: 1 },
    nodes: { shape: "dot", size: 12 },
    edges: { smooth: false },
    interaction: { dragView: false, zoomView: false, dragNodes: false, selectable: false },
    physics: { solver: "forceAtlas2Based", forceAtlas2Based: { gravitationalConstant: -70, springLength: 70, springConstant: 0.08, avoidOverlap: 0.3, centralGravity: 0.012 }, stabilization: { iterations: 250, fit: false } },
  });
  await new Promise((done) => network.once("stabilizationIterationsDone", done));
  const found = network.getPositions(step);
  network.destroy();
  scratch.remove();
  for (const node of step) places.set(node, found[node]);
}

/** The first entry in the middle, the rest around it in rings, those of a kind side by side. */
function ringsAround([first, ...rest]) {
  const start = new Map([[first, { x: 0, y: 0 }]]);
  rest.sort((a, b) => kindOf[a] - kindOf[b] || a - b);
  rest.forEach((node, at) => {
    const angle = (2 * Math.PI * at) / rest.length;
    const far = linksOf(node).some((edge) => otherEnd(edge, node) === first) ? 150 : 320;
    start.set(node, { x: far * Math.cos(angle), y: far * Math.sin(angle) });
  });
  return start;
}

/** Beside what they are linked with, on the far side from the middle. */
function besidePlaces(step, places) {
  const start = new Map();
  step.forEach((node, at) => {
    const beside = Array.from(linksOf(node), (edge) => places.get(otherEnd(edge, node))).find(Boolean) ?? { x: 0, y: 0 };
    const angle = Math.atan2(beside.y, beside.x) + ((at / Math.max(step.length - 1, 1)) - 0.5) * 2.2;
    start.set(node, { x: beside.x + 160 * Math.cos(angle), y: beside.y + 160 * Math.sin(angle) });
  });
  return start;
}
