"""`colloquy check`, and the watch that it shares with `build`."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from colloquy.cli.options import (
    HERE,
    DataOption,
    JobsOption,
    NoCacheOption,
    ProfileOption,
    ProjectOption,
    WatchOption,
    one_of,
    open_project,
)
from colloquy.cli.saying import MANY, count, note, print_findings, print_kinds, print_stages, say
from colloquy.errors import ColloquyError, FactsError, Finding
from colloquy.terminal import watcher

FORMATS = ("text", "json", "sarif", "github")
"""How findings may be printed: `text`, and the names of `reports.REPORTS`."""

if TYPE_CHECKING:
    from colloquy.cache import MemoryCache
    from colloquy.progress import Progress
    from colloquy.project import Project


def check(
    files: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", help="Report on these files only.")] = None,
    project: ProjectOption = HERE,
    data: DataOption = None,
    sources: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Prove every locating phrase against the texts in this folder.")
    ] = None,
    format: Annotated[str, typer.Option(metavar="|".join(FORMATS), help="How findings are printed.")] = "text",  # noqa: A002
    no_cache: NoCacheOption = False,
    jobs: JobsOption = 1,
    profile: ProfileOption = False,
    watch: WatchOption = False,
) -> None:
    """Check the facts: every mistake in one run, each at its file, line and column.

    Example:  colloquy check data/talks.yaml
    """
    one_of("--format", format, FORMATS)
    if watch:
        watch_project(project, data, cached=not no_cache, jobs=jobs)
    here = open_project(project, data, cache=not no_cache, jobs=jobs)
    checked = None
    try:
        with watcher() as progress:
            checked = here.read(progress) if sources else None if files else here.checked(progress)
            findings = list(checked.findings) if checked else here.check(files or (), progress)
    except FactsError as error:  # the ontology cannot be read, and nothing can be said of the facts
        findings, sources = list(error.findings), None
    proof = here.prove(sources) if sources else None
    if proof:
        names = {str(f) for f in files or ()}
        findings = sorted({*findings, *(f for f in proof.findings if not names or f.place.file in names)})
    errors = sum(f.severity == "error" for f in findings)
    if format != "text":
        print_report(findings, format, project)
    else:
        # A mistake in the ontology makes many in the facts: it is said before them.
        print_findings(sorted(findings, key=lambda finding: not finding.place.file.endswith(".ttl")))
        print_kinds(findings)
        if proof:
            say(f"phrases: {proof.proved:,} proved, {proof.failed:,} not found, {proof.not_checked:,} not checked")
        warnings = len(findings) - errors
        counted = f"{count(errors, 'error')}, {count(warnings, 'warning')}"
        if files:
            say(f"{counted} in {count(len(files), 'file')}")
        elif checked:
            facts = checked.facts
            say(
                f"{counted} in {count(len(facts.files), 'file')}:"
                f" {count(len(facts.entries), 'entry', 'entries')}, {count(facts.statement_count, 'statement')}"
            )
    if profile:
        print_stages(progress)
    raise typer.Exit(1 if errors else 0)


def print_report(findings: Sequence[Finding], format: str, project: Path) -> None:  # noqa: A002
    """Print findings for another tool, which stands where this command does, not in the project."""
    from colloquy.reports import REPORTS

    try:
        folder = project.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        folder = project.as_posix()
    if text := REPORTS[format](findings, "" if folder == "." else folder):
        say(text)


def watch_project(
    project: Path,
    data: Path | None,
    act: Callable[[Project, Progress], object] | None = None,
    output: Path | None = None,
    *,
    cached: bool = True,
    jobs: int = 1,
) -> NoReturn:
    """Print the news of every change, and act on each, until interrupted.

    At the start there is nothing new: many findings are only counted then.
    """
    from colloquy.project import Project
    from colloquy.watch import watch

    gc.enable()

    def wait(words: str = "") -> None:
        say(f"{words}waiting for changes")
        sys.stdout.flush()

    def trouble(words: str) -> None:
        note(words)
        wait()

    def anew(cache: MemoryCache) -> Project:
        return Project(project, data=data, output=output, cache=cache if cached else False, jobs=jobs)

    for news in watch(anew, trouble, watcher):
        if news.changed:
            more = f" and {len(news.changed) - 3:,} more" if len(news.changed) > 3 else ""
            say(f"{', '.join(news.changed[:3])}{more} changed ({news.seconds:.2f} s)")
        for sign, findings in (("+", news.new), ("-", news.gone)):
            for finding in findings if not news.first or len(findings) <= MANY else ():
                say(f"{sign} {finding}")
        if news.moved:
            say(f"= {count(news.moved, 'finding')} on other lines")
        print_kinds(news.new)
        if act is not None:
            sys.stdout.flush()
            try:
                with watcher() as progress:
                    act(news.project, progress)
                say(f"built {news.project.output}")
            except FactsError as error:
                say(f"not built: {error}")
            except ColloquyError as error:
                say("not built")
                note(f"colloquy: {error}")
        errors = sum(f.severity == "error" for f in news.findings)
        wait(f"{count(errors, 'error')}, {count(len(news.findings) - errors, 'warning')}; ")
    raise AssertionError("a watch never ends by itself")
