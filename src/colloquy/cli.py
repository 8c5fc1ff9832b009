"""The command line: each verb is a method of `Project`; only here is anything printed."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from colloquy.errors import ColloquyError, FactsError, Finding, UsageError

if TYPE_CHECKING:
    from colloquy.project import Project

app = typer.Typer(
    name="colloquy",
    help="Hand-written YAML facts, as a validated RDF graph that says why.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ProjectOption = Annotated[
    Path, typer.Option("--project", metavar="DIR", help="The project: a folder with colloquy.yaml.", show_default=False)
]
DataOption = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", envvar="COLLOQUY_DATA", help="Read the facts from here instead.")
]
OutputOption = Annotated[
    Path | None, typer.Option("--output", metavar="DIR", help="The folder that a build makes.", show_default="output")
]
HERE = Path()


def main() -> None:
    """Run the command line: 0 fine, 1 findings or failed tests, 2 wrong use, 130 interrupted."""
    signal.signal(signal.SIGTERM, _terminate)
    for stream in (sys.stdout, sys.stderr):
        # Facts are UTF-8 whatever the locale says; what a terminal cannot show is escaped, not fatal.
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]  # real streams
    try:
        app()
    except FactsError as error:
        _print_findings(error.findings)
        sys.exit(error.exit_code)
    except ColloquyError as error:
        _note(f"colloquy: {error}")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        _note("colloquy: interrupted")
        sys.exit(130)
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        _note(f"colloquy: {error.filename or ''}: {error.strerror or error}".replace(" : ", " "))
        sys.exit(2)


def _terminate(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _note(text: str) -> None:
    sys.stderr.write(text + "\n")


def _open(project: Path, data: Path | None = None, output: Path | None = None) -> Project:
    from colloquy.project import Project

    return Project(project, data=data, output=output)


def _print_findings(findings: Iterable[Finding]) -> None:
    for finding in findings:
        _say(str(finding))


def _count(number: int, thing: str, many: str = "") -> str:
    return f"{number:,} {thing if number == 1 else many or thing + 's'}"


def _as_json(findings: Iterable[Finding]) -> str:
    rows = [
        {**f.place._asdict(), "severity": f.severity, "code": f.code, "message": f.message, "hint": f.hint,
         "related": [p._asdict() for p in f.related]}
        for f in findings
    ]  # fmt: skip
    return json.dumps(rows, indent=1, ensure_ascii=False)


@app.command()
def check(
    files: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", help="Report on these files only.")] = None,
    project: ProjectOption = HERE,
    data: DataOption = None,
    sources: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Prove every locating phrase against the texts in this folder.")
    ] = None,
    format: Annotated[str, typer.Option(metavar="text|json", help="How findings are printed.")] = "text",  # noqa: A002
) -> None:
    """Check the facts: every mistake in one run, each at its file, line and column.

    Example:  colloquy check data/talks.yaml
    """
    _one_of("--format", format, ("text", "json"))
    here = _open(project, data)
    findings = here.check(files or ())
    proof = here.prove(sources) if sources else None
    if proof:
        names = {str(f) for f in files or ()}
        findings = sorted({*findings, *(f for f in proof.findings if not names or f.place.file in names)})
    errors = sum(f.severity == "error" for f in findings)
    if format == "json":
        _say(_as_json(findings))
    else:
        _print_findings(findings)
        if proof:
            _say(f"phrases: {proof.proved:,} proved, {proof.failed:,} not found, {proof.not_checked:,} not checked")
        warnings = len(findings) - errors
        counted = f"{_count(errors, 'error')}, {_count(warnings, 'warning')}"
        if files:
            _say(f"{counted} in {_count(len(files), 'file')}")
        else:
            facts = here.compiled.facts
            _say(
                f"{counted} in {_count(len(facts.files), 'file')}:"
                f" {_count(len(facts.entries), 'entry', 'entries')}, {_count(len(facts.statements), 'statement')}"
            )
    raise typer.Exit(1 if errors else 0)


def _one_of(option: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise UsageError(f"{option} {value} is not known here — use one of: {', '.join(known)}")


@app.command()
def build(project: ProjectOption = HERE, data: DataOption = None, output: OutputOption = None) -> None:
    """Make the output folder anew: graph, store, network, pages. Old output or new output, never half.

    Example:  colloquy build --output /tmp/site
    """
    here = _open(project, data, output)
    built = here.build(_note if sys.stderr.isatty() else lambda _: None)
    _print_findings(built.findings)
    c = built.counts
    _say(
        f"{_count(c['entries'], 'entry', 'entries')}, {_count(c['statements'], 'statement')}"
        f" ({c['sourced']:,} with a source), {_count(c['triples'], 'triple')};"
        f" network of {_count(c['nodes'], 'node')} and {_count(c['edges'], 'edge')}"
    )
    _say(f"built {built.output} (generation {built.digest})")


@app.command()
def verify(
    output: Annotated[Path, typer.Argument(metavar="[OUTPUT]", help="The folder that a build made.")] = Path("output"),
) -> None:
    """Verify an output folder: every file's digest, and that the store holds what graph.nq says.

    Example:  colloquy verify output
    """
    from colloquy.project import verify_output

    findings = verify_output(output)
    _print_findings(findings)
    if findings:
        raise typer.Exit(1)
    _say(f"{output} is whole")
