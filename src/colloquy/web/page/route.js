// The address: `#id` opens an entry, `#edge:id` a link, `#question:0` a question.  Ids hold no colon.
// Every opening is a step of the browser's history, so Back and Forward work by themselves.
const title = document.title;
let opener = null; // what had the focus before the panel opened; it gets it back
let arrival = "link"; // how the next change of address comes about

function openFrom(hash, element) {
  opener = element;
  go(hash, "link");
}

const openFromKeys = (hash) => openFrom(hash, picture);

function openFromPicture(hash) {
  opener = picture;
  go(hash, "picture");
}

function go(hash, how) {
  const address = `#${encodeURIComponent(hash).replaceAll("%3A", ":")}`;
  if (location.hash === address) return show(how);
  arrival = how;
  location.hash = address;
}

function closePanel() {
  if (location.hash) history.pushState(null, "", location.pathname + location.search);
  show("close");
}

function askedFor() {
  const text = location.hash.slice(1);
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Bring picture, panel and title to what the address asks for. */
function show(how) {
  const asked = askedFor();
  if (!asked || byId(asked) === outline) return showNothing(how);
  const node = nodeOf.get(asked);
  const edge = asked.startsWith("edge:") ? edgeOf.get(asked.slice(5)) : null;
  const question = asked.startsWith("question:") ? model.questions[asked.slice(9)] : null;
  if (node) {
    showNode(node);
    light([node], node.edges, node.edges.map((one) => otherEnd(one, node)));
    lookAt(how, [node, ...look.lit.near]);
  } else if (edge) {
    showEdge(edge);
    light([edge.from, edge.to], [edge]);
    lookAt(how, [edge.from, edge.to]);
  } else if (question) {
    const some = new Set(question.ids.map((id) => nodeOf.get(id)).filter(Boolean));
    showQuestion(asked.slice(9));
    light([...some], edges.filter((one) => some.has(one.from) && some.has(one.to)));
    lookAt(how, [...some]);
  } else {
    showUnknown(asked);
    light();
  }
  document.title = `${isolated(panelName.textContent)} – ${title}`;
  if (how !== "picture" || narrow.matches) panelName.focus({ preventScroll: true });
}

function showNothing(how) {
  const open = !panel.hidden;
  const inside = panel.contains(document.activeElement) || document.activeElement === document.body;
  emptyPanel();
  light();
  document.title = title;
  if (open && (how === "close" || inside)) returnFocus();
}

function returnFocus() {
  const back = opener?.isConnected && opener.checkVisibility?.() !== false ? opener : searchBox;
  back.focus({ preventScroll: back === picture });
}

/** The picture stays still under the hand that clicks in it; otherwise it goes to what was opened. */
function lookAt(how, some) {
  if (how !== "picture") goTo(some);
}

function watchAddress() {
  addEventListener("hashchange", () => {
    const how = arrival;
    arrival = "link";
    show(how);
  });
  addEventListener("popstate", () => {
    if (!location.hash) show("back"); // a step to the page itself changes no hash in every browser
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (!link) return;
    if (link.hash === "#theOutline") {
      event.preventDefault();
      outline.scrollIntoView();
      outline.focus({ preventScroll: true });
    } else if (link.id === "theTitle") {
      event.preventDefault();
      scrollTo({ top: 0 });
      closePanel();
    } else if (!panel.contains(link)) opener = link;
  });
  byId("theClose").addEventListener("click", closePanel);
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closePanel();
  });
}
