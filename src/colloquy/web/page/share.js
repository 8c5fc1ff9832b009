// Sharing what is seen: a link to it, code that puts it into another page, the picture as a file, the entries
// as a table.  Nothing leaves the page but what the visitor copies or saves.
const shareLine = make("p", { id: "theShareWords", class: "told", role: "status" });
const shareField = make("input", { id: "theCopied", type: "text", class: "copied", readOnly: true, hidden: true, "aria-label": "To be copied" });

/** The address of what is seen now, and the same for a frame in another page. */
const addressNow = () => location.href.replace(/#.*$/s, "") + (writeState(state) && `#${writeState(state)}`);
function embedCode() {
  const address = new URL(addressNow());
  address.searchParams.set("embed", "");
  return `<iframe src="${escaped(address.href.replace(/([?&])embed=(?=[#&]|$)/, "$1embed"))}" title="${escaped(head.title)}" width="100%" height="600" loading="lazy" style="border: 0"></iframe>`;
}

/** Copy a text; where the browser refuses, show it selected, so that it can be copied by hand. */
async function copy(text, done) {
  shareField.hidden = true;
  try {
    await navigator.clipboard.writeText(text);
    say(shareLine, done);
  } catch {
    shareField.value = text;
    shareField.hidden = false;
    shareField.focus();
    shareField.select();
    say(shareLine, "The browser does not let a page copy here. The text is selected: copy it with Ctrl+C, or the menu of your device.");
  }
}

/** The title as a name for files. */
const fileName = (ending) => `${fold(head.title).replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "").slice(0, 60) || "network"}.${ending}`;

function save(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 30_000);
  say(shareLine, "Saved as ", make("b", {}, bdi(name)), ".");
}

