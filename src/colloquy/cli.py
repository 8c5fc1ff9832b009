"""The command line: each verb is a method of `Project`; only here is anything printed."""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from colloquy.errors import ColloquyError, FactsError, Finding, UsageError
from colloquy.terminal import watcher

if TYPE_CHECKING:
    from colloquy.progress import Progress
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
HERE = Path()
MOST_DRAWN = 1_500
"""Nodes up to which pyvis draws a page that people can use."""
MANY = 20
"""Findings beyond which a line sums them up by kind."""


def main() -> None:
    """Run the command line: 0 fine, 1 findings or failed tests, 2 wrong use, 130 interrupted."""
    signal.signal(signal.SIGTERM, _terminate)
    gc.disable()  # a command is over before there is anything to collect; a watch, which is not, turns it on
    for stream in (sys.stdout, sys.stderr):
        # Facts are UTF-8 whatever the locale says; what a terminal cannot show is escaped, not fatal.
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]  # real streams
    try:
        app()
    except FactsError as error:
        _print_findings(error.findings)
        _print_kinds(error.findings)
        sys.exit(error.exit_code)
    except ColloquyError as error:
        _note(f"colloquy: {error}")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        _note("colloquy: interrupted")
        sys.exit(130)
    except SystemExit as end:
        if end.code == 130:  # Typer makes this of an interrupt, without a word
            _note("colloquy: interrupted")
        raise
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


def _open(
    project: Path, data: Path | None = None, output: Path | None = None, *, cache: bool = True, jobs: int = 1
) -> Project:
    from colloquy.project import Project

    return Project(project, data=data, output=output, cache=cache, jobs=jobs)


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
    no_cache: NoCacheOption = False,
    jobs: JobsOption = 1,
    profile: ProfileOption = False,
    watch: WatchOption = False,
) -> None:
    """Check the facts: every mistake in one run, each at its file, line and column.

    Example:  colloquy check data/talks.yaml
    """
    _one_of("--format", format, ("text", "json"))
    if watch:
        _watch(project, data)
    here = _open(project, data, cache=not no_cache, jobs=jobs)
    with watcher() as progress:
        checked = here.compiled if sources else None if files else here.checked(progress)
    findings = list(checked.findings) if checked else here.check(files or ())
    proof = here.prove(sources) if sources else None
    if proof:
        names = {str(f) for f in files or ()}
        findings = sorted({*findings, *(f for f in proof.findings if not names or f.place.file in names)})
    errors = sum(f.severity == "error" for f in findings)
    if format == "json":
        _say(_as_json(findings))
    else:
        _print_findings(findings)
        _print_kinds(findings)
        if proof:
            _say(f"phrases: {proof.proved:,} proved, {proof.failed:,} not found, {proof.not_checked:,} not checked")
        warnings = len(findings) - errors
        counted = f"{_count(errors, 'error')}, {_count(warnings, 'warning')}"
        if files:
            _say(f"{counted} in {_count(len(files), 'file')}")
        elif checked:
            facts = checked.facts
            _say(
                f"{counted} in {_count(len(facts.files), 'file')}:"
                f" {_count(len(facts.entries), 'entry', 'entries')}, {_count(facts.statement_count, 'statement')}"
            )
    if profile:
        _print_stages(progress)
    raise typer.Exit(1 if errors else 0)


def _watch(
    project: Path,
    data: Path | None,
    act: Callable[[Project, Progress], object] | None = None,
    output: Path | None = None,
) -> NoReturn:
    """Print the news of every change, and act on each, until interrupted."""
    from colloquy.project import Project
    from colloquy.watch import watch

    gc.enable()

    def wait(words: str = "") -> None:
        _say(f"{words}waiting for changes")
        sys.stdout.flush()

    def trouble(words: str) -> None:
        _note(words)
        wait()

    for news in watch(lambda cache: Project(project, data=data, output=output, cache=cache), trouble, watcher):
        if news.changed:
            more = f" and {len(news.changed) - 3:,} more" if len(news.changed) > 3 else ""
            _say(f"{', '.join(news.changed[:3])}{more} changed ({news.seconds:.2f} s)")
        for sign, findings in (("+", news.new), ("-", news.gone)):
            for finding in findings:
                _say(f"{sign} {finding}")
        if news.moved:
            _say(f"= {_count(news.moved, 'finding')} on other lines")
        _print_kinds(news.new)
        if act is not None:
            sys.stdout.flush()
            try:
                with watcher() as progress:
                    act(news.project, progress)
                _say(f"built {news.project.output}")
            except FactsError as error:
                _say(f"not built: {error}")
            except ColloquyError as error:
                _say("not built")
                _note(f"colloquy: {error}")
        errors = sum(f.severity == "error" for f in news.findings)
        wait(f"{_count(errors, 'error')}, {_count(len(news.findings) - errors, 'warning')}; ")
    raise AssertionError("a watch never ends by itself")


