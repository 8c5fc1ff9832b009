"""The network page: one HTML file in which every entry and every link says where it was read.

`network` fills a pyvis `Network` from the page model; `write_page` renders it with the template in
`web/page/`.  The template writes the whole content once, as an outline in HTML that needs no
script; the picture, the search and the panel are built on top of that outline in the browser.

The page asks for nothing: the vis-network that pyvis ships, our scripts and our styles stand in the
file, and its content security policy names them by their SHA-256.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from colloquy.errors import ProjectError
from colloquy.payload import pack, payload

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from pyvis.network import Network

Model = Mapping[str, Any]

SCRIPTS = (
    "words.js", "data.js", "state.js", "scope.js", "lit.js", "theme.js", "dots.js", "surface.js", "labels.js",
    "vis.js", "discs.js", "members.js", "captions.js", "steer.js", "overview.js",
    "looks.js", "drawn.js", "spread.js", "close.js", "picture.js", "camera.js", "keys.js",
    "sentences.js", "groups.js", "listed.js",
    "outline.js", "paper.js", "lookup.js", "search.js", "filter.js", "years.js", "paths.js", "panel.js",
    "standing.js",
    "svg.js", "share.js", "start.js",
)  # fmt: skip
STYLES = (
    "base.css", "layout.css", "parts.css", "menus.css", "overview.css", "panel.css", "outline.css",
    "search.css", "share.css", "modes.css",
)  # fmt: skip

DRAWN_WHOLE = 1_500
"""Up to this many nodes pyvis draws the whole network; a larger one opens with the overview of its areas."""

VIS_SHAPES = frozenset({"dot", "square", "triangle", "triangleDown", "diamond", "star", "hexagon", "ellipse", "box"})
PAPER, NIGHT = "#fbfaf7", "#14161a"
"""The page's background, light and dark; `base.css` has the same two."""

_HEX = re.compile(r"#(?:[0-9a-f]{3}){1,2}", re.IGNORECASE)
_HEAD_SCRIPT = 'document.documentElement.className="js"'


def network(model: Model) -> Network:
    """Fill a pyvis `Network` with the nodes and edges of a page model.

    Positions come from the model and physics is off; the network is directed, because pyvis drops
    the second of two edges between one pair otherwise; of such edges all but one are curved.  Every
    node also carries `kind` and `aliases`, every edge `id` and `relation`.  There are no titles: pyvis
    would run them as HTML.  `net.show` works, with pyvis's own template (which loads Bootstrap from
    elsewhere); the project's page is `write_page`.

    >>> net = network({"kinds": [], "relations": [], "edges": [], "nodes": [
    ...     {"id": "ada", "kind": "k0", "label": "Ada", "aliases": [], "x": 0, "y": 0, "facts": []}]})
    >>> net.get_node("ada")["label"]
    'Ada'
    """
    from pyvis.network import Network

    net = Network(height="100vh", directed=True, cdn_resources="in_line")
    kinds = {kind["key"]: kind for kind in model["kinds"]}
    degree = _degrees(model)
    nodes = []
    for node in model["nodes"]:
        kind = kinds.get(node["kind"], {})
        mark, colour = kind.get("mark", "dot"), visible(kind.get("colour", ""), PAPER)
        hollow = mark.startswith("hollow-")
        mark = mark.removeprefix("hollow-")
        nodes.append(
            {
                "n_id": node["id"],
                "label": node["label"] or node["id"],
                "shape": mark if mark in VIS_SHAPES else "dot",
                "color": {"background": PAPER, "border": colour} if hollow else colour,
                "borderWidth": 4 if hollow else 1,
                "size": round(7 + 3.2 * degree[node["id"]] ** 0.5, 1),
                "x": float(node["x"]),
                "y": float(node["y"]),
                "kind": node["kind"],
                "aliases": list(node["aliases"]),
            }
        )
    pairs: Counter[frozenset[str]] = Counter()
    edges = []
    for edge in model["edges"]:
        pair = frozenset((edge["from"], edge["to"]))
        options: dict[str, Any] = {"id": edge["id"], "relation": edge["relation"]}
        if pairs[pair]:
            options["smooth"] = _bow(pairs[pair], turned=edge["from"] > edge["to"])
        pairs[pair] += 1
        edges.append((edge["from"], edge["to"], options))
    if len(nodes) <= DRAWN_WHOLE:
        for options in nodes:
            net.add_node(**options)
        for source, target, options in edges:
            net.add_edge(source, target, **options)
    else:  # `add_node` and `add_edge` look through a list each time
        net.nodes = [{"id": options.pop("n_id"), **options} for options in nodes]
        net.node_ids = [node["id"] for node in net.nodes]
        net.node_map = {node["id"]: node for node in net.nodes}
        net.edges = [{"from": a, "to": b, "arrows": "to", **options} for a, b, options in edges]
    net.toggle_physics(False)
    net.options.edges.smooth.enabled = False
    net.options.edges.color = {"color": "#9a9a96", "inherit": False}
    net.options.interaction.dragNodes = False
    return net


