"""`colloquy lint`: what is wrong, missing or idle in the ontology."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from colloquy.cli.options import HERE, ProjectOption, open_project
from colloquy.cli.saying import count, print_findings, print_kinds, say


def lint(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="Report on these Turtle files only.")
    ] = None,
    project: ProjectOption = HERE,
    reasoner: Annotated[
        bool, typer.Option("--reasoner/--no-reasoner", help="Ask HermiT, where it and Java are there.")
    ] = True,
) -> None:
    """Examine the ontology: what is missing, cannot be kept, is never seen or does nothing, each at its line.

    Example:  colloquy lint ontology/shapes.ttl
    """
    linted = open_project(project).lint(files or (), reasoner=reasoner)
    print_findings(linted.findings)
    print_kinds(linted.findings)
    errors = len(linted.errors)
    counted = f"{count(errors, 'error')}, {count(len(linted.findings) - errors, 'warning')}"
    say(f"{counted} in {count(linted.files, 'Turtle file')}; OWL consistency: {linted.consistency}")
    raise typer.Exit(1 if errors else 0)
