"""What stands around triples: VALUES, GRAPH, and names of variables that nothing binds."""

from __future__ import annotations

from collections.abc import Iterator

from colloquy.doctor.case import Candidate, Case, Edit
from colloquy.doctor.cutting import Block, Part
from colloquy.doctor.nearness import distance
from colloquy.doctor.structure import told
from colloquy.doctor.texts import matches
from colloquy.doctor.unknown import near_terms
from colloquy.terms import Term, is_iri

MOST_CONSTANTS = 40
_GRAPHS = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"


def examine_values(case: Case, part: Part) -> Iterator[Candidate]:
    """Give a VALUES block whose constants are those that the data has."""
    tokens = case.query.tokens
    spans = sorted({(s.start, s.end) for s in case.query.find("DataValue") if part.start <= s.start < part.end})
    columns = sorted(s.start for s in case.query.find("AssignedVar") if part.start <= s.start < part.end)
    rest = [p for p in case.parts if p is not part]
    edits: list[Edit] = []
    cost, cause, words, why = 0.0, "", [], ""
    for number, (start, end) in enumerate(spans[:MOST_CONSTANTS]):
        written = case.term_at(start, end) if tokens[start].text.upper() != "UNDEF" else None
        if written is None:
            continue
        old = case.body.write(start, end, {})
        near = _near(case, written, case.values(rest, {}, "", tokens[columns[number % len(columns)]].text))
        if near:
            new = case.show(near[2])
            edits.append((start, end, new))
            cost, cause = max(cost, near[0]), cause or near[1]
            words.append(f"{new} for {old}")
            why = why or (f"`{old}` stands nowhere in this graph" if is_iri(written) else told(near[1], old, new))
    if edits:
        yield Candidate(cost, cause, tuple(edits), ", ".join(words), why, part)


def _near(case: Case, written: Term, values: list[Term]) -> tuple[float, str, Term] | None:
    if not is_iri(written):
        return next(((m.cost, m.cause, m.value) for m in matches(written, values)), None)
    if written not in case.unknown:
        return None
    return next(((cost, "unknown-term", term) for cost, term in near_terms(written, values)), None)


def examine_graph(case: Case, part: Part) -> Iterator[Candidate]:
    """Look for what a triple says in another graph, or out of GRAPH."""
    around = case.body.around[part].graph
    if around is not None:
        yield from _out_of(case, part, around)
        return
    triple = part.triple
    if triple is None or case.gives([part]):
        return
    whole = next(s for s in case.query.find("TriplesSameSubjectPath") if s.start <= triple.verb.start < s.end)
    text = case.body.write(whole.start, whole.end, {})
    for graph in case.probes.values(_GRAPHS):
        if case.probes.gives(f"{case.body.prologue}ASK {{ GRAPH {graph} {{ {case.body.words(part)} }} }}"):
            name = case.show(graph)
            why = f"that stands in the graph `{name}` alone"
            edits = ((whole.start, whole.end, f"GRAPH {name} {{ {text} }}"),)
            yield Candidate(2.2, "wrong-graph", edits, f"`GRAPH {name} {{ … }}`", why, part)


def _out_of(case: Case, part: Part, around: Block) -> Iterator[Candidate]:
    start, end = around.head
    name = case.body.write(start + 1, end, {})
    if case.query.tokens[start + 1].kind == "variable":
        why = "that stands in no named graph"
    else:
        why = f"that does not stand in the graph `{name}`"
        for graph in case.probes.values(_GRAPHS):
            new = case.show(graph)
            if graph != case.term_at(start + 1, end):
                yield Candidate(2.2, "wrong-graph", ((start + 1, end, new),), f"`GRAPH {new}`", why, part)
    yield Candidate(2.3, "wrong-graph", ((start, end, ""),), f"without `GRAPH {name}`", why, part)


def unbound(case: Case) -> Iterator[Candidate]:
    """Give the filters that use a variable which nothing binds, with a near name for it."""
    known = set(case.body.given).union(*(p.binds for p in case.body.parts))
    for part in case.body.parts:
        if part.kind != "filter":
            continue
        for name in sorted(part.needs - known):
            why = f"nothing gives `?{name}` a value, so the filter holds of no row"
            at = next(i for i in range(part.start, part.end) if case.query.tokens[i].text[1:] == name)
            for far, other in sorted((distance(name, k, name=True), k) for k in known):
                if far != float("inf"):
                    places = [
                        i for i in range(part.start, part.end) if case.query.tokens[i].text in ("?" + name, "$" + name)
                    ]
                    edits = tuple((i, i + 1, f"?{other}") for i in places)
                    yield Candidate(far, "unbound-variable", edits, f"`?{other}` for `?{name}`", why, part)
            yield Candidate(9.0, "unbound-variable", ((at, at + 1, f"?{name}"),), "", why, part)
