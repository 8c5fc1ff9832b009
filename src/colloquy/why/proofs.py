"""Proofs of triples and rows, in authored statements.

A *witness* of a row is a set of statements that gives the row by itself, with what follows from them
and without all others, and of which none can be left out.  All witnesses are given: delete one
statement of each, and the row is gone or changed.  This holds exactly for triples, joins, UNION,
FILTER with or without EXISTS, BIND, VALUES, subqueries, all paths, and OPTIONAL.  It is weaker here,
and `notes` say so:

- MINUS, NOT EXISTS, and EXISTS inside a larger expression: what is absent is not cited.
- Aggregates: the rows that went in are listed, each with its witnesses; in a subquery they are cited
  all together.  With all of them deleted the row is gone or changed.
- LIMIT and OFFSET in a subquery: what was cut off is not cited, and of solutions that sort alike all
  count as inside.
- Triples of named graphs, and those of the default graph that nobody wrote, are named as premises
  that stand for themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Any, Generic, Literal

from colloquy.errors import UsageError, did_you_mean
from colloquy.index import TripleIndex
from colloquy.sparql import read_query
from colloquy.sparql.rewrite import engine_text
from colloquy.terms import Term, Triple
from colloquy.why.algebra import EXISTS, Name, computed, conjuncts, parse, walk
from colloquy.why.convert import same_value
from colloquy.why.solutions import Evaluator, Scope, Solution
from colloquy.why.witness import Entailment, Fact, MinimalSet, S, Step, uses_key

LIMIT = 1_000

Derive = Callable[[Triple], Iterable[tuple[Triple, ...]]]

_ABSENT = {
    "OPTIONAL": "an OPTIONAL part is empty: what is absent is not cited",
    "MINUS": "MINUS: what is absent is not cited",
    "NOT EXISTS": "NOT EXISTS: what is absent is not cited",
    "EXISTS": "EXISTS inside a larger expression: what it finds is not cited",
    "aggregate": "a subquery counts or sums: all rows that went in are cited together",
    "LIMIT": "LIMIT in a subquery: what was cut off is not cited",
}


@dataclass(frozen=True)
class Witness(Generic[S]):
    """A minimal set of statements, sorted; `premises` are triples that nobody wrote.

    `steps` say how each triple that the row needs comes about from them.
    """

    statements: tuple[S, ...]
    premises: tuple[Fact, ...]
    steps: tuple[Step[S], ...]


@dataclass(frozen=True)
class Contribution(Generic[S]):
    """A row that went into an aggregate: its values by variable, sorted, and its witnesses."""

    values: tuple[tuple[str, Term], ...]
    witnesses: tuple[Witness[S], ...]


@dataclass(frozen=True)
class Proof(Generic[S]):
    """Why a triple or row is there; false where it is not.

    `witnesses` hold in the graph as it is, smallest first.  `alone` are further sets that give the
    row only by themselves, since in the whole graph an OPTIONAL part is filled beside them: rarely
    any; for "what must go for the row to go" they count too.  `contributions` are the rows of an
    aggregate.  `monotone` says that no further fact can remove the row.
    """

    kind: Literal["triple", "row", "ask", "aggregate"]
    found: bool
    witnesses: tuple[Witness[S], ...] = ()
    alone: tuple[Witness[S], ...] = ()
    contributions: tuple[Contribution[S], ...] = ()
    monotone: bool = True
    notes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.found

    @property
    def cited(self) -> tuple[S, ...]:
        """All statements of all witnesses, each once, in the order of first mention."""
        ours = [*self.witnesses, *self.alone, *(one for row in self.contributions for one in row.witnesses)]
        return tuple(dict.fromkeys(statement for witness in ours for statement in witness.statements))


class _Citer(Generic[S]):
    """Turns what was used into witnesses; keeps what was looked up from one row to the next."""

    def __init__(
        self, authored: Mapping[Triple, Sequence[S]], derive: Derive, limit: int, order: Callable[[S], Any]
    ) -> None:
        self._authored, self._limit, self._order = authored, limit, order
        self.entailment = Entailment(authored, derive)
        self.cut = False

    def minimal(self, options: Iterable[frozenset[Any]]) -> list[MinimalSet]:
        found, cut = self.entailment.minimal(options, self._limit)
        self.cut |= cut
        return found

    def witnesses(self, sets: Iterable[MinimalSet]) -> tuple[Witness[S], ...]:
        """Say each set in statements: a triple that was written twice gives two witnesses."""
        cited = (one for minimal in sets for one in self._said(minimal))
        found = list(islice(cited, self._limit))
        self.cut |= next(cited, None) is not None
        found.sort(key=lambda one: (len(one.statements) + len(one.premises), self._key(one)))
        return tuple(found)

    def _key(self, witness: Witness[S]) -> Any:
        return [(self._order(one), repr(one)) for one in witness.statements], [fact.key for fact in witness.premises]

    def _said(self, minimal: MinimalSet) -> Iterable[Witness[S]]:
        facts = minimal.facts
        said = [fact for fact in facts if not fact.graph and fact.triple in self._authored]
        premises = tuple(fact for fact in facts if fact not in said)
        for choice in product(*(dict.fromkeys(self._authored[fact.triple]) for fact in said)):
            statements = sorted(set(choice), key=lambda one: (self._order(one), repr(one)))
            yield Witness(tuple(statements), premises, minimal.steps(dict(zip(said, choice, strict=True))))

    def notes(self) -> tuple[str, ...]:
        """Say whether anything was left out."""
        if self.entailment.cut:
            return ("not all derivations were looked at: there may be more witnesses, and smaller ones",)
        return ("cut: there are more witnesses than are given here",) if self.cut else ()


def prove_triple(
    triple: Triple,
    authored: Mapping[Triple, Sequence[S]],
    derive: Derive,
    *,
    limit: int = LIMIT,
    order: Callable[[S], Any] = repr,
) -> Proof[S]:
    """Give all minimal sets of authored statements from which a triple of the default graph follows.

    `authored` gives the statements of each triple as they were written (a statement under one triple
    only); `derive` the one-step derivations of a triple, whose premises may be entailed themselves;
    `order` what to sort statements by.  Not found, and without witnesses, where the triple neither
    was written nor follows.

    >>> said = {("<a>", "<in>", "<b>"): ["line 1"], ("<b>", "<in>", "<c>"): ["line 2"]}
    >>> within = {("<a>", "<in>", "<c>"): [(("<a>", "<in>", "<b>"), ("<b>", "<in>", "<c>"))]}
    >>> proof = prove_triple(("<a>", "<in>", "<c>"), said, lambda triple: within.get(triple, []))
    >>> [witness.statements for witness in proof.witnesses]
    [('line 1', 'line 2')]
    >>> bool(prove_triple(("<c>", "<in>", "<a>"), said, lambda triple: []))
    False
    """
    citer = _Citer(authored, derive, limit, order)
    if triple not in authored and not any(True for _ in derive(triple)):
        return Proof("triple", found=False, notes=("nobody wrote it, and it does not follow",))
    witnesses = citer.witnesses(citer.minimal([frozenset({Fact(triple)})]))
    return Proof("triple", found=True, witnesses=witnesses, notes=citer.notes())


def prove_row(
    query_text: str,
    row: Mapping[str, Term | None],
    index: TripleIndex,
    authored: Mapping[Triple, Sequence[S]],
    derive: Derive,
    *,
    prefixes: Mapping[str, str],
    named: Mapping[Term, TripleIndex] | None = None,
    bindings: Mapping[str, Term] | None = None,
    limit: int = LIMIT,
    order: Callable[[S], Any] = repr,
) -> Proof[S]:
    """Give all minimal sets of authored statements from which a row of a SELECT query follows.

    `row` gives the value of each variable, None where it is unbound; one left out may have any
    value.  For ASK it is empty, and proved is that the answer is true.  `index` is the default graph
    with all that is entailed, `named` the named graphs by IRI term; `bindings` are values put in for
    variables of the query, in the text that engines get too.  For the other arguments see `prove_triple`.

    Values that the query computes are compared as values, all others as terms.

    Raises QueryError where the query is no SELECT or ASK, is refused, or uses FROM; UsageError where
    the row names a variable that the query does not select.
    """
    query = parse(engine_text(read_query(query_text, prefixes), bindings), prefixes)
    wanted = {f"?{name}": term for name, term in row.items()}
    for name in wanted.keys() - set(query.names):
        raise UsageError(
            f"the query does not select `{name[1:]}` ({did_you_mean(name[1:], [one[1:] for one in query.names])})"
        )
    loose, unfixed = computed(query)
    known = {name: term for name, term in wanted.items() if term is not None and name not in loose}
    need = frozenset(name for name, term in wanted.items() if term is not None)
    evaluator = Evaluator(query, index, named or {})
    solutions = evaluator.solve(query.core, Scope(known, need))
    matching = _matching(solutions, wanted, loose, unfixed)
    citer = _Citer(authored, derive, limit, order)
    kind: Literal["ask", "row"] = "ask" if query.form == "ASK" else "row"
    present = [one for one in matching if one.present]
    if not present:
        said = "the answer is false" if kind == "ask" else "this is no row of the answer"
        return Proof(kind, found=False, monotone=False, notes=(said,))
    absent = frozenset.union(*(one.absent for one in present))
    notes = [words for name, words in _ABSENT.items() if name in absent]
    notes += [f"{name} may differ each time: not compared" for name in sorted(wanted.keys() & unfixed)]
    if any(one.rows is not None for one in present):
        contributions, more = _contributions(present, citer, limit)
        notes += ["an aggregate: the rows that went in are listed", *more, *citer.notes()]
        return Proof("aggregate", found=True, contributions=contributions, monotone=False, notes=tuple(notes))
    sets, alone = _minimal_sets(matching, citer, limit)
    witnesses, others = citer.witnesses(sets), citer.witnesses(alone)
    return Proof(kind, True, witnesses, others, (), not all(one.absent for one in present), (*notes, *citer.notes()))


def _matching(
    solutions: list[Solution],
    wanted: Mapping[Name, Term | None],
    loose: set[Name],
    unfixed: set[Name],
) -> list[Solution]:
    """Keep the solutions that are shown as the row asked for."""

    def fits(name: Name, term: Term | None, solution: Solution) -> bool:
        value = solution.values.get(name)
        if term is None or value is None:
            return term is value
        return value == term or name in unfixed or (name in loose and same_value(value, term))

    return [one for one in solutions if all(fits(name, term, one) for name, term in wanted.items())]


def _contributions(
    groups: list[Solution], citer: _Citer[S], limit: int
) -> tuple[tuple[Contribution[S], ...], list[str]]:
    rows = [row for group in groups for row in group.rows or ()]
    ordered = sorted(rows, key=lambda row: (sorted(row.values.items()), uses_key(row.uses)))
    found = []
    for row in ordered[:limit]:
        shown = sorted((name[1:], term) for name, term in row.values.items() if name[0] == "?" and name[:3] != "?__")
        found.append(Contribution(tuple(shown), citer.witnesses(citer.minimal([row.uses]))))
    more = [f"cut: {len(rows):,} rows went in, {limit:,} are listed"] if len(rows) > limit else []
    return tuple(found), more


def _minimal_sets(matching: list[Solution], citer: _Citer[S], limit: int) -> tuple[list[MinimalSet], list[MinimalSet]]:
    """Give the minimal sets that hold in the graph as it is, and those that hold by themselves only.

    A solution with an empty OPTIONAL part holds of a set of statements unless the part is filled from
    this very set.
    """
    plain = [one for one in matching if one.present and not one.unless]
    sets = citer.minimal(one.uses for one in plain) if plain else []
    full = {one.uses for one in plain}
    doubtful = [one for one in matching if (one.unless or not one.present) and one.uses not in full]
    if not doubtful:
        return sets, []
    doubtful.sort(key=lambda one: (not one.present, len(one.uses), uses_key(one.uses)))
    citer.cut |= len(doubtful) > limit
    found, present = list(sets), [one.mask for one in sets]
    for one in doubtful[:limit]:
        for minimal in citer.minimal([one.uses]):
            if not any(citer.entailment.holds(filled, minimal.mask) for filled in one.unless):
                found.append(minimal)
                present += [minimal.mask] * one.present
    kept = citer.entailment.least(found)
    holds = [any(one.mask & mask == one.mask for mask in present) for one in kept]
    paired = list(zip(kept, holds, strict=True))
    return [one for one, here in paired if here], [one for one, here in paired if not here]


def monotone(query_text: str, prefixes: Mapping[str, str]) -> bool:
    """Tell whether no further fact can remove a row of the query.

    So it is without OPTIONAL, MINUS, NOT EXISTS, EXISTS within a larger expression, aggregates, and
    LIMIT in a subquery.  A single row can be safe in a query that is not: see `Proof.monotone`.
    LIMIT around the whole query, which only cuts what is shown, is left aside.

    >>> monotone("SELECT ?s { ?s a ?c }", {})
    True
    >>> monotone("SELECT ?s { ?s a ?c MINUS { ?s a <urn:x> } }", {})
    False

    Raises QueryError as `prove_row` does.
    """
    query = parse(engine_text(read_query(query_text, prefixes)), prefixes)
    return not any(_may_lose(part) for part in walk(query.core))


def _may_lose(part: Any) -> bool:
    if part.name == "Filter":  # EXISTS that stands by itself only adds
        tests = [test for test in conjuncts(part.expr) if getattr(test, "name", "") != EXISTS[0]]
        return any(below.name in EXISTS for test in tests for below in walk(test))
    if part.name == "Extend":
        return any(below.name in EXISTS for below in walk(part.expr))
    return part.name in ("LeftJoin", "Minus", "AggregateJoin", "Slice")
