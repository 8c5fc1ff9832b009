"""Which entries there are: the first of two steps from YAML to statements.

Every file is read and its entries are listed, so that each id is known before any reference to it
is looked up; entries that are said to be the same are given one IRI.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from colloquy.errors import Finding, Place, did_you_mean, printable
from colloquy.evidence import EVIDENCE_KEYS, Report
from colloquy.ontology import Class, Ontology
from colloquy.source import Mapping, Node, Scalar, Sequence, read_yaml
from colloquy.terms import CQ, OWL, Term, iri

SAME_AS: Term = f"<{OWL}sameAs>"
SOURCE_DOCUMENT: Term = f"<{CQ}SourceDocument>"
SECTION: Term = f"<{CQ}section>"
ID = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")


@dataclass(slots=True)
class Entry:
    """One entry of a fact file; `term` is its IRI, shared where `same_as` merges two."""

    id: str
    term: Term
    class_: Class
    place: Place
    node: Mapping
    defaults: dict[str, Scalar]
    damaged: bool = False
    """Whether the reader left something out of it; what is missing may be just that."""


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


def list_entries(texts: Iterable[tuple[str, bytes]], ontology: Ontology, base: str, report: Report) -> dict[str, Entry]:
    """Read fact files and list their entries by id, in the order written; what is wrong goes to the report."""
    lister = _Lister(ontology, base, report)
    for name, data in texts:
        node, findings = read_yaml(data, name)
        report.findings += findings
        if node is not None:
            report.file = name
            lister.file(node)
            lister.mark_damaged(findings)
    lister.merge_same()
    return lister.entries


def section_titles(entries: dict[str, Entry], ontology: Ontology) -> dict[str, frozenset[str]]:
    """Give the titles of the sections of every source document, by the document's id.

    Merged documents have the sections of both.
    """
    by_term: dict[Term, set[str]] = {}
    for entry in entries.values():
        if SOURCE_DOCUMENT in entry.class_.ancestors:
            titles = by_term.setdefault(entry.term, set())
            keys = {p.key for p in ontology.keys(entry.class_).values() if p.term == SECTION}
            for key, value in entry.node.items:
                if key.text in keys:
                    for item in value.items if isinstance(value, Sequence) else [value]:
                        parts = item.items if isinstance(item, Mapping) else []
                        titles.update(v.text for k, part in parts if k.text == "title" for v in scalars(part))
    return {e.id: frozenset(by_term[e.term]) for e in entries.values() if e.term in by_term}


class _Lister:
    def __init__(self, ontology: Ontology, base: str, report: Report) -> None:
        self.ontology, self.base, self.report = ontology, base, report
        self.entries: dict[str, Entry] = {}
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
        if name is None:
            say(node, "no-id", f"entry {number} has no id", "give it one of its own, such as `id: ada-brook`")
            return
        if not isinstance(name, Scalar) or not ID.fullmatch(name.text):
            what = f"`{printable(name.text)}` is no id" if isinstance(name, Scalar) else "an id is one word"
            if isinstance(name, Scalar) and not name.text:
                what = f"the id of entry {number} is empty"
            hint = "use small letters a–z, digits and hyphens, at most 100, beginning with a letter or digit"
            say(name, "bad-id", what, hint)
            return
        class_ = self.class_of(name, own.get("type", defaults.get("type")))
        if class_ is None:
            return
        if first := self.entries.get(name.text):
            hint = "an id is unique in the whole project; give one of them another"
            say(name, "same-id", f"the id `{name.text}` is taken", hint, related=(first.place,))
            return
        place = self.report.place(name)
        self.entries[name.text] = Entry(name.text, iri(self.base + name.text), class_, place, node, defaults)

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
            return next((self.ontology.classes[name] for name in self.types if hint == f"did you mean `{name}`?"), None)
        return None

    def mark_damaged(self, findings: Iterable[Finding]) -> None:
        """Mark the entries of the file at hand in which the reader refused something."""
        here = sorted((e for e in self.entries.values() if e.place.file == self.report.file), key=lambda e: e.place)
        for finding in findings:
            before = [e for e in here if e.node.line <= finding.place.line]
            if before and finding.severity == "error":
                before[-1].damaged = True

    def merge_same(self) -> None:
        """Give entries that are said to be the same one IRI: that of the entry pointed to.

        Where several are pointed to, or all point in a ring, the first id by the alphabet wins, so
        that the order of files makes no difference.
        """
        key = next((p.key for p in self.ontology.properties if p.term == SAME_AS), None)
        pointed: dict[str, set[str]] = {}
        for entry in self.entries.values():
            for name, value in entry.node.items:
                if name.text == key:
                    known = {v.text for v in scalars(value)} & self.entries.keys()
                    pointed.setdefault(entry.id, set()).update(known - {entry.id})
        groups: dict[str, set[str]] = {}
        for one, others in pointed.items():
            group = {one}.union(others, *(groups.get(x, ()) for x in (one, *others)))
            for member in group:
                groups[member] = group
        for one, group in groups.items():
            ends = [member for member in group if not pointed.get(member)]
            self.entries[one].term = iri(self.base + min(ends or group))
