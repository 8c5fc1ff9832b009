"""Locating phrases are proved against the very text, and nothing is called proved without it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from colloquy.errors import UsageError
from colloquy.facts import Facts, read_facts
from colloquy.ontology import read_ontology
from colloquy.settings import Settings
from colloquy.sources import Proof, prove_phrases

ONTOLOGY = Path(__file__).parent / "cases/ontology"
TEXT = "The harbour\n\nAda Brook looks after  the\ntide tables.\n\nThe museum\n\nIt’s run by Robert Quill.\n"


def facts_with(phrase: str, section: str, text: str = TEXT) -> Facts:
    digest = hashlib.sha256(text.encode()).hexdigest()
    data = f"""
- id: gazette
  type: Text
  name: Harbour gazette
  sha256: "{digest}"
  sections: [{{title: Harbour, begins: The harbour}}, {{title: Museum, begins: The museum}}]
- {{id: ada-brook, type: Person, name: Ada Brook, document: gazette, section: {section}, phrase: "{phrase}"}}
"""
    facts = read_facts(
        [("facts.yaml", data.encode())], read_ontology(ONTOLOGY), Settings("Harbour", "https://harbour.example/")
    )
    assert not facts.findings
    return facts


def proof_of(phrase: str, section: str, folder: Path, text: str = TEXT) -> Proof:
    (folder / "any-name.txt").write_text(text, encoding="utf-8")
    return prove_phrases(facts_with(phrase, section), folder)


def test_a_phrase_is_found_across_line_ends(tmp_path: Path) -> None:
    proof = proof_of("looks after the tide tables", "Harbour", tmp_path)
    assert (proof.proved, proof.failed, proof.not_checked) == (1, 0, 0)


def test_a_phrase_of_another_section_is_refused_and_that_section_named(tmp_path: Path) -> None:
    proof = proof_of("looks after the tide tables", "Museum", tmp_path)
    assert (proof.proved, proof.failed) == (0, 1)
    assert "it stands in section Harbour" in str(proof.findings[0])
    assert proof.findings[0].place.line == 7


def test_another_apostrophe_is_no_proof_but_a_hint(tmp_path: Path) -> None:
    proof = proof_of("It's run by", "Museum", tmp_path)
    assert proof.failed == 1
    assert "other quotation marks" in str(proof.findings[0])


def test_another_text_proves_nothing(tmp_path: Path) -> None:
    proof = proof_of("looks after the tide tables", "Harbour", tmp_path, TEXT + "One more line.\n")
    assert (proof.proved, proof.failed, proof.not_checked) == (0, 0, 1)
    assert "not checked" in str(proof.findings[0])


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no folder"):
        prove_phrases(facts_with("looks after", "Harbour"), tmp_path / "nowhere")


def test_every_phrase_of_the_seminar_stands_in_its_section(shared: Path) -> None:
    from colloquy.project import Project

    proof = Project(Path(__file__).parent.parent).prove(shared / "sources")
    assert proof.failed == proof.not_checked == 0, "\n".join(map(str, proof.findings))
    assert proof.proved > 500
