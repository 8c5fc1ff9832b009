// Names as the search compares them: folded, cut into words, tolerant of typing errors.
const FEW = 5; // with fewer hits, names with typing errors are looked for too

/** Text without case, accents and signs that cannot be seen. */
const seekable = (text) => fold(text).replace(/\p{Cf}+/gu, "");
const wordsOf = (folded) => folded.split(/[^\p{L}\p{N}]+/u).filter(Boolean);

// Made when somebody first searches: each name {node, text (of an alias), folded}, and its words as
// numbers, those of the name `at` from wordStart[at] to wordStart[at + 1].
let nameList = null;
let [vocabulary, wordNumbers, wordStart] = [[], null, null];

function searchNames() {
  if (nameList) return nameList;
  nameList = [];
  for (let node = 0; node < nodeCount; node += 1) {
    nameList.push({ node, text: null, folded: seekable(labels[node]) });
    for (const alias of aliasesOf(node)) nameList.push({ node, text: alias, folded: seekable(alias) });
  }
  return nameList;
}

function readWords() {
  if (wordStart) return;
  const known = new Map();
  const all = [];
  searchNames();
  wordStart = new Uint32Array(nameList.length + 1);
  nameList.forEach(({ folded }, at) => {
    for (const word of wordsOf(folded)) {
      if (!known.has(word)) known.set(word, known.size);
      all.push(known.get(word));
    }
    wordStart[at + 1] = all.length;
  });
  vocabulary = [...known.keys()];
  wordNumbers = Uint32Array.from(all);
}

/** How well a name fits: -1 is it, 0 begins with it, 1 has words that do, 2 holds it, null not at all. */
function fitness(folded, asked, words) {
  if (folded === asked) return -1;
  if (folded.startsWith(asked)) return 0;
  if (!words.length) return folded.includes(asked) ? 2 : null;
  if (!words.every((word) => folded.includes(word))) return null;
  const own = wordsOf(folded);
  return words.every((word) => own.some((one) => one.startsWith(word))) ? 1 : 2;
}

const LONGEST = 60; // longer words are not looked at for errors
const rows = [0, 1, 2].map(() => new Uint8Array(LONGEST + 3)); // of the table below: the two before, and this one

/** How many letters are wrong, missing, too many or exchanged between `one` and `other`, or `one` and a
 * beginning of `other` (which counts one more); more than `most` is Infinity. */
function distance(one, other, most) {
  if (one.length - other.length > most || one.length > LONGEST) return Infinity;
  const width = Math.min(other.length, one.length + most);
  let [older, before, row] = rows;
  for (let b = 0; b <= width; b += 1) before[b] = b;
  for (let a = 1; a <= one.length; a += 1) {
    let least = (row[0] = a);
    for (let b = 1; b <= width; b += 1) {
      let cost = before[b - 1] + (one[a - 1] === other[b - 1] ? 0 : 1);
      if (before[b] + 1 < cost) cost = before[b] + 1;
      if (row[b - 1] + 1 < cost) cost = row[b - 1] + 1;
      if (a > 1 && b > 1 && one[a - 1] === other[b - 2] && one[a - 2] === other[b - 1] && older[b - 2] + 1 < cost) cost = older[b - 2] + 1;
      row[b] = cost;
      if (cost < least) least = cost;
    }
    if (least > most) return Infinity;
    [older, before, row] = [before, row, older];
  }
  const whole = width === other.length ? before[width] : Infinity;
  return whole <= most ? whole : Math.min(...before.subarray(0, width + 1)) + 1;
}

const errorsAllowed = (word) => (word.length < 4 ? 0 : word.length < 8 ? 1 : 2);

/** The names that fit but for typing errors: each word that was asked for is near one of theirs. */
function nearNames(words) {
  readWords();
  const errors = new Uint8Array(nameList.length);
  const fits = new Uint8Array(nameList.length).fill(1);
  const FAR = 255;
  for (const word of words) {
    const most = errorsAllowed(word);
    const near = Uint8Array.from(vocabulary, (own) => (own.startsWith(word) ? 0 : most ? Math.min(distance(word, own, most), FAR) : FAR));
    for (let at = 0; at < nameList.length; at += 1) {
      let least = FAR;
      for (let one = wordStart[at]; one < wordStart[at + 1]; one += 1) least = Math.min(least, near[wordNumbers[one]]);
      if (least === FAR) fits[at] = 0;
      else errors[at] += least;
    }
  }
  return nameList.flatMap((name, at) => (fits[at] ? [[name, 3 + errors[at]]] : []));
}

/** Each fitting entry once, best first, with the name that fits best: {node, text (of an alias), score}. */
function lookUp(text) {
  const asked = seekable(text).trim();
  if (!asked) return [];
  const words = wordsOf(asked);
  const best = new Map();
  const keep = (name, score) => {
    const found = { node: name.node, text: name.text, score: score + (name.text === null ? 0 : 0.5) };
    if (!(best.get(name.node)?.score <= found.score)) best.set(name.node, found);
  };
  for (const name of searchNames()) {
    const score = fitness(name.folded, asked, words);
    if (score !== null) keep(name, score);
  }
  if (best.size < FEW && words.some(errorsAllowed)) for (const [name, score] of nearNames(words)) keep(name, score);
  return [...best.values()].sort((a, b) => a.score - b.score || degreeOf(b.node) - degreeOf(a.node) || a.node - b.node);
}
