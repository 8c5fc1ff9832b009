"""The process that runs queries: `python worker.py STORE`, ended by the system when time is up.

An engine call cannot be cancelled and hostile queries can end the process, so neither happens in the
process that people use.  This file imports nothing but pyoxigraph and the standard library (and loads
confines.py, rows.py and chunks.py), and runs as a file, so that a worker starts at once and nothing in the folder
it starts in can be imported.

Frames, in both directions: one line of JSON, then as many bytes as its `length` says.  The worker
first says `{"ready": …}` or `{"error": "store"}`, then answers each request in turn:

    → {"do": "ask", "prefixes": {}, "limit": 30.0, "columns": ["s"], "ordered": false, "length": 15}
      (also `keys`, by which alone the text orders, and `tied`, a text that orders rows that tie as well)
    ← {"kind": "select", "columns": ["s"], "rows": 2, "length": 16}  (then `<…>`, a line end, and nothing)
    ← {"error": "syntax", "length": 20}                              (then the words)

`error` is one of store, syntax, engine, memory.  Rows are lines, and their cells stand apart by tabs:
terms in canonical N-Triples syntax, as pyoxigraph writes them, and nothing for what is unbound.  So
both sides cut and join whole answers, and neither handles a single term unless it must.

An answer that is handed on as it is found comes in several frames; see chunks.py.  `last` in a header
says that the worker ends now, since the query before has left it with little memory.
"""

from __future__ import annotations

import errno
import json
import os
import select
import sys
import time
from collections.abc import Mapping
from functools import cache, lru_cache, partial
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyoxigraph

ONE_WRITE = 1 << 17
"""Bytes; smaller frames are written in one go, so that who waits for them is woken once."""
LONG = 0.05
"""Seconds; a query that takes less leaves no great deal of memory behind."""
KEPT = 4
"""A query that leaves more than this part of what one may have behind is the last of its worker."""


def main() -> None:
    """Serve the store named on the command line until standard input closes."""
    confines = beside("confines")
    requests, answers = _own_pipes()
    confines.own_signals()
    network = confines.cut_network()
    try:
        store = _open(sys.argv[1])
    except (OSError, SyntaxError, ImportError) as error:
        _send(answers, {"error": "store"}, str(error).encode())
        return
    memory = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    mapped, resident = confines.memory()
    confines.limit_memory(mapped + memory if memory else 0)
    _send(answers, {"ready": True, "network": network})
    awake = float(sys.argv[3]) if len(sys.argv) > 3 else 0.0
    while line := _next(requests, awake):
        request = _read(line)
        text = requests.read(request["length"]).decode()
        confines.alarm(request.get("limit"))
        begun = time.monotonic()
        header, payload = _answer(store, request, text, answers)
        confines.alarm(None)
        if time.monotonic() - begun > LONG and memory and (confines.memory()[1] - resident) * KEPT > memory:
            _send(answers, {**header, "last": True}, payload)
            return
        _send(answers, header, payload)


def _next(requests: IO[bytes], awake: float) -> bytes:
    """Wait for the next line, for so many seconds without sleep: to be woken takes longer than a small question."""
    if awake:
        coming = select.poll()
        coming.register(requests.fileno(), select.POLLIN)
        until = time.monotonic() + awake
        while time.monotonic() < until and not coming.poll(0):
            os.sched_yield()
    return requests.readline()


@lru_cache(maxsize=64)
def _read(line: bytes) -> dict[str, Any]:
    """Read a header, which is the same whenever the same is asked."""
    found: dict[str, Any] = json.loads(line)
    return found


@cache
def beside(name: str) -> Any:
    """Load a file that stands beside this one; nothing else there can be imported."""
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location(name, os.path.join(os.path.dirname(os.path.abspath(__file__)), name + ".py"))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _own_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Take the two pipes for frames alone; what libraries print goes to standard error."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return requests, answers


def _open(path: str) -> pyoxigraph.Store:
    """Open a store's folder, or load an N-Quads file into memory."""
    import pyoxigraph

    if not os.path.isfile(path):
        return pyoxigraph.Store.read_only(path)
    store = pyoxigraph.Store()
    store.bulk_load(path=path, format=pyoxigraph.RdfFormat.N_QUADS)
    return store


def _answer(
    store: pyoxigraph.Store, request: Mapping[str, Any], text: str, answers: IO[bytes]
) -> tuple[dict[str, Any], bytes]:
    """Give the last frame of an answer, which is the only one unless a stream was asked for."""
    import pyoxigraph

    rows = beside("rows")
    try:
        if request["do"] == "stream":
            found: tuple[dict[str, Any], bytes] = beside("chunks").stream(store, request, text, partial(_send, answers))
            return found
        if request["do"] == "graphs":
            names = sorted(str(name) for name in store.named_graphs())
            return {"kind": "graphs"}, json.dumps(names).encode()
        result = store.query(text, prefixes=request.get("prefixes") or None)
        if isinstance(result, pyoxigraph.QueryBoolean):
            return {"kind": "ask", "columns": []}, json.dumps(bool(result)).encode()
        if isinstance(result, pyoxigraph.QueryTriples):
            columns, count, payload = rows.graph(result)
            return {"kind": "graph", "columns": columns, "rows": count}, payload
        table = rows.table(result, request["columns"], request["ordered"], request.get("keys"))
        if table is None:
            again = store.query(request["tied"], prefixes=request.get("prefixes") or None)
            table = rows.table(again, request["columns"], request["ordered"])
        columns, count, payload = table
        return {"kind": "select", "columns": columns, "rows": count}, payload
    except SyntaxError as error:
        return {"error": "syntax"}, str(error).encode()
    except MemoryError:
        return {"error": "memory"}, b""
    except OSError as error:
        if error.errno == errno.EPIPE:  # nobody is there any longer
            raise
        return {"error": "engine"}, f"{type(error).__name__}: {error}".encode()
    except BaseException as error:  # panics of Rust are no Exception; the owner has the words for all
        refused, words = getattr(error, "error", None), getattr(error, "words", "")  # of chunks.Refused
        if isinstance(refused, str):
            return {"error": refused}, words.encode()
        return {"error": "engine"}, f"{type(error).__name__}: {error}".encode()


def _send(answers: IO[bytes], header: dict[str, Any], payload: bytes = b"") -> None:
    head = json.dumps({**header, "length": len(payload)}).encode() + b"\n"
    if len(payload) < ONE_WRITE:
        answers.write(head + payload)
    else:
        answers.write(head)
        answers.write(payload)
    answers.flush()


if __name__ == "__main__":
    main()
