"""`colloquy rerun`, and what `colloquy query` does beside answering: citations, and questions that are kept."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from colloquy.cli.options import HERE, OutputOption, ProjectOption, one_of, open_project
from colloquy.cli.saying import count, note, say
from colloquy.errors import UsageError

if TYPE_CHECKING:
    from colloquy.project import Project
    from colloquy.query import Answer

FORMATS = ("table", "csv", "tsv", "json", "xml", "turtle", "ntriples", "jsonld")
CiteOption = Annotated[
    Path | None,
    typer.Option(
        "--cite", metavar="FILE", help="Write the answer's citation: .json (for rerun), .csl.json, .bib, .txt."
    ),
]
SaveOption = Annotated[
    str | None, typer.Option("--save", metavar="NAME", help="Keep the question and its rows: queries/NAME.rq, .csv.")
]
WordsOption = Annotated[
    str | None,
    typer.Option("--words", metavar="TEXT", help="The question in words, for --save; else its first comment."),
]


def check_keeping(cite: Path | None, save: str | None, words: str | None) -> None:
    """Refuse, before anything is asked, what cannot be written afterwards."""
    from colloquy.citation import form_of

    if cite is not None:
        form_of(cite)
    if words is not None and save is None:
        raise UsageError("--words say a question that is kept: give it a name with --save")


def keep_answer(
    here: Project, answer: Answer, form: str, cite: Path | None, save: str | None, words: str | None
) -> None:
    """Write the citation of an answer, and keep its question, where that was asked for."""
    if cite is not None:
        answer.cite(format=form).save(cite)
        note(f"cited in {cite}")
    if save is not None:
        asked = answer.origin.query if answer.origin else ""
        if words is None and not asked.lstrip().startswith("#"):
            if not sys.stdin.isatty():
                raise UsageError("a question that is kept is said in words: give them with --words")
            words = typer.prompt("The question in words", err=True)
        path = here.save(save, answer, words or "")
        note(f"kept as {path}, with {count(len(answer), 'row')} in {path.with_suffix('.csv').name}")
        if answer.origin is not None:
            from colloquy.citation import cautions

            for caution in cautions(asked, answer.origin.prefixes):
                note(f"note: {caution}")


def print_answer(here: Project, answer: Answer, form: str) -> None:
    """Print an answer on standard output."""
    if form == "table":
        from colloquy.query import table

        width = shutil.get_terminal_size((100, 24)).columns
        say(table(answer, answer.named().get, here.prefixes, width))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(answer.serialise(form))


def rerun(
    citation: Annotated[Path, typer.Argument(metavar="CITATION", help="A file that `query --cite` wrote (.json).")],
    project: ProjectOption = HERE,
    output: OutputOption = None,
    format: Annotated[  # noqa: A002 - the word of the command line
        str | None, typer.Option(metavar="FORMAT", help=", ".join(FORMATS), show_default="that of the citation")
    ] = None,
    limit_seconds: Annotated[
        float, typer.Option("--limit-seconds", metavar="N", help="Stop a query after so long.")
    ] = 30.0,
) -> None:
    """Ask again what a citation says, of the generation that it names; code 1 where the rows are others.

    The generation is the output, or one that `build --keep N` has kept.

    Example:  colloquy rerun who-spoke.json
    """
    from colloquy.citation import read_citation

    here = open_project(project, output=output)
    cited = read_citation(citation)
    form = format or cited.format or "table"
    one_of("--format", form, FORMATS)
    answer = here.rerun(cited, limit_seconds=limit_seconds)
    print_answer(here, answer, form)
    note(
        f"as cited on {cited.day}: {count(len(answer), 'row')} of generation {cited.generation}, sha256 {cited.sha256}"
    )
