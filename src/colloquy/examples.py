"""A question for every class, made from the ontology: plain words, and the query that answers them.

An ontology author writes neither.  A question asks for a property that is in use, so that it has rows,
in the words by which the fact itself is said.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from colloquy.index import TripleIndex
from colloquy.ontology import Class, Ontology, Property
from colloquy.terms import CQ, LABEL, TYPE, Term, compress, slug

_EASY = ("reference", "relation", "named", "literal", "text")
_PLACES = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Example:
    """A question in plain words, and the query that answers it."""

    words: str
    query: str
    answered: bool
    """Whether the graph has what is asked for, so that there are rows."""


class Examples:
    """Makes the questions of an ontology from what the closure of the facts holds."""

    def __init__(self, ontology: Ontology, graph: TripleIndex, prefixes: Mapping[str, str]) -> None:
        self.ontology, self.graph, self.prefixes = ontology, graph, dict(prefixes)

    def questions(self) -> list[tuple[Class, Example]]:
        """Make a question for each class that has things, sorted by the name of the class."""
        made = ((c, self.question(c)) for _, c in sorted(self.ontology.classes.items()))
        return [(c, example) for c, example in made if example.answered]

    # --- what is in use -------------------------------------------------------------------------

    @cached_property
    def uses(self) -> dict[Term, Counter[Term]]:
        """How often the things of a class have a property, by property and class."""
        found: dict[Term, Counter[Term]] = defaultdict(Counter)
        for p in self.ontology.properties:
            for s, _, _ in self.graph.match(None, p.term, None):
                found[p.term].update(self.graph.objects(s, TYPE))
        return found

    def names(self, p: Property) -> bool:
        """Tell whether a property gives a thing its name."""
        return (LABEL, False) in self.ontology.rules.implied(p.term)

    def depth(self, p: Property, c: Class) -> int:
        """Say how near to a class a property's domain is: the larger, the nearer; 0 for what any entry takes."""
        return max((len(self.ontology.rules.ancestors(d)) for d in p.domain & c.ancestors), default=0)

    def telling(self, c: Class) -> list[Property]:
        """Put the properties of a class in the order in which they tell most: used ones, near ones, links."""

        def order(p: Property) -> tuple[object, ...]:
            used = self.uses[p.term][c.term]
            return not used, -self.depth(p, c), _EASY.index(p.kind), -used, p.key

        keys = self.ontology.keys(c).values()
        return sorted((p for p in keys if not self.names(p)), key=order)

    def owners(self, c: Class) -> list[Property]:
        """Give the properties that lead to a relation or a name, the most used first."""
        found = [p for p in self.ontology.properties if p.range & c.ancestors]
        return sorted(found, key=lambda p: (-self.uses[p.term].total(), p.key, p.term))

    # --- questions ------------------------------------------------------------------------------

    def question(self, c: Class) -> Example:
        """Make the question of a class; where nothing of the class is there yet, it waits for its first answer."""
        return {"relation": self._of_relation, "named": self._of_name}.get(c.kind, self._of_entity)(c)

    def _of_entity(self, c: Class) -> Example:
        there = bool(self.graph.subjects(TYPE, c.term))
        p = next((p for p in self.telling(c) if p.domain and (not there or self.uses[p.term][c.term])), None)
        query = _Query(self.prefixes)
        thing = query.variable(c.label)
        query.says(f"?{thing} a {query.name(c.term)}")
        if p is None:
            name = query.variable("name")
            query.says(f"?{thing} {query.name(LABEL)} ?{name}", optional=True)
            return Example(f"Which {c.label} is there, and what is it called?", query.text([thing, name]), there)
        far, words = self._follow(query, thing, p)
        return Example(self._words(p, c.label, words), query.text([thing, *far]), there)

    def _of_relation(self, c: Class) -> Example:
        there = bool(self.graph.subjects(TYPE, c.term))
        query = _Query(self.prefixes)
        owner = next(iter(self.owners(c)), None)
        if owner is None or (there and not self.uses[owner.term]):
            one = query.variable(c.label)
            query.says(f"?{one} a {query.name(c.term)}")
            return Example(f"Which {c.label} is there?", query.text([one]), there)
        of = [self.ontology.label(t) for t in owner.domain]
        thing = query.variable(of[0] if len(of) == 1 else "thing")
        far, words = self._follow(query, thing, owner, c)
        return Example(self._words(owner, of[0] if len(of) == 1 else "thing", words), query.text([thing, *far]), there)

    def _of_name(self, c: Class) -> Example:
        query = _Query(self.prefixes)
        named, name, thing, by = (query.variable(w) for w in (f"this {c.label}", c.label, "thing", "by"))
        query.says(f"?{named} a {query.name(c.term)}")
        query.says(f"?{named} {query.name(LABEL)} ?{name}")
        query.says(f"?{thing} ?{by} ?{named}")
        counted = query.variable("things")
        count = f"(COUNT(DISTINCT ?{thing}) AS ?{counted})"
        text = query.text([name], count, f"GROUP BY ?{name}", [f"DESC(?{counted})"])
        words = f"Which {c.label} is named, and of how many things?"
        return Example(words, text, bool(self.graph.subjects(TYPE, c.term)))

    def _follow(self, query: _Query, thing: str, p: Property, c: Class | None = None) -> tuple[list[str], str]:
        """Add what a property leads to; give its variables, and a word for its far end."""
        if p.kind != "relation":
            words = self._far(p)
            name = words.removeprefix("which ") if words and len(p.range) == 1 else p.label
            return [self._value(query, thing, p, name)], words
        inner = c or next(filter(None, (self.ontology.class_by_term.get(t) for t in sorted(p.range))), None)
        node = query.variable(inner.label if inner else p.label)
        query.says(f"?{thing} {query.name(p.term)} ?{node}")
        if c is not None and c.term not in p.range:
            query.says(f"?{node} a {query.name(c.term)}")
        if inner is None:
            return [node], ""
        back = {q for q, turned in self.ontology.rules.implied(p.term) if turned}
        parts = [q for q in self.telling(inner) if q.domain and q.kind != "relation" and q.term not in back]
        parts.sort(key=lambda q: q.term != p.target)
        used = [q for q in parts if self.uses[q.term][inner.term]] or parts
        if not used:
            return [node], ""
        # Not all have the same parts: what only some have is no reason to leave the others out.
        least = self.uses[p.term].total() and len(self.graph.subjects(TYPE, inner.term))
        far = []
        for q in used[:3]:
            everywhere = self.uses[q.term][inner.term] >= least
            far.append(self._value(query, node, q, q.label, optional=not everywhere))
        return far, self._far(used[0])

    def _far(self, p: Property) -> str:
        """Ask for the far end of a property; nothing where it is no thing."""
        if p.kind != "reference":
            return ""
        labels = sorted(self.ontology.label(t) for t in p.range)
        return f"which {labels[0]}" if len(labels) == 1 else "whom or what"

    def _value(self, query: _Query, thing: str, p: Property, words: str, *, optional: bool = False) -> str:
        value = query.variable(words)
        path = f"{query.name(p.term)}/{query.name(LABEL)}" if p.kind == "named" else query.name(p.term)
        query.says(f"?{thing} {path} ?{value}", optional=optional)
        return value

    def _words(self, p: Property, subject: str, far: str) -> str:
        """Ask in the words by which the fact is said, where they are a sentence with its two ends."""
        said = bool(self.ontology.index.objects(p.term, f"<{CQ}sentence>"))
        plain_ends = sorted(_PLACES.findall(p.sentence)) == ["object", "subject"]
        if said and plain_ends and far and not re.search('[:;—“”"]', p.sentence):
            text = p.sentence.replace("{subject}", f"which {subject}").replace("{object}", far)
            return text[:1].upper() + text[1:].rstrip(" .!") + "?"
        return f"Which {subject} has which {p.label}?"


