// vis-network, as pyvis ships it.  It waits packed: in a small network's page until there is a first picture, in
// a large one's until something is looked at closely.

/** Wait for the next frame; not for long, since a page that nobody sees has none. */
const nextFrame = () =>
  new Promise((done) => {
    requestAnimationFrame(() => setTimeout(done));
    setTimeout(done, 250);
  });

/** Wait until what is drawn now is seen: for the frame in which it is drawn, and for the one after. */
const untilSeen = () => nextFrame().then(nextFrame);

async function visNetwork() {
  if (!globalThis.vis) {
    const script = make("script");
    script.textContent = await unpack(byId("theVis").textContent); // the policy of the page names its hash
    document.head.append(script);
  }
  return globalThis.vis;
}
