// vis-network, as pyvis ships it: in a small network's page it has run already, in a large one's it waits
// packed until something is looked at closely.
async function visNetwork() {
  if (!globalThis.vis) {
    const script = make("script");
    script.textContent = await unpack(byId("theVis").textContent); // the policy of the page names its hash
    document.head.append(script);
  }
  return globalThis.vis;
}
