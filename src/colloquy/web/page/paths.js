// How two entries are connected: the shortest ways over links that mean something, the same as
// `colloquy path` finds (network/paths.py).
const HUB = head.hub ?? Infinity;
const MOST_PATHS = 3;
const joining = (edge) => !silent.has(edge);

const partners = new Map();
/** An entry's neighbours over links that connect, once each. */
function partnersOf(node) {
  let found = partners.get(node);
  if (!found) {
    const some = new Set(Array.from(linksOf(node)).filter(joining).map((edge) => otherEnd(edge, node)));
    some.delete(node);
    partners.set(node, (found = [...some]));
  }
  return found;
}

const passable = (node) => !closed.has(node) && partnersOf(node).length <= HUB;
/** Order ids by code points, as Python does; JavaScript's own order differs outside the basic plane. */
function compareIds(one, other) {
  const [a, b] = [Array.from(ids[one]), Array.from(ids[other])];
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) if (a[at] !== b[at]) return a[at].codePointAt(0) - b[at].codePointAt(0);
  return a.length - b.length;
}
function compareWays(one, other) {
  if (one.cost !== other.cost) return one.cost - other.cost;
  for (let at = 0; at < one.nodes.length; at += 1) if (one.nodes[at] !== other.nodes[at]) return compareIds(one.nodes[at], other.nodes[at]);
  return 0;
}

/** The best few of the shortest ways: breadth first, the best `MOST_PATHS` kept for each entry of a layer.
 * A way is the better, the fewer partners those on the way have; then by the ids. */
function pathsBetween(from, to) {
  let layer = new Map([[from, [{ nodes: [from], cost: 0 }]]]);
  const seen = new Set([from]);
  while (layer.size) {
    const next = new Map();
    for (const [node, ways] of layer) {
      if (node !== from && !passable(node)) continue;
      const cost = node === from ? 0 : partnersOf(node).length;
      for (const other of partnersOf(node)) {
        if (seen.has(other)) continue;
        const longer = ways.map((way) => ({ nodes: [...way.nodes, other], cost: way.cost + cost }));
        next.set(other, [...(next.get(other) ?? []), ...longer].sort(compareWays).slice(0, MOST_PATHS));
      }
    }
    if (next.has(to)) return next.get(to).map(({ nodes }) => ({ nodes, hops: hopsOf(nodes) }));
    for (const node of next.keys()) seen.add(node);
    layer = next;
  }
  return [];
}

const hopsOf = (nodes) =>
  nodes.slice(1).map((to, at) => ({
    from: nodes[at],
    to,
    edges: Array.from(linksOf(nodes[at]))
      .filter((edge) => joining(edge) && otherEnd(edge, nodes[at]) === to)
      .sort((a, b) => (edgeId(a) < edgeId(b) ? -1 : 1)),
  }));

/** The panel of two ends: each way as sentences with what says so, or an honest no. */
async function fillPath({ from, to }) {
  const found = pathsBetween(from, to);
  const parts = [];
  if (!found.length) {
    parts.push(make("p", {}, "They are not connected by links that mean something: what most things share, as a place or a topic, does not count, and nothing leads through an entry with very many links."));
  }
  for (const [at, path] of found.entries()) {
    const steps = make("ol", { class: "steps" });
    for (const hop of path.hops) {
      const { links: told } = await recordOf(hop.from);
      const [first, ...more] = hop.edges.map((edge) => told.find((link) => link.edge === edge));
      const item = sentenceItem(first, hop.from, hop.to);
      if (more.length) {
        const others = more.map((one) => make("div", {}, ...sentenceItem(one, hop.from, hop.to).childNodes));
        item.append(make("details", { class: "fold-inside" }, make("summary", {}, counted(more.length, "more link", "more links")), ...others));
      }
      steps.append(item);
    }
    const steps_ = counted(path.hops.length, "step", "steps");
    parts.push(make("h3", {}, found.length > 1 ? `Way ${at + 1} of ${found.length}, ${steps_}` : `In ${steps_}`), steps);
  }
  return parts;
}

/** The form "How is it connected with …?" of an entry's panel. */
function pathForm(node) {
  const input = make("input", { id: "thePathEnd", type: "text", autocomplete: "off", spellcheck: false, role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": "thePathResults" });
  const results = make("div", { id: "thePathResults", role: "listbox", "aria-label": "Entries found", hidden: true });
  const form = make("form", { class: "pathform" }, make("label", { htmlFor: "thePathEnd" }, "How is it connected with …?"), make("div", { class: "field" }, input, results));
  form.addEventListener("submit", (event) => event.preventDefault());
  combobox(input, results, { most: 8, prefix: "thePath", pick: (other) => other !== node && open({ what: "path", from: node, to: other }, "link") });
  return form;
}
