// Text: making elements of it (never of markup), folding it for the search, counting in words.
const byId = (id) => document.getElementById(id);

/** Make an element; children are text or elements, and text stays text. */
function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "class") element.className = value;
    else if (name.includes("-") || name === "role") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Somebody's words, kept apart so that their direction of writing changes nothing around them. */
const bdi = (text) => make("bdi", {}, text);

const SVG = "http://www.w3.org/2000/svg";
const markId = (kind) => (document.getElementById(`mark_${kind.mark}`) ? `mark_${kind.mark}` : "mark_dot");

function makeMark(kind) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", `mark k${kind.at}`);
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#${markId(kind)}`);
  svg.append(use);
  return svg;
}


const LETTERS = new Map(Object.entries({ ß: "ss", æ: "ae", œ: "oe", ø: "o", đ: "d", ð: "d", þ: "th", ł: "l", ı: "i", ς: "σ" }));

/** Text as the search compares it: no accents, no case, letters that carry a stroke as plain ones. */
const fold = (text) =>
  text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replace(/[ßæœøđðþłıς]/g, (letter) => LETTERS.get(letter));

/** A count in words: 12,345.  An Intl.NumberFormat would take longer to make than all modules of the page. */
const number = (count) => String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");
const counted = (count, one, many) => `${number(count)} ${count === 1 ? one : many}`;
const entries = (count) => counted(count, "entry", "entries");
const links = (count) => counted(count, "link", "links");

/** Put words into a line that is read out when it changes. */
const say = (line, ...words) => line.replaceChildren(...words);
