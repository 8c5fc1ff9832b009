"""What becomes of foreign YAML: the rules of a mapping, made ready for one ontology."""

from __future__ import annotations

from typing import TypeAlias

from colloquy.mapping import Rule, Template
from colloquy.ontology import Class
from colloquy.source import Scalar

Path: TypeAlias = tuple[str, ...]
Rules: TypeAlias = tuple[Rule, ...]


class Filling:
    """A template made ready; `slugged` where an id is meant, `own` where its place is in the item itself.

    `of_file` says that it gives the same for every item of a file.
    """

    __slots__ = ("of_file", "own", "parts", "slugged", "template")

    def __init__(self, template: Template, slugged: bool) -> None:
        self.template, self.parts, self.slugged = template, template.parts, slugged
        self.own = next((not p.out for p in template.placeholders if not p.word), False)
        self.of_file = all(p.word in ("file", "folder") for p in template.placeholders)


class Action:
    """What to do with the value of a foreign key.

    `name` is the ontology key it becomes, `key` the same as a node that many entries share (the class has
    the key, so nobody asks where it stands), `plain` says that its texts become so as they are. `inside`
    holds the actions for the keys of a mapping, `plans` what is nested here. What is `known` has a
    use elsewhere, what is `ignored` is left out with all that is inside; where there is nothing to do, it
    is `idle`.
    """

    __slots__ = ("by", "id", "idle", "ignored", "inside", "key", "known", "name", "nothing", "path", "plain", "plans",
                 "split")  # fmt: skip

    def __init__(self, path: Path) -> None:
        self.path = ".".join(path)
        self.name, self.key = "", Scalar("", 0, 0, False)
        self.by = self.plain = self.known = self.ignored = self.idle = False
        self.id: Filling | None = None
        self.split = ""
        self.nothing: tuple[str, ...] = ()
        self.inside: Actions = {}
        self.plans: Plans | None = None

    def become(self, name: str) -> None:
        """Let the value stand under an ontology key."""
        self.name, self.key, self.plain = name, Scalar(name, 0, 0, False), True


Actions: TypeAlias = dict[str, Action]


class Plan:
    """A rule made ready: what becomes of an item, as an entry, or as a relation under `key`.

    `text` is for an item that is no mapping; `counts` says that this one, of those that read the same
    items, counts the keys that no rule names; `path` leads to its items from the root of a file.
    """

    __slots__ = ("actions", "adds", "class_", "counts", "files", "id", "key", "path", "rule", "shared",
                 "takes_mapping", "takes_text", "text")  # fmt: skip

    def __init__(self, rule: Rule, class_: Class | None, key: str, files: str, path: Path) -> None:
        self.rule, self.class_, self.key, self.files, self.path = rule, class_, key, files, path
        self.actions: Actions = {}
        self.text: Action | None = None
        self.adds: list[tuple[str, Filling]] = []
        self.id = Filling(rule.id, slugged=True) if rule.id else None
        self.shared = bool(rule.shared)
        self.counts = False
        of_text = [key.foreign.text == "." for key in rule.keys or ()]
        made = [rule.id] if rule.id else []
        made += [template for _, templates in rule.add or () for template in templates]
        self.takes_text = any(of_text) or any(map(_names_item, made))
        self.takes_mapping = not (_names_item(rule.id) if rule.id else of_text and all(of_text))

    @property
    def label(self) -> str:
        """How findings name the rule: its files, and where in them its items are nested."""
        return f"`{'.'.join(self.path)}` in {self.files}" if self.path else self.files

    def at(self, path: Path) -> Action:
        """Give the action for a foreign key, made where there is none."""
        *above, last = path
        actions = self.at(tuple(above)).inside if above else self.actions
        if last not in actions:
            actions[last] = Action(path)
        return actions[last]


class Plans:
    """All that becomes of the same items: which plans read a text, and which a mapping."""

    __slots__ = ("for_mappings", "for_texts", "rules")

    def __init__(self, rules: Rules) -> None:
        self.rules = rules  # kept, since plans are known by which rules they are
        self.for_texts: list[Plan] = []
        self.for_mappings: list[Plan] = []


def _names_item(template: Template) -> bool:
    return any(not p.word and not p.keys for p in template.placeholders)
