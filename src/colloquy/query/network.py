"""Answers as graphs of networkx: terms are nodes; triples, or rows that name two or three things, are edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from colloquy.errors import UsageError, did_you_mean, printable
from colloquy.query.values import lexical, python_value
from colloquy.terms import Term, compress, is_iri

if TYPE_CHECKING:
    import networkx

    from colloquy.query.answers import Answer


def to_networkx(
    answer: Answer, source: str | None = None, target: str | None = None, link: str | None = None
) -> networkx.MultiDiGraph[Term]:
    """Give an answer as a `MultiDiGraph` whose nodes are terms in N-Triples syntax.

    - Of `CONSTRUCT` and `DESCRIBE` every triple is an edge from its subject to its object, with the
      predicate as its key.
    - Of `SELECT` every row is an edge, with the row's number (from 1) as its key.  It goes from the
      first column of things to the second; of three, the middle one says what links the first and the
      last.  A column of things has IRIs or blank nodes alone.  `source`, `target` and `link` name
      columns where that is not what is wanted; the other columns are attributes of the edge.
    - A row without its source or target makes no edge; the end that it has is a node all the same.

    Nodes have a `label`, a `value` (as in `to_dicts`) and a `kind` (`iri`, `literal` or `blank`); edges have
    the `term` that links their ends (None where there is none) and a `label` for it.  Raises UsageError for
    the answer to an `ASK`, for a column that is not there, and where no two columns have things.
    """
    import networkx

    graph: networkx.MultiDiGraph[Term] = networkx.MultiDiGraph()
    labels = answer.named()

    def label(term: Term) -> str:
        return labels.get(term) or (compress(term, dict(answer.prefixes)) if is_iri(term) else lexical(term))

    def node(term: Term) -> Term:
        if term not in graph:
            kind = "iri" if is_iri(term) else "literal" if term.startswith('"') else "blank"
            graph.add_node(term, label=label(term), value=python_value(term), kind=kind)
        return term

    if not answer.rows and answer.kind == "select":
        return graph
    start, via, end = _ends(answer, source, target, link)
    others = [index for index in range(len(answer.columns)) if index not in (start, via, end)]
    for number, row in enumerate(answer.rows, start=1):
        one, other, between = row[start], row[end], row[via] if via is not None else None
        for term in (one, other):
            if term is not None:
                node(term)
        if one is not None and other is not None:
            said = {answer.columns[index]: python_value(row[index]) for index in others}
            key = between if answer.kind == "graph" else number
            said |= {"term": between, "label": label(between) if between is not None else ""}
            graph.add_edge(one, other, key=key, **said)
    return graph


def _ends(answer: Answer, source: str | None, target: str | None, link: str | None) -> tuple[int, int | None, int]:
    """Find the columns of both ends of an edge, and of what links them."""
    if answer.kind == "ask":
        raise UsageError("yes or no is no graph; ask with SELECT or CONSTRUCT")
    if answer.kind == "graph":
        if source or target or link:
            raise UsageError("the edges of a graph are its triples; columns are named for SELECT alone")
        return 0, 1, 2
    for name in (source, target, link):
        if name is not None and name not in answer.columns:
            hint = did_you_mean(name, answer.columns) or "the answer has none"
            raise UsageError(f"there is no column {printable(name)}; {hint}")
    named = {answer.columns.index(name) for name in (source, target, link) if name is not None}
    free = [index for index in _things(answer) if index not in named]
    if link is None and source is None and target is None and len(free) == 3:
        return free[0], free[1], free[2]
    wanted = (source is None) + (target is None)
    if len(free) < wanted or (wanted and len(free) > wanted):
        have = ", ".join(answer.columns[index] for index in _things(answer)) or "none"
        raise UsageError(
            f"an edge needs two columns of things (IRIs), or three, of which the middle one links; here are: {have}"
            " — name them: to_networkx(source=…, target=…, link=…)"
        )
    first = free.pop(0) if source is None else answer.columns.index(source)
    last = free.pop(0) if target is None else answer.columns.index(target)
    return first, None if link is None else answer.columns.index(link), last


def _things(answer: Answer) -> list[int]:
    found = []
    for index in range(len(answer.columns)):
        terms = [row[index] for row in answer.rows if row[index] is not None]
        if terms and not any(term and term.startswith('"') for term in terms):
            found.append(index)
    return found