def _print_stages(progress: Progress) -> None:
    for name, seconds, processor in progress.stages:
        _note(f"{seconds:8.2f} s  {processor:8.2f} s of processor  {name}")


def _print_kinds(findings: Iterable[Finding]) -> None:
    """Say in one line of which kinds findings are, where there are too many to see."""
    from collections import Counter

    kinds = Counter(f.code for f in findings)
    if kinds.total() > MANY:
        _say(", ".join(f"{number:,} {code}" for code, number in sorted(kinds.items(), key=lambda k: (-k[1], k[0]))))


def _one_of(option: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise UsageError(f"{option} {value} is not known here — use one of: {', '.join(known)}")


@app.command()
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
            return here.build(progress, pages=not no_pages, keep_going=keep_going)

        _watch(project, data, act, output)
    here = _open(project, data, output, cache=not no_cache, jobs=jobs)
    with watcher() as progress:
        built = here.build(progress, pages=not no_pages, keep_going=keep_going)
    _print_findings(built.findings)
    _print_kinds(built.findings)
    c = built.counts
    network = f"; network of {_count(c['nodes'], 'node')} and {_count(c['edges'], 'edge')}" if "nodes" in c else ""
    _say(
        f"{_count(c['entries'], 'entry', 'entries')}, {_count(c['statements'], 'statement')}"
        f" ({c['sourced']:,} with a source), {_count(c['triples'], 'triple')}{network}"
    )
    _say(f"built {built.output} (generation {built.digest})")
    if c.get("nodes", 0) > MOST_DRAWN:
        _note(f"a page with {_count(c['nodes'], 'node')} is slow to open and hard to read: --no-pages leaves it out")
    if profile:
        _print_stages(progress)
    if any(f.severity == "error" for f in built.findings):
        raise typer.Exit(1)


@app.command()
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
    _print_findings(findings)
    if findings:
        raise typer.Exit(1)
    _say(f"{output} is whole")


FORMATS = ("table", "csv", "tsv", "json", "xml", "turtle", "ntriples", "jsonld")
LimitOption = Annotated[float, typer.Option("--limit-seconds", metavar="N", help="Stop a query after so long.")]
ParameterOption = Annotated[
    list[str] | None, typer.Option("--set", "-s", metavar="NAME=VALUE", help="A value for a question's parameter.")
]
TextOption = Annotated[str | None, typer.Option("-e", metavar="TEXT", help="The query itself, instead of a name.")]


def _parameters(given: list[str] | None) -> dict[str, Any]:
    pairs = [text.partition("=") for text in given or ()]
    if bad := [name for name, equals, _ in pairs if not equals]:
        raise UsageError(f"--set {bad[0]}: write it as NAME=VALUE")
    return {name: value for name, _, value in pairs}


def _note_stale(here: Project) -> None:
    if stale := here.stale():
        more = f" and {len(stale) - 1} more" if len(stale) > 1 else ""
        _note(f"note: the output is older than {stale[0]}{more} — `colloquy build` brings it up to date")


@app.command()
def query(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME|FILE]", help="A question of the project, or a file of SPARQL.")
    ] = None,
    text: TextOption = None,
    project: ProjectOption = HERE,
    data: DataOption = None,
    output: OutputOption = None,
    format: Annotated[str, typer.Option(metavar="FORMAT", help=", ".join(FORMATS))] = "table",  # noqa: A002
    limit_seconds: LimitOption = 30.0,
    parameter: ParameterOption = None,
) -> None:
    """Ask the built graph in SPARQL; the project's prefixes are declared for you. Alone: list the questions.

    Example:  colloquy query -e 'SELECT ?x { ?x rdfs:label ?name }'
    """
    here = _open(project, data, output)
    _one_of("--format", format, FORMATS)
    if name is None and text is None:
        _list_questions(here)
        return
    asked = _one_query(name, text)
    _note_stale(here)
    for finding in here.unknown_terms(asked):
        _note(str(finding))
    answer = here.query(asked, limit_seconds=limit_seconds, **_parameters(parameter))
    for finding in answer.notes:
        _note(str(finding))
    if format == "table":
        import shutil

        from colloquy.query import table

        width = shutil.get_terminal_size((100, 24)).columns
        _say(table(answer, here.labels(answer).get, here.prefixes, width))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(answer.serialise(format))


