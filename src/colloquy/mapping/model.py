"""What a mapping is made of, and what its rules may say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Table
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeAlias

from colloquy.errors import Finding, Place
from colloquy.mapping.templates import Template
from colloquy.source import Mapping, Node, Scalar

FILE = "colloquy.yaml"

FILES = r"(?:(?:\*\*|(?!\.\.?(?:/|$))(?:[^*/\\]|\*(?!\*))+)/)*(?!\.\.?$)(?:[^*/\\]|\*(?!\*))+"
"""A pattern of paths: `*` within one name, `**/` any folders."""


@dataclass(frozen=True)
class Key:
    """What becomes of a foreign key; without `key`, the ontology key that is spelt alike is meant."""

    foreign: Scalar
    key: Scalar | None = None
    take: Scalar | None = None
    by: str = ""
    id: Template | None = None
    split: str = ""
    nothing: tuple[str, ...] = ()


Addition: TypeAlias = tuple[Scalar, tuple[Template, ...]]
Nested: TypeAlias = "tuple[tuple[Scalar, tuple[Rule, ...]], ...]"


@dataclass(frozen=True)
class Rule:
    """How files, or items nested in them, are read; None stands for a part that is not given.

    `kind` is `file`, `entry` or `relation`; `node` is where the rule stands.  `named` holds all rules
    of the mapping that have a name.
    """

    kind: str
    node: Mapping
    files: str = ""
    skip: str = ""
    name: Scalar | None = None
    use: Scalar | None = None
    type: Scalar | None = None
    id: Template | None = None
    shared: bool | None = None
    key: Scalar | None = None
    keys: tuple[Key, ...] | None = None
    ignore: tuple[Scalar, ...] | None = None
    add: tuple[Addition, ...] | None = None
    entries: Nested | None = None
    relations: Nested | None = None
    named: Table[str, Rule] = field(default_factory=dict, compare=False, repr=False)
    pattern: re.Pattern[str] | None = field(default=None, compare=False, repr=False)

    def matches(self, path: str) -> bool:
        """Tell whether a file is read by this rule; its path is below the fact folder."""
        return self.pattern is not None and self.pattern.fullmatch(path) is not None

    def whole(self) -> Rule:
        """Give the rule with the parts of the one that it uses; its own parts win."""
        if self.use is None:
            return self
        used = self.named[self.use.text].whole()
        missing = {part: getattr(used, part) for part in _USED if getattr(self, part) is None}
        return replace(self, use=None, **missing)

    @property
    def only_leads_on(self) -> bool:
        """Whether it describes no entry itself, and only says where some are nested."""
        return self.entries is not None and all(getattr(self, part) is None for part in DESCRIBING)

    def templates(self) -> Iterator[Template]:
        """Give every template of the rule itself, not of those nested in it."""
        if self.id is not None:
            yield self.id
        yield from (key.id for key in self.keys or () if key.id is not None)
        for _, templates in self.add or ():
            yield from templates


class Part(NamedTuple):
    """What a key of a rule takes, which kinds of rule may have it, and how an editor explains it."""

    takes: str
    words: str
    example: str = ""
    rules: tuple[str, ...] = ("file", "entry", "relation")


_ENTRIES = ("file", "entry")
RULE = {
    "files": Part("files", "Which files the rule reads: a pattern of the path below the fact folder, `*` within one "
                  "name, `**/` any folders. The first rule that fits is taken.", 'files: "**/boats.yml"', ("file",)),
    "skip": Part("words", "Why these files are left out on purpose.", "skip: timetables without facts", ("file",)),
    "type": Part("text", "The class of the entries.", "type: Boat", _ENTRIES),
    "id": Part("id", "The id of each entry. What is put in becomes small letters, digits and hyphens.",
               "id: boat/{slug}", _ENTRIES),
    "shared": Part("yes", "Whether several places may describe the same entry: what they say adds up.",
                   "shared: true", _ENTRIES),
    "key": Part("text", "The key of the enclosing entry that takes the relation.", "key: berths", ("relation",)),
    "keys": Part("keys", "What each foreign key means. One that is spelt as in the ontology needs no line.",
                 "keys: {full_name: name}"),
    "ignore": Part("paths", "Foreign keys that are left out on purpose, with all that is below them.",
                   "ignore: [maps, address.display]"),
    "add": Part("add", "What else is said of each: ontology keys, and templates of their values.",
                'add: {harbour: "harbour/{folder}"}'),
    "entries": Part("entries", "What is nested and described as an entry of its own, by where it stands.",
                    "entries: {tenders: {use: boat}}"),
    "relations": Part("relations", "What is nested and becomes a qualified relation, by where it stands.",
                      "relations: {crew.members: {key: berths}}"),
    "name": Part("text", "A name by which other rules can use this one.", "name: boat"),
    "use": Part("text", "The name of another rule, all parts of which hold here unless they are given.", "use: boat"),
}  # fmt: skip
"""The keys of a rule."""

KEY = {
    "key": Part("text", "The ontology key, where it is spelt otherwise.", "key: aliases"),
    "take": Part("path", "Of a mapping, or of each in a list, the value at this key.", "take: name"),
    "by": Part("by", "`name`: the value is the name or an alias of the entry that is meant.", "by: name"),
    "id": Part("id", "The id of the entry that is meant; `{.}` is the value.", "id: harbour/{.}"),
    "split": Part("separator", "One text holds several values, with this between them.", 'split: ","'),
    "nothing": Part("texts", "Texts that mean nothing here.", 'nothing: ["false"]'),
}
"""The keys of what a foreign key means, where that is more than an ontology key."""

RULES = {"file": "a rule", "entry": "a rule for entries", "relation": "a rule for relations"}
BY = ("name",)
YES_OR_NO = ("true", "false")
_USED = tuple(part for part in RULE if part not in ("files", "skip", "name", "use"))
DESCRIBING = tuple(part for part in _USED if part not in ("entries", "ignore"))


def mistake(node: Node, message: str, hint: str = "", code: str = "bad-mapping") -> Finding:
    """Make a finding at a place of colloquy.yaml."""
    return Finding(Place(FILE, node.line, node.column), "error", code, message, hint)


def rule_for(rules: Iterable[Rule], path: str) -> Rule | None:
    """Give the first rule that reads a file, by its path below the fact folder."""
    return next((rule for rule in rules if rule.matches(path)), None)
