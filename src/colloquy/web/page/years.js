// The years: two handles choose from when to when, bars show how much there is of each year, and Play
// moves the chosen years along.
const yearFrom = byId("theYearFrom");
const yearTo = byId("theYearTo");
const YEAR_TIME = 1200; // milliseconds: time to see what came and what went
let playing = 0;
let played = null; // the years that Play chose last
let yearChosen = -Infinity; // when a handle was last moved: one drag is one step to undo

const chosenYears = () => state.years ?? yearsOfAll;
const yearWords = ([first, last] = chosenYears()) => (first === last ? String(first) : `${first}–${last}`);

function yearsChanged() {
  if (!yearsOfAll) return;
  if (playing && state.years !== played) return stopPlaying(); // somebody else chose
  const [first, last] = chosenYears();
  [yearFrom.value, yearTo.value] = [first, last];
  byId("theYearWords").textContent = state.years ? yearWords() : "All years";
  byId("thePlay").textContent = playing ? "Stop" : "Play";
  if (byId("theYears").open) drawBars();
}

/** How many entries begin in each year: all of them, and of these what is shown. */
function drawBars() {
  const [first, last] = yearsOfAll;
  const [all, shown] = [new Uint32Array(last - first + 1), new Uint32Array(last - first + 1)];
  for (let node = 0; node < nodeCount; node += 1) {
    if (!sinceOf[node]) continue;
    all[sinceOf[node] - first] += 1;
    shown[sinceOf[node] - first] += nodeShown[node];
  }
  const most = all.reduce((one, other) => Math.max(one, other), 1);
  const bars = byId("theYearBars");
  if (!bars.firstChild) bars.append(...Array.from(all, () => make("span", {}, make("span"))));
  const tall = (bar, count) => (bar.style.height = `${count ? Math.max(4, (100 * count) / most) : 0}%`);
  [...bars.children].forEach((bar, at) => {
    tall(bar, all[at]);
    bar.title = `${first + at}: ${all[at] === shown[at] ? number(all[at]) : `${number(shown[at])} of ${number(all[at])}`}`;
    bar.firstChild.style.height = `${all[at] ? (100 * shown[at]) / all[at] : 0}%`;
  });
}

function chooseYears(first, last, step = true) {
  const all = first <= yearsOfAll[0] && last >= yearsOfAll[1];
  played = all ? null : [first, last];
  change({ years: played }, "years", step);
}

/** Move the chosen years on, one at a time, until the last; all years become a window of a tenth of them. */
function play() {
  if (playing) return stopPlaying();
  const [begin, end] = yearsOfAll;
  let [first, last] = chosenYears();
  const width = state.years && last - first < end - begin ? last - first : Math.max(0, Math.round((end - begin) / 10) - 1);
  if (!state.years || last >= end) [first, last] = [begin, begin + width];
  const timer = setInterval(() => {
    if (last >= end) return stopPlaying();
    [first, last] = [first + 1, last + 1];
    chooseYears(first, last, false);
  }, YEAR_TIME);
  chooseYears(first, last);
  playing = timer;
  filtersChanged();
}

function stopPlaying() {
  if (!playing) return;
  clearInterval(playing);
  playing = 0;
  filtersChanged();
}

function watchYears() {
  const menu = byId("theYears");
  menu.hidden = !yearsOfAll;
  if (!yearsOfAll) return;
  byId("theYearSpan").append(...yearsOfAll.map((year) => make("span", {}, String(year))));
  for (const handle of [yearFrom, yearTo]) {
    [handle.min, handle.max] = yearsOfAll;
    handle.addEventListener("input", () => {
      stopPlaying();
      const [first, last] = [Number(yearFrom.value), Number(yearTo.value)];
      const now = performance.now();
      const step = now - yearChosen > 1000;
      yearChosen = now;
      if (handle === yearFrom) chooseYears(first, Math.max(first, last), step);
      else chooseYears(Math.min(first, last), last, step);
    });
  }
  byId("thePlay").addEventListener("click", play);
  byId("theAllYears").addEventListener("click", () => {
    stopPlaying();
    chooseYears(...yearsOfAll);
  });
  menu.addEventListener("toggle", () => menu.open && drawBars());
  // Escape stops it from everywhere, before it closes anything.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !playing) return;
    event.stopPropagation();
    event.preventDefault();
    stopPlaying();
  }, true);
}
