"""Shows on a terminal how work goes on: a line that is written over; elsewhere, nothing of it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from colloquy.progress import Progress

PATIENCE = 0.5
"""Seconds for which nothing is shown: most work is over by then."""
LONG = 5.0
"""Seconds after which a stage is worth a line in a log."""


class Line(Progress):
    """One line on standard error: the stage, files done of all, and how long it may still take."""

    def __init__(self) -> None:
        super().__init__()
        self._start = self._stage_start = self._shown = time.monotonic()
        self._total = self._done = 0
        self._there = False

    def stage(self, name: str, total: int = 0) -> None:
        """Begin a stage."""
        super().stage(name, total)
        self._total, self._done, self._stage_start = total, 0, time.monotonic()
        self._show(self._stage_start)

    def step(self) -> None:
        """Tell that one more file is done."""
        self._done += 1
        now = time.monotonic()
        if now - self._shown > 0.1:
            self._show(now)

    def _show(self, now: float) -> None:
        if now - self._start < PATIENCE or not self._name:
            return
        self._shown, self._there = now, True
        words = self._name
        if self._total and self._done:
            left = (now - self._stage_start) / self._done * max(0, self._total - self._done)
            words += f": {self._done:,} of {self._total:,} files, {left:.0f} s left"
        # What is longer than the terminal goes on in a second line, which nothing writes over.
        sys.stderr.write(f"\r\x1b[K{words[: _width() - 1]}")
        sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away, if there is one."""
        if self._there:
            self._there = False
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


class Plain(Progress):
    """A plain line for each stage that keeps people waiting, for logs."""

    def stage(self, name: str, total: int = 0) -> None:
        """Begin a stage; the one before is told of if it was long."""
        over = len(self.stages)
        super().stage(name, total)
        if self.stages[over:] and self.stages[-1].seconds > LONG:
            sys.stderr.write(f"{self.stages[-1].name}: {self.stages[-1].seconds:.0f} s\n")


def _width() -> int:
    """Give the columns of the terminal that standard error is, which may be another than standard output's."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80  # 0 where nobody has told it
    except OSError:
        return 80


@contextmanager
def watcher() -> Iterator[Progress]:
    """Give a progress that suits standard error, and end it."""
    can_clear = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    progress = Line() if can_clear else Plain()
    try:
        yield progress
        progress.end()
    finally:
        if isinstance(progress, Line):
            progress.clear()
