"""One build at a time: the lock of a project, and who holds it."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from colloquy.errors import BusyError
from colloquy.generation.failures import in_words


@contextlib.contextmanager
def lock(state_dir: Path, wait_seconds: float = 60.0, waiting: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold the project's build lock, `lock` in `state_dir` (the project's `.colloquy/`, made where missing).

    `waiting` is called once, with a sentence, where somebody else holds it.  The lock is advisory (it
    keeps out colloquy alone), holds between processes of one machine (between machines only as far as
    their network file system keeps flock), cannot be taken twice by one process, and dies with its
    holder.  Raises BusyError, naming the holder, after `wait_seconds`; ProjectError where
    `state_dir` cannot be written.
    """
    path = state_dir / "lock"
    with in_words(f"cannot lock {path}"):
        if not state_dir.is_dir():
            state_dir.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(OSError):  # a courtesy to whoever adds the whole project to git
                (state_dir / ".gitignore").write_text("*\n", encoding="utf-8")
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        with in_words(f"cannot lock {path}"):
            _acquire(handle, wait_seconds, waiting)
            _write_holder(handle, str(os.getpid()))
        try:
            yield
        finally:
            _write_holder(handle, "")
    finally:
        os.close(handle)  # which lets go of the lock; the file stays, since removing it is a race


def _acquire(handle: int, wait_seconds: float, waiting: Callable[[str], None] | None) -> None:
    deadline = time.monotonic() + wait_seconds
    said = False
    while not _try_lock(handle):
        left = deadline - time.monotonic()
        os.lseek(handle, 0, os.SEEK_SET)
        pid = os.read(handle, 20).decode("ascii", "replace")
        holder = f"process {pid}" if pid.isdigit() else "another process"
        if left <= 0:
            raise BusyError(f"{holder} is building this project: wait until it is done, or stop it")
        if waiting and not said:
            waiting(f"{holder} is building this project; waiting for it, at most {wait_seconds:g} s")
            said = True
        time.sleep(min(0.05, left))


def _write_holder(handle: int, text: str) -> None:
    with contextlib.suppress(OSError):  # the name of the holder is for messages only
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, text.encode("ascii"))


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        os.lseek(handle, 1 << 30, os.SEEK_SET)  # a byte beyond the text, which others must be able to read
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
