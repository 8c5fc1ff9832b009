"""How soon the network page shows its first picture, how smoothly it moves, and what it takes to make it.

    COLLOQUY_SHARED=../shared python tests/benchmarks/page.py

Each page is opened from disk in a headless Chromium of its own, without a network or a graphics
card, in turn.  All draw the same entries and links at the same places.  pyvis is used as it is meant to
be, with positions given and physics off (its default takes minutes); force-graph, from npm, with fixed
places and no simulation.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Playwright, ViewportSize, sync_playwright

from colloquy.network import Network, build_network, draw, page_model
from colloquy.page import write_page
from colloquy.project import Project

HERE = Path(__file__).parent
EXAMPLE = HERE.parent.parent / "docs" / "examples" / "rubyevents"
FORCE_GRAPH = Path(sys.prefix) / "peers" / "npm" / "node_modules" / "force-graph" / "dist" / "force-graph.min.js"
ROUNDS = 5
FIRST = 11  # rounds in which the first picture alone is waited for: single ones differ by a half
SMALL = 1_000
OURS, USUAL = "colloquy", "rdflib to networkx to pyvis as it comes"
DIRECTED = "rdflib to networkx to pyvis with `directed=True`"
WINDOW: ViewportSize = {"width": 1280, "height": 800}
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
# Without these no page makes more frames than the screen shows, however little each one costs.
UNLIMITED = ("--disable-frame-rate-limit", "--disable-gpu-vsync")

# Notes when something was first drawn on a large canvas: the frame after that is the first picture.
SCRIPTS = {file.stem: file.read_text(encoding="utf-8") for file in (HERE / "browser").glob("*.js")}


@dataclass(frozen=True)
class Opened:
    """What one opening of a page gave: frames a second, megabytes, frames to a panel.

    `unlimited` are frames a second where the screen sets no limit.
    """

    frames: float
    unlimited: float
    heap: float
    painted: list[int]


def say(text: str) -> None:
    """Print a line of the table."""
    sys.stdout.write(text + "\n")


def main() -> None:
    """Measure, and print a table."""
    shared = Path(os.environ.get("COLLOQUY_SHARED", "")) / "data" / "rubyevents"
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        shutil.copytree(EXAMPLE, project, ignore=shutil.ignore_patterns("output", ".colloquy"))
        made = Project(project, data=shared)
        facts, graph = made.compiled.facts, made.compiled.graph
        network = build_network(made.ontology, facts, graph, made.settings)
        picture = draw(network)
        model = page_model(network, picture, made.settings, {"statements": facts.statement_count}, "measured", [])
        large = write_page(model)
        say(f"the page of {len(network.nodes):,} entries and {len(network.edges):,} links")
        say(f"  large                {len(large.encode()) / 1e6:6.2f} MB (bar: 4 MB)")
        report_making(making(Path(folder), project, shared, model))
        cut = lesser(network, picture.areas[0].nodes)
        small = page_model(cut, draw(cut), made.settings, {"statements": 0}, "measured", [])
        pages = {
            f"colloquy, {SMALL:,}": (write_page(small), SCRIPTS["move_colloquy"]),
            f"pyvis, {SMALL:,}": (pyvis_page(small), SCRIPTS["move_pyvis"]),
            "colloquy, all": (large, SCRIPTS["move_colloquy"]),
            "force-graph, all": (force_page(model), SCRIPTS["move_force_graph"]) if FORCE_GRAPH.exists() else ("", ""),
            "pyvis, all": (pyvis_page(model), SCRIPTS["move_pyvis"]),
        }
        files = {name: Path(folder) / f"{name.replace(', ', '-')}.html" for name, (html, _) in pages.items() if html}
        for name, file in files.items():
            file.write_text(pages[name][0], encoding="utf-8")
        firsts: dict[str, list[float]] = {name: [] for name in files}
        for _ in range(FIRST):
            for name, file in files.items():
                firsts[name].append(first_picture(file))
                sys.stderr.write(f"{name}: {firsts[name][-1]:.0f} ms\n")
        rounds: dict[str, list[Opened]] = {name: [] for name in files}
        for _ in range(ROUNDS):
            for name, file in files.items():
                rounds[name].append(opened(file, pages[name][1], own=name.startswith("colloquy")))
                sys.stderr.write(f"{name}: {rounds[name][-1]}\n")
        report(firsts, rounds)


def making(folder: Path, project: Path, data: Path, model: Mapping[str, Any]) -> dict[str, list[float]]:
    """Make the page in our way and in the usual ones, in turn; give the seconds of CPU of each round."""
    drawn = folder / "drawn.json"
    nodes = [{name: node[name] for name in ("id", "label", "x", "y")} for node in model["nodes"]]
    edges = [{name: edge[name] for name in ("from", "to", "relation")} for edge in model["edges"]]
    drawn.write_text(json.dumps({"nodes": nodes, "edges": edges}), encoding="utf-8")
    ways = {OURS: ("ours", project, data), USUAL: ("usual", drawn), DIRECTED: ("usual", drawn, "directed")}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, words in ways.items():
            command = [sys.executable, str(HERE / "making.py"), *map(str, words)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            taken[name].append(float(done.stdout))
            sys.stderr.write(f"{name}: {taken[name][-1]:.2f} s\n")
    return taken


def report_making(taken: Mapping[str, list[float]]) -> None:
    """Print medians, and ratios with those of single rounds."""
    ours = statistics.median(taken[OURS])
    say(f"  made in              {ours:6.2f} s of CPU (bar: 10 s)")
    for name, bar in ((USUAL, " (bar: ≤ 0.2)"), (DIRECTED, "")):
        usual = statistics.median(taken[name])
        single = [one / other for one, other in zip(taken[OURS], taken[name], strict=True)]
        say(f"  / {name}{bar}: {ours / usual:.2f} ({min(single):.2f}–{max(single):.2f}), of {usual:.1f} s")


def lesser(network: Network, first: tuple[str, ...]) -> Network:
    """Cut a network down to `SMALL` entries that hang together."""
    chosen = set(first[:SMALL])
    nodes = tuple(node for node in network.nodes if node.id in chosen)
    edges = tuple(edge for edge in network.edges if edge.source in chosen and edge.target in chosen)
    return replace(network, nodes=nodes, edges=edges)


def pyvis_page(model: Mapping[str, Any]) -> str:
    """Write pyvis's own page of a model: places given, physics off, straight lines."""
    from pyvis.network import Network as Pyvis

    net = Pyvis(height="800px", cdn_resources="in_line", directed=True)
    colours = {kind["key"]: kind["colour"] for kind in model["kinds"]}
    # Filled directly: `add_node` takes a minute for ten thousand.
    net.nodes = [
        {
            "id": n["id"],
            "label": n["label"],
            "shape": "dot",
            "size": 8,
            "color": colours[n["kind"]],
            "x": n["x"],
            "y": n["y"],
        }
        for n in model["nodes"]
    ]
    net.node_ids = [n["id"] for n in net.nodes]
    net.node_map = {n["id"]: n for n in net.nodes}
    net.edges = [{"from": e["from"], "to": e["to"], "arrows": "to"} for e in model["edges"]]
    net.toggle_physics(False)
    net.options.edges.smooth.enabled = False
    html: str = net.generate_html()
    return html


