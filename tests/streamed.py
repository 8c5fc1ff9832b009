"""A store of many numbers and odd texts, and what tests of streams and of workers need besides."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyoxigraph

from colloquy.query import Engine
from colloquy.query.streaming import Stream

BASE = "https://example.org/id/"
MANY = 30_000
PREFIXES = {"ex": BASE, "rdfs": "http://www.w3.org/2000/01/rdf-schema#", "schema": "https://schema.org/"}
ODD = [
    'say "hi"',
    "},{",
    '[{"a"',
    "a\\",
    "a\\\\",
    'a\\"',
    "line\r\nend",
    "\t",
    "<result>",
    "a,b",
    "",
    "\x07 \ufffe",
    "é🎈",
]
ALL = "SELECT ?s ?n { ?s ex:number ?n }"
GRAPH = "CONSTRUCT { ?s ex:number ?n } WHERE { ?s ex:number ?n }"
RUNAWAY = "SELECT (COUNT(*) AS ?many) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
ENDLESS = "SELECT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
CSV, JSON, XML = "text/csv", "application/sparql-results+json", "application/sparql-results+xml"


def make_store(folder: Path) -> Path:
    """Make the store: so many numbers, the odd texts, and two named graphs."""
    lines = [f'<{BASE}t{n}> <{BASE}number> "{n}"^^<http://www.w3.org/2001/XMLSchema#integer> .' for n in range(MANY)]
    lines += [f"<{BASE}odd{n}> <{BASE}says> {pyoxigraph.Literal(text)} ." for n, text in enumerate(ODD)]
    lines += [f"<{BASE}t1> <{BASE}in> <{BASE}t2> <{BASE}graph{n}> ." for n in (1, 2)]
    made = pyoxigraph.Store(str(folder))
    made.bulk_load("\n".join(lines).encode(), format=pyoxigraph.RdfFormat.N_QUADS)
    made.flush()
    return folder


def whole(stream: Stream) -> bytes:
    with stream:
        return b"".join(stream)


def rows_of(data: bytes, form: str) -> Counter[tuple[str, ...]]:
    parsed = pyoxigraph.parse_query_results(data, format=getattr(pyoxigraph.QueryResultsFormat, form))
    assert isinstance(parsed, pyoxigraph.QuerySolutions)
    return Counter(tuple("" if term is None else str(term) for term in row) for row in parsed)


def worker_of(engine: Engine) -> int:
    """The process of the one worker that is at work."""
    (worker,) = engine._pool._busy
    return worker._process.pid


def gone(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def soon(what: Callable[[], bool], seconds: float = 2.0) -> bool:
    deadline = time.monotonic() + seconds
    while not what() and time.monotonic() < deadline:
        time.sleep(0.01)
    return what()
