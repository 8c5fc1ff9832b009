"""The parts of a query, cut along its tree.

Triples are parts one by one, however a `;` or `,` joins them; a filter of several conditions with
`&&` is several parts.  Groups, `GRAPH`, `UNION`, `FILTER EXISTS` and sub-selects hold parts of their
own, in blocks; `OPTIONAL` is one that never fails, and `MINUS` and `NOT EXISTS` are one each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from colloquy.doctor.triples import Triple, read_triples
from colloquy.sparql import Query
from colloquy.sparql.tree import Node, in_scope

_TAIL = frozenset(("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"))


@dataclass(frozen=True, eq=False)
class Part:
    """One condition of a query.

    `kind` is triple, filter, bind, values, optional, minus, not-exists, having, limit or offset;
    tokens `start` up to `end`.  Of a filter the tokens are those of its condition alone.
    """

    kind: str
    start: int
    end: int
    binds: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    """Variables without a value for which the part would say nothing."""
    triple: Triple | None = None
    whole: tuple[int, int] = (0, 0)
    """The tokens that go where the part goes, with the word `FILTER`."""


@dataclass(frozen=True, eq=False)
class Block:
    """Parts that stand together; `head` is the tokens before them, such as `GRAPH ?g`.

    `kind` is group, union, graph, exists or select.  A select has `clause`, and `tail` after its parts.
    """

    kind: str
    start: int
    end: int
    inner: list[Part | Block]
    head: tuple[int, int] = (0, 0)
    tail: list[Part | tuple[int, int]] = field(default_factory=list)
    grouped: bool = False

    def parts(self) -> Iterator[Part]:
        """Give all parts below, in the order of the text."""
        for one in (*self.inner, *self.tail):
            if isinstance(one, Block):
                yield from one.parts()
            elif isinstance(one, Part):
                yield one

    def blocks(self) -> Iterator[Block]:
        """Give this block and all below."""
        yield self
        for one in self.inner:
            if isinstance(one, Block):
                yield from one.blocks()


class Around(NamedTuple):
    """The blocks around a part, outermost first."""

    blocks: tuple[Block, ...]

    @property
    def graph(self) -> Block | None:
        """The innermost GRAPH."""
        return next((b for b in reversed(self.blocks) if b.kind == "graph"), None)


class Cutter:
    """Cuts one query."""

    def __init__(self, query: Query) -> None:
        self.query, self.tokens = query, query.tokens
        self._fresh = 0

    def cut(self, tree: Node) -> Block:
        """Give the parts of a query as a block; nothing is in it for a query without WHERE."""
        where = any(n.rule == "WhereClause" for n in tree.children)
        return self._select(tree) if where else Block("select", 0, 0, [])

    def _select(self, node: Node) -> Block:
        where = next(n for n in node.children if n.rule == "WhereClause")
        group = self._group(next(n for n in where.children if n.rule == "GroupGraphPattern"))
        block = Block("select", node.start, node.end, group.inner, (node.start, where.start))
        at, depth = where.end, 0
        cuts = []
        for index in range(where.end, node.end):
            text = self.tokens[index].text
            if depth == 0 and text.upper() in _TAIL:
                cuts.append(index)
            depth += (text in ("(", "{")) - (text in (")", "}"))
        for at, end in zip(cuts, [*cuts, node.end][1:], strict=True):
            word = self.tokens[at].text.upper()
            kinds = {"HAVING": "having", "LIMIT": "limit", "OFFSET": "offset", "VALUES": "values"}
            if word in kinds:
                binds = self._assigned(at, end) if word == "VALUES" else frozenset()
                block.tail.append(Part(kinds[word], at, end, binds, whole=(at, end)))
            else:
                block.tail.append((at, end))
        grouped = any(self.tokens[c].text.upper() == "GROUP" for c in cuts)
        clause = next((n for n in node.children if n.rule == "SelectClause"), None)
        if clause is not None:
            grouped = grouped or any(self._is_aggregate(n.start) for n in clause.below("BuiltInCall"))
        return Block("select", block.start, block.end, block.inner, block.head, block.tail, grouped)

    def _is_aggregate(self, index: int) -> bool:
        names = ("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT")
        return self.tokens[index].text.upper() in names

    def _group(self, node: Node, kind: str = "group", head: tuple[int, int] = (0, 0)) -> Block:
        inner: list[Part | Block] = []
        for child in node.children:
            if child.rule == "SubSelect":
                inner.append(self._select(child))
            elif child.rule == "TriplesSameSubjectPath":
                inner += self._triples(child)
            elif child.rule == "GraphPatternNotTriples":
                inner += self._other(child)
        return Block(kind, node.start, node.end, inner, head)

    def _triples(self, node: Node) -> Iterator[Part]:
        for triple in read_triples(self.tokens, node.start, node.end, self._name):
            binds = {t[1:] for t in (triple.subject.text, triple.value.text) if t[:1] in "?$"}
            if triple.verb.variable:
                binds.add(triple.verb.variable)
            yield Part("triple", triple.start, triple.end, frozenset(binds), triple=triple)

    def _name(self) -> str:
        self._fresh += 1
        return f"?doctor_b{self._fresh}"

    def _other(self, node: Node) -> Iterator[Part | Block]:
        word = self.tokens[node.start].text.upper()
        groups = [c for c in node.children if c.rule == "GroupGraphPattern"]
        whole = (node.start, node.end)
        if word == "{":
            blocks: list[Part | Block] = [self._group(group) for group in groups]
            yield Block("union", node.start, node.end, blocks) if len(blocks) > 1 else blocks[0]
        elif word == "GRAPH":
            yield self._group(groups[0], "graph", (node.start, node.start + 2))
        elif word == "FILTER":
            yield from self._filter(node)
        else:
            kind = word.lower()
            binds: frozenset[str] = frozenset()
            needs: frozenset[str] = frozenset()
            if kind in ("bind", "values"):
                binds = self._assigned(*whole)
                needs = self._variables(*whole) - binds if kind == "bind" else needs
            elif kind == "minus":
                needs = self._variables(*whole)
            elif kind == "optional":
                binds = frozenset(in_scope(groups[0], self.query))
            yield Part(kind, node.start, node.end, binds, needs, whole=whole)

    def _filter(self, node: Node) -> Iterator[Part | Block]:
        whole = (node.start, node.end)
        exists = list(node.below("Exists", apart=frozenset(("Exists",))))
        start, end = node.start + 1, node.end
        while self._bracketed(start, end):
            start, end = start + 1, end - 1
        if exists:
            one = exists[0]
            if start == one.start and end == one.end:
                yield self._group(one.children[0], "exists", (one.start, one.start + 1))
                return
            negated = self.tokens[start].text.upper() in ("NOT", "!") and (start + 1, end) == (one.start, one.end)
            inside = self._variables(start, end)
            if not negated:
                outside = {
                    t.text[1:] for i, t in enumerate(self.tokens) if t.kind == "variable" and not start <= i < end
                }
                inside &= outside
            yield Part("not-exists" if negated else "filter", start, end, needs=inside, whole=whole)
            return
        for first, last in self._conditions(start, end):
            yield Part("filter", first, last, needs=self._variables(first, last), whole=whole)

    def _bracketed(self, start: int, end: int) -> bool:
        if end - start < 3 or self.tokens[start].text != "(" or self.tokens[end - 1].text != ")":
            return False
        depth = 0
        for index in range(start, end - 1):
            depth += (self.tokens[index].text == "(") - (self.tokens[index].text == ")")
            if not depth:
                return False
        return True

    def _conditions(self, start: int, end: int) -> list[tuple[int, int]]:
        """Cut `a && b` in two, unless `||` stands beside it."""
        depth, cuts = 0, []
        for index in range(start, end):
            text = self.tokens[index].text
            depth += (text == "(") - (text == ")")
            if not depth and text == "||":
                return [(start, end)]
            if not depth and text == "&&":
                cuts.append(index)
        found = []
        for first, last in zip([start, *(c + 1 for c in cuts)], [*cuts, end], strict=True):
            while self._bracketed(first, last):
                first, last = first + 1, last - 1
            found.append((first, last))
        return found

    def _variables(self, start: int, end: int) -> frozenset[str]:
        return frozenset(t.text[1:] for t in self.tokens[start:end] if t.kind == "variable")

    def _assigned(self, start: int, end: int) -> frozenset[str]:
        spans = self.query.find("AssignedVar")
        return frozenset(self.tokens[s.start].text[1:] for s in spans if start <= s.start < end)
