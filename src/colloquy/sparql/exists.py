"""`FILTER NOT EXISTS` as `MINUS`, and `FILTER EXISTS` as a sub-select, where the rows are provably the same.

Oxigraph works out the inside of EXISTS anew for every row, and reads there all triples of a pattern
that has no variable in common with the row: 10 to 40 seconds where what is worked out once takes 0.1 to 0.5.

EXISTS and what stands in for it differ in what they know of the row (SPARQL 1.1, clause 8.3,
https://www.w3.org/TR/sparql11-query/#neg-notexists-minus).  Let G be the group that the filter stands
in, without the filter; P the group after EXISTS; m a solution of G.  EXISTS holds of m where P, with
the values of m put in for its variables, has a solution.  MINUS takes m away where P, by itself, has a
solution that agrees with m on all variables of both, and there is such a variable.  A join with
`{ SELECT DISTINCT S { P } }` keeps m as often as P has solutions, different in S, that agree with m.
A filter is rewritten where

1. P holds nothing but triple patterns and filters: then each solution of P binds all variables of its
   patterns, and those that agree with m are those of P with the values put in;
2. the filters of P name no other variables than its patterns, so they come out alike whether a value
   was put in or found; they call nothing that gives another value each time, and hold no EXISTS;
3. no path of P may have zero steps: `?a p* ?b` holds of any value put in, be it in the graph or not;
4. a triple pattern of G itself (not of a part of it) has a variable of P: it is bound in every m,
   so that MINUS always has something to agree on.  Variables of P that m leaves unbound do no harm,
   they are free either way.  For EXISTS they would: they would get values, and m might come several
   times.  So there triple patterns of G itself have each variable of P that G may bind at all.  These
   are S: every m has a value for each, agrees with one row at most, and gets nothing from it;
5. no OPTIONAL stands around G, whose filter sees rows from outside of it; no EXISTS, which puts values
   into all of its inside, so that 4 may fail; and, out of caution, no MINUS and no `GRAPH ?g`.

Filters hold of a group as a whole, MINUS of what stands before it, so what stands in comes last in G.
A filter stays as it is where each pattern of P shares a variable with the row, for then EXISTS is
quick; and where P by itself might be large: unless each pattern leads on from the subject of its
triples, as from a talk to its day, what few values are shared by many would be paired with itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from colloquy.sparql.reader import Query
from colloquy.sparql.tokens import Token
from colloquy.sparql.tree import Node, in_scope, name_of

MOST_PATTERNS = 20
_UNFIXED = frozenset(("RAND", "UUID", "STRUUID", "BNODE", "EXISTS"))
_NOT_READ = frozenset("[(*+?|!")
_AROUND = frozenset(("OPTIONAL", "MINUS"))


class Slow(NamedTuple):
    """A `FILTER EXISTS` or `FILTER NOT EXISTS` that Oxigraph takes long over."""

    token: Token
    """`EXISTS`, `NOT`, or the `!` of `!EXISTS`."""
    negated: bool
    changes: tuple[tuple[int, int, str], ...]
    """The changes of the text, from an offset to an offset, that make it quick; none where that is not proved."""


class _Pattern(NamedTuple):
    """The variables of a triple pattern; nothing where a constant stands."""

    subject: str
    verb: str
    value: str

    @property
    def variables(self) -> frozenset[str]:
        return frozenset(self) - {""}

    @property
    def ends(self) -> frozenset[str]:
        return frozenset((self.subject, self.value)) - {""}


def without_slow_exists(query: Query) -> str:
    """Give the text of a query with its slow EXISTS worked out once, not for every row, as far as that is proved.

    >>> from colloquy.sparql import read_query
    >>> inside = "{ ?talk <urn:by> ?who . ?talk <urn:on> ?day }"
    >>> without_slow_exists(read_query("SELECT ?who { ?who a <urn:Person> FILTER NOT EXISTS " + inside + " }"))
    'SELECT ?who { ?who a <urn:Person> FILTER(true)  MINUS { ?talk <urn:by> ?who . ?talk <urn:on> ?day } }'

    The query must be the one that is run: with parameters put in, other variables are shared.
    """
    text, pieces, done = query.text, [], 0
    for start, end, new in sorted(change for slow in slow_exists(query) for change in slow.changes):
        pieces += [text[done:start], new]
        done = end
    return "".join([*pieces, text[done:]])


def slow_exists(query: Query) -> list[Slow]:
    """Find every slow `FILTER EXISTS` and `FILTER NOT EXISTS` of a query; see `Slow`."""
    if not any(span.rule == "Exists" for span in query.spans):
        return []
    scopes: dict[int, frozenset[str]] = {}
    found = []
    for group, around in _groups(query.tree, query):
        filters = [node for node in group.children if query.tokens[node.start].text.upper() == "FILTER"]
        tests = [(node, exists) for node in filters for exists in node.below("Exists", apart=frozenset(("Exists",)))]
        if not tests:
            continue
        for one in (group, *around):
            if id(one) not in scopes:
                scopes[id(one)] = frozenset(in_scope(one, query))
        valued = frozenset().union(*(scopes[id(one)] for one in (group, *around)))
        bound = frozenset().union(*(p.variables for node in group.children for p in _patterns(node, query)))
        for node, exists in tests:
            patterns = [p for part in exists.below("TriplesSameSubjectPath") for p in _patterns(part, query)]
            open_ended = [pattern.ends for pattern in patterns if pattern.ends]
            if len(open_ended) > 1 and not all(ends & valued for ends in open_ended):
                negated = query.tokens[exists.start - 1].text.upper() in ("NOT", "!")
                first = exists.start - negated
                shared = frozenset().union(*(pattern.variables for pattern in patterns)) & valued
                enough = bool(shared & bound) if negated else bool(shared) and shared <= bound
                proved = enough and not around and _alone(node, first, exists, query)
                changes: tuple[tuple[int, int, str], ...] = ()
                if proved and _provable(exists, patterns, query) and _small(patterns):
                    changes = _changes(group, node, exists, () if negated else sorted(shared), query)
                found.append(Slow(query.tokens[first], negated, changes))
    return found


def _groups(root: Node, query: Query) -> Iterator[tuple[Node, tuple[Node, ...]]]:
    """Give each group of patterns with the groups around it from which condition 5 cuts it off; none where it holds."""
    waiting: list[tuple[Node, tuple[Node, ...], bool]] = [(root, (), False)]
    while waiting:
        node, around, closed = waiting.pop()
        if node.rule == "GroupGraphPattern":
            yield node, around if closed else ()
            around = (*around, node)
        if node.rule == "GraphPatternNotTriples":
            word = query.tokens[node.start].text.upper()
            closed |= word in _AROUND or (word == "GRAPH" and query.tokens[node.start + 1].kind == "variable")
        closed |= node.rule == "Exists"
        waiting += [(child, around, closed) for child in reversed(node.children)]


def _changes(
    group: Node, node: Node, exists: Node, shared: Iterable[str], query: Query
) -> tuple[tuple[int, int, str], ...]:
    """Put MINUS, or a sub-select of what is shared, last in the group; the filter stays as a full stop would."""
    tokens = query.tokens
    inside = query.text[tokens[exists.start + 1].offset : tokens[exists.end - 1].end]
    names = "".join(f" ?{name}" for name in shared)
    new = f"{{ SELECT DISTINCT{names} {inside} }}" if names else f"MINUS {inside}"
    last = tokens[group.end - 1].offset
    return (tokens[node.start].offset, tokens[node.end - 1].end, "FILTER(true)"), (last, last, f" {new} ")


def _alone(node: Node, first: int, exists: Node, query: Query) -> bool:
    """Tell whether a filter holds EXISTS or NOT EXISTS and no other condition."""
    around = [*query.tokens[node.start + 1 : first], *query.tokens[exists.end : node.end]]
    return all(token.text in ("(", ")") for token in around)


def _provable(exists: Node, patterns: list[_Pattern], query: Query) -> bool:
    """Keep conditions 1 to 3."""
    variables = frozenset().union(*(pattern.variables for pattern in patterns))
    for node in exists.children[0].children:
        tokens = query.tokens[node.start : node.end]
        if node.rule == "TriplesSameSubjectPath":
            if any(t.text in _NOT_READ or t.kind in ("nil", "anon", "blank") for t in tokens):
                return False
        elif tokens[0].text.upper() != "FILTER" or any(
            t.text.upper() in _UNFIXED or (t.kind == "variable" and t.text[1:] not in variables) for t in tokens
        ):
            return False
    return True


def _small(patterns: list[_Pattern]) -> bool:
    """Tell whether, from one pattern on, each other leads on from a subject that is known by then."""
    if len(patterns) > MOST_PATTERNS:
        return False
    for first in patterns:
        known, left = set(first.variables), [pattern for pattern in patterns if pattern is not first]
        while following := [p for p in left if not p.subject or p.subject in known]:
            known |= frozenset().union(*(pattern.variables for pattern in following))
            left = [pattern for pattern in left if pattern not in following]
        if not left:
            return True
    return False


def _patterns(node: Node, query: Query) -> Iterator[_Pattern]:
    """Give the triple patterns of triples with one subject; a path of several steps has one for each step.

    What stands in brackets is taken as it comes, as objects.
    """
    if node.rule != "TriplesSameSubjectPath":
        return
    subject, verb = "", node
    for part in node.below("VarOrTerm", "VerbPath"):
        if part.rule == "VerbPath":
            verb = part
        elif verb is node and part.start == node.start:
            subject = _variable(part, query)
        else:
            yield from _steps(subject, verb, _variable(part, query), query)


def _variable(part: Node, query: Query) -> str:
    return name_of(part, query) if query.tokens[part.start].kind == "variable" else ""


def _steps(subject: str, verb: Node, value: str, query: Query) -> Iterator[_Pattern]:
    tokens = query.tokens[verb.start : verb.end] if verb.rule == "VerbPath" else ()
    cuts = [index for index, token in enumerate(tokens) if token.text == "/"]
    named = next((token.text[1:] for token in tokens if token.kind == "variable"), "")
    before = subject
    for start, end in zip([0, *(cut + 1 for cut in cuts)], [*cuts, len(tokens)], strict=True):
        after = value if end == len(tokens) else f" {verb.start} {value} {end}"  # a name that no variable has
        backwards = start < len(tokens) and tokens[start].text == "^"
        yield _Pattern(after, named, before) if backwards else _Pattern(before, named, after)
        before = after
