// Names and kinds of the things in a result, asked of the data a few hundred at a time, and kept.
const nameKept = new Map(); // IRI to {label, kind}
const OTHER_KIND = kinds.length - 1;
const kindOfClass = new Map(head.kindOfClass.map(([iri, at], rank) => [iri, { at, rank }]));
const MANY = 300;

const askTable = async (text) => (await engine.ask(prepared(text, head.prefixes, engine.declares))).rows;

/** Learn the names of some IRIs: the label in the page's language, else the first; and the nearest kind. */
async function learn(iris) {
  const unknown = [...new Set(iris)].filter((iri) => !nameKept.has(iri));
  for (let start = 0; start < unknown.length; start += MANY) {
    const some = unknown.slice(start, start + MANY);
    const values = `VALUES ?t { ${some.map((iri) => `<${iri}>`).join(" ")} }`;
    const labels = await askTable(`SELECT ?t ?l { ${values} ?t ${RDFS_LABEL} ?l }`);
    const types = await askTable(`SELECT ?t ?c { ${values} ?t a ?c }`);
    for (const iri of some) nameKept.set(iri, { label: termNamed.get(iri)?.label ?? "", kind: OTHER_KIND, rank: Infinity });
    const first = new Set();
    for (const [iri, label] of labels) {
      const known = nameKept.get(iri.slice(1, -1));
      const { value, language } = readTerm(label);
      if (first.has(iri) && language !== head.lang) continue;
      first.add(iri);
      known.label = value;
    }
    for (const [iri, type] of types) {
      const known = nameKept.get(iri.slice(1, -1));
      const kind = kindOfClass.get(type.slice(1, -1));
      if (kind && kind.rank < known.rank) [known.kind, known.rank] = [kind.at, kind.rank];
    }
  }
}

/** What is known of an IRI by now; `entry` tells whether the network page shows it. */
function known(iri) {
  const found = nameKept.get(iri) ?? { label: termNamed.get(iri)?.label ?? "", kind: OTHER_KIND };
  const own = iri.startsWith(head.base) && found.kind !== OTHER_KIND;
  return { ...found, entry: own ? iri.slice(head.base.length) : null };
}

const networkAddress = (id) => `index.html#${encodeURIComponent(id)}`;

/** Entries whose name has a text in it, {iri, label} each, those that begin with it first. */
async function entriesNamed(text, most) {
  const needle = literalOf(text.toLowerCase());
  const rows = await askTable(`SELECT DISTINCT ?t ?l { ?t ${RDFS_LABEL} ?l FILTER(CONTAINS(LCASE(STR(?l)), ${needle}) && STRSTARTS(STR(?t), ${literalOf(head.base)})) } LIMIT 200`);
  const found = rows.map(([iri, label]) => ({ iri: iri.slice(1, -1), label: readTerm(label).value }));
  const begins = (one) => Number(!one.label.toLowerCase().startsWith(text.toLowerCase()));
  return found.sort((a, b) => begins(a) - begins(b) || a.label.length - b.label.length).slice(0, most);
}
