"""Checks, or builds, again whenever a file of a project changes, and says only what changed."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from colloquy.cache import MemoryCache
from colloquy.errors import ColloquyError, Finding
from colloquy.ontology import Ontology
from colloquy.progress import Progress
from colloquy.project import Project
from colloquy.settings import FILE

INTERVAL = (0.1, 1.0)
"""Seconds between two looks at the files, at least and at most."""
LEISURE = 15
"""A look is followed by a pause of so many times its processor time, lest large folders keep a processor busy."""
MOMENT = 0.05
"""Seconds for which nothing may change before it is read: editors write a file, and tools many files, in steps."""
PATIENCE = 2.0
"""Seconds after which it is read though it goes on changing."""
GRAIN = 2_000_000_000
"""Nanoseconds within which a folder can change twice and bear one time, on the coarsest file system."""

_FACTS, _TERMS, _QUESTIONS = (".yaml", ".yml"), (".ttl",), (".rq",)

State = tuple[int, int, int]
"""What tells one version of a file from the next: time, size and inode (a file moved in may bear an old time)."""
Signature = Mapping[str, State]


class News:
    """What a change brought: which files changed, which findings are new, which are gone.

    `moved` counts findings that are the same, on other lines.  The `first` news are of no change: all
    findings are new.
    """

    def __init__(self, changed: list[str], project: Project, before: set[Finding] | None, progress: Progress) -> None:
        began = time.perf_counter()
        self.changed, self.project, self.first = changed, project, before is None
        project.compiled = project.compile(progress=progress)  # for a build, as long as no file changes
        self.findings = set(project.compiled.findings)
        self.new, self.gone, self.moved = compare(before or set(), self.findings)
        self.seconds = time.perf_counter() - began


def compare(before: set[Finding], now: set[Finding]) -> tuple[list[Finding], list[Finding], int]:
    """Give the findings that are new, those that are gone, and how many have only moved within their files."""
    new, gone = sorted(now - before), sorted(before - now)
    moved = Counter(map(_but_for_its_line, new)) & Counter(map(_but_for_its_line, gone))
    return _without(new, moved), _without(gone, moved), moved.total()


def _but_for_its_line(finding: Finding) -> tuple[str, ...]:
    return finding.place.file, finding.severity, finding.code, finding.message, finding.hint


def _without(findings: Iterable[Finding], moved: Counter[tuple[str, ...]]) -> list[Finding]:
    left, kept = Counter(moved), []
    for finding in findings:
        key = _but_for_its_line(finding)
        if left[key]:
            left[key] -= 1
        else:
            kept.append(finding)
    return kept


def watch(
    open_project: Callable[[MemoryCache], Project],
    trouble: Callable[[str], None],
    shown: Callable[[], AbstractContextManager[Progress]],
) -> Iterator[News]:
    """Give the news of every change, first those of the project as it is; never ends by itself.

    What makes a project unusable (a syntax error in its ontology) goes to `trouble`, and the next
    change is waited for.  `shown` gives the progress of one reading.  Raises ColloquyError where
    there is no project to begin with.
    """
    cache = MemoryCache()
    files = _Files(lambda: open_project(cache), open_project(cache).folder)
    seen: Signature = {}
    told: Signature = {}
    before: set[Finding] | None = None
    terms: tuple[Signature, Ontology] | None = None
    while True:
        now = files.wait(seen)
        if now == seen:  # a draft of an editor, which came and went
            continue
        seen = now
        of_terms = {name: state for name, state in now.items() if name.endswith(_TERMS)}
        try:
            project = open_project(cache)
            if terms and terms[0] == of_terms:
                project.ontology = terms[1]
            with shown() as progress:
                news = News(files.changed(told, now) if told else [], project, before, progress)
        except ColloquyError as error:
            trouble(str(error))
            continue
        except OSError as error:
            if files.look() == seen:  # else a file went while it was read, and the next round knows
                trouble(f"{error.filename}: {error.strerror}")
            continue
        terms = of_terms, project.ontology
        told, before = now, news.findings
        yield news


class _Files:
    """The files that findings depend on; a folder is listed again only where its own time has changed."""

    def __init__(self, open_project: Callable[[], Project], folder: Path) -> None:
        self._open, self._folder = open_project, folder
        self._settings: State | None = None
        self._roots: list[Path] = []
        self._listed: dict[tuple[str, tuple[str, ...]], tuple[int, list[str], list[str]]] = {}

    def wait(self, seen: Signature) -> Signature:
        """Wait until the files are others than those seen before, and have been left alone for a moment."""
        while True:
            began = time.process_time()
            now = self.look()
            if now != seen:
                break
            least, most = INTERVAL
            time.sleep(min(most, max(least, LEISURE * (time.process_time() - began))))
        deadline = time.monotonic() + PATIENCE
        while seen and time.monotonic() < deadline:
            time.sleep(MOMENT)
            last, now = now, self.look()
            if now == last:
                break
        return now

    def look(self) -> Signature:
        """Give the state of every file, by its path."""
        found: dict[str, State] = {}
        own = self._folder / FILE
        _note([str(own)], found)
        settings = found.get(str(own))
        if settings != self._settings:
            self._settings = settings
            with suppress(ColloquyError):  # told when it is read; meanwhile the folders are those of before
                self._roots = self._open().roots()
        for folder, endings in (
            *((root, _FACTS) for root in self._roots),
            (self._folder / "ontology", _TERMS),
            (self._folder / "queries", _QUESTIONS),
        ):
            self._walk(str(folder), endings, found)
        return found

    def changed(self, before: Signature, now: Signature) -> list[str]:
        """Name the files that differ, as findings name those of the project's own folder."""
        paths = [Path(name) for name in before.keys() | now.keys() if before.get(name) != now.get(name)]
        own = self._folder
        return sorted((p.relative_to(own) if p.is_relative_to(own) else p).as_posix() for p in paths)

    def _walk(self, top: str, endings: tuple[str, ...], found: dict[str, State]) -> None:
        waiting = [top]
        while waiting:
            folder = waiting.pop()
            try:
                files, folders = self._list(folder, endings)
            except OSError:  # gone between the listing and the look, or never there
                continue
            _note(files, found)
            waiting += folders

    def _list(self, folder: str, endings: tuple[str, ...]) -> tuple[list[str], list[str]]:
        changed = os.stat(folder).st_mtime_ns
        kept = self._listed.get((folder, endings))
        if kept and kept[0] == changed:
            return kept[1], kept[2]
        looked = time.time_ns()
        files, folders = [], []
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.is_dir():
                    if entry.name.endswith(endings):
                        files.append(entry.path)
                elif not entry.is_symlink():
                    folders.append(entry.path)
        if looked - changed > GRAIN:  # a younger one may change again without a new time
            self._listed[folder, endings] = changed, files, folders
        return files, folders


def _note(paths: Iterable[str], found: dict[str, State]) -> None:
    for path in paths:
        try:
            status = os.stat(path)
        except OSError:
            continue
        found[path] = status.st_mtime_ns, status.st_size, status.st_ino
