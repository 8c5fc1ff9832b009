"""Keeps what was compiled, file by file, so that only what changed is compiled again.

Two files below the project's state folder: `units` holds what checking needs, `rows` the
statements, which only a build needs.  Each begins with a digest of what follows and a key of all
that is not in the fact files (ontology, settings, this program); what does not fit is not used.
Nothing depends on a cache but time: it may be deleted at any moment.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
import time
from collections.abc import Collection, Mapping
from copy import copy
from functools import cache as memoise
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import colloquy
from colloquy import plain
from colloquy.directory import Directory, Renamed, renamed
from colloquy.entries import Declared, Listed
from colloquy.ontology import Ontology
from colloquy.settings import Settings
from colloquy.unit import Unit

UNITS, ROWS = "units", "rows"
_ALL = ""
"""Where `units` holds what was found of all files together: no file has this name."""
_MARKS = "\0"
"""Where `units` holds what every file looked like from outside: nor has one this name."""
SETTLED = 2_000_000_000
"""Nanoseconds after which a change to a file shows in its times, however coarse a file system's clock is."""
LITTLE = 0.02
"""Part of all statements up to which a change is not kept: writing the cache takes longer than compiling it again."""
_DIGEST = hashlib.sha256().digest_size


Mark: TypeAlias = tuple[int, ...]
"""What a file looks like from outside: its size, when it and its entry were last changed, where it lies."""


def _mark_of(status: os.stat_result) -> Mark:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_dev


class Cache(Protocol):
    """What is known of files from an earlier run."""

    def declared(self, file: str, digest: str) -> Declared | None:
        """Give what a file declares, if it has this digest."""

    def compare(self, declared: Mapping[str, Declared]) -> None:
        """Take note of how what all files declare differs from what they declared when the cache was written."""

    def unit(self, file: str, directory: Directory) -> Unit | None:
        """Give a file's unit, if the directory still gives every answer that went into it."""

    def recall(self, name: str, digest: str) -> Any:
        """Give what was made of all files together, if it was made of the very same things, else None."""

    def remember(self, name: str, digest: str, made: Any) -> None:
        """Keep what was made of all files together: plain values, as `marshal` takes them."""


class NoCache:
    """Knows nothing, so that everything is made anew."""

    def declared(self, file: str, digest: str) -> Declared | None:
        """Give nothing."""
        return None

    def compare(self, declared: Mapping[str, Declared]) -> None:
        """Compare nothing."""

    def unit(self, file: str, directory: Directory) -> Unit | None:
        """Give nothing."""
        return None

    def recall(self, name: str, digest: str) -> Any:
        """Give nothing."""
        return None

    def remember(self, name: str, digest: str, made: Any) -> None:
        """Keep nothing."""


NO_CACHE = NoCache()


