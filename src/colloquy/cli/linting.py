"""`colloquy lint`: what is wrong, missing or idle in the ontology."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from colloquy.cli.checking import FORMATS, print_report
from colloquy.cli.options import HERE, ProjectOption, one_of, open_project
from colloquy.cli.saying import count, print_findings, print_kinds, say


def lint(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="Report on these Turtle files only.")
    ] = None,
    project: ProjectOption = HERE,
    reasoner: Annotated[
        bool, typer.Option("--reasoner/--no-reasoner", help="Ask HermiT, where it and Java are there.")
    ] = True,
    format: Annotated[str, typer.Option(metavar="|".join(FORMATS), help="How findings are printed.")] = "text",  # noqa: A002
) -> None:
    """Examine the ontology: what is missing, cannot be kept, is never seen or does nothing, each at its line.

    Example:  colloquy lint ontology/shapes.ttl
    """
    one_of("--format", format, FORMATS)
    linted = open_project(project).lint(files or (), reasoner=reasoner)
    errors = len(linted.errors)
    if format != "text":
        print_report(linted.findings, format, project)
        raise typer.Exit(1 if errors else 0)
    print_findings(linted.findings)
    print_kinds(linted.findings)
    counted = f"{count(errors, 'error')}, {count(len(linted.findings) - errors, 'warning')}"
    say(f"{counted} in {count(linted.files, 'Turtle file')}; OWL consistency: {linted.consistency}")
    raise typer.Exit(1 if errors else 0)
