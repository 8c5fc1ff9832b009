"""The reference that other engines are compared with: rdflib, in memory."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from colloquy.errors import QueryError, printable
from colloquy.query.answers import GRAPH_COLUMNS, Answer, Row
from colloquy.query.engines import LIMIT_SECONDS, _Engine, _wanted
from colloquy.query.notes import unbound_variables
from colloquy.query.rows import settle, triples
from colloquy.sparql import Query
from colloquy.sparql.rewrite import engine_text
from colloquy.terms import STANDARD_PREFIXES, Term, iri, literal

if TYPE_CHECKING:
    import rdflib


class RdflibEngine(_Engine):
    """rdflib on a dataset in memory: the reference that other engines are compared with.

    It has no time limit, and reads no file or address whatever a query says.
    """

    def __init__(self, dataset: rdflib.Dataset, *, prefixes: Mapping[str, str] = STANDARD_PREFIXES) -> None:
        super().__init__(prefixes)
        self._dataset = dataset

    def graphs(self) -> frozenset[str]:
        """Give the IRIs of the named graphs of the dataset."""
        default = self._dataset.default_graph.identifier
        return frozenset(str(g.identifier) for g in self._dataset.graphs() if g.identifier != default)

    def ask(
        self,
        text: str,
        *,
        format: str | None = None,  # noqa: A002 - the word of the command line
        limit_seconds: float = LIMIT_SECONDS,
        substitutions: Mapping[str, Term] | None = None,
    ) -> Answer:
        """Answer a query as `Engine.ask` does; the limit is not kept."""
        asked = self._prepare(text, format, limit_seconds)
        query = asked.query
        notes = unbound_variables(query, substitutions) if substitutions else asked.unbound
        given = engine_text(query, substitutions, dataset=False)
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", category=DeprecationWarning, module="rdflib")  # of its own making
                result = self._view(query).query(given, initNs=dict(query.prefixes))
                if result.type == "ASK":
                    return replace(Answer.of_boolean(bool(result.askAnswer)), notes=notes)
                if result.type in ("CONSTRUCT", "DESCRIBE"):
                    return Answer("graph", GRAPH_COLUMNS, _triples(result.graph or ()), self.prefixes, notes)
                # rdflib's `*` shows also what stands in expressions alone
                shown = [name for name in result.vars or () if query.columns is not None or str(name) in query.star]
                found = [tuple(_term(row.get(name)) for name in shown) for row in result.bindings]
        except RecursionError:
            raise QueryError("the query is nested too deeply for rdflib") from None
        except Exception as error:  # rdflib raises whatever its parts raise
            raise QueryError(f"rdflib cannot answer this query: {printable(str(error), 200)}") from error
        columns, rows = settle([str(name) for name in shown], found, _wanted(query), query.order is not None)
        return Answer("select", tuple(columns), tuple(rows), self.prefixes, notes)

    def _view(self, query: Query) -> rdflib.Dataset:
        """Give the dataset that `FROM` and `FROM NAMED` describe (SPARQL 1.1, clause 13.2)."""
        chosen = [name for name in query.names if name.role == "graph"]
        if not chosen:
            return self._dataset
        import rdflib

        view = rdflib.Dataset()
        for name in chosen:
            source = self._dataset.graph(rdflib.URIRef(name.iri))
            before = query.tokens[query.tokens.index(name.token) - 1]
            target = view.graph(source.identifier) if before.text.upper() == "NAMED" else view.default_graph
            for triple in source:
                target.add(triple)
        return view


def _term(node: Any) -> Term | None:
    import rdflib

    if node is None:
        return None
    if isinstance(node, rdflib.BNode):
        return f"_:{node}"
    if isinstance(node, rdflib.Literal):
        return literal(str(node), str(node.datatype)) if node.datatype else literal(str(node), language=node.language)
    return iri(str(node))


def _triples(found: Iterable[tuple[Any, Any, Any]]) -> tuple[Row, ...]:
    import pyoxigraph

    written = [(_term(s) or "", _term(p) or "", _term(o) or "") for s, p, o in found]
    # A triple that is no RDF is left out of the graph (SPARQL 1.1, clause 16.2); rdflib keeps it.
    lines = "".join(f"{s} {p} {o} .\n" for s, p, o in written if not s.startswith('"') and p.startswith("<"))
    parsed = pyoxigraph.parse(lines, pyoxigraph.RdfFormat.N_TRIPLES, lenient=True)
    return tuple(triples(quad.triple for quad in parsed))
