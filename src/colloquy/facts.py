"""Facts: from YAML entries to statements, each of which knows where it was written and what says so.

Two steps.  First every file is read and its entries are listed, so that each id is known; then
each entry is compiled by what the ontology says about its keys.  All mistakes are collected.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from colloquy.datatypes import HOW_TO_WRITE, doubts, typed
from colloquy.errors import Finding, Place, ProjectError, Severity, did_you_mean, printable
from colloquy.ontology import Class, Ontology, Property, snake_case
from colloquy.settings import Settings
from colloquy.source import Mapping, Node, Scalar, Sequence, read_yaml, yaml_reading
from colloquy.terms import ALT_LABEL, CQ, LABEL, OWL, TYPE, Term, Triple, iri, literal, slug

EVIDENCE_KEYS = ("document", "section", "phrase", "basis", "reason")
BASES = ("stated", "inferred")
PHRASE_WORDS = 8
LONGEST_TEXT = 20_000
SAME_AS: Term = f"<{OWL}sameAs>"
SOURCE_DOCUMENT: Term = f"<{CQ}SourceDocument>"
SECTION, TITLE, BEGINS, SHA256 = (f"<{CQ}{n}>" for n in ("section", "title", "begins", "sha256"))

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What says so: the document's entry id, its section, the locating phrase, the basis, the reason."""

    document: str | None = None
    section: str | None = None
    phrase: str | None = None
    basis: str = "stated"
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A triple that somebody wrote, where, and what says so."""

    subject: Term
    predicate: Term
    object: Term
    place: Place
    evidence: Evidence

    @property
    def triple(self) -> Triple:
        """The triple alone."""
        return self.subject, self.predicate, self.object


@dataclass(slots=True)
class Entry:
    """One entry of a fact file; `term` is its IRI, shared where `same_as` merges two."""

    id: str
    term: Term
    class_: Class
    place: Place
    node: Mapping
    evidence: Evidence
    evidence_places: dict[str, Place] = field(default_factory=dict)


@dataclass(slots=True)
class Facts:
    """The facts of a project: entries by id, statements in the order written, and all findings.

    `relations` gives, for each minted relation, the entry it stands in and the place of its
    mapping; `evidence_places` each evidence where it is given, for proving; `written` how many values
    a subject has for a property, the refused ones too.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    statements: list[Statement] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    relations: dict[Term, Place] = field(default_factory=dict)
    named: dict[Term, tuple[str, Place]] = field(default_factory=dict)
    evidence_places: list[tuple[Evidence, Place]] = field(default_factory=list)
    written: dict[tuple[Term, Term], int] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


def fact_files(root: Path) -> list[Path]:
    """List the fact files below a folder, sorted by their path: `*.yaml` and `*.yml`.

    Raises ProjectError where the folder is missing.
    """
    if not root.is_dir():
        raise ProjectError(f"no facts: the folder {root} is missing — set `facts` in colloquy.yaml, or use --data")
    found = (p for p in root.rglob("*") if p.suffix in (".yaml", ".yml") and p.is_file())
    return sorted(found, key=lambda p: p.relative_to(root).as_posix())


def read_facts(texts: Iterable[tuple[str, bytes]], ontology: Ontology, settings: Settings) -> Facts:
    """Compile fact files into statements.

    `texts` are pairs of a file's name, as findings shall show it, and its bytes.  Never raises for
    what is in the files: every mistake is a finding of the result.
    """
    return _Compiler(ontology, settings).run(texts)


