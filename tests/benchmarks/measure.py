"""Measurements: a fresh process each time, the compared ones in turn, medians, and how far they spread.

This process has to stay small: Linux counts the memory of the one that starts a process into the
peak of the one that is started.  So nothing is read or made here; scripts do that.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

REPOSITORY = Path(__file__).parent.parent.parent
MIB = 1024  # of the kibibytes that Linux counts in
WRONG = re.compile(r"^(Traceback \(most recent call last\)|colloquy: )", re.MULTILINE)
Progress = Callable[[str], None]


def nothing() -> None:
    """Prepare nothing."""


@dataclass(frozen=True)
class Command:
    """What is started: its words, what is done before each start (not measured), which exit codes are fine.

    `makes` names a file or folder that has to be there afterwards.
    """

    words: Sequence[str | os.PathLike[str]]
    before: Callable[[], None] = nothing
    fine: tuple[int, ...] = (0,)
    makes: Path | None = None


@dataclass(frozen=True)
class Run:
    """One process from start to end: CPU seconds with its children's, wall seconds, peak memory in MiB.

    The peak is what the kernel counts for the largest process, or, where that is more, what a process
    and its children held together whenever they were looked at (pages that they share counted once).
    `said` is the JSON object that a script of ours prints as its last line.
    """

    cpu: float
    wall: float
    peak: float
    said: Mapping[str, float] = field(default_factory=dict)


@dataclass
class Series:
    """All runs of one command, or the reason why there are none."""

    runs: list[Run] = field(default_factory=list)
    failed: str = ""

    def of(self, what: str) -> list[float]:
        """Give one figure of every run: `cpu`, `wall`, `peak`, or what the script said."""
        return [run.said[what] if what in run.said else float(getattr(run, what)) for run in self.runs]

    def median(self, what: str) -> float:
        """Give the median of one figure."""
        return statistics.median(self.of(what))


class FailedError(Exception):
    """A command that did not do what it was started for."""


def environment() -> dict[str, str]:
    """Give the environment of a measured process: the user's, and byte code may be kept as usual."""
    ours = ("COLLOQUY_DATA", "PYTHONDONTWRITEBYTECODE", "PYTHONPROFILEIMPORTTIME")
    return {name: value for name, value in os.environ.items() if name not in ours}


def run(command: Command, limit_seconds: float) -> Run:
    """Do what has to be done before, start a command in a fresh process, and wait for its end.

    Raises FailedError with the last words of the command where it fails, or takes too long.
    """
    command.before()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        # In a group of its own, so that a limit ends its children too.
        process = subprocess.Popen(
            [os.fspath(word) for word in command.words],
            stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=REPOSITORY, env=environment(), start_new_session=True,
        )  # fmt: skip
        timer = threading.Timer(limit_seconds, lambda: os.killpg(process.pid, signal.SIGKILL))
        timer.start()
        family = _Family(process.pid)
        family.start()
        try:
            _, status, used = os.wait4(process.pid, 0)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        finally:
            timer.cancel()
            family.left.set()
            family.join()
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        why = f"ended after {limit_seconds:g} s" if wall >= limit_seconds else _last_line(err) or _last_line(out)
        # The exit code of findings is that of a crash as well, and of a command that gave up.
        if process.returncode not in command.fine or WRONG.search(_end(err)):
            raise FailedError(why[:300] or f"exit code {process.returncode}")
        if command.makes and not command.makes.exists():
            raise FailedError(f"no {command.makes.name} was made: {why[:300]}")
        peak = used.ru_maxrss / MIB if sys.platform == "linux" else used.ru_maxrss / MIB**2
        return Run(used.ru_utime + used.ru_stime, wall, max(peak, family.peak), _said(_last_line(out)))


def interleaved(
    commands: Mapping[str, Command], rounds: int, progress: Progress, *, limit_seconds: float = 900, warm: bool = True
) -> dict[str, Series]:
    """Run the commands in turn, A B A B …, and give the runs of each.

    A round before the first is not counted (`warm`): it fills the caches of the system.  A command
    that fails drops out, with its reason.
    """
    series = {name: Series() for name in commands}
    for number in range(0 if warm else 1, rounds + 1):
        for name, command in commands.items():
            if series[name].failed:
                continue
            try:
                done = run(command, limit_seconds)
            except FailedError as error:
                series[name] = Series(failed=str(error))
                progress(f"{name}: {error}")
                continue
            counted = f"round {number} of {rounds}" if number else "not counted"
            progress(f"{name}: {done.cpu:.2f} s CPU, {done.wall:.2f} s, {done.peak:,.0f} MiB ({counted})")
            if number:
                series[name].runs.append(done)
    return series


@dataclass(frozen=True)
class Ratio:
    """One median divided by another, and the least and greatest ratio of any round."""

    value: float
    least: float
    greatest: float


def ratio(ours: Iterable[float], theirs: Iterable[float]) -> Ratio:
    """Compare figures round by round; each with each, where they were not taken in the same rounds.

    >>> ratio([2, 3, 2], [4, 4, 5])
    Ratio(value=0.5, least=0.4, greatest=0.75)
    """
    ours, theirs = list(ours), list(theirs)
    pairs = zip(ours, theirs, strict=True) if len(ours) == len(theirs) else itertools.product(ours, theirs)
    of_rounds = [a / b for a, b in pairs]
    return Ratio(statistics.median(ours) / statistics.median(theirs), min(of_rounds), max(of_rounds))


class _Family(threading.Thread):
    """Looks again and again what a process and its children hold together, where Linux tells."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.process, self.peak, self.left = process, 0.0, threading.Event()

    def run(self) -> None:
        while not self.left.wait(0.1):
            members = list(_family(self.process))
            if len(members) > 1:
                self.peak = max(self.peak, sum(map(_held, members)) / MIB)


def _family(process: int) -> Iterator[int]:
    yield process
    try:
        listed = [file.read_text() for file in Path(f"/proc/{process}/task").glob("*/children")]
    except OSError:
        return
    for child in " ".join(listed).split():
        yield from _family(int(child))


def _held(process: int) -> int:
    """Give the kibibytes of a process, its part of what it shares with others; 0 of one that has ended."""
    try:
        found = re.search(r"^Pss: +(\d+)", Path(f"/proc/{process}/smaps_rollup").read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(found[1]) if found else 0


def _end(stream: IO[bytes]) -> str:
    stream.seek(0, os.SEEK_END)
    stream.seek(max(0, stream.tell() - 20_000))
    return stream.read().decode("utf-8", "replace")


def _last_line(stream: IO[bytes]) -> str:
    lines = _end(stream).strip().splitlines()
    return lines[-1].strip() if lines else ""


def _said(line: str) -> dict[str, float]:
    if not line.startswith("{"):
        return {}
    said: dict[str, float] = json.loads(line)
    return said
