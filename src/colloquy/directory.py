"""The directory of all entries: the second of three steps from YAML to statements.

What every file declares is laid together, so that each id is known before any reference to it is
looked up; entries that are said to be the same are given one IRI.  A file is compiled against the
directory alone, never against another file: what it looked up there says whether it has to be
compiled again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeAlias

from colloquy.entries import SOURCE_DOCUMENT, Declared, Listed
from colloquy.errors import Finding, Place
from colloquy.ontology import Class, Ontology
from colloquy.terms import Term, iri

Card: TypeAlias = tuple[Term, str, tuple[str, ...], bool, str]
"""What the directory says of an id: its IRI, the entry's class, the names of all classes of that IRI,
whether more than one place may describe it, and the first name of such a one."""


_UNKNOWN: Card = ("", "", (), False, "not asked yet")


class Renamed(NamedTuple):
    """How a directory differs from an earlier one in names alone: the ids of those who bear others, and these names."""

    ids: frozenset[str]
    names: frozenset[str]


def renamed(pairs: Iterable[tuple[Collection[Listed], Collection[Listed]]]) -> Renamed | None:
    """Compare what files declared earlier with what they declare now; None where more than names differs."""
    ids: set[str] = set()
    names: set[str] = set()
    for before, now in pairs:
        if len(before) != len(now):
            return None
        for old, new in zip(before, now, strict=True):
            if old.identity != new.identity:
                return None
            if old.names != new.names:
                ids.add(new.id)
                names.update(old.names, new.names)
    return Renamed(frozenset(ids), frozenset(names))


@dataclass(slots=True)
class Entry:
    """One entry of a fact file; `term` is its IRI, shared where `same_as` merges two."""

    id: str
    term: Term
    class_: Class
    place: Place
    damaged: bool = False
    """Whether the reader left something out of it; what is missing may be just that."""


class Directory:
    """All entries of a project by id, in the order written, and what else files look up in one another."""

    def __init__(self, declared: Iterable[Declared], ontology: Ontology, base: str) -> None:
        self.ontology, self.base = ontology, base
        self.entries: dict[str, Entry] = {}
        self.findings: list[Finding] = []
        self.mentions: dict[str, list[tuple[str, Listed]]] = {}
        """Every place that describes or adds to an entry, by its id: the file, and what it declares."""
        self.lost: dict[str, set[tuple[str, int, int]]] = {}
        """Per file, the entries whose id was taken, with line and column."""
        additions: list[tuple[str, Listed]] = []
        entries, mentions, classes = self.entries, self.mentions, ontology.classes
        for one in declared:
            file = one.file
            for listed in one.entries:
                id_, class_name, line, column, _, damaged, *_ = listed
                if not class_name:
                    additions.append((file, listed))
                elif id_ in entries:
                    self._again(file, listed)
                else:
                    entries[id_] = Entry(id_, iri(base + id_), classes[class_name], Place(file, line, column), damaged)
                    mentions[id_] = [(file, listed)]
        for file, listed in additions:
            if listed.id in self.entries:
                self.mentions[listed.id].append((file, listed))
        self._merge_same()
        self._cards: dict[str, Card | None] = {}

    def _again(self, file: str, listed: Listed) -> None:
        """Take up what describes an entry for the second time: rightly so where both places may, else a mistake."""
        id_ = listed.id
        first = self.entries[id_]
        if listed.shared and self.mentions[id_][0][1].shared and listed.class_name == first.class_.name:
            self.mentions[id_].append((file, listed))
            first.damaged |= listed.damaged
        else:
            hint = "an id is unique in the whole project; give one of them another"
            if listed.shared:
                hint = f"it is described as a {first.class_.label} elsewhere; give one of them another"
            message = f"the id `{id_}` is taken"
            place = Place(file, listed.line, listed.column)
            self.findings.append(Finding(place, "error", "same-id", message, hint, (first.place,)))
            self.lost.setdefault(file, set()).add((id_, listed.line, listed.column))

    def _merge_same(self) -> None:
        """Give entries that are said to be the same one IRI: that of the entry pointed to.

        Where several are pointed to, or all point in a ring, the first id by the alphabet wins, so
        that the order of files makes no difference.
        """
        pointed: dict[str, set[str]] = {}
        for id_, mentions in self.mentions.items():
            for _, listed in mentions:
                if listed.same and (known := {other for other in listed.same if other in self.entries} - {id_}):
                    pointed.setdefault(id_, set()).update(known)
        groups: dict[str, set[str]] = {}
        for one, others in pointed.items():
            group = {one}.union(others, *(groups.get(x, ()) for x in (one, *others)))
            for member in group:
                groups[member] = group
        self.merged: dict[str, tuple[str, ...]] = {one: tuple(sorted(group)) for one, group in groups.items()}
        for one, group in groups.items():
            ends = [member for member in group if not pointed.get(member)]
            self.entries[one].term = iri(self.base + min(ends or group))

    def card(self, id_: str) -> Card | None:
        """Give what may be looked up of an id; None where no entry has it."""
        found = self._cards.get(id_, _UNKNOWN)
        if found is _UNKNOWN:
            found = self._cards[id_] = self._card(id_)
        return found

    def _card(self, id_: str) -> Card | None:
        entry = self.entries.get(id_)
        if entry is None:
            return None
        mentions = self.mentions[id_]
        if id_ not in self.merged and len(mentions) == 1:
            name = entry.class_.name
            return entry.term, name, (name,), False, ""
        ids = self.merged.get(id_, (id_,))
        classes = tuple(sorted({self.entries[one].class_.name for one in ids}))
        first = next((listed.names[0] for _, listed in mentions if listed.names), "")
        return entry.term, entry.class_.name, classes, True, first

    def id_of(self, term: Term) -> str:
        """Give the id of an entry that an IRI stands for, of merged ones that which gave it; empty where none does."""
        id_ = term[len(self.base) + 1 : -1]
        return id_ if id_ in self.entries and self.entries[id_].term == term else ""

    def is_damaged(self, id_: str) -> bool:
        """Tell whether the reader left something out of an entry, or of one merged with it."""
        return any(self.entries[one].damaged for one in self.merged.get(id_, (id_,)))

    @cached_property
    def ids_by_name(self) -> dict[str, list[str]]:
        """Ids by every name and alias, as written."""
        found: dict[str, list[str]] = {}
        for id_, mentions in self.mentions.items():
            for _, listed in mentions:
                for name in listed.names:
                    ids = found.setdefault(name, [])
                    if id_ not in ids:
                        ids.append(id_)
        return found

    def named(self, name: str, classes: tuple[Term, ...]) -> tuple[str, ...]:
        """Give the ids of the entries of one of some classes (of any, where none is given) that bear a name."""
        ids, of = self.ids_by_name.get(name, ()), self.entries
        return tuple(id_ for id_ in ids if not classes or not of[id_].class_.ancestors.isdisjoint(classes))

    def forget(self) -> None:
        """Let go of all but the entries themselves, when nothing is looked up any more."""
        self.mentions.clear()
        self._cards.clear()
        self.__dict__.pop("ids_by_name", None)

    @cached_property
    def section_titles(self) -> dict[str, frozenset[str]]:
        """Titles of the sections of every source document, by its id; merged documents have those of both."""
        documents = [e for e in self.entries.values() if SOURCE_DOCUMENT in e.class_.ancestors]
        by_term: dict[Term, set[str]] = {}
        for entry in documents:
            titles = by_term.setdefault(entry.term, set())
            titles.update(title for _, listed in self.mentions[entry.id] for title in listed.sections)
        return {e.id: frozenset(by_term[e.term]) for e in self.entries.values() if e.term in by_term}

    @cached_property
    def section_digest(self) -> str:
        """Give a digest of all section titles: whoever names a section has to know whether they changed."""
        table = sorted((id_, sorted(titles)) for id_, titles in self.section_titles.items())
        return hashlib.sha256(repr(table).encode()).hexdigest()

    @cached_property
    def classes_by_term(self) -> Mapping[Term, frozenset[str]]:
        """Names of the classes of every IRI that several entries share."""
        found: dict[Term, set[str]] = {}
        for id_ in self.merged:
            found.setdefault(self.entries[id_].term, set()).add(self.entries[id_].class_.name)
        return {term: frozenset(names) for term, names in found.items()}
