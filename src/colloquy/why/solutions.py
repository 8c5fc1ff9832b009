"""The solutions of a query, each with the triples that it rests on.

The algebra is that of SPARQL 1.1 Query Language, clause 18
(https://www.w3.org/TR/sparql11-query/#sparqlAlgebra), evaluated from the bottom up as written there.
What is known of the answer asked for is pushed down on the way: every operator gives those of its
solutions that agree with the known values, neither more nor fewer, so that scopes stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from types import MappingProxyType
from typing import Any, NamedTuple

from colloquy.errors import QueryError
from colloquy.index import TripleIndex
from colloquy.terms import Term
from colloquy.why.algebra import (
    EXISTS,
    Name,
    Pattern,
    Query,
    Values,
    conjuncts,
    expression_names,
    has_exists,
    own_names,
    patterns,
)
from colloquy.why.convert import from_rdf
from colloquy.why.expressions import Expressions
from colloquy.why.matching import match
from colloquy.why.paths import Paths
from colloquy.why.witness import NOTHING, Uses, any_of

NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Solution:
    """A solution mapping with its grounds.

    `unless` holds what would put something else in its place (the filled OPTIONAL); where that is in
    the graph, `present` is false: the solution is one of a smaller graph only.  `absent` names the
    parts of the query that rest on what is not there or not cited; `rows` are the solutions of a group.
    """

    values: Values
    uses: Uses = NOTHING
    present: bool = True
    unless: frozenset[Uses] = frozenset()
    absent: frozenset[str] = NONE
    rows: tuple[Solution, ...] | None = None
    rank: int = 0

    def joined(self, other: Solution) -> Solution:
        """Put two compatible solutions together."""
        return Solution(
            {**other.values, **self.values},
            self.uses | other.uses,
            self.present and other.present,
            self.unless | other.unless,
            self.absent | other.absent,
            self.rows if self.rows is not None else other.rows,
        )


class Scope(NamedTuple):
    """What an operator is asked for: solutions that agree with `known`, in a graph.

    Solutions that leave a name of `need` unbound are of no use to the asker and may be left out.
    `outer` are the values that filters see from outside their pattern: those at an EXISTS.
    """

    known: Values
    need: frozenset[Name] = frozenset()
    graph: Term = ""
    outer: Mapping[Name, Term] = MappingProxyType({})


def _agrees(solution: Solution, known: Mapping[Name, Term]) -> bool:
    values = solution.values
    return all(values.get(name, term) == term for name, term in known.items())


def _only(values: Mapping[Name, Term], names: Iterable[Name]) -> Values:
    return {name: values[name] for name in names if name in values}


class Evaluator:
    """Evaluates a query over the default graph and named graphs."""

    def __init__(self, query: Query, index: TripleIndex, named: Mapping[Term, TripleIndex]) -> None:
        self._named = named
        self._paths = {"": Paths(index), **{name: Paths(graph, name) for name, graph in named.items()}}
        self._patterns: dict[int, list[Pattern]] = {}
        self._seen: dict[int, frozenset[Name]] = {}
        self._exists_scope = Scope({})
        self._expressions = Expressions(query, self._exists)
        self._operators = {
            "BGP": self._bgp,
            "Join": self._join,
            "LeftJoin": self._left_join,
            "Union": self._union,
            "Filter": self._filter,
            "Extend": self._extend,
            "Minus": self._minus,
            "Graph": self._graph,
            "ToMultiSet": self._multiset,
            "Project": self._project,
            "Distinct": self._distinct,
            "Reduced": self._reduced,
            "Slice": self._slice,
            "OrderBy": self._order_by,
            "AggregateJoin": self._aggregate,
        }

    def solve(self, part: Any, scope: Scope) -> list[Solution]:
        """Give the solutions of a pattern; raises QueryError for an operator not known here."""
        operator = self._operators.get(part.name)
        if operator is None:
            raise QueryError(f"`{part.name}` is not traced")
        return operator(part, scope)

    def _names(self, part: Any) -> frozenset[Name]:
        return own_names(part, self._seen)

    def _bgp(self, part: Any, scope: Scope) -> list[Solution]:
        if id(part) not in self._patterns:
            self._patterns[id(part)] = patterns(part)
        paths = self._paths.get(scope.graph) or Paths(TripleIndex())
        found = match(self._patterns[id(part)], scope.known, paths)
        return [Solution(values, uses) for values, uses in found]

    def _join(self, part: Any, scope: Scope) -> list[Solution]:
        one, two = part.p1, part.p2
        if two.name == "ToMultiSet" and getattr(two.p, "name", "values") == "values":
            one, two = two, one  # VALUES first: it is small, and says what to look for
        ours, theirs = self._names(one), self._names(two)
        left = self.solve(one, scope._replace(need=scope.need & ours - theirs))
        right = self._beside(two, scope._replace(need=scope.need & theirs - ours), left, ours & theirs)
        return [a.joined(b) for a in left for b in right(a)]

    def _beside(self, part: Any, scope: Scope, left: list[Solution], shared: frozenset[Name]) -> Any:
        """Give a function from a left solution to the right ones that are compatible with it.

        The right side is asked once for each different set of shared values; where it groups or cuts,
        so that it cannot make use of them, once for all.
        """
        cache: dict[tuple[Term | None, ...], list[Solution]] = {}
        names = sorted(shared)
        whole: list[Solution] | None = None
        if len(left) > 16 and any(below.name in ("AggregateJoin", "Slice") for below in _patterns_below(part)):
            whole = self.solve(part, scope)

        def right(a: Solution) -> list[Solution]:
            key = tuple(a.values.get(name) for name in names)
            if key not in cache:
                values = _only(a.values, names)
                cache[key] = (
                    self.solve(part, scope._replace(known={**scope.known, **values}))
                    if whole is None
                    else [b for b in whole if _agrees(b, values)]
                )
            return cache[key]

        return right

    def _left_join(self, part: Any, scope: Scope) -> list[Solution]:
        ours, theirs = self._names(part.p1), self._names(part.p2)
        left = self.solve(part.p1, scope._replace(need=scope.need - theirs))
        needed = scope.need & theirs - ours
        filled_only = bool(needed)  # the answer has a value that only the optional part can give
        inner = scope._replace(known=scope.known if filled_only else {}, need=needed)
        right = self._beside(part.p2, inner, left, ours & theirs)
        found: list[Solution] = []
        for a in left:
            pairs = [(b, self._passes(part.expr, a.joined(b), scope)) for b in right(a)]
            filled = [(b, both) for b, both in pairs if both is not None]
            found += [both for _, both in filled if filled_only or _agrees(both, scope.known)]
            if not filled_only:
                # In a smaller graph the part may be empty: then the left side stands alone.
                present = a.present and not any(b.present for b, _ in filled)
                unless = a.unless | {both.uses for _, both in filled}
                found.append(replace(a, present=present, unless=unless, absent=a.absent | {"OPTIONAL"}))
        return found

    def _union(self, part: Any, scope: Scope) -> list[Solution]:
        branches = [branch for branch in (part.p1, part.p2) if scope.need <= self._names(branch)]
        return [solution for branch in branches for solution in self.solve(branch, scope)]

    def _filter(self, part: Any, scope: Scope) -> list[Solution]:
        checked = (self._passes(part.expr, solution, scope) for solution in self.solve(part.p, scope))
        return [solution for solution in checked if solution is not None]

    def _passes(self, expression: Any, solution: Solution, scope: Scope) -> Solution | None:
        """Check a filter; the solution that passes also rests on what EXISTS found."""
        tests = sorted(conjuncts(expression), key=lambda one: getattr(one, "name", "") in EXISTS)  # dear ones last
        values = {**scope.outer, **solution.values}
        uses, absent = solution.uses, solution.absent
        for test in tests:
            name = getattr(test, "name", "")
            if name == "TrueFilter":  # OPTIONAL without FILTER
                continue
            if name in EXISTS:
                inner = self._inside(vars(test)["graph"], values, scope.graph)
                if bool(inner) != (name == EXISTS[0]):
                    return None
                if inner:
                    uses |= any_of(one.uses for one in inner)
                    absent |= frozenset.intersection(*(one.absent for one in inner))
                else:
                    absent |= {"NOT EXISTS"}
                continue
            if has_exists(test):
                absent |= {"EXISTS"}
                self._exists_scope = scope
            if not self._expressions.true(test, values):
                return None
        return replace(solution, uses=uses, absent=absent)

    def _inside(self, pattern: Any, values: Values, graph: Term) -> list[Solution]:
        """Solve the pattern of an EXISTS, where the values of the solution outside are put in."""
        scope = Scope(_only(values, self._names(pattern)), graph=graph, outer=values)
        return [solution for solution in self.solve(pattern, scope) if solution.present]

    def _exists(self, pattern: Any, values: Values) -> bool:
        return bool(self._inside(pattern, values, self._exists_scope.graph))

    def _extend(self, part: Any, scope: Scope) -> list[Solution]:
        name, expression = f"?{part.var}", part.expr
        source = expression_names(expression) if not hasattr(expression, "name") else set()
        known = {key: term for key, term in scope.known.items() if key != name}
        need = scope.need - {name}
        for other in source:  # an alias: what is known of the one is known of the other
            if name in scope.known:
                known.setdefault(other, scope.known[name])
            if name in scope.need:
                need |= {other}
        found = []
        weak = {"EXISTS"} if has_exists(expression) else set()
        for solution in self.solve(part.p, scope._replace(known=known, need=need)):
            self._exists_scope = scope
            value = self._expressions.value(expression, {**scope.outer, **solution.values})
            if value is not None and scope.known.get(name, value) == value:
                values = {**solution.values, name: value}
                found.append(replace(solution, values=values, absent=solution.absent | weak))
            elif value is None:
                found.append(replace(solution, absent=solution.absent | weak))
        return found

    def _minus(self, part: Any, scope: Scope) -> list[Solution]:
        ours, theirs = self._names(part.p1), self._names(part.p2)
        left = self.solve(part.p1, scope)
        inner = scope._replace(known={}, need=frozenset())
        right = self._beside(part.p2, inner, left, ours & theirs)
        return [
            replace(a, absent=a.absent | {"MINUS"})
            for a in left
            if not any(b.present and not a.values.keys().isdisjoint(b.values) for b in right(a))
        ]

    def _graph(self, part: Any, scope: Scope) -> list[Solution]:
        names = expression_names(part.term)
        if not names:
            return self.solve(part.p, scope._replace(graph=from_rdf(part.term)))
        (name,) = names
        wanted = scope.known.get(name)
        found = []
        for graph in sorted(self._named) if wanted is None else [wanted] if wanted in self._named else []:
            inner = scope._replace(known={**scope.known, name: graph}, need=scope.need - names, graph=graph)
            found += [replace(one, values={**one.values, name: graph}) for one in self.solve(part.p, inner)]
        return found

    def _multiset(self, part: Any, scope: Scope) -> list[Solution]:
        if not hasattr(part.p, "name"):
            return []  # VALUES without rows
        if part.p.name != "values":
            return self.solve(part.p, scope)
        rows = ({f"?{name}": term for name, term in row.items() if str(term) != "UNDEF"} for row in part.p.res)
        found = [Solution({name: from_rdf(term) for name, term in row.items()}) for row in rows]
        return [one for one in found if _agrees(one, scope.known)]

    def _project(self, part: Any, scope: Scope) -> list[Solution]:
        names = self._names(part)
        inner = Scope(_only(scope.known, names), scope.need & names, scope.graph, _only(scope.outer, names))
        return [replace(_folded(one), values=_only(one.values, names)) for one in self.solve(part.p, inner)]

    def _distinct(self, part: Any, scope: Scope) -> list[Solution]:
        found = self.solve(part.p, scope)
        same: dict[frozenset[tuple[Name, Term]], list[Solution]] = {}
        for one in found:
            if one.present:
                same.setdefault(frozenset(one.values.items()), []).append(one)
        merged = [
            ones[0]
            if len(ones) == 1
            else Solution(
                ones[0].values,
                any_of(one.uses for one in ones),
                absent=frozenset.intersection(*(one.absent for one in ones)),
                rank=min(one.rank for one in ones),
            )
            for ones in same.values()
        ]
        return merged + [one for one in found if not one.present]

    def _reduced(self, part: Any, scope: Scope) -> list[Solution]:
        return self.solve(part.p, scope)

    def _slice(self, part: Any, scope: Scope) -> list[Solution]:
        """Cut as LIMIT and OFFSET say; of solutions that sort alike any may be inside, so all stay."""
        inner = scope._replace(known={}, need=frozenset())
        found = sorted((one for one in self.solve(part.p, inner) if one.present), key=lambda one: one.rank)
        first, place = part.start or 0, 0
        last = len(found) if part.length is None else first + part.length
        kept: list[Solution] = []
        for _, group in groupby(found, key=lambda one: one.rank):
            alike = list(group)
            if place < last and place + len(alike) > first:
                kept += alike
            place += len(alike)
        return [replace(one, absent=one.absent | {"LIMIT"}, rank=0) for one in kept if _agrees(one, scope.known)]

    def _order_by(self, part: Any, scope: Scope) -> list[Solution]:
        found = self.solve(part.p, scope)
        ranks = [0] * len(found)
        for condition in part.expr:
            keys = [self._expressions.rank(condition.expr, one.values) for one in found]
            order = sorted(range(len(found)), key=keys.__getitem__, reverse=condition.order == "DESC")
            place = dict[int, int]()
            for i, here in enumerate(order):
                alike = i and keys[here] == keys[order[i - 1]]
                place[here] = place[order[i - 1]] if alike else i
            ranks = [rank * len(found) + place[i] for i, rank in enumerate(ranks)]
        return [replace(one, rank=rank) for one, rank in zip(found, ranks, strict=True)]

    def _aggregate(self, part: Any, scope: Scope) -> list[Solution]:
        keys = part.p.expr
        aliases = {f"?{one.res}": expression_names(one.vars) for one in part.A if one.name == "Aggregate_Sample"}
        key_names = {name for key in keys or [] if not hasattr(key, "name") for name in expression_names(key)}
        known: Values = {}
        need: set[Name] = set()
        for alias, names in aliases.items():  # the key of a group is selected as a SAMPLE of it
            for name in names & key_names:
                if alias in scope.known:
                    known[name] = scope.known[alias]
                if alias in scope.need:
                    need.add(name)
        inner = scope._replace(known=known, need=frozenset(need))
        groups: dict[tuple[Term | None, ...], list[Solution]] = {} if keys else {(): []}
        for one in self.solve(part.p.p, inner):
            if one.present:
                key = tuple(self._expressions.value(key, {**scope.outer, **one.values}) for key in keys or [])
                groups.setdefault(key, []).append(one)
        found = []
        for rows in groups.values():
            bound = [self._expressions.bind(one.values) for one in rows]
            results = {f"?{one.res}": self._expressions.aggregate(one, bound) for one in part.A}
            values = {name: term for name, term in results.items() if term is not None}
            found.append(Solution(values, rows=tuple(rows)))
        return [one for one in found if _agrees(one, scope.known)]


def _folded(solution: Solution) -> Solution:
    """Let the result of a group in a subquery rest on all rows that went into it."""
    if solution.rows is None:
        return solution
    uses = solution.uses.union(*(row.uses for row in solution.rows))
    absent = solution.absent.union({"aggregate"}, *(row.absent for row in solution.rows))
    return replace(solution, uses=uses, absent=absent, rows=None)


def _patterns_below(part: Any) -> Iterator[Any]:
    yield part
    for kid in ("p", "p1", "p2"):
        if kid in part and hasattr(part[kid], "name"):
            yield from _patterns_below(part[kid])
