"""`colloquy query`, `why` and `test`: asks the built graph, and says why it answers so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from colloquy.cli.citing import (
    FORMATS,
    CiteOption,
    SaveOption,
    WordsOption,
    check_keeping,
    keep_answer,
    print_answer,
)
from colloquy.cli.options import (
    HERE,
    DataOption,
    GraphOption,
    OutputOption,
    ProjectOption,
    StoreOption,
    check_graph,
    note_stale,
    one_of,
    open_project,
)
from colloquy.cli.saying import count, note, say
from colloquy.errors import UsageError

if TYPE_CHECKING:
    from colloquy.project import Project

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
    store: StoreOption = None,
    graph: GraphOption = None,
    cite: CiteOption = None,
    save: SaveOption = None,
    words: WordsOption = None,
) -> None:
    """Ask the built graph in SPARQL; the project's prefixes are declared for you. Alone: list the questions.

    Example:  colloquy query -e 'SELECT ?x { ?x rdfs:label ?name }'
    """
    from colloquy.doctor import says_something

    check_graph(store, graph)
    here = open_project(project, data, output, store=store, graph=graph)
    one_of("--format", format, FORMATS)
    if name is None and text is None:
        _list_questions(here)
        return
    asked = _one_query(name, text)
    check_keeping(cite, save, words)
    if store is None:
        note_stale(here)
    values = _parameters(parameter)
    answer = here.query(asked, limit_seconds=limit_seconds, **values)
    empty = answer.kind != "ask" and not says_something(answer)
    diagnosis = here.diagnose(asked, limit_seconds=limit_seconds, **values) if empty else None
    if diagnosis is None or diagnosis.cause != "unknown-term":
        for finding in here.unknown_terms(asked):
            note(str(finding))
    for finding in answer.notes:
        note(str(finding))
    if diagnosis is not None:
        note(str(diagnosis))
    print_answer(here, answer, format)
    keep_answer(here, answer, format, cite, save, words)


def _one_query(name: str | None, text: str | None) -> str:
    if (name is None) == (text is None):
        raise UsageError("name a question or a file, or give the query with -e: one of the two")
    # A blank marks text as text, however short it is.
    return f"{text} " if text is not None else str(name)


def _list_questions(here: Project) -> None:
    _ = here.settings  # says so where this is no project
    questions = here.questions()
    if not questions:
        say("this project has no questions yet: write them as queries/NAME.rq")
        return
    width = max(len(q.name) for q in questions)
    for q in questions:
        say(f"{q.name:{width}}  {q.words}")
        for p in q.parameters:
            words = f": {p.words}" if p.words else ""
            say(f"{'':{width}}  with --set {p.name}=… ({p.takes}; {p.default} unless given){words}")


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
    here = open_project(project, data, output)
    one_of("--format", format, ("text", "json"))
    words = what or []
    note_stale(here)
    if len(words) == 3 and text is None:
        explanation = here.why_triple(*words)
    elif len(words) + (text is not None) == 1:
        asked = _one_query(words[0] if words else None, text)
        explanation = here.why(asked, row, limit_seconds=limit_seconds, **_parameters(parameter))
    else:
        raise UsageError("name a query, or a triple as SUBJECT PREDICATE OBJECT")
    if format == "json":
        say(json.dumps(explanation.to_dict(), indent=1, ensure_ascii=False))
    else:
        say(str(explanation))
    raise typer.Exit(0 if explanation.proof.found else 1)


def run_tests(
    project: ProjectOption = HERE,
    data: DataOption = None,
    output: OutputOption = None,
    store: StoreOption = None,
    graph: GraphOption = None,
) -> None:
    """Ask every question and compare its rows with those expected of it; name terms that nothing touches.

    Example:  colloquy test
    """
    check_graph(store, graph)
    here = open_project(project, data, output, store=store, graph=graph)
    outcomes = here.test()
    for outcome in outcomes:
        say(str(outcome))
    untouched = here.untouched()
    if untouched:
        from colloquy.terms import compress

        say("no question and no fact touches: " + ", ".join(compress(t, here.prefixes) for t in untouched))
    failed = sum(not outcome.passed for outcome in outcomes)
    say(f"{count(len(outcomes), 'question')}: {len(outcomes) - failed} as expected, {failed} not")
    raise typer.Exit(1 if failed else 0)
