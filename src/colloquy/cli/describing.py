"""`colloquy schema` and `reference`: what may be written, for editors and for readers."""

from __future__ import annotations

from typing import Annotated

import typer

from colloquy.cli.options import HERE, DataOption, ProjectOption, open_project
from colloquy.cli.saying import say


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


def reference(project: ProjectOption = HERE, data: DataOption = None) -> None:
    """Print the page of the ontology's terms as HTML, with live counts and instances.

    Example:  colloquy reference > terms.html
    """
    say(open_project(project, data).reference().rstrip("\n"))
