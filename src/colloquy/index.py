"""A graph in memory that answers triple patterns by whichever term is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from colloquy.terms import RDF, Term, Triple, is_iri


class TripleIndex:
    """A set of triples, indexed by subject, by predicate and by object.

    >>> index = TripleIndex([("<a>", "<knows>", "<b>")])
    >>> list(index.match(None, "<knows>", None))
    [('<a>', '<knows>', '<b>')]
    """

    def __init__(self, triples: Iterable[Triple] = ()) -> None:
        self._all: set[Triple] = set()
        self._by_subject: dict[Term, dict[Term, set[Term]]] = {}
        self._by_predicate: dict[Term, dict[Term, set[Term]]] = {}
        self._by_object: dict[Term, dict[Term, set[Term]]] = {}
        for triple in triples:
            self.add(triple)

    def add(self, triple: Triple) -> bool:
        """Add a triple; tell whether it is new."""
        if triple in self._all:
            return False
        self._all.add(triple)
        s, p, o = triple
        self._by_subject.setdefault(s, {}).setdefault(p, set()).add(o)
        self._by_predicate.setdefault(p, {}).setdefault(o, set()).add(s)
        self._by_object.setdefault(o, {}).setdefault(s, set()).add(p)
        return True

    def __contains__(self, triple: object) -> bool:
        return triple in self._all

    def __iter__(self) -> Iterator[Triple]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def match(self, s: Term | None, p: Term | None, o: Term | None) -> Iterator[Triple]:
        """Give the triples that fit a pattern, in no promised order; None stands for any term."""
        if s is not None and p is not None and o is not None:
            if (s, p, o) in self._all:
                yield s, p, o
        elif s is not None:
            for q, objects in self._pick(self._by_subject.get(s, {}), p):
                for x in objects if o is None else objects & {o}:
                    yield s, q, x
        elif p is not None:
            for x, subjects in self._pick(self._by_predicate.get(p, {}), o):
                for subject in subjects:
                    yield subject, p, x
        elif o is not None:
            for subject, predicates in self._by_object.get(o, {}).items():
                for q in predicates:
                    yield subject, q, o
        else:
            yield from self._all

    @staticmethod
    def _pick(table: dict[Term, set[Term]], key: Term | None) -> Iterable[tuple[Term, set[Term]]]:
        if key is None:
            return table.items()
        return [(key, table[key])] if key in table else []

    def objects(self, s: Term, p: Term) -> set[Term]:
        """Give the objects of a subject and a predicate; an empty set where there are none."""
        return self._by_subject.get(s, {}).get(p, set())

    def subjects(self, p: Term, o: Term) -> set[Term]:
        """Give the subjects of a predicate and an object; an empty set where there are none."""
        return self._by_predicate.get(p, {}).get(o, set())


def cells_of(index: TripleIndex, node: Term) -> Iterator[Term]:
    """Give the cells of an RDF list in their order; a list that runs into itself ends there."""
    seen: set[Term] = set()
    while node != f"<{RDF}nil>" and node not in seen:
        seen.add(node)
        yield node
        node = min(index.objects(node, f"<{RDF}rest>"), default=f"<{RDF}nil>")


def read_list(index: TripleIndex, node: Term) -> list[Term]:
    """Give the members of an RDF list in their order."""
    return [item for cell in cells_of(index, node) for item in sorted(index.objects(cell, f"<{RDF}first>"))[:1]]


def owner_of(index: TripleIndex, node: Term) -> Term:
    """Give the named term in whose description a nameless node stands; the node itself where there is none."""
    seen: set[Term] = set()
    while not is_iri(node) and node not in seen:
        seen.add(node)
        node = min((s for s, _, _ in index.match(None, None, node)), default=node)
    return node
