"""The worker's part of a streamed answer: it is written while it is found, and sent in frames.

Like worker.py, whose process loads this file when it is first asked for a stream, it imports nothing
but pyoxigraph and the standard library.

    → {"do": "stream", "form": "JSON", "limit": 30.0, "rows": null, "bytes": null, "length": 15, …}
    ← {"kind": "select", "more": true, "length": 65631}    (then so many bytes of the answer)
    ← {"kind": "select", "length": 1203}                   (then the last ones)
    ← {"error": "rows", "length": 0}                       (in place of any of them: rows bytes form …)
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pyoxigraph

SIZE = 1 << 16
"""Bytes that a frame has at least, but for the last one and one that has waited for too long."""
PATIENCE = 1.0
"""Seconds after which a frame is sent, however small; until then an error can still come first."""

KINDS = {pyoxigraph.QuerySolutions: "select", pyoxigraph.QueryBoolean: "ask", pyoxigraph.QueryTriples: "graph"}

Send = Callable[[dict[str, Any], bytes], None]
Count = Callable[[bytes], int]

_NOT_IN_XML = bytes([*range(9), 11, 12, *range(14, 32)])
_BROKEN_XML = re.compile(b"[%s]|\xef\xbf[\xbe\xbf]" % re.escape(_NOT_IN_XML))
_ODD_IN_XML = _NOT_IN_XML + b"\r"
_XML_NAME = re.compile(r"[^\W\d][\w.\u00b7-]*$")


class Refused(Exception):  # noqa: N818 - what the owner is told, before there are words for it
    """The answer is not written on: it has too many `rows` or `bytes`, or the `form` cannot hold it."""

    def __init__(self, error: str, words: str = "") -> None:
        self.error, self.words = error, words
        super().__init__(error, words)


def stream(store: pyoxigraph.Store, request: Mapping[str, Any], text: str, send: Send) -> tuple[dict[str, Any], bytes]:
    """Answer one request: send all frames but the last, and give that one.

    Raises Refused, or whatever the engine raises.
    """
    given = {}
    if request.get("default") is not None:
        graphs = [pyoxigraph.NamedNode(name) if name else pyoxigraph.DefaultGraph() for name in request["default"]]
        given["default_graph"] = graphs
        given["named_graphs"] = [pyoxigraph.NamedNode(name) for name in request["named"]]
    prefixes = request.get("prefixes") or {}
    result = store.query(text, prefixes=prefixes, **given)  # type: ignore[arg-type]
    form: str = request["form"]
    most: int | None = request.get("rows")
    kind = KINDS[type(result)]
    count = COUNTS[form]() if most is not None and form in COUNTS and kind != "ask" else None
    frames = Frames(send, kind, request.get("bytes"), most, count)
    frames.in_xml = form in ("XML", "RDF_XML")
    if not isinstance(result, pyoxigraph.QueryTriples):
        result.serialize(frames, getattr(pyoxigraph.QueryResultsFormat, form))  # type: ignore[arg-type]
    elif form in ("N_TRIPLES", "N_QUADS"):
        result.serialize(frames, getattr(pyoxigraph.RdfFormat, form))  # type: ignore[arg-type]
    else:  # forms that show prefixes, or whose triples cannot be counted once they are written
        found = _counted(result, most, whole_names=form == "RDF_XML")
        declared = {**request.get("shown", {}), **prefixes}
        pyoxigraph.serialize(found, frames, getattr(pyoxigraph.RdfFormat, form), prefixes=declared)  # type: ignore[arg-type]
    return frames.last()


def _counted(result: pyoxigraph.QueryTriples, most: int | None, *, whole_names: bool) -> Iterator[pyoxigraph.Triple]:
    """Hand the triples on, as many as there may be, and only those that can be written."""
    fine: set[str] = set()
    for number, triple in enumerate(result):
        if number == most:
            raise Refused("rows")
        if whole_names:
            name = triple.predicate.value
            if name not in fine and not _XML_NAME.search(name):
                raise Refused("form", f"the property <{name}> does not end in a name")
            fine.add(name)
            if isinstance(triple.object, pyoxigraph.Literal) and _BROKEN_XML.search(triple.object.value.encode()):
                raise Refused("form", "a literal holds a control character")
        yield triple


class Frames:
    """A file that sends what is written to it, frame by frame, and stops at its limits."""

    def __init__(
        self, send: Send, kind: str, most_bytes: int | None, most_rows: int | None = None, count: Count | None = None
    ) -> None:
        self._send, self._kind, self._count = send, kind, count
        self._bytes_left, self._rows_left = most_bytes, most_rows
        self._parts: list[bytes] = []
        self._size = 0
        self._begun = time.monotonic()
        self.in_xml = False
        """Whether a character that XML cannot hold becomes U+FFFD, and CR a reference."""

    def write(self, data: bytes) -> int:
        """Take some bytes; Refused at a limit, before any of them is sent."""
        taken = len(data)
        if self._count and self._rows_left is not None:
            self._rows_left -= self._count(data)
            if self._rows_left < 0:
                raise Refused("rows")
        if self.in_xml and (
            len(data.translate(None, _ODD_IN_XML)) < taken or b"\xef\xbf\xbe" in data or b"\xef\xbf\xbf" in data
        ):  # a bare CR would be read as LF (XML 1.0, clause 2.11)
            data = _BROKEN_XML.sub("\ufffd".encode(), data).replace(b"\r", b"&#13;")
        if self._bytes_left is not None:
            self._bytes_left -= len(data)
            if self._bytes_left < 0:
                raise Refused("bytes")
        self._parts.append(data)
        self._size += len(data)
        if self._size >= SIZE or time.monotonic() - self._begun > PATIENCE:
            self._send({"kind": self._kind, "more": True}, b"".join(self._parts))
            self._parts, self._size, self._begun = [], 0, time.monotonic()
        return taken

    def flush(self) -> None:
        """Do nothing: frames are sent when they are large enough."""

    def last(self) -> tuple[dict[str, Any], bytes]:
        """Give what is still to be sent."""
        return {"kind": self._kind}, b"".join(self._parts)


# --- counting rows in what is written -------------------------------------------------------------


class _Lines:
    """TSV: every line is a row, but for the first; N-Triples has no such line."""

    def __init__(self, head: int = 1) -> None:
        self._head = head

    def __call__(self, data: bytes) -> int:
        found = self.lines(data)
        head, self._head = min(self._head, found), self._head - min(self._head, found)
        return found - head

    def lines(self, data: bytes) -> int:
        """Count the ends of lines."""
        return data.count(b"\n")


class _QuotedLines(_Lines):
    """CSV: a line end between quotes is text."""

    def __init__(self) -> None:
        super().__init__()
        self._inside = 0

    def lines(self, data: bytes) -> int:
        """Count the ends of lines outside of quotes; two quotes for one change nothing."""
        pieces = data.split(b'"')
        found = sum(piece.count(b"\n") for piece in pieces[self._inside :: 2])
        self._inside ^= (len(pieces) - 1) & 1
        return found


class _Elements:
    """XML: no text holds a `<`, and the tag may come in two pieces."""

    def __init__(self) -> None:
        self._before = b""

    def __call__(self, data: bytes) -> int:
        data = self._before + data
        self._before = data[-7:]  # one less than the tag has
        return data.count(b"<result>")


class _Objects:
    """JSON: outside of its strings, an object that begins a list or goes on with one is a row."""

    def __init__(self) -> None:
        self._rest = self._before = b""
        self._inside = 0

    def __call__(self, data: bytes) -> int:
        data = self._rest + data
        whole = len(data) - (len(data) - len(data.rstrip(b"\\"))) % 2  # an escape may come in two pieces
        self._rest, data = data[whole:], data[:whole]
        pieces = data.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')
        outside = self._before + b"s".join(pieces[self._inside :: 2])
        self._inside ^= (len(pieces) - 1) & 1
        self._before = outside[-1:] + b"s" * self._inside  # for a string something has to stand
        return outside.count(b"[{") + outside.count(b",{")


COUNTS: dict[str, Callable[[], Count]] = {
    "TSV": _Lines,
    "CSV": _QuotedLines,
    "XML": _Elements,
    "JSON": _Objects,
    **dict.fromkeys(("N_TRIPLES", "N_QUADS"), lambda: _Lines(0)),
}
"""What counts rows in the bytes of a form, however they are cut into pieces."""
