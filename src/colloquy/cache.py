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
from collections.abc import Mapping, Sequence
from copy import copy
from functools import cache as memoise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import colloquy
from colloquy import plain
from colloquy.directory import Directory, Renamed, renamed
from colloquy.entries import Declared, Listed
from colloquy.ontology import Ontology
from colloquy.settings import Settings
from colloquy.unit import Unit

if TYPE_CHECKING:
    from colloquy.facts import Facts

UNITS, ROWS = "units", "rows"
_ALL = ""
"""Where `units` holds what was found of all files together: no file has this name."""
_MARKS, _CUTS = "\0", "\0\0"
"""Where `units` holds what every file looked like from outside, and how it was cut: nor has one such a name."""
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
    """What is known of files, or parts of files, from an earlier run: both go by their keys."""

    keeps: bool
    """Whether what is made now is kept."""

    def parts(self, file: str, digest: str) -> Sequence[str]:
        """Give the digests of a file's parts, if it has this digest and was read in parts."""

    def declared(self, key: str, digest: str) -> Declared | None:
        """Give what a file declares, if it has this digest."""

    def compare(self, declared: Mapping[str, Declared]) -> None:
        """Take note of how what all files declare differs from what they declared when the cache was written."""

    def unit(self, key: str, directory: Directory) -> Unit | None:
        """Give a file's unit, if the directory still gives every answer that went into it."""

    def recall(self, name: str, digest: str) -> Any:
        """Give what was made of all files together, if it was made of the very same things, else None."""

    def remember(self, name: str, digest: str, made: Any) -> None:
        """Keep what was made of all files together: plain values, as `marshal` takes them."""


class NoCache:
    """Knows nothing, so that everything is made anew."""

    keeps = False

    def parts(self, file: str, digest: str) -> Sequence[str]:
        """Give nothing."""
        return ()

    def declared(self, key: str, digest: str) -> Declared | None:
        """Give nothing."""
        return None

    def compare(self, declared: Mapping[str, Declared]) -> None:
        """Compare nothing."""

    def unit(self, key: str, directory: Directory) -> Unit | None:
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

    keeps = True

    def __init__(self) -> None:
        super().__init__({})
        self._key: tuple[str, Settings] | None = None
        self._known: dict[str, tuple[str, Declared, Unit]] = {}
        self._change: Renamed | None = None

    def begin(self, ontology: Ontology, settings: Settings) -> None:
        """Begin a run under these rules."""
        if self._key != (ontology.digest, settings):
            self._key, self._known = (ontology.digest, settings), {}

    def parts(self, file: str, digest: str) -> Sequence[str]:
        """Give nothing: a file that is there is cut as quickly."""
        return ()

    def declared(self, key: str, digest: str) -> Declared | None:
        """Give what a file declares, if it has this digest."""
        kept = self._known.get(key)
        return kept[1] if kept and kept[0] == digest else None

    def compare(self, declared: Mapping[str, Declared]) -> None:
        """Take note of how what all files declare differs from what they declared in the run before."""
        self._change = None
        if self._known.keys() == declared.keys():
            pairs = ((self._known[key][1], one) for key, one in declared.items())
            self._change = renamed((old.entries, new.entries) for old, new in pairs if old is not new)

    def unit(self, key: str, directory: Directory) -> Unit | None:
        """Give a file's unit, if the directory still gives every answer that went into it."""
        unit = self._known[key][2]
        return unit if unit.holds(directory, self._change) else None

    def save(self, facts: Facts) -> None:
        """Keep what was compiled now: copies, since a build without pages lets go of the statements in its units."""
        self._known = {u.key: (facts.read_as[u.key], facts.declared[u.key], copy(u)) for u in facts.units}


