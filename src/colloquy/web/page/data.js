// What the page holds, unpacked: entries and links are numbers, and what is known of them stands in
// columns, so that twenty thousand take little memory.  `payload.py` is the other half of this file.
const readJSON = (id) => JSON.parse(document.getElementById(id).textContent);

/** Undo `payload.pack`: base64, gzip, JSON. */
async function unpack(text) {
  const bytes = Uint8Array.fromBase64?.(text) ?? Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const gunzip = new DecompressionStream("gzip");
  const writer = gunzip.writable.getWriter(); // a Blob would go by way of another process
  const written = writer.write(bytes).then(() => writer.close());
  const [value] = await Promise.all([new Response(gunzip.readable).json(), written]);
  return value;
}

const head = readJSON("theHead");
const core = readJSON("theCore");
document.getElementById("theCore").remove(); // it is in the columns now

const kinds = head.kinds.map((kind, at) => ({ ...kind, at }));
const relations = head.relations.map((relation, at) => ({ ...relation, at }));
const areas = core.areaList.map((area, at) => ({ ...area, at, nodes: [], inner: [] }));
for (const area of areas) if (area.parent >= 0) areas[area.parent].inner.push(area);

// Whatever goes through all entries or links stands in a function: only a function's loops are compiled.

/** Undo `payload.letters`. */
function numbersIn(text) {
  const letters = new TextEncoder().encode(text);
  const numbers = new Int32Array(letters.length);
  let count = 0;
  let number = 0;
  let shift = 0;
  for (let at = 0; at < letters.length; at += 1) {
    const letter = letters[at] - 63;
    number |= (letter & 31) << shift;
    shift += 5;
    if (letter > 31) continue; // it goes on
    numbers[count] = number & 1 ? ~(number >> 1) : number >> 1;
    count += 1;
    number = 0;
    shift = 0;
  }
  return numbers.subarray(0, count);
}

/** Undo `payload._steps`, in place. */
function summed(numbers) {
  for (let at = 1; at < numbers.length; at += 1) numbers[at] += numbers[at - 1];
  return numbers;
}

/** Undo `payload._times`. */
function repeated(times) {
  const numbers = new Int32Array(times.reduce((sum, count) => sum + count, 0));
  let at = 0;
  for (let number = 0; number < times.length; number += 1) for (const end = at + times[number]; at < end; at += 1) numbers[at] = number;
  return numbers;
}

/** Undo that the ends of links are written as steps from where they begin, in place. */
function endsOfSteps(steps, from) {
  for (let edge = 0; edge < steps.length; edge += 1) steps[edge] += from[edge];
  return steps;
}

const kindOf = new Uint16Array(numbersIn(core.kinds));
const areaOf = new Uint16Array(repeated(numbersIn(core.areas)));
const homeX = new Float32Array(summed(numbersIn(core.xs)));
const homeY = new Float32Array(summed(numbersIn(core.ys)));
const edgeFrom = new Uint32Array(repeated(numbersIn(core.from)));
const edgeTo = new Uint32Array(endsOfSteps(numbersIn(core.to), edgeFrom));
const relationOf = new Uint16Array(numbersIn(core.relations));
const nodeCount = kindOf.length;
const edgeCount = edgeFrom.length;

function fillAreas() {
  for (let node = 0; node < nodeCount; node += 1) areas[areaOf[node]]?.nodes.push(node);
}
fillAreas();

let [ids, labels] = [null, null]; // the first picture does without them
let [middles, edgeNames, files] = [null, null, null];
let [aliasLists, languages] = [null, null];
const edgeKey = new Uint16Array(edgeCount);
/** The years that an entry dates from, 0 where nothing says. */
const sinceOf = new Int16Array(nodeCount);
const untilOf = new Int16Array(nodeCount);
/** Entries that no path goes through, and links that are no step of one. */
let [closed, silent] = [null, null];

// What stands after this script, so that the picture need not wait for it.
const allParsed = new Promise((done) => (document.readyState === "loading" ? addEventListener("DOMContentLoaded", done) : done()));

/** Unpack the names of entries and links, and what else is known of all of them. */
async function readNames() {
  if (!document.getElementById("theNames")) await allParsed;
  const names = await unpack(document.getElementById("theNames").textContent);
  document.getElementById("theNames").remove();
  const numbered = (some) => new Map(Object.entries(some).map(([at, value]) => [Number(at), value]));
  ({ ids, labels, middles, named: edgeNames, files } = names);
  [aliasLists, languages] = [numbered(names.aliases), numbered(names.languages)];
  [closed, silent] = [new Set(names.closed), new Set(names.silent)];
  edgeKey.set(names.keys);
  sinceOf.set(names.since);
  untilOf.set(names.until);
  listLinks();
  orderByLinks();
}

const aliasesOf = (node) => aliasLists.get(node) ?? [];
/** The language of an entry's name where it is not the page's, else empty. */
const languageOf = (node) => languages.get(node) ?? "";
const kind = (node) => kinds[kindOf[node]];

// An id may be any word, `constructor` too, so ids are never keys of a plain object.
let nodeNumbers = null; // made when the first is asked for, which is after the picture mostly
const nodeNamed = (id) => (nodeNumbers ??= new Map(ids.map((name, at) => [name, at]))).get(id) ?? -1;
const edgeId = (edge) => edgeNames[edge] ?? `${ids[edgeFrom[edge]]}.${middles[edgeKey[edge]]}.${ids[edgeTo[edge]]}`;
function edgeNamed(id) {
  for (let edge = 0; edge < edgeCount; edge += 1) if (edgeId(edge) === id) return edge;
  return -1;
}

// Each entry's links, one after the other: those of `node` are linkList[linkStart[node]] to linkStart[node + 1].
const linkStart = countLinks();
const linkList = new Uint32Array(linkStart[nodeCount]); // filled when the names are read

