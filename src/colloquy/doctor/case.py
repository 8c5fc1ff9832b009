"""A query under examination: its parts, what is asked about them, and changes that may repair it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from colloquy.doctor import nearness
from colloquy.doctor.anatomy import HOLE, Body, Swaps
from colloquy.doctor.cutting import Part
from colloquy.doctor.probes import MOST_VALUES, Probes
from colloquy.ontology import Ontology, local_name, words_of
from colloquy.sparql import Query
from colloquy.sparql.tokens import Token
from colloquy.terms import LABEL, TYPE, XSD, Term, compress, is_iri, literal_parts

Edit = tuple[int, int, str]
"""From a token, up to a token, and what stands there instead; nothing is left where that is empty."""

_PLURAL = "<https://colloquy.example/ns#plural>"


@dataclass(frozen=True)
class Candidate:
    """A change that may repair a query: the lower the cost, the likelier it is meant."""

    cost: float
    cause: str
    edits: tuple[Edit, ...]
    words: str
    why: str
    part: Part | None = None


class Case:
    """All that the examiners share."""

    def __init__(self, query: Query, probes: Probes, prefixes: Mapping[str, str], ontology: Ontology) -> None:
        self.query, self.probes, self.ontology = query, probes, ontology
        self.body = Body(query)
        self.prefixes = {**prefixes, **declared(query)}
        places = {token.offset: index for index, token in enumerate(query.tokens)}
        self.iris = {places[name.token.offset]: f"<{name.iri}>" for name in query.names}
        self.unknown: frozenset[Term] = frozenset()
        self.culprits: list[Part] = []
        """The parts without which there are rows."""
        self.near = ""
        """What is near to the unknown terms, and gives no rows either."""
        self.parts: list[Part] = [p for p in self.body.parts if p.kind != "optional" or self._is_used(p)]
        """The parts that are looked at: all, but where something is wrong in several places that do not touch."""

    # --- terms ------------------------------------------------------------------------------

    def show(self, term: Term) -> str:
        """Write a term as one would in this query."""
        if is_iri(term):
            return compress(term, self.prefixes)
        part = literal_parts(term)
        if part.datatype == XSD + "integer" and part.lexical.lstrip("+-").isdigit():
            return part.lexical
        if part.datatype == XSD + "boolean" and part.lexical in ("true", "false"):
            return part.lexical
        return compress(term, self.prefixes)

    def term_at(self, start: int, end: int) -> Term | None:
        """Give the term that some tokens write, as the graph would; None for a variable."""
        token = self.query.tokens[start]
        if start in self.iris:
            return self.iris[start]
        if token.text == "a":
            return TYPE
        datatype = self.iris[end - 1][1:-1] if end - start == 3 else ""
        return literal_of(self.query.tokens[start:end], datatype)

    def is_type(self, part: Part) -> bool:
        """Tell whether a triple says of which class something is."""
        triple = part.triple
        if triple is None or not triple.verb.plain:
            return False
        return self.term_at(triple.verb.start, triple.verb.end) == TYPE

    @cached_property
    def class_names(self) -> dict[Term, list[str]]:
        """The classes of the data with the names that a variable may have after them."""
        index = self.ontology.index
        found = {}
        for term in self.probes.classes():
            label, plural = words_of(index, term, LABEL), words_of(index, term, _PLURAL)
            found[term] = [name.partition(" (")[0] for name in (local_name(term), label, plural) if name]
        return found

    def named_after(self, variable: str) -> list[Term]:
        """Give the classes that a variable is called after."""
        return [term for term, names in self.class_names.items() if nearness.names(variable, names)]

    def _is_used(self, optional: Part) -> bool:
        """Tell whether another part speaks of what an OPTIONAL alone binds."""
        others = [p for p in self.body.parts if p is not optional]
        own = optional.binds.difference(*(p.binds for p in others if p.kind != "optional"))
        return any(own & (p.binds | p.needs) for p in others)

    def is_last(self, part: Part) -> bool:
        """Tell whether a part is HAVING, LIMIT or OFFSET of the query as a whole: what is left of its rows."""
        return part.kind in ("having", "limit", "offset") and part in self.body.root.tail

    # --- asking -----------------------------------------------------------------------------

    def gives(self, keep: Collection[Part], swaps: Swaps | None = None, more: str = "") -> bool | None:
        """Tell whether some parts hold together."""
        if not any(self.is_last(p) for p in keep):
            return self.probes.gives(self.body.ask(keep, swaps, more))
        clause = self.body.select_clause(swaps or {})
        text = self.body.select(clause, keep, swaps, more, self.body.tail(keep, swaps or {}))
        return self.probes.gives(text)

    def values(self, keep: Iterable[Part], swaps: Swaps, more: str = "", what: str = "") -> list[Term]:
        """Give what could stand in the HOLE, so that all kept parts hold.

        Where that takes too long, only the parts are kept that share a variable with what is asked for.
        """
        kept = [p for p in keep if not self.is_last(p)]
        what = f"DISTINCT {what or f'?{HOLE}'}"
        answer = self.probes.answer(self.body.select(what, kept, swaps, more, f" LIMIT {MOST_VALUES}"))
        if answer is None:
            holed = [p for p in kept if any(i in swaps for i in self.tokens_of(p))]
            shared = frozenset().union(*(p.binds for p in holed)) | {what.removeprefix("DISTINCT ?")}
            near = [p for p in kept if p in holed or (p.kind == "triple" and p.binds & shared)]
            answer = self.probes.answer(self.body.select(what, near, swaps, more, f" LIMIT {MOST_VALUES}"))
        return [] if answer is None else [row[0] for row in answer.rows if row and row[0] is not None]

    def tokens_of(self, part: Part) -> Iterator[int]:
        """Give the tokens of a part, with the subject of a triple and the name of the graph around it."""
        if part.triple is None:
            yield from range(part.start, part.end)
        else:
            for spot in (part.triple.subject, part.triple.verb, part.triple.value):
                yield from range(spot.start, spot.end)
        for block in self.body.around[part].blocks:
            if block.kind == "graph":
                yield from range(*block.head)

    def hole(self, start: int, end: int) -> dict[int, str]:
        """Put the HOLE in the place of some tokens."""
        return {start: f"?{HOLE}", **dict.fromkeys(range(start + 1, end), "")}

    def repaired(self, edits: Iterable[Edit]) -> str:
        """Write the user's own text with some tokens changed, and all else as it stands."""
        text, pieces, done = self.query.text, [], 0
        for start, end, new in sorted(edits):
            at = self.query.tokens[start].offset if start < len(self.query.tokens) else len(text)
            stop = self.query.tokens[end - 1].end if end > start else at
            pieces += [text[done:at], new]
            done = stop
        return "".join([*pieces, text[done:]])