/** Entries as RFC 4180 has tables: lines end in CR LF, and no text runs as a formula in a spreadsheet. */
function tableOf(some) {
  const page = location.href.replace(/#.*$/s, "");
  const cell = (value) => {
    const text = String(value).replace(/^(?=[=+\-@\t\r\n])/, "'");
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const rows = some.map((node) => [ids[node], labels[node], kind(node).label, degreeOf(node), `${page}#${coded(ids[node])}`]);
  return [["id", "name", "kind", "links", "address"], ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

function saveTable(some) {
  const sorted = [...new Set(some)].filter((node) => nodeShown[node]).sort((a, b) => kindOf[a] - kindOf[b] || byName(a, b));
  save(new Blob([tableOf(sorted)], { type: "text/csv;charset=utf-8" }), fileName("csv"));
  shareLine.append(` It has ${entries(sorted.length)}.`);
}

/** The sheet that holds the picture: its title above, and below it what the marks mean. */
function sheetOf() {
  const { clientWidth: width, clientHeight: height } = picture;
  const heading = shapedLabel(head.title, 19, { weight: 600, lines: 2, limit: width - 48 });
  const top = 24 + heading.height + 26;
  const spots = [];
  let [x, y] = [24, 26];
  for (const one of kinds.filter((each) => shownCounts.kinds[each.at])) {
    const words = `${one.plural} (${number(shownCounts.kinds[one.at])})`;
    const room = 22 + shapedLabel(words, 13, { lines: 1, limit: width - 80 }).width;
    if (x > 24 && x + room > width - 24) [x, y] = [24, y + 24];
    spots.push({ one, words, x, y });
    x += room + 20;
  }
  return { width, height, heading, top, spots, whole: top + height + y + 22 };
}

function drawSheet(surface, { width, height, heading, top, spots }) {
  const ink = css(theme.ink);
  const soft = css(mixed(theme.ink, theme.paper, 0.3));
  const shown = `${isFiltered() ? `${entries(shownCounts.nodes)} of ${number(nodeCount)}` : entries(nodeCount)}, ${links(shownCounts.edges)}`;
  heading.lines.forEach((line, at) => surface.text(24, 40 + at * 19 * LINE, line, { size: 19, weight: 600, anchor: "start", fill: ink, direction: "ltr" }));
  surface.text(24, top - 6, `${shown}. State ${head.digest}`, { size: 13, anchor: "start", fill: soft });
  surface.line(0, top + height + 0.5, width, top + height + 0.5, { stroke: soft, width: 1, opacity: 0.3 });
  for (const { one, words, x, y } of spots) {
    drawMarks(surface, one, [x + 7, top + height + y, 7], { fill: css(theme.kinds[one.at]) });
    surface.text(x + 22, top + height + y + 4.5, words, { size: 13, anchor: "start", fill: ink });
  }
}

/** Draw the sheet with the present picture on a canvas, so many pixels to one of the page. */
function sheetCanvas(ratio) {
  const sheet = sheetOf();
  const sized = (width, height) => {
    const canvas = make("canvas", { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    const ctx = canvas.getContext("2d");
    ctx.fillStyle = css(theme.paper);
    ctx.fillRect(0, 0, canvas.width, canvas.height);
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    return { canvas, ctx };
  };
  const all = sized(sheet.width, sheet.whole);
  const inner = sized(sheet.width, sheet.height);
  drawing.paint(canvasSurface(inner.ctx, ratio));
  drawSheet(canvasSurface(all.ctx, ratio), sheet);
  all.ctx.setTransform(1, 0, 0, 1, 0, 0);
  all.ctx.drawImage(inner.canvas, 0, Math.round(sheet.top * ratio));
  return all.canvas;
}

function sheetSvg() {
  const sheet = sheetOf();
  const [outer, inner] = [new SvgSurface(), new SvgSurface()];
  drawing.paint(inner);
  drawSheet(outer, sheet);
  const size = `width="${sheet.width}" height="${Math.ceil(sheet.whole)}"`;
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<svg xmlns="${SVG}" ${size} viewBox="0 0 ${sheet.width} ${Math.ceil(sheet.whole)}" font-family="${escaped(theme.font)}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escaped(head.title)}</title>`,
    `<desc id="desc">${escaped(`${head.description} ${byId("theCount").textContent}. ${addressNow()}`)}</desc>`,
    `<rect ${size} fill="${hex(theme.paper)}"/>`,
    `<svg y="${tenths(sheet.top)}" width="${sheet.width}" height="${sheet.height}">`,
    ...inner.parts,
    "</svg>",
    ...outer.parts,
    "</svg>\n",
  ].join("\n");
}

const picked = () => (lit ? litNodes() : state.open?.what === "area" ? litNodes() : null);
const withPicture = (act) => () => (drawing && picture.clientWidth ? act() : say(shareLine, "Show the picture first."));

function watchShare() {
  const slot = byId("theShareList");
  const offers = [
    ["Copy the link to this view", () => copy(addressNow(), "The link is copied: it opens what you see now.")],
    ["Copy code to embed it", () => copy(embedCode(), "The code is copied: put it into the HTML of a page.")],
    ["Save the picture (SVG)", withPicture(() => save(new Blob([sheetSvg()], { type: "image/svg+xml" }), fileName("svg")))],
    ["Save the picture (PNG)", withPicture(() => sheetCanvas(2).toBlob((blob) => save(blob, fileName("png"))))],
    ["Save what is shown (CSV)", () => saveTable(shownNodes())],
    ["Save what is selected (CSV)", () => saveTable(picked() ?? [])],
    ["Print", () => printPage()],
  ];
  const buttons = offers.map(([words, act]) => {
    const button = make("button", { type: "button" }, words);
    button.addEventListener("click", act);
    return button;
  });
  slot.append(...buttons, shareField, shareLine);
  byId("theShare").addEventListener("toggle", () => {
    shareField.hidden = true;
    shareLine.textContent = "";
    buttons[5].hidden = !picked();
  });
  addEventListener("beforeprint", addPrintedPicture);
  addEventListener("afterprint", () => document.querySelector(".printed")?.remove());
}

/** The picture in print: a copy as large as the paper is wide; not on the dark page, whose ground would be printed too. */
function addPrintedPicture() {
  document.querySelector(".printed")?.remove();
  if (!drawing || !picture.clientWidth || darkMode.matches) return;
  const canvas = sheetCanvas(2);
  canvas.className = "printed";
  byId("theOutline").before(canvas);
}
