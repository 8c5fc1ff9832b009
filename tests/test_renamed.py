"""A name that changes in one file changes what other files mean, with a cache as without."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from colloquy.cache import MemoryCache
from colloquy.project import Project

HARBOUR = Path(__file__).parent / "cases/ontology/harbour.ttl"
SETTINGS = """
title: Harbour
base: https://harbour.example/
mapping:
- {files: people.yml, type: Person, id: "person/{id}", keys: {name: name, home: home}}
- {files: talks.yml, type: Talk, id: "talk/{id}", keys: {name: name, who: {key: speakers, by: name}}}
- {files: "*/host.yml", type: Body, id: "body/{id}", shared: true, keys: {name: name}}
"""
FILES = {
    "people.yml": "- {id: ada, name: Ada Brook}\n- {id: ben, name: Ben Carr}\n",
    "talks.yml": "- {id: tides, name: Tides, who: Ada Brook}\n",
    "one/host.yml": "- {id: pier, name: Pier}\n",
    "two/host.yml": "- {id: pier, name: Pier}\n",
}
EDITS = {
    "nobody bears the name any more": ("people.yml", "Ada Brook", "Ada Brooke"),
    "two bear the name": ("people.yml", "Ben Carr", "Ada Brook"),
    "the first name of what two files describe": ("one/host.yml", "Pier", "Old Pier"),
    "an address, which nobody looks up": (
        "people.yml",
        "name: Ben Carr",
        "name: Ben Carr, home: 'https://ben.example/'",
    ),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of mapped files that look one another up by name."""
    (tmp_path / "ontology").mkdir()
    shutil.copy(HARBOUR, tmp_path / "ontology")
    (tmp_path / "colloquy.yaml").write_text(SETTINGS, encoding="utf-8")
    for name, text in FILES.items():
        (tmp_path / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "data" / name).write_text(text, encoding="utf-8")
    return tmp_path


def said(project: Project) -> object:
    """Give the findings and the statements."""
    compiled = project.compile()
    return compiled.findings, compiled.facts.statements


@pytest.mark.parametrize("edit", EDITS)
def test_a_change_of_names_reaches_every_file_that_looked_them_up(edit: str, project: Path) -> None:
    name, before, after = EDITS[edit]
    memory = MemoryCache()
    first = said(Project(project, cache=memory))
    assert said(Project(project)) == first
    file = project / "data" / name
    file.write_text(file.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    cold = said(Project(project, cache=False))
    assert cold != first
    assert said(Project(project)) == cold
    assert said(Project(project, cache=memory)) == cold
