"""Writes what people see of a generation: the network's exports, the pages, the reference, the schema."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from colloquy import generation, querypage
from colloquy.errors import ProjectError
from colloquy.exports import write_exports
from colloquy.network import build_network, draw, page_model
from colloquy.network.words import words
from colloquy.page import write_page
from colloquy.progress import Progress
from colloquy.query import Engine, bind
from colloquy.reference import write_reference
from colloquy.schema import json_schema, schema_text
from colloquy.store import GRAPH_FILE, project_prefixes
from colloquy.terms import LABEL, Term, is_iri, plain

if TYPE_CHECKING:
    from colloquy.building import Ingredients

MOST_ROWS = 12
PAGE_FILE, REFERENCE_FILE, SCHEMA_FILE = "index.html", "reference.html", "facts.schema.json"
QUERY_FILE = "query.html"


def write_pages(
    made_of: Ingredients, folder: Path, digest: str, counts: Mapping[str, int], progress: Progress
) -> dict[str, int]:
    """Write the network's exports, the page, the reference and the schema; give the counts of the network."""
    settings, ontology, facts = made_of.settings, made_of.ontology, made_of.compiled.facts
    graph = made_of.compiled.graph
    progress.stage("drawing the network")
    network = build_network(ontology, facts, graph, settings)
    picture = draw(network)
    write_exports(folder, network, picture.places)
    drawn = {"nodes": len(network.nodes), "edges": len(network.edges)}
    progress.stage("writing the pages")
    prefixes = project_prefixes(settings.base, ontology.prefixes)
    start = starting_points(made_of, folder / generation.store_name(digest), prefixes)
    model = page_model(network, picture, settings, {**counts, **drawn}, digest, start)
    asked = {} if querypage.missing() else {QUERY_FILE: "Ask in SPARQL"}
    _write(folder / PAGE_FILE, write_page(model, {**asked, REFERENCE_FILE: "Words of the graph"}))
    telling = (ontology, graph, facts, settings, made_of.questions)
    _write(folder / REFERENCE_FILE, write_reference(*telling, query_page=not querypage.missing()))
    if not querypage.missing():
        terms = {e.id: e.term for e in facts.entries.values()}
        asking = (ontology, settings, made_of.questions, terms, folder / GRAPH_FILE, prefixes, digest)
        _write(folder / QUERY_FILE, querypage.write_query_page(*asking))
    ids = {c.name: sorted(e.id for e in facts.entries.values() if e.class_ is c) for c in ontology.classes.values()}
    _write(folder / SCHEMA_FILE, schema_text(json_schema(ontology, settings.title, ids)))
    return drawn


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode())


def starting_points(made_of: Ingredients, store: Path, prefixes: Mapping[str, str]) -> list[dict[str, object]]:
    """Answer the questions that `start` names, for the page: the words, the entries, one line of answer."""
    if not made_of.settings.start:
        return []
    graph = made_of.compiled.graph
    by_name = {q.name: q for q in made_of.questions}
    by_term = {e.term: e.id for e in reversed(made_of.compiled.facts.entries.values())}

    def said(term: Term) -> str:
        label = min((plain(o) for o in graph.objects(term, LABEL)), default="")
        return label or (plain(term) if is_iri(term) else words(term))

    ids_of = {e.id: e.term for e in made_of.compiled.facts.entries.values()}
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
            labels = [min((plain(o) for o in graph.objects(t, LABEL)), default=t) for t in terms if t]
            shown = ", ".join(labels[:6]) + (f" and {len(labels) - 6} more" if len(labels) > 6 else "")
            told = [" · ".join(said(term) for term in row if term) for row in answer.rows[:MOST_ROWS]]
            if len(answer) > MOST_ROWS:
                told.append(f"… and {len(answer) - MOST_ROWS} more")
            ids = [by_term[t] for t in terms if t]
            points.append({"text": question.words, "ids": ids, "answer": shown, "rows": told})
    return points
