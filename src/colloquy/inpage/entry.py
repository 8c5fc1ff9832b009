"""What runs inside the page: `why` and the doctor, asked in JSON, with the page's own engine for questions.

The page calls `begin` once with what it holds, then `answer` for each request:

→ {"do": "why", "query": "SELECT …", "row": {"x": "<https://example.org/ada>", "y": null}}
→ {"do": "triple", "triple": ["<https://example.org/ada>", "<https://schema.org/name>", "\\"Ada\\""]}
→ {"do": "doctor", "query": "SELECT …"}
← {"answer": {…}}, {"answer": null} where the doctor finds rows, or {"refused": "line 1, column 5: …"}
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from colloquy.doctor import diagnose
from colloquy.errors import ColloquyError, QueryError
from colloquy.explain import Case
from colloquy.index import TripleIndex
from colloquy.inpage.written import Authored
from colloquy.ontology import Ontology, ontology_of
from colloquy.query.answers import Answer
from colloquy.query.engines import _Engine, _has_exists, _wanted
from colloquy.sparql import engine_text, read_query, without_slow_exists
from colloquy.terms import Term, Triple, split_quad

SECONDS = 20.0
"""So long the doctor may look for a repair: Python in a page is several times slower, and there is a Stop button."""

Ask = Callable[[str], str]
"""Answers a request of the page's engine, in JSON."""


class PageEngine(_Engine):
    """The engine of the page, asked for the rows that every engine of ours gives."""

    def __init__(self, ask: Ask, prefixes: Mapping[str, str], graphs: frozenset[str]) -> None:
        super().__init__(prefixes)
        self._send, self._graphs = ask, graphs

    def graphs(self) -> frozenset[str]:
        """Give the IRIs of the named graphs."""
        return self._graphs

    def ask(self, text: str) -> Answer:
        """Answer a query; raises QueryError where it cannot be answered."""
        query = self._prepare(text, None, 1.0).query
        made = engine_text(query)
        if _has_exists(query):
            made = without_slow_exists(read_query(made, query.prefixes))
        declared = " ".join(f"PREFIX {prefix}: <{namespace}>" for prefix, namespace in query.prefixes.items())
        request = {"text": f"{declared}\n{made}", "form": query.form, "columns": _wanted(query)}
        found = json.loads(self._send(json.dumps({**request, "ordered": query.order is not None})))
        if "refused" in found:
            raise QueryError(found["refused"])
        return Answer(found["kind"], tuple(found["columns"]), tuple(map(tuple, found["rows"])), self.prefixes)


class PageCase(Case):
    """The graph of a page, ready to prove things."""

    def __init__(self, material: Mapping[str, Any], ontology: Ontology, graph: Path) -> None:
        self.ontology, self.prefixes, self.language = ontology, material["prefixes"], material["language"]
        graphs: dict[Term, list[Triple]] = {"": []}
        with graph.open(encoding="utf-8", newline="\n") as lines:
            for line in lines:
                s, p, o, name = split_quad(line.rstrip("\n"))
                graphs.setdefault(name, []).append((s, p, o))
        graphs[""].sort()
        self.authored = Authored(graphs[""], material["written"])
        self.__dict__["graphs"] = {name: TripleIndex(triples) for name, triples in graphs.items()}


class Reasons:
    """Everything that reasons are worked out from; `material` is what `packing.material` wrote.

    `graph` is a file of the dataset as N-Quads, in any order.
    """

    def __init__(self, material: Mapping[str, Any], graph: Path, ask: Ask) -> None:
        triples = dict.fromkeys(map(_triple, material["ontology"]), "ontology")
        self.ontology: Ontology = ontology_of(triples, material["ontology_prefixes"], "")
        self.case = PageCase(material, self.ontology, graph)
        self.prefixes, self._ask = self.case.prefixes, ask

    def why(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Explain a row that is named by its values."""
        return self.case.row_of(request["query"], request["row"], {}).to_dict()

    def triple(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Explain a triple of the graph."""
        return self.case.triple(_triple(request["triple"])).to_dict()

    def doctor(self, request: Mapping[str, Any]) -> dict[str, Any] | None:
        """Say why a query gives nothing; None where it gives something."""
        graphs = frozenset(name[1:-1] for name in self.case.graphs if name)
        engine = PageEngine(self._ask, self.prefixes, graphs)
        found = diagnose(request["query"], engine.ask, self.prefixes, self.ontology, seconds=SECONDS)
        return found.to_dict() if found else None

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer a request, or give the words for why it cannot be answered."""
        try:
            return {"answer": {"why": self.why, "triple": self.triple, "doctor": self.doctor}[request["do"]](request)}
        except ColloquyError as error:
            return {"refused": str(error)}
        except (RecursionError, MemoryError):
            return {"refused": "this query is too large to be explained"}
        except Exception as error:  # whatever it is, a page has nobody to show a traceback to
            return {"refused": f"the reasons cannot be worked out here ({type(error).__name__}: {error})"}


def _triple(terms: Sequence[Term]) -> Triple:
    s, p, o = terms
    return s, p, o


_reasons: Reasons | None = None


def begin(material: str, graph: str, ask: Ask) -> str:
    """Make everything ready, from two files; the one of the graph is taken away.  Gives words where that cannot be."""
    global _reasons
    try:
        _reasons = Reasons(json.loads(Path(material).read_bytes()), Path(graph), ask)
    except ColloquyError as error:
        return str(error)
    Path(graph).unlink()
    return ""


def answer(request: str) -> str:
    """Answer one request in JSON."""
    assert _reasons is not None, "`begin` comes first"
    return json.dumps(_reasons.answer(json.loads(request)))