def declared(query: Query) -> dict[str, str]:
    """Give the prefixes that a query declares itself."""
    found = {}
    for index, token in enumerate(query.tokens[:-2]):
        if token.text.upper() == "PREFIX" and query.tokens[index + 1].kind == "namespace":
            found[query.tokens[index + 1].text[:-1]] = query.tokens[index + 2].text[1:-1]
        elif token.text == "{":
            break
    return found


def literal_of(tokens: tuple[Token, ...], datatype: str = "") -> Term | None:
    """Give the literal that tokens write; None where they write none."""
    token = tokens[0]
    if token.kind in ("integer", "signed", "decimal"):
        kind = "integer" if token.text.lstrip("+-").isdigit() else "double" if "e" in token.text.lower() else "decimal"
        return f'"{token.text.lstrip("+")}"^^<{XSD}{kind}>'
    if token.text.lower() in ("true", "false"):
        return f'"{token.text.lower()}"^^<{XSD}boolean>'
    if token.kind != "string":
        return None
    quotes = 3 if token.text[:3] in ('"""', "'" * 3) else 1
    inner = token.text[quotes:-quotes].replace("\\'", "'")
    if token.text[0] == "'" or quotes == 3:
        inner = inner.replace('\\"', '"').replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    if len(tokens) == 2:
        return f'"{inner}"@{tokens[1].text[1:].lower()}'
    return f'"{inner}"^^<{datatype}>' if datatype and datatype != XSD + "string" else f'"{inner}"'
