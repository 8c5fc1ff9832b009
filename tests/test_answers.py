"""The shipped questions: expected rows, equal rows in two engines, and proofs that hold.

A proof is tested by deleting statements and drawing the conclusions anew, never by reading it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

import pyoxigraph
import pytest

from colloquy.expected import Outcome
from colloquy.facts import Statement
from colloquy.infer import closure
from colloquy.project import Project
from colloquy.query import Question, RdflibEngine, same_rows
from colloquy.sparql import read_query, without_slow_exists
from colloquy.sparql.rewrite import engine_text
from colloquy.store import ontology_triples, provenance, read_positions
from colloquy.terms import Term, iri, n_quads
from colloquy.why import Proof
from conftest import REPOSITORY

QUESTIONS = Project(REPOSITORY).questions()
Row = tuple[Term | None, ...]


def test_there_are_enough_questions_of_every_kind() -> None:
    assert len(QUESTIONS) >= 25
    texts = " ".join(q.query.upper() for q in QUESTIONS)
    for word in ("OPTIONAL", "UNION", "COUNT(", "ORDER BY", "GRAPH", "HAVING"):
        assert word in texts, word
    assert "NOT EXISTS" in texts or "MINUS" in texts


@pytest.fixture(scope="module")
def outcomes(built: Project) -> dict[str, Outcome]:
    return {outcome.name: outcome for outcome in built.test()}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.name)
def test_the_answer_is_what_the_source_says(outcomes: dict[str, Outcome], question: Question) -> None:
    outcome = outcomes[question.name]
    assert outcome.passed, str(outcome)


@pytest.fixture(scope="module")
def rdflib_engine(built: Project) -> RdflibEngine:
    return RdflibEngine(built.graph(), prefixes=built.prefixes)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.name)
def test_two_engines_give_the_same_rows(built: Project, rdflib_engine: RdflibEngine, question: Question) -> None:
    values = built.values(question, {})
    assert same_rows(
        built.query(question.name), rdflib_engine.ask(question.query, limit_seconds=60, substitutions=values)
    )


# --- why ----------------------------------------------------------------------------------------


class Bench:
    """The project's statements, some of which can be taken away, and what the questions then answer."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.statements = read_positions(project.output).statements
        base = project.settings.base
        facts = project.compiled.facts
        lines = n_quads(provenance(facts.statements, facts.entries, base), iri(base + "graph/provenance"))
        lines += n_quads(ontology_triples(project.ontology, base), iri(base + "graph/ontology"))
        self.named = "\n".join(lines) + "\n"

    def rows(self, question: Question, kept: Iterable[Statement]) -> Counter[Row]:
        store = pyoxigraph.Store()
        graph = closure((s.triple for s in kept), self.project.ontology.rules)
        text = "\n".join(n_quads(graph)) + "\n"
        store.bulk_load((self.named + text).encode(), pyoxigraph.RdfFormat.N_QUADS)
        text = engine_text(read_query(question.query, self.project.prefixes), self.project.values(question, {}))
        found = store.query(text, prefixes=self.project.prefixes)
        assert isinstance(found, pyoxigraph.QuerySolutions)
        return Counter(tuple(None if v is None else str(v) for v in solution) for solution in found)

    def without(self, gone: Collection[Statement]) -> list[Statement]:
        # A triple that was written twice goes only when both of its statements go.
        return [s for s in self.statements if s not in gone]


@pytest.fixture(scope="module")
def bench(built: Project) -> Bench:
    return Bench(built)


def one_of_each(proof: Proof[Statement], which: int) -> set[Statement]:
    """A hitting set: one statement of every witness."""
    hit: set[Statement] = set()
    for witness in (*proof.witnesses, *proof.alone):
        if not hit & set(witness.statements):
            hit.add(witness.statements[which % len(witness.statements)])
    return hit


PLAIN = [q for q in QUESTIONS if "GRAPH" not in q.query]


@pytest.mark.parametrize("question", PLAIN, ids=lambda q: q.name)
def test_every_row_of_a_question_is_explained(built: Project, bench: Bench, question: Question) -> None:
    answer = built.query(question.name)
    before = bench.rows(question, bench.statements)
    for number, row in enumerate(answer.rows[:6], 1):
        proof = built.why(question.name, number).proof
        assert proof.found
        if proof.kind == "aggregate":
            assert proof.cited
            after = bench.rows(question, bench.without(proof.cited))
            assert after[row] < before[row], f"row {number} outlives all that it cites"
            continue
        assert proof.witnesses, f"row {number} has no proof"
        assert all(w.statements for w in proof.witnesses), f"row {number} has an empty witness"
        for which in (0, -1):
            after = bench.rows(question, bench.without(one_of_each(proof, which)))
            assert after[row] < before[row], f"row {number} outlives a deletion from each of its witnesses"
        if proof.monotone:
            for witness in proof.witnesses[:3]:
                assert row in bench.rows(question, witness.statements), f"row {number} does not follow from {witness}"


def test_at_least_a_hundred_rows_are_explained(built: Project) -> None:
    assert sum(min(len(built.query(q.name)), 6) for q in PLAIN) >= 100


def test_a_triple_that_is_entailed_names_its_premises(built: Project) -> None:
    said = str(built.why_triple("hannah-howe", "org:memberOf", "volition"))
    assert "data/speakers.yaml:" in said
    assert "from which follows:" in said
    assert "Research Team" in said


def test_what_is_asked_as_minus_is_explained_as_it_was_written(built: Project) -> None:
    inside = "{ ?talk schema:performer ?p ; schema:superEvent ?event }"
    text = f"SELECT ?p {{ ?p a co:Person FILTER NOT EXISTS {inside} }} ORDER BY ?p"
    assert "MINUS" in without_slow_exists(read_query(text, built.prefixes))
    answer = built.query(text)
    assert same_rows(answer, built.query(text.replace("FILTER NOT EXISTS", "MINUS")))
    proof = built.why(text, 1).proof
    assert proof.witnesses
    assert "NOT EXISTS: what is absent is not cited" in proof.notes
    assert not any(note.startswith("MINUS") for note in proof.notes)
