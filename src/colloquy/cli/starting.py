"""`colloquy init`: a new project."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from colloquy.cli.saying import say


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder, or an empty one.")],
    vocabulary: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="A vocabulary in Turtle, to be the ontology of the project."),
    ] = None,
) -> None:
    """Start a project: settings, a small ontology, facts, a question, and settings for editors.

    Example:  colloquy init harbour-talks
    """
    from colloquy.starting import start_project

    for name in start_project(folder, vocabulary):
        say(f"{folder.as_posix()}/{name}")
    go = "" if folder == Path() else f"cd {quote(folder.as_posix())} && "
    say(f"now: {go}colloquy build")
