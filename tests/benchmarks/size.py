"""More facts of the same shape: time and memory of a build and of the rdflib script."""

from __future__ import annotations

from collections.abc import Iterator

from .bench import Bench, remove
from .measure import Command
from .table import Bar, Line, at_most, compare

NOTES = """
The facts are RubyEvents read and written again (`copies.py`), once and many times with series, events, talks and most
people renamed in each copy; one person in five, half of the organisations and all topics are shared. Peak memory is
that of the largest process, or of a process and its children together where that is more (looked at ten times a
second, shared pages once). *Peer:* `rdflib_script.py`, as above. Of the large sizes three rounds are taken, none
uncounted before them.
"""


def run(bench: Bench) -> Iterator[Line]:
    """Measure at size 1 and, if it is asked for, at another."""
    once, many = sizes = (1, bench.size)
    series = {}
    for size in dict.fromkeys(sizes):
        data, turtle, output = (bench.scratch / f"{name}-{size}" for name in ("copies", "rdflib.ttl", "output"))
        bench.prepare("copies", bench.data, data, str(size))
        commands: dict[str, Command] = {
            f"rdflib script, {size} ×": bench.script("rdflib_script", data, turtle, makes=turtle),
            f"build, {size} ×": bench.build(output, data),
        }
        script, build = bench.measure(commands, large=size > 1).values()
        series[size] = build
        yield compare(f"time, {size} ×", build, script)
        yield compare(f"peak memory, {size} ×", build, script, memory_bar(size), "peak")
        remove(data)
    if many > once:
        yield compare(f"time, {many} × (peer: colloquy, 1 ×)", series[many], series[once], at_most(1.1 * many))


def memory_bar(size: int) -> Bar | None:
    """Give the bar of a size for which one was set."""
    return at_most(1.3) if size == 1 else at_most(0.8) if size >= 10 else None
