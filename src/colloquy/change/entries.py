"""How the facts of two states differ: entries and statements, each said in a sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from colloquy.change.states import State
from colloquy.errors import Place
from colloquy.evidence import Evidence
from colloquy.facts import Statement
from colloquy.network.words import say, words
from colloquy.ontology import Property
from colloquy.terms import TYPE, Term, compress, is_iri


@dataclass(frozen=True)
class Altered:
    """One entry that differs: `kind` is added, removed, renamed or changed.

    `lines` are its statements, each with `+`, `-`, or `~` where only what says so differs.
    """

    kind: str
    id: str
    name: str
    place: Place
    lines: tuple[tuple[str, str], ...]
    before: str = ""
    """The earlier id of a renamed entry."""

    def __str__(self) -> str:
        was = f", which was {self.before}" if self.before else ""
        head = f"{self.kind}: {self.name} ({self.id}{was}), {self.place}"
        return "\n".join([head, *(f"  {sign} {sentence}" for sign, sentence in self.lines)])


@dataclass(frozen=True)
class _Said:
    """A statement of an entry, or a whole relation, with what tells it from others."""

    key: tuple[object, ...]
    sentence: str
    evidence: Evidence


class Told:
    """The facts of one state in words, entry by entry."""

    def __init__(self, state: State) -> None:
        self.state, self.facts, self.ontology = state, state.compiled.facts, state.ontology
        self.base = f"<{state.settings.base}"
        self.ids = {e.term: e.id for e in reversed(self.facts.entries.values())}
        self.replaced = {old: c.new for old, c in self.ontology.changes.items() if c.new and c.twins and not c.inverse}

    @cached_property
    def by_subject(self) -> dict[Term, list[Statement]]:
        """All statements by what they are about."""
        found: dict[Term, list[Statement]] = defaultdict(list)
        for s in self.facts.statements:
            found[s.subject].append(s)
        return found

    def name(self, id_: str) -> str:
        """Give an entry's name, or else its id."""
        listed = (one for _, one in self.facts.directory.mentions.get(id_, ()))
        return next((one.names[0] for one in listed if one.names), id_)

    def word(self, term: Term) -> str:
        """Say a term."""
        if not is_iri(term):
            return words(term)
        if term in self.ids:
            return self.name(self.ids[term])
        if term in self.facts.named:
            return self.facts.named[term][0]
        known = self.ontology.class_by_term.get(term)
        return known.label if known else compress(term, self.state.prefixes)

    def of(self, id_: str, ids: dict[str, str], replaced: dict[Term, Term]) -> Iterator[_Said]:
        """Say all that is stated of an entry; `ids` gives entries the ids that they have elsewhere."""
        term = self.facts.entries[id_].term

        def key(one: Term) -> Term:
            known = self.ids.get(one, "")
            return f"{self.base}{ids[known]}>" if known in ids else replaced.get(one, one)

        for s in self.by_subject.get(term, ()):
            p = self.ontology.property_by_term.get(s.predicate)
            values = {"subject": self.name(id_), "object": self.word(s.object)}
            if s.object in self.facts.relations and p:
                yield self._relation(s, p, values, key)
            elif s.predicate == TYPE:
                yield _Said((TYPE, key(s.object)), say("{subject} is of the class {object}.", values), s.evidence)
            else:
                template = p.sentence if p else f"{{subject}} — {self.word(s.predicate)}: {{object}}."
                yield _Said((key(s.predicate), key(s.object)), say(template, values), s.evidence)

    def _relation(self, s: Statement, p: Property, values: dict[str, str], key: object) -> _Said:
        assert callable(key)
        inner = [i for i in self.by_subject.get(s.object, ()) if i.predicate != TYPE]
        far = next((i for i in inner if i.predicate == p.target), None)
        details = []
        for i in inner:
            q = self.ontology.property_by_term.get(i.predicate)
            if i is not far and q:
                details.append(say(q.detail, {"object": self.word(i.object)}).removesuffix("."))
        values["object"] = self.word(far.object) if far else "…"
        content = tuple(sorted((key(i.predicate), key(i.object)) for i in inner))
        template = p.sentence if far else p.lone_sentence
        return _Said((key(p.term), content), say(template, values, details), s.evidence)


def diff_entries(old: State, new: State) -> list[Altered]:
    """Give every entry that differs, sorted by its id: those added, removed, renamed and changed."""
    was, now = Told(old), Told(new)
    before, after = was.facts.entries, now.facts.entries
    replaced = {**was.replaced, **now.replaced}
    renamed = _renamed(was, now, replaced)
    found: list[Altered] = []
    for id_, entry in after.items():
        earlier = renamed.get(id_, id_)
        if earlier not in before:
            lines = tuple(("+", s.sentence) for s in now.of(id_, {}, {}))
            found.append(Altered("added", id_, now.name(id_), entry.place, lines))
            continue
        lines = _lines(was, now, earlier, id_, {old_id: id_ for id_, old_id in renamed.items()}, replaced)
        if id_ in renamed or lines:
            kind = "renamed" if id_ in renamed else "changed"
            was_called = earlier if id_ in renamed else ""
            found.append(Altered(kind, id_, now.name(id_), entry.place, lines, was_called))
    for id_, entry in before.items():
        if id_ not in after and id_ not in renamed.values():
            lines = tuple(("-", s.sentence) for s in was.of(id_, {}, {}))
            found.append(Altered("removed", id_, was.name(id_), entry.place, lines))
    return sorted(found, key=lambda a: (a.id, a.kind))


def _lines(
    was: Told, now: Told, earlier: str, id_: str, ids: dict[str, str], replaced: dict[Term, Term]
) -> tuple[tuple[str, str], ...]:
    before = {s.key: s for s in was.of(earlier, ids, replaced)}
    after = {s.key: s for s in now.of(id_, {}, replaced)}
    lines = [("-", s.sentence) for k, s in before.items() if k not in after]
    lines += [("+", s.sentence) for k, s in after.items() if k not in before]
    lines += [
        ("~", f"{s.sentence} Another source says so.")
        for k, s in after.items()
        if k in before and s.evidence != before[k].evidence
    ]
    return tuple(lines)


def _renamed(was: Told, now: Told, replaced: dict[Term, Term]) -> dict[str, str]:
    """Find entries that have another id and are else the same: of one class and name, or with all statements alike."""
    gone = [i for i in was.facts.entries if i not in now.facts.entries]
    come = [i for i in now.facts.entries if i not in was.facts.entries]

    def look(told: Told, ids: list[str]) -> dict[tuple[object, ...], list[str]]:
        found: dict[tuple[object, ...], list[str]] = defaultdict(list)
        for id_ in ids:
            class_ = told.facts.entries[id_].class_.term
            name = told.name(id_)
            if name != id_:
                found[replaced.get(class_, class_), name].append(id_)
            said = frozenset(s.key for s in told.of(id_, {}, replaced))
            if len(said) > 1:
                found[(said,)].append(id_)
        return found

    before, after = look(was, gone), look(now, come)
    pairs: dict[str, str] = {}
    for key, ids in after.items():
        if len(ids) == 1 and len(before.get(key, ())) == 1 and before[key][0] not in pairs.values():
            pairs.setdefault(ids[0], before[key][0])
    return pairs
