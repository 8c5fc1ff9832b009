// Opening the data: at once where it is small, by a button where it is large, and not at all where only the server can.
let engine = null;
const engineLine = byId("theEngineLine");

const triples = counted(head.triples, "triple", "triples");
const SERVE = "colloquy serve";

/** What somebody has to do before a query can run; null where nothing. */
function obstacle() {
  if (!engine) return "The page is still getting ready.";
  if (engine instanceof OwnEngine && head.triples > head.atMost) return `This graph has ${triples}: more than a page can hold. Run ${SERVE} in the project's folder, and open the address that it names, with /query behind it.`;
  if (engine instanceof OwnEngine && !engine.ready && head.triples > head.atOnce) return `Load the data first: ${triples} wait in this page.`;
  return null;
}

async function loadData() {
  const began = performance.now();
  byId("theLoad").disabled = true;
  say(engineLine, `Loading ${triples} …`);
  try {
    const { size } = await engine.open();
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    say(engineLine, `${counted(size, "triple", "triples")} ready in this page after ${seconds} s. Nothing leaves it.`);
    byId("theLoadRow").hidden = true;
    return true;
  } catch (error) {
    say(engineLine, `The data cannot be loaded here: ${error.message}`);
    byId("theLoad").disabled = false;
    return false;
  }
}

/** Choose who answers, and make the data ready where that needs no leave. */
async function openEngine() {
  engine = await chosenEngine();
  if (engine instanceof ServerEngine) return say(engineLine, `${triples}. The server that this page came from answers.`);
  if (head.triples > head.atMost) return say(engineLine, obstacle());
  if (head.triples <= head.atOnce) return loadData();
  byId("theLoadRow").hidden = false;
  byId("theLoad").textContent = `Load the data (${triples})`;
  say(engineLine, "Queries run in this page, without a server, once its data is loaded. That takes some seconds and some memory.");
  return false;
}
