// Where an entry stands among the others, and what a community is, in plain words.
const TELLING_RANK = 20;
const ORDINALS = ["", "second ", "third ", "fourth ", "fifth ", "sixth ", "seventh ", "eighth ", "ninth ", "tenth "];

/** The community that an entry belongs to, of the upper level. */
const communityOf = (node) => topOf[areaOf[node]];
const linkToArea = (area) => make("a", { href: `#area:${coded(area.key)}` }, bdi(area.label));

/** An entry's rank by links within its kind; nothing for those of whom it says nothing. */
function rankWords(node) {
  const own = degreeOf(node);
  if (own < 3) return null;
  let [more, same, of] = [0, 0, 0];
  for (let other = 0; other < nodeCount; other += 1) {
    if (kindOf[other] !== kindOf[node]) continue;
    of += 1;
    if (degreeOf(other) > own) more += 1;
    else if (degreeOf(other) === own) same += 1;
  }
  if (of < 6 || more + same > Math.min(TELLING_RANK, Math.max(3, of / 10))) return null;
  return `${same > 1 ? "Together with others the " : "The "}${ORDINALS[more] ?? `${more + 1}th `}most connected of ${ofKind(of, kind(node))}.`;
}

/** The measures of an entry, as a paragraph. */
function standingOf(node) {
  const words = [rankWords(node)].filter(Boolean);
  const near = new Set(Array.from(linksOf(node), (edge) => communityOf(otherEnd(edge, node))));
  if (areas.length && near.size > 2) words.push(`It links ${near.size} communities.`);
  const told = words.length ? [words.join(" "), " "] : [];
  if (areas.length > 1) told.push("Community: ", linkToArea(areas[communityOf(node)]));
  return told.length ? [make("p", { class: "standing" }, ...told)] : [];
}

/** How many links lead from a community to each of the others, most first. */
function tiesOf(at) {
  const ties = new Map();
  for (let edge = 0; edge < edgeCount; edge += 1) {
    const [from, to] = [communityOf(edgeFrom[edge]), communityOf(edgeTo[edge])];
    if (from === to || (from !== at && to !== at)) continue;
    const other = from === at ? to : from;
    ties.set(other, (ties.get(other) ?? 0) + 1);
  }
  return [...ties].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
}

function showArea({ at }) {
  const area = areas[at];
  const members = membersOf(area);
  const counts = new Map();
  for (const node of members) counts.set(kindOf[node], (counts.get(kindOf[node]) ?? 0) + 1);
  const kindsIn = [...counts].sort((a, b) => b[1] - a[1]).map(([one, count]) => make("li", {}, makeMark(kinds[one]), ofKind(count, kinds[one])));
  const most = [...members].sort((a, b) => degreeOf(b) - degreeOf(a) || byName(a, b)).slice(0, 20);
  const all = make("button", { type: "button", class: "showall" }, `All ${number(members.length)} in the list`);
  all.addEventListener("click", () => openInList(area.parent >= 0 ? area.parent : at));
  const heading = (words) => make("h3", {}, words);
  const ties = area.parent >= 0 ? [] : tiesOf(at);
  const tie = ([other, count]) => make("li", {}, make("span", {}, linkToArea(areas[other]), make("span", { class: "soft" }, ` – ${links(count)}`)));
  showPanel("area", ["Community · ", entries(members.length)], [bdi(area.label)], [
    make("p", { class: "standing" }, "These have more links among themselves than with others.", ...(area.parent >= 0 ? [" Part of ", linkToArea(areas[area.parent]), "."] : [])),
    make("ul", { class: "counted" }, ...kindsIn),
    areaActions(area, members),
    ...(area.about.length ? [heading("What it is about"), thingList(area.about)] : []),
    heading("With most links"),
    thingList(most),
    ...(members.length > most.length ? [all] : []),
    ...(area.inner.length ? [heading("Made of"), make("ul", { class: "things" }, ...area.inner.map((inner) => make("li", {}, make("span", {}, linkToArea(inner), make("span", { class: "soft" }, ` – ${entries(inner.nodes.length)}`)))))] : []),
    ...(ties.length ? [heading("Tied with"), make("ul", { class: "things" }, ...ties.slice(0, LONG_GROUP).map(tie))] : []),
  ]);
}

function areaActions(area, members) {
  const closer = make("button", { type: "button" }, "Look closer");
  closer.addEventListener("click", () => {
    if (narrow.matches) {
      closeOpen("picture");
      openPicture();
      frame.scrollIntoView();
    }
    drawing?.goTo(members);
  });
  const alone = state.areas.length === 1 && state.areas[0] === area.at;
  const only = make("button", { type: "button", "aria-pressed": String(alone) }, "Show only this");
  only.addEventListener("click", () => {
    const pressed = only.getAttribute("aria-pressed") === "true";
    only.setAttribute("aria-pressed", String(!pressed));
    change({ areas: pressed ? [] : [area.at], view: null }, "filter");
  });
  return make("div", { class: "actions", role: "group", "aria-label": "In the picture" }, closer, only);
}
