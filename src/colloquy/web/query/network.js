// A result as a network: the things of it, linked where one row, or one statement, names both.
const MOST_DRAWN = 300;

/** {nodes: IRIs, edges: {from, to, words}, cut}: of a graph its statements, of rows the things side by side in them. */
function networkOf({ kind, columns, rows }) {
  const numbers = new Map();
  const edges = new Map();
  let cut = false;
  const numberOfNode = (term) => {
    const iri = term.slice(1, -1);
    if (!numbers.has(iri)) {
      if (numbers.size >= MOST_DRAWN) return -1;
      numbers.set(iri, numbers.size);
    }
    return numbers.get(iri);
  };
  const join = (one, other, words) => {
    const [from, to] = [numberOfNode(one), numberOfNode(other)];
    if (from < 0 || to < 0) cut = true;
    else edges.set(`${from} ${to} ${words}`, { from, to, words });
  };
  for (const row of rows) {
    if (kind === "graph") {
      if (isIri(row[0]) && isIri(row[2]) && row[1] !== `<${TYPE_IRI}>`) join(row[0], row[2], termNamed.get(row[1].slice(1, -1))?.label ?? compressed(row[1].slice(1, -1)));
      continue;
    }
    const things = [...row.keys()].filter((at) => isIri(row[at]));
    things.slice(1).forEach((at, before) => join(row[things[before]], row[at], `${columns[things[before]]} – ${columns[at]}`));
  }
  return { nodes: [...numbers.keys()], edges: [...edges.values()], cut };
}

const linksThings = (answer) => answer.kind !== "ask" && networkOf({ ...answer, rows: answer.rows.slice(0, 200) }).edges.length > 0;

async function showNetwork(answer) {
  const note = byId("theNetworkNote");
  const { nodes, edges, cut } = networkOf(answer);
  byId("theFrame").hidden = !edges.length;
  if (!edges.length) return say(note, "There is nothing to draw: a network needs rows with two things in them, or triples between things.");
  await learn(nodes);
  if (answer !== shown?.answer) return;
  const told = answer.kind === "graph" ? "Each line is a triple." : "Things that stand side by side in a row are linked.";
  say(note, `${counted(nodes.length, "thing", "things")}, ${links(edges.length)}. ${told}${cut ? ` Only the first ${MOST_DRAWN} things are drawn.` : ""} The table has the same.`);
  const here = new Set(nodes.map((iri) => known(iri).kind));
  byId("theMarks").replaceChildren(...kinds.filter(({ at }) => here.has(at)).map((one) => make("span", {}, makeMark(one), " ", bdi(one.plural))));
  await drawResult({
    nodes: nodes.map((iri) => ({ label: known(iri).label || compressed(iri), kind: known(iri).kind })),
    edges,
    act: (node) => showThing(nodes[node]),
  });
}

/** Say what a thing of the picture is, and where more of it is said. */
function showThing(iri) {
  const { label, kind, entry } = known(iri);
  const ways = [];
  if (entry) ways.push(make("p", {}, make("a", { href: networkAddress(entry) }, "See it in the network, with all that is said of it")));
  const ask = make("button", { type: "button" }, "Ask what is said of it");
  ask.addEventListener("click", () => askAnew(`DESCRIBE ${compressed(iri)}\n`));
  showPanel([makeMark(kinds[kind]), kinds[kind].label], label || compressed(iri), [make("p", { class: "soft" }, make("code", {}, compressed(iri))), ...ways, make("p", { class: "actions" }, ask)], byId("thePicture"));
}
