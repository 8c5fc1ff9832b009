"""Writes one generation: dataset, store, side index, network, exports and pages, and its manifest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from colloquy import generation
from colloquy.errors import Finding, ProjectError
from colloquy.exports import write_exports
from colloquy.facts import Facts
from colloquy.index import TripleIndex
from colloquy.network import build_network, layout, page_model
from colloquy.network.words import words
from colloquy.ontology import Ontology
from colloquy.page import network as pyvis_network
from colloquy.page import write_page
from colloquy.query import Engine, Question, bind
from colloquy.reference import write_reference
from colloquy.schema import json_schema, schema_text
from colloquy.settings import Settings
from colloquy.store import check_store, dataset_lines, project_prefixes, write_dataset, write_positions
from colloquy.terms import LABEL, Term, is_iri, plain

# Everything whose version can change what a build writes.
LIBRARIES = ("jinja2", "networkx", "numpy", "pyoxigraph", "pyvis", "scipy")
MOST_ROWS = 12
PAGE_FILE, REFERENCE_FILE, SCHEMA_FILE = "index.html", "reference.html", "facts.schema.json"


@dataclass(frozen=True)
class Ingredients:
    """What a generation is made of."""

    settings: Settings
    ontology: Ontology
    facts: Facts
    graph: TripleIndex
    findings: tuple[Finding, ...]
    inputs: Mapping[str, str]
    questions: tuple[Question, ...]


def versions() -> dict[str, str]:
    """Name the program and the libraries whose versions go into a manifest."""
    return {name: version(name) for name in ("colloquy", *LIBRARIES)}


def write_generation(
    made_of: Ingredients, output: Path, state: Path, progress: Callable[[str], None]
) -> dict[str, int]:
    """Make a generation beside the output folder, read it back, and exchange the two; give its counts.

    Call under `generation.lock`.  Raises ProjectError where the folder cannot be written, or where
    what was written is not what is read back.
    """
    settings, ontology, facts, graph = made_of.settings, made_of.ontology, made_of.facts, made_of.graph
    with generation.staging(output, state) as folder:
        progress("writing the graph")
        lines = dataset_lines(facts, graph, ontology, settings.base)
        libraries = versions()
        digest = generation.digest(made_of.inputs, libraries)
        prefixes = project_prefixes(settings.base, ontology.prefixes)
        write_dataset(folder, lines, prefixes, generation.store_name(digest))
        write_positions(folder, facts.statements)
        progress("drawing the network")
        network = build_network(ontology, facts, graph, settings)
        positions = layout(network)
        write_exports(folder, network, positions)
        counts = {
            "entries": len(facts.entries),
            "statements": len(facts.statements),
            "sourced": sum(s.evidence.document is not None for s in facts.statements),
            "triples": len(graph),
            "quads": len(lines),
            "nodes": len(network.nodes),
            "edges": len(network.edges),
        }
        progress("writing the pages")
        start = starting_points(made_of, folder / generation.store_name(digest), prefixes)
        model = page_model(network, positions, settings, counts, digest, start)
        _write(folder / PAGE_FILE, write_page(model, pyvis_network(model)))
        _write(folder / REFERENCE_FILE, write_reference(ontology, graph, facts, settings))
        ids = {c.name: sorted(e.id for e in facts.entries.values() if e.class_ is c) for c in ontology.classes.values()}
        _write(folder / SCHEMA_FILE, schema_text(json_schema(ontology, settings.title, ids)))
        generation.write_manifest(folder, made_of.inputs, libraries, counts)
        wrong = [str(f) for f in generation.verify(folder)] or [w for w in [check_store(folder)] if w]
        if wrong:
            raise ProjectError("what was written is not what is read back: " + "; ".join(wrong))
        progress("exchanging the output folder")
        generation.publish(folder, output, state)
    return counts


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode())


def starting_points(made_of: Ingredients, store: Path, prefixes: Mapping[str, str]) -> list[dict[str, object]]:
    """Answer the questions that `start` names, for the page: the words, the entries, one line of answer."""
    if not made_of.settings.start:
        return []
    by_name = {q.name: q for q in made_of.questions}
    by_term = {e.term: e.id for e in reversed(made_of.facts.entries.values())}

    def said(term: Term) -> str:
        label = min((plain(o) for o in made_of.graph.objects(term, LABEL)), default="")
        return label or (plain(term) if is_iri(term) else words(term))

    ids_of = {e.id: e.term for e in made_of.facts.entries.values()}
    points: list[dict[str, object]] = []
    # In a process of its own, as every query: one that runs away is stopped, and the build with it.
    with Engine(store, prefixes=prefixes) as engine:
        for name in made_of.settings.start:
            if name not in by_name:
                raise ProjectError(f"colloquy.yaml: `start` names {name}, but there is no queries/{name}.rq")
            question = by_name[name]
            answer = engine.ask(
                question.query, limit_seconds=10, substitutions=bind(question.parameters, {}, ids_of, prefixes)
            )
            if answer.kind != "select":
                raise ProjectError(f"colloquy.yaml: `start` names {name}, which is no SELECT query")
            terms = list(dict.fromkeys(term for row in answer.rows for term in row if term in by_term))
            labels = [min((plain(o) for o in made_of.graph.objects(t, LABEL)), default=t) for t in terms if t]
            shown = ", ".join(labels[:6]) + (f" and {len(labels) - 6} more" if len(labels) > 6 else "")
            told = [" · ".join(said(term) for term in row if term) for row in answer.rows[:MOST_ROWS]]
            if len(answer) > MOST_ROWS:
                told.append(f"… and {len(answer) - MOST_ROWS} more")
            ids = [by_term[t] for t in terms if t]
            points.append({"text": question.words, "ids": ids, "answer": shown, "rows": told})
    return points