function countLinks() {
  const start = new Uint32Array(nodeCount + 1);
  for (let edge = 0; edge < edgeCount; edge += 1) {
    start[edgeFrom[edge] + 1] += 1;
    if (edgeTo[edge] !== edgeFrom[edge]) start[edgeTo[edge] + 1] += 1;
  }
  for (let node = 0; node < nodeCount; node += 1) start[node + 1] += start[node];
  return start;
}

function listLinks() {
  const next = linkStart.slice(0, nodeCount);
  for (let edge = 0; edge < edgeCount; edge += 1) {
    linkList[next[edgeFrom[edge]]++] = edge;
    if (edgeTo[edge] !== edgeFrom[edge]) linkList[next[edgeTo[edge]]++] = edge;
  }
}

const linksOf = (node) => linkList.subarray(linkStart[node], linkStart[node + 1]);
const degreeOf = (node) => linkStart[node + 1] - linkStart[node];
const otherEnd = (edge, node) => (edgeFrom[edge] === node ? edgeTo[edge] : edgeFrom[edge]);
let busiest = 1; // the most links of an entry
let byLinks = null; // entries by number of links, most first

function orderByLinks() {
  for (let node = 0; node < nodeCount; node += 1) busiest = Math.max(busiest, degreeOf(node));
  // Sorted as plain numbers, which is many times quicker.
  const keys = Float64Array.from(kindOf, (_, node) => (busiest - degreeOf(node)) * nodeCount + node).sort();
  byLinks = Uint32Array.from(keys, (key) => key % nodeCount);
}

// What is said of entries is inflated when somebody asks; the last few chunks are kept.
const chunksKept = new Map();

function chunkAt(at) {
  let found = chunksKept.get(at);
  if (found) chunksKept.delete(at); // and put back as the newest
  else found = allParsed.then(() => unpack(document.getElementById(`theChunk${at}`).textContent)).then(numberEvidence);
  chunksKept.set(at, found);
  if (chunksKept.size > 12) chunksKept.delete(chunksKept.keys().next().value);
  return found;
}

/** Undo what saves room in a chunk: 0 stands for one piece of evidence that was not named before, lines are steps. */
function numberEvidence({ records, files: places, lines, more = [] }) {
  let next = 0;
  const numbered = (said, at) => {
    if (said[at] === 0) said[at] = [next];
    for (const one of said[at]) next = Math.max(next, one + 1);
  };
  for (const [facts, links] of records) {
    for (const fact of facts) numbered(fact, 2);
    for (const link of links) {
      numbered(link, 3);
      for (const detail of link[4] ?? []) numbered(detail, 1);
    }
  }
  let line = 0;
  return { records, evidence: places.map((file, at) => [files[file], (line += lines[at]), ...(more[at] ?? [])]) };
}

/** What is said of an entry: `facts` ({group, text, pieces, cut, evidence}) and `links` ({edge, text, pieces, evidence,
 * details}), each link as it is said from this side.  `pieces` cut a text at the names of its two ends: [text, entry]
 * each, -1 for no entry.  Evidence is {basis, document, documentId, section, phrase, reason, file, line, link, correct}. */
async function recordOf(node) {
  const chunk = await chunkAt(Math.floor(node / head.chunk));
  const [facts, links] = chunk.records[node % head.chunk];
  const evidence = (numbers) => numbers.map((one) => readEvidence(chunk.evidence[one]));
  const said = (text, numbers, cut, other) => ({ ...named(text, node, other), evidence: evidence(numbers), cut: Boolean(cut) });
  return {
    facts: facts.map(([at, text, numbers, cut]) => {
      const [group, first, last] = head.groups[at];
      return { group, ...said(cut ? text : first + text + last, numbers, cut, -1) };
    }),
    links: links.map(([edge, side, text, numbers, details = []]) => {
      const [, first, last] = head.sides[side];
      const other = otherEnd(edge, node);
      return {
        edge,
        ...said(first + text + last, numbers, 0, other),
        details: details.map(([detail, some, cut]) => said(detail, some, cut, other)),
      };
    }),
  };
}

/** Put the names of its ends back into a sentence. */
function named(text, own, other) {
  const ends = new Map([["\u0001", own], ["\u0002", other]]);
  const pieces = text.split(/([\u0001\u0002])/).filter(Boolean).map((piece) => (ends.has(piece) ? [labels[ends.get(piece)], ends.get(piece)] : [piece, -1]));
  return { text: pieces.map(([piece]) => piece).join(""), pieces };
}

/** A link as it is said with its first end, and the other way round. */
async function statementOf(edge) {
  const [forth, back] = (await Promise.all([recordOf(edgeFrom[edge]), recordOf(edgeTo[edge])])).map((record) =>
    record.links.find((link) => link.edge === edge),
  );
  return { ...forth, back: back.text };
}

const SAFE_LINK = /^(?:https?:\/\/|mailto:)[^\s<>"]+$/i;

function readEvidence([file, line, inferred = 0, document = null, documentId = null, section = null, phrase = null, reason = null, entry = null]) {
  const place = { file, line: String(line), id: entry ?? "" };
  const filled = (template, keep) => {
    const address = (template ?? "").replace(/\{(file|line|id)\}/g, (_, name) => {
      const quoted = encodeURIComponent(place[name]);
      return keep ? quoted.replaceAll("%2F", "/") : quoted;
    });
    return SAFE_LINK.test(address) ? address : null;
  };
  return {
    basis: inferred ? "inferred" : "stated",
    ...{ document, documentId, section, phrase, reason, file, line },
    link: filled(head.repository, true),
    correct: filled(head.corrections, false),
  };
}
