"""Questions to a graph: engines that answer SPARQL, and what all of them have in common.

An engine is anything with `ask` and `close` as in `SparqlEngine`.  Ours read every query by
`sparql.read_query` and give engines the text of `rewrite.engine_text`, so that they accept, refuse,
bind and order alike; `Engine` runs Oxigraph in killable processes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from colloquy.errors import Finding, QueryBusy, QueryError, QueryTimeout, UsageError, did_you_mean, printable
from colloquy.query.answers import Answer, Kind, Row, check_format
from colloquy.query.notes import slow_parts, unbound_variables
from colloquy.query.pool import MEMORY, Cancellation, Pool, Request
from colloquy.query.streaming import Limits, Stream, form_of
from colloquy.sparql import Query, read_query, without_slow_exists
from colloquy.sparql.refusals import explain_refusal
from colloquy.sparql.rewrite import engine_text, plain_keys
from colloquy.terms import STANDARD_PREFIXES, Term, compress, iri

LIMIT_SECONDS = 30.0


class SparqlEngine(Protocol):
    """What answers SPARQL queries on one dataset, by whatever means."""

    def ask(
        self,
        text: str,
        *,
        format: str | None = None,  # noqa: A002 - the word of the command line
        limit_seconds: float = LIMIT_SECONDS,
        substitutions: Mapping[str, Term] | None = None,
    ) -> Answer:
        """Answer a query; QueryError where it cannot be answered, QueryTimeout where it takes too long."""

    def close(self) -> None:
        """Let go of everything; the engine may be asked again."""


class _Engine:
    """What our engines share: reading, refusing, and the use in a `with` statement."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.prefixes = dict(prefixes)
        declared = self.prefixes  # not `self`, which would keep itself alive by way of the cache
        self._asked = lru_cache(maxsize=64)(lambda text, base: _Asked(read_query(text, declared, base)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of everything; the engine may be asked again."""

    def graphs(self) -> frozenset[str]:
        """Give the IRIs of the named graphs."""
        raise NotImplementedError

    def read(self, text: str, base: str = "") -> Query:
        """Read a query as it will be asked, which is kept for when it is; raises QueryError."""
        return self._asked(text, base).query

    def _prepare(
        self,
        text: str,
        format: str | None,  # noqa: A002
        limit_seconds: float,
        graphs: Sequence[str] = (),
        base: str = "",
    ) -> _Asked:
        """Read a query, and check all that can be checked before it runs; `graphs` stand in place of FROM."""
        if not (limit_seconds > 0 and math.isfinite(limit_seconds)):
            raise UsageError(f"a limit is a number of seconds above 0, not {limit_seconds}")
        asked = self._asked(text, base)
        query = asked.query
        if format is not None and format != "table":
            check_format(format, kind_of(query))
        named = [] if graphs else [name for name in query.names if name.role == "graph"]
        known = self.graphs() if named else frozenset()
        for name in named:
            if name.iri not in known:
                shown = [compress(iri(graph), self.prefixes) for graph in known]
                hint = did_you_mean(name.token.text, shown) or "there is only the default graph: leave FROM out"
                raise name.token.error(f"there is no graph `{printable(name.token.text)}` here", hint)
        return asked


class _Asked:
    """A query that is asked, perhaps again: what its text alone decides is worked out once."""

    def __init__(self, query: Query) -> None:
        self.query = query

    @cached_property
    def request(self) -> Request:
        return _request(self.query)

    @cached_property
    def streamed(self) -> Request:
        return _streamed(self.query)

    @cached_property
    def unbound(self) -> tuple[Finding, ...]:
        return unbound_variables(self.query)

    def notes(self, values: Mapping[str, Term] | None) -> tuple[Finding, ...]:
        """Point out what is most likely a slip, with these values bound."""
        return self.slow + (unbound_variables(self.query, values) if values else self.unbound)

    @cached_property
    def slow(self) -> tuple[Finding, ...]:
        return slow_parts(self.query)

    def explain(self, error: QueryTimeout) -> QueryTimeout:
        """Add to what a timeout says which parts of the query are slow."""
        why = "".join(f"; line {f.place.line}, column {f.place.column}: {f.message} — {f.hint}" for f in self.slow)
        return QueryTimeout(f"{error}{why}") if why and not isinstance(error, QueryBusy) else error


def _request(query: Query, values: Mapping[str, Term] | None = None) -> Request:
    """Make what a worker is sent: how to answer, and the text for Oxigraph.

    Where the worker can order rows that tie, the text leaves that to it, and one that does not stands by.
    """
    header = {
        "do": "ask",
        "prefixes": dict(query.prefixes),
        "columns": _wanted(query),
        "ordered": query.order is not None,
    }

    def text(ties: bool) -> str:
        return quick(query, engine_text(query, values, ties=ties))

    if (keys := plain_keys(query, values)) is not None:
        return Request({**header, "keys": keys, "tied": text(True)}, text(False).encode())
    return Request(header, text(True).encode())


def _streamed(query: Query, *, dataset: bool = True) -> Request:
    """Make what a worker is sent for a stream: rows that tie may come in any order, unless some are cut off."""
    ties = query.order is not None and plain_keys(query) is None
    made = quick(query, engine_text(query, dataset=dataset, ties=ties))
    return Request({"do": "stream", "prefixes": dict(query.prefixes)}, made.encode())


def quick(query: Query, text: str) -> str:
    """Reword slow EXISTS in the text that an engine gets for a query."""
    return without_slow_exists(read_query(text, query.prefixes)) if _has_exists(query) else text


def _has_exists(query: Query) -> bool:
    return any(span.rule == "Exists" for span in query.spans)


def kind_of(query: Query) -> Kind:
    """Tell which kind of answer a query has, before it is asked."""
    return {"SELECT": "select", "ASK": "ask"}.get(query.form, "graph")  # type: ignore[return-value]


def _wanted(query: Query) -> list[str]:
    return list(query.star if query.columns is None else query.columns)


class Engine(_Engine):
    """Oxigraph on a store, in worker processes that are killed when a query takes too long.

    - `store`: a folder that `pyoxigraph.Store` made, to which nobody may write meanwhile; or a file of
      N-Quads, which each worker loads into memory: some seconds for each million triples when it
      starts, and also after a query that was killed, and answers two to five times as fast.
    - `prefixes`: declared for every query.
    - `workers`: how many queries run at once; others, from any number of threads, wait in line.
    - `memory`: bytes of address space that a query may take, beyond what the open store takes.
    - `spares`: how many workers are kept ready beside those at work, so that nobody waits for one to
      start, or for one that had to be killed; each takes some 40 MB.

    Nothing starts before the first query, or `start`.  Raises ProjectError where the store cannot be opened.
    """

    def __init__(
        self,
        store: str | Path,
        *,
        prefixes: Mapping[str, str] = STANDARD_PREFIXES,
        workers: int = 1,
        memory: int = MEMORY,
        spares: int = 0,
    ) -> None:
        super().__init__(prefixes)
        self._pool = Pool(Path(store).absolute(), workers, memory, spares)
        self._graphs: frozenset[str] | None = None

    def start(self) -> Mapping[str, Any]:
        """Open the store now; gives `{"network": "cut" | "open", …}` as the worker found it."""
        return self._pool.start()

    def close(self) -> None:
        """End the workers; one that is at work ends with its query."""
        self._pool.close()

    def graphs(self) -> frozenset[str]:
        """Give the IRIs of the named graphs of the store."""
        if self._graphs is None:
            header, payload = self._pool.request(Request({"do": "graphs"}), LIMIT_SECONDS)
            self._raise(None, header, payload)
            self._graphs = frozenset(name[1:-1] for name in json.loads(payload))
        return self._graphs

    def ask(
        self,
        text: str,
        *,
        format: str | None = None,  # noqa: A002 - the word of the command line
        limit_seconds: float = LIMIT_SECONDS,
        substitutions: Mapping[str, Term] | None = None,
    ) -> Answer:
        """Answer a query within so many seconds, with variables bound to terms where given.

        A `format` is only checked to fit, before the query runs.  What is most likely a slip is pointed
        out in the answer's `notes`.  Raises QueryError with line and column for a query that cannot be
        answered, QueryTimeout at the limit, UsageError for a format that does not fit.
        """
        asked = self._prepare(text, format, limit_seconds)
        query = asked.query
        request = _request(query, substitutions) if substitutions else asked.request
        try:
            header, payload = self._pool.request(request, limit_seconds)
        except QueryTimeout as error:
            raise asked.explain(error) from None
        self._raise(query, header, payload)
        notes = asked.notes(substitutions)
        if header["kind"] == "ask":
            return replace(Answer.of_boolean(json.loads(payload)), notes=notes)
        columns = tuple(header["columns"])
        return Answer(header["kind"], columns, _rows(payload, len(columns), header["rows"]), self.prefixes, notes)

    def stream(
        self,
        text: str,
        *,
        media: str,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        base: str = "",
        cancellation: Cancellation | None = None,
    ) -> Stream:
        """Answer a query in bytes of a media type, one of `streaming.MEDIA`, handed on while it is found.

        Rows come in the engine's own order, where the query has none.  Graphs that are given, by their
        IRIs, replace what FROM and FROM NAMED say (SPARQL 1.1 Protocol, clause 2.1.4), and one that is
        not here is empty; `""` among the default graphs is the one without a name.  Relative IRIs
        are resolved against `base`.  The first bytes are there when this returns; `cancellation` ends it
        from another thread, before that or later.

        Raises what `ask` raises, and QueryLimit where `limits` are hit before the first byte; `Stream`
        tells what comes after it.
        """
        asked = self._prepare(text, None, limits.seconds, (*default_graphs, *named_graphs), base)
        query = asked.query
        header: dict[str, Any] = {"form": form_of(media, kind_of(query)), "rows": limits.rows, "bytes": limits.bytes}
        if default_graphs or named_graphs:
            header |= {"default": [*default_graphs], "named": [*named_graphs]}
            request = _streamed(query, dataset=False)
        else:
            request = asked.streamed
        if kind_of(query) == "graph":
            header["shown"] = self.prefixes
        cancellation = cancellation or Cancellation()
        exchange = self._pool.begin(request.with_more(header), limits.seconds, cancellation)
        try:
            return Stream(exchange, cancellation, media, limits, lambda frame: self._raise(query, *frame))
        except QueryTimeout as error:
            raise asked.explain(error) from None

    def _raise(self, query: Query | None, header: Mapping[str, Any], payload: bytes) -> None:
        words = payload.decode(errors="replace") if "error" in header else ""
        if header.get("error") == "memory":
            raise self._pool.memory_error()
        if header.get("error") == "syntax" and query is not None:
            raise explain_refusal(query, words)
        if "error" in header:
            function = words.partition("custom function <")[2].partition(">")[0]
            for name in query.names if query is not None else ():
                if name.role == "function" and name.iri == function:
                    raise name.token.error(f"`{printable(name.token.text)}` is no function of the engine")
            raise QueryError(f"the query engine failed: {printable(words, 300)}")


def _rows(payload: bytes, width: int, count: int) -> tuple[Row, ...]:
    """Cut the text of a worker into rows of terms."""
    if not width or not count:
        return ((),) * count
    cells = payload.decode().replace("\n", "\t").split("\t")
    terms = [cell or None for cell in cells] if "" in cells else cells
    return tuple(zip(*[iter(terms)] * width, strict=True))
