"""The network: entities as nodes, authored relations as edges, everything said in words with its evidence.

Nodes are entries whose class is drawn; a qualified relation is one edge, from its owner to its far
end.  What has no far end to draw (a date, a name, a role in a body that nobody names) is a fact of
its node.  Entailed twins stay out: an edge means that somebody wrote it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from colloquy.errors import Place
from colloquy.facts import Facts, Statement
from colloquy.index import TripleIndex
from colloquy.ontology import Class, Ontology, Property, local_name, words_of
from colloquy.settings import Settings
from colloquy.terms import ALT_LABEL, LABEL, TYPE, XSD, Term, is_iri, iri_value, literal_parts, plain

if TYPE_CHECKING:
    import networkx

_MONTHS = "January February March April May June July August September October November December".split()
_DATE = re.compile(r"(?P<year>\d{4})?(?:-{1,2}(?P<month>\d\d))?(?:-(?P<day>\d\d))?(?:T(?P<time>[\d:.]+))?(?P<zone>Z|[+-]\d\d:\d\d)?")
_DATED = {XSD + name for name in ("date", "gYear", "gYearMonth", "gMonthDay", "dateTime")}
_SLOT = re.compile(r"\{(\w+)\}")
_ENDED = re.compile(r"[.!?…][\"'”’»)\]]*$")
_MISSING = "…"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a statement was written and what says so.

    `entry` is the id of the entry it stands in; `document` the name of the document `document_id`.
    """

    place: Place
    entry: str
    basis: str
    document: str | None
    document_id: str | None
    section: str | None
    phrase: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """Something said in words: the statements that made it, and the label of the property it is about."""

    text: str
    evidence: tuple[Origin, ...]
    group: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """An entity of the network; `id` is its entry's, `kind` the class it has in the legend."""

    id: str
    iri: str
    label: str
    aliases: tuple[str, ...]
    kind: Class
    facts: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """An authored relation from the node `source` to the node `target`.

    `text` says it from the source and `back` from the target; `evidence` is that of the whole
    sentence, and each of `details` has its own.  `id` is made of the content alone.
    """

    id: str
    source: str
    target: str
    relation: Property
    text: str
    back: str
    evidence: tuple[Origin, ...]
    details: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes and edges by id, the kinds in use in the order of the legend, the relations by label."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    kinds: tuple[Class, ...]
    relations: tuple[Property, ...]


# --- words ----------------------------------------------------------------------------------


def say(template: str, values: Mapping[str, str], details: Iterable[str] = ()) -> str:
    """Fill the slots of a sentence once, add the details, and end it with one full stop.

    >>> say("{subject} belongs to {object}", {"subject": "Ada", "object": "Tide Ltd."}, ["as Chair", "from 2015"])
    'Ada belongs to Tide Ltd. as Chair, from 2015.'
    >>> say("{subject} wrote {object}.", {"subject": "Ada", "object": "Who knows?"})
    'Ada wrote Who knows?'

    A slot without a value becomes `…`.
    """
    text = _SLOT.sub(lambda slot: values.get(slot[1], _MISSING), template.strip().removesuffix("."))
    added = ", ".join(details)
    text = f"{text} {added}" if added else text
    return text if _ENDED.search(text) else text + "."


def words(term: Term) -> str:
    """Say a literal: dates in full and no more exact than they are, true and false as yes and no.

    >>> words(f'"--10-28"^^<{XSD}gMonthDay>'), words(f'"2014-10"^^<{XSD}gYearMonth>')
    ('28 October (year not said)', 'October 2014')
    """
    lexical, datatype, _ = literal_parts(term)
    if datatype == XSD + "boolean":
        return "yes" if lexical in ("true", "1") else "no"
    found = _DATE.fullmatch(lexical) if datatype in _DATED else None
    if found is None:
        return lexical
    year, month, day, time, zone = found.group("year", "month", "day", "time", "zone")
    parts = [str(int(day))] if day else []
    parts += [_MONTHS[int(month) - 1]] if month else []
    parts += [year] if year else []
    text = " ".join(parts)
    text += f", {time.removesuffix(':00') if time.count(':') > 1 else time}" if time else ""
    text += f" {'UTC' if zone == 'Z' else 'UTC' + zone}" if zone else ""
    return text if year else f"{text} (year not said)"


# --- from facts to the network --------------------------------------------------------------


def build_network(ontology: Ontology, facts: Facts, closure: TripleIndex, settings: Settings) -> Network:
    """Make the network of the facts: the same facts give the same network, in whatever order they are read."""
    return _Builder(ontology, facts, closure, settings).build()


class _Builder:
    def __init__(self, ontology: Ontology, facts: Facts, closure: TripleIndex, settings: Settings) -> None:
        self.ontology, self.facts, self.closure, self.settings = ontology, facts, closure, settings
        self.label = cache(self._label)
        self.classes: dict[Term, list[Class]] = defaultdict(list)
        for entry in facts.entries.values():
            # The entry that gave the IRI its name speaks first for what it is.
            own = entry.term == f"<{settings.base}{entry.id}>"
            self.classes[entry.term].insert(0 if own else len(self.classes[entry.term]), entry.class_)
        self.inside: dict[Term, list[Statement]] = defaultdict(list)
        for s in sorted(facts.statements, key=lambda s: (s.place, s.triple)):
            self.inside[s.subject].append(s)
        self.drawn = {term for term, classes in self.classes.items() if any(c.drawn for c in classes)}
        self.said: dict[Term, dict[tuple[object, ...], tuple[str, str, list[Statement]]]] = defaultdict(dict)
        self.edges: dict[tuple[object, ...], _Draft] = {}
        alias = (p for p in ontology.properties if (ALT_LABEL, False) in ontology.rules.implied(p.term))
        self.alias = next(alias, None)

    # --- names ------------------------------------------------------------------------------

    def _label(self, term: Term) -> str:
        found = words_of(self.closure, term, LABEL, self.settings.language)
        return found or (self.id(term) if term in self.classes else local_name(term))
