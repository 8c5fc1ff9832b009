// The legend and the filters: kinds of entry, kinds of link, communities, and what was hidden by hand.
const tools = byId("theTools");
const kindBoxes = [...tools.querySelectorAll("[data-kind]")];
const relationBoxes = [...tools.querySelectorAll("[data-relation]")];
const AREAS_LISTED = 12;
let allAreas = false; // the visitor asked for more of them

/** Bring boxes and counts up to the state; called after each change of what is shown. */
function filtersChanged() {
  kindBoxes.forEach((box, at) => (box.checked = !state.kindsOff.includes(at)));
  relationBoxes.forEach((box, at) => (box.checked = !state.relationsOff.includes(at)));
  for (const [name, boxes, all] of [["kinds", kindBoxes, kinds], ["relations", relationBoxes, relations]]) {
    boxes.forEach((box, at) => (box.closest("label").querySelector(".number").textContent = ofAll(shownCounts[name][at], all[at].count)));
  }
  for (const [name, some] of [["theRelations", state.relationsOff.length], ["theAreas", state.areas.length], ["theYears", state.years]]) {
    byId(name).classList.toggle("some", Boolean(some));
  }
  drawAreas();
  drawByHand();
  yearsChanged();
  const some = isFiltered();
  const words = some
    ? `Showing ${number(shownCounts.nodes)} of ${entries(nodeCount)} and ${number(shownCounts.edges)} of ${links(edgeCount)}`
    : `Showing all ${entries(nodeCount)} and ${links(edgeCount)}`;
  byId("theFiltered").hidden = !some;
  byId("theShown").textContent = some ? words : "";
  if (!playing) byId("theCount").textContent = words; // while the years move on, nobody could follow
}

const ofAll = (shown, all) => (shown === all ? number(all) : `${number(shown)} of ${number(all)}`);

/** The communities, largest first; those whose name holds what is typed above them. */
function drawAreas() {
  const list_ = byId("theAreaList");
  if (!list_ || !byId("theAreas").open) return;
  const asked = fold(byId("theAreaSearch").value).trim();
  const chosen = areas.filter((area) => state.areas.includes(area.at));
  const found = topAreas.filter((area) => !chosen.includes(area) && fold(area.label).includes(asked));
  const some = [...chosen, ...(allAreas ? found : found.slice(0, AREAS_LISTED))];
  const left = chosen.length + found.length - some.length;
  const more = make("button", { type: "button" }, `${number(left)} more`);
  more.addEventListener("click", () => {
    allAreas = true;
    drawAreas();
    list_.children[some.length]?.querySelector("input").focus();
  });
  const had = document.activeElement?.dataset?.area;
  list_.replaceChildren(
    ...some.map((area) => {
      const box = make("input", { type: "checkbox", checked: state.areas.includes(area.at) });
      box.dataset.area = area.at;
      return make("label", {}, box, bdi(area.label), " ", make("span", { class: "number" }, ofAll(shownCounts.areas[area.at], areaSize(area))));
    }),
    ...(left ? [make("p", { class: "both" }, more)] : []),
    ...(some.length ? [] : [make("p", { class: "empty" }, "No community by that name.")]),
  );
  if (had !== undefined) list_.querySelector(`[data-area="${had}"]`)?.focus();
}

/** What was hidden, kept or looked at by hand, each with a way back. */
function drawByHand() {
  const parts = [];
  const add = (words, label, run) => {
    const button = make("button", { type: "button" }, label);
    button.addEventListener("click", () => {
      run();
      (isFiltered() ? byId("theReset") : firstFilter()).focus();
    });
    parts.push(make("span", { class: "crumb" }, ...words, " ", button));
  };
  const leave = (part) => () => change({ ...part, view: null }, "filter");
  const { around, areas: chosen, years, hidden, kept } = state;
  if (around) {
    const more = around.nodes.length > 1 ? ` and ${number(around.nodes.length - 1)} more` : "";
    add(["Around ", bdi(labels[around.nodes[0]]), `${more}, ${links(around.hops)}`], "Leave focus", leave({ around: null }));
  }
  if (chosen.length) add([chosen.length > 1 ? `${number(chosen.length)} communities` : bdi(areas[chosen[0]].label)], "All communities", leave({ areas: [] }));
  if (playing) add([yearWords()], "Stop", stopPlaying);
  else if (years) add([yearWords()], "All years", leave({ years: null }));
  if (hidden.length) add([`${number(hidden.length)} hidden`], "Show again", leave({ hidden: [] }));
  if (kept.length) add([`${number(kept.length)} kept`], "Let go", leave({ kept: [] }));
  const had = byId("theByHand").contains(document.activeElement) && document.activeElement.textContent;
  byId("theByHand").replaceChildren(...parts);
  if (had) [...byId("theByHand").querySelectorAll("button")].find((button) => button.textContent === had)?.focus();
}

