"""Two things that would get one address are told, where the second is made of a name or a relation."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from colloquy.project import Project

HARBOUR = Path(__file__).parent / "cases/ontology"
MAPPING = """\
title: Harbour
base: https://harbour.example/
mapping:
- {files: posts.yml, type: Body, id: '%s', ignore: [slug]}
"""


@pytest.mark.parametrize(("id_", "told"), [("role/{slug}", True), ("post/{slug}", False)])
def test_a_mapped_id_that_meets_the_address_of_a_role_is_told(tmp_path: Path, id_: str, told: bool) -> None:
    shutil.copytree(HARBOUR, tmp_path / "ontology")
    (tmp_path / "data").mkdir()
    (tmp_path / "colloquy.yaml").write_text(MAPPING % id_, encoding="utf-8")
    facts = "- {id: ada, type: Person, name: Ada Brook, memberships: {role: Curator}}\n"
    (tmp_path / "data/facts.yaml").write_text(facts, encoding="utf-8")
    (tmp_path / "data/posts.yml").write_text("- {slug: curator, name: Curator}\n", encoding="utf-8")
    findings = Project(tmp_path).check()
    found = [f for f in findings if f.code == "same-address"]
    assert [(f.place.file, f.place.line) for f in found] == ([("data/posts.yml", 1)] if told else []), findings
