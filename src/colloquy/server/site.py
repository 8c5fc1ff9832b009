"""What is served: one generation at a time, exchanged whole when a build has made another."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from colloquy.errors import ProjectError, UsageError, printable
from colloquy.generation import MANIFEST, read_manifest
from colloquy.onefile import for_a_server
from colloquy.project import Project
from colloquy.query import Engine
from colloquy.server.description import describe
from colloquy.server.reasons import Reasons
from colloquy.store import store_folder
from colloquy.terms import Triple

PAGES = {"/": "index.html", "/query": "query.html", "/reference": "reference.html"}
MEDIA = {
    ".html": "text/html; charset=utf-8", ".ttl": "text/turtle; charset=utf-8", ".nq": "application/n-quads",
    ".csv": "text/csv; charset=utf-8", ".json": "application/json", ".graphml": "application/xml",
    ".gexf": "application/xml",
}  # fmt: skip
"""The files of an output folder that are served, by their ending."""


class File:
    """A file of the output as it is sent: its bytes, and a tag that changes with them."""

    def __init__(self, path: Path, media: str) -> None:
        data = path.read_bytes()
        self.data, self.media = for_a_server(data) if path.suffix == ".html" else data, media
        self.tag = hashlib.sha256(self.data).hexdigest()[:24]

    @cached_property
    def small(self) -> bytes:
        """The same, compressed."""
        return gzip.compress(self.data, 6, mtime=0)


class Generation:
    """One build, opened: its engine, its files, and how many requests are being answered from it."""

    def __init__(self, digest: str, engine: Engine, output: Path | None, project: Project | None) -> None:
        self.digest, self.engine, self.output, self.project = digest, engine, output, project
        self._describing = threading.Lock()
        self._description: list[Triple] = []
        self.reasons = Reasons(project) if project else None
        self.users, self.is_old = 0, False
        self.files: Mapping[str, File] = {}
        if output is not None:
            names = {path.name: path for path in sorted(output.iterdir()) if path.suffix in MEDIA and path.is_file()}
            self.files = {name: File(path, MEDIA[path.suffix]) for name, path in names.items()}

    def description(self) -> list[Triple]:
        """Give what the service description says of the data; it is counted once."""
        with self._describing:
            if not self._description:
                self._description = describe(self.engine)
            return self._description

    def close(self) -> None:
        """End its processes."""
        self.engine.close()
        if self.reasons:
            self.reasons.close()


class Site:
    """The newest generation of a project, or a file of N-Quads, for as long as a server runs.

    A build exchanges the output folder as a whole.  Whoever began before is answered from the
    generation before, whose files stay readable until it is let go of.
    """

    def __init__(self, open_: Callable[[], Generation], mark: Callable[[], object]) -> None:
        self._open, self._mark = open_, mark
        self._opening = threading.Lock()
        self._counting = threading.Lock()  # held for a moment only: who lets go may be the loop that all wait for
        self._current: Generation | None = None
        self._seen: object = None

    @contextmanager
    def generation(self) -> Iterator[Generation]:
        """Give the newest generation, and keep it open until the request is over.

        To enter may take as long as a generation takes to open; to leave takes no time.
        """
        with self._opening:
            seen = self._mark()
            if self._current is None or (seen is not None and seen != self._seen):
                made = self._open()
                old, self._current, self._seen = self._current, made, seen
                if old is not None:
                    self._let_go(old, is_old=True)
            found = self._current
            with self._counting:
                found.users += 1
        try:
            yield found
        finally:
            self._let_go(found, users=1)

    def _let_go(self, generation: Generation, *, users: int = 0, is_old: bool = False) -> None:
        with self._counting:
            generation.users -= users
            generation.is_old |= is_old
            over = generation.is_old and not generation.users
        if over:
            threading.Thread(target=generation.close, daemon=True).start()

    def close(self) -> None:
        """End the workers."""
        if self._current is not None:
            self._current.close()


def site_of_project(project: Project, **options: Any) -> Site:
    """Serve what is built of a project, and what will be; `options` are those of `Engine`.

    Raises ProjectError where nothing is built.
    """
    output = project.output
    manifest = output / MANIFEST

    def mark() -> object:
        try:
            found = manifest.stat()
        except FileNotFoundError:
            return None  # in the middle of an exchange that is no exchange; what is open goes on
        return found.st_ino, found.st_mtime_ns, found.st_size

    def open_() -> Generation:
        for _ in range(20):  # what is read in parts belongs together, or is read again
            before = mark()
            if before is None:
                break
            try:
                fresh = Project(project.folder, output=output)
                with ExitStack() as undone:
                    engine = Engine(store_folder(output), prefixes=fresh.prefixes, **options)
                    undone.callback(engine.close)
                    engine.start()
                    made = Generation(read_manifest(output).digest, engine, output, fresh)
                    if mark() == before:
                        undone.pop_all()
                        return made
            except (OSError, ProjectError):
                if mark() == before:
                    raise
        raise ProjectError(f"nothing is built in {output} yet — run `colloquy build` first")

    return Site(open_, mark)


def site_of_file(path: Path, folder: Path, **options: Any) -> Site:
    """Serve a file of N-Quads by itself; `folder` is a place for its store.

    The first request for its generation raises UsageError where the file is no N-Quads.
    """
    import pyoxigraph

    def open_() -> Generation:
        data = path.read_bytes()
        store = pyoxigraph.Store(str(folder / "store"))
        try:
            store.bulk_load(data, format=pyoxigraph.RdfFormat.N_QUADS)
        except SyntaxError as error:
            raise UsageError(f"{path} is no file of N-Quads: {printable(str(error), 200)}") from None
        store.flush()
        del store
        engine = Engine(folder / "store", prefixes={}, **options)
        return Generation(hashlib.sha256(data).hexdigest()[:12], engine, None, None)

    return Site(open_, lambda: None)
