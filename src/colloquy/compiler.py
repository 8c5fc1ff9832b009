"""Compiles a file's entries into statements: the last of three steps from YAML to statements.

The ontology says what each key of an entry means, and each value becomes a statement that knows
where it was written and what says so.  Each file is compiled by itself, against the directory; all
mistakes are collected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache
from operator import itemgetter
from typing import Any, TypeAlias

from colloquy.datatypes import HOW_TO_WRITE, doubts, no_such_day, typed
from colloquy.deprecation import CODE
from colloquy.directory import Card, Directory, Entry
from colloquy.entries import DIFFERENT, ID, SAME_AS, ByName, Draft, scalars
from colloquy.errors import Place, did_you_mean, printable, with_article
from colloquy.evidence import EVIDENCE_KEYS, Evidence, EvidenceReader, Report
from colloquy.identity import nearest
from colloquy.makers import LONGEST_TEXT, Maker, text_maker, value_maker
from colloquy.ontology import Class, Ontology, Property, snake_case
from colloquy.outdated import new_keys, twins_of, uses, words
from colloquy.settings import Settings
from colloquy.source import Mapping, Node, Scalar, Sequence, yaml_reading
from colloquy.terms import (
    ALT_LABEL,
    LABEL,
    LANGUAGE_TAG,
    OWL,
    TYPE,
    XSD_STRING,
    Term,
    iri,
    literal,
    literal_parts,
    slug,
)
from colloquy.unit import Mention, Unit

_LANGUAGE = re.compile(LANGUAGE_TAG)
Compile: TypeAlias = Callable[[Property, Term, Scalar, dict[str, Node], Evidence], None]


def name_slug(text: str) -> str:
    """Make a slug of a name; of one without a single ASCII letter or digit, of its code points.

    >>> name_slug("Curator"), name_slug("館長")
    ('curator', 'u9928-9577')
    """
    return slug(text) or "-".join(["u", *(f"{ord(c):x}" for c in text.strip())]).replace("u-", "u", 1)


class Compiler:
    """Compiles one file after another; what the ontology says is looked up once."""

    def __init__(self, ontology: Ontology, settings: Settings, directory: Directory) -> None:
        self.ontology, self.settings, self.directory = ontology, settings, directory
        self.language = settings.language or None
        self.stem = 1 + len(settings.base)
        implied = ontology.rules.implied
        self.label_properties = {p.term for p in ontology.properties if (LABEL, False) in implied(p.term)}
        self._makers: dict[Term, Maker | None] = {}
        self._keys: dict[str, dict[str, tuple[Property, Term, Maker | None]]] = {}
        self._in_range: dict[tuple[Term, str], bool] = {}
        self._classes: dict[Term, Class | None] = {}
        self._wanted: dict[Term, tuple[Term, ...]] = {}
        self.said, self.said_number = _UNSAID, 0
        self.stem_of = cache(lambda name: f"{settings.base}{snake_case(name).replace('_', '-')}/")
        self.compilers = {"relation": self.relation, "reference": self.reference, "named": self.named,
                          "text": self.text, "literal": self.literal}  # fmt: skip
        self.twins = twins_of(ontology)
        if self.twins:
            both = {kind: self.both_ways(self.compilers[kind]) for kind in ("reference", "text", "literal")}
            self.compilers = {**self.compilers, **both}
        self.new_keys = new_keys(ontology)

    def compile(self, file: str, drafts: Iterable[Draft], part: int = 0) -> Unit:
        """Compile the entries of one file, or part of it; what is wrong is among the unit's findings."""
        self.unit = unit = Unit(file, [], part=part)
        self.rows = unit.rows
        self.report = Report(file=file)
        self.evidence = EvidenceReader(self.report, self.directory.section_titles)
        self.known_evidence: dict[Evidence, int] = {unit.evidences[0]: 0}
        self.minted: set[Term] = set()
        self.written: dict[tuple[Term, Term], int] = {}
        unit.lost = frozenset(self.directory.lost.get(file, ()))
        for draft in drafts:
            if draft.nameless:
                self.look_through(draft)
            elif (draft.id, draft.line, draft.column) not in unit.lost:
                self.entry(draft)
        unit.findings = self.report.findings
        unit.phrases = [(p.line, p.column, self.number(said)) for p, said in sorted(self.evidence.phrases)]
        unit.refused = [(s, p, count) for (s, p), count in self.written.items()]
        sourced = 0
        if len(unit.evidences) > 1:
            unit.sections = self.directory.section_digest
            documented = {number for number, said in enumerate(unit.evidences) if said.document is not None}
            sourced = sum(row[5] in documented for row in unit.rows)
        unit.counts = (len(unit.rows), sourced)
        unit.predicates = frozenset(map(itemgetter(1), unit.rows))
        return unit

    def number(self, said: Evidence) -> int:
        """Give the number of an evidence in the unit."""
        found = self.known_evidence.get(said)
        if found is None:
            found = self.known_evidence[said] = len(self.unit.evidences)
            self.unit.evidences.append(said)
            if said.document is not None:
                self.look_up(said.document)
        return found

    def number_of(self, said: Evidence) -> int:
        """Give the number of an evidence, which mostly is that of the statement before."""
        if said is not self.said:
            self.said, self.said_number = said, self.number(said)
        return self.said_number

    def look_up(self, id_: str) -> Card | None:
        """Look an id up in the directory, and remember the answer: it went into this unit."""
        uses = self.unit.uses
        if id_ in uses:
            return uses[id_]
        card = uses[id_] = self.directory.card(id_)
        return card

    def entry(self, draft: Draft) -> None:
        card = self.look_up(draft.id)
        if card is None:
            known = self.directory.entries
            self.unit.volatile = True
            hint = _did_you_mean(draft.id, known) or "add an entry with this id, or correct it"
            at = Scalar(draft.id, draft.line, draft.column, False)
            self.report.say(at, "unknown-reference", f"`entry`: no entry has the id `{draft.id}`", hint)
            return
        self.of = entry = self.directory.entries[draft.id]
        term, first_row = card[0], len(self.rows)
        self.first_name = ""
        if entry.place != (self.unit.file, draft.line, draft.column):
            self.first_name = card[4]
        self.moved = term[self.stem : -1] != draft.id
        self.renames = self.label_properties if self.moved or self.first_name else frozenset[Term]()
        own: dict[str, Node] = dict(draft.defaults)
        type_line, type_column = draft.line, draft.column
        for key, value in () if draft.bare else draft.node.items:
            name = key.text
            if name not in OF_ENTRY:
                continue
            if name != "type":
                own[name] = value
            else:
                type_line, type_column = value.line, value.column
        self.said, self.said_number = _UNSAID, 0
        said = self.evidence.read(own, _UNSAID) if own else _UNSAID
        if draft.class_ is not None:
            number = 0 if said is _UNSAID else self.number(said)
            self.rows.append((term, TYPE, draft.class_.term, type_line, type_column, number))
        skip = _OWN_KEYS
        if draft.class_ is None:
            skip = _ADDED_KEYS
            for key, _ in draft.node.items:
                if key.text in _OWN_KEYS:
                    message = f"`entry` adds to an entry that is there: it has its {key.text}"
                    self.report.say(key, "unknown-key", message, f"leave `{key.text}` out")
        self.keys(draft.node, entry.class_, term, said, skip)
        if self.ontology.changes and not draft.foreign:
            for use in uses(draft, entry.class_, self.ontology):
                self.report.say(use.at, CODE, *words(use, self.ontology), severity="warning")
        if card[3]:
            self.unit.open += [row for row in self.rows[first_row:] if row[0] == term or row[1] == SAME_AS]

    def look_through(self, draft: Draft) -> None:
        """Say what else is wrong in an entry whose id cannot be used; it states nothing."""
        assert draft.class_ is not None
        unit, written = self.unit, dict(self.written)
        lists: tuple[list[Any], ...] = (unit.rows, unit.mentions, unit.relations)
        before = [len(one) for one in lists]
        nowhere = iri(f"{self.settings.base}-")
        self.of = Entry(draft.id, nowhere, draft.class_, Place(unit.file, draft.line, draft.column))
        self.first_name, self.moved, self.renames = "", False, frozenset()
        own = dict(draft.defaults) | {k.text: v for k, v in draft.node.items if k.text in _EVIDENCE}
        self.said, self.said_number = _UNSAID, 0
        self.keys(draft.node, draft.class_, nowhere, self.evidence.read(own, _UNSAID) if own else _UNSAID, _OWN_KEYS)
        for one, length in zip(lists, before, strict=True):
            del one[length:]
        self.written = written

    def keys(self, node: Mapping, class_: Class, subject: Term, above: Evidence, skip: frozenset[str]) -> None:
        """Compile every key of an entry, or of a relation in it."""
        known = self._keys.get(class_.name) or self.keys_of(class_)
        report, compilers, rows, renames = self.report, self.compilers, self.rows, self.renames
        unknown, number = 0, -1
        for key, value in node.items:
            name = key.text
            meant = known.get(name)
            if meant is None or name in skip:
                if name not in skip and name not in _EVIDENCE:
                    unknown += 1
                    if unknown <= 20:
                        message = f"{class_.name} has no key `{printable(name)}`"
                        report.say(key, "unknown-key", message, self.hint_for_key(name, known))
                continue
            p, predicate, make = meant
            if make and type(value) is Scalar and predicate not in renames and (made := make(value)):
                if number < 0:
                    number = self.number_of(above)
                rows.append((subject, predicate, made, value.line, value.column, number))
                continue
            errors = report.errors
            count = 1
            if isinstance(value, Scalar):
                if value.text or not value.plain:
                    compilers[p.kind](p, subject, value, {}, above)
                else:
                    report.say(value, "no-value", f"`{p.key}` has no value", "write one, or leave the key out")
            else:
                count = 0
                for item, own in self.values(p, value):
                    count += 1
                    self.value(p, subject, item, own, self.evidence.read(own, above) if own else above)
            if report.errors > errors:  # a refused value is written all the same
                at = (subject, predicate)
                self.written[at] = self.written.get(at, 0) + count + 1
        if unknown > 20:
            report.say(node, "unknown-key", f"{unknown - 20} more unknown keys here", "see the first ones")

    def keys_of(self, class_: Class) -> dict[str, tuple[Property, Term, Maker | None]]:
        """Give the keys of a class: for each the property, its term, and what makes terms of its plain values."""
        made = {name: (p, p.term, self.maker(p)) for name, p in self.ontology.keys(class_).items()}
        self._keys[class_.name] = made
        return made

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
                    yield from ((item, {}),) if isinstance(item, Scalar) else self.values(p, item)
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

    def value(self, p: Property, subject: Term, node: Node, own: dict[str, Node], said: Evidence) -> None:
        """Compile one value by what the ontology says its property takes."""
        if p.kind == "relation":
            self.relation(p, subject, node, own, said)
        elif not isinstance(node, Scalar):
            hint = "write `{value: …, language: …}` for a text in a language" if p.kind == "text" else "write one value"
            self.report.say(node, "one-value", f"`{p.key}` takes {_takes(p)} here, not a list or mapping", hint)
        elif node.plain and not node.text:
            self.report.say(node, "no-value", f"`{p.key}` has no value", "write one, or leave the key out")
        else:
            self.compilers[p.kind](p, subject, node, own, said)

    # --- kinds of value -----------------------------------------------------------------------

    def maker(self, p: Property) -> Maker | None:
        """Give what makes terms of a property's plain values: a quick look, as most values need no other."""
        if p.term in self._makers:
            return self._makers[p.term]
        made: Maker | None = None
        if p.term in self.twins:
            pass  # a second statement follows from each
        elif p.kind == "text" or (p.kind == "literal" and p.datatypes == _ONLY_TEXT):
            made = text_maker(self.language if p.kind == "text" else None)
        elif p.kind == "literal":
            made = value_maker(p.datatypes)
        self._makers[p.term] = made
        return made

    def is_text(self, p: Property, node: Scalar) -> bool:
        """Tell whether a scalar may stand as text; say so where YAML, or a reader, would take it otherwise."""
        text = node.text
        reading = yaml_reading(text) if node.plain else None
        if reading is not None:
            shown = printable(text, 30)
            message = f"`{p.key}` is text, but YAML reads {shown} as {reading}"
            self.report.say(node, "quote-it", message, f'quote it: "{shown}"')
            return False
        stripped = text.strip()
        if not stripped:
            self.report.say(node, "no-value", f"`{p.key}` is empty", "write a text, or leave the key out")
            return False
        if len(stripped) != len(text) and text.rstrip("\n") != stripped and "\n" not in stripped:
            message = f"`{p.key}` begins or ends with a blank"
            self.report.say(node, "blank-at-end", message, "take it out of the quotes", severity="warning")
        if len(text) > LONGEST_TEXT:
            message = f"`{p.key}` has {len(text):,} characters"
            self.report.say(node, "long-text", message, "is a quote missing?", severity="warning")
        return True

    def text(self, p: Property, subject: Term, node: Scalar, own: dict[str, Node], said: Evidence) -> None:
        tag = self.language
        if "language" in own:
            language = own["language"]
            tag = language.text if isinstance(language, Scalar) else ""
            if not _LANGUAGE.fullmatch(tag):
                message = f"`{p.key}`: `{printable(tag)}` is no language"
                self.report.say(language, "bad-language", message, "write a language tag such as en, cy or pt-BR")
                return
        if self.is_text(p, node):
            # A block of text ends with a line end that nobody means.
            text = node.text.rstrip("\n")
            self.state(subject, self.naming(p.term, text), literal(text, language=tag), node, said)

    def naming(self, predicate: Term, text: str) -> Term:
        """Make another name of what is not the first name of an entry that is merged, or described elsewhere too."""
        if predicate in self.label_properties and (self.moved or (self.first_name and text != self.first_name)):
            return ALT_LABEL
        return predicate

    def literal(self, p: Property, subject: Term, node: Scalar, own: dict[str, Node], said: Evidence) -> None:
        only_text = p.datatypes == _ONLY_TEXT
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
            if why := no_such_day(node.text.strip()):
                message += f", but {why}"
            self.report.say(node, "wrong-type", message, "write " + "; or ".join(ways))
            return
        lexical, datatype = found
        if doubt := doubts(lexical, datatype):
            self.report.say(node, "odd-value", f"`{p.key}`: {doubt}", "is that meant?", severity="warning")
        self.state(subject, self.naming(p.term, lexical), literal(lexical, datatype), node, said)

    def reference(self, p: Property, subject: Term, node: Scalar, own: dict[str, Node], said: Evidence) -> None:
        id_ = node.text
        if type(node) is ByName:
            id_ = self.id_by_name(p, node)
            if not id_:
                return
        card = self.look_up(id_)
        if card is None:
            message = f"`{p.key}`: no entry has the id `{printable(id_)}`"
            self.complain(node, "unknown-reference", message, self.hint_for_id(id_))
            return
        term, class_name = card[0], card[1]
        if p.range and not self.in_range(p, class_name):
            other = self.directory.entries[id_]
            wanted = " or ".join(sorted(with_article(self.ontology.label(t)) for t in p.range))
            message = f"`{p.key}` leads to {wanted}; `{id_}` is {with_article(other.class_.label)}"
            self.complain(node, "wrong-kind", message, "name another entry, or change its type", other)
            return
        if term != subject and p.term != SAME_AS:
            self.state(subject, p.term, term, node, said)
            return
        if p.term == DIFFERENT and id_ != self.of.id:
            message = f"`{self.of.id}` and `{id_}` are said to be one and to be two"
            self.report.say(node, "disjoint", message, "take `same_as` or `different_from` out")
            return
        if term == subject and (p.term != SAME_AS or id_ == self.of.id):
            message = f"`{p.key}` of `{self.of.id}` refers to itself"
            self.report.say(node, "self-reference", message, "name another entry, or leave it out", severity="warning")
        if p.term == SAME_AS:  # said of the IRI that this entry would have: nothing else stands there
            subject = iri(self.settings.base + self.of.id)
        if p.term != SAME_AS or subject != term:
            self.state(subject, p.term, term, node, said)

    def in_range(self, p: Property, class_name: str) -> bool:
        at = (p.term, class_name)
        found = self._in_range.get(at)
        if found is None:
            found = _THING in p.range or bool(p.range & self.ontology.classes[class_name].ancestors)
            self._in_range[at] = found
        return found

    def complain(self, node: Node, code: str, message: str, hint: str, other: Entry | None = None) -> None:
        """Report what another file may change at any time: such a unit is never taken from the cache."""
        self.unit.volatile = True
        self.report.say(node, code, message, hint, related=(other.place,) if other else ())

    def id_by_name(self, p: Property, node: Scalar) -> str:
        """Find the entry of a name among those that the property may lead to; empty where none or several have it."""
        wanted = self._wanted.get(p.term)
        if wanted is None:
            wanted = self._wanted[p.term] = () if _THING in p.range else tuple(sorted(p.range))
        key = (node.text, wanted)
        ids = self.unit.named.get(key)
        if ids is None:
            ids = self.unit.named[key] = self.directory.named(node.text, wanted)
        if len(ids) == 1:
            return ids[0]
        if ids:
            message = f"`{p.key}`: several entries are called {printable(node.text)}: {', '.join(ids[:5])}"
            self.complain(
                node, "ambiguous-name", message, "give one of them another name, or say that they are the same"
            )
        else:
            message = f"`{p.key}`: no entry has the name {printable(node.text)}"
            hint = _did_you_mean(node.text, self.directory.ids_by_name) or "add an entry with this name, or correct it"
            self.complain(node, "unknown-reference", message, hint)
        return ""

    def hint_for_id(self, text: str) -> str:
        listed = re.split(r"\s*,\s*", text)
        if len(listed) > 1 and all(ID.fullmatch(part) for part in listed):
            return f"write a list: [{', '.join(listed)}]"
        if ids := self.directory.ids_by_name.get(text):
            return f"did you mean the id `{ids[0]}`?"
        # A list of all ids helps nobody.
        return _did_you_mean(text, self.directory.entries) or "add an entry with this id, or correct it"

    def named(self, p: Property, subject: Term, node: Scalar, own: dict[str, Node], said: Evidence) -> None:
        class_ = self.class_in(p)
        if class_ is None or not self.is_text(p, node):
            return
        text = node.text.strip()
        term = iri(self.stem_of(class_.name) + name_slug(text))
        self.unit.mentions.append(Mention(term, class_.term, text, node.line, node.column, self.number(said)))
        self.state(subject, p.term, term, node, said)

    def class_in(self, p: Property) -> Class | None:
        """Give the class that a relation or a named value of this property is of."""
        if p.term not in self._classes:
            known = self.ontology.class_by_term
            self._classes[p.term] = next((known[t] for t in sorted(p.range) if t in known), None)
        return self._classes[p.term]

    def relation(self, p: Property, subject: Term, node: Node, own: dict[str, Node], said: Evidence) -> None:
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
        term = self.mint(subject, p, node)
        self.unit.relations.append((term, node.line, node.column))
        self.keys(node, class_, term, said, frozenset())
        self.state(term, TYPE, class_.term, node, said)
        self.state(subject, p.term, term, node, said)

    def mint(self, subject: Term, p: Property, node: Mapping) -> Term:
        """Make the IRI of a relation from what it says, so that it does not move when lists are reordered."""
        new = self.new_keys  # the address is to stay when a key is replaced
        said = sorted(node.items, key=lambda item: new.get(item[0].text, item[0].text))
        texts = [v.text for key, value in said if key.text not in EVIDENCE_KEYS for v in scalars(value)]
        pieces = [name_slug(text)[:40].strip("-") for text in texts if text.strip()]
        stem = f"{subject[1:-1]}/{slug(new.get(p.key, p.key))}/{'-'.join(pieces) or 'one'}"
        number, term = 1, iri(stem)
        while term in self.minted:
            number += 1
            term = iri(f"{stem}-{number}")
        self.minted.add(term)
        return term

    # --- deprecated terms whose values are written otherwise now -------------------------------

    def both_ways(self, compile_: Compile) -> Compile:
        """Let each value of a property also be one of that which replaces it, or which it replaces."""

        def compile_both(p: Property, subject: Term, node: Scalar, own: dict[str, Node], said: Evidence) -> None:
            before = len(self.rows)
            compile_(p, subject, node, own, said)
            for change, other in self.twins.get(p.term, ()) if len(self.rows) > before else ():
                text = self.name_of(node) if p.kind == "reference" else literal_parts(self.rows[before][2]).lexical
                if other.term == change.new:
                    text = change.written(text)
                if other.kind == "named":
                    self.named(other, subject, Scalar(text, node.line, node.column, plain=False), {}, said)
                elif made := self.value_of(other, text):
                    self.state(subject, other.term, made, node, said)

        return compile_both

    def name_of(self, node: Scalar) -> str:
        """Give the name of the entry that a reference names."""
        if type(node) is ByName:
            return node.text
        listed = (one for _, one in self.directory.mentions.get(node.text, ()))
        name = next((one.names[0] for one in listed if one.names), "")
        self.unit.named[name, ()] = self.directory.named(name, ())  # asked again when the name changes
        return name

    def value_of(self, p: Property, text: str) -> Term | None:
        """Make the value of a property from a text; None, without a word, where it cannot be one."""
        if not text:
            return None
        if p.kind == "text":
            return literal(text, language=self.language)
        if p.kind == "literal":
            found = typed(text, p.datatypes)
            return literal(*found) if found else None
        key = (text, tuple(sorted(p.range - {_THING})))
        ids = self.unit.named[key] = self.directory.named(text, key[1])
        card = self.look_up(ids[0]) if len(ids) == 1 else None
        return card[0] if card else None

    def state(self, s: Term, p: Term, o: Term, node: Node, said: Evidence) -> None:
        number = self.said_number if said is self.said else self.number_of(said)
        self.rows.append((s, p, o, node.line, node.column, number))


_ONLY_TEXT = (XSD_STRING,)
_THING: Term = f"<{OWL}Thing>"
_EVIDENCE = frozenset(EVIDENCE_KEYS)
OF_ENTRY = _EVIDENCE | {"type"}
"""Keys that say what an entry is, and what says so."""
_UNSAID = Evidence()
_OWN_KEYS, _ADDED_KEYS = frozenset({"id", "type"}), frozenset({"id", "type", "entry"})


def _did_you_mean(word: str, known: Collection[str]) -> str:
    near = nearest(word, known)
    return f"did you mean `{near}`?" if near else ""


def _takes(p: Property) -> str:
    return {"reference": "the id of an entry", "relation": "a mapping", "named": "a name"}.get(p.kind, "one value")