class FileCache(_Asides):
    """A cache in a folder.

    `wants_rows` says whether units are of use without their statements: for a check they are.  A check
    does not read a file again that looks from outside as it did when it was kept: same size, same
    times, same place on the disk.  A build, which vouches for the digests of all files, does.
    """

    keeps = True

    def __init__(self, folder: Path, ontology: Ontology, settings: Settings, *, wants_rows: bool) -> None:
        self.folder, self.wants_rows = folder, wants_rows
        self.key = hashlib.sha256(f"{program()}\0{ontology.digest}\0{settings!r}".encode()).digest()
        self._units: dict[str, Any] = self._load(UNITS)
        self._rows: dict[str, tuple[str, bytes]] = self._load(ROWS) if wants_rows else {}
        super().__init__(self._units.pop(_ALL, {}))
        self._marks_before: dict[str, Mark] = self._units.pop(_MARKS, {})
        self._cuts: dict[str, tuple[str, list[str]]] = self._units.pop(_CUTS, {})
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
        if self.wants_rows or self._marks_before.get(file) != mark:
            return ""
        known = self._units.get(file) or self._cuts.get(file) or ("",)
        return str(known[0])

    def parts(self, file: str, digest: str) -> Sequence[str]:
        """Give the digests of a file's parts, if it has this digest and was read in parts."""
        kept, parts = self._cuts.get(file, ("", ()))
        return parts if kept == digest else ()

    def declared(self, key: str, digest: str) -> Declared | None:
        """Give what a file declares, if it has this digest."""
        kept = self._units.get(key)
        if kept is None or kept[0] != digest or (self.wants_rows and self._rows.get(key, ("",))[0] != digest):
            return None
        self._same.add(key)
        return plain.declared(kept[1])

    def compare(self, declared: Mapping[str, Declared]) -> None:
        """Take note of how what all files declare differs from what they declared when the cache was written."""
        if self._units.keys() == declared.keys():
            keys = declared.keys() - self._same
            before = ((list(map(Listed._make, self._units[key][1][1])), declared[key].entries) for key in keys)
            self._change = renamed(before)

    def unit(self, key: str, directory: Directory) -> Unit | None:
        """Give a file's unit, if the directory still gives every answer that went into it."""
        kept = self._units[key][2]
        if kept is None:
            return None
        unit = plain.unit(kept, self._rows[key][1] if self.wants_rows else None)
        if not unit.holds(directory, self._change):
            return None
        self.used.add(key)
        return unit

    def save(self, facts: Facts) -> None:
        """Keep what was compiled now, unless that is so little that compiling it again is as quick."""
        units = facts.units
        new = sum(unit.counts[0] for unit in units if unit.key not in self.used)
        # What was written a moment ago may be written again without any sign of it.
        marks = {file: mark for file, mark in self._marks.items() if max(mark[1:3]) < self._begun - SETTLED}
        strange = sum(self._marks_before.get(file) != mark for file, mark in marks.items())
        is_little = new <= LITTLE * sum(unit.counts[0] for unit in units) and strange <= LITTLE * len(units)
        if self.used and is_little:
            return
        known, rows, read_as = self._units, self._rows, facts.read_as
        table: dict[str, Any] = {}
        kept_rows: dict[str, tuple[str, bytes]] = {}
        cuts: dict[str, tuple[str, list[str]]] = {}
        for unit in units:
            key = unit.key
            if unit.part:
                cuts.setdefault(unit.file, (facts.digests[unit.file], []))[1].append(read_as[key])
            if key in self.used:
                table[key] = known[key]
            else:
                is_kept = not unit.volatile and unit.judged is not None
                made = plain.of_unit(unit) if is_kept else None
                table[key] = (read_as[key], plain.of_declared(facts.declared[key]), made)
            if self.wants_rows:
                kept_rows[key] = rows[key] if key in self.used else (read_as[key], marshal.dumps(unit.rows))
        self._save(UNITS, {**table, _ALL: self.asides, _MARKS: marks, _CUTS: cuts})
        if self.wants_rows:
            self._save(ROWS, kept_rows)
