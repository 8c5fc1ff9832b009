"""Which entries a file holds: the first of three steps from YAML to statements.

A file's entries become drafts, in which nothing is looked up yet, and a `Declared` says of them
what other files need to know: ids, classes, names.  The directory of all files comes next.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import NamedTuple

from colloquy.errors import Finding, did_you_mean, printable
from colloquy.evidence import EVIDENCE_KEYS, Report
from colloquy.ontology import Class, Ontology
from colloquy.source import Mapping, Node, Scalar, Sequence
from colloquy.terms import ALT_LABEL, CQ, LABEL, OWL, Term

CLEARLY = 0.8
"""How much alike a type and a word have to be for an entry to be judged by the type (1: the same)."""

SAME_AS: Term = f"<{OWL}sameAs>"
DIFFERENT: Term = f"<{OWL}differentFrom>"
SOURCE_DOCUMENT: Term = f"<{CQ}SourceDocument>"
SECTION: Term = f"<{CQ}section>"
ID = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
KNOWN_ID = re.compile(r"[a-z0-9][a-z0-9/-]{0,399}")
"""What `entry` may name: ids of mapped files are made by templates, and may hold `/`."""


class ByName(Scalar):
    """A reference by name or alias, where a mapping says so."""

    __slots__ = ()


@dataclass(slots=True)
class Draft:
    """An entry as it is written, before anything is looked up.

    `class_` is None for one that adds to an entry described elsewhere.  `shared` entries may be
    described in several places.  `damaged` says that the reader left something out of it: what is
    missing may be just that.  `foreign` ones stand in files that a mapping reads.  `nameless` ones have
    no id that can be used: they are looked through for other mistakes, and state nothing.  `bare` ones are
    known to have no key that says what they are, or what says so.
    """

    id: str
    class_: Class | None
    line: int
    column: int
    node: Mapping
    defaults: dict[str, Scalar]
    shared: bool = False
    damaged: bool = False
    foreign: bool = False
    nameless: bool = False
    bare: bool = False


class Listed(NamedTuple):
    """What others need to know of an entry: all of it plain, so that it can be kept in a cache.

    `names` are labels and aliases as written; `same` and `different` the ids said to be the same or
    not; `sections` the titles of a document's; `keys` its outside ids, with the label of each.
    """

    id: str
    class_name: str
    line: int
    column: int
    shared: bool
    damaged: bool
    names: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    different: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    keys: tuple[tuple[str, str], ...] = ()

    @property
    def identity(self) -> tuple[object, ...]:
        """All that decides which entry it is, and of what kind: not its place, its names and outside ids."""
        return self.id, self.class_name, self.shared, self.damaged, self.same, self.different, self.sections


@dataclass(slots=True)
class Declared:
    """What a file, or a part of it, declares.

    `unmapped` counts the foreign keys that no rule names: how often, first line and column.
    """

    file: str
    entries: list[Listed] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    unmapped: dict[tuple[str, str], list[int]] = field(default_factory=dict)


def part_of(class_: Class, own: Table[str, Node], ontology: Ontology) -> Class:
    """Give the class that an entry of a split class is of, by what it says; the class itself where it says nothing."""
    keys = ontology.keys(class_)
    for part in ontology.changes[class_.term].parts:
        for key, p in keys.items():
            value = own.get(key)
            if p.term == part.whose and isinstance(value, Scalar) and value.text == part.value:
                return ontology.class_by_term.get(part.becomes, class_)
    return class_


def scalars(node: Node) -> Iterator[Scalar]:
    """Give the scalars that a value is made of: itself, those of a list, the `value` of a mapping."""
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from scalars(item)
    else:
        for key, value in node.items:
            if key.text == "value":
                yield from scalars(value)


class Declarer:
    """Says of drafts what others need to know; made once for an ontology."""

    def __init__(self, ontology: Ontology) -> None:
        implied = ontology.rules.implied
        self.ontology = ontology
        self.labels = {p.term for p in ontology.properties if (LABEL, False) in implied(p.term)}
        self.names = self.labels | {p.term for p in ontology.properties if (ALT_LABEL, False) in implied(p.term)}
        self.decisions = {p.key: part for p in ontology.properties for part, term in
                          (("same", SAME_AS), ("different", DIFFERENT)) if p.term == term}  # fmt: skip
        self._parts: dict[str, dict[str, str]] = {}

    def parts(self, class_: Class | None) -> dict[str, str]:
        """Give the keys of a class that others need to know of, each with the part of `Listed` it belongs to."""
        if class_ is None:
            return self.decisions
        found = self._parts.get(class_.name)
        if found is None:
            found = self._parts[class_.name] = {}
            outside = self.ontology.outside_ids(class_)
            for key, p in self.ontology.keys(class_).items():
                if p.term in self.names:
                    found[key] = "names"
                elif p.term in outside:
                    found[key] = "keys"
                elif p.term == SECTION and SOURCE_DOCUMENT in class_.ancestors:
                    found[key] = "sections"
                elif key in self.decisions:
                    found[key] = self.decisions[key]
        return found

    def listed(self, draft: Draft) -> Listed:
        """Say of one draft what others need to know."""
        parts = self.parts(draft.class_)
        found: dict[str, tuple[str, ...]] = {}
        keys: list[tuple[str, str]] = []
        for key, value in [item for item in draft.node.items if item[0].text in parts]:
            part = parts[key.text]
            if part == "names":
                found[part] = (*found.get(part, ()), *_texts(value))
            elif part == "keys":
                assert draft.class_ is not None
                label = self.ontology.keys(draft.class_)[key.text].label
                keys += [(label, v.text) for v in scalars(value)]
            elif part == "sections":
                found[part] = (*found.get(part, ()), *_titles(value))
            else:
                found[part] = (*found.get(part, ()), *(v.text for v in scalars(value)))
        name, list_of = draft.class_.name if draft.class_ else "", found.get
        return Listed(
            draft.id, name, draft.line, draft.column, draft.shared, draft.damaged,
            list_of("names", ()), list_of("same", ()), list_of("different", ()), list_of("sections", ()), tuple(keys),
        )  # fmt: skip


def _texts(value: Node) -> list[str]:
    """Give the texts of a name: one, several, or one in each language."""
    if isinstance(value, Scalar):
        return [value.text] if value.text.strip() else []
    if isinstance(value, Sequence):
        return [text for item in value.items for text in _texts(item)]
    keys = {key.text for key, _ in value.items}
    inside = [part for key, part in value.items if key.text == "value" or not keys & {"value", *EVIDENCE_KEYS}]
    return [text for part in inside for text in _texts(part)]


def _titles(value: Node) -> Iterator[str]:
    for item in value.items if isinstance(value, Sequence) else [value]:
        for key, part in item.items if isinstance(item, Mapping) else ():
            if key.text == "title":
                yield from (v.text for v in scalars(part))


def read_drafts(root: Node, ontology: Ontology, report: Report) -> list[Draft]:
    """List the entries of a file in our own format; what is wrong goes to the report."""
    reader = _DraftReader(ontology, report)
    reader.file(root)
    return reader.drafts


def mark_damaged(drafts: list[Draft], findings: Iterable[Finding]) -> None:
    """Mark the drafts of a file in which the reader refused something."""
    for finding in findings:
        before = [d for d in drafts if d.node.line <= finding.place.line]
        if before and finding.severity == "error":
            max(before, key=lambda d: (d.line, d.column)).damaged = True


class _DraftReader:
    def __init__(self, ontology: Ontology, report: Report) -> None:
        self.ontology, self.report = ontology, report
        self.drafts: list[Draft] = []
        self.types = [c.name for c in ontology.classes.values() if c.kind == "entity"]

    def file(self, root: Node) -> None:
        say = self.report.say
        shape = "a file is a list of entries, or a mapping with `defaults` and `entries`"
        defaults: dict[str, Scalar] = {}
        entries = root
        if isinstance(root, Mapping):
            parts = {key.text: value for key, value in root.items}
            strange = [key for key, _ in root.items if key.text not in ("defaults", "entries")]
            if strange and not parts.keys() & {"defaults", "entries"}:
                say(root, "not-a-list", "a list of entries was expected", f"write each as `- id: …`; {shape}")
                return
            for key in strange[:20]:
                near = did_you_mean(key.text, ("defaults", "entries"))
                hint = f"{near} {shape}" if near.startswith("did") else shape
                say(key, "not-a-list", f"`{printable(key.text)}` does not belong here", hint)
            if "entries" not in parts:
                if not strange:
                    say(root, "not-a-list", "the file has no `entries`", "write the list of facts under `entries:`")
                return
            entries = parts["entries"]
            defaults = self.defaults(parts.get("defaults"))
        if not isinstance(entries, Sequence):
            found = f"; found `{printable(entries.text)}`" if isinstance(entries, Scalar) else ""
            say(entries, "not-a-list", f"a list of entries was expected{found}", f"write each as `- id: …`; {shape}")
            return
        for number, node in enumerate(entries.items, 1):
            if isinstance(node, Mapping):
                self.entry(node, defaults, number)
            else:
                found = f"`{printable(node.text)}`" if isinstance(node, Scalar) else "a list"
                hint = "write it as `- id: …` with its keys"
                say(node, "not-an-entry", f"entry {number} is no mapping; found {found}", hint)

    def defaults(self, node: Node | None) -> dict[str, Scalar]:
        found: dict[str, Scalar] = {}
        if node is None:
            return found
        if not isinstance(node, Mapping):
            hint = "write `defaults: {type: …, document: …}`"
            self.report.say(node, "bad-defaults", "`defaults` is a mapping", hint)
            return found
        for key, value in node.items:
            if key.text not in ("type", *EVIDENCE_KEYS):
                hint = did_you_mean(key.text, ("type", *EVIDENCE_KEYS))
                self.report.say(key, "unknown-key", f"`{printable(key.text)}` cannot be a default", hint)
            elif isinstance(value, Scalar):
                found[key.text] = value
            else:
                self.report.say(value, "one-value", f"`{key.text}` takes one value", "write one word or text")
        return found

    def entry(self, node: Mapping, defaults: dict[str, Scalar], number: int) -> None:
        say = self.report.say
        own = {key.text: value for key, value in node.items}
        name = own.get("id")
        if name is None and "entry" in own:
            self.addition(node, own["entry"], defaults)
            return
        nameless = False
        if name is None:
            say(node, "no-id", f"entry {number} has no id", "give it one of its own, such as `id: ada-brook`")
            name, nameless = node, True
        elif not isinstance(name, Scalar) or not ID.fullmatch(name.text):
            what = f"`{printable(name.text)}` is no id" if isinstance(name, Scalar) else "an id is one word"
            if isinstance(name, Scalar) and not name.text:
                what = f"the id of entry {number} is empty"
            hint = "use small letters a–z, digits and hyphens, at most 100, beginning with a letter or digit"
            say(name, "bad-id", what, hint)
            nameless = True
        if nameless or not isinstance(name, Scalar):
            name = Scalar(f"entry {number}", name.line, name.column, plain=False)
        class_ = self.class_of(name, own.get("type", defaults.get("type")))
        if class_ is not None and class_.term in self.ontology.changes:
            class_ = part_of(class_, own, self.ontology)
        if class_ is not None:
            made = Draft(name.text, class_, name.line, name.column, node, defaults, nameless=nameless)
            self.drafts.append(made)

    def addition(self, node: Mapping, name: Node, defaults: dict[str, Scalar]) -> None:
        """Take up facts about an entry that is described elsewhere."""
        if isinstance(name, Scalar) and KNOWN_ID.fullmatch(name.text):
            self.drafts.append(Draft(name.text, None, name.line, name.column, node, defaults))
            return
        found = f"`{printable(name.text)}`" if isinstance(name, Scalar) else "a list or mapping"
        self.report.say(name, "bad-id", f"`entry` names an entry by its id; found {found}", "write its id")

    def class_of(self, name: Scalar, node: Node | None) -> Class | None:
        say = self.report.say
        if node is None:
            hint = f"add `type: …` to it, or to `defaults` for the whole file; {did_you_mean('', self.types)}"
            say(name, "no-type", f"`{name.text}` has no type", hint)
        elif not isinstance(node, Scalar):
            hint = f"write one word; {did_you_mean('', self.types)}"
            say(node, "one-type", f"`{name.text}` has one type, not a list or mapping", hint)
        elif node.text in self.types:
            return self.ontology.classes[node.text]
        elif other := self.ontology.classes.get(node.text):
            keys = sorted((p.key for p in self.ontology.properties if other.term in p.range), key=lambda k: (len(k), k))
            hint = f"it is written inside an entry, under `{keys[0]}`" if keys else "choose another type"
            say(node, "unknown-type", f"`{other.name}` is no type of an entry", hint)
        else:
            hint = did_you_mean(node.text, self.types)
            say(node, "unknown-type", f"unknown type `{printable(node.text)}`", hint)
            # Where one type is clearly meant, the rest of the entry is judged by it in the same run.
            meant = next((name for name in self.types if hint == f"did you mean `{name}`?"), "")
            alike = SequenceMatcher(None, node.text.casefold(), meant.casefold()).ratio()
            return self.ontology.classes[meant] if alike >= CLEARLY else None
        return None
