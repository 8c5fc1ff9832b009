"""`colloquy schema`, `reference` and `export`: what may be written, for editors and for readers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from colloquy.cli.options import HERE, DataOption, ProjectOption, open_project
from colloquy.cli.saying import note, say


def schema(
    project: ProjectOption = HERE,
    data: DataOption = None,
    settings: Annotated[
        bool, typer.Option("--settings", help="That of colloquy.yaml, mapping and all, instead.")
    ] = False,
) -> None:
    """Print the JSON Schema of a fact file, for editors.

    Example:  colloquy schema > .vscode/facts.schema.json
    """
    from colloquy.schema import schema_text

    if settings:
        from colloquy.settings_schema import settings_schema

        say(schema_text(settings_schema()).rstrip("\n"))
        return
    say(schema_text(open_project(project, data).schema()).rstrip("\n"))


def export(
    yaml: Annotated[Path, typer.Option("--yaml", metavar="GRAPH", help="A graph as .ttl, .nt, .nq, .trig or .rdf.")],
    project: ProjectOption = HERE,
    data: DataOption = None,
) -> None:
    """Write a graph that speaks the project's terms back as YAML facts.

    Sources are kept where the graph has them, as graph.nq has.  What cannot be said as facts is
    named, and the command ends with code 1.

    Example:  colloquy export --yaml elsewhere.ttl > data/elsewhere.yaml
    """
    from colloquy.rewriting import describe

    made = open_project(project, data).rewrite(yaml)
    say(made.text.rstrip("\n"))
    if made.left_out:
        for line in describe(made.left_out):
            note(f"left out: {line}")
        raise typer.Exit(1)


def reference(project: ProjectOption = HERE, data: DataOption = None) -> None:
    """Print the page of the ontology's terms as HTML, with live counts and instances.

    Example:  colloquy reference > terms.html
    """
    say(open_project(project, data).reference().rstrip("\n"))
