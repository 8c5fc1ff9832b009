"""Minimal witnesses: the smallest sets of given facts from which something follows.

What follows from what is an AND/OR graph: a fact is given, or follows by one of several derivations,
each of which needs all of its premises; derivations may run in circles (symmetric, transitive and
inverse rules do).  The search below takes sets in order of size, as Dijkstra's algorithm takes paths
(Knuth, "A generalization of Dijkstra's algorithm", 1977): a union is never smaller than its parts, so
that a set which holds no set accepted before it is minimal for good, circles never close, and a search
that is cut short still gives the smallest witnesses, each of them minimal.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, NamedTuple, Protocol, TypeAlias, TypeVar

from colloquy.terms import Term, Triple

S = TypeVar("S", bound=Hashable)

EFFORT = 150_000
"""How many sets one search may put together: about half a second."""

SIZE = 50_000
"""How many derivations are looked at on the way down from one answer."""

CAP = 12
"""How many sets of each fact go on where there is too much for a whole search."""


class Fact(NamedTuple):
    """A triple of the default graph, or of the named graph `graph`."""

    triple: Triple
    graph: Term = ""

    @property
    def key(self) -> str:
        """Words to sort by."""
        return " ".join((self.graph, *self.triple))


class Choice(Protocol):
    """Something that is no triple itself and holds as soon as one of its options holds."""

    @property
    def key(self) -> str: ...

    @property
    def options(self) -> Iterable[Uses]: ...

    def __hash__(self) -> int: ...


Uses: TypeAlias = "frozenset[Fact | Choice]"
"""What a solution needs, all of it together."""

NOTHING: Uses = frozenset()


@dataclass(frozen=True)
class AnyOf:
    """A choice between ready options."""

    options: frozenset[Uses]

    @cached_property
    def key(self) -> str:
        """Words to sort by."""
        return "any of " + " | ".join(sorted(" & ".join(uses_key(uses)) for uses in self.options))


def uses_key(uses: Uses) -> list[str]:
    """Give something to sort by, the same in every run."""
    return sorted(element.key for element in uses)


def any_of(options: Iterable[Uses]) -> Uses:
    """Need one of several options; nothing is needed where one of them needs nothing.

    Raises ValueError where there is no option.
    """
    found = frozenset(options)
    if not found:
        raise ValueError("no option")
    if NOTHING in found:
        return NOTHING
    return next(iter(found)) if len(found) == 1 else frozenset({AnyOf(found)})


@dataclass(frozen=True)
class Step(Generic[S]):
    """How a triple comes about: said in `statement`, or derived from `premises`, or simply there.

    A triple that is neither said nor derived stands in the graph for itself, as those of the
    ontology and of the provenance do.
    """

    triple: Triple
    graph: Term
    statement: S | None
    premises: tuple[Step[S], ...] = ()


_Item: TypeAlias = tuple[int, int]
"""A node and a set of given facts, as bits, from which it follows."""


@dataclass
class _Search:
    """What one search found: the sets of its root, and for each set where it came from."""

    root: int
    reasons: dict[_Item, tuple[_Item, ...]] = field(default_factory=dict)
    masks: list[int] = field(default_factory=list)
    exhausted: bool = False
    more: bool = False


@dataclass(frozen=True)
class MinimalSet:
    """One minimal set of given facts; `mask` compares sets of one `Entailment`."""

    mask: int
    entailment: Entailment = field(repr=False, compare=False)
    search: _Search = field(repr=False, compare=False)

    @property
    def facts(self) -> list[Fact]:
        """The facts of the set, sorted."""
        return sorted(self.entailment.facts(self.mask), key=lambda fact: fact.key)

    def steps(self, statements: Mapping[Fact, S]) -> tuple[Step[S], ...]:
        """Give one derivation for each triple that the root needs, in the chosen statements."""
        done: dict[_Item, dict[Fact, Step[S]]] = {}
        stack = [(self.search.root, self.mask)]
        while stack:  # not recursive: a long chain of a transitive property is deeper than Python's stack
            item = stack[-1]
            reasons = self.search.reasons[item]
            waiting = [reason for reason in reasons if reason not in done]
            if waiting:
                stack += waiting
                continue
            stack.pop()
            below: dict[Fact, Step[S]] = {}
            for reason in reasons:
                for fact, step in done[reason].items():
                    below.setdefault(fact, step)
            element = self.entailment.element(item[0])
            if isinstance(element, Fact):
                said = None if reasons else statements.get(element)
                premises = tuple(below[fact] for fact in sorted(below, key=lambda fact: fact.key))
                below = {element: Step(element.triple, element.graph, said, premises)}
            done[item] = below
        last = done[self.search.root, self.mask]
        return tuple(last[fact] for fact in sorted(last, key=lambda fact: fact.key))


class Entailment:
    """The AND/OR graph below some answers, and the minimal sets of given facts that entail them.

    `authored` tells which triples are said; `derive` gives the one-step derivations of a triple.
    A triple that is neither counts as given, but has nobody to cite; sets that differ in such triples
    only are kept side by side, and none saves a set that cites more than another.
    """

    def __init__(
        self,
        authored: Container[Triple],
        derive: Callable[[Triple], Iterable[tuple[Triple, ...]]],
        *,
        effort: int = EFFORT,
        size: int = SIZE,
    ) -> None:
        self._authored, self._derive, self._effort, self._size = authored, derive, effort, size
        self._elements: list[Fact | Choice | None] = []  # None: a node of our own, see _add_rule
        self._numbers: dict[Fact | Choice | _Item, int] = {}
        self._bits: list[int] = []
        self._given: list[Fact] = []
        self._said = 0  # the bits of facts that are authored
        self._premises: list[list[int]] = []  # of each node: what its derivations need
        self._heads: list[list[_Item]] = []  # of each node: (what follows, what else that needs or -1)
        self._free: set[int] = set()  # nodes that need nothing
        self._queue: deque[int] = deque()
        self.cut = False
        """Whether there were more derivations than the search would look at."""

    def facts(self, mask: int) -> Iterator[Fact]:
        """Give the facts of a set of bits."""
        while mask:
            low = mask & -mask
            yield self._given[low.bit_length() - 1]
            mask ^= low

    def element(self, node: int) -> Fact | Choice | None:
        """Give what a node stands for."""
        return self._elements[node]

    def minimal(self, options: Iterable[Uses], limit: int) -> tuple[list[MinimalSet], bool]:
        """Find the minimal sets from which at least one of the options follows, smallest first.

        Tells also whether there may be more than these (over `limit`, or too many to search).
        Each set is minimal, cut or not, as far as the derivations were looked at.
        """
        root = self._root(options)
        search = self._search(root, limit + 1)
        # What was accepted before a search ran out is sound and minimal too.
        found = [MinimalSet(mask, self, search) for mask in search.masks[:limit]]
        if not search.exhausted:
            return self.least(found), self.cut or len(search.masks) > limit
        known = {one.mask for one in found}
        for cap in (CAP, 1) if not found else ():
            narrow = self._search(root, CAP, cap=cap)
            for mask in narrow.masks:
                one = self._shrink(root, mask)
                if one.mask not in known:
                    known.add(one.mask)
                    found.append(one)
            if found:
                break
        return self.least(found), True

    def least(self, found: Iterable[MinimalSet]) -> list[MinimalSet]:
        """Leave out the sets that hold another or cite more than another, and sort by size."""
        kept: list[MinimalSet] = []
        for one in sorted(found, key=lambda one: ((one.mask & self._said).bit_count(), one.mask.bit_count(), one.mask)):
            cited = one.mask & self._said
            for other in kept:
                less = other.mask & self._said
                if other.mask & one.mask == other.mask or (less != cited and less & cited == less):
                    break
            else:
                kept.append(one)
        return kept

    def holds(self, uses: Uses, mask: int) -> bool:
        """Tell whether all of `uses` follows from the facts of `mask` alone."""
        return bool(self._search(self._root([uses]), 1, cap=1, allowed=mask).masks)

    def _shrink(self, root: int, mask: int) -> MinimalSet:
        """Take facts away one by one as long as the root still follows: what remains is minimal."""
        bits = mask
        while bits:
            low = bits & -bits
            bits ^= low
            if mask & low:
                rest = self._search(root, 1, cap=1, allowed=mask & ~low).masks
                mask = rest[0] if rest else mask
        return MinimalSet(mask, self, self._search(root, 1, cap=1, allowed=mask))

    def _root(self, options: Iterable[Uses]) -> int:
        root = self._new(None)
        self._derivations(root, options)
        left = self._size
        while self._queue:
            node = self._queue.popleft()
            element = self._elements[node]
            if element is None:
                continue
            if left < 0:
                self.cut = True
                continue
            if not isinstance(element, Fact):
                left -= self._derivations(node, element.options)
            elif not element.graph:
                ways = ({Fact(premise) for premise in way} for way in self._derive(element.triple))
                left -= self._derivations(node, (frozenset(way) for way in ways if element not in way))
            if isinstance(element, Fact) and not self._premises[node] and node not in self._free:
                self._give(node, element)
        return root

    def _derivations(self, node: int, options: Iterable[Uses]) -> int:
        ways = sorted((uses_key(uses), uses) for uses in set(options))
        for _, uses in ways:
            self._add_rule(node, [self._number(element) for element in sorted(uses, key=lambda one: one.key)])
        return len(ways)

    def _add_rule(self, head: int, premises: list[int]) -> None:
        """Note a derivation; one of more than two premises goes by nodes for two at a time.

        A node for two premises is shared by all derivations that begin alike, and drops what is not
        minimal before it is multiplied with the next.
        """
        if not premises:
            self._free.add(head)
            return
        premises.sort()
        first, *others = premises
        while len(others) > 1:
            second = others.pop(0)
            pair = self._numbers.get((first, second))
            if pair is None:
                pair = self._numbers[first, second] = self._new(None)
                self._link(pair, first, second)
            first = pair
        self._link(head, first, others[0] if others else -1)

    def _link(self, head: int, one: int, other: int) -> None:
        self._heads[one].append((head, other))
        self._premises[head].append(one)
        if other >= 0:
            self._heads[other].append((head, one))
            self._premises[head].append(other)

    def _number(self, element: Fact | Choice) -> int:
        node = self._numbers.get(element)
        if node is None:
            node = self._numbers[element] = self._new(element)
            if isinstance(element, Fact) and not element.graph and element.triple in self._authored:
                self._give(node, element)
            self._queue.append(node)
        return node

    def _new(self, element: Fact | Choice | None) -> int:
        self._elements.append(element)
        self._bits.append(0)
        self._premises.append([])
        self._heads.append([])
        return len(self._elements) - 1

    def _give(self, node: int, fact: Fact) -> None:
        if not self._bits[node]:
            self._bits[node] = 1 << len(self._given)
            self._given.append(fact)
            if not fact.graph and fact.triple in self._authored:
                self._said |= self._bits[node]

    def _below(self, root: int) -> set[int]:
        below, stack = {root}, [root]
        while stack:
            for node in self._premises[stack.pop()]:
                if node not in below:
                    below.add(node)
                    stack.append(node)
        return below

    def _search(self, root: int, limit: int, *, cap: int | None = None, allowed: int = -1) -> _Search:
        """Take (node, set) in order of size until the root has `limit` sets.

        `cap` bounds the sets that each node passes on; with it the result is sound but may not be
        minimal.  Only the given facts in `allowed` are used.
        """
        search = _Search(root)
        below = self._below(root)
        reasons = search.reasons
        accepted: dict[int, list[int]] = {node: [] for node in below}
        heap: list[tuple[int, int, int, int]] = []
        effort = self._effort

        def offer(node: int, mask: int, why: tuple[_Item, ...]) -> None:
            if (node, mask) not in reasons:
                reasons[node, mask] = why
                heapq.heappush(heap, (mask.bit_count(), len(reasons), node, mask))

        for node in sorted(below):
            if node in self._free:
                offer(node, 0, ())
            if self._bits[node] & allowed:
                offer(node, self._bits[node], ())
        while heap:
            if cap != 1 and len(reasons) > effort:
                search.exhausted = True
                break
            _, _, node, mask = heapq.heappop(heap)
            mine = accepted[node]
            if (cap is not None and len(mine) >= cap) or any(known & mask == known for known in mine):
                continue
            mine.append(mask)
            if node == root and len(mine) >= limit:
                break
            for head, other in self._heads[node]:
                if head not in below:
                    continue
                if other < 0:
                    offer(head, mask, ((node, mask),))
                else:
                    for known in accepted[other]:
                        offer(head, mask | known, ((node, mask), (other, known)))
        search.masks = accepted[root]
        return search