def force_page(model: Mapping[str, Any]) -> str:
    """Write a page with force-graph: places fixed, no simulation, names at the pointer."""
    kinds = {kind["key"]: kind["colour"] for kind in model["kinds"]}
    data = {
        "nodes": [
            {
                "id": n["id"],
                "name": n["label"],
                "color": kinds[n["kind"]],
                "fx": n["x"],
                "fy": n["y"],
                "x": n["x"],
                "y": n["y"],
            }
            for n in model["nodes"]
        ],
        "links": [{"source": e["from"], "target": e["to"]} for e in model["edges"]],
    }
    text = json.dumps(data).replace("<", "\\u003c")
    return f"""<!doctype html><meta charset="utf-8"><body style="margin:0"><div id="graph"></div>
<script>{FORCE_GRAPH.read_text(encoding="utf-8")}</script>
<script>const graph = new ForceGraph(document.getElementById("graph")).width(1280).height(800).cooldownTicks(0)
.nodeRelSize(6).linkDirectionalArrowLength(0).graphData({text}); setTimeout(() => graph.zoomToFit(0), 0);</script>"""


def first_picture(file: Path) -> float:
    """Open a page in a browser of its own; give the milliseconds to the first picture."""
    with sync_playwright() as playwright, browser(playwright) as page:
        page.add_init_script(SCRIPTS["first_picture"])
        page.goto(file.as_uri(), wait_until="commit")
        page.wait_for_function("() => globalThis.firstPicture > 0")
        first: float = page.evaluate("() => globalThis.firstPicture")
        return first