def write_page(model: Model) -> str:
    """Render the network page as HTML text, to be written in UTF-8 with its line ends kept.

    Up to `DRAWN_WHOLE` entries it is drawn from what pyvis makes of it.  In a larger one vis-network, with
    pyvis's options, draws what is looked at closely, and it waits packed until then.

    Equal models give equal text.  Raises ProjectError where the installed pyvis lacks vis-network.
    """
    styles = "\n".join([*(_web(name) for name in STYLES), _kind_styles(model["kinds"])])
    vis, scripts = _vis_network(), _joined_scripts()
    environment = _environment()
    whole = len(model["nodes"]) <= DRAWN_WHOLE
    net = network(model if whole else {**model, "nodes": (), "edges": ()})
    environment.globals.update(
        model=model,
        whole_network=whole,
        payload=payload({**model, "whole": DRAWN_WHOLE}, cut=not whole),
        drawing=pack({"nodes": net.nodes, "edges": net.edges, "options": json.loads(net.options.to_json())}),
        outline=_outline(model) if whole else [],
        evidence=model["evidence"],
        head_script=_as_written(_HEAD_SCRIPT),
        vis=_as_written(vis) if whole else None,
        packed_vis=None if whole else pack(vis),
        scripts=_as_written(scripts),
        styles=_as_written(styles),
        policy="; ".join(
            (
                "default-src 'none'",
                "script-src " + " ".join(map(_hash, (_HEAD_SCRIPT, vis, scripts))),
                "style-src " + _hash(styles),
                "img-src data:",
                "base-uri 'none'",
                "form-action 'none'",
            )
        ),
    )
    net.templateEnv, net.path = environment, "page.html"
    html: str = net.generate_html()
    return html


def visible(colour: str, background: str, ratio: float = 3.0) -> str:
    """Give the colour, or the nearest shade of it that stands out enough from a background.

    3 : 1 is what WCAG 2.2, 1.4.11 asks of a mark.  What is no `#rrggbb` or `#rgb` becomes a grey.

    >>> visible("#0072b2", "#ffffff")
    '#0072b2'
    >>> visible("#ffee00", "#ffffff")
    '#a09600'
    """
    shade = _rgb(colour) if _HEX.fullmatch(colour) else (112.0, 117.0, 125.0)
    ground = _rgb(background)
    pole = 0.0 if _luminance(ground) > 0.18 else 255.0
    for _ in range(100):
        light, dark = sorted((_luminance(shade), _luminance(ground)), reverse=True)
        if (light + 0.05) / (dark + 0.05) >= ratio:
            break
        shade = tuple(channel + (pole - channel) * 0.02 for channel in shade)
    return "#" + "".join(f"{round(channel):02x}" for channel in shade)


def _degrees(model: Model) -> Counter[str]:
    return Counter(end for edge in model["edges"] for end in {edge["from"], edge["to"]})


