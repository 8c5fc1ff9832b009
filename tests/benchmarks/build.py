"""Build against the scripts that one would write instead, with rdflib and with pyoxigraph."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from . import measure
from .bench import Bench
from .measure import FailedError
from .table import Line, at_most, compare

NOTES = """
*Peers:* `rdflib_script.py` and `pyoxigraph_script.py` read the YAML with PyYAML's C loader and state the same facts
by one mapping (`rubyevents.py`); the one adds them to an rdflib graph and writes Turtle, the other loads them in bulk
into a store on disk and dumps Turtle. They keep no places, check nothing, conclude nothing, trust every reference,
write where they are told with no thought of who reads there, and know one set of files only. *colloquy* writes the
store, the dataset as N-Quads with ontology and sources, the default graph as Turtle with what follows, the index of
places and the manifest; it checks all of it, reads it back, and exchanges the output folder as a whole. Pages are
left out.
"""
# What there is in the data, counted apart from any script here: 795 events have a file of their own, of
# one more only the sponsors are told.
EXPECTED = {"Person": 4727, "Talk": 10982, "Event": 796, "EventSeries": 249, "Sponsorship": 2814}


def run(bench: Bench) -> Iterator[Line]:
    """Measure a build without and with a cache, and the two scripts."""
    turtle, store, output, kept = (bench.scratch / name for name in ("rdflib.ttl", "pyoxigraph", "output", "again"))
    rdflib, oxigraph, cold, again = "rdflib script", "pyoxigraph script", "build", "build again"
    series = bench.measure({
        rdflib: bench.script("rdflib_script", bench.data, turtle, makes=turtle),
        oxigraph: bench.script("pyoxigraph_script", bench.data, store, makes=store),
        cold: bench.build(output),
        again: bench.build(kept, cache=True),
    })  # fmt: skip
    yield compare("`build --no-cache`, rdflib script", series[cold], series[rdflib], at_most(0.55, 0.4))
    yield compare("`build --no-cache`, pyoxigraph script", series[cold], series[oxigraph], at_most(3.0, 2.0))
    yield compare("`build`, nothing changed, rdflib script", series[again], series[rdflib])
    for name in (rdflib, oxigraph):
        yield compare(f"`build --no-cache`, peak memory, {name}", series[cold], series[name], figure="peak")
    files = {rdflib: turtle, oxigraph: store / "graph.ttl", "colloquy": output / "graph.ttl"}
    counted = {name: count(bench, file) for name, file in files.items() if file.exists()}
    for name in (rdflib, oxigraph):
        yield same(name, counted.get("colloquy", {}), counted.get(name, {}))


def count(bench: Bench, file: Path) -> dict[str, float]:
    """Count the distinct triples of a Turtle file, and the members of each class of the example."""
    try:
        return dict(measure.run(bench.script("count", file), 600).said)
    except FailedError as error:
        bench.progress(f"count: {error}")
        return {}


def same(name: str, ours: dict[str, float], theirs: dict[str, float]) -> Line:
    """Say whether both sides hold all that there is."""

    def told(counted: dict[str, float]) -> str:
        if not counted:
            return "not counted"
        return f"{counted['facts']:,} triples: " + ", ".join(f"{counted.get(c, 0):,}" for c in EXPECTED)

    differ = [
        f"{side}: {counted.get(class_, 0) - number:+,} {class_}"
        for side, counted in (("colloquy", ours), (name, theirs)) if counted
        for class_, number in EXPECTED.items() if counted.get(class_, 0) != number
    ]  # fmt: skip
    what = f"distinct triples; people, talks, events, series, sponsorships; {name}"
    verdict = "; ".join(differ) or ("met" if ours and theirs else "not measured")
    return Line(what, told(ours), told(theirs), "", "all there", verdict)
