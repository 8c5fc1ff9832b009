// The engine's own thread: ended at once when somebody stops a query, and begun again.
let store = null;

async function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const DUTIES = {
  start({ module }) {
    oxigraph.initSync({ module });
    store = new oxigraph.Store();
    return {};
  },
  async load({ data }) {
    store.load(await inflated(data), { format: "application/trig", lenient: true });
    return { size: store.size };
  },
  ask(asked) {
    return answerOf(store.query(asked.text, { results_format: READ_AS[asked.form] }), asked);
  },
  write({ text, media }) {
    return { written: store.query(text, { results_format: media }) };
  },
};

addEventListener("message", async ({ data: request }) => {
  const began = performance.now();
  try {
    const found = await DUTIES[request.duty](request);
    postMessage({ id: request.id, found, ms: performance.now() - began });
  } catch (error) {
    postMessage({ id: request.id, refused: String(error?.message ?? error), broken: Boolean(error?.broken) || error instanceof WebAssembly.RuntimeError });
  }
});
