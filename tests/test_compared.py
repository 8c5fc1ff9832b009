"""The page that compares says of colloquy what colloquy says; what it says of LinkML was tried by hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from colloquy.project import Project
from colloquy.starting import start_project

PAGE = Path(__file__).parent.parent / "docs" / "compared.md"
MISTAKES = [
    ("people", "spoke_at: second-meeting", "spoke_at: secnd-meeting"),
    ("meetings", "2026-01-15", "mid January"),
    ("people", "name: Ben Osei, ", ""),
    ("people", "name: Ben", "nmae: Ben"),
]


@pytest.mark.parametrize(("file", "before", "after"), MISTAKES)
def test_each_mistake_says_what_the_page_shows(tmp_path: Path, file: str, before: str, after: str) -> None:
    start_project(tmp_path / "talks")
    path = tmp_path / "talks" / "data" / f"{file}.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1
    path.write_text(text.replace(before, after), encoding="utf-8")
    shown = re.findall(r"\| `(data/\S+ error: [^|]*)` \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    said = [str(finding).replace("`", "") for finding in Project(tmp_path / "talks").check()]
    parts = [[part.strip() for part in line.split("…")] for line in shown]
    assert any(all(part in one for part in line) for line in parts for one in said), said


def test_the_numbers_of_lines_are_right(tmp_path: Path) -> None:
    start_project(tmp_path / "talks")
    lines = {
        p.name: p.read_text(encoding="utf-8").count("\n") for p in (tmp_path / "talks").rglob("*.*") if p.is_file()
    }
    words = PAGE.read_text(encoding="utf-8")
    assert f"an ontology of {lines['terms.ttl']} lines" in words
    assert f"settings of {lines['colloquy.yaml']}, data of {lines['people.yaml'] + lines['meetings.yaml']}" in words
    assert [f.severity for f in Project(tmp_path / "talks").check()] == []