def opened(file: Path, move: str, *, own: bool) -> Opened:
    """Open a page in a browser of its own, and once more in one that no screen holds back."""
    with sync_playwright() as playwright:
        with browser(playwright) as page:
            page.goto(file.as_uri())
            frames = moved(page, move)
            heap = used_heap(page)
            painted = page.evaluate(SCRIPTS["painted"]) if own else []
        with browser(playwright, *UNLIMITED) as page:
            page.goto(file.as_uri())
            unlimited = moved(page, move)
    return Opened(frames, unlimited, heap, painted)


@contextmanager
def browser(playwright: Playwright, *flags: str) -> Iterator[Page]:
    """Start a browser with a profile of its own, without a network."""
    path = os.environ.get("COLLOQUY_CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as profile:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=path, args=[*QUIET, *flags], viewport=WINDOW, offline=True
        )
        page = context.new_page()
        page.set_default_timeout(120_000)
        yield page
        context.close()


def moved(page: Page, move: str) -> float:
    """Pan and zoom for some seconds; give the frames of each."""
    page.wait_for_timeout(1500)
    page.evaluate(move)
    frames: float = page.evaluate(SCRIPTS["frames"], 4)
    return frames


def used_heap(page: Page) -> float:
    """Give the megabytes that JavaScript uses once what is unused is gone."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used: float = session.send("Runtime.getHeapUsage")["usedSize"]
    return used / 1e6


def report(firsts: Mapping[str, list[float]], rounds: Mapping[str, list[Opened]]) -> None:
    """Print medians, and ratios against the peers."""

    def median(name: str, of: Callable[[Opened], float]) -> float:
        return statistics.median(map(of, rounds[name]))

    first = {name: statistics.median(times) for name, times in firsts.items()}

    say(f"\n{'':18}  first picture   frames/s   without the screen's limit   heap")
    for name in rounds:
        values = (median(name, of) for of in (lambda o: o.frames, lambda o: o.unlimited, lambda o: o.heap))
        say("{:18}  {:9.0f} ms  {:9.1f}  {:27.1f}  {:5.1f} MB".format(name, first[name], *values))
    say("")
    pairs = ((f"colloquy, {SMALL:,}", f"pyvis, {SMALL:,}", "1.2"), ("colloquy, all", "force-graph, all", "0.75"))
    for ours, peer, most in pairs:
        if peer in first:
            single = sorted(one / other for one, other in zip(firsts[ours], firsts[peer], strict=True))
            said = f"{first[ours] / first[peer]:.2f} ({single[0]:.2f}–{single[-1]:.2f})"
            say(f"first picture, {ours} / {peer}: {said} (bar: ≤ {most}; {FIRST} rounds)")
    bars = [
        ("colloquy, all", "force-graph, all", "frames/s", "", lambda o: o.frames),
        ("colloquy, all", "force-graph, all", "frames/s without the limit", "≥ 4", lambda o: o.unlimited),
        ("colloquy, all", "pyvis, all", "frames/s", "≥ 8", lambda o: o.frames),
    ]
    for ours, peer, words, bar, of in bars:
        if peer in rounds:
            say(f"{words}, {ours} / {peer}: {median(ours, of) / median(peer, of):.2f}{bar and f' (bar: {bar})'}")
    say(f"heap with all: {median('colloquy, all', lambda o: o.heap):.1f} MB (bar: 25 MB)")
    painted = [frames for one in rounds["colloquy, all"] for frames in one.painted]
    say(f"frames from a choice to its panel: median {statistics.median(painted):g}, most {max(painted)} (bar: 3)")
    version = subprocess.run(
        [os.environ.get("COLLOQUY_CHROMIUM") or "chromium", "--version"], capture_output=True, text=True, check=False
    )
    say(version.stdout.strip())


if __name__ == "__main__":
    main()
