// Taking something along: the link to what is seen, the picture as SVG or PNG, what is shown as a table.
const shareList = byId("theShareList");
const fileName = (ending) => `${fold(title).replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60) || "network"}.${ending}`;

function save(name, blob) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A surface (see surface.js) that writes SVG. */
function svgSurface(width, height) {
  const parts = [];
  const escaped = (text) => String(text).replace(/[&<>"]/g, (letter) => `&#${letter.codePointAt(0)};`).replace(/[\p{Cc}\ufffe\uffff]/gu, " ");
  const look = ({ fill, stroke, width: wide = 1, opacity = 1, rule, dash }) =>
    `${paint("fill", fill)}${paint("stroke", stroke)}${stroke ? ` stroke-width="${tenths(wide)}"` : ""}${opacity < 1 ? ` opacity="${Number(opacity.toFixed(3))}"` : ""}${rule ? ` fill-rule="${rule}"` : ""}${dash ? ` stroke-dasharray="${dash.join(" ")}"` : ""}`;
  /** SVG 1.1 has no alpha in a colour: `rgb(r g b / a)` becomes a colour and an opacity. */
  const paint = (name, colour) => {
    if (!colour) return name === "fill" ? ' fill="none"' : "";
    const [red, green, blue, alpha = 1] = (colour.match(/[\d.]+/g) ?? []).map(Number);
    if (!colour.startsWith("rgb")) return ` ${name}="${escaped(colour)}"`;
    return ` ${name}="rgb(${red},${green},${blue})"${alpha < 1 ? ` ${name}-opacity="${alpha}"` : ""}`;
  };
  return {
    path: (d, style) => parts.push(`<path d="${escaped(d)}"${look(style)}/>`),
    circle: (x, y, r, style) => parts.push(`<circle cx="${tenths(x)}" cy="${tenths(y)}" r="${tenths(r)}"${look(style)}/>`),
    line: (x1, y1, x2, y2, style) => parts.push(`<path d="M${tenths(x1)} ${tenths(y1)}L${tenths(x2)} ${tenths(y2)}"${look(style)}/>`),
    text: (x, y, text, { size, anchor = "middle", weight = 400, fill, halo, opacity = 1, direction = "ltr" }) =>
      parts.push(`<text x="${tenths(x)}" y="${tenths(y)}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}" direction="${direction}"${look({ fill, stroke: halo, width: 3.5, opacity })} paint-order="stroke" stroke-linejoin="round">${escaped(text)}</text>`),
    written: (name, words) =>
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="${escaped(theme.font)}"><title>${escaped(name)}</title><desc>${escaped(words)}</desc><rect width="100%" height="100%"${paint("fill", css(theme.paper))}/>\n${parts.join("\n")}\n</svg>\n`,
  };
}

/** The picture as it is seen now, as SVG text. */
function pictureAsSvg() {
  const surface = svgSurface(picture.clientWidth, picture.clientHeight);
  drawing.paint(surface);
  return surface.written(document.title, `${byId("theCount").textContent}. ${location.protocol === "file:" ? "" : location.href}`);
}

async function savePng() {
  const url = URL.createObjectURL(new Blob([pictureAsSvg()], { type: "image/svg+xml" }));
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = make("canvas", { width: 2 * picture.clientWidth, height: 2 * picture.clientHeight });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(url);
  canvas.toBlob((blob) => save(fileName("png"), blob), "image/png");
}

/** RFC 4180; what a spreadsheet would take for a formula gets an apostrophe, as in the files of the build. */
function tableOf(some) {
  const cell = (text) => {
    const safe = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const rows = some.map((node) => [ids[node], labels[node], kind(node).label, aliasesOf(node).join(" | "), String(degreeOf(node)), head.base ? head.base + ids[node] : ""]);
  return [["id", "label", "kind", "aliases", "links", "iri"], ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** What is emphasised, or else what is shown. */
const chosenNodes = () => (lit ? [...new Set(litNodes())] : shownNodes());

async function copy(text, words) {
  const field = byId("theCopied");
  field.hidden = false;
  field.value = text;
  field.select();
  try {
    await navigator.clipboard.writeText(text);
    byId("theShareWords").textContent = `${words} copied.`;
  } catch {
    byId("theShareWords").textContent = `${words}: press Ctrl+C to copy it.`; // a page from disk may not write there
    field.focus();
  }
}

function watchShare() {
  const embed = () => `<iframe src="${location.href.replace(/[?#].*$/s, "")}?embed${location.hash}" width="800" height="500" title="${title.replaceAll('"', "&quot;")}"></iframe>`;
  const acts = [
    ["Copy the link to this view", () => copy(location.href, "Link")],
    ["Copy the code to embed it", () => copy(embed(), "Code")],
    ["Save the picture as SVG", () => save(fileName("svg"), new Blob([pictureAsSvg()], { type: "image/svg+xml" }))],
    ["Save the picture as PNG", savePng],
    ["Save what is shown as a table (CSV)", () => save(fileName("csv"), new Blob([tableOf(chosenNodes())], { type: "text/csv;charset=utf-8" }))],
    ["Print", () => print()],
  ];
  for (const [words, act] of acts) {
    const button = make("button", { type: "button" }, words);
    button.addEventListener("click", act);
    shareList.append(button);
  }
  shareList.append(make("label", { class: "unseen", htmlFor: "theCopied" }, "Link or code"), make("input", { id: "theCopied", readOnly: true, hidden: true }), make("p", { id: "theShareWords", role: "status" }));
}
