// What the page holds, unpacked; payload.py is the other half.
const readJSON = (id) => JSON.parse(byId(id).textContent);
const bytesOf = (text) => Uint8Array.fromBase64?.(text) ?? Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** Undo `payload.pack`: base64, gzip, JSON. */
async function unpack(text) {
  const stream = new Blob([bytesOf(text)]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

const head = readJSON("theHead");
const kinds = head.kinds.map((kind, at) => ({ ...kind, at }));
const core = await unpack(byId("theCore").textContent);
/** Where this page is: in a file, or at an address. */
const served = /^https?:$/.test(location.protocol);
