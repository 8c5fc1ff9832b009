"""Reading output while a build may exchange it: all from one generation, or again."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from colloquy.errors import BusyError

T = TypeVar("T")


def read_whole(output: Path, read: Callable[[Path], T]) -> T:
    """Call `read(output)` so that all it opens belongs to one generation, whatever a build does meanwhile.

    Tries again where the folder was exchanged under the reader; an exception of `read` passes where it
    was not.  Raises BusyError when that happens five times in a row.
    """
    for _ in range(5):
        with _watching(output) as unmoved:
            try:
                result = read(output)
            except Exception:
                if unmoved():
                    raise
            else:
                if unmoved():
                    return result
        time.sleep(0.02)
    raise BusyError(f"{output} is built again and again while it is read: try later")


@contextlib.contextmanager
def _watching(folder: Path) -> Iterator[Callable[[], bool]]:
    """Give a function that tells whether `folder` is still the one that it was at first."""
    try:  # held open, lest its inode's number be given to the next generation but one
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # absent, or a system that opens no folders
        handle = None
    before = _identity(folder if handle is None else handle)
    try:
        yield lambda: _identity(folder) == before
    finally:
        if handle is not None:
            os.close(handle)


def _identity(folder: Path | int) -> tuple[int, int] | None:
    try:
        found = os.stat(folder)
    except OSError:
        return None
    return found.st_dev, found.st_ino
