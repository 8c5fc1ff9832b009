"""The network page: one HTML file in which every entry and every link says where it was read.

`network` fills a pyvis `Network` from the page model; `write_page` renders it with the template in
`web/page/`.  The template writes the whole content once, as an outline in HTML that needs no
script; the picture, the search and the panel are built on top of that outline in the browser.

The page asks for nothing: the vis-network that pyvis ships, our scripts and our styles stand in the
file, and its content security policy names them by their SHA-256.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from colloquy.network.words import named
from colloquy.onefile import (
    HEAD_SCRIPT,
    PAPER,
    as_written,
    environment,
    hash_of,
    kind_styles,
    one_scope,
    vis_network,
    visible,
    web_text,
)
from colloquy.payload import pack, payload

if TYPE_CHECKING:
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


def write_page(model: Model, beside: Mapping[str, str] | None = None) -> str:
    """Render the network page as HTML text, to be written in UTF-8 with its line ends kept.

    `beside` names the pages that will stand in the same folder, by their addresses: the page links to them.

    Up to `DRAWN_WHOLE` entries it is drawn from what pyvis makes of it.  In a larger one vis-network, with
    pyvis's options, draws what is looked at closely.  It stands packed in both: the first picture is seen
    before it has run.

    Equal models give equal text.  Raises ProjectError where the installed pyvis lacks vis-network.
    """
    styles = "\n".join([*(web_text(f"page/{name}") for name in STYLES), kind_styles(model["kinds"])])
    vis, scripts = vis_network(), one_scope(web_text(f"page/{name}") for name in SCRIPTS)
    templates = environment("page")
    whole = len(model["nodes"]) <= DRAWN_WHOLE
    net = network(model if whole else {**model, "nodes": (), "edges": ()})
    templates.globals.update(
        model=model,
        beside=beside or {},
        whole_network=whole,
        payload=payload({**model, "whole": DRAWN_WHOLE}, cut=not whole),
        drawing=pack(_drawing(net)),
        outline=_outline(model) if whole else [],
        named=named,
        head_script=as_written(HEAD_SCRIPT),
        vis=pack(vis),
        scripts=as_written(scripts),
        styles=as_written(styles),
        policy="; ".join(
            (
                "default-src 'none'",
                "script-src " + " ".join(map(hash_of, (HEAD_SCRIPT, vis, scripts))),
                "style-src " + hash_of(styles),
                "img-src data:",
                "base-uri 'none'",
                "form-action 'none'",
            )
        ),
    )
    net.templateEnv, net.path = templates, "page.html"
    html: str = net.generate_html()
    return html


def _drawing(net: Network) -> dict[str, Any]:
    """Give what the page takes of a pyvis network: places, ends, bows and options; how things look is in `looks.js`."""
    return {
        "nodes": [{name: node[name] for name in ("id", "x", "y")} for node in net.nodes],
        "edges": [{name: edge[name] for name in ("id", "from", "to", "smooth") if name in edge} for edge in net.edges],
        "options": json.loads(net.options.to_json()),
    }


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
    label = {node["id"]: node["label"] for node in model["nodes"]}
    groups: dict[str, dict[str, list[dict[str, Any]]]] = {
        name: {relation["key"]: [] for relation in model["relations"]} for name in names
    }
    for edge in model["edges"]:
        source, target, relation = edge["from"], edge["to"], edge["relation"]
        text = named(edge["text"], label[source], label[target])
        groups[source][relation].append({"edge": edge, "other": target, "away": True, "text": text})
        if source != target:
            text = named(edge["back"], label[target], label[source])
            groups[target][relation].append({"edge": edge, "other": source, "away": False, "text": text})

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
