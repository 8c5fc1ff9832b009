// Who answers: Oxigraph in a worker of this page, or the server that the page came from.  Both have `ask(query)` for
// an answer to be read here, `write(query, media)` for a file, and `stop()`; see `prepared` for what a query is.
const MEDIA = {
  csv: ["CSV", "text/csv"], tsv: ["TSV", "text/tab-separated-values"],
  json: ["JSON", "application/sparql-results+json"], xml: ["XML", "application/sparql-results+xml"],
  ttl: ["Turtle", "text/turtle"], nt: ["N-Triples", "application/n-triples"], jsonld: ["JSON-LD", "application/ld+json"], rdf: ["RDF/XML", "application/rdf+xml"],
};
const FILES_OF = { select: ["csv", "tsv", "json", "xml"], ask: ["json", "xml", "csv", "tsv"], graph: ["ttl", "nt", "jsonld", "rdf"] };

class Stopped extends Error {}

/** What Python is made of: how the worker calls each part, and where it stands in the page. */
const PYTHON_FILES = { runtime: "theRuntime", library: "theLibrary", sources: "theSources", material: "theMaterial" };

/** Find a line and a column in what an engine says, and leave them out of the words. */
function faultOf(words, shift = 0) {
  const found = /(?:error at |query:|line )(\d+)(?::|, column )(\d+)(?::? *)/.exec(words);
  if (!found) return new QueryFault(words);
  const [line, column] = [Number(found[1]), Number(found[2]) - (found[1] === "1" ? shift : 0)];
  const rest = (words.slice(0, found.index) + words.slice(found.index + found[0].length)).trim();
  return new QueryFault(rest.slice(0, 1).toUpperCase() + rest.slice(1), line, Math.max(column, 1));
}

class OwnEngine {
  constructor() {
    this.declares = true;
    this.waiting = new Map();
    this.last = 0;
    this.worker = null;
  }

  /** Read the engine and its data out of the page; what was read stays, so that a stopped worker is soon replaced. */
  async open() {
    this.data ??= bytesOf(byId("theData").textContent);
    this.script ??= URL.createObjectURL(new Blob([await unpack(byId("theWorker").textContent)], { type: "text/javascript" }));
    if (!this.module) {
      const stream = new Blob([bytesOf(byId("theEngine").textContent)]).stream().pipeThrough(new DecompressionStream("gzip"));
      this.module = await WebAssembly.compile(await new Response(stream).arrayBuffer());
    }
    for (const id of ["theData", "theWorker", "theEngine"]) byId(id).textContent = "";
    this.ready ??= this.begin();
    return this.ready;
  }

  async begin() {
    this.worker = new Worker(this.script);
    this.worker.addEventListener("message", ({ data }) => {
      const { done, failed, shift } = this.waiting.get(data.id) ?? {};
      this.waiting.delete(data.id);
      if (data.found) return done?.({ ...data.found, ms: data.ms });
      failed?.(faultOf(data.refused, shift));
      if (data.broken) this.stop(); // its memory is no longer to be trusted
    });
    await this.send({ duty: "start", module: this.module });
    return this.send({ duty: "load", data: this.data });
  }

  send(request, shift = 0) {
    const id = (this.last += 1);
    return new Promise((done, failed) => {
      this.waiting.set(id, { done, failed, shift });
      this.worker.postMessage({ ...request, id });
    });
  }

  async ask(query) {
    await this.open();
    return this.send({ duty: "ask", ...query }, query.shift);
  }

  async write(query, media) {
    await this.open();
    return (await this.send({ duty: "write", text: query.text, media }, query.shift)).written;
  }

  /** Give a reason (`why`, `triple`, `doctor`) as the server does: Python begins with the first, and `told` gets words. */
  async reason(name, fields, told) {
    await this.open();
    if (!this.python) {
      told("Python starts in this page, which takes some seconds the first time …");
      this.files ??= Object.fromEntries(Object.entries(PYTHON_FILES).map(([part, id]) => [part, bytesOf(byId(id).textContent)]));
      for (const id of Object.values(PYTHON_FILES)) byId(id).textContent = "";
      this.python = this.send({ duty: "python", ...this.files });
    }
    try {
      await this.python;
    } catch (error) {
      this.python = null;
      throw error instanceof Stopped ? error : Object.assign(new Error(`Python does not start here: ${error.message}`), { noPython: true });
    }
    told("Looking for the reasons …");
    const { answer } = await this.send({ duty: "reason", request: { do: name, ...fields } });
    return answer ?? { rows: true };
  }

  /** End the worker at once, whatever it does, and begin another. */
  stop() {
    if (!this.worker) return;
    this.worker.terminate();
    const left = [...this.waiting.values()];
    this.waiting.clear();
    for (const { failed } of left) failed(new Stopped());
    this.python = null;
    this.ready = this.begin();
  }
}

class ServerEngine {
  constructor(address) {
    this.address = address;
    this.declares = false;
    this.asked = new Set();
  }

  async open() {
    return { size: head.triples };
  }

  async fetch(name, { body, accept, type }, shift = 0) {
    const cutter = new AbortController();
    this.asked.add(cutter);
    try {
      const answer = await fetch(new URL(name, this.address), { method: "POST", headers: { accept, "content-type": type }, body, signal: cutter.signal });
      const text = await answer.text();
      if (!answer.ok) throw faultOf(text.trim() || `The server says ${answer.status}.`, shift);
      return text;
    } catch (error) {
      if (cutter.signal.aborted) throw new Stopped();
      if (error instanceof QueryFault) throw error;
      throw new QueryFault("The server did not answer in full: it may have ended, or the answer is larger than it allows.");
    } finally {
      this.asked.delete(cutter);
    }
  }

  write(query, media) {
    return this.fetch("sparql", { body: query.text, accept: media, type: "application/sparql-query" }, query.shift);
  }

  async ask(query) {
    const began = performance.now();
    const text = await this.write(query, READ_AS[query.form]);
    return { ...answerOf(text, query), ms: performance.now() - began };
  }

  /** Ask for what is said in JSON of a query: `why`, `doctor`. */
  async reason(name, { query, row }) {
    const named = (terms) => Object.fromEntries(Object.entries(terms).map(([column, term]) => [column, term && jsonTerm(term)]));
    const fields = row ? { query, row: JSON.stringify(named(row)) } : { query };
    return JSON.parse(await this.fetch(name, { body: new URLSearchParams(fields), accept: "application/json", type: "application/x-www-form-urlencoded" }));
  }

  stop() {
    for (const cutter of this.asked) cutter.abort();
  }
}

/** A page that a colloquy server serves asks it; any other page answers by itself. */
async function chosenEngine() {
  if (!served) return new OwnEngine();
  try {
    const answer = await fetch(new URL("health", location.href));
    if (answer.ok && (await answer.json()).status === "ok") return new ServerEngine(location.href);
  } catch {
    // a place for files: there is nobody to ask
  }
  return new OwnEngine();
}
