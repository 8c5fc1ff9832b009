"""Snippets that other people wrote to break YAML readers, judged by the whole program."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent / "hostile_project"


def test_the_project_that_judges_is_sound() -> None:
    done = check()
    assert done.returncode == 0, done.stdout


def check(*files: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "colloquy", "check", "--project", str(PROJECT), *files]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_every_hostile_file_is_judged_as_its_authors_say(shared: Path) -> None:
    command = f"{shlex.quote(sys.executable)} -m colloquy check --project {shlex.quote(str(PROJECT))} {{file}}"
    done = subprocess.run(
        [sys.executable, str(shared / "tools/run_hostile.py"), "--corpus", str(shared / "hostile"), "--cmd", command],
        capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("159-script-close.yaml", "</script><script>alert(1)</script>"),
        ("161-html-entity.yaml", "AT&amp;T &lt;b&gt; &#x3c;"),
        ("163-js-line-sep.yaml", "a\u2028b\u2029c"),
        ("165-percent-format.yaml", "%s %(x)s {0} {name!r}"),
        ("179-turtle-break.yaml", 'a""" . <urn:s> <urn:p> """b\\'),
        ("129-emoji-zwj-ok.yaml", "👩\u200d💻"),
        ("119-mixed-eol.yaml", "two\nlines"),
    ],
)
def test_what_is_legal_is_kept_to_the_letter(shared: Path, name: str, kept: str) -> None:
    from colloquy.project import Project
    from colloquy.terms import literal_parts

    compiled = Project(PROJECT).compile([(name, (shared / "hostile" / name).read_bytes())])
    assert not compiled.errors
    names = {literal_parts(s.object).lexical for s in compiled.facts.statements if s.predicate.endswith("#name>")}
    assert names == {kept}


def test_a_date_with_a_zone_keeps_it(shared: Path) -> None:
    from colloquy.project import Project

    name = "027-date-time-zone.yaml"
    compiled = Project(PROJECT).compile([(name, (shared / "hostile" / name).read_bytes())])
    assert any(s.object.startswith('"2024-05-01T23:30:00-07:00"') for s in compiled.facts.statements)


def test_findings_are_the_same_in_json(shared: Path) -> None:
    file = str(shared / "hostile/141-dup-id-type.yaml")
    done = check(file, "--format", "json")
    (row,) = json.loads(done.stdout)
    assert (row["line"], row["code"], row["related"][0]["line"]) == (4, "same-id", 1)
