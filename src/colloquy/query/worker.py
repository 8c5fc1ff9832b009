"""The process that runs queries: `python worker.py STORE`, killed by its owner when time is up.

An engine call cannot be cancelled and hostile queries can end the process, so neither happens in the
process that people use.  This file imports nothing but pyoxigraph and the standard library, and runs
as a file, so that a worker starts at once and nothing in the folder it starts in can be imported.

Frames, in both directions: one line of JSON, then as many bytes as its `length` says.  The worker
first says `{"ready": …}` or `{"error": "store"}`, then answers each request in turn:

    → {"do": "ask", "prefixes": {}, "limit": 30.0, "columns": ["s"], "ordered": false, "length": 15}
    ← {"kind": "select", "columns": ["s"], "length": 15}             (then `[["<…>"], [null]]`)
    ← {"error": "syntax", "length": 20}                              (then the words)

`error` is one of store, syntax, engine, memory.  Terms are in canonical N-Triples syntax, as pyoxigraph
writes them.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from collections.abc import Iterable, Mapping
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyoxigraph

Row = tuple[str | None, ...]

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
GRACE = 2.0
"""Seconds after which a worker ends by itself a query that its owner did not end."""


def main() -> None:
    """Serve the store named on the command line until standard input closes."""
    requests, answers = _own_pipes()
    network = _cut_network()
    _limit_memory(int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    try:
        import pyoxigraph

        store = pyoxigraph.Store.read_only(sys.argv[1])
    except (OSError, ImportError) as error:
        _send(answers, {"error": "store"}, str(error).encode())
        return
    _send(answers, {"ready": True, "network": network})
    while line := requests.readline():
        request = json.loads(line)
        text = requests.read(request["length"]).decode()
        _alarm(request.get("limit"))
        header, payload = _answer(store, request, text)
        _alarm(None)
        _send(answers, header, payload)


def _own_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Take the two pipes for frames alone; what libraries print goes to standard error."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    with contextlib.suppress(ValueError, OSError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the owner decides what Ctrl-C means
    return requests, answers


def _cut_network() -> str:
    """Enter an empty network where the system allows (Linux); tell `cut` or `open`.

    A root user may enter one directly; anybody else needs a user namespace around it, in which the
    process keeps its own user's rights to files.
    """
    if not sys.platform.startswith("linux"):
        return "open"
    try:
        import ctypes

        unshare = ctypes.CDLL(None, use_errno=True).unshare
        for flags in (CLONE_NEWNET, CLONE_NEWNET | CLONE_NEWUSER):
            if unshare(flags) == 0:
                return "cut"
    except (ImportError, OSError, AttributeError):
        pass
    return "open"


def _limit_memory(limit: int) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if limit:
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _alarm(seconds: float | None) -> None:
    """End this process by the system's clock: an owner that was itself killed cannot end it."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds + GRACE if seconds else 0)


def _answer(store: pyoxigraph.Store, request: Mapping[str, Any], text: str) -> tuple[dict[str, Any], bytes]:
    import pyoxigraph

    try:
        if request["do"] == "graphs":
            names = sorted(str(name) for name in store.named_graphs())
            return {"kind": "graphs"}, json.dumps(names).encode()
        result = store.query(text, prefixes=request.get("prefixes") or None)
        if isinstance(result, pyoxigraph.QueryBoolean):
            return {"kind": "ask", "columns": []}, json.dumps(bool(result)).encode()
        if isinstance(result, pyoxigraph.QueryTriples):
            columns, rows = ["subject", "predicate", "object"], triples(result)
        else:
            found = [tuple(None if term is None else str(term) for term in row) for row in result]
            names = [variable.value for variable in result.variables]
            columns, rows = settle(names, found, request["columns"], request["ordered"])
        header = {"kind": "graph" if isinstance(result, pyoxigraph.QueryTriples) else "select", "columns": columns}
        return header, json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()
    except SyntaxError as error:
        return {"error": "syntax"}, str(error).encode()
    except MemoryError:
        return {"error": "memory"}, b""
    except BaseException as error:  # panics of Rust are no Exception; the owner has the words for all
        return {"error": "engine"}, f"{type(error).__name__}: {error}".encode()


def triples(found: Iterable[pyoxigraph.Triple]) -> list[Row]:
    """Sort the triples of a graph, each once; blank nodes are named by RDFC-1.0."""
    import pyoxigraph

    unique = set(found)
    if any(isinstance(term, pyoxigraph.BlankNode) for t in unique for term in (t.subject, t.object)):
        dataset = pyoxigraph.Dataset(pyoxigraph.Quad(t.subject, t.predicate, t.object) for t in unique)
        dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
        unique = {quad.triple for quad in dataset}
    return sorted((str(t.subject), str(t.predicate), str(t.object)) for t in unique)


def settle(columns: list[str], rows: list[Row], wanted: list[str], ordered: bool) -> tuple[list[str], list[Row]]:
    """Put columns and rows into the one order that every engine's answer has.

    Columns come as in `wanted`, others after them by name.  Rows that the query does not order are
    sorted by the text of their terms.  Blank nodes, which engines name at random, become b0, b1 …
    """
    rank = {name: number for number, name in enumerate(wanted)}
    places = sorted(range(len(columns)), key=lambda i: (rank.get(columns[i], len(rank)), columns[i]))
    if places != [*range(len(columns))]:
        columns = [columns[i] for i in places]
        rows = [tuple(row[i] for i in places) for row in rows]
    blank = any(term is not None and term.startswith("_:") for row in rows for term in row)
    if not ordered:
        rows = sorted(rows, key=_masked if blank else _plain)
    if blank:
        names: dict[str, str] = {}
        rows = [
            tuple(names.setdefault(t, f"_:b{len(names)}") if t is not None and t.startswith("_:") else t for t in row)
            for row in rows
        ]
    return columns, rows


def _plain(row: Row) -> tuple[str, ...]:
    return tuple(term or "" for term in row)


def _masked(row: Row) -> tuple[str, ...]:
    return tuple("_:" if term is not None and term.startswith("_:") else term or "" for term in row)


def _send(answers: IO[bytes], header: dict[str, Any], payload: bytes = b"") -> None:
    answers.write(json.dumps({**header, "length": len(payload)}).encode() + b"\n")
    answers.write(payload)
    answers.flush()


if __name__ == "__main__":
    main()
