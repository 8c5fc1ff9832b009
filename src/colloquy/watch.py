"""Checks, or builds, again whenever a file of a project changes, and says only what changed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from colloquy.cache import MemoryCache
from colloquy.errors import ColloquyError, Finding
from colloquy.project import Project

INTERVAL = 0.2
"""Seconds between two looks at the files."""

_STARTED = ("ontology", "queries")
Signature = dict[str, tuple[int, int]]


class News:
    """What a change brought: which files changed, which findings are new, which are gone."""

    def __init__(self, changed: list[str], project: Project, before: set[Finding], seconds: float) -> None:
        self.changed, self.project, self.seconds = changed, project, seconds
        self.findings = set(project.compiled.findings)
        self.new = sorted(self.findings - before)
        self.gone = sorted(before - self.findings)


def watch(open_project: Callable[[MemoryCache], Project], trouble: Callable[[str], None]) -> Iterator[News]:
    """Give the news of every change, first those of the project as it is; never ends by itself.

    What makes a project unusable (a syntax error in its ontology) goes to `trouble`, and the next
    change is waited for.
    """
    cache = MemoryCache()
    before: set[Finding] = set()
    signature: Signature = {}
    while True:
        now, project = _look(open_project, cache, trouble, signature)
        if now == signature:
            time.sleep(INTERVAL)
            continue
        changed = sorted(name for name in now.keys() | signature.keys() if now.get(name) != signature.get(name))
        if signature:
            # An editor may write a file in several steps: what is whole after a moment is read.
            while (again := _signature(project)) != now:
                changed = sorted({*changed, *(n for n in again.keys() | now.keys() if again.get(n) != now.get(n))})
                now = again
                time.sleep(0.02)
        first, signature = not signature, now
        began = time.perf_counter()
        try:
            news = News([] if first else changed, project, before, 0)
        except ColloquyError as error:
            trouble(str(error))
            continue
        news.seconds = time.perf_counter() - began
        before = news.findings
        yield news


def _look(
    open_project: Callable[[MemoryCache], Project], cache: MemoryCache, trouble: Callable[[str], None], last: Signature
) -> tuple[Signature, Project]:
    project = open_project(cache)
    try:
        return _signature(project), project
    except ColloquyError as error:
        trouble(str(error))
        own = {p.as_posix(): _of(p) for p in [project.folder / "colloquy.yaml"] if p.exists()}
        while own == {p.as_posix(): _of(p) for p in [project.folder / "colloquy.yaml"] if p.exists()}:
            time.sleep(INTERVAL)
        return last, project


def _signature(project: Project) -> Signature:
    """Give size and time of every file that the findings depend on, by its path."""
    paths = [path for root in project.roots() for path in _below(root, (".yaml", ".yml"))]
    paths += [project.folder / "colloquy.yaml"]
    paths += [path for name in _STARTED for path in _below(project.folder / name, (".ttl", ".rq"))]
    found: Signature = {}
    for path in paths:
        try:
            found[path.as_posix()] = _of(path)
        except OSError:  # gone between the listing and the look
            continue
    return found


def _of(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_mtime_ns, status.st_size


def _below(folder: Path, endings: tuple[str, ...]) -> Iterator[Path]:
    for place, _, names in os.walk(folder):
        yield from (Path(place, name) for name in names if name.endswith(endings))
