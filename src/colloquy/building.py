"""Writes one generation: dataset, store, side index and its manifest, with what people see of it (`pages`)."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from colloquy import generation
from colloquy.compiled import Compiled
from colloquy.errors import ProjectError
from colloquy.ontology import Ontology
from colloquy.progress import Progress
from colloquy.query import Question
from colloquy.settings import Settings
from colloquy.store import check_store, dataset_lines, project_prefixes, write_dataset, writing_positions

# Everything whose version can change what a build writes.
GRAPH_LIBRARIES = ("pyoxigraph",)
LIBRARIES = ("jinja2", "networkx", "numpy", "pyoxigraph", "pyvis", "scipy")


@dataclass(frozen=True)
class Ingredients:
    """What a generation is made of."""

    settings: Settings
    ontology: Ontology
    compiled: Compiled
    questions: tuple[Question, ...]
    pages: bool = True
    """Whether the network, its exports and the pages are wanted beside the graph."""
    earlier: Path | None = None
    """An output folder whose store may be taken over."""
    keep: int | None = None
    """How many earlier generations to keep; None leaves those that are kept as they are."""


def versions(*, pages: bool = True) -> dict[str, str]:
    """Name the program and the libraries whose versions go into a manifest: without pages, those of the graph alone."""
    found = {name: version(name) for name in ("colloquy", *(LIBRARIES if pages else GRAPH_LIBRARIES))}
    if pages:
        from colloquy import querypage

        found |= {"zlib": zlib.ZLIB_RUNTIME_VERSION}  # the page holds what it has packed
        found |= {"query page": bundled} if (bundled := querypage.made_of()) else {}
    return found


def write_generation(made_of: Ingredients, output: Path, state: Path, progress: Progress) -> dict[str, int]:
    """Make a generation beside the output folder, read it back, and exchange the two; give its counts.

    Call under `generation.lock`.  Raises ProjectError where the folder cannot be written, or where
    what was written is not what is read back.
    """
    settings, ontology, compiled = made_of.settings, made_of.ontology, made_of.compiled
    facts = compiled.facts
    with generation.staging(output, state) as folder:
        progress.stage("writing the graph")
        with writing_positions(folder) as take:
            lines = dataset_lines(facts, ontology, settings.base, last=not made_of.pages, positions=take)
        libraries = versions(pages=made_of.pages)
        digest = generation.digest(compiled.inputs, libraries)
        prefixes = project_prefixes(settings.base, ontology.prefixes)
        counts = {
            "entries": len(facts.entries),
            "statements": facts.statement_count,
            "sourced": facts.sourced_count,
            "triples": (triples := lines.triples),
            "quads": triples + len(lines.named),
        }
        write_dataset(folder, lines, prefixes, generation.store_name(digest), made_of.earlier)
        if made_of.pages:
            from colloquy.pages import write_pages  # here, since what draws is dear to import

            counts |= write_pages(made_of, folder, digest, counts, progress)
        generation.write_manifest(folder, compiled.inputs, libraries, counts)
        progress.stage("reading back what was written")
        wrong = [str(f) for f in generation.verify(folder)] or [w for w in [check_store(folder, whole=False)] if w]
        if wrong:
            raise ProjectError("what was written is not what is read back: " + "; ".join(wrong))
        progress.stage("exchanging the output folder")
        generation.publish(folder, output, state, made_of.keep)
    return counts
