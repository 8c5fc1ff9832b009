"""`colloquy diff`, `impact` and `migrate`: what changed, what that touches, and how it is made."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from colloquy.cli.options import HERE, DataOption, ProjectOption, one_of, open_project
from colloquy.cli.saying import count, note, say
from colloquy.errors import UsageError
from colloquy.terms import compress

FORMATS = ("text", "json")
FormatOption = Annotated[str, typer.Option("--format", metavar="|".join(FORMATS), help="How it is printed.")]


def diff(
    old: Annotated[str, typer.Argument(help="The earlier state: a folder, or a git revision.", show_default=False)],
    new: Annotated[str | None, typer.Argument(help="The later one; without it, the project as it is.")] = None,
    project: ProjectOption = HERE,
    format: FormatOption = "text",  # noqa: A002
) -> None:
    """Say what changed in ontology and facts, and which changes of the ontology break what others have.

    Exits with 1 where one does.  Example:  colloquy diff HEAD~1
    """
    one_of("--format", format, FORMATS)
    found = open_project(project).diff(old, new)
    say(json.dumps(found.to_dict(), ensure_ascii=False, indent=2) if format == "json" else str(found))
    raise typer.Exit(1 if found.breaks else 0)


def impact(
    terms: Annotated[
        list[str] | None, typer.Argument(metavar="[TERM]...", help="Keys, classes, CURIEs or IRIs.", show_default=False)
    ] = None,
    project: ProjectOption = HERE,
    data: DataOption = None,
    since: Annotated[
        str | None, typer.Option(metavar="OLD", help="What changed since a folder or git revision.", show_default=False)
    ] = None,
    to: Annotated[
        str | None, typer.Option(metavar="NEW", help="With --since: up to this one.", show_default=False)
    ] = None,
    format: FormatOption = "text",  # noqa: A002
) -> None:
    """List the lines of facts, the questions and the view settings that terms touch; without terms, deprecated ones.

    Example:  colloquy impact spoke_at
    """
    one_of("--format", format, FORMATS)
    if (since and terms) or (to and not since):
        raise UsageError("name terms, or two states with --since and --to, not both")
    found = open_project(project, data).impact(*(terms or ()), since=since, to=to)
    if format == "json":
        say(json.dumps(found.to_dict(), ensure_ascii=False, indent=2))
        return
    for one in found.touched:
        say(str(one))
    counts = ", ".join(count(len(found.of(kind)), *words) for kind, words in WORDS.items() if found.of(kind))
    names = ", ".join(found.terms[:5]) + (f" and {len(found.terms) - 5} more" if len(found.terms) > 5 else "")
    say(f"{names or 'no term'} {'touches' if len(found.terms) == 1 else 'touch'}: {counts or 'nothing'}")


WORDS = {
    "fact": ("place in facts", "places in facts"),
    "mapping": ("place in the mapping", "places in the mapping"),
    "question": ("place in questions", "places in questions"),
    "view": ("view setting", "view settings"),
}


def migrate(
    project: ProjectOption = HERE,
    data: DataOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
) -> None:
    """Write facts and questions in the terms that replace deprecated ones; every question keeps its rows.

    Example:  colloquy migrate --dry-run
    """
    here = open_project(project, data)
    done = here.migrate(dry_run=dry_run)
    if dry_run:
        say(done.diff(here.folder).removesuffix("\n")) if done.files else None
    for name in done.kept:
        note(f"note: queries/{name}.rq stays as it is: in the new terms it would give other rows")
    for name, terms in done.naming.items():
        old = ", ".join(compress(term, dict(here.prefixes)) for term in terms)
        note(f"note: queries/{name}.rq still names {old}, where nothing else can stand: change it by hand")
    if not done.files:
        say("nothing to migrate")
        return
    rows = sum(before for before, _ in done.rows.values())
    what = "would change" if dry_run else "changed"
    asked = f"{count(len(done.rows), 'question')} asked before and after, {count(rows, 'row')}, all the same"
    say(f"{count(len(done.files), 'file')} {what}; {asked}")
    raise typer.Exit(0)
