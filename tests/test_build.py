"""A build is whole, the same every time, and says no where it should."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import networkx
import pytest

from colloquy import generation, querypage
from colloquy.errors import FactsError
from colloquy.project import Project


def fingerprint(output: Path) -> dict[str, str]:
    return {
        p.relative_to(output).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(output.rglob("*"))
        if p.is_file() and not p.relative_to(output).parts[0].startswith("store-")
    }


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "colloquy", *arguments],
        env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_the_output_holds_what_the_design_names(built: Project) -> None:
    names = {p.name for p in built.output.iterdir()}
    wanted = {
        "index.html", "reference.html", "graph.nq", "graph.ttl", "network.graphml", "network.gexf", "nodes.csv",
        "edges.csv", "facts.schema.json", "positions.tsv", "manifest.json",
    }  # fmt: skip
    if not querypage.missing():
        wanted.add("query.html")
    assert names - wanted == {generation.read_manifest(built.output).store}
    assert built.verify() == []


def test_the_pages_lead_to_one_another(built: Project) -> None:
    pages = sorted(path.name for path in built.output.glob("*.html"))
    for name in pages:
        text = (built.output / name).read_text(encoding="utf-8")
        linked = {*re.findall(r'href="(\w+\.html)[#"]', text)}
        assert linked | {name} == set(pages), name


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati"},
        {"PYTHONHASHSEED": "4242", "LC_ALL": "C", "PYTHONUTF8": "0", "COLUMNS": "40"},
    ],
    ids=["seed and zone", "seed, locale and width"],
)
def test_the_same_facts_give_the_same_bytes(built: Project, tmp_path: Path, environment: dict[str, str]) -> None:
    shutil.copytree(built.folder, tmp_path / "again", ignore=shutil.ignore_patterns("output", ".colloquy"))
    done = run("build", "--project", str(tmp_path / "again"), **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert fingerprint(tmp_path / "again/output") == fingerprint(built.output)


def test_the_order_of_files_and_entries_makes_no_difference_to_the_graph(built: Project, fresh: Path) -> None:
    data = fresh / "data"
    for number, path in enumerate(sorted(data.glob("*.yaml"), reverse=True)):
        path.rename(data / f"{number:02}-renamed.yaml")
    Project(fresh).build()
    assert (fresh / "output/graph.nq").read_bytes() == (built.output / "graph.nq").read_bytes()
    assert (fresh / "output/network.graphml").read_bytes() == (built.output / "network.graphml").read_bytes()


def test_facts_with_errors_leave_the_old_output(fresh: Path) -> None:
    project = Project(fresh)
    project.build()
    before = fingerprint(project.output)
    with (fresh / "data/speakers.yaml").open("a", encoding="utf-8") as file:
        file.write("- {id: nobody, nmae: Nobody}\n")
    with pytest.raises(FactsError) as caught:
        Project(fresh).build()
    assert "unknown-key" in {f.code for f in caught.value.findings}
    assert fingerprint(project.output) == before


def test_an_edited_store_or_file_is_found_out(built: Project, tmp_path: Path) -> None:
    copy = tmp_path / "output"
    shutil.copytree(built.output, copy)
    assert run("verify", str(copy)).returncode == 0
    with (copy / "graph.nq").open("a", encoding="utf-8") as file:
        file.write("<https://harbour.example/a> <https://harbour.example/b> <https://harbour.example/c> .\n")
    done = run("verify", str(copy))
    assert done.returncode == 1
    assert "graph.nq" in done.stdout


def test_the_readme_and_ignore_file_of_the_output_stay(fresh: Path) -> None:
    (fresh / "output").mkdir()
    (fresh / "output/README.md").write_text("kept\n", encoding="utf-8")
    Project(fresh).build()
    Project(fresh).build()
    assert (fresh / "output/README.md").read_text(encoding="utf-8") == "kept\n"
    assert sorted(p.name for p in fresh.iterdir()) == [
        ".colloquy", "colloquy.yaml", "data", "ontology", "output", "queries",
    ]  # fmt: skip


def test_two_builds_at_once_end_with_one_whole_output(fresh: Path) -> None:
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "colloquy", "build", "--project", str(fresh)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    said = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert run("verify", str(fresh / "output")).returncode == 0


def test_page_and_exports_agree_in_count(built: Project) -> None:
    drawn = built.network()
    counts = generation.read_manifest(built.output).counts
    assert (counts["nodes"], counts["edges"]) == (drawn.number_of_nodes(), drawn.number_of_edges())
    for read in (networkx.read_graphml, networkx.read_gexf):
        name = "network.graphml" if read is networkx.read_graphml else "network.gexf"
        graph = read(built.output / name)
        assert (graph.number_of_nodes(), graph.number_of_edges()) == (counts["nodes"], counts["edges"])
    for name, count in (("nodes.csv", counts["nodes"]), ("edges.csv", counts["edges"])):
        import csv

        with (built.output / name).open(encoding="utf-8", newline="") as file:
            assert sum(1 for _ in csv.reader(file)) == count + 1
    view = built.view()
    assert (len(view.nodes), len(view.edges)) == (counts["nodes"], counts["edges"])
