"""`colloquy load`: publishes a build in another store."""

from __future__ import annotations

from typing import Annotated

import typer

from colloquy.cli.options import (
    HERE,
    DataOption,
    GraphOption,
    OutputOption,
    ProjectOption,
    StoreOption,
    note_stale,
    open_project,
)
from colloquy.cli.saying import count, say


def load(
    url: Annotated[str, typer.Argument(metavar="URL", help="Where the store takes graphs (Graph Store Protocol).")],
    project: ProjectOption = HERE,
    data: DataOption = None,
    output: OutputOption = None,
    store: StoreOption = None,
    graph: GraphOption = None,
    limit_seconds: Annotated[
        float, typer.Option("--limit-seconds", metavar="N", help="Give up on a request after so long.")
    ] = 300.0,
) -> None:
    """Publish the build in another store: each graph is replaced, read back and compared, or put back as it was.

    Example:  colloquy load http://127.0.0.1:7878/store --store http://127.0.0.1:7878/query
    """
    here = open_project(project, data, output, store=store, graph=graph)
    note_stale(here)
    for loaded in here.load(url, limit_seconds=limit_seconds):
        before = "new" if loaded.before is None else f"before: {loaded.before.triples:,}"
        how = before if loaded.changed else "was there already"
        say(f"<{loaded.graph}>: {count(loaded.now.triples, 'triple')}, sha256 {loaded.now.digest[:12]}… ({how})")
    say("every graph is whole: what the store gives back is what was sent")
