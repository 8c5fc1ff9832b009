// A result as a chart, where one column has numbers: bars by name, columns by time, or dots for two numbers.
const BARS = 40;
const DOTS = 2000;

function svgOf(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** What each column holds: "number", "time" or "name". */
function sortsOf({ columns, rows }) {
  return columns.map((_, at) => {
    const terms = rows.map((row) => row[at]).filter((term) => term !== null);
    if (!terms.length) return "name";
    if (terms.every((term) => !Number.isNaN(numberOf(term)))) return "number";
    return terms.every((term) => term.startsWith('"') && DATES.has(readTerm(term).datatype)) ? "time" : "name";
  });
}

/** Which columns to draw: {across, up}, or null where no column has numbers. */
function plotOf(answer, across, up) {
  const sorts = sortsOf(answer);
  const numbers = [...sorts.keys()].filter((at) => sorts[at] === "number");
  if (answer.kind !== "select" || !numbers.length || !answer.rows.length) return null;
  const years = numbers.filter((at) => /year|^jahr$/i.test(answer.columns[at]));
  const last = numbers.filter((at) => !years.includes(at)).at(-1) ?? numbers.at(-1);
  const y = numbers.includes(up) ? up : last;
  const others = [...sorts.keys()].filter((at) => at !== y);
  const x = others.includes(across) ? across : (others.find((at) => sorts[at] === "time") ?? others.find((at) => sorts[at] === "name") ?? others[0] ?? -1);
  return { across: x, up: y, sort: x < 0 ? "name" : sorts[x], sorts };
}

const timeOf = (term) => {
  const [, year, month = 1, day = 1] = /^(-?\d+)(?:-(\d\d))?(?:-(\d\d))?/.exec(readTerm(term).value) ?? [];
  return Number(year) + (Number(month) - 1) / 12 + (Number(day) - 1) / 366;
};

/** Round numbers that a scale is marked with. */
function stepsOf(low, high, many = 5) {
  const raw = (high - low) / many || 1;
  const size = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((times) => times * size).find((one) => one >= raw);
  const found = [];
  for (let value = Math.ceil(low / step) * step; value <= high + step / 1e6; value += step) found.push(Number(value.toPrecision(12)));
  return found;
}

function barsOf(points, width) {
  const some = points.slice(0, BARS);
  const room = Math.min(260, width * 0.42);
  const [low, high] = [Math.min(0, ...some.map(({ y }) => y)), Math.max(0, ...some.map(({ y }) => y))];
  const place = (value) => room + ((value - low) / (high - low || 1)) * (width - room - 64);
  const parts = some.flatMap(({ words, y }, at) => {
    const top = at * 26 + 4;
    const name = words.length > room / 7.2 ? `${words.slice(0, Math.floor(room / 7.2) - 1)}…` : words;
    const left = Math.min(place(0), place(y));
    const bar = svgOf("rect", { x: left, y: top, width: Math.max(Math.abs(place(y) - place(0)), 1), height: 18, rx: 2, class: "bar" }, svgOf("title", {}, `${words}: ${number(y)}`));
    return [svgOf("text", { x: room - 8, y: top + 13.5, "text-anchor": "end" }, name), bar, svgOf("text", { x: Math.max(place(y), place(0)) + 6, y: top + 13.5, class: "value" }, number(y))];
  });
  return { parts, height: some.length * 26 + 8, left: points.length - some.length };
}

function fieldOf(points, width, joined) {
  const some = points.slice(0, DOTS).sort((a, b) => a.x - b.x);
  const height = Math.min(380, width * 0.62);
  const edge = { left: 58, right: 14, top: 12, bottom: 34 };
  const range = (values, zero) => [Math.min(...values, ...(zero ? [0] : [])), Math.max(...values, ...(zero ? [0] : []))];
  const [[left, right], [low, high]] = [range(some.map(({ x }) => x)), range(some.map(({ y }) => y), joined)];
  const across = (x) => edge.left + ((x - left) / (right - left || 1)) * (width - edge.left - edge.right);
  const up = (y) => height - edge.bottom - ((y - low) / (high - low || 1)) * (height - edge.top - edge.bottom);
  const label = (value) => (joined ? String(Math.round(value)) : number(value));
  const parts = [
    ...stepsOf(low, high).flatMap((value) => [svgOf("line", { x1: edge.left, x2: width - edge.right, y1: up(value), y2: up(value), class: "grid" }), svgOf("text", { x: edge.left - 6, y: up(value) + 4, "text-anchor": "end" }, number(value))]),
    ...stepsOf(left, right, Math.max(2, Math.floor(width / 110))).filter((value) => !joined || Number.isInteger(value)).map((value) => svgOf("text", { x: across(value), y: height - 12, "text-anchor": "middle" }, label(value))),
  ];
  const thick = Math.max(2, Math.min(26, ((width - 80) / Math.max(some.length, right - left + 1)) * 0.75));
  for (const { x, y, words } of some) {
    const told = svgOf("title", {}, `${words}: ${number(y)}`);
    if (joined) parts.push(svgOf("rect", { x: across(x) - thick / 2, y: Math.min(up(y), up(0)), width: thick, height: Math.max(Math.abs(up(0) - up(y)), 1), class: "bar" }, told));
    else parts.push(svgOf("circle", { cx: across(x), cy: up(y), r: 4, class: "bar" }, told));
  }
  return { parts, height, left: points.length - some.length };
}

let plotted = { across: -1, up: -1 };

function chooser(words, answer, fitting, chosen, act) {
  const select = make("select", {}, ...fitting.map((at) => make("option", { value: String(at), selected: at === chosen }, answer.columns[at])));
  select.addEventListener("change", () => act(Number(select.value)));
  return make("label", {}, `${words} `, select);
}

/** Draw the chart; the table says the same. */
function showChart(answer) {
  const panel = byId("theChartPanel");
  const plot = plotOf(answer, plotted.across, plotted.up);
  if (!plot) return panel.replaceChildren(make("p", { class: "soft" }, "There is nothing to draw: a chart needs a column of numbers."));
  const { across, up, sort, sorts } = plot;
  const yearly = sort === "number" && /year/i.test(answer.columns[across]);
  const points = answer.rows.filter((row) => row[up] !== null && (across < 0 || row[across] !== null)).map((row, at) => ({
    y: numberOf(row[up]),
    x: sort === "number" ? numberOf(row[across]) : sort === "time" ? timeOf(row[across]) : at,
    words: across < 0 ? `Row ${at + 1}` : wordsOf(row[across]),
  })).filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  const width = Math.max(Math.min(panel.clientWidth || 700, 1100), 280);
  const { parts, height, left } = sort === "name" ? barsOf(points, width) : fieldOf(points, width, sort === "time" || yearly);
  const title = `${answer.columns[up]} by ${across < 0 ? "row" : answer.columns[across]}`;
  const figure = svgOf("svg", { viewBox: `0 0 ${width} ${height}`, width, height, class: "chart", role: "img", "aria-label": `Chart of ${title}: ${counted(points.length, "value", "values")}. The table has the same.` }, ...parts);
  const numeric = [...sorts.keys()].filter((at) => sorts[at] === "number");
  const choices = make("p", { class: "choices" }, chooser("Show", answer, numeric, up, (at) => ((plotted = { across, up: at }), showChart(answer))));
  if (across >= 0) choices.append(" ", chooser("by", answer, [...sorts.keys()].filter((at) => at !== up), across, (at) => ((plotted = { across: at, up }), showChart(answer))));
  panel.replaceChildren(choices, figure, ...(left > 0 ? [make("p", { class: "soft" }, `The first ${number(points.length - left)} of ${number(points.length)} rows are drawn.`)] : []));
}
