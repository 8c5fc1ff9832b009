"""JSON Schema for editors: what may stand in colloquy.yaml, made of the tables by which it is read.

Draft 7, as for fact files (`schema`).  What it marks as wrong `read_settings` refuses as well, which
knows more: whether a rule that is used has a name, and whether two have the same files.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Table
from typing import Any, TypeAlias

from colloquy.mapping import BY, DESCRIBING, FILE, FILES, ID_TEMPLATE, KEY, PATH, RULE, RULES, TEMPLATE, YES_OR_NO, Part
from colloquy.settings import REQUIRED, SETTINGS

Schema: TypeAlias = dict[str, Any]

DRAFT = "http://json-schema.org/draft-07/schema#"

_TEXT = ["string", "number", "boolean"]  # what a plain text may be to YAML


def settings_schema() -> Schema:
    """Make the JSON Schema of colloquy.yaml; it is the same for every project."""
    return {
        "$schema": DRAFT,
        "title": FILE,
        "description": "The settings of a colloquy project.",
        "type": "object",
        "required": list(REQUIRED),
        "properties": {
            name: _described(name, setting.words, setting.example) | _setting(setting.takes, setting.pattern)
            for name, setting in SETTINGS.items()
        },
        "additionalProperties": False,
        "definitions": {
            **_TAKES,
            **{f"rule-for-{kind}": _rule(kind) for kind in RULES},
            "meaning": _parts(KEY) | {"dependencies": {"by": {"not": {"required": ["id"]}}}},
        },
    }


def _setting(takes: str, pattern: str) -> Schema:
    if takes == "rules":
        return {"type": "array", "items": _mapping("rule-for-file")}
    text = {"type": [*_TEXT, "null"], "pattern": f"^(?:{pattern})$"}
    return text if takes == "text" else _or_list(text)


def _rule(kind: str) -> Schema:
    """What a rule of a kind may have, and has to have unless it uses another."""
    parts = {name: part for name, part in RULE.items() if kind in part.rules}
    schema: Schema = {"title": RULES[kind]} | _parts(parts)
    if kind == "relation":
        return schema
    only_leads_on = {"required": ["entries"], "not": _any_of(DESCRIBING)}
    schema["if"] = {"not": _any_of(["use", "skip"])}
    schema["then"] = {"if": only_leads_on, "else": {"required": ["type", "id"]}}
    if kind == "file":
        schema["required"] = ["files"]
        beside = {name: name == "files" for name in parts if name != "skip"}
        schema["dependencies"] = {"skip": {"properties": beside}}
    return schema


def _parts(parts: Table[str, Part]) -> Schema:
    # Draft 7 overlooks what stands beside a `$ref`.
    properties = {name: _described(name, p.words, p.example) | {"allOf": [_ref(p.takes)]} for name, p in parts.items()}
    return {"properties": properties, "additionalProperties": False}


def _described(title: str, words: str, example: str) -> Schema:
    marked = f"{words}\n\n```yaml\n{example}\n```"
    return {"title": title, "description": f"{words} Example: {example}", "markdownDescription": marked}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _mapping(name: str) -> Schema:
    return {"type": ["object"], "allOf": [_ref(name)]}


def _any_of(names: Iterable[str]) -> Schema:
    return {"anyOf": [{"required": [name]} for name in names]}


def _text(pattern: str, message: str) -> Schema:
    return {"type": _TEXT, "pattern": f"^(?:{pattern})$", "patternErrorMessage": message}


def _or_list(one: Schema) -> Schema:
    """One value or a list of such; other keywords than the type hold of one only."""
    return one | {"type": [*one["type"], "array"], "items": one}


def _table(names: str, value: Schema) -> Schema:
    return {"type": "object", "propertyNames": {"pattern": f"^(?:{names})$"}, "additionalProperties": value}


_ANY = r"[\s\S]*"
_SOME = rf"{_ANY}\S{_ANY}"
_PATHS = _or_list(_text(PATH, "Write keys with dots between them."))
_TEMPLATE = _text(TEMPLATE, "Braces hold a key, such as `{name}`, or `{.}`, `{..key}`, `{parent}`, `{folder}`.")
_MEANING = {"type": [*_TEXT, "object"], "pattern": _SOME, "allOf": [_ref("meaning")]}

_TAKES: Schema = {
    "text": _text(_SOME, "Write a word."),
    "words": _text(_SOME, "Write a few words."),
    "yes": {"enum": [True, False, *YES_OR_NO]},
    "by": {"enum": list(BY)},
    "separator": {"type": _TEXT, "minLength": 1},
    "texts": _or_list({"type": [*_TEXT, "null"]}),
    "files": _text(FILES, "Write a path below the fact folder; `*` within a name, `**/` for any folders."),
    "path": _text(PATH, "Write keys with dots between them."),
    "paths": _PATHS,
    "template": _TEMPLATE,
    "id": _text(ID_TEMPLATE, "Beside what is put in, an id has a–z, digits, hyphens, and `/` between two parts."),
    "add": _table(_ANY, _or_list(_TEMPLATE)),
    "keys": _table(rf"\.|{PATH}", _MEANING),
    "entries": _table(PATH, _or_list(_mapping("rule-for-entry"))),
    "relations": _table(PATH, _or_list(_mapping("rule-for-relation"))),
}
"""For everything that a part of a rule may take, its schema."""
