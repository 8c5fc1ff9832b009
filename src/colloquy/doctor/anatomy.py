"""A query as parts, written again with some of them only, and with other words for some tokens."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from colloquy.doctor.cutting import Around, Block, Cutter, Part
from colloquy.sparql import Query
from colloquy.sparql.tokens import Token
from colloquy.sparql.tree import tree_of

Swaps = Mapping[int, str]
"""New texts for tokens, by their index: nothing for those that go."""

HOLE = "doctor_hole"
"""The variable that stands where something else should perhaps stand."""


class Body:
    """A query and its parts.

    >>> from colloquy.sparql import read_query
    >>> body = Body(read_query("SELECT ?who { ?who a <urn:Poet> ; <urn:age> ?age FILTER(?age > 90 && ?age < 99) }"))
    >>> [body.words(part) for part in body.parts]
    ['?who a <urn:Poet>', '?who <urn:age> ?age', '?age > 90', '?age < 99']
    >>> body.ask(body.parts[:1])
    'ASK { ?who a <urn:Poet> . }'
    """

    def __init__(self, query: Query) -> None:
        self.query = query
        self.tokens = query.tokens
        self.tree = tree_of(query)
        self.root = Cutter(query).cut(self.tree)
        self.parts: list[Part] = list(self.root.parts())
        self._bindable = frozenset().union(*(p.binds for p in self.parts))
        self.given = frozenset(self._given())
        """The variables that no part binds: of `GRAPH ?g`, and what a sub-select computes."""
        self.around: dict[Part, Around] = {}
        self._place(self.root, ())

    def _place(self, block: Block, around: tuple[Block, ...]) -> None:
        inside = (*around, block)
        for one in (*block.inner, *block.tail):
            if isinstance(one, Part):
                self.around[one] = Around(inside)
            elif isinstance(one, Block):
                self._place(one, inside)

    def _given(self) -> Iterator[str]:
        assigned = [span.start for span in self.query.find("AssignedVar")]
        for block in self.root.blocks():
            start, end = block.head
            if block.kind == "graph" and self.tokens[end - 1].kind == "variable":
                yield self.tokens[end - 1].text[1:]
            elif block.kind == "select" and block is not self.root:
                yield from (self.tokens[index].text[1:] for index in assigned if start <= index < end)

    # --- words and places ---------------------------------------------------------------------

    def words(self, part: Part, swaps: Swaps | None = None) -> str:
        """Write one part; a triple with its subject."""
        swaps = swaps or {}
        if part.triple is None:
            return self.write(part.start, part.end, swaps)
        s, v, o = part.triple.subject, part.triple.verb, part.triple.value
        ends = [self.write(x.start, x.end, swaps) if x.end > x.start else x.text for x in (s, o)]
        return f"{ends[0]} {self.write(v.start, v.end, swaps)} {ends[1]}"

    def write(self, start: int, end: int, swaps: Swaps) -> str:
        """Write some tokens as they stand, with what is swapped."""
        pieces: list[str] = []
        for index in range(start, end):
            token = self.tokens[index]
            if index > start:
                pieces.append(self.query.text[self.tokens[index - 1].end : token.offset])
            pieces.append(swaps.get(index, token.text))
        return "".join(pieces)

    def token(self, part: Part) -> Token:
        """Give the token at which a part begins."""
        return self.tokens[part.start]

    # --- writing again ------------------------------------------------------------------------

    def select_clause(self, swaps: Swaps) -> str:
        """Write what the outermost SELECT selects; `*` for other forms."""
        clause = next((n for n in self.tree.children if n.rule == "SelectClause"), None)
        return self.write(clause.start + 1, clause.end, swaps) if clause else "*"

    @property
    def prologue(self) -> str:
        """What stands before the query: its prefixes."""
        end = next((n.end for n in self.tree.children if n.rule == "Prologue"), 0)
        return self.write(0, end, {}) + "\n" if end else ""

    @property
    def _dataset(self) -> str:
        clauses = [n for n in self.tree.children if n.rule == "DatasetClause"]
        return "".join(self.write(n.start, n.end, {}) + " " for n in clauses)

    def ask(self, keep: Collection[Part], swaps: Swaps | None = None, more: str = "") -> str:
        """Write an ASK for some of the parts; `more` are further patterns of the outermost group."""
        return f"{self.prologue}ASK {self._dataset}{self.group(keep, swaps or {}, more)}"

    def select(
        self, what: str, keep: Collection[Part], swaps: Swaps | None = None, more: str = "", end: str = ""
    ) -> str:
        """Write a SELECT of `what` for some of the parts; a HOLE in a sub-select is handed on."""
        return f"{self.prologue}SELECT {what} {self._dataset}WHERE {self.group(keep, swaps or {}, more)}{end}"

    def tail(self, keep: Collection[Part], swaps: Swaps) -> str:
        """Write GROUP BY, and what else of the outermost tail is kept, without ORDER BY."""
        return self._tail(self.root, frozenset(keep), swaps)

    def group(self, keep: Collection[Part], swaps: Swaps, more: str = "") -> str:
        """Write the outermost group with some of its parts; what lacks a variable then is left out too."""
        kept = frozenset(keep)
        bound: set[str] = set()
        bound |= self.given
        waiting = [p for p in self.parts if p in kept]
        while waiting:  # a BIND may need what another one binds
            settled = [p for p in waiting if self._needs(p) <= bound or p.kind == "having"]
            if not settled:
                break
            bound |= frozenset().union(*(p.binds for p in settled))
            waiting = [p for p in waiting if p not in settled]
        inner = self._inner(self.root, kept - frozenset(waiting), swaps)
        outer = [p for p in self.root.tail if isinstance(p, Part) and p.kind == "values" and p in kept]
        inner += "".join(" " + self.write(p.start, p.end, swaps) for p in outer)
        return f"{{{inner} {more}}}" if more else f"{{{inner} }}"

    def _needs(self, part: Part) -> frozenset[str]:
        """Give what a part needs; MINUS and NOT EXISTS only what a row can have at all."""
        return part.needs & self._bindable if part.kind in ("minus", "not-exists") else part.needs

    def _inner(self, block: Block, kept: frozenset[Part], swaps: Swaps) -> str:
        pieces: list[str] = []
        for one in block.inner:
            if isinstance(one, Block):
                pieces.append(self._block(one, kept, swaps))
            elif one in kept:
                text = self.words(one, swaps)
                pieces.append({"triple": f"{text} .", "filter": f"FILTER({text})"}.get(one.kind, text))
                if one.kind == "not-exists":
                    pieces[-1] = f"FILTER({text})"
        return "".join(" " + piece for piece in pieces if piece)

    def _block(self, block: Block, kept: frozenset[Part], swaps: Swaps) -> str:
        if not any(part in kept for part in block.parts()):
            return ""
        if block.kind == "union":
            branches = [self._inner(b, kept, swaps) for b in block.inner if isinstance(b, Block)]
            return " UNION ".join(f"{{{text} }}" for text in branches)
        inner = self._inner(block, kept, swaps)
        if block.kind == "group":
            return f"{{{inner} }}"
        head = self.write(*block.head, swaps)
        if block.kind == "graph":
            return f"{head} {{{inner} }}"
        if block.kind == "exists":
            return f"FILTER EXISTS {{{inner} }}"
        return f"{{ {self._head(block, swaps)} {{{inner} }}{self._tail(block, kept, swaps)} }}"

    def _head(self, block: Block, swaps: Swaps) -> str:
        """Write SELECT of a sub-select; with a HOLE below, it hands the hole on."""
        start, end = block.head
        text = self.write(start, end, swaps)
        if not self._holds_hole(block, swaps) or self.tokens[end - 1].text == "*":
            return text
        return f"{text} ?{HOLE}"

    def _holds_hole(self, block: Block, swaps: Swaps) -> bool:
        return any(block.start <= index < block.end and f"?{HOLE}" in text for index, text in swaps.items())

    def _tail(self, block: Block, kept: frozenset[Part], swaps: Swaps) -> str:
        pieces = []
        grouping = False
        for one in block.tail:
            if isinstance(one, Part):
                if one in kept and not (block is self.root and one.kind == "values"):
                    pieces.append(self.write(one.start, one.end, swaps))
            elif self.tokens[one[0]].text.upper() == "GROUP":
                grouping = True
                hole = f" ?{HOLE}" if block is not self.root and self._holds_hole(block, swaps) else ""
                pieces.append(self.write(*one, swaps) + hole)
            elif block is not self.root:
                pieces.append(self.write(*one, swaps))
        if block is not self.root and block.grouped and not grouping and self._holds_hole(block, swaps):
            pieces.insert(0, f"GROUP BY ?{HOLE}")
        return "".join(" " + piece for piece in pieces)
