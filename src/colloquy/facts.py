"""Facts: from YAML entries to statements, each of which knows where it was written and what says so.

The second of two steps: the ontology says what each key of an entry means, and each value becomes a
statement.  All mistakes are collected.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from colloquy.datatypes import HOW_TO_WRITE, doubts, typed
from colloquy.entries import ID, SAME_AS, SECTION, SOURCE_DOCUMENT, Entry, list_entries, scalars, section_titles
from colloquy.errors import Finding, Place, ProjectError, did_you_mean, printable, with_article
from colloquy.evidence import BASES, EVIDENCE_KEYS, PHRASE_WORDS, Evidence, EvidenceReader, Report
from colloquy.ontology import Class, Ontology, Property, snake_case
from colloquy.settings import Settings
from colloquy.source import Mapping, Node, Scalar, Sequence, yaml_reading
from colloquy.terms import ALT_LABEL, CQ, LABEL, OWL, TYPE, XSD_STRING, Term, Triple, iri, literal, slug

__all__ = [
    "BASES", "EVIDENCE_KEYS", "PHRASE_WORDS", "SECTION", "SOURCE_DOCUMENT",
    "Entry", "Evidence", "Facts", "Statement", "fact_files", "read_facts",
]  # fmt: skip

LONGEST_TEXT = 20_000
DIFFERENT: Term = f"<{OWL}differentFrom>"
TITLE, BEGINS, SHA256 = (f"<{CQ}{name}>" for name in ("title", "begins", "sha256"))

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


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
class Facts:
    """The facts of a project: entries by id, statements in the order written, and all findings.

    `relations` gives the place of the mapping behind each minted relation, `named` the name and
    first place of each minted named value; `phrases` every locating phrase with its place;
    `written` how many values a subject has for a property, the refused ones too.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    statements: list[Statement] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    relations: dict[Term, Place] = field(default_factory=dict)
    named: dict[Term, tuple[str, Place]] = field(default_factory=dict)
    phrases: set[tuple[Place, Evidence]] = field(default_factory=set)
    written: dict[tuple[Term, Term], int] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


def fact_files(root: Path) -> list[Path]:
    """List the fact files below a folder, sorted by their path: `*.yaml` and `*.yml`.

    Raises ProjectError where the folder is missing, or a file's name cannot be shown.
    """
    if not root.is_dir():
        raise ProjectError(f"no facts: the folder {root} is missing — set `facts` in colloquy.yaml, or use --data")
    found = sorted((p.relative_to(root).as_posix(), p) for p in root.rglob("*") if p.suffix in (".yaml", ".yml"))
    for name, _ in found:
        if not name.isprintable():  # a tab or a line end would break the side index, and hide what is shown
            raise ProjectError(f"{root}: the name {printable(name)} holds a character that cannot be shown — rename it")
    return [path for _, path in found if path.is_file()]


def read_facts(texts: Iterable[tuple[str, bytes]], ontology: Ontology, settings: Settings) -> Facts:
    """Compile fact files into statements.

    `texts` are pairs of a file's name, as findings shall show it, and its bytes.  Never raises for
    what is in the files: every mistake is a finding of the result.
    """
    read = list(texts)
    report = Report()
    entries = list_entries(read, ontology, settings.base, report)
    compiler = _Compiler(entries, ontology, settings, report)
    for entry in entries.values():
        report.file = entry.place.file
        compiler.entry(entry)
    facts = compiler.facts
    facts.files += [name for name, _ in read]
    facts.findings += report.findings
    facts.phrases |= compiler.evidence.phrases
    return facts


def name_slug(text: str) -> str:
    """Make a slug of a name; of one without a single ASCII letter or digit, of its code points.

    >>> name_slug("Curator"), name_slug("館長")
    ('curator', 'u9928-9577')
    """
    return slug(text) or "-".join(["u", *(f"{ord(c):x}" for c in text.strip())]).replace("u-", "u", 1)


