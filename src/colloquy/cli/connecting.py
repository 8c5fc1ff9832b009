"""`colloquy path`: how two entries are connected, each step with its source."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from colloquy.cli.options import HERE, DataOption, JsonOption, ProjectOption, note_errors, open_project
from colloquy.cli.saying import count, say
from colloquy.errors import with_article

if TYPE_CHECKING:
    from colloquy.network import Origin
    from colloquy.network.paths import Path
    from colloquy.project import Project


def path(
    start: Annotated[str, typer.Argument(metavar="A", help="An entry, by its id or its name.", show_default=False)],
    end: Annotated[str, typer.Argument(metavar="B", help="Another one.", show_default=False)],
    most: Annotated[int, typer.Option("--most", metavar="N", min=1, help="Show so many paths at most.")] = 3,
    as_json: JsonOption = False,
    project: ProjectOption = HERE,
    data: DataOption = None,
) -> None:
    """Tell how two entries are connected: the shortest paths, each step with its source. Needs no build.

    Exit code 1 says that they are not connected.

    Example:  colloquy path "Ada Brook" harbour-museum
    """
    here = open_project(project, data)
    paths = here.path(start, end, most)
    note_errors(here)
    if as_json:
        say(json.dumps([_path_dict(p) for p in paths], indent=1, ensure_ascii=False))
    elif paths:
        for at, p in enumerate(paths, 1):
            say("\n".join(_path_lines(p, at)))
    else:
        say(f"{start} and {end} are not connected.")
        say(_rule(here))
    raise typer.Exit(0 if paths else 1)


def _path_lines(path: Path, at: int) -> Iterator[str]:
    yield f"{at}. in {count(len(path.hops), 'step')}: {' — '.join(path.nodes)}"
    for hop in path.hops:
        for edge in hop.edges:
            also = "also: " if edge is not hop.edges[0] else ""
            yield f"   {also}{hop.say(edge)}"
            yield from (f"     {_source(origin)}" for origin in edge.evidence)


def _source(origin: Origin) -> str:
    """Say where a statement is written, and what says so."""
    place = f"{origin.place.file}:{origin.place.line}"
    if not origin.document:
        return place
    section = f", section {origin.section}" if origin.section else ""
    phrase = f": “{origin.phrase}”" if origin.phrase else ""
    reason = f"; inferred, since {origin.reason}" if origin.basis == "inferred" else ""
    how = "read" if origin.basis == "inferred" else "stated"
    return f"{place}, {how} in {origin.document}{section}{phrase}{reason}"


def _rule(here: Project) -> str:
    """Say what does not count as a connection in a project."""
    from colloquy.network.paths import HUB

    shut = {c.term: c for c in here.ontology.classes.values() if c.drawn and not c.connects}
    kinds = sorted(with_article(c.label) for c in shut.values() if not shut.keys() & set(c.parents))
    links = sorted({p.label for p in here.ontology.properties if p.drawn and not p.connects})
    uncounted = f"These links do not count: {', '.join(links)}. " if links else ""
    through = f"{', '.join(kinds)}, nor through " if kinds else ""
    return f"{uncounted}No path leads through {through}an entry with more than {HUB} neighbours."


def _path_dict(path: Path) -> dict[str, Any]:
    return {
        "nodes": list(path.nodes),
        "hops": [
            {
                "from": hop.source,
                "to": hop.target,
                "links": [
                    {
                        "id": edge.id,
                        "relation": edge.relation.key,
                        "sentence": hop.say(edge),
                        "evidence": [_origin_dict(origin) for origin in edge.evidence],
                    }
                    for edge in hop.edges
                ],
            }
            for hop in path.hops
        ],
    }


def _origin_dict(origin: Origin) -> dict[str, Any]:
    return {
        **origin.place._asdict(),
        "entry": origin.entry,
        "basis": origin.basis,
        "document": origin.document_id,
        "section": origin.section,
        "phrase": origin.phrase,
        "reason": origin.reason,
    }
