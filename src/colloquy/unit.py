"""One file, compiled: what it states, what it looked up to know it, and what is wrong in it.

Everything in a unit is plain, so that it can be kept in a cache, and used again as long as the
file is the same and the directory gives the same answers.
"""

from __future__ import annotations

import marshal
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from colloquy.directory import Card, Directory, Renamed
from colloquy.errors import Finding, Place
from colloquy.evidence import Evidence
from colloquy.parts import key_of
from colloquy.terms import Term, Triple

Row: TypeAlias = tuple[Term, Term, Term, int, int, int]
"""A statement as a unit keeps it: subject, predicate, object, line, column, and which of its evidences."""


class Statement(NamedTuple):
    """A triple that somebody wrote, where, and what says so."""

    subject: Term
    predicate: Term
    object: Term
    place: Place
    evidence: Evidence

    @property
    def triple(self) -> Triple:
        """The triple alone."""
        return self[:3]


class Mention(NamedTuple):
    """A named value where it is written; its label is the first spelling in the whole project."""

    term: Term
    class_: Term
    text: str
    line: int
    column: int
    evidence: int


@dataclass(slots=True)
class Unit:
    """What one file says, or one `part` of it (0: all of it).

    `relations` gives the place of the mapping behind each minted relation; `phrases` the places of
    locating phrases, each with its evidence; `refused` how many values a subject has for a property
    where some were refused.  `open` are the rows about entries that other files describe too.

    `judged` are the findings of the shapes that a file alone answers, None before they were asked;
    `judged_by` names those shapes.  `predicates` are the properties that its rows are written with.
    `uses` holds every answer of the directory that went into it, or `answers` them as a cache keeps them,
    to be read where somebody asks, and `asked` their ids; `named` holds those to names, `lost` the
    entries whose id was taken, `sections` a digest of all titles.  A `volatile` unit holds findings
    that tell of other files, and is compiled every time.  `counts` are those of rows, and of rows
    with a document.
    """

    file: str
    made: list[Row] | None = None
    evidences: list[Evidence] = field(default_factory=lambda: [Evidence()])
    mentions: list[Mention] = field(default_factory=list)
    relations: list[tuple[Term, int, int]] = field(default_factory=list)
    phrases: list[tuple[int, int, int]] = field(default_factory=list)
    refused: list[tuple[Term, Term, int]] = field(default_factory=list)
    open: list[Row] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    judged: list[Finding] | None = None
    judged_by: str = ""
    uses: dict[str, Card | None] = field(default_factory=dict)
    named: dict[tuple[str, tuple[Term, ...]], tuple[str, ...]] = field(default_factory=dict)
    lost: frozenset[tuple[str, int, int]] = frozenset()
    sections: str = ""
    volatile: bool = False
    counts: tuple[int, int] = (0, 0)
    predicates: frozenset[Term] = frozenset()
    kept: bytes | None = None
    part: int = 0
    asked: tuple[str, ...] = ()
    answers: bytes = b""

    @property
    def key(self) -> str:
        """What it goes by among all units."""
        return key_of(self.file, self.part)

    @property
    def lacks_rows(self) -> bool:
        """Tell whether it was taken from a cache without its statements."""
        return self.made is None and self.kept is None

    @property
    def rows(self) -> list[Row]:
        """The statements, as rows; read from the cache when they are first asked for."""
        if self.made is None:
            self.made = marshal.loads(self.kept) if self.kept else []
        return self.made

    def forget(self) -> None:
        """Let go of the statements, and of what a cache would need, which nobody asks for again."""
        self.made = self.kept = None
        self.uses, self.named, self.open, self.relations = {}, {}, [], []
        self.asked, self.answers = (), b""

    def holds(self, directory: Directory, change: Renamed | None = None) -> bool:
        """Tell whether the directory still gives every answer that went into this unit.

        `change` says how it differs from the one that gave them, where that is known: most units asked
        for nothing of that, and need not ask again.
        """
        if self.volatile:
            return False
        if change is not None and change.ids.isdisjoint(self.uses or self.asked):
            names = change.names
            if not names or not any(name in names for name, _ in self.named):
                return True
        if self.lost != directory.lost.get(self.file, frozenset()):
            return False
        if self.sections and self.sections != directory.section_digest:
            return False
        card = directory.card
        uses: dict[str, Card | None] = self.uses or (marshal.loads(self.answers) if self.answers else {})
        return all(card(id_) == answer for id_, answer in uses.items()) and all(
            directory.named(name, classes) == answer for (name, classes), answer in self.named.items()
        )

    def statements(self, rows: list[Row] | None = None) -> list[Statement]:
        """Give the statements of the file, or of some of its rows; those about named values are not among them."""
        file, evidences = self.file, self.evidences
        said = self.rows if rows is None else rows
        return [Statement(s, p, o, Place(file, line, column), evidences[e]) for s, p, o, line, column, e in said]