/** Where the focus goes when what had it is gone. */
const firstFilter = () => (narrow.matches && !byId("theFilters").open ? byId("theFilters").firstElementChild : kindBoxes[0]) ?? byId("theUndo");

const showEverything = () => change({ ...NOTHING, open: state.open }, "filter");
const numbersOff = (boxes) => boxes.flatMap((box, at) => (box.checked ? [] : [at]));

/** Buttons for what is open: what can be done with it in the picture. */
function fillActions(node) {
  const slot = byId("theActions");
  if (!slot) return;
  const { around, hidden, kept } = state;
  const [isKept, isHidden] = [kept.includes(node), hidden.includes(node)];
  const focused = around?.nodes[0] === node ? around.hops : 0;
  const turned = (some) => (some.includes(node) ? some.filter((one) => one !== node) : [...some, node]);
  const had = slot.contains(document.activeElement) ? document.activeElement.dataset.act : null;
  const action = (name, words, pressed, part) => {
    const button = make("button", { type: "button", ...(pressed === null ? {} : { "aria-pressed": String(pressed) }) }, ...words);
    button.dataset.act = name;
    button.addEventListener("click", () => look({ ...part, view: null }));
    return button;
  };
  const steps_ = (hops) => [number(hops), make("span", { class: "unseen" }, hops === 1 ? " link" : " links")];
  const around_ = [1, 2, 3].map((hops) => action(`around ${hops}`, steps_(hops), focused === hops, { around: focused === hops ? null : { nodes: [node], hops } }));
  const opened = around?.nodes.includes(node) ?? true;
  slot.replaceChildren(
    make("span", { class: "some", role: "group", "aria-labelledby": "theAround" }, make("span", { id: "theAround" }, "Only around it"), ...around_, make("span", { "aria-hidden": "true" }, "links")),
    ...(opened ? [] : [action("more", ["Show more around it"], null, { around: { ...around, nodes: [...around.nodes, node] } })]),
    action("keep", ["Keep it"], isKept, { kept: turned(kept), hidden: hidden.filter((one) => one !== node) }),
    action("hide", ["Hide it"], isHidden, { hidden: turned(hidden), kept: kept.filter((one) => one !== node) }),
  );
  if (had) ([...slot.querySelectorAll("button")].find((button) => button.dataset.act === had) ?? slot.querySelector("button")).focus();
}

/** Do something with the picture; on a phone the panel, which covers it, makes way. */
function look(part) {
  if (!narrow.matches) return change(part, "filter");
  opener = showButton;
  change({ ...part, open: null }, "filter");
  openPicture();
  showButton.focus({ preventScroll: true });
  frame.scrollIntoView({ block: "nearest" });
}

function watchFilters() {
  tools.addEventListener("change", ({ target }) => {
    if (kindBoxes.includes(target)) change({ kindsOff: numbersOff(kindBoxes) }, "filter");
    else if (relationBoxes.includes(target)) change({ relationsOff: numbersOff(relationBoxes) }, "filter");
    else if (target.dataset.area) {
      const at = Number(target.dataset.area);
      change({ areas: target.checked ? [...state.areas, at] : state.areas.filter((one) => one !== at), view: null }, "filter");
    }
  });
  byId("theAll").addEventListener("click", () => change({ relationsOff: [] }, "filter"));
  byId("theNone").addEventListener("click", () => change({ relationsOff: relations.map((one) => one.at) }, "filter"));
  byId("theReset").addEventListener("click", () => {
    stopPlaying();
    showEverything();
    firstFilter().focus();
  });
  byId("theUndo").addEventListener("click", undo);
  byId("theAreas").hidden = topAreas.length < 2;
  byId("theAreaSearch").addEventListener("input", drawAreas);
  byId("theAreas").addEventListener("toggle", drawAreas);
  watchMenus();
}

/** A menu closes with Escape, and where it floats, with a step outside. */
function watchMenus() {
  const all = [...document.querySelectorAll("details.menu")];
  const closeOthers = ({ target }) => {
    if (narrow.matches) return;
    for (const menu of all) if (menu.open && !menu.contains(target)) menu.open = false;
  };
  document.addEventListener("pointerdown", closeOthers);
  document.addEventListener("focusin", closeOthers);
  for (const menu of all) {
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      event.stopPropagation();
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || event.target.matches("input:not([type=checkbox], [type=range]), select, textarea") || embedded) return;
    const [help, folded] = [byId("theHelp"), byId("theFilters")];
    folded.open = true;
    help.open = !help.open;
    (help.open ? help.querySelector("summary") : picture).focus();
  });
}
