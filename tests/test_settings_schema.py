"""The JSON Schema of colloquy.yaml agrees with what reads it, on settings that are right and on wrong ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from colloquy.errors import ProjectError
from colloquy.mapping import KEY, RULE, Part
from colloquy.settings import SETTINGS, Settings, read_settings
from colloquy.settings_schema import settings_schema
from test_mapping import MISTAKES
from test_schema import as_editor

BASE = "title: Harbour talks\nbase: https://harbour.example/\n"

GOOD = [
    "",
    "description: Who spoke.\nlanguage: en-GB\nfacts: data/2016\nstart: [who-spoke]\nmapping: []",
    "description:\nstart: who-spoke\nfacts: [data, ./more]",
    "repository: https://code.example/{file}#L{line}\ncorrections: mailto:desk@harbour.example",
    """
mapping:
- files: speakers.yml
  type: Person
  id: person/{slug}
  keys:
    github: github_account
    aliases: {key: aliases, take: name}
    friends: {key: knows, by: name}
    series: {key: series, id: "series/{.}"}
    tags: {key: topics, split: ",", nothing: ["-", 0, ~]}
    coordinates.latitude: latitude
    coordinates: {nothing: false}
    ".": name
    "2015": note
  ignore: [slug, maps, address.display]
  add: {part_of: ["event/{folder-2}", "{..name}"], note: 2015}
  shared: true
  name: person
  entries:
    friends: {use: person, ignore: born}
    tiers.sponsors:
    - {type: Organisation, id: "organisation/{slug}-{number}", shared: "false"}
    - {use: person, relations: {posts: []}}
  relations:
    tiers.sponsors: {key: sponsorships, keys: {slug: {key: sponsor, id: "{parent}/{.}"}}}
- {files: "**/schedule.yml", skip: without facts}
- {files: "*/*.yaml", use: person}
- {files: list.yml, ignore: version, entries: {people: {use: person}}}
""",
]

WRONG = {
    "titel: x": "title",
    "title: [a]": "title",
    "base: harbour": "base",
    "base: ftp://harbour.example/": "base",
    "language: English, mostly": "language",
    "facts: ../elsewhere": "facts",
    "facts: [data, 'C:/facts']": "facts",
    "facts: ''": "facts",
    "start: {a: b}": "start",
    "start: [[a]]": "start",
    "repository: code.example": "repository",
    "corrections: desk@harbour.example": "corrections",
    "- a list": "mapping of settings",
}

ONLY_SEEN_TOGETHER = ("never reached", "has the name", "is taken", "in a circle")
"""What a rule says of others is beyond a schema."""


@pytest.fixture(scope="module")
def validator() -> Draft7Validator:
    schema = settings_schema()
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema)


def is_read(folder: Path, text: str) -> bool:
    (folder / "colloquy.yaml").write_text(text, encoding="utf-8")
    try:
        read_settings(folder)
    except ProjectError:
        return False
    return True


def settings(text: str) -> str:
    """Give the text of a whole file: what every project needs, unless it says that itself."""
    needed = [line for line in BASE.splitlines() if not text.startswith((line.split(":")[0], "- "))]
    return "\n".join([*needed, text, ""])


@pytest.mark.parametrize("text", GOOD)
def test_what_is_right_is_right_to_both(validator: Draft7Validator, tmp_path: Path, text: str) -> None:
    (tmp_path / "colloquy.yaml").write_text(settings(text), encoding="utf-8")
    read_settings(tmp_path)
    assert [error.message for error in validator.iter_errors(as_editor(settings(text)))] == []


@pytest.mark.parametrize("text", [*WRONG, BASE.splitlines()[0], BASE.splitlines()[1]])
def test_what_is_wrong_is_wrong_to_both(validator: Draft7Validator, tmp_path: Path, text: str) -> None:
    whole = settings(text) if text in WRONG else text
    assert not is_read(tmp_path, whole)
    assert not validator.is_valid(as_editor(whole))


@pytest.mark.parametrize("text", MISTAKES)
def test_a_wrong_rule_is_wrong_to_both(validator: Draft7Validator, tmp_path: Path, text: str) -> None:
    whole = BASE + "mapping:\n" + text
    assert not is_read(tmp_path, whole)
    knows_less = any(words in MISTAKES[text] for words in ONLY_SEEN_TOGETHER)
    assert validator.is_valid(as_editor(whole)) == knows_less


def test_what_the_schema_refuses_is_refused(validator: Draft7Validator, tmp_path: Path) -> None:
    """Each part of a rule is given each kind of value: the schema may know less, but nothing else."""
    values = [
        "x",
        "'{a}'",
        "[]",
        "[x]",
        "{}",
        "[{}]",
        "[[]]",
        "{a: b}",
        "{a: {}}",
        "{a: [b]}",
        "true",
        "2015",
        "~",
        "''",
        "[~]",
        "{a: ~}",
    ]
    strict = 0
    for name in {**RULE, **KEY}:
        for value in values:
            part = f"{name}: {value}"
            whole = {
                "file": f"mapping: [{{files: x.yml, type: T, id: x, {part}}}]",
                "relation": f"mapping: [{{files: x.yml, type: T, id: x, relations: {{a: {{{part}}}}}}}]",
                "key": f"mapping: [{{files: x.yml, type: T, id: x, keys: {{a: {{{part}}}}}}}]",
            }["key" if name in KEY and name not in RULE else "relation" if name == "key" else "file"]
            if name in ("files", "type", "id", "skip"):
                whole = whole.replace(
                    {"files": "files: x.yml, ", "type": "type: T, ", "id": "id: x, "}.get(name, "-"), "", 1
                )
            if not validator.is_valid(as_editor(BASE + whole)):
                strict += 1
                assert not is_read(tmp_path, BASE + whole), whole
    assert strict > 100


def test_every_setting_and_part_is_described() -> None:
    assert set(SETTINGS) == set(Settings.__dataclass_fields__)
    schema = settings_schema()
    rules: dict[str, Any] = {}
    for kind in ("file", "entry", "relation"):
        rules |= schema["definitions"][f"rule-for-{kind}"]["properties"]
    assert set(rules) == set(RULE)
    assert set(schema["definitions"]["meaning"]["properties"]) == set(KEY)
    for one in (*schema["properties"].values(), *rules.values()):
        assert one["description"]
        assert one["markdownDescription"]


@pytest.mark.parametrize("table", [RULE, KEY], ids=["rule", "key"])
def test_every_example_is_right(table: dict[str, Part]) -> None:
    properties = settings_schema()["definitions"]
    for name, part in table.items():
        one = Draft7Validator({"definitions": properties, "allOf": [{"$ref": f"#/definitions/{part.takes}"}]})
        assert list(one.iter_errors(as_editor(part.example)[name])) == []
