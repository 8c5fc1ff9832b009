"""Cases are data: a folder with facts and what has to come of them; an ontology author can add one.

`facts.yaml`       the facts (more `*.yaml` files may stand beside it)
`ontology.ttl`     what the case adds to `cases/ontology/harbour.ttl`, where it needs to
`findings.txt`     every finding, one a line: `facts.yaml:3:9 error unknown-key` (an empty file: none)
`present.ttl`      triples that must be in the graph
`absent.ttl`       triples that must not
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pyoxigraph
import pytest

from colloquy.check import check_facts
from colloquy.facts import read_facts
from colloquy.infer import closure
from colloquy.ontology import read_ontology
from colloquy.settings import Settings
from colloquy.terms import Triple

CASES = Path(__file__).parent / "cases"
BASE = "https://harbour.example/"
PREFIXES = f"""
@base <{BASE}> . @prefix : <{BASE}ontology#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix schema: <https://schema.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix cq: <https://colloquy.example/ns#> .
"""


def triples_in(path: Path) -> set[Triple]:
    text = (PREFIXES + path.read_text(encoding="utf-8")).encode()
    return {
        (str(q.subject), str(q.predicate), str(q.object)) for q in pyoxigraph.parse(text, pyoxigraph.RdfFormat.TURTLE)
    }


@pytest.mark.parametrize("case", sorted(p.parent.name for p in CASES.glob("*/facts.yaml")))
def test_case(case: str, tmp_path: Path) -> None:
    folder = CASES / case
    shutil.copy(CASES / "ontology/harbour.ttl", tmp_path)
    if (folder / "ontology.ttl").exists():
        shutil.copy(folder / "ontology.ttl", tmp_path / "more.ttl")
    ontology = read_ontology(tmp_path)
    settings = Settings("Harbour talks", BASE, language="en")
    texts = [(p.name, p.read_bytes()) for p in sorted(folder.glob("*.yaml"))]
    facts = read_facts(texts, ontology, settings)
    graph = closure((s.triple for s in facts.statements), ontology.rules)
    findings = {*ontology.findings, *facts.findings, *check_facts(facts, lambda: graph, ontology)}
    if (folder / "findings.txt").exists():
        wanted = (folder / "findings.txt").read_text(encoding="utf-8").split("\n")
        assert [f"{f.place} {f.severity} {f.code}" for f in sorted(findings)] == [w for w in wanted if w], "\n".join(
            map(str, sorted(findings))
        )
    if (folder / "present.ttl").exists():
        assert not triples_in(folder / "present.ttl") - set(graph)
    if (folder / "absent.ttl").exists():
        assert not triples_in(folder / "absent.ttl") & set(graph)
