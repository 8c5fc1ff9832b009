// A surface that writes SVG, for the picture as a file: text stays text, and colours are those of the page.
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const escaped = (text) => text.toWellFormed().replace(NOT_XML, "").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

class SvgSurface {
  parts = [];

  /** `rgb(1 2 3 / 0.5)`, as the page writes colours, in the two attributes that every program reads. */
  #paint(name, colour) {
    if (!colour) return name === "fill" ? ' fill="none"' : "";
    const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g).map(Number);
    return ` ${name}="${hex([red, green, blue])}"${alpha < 1 ? ` ${name}-opacity="${alpha}"` : ""}`;
  }
  #style({ fill, stroke, width = 1, opacity = 1, rule, dash }) {
    return [
      this.#paint("fill", fill),
      this.#paint("stroke", stroke),
      stroke ? ` stroke-width="${tenths(width * 10) / 10}" stroke-linejoin="round"` : "",
      fill && rule === "evenodd" ? ' fill-rule="evenodd"' : "",
      dash ? ` stroke-dasharray="${dash.join(" ")}"` : "",
      opacity < 1 ? ` opacity="${Math.round(opacity * 100) / 100}"` : "",
    ].join("");
  }
  path(d, style) {
    if (style.fill || style.stroke) this.parts.push(`<path d="${d}"${this.#style(style)}/>`);
  }
  circle(x, y, r, style) {
    this.parts.push(`<circle cx="${tenths(x)}" cy="${tenths(y)}" r="${tenths(r)}"${this.#style(style)}/>`);
  }
  line(x1, y1, x2, y2, style) {
    this.parts.push(`<line x1="${tenths(x1)}" y1="${tenths(y1)}" x2="${tenths(x2)}" y2="${tenths(y2)}"${this.#style(style)}/>`);
  }
  text(x, y, text, { size, anchor = "middle", weight = 400, fill, halo, opacity = 1, direction = "ltr" }) {
    const around = halo ? ` paint-order="stroke" ${this.#style({ fill, stroke: halo, width: 3.5, opacity }).trim()}` : this.#style({ fill, opacity });
    this.parts.push(`<text x="${tenths(x)}" y="${tenths(y)}" font-size="${size}"${weight === 400 ? "" : ` font-weight="${weight}"`}${anchor === "start" ? "" : ` text-anchor="${anchor}"`}${direction === "rtl" ? ' direction="rtl"' : ""}${around}>${escaped(text)}</text>`);
  }
}
