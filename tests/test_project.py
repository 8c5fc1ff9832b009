"""What a project's folder may hold: settings from strangers, odd names of files, files of other programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from colloquy.errors import ProjectError
from colloquy.expected import read_expected
from colloquy.facts import fact_files
from colloquy.settings import read_settings


@pytest.mark.parametrize("facts", ["..", "/etc", "data/../../elsewhere", "C:/facts", "..\\elsewhere"])
def test_facts_stay_inside_the_project(tmp_path: Path, facts: str) -> None:
    (tmp_path / "colloquy.yaml").write_text(f"title: Harbour\nbase: https://harbour.example/\nfacts: '{facts}'\n")
    with pytest.raises(ProjectError, match=r"colloquy.yaml:3:8: .*leads out of the project.*--data"):
        read_settings(tmp_path)


@pytest.mark.parametrize("facts", ["data", "data/2016", "./data", "."])
def test_facts_may_stand_anywhere_in_the_project(tmp_path: Path, facts: str) -> None:
    (tmp_path / "colloquy.yaml").write_text(f"title: Harbour\nbase: https://harbour.example/\nfacts: '{facts}'\n")
    assert read_settings(tmp_path).facts == (facts,)


def test_a_file_name_that_cannot_be_shown_is_refused(tmp_path: Path) -> None:
    (tmp_path / "talks\tof 2016.yaml").write_text("[]")
    with pytest.raises(ProjectError, match=r"talks\[U\+0009\]of 2016.yaml"):
        fact_files(tmp_path)


def test_expected_rows_may_come_from_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "who.csv"
    path.write_bytes(b"\xef\xbb\xbfwho,name\r\nada,Ada Brook\r\n")
    assert read_expected(path) == (("who", "name"), [("ada", "Ada Brook")])


def test_expected_rows_in_another_encoding_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "who.csv"
    path.write_bytes("who\nZoë\n".encode("latin-1"))
    with pytest.raises(ProjectError, match="UTF-8"):
        read_expected(path)