class _Compiler:
    def __init__(self, ontology: Ontology, settings: Settings) -> None:
        self.ontology, self.settings = ontology, settings
        self.facts = Facts()
        self.sections: dict[str, set[str]] = {}
        self.file = ""
        self.label_properties = {
            p.term for p in ontology.properties if (LABEL, False) in ontology.rules.implied(p.term)
        }

    def run(self, texts: Iterable[tuple[str, bytes]]) -> Facts:
        for name, data in texts:
            self.facts.files.append(name)
            node, findings = read_yaml(data, name)
            self.facts.findings += findings
            if node is not None:
                self.file = name
                self.list_entries(node)
        self.merge_same()
        self.list_sections()
        for entry in self.facts.entries.values():
            self.file = entry.place.file
            self.compile_entry(entry)
        return self.facts

    # --- findings ---------------------------------------------------------------------------

    def say(
        self,
        node: Node | Place,
        code: str,
        message: str,
        hint: str = "",
        *,
        severity: Severity = "error",
        related: tuple[Place, ...] = (),
    ) -> None:
        place = node if isinstance(node, Place) else self.place(node)
        self.facts.findings.append(Finding(place, severity, code, message, hint, related))

    def place(self, node: Node) -> Place:
        return Place(self.file, node.line, node.column)

    # --- first step: which entries are there ------------------------------------------------

    def list_entries(self, root: Node) -> None:
        defaults: dict[str, Scalar] = {}
        entries: Node = root
        if isinstance(root, Mapping):
            parts = {key.text: value for key, value in root.items}
            for key, _ in root.items:
                if key.text not in ("defaults", "entries"):
                    hint = "a file is a list of entries, or a mapping with `defaults` and `entries`"
                    self.say(key, "not-a-list", f"`{printable(key.text)}` does not belong here", hint)
                    return
            if "entries" not in parts:
                self.say(root, "not-a-list", "the file has no `entries`", "write the list of facts under `entries:`")
                return
            entries = parts["entries"]
            defaults = self.read_defaults(parts.get("defaults"))
        if not isinstance(entries, Sequence):
            hint = "write each as `- id: …`, or a mapping with `defaults` and `entries`"
            self.say(entries, "not-a-list", "a list of entries was expected", hint)
            return
        for number, node in enumerate(entries.items, 1):
            if isinstance(node, Mapping):
                self.list_entry(node, defaults, number)
            else:
                self.say(node, "not-an-entry", f"entry {number} is no mapping", "write it as `- id: …` with its keys")

    def read_defaults(self, node: Node | None) -> dict[str, Scalar]:
        if node is None:
            return {}
        if not isinstance(node, Mapping):
            self.say(node, "bad-defaults", "`defaults` is a mapping", "write `defaults: {type: …, document: …}`")
            return {}
        found = {}
        for key, value in node.items:
            if key.text not in ("type", *EVIDENCE_KEYS):
                known = did_you_mean(key.text, ("type", *EVIDENCE_KEYS))
                self.say(key, "unknown-key", f"`{printable(key.text)}` cannot be a default", known)
            elif isinstance(value, Scalar):
                found[key.text] = value
            else:
                self.say(value, "one-value", f"`{key.text}` takes one value")
        return found

    def list_entry(self, node: Mapping, defaults: dict[str, Scalar], number: int) -> None:
        own = {key.text: value for key, value in node.items}
        id_node = own.get("id")
        if id_node is None:
            hint = "give it a short id of its own, such as `id: ada-brook`"
            self.say(node, "no-id", f"entry {number} has no id", hint)
            return
        if not isinstance(id_node, Scalar) or not _ID.fullmatch(id_node.text):
            shown = printable(id_node.text) if isinstance(id_node, Scalar) else "a list or mapping"
            hint = "use small letters a–z, digits and hyphens, at most 100, beginning with a letter or digit"
            self.say(id_node, "bad-id", f"`{shown}` is no id", hint)
            return
        class_ = self.class_of(node, own.get("type", defaults.get("type")))
        if class_ is None:
            return
        first = self.facts.entries.get(id_node.text)
        if first is not None:
            hint = "an id is unique in the whole project; give one of them another"
            self.say(id_node, "same-id", f"the id `{id_node.text}` is taken", hint, related=(first.place,))
            return
        own_evidence = {key: value for key, value in own.items() if key in EVIDENCE_KEYS}
        evidence = self.evidence({**defaults, **own_evidence}, Evidence())
        entry = Entry(id_node.text, iri(self.settings.base + id_node.text), class_, self.place(id_node), node, evidence)
        self.facts.entries[entry.id] = entry

    def class_of(self, node: Mapping, type_node: Node | None) -> Class | None:
        names = [c.name for c in self.ontology.classes.values() if c.kind == "entity"]
        if type_node is None:
            hint = "add `type: …` to the entry, or to `defaults` for the whole file"
            self.say(node, "no-type", "the entry has no type", f"{hint}; {did_you_mean('', names)}")
        elif not isinstance(type_node, Scalar):
            self.say(type_node, "one-type", "an entry has one type", "write one word, such as `type: " + names[0] + "`")
        elif type_node.text not in names:
            known = did_you_mean(type_node.text, names)
            self.say(type_node, "unknown-type", f"unknown type `{printable(type_node.text)}`", known)
        else:
            return self.ontology.classes[type_node.text]
        return None

    def merge_same(self) -> None:
        """Point entries that are said to be the same to one IRI: that of the entry pointed to."""
        key = next((p.key for p in self.ontology.properties if p.term == SAME_AS), None)
        target: dict[str, str] = {}
        for entry in self.facts.entries.values():
            for name, value in entry.node.items:
                first = value.items[0] if isinstance(value, Sequence) and value.items else value
                first = _inner(first)
                if name.text == key and isinstance(first, Scalar) and first.text in self.facts.entries:
                    target[entry.id] = first.text
        for entry in self.facts.entries.values():
            seen, last = {entry.id}, entry.id
            while last in target and target[last] not in seen:
                last = target[last]
                seen.add(last)
            if last in target:  # a ring: its smallest id speaks for all, whichever file comes first
                last = min(seen)
            if last != entry.id:
                entry.term = iri(self.settings.base + last)

    def list_sections(self) -> None:
        for entry in self.facts.entries.values():
            if SOURCE_DOCUMENT not in entry.class_.ancestors:
                continue
            keys = self.ontology.keys(entry.class_)
            names = self.sections.setdefault(entry.id, set())
            for key, value in entry.node.items:
                if key.text in keys and keys[key.text].term == SECTION and isinstance(value, Sequence):
                    for item in value.items:
                        if isinstance(item, Mapping):
                            names.update(v.text for k, v in item.items if k.text == "title" and isinstance(v, Scalar))

    # --- evidence ---------------------------------------------------------------------------

    def evidence(self, own: dict[str, Node] | dict[str, Scalar], above: Evidence) -> Evidence:
        """Lay what a value or entry says of its sources over what stands above it."""
        values: dict[str, str] = {}
        for key in EVIDENCE_KEYS:
            node = own.get(key)
            if node is None:
                continue
            if not isinstance(node, Scalar) or not node.text.strip():
                self.say(node, "one-value", f"`{key}` takes one text")
                continue
            values[key] = node.text
        basis = own.get("basis")
        if basis is not None and values.get("basis") not in (*BASES, None):
            hint = f"known: {', '.join(BASES)}"
            self.say(basis, "bad-basis", f"unknown basis `{printable(values.pop('basis'))}`", hint)
        if values.get("basis") == "inferred" and "reason" not in values and above.reason is None and basis is not None:
            self.say(basis, "no-reason", "an inferred fact says why it is read so", "add `reason: …`")
        phrase = own.get("phrase")
        if phrase is not None and len(values.get("phrase", "").split()) > PHRASE_WORDS:
            count = len(values["phrase"].split())
            hint = f"keep at most {PHRASE_WORDS}: enough to find the place"
            self.say(phrase, "long-phrase", f"the phrase has {count} words", hint)
        if values.get("basis") == "stated":
            above = replace(above, reason=None)
        if not values:
            return above
        # Another document or section: the phrase from above stands somewhere else.
        if ("document" in values or "section" in values) and "phrase" not in values:
            above = replace(above, phrase=None)
        if "document" in values and "section" not in values and values["document"] != above.document:
            above = replace(above, section=None)
        return replace(above, **values)

    def check_evidence(self, evidence: Evidence, place: Place, seen: set[tuple[str | None, str | None]]) -> None:
        self.facts.evidence_places.append((evidence, place))
        if (evidence.document, evidence.section) in seen:
            return
        seen.add((evidence.document, evidence.section))
        if evidence.document is None:
            if evidence.section or evidence.phrase:
                hint = "add `document: …` here, or to the defaults of the file"
                self.say(place, "no-document", "a section or phrase needs the document it stands in", hint)
        elif evidence.document not in self.sections:
            known = did_you_mean(evidence.document, self.sections)
            message = f"no source document has the id `{printable(evidence.document)}`"
            self.say(place, "unknown-document", message, known)
        elif evidence.section is not None and evidence.section not in self.sections[evidence.document]:
            known = did_you_mean(evidence.section, self.sections[evidence.document])
            message = f"`{evidence.document}` has no section `{printable(evidence.section)}`"
            self.say(place, "unknown-section", message, known)

    # --- second step: statements ------------------------------------------------------------

    def compile_entry(self, entry: Entry) -> None:
        seen: set[tuple[str | None, str | None]] = set()
        self.check_evidence(entry.evidence, entry.place, seen)
        type_place = entry.place
        for key, value in entry.node.items:
            if key.text == "type":
                type_place = self.place(value)
        self.state(entry.term, TYPE, entry.class_.term, type_place, entry.evidence)
        self.compile_keys(entry, entry.node, entry.class_, entry.term, entry.evidence, seen, ("id", "type"))

    def compile_keys(
        self,
        entry: Entry,
        node: Mapping,
        class_: Class,
        subject: Term,
        evidence: Evidence,
        seen: set[tuple[str | None, str | None]],
        skip: tuple[str, ...],
    ) -> None:
        keys = self.ontology.keys(class_)
        unknown = 0
        for key, value in node.items:
            if key.text in skip or key.text in EVIDENCE_KEYS:
                continue
            p = keys.get(key.text)
            if p is None:
                unknown += 1
                if unknown <= 20:
                    known = did_you_mean(key.text, [*keys, *skip, *EVIDENCE_KEYS])
                    self.say(key, "unknown-key", f"{class_.name} has no key `{printable(key.text)}`", known)
                continue
            for item, own in self.values(p, value):
                self.facts.written[subject, p.term] = self.facts.written.get((subject, p.term), 0) + 1
                said = self.evidence(own, evidence) if own else evidence
                if own:
                    self.check_evidence(said, self.place(item), seen)
                self.compile_value(entry, p, subject, item, own, said, seen)
        if unknown > 20:
            self.say(node, "unknown-key", f"{unknown - 20} more unknown keys in this entry")

    def values(self, p: Property, value: Node) -> Iterator[tuple[Node, dict[str, Node]]]:
        """Give each value of a key with what the value itself says of its sources (and its language)."""
        if isinstance(value, Sequence):
            if not value.items:
                hint = "leave the key out where there is nothing to say"
                self.say(value, "no-value", f"`{p.key}` has an empty list", hint, severity="warning")
            for item in value.items:
                if isinstance(item, Sequence):
                    self.say(item, "nested-list", f"`{p.key}` takes a list of values, not of lists")
                else:
                    yield from self.values(p, item)
            return
        if isinstance(value, Mapping):
            parts = {key.text: part for key, part in value.items}
            own = {key: part for key, part in parts.items() if key in EVIDENCE_KEYS}
            if p.kind == "relation":
                yield value, own
            elif "value" in parts:
                extra = ("language",) if p.kind == "text" else ()
                for key, part in value.items:
                    if key.text not in ("value", *EVIDENCE_KEYS, *extra):
                        known = did_you_mean(key.text, ("value", *EVIDENCE_KEYS, *extra))
                        if isinstance(part, Scalar) and part.plain and not part.text:
                            known = "inside { } a comma ends a text: put the text in quotes"
                        self.say(key, "unknown-key", f"`{printable(key.text)}` does not belong to a value", known)
                own.update({k: v for k, v in parts.items() if k in extra})
                inner = parts["value"]
                for item in inner.items if isinstance(inner, Sequence) else [inner]:
                    yield item, own
            elif p.kind == "text" and parts and all(_LANGUAGE.fullmatch(k) for k in parts):
                for key, part in value.items:
                    yield part, {"language": key}
            else:
                hint = "write the value itself, or `{value: …, phrase: …}`"
                self.say(value, "not-a-value", f"`{p.key}` takes {_takes(p)}, not a mapping", hint)
            return
        yield value, {}

    def compile_value(
        self,
        entry: Entry,
        p: Property,
        subject: Term,
        node: Node,
        own: dict[str, Node],
        evidence: Evidence,
        seen: set[tuple[str | None, str | None]],
    ) -> None:
        place = self.place(node)
        if p.kind == "relation":
            if isinstance(node, Mapping):
                self.compile_relation(entry, p, subject, node, evidence, seen)
            else:
                hint = f"as in: {p.example}" if p.example else "write `- {key: value}`"
                self.say(node, "not-a-relation", f"`{p.key}` takes a mapping", hint)
            return
        if not isinstance(node, Scalar):
            self.say(node, "one-value", f"`{p.key}` takes {_takes(p)}", "write one value, or a list of single values")
            return
        if node.plain and not node.text:
            self.say(node, "no-value", f"`{p.key}` has no value", "write one, or leave the key out")
            return
        if p.kind == "reference":
            self.compile_reference(entry, p, subject, node, evidence)
        elif p.kind == "named":
            if self.is_text(p, node):
                self.compile_named(p, subject, node, evidence)
        elif p.kind == "text":
            if self.is_text(p, node):
                language = own.get("language")
                tag = language.text if isinstance(language, Scalar) else self.settings.language or None
                predicate = p.term
                if predicate in self.label_properties and entry.term != iri(self.settings.base + entry.id):
                    predicate = ALT_LABEL  # a merged entry's name is another name of the one it is merged with
                self.state(subject, predicate, literal(node.text, language=tag), place, evidence)
        else:
            self.compile_literal(p, subject, node, evidence)

    def is_text(self, p: Property, node: Scalar) -> bool:
        """Tell whether a scalar may stand as text; say so where YAML, or a reader, would take it otherwise."""
        reading = yaml_reading(node.text) if node.plain else None
        if reading is not None:
            message = f"`{p.key}` is text, but YAML reads {printable(node.text, 30)} as {reading}"
            self.say(node, "quote-it", message, f'quote it: "{printable(node.text, 30)}"')
            return False
        if not node.text.strip():
            self.say(node, "no-value", f"`{p.key}` is empty", "write a text, or leave the key out")
            return False
        if node.text != node.text.strip() and "\n" not in node.text:
            message = f"`{p.key}` begins or ends with a blank"
            self.say(node, "blank-at-end", message, "take it out of the quotes", severity="warning")
        if len(node.text) > LONGEST_TEXT:
            self.say(node, "long-text", f"`{p.key}` has {len(node.text):,} characters", severity="warning")
        return True

    def compile_reference(self, entry: Entry, p: Property, subject: Term, node: Scalar, evidence: Evidence) -> None:
        other = self.facts.entries.get(node.text)
        if other is None:
            listed = re.split(r"\s*,\s*", node.text)
            hint = did_you_mean(node.text, self.facts.entries)
            if hint.startswith("known"):  # a list of all ids helps nobody
                hint = "add an entry with this id, or correct it"
            if len(listed) > 1 and all(_ID.fullmatch(part) for part in listed):
                hint = f"write a list: [{', '.join(listed)}]"
            self.say(node, "unknown-reference", f"`{p.key}`: no entry has the id `{printable(node.text)}`", hint)
            return
        if p.range and f"<{OWL}Thing>" not in p.range and not p.range & other.class_.ancestors:
            wanted = " or ".join(sorted(self.ontology.label(t) for t in p.range))
            message = f"`{p.key}` leads to {wanted}; `{other.id}` is {other.class_.label}"
            self.say(node, "wrong-kind", message, "name another entry, or change its type", related=(other.place,))
            return
        if other.term == subject and p.term != SAME_AS:
            message = f"`{p.key}` of `{entry.id}` refers to itself"
            self.say(node, "self-reference", message, "name another entry, or leave it out", severity="warning")
        if p.term == SAME_AS:  # said of the IRI that this entry would have: nothing else stands there
            subject = iri(self.settings.base + entry.id)
        if subject != other.term or p.term != SAME_AS:
            self.state(subject, p.term, other.term, self.place(node), evidence)

    def compile_named(self, p: Property, subject: Term, node: Scalar, evidence: Evidence) -> None:
        class_ = self.class_in(p)
        if class_ is None:
            return
        text = node.text.strip()
        name = slug(text) or "u" + "-".join(f"{ord(c):x}" for c in text)
        term = iri(f"{self.settings.base}{snake_case(class_.name).replace('_', '-')}/{name}")
        first = self.facts.named.setdefault(term, (text, self.place(node)))
        if first[0] != text:
            message = f"`{printable(text)}` and `{printable(first[0])}` are written differently but mean one"
            self.say(node, "named-alike", message, "write both the same way", severity="warning", related=(first[1],))
        place = self.place(node)
        self.state(term, TYPE, class_.term, place, evidence)
        self.state(term, LABEL, literal(first[0], language=self.settings.language or None), place, evidence)
        self.state(subject, p.term, term, place, evidence)

    def compile_literal(self, p: Property, subject: Term, node: Scalar, evidence: Evidence) -> None:
        only_text = p.datatypes == ("http://www.w3.org/2001/XMLSchema#string",)
        if only_text and not self.is_text(p, node):
            return
        found = typed(node.text if only_text else node.text.strip(), p.datatypes)
        if found is None:
            ways = "; ".join(HOW_TO_WRITE.get(d, d) for d in p.datatypes)
            message = f"`{p.key}`: `{printable(node.text)}` is no {p.label}"
            self.say(node, "wrong-type", message, f"write {ways}")
            return
        lexical, datatype = found
        doubt = doubts(lexical, datatype)
        if doubt:
            self.say(node, "odd-value", f"`{p.key}`: {doubt}", severity="warning")
        self.state(subject, p.term, literal(lexical, datatype), self.place(node), evidence)

    def class_in(self, p: Property) -> Class | None:
        """The class that a relation or a named value of this property is of."""
        return next((c for t in sorted(p.range) if (c := self.ontology.class_by_term.get(t))), None) or (
            self.ontology.class_by_term.get(SECTION)
        )

    def compile_relation(
        self,
        entry: Entry,
        p: Property,
        subject: Term,
        node: Mapping,
        evidence: Evidence,
        seen: set[tuple[str | None, str | None]],
    ) -> None:
        class_ = self.class_in(p)
        if class_ is None:
            return
        term = self.mint(subject, p, node, self.ontology.keys(class_))
        place = self.place(node)
        self.facts.relations[term] = place
        before = len(self.facts.statements)
        self.compile_keys(entry, node, class_, term, evidence, seen, ())
        if len(self.facts.statements) == before and not node.items:
            self.say(node, "no-value", f"`{p.key}` has an empty mapping", "write its keys, or leave it out")
            return
        self.state(term, TYPE, class_.term, place, evidence)
        self.state(subject, p.term, term, place, evidence)

    def mint(self, subject: Term, p: Property, node: Mapping, keys: object) -> Term:
        """Make the IRI of a relation from what it says, so that it does not move when lists are reordered."""
        parts = []
        for key, value in sorted(node.items, key=lambda item: item[0].text):
            if key.text in EVIDENCE_KEYS:
                continue
            inner = _inner(value)
            if isinstance(inner, Scalar):
                parts.append(slug(inner.text)[:40])
        stem = subject[1:-1] + "/" + slug(p.key) + "/" + ("-".join(x for x in parts if x) or "one")
        number, term = 1, iri(stem)
        while term in self.facts.relations:
            number += 1
            term = iri(f"{stem}-{number}")
        return term

    def state(self, s: Term, p: Term, o: Term, place: Place, evidence: Evidence) -> None:
        self.facts.statements.append(Statement(s, p, o, place, evidence))


def _inner(node: Node) -> Node:
    """Give the `value` of a mapping with evidence, or the node itself."""
    if isinstance(node, Mapping):
        return next((value for key, value in node.items if key.text == "value"), node)
    return node


def _takes(p: Property) -> str:
    return {"reference": "the id of an entry", "relation": "a mapping", "named": "a name"}.get(p.kind, "one value")