def _one_query(name: str | None, text: str | None) -> str:
    if (name is None) == (text is None):
        raise UsageError("name a question or a file, or give the query with -e: one of the two")
    # A blank marks text as text, however short it is.
    return f"{text} " if text is not None else str(name)


def _list_questions(here: Project) -> None:
    _ = here.settings  # says so where this is no project
    questions = here.questions()
    if not questions:
        _say("this project has no questions yet: write them as queries/NAME.rq")
        return
    width = max(len(q.name) for q in questions)
    for q in questions:
        _say(f"{q.name:{width}}  {q.words}")
        for p in q.parameters:
            words = f": {p.words}" if p.words else ""
            _say(f"{'':{width}}  with --set {p.name}=… ({p.takes}; {p.default} unless given){words}")


@app.command()
def why(
    what: Annotated[
        list[str] | None,
        typer.Argument(metavar="QUERY | SUBJECT PREDICATE OBJECT", help="A query whose row, or a triple, to explain."),
    ] = None,
    text: TextOption = None,
    row: Annotated[int, typer.Option("--row", metavar="N", help="Which row, counted as `query` prints them.")] = 1,
    project: ProjectOption = HERE,
    data: DataOption = None,
    output: OutputOption = None,
    format: Annotated[str, typer.Option(metavar="text|json", help="How the proofs are printed.")] = "text",  # noqa: A002
    limit_seconds: LimitOption = 30.0,
    parameter: ParameterOption = None,
) -> None:
    """Explain a row of an answer, or a triple: every set of statements that it follows from, and their sources.

    Example:  colloquy why ada-brook rdfs:label "Ada Brook"
    """
    here = _open(project, data, output)
    _one_of("--format", format, ("text", "json"))
    words = what or []
    _note_stale(here)
    if len(words) == 3 and text is None:
        explanation = here.why_triple(*words)
    elif len(words) + (text is not None) == 1:
        asked = _one_query(words[0] if words else None, text)
        explanation = here.why(asked, row, limit_seconds=limit_seconds, **_parameters(parameter))
    else:
        raise UsageError("name a query, or a triple as SUBJECT PREDICATE OBJECT")
    if format == "json":
        _say(json.dumps(explanation.to_dict(), indent=1, ensure_ascii=False))
    else:
        _say(str(explanation))
    raise typer.Exit(0 if explanation.proof.found else 1)


@app.command("test")
def run_tests(project: ProjectOption = HERE, data: DataOption = None, output: OutputOption = None) -> None:
    """Ask every question and compare its rows with those expected of it; name terms that nothing touches.

    Example:  colloquy test
    """
    here = _open(project, data, output)
    outcomes = here.test()
    for outcome in outcomes:
        _say(str(outcome))
    untouched = here.untouched()
    if untouched:
        from colloquy.terms import compress

        _say("no question and no fact touches: " + ", ".join(compress(t, here.prefixes) for t in untouched))
    failed = sum(not outcome.passed for outcome in outcomes)
    _say(f"{_count(len(outcomes), 'question')}: {len(outcomes) - failed} as expected, {failed} not")
    raise typer.Exit(1 if failed else 0)


@app.command()
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

        _say(schema_text(settings_schema()).rstrip("\n"))
        return
    _say(schema_text(_open(project, data).schema()).rstrip("\n"))


@app.command()
def reference(project: ProjectOption = HERE, data: DataOption = None) -> None:
    """Print the page of the ontology's terms as HTML, with live counts and instances.

    Example:  colloquy reference > terms.html
    """
    _say(_open(project, data).reference().rstrip("\n"))
