"""`colloquy build` and `colloquy verify`: makes the output folder, and proves it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from colloquy.cli.checking import watch_project
from colloquy.cli.options import (
    HERE,
    DataOption,
    JobsOption,
    NoCacheOption,
    OutputOption,
    ProfileOption,
    ProjectOption,
    WatchOption,
    open_project,
)
from colloquy.cli.saying import count, note, print_findings, print_kinds, print_stages, say
from colloquy.errors import FactsError
from colloquy.terminal import watcher

if TYPE_CHECKING:
    from colloquy.progress import Progress
    from colloquy.project import Project


def build(
    project: ProjectOption = HERE,
    data: DataOption = None,
    output: OutputOption = None,
    no_pages: Annotated[
        bool, typer.Option("--no-pages", help="Make the graph alone: no network, no exports, no HTML.")
    ] = False,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Build what is right, though there are errors.")
    ] = False,
    keep: Annotated[
        int | None,
        typer.Option("--keep", metavar="N", min=0, help="Keep the last N earlier generations; 0 lets go of them."),
    ] = None,
    no_cache: NoCacheOption = False,
    jobs: JobsOption = 1,
    profile: ProfileOption = False,
    watch: WatchOption = False,
) -> None:
    """Make the output folder anew: graph, store, network, pages. Old output or new output, never half.

    Example:  colloquy build --output /tmp/site
    """
    if watch:

        def act(here: Project, progress: Progress) -> object:
            return here.build(progress, pages=not no_pages, keep_going=keep_going, keep=keep)

        watch_project(project, data, act, output, cached=not no_cache, jobs=jobs)
    here = open_project(project, data, output, cache=not no_cache, jobs=jobs)
    try:
        with watcher() as progress:
            built = here.build(progress, pages=not no_pages, keep_going=keep_going, keep=keep)
    except FactsError as error:
        print_findings(error.findings)
        print_kinds(error.findings)
        errors = sum(finding.severity == "error" for finding in error.findings)
        left = "the output is as it was" if here.output.exists() else "there is no output"
        note(f"colloquy: {count(errors, 'error')}: nothing was built, and {left}")
        raise typer.Exit(error.exit_code) from None
    print_findings(built.findings)
    print_kinds(built.findings)
    c = built.counts
    network = f"; network of {count(c['nodes'], 'node')} and {count(c['edges'], 'edge')}" if "nodes" in c else ""
    say(
        f"{count(c['entries'], 'entry', 'entries')}, {count(c['statements'], 'statement')}"
        f" ({c['sourced']:,} with a source), {count(c['triples'], 'triple')}{network}"
    )
    say(f"built {built.output} (generation {built.digest})")
    if not no_pages:
        from colloquy import querypage

        if left_out := querypage.missing():
            note(left_out)
    if keep is not None:
        earlier = [folder.name for folder in here.kept()]
        say(f"kept: {', '.join(earlier) if earlier else 'no earlier generation'}")
    if profile:
        print_stages(progress)
    if any(f.severity == "error" for f in built.findings):
        raise typer.Exit(1)


def verify(
    output: Annotated[
        Path | None, typer.Argument(metavar="[OUTPUT]", help="The folder that a build made.", show_default="output")
    ] = None,
    project: ProjectOption = HERE,
) -> None:
    """Verify an output folder: every file's digest, and that the store holds what graph.nq says.

    Example:  colloquy verify output
    """
    from colloquy.project import verify_output

    output = output or project / "output"
    findings = verify_output(output)
    print_findings(findings)
    if findings:
        raise typer.Exit(1)
    say(f"{output} is whole")
