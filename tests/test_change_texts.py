"""Edits in YAML: whatever the spelling, the file says what it should, and nothing else in it changes."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from colloquy.change.texts import Edit, Text, apply
from colloquy.source import Mapping, Sequence, read_yaml

VALUES = st.sampled_from([
    "one", "'it''s'", '"a\\u00e9: b"', "two words", "[a, 'b, c']", "[]", "{value: a, phrase: x y}", "2019-05-01",
    "|\n    block\n    of text", ">-\n    folded\n\n    text", "\n  - a   # first\n  - 'b'", "\n    en: hi\n    cy: ho",
])  # fmt: skip
COMMENTS = st.sampled_from(["", "   # why", " #"])
KEYS = ["old", "new", "k1", "k2"]


@st.composite
def files(draw: st.DrawFn) -> str:
    """Write a list of entries in any mixture of styles."""
    lines = ["# head", ""]
    for number in range(draw(st.integers(1, 3))):
        keys = draw(st.lists(st.sampled_from(KEYS), unique=True, min_size=1, max_size=4))
        keys.insert(draw(st.integers(0, len(keys))), "id")
        if draw(st.booleans()):
            values = [draw(VALUES) for _ in keys]
            flat = ["x" if "\n" in v else v for v in values]
            pairs = ", ".join(f"{k}: {'e' + str(number) if k == 'id' else v}" for k, v in zip(keys, flat, strict=True))
            lines.append("- {" + pairs + "}" + draw(COMMENTS))
            continue
        for at, key in enumerate(keys):
            value = f"e{number}" if key == "id" else draw(VALUES)
            comment = "" if "\n" in value else draw(COMMENTS)
            shown = draw(st.sampled_from([key, f"'{key}'", f'"{key}"']))
            gap = "" if value.startswith("\n") else " "
            lines.append(f"{'- ' if at == 0 else '  '}{shown}:{gap}{value}{comment}")
        if draw(st.booleans()):
            lines.append("  # after")
    end = draw(st.sampled_from(["\n", "\r\n"]))
    return end.join("\n".join(lines).split("\n")) + draw(st.sampled_from(["", end]))


def ours(text: str) -> tuple[Text, list[Mapping]]:
    node, findings = read_yaml(text.encode(), "data/any.yaml")
    assert isinstance(node, Sequence), findings
    return Text("data/any.yaml", text), [item for item in node.items if isinstance(item, Mapping)]


def said(text: str) -> Any:
    """Give what a file says; the line end of a block of text says nothing, here and in facts."""

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: bare(part) for key, part in value.items()}
        return [bare(part) for part in value] if isinstance(value, list) else value.rstrip("\n")

    return bare(yaml.load(text, yaml.CBaseLoader))


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def comments(text: str) -> list[int]:
    return [text.count(words) for words in ("# head", "# why", "# first", "# after", " #")]


@settings(max_examples=150, deadline=None)
@given(files())
def test_a_renamed_key_keeps_its_values_and_everything_else(text: str) -> None:
    file, entries = ours(text)
    expected = said(text)
    for entry, plain in zip(entries, expected, strict=True):
        for key, _ in entry.items:
            if key.text == "old":
                file.rename(file.mapping(entry), file.scalar(key), "new")
                value = plain.pop("old")
                plain["new"] = listed(plain["new"]) + listed(value) if "new" in plain else value
    made = file.done()
    for entry, plain in zip(said(made), expected, strict=True):
        new = listed(entry.pop("new", []))
        wanted = listed(plain.pop("new", []))
        # One value twice is one statement.
        assert [v for i, v in enumerate(new) if v not in new[:i]] == [
            v for i, v in enumerate(wanted) if v not in wanted[:i]
        ]
        assert entry == plain
    assert comments(made) == comments(text)
    others = (line for line in text.splitlines() if re.match(r"#|(- |  )['\"]?(k1|k2|id)", line))
    assert all(line.strip("- ") in made for line in others)


@settings(max_examples=150, deadline=None)
@given(files())
def test_a_removed_key_takes_nothing_else_with_it(text: str) -> None:
    file, entries = ours(text)
    expected = said(text)
    for entry, plain in zip(entries, expected, strict=True):
        for key, _ in entry.items:
            if key.text == "old":
                file.remove(file.mapping(entry), file.scalar(key))
                del plain["old"]
    made = file.done()
    assert said(made) == expected
    assert comments(made) == comments(text)


@settings(max_examples=150, deadline=None)
@given(
    files(), st.lists(st.sampled_from(["x", "'y, z'", "{value: x, phrase: p}"]), min_size=1, max_size=2, unique=True)
)
def test_added_values_come_after_those_that_are_there(text: str, values: list[str]) -> None:
    file, entries = ours(text)
    expected = said(text)
    for entry, plain in zip(entries, expected, strict=True):
        before = listed(plain["new"]) if "new" in plain else []
        plain["new"] = before + [yaml.load(v, yaml.CBaseLoader) for v in values]
        for value in values:
            file.add(file.mapping(entry), "new", value)
    made = said(file.done())
    assert comments(file.done()) == comments(text)
    assert [{**e, "new": listed(e["new"])} for e in made] == expected


def test_edits_that_overlap_are_refused() -> None:
    with pytest.raises(ValueError, match="overlap"):
        apply("speaker", [Edit(0, 4, "x"), Edit(3, 5, "y")])


def test_a_key_taken_out_of_brackets_over_lines_leaves_margins_as_they_are() -> None:
    text = "- {id: e0,\n   old: [one,\n     two],   # both\n   k1: x, k2: y}\n- {old: one, # why\n    k1: x}\n"
    file, entries = ours(text)
    for entry in entries:
        (old,) = (key for key, _ in entry.items if key.text == "old")
        file.remove(file.mapping(entry), file.scalar(old))
    assert file.done() == "- {id: e0,\n   # both\n   k1: x, k2: y}\n- { # why\n    k1: x}\n"
