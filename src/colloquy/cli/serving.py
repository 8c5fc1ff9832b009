"""`colloquy serve`: SPARQL over HTTP, and the pages."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Annotated

import typer

from colloquy.cli.options import HERE, OutputOption, ProjectOption, open_project
from colloquy.cli.saying import note
from colloquy.errors import UsageError


def serve(
    project: ProjectOption = HERE,
    output: OutputOption = None,
    port: Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535, help="0: any that is free.")] = 8000,
    data: Annotated[
        Path | None, typer.Option("--data", metavar="FILE", help="Serve this file of N-Quads, without a project.")
    ] = None,
    host: Annotated[
        list[str] | None,
        typer.Option("--host", metavar="NAME", help="Answer under this name too, such as that of a proxy in front."),
    ] = None,
    allow_origin: Annotated[
        list[str] | None,
        typer.Option("--allow-origin", metavar="ORIGIN", help="Let pages of this origin read the answers (CORS)."),
    ] = None,
    workers: Annotated[int, typer.Option("--workers", metavar="N", min=1, help="Queries that run at once.")] = 8,
    limit_seconds: Annotated[
        float, typer.Option("--limit-seconds", metavar="N", min=0.001, help="Stop a query after so long.")
    ] = 30.0,
    limit_rows: Annotated[
        int | None, typer.Option("--limit-rows", metavar="N", min=1, help="Refuse an answer with more rows.")
    ] = None,
) -> None:
    """Answer SPARQL at /sparql on this machine, show the pages, and let the addresses of entries resolve.

    It listens at 127.0.0.1 alone, and only reads.  A build is taken over while it runs.

    Example:  colloquy serve --port 8000
    """
    import tempfile

    from colloquy.query.streaming import Limits
    from colloquy.server import serve as listen
    from colloquy.server.site import site_of_file, site_of_project

    gc.enable()
    with tempfile.TemporaryDirectory(prefix="colloquy-") as folder:
        if data is not None:
            if not data.is_file():
                raise UsageError(f"there is no file {data}")
            site = site_of_file(data, Path(folder), workers=workers, spares=1)
        else:
            site = site_of_project(open_project(project, output=output), workers=workers, spares=1)
        with site.generation() as generation:  # says so here if there is none
            told = f"generation {generation.digest}"
        limits = Limits(seconds=limit_seconds, rows=limit_rows)
        serving = listen(site, port, limits=limits, hosts=host or (), origins=allow_origin or ())
        note(f"serving {told} at http://127.0.0.1:{serving.port}/ — queries at /sparql; Ctrl-C ends it")
        serving.wait()
