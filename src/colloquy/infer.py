"""The closure: what follows from the statements by the ontology's rules, and why.

Forward chaining, one triple at a time: each new triple is joined with those before it, so that
every pair of premises meets exactly once.  The schema is closed (rules never come from facts).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from colloquy.index import TripleIndex
from colloquy.rules import Rules, Step
from colloquy.terms import TYPE, Term, Triple, is_iri

Bundles = defaultdict[Term, set[str]]
"""Lines of N-Triples without their subjects, by subject: these are shorter to keep, and quicker to sort."""


def sorted_texts(bundles: Bundles) -> list[str]:
    """Give all lines in order, those of a subject as one text (see `lines_of`), and let go of the bundles.

    No subject begins with another: so lines sorted by subject, and then by what follows, are sorted.
    """
    texts = []
    for subject in sorted(bundles):
        between = "\n" + subject
        texts.append(subject + between.join(sorted(bundles.pop(subject))))
    return texts


def lines_of(texts: Iterable[str]) -> list[str]:
    """Give the single lines of texts that have one or more of them each."""
    return [line for text in texts for line in text.split("\n")]


class Reach:
    """How far one statement reaches by itself, and which statements only show their worth together.

    Rules of one premise (subclass, subproperty, inverse, symmetric) are rolled up once; chains and
    transitivity need other statements: those whose property is `joined` have to be closed together.
    """

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._above: dict[Term, tuple[Term, ...]] = {}
        self._implied: dict[Term, tuple[Step, ...]] = {}
        self._joined: dict[Term, bool] = {}
        self._joins = {p for _, chain in rules.chains for p, _ in chain} | rules.transitive

    def above(self, class_: Term) -> tuple[Term, ...]:
        """Give a class and all above it."""
        found = self._above.get(class_)
        if found is None:
            found = self._above[class_] = tuple(sorted(self.rules.ancestors(class_)))
        return found

    def implied(self, p: Term) -> tuple[Step, ...]:
        """Give a property and all that follow from it alone."""
        found = self._implied.get(p)
        if found is None:
            found = self._implied[p] = tuple(sorted(self.rules.implied(p)))
        return found

    def joined(self, p: Term) -> bool:
        """Tell whether statements of a property may be joined with others by a chain or transitivity."""
        found = self._joined.get(p)
        if found is None:
            steps = {TYPE} if p == TYPE else {q for q, _ in self.implied(p)}
            found = self._joined[p] = bool(steps & self._joins)
        return found

    def add(self, found: Bundles, triples: Iterable[tuple[Term, Term, Term, *tuple[object, ...]]]) -> None:
        """Add what each statement says and implies by itself.

        >>> rules = Rules({}, {"<gave>": frozenset({("<givenBy>", True)})}, frozenset(), (), frozenset())
        >>> found = Bundles(set)
        >>> Reach(rules).add(found, [("<ada>", "<gave>", "<talk>")])
        >>> sorted_texts(found)
        ['<ada> <gave> <talk> .', '<talk> <givenBy> <ada> .']
        """
        above, implied = self._above, self._implied
        for s, p, o, *_ in triples:
            if p == TYPE:
                for class_ in above.get(o) or self.above(o):
                    found[s].add(f" {TYPE} {class_} .")
            else:
                for q, turned in implied.get(p) or self.implied(p):
                    if not turned:
                        found[s].add(f" {q} {o} .")
                    elif o[0] == "<":
                        found[o].add(f" {q} {s} .")


def closure(triples: Iterable[Triple], rules: Rules) -> TripleIndex:
    """Give the triples together with everything that follows from them.

    >>> rules = Rules({"<Swan>": frozenset({"<Bird>"})}, {}, frozenset(), (), frozenset())
    >>> sorted(closure([("<odette>", TYPE, "<Swan>")], rules).objects("<odette>", TYPE))
    ['<Bird>', '<Swan>']
    """
    index = TripleIndex()
    above: dict[Term, frozenset[Term]] = {}
    implied: dict[Term, frozenset[Step]] = {}
    steps: dict[Term, list[tuple[Term, tuple[Step, ...], int]]] = {}
    for head, chain in rules.chains:
        for position, (p, _) in enumerate(chain):
            steps.setdefault(p, []).append((head, chain, position))
    queue = list(triples)
    while queue:
        triple = queue.pop()
        if not index.add(triple):
            continue
        s, p, o = triple
        if p == TYPE:
            if o not in above:
                above[o] = rules.ancestors(o) - {o}
            queue += [(s, TYPE, parent) for parent in above[o]]
            continue
        if p not in implied:
            implied[p] = rules.implied(p) - {(p, False)}
        for q, backwards in implied[p]:
            if not backwards:
                queue.append((s, q, o))
            elif is_iri(o):
                queue.append((o, q, s))
        if p in rules.transitive:
            queue += [(s, p, x) for x in index.objects(o, p)]
            queue += [(x, p, o) for x in index.subjects(p, s)]
        for head, chain, position in steps.get(p, ()):
            queue += _chained(index, head, chain, position, triple)
    return index


def _chained(
    index: TripleIndex, head: Term, chain: tuple[Step, ...], position: int, triple: Triple
) -> Iterator[Triple]:
    """Fire a property chain whose step at `position` is the triple just added."""
    s, _, o = triple
    first, last = (o, s) if chain[position][1] else (s, o)
    starts, ends = {first}, {last}
    for p, backwards in reversed(chain[:position]):
        starts = {x for t in starts for x in (index.objects(t, p) if backwards else index.subjects(p, t))}
    for p, backwards in chain[position + 1 :]:
        ends = {x for t in ends for x in (index.subjects(p, t) if backwards else index.objects(t, p))}
    return ((a, head, b) for a in starts for b in ends if is_iri(a))


def derivations(triple: Triple, index: TripleIndex, rules: Rules) -> Iterator[tuple[Triple, ...]]:
    """Give every way in which one rule makes this triple from others of the closure.

    Each tuple holds the premises of one firing; a premise may itself be entailed, and none is the
    triple itself; their order is the same every time.  Nothing is given for a triple that no rule makes.
    """
    s, p, o = triple
    if p == TYPE:
        for child in sorted(rules.class_children.get(o, ())):
            if (s, TYPE, child) in index:
                yield ((s, TYPE, child),)
    for child, backwards in sorted(rules.property_children.get(p, ())):
        premise = (o, child, s) if backwards else (s, child, o)
        if premise in index and premise != triple:
            yield (premise,)
    if p in rules.transitive:
        for middle in sorted(index.objects(s, p)):
            first, second = (s, p, middle), (middle, p, o)
            if second in index and triple not in (first, second):
                yield first, second
    for head, chain in rules.chains:
        if head == p:
            for premises in _paths(index, chain, s, o):
                if triple not in premises:
                    yield premises


def _paths(index: TripleIndex, chain: tuple[Step, ...], start: Term, end: Term) -> Iterator[tuple[Triple, ...]]:
    (p, backwards), rest = chain[0], chain[1:]
    nexts = index.subjects(p, start) if backwards else index.objects(start, p)
    for node in sorted(nexts):
        step = (node, p, start) if backwards else (start, p, node)
        if not rest:
            if node == end:
                yield (step,)
        else:
            for path in _paths(index, rest, node, end):
                yield (step, *path)
