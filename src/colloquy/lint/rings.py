"""Axioms that lead back to where they began: of classes, properties, chains and shapes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from colloquy.errors import Finding, Place
from colloquy.index import read_list
from colloquy.lint.case import Case, warn
from colloquy.terms import OWL, RDFS, SH, Term, is_iri

_CHAIN, _INVERSE = f"<{OWL}propertyChainAxiom>", f"<{OWL}inverseOf>"
_LISTED = ("or", "and", "xone")


def check_rings(case: Case) -> Iterator[Finding]:
    """Find rings of rdfs:subClassOf and rdfs:subPropertyOf."""
    for name, equivalent in (("subClassOf", "equivalentClass"), ("subPropertyOf", "equivalentProperty")):
        predicate = f"<{RDFS}{name}>"
        edges: dict[Term, dict[Term, Place]] = {}
        for s, p, o in case.index.match(None, predicate, None):
            if is_iri(s) and is_iri(o):
                edges.setdefault(s, {})[o] = case.place(s, p, o)
        hint = f"take one of these axioms out; if all are meant to be one, say owl:{equivalent}"
        yield from _rings(case, edges, f"axioms of rdfs:{name}", "cycle", hint)


def check_shape_rings(case: Case) -> Iterator[Finding]:
    """Find shapes that are part of themselves: SHACL leaves open what they mean (clause 3.4.3)."""
    edges: dict[Term, dict[Term, Place]] = {}
    for name in ("node", "property", "not", "qualifiedValueShape", *_LISTED):
        for s, p, o in case.index.match(None, f"<{SH}{name}>", None):
            for part in read_list(case.index, o) if name in _LISTED else [o]:
                edges.setdefault(s, {})[part] = case.place(s, p, o)
    hint = "SHACL does not say what a shape means that is part of itself: name the parts that are asked for"
    yield from _rings(case, edges, "shapes", "shape-cycle", hint)


def check_chains(case: Case) -> Iterator[Finding]:
    """Find chains that are made of what they make, other than in the three ways that OWL 2 allows.

    OWL 2 Structural Specification, clause 11.2: the property itself may be both steps of two, or the first
    or the last of several.
    """
    chains = [
        (s, [_named(case, node) for node in read_list(case.index, o)], case.place(s, p, o))
        for s, p, o in sorted(case.index.match(None, _CHAIN, None))
    ]
    follows: dict[Term, set[Term]] = {}
    for below, parents in case.ontology.rules.property_parents.items():
        follows.setdefault(below, set()).update(parent for parent, _ in parents)
    for head, steps, _ in chains:
        for step, _turned in steps:
            if step != head:
                follows.setdefault(step, set()).add(head)
    told: set[frozenset[Term]] = set()
    for head, steps, place in sorted(chains, key=lambda chain: chain[2]):
        for at, (step, turned) in enumerate(steps):
            others = steps[1:] if at == 0 else steps[:-1]
            is_end = step == head and not turned and at in (0, len(steps) - 1)
            if is_end and (len(steps) == 2 or all(other != head for other, _ in others)):
                continue
            way = [head] if step == head else _way(follows, head, step)
            if way and frozenset(way) not in told:
                told.add(frozenset(way))
                shown = " → ".join(case.name(t) for t in [*way, head])
                hint = "a chain may hold its own property only as its first or last step: say otherwise what follows"
                yield warn(place, "chain-cycle", f"owl:propertyChainAxiom leads in a ring: {shown}", hint)
                break


def _named(case: Case, node: Term) -> tuple[Term, bool]:
    inverse = sorted(t for t in case.index.objects(node, _INVERSE) if is_iri(t))
    return (inverse[0], True) if inverse and not is_iri(node) else (node, False)


def _rings(
    case: Case, edges: Mapping[Term, Mapping[Term, Place]], what: str, code: str, hint: str
) -> Iterator[Finding]:
    """Tell a shortest ring through each node that is on one, as long as none of its nodes was told already."""
    told: set[Term] = set()
    for start in sorted(edges, key=lambda t: (not is_iri(t), t)):
        ring = [] if start in told else _way(edges, start, start)
        if ring:
            told.update(ring)
            steps = [(edges[a][b], a) for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)]
            first = steps.index(min(steps))
            steps = steps[first:] + steps[:first]
            shown = " → ".join(case.name(t) if is_iri(t) else "[ ]" for _, t in [*steps, steps[0]])
            yield warn(steps[0][0], code, f"{what} lead in a ring: {shown}", hint, *(place for place, _ in steps[1:]))


def _way(edges: Mapping[Term, Iterable[Term]], start: Term, end: Term) -> list[Term]:
    """Give a shortest way of at least one step, without repeating a start that is the end; empty where there is none.

    >>> _way({"a": ["b"], "b": ["c", "a"]}, "a", "c"), _way({"a": ["b"], "b": ["a"]}, "a", "a")
    (['a', 'b', 'c'], ['a', 'b'])
    """
    ways = {start: [start]}
    queue = [start]
    while queue:
        here = queue.pop(0)
        for following in sorted(edges.get(here, ())):
            if following == end:
                return ways[here] if start == end else [*ways[here], end]
            if following not in ways:
                ways[following] = [*ways[here], following]
                queue.append(following)
    return []
