"""An answer that is handed on while it is found: its limits, its media types, its bytes.

    stream = engine.stream("SELECT ?who { ?who a schema:Person }", media="text/csv", limits=Limits(rows=1000))
    with stream:
        for chunk in stream:
            ...

What can go wrong before the first byte is raised by `Engine.stream`, and by the iteration after that:
an answer is whole or ends in an error, and is never cut off without a word.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from colloquy.errors import QueryLimit, UsageError, did_you_mean
from colloquy.query.answers import Kind
from colloquy.query.pool import Cancellation, Exchange
from colloquy.query.process import Frame

_ROWS: frozenset[Kind] = frozenset(("select", "ask"))
_GRAPH: frozenset[Kind] = frozenset(("graph",))
MEDIA: dict[str, tuple[frozenset[Kind], str]] = {
    "application/sparql-results+json": (_ROWS, "JSON"),
    "application/sparql-results+xml": (_ROWS, "XML"),
    "text/csv": (_ROWS, "CSV"),
    "text/tab-separated-values": (_ROWS, "TSV"),
    "application/json": (_ROWS, "JSON"),
    "text/turtle": (_GRAPH, "TURTLE"),
    "application/n-triples": (_GRAPH, "N_TRIPLES"),
    "application/rdf+xml": (_GRAPH, "RDF_XML"),
    "application/ld+json": (_GRAPH, "JSON_LD"),
    "application/n-quads": (_GRAPH, "N_QUADS"),
    "application/trig": (_GRAPH, "TRIG"),
}
"""The media types of answers, best first: the kinds of answer that they hold, and Oxigraph's name of the form."""


def media_types(kind: Kind) -> tuple[str, ...]:
    """Give the media types that hold a kind of answer, best first.

    >>> media_types("graph")[:2]
    ('text/turtle', 'application/n-triples')
    """
    return tuple(media for media, (kinds, _) in MEDIA.items() if kind in kinds)


def kinds_of(media: str) -> frozenset[Kind]:
    """Give the kinds of answer that a media type holds; none of one that is not known.

    >>> sorted(kinds_of("text/csv")), sorted(kinds_of("image/png"))
    (['ask', 'select'], [])
    """
    return MEDIA[media][0] if media in MEDIA else frozenset()


def form_of(media: str, kind: Kind) -> str:
    """Give Oxigraph's name of the form; UsageError for a media type that is unknown, or does not fit the kind."""
    if media not in MEDIA:
        raise UsageError(f"no answer has the media type {media}; {did_you_mean(media, media_types(kind))}")
    kinds, form = MEDIA[media]
    if kind not in kinds:
        what = {"select": "rows", "ask": "yes or no", "graph": "a graph"}[kind]
        fitting = ", ".join(media_types(kind))
        raise UsageError(f"the query gives {what}, which {media} cannot hold; take one of: {fitting}")
    return form


@dataclass(frozen=True)
class Limits:
    """What an answer may take: `seconds` until its last byte is handed over, `rows` (or triples), `bytes` as written.

    The seconds begin with the request, waiting in line included.  None stands for any number.
    """

    seconds: float = 30.0
    rows: int | None = None
    bytes: int | None = None

    def __post_init__(self) -> None:
        if not (self.seconds > 0 and math.isfinite(self.seconds)):
            raise UsageError(f"a limit is a number of seconds above 0, not {self.seconds}")
        if any(most is not None and most < 0 for most in (self.rows, self.bytes)):
            raise UsageError("a limit of rows or bytes is a whole number from 0")

    def error(self, what: str) -> QueryLimit:
        """Make the error for a limit that was hit, `rows` or `bytes`."""
        most = self.rows if what == "rows" else self.bytes
        noun = what if most != 1 else what[:-1]
        return QueryLimit(f"the answer has more than {most:,} {noun}", hint="add a LIMIT, or ask for less")


class Stream(Iterator[bytes]):
    """The bytes of an answer, in pieces of some 64 kB, each once.

    - `kind`: `select`, `ask` or `graph`.
    - `media`: the media type that was asked for.

    Iterating raises QueryTimeout and QueryLimit where a limit is hit after the first byte, QueryError
    where the engine fails or the stream was closed.  Use it in a `with` statement, or close it.
    """

    def __init__(
        self, exchange: Exchange, cancellation: Cancellation, media: str, limits: Limits, fail: Callable[[Frame], None]
    ) -> None:
        self.media = media
        self._exchange, self._cancellation, self._limits, self._fail = exchange, cancellation, limits, fail
        self._reading = threading.Lock()
        self._more, self._over = True, False
        self._first: bytes | None = None
        header, self._first = self._receive()
        self.kind: Kind = header["kind"]

    @property
    def is_short(self) -> bool:
        """Whether the next piece is here already and is the last one: nobody has to wait for anything more."""
        return self._first is not None and not self._more

    def _receive(self) -> Frame:
        self._more = False
        header, payload = frame = self._exchange.receive()
        self._more = "more" in header
        if header.get("error") in ("rows", "bytes"):
            raise self._limits.error(header["error"])
        if header.get("error") == "form":
            hint = f"take one of: {', '.join(media_types('graph')[:2])}"
            raise UsageError(f"{self.media} cannot hold this answer: {payload.decode(errors='replace')}; {hint}")
        self._fail(frame)
        return frame

    def __next__(self) -> bytes:
        with self._reading:
            if self._over:
                raise StopIteration
            if self._cancellation.cancelled:
                raise self._cancellation.error()
            chunk, self._first = self._first, None
            try:
                if chunk is None:
                    _, chunk = self._receive()
            finally:
                self._over = not self._more
        if self._cancellation.cancelled:  # while this thread read
            self._exchange.end()
        return chunk

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """End the query at once if it still runs; from any thread, and as often as one likes."""
        self._cancellation.cancel()
        if self._reading.acquire(blocking=False):  # else the thread that reads sees to it
            self._exchange.end()
            self._reading.release()
