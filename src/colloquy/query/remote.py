"""Questions to a store elsewhere: any endpoint of the SPARQL 1.1 Protocol, with the answers that ours gives.

Queries are read, refused and written out as for every other engine, and rows come in the same order.
Which graph is the default one differs from store to store (Virtuoso: all of them together; Oxigraph's
server: one without a name), so every request names its dataset
(https://www.w3.org/TR/sparql11-protocol/#dataset), and `FROM` in the text becomes such a name too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from colloquy.endpoint import LARGEST, Endpoint, Reply
from colloquy.errors import QueryError, StoreError, UsageError, printable
from colloquy.query.answers import GRAPH_COLUMNS, Answer, Kind, Row
from colloquy.query.engines import LIMIT_SECONDS, _Engine, _wanted, kind_of, quick
from colloquy.query.forms import term_of_json
from colloquy.query.rows import settle, triples
from colloquy.sparql import Query, read_query
from colloquy.sparql.grammar import AGGREGATES
from colloquy.sparql.refusals import explain_refusal
from colloquy.sparql.rewrite import engine_text
from colloquy.terms import STANDARD_PREFIXES, Term, iri

_FORM = "application/x-www-form-urlencoded"
_ROWS = "application/sparql-results+json"
_GRAPH = "application/n-triples, text/turtle;q=0.8, application/rdf+xml;q=0.5"
_JSON = (_ROWS, "application/json")
_ALL_GRAPHS = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"


def graph_iri(name: str) -> str:
    """Give the IRI of a graph as it was given; UsageError for what is no absolute IRI."""
    try:
        iri(name)
    except ValueError:
        name = printable(name)
    else:
        if re.match("[A-Za-z][A-Za-z0-9+.-]*:.", name):
            return name
    raise UsageError(f"{name} is no IRI of a graph: write it in full, such as https://example.org/graph/default")


class RemoteEngine(_Engine):
    """Another store, asked over HTTP by POST.

    - `url`: the address that takes queries; user and password may stand in it (see `endpoint`).
    - `prefixes`: declared for every query.
    - `default_graph`: the IRI of the graph that is the default graph of our queries; None for what the
      server takes for its default graph.
    - `named_graphs`: the IRIs of the named graphs that a query may ask; None for all that are there.
    - `largest`: the most bytes of one answer.

    Nothing is sent before the first query.  Raises UsageError for what is no address, or no IRI.
    """

    def __init__(
        self,
        url: str,
        *,
        prefixes: Mapping[str, str] = STANDARD_PREFIXES,
        default_graph: str | None = None,
        named_graphs: Sequence[str] | None = None,
        largest: int = LARGEST,
    ) -> None:
        super().__init__(prefixes)
        self._endpoint = Endpoint(url)
        self._default = [] if default_graph is None else [graph_iri(default_graph)]
        self._named = None if named_graphs is None else tuple(graph_iri(name) for name in named_graphs)
        self._largest = largest
        self._found: frozenset[str] | None = None

    def __str__(self) -> str:
        return str(self._endpoint)

    def graphs(self) -> frozenset[str]:
        """Give the IRIs of the named graphs: those that were named to us, or else all of the store."""
        if self._named is not None:
            return frozenset(self._named)
        if self._found is None:
            reply = self._send(_ALL_GRAPHS, "select", [], [], LIMIT_SECONDS)
            if reply.status != 200:
                raise self._refused(reply, None)
            rows = self._rows(reply)[1]
            self._found = frozenset(term[1:-1] for row in rows for term in row if term)
        return self._found

    def ask(
        self,
        text: str,
        *,
        format: str | None = None,  # noqa: A002 - the word of the command line
        limit_seconds: float = LIMIT_SECONDS,
        substitutions: Mapping[str, Term] | None = None,
    ) -> Answer:
        """Answer a query as `Engine.ask` does.

        At the limit the connection is cut; whether the server goes on with the query is its own affair.
        Raises StoreError besides, where there is no server, or none that answers SPARQL.
        """
        asked = self._prepare(text, format, limit_seconds)
        query = asked.query
        given = quick(query, engine_text(query, substitutions, dataset=False))
        if _grouped(query) and _ordered_by_columns(query, substitutions or {}):
            given = _ordered_outside(read_query(given, query.prefixes))
        # On a line of their own, so that lines and columns in what the server says are those of the text.
        declared = " ".join(f"PREFIX {prefix}: <{namespace}>" for prefix, namespace in query.prefixes.items())
        default, named = self._dataset(query)
        kind = kind_of(query)
        reply = self._send(f"{declared}\n{given}", kind, default, named, limit_seconds)
        if reply.status != 200:
            raise self._refused(reply, query)
        notes = asked.notes(substitutions)
        if kind == "graph":
            return Answer("graph", GRAPH_COLUMNS, self._triples(reply), self.prefixes, notes)
        if kind == "ask":
            return replace(Answer.of_boolean(self._boolean(reply)), notes=notes)
        columns, rows = settle(*self._rows(reply), _wanted(query), query.order is not None)
        return Answer("select", tuple(columns), tuple(rows), self.prefixes, notes)

    def _dataset(self, query: Query) -> tuple[list[str], list[str]]:
        """Give the graphs of `FROM` and `FROM NAMED`, or those that are asked without (SPARQL 1.1, clause 13.2)."""
        chosen = [name for name in query.names if name.role == "graph"]
        if not chosen:
            return self._default, list(self._named or ())
        named = [n.iri for n in chosen if query.tokens[query.tokens.index(n.token) - 1].text.upper() == "NAMED"]
        return [n.iri for n in chosen if n.iri not in named], named

    def _send(self, text: str, kind: Kind, default: list[str], named: list[str], limit: float) -> Reply:
        from urllib.parse import urlencode

        fields = [("query", text)]
        fields += [("default-graph-uri", name) for name in default]
        fields += [("named-graph-uri", name) for name in named]
        return self._endpoint.send(
            "POST",
            body=urlencode(fields).encode(),
            headers={"Content-Type": _FORM, "Accept": _GRAPH if kind == "graph" else _ROWS},
            limit_seconds=limit,
            largest=self._largest,
        )

    def _refused(self, reply: Reply, query: Query | None) -> QueryError | StoreError:
        words, said = reply.words, f"{self} answers {reply.status}"
        if reply.status in (401, 403):
            return StoreError(
                f"{said}: {words} — who may ask there says so as http://USER@HOST/…, "
                "with the password in COLLOQUY_STORE_PASSWORD"
            )
        if reply.status in (404, 405, 406, 415, 501):
            return StoreError(f"{said}: {words} — is this the address that takes queries?")
        if query is not None and (found := re.match(r"error at (\d+):(\d+)(.*)", words)):
            return explain_refusal(query, f"error at {int(found[1]) - 1}:{found[2]}{found[3]}")
        if reply.status in (400, 422, 500):
            return QueryError(f"{self} cannot answer this query ({reply.status}): {words}")
        return StoreError(f"{said}: {words} — try again later, or ask who runs it")

    def _wrong(self, reply: Reply, why: str) -> StoreError:
        shown = printable(reply.media) or "no media type"
        return StoreError(
            f"{self} gives no answer of SPARQL ({shown}): {why} — is this the address that takes queries?"
        )

    def _parsed(self, reply: Reply) -> dict[str, Any]:
        if reply.media not in _JSON:
            raise self._wrong(reply, f"{_ROWS} was asked for")
        try:
            found = json.loads(reply.body)
        except (ValueError, RecursionError) as error:
            raise self._wrong(reply, f"it is no JSON ({printable(str(error), 100)})") from None
        if not isinstance(found, dict):
            raise self._wrong(reply, "it is no JSON object")
        return found

    def _boolean(self, reply: Reply) -> bool:
        found = self._parsed(reply)
        yes = found.get("boolean")
        if yes is None and found.get("head", {}).get("vars") == ["__ASK_RETVAL"]:  # Virtuoso: a row of 1, or no row
            yes = bool(self._rows(reply)[1])
        if not isinstance(yes, bool):
            raise self._wrong(reply, "no `boolean` is in it")
        return yes

    def _rows(self, reply: Reply) -> tuple[list[str], list[Row]]:
        """Read SPARQL 1.1 Query Results JSON (https://www.w3.org/TR/sparql11-results-json/)."""
        found = self._parsed(reply)
        known: dict[tuple[str, ...], Term] = {}

        def term(cell: Mapping[str, str] | None) -> Term | None:
            if cell is None:
                return None
            key = (cell["type"], cell["value"], cell.get("datatype", ""), cell.get("xml:lang", ""))
            if key not in known:
                known[key] = term_of_json(*key)
            return known[key]

        try:
            columns = [str(name) for name in found["head"]["vars"]]
            rows = [tuple(term(row.get(name)) for name in columns) for row in found["results"]["bindings"]]
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise self._wrong(reply, f"it cannot be read ({type(error).__name__}: {printable(str(error))})") from None
        return columns, rows

    def _triples(self, reply: Reply) -> tuple[Row, ...]:
        import pyoxigraph

        form = pyoxigraph.RdfFormat.from_media_type(reply.media) if reply.media else None
        if form is None:
            raise self._wrong(reply, "N-Triples or Turtle was asked for")
        try:
            return tuple(triples(quad.triple for quad in pyoxigraph.parse(reply.body, form, lenient=True)))
        except SyntaxError as error:
            raise self._wrong(reply, f"it cannot be read ({printable(str(error), 200)})") from None


def _grouped(query: Query) -> bool:
    return any(token.kind == "word" and token.text.upper() in (*AGGREGATES, "GROUP") for token in query.tokens)


def _ordered_by_columns(query: Query, values: Mapping[str, Term]) -> bool:
    """Tell whether the rows are ordered by nothing but columns that the query names and that no value is bound to."""
    if query.order is None or query.columns is None:
        return False
    keys = query.tokens[query.order.start : query.order.end]
    words = [token.text.upper() for token in keys if token.kind != "variable"]
    named = {token.text[1:] for token in keys if token.kind == "variable"}
    return {*words} <= {"ORDER", "BY", "ASC", "DESC", "(", ")"} and named <= {*query.columns} - values.keys()


def _ordered_outside(query: Query) -> str:
    """Write a grouped query as a sub-select, and its order and limit around it.

    Rows that tie are ordered by expressions of columns, and Virtuoso takes none with an aggregate in it
    where the groups are made.  Outside, columns are variables like any other; the rows are the same.
    """
    assert query.order is not None
    after = query.tokens[query.order.end :]
    if any(token.text.upper() == "VALUES" for token in after):
        return query.text
    begin = max((span.end for span in query.find("Prologue")), default=0)
    first, order = query.tokens[begin].offset, query.tokens[query.order.start].offset
    columns = " ".join(f"?{name}" for name in query.columns or ())
    text = query.text
    return f"{text[:first]}SELECT {columns} {{ {{ {text[first:order]} }} }} {text[order:]}"
