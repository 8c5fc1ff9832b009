"""Hostile queries: each ends in time and within its memory, and others hardly notice."""

from __future__ import annotations

import contextlib
import re
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from colloquy import Project
from colloquy.errors import QueryError, QueryTimeout
from colloquy.query import Engine
from colloquy.query.pool import Worker
from colloquy.query.streaming import Limits
from colloquy.sparql import read_query
from hostile_queries import HOSTILE
from streamed import JSON

FILLING = {"string-doubling"} if sys.platform.startswith("linux") else set[str]()
"""What is stopped by the limit of memory, and well before its time, on every machine."""


def peak(worker: Worker) -> int:
    with contextlib.suppress(OSError):
        if found := re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{worker._process.pid}/status").read_text("utf-8")):
            return int(found[1]) * 1024
    return 0


@pytest.fixture(scope="module")
def guarded(built: Project) -> Iterator[Engine]:
    folder = next(built.output.glob("store-*"))
    with Engine(folder, prefixes=built.prefixes, workers=2, spares=1) as made:
        made.start()
        yield made


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_query_ends_in_time_and_hinders_nobody(guarded: Engine, name: str) -> None:
    limit, over = 15 if name in FILLING else 1.0, threading.Event()
    said = ""
    waits, peaks = [0.0], [0]

    def another() -> None:
        while not over.wait(0.05):
            begun = time.monotonic()
            assert guarded.ask("ASK { ?s ?p ?o }")
            waits.append(time.monotonic() - begun)
            peaks.extend(map(peak, list(guarded._pool._busy)))

    with ThreadPoolExecutor(1) as threads:
        other = threads.submit(another)
        begun = time.monotonic()
        try:
            for _ in guarded.stream(HOSTILE[name], media=JSON, limits=Limits(seconds=limit)):
                pass
        except (QueryError, QueryTimeout) as error:
            said = str(error)
        took = time.monotonic() - begun
        time.sleep(0.1)
        over.set()
        other.result()
    assert took < limit + 2
    assert max(waits) < 1
    assert max(peaks) < 1.5e9
    assert name not in FILLING or "ran out of memory (1.25 GB)" in said


def test_the_order_of_a_query_of_many_parts_is_found_in_the_time_that_reading_takes() -> None:
    times = [time.process_time()]
    query = read_query(f"SELECT * {{{'{SELECT * {} ORDER BY ?a}' * 3900}}}")
    times.append(time.process_time())
    assert query.order is None
    times.append(time.process_time())
    assert times[2] - times[1] < 3 * (times[1] - times[0])
