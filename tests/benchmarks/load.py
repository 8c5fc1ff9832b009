"""Check against the loader: what it costs to read, compile and check everything, where PyYAML only reads."""

from __future__ import annotations

from collections.abc import Iterator

from .bench import Bench
from .table import Line, at_most, compare

NOTES = """
*Peer:* `load_only.py` reads each of the 2,538 files with PyYAML's C loader and drops the result. It keeps no lines or
columns, maps nothing, checks nothing. *colloquy* reads the same files, and the ontology, keeps every place, makes
statements and what follows from them, resolves the references, and checks everything; it leaves `schedule.yml` and
others out where the example says so.
"""


def run(bench: Bench) -> Iterator[Line]:
    """Measure `check` without and with a cache, and PyYAML's C loader."""
    load, cold, again = "PyYAML loads", "check", "check again"
    series = bench.measure({
        load: bench.script("load_only", bench.data),
        cold: bench.check(),
        again: bench.check(cache=True),
    })  # fmt: skip
    yield compare("`check --no-cache`", series[cold], series[load], at_most(2.5))
    yield compare("`check`, nothing changed", series[again], series[load])
    yield compare("`check --no-cache`, peak memory", series[cold], series[load], figure="peak")
