"""Options that several commands take, and how they open a project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from colloquy.cli.saying import count, note
from colloquy.errors import UsageError

if TYPE_CHECKING:
    from colloquy.project import Project

ProjectOption = Annotated[
    Path, typer.Option("--project", metavar="DIR", help="The project: a folder with colloquy.yaml.", show_default=False)
]
DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="DIR",
        envvar="COLLOQUY_DATA",
        help="Read the facts from here instead; COLLOQUY_DATA says so for every project.",
    ),
]
OutputOption = Annotated[
    Path | None, typer.Option("--output", metavar="DIR", help="The folder that a build makes.", show_default="output")
]
StoreOption = Annotated[
    str | None,
    typer.Option("--store", metavar="URL", help="Ask a SPARQL endpoint that holds the build.", show_default=False),
]
GraphOption = Annotated[
    str | None,
    typer.Option("--graph", metavar="IRI", help="The default graph's name there.", show_default="<base>graph/default"),
]
NoCacheOption = Annotated[
    bool, typer.Option("--no-cache", help="Compile every file anew, and keep nothing for the next time.")
]
JobsOption = Annotated[
    int, typer.Option("--jobs", metavar="N", min=1, help="Read thousands of files with so many processes.")
]
WatchOption = Annotated[
    bool, typer.Option("--watch", help="Go on: say what changes with every change of a file, until Ctrl-C.")
]
ProfileOption = Annotated[bool, typer.Option("--profile", help="Say how long every stage took.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]
HERE = Path()


def open_project(
    project: Path,
    data: Path | None = None,
    output: Path | None = None,
    *,
    cache: bool = True,
    jobs: int = 1,
    store: str | None = None,
    graph: str | None = None,
) -> Project:
    """Open a project; imported here, since `--help` has no use for it."""
    from colloquy.project import Project

    return Project(project, data=data, output=output, cache=cache, jobs=jobs, store=store, graph=graph)


def one_of(option: str, value: str, known: tuple[str, ...]) -> None:
    """Refuse a value that an option does not know."""
    if value not in known:
        raise UsageError(f"{option} {value} is not known here — use one of: {', '.join(known)}")


def check_graph(store: str | None, graph: str | None) -> None:
    """Refuse a name for a graph elsewhere where nothing elsewhere is asked."""
    if graph is not None and store is None:
        raise UsageError("--graph names a graph of another store — say which, with --store URL")


def note_stale(project: Project) -> None:
    """Say that the facts are newer than the output."""
    if stale := project.stale():
        more = f" and {len(stale) - 1} more" if len(stale) > 1 else ""
        note(f"note: the output is older than {stale[0]}{more} — `colloquy build` brings it up to date")


def note_errors(project: Project) -> None:
    """Say that the facts have errors, where something is told that wrong facts have no part in."""
    if errors := len(project.compiled.errors):
        note(f"note: the facts have {count(errors, 'error')}; what is wrong is left out — `colloquy check` shows it")
