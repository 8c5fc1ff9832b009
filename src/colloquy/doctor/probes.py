"""Small queries that the doctor asks, within a budget, each once."""

from __future__ import annotations

import time
from collections.abc import Callable

from colloquy.errors import ColloquyError
from colloquy.query.answers import Answer
from colloquy.terms import TYPE, Term, is_iri

Ask = Callable[[str], Answer]

MOST_VALUES = 30_000
_ANYWHERE = (
    "ASK { VALUES ?x { %s } { ?x ?p ?o } UNION { ?s ?x ?o } UNION { ?s ?p ?x } UNION { GRAPH ?x {} }"
    " UNION { GRAPH ?g { { ?x ?p ?o } UNION { ?s ?x ?o } UNION { ?s ?p ?x } } } }"
)


class OverBudget(Exception):  # noqa: N818 - no error: the doctor then says what it knows
    """The doctor has asked as much, or as long, as it may."""


class Probes:
    """Asks, remembers, and counts; an answer that did not come in time, or an error, is None."""

    def __init__(self, ask: Ask, seconds: float, most: int) -> None:
        self._ask, self.seconds, self.most = ask, seconds, most
        self.started = time.monotonic()
        self.asked = 0
        self._known: dict[str, Answer | None] = {}

    @property
    def spent(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    def allow(self, seconds: float) -> None:
        """Allow so many more seconds from now."""
        self.seconds = max(self.seconds, self.spent + seconds)

    def answer(self, text: str) -> Answer | None:
        """Ask once; None where the engine refuses or takes too long."""
        if text not in self._known:
            if self.asked >= self.most or self.spent > self.seconds:
                raise OverBudget
            self.asked += 1
            try:
                self._known[text] = self._ask(text)
            except ColloquyError:
                self._known[text] = None
        return self._known[text]

    def gives(self, text: str) -> bool | None:
        """Tell whether a query gives anything; None where that is not known."""
        answer = self.answer(text)
        return None if answer is None else says_something(answer)

    def values(self, text: str) -> list[Term]:
        """Give the first column of an answer, without what is unbound."""
        answer = self.answer(text)
        return [] if answer is None else [row[0] for row in answer.rows if row and row[0] is not None]

    def stands(self, term: Term) -> bool:
        """Tell whether an IRI stands anywhere, in any place of any graph."""
        return self.gives(_ANYWHERE % term) is not False

    def is_property(self, term: Term) -> bool:
        """Tell whether anything, in any graph, has this property."""
        return self.gives(f"ASK {{ {{ ?s {term} ?o }} UNION {{ GRAPH ?g {{ ?s {term} ?o }} }} }}") is not False

    def is_class(self, term: Term) -> bool:
        """Tell whether anything, in any graph, is of this class."""
        return self.gives(f"ASK {{ {{ ?s {TYPE} {term} }} UNION {{ GRAPH ?g {{ ?s {TYPE} {term} }} }} }}") is not False

    def predicates(self) -> list[Term]:
        """Give the properties of all graphs."""
        named = "UNION { SELECT DISTINCT ?p { GRAPH ?g { ?s ?p ?o } } }"
        return self.values(f"SELECT DISTINCT ?p {{ {{ SELECT DISTINCT ?p {{ ?s ?p ?o }} }} {named} }}")

    def classes(self) -> list[Term]:
        """Give the classes that have things in any graph."""
        named = f"UNION {{ SELECT DISTINCT ?c {{ GRAPH ?g {{ ?s {TYPE} ?c }} }} }}"
        return self.values(f"SELECT DISTINCT ?c {{ {{ SELECT DISTINCT ?c {{ ?s {TYPE} ?c }} }} {named} }}")

    def classes_of(self, term: Term) -> list[Term]:
        """Give the classes of a thing."""
        return self.values(f"SELECT ?c {{ {term} {TYPE} ?c }}") if is_iri(term) else []

    def things(self) -> list[Term]:
        """Give what has a class, and what anything leads to."""
        return [t for t in self.values(f"SELECT DISTINCT ?s {{ ?s ?p ?o }} LIMIT {MOST_VALUES}") if is_iri(t)]


def says_something(answer: Answer) -> bool:
    """Tell whether an answer has rows; one row of nothing but zeros and blanks is none."""
    if not answer:
        return False
    if answer.kind == "select" and len(answer) == 1:
        given = [t for t in answer.rows[0] if t is not None]
        return not given or any(not t.startswith('"0"^^') for t in given)
    return True
