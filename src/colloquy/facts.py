"""Facts: what a project's YAML files state, every statement with its place and what says so.

The way there has three steps.  Each file is read, and declares its entries (`entries`, or `foreign`
for files that a mapping speaks of); what all declare makes the directory (`directory`); against it
each file is compiled into a unit by itself (`compiler`).  So what is known of a file can be used
again as long as the file is the same and the directory gives the same answers (`cache`).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from colloquy.cache import NO_CACHE, Cache
from colloquy.collector import without_collector
from colloquy.compiler import Compiler
from colloquy.directory import Directory, Entry
from colloquy.entries import Declared, Declarer, Draft, mark_damaged, read_drafts
from colloquy.errors import Finding, Place, ProjectError, printable
from colloquy.evidence import Evidence, Report
from colloquy.foreign import drafts as foreign_drafts
from colloquy.hands import Hands
from colloquy.mapping import Rule
from colloquy.ontology import Ontology
from colloquy.parts import Part, Source, cut
from colloquy.progress import Progress
from colloquy.settings import Settings
from colloquy.source import MOST_ALIKE, Sequence, read_yaml
from colloquy.terms import LABEL, TYPE, Term, literal
from colloquy.unit import Mention, Statement, Unit

__all__ = ["Facts", "Source", "Statement", "fact_files", "read_facts"]


@dataclass
class Facts:
    """The facts of a project: entries by id, statements in the order of the files, and all findings.

    `digests` gives the SHA-256 of every file; `declared` and `read_as` what each unit was made from, and
    the digest of that, by its key.  What is below is made when it is first asked for: large projects can
    be checked without it.
    """

    directory: Directory
    units: list[Unit]
    digests: dict[str, str]
    findings: list[Finding]
    language: str | None = None
    declared: dict[str, Declared] = field(default_factory=dict)
    read_as: dict[str, str] = field(default_factory=dict)

    @property
    def entries(self) -> dict[str, Entry]:
        """The entries by their ids."""
        return self.directory.entries

    @property
    def files(self) -> list[str]:
        """The names of the files."""
        return list(self.digests)

    def forget(self) -> None:
        """Let go of what only a cache needs, or checking: for a build that is the last to look at these facts."""
        self.declared.clear()
        self.directory.forget()

    @cached_property
    def mentions(self) -> list[tuple[str, Mention]]:
        """Every named value where it is written, with the file."""
        return [(unit.file, mention) for unit in self.units for mention in unit.mentions]

    @cached_property
    def named(self) -> dict[Term, tuple[str, Place]]:
        """Every minted named value: its name, as it is first spelt, and that place."""
        found: dict[Term, tuple[str, Place]] = {}
        for file, m in self.mentions:
            found.setdefault(m.term, (m.text, Place(file, m.line, m.column)))
        return found

    def by_file(self) -> Iterator[list[Unit]]:
        """Give the units of each file: one, or one for each part of it."""
        return (list(units) for _, units in groupby(self.units, key=attrgetter("file")))

    @cached_property
    def statements(self) -> list[Statement]:
        """Every statement, in the order of the files."""
        found: list[Statement] = []
        for units in self.by_file():  # whether a file was read in parts makes no difference
            found += (s for unit in units for s in unit.statements())
            found += (s for unit in units for s in self.of_names(unit))
        return found

    def of_names(self, unit: Unit) -> Iterator[Statement]:
        """Give the statements that a unit makes about named values: what each is, and its name."""
        for m in unit.mentions:
            place, said = Place(unit.file, m.line, m.column), unit.evidences[m.evidence]
            yield Statement(m.term, TYPE, m.class_, place, said)
            name = literal(self.named[m.term][0], language=self.language)
            yield Statement(m.term, LABEL, name, place, said)

    @cached_property
    def relations(self) -> dict[Term, Place]:
        """The place of the mapping behind each minted relation."""
        return {term: Place(unit.file, *at) for unit in reversed(self.units) for term, *at in unit.relations}

    @cached_property
    def phrases(self) -> set[tuple[Place, Evidence]]:
        """Every locating phrase: where it is written, and the evidence that it belongs to."""
        return {
            (Place(unit.file, line, column), unit.evidences[number])
            for unit in self.units for line, column, number in unit.phrases
        }  # fmt: skip

    @cached_property
    def refused(self) -> dict[Term, dict[Term, int]]:
        """How many values a subject has for a property of which some were refused."""
        found: dict[Term, dict[Term, int]] = {}
        for unit in self.units:
            for subject, p, count in unit.refused:
                found.setdefault(subject, {})[p] = count
        return found

    @cached_property
    def predicates(self) -> frozenset[Term]:
        """The properties that statements are written with."""
        return frozenset[Term]().union(*(unit.predicates for unit in self.units)) | {LABEL}

    @property
    def statement_count(self) -> int:
        """How many statements there are."""
        return sum(unit.counts[0] + 2 * len(unit.mentions) for unit in self.units)

    @property
    def sourced_count(self) -> int:
        """How many statements name a document."""
        return sum(
            unit.counts[1] + 2 * sum(unit.evidences[m.evidence].document is not None for m in unit.mentions)
            for unit in self.units
        )


def fact_files(root: Path) -> list[Path]:
    """List the fact files below a folder, sorted by their path: `*.yaml` and `*.yml`.

    Raises ProjectError where the folder is missing, or a file's name cannot be shown.
    """
    return [root / name for name in fact_names(root)]


def fact_names(root: Path) -> list[str]:
    """As `fact_files`, but their paths below the folder, with forward slashes."""
    if not root.is_dir():
        raise ProjectError(f"no facts: the folder {root} is missing — set `facts` in colloquy.yaml, or use --data")
    found: list[str] = []
    folders = [""]
    while folders:  # many times quicker than `rglob`, for thousands of files
        below = folders.pop()
        with os.scandir(f"{root}/{below}") as there:
            for one in there:
                name = one.name
                if name.endswith((".yaml", ".yml")) and not one.is_dir():
                    found.append(below + name)
                elif one.is_dir(follow_symlinks=False):
                    folders.append(f"{below}{name}/")
    for name in found:
        if not name.isprintable():  # a tab or a line end would break the side index, and hide what is shown
            raise ProjectError(f"{root}: the name {printable(name)} holds a character that cannot be shown — rename it")
    return sorted(found)


def read_facts(
    texts: Iterable[Source | tuple[str, bytes]],
    ontology: Ontology,
    settings: Settings,
    cache: Cache = NO_CACHE,
    progress: Progress | None = None,
    hands: Hands | None = None,
) -> Facts:
    """Compile fact files into units of statements.

    Never raises for what is in the files: every mistake is a finding of the result.  A file without
    a path of its own is matched with the mapping by its name.
    """
    progress = progress or Progress()
    reader = FactReader(ontology, settings)
    begun: dict[str, str] = {}
    taken: dict[str, _Taken] = {}
    with without_collector():
        for text in texts:
            source = text if isinstance(text, Source) else Source(*text, text[0])
            begun[source.name] = source.digest
            for one in _take(source, reader, cache, shared=hands is not None):
                taken[one.source.key] = one  # each in its place, whoever reads it
            if not one.waits:
                progress.step()
        waiting = [one.source for one in taken.values() if one.waits]
        for name, data, path in hands.share([(one.name, one.data, one.path) for one in waiting]) if hands else ():
            taken[name].read(reader, Source(name, data, path))
            progress.step()
        for there in hands.declared() if hands else ():
            taken[there.file].declared = there
            progress.step()
        progress.stage("compiling", len(taken))
        declared = {key: one.declared for key, one in taken.items()}
        directory = Directory(declared.values(), ontology, settings.base)
        cache.compare(declared)
        compiler = Compiler(ontology, settings, directory)
        units: dict[str, Unit] = {}
        if hands:
            units = {unit.file: unit for unit in hands.units(declared.values())}
        for key, one in taken.items():
            unit = units.get(key) or (cache.unit(key, directory) if one.known else None)
            if unit is None:
                if one.known:
                    try:
                        one.read(reader)
                    except NotApartError:
                        message = f"{one.source.name} was written to while it was read — run this again"
                        raise ProjectError(message) from None
                    declared[key] = one.declared
                unit = compiler.compile(one.source.name, one.drafts, one.source.part)
                one.drafts = []
            units[key] = unit
            progress.step()
        digests = {one.source.name: one.source.of_file for one in taken.values()}
        # Of a file that was written to while it was read, no part is surely what its digest says.
        read_as = {
            key: one.source.digest if begun[one.source.name] == digests[one.source.name] else ""
            for key, one in taken.items()
        }
        in_order = [units[key] for key in taken]
        facts = Facts(directory, in_order, digests, [], settings.language or None, declared, read_as)
        facts.findings += directory.findings
        facts.findings += (f for one in declared.values() for f in one.findings)
        facts.findings += (f for unit in facts.units for f in unit.findings)
        facts.findings += _spelt_differently(facts)
        facts.findings += _unmapped(declared)
    return facts


@dataclass(slots=True)
class _Taken:
    """A file, or a part of it, on its way to a unit: `known` from an earlier run, read, or to be read by a hand."""

    source: Source
    declared: Declared
    known: bool
    waits: bool = False
    drafts: list[Draft] = field(default_factory=list)

    def read(self, reader: FactReader, source: Source | None = None) -> None:
        """Read it, or another source of the same."""
        self.declared, self.drafts = reader.read(source or self.source)


def _take(source: Source, reader: FactReader, cache: Cache, *, shared: bool) -> list[_Taken]:
    """Take up a file, or its parts: what is known of it, or what it declares; what is shared out waits."""
    known = cache.declared(source.key, source.digest)
    if known:
        return [_Taken(source, known, known=True)]
    if shared:
        return [_Taken(source, Declared(source.name), known=False, waits=True)]
    if parts := _in_parts(source, reader, cache):
        return parts
    one = _Taken(source, Declared(source.name), known=False)
    one.read(reader)
    return [one]


def _in_parts(source: Source, reader: FactReader, cache: Cache) -> list[_Taken]:
    """Take up a file in parts; nothing where that may not come to the same."""
    taken = []
    ids: set[str] = set()
    alike: Counter[str] = Counter()
    try:
        for part in reader.parts(source, cache):
            known = cache.declared(part.key, part.digest)
            one = _Taken(part, known or Declared(part.name), known=known is not None)
            if not known:
                one.read(reader)
            mine = {listed.id for listed in one.declared.entries}
            if not ids.isdisjoint(mine):  # what is said of one thing in two places goes together
                return []
            ids |= mine
            alike.update(finding.code for finding in one.declared.findings)
            taken.append(one)
    except NotApartError:
        return []
    return taken if max(alike.values(), default=0) <= MOST_ALIKE else []  # of more, the file's first are listed


class NotApartError(Exception):
    """A part of a file says something only together with the rest, or something is wrong in it."""


class FactReader:
    """Reads fact files one by one: what each declares, and its entries as drafts."""

    def __init__(self, ontology: Ontology, settings: Settings) -> None:
        self.ontology, self.settings = ontology, settings
        self.declarer = Declarer(ontology)

    def parts(self, source: Source, cache: Cache) -> list[Part]:
        """Give the parts that a file may be read in: none where nothing would keep them, or no mapping speaks of it."""
        if not cache.keeps:
            return []
        if known := cache.parts(source.name, source.digest):
            return [Part(source, number, digest=digest) for number, digest in enumerate(known, 1)]
        rule = self.rule_for(source)
        return cut(source) if rule and not rule.skip else []

    def rule_for(self, source: Source) -> Rule | None:
        """Give the rule of the mapping that speaks of a file."""
        return next((rule for rule in self.settings.mapping if rule.matches(source.path)), None)

    def read(self, source: Source) -> tuple[Declared, list[Draft]]:
        """Read a file, and list its entries.

        Raises NotApartError for a part that cannot be read without the rest of the file.
        """
        rule = self.rule_for(source)
        declared = Declared(source.name)
        if rule is not None and rule.skip:
            return declared, []
        node, findings = read_yaml(source.data, source.name, foreign=rule is not None)
        if source.part:
            is_list = type(node) is Sequence and len(node.items) == source.items
            if not is_list or any(f.severity == "error" for f in findings):
                raise NotApartError
        report = Report(file=source.name)
        drafts: list[Draft] = []
        if node is not None and rule is None:
            drafts = read_drafts(node, self.ontology, report)
            mark_damaged(drafts, findings)
        elif node is not None and rule is not None:
            drafts, declared.unmapped = foreign_drafts(
                node, rule, source.path, self.ontology, report, before=source.before
            )
        declared.findings = [*findings, *report.findings]
        declared.entries = [self.declarer.listed(draft) for draft in drafts if not draft.nameless]
        return declared, drafts


def _spelt_differently(facts: Facts) -> Iterator[Finding]:
    for file, m in facts.mentions:
        first, place = facts.named[m.term]
        if first != m.text:
            message = f"`{printable(m.text)}` and `{printable(first)}` are written differently but mean one"
            at = Place(file, m.line, m.column)
            yield Finding(at, "warning", "named-alike", message, "write both the same way", (place,))


def _unmapped(declared: Mapping[str, Declared]) -> Iterator[Finding]:
    """Say once for each rule and key what no rule names: how often, and where first."""
    found: dict[tuple[str, str], tuple[int, Place]] = {}
    for one in declared.values():
        for at, (count, line, column) in one.unmapped.items():
            before, place = found.get(at, (0, Place(one.file, line, column)))
            found[at] = (before + count, place)
    for (rule, key), (count, place) in found.items():
        times = "once" if count == 1 else f"{count:,} times"
        message = f"`{printable(key)}` of {rule} is in no rule: {times}, first here"
        yield Finding(place, "warning", "unmapped-key", message, "map it under `keys`, or name it under `ignore`")
