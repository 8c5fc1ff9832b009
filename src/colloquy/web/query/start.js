// The start: watch every part of the page, make the data ready, and do what the address asks for.
watchResults();
watchExamples();
watchAddress();

const FIRST = `# What kinds of things are there, and how many?\nSELECT ?kind (COUNT(?thing) AS ?number) {\n  ?thing a ?kind .\n}\nGROUP BY ?kind\nORDER BY DESC(?number)\n`;
byId("theLoad").addEventListener("click", async () => (await loadData()) && (location.hash ? followAddress() : runQuery()));
byId("theLicenceBox").addEventListener("toggle", async ({ target }) => {
  if (target.open && !target.dataset.read) byId("theLicenceText").textContent = await unpack(byId("theLicences").textContent);
  target.dataset.read = "yes";
});

setQuery(FIRST);
const ready = openEngine().then(async () => (location.hash.length > 1 ? followAddress() : undefined));

// For the console, and for tests.
globalThis.colloquy = Object.freeze({
  ...{ head, vocabulary, editor, codemirror, setQuery, queryText, runQuery, stopQuery, choose, questions, seeAs, followAddress, writeAddress, completionsAt, contextAt, classesOf, tokensOf, prepared, known, learn },
  ready,
  shown: () => shown,
  running: () => Boolean(running),
  engine: () => engine,
  ask: (text) => engine.ask(prepared(text, head.prefixes, engine.declares)),
  reason: (name, fields) => engine.reason(name, fields, () => {}),
});
