"""A query as a tree: the spans of the grammar, each within the one around it, and what binds variables.

"In scope" is said in SPARQL 1.1, clause 18.2.1 (https://www.w3.org/TR/sparql11-query/#variableScope).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from colloquy.sparql.grammar import Span
from colloquy.sparql.tokens import Token

if TYPE_CHECKING:
    from colloquy.sparql.reader import Query

_BINDING = frozenset(("Var", "IriVar", "AssignedVar"))
_APART = frozenset(("Exists",))
_TESTING = frozenset(("Minus", "Exists", "Constraint"))


@dataclass(frozen=True)
class Node:
    """What a marked rule of the grammar has read: its tokens `start` up to `end`, and the nodes within."""

    rule: str
    start: int
    end: int
    children: tuple[Node, ...] = field(default=(), repr=False)

    def below(self, *rules: str, apart: frozenset[str] = frozenset()) -> Iterator[Node]:
        """Give the nodes of some rules below this one, in the order of the text; nothing below `apart`."""
        waiting = [*reversed(self.children)]
        while waiting:
            node = waiting.pop()
            if node.rule in rules:
                yield node
            if node.rule not in apart:
                waiting += reversed(node.children)


def tree_of(query: Query) -> Node:
    """Put the spans of a query one into the other; in linear time, without recursion.

    >>> from colloquy.sparql import read_query
    >>> tree = tree_of(read_query("ASK { ?poet a ?kind FILTER(?kind != ?poet) }"))
    >>> [child.rule for child in tree.children[0].children[0].children]
    ['TriplesSameSubjectPath', 'GraphPatternNotTriples']
    """
    open_: list[Node] = []
    for rule, start, end in (*query.spans, Span("Query", 0, len(query.tokens))):
        first = len(open_)
        while first and open_[first - 1].start >= start:  # what stands inside a rule comes before the rule
            first -= 1
        open_[first:] = [Node(rule, start, end, tuple(open_[first:]))]
    return open_[0]


def name_of(node: Node, query: Query) -> str:
    """Give the name of the variable that a node is."""
    return query.tokens[node.start].text[1:]


def in_scope(select: Node, query: Query) -> dict[str, int]:
    """Give the variables that patterns bind, each with the first token that does so.

    `select` is the tree of a query, a sub-select or a group.  What stands in FILTER, MINUS and EXISTS
    alone binds nothing, and of a sub-select is seen what it selects.
    """
    found: dict[str, int] = {}
    waiting = [child for child in reversed(select.children) if child.rule != "SelectClause"]
    while waiting:
        node = waiting.pop()
        if node.rule in _BINDING:
            found.setdefault(name_of(node, query), node.start)
        elif node.rule == "SubSelect":
            clause = node.children[0]
            if query.tokens[clause.end - 1].text == "*":
                waiting += reversed(node.children[1:])
            for one in clause.below("SelectVar", "AssignedVar"):
                found.setdefault(name_of(one, query), one.start)
        elif node.rule not in _TESTING:
            waiting += reversed(node.children)
    return found


def unbound(query: Query) -> list[tuple[Token, bool, Iterable[str]]]:
    """Give what SELECT names and no pattern gives a value: its token, whether it stands in WHERE, and what is known.

    Each variable comes once for each SELECT, sub-selects too; those in the expressions of SELECT count.
    """
    tree = query.tree
    found: list[tuple[Token, bool, Iterable[str]]] = []
    for select in (tree, *tree.below("SubSelect")):
        clause = next((child for child in select.children if child.rule == "SelectClause"), None)
        if clause is None:
            continue
        uses = {name_of(node, query): node for node in reversed([*clause.below("SelectVar", "UsedVar", apart=_APART)])}
        if not uses:
            continue
        known = in_scope(select, query)
        made = {name_of(node, query) for node in clause.below("AssignedVar")}
        standing = {token.text[1:] for token in query.tokens[clause.end : select.end] if token.kind == "variable"}
        missing = sorted(uses.keys() - known.keys() - made, key=lambda name: uses[name].start)
        found += [(query.tokens[uses[name].start], name in standing, known) for name in missing]
    return found