@memoise
def program() -> str:
    """Give a digest of the sources of this package: what another version made is not used."""
    digest = hashlib.sha256(sys.version.encode())
    folder = Path(colloquy.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        status = path.stat()
        digest.update(f"{path.relative_to(folder)}\0{status.st_size}\0{status.st_mtime_ns}\0".encode())
    return digest.hexdigest()


class _Asides:
    """What was made of all files together, by name: the digest of what it was made of, and what it is."""

    def __init__(self, asides: dict[str, Any]) -> None:
        self.asides = asides

    def recall(self, name: str, digest: str) -> Any:
        """Give what was made of all files together, if it was made of the very same things, else None."""
        kept = self.asides.get(name)
        return kept[1] if kept and kept[0] == digest else None

    def remember(self, name: str, digest: str, made: Any) -> None:
        """Keep what was made of all files together."""
        self.asides[name] = (digest, made)


class MemoryCache(_Asides):
    """Keeps the units themselves for as long as a program runs; `begin` forgets them where the rules have changed."""

    def __init__(self) -> None:
        super().__init__({})
        self._key: tuple[str, Settings] | None = None
        self._known: dict[str, tuple[str, Declared, Unit]] = {}
        self._change: Renamed | None = None

    def begin(self, ontology: Ontology, settings: Settings) -> None:
        """Begin a run under these rules."""
        if self._key != (ontology.digest, settings):
            self._key, self._known = (ontology.digest, settings), {}

    def declared(self, file: str, digest: str) -> Declared | None:
        """Give what a file declares, if it has this digest."""
        kept = self._known.get(file)
        return kept[1] if kept and kept[0] == digest else None

    def compare(self, declared: Mapping[str, Declared]) -> None:
        """Take note of how what all files declare differs from what they declared in the run before."""
        self._change = None
        if self._known.keys() == declared.keys():
            pairs = ((self._known[file][1], one) for file, one in declared.items())
            self._change = renamed((old.entries, new.entries) for old, new in pairs if old is not new)

    def unit(self, file: str, directory: Directory) -> Unit | None:
        """Give a file's unit, if the directory still gives every answer that went into it."""
        unit = self._known[file][2]
        return unit if unit.holds(directory, self._change) else None

    def save(self, declared: Mapping[str, Declared], units: Collection[Unit], digests: Mapping[str, str]) -> None:
        """Keep what was compiled now: copies, since a build without pages lets go of the statements in its units."""
        self._known = {u.file: (digests[u.file], declared[u.file], copy(u)) for u in units}


class FileCache(_Asides):
    """A cache in a folder.

    `wants_rows` says whether units are of use without their statements: for a check they are.  A check
    does not read a file again that looks from outside as it did when it was kept: same size, same
    times, same place on the disk.  A build, which vouches for the digests of all files, does.
    """

    def __init__(self, folder: Path, ontology: Ontology, settings: Settings, *, wants_rows: bool) -> None:
        self.folder, self.wants_rows = folder, wants_rows
        self.key = hashlib.sha256(f"{program()}\0{ontology.digest}\0{settings!r}".encode()).digest()
        self._units: dict[str, Any] = self._load(UNITS)
        self._rows: dict[str, tuple[str, bytes]] = self._load(ROWS) if wants_rows else {}
        super().__init__(self._units.pop(_ALL, {}))
        self._marks_before: dict[str, Mark] = self._units.pop(_MARKS, {})
        self._marks: dict[str, Mark] = {}
        self._begun = time.time_ns()
        self.used: set[str] = set()
        self._same: set[str] = set()
        self._change: Renamed | None = None

    def _load(self, name: str) -> dict[str, Any]:
        try:
            data = (self.folder / name).read_bytes()
        except OSError:
            return {}
        head, body = data[: 2 * _DIGEST], memoryview(data)[2 * _DIGEST :]
        if head != self.key + hashlib.sha256(body).digest():
            return {}
        found: dict[str, Any] = marshal.loads(body)
        return found

    def _save(self, name: str, table: dict[str, Any]) -> None:
        body = marshal.dumps(table)
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder / f"{name}.{os.getpid()}"
        try:
            part.write_bytes(self.key + hashlib.sha256(body).digest() + body)
            part.replace(self.folder / name)
        except OSError:  # a full disk is no reason to stop
            part.unlink(missing_ok=True)
        except BaseException:  # an interrupt is one, and leaves nothing behind
            part.unlink(missing_ok=True)
            raise

    def glance(self, file: str, path: str) -> str:
        """Look at a file from outside; give its digest where it looks as it did, else nothing."""
        mark = self._marks[file] = _mark_of(os.stat(path))
        if self.wants_rows or self._marks_before.get(file) != mark or file not in self._units:
            return ""
        return str(self._units[file][0])

    def declared(self, file: str, digest: str) -> Declared | None:
        """Give what a file declares, if it has this digest."""
        kept = self._units.get(file)
        if kept is None or kept[0] != digest or (self.wants_rows and self._rows.get(file, ("",))[0] != digest):
            return None
        self._same.add(file)
        return plain.declared(kept[1])

    def compare(self, declared: Mapping[str, Declared]) -> None:
        """Take note of how what all files declare differs from what they declared when the cache was written."""
        if self._units.keys() == declared.keys():
            files = declared.keys() - self._same
            before = ((list(map(Listed._make, self._units[file][1][1])), declared[file].entries) for file in files)
            self._change = renamed(before)

    def unit(self, file: str, directory: Directory) -> Unit | None:
        """Give a file's unit, if the directory still gives every answer that went into it."""
        kept = self._units[file][2]
        if kept is None:
            return None
        unit = plain.unit(kept, self._rows[file][1] if self.wants_rows else None)
        if not unit.holds(directory, self._change):
            return None
        self.used.add(file)
        return unit

    def save(self, declared: Mapping[str, Declared], units: Collection[Unit], digests: Mapping[str, str]) -> None:
        """Keep what was compiled now, unless that is so little that compiling it again is as quick."""
        new = sum(unit.counts[0] for unit in units if unit.file not in self.used)
        # What was written a moment ago may be written again without any sign of it.
        marks = {file: mark for file, mark in self._marks.items() if max(mark[1:3]) < self._begun - SETTLED}
        strange = sum(self._marks_before.get(file) != mark for file, mark in marks.items())
        is_little = new <= LITTLE * sum(unit.counts[0] for unit in units) and strange <= LITTLE * len(units)
        if self.used and is_little:
            return
        known, rows = self._units, self._rows
        table: dict[str, Any] = {}
        kept_rows: dict[str, tuple[str, bytes]] = {}
        for unit in units:
            file = unit.file
            if file in self.used:
                table[file] = known[file]
            else:
                is_kept = not unit.volatile and unit.judged is not None
                made = plain.of_unit(unit) if is_kept else None
                table[file] = (digests[file], plain.of_declared(declared[file]), made)
            if self.wants_rows:
                kept_rows[file] = rows[file] if file in self.used else (digests[file], marshal.dumps(unit.rows))
        self._save(UNITS, {**table, _ALL: self.asides, _MARKS: marks})
        if self.wants_rows:
            self._save(ROWS, kept_rows)