class _Query:
    """A SELECT query in the making: its variables, and what it says, line by line."""

    def __init__(self, prefixes: dict[str, str]) -> None:
        self.prefixes = prefixes
        self.taken: list[str] = []
        self.lines: list[str] = []

    def variable(self, words: str) -> str:
        plain_name = slug(words).replace("-", "_") or "thing"
        if plain_name[0].isdigit():
            plain_name = f"the_{plain_name}"
        name, number = plain_name, 1
        while name in self.taken:
            number += 1
            name = f"{plain_name}_{number}"
        self.taken.append(name)
        return name

    def name(self, term: Term) -> str:
        return compress(term, self.prefixes)

    def says(self, triple: str, *, optional: bool = False) -> None:
        self.lines.append(f"OPTIONAL {{ {triple} }}" if optional else f"{triple} .")

    def text(self, shown: list[str], counted: str = "", group: str = "", first: Iterable[str] = ()) -> str:
        columns = " ".join([*(f"?{name}" for name in shown), *filter(None, [counted])])
        order = " ".join([*first, *(f"?{name}" for name in shown)])
        body = "\n".join(f"  {line}" for line in self.lines)
        tail = f"{group}\nORDER BY {order}" if group else f"ORDER BY {order}"
        return f"SELECT {columns} WHERE {{\n{body}\n}}\n{tail}\n"
