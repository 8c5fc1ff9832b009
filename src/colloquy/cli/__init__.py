"""The command line: each verb is a method of `Project`; only here is anything printed."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Annotated

import typer

from colloquy.cli.asking import query, run_tests, why
from colloquy.cli.building import build, verify
from colloquy.cli.changing import diff, impact, migrate
from colloquy.cli.checking import check
from colloquy.cli.citing import rerun
from colloquy.cli.connecting import path
from colloquy.cli.describing import export, reference, schema
from colloquy.cli.linting import lint
from colloquy.cli.loading import load
from colloquy.cli.measuring import network
from colloquy.cli.saying import note, print_findings, print_kinds, say
from colloquy.cli.serving import serve
from colloquy.cli.starting import init
from colloquy.errors import ColloquyError, FactsError

COMMANDS: dict[str, Callable[..., None]] = {
    "init": init,
    "check": check,
    "lint": lint,
    "build": build,
    "verify": verify,
    "query": query,
    "why": why,
    "serve": serve,
    "path": path,
    "network": network,
    "rerun": rerun,
    "test": run_tests,
    "load": load,
    "schema": schema,
    "reference": reference,
    "export": export,
    "diff": diff,
    "impact": impact,
    "migrate": migrate,
}
"""The verbs, in the order in which `--help` lists them."""


def _say_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        say(f"colloquy {version('colloquy')}")
        raise typer.Exit


def command_line(asked: str = "") -> typer.Typer:
    """Make the command line, of all verbs or of the one that is asked for: to make all takes longer than some run."""
    app = typer.Typer(
        name="colloquy",
        help="Hand-written YAML facts, as a validated RDF graph that says why.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for name in [asked] if asked in COMMANDS else COMMANDS:
        app.command(name)(COMMANDS[name])
    app.callback()(_colloquy)  # without one, a single verb would be the whole command
    return app


def _colloquy(
    version: Annotated[
        bool, typer.Option("--version", help="Say which version this is.", callback=_say_version, is_eager=True)
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line: 0 fine, 1 findings, failed tests or nothing found, 2 wrong use, 130 interrupted."""
    signal.signal(signal.SIGTERM, _terminate)
    for stream in (sys.stdout, sys.stderr):
        # Facts are UTF-8 whatever the locale says; what a terminal cannot show is escaped, not fatal.
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]  # real streams
    try:
        command_line(*sys.argv[1:2])()
    except FactsError as error:
        print_findings(error.findings)
        print_kinds(error.findings)
        sys.exit(error.exit_code)
    except ColloquyError as error:
        note(f"colloquy: {error}")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        note("colloquy: interrupted")
        sys.exit(130)
    except SystemExit as end:
        if end.code == 130:  # Typer makes this of an interrupt, without a word
            note("colloquy: interrupted")
        raise
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        note(f"colloquy: {error.filename or ''}: {error.strerror or error}".replace(" : ", " "))
        sys.exit(2)


def _terminate(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)
