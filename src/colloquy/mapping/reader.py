"""Reads the rules of a mapping, each mistake at its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from collections.abc import Mapping as Table
from dataclasses import replace
from typing import Any

from colloquy.errors import Finding, did_you_mean, printable
from colloquy.mapping.model import BY, FILES, KEY, RULE, RULES, YES_OR_NO, Addition, Key, Nested, Part, Rule, mistake
from colloquy.mapping.templates import ID_TEMPLATE, PATH, Template, parse_template
from colloquy.source import Mapping, Node, Scalar, Sequence, yaml_reading


def read_mapping(node: Node, errors: list[Finding]) -> tuple[Rule, ...]:
    """Read the rules of a mapping; every mistake in them goes to `errors`, at its line."""
    reader = _Reader(errors)
    if not isinstance(node, Sequence):
        errors.append(mistake(node, "`mapping` takes a list of rules", "write each as `- files: …` with its parts"))
        return ()
    rules = tuple(rule for item in node.items if (rule := reader.rule("file", item)) is not None)
    reader.judge()
    return rules


def _compile(files: str) -> re.Pattern[str]:
    names = files.split("/")
    parts = ["(?:[^/]+/)*" if name == "**" else re.escape(name).replace(r"\*", "[^/]*") + "/" for name in names]
    return re.compile("".join(parts).removesuffix("/"))


class _Reader:
    def __init__(self, errors: list[Finding]) -> None:
        self.errors = errors
        self.rules: list[Rule] = []
        self.named: dict[str, Rule] = {}

    def say(self, node: Node, message: str, hint: str = "") -> None:
        self.errors.append(mistake(node, message, hint))

    def rule(self, kind: str, node: Node) -> Rule | None:
        if not isinstance(node, Mapping):
            self.say(node, "a rule is a mapping", "write its parts as `key: value`")
            return None
        known = [name for name, part in RULE.items() if kind in part.rules]
        rule = Rule(kind, node, named=self.named, **self.parts(node, RULES[kind], RULE, known))
        if rule.files:
            rule = replace(rule, pattern=_compile(rule.files))
        if rule.name is not None:
            first = self.named.setdefault(rule.name.text, rule)
            if first is not rule:
                message = f"the name `{rule.name.text}` is taken, by the rule on line {first.node.line}"
                self.say(rule.name, message, "give one of them another")
        self.rules.append(rule)
        return rule

    def parts(self, node: Mapping, of: str, table: Table[str, Part], known: Iterable[str]) -> dict[str, Any]:
        """Read every part of a rule, or of what a key means, as its table says."""
        found: dict[str, Any] = {}
        for key, value in node.items:
            if key.text not in known:
                self.say(key, f"{of} has no `{printable(key.text)}`", did_you_mean(key.text, known))
            elif (read := _TAKES[table[key.text].takes](self, key, value)) is not None:
                found[key.text] = read
        return found

    # --- rules together -----------------------------------------------------------------------

    def judge(self) -> None:
        """Judge what shows only when all rules are known."""
        first: dict[str, Rule] = {}
        for rule in self.rules:
            if rule.files and first.setdefault(rule.files, rule) is not rule:
                message = f"never reached: the rule on line {first[rule.files].node.line} has the same `files`"
                self.say(rule.node, message, "make one of both, or choose another pattern")
            written = [key.text for key, _ in rule.node.items]
            if rule.kind == "file" and "files" not in written:
                self.say(rule.node, "the rule does not say which files it reads", "add `files: …`")
            if "skip" in written:
                for key, _ in rule.node.items:
                    if key.text not in ("files", "skip"):
                        self.say(key, f"`{key.text}` is of no use beside `skip`", "take one of them out")
            elif self.is_used_well(rule) and rule.kind != "relation" and not (whole := rule.whole()).only_leads_on:
                for name in ("type", "id"):
                    if getattr(whole, name) is None and name not in written:
                        self.say(rule.node, f"the rule has no `{name}`", f"add one, such as `{RULE[name].example}`")

    def is_used_well(self, rule: Rule) -> bool:
        """Tell whether the names that a rule uses, one by the other, lead to an end."""
        seen: list[str] = []
        while (use := rule.use) is not None and use.text in self.named and use.text not in seen:
            seen.append(use.text)
            rule = self.named[use.text]
        if use is None:
            return True
        if use.text in seen:
            self.say(use, f"the rules use each other in a circle: {', '.join(seen)}", "take one `use` out")
        else:
            message = f"no rule has the name `{printable(use.text)}`"
            self.say(use, message, did_you_mean(use.text, self.named) or "give one this `name`")
        return False

    # --- what parts take ----------------------------------------------------------------------

    def text(self, key: Scalar, node: Node) -> Scalar | None:
        if isinstance(node, Scalar) and node.text.strip() and not (node.plain and yaml_reading(node.text) == "nothing"):
            return node
        hint = "put a text with braces in quotes" if isinstance(node, Mapping) else ""
        self.say(node, f"`{printable(key.text)}` takes one text", hint)
        return None

    def words(self, key: Scalar, node: Node) -> str | None:
        text = self.text(key, node)
        return text.text if text else None

    def files(self, key: Scalar, node: Node) -> str | None:
        text = self.words(key, node)
        if text and not re.fullmatch(FILES, text):
            hint = "write a path below the fact folder, with `*` within a name, and `**/` for any folders"
            self.say(node, f"`{printable(text)}` is no pattern of files", hint)
            return None
        return text

    def yes(self, key: Scalar, node: Node) -> bool | None:
        if isinstance(node, Scalar) and node.text in YES_OR_NO:
            return node.text == "true"
        self.say(node, f"`{key.text}` takes `true` or `false`")
        return None

    def by(self, key: Scalar, node: Node) -> str | None:
        text = self.words(key, node)
        if text and text not in BY:
            self.say(node, f"nothing is found by `{printable(text)}`", did_you_mean(text, BY))
            return None
        return text

    def separator(self, key: Scalar, node: Node) -> str | None:
        if isinstance(node, Scalar) and node.text and not (node.plain and yaml_reading(node.text) == "nothing"):
            return node.text
        self.say(node, "`split` takes what stands between two values", 'write it in quotes, such as ","')
        return None

    def texts(self, key: Scalar, node: Node) -> tuple[str, ...]:
        items = node.items if isinstance(node, Sequence) else [node]
        for item in items:
            if not isinstance(item, Scalar):
                self.say(item, f"`{key.text}` takes a list of texts")
        return tuple(item.text for item in items if isinstance(item, Scalar))

    def path(self, key: Scalar, node: Node) -> Scalar | None:
        text = self.text(key, node)
        if text and not re.fullmatch(PATH, text.text):
            self.say(node, f"`{printable(text.text)}` leads to no key", "write keys with dots between them")
            return None
        return text

    def paths(self, key: Scalar, node: Node) -> tuple[Scalar, ...]:
        items = node.items if isinstance(node, Sequence) else [node]
        return tuple(path for item in items if (path := self.path(key, item)) is not None)

    def template(self, key: Scalar, node: Node) -> Template | None:
        text = self.text(key, node)
        try:
            return parse_template(text) if text else None
        except ValueError as error:
            hint = "known: `{key}`, `{.}`, `{..key}`, `{parent}`, `{folder}`, `{folder-2}`, `{file}`, `{number}`"
            self.say(node, f"bad template: {error}", hint)
            return None

    def id(self, key: Scalar, node: Node) -> Template | None:
        template = self.template(key, node)
        if template and not re.fullmatch(ID_TEMPLATE, template.node.text):
            hint = "beside what is put in, an id has small letters a–z, digits, hyphens, and `/` between two parts"
            self.say(node, f"`{printable(template.node.text)}` makes no id", hint)
            return None
        return template

    def table(self, key: Scalar, node: Node) -> list[tuple[Scalar, Node]]:
        if isinstance(node, Mapping):
            return node.items
        self.say(node, f"`{key.text}` takes a mapping", f"such as `{RULE[key.text].example}`")
        return []

    def add(self, key: Scalar, node: Node) -> tuple[Addition, ...]:
        found = []
        for target, value in self.table(key, node):
            items = value.items if isinstance(value, Sequence) else [value]
            found.append((target, tuple(t for item in items if (t := self.template(target, item)) is not None)))
        return tuple(found)

    def keys(self, key: Scalar, node: Node) -> tuple[Key, ...]:
        return tuple(found for item in self.table(key, node) if (found := self.meaning(*item)) is not None)

    def meaning(self, foreign: Scalar, node: Node) -> Key | None:
        """Read what a foreign key means."""
        if foreign.text != "." and self.path(foreign, foreign) is None:
            return None
        if not isinstance(node, Mapping):
            text = self.text(foreign, node)
            return Key(foreign, text) if text else None
        key = Key(foreign, **self.parts(node, "what a key means", KEY, KEY))
        if key.by and key.id:
            self.say(foreign, "a reference is found by name or by id, not both", "take `by` or `id` out")
        return key

    def entries(self, key: Scalar, node: Node) -> Nested:
        return self.nested("entry", self.table(key, node))

    def relations(self, key: Scalar, node: Node) -> Nested:
        return self.nested("relation", self.table(key, node))

    def nested(self, kind: str, items: Iterable[tuple[Scalar, Node]]) -> Nested:
        found = []
        for path, value in items:
            if self.path(path, path) is not None:
                rules = value.items if isinstance(value, Sequence) else [value]
                found.append((path, tuple(rule for item in rules if (rule := self.rule(kind, item)) is not None)))
        return tuple(found)


_TAKES: dict[str, Callable[[_Reader, Scalar, Node], Any]] = {
    takes: getattr(_Reader, takes) for part in (*RULE.values(), *KEY.values()) for takes in (part.takes,)
}
"""For everything that a part of a rule may take, the method that reads it, which has its name."""
