"""The command line: help with an example for each verb, exit codes, and no traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from colloquy.project import Project

VERBS = [
    *("init", "check", "lint", "build", "verify", "query", "rerun", "why", "serve", "path", "network", "test", "load"),
    *("schema", "reference", "export"),
]


def colloquy(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "colloquy", *arguments], cwd=cwd, capture_output=True, text=True, check=False, timeout=60
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done


def test_help_lists_every_verb() -> None:
    said = colloquy("--help").stdout
    assert [verb for verb in VERBS if f" {verb} " in said] == VERBS


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_a_verb_has_an_example(verb: str) -> None:
    done = colloquy(verb, "--help")
    assert done.returncode == 0
    assert f"Example:  colloquy {verb}" in done.stdout


def test_help_imports_nothing_dear() -> None:
    code = "import sys; sys.argv=['colloquy','--help']\n"
    code += "try:\n import colloquy.cli; colloquy.cli.main()\nexcept SystemExit: pass\n"
    code += "print([m for m in ('rdflib','networkx','pyvis','pyshacl','numpy','jinja2','yaml') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip().endswith("[]")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "--project", "nowhere"], "there is no folder nowhere"),
        (["check", "--format", "xml"], "use one of: text, json"),
        (["query", "no-such-question"], "there is no question and no file"),
        (["query", "-e", "SELECT * { ?a ?b ", "--format", "table"], "line 1, column"),
        (["why", "one", "two"], "SUBJECT PREDICATE OBJECT"),
        (["verify", "nowhere"], "nowhere"),
    ],
)
def test_wrong_use_is_said_in_words(built: Project, arguments: list[str], said: str) -> None:
    done = colloquy(*arguments, cwd=built.folder)
    assert done.returncode in (1, 2)
    assert said in done.stdout + done.stderr


def test_a_folder_without_settings_is_no_project(tmp_path: Path) -> None:
    done = colloquy("check", cwd=tmp_path)
    assert done.returncode == 2
    assert "colloquy.yaml is missing" in done.stderr


def test_check_prints_json_for_tools(built: Project, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("- {id: ada, type: Person, nmae: Ada Brook}\n", encoding="utf-8")
    done = colloquy("check", str(wrong), "--format", "json", cwd=built.folder)
    assert done.returncode == 1
    rows = json.loads(done.stdout)
    assert [(row["line"], row["code"]) for row in rows] == [(1, "shape"), (1, "unknown-key")]


def test_query_before_a_build_says_what_to_do(fresh: Path) -> None:
    done = colloquy("query", "-e", "ASK { ?s ?p ?o }", cwd=fresh)
    assert done.returncode == 2
    assert "colloquy build" in done.stderr


def test_an_old_output_is_said_to_be_old(fresh: Path) -> None:
    Project(fresh).build()
    with (fresh / "data/places.yaml").open("a", encoding="utf-8") as file:
        file.write("# a remark\n")
    done = colloquy("query", "-e", "ASK { ?s ?p ?o }", cwd=fresh)
    assert done.returncode == 0
    assert "older than data/places.yaml" in done.stderr


def test_a_runaway_query_is_stopped_at_its_limit(built: Project) -> None:
    text = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    done = colloquy("query", "-e", text, "--limit-seconds", "1", cwd=built.folder)
    assert done.returncode == 1
    assert "stopped" in done.stderr


def test_an_unknown_term_is_warned_about_with_the_near_one(built: Project) -> None:
    done = colloquy("query", "-e", "SELECT * { ?x schema:perfomer ?y }", cwd=built.folder)
    assert "did you mean `schema:performer`?" in done.stderr


@pytest.mark.parametrize("format_", ["csv", "tsv", "json", "xml"])
def test_rows_are_printed_in_every_form(built: Project, format_: str) -> None:
    done = colloquy("query", "-e", "SELECT ?x { ?x a co:Talk }", "--format", format_, cwd=built.folder)
    assert done.returncode == 0
    assert "talk-" in done.stdout


@pytest.mark.parametrize("format_", ["turtle", "ntriples", "jsonld"])
def test_graphs_are_printed_in_every_form(built: Project, format_: str) -> None:
    done = colloquy("query", "-e", "CONSTRUCT WHERE { ?x a co:Talk }", "--format", format_, cwd=built.folder)
    assert done.returncode == 0
    assert "talk-" in done.stdout


def test_the_version_is_said() -> None:
    assert colloquy("--version").stdout == f"colloquy {version('colloquy')}\n"


def test_an_ontology_that_is_no_turtle_is_a_finding_in_every_file_and_form(fresh: Path) -> None:
    (fresh / "ontology/a.ttl").write_text("@prefix a: <urn:a> .\na:b a a:c\na:d a a:c .\n", encoding="utf-8")
    (fresh / "ontology/b.ttl").write_text("<urn:x> a schema:Thing .\n", encoding="utf-8")
    done = colloquy("check", "--project", str(fresh))
    first, second, *_ = done.stdout.splitlines()
    assert first.startswith("ontology/a.ttl:3:1: error: this is no Turtle: A dot is expected")
    assert second.startswith("ontology/b.ttl:1:11: error: ")
    assert "@prefix schema: <https://schema.org/> ." in second
    assert done.returncode == 1
    found = json.loads(colloquy("check", "--project", str(fresh), "--format", "json").stdout)
    assert "not-turtle" in json.dumps(found)
    built = colloquy("build", "--project", str(fresh))
    assert built.stderr == "colloquy: 2 errors: nothing was built, and there is no output\n"
    assert built.returncode == 1


def test_where_a_new_project_goes_can_be_pasted(tmp_path: Path) -> None:
    said = colloquy("init", "My Club!", cwd=tmp_path).stdout.splitlines()[-1]
    assert said == "now: cd 'My Club!' && colloquy build"


def test_an_answer_is_printed_as_a_table(built: Project) -> None:
    said = str(built.query("SELECT ?who { ?who a co:Person } ORDER BY ?who LIMIT 2"))
    assert said.splitlines()[0].split() == ["who"]
    assert said.splitlines()[-1] == "2 rows"
