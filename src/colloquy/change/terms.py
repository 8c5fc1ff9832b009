"""How two ontologies differ, in words, each difference classed by what it does to facts and questions of others.

`safe`: all facts and questions go on as they are.  `widening`: more may be written, or follows, than
before.  `breaking`: something that was right is refused, or a question loses rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

from colloquy.change.shapes import effect, in_words, read_rules_of
from colloquy.ontology import Class, Ontology, Property
from colloquy.terms import XSD, Term, compress

Severity: TypeAlias = Literal["breaking", "widening", "safe"]
T = TypeVar("T", Class, Property)
ORDER: tuple[Severity, ...] = ("breaking", "widening", "safe")

_WIDER = {
    XSD + "positiveInteger": {XSD + "nonNegativeInteger", XSD + "integer", XSD + "decimal"},
    XSD + "nonNegativeInteger": {XSD + "integer", XSD + "decimal"},
    XSD + "integer": {XSD + "decimal"},
}
"""Datatypes that take every value of another one, which stays the same value (XML Schema 2, clause 3.4)."""


@dataclass(frozen=True)
class Difference:
    """One difference of the ontology: `kind` is added, removed, renamed, deprecated or changed."""

    severity: Severity
    kind: str
    term: Term
    shown: str
    words: str
    why: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.shown} {self.words} — {self.why}"


class Comparison:
    """Compares two ontologies term by term."""

    def __init__(self, old: Ontology, new: Ontology, prefixes: Mapping[str, str]) -> None:
        self.old, self.new, self.prefixes = old, new, dict(prefixes)
        self.found: list[Difference] = []

    def all(self) -> list[Difference]:
        """Give every difference, the breaking ones first."""
        was, now = self.old.class_by_term, self.new.class_by_term
        self._terms(was, now, self._alike_classes, self._class)
        self._terms(self.old.property_by_term, self.new.property_by_term, self._alike, self._property)
        self._rules()
        self._shapes()
        return sorted(set(self.found), key=lambda d: (ORDER.index(d.severity), d.shown, d.kind, d.words))

    def say(self, severity: Severity, kind: str, term: Term, words: str, why: str) -> None:
        self.found.append(Difference(severity, kind, term, self.short(term), words, why))

    def short(self, term: Term) -> str:
        return compress(term, self.prefixes)

    def names(self, terms: Iterable[Term]) -> str:
        return ", ".join(sorted(self.short(t) for t in terms))

    # --- added, removed, renamed ----------------------------------------------------------------

    def _terms(
        self, was: Mapping[Term, T], now: Mapping[Term, T],
        alike: Callable[[T, T], bool], compare: Callable[[T, T], None],
    ) -> None:  # fmt: skip
        gone, come = [t for t in was if t not in now], [t for t in now if t not in was]
        replaced = {t: c.new for t, c in self.old.changes.items() if c.new}
        for term in gone:
            new = replaced.get(term)
            near = [t for t in come if alike(was[term], now[t])]
            if new is not None and new in now:
                words = f"is taken away; it was declared to be {self.short(new)} now"
                self.say("breaking", "removed", term, words, "what was not migrated is refused, or finds nothing")
            elif len(near) == 1 and [g for g in gone if alike(was[g], now[near[0]])] == [term]:
                words = f"is {self.short(near[0])} now, it seems: all else of it is the same"
                self.say("breaking", "renamed", term, words,
                         "declare it (dct:isReplacedBy on the old term), and both names work")  # fmt: skip
                come.remove(near[0])
            else:
                one = was[term]
                what = f"the key `{one.key}` is" if isinstance(one, Property) else "entries of it are"
                self.say(
                    "breaking", "removed", term, "is taken away", f"{what} refused, and questions in it find nothing"
                )
        for term in come:
            made = self.new.changes.values()
            old = sorted(c.old for c in made if c.new == term and c.old in was)
            if old:
                words = f"is added, in the place of {self.names(old)}"
                self.say(
                    "safe", "renamed", term, words, "the old term goes on working, and `colloquy migrate` writes it"
                )
            else:
                why = "nobody uses it yet" if isinstance(now[term], Class) else "a new key, which no entry has to have"
                self.say("safe", "added", term, "is added", why)
        for term in was:
            if term in now:
                self._deprecated(term)
                compare(was[term], now[term])

    def _deprecated(self, term: Term) -> None:
        before, after = self.old.changes.get(term), self.new.changes.get(term)
        if before == after:
            return
        if after is None:
            self.say("safe", "changed", term, "is no longer deprecated", "it works as it did")
        elif before is not None and after.until < before.until and after.until:
            words = f"works until {after.until} only, no longer until {before.until}"
            self.say("breaking", "deprecated", term, words, "others have planned with the later day")
        else:
            until = f" until {after.until}" if after.until else ""
            instead = self.names({t for t in (after.new, *(p.becomes for p in after.parts)) if t})
            words = f"is deprecated{f'; write {instead}' if instead else ''}"
            self.say("safe", "deprecated", term, words, f"it goes on working{until}, and `check` warns of it")

    def _alike(self, one: Property, other: Property) -> bool:
        same = (one.kind, one.domain, one.range, one.datatypes) == (
            other.kind,
            other.domain,
            other.range,
            other.datatypes,
        )
        return same and (one.label == other.label or one.definition == other.definition != "" or one.key == other.key
                         or one.sentence.partition("—")[2] == other.sentence.partition("—")[2] != "")  # fmt: skip

    def _alike_classes(self, one: Class, other: Class) -> bool:
        same = (one.kind, one.parents) == (other.kind, other.parents)
        keys = [{p.term for p in o.keys(c).values()} for o, c in ((self.old, one), (self.new, other))]
        return same and (one.label == other.label or one.definition == other.definition != "" or keys[0] == keys[1])

    def _declared(self, term: Term) -> set[Term]:
        """Give the terms that a declared change makes one with a term."""
        changes = self.new.changes.values()
        return {c.old for c in changes if c.new == term} | {c.new for c in changes if c.old == term and c.new}

    # --- what changed -----------------------------------------------------------------------------

    def _class(self, was: Class, now: Class) -> None:
        if was.kind != now.kind:
            self.say("breaking", "changed", was.term, f"was {_KINDS[was.kind]}, and is {_KINDS[now.kind]}",
                     "it is written in another way")  # fmt: skip
        gone, come = self.old.class_by_term.keys(), self.new.class_by_term.keys()
        lost = {t for t in was.ancestors - now.ancestors if t in come or t not in gone}
        gained = {t for t in now.ancestors - was.ancestors if t in gone or t not in come}
        gained -= self._declared(was.term)
        if lost:
            self.say("breaking", "changed", was.term, f"is no longer a kind of {self.names(lost)}",
                     "questions about these lose its entries, and its entries lose their keys")  # fmt: skip
        if gained:
            self.say("widening", "changed", was.term, f"is a kind of {self.names(gained)} too",
                     "questions about these find its entries as well")  # fmt: skip
        self._said(was.term, [
            ("label", was.label, now.label), ("definition", was.definition, now.definition),
            ("look", (was.look, was.plural, was.drawn), (now.look, now.plural, now.drawn)),
            ("place in the network", was.connects, now.connects),
        ])  # fmt: skip
        if was.names_repeat != now.names_repeat:
            asked = "no longer tell its entries apart" if now.names_repeat else "tell its entries apart"
            self.say("safe", "changed", was.term, f"has names that {asked}", _ASKED)
        told, tells = self.old.outside_ids(was), self.new.outside_ids(now)
        for gone_, keys in (("no longer ", told - tells), ("", tells - told)):
            if keys:
                words = f"is {gone_}told apart by {self.names(keys)}"
                self.say("safe", "changed", was.term, words, _ASKED)

    def _property(self, was: Property, now: Property) -> None:
        if was.key != now.key:
            self.say("breaking", "changed", was.term, f"has the key `{now.key}`, no longer `{was.key}`",
                     "entries with the old key are refused")  # fmt: skip
        if was.kind != now.kind:
            self.say("breaking", "changed", was.term, f"takes {_TAKES[now.kind]}, no longer {_TAKES[was.kind]}",
                     "values that are there are refused, and questions get others")  # fmt: skip
        else:
            self._range(was, now)
        mine = {t: c for t, c in self.old.class_by_term.items() if t in self.new.class_by_term}
        before = {t for t, c in mine.items() if was in self.old.keys(c).values()}
        after = {t for t in mine if now in self.new.keys(self.new.class_by_term[t]).values()}
        if before - after:
            self.say("breaking", "changed", was.term, f"is no longer a key of {self.names(before - after)}",
                     "entries that have it are refused")  # fmt: skip
        if after - before:
            self.say("widening", "changed", was.term, f"is a key of {self.names(after - before)} too",
                     "more entries may have it, and none has to")  # fmt: skip
        self._said(was.term, [
            ("label", was.label, now.label), ("definition", was.definition, now.definition),
            ("sentence", _sentences(was), _sentences(now)),
            ("place in the network", (was.drawn, was.connects), (now.drawn, now.connects)),
        ])  # fmt: skip

    def _range(self, was: Property, now: Property) -> None:
        if was.kind in ("text", "literal"):
            before, after = set(was.datatypes), set(now.datatypes)
            lost = {d for d in before - after if not _WIDER.get(d, set()) & after}
            if lost:
                self.say("breaking", "changed", was.term, f"no longer takes {self._types(lost)}",
                         f"values that are there are refused, or become {self._types(after)} in answers")  # fmt: skip
            elif after - before:
                self.say("widening", "changed", was.term, f"takes {self._types(after)}, and took {self._types(before)}",
                         "every value that is there fits")  # fmt: skip
            return
        mine = [t for t in self.old.class_by_term if t in self.new.class_by_term]
        before = {t for t in mine if not was.range or was.range & self.old.class_by_term[t].ancestors}
        after = {t for t in mine if not now.range or now.range & self.new.class_by_term[t].ancestors}
        if before - after:
            self.say("breaking", "changed", was.term, f"no longer leads to {self.names(before - after)}",
                     "values that lead there are refused")  # fmt: skip
        if after - before:
            self.say("widening", "changed", was.term, f"may lead to {self.names(after - before)} too",
                     "every value that is there fits")  # fmt: skip

    def _types(self, types: Iterable[str]) -> str:
        return self.names(f"<{t}>" for t in types)

    def _said(self, term: Term, parts: Iterable[tuple[str, object, object]]) -> None:
        changed = [name for name, was, now in parts if was != now]
        if changed:
            words = f"has another {' and '.join(changed)}"
            self.say("safe", "changed", term, words, "facts and answers stay as they are")

    # --- what follows, and what is asked of facts -------------------------------------------------

    def _rules(self) -> None:
        both = [t for t in self.old.property_by_term if t in self.new.property_by_term]
        made = {c.new for c in self.new.changes.values()} | self.new.changes.keys()
        for term in both:
            before, after = (o.rules.implied(term) for o in (self.old, self.new))
            gone, come = self.old.property_by_term.keys(), self.new.property_by_term.keys()
            lost = {q for q, _ in before - after if q in come or q not in gone}  # what is taken away is said already
            gained = {q for q, _ in after - before if q in gone or q not in come}
            self._follow(term, lost, gained, term in made)
            if (term in self.old.rules.transitive) != (term in self.new.rules.transitive):
                self._follow_words(term, "is transitive", term in self.new.rules.transitive)
        was_chains, now_chains = set(self.old.rules.chains), set(self.new.rules.chains)
        for head, _ in sorted(was_chains ^ now_chains):
            if head in both and head not in made:
                self._follow_words(head, "follows from a chain", any(h == head for h, _ in now_chains - was_chains))
        for pair in sorted(map(sorted, self.new.rules.disjoint - self.old.rules.disjoint)):
            if len(pair) == 2 and all(t in self.old.class_by_term for t in pair):
                self.say("breaking", "changed", pair[0], f"and {self.short(pair[1])} exclude each other",
                         "an entry that is both is refused")  # fmt: skip
        for pair in sorted(map(sorted, self.old.rules.disjoint - self.new.rules.disjoint)):
            if len(pair) == 2 and all(t in self.new.class_by_term for t in pair):
                self.say("widening", "changed", pair[0], f"and {self.short(pair[1])} no longer exclude each other",
                         "an entry may be both")  # fmt: skip

    def _follow(self, term: Term, lost: set[Term], gained: set[Term], replaced: bool) -> None:
        if lost:
            self.say("breaking", "changed", term, f"no longer makes {self.names(lost)} follow",
                     "questions in these lose rows")  # fmt: skip
        if gained and not replaced:
            self.say("widening", "changed", term, f"makes {self.names(gained)} follow too",
                     "questions in these find more")  # fmt: skip

    def _follow_words(self, term: Term, words: str, now: bool) -> None:
        if now:
            self.say("widening", "changed", term, f"{words} now", "more follows from the same facts")
        else:
            self.say("breaking", "changed", term, f"{words} no longer", "less follows, and questions lose rows")

    def _shapes(self) -> None:
        was, now = read_rules_of(self.old), read_rules_of(self.new)
        for key in sorted({*was, *now}):
            target, path, component = key
            found = effect(component, was.get(key), now.get(key))
            if found is None:
                continue
            words = in_words(self.short(path) if path else "", component, was.get(key), now.get(key))
            if target not in self.old.class_by_term and target in self.new.class_by_term:
                self.say("safe", "changed", target, words, "no entry is of it yet")
            elif found == "stricter":
                self.say("breaking", "changed", target, words, "entries that do not keep it are refused")
            elif found == "warns":
                self.say("safe", "changed", target, words, "`check` warns where it is not so, and refuses nothing")
            elif target in self.new.class_by_term or target not in self.old.class_by_term:
                self.say("widening", "changed", target, words, "more entries are right than before")


def _sentences(p: Property) -> tuple[str, ...]:
    return p.sentence, p.inverse_sentence, p.detail, p.lone_sentence


_ASKED = "only what `check` asks about, which entries are one, is another"
_KINDS = {"entity": "a class of entries", "relation": "a qualified relation", "named": "a named value"}
_TAKES = {"reference": "an entry", "relation": "a mapping", "named": "a name", "text": "text", "literal": "a value"}