def _bow(nth: int, turned: bool) -> dict[str, Any]:
    """Curve the nth further edge of a pair: outwards, in turn to either side."""
    clockwise = (nth % 2 == 1) != turned
    return {
        "enabled": True,
        "type": "curvedCW" if clockwise else "curvedCCW",
        "roundness": round(0.16 * (1 + nth // 2), 2),
    }


def _outline(model: Model) -> list[dict[str, Any]]:
    """Say the whole model in order: kinds, their entries by name, and each entry's links by relation.

    A link stands with both its ends; its evidence is written once, with the end it starts from.
    """
    names = {node["id"]: sort_key(node["label"]) for node in model["nodes"]}
    groups: dict[str, dict[str, list[dict[str, Any]]]] = {
        name: {relation["key"]: [] for relation in model["relations"]} for name in names
    }
    for edge in model["edges"]:
        source, target, relation = edge["from"], edge["to"], edge["relation"]
        groups[source][relation].append({"edge": edge, "other": target, "away": True})
        if source != target:
            groups[target][relation].append({"edge": edge, "other": source, "away": False})

    def place(item: Mapping[str, Any]) -> tuple[str, str]:
        return names[item["other"]], item["edge"]["id"]

    entries: dict[str, list[dict[str, Any]]] = {kind["key"]: [] for kind in model["kinds"]}
    for node in sorted(model["nodes"], key=lambda node: (names[node["id"]], node["id"])):
        mine = [{"items": sorted(items, key=place)} for items in groups[node["id"]].values()]
        entries[node["kind"]].append({"node": node, "groups": mine})
    return [{"kind": kind, "entries": entries[kind["key"]]} for kind in model["kinds"]]


def sort_key(text: str) -> str:
    """Order names as a reader looks for them: case, accents and leading punctuation aside.

    >>> sorted(["Zoë", "Émile", "adam", "“Chairs”"], key=sort_key)
    ['adam', '“Chairs”', 'Émile', 'Zoë']
    """
    import unicodedata

    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.sub(r"^\W+", "", plain.casefold())


def _kind_styles(kinds: Sequence[Mapping[str, Any]]) -> str:
    """Write each kind's colour for the light and the dark page; a shade of it where it is too faint."""

    def rules(key: str, background: str) -> Iterable[str]:
        for at, kind in enumerate(kinds):
            yield f".k{at}{{--kind:{visible(str(kind.get(key) or ''), background)}}}"

    light, dark = "".join(rules("colour", PAPER)), "".join(rules("dark", NIGHT))
    return f"{light}\n@media (prefers-color-scheme:dark){{@media not print{{{dark}}}}}\n"


def _rgb(colour: str) -> tuple[float, ...]:
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    return tuple(float(int(digits[at : at + 2], 16)) for at in (0, 2, 4))


def _luminance(rgb: Sequence[float]) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    parts = [c / 255 for c in rgb]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _web(name: str) -> str:
    return (files("colloquy") / "web" / "page" / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _joined_scripts() -> str:
    """Join our scripts into one scope, so that they share names with each other and with nothing else."""
    body = "\n".join(_web(name) for name in SCRIPTS)
    return f'(async () => {{\n"use strict";\n{body}}})();\n'


def _vis_network() -> str:
    """Read the vis-network that pyvis ships; the newest, where there are several.

    Line ends are made plain, as a browser makes them before it takes the hash, and the mention of a
    source map goes, since developer tools would ask for it.
    """
    folder = files("pyvis") / "lib"
    found = [path for path in folder.iterdir() if path.name.startswith("vis-")]
    if not found:
        raise ProjectError("the installed pyvis has no vis-network — run: pip install --force-reinstall pyvis")
    text = (max(found, key=_version) / "vis-network.min.js").read_text(encoding="utf-8")
    return re.sub(r"^//# sourceMappingURL=.*$", "", text.replace("\r\n", "\n").replace("\r", "\n"), flags=re.MULTILINE)


def _version(path: Traversable) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", path.name)]


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _as_written(text: str) -> Any:
    """Mark our own script or style as ready for the page, once it is sure not to end its own element."""
    from markupsafe import Markup

    if re.search(r"</(?:script|style)|<!--", text, re.IGNORECASE):
        raise ProjectError("a script or style of the page holds text that would end its element early")
    return Markup(text)


def _environment() -> Any:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    return Environment(
        loader=FunctionLoader(_web), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
