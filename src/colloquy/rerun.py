"""Asks again what a citation says, of the generation that it names, and compares the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from colloquy import generation
from colloquy.citation import Citation, CitationError, Origin, missing, programs, read_citation
from colloquy.errors import ProjectError
from colloquy.query import Answer, Engine, SparqlEngine
from colloquy.store import store_folder
from colloquy.terms import Term


def rerun(
    citation: Citation | str | Path,
    output: Path,
    state_dir: Path,
    labels: Callable[[Answer, SparqlEngine], Mapping[Term, str]] | None = None,
    limit_seconds: float = 30.0,
) -> Answer:
    """Give the answer that is cited, from the output or from an earlier generation that was kept.

    Raises CitationError where the generation is neither, and where the rows are others.
    """
    cited = citation if isinstance(citation, Citation) else read_citation(citation)
    folder = generation.find(cited.generation, output, state_dir)
    if folder is None:
        raise missing(cited, output, [path.name for path in generation.kept(state_dir)])
    try:
        store = store_folder(folder)
    except ProjectError as error:
        raise CitationError(f"the generation {cited.generation} is damaged: {error}") from None
    with Engine(store, prefixes=cited.prefixes) as engine:
        answer = engine.ask(cited.query, limit_seconds=limit_seconds, substitutions=cited.parameters)
        named = labels(answer, engine) if labels else {}  # as things were called then
    if differs := cited.matches(len(answer), answer.serialise("tsv")):
        likely = [*cited.cautions, *_other_programs(cited)] or [f"prove the generation with: colloquy verify {folder}"]
        raise CitationError(
            f"the rows are not those cited: {differs}\nof generation {cited.generation}, in {folder}; "
            + "; ".join(likely)
        )
    origin = Origin(
        cited.query, cited.parameters, cited.prefixes, cited.title, cited.project, cited.base, folder, cited.generation
    )
    return replace(answer, labels=lambda _: named, origin=origin)


def _other_programs(cited: Citation) -> list[str]:
    now = programs()
    was = {"colloquy": cited.colloquy, "engine": cited.engine}
    return [f"it was asked with {was[name]}, and this is {now[name]}" for name in was if was[name] != now[name]]
