"""Findings for other tools: JSON, SARIF and the annotations of GitHub's runners."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import yaml

from colloquy.errors import Finding, Place
from colloquy.reports import REPORTS, as_github, as_json, as_sarif

REPOSITORY = Path(__file__).parent.parent
FIRST = Finding(Place("data/a b.yaml", 3, 5), "error", "no-id", "50% of, it:\nbroken", "mend it")
SECOND = Finding(Place("data/é.yaml", 0, 0), "warning", "same-id", "taken", "", (Place("data/a b.yaml", 1, 2),))


def read_command(line: str) -> tuple[str, dict[str, str], str]:
    """Read a workflow command as the runner does: properties first, then the words, each unescaped."""
    found = re.fullmatch(r"::(\w+) (.*?)::(.*)", line)
    assert found

    def plain(text: str) -> str:
        for code, character in (("%0A", "\n"), ("%0D", "\r"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
            text = text.replace(code, character)
        return text

    properties = dict(pair.split("=", 1) for pair in found[2].split(","))
    return found[1], {name: plain(value) for name, value in properties.items()}, plain(found[3])


def test_a_runner_reads_back_what_was_found() -> None:
    one, other = as_github([FIRST, SECOND], "facts").splitlines()
    place = {"file": "facts/data/a b.yaml", "line": "3", "col": "5", "title": "no-id"}
    assert read_command(one) == ("error", place, "50% of, it:\nbroken — mend it")
    assert read_command(other) == ("warning", {"file": "facts/data/é.yaml", "title": "same-id"}, "taken")


def test_sarif_holds_every_finding_with_its_rule_and_places() -> None:
    (run,) = json.loads(as_sarif([FIRST, SECOND], "facts"))["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == ["no-id", "same-id"]
    told = []
    for result in run["results"]:
        (place,) = (one["physicalLocation"] for one in result["locations"])
        assert rules[result["ruleIndex"]] == result["ruleId"]
        told.append((result["ruleId"], result["level"], unquote(place["artifactLocation"]["uri"]), place.get("region")))
    assert told == [
        ("no-id", "error", "facts/data/a b.yaml", {"startLine": 3, "startColumn": 5}),
        ("same-id", "warning", "facts/data/é.yaml", None),  # a region begins at line 1: of a whole file there is none
    ]
    (related,) = run["results"][1]["relatedLocations"]
    assert related["physicalLocation"]["region"] == {"startLine": 1, "startColumn": 2}


def test_json_names_files_from_the_project() -> None:
    rows = json.loads(as_json([FIRST, SECOND], "facts"))
    assert [(row["file"], row["line"], row["code"], row["hint"]) for row in rows] == [
        ("data/a b.yaml", 3, "no-id", "mend it"),
        ("data/é.yaml", 0, "same-id", ""),
    ]


def test_nothing_found_is_still_whole() -> None:
    assert as_json([]) == "[]"
    assert as_github([]) == ""
    assert json.loads(as_sarif([]))["runs"][0]["results"] == []


def test_the_command_tells_the_way_to_the_project(fresh: Path) -> None:
    (fresh / "data" / "wrong.yaml").write_text("- {id: ada, type: Person, nmae: Ada}\n", encoding="utf-8")
    command = [sys.executable, "-m", "colloquy", "check", "--project", fresh.name, "--format"]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "src")}
    for name in REPORTS:
        done = subprocess.run([*command, name], cwd=fresh.parent, env=environment, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (1, b"")
        way = "" if name == "json" else f"{fresh.name}/"
        assert f"{way}data/wrong.yaml".encode() in done.stdout
    done = subprocess.run([*command, "xml"], cwd=fresh.parent, env=environment, capture_output=True, check=False)
    assert done.returncode == 2
    assert b"text, json, sarif, github" in done.stderr


def test_the_hook_runs_a_command_that_exists() -> None:
    (hook,) = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    words = [Path(sys.executable).parent / hook["entry"].split()[0], *hook["entry"].split()[1:]]
    assert subprocess.run(words, cwd=REPOSITORY, capture_output=True, check=False).returncode == 0
    assert all(re.search(hook["files"], name) for name in ("data/a.yaml", "data/b.yml", "ontology/x.ttl"))