class _Compiler:
    def __init__(self, entries: dict[str, Entry], ontology: Ontology, settings: Settings, report: Report) -> None:
        self.ontology, self.settings, self.report = ontology, settings, report
        self.facts = Facts(entries)
        self.evidence = EvidenceReader(report, section_titles(entries, ontology))
        self.label_properties = {
            p.term for p in ontology.properties if (LABEL, False) in ontology.rules.implied(p.term)
        }
        self.name_properties = self.label_properties | {
            p.term for p in ontology.properties if (ALT_LABEL, False) in ontology.rules.implied(p.term)
        }
        self.ids_by_text: dict[str, str] | None = None

    def entry(self, entry: Entry) -> None:
        own: dict[str, Node] = dict(entry.defaults)
        type_place = entry.place
        for key, value in entry.node.items:
            if key.text in EVIDENCE_KEYS:
                own[key.text] = value
            elif key.text == "type":
                type_place = self.report.place(value)
        said = self.evidence.read(own, Evidence())
        self.state(entry.term, TYPE, entry.class_.term, type_place, said)
        self.keys(entry, entry.node, entry.class_, entry.term, said, ("id", "type"))

    def keys(
        self, entry: Entry, node: Mapping, class_: Class, subject: Term, above: Evidence, skip: tuple[str, ...]
    ) -> None:
        """Compile every key of an entry, or of a relation in it."""
        known = self.ontology.keys(class_)
        unknown = 0
        for key, value in node.items:
            if key.text in skip or key.text in EVIDENCE_KEYS:
                continue
            p = known.get(key.text)
            if p is None:
                unknown += 1
                if unknown <= 20:
                    message = f"{class_.name} has no key `{printable(key.text)}`"
                    self.report.say(key, "unknown-key", message, self.hint_for_key(key.text, known))
                continue
            errors = self.report.errors
            for item, own in self.values(p, value):
                self.count(subject, p)
                self.value(entry, p, subject, item, own, self.evidence.read(own, above) if own else above)
            if self.report.errors > errors:
                self.count(subject, p)  # a refused value is written all the same
        if unknown > 20:
            self.report.say(node, "unknown-key", f"{unknown - 20} more unknown keys here", "see the first ones")

    def count(self, subject: Term, p: Property) -> None:
        self.facts.written[subject, p.term] = self.facts.written.get((subject, p.term), 0) + 1

    def hint_for_key(self, key: str, known: Iterable[str]) -> str:
        others = sorted(c.name for c in self.ontology.classes.values() if key in self.ontology.keys(c))
        if others:
            return f"it is a key of {', '.join(others[:4])}" + (" and others" if len(others) > 4 else "")
        return did_you_mean(key, known)

    # --- values and what they say of themselves -----------------------------------------------

    def values(self, p: Property, value: Node) -> Iterator[tuple[Node, dict[str, Node]]]:
        """Give each value of a key with what it says itself of its sources, and of its language."""
        if isinstance(value, Sequence):
            if not value.items:
                hint = "leave the key out where there is nothing to say"
                self.report.say(value, "no-value", f"`{p.key}` has an empty list", hint, severity="warning")
            for item in value.items:
                if isinstance(item, Sequence):
                    hint = "take the inner brackets or dashes away"
                    self.report.say(item, "nested-list", f"`{p.key}` takes a list of values, not of lists", hint)
                else:
                    yield from self.values(p, item)
        elif not isinstance(value, Mapping):
            yield value, {}
        elif p.kind == "relation":
            yield value, {key.text: part for key, part in value.items if key.text in EVIDENCE_KEYS}
        elif any(key.text == "value" for key, _ in value.items):
            yield from self.value_with_evidence(p, value)
        elif p.kind == "text" and value.items and all(key.text not in EVIDENCE_KEYS for key, _ in value.items):
            for key, part in value.items:
                yield part, {"language": key}
        else:
            hint = "write the value itself, or `{value: …, phrase: …}`"
            self.report.say(value, "not-a-value", f"`{p.key}` takes {_takes(p)}, not a mapping", hint)

    def value_with_evidence(self, p: Property, value: Mapping) -> Iterator[tuple[Node, dict[str, Node]]]:
        known = ("value", *EVIDENCE_KEYS, *(("language",) if p.kind == "text" else ()))
        own: dict[str, Node] = {}
        inner: list[Node] = []
        for key, part in value.items:
            if key.text not in known:
                hint = did_you_mean(key.text, known)
                if isinstance(part, Scalar) and part.plain and not part.text:
                    hint = "inside { } a comma ends a text: put the text in quotes"
                self.report.say(key, "unknown-key", f"`{printable(key.text)}` does not belong to a value", hint)
            elif key.text == "value":
                inner = part.items if isinstance(part, Sequence) else [part]
            else:
                own[key.text] = part
        for item in inner:
            yield item, own

    def value(self, entry: Entry, p: Property, subject: Term, node: Node, own: dict[str, Node], said: Evidence) -> None:
        """Compile one value by what the ontology says its property takes."""
        if p.kind == "relation":
            self.relation(entry, p, subject, node, said)
        elif not isinstance(node, Scalar):
            hint = "write `{value: …, language: …}` for a text in a language" if p.kind == "text" else "write one value"
            self.report.say(node, "one-value", f"`{p.key}` takes {_takes(p)} here, not a list or mapping", hint)
        elif node.plain and not node.text:
            self.report.say(node, "no-value", f"`{p.key}` has no value", "write one, or leave the key out")
        elif p.kind == "reference":
            self.reference(entry, p, subject, node, said)
        elif p.kind == "named":
            self.named(p, subject, node, said)
        elif p.kind == "text":
            self.text(entry, p, subject, node, own.get("language"), said)
        else:
            self.literal(p, subject, node, said)

    # --- kinds of value -----------------------------------------------------------------------

    def is_text(self, p: Property, node: Scalar) -> bool:
        """Tell whether a scalar may stand as text; say so where YAML, or a reader, would take it otherwise."""
        shown = printable(node.text, 30)
        reading = yaml_reading(node.text) if node.plain else None
        if reading is not None:
            message = f"`{p.key}` is text, but YAML reads {shown} as {reading}"
            self.report.say(node, "quote-it", message, f'quote it: "{shown}"')
            return False
        if not node.text.strip():
            self.report.say(node, "no-value", f"`{p.key}` is empty", "write a text, or leave the key out")
            return False
        if node.text.rstrip("\n") != node.text.strip() and "\n" not in node.text.strip():
            message = f"`{p.key}` begins or ends with a blank"
            self.report.say(node, "blank-at-end", message, "take it out of the quotes", severity="warning")
        if len(node.text) > LONGEST_TEXT:
            message = f"`{p.key}` has {len(node.text):,} characters"
            self.report.say(node, "long-text", message, "is a quote missing?", severity="warning")
        return True

    def text(
        self, entry: Entry, p: Property, subject: Term, node: Scalar, language: Node | None, said: Evidence
    ) -> None:
        tag = self.settings.language or None
        if language is not None:
            tag = language.text if isinstance(language, Scalar) else ""
            if not _LANGUAGE.fullmatch(tag):
                message = f"`{p.key}`: `{printable(tag)}` is no language"
                self.report.say(language, "bad-language", message, "write a language tag such as en, cy or pt-BR")
                return
        if self.is_text(p, node):
            predicate = p.term
            if predicate in self.label_properties and entry.term != iri(self.settings.base + entry.id):
                predicate = ALT_LABEL  # a merged entry's name is another name of the one it is merged with
            # A block of text ends with a line end that nobody means.
            text = node.text.rstrip("\n")
            self.state(subject, predicate, literal(text, language=tag), self.report.place(node), said)

    def literal(self, p: Property, subject: Term, node: Scalar, said: Evidence) -> None:
        only_text = p.datatypes == (XSD_STRING,)
        if only_text and not self.is_text(p, node):
            return
        found = typed(node.text.rstrip("\n") if only_text else node.text.strip(), p.datatypes)
        if found is None:
            ways = [HOW_TO_WRITE.get(d, d) for d in p.datatypes]
            takes = (
                ways[0]
                if len(ways) == 1
                else with_article(self.ontology.label(min(p.range)))
                if p.range
                else "another value"
            )
            message = f"`{p.key}` takes {takes}; found `{printable(node.text)}`"
            self.report.say(node, "wrong-type", message, "write " + "; or ".join(ways))
            return
        lexical, datatype = found
        if doubt := doubts(lexical, datatype):
            self.report.say(node, "odd-value", f"`{p.key}`: {doubt}", "is that meant?", severity="warning")
        self.state(subject, p.term, literal(lexical, datatype), self.report.place(node), said)

    def reference(self, entry: Entry, p: Property, subject: Term, node: Scalar, said: Evidence) -> None:
        say = self.report.say
        other = self.facts.entries.get(node.text)
        if other is None:
            message = f"`{p.key}`: no entry has the id `{printable(node.text)}`"
            say(node, "unknown-reference", message, self.hint_for_id(node.text))
            return
        if p.range and f"<{OWL}Thing>" not in p.range and not p.range & other.class_.ancestors:
            wanted = " or ".join(sorted(with_article(self.ontology.label(t)) for t in p.range))
            message = f"`{p.key}` leads to {wanted}; `{other.id}` is {with_article(other.class_.label)}"
            say(node, "wrong-kind", message, "name another entry, or change its type", related=(other.place,))
            return
        if p.term == DIFFERENT and other.term == subject and other.id != entry.id:
            message = f"`{entry.id}` and `{other.id}` are said to be one and to be two"
            say(node, "disjoint", message, "take `same_as` or `different_from` out")
            return
        if other.term == subject and (p.term != SAME_AS or other.id == entry.id):
            message = f"`{p.key}` of `{entry.id}` refers to itself"
            say(node, "self-reference", message, "name another entry, or leave it out", severity="warning")
        if p.term == SAME_AS:  # said of the IRI that this entry would have: nothing else stands there
            subject = iri(self.settings.base + entry.id)
        if p.term != SAME_AS or subject != other.term:
            self.state(subject, p.term, other.term, self.report.place(node), said)

    def hint_for_id(self, text: str) -> str:
        listed = re.split(r"\s*,\s*", text)
        if len(listed) > 1 and all(ID.fullmatch(part) for part in listed):
            return f"write a list: [{', '.join(listed)}]"
        if self.ids_by_text is None:
            self.ids_by_text = {text: entry.id for entry in self.facts.entries.values() for text in self.names(entry)}
        if text in self.ids_by_text:
            return f"did you mean the id `{self.ids_by_text[text]}`?"
        hint = did_you_mean(text, self.facts.entries)
        # A list of all ids helps nobody.
        return hint if hint.startswith("did") else "add an entry with this id, or correct it"

    def names(self, entry: Entry) -> Iterator[str]:
        """Give the names that an entry is written with, other names too."""
        known = self.ontology.keys(entry.class_)
        for key, value in entry.node.items:
            if key.text in known and known[key.text].term in self.name_properties:
                yield from (v.text for v in scalars(value))

    def named(self, p: Property, subject: Term, node: Scalar, said: Evidence) -> None:
        class_ = self.class_in(p)
        if class_ is None or not self.is_text(p, node):
            return
        text, place = node.text.strip(), self.report.place(node)
        term = iri(f"{self.settings.base}{snake_case(class_.name).replace('_', '-')}/{name_slug(text)}")
        first, first_place = self.facts.named.setdefault(term, (text, place))
        if first != text:
            message = f"`{printable(text)}` and `{printable(first)}` are written differently but mean one"
            hint = "write both the same way"
            self.report.say(node, "named-alike", message, hint, severity="warning", related=(first_place,))
        self.state(term, TYPE, class_.term, place, said)
        self.state(term, LABEL, literal(first, language=self.settings.language or None), place, said)
        self.state(subject, p.term, term, place, said)

    def class_in(self, p: Property) -> Class | None:
        """Give the class that a relation or a named value of this property is of."""
        return next((c for t in sorted(p.range) if (c := self.ontology.class_by_term.get(t))), None)

    def relation(self, entry: Entry, p: Property, subject: Term, node: Node, said: Evidence) -> None:
        class_ = self.class_in(p)
        if class_ is None:
            return
        if not isinstance(node, Mapping):
            keys = self.ontology.keys(class_)
            first = next((q.key for q in keys.values() if q.term == p.target), next(iter(keys), "key"))
            found = printable(node.text) if isinstance(node, Scalar) else "…"
            message = f"`{p.key}` takes a mapping; found `{found}`"
            self.report.say(node, "not-a-relation", message, f"write `- {{{first}: {found}}}`")
            return
        if not node.items:
            hint = "write its keys, or leave it out"
            self.report.say(node, "no-value", f"`{p.key}` has an empty mapping", hint)
            return
        term, place = self.mint(subject, p, node), self.report.place(node)
        self.facts.relations[term] = place
        self.keys(entry, node, class_, term, said, ())
        self.state(term, TYPE, class_.term, place, said)
        self.state(subject, p.term, term, place, said)

    def mint(self, subject: Term, p: Property, node: Mapping) -> Term:
        """Make the IRI of a relation from what it says, so that it does not move when lists are reordered."""
        said = sorted(node.items, key=lambda item: item[0].text)
        texts = [v.text for key, value in said if key.text not in EVIDENCE_KEYS for v in scalars(value)]
        parts = [name_slug(text)[:40].strip("-") for text in texts if text.strip()]
        stem = f"{subject[1:-1]}/{slug(p.key)}/{'-'.join(parts) or 'one'}"
        number, term = 1, iri(stem)
        while term in self.facts.relations:
            number += 1
            term = iri(f"{stem}-{number}")
        return term

    def state(self, s: Term, p: Term, o: Term, place: Place, said: Evidence) -> None:
        self.facts.statements.append(Statement(s, p, o, place, said))


def _takes(p: Property) -> str:
    return {"reference": "the id of an entry", "relation": "a mapping", "named": "a name"}.get(p.kind, "one value")
