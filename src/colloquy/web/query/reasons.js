// Reasons, in the engine's own thread: this package's Python, run by Pyodide, which asks the engine beside it.
// It is begun when somebody first wants to know why; what it needs is handed over by the page, and nothing is fetched.
const PLACE = "page:///";
let python = null;

/** What Pyodide would fetch, out of memory. */
function holdFiles(files) {
  globalThis.fetch = async (address) => {
    const [media, bytes] = files[String(address).slice(PLACE.length)];
    return new Response(bytes, { headers: { "content-type": media } });
  };
}

/** Answer a question that Python asks, in JSON. */
function askHere(request) {
  try {
    const asked = JSON.parse(request);
    return JSON.stringify(answerOf(store.query(asked.text, { results_format: READ_AS[asked.form] }), asked));
  } catch (error) {
    return JSON.stringify({ refused: String(error?.message ?? error) });
  }
}

async function beginPython({ runtime, library, sources, material }) {
  globalThis.importScripts = () => {
    throw new Error("nothing is fetched here"); // Pyodide would try it out, and the policy of the page would refuse
  };
  holdFiles({ "pyodide.asm.wasm": ["application/wasm", await inflated(runtime)], "python_stdlib.zip": ["application/zip", await inflated(library)] });
  const { loadPyodide, createPyodideModule, lock } = pyodideHere();
  const env = { HOME: "/home", RAPIDFUZZ_IMPLEMENTATION: "python" };
  const started = await loadPyodide({ createPyodideModule, env, indexURL: PLACE, packageBaseUrl: PLACE, lockFileContents: lock });
  const { FS } = started;
  FS.writeFile("/sources.zip", await inflated(sources));
  FS.writeFile("/material.json", await inflated(material));
  FS.writeFile("/graph.nq", store.dump({ format: "application/n-quads" }));
  started.runPython('import sys; sys.path.insert(0, "/sources.zip")\nfrom colloquy.inpage import blanks; blanks.install()');
  const entry = started.pyimport("colloquy.inpage.entry");
  const refused = entry.begin("/material.json", "/graph.nq", askHere);
  if (refused) throw new Error(refused);
  return entry;
}

DUTIES.python = async (files) => {
  python ??= beginPython(files);
  try {
    await python;
  } catch (error) {
    python = null;
    throw new Error(error.message.trim().split("\n").at(-1)); // of what Python raises, the words without the way there
  }
  return {};
};

DUTIES.reason = async ({ request }) => {
  const entry = await python;
  let said;
  try {
    said = entry.answer(JSON.stringify(request));
  } catch {
    throw Object.assign(new Error("this query is too large for its reasons to be worked out in a page"), { broken: true });
  }
  const { answer, refused } = JSON.parse(said);
  if (refused) throw new Error(refused);
  return { answer };
};
