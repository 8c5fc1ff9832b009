"""Worker processes, kept ready, given work, killed when time is up, and explained when they die."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from colloquy.errors import ProjectError, QueryError, QueryTimeout, printable

MEMORY = 4 << 30
"""Bytes of address space that a worker may use; more ends the query."""

WORKER = Path(__file__).with_name("worker.py")
START_SECONDS = 60.0
GRACE = 2.0
"""Seconds after which a worker is killed that its own alarm did not end."""
SMALL = 4_000
"""Bytes that every pipe takes in at once, whether anybody reads them or not."""
LONGEST = 1e6
"""Seconds that the clocks of all systems can count; a longer limit is this one."""


class _Died(Exception):  # noqa: N818 - what happened, before there are words for it
    """The worker is gone: how it ended, and the last it wrote to standard error."""

    def __init__(self, code: int, said: str, late: bool) -> None:
        self.code, self.said, self.late = code, said, late
        super().__init__(code, said, late)


class Worker:
    """One worker process and the two pipes to it; used by one thread at a time."""

    def __init__(self, store: Path, memory: int) -> None:
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the worker
        self._late = False
        # -P: neither the folder of worker.py nor the current one may stand in for a library.
        command = [sys.executable, "-P", str(WORKER), str(store), str(memory)]
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                cwd=os.path.abspath(os.sep),
                env={**os.environ, "RUST_BACKTRACE": "0"},
            )
        except OSError as error:
            self._errors.close()
            raise ProjectError(f"no worker process could be started for queries: {error}") from None
        # Where there is a poll, the worker has an alarm of its own, and this is for one that does not run.
        self._ready = select.poll() if hasattr(select, "poll") else None
        if self._ready and self._process.stdout:
            self._ready.register(self._process.stdout, select.POLLIN)
        self.greeting, words = self._receive_within(START_SECONDS)
        if "error" in self.greeting:
            self.close()
            raise ProjectError(f"the store {store} cannot be opened: {printable(words.decode(), 200)}; build again")

    def exchange(self, header: Mapping[str, Any], payload: bytes, seconds: float) -> tuple[dict[str, Any], bytes]:
        """Send one request and wait for its answer; raises _Died where there is none in time."""
        head = json.dumps({**header, "limit": seconds, "length": len(payload)}).encode() + b"\n"
        return self._receive_within(seconds, head + payload)

    def _receive_within(self, seconds: float, request: bytes = b"") -> tuple[dict[str, Any], bytes]:
        requests, answers = self._process.stdin, self._process.stdout
        assert requests is not None
        assert answers is not None
        before = os.fstat(self._errors.fileno()).st_size
        # A thread that waits beside it would cost more than a small query does, so it is a last resort.
        watched = self._ready is not None and len(request) <= SMALL
        timer = None if watched else threading.Timer(seconds + GRACE * (self._ready is not None), self._expire)
        try:
            if timer:
                timer.daemon = True
                timer.start()
            with suppress(OSError):  # a broken pipe: the worker has died, which reading will show
                requests.write(request)
                requests.flush()
            if self._ready and not self._ready.poll((seconds + GRACE) * 1000):
                self._expire()
            line = answers.readline()
            header: dict[str, Any] = json.loads(line) if line.endswith(b"\n") else {"length": 1}
            payload = answers.read(header["length"])
        except BaseException:  # Ctrl-C too: what comes next on the pipe would answer the wrong question
            self.close()
            raise
        finally:
            if timer:
                timer.cancel()
        if len(payload) == header["length"]:
            return header, payload
        code = self._process.wait()
        self._errors.seek(before)
        said = self._errors.read(2000)  # what went wrong stands first; after it come pages of stack
        died = _Died(code, said.decode(errors="replace"), self._late)
        self.close()
        raise died

    def _expire(self) -> None:
        self._late = True
        self._process.kill()

    @property
    def usable(self) -> bool:
        """Whether another request can be sent."""
        return not self._late and self._process.poll() is None

    def close(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout, self._errors):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        self._process.wait()


class Pool:
    """At most `size` workers on one store, started as they are needed; safe for many threads."""

    def __init__(self, store: Path, size: int = 1, memory: int = MEMORY) -> None:
        self.store, self.memory = store, memory
        self._idle: list[Worker] = []
        self._places = threading.BoundedSemaphore(size)
        self._closer = weakref.finalize(self, _close_all, self._idle)

    def start(self) -> Mapping[str, Any]:
        """Have one worker ready, and give its greeting; ProjectError where the store does not open."""
        with self._places:
            worker = self._take()
            self._idle.append(worker)
            return worker.greeting

    def request(self, header: Mapping[str, Any], payload: bytes, seconds: float) -> tuple[dict[str, Any], bytes]:
        """Have one request answered within so many seconds, waiting for a free worker included.

        Raises QueryTimeout at the limit, QueryError where the worker died of the query.
        """
        seconds = min(seconds, LONGEST)
        begun = time.monotonic()
        if not self._places.acquire(timeout=seconds):
            raise QueryTimeout(f"no worker became free within {_shown(seconds)}; ask again later")
        try:
            worker = self._take()
            left = max(0.01, seconds - (time.monotonic() - begun)) if time.monotonic() - begun > 1 else seconds
            try:
                answer = worker.exchange(header, payload, left)
            except _Died as died:
                raise self._explain(died, seconds) from None
            if worker.usable:
                self._idle.append(worker)
            else:
                worker.close()
            return answer
        finally:
            self._places.release()

    def _take(self) -> Worker:
        while self._idle:
            worker = self._idle.pop()
            if worker.usable:
                return worker
            worker.close()
        try:
            return Worker(self.store, self.memory)
        except _Died as died:
            words = printable(died.said.strip().rpartition("\n")[2], 200) or f"exit code {died.code}"
            raise ProjectError(f"no worker process could be started for queries: {words}") from None

    def _explain(self, died: _Died, seconds: float) -> QueryError | QueryTimeout:
        if died.late or died.code == -getattr(signal, "SIGALRM", 14):
            return QueryTimeout(
                f"the query was stopped after {_shown(seconds)}; ask for less (a LIMIT does not always help), or allow"
                " more time"
            )
        if any(word in died.said for word in ("memory allocation", "bad_alloc", "MemoryError", "out of memory")):
            return self.memory_error()
        if "overflowed its stack" in died.said or died.code in (-11, -10, 0xC00000FD, 0xC0000005):
            return QueryError("the query engine came to grief over this query", hint="nest it less, or make it shorter")
        if died.code == -9:
            return QueryError("the system killed the query, most likely for want of memory", hint="ask for less")
        how = signal.Signals(-died.code).name if -65 < died.code < 0 else f"exit code {died.code}"
        return QueryError(f"the query engine ended without an answer ({how})")

    def memory_error(self) -> QueryError:
        """Make the error for a query that needs more memory than it may have."""
        return QueryError(f"the query ran out of memory ({self.memory / (1 << 30):.3g} GB)", hint="ask for less")

    def close(self) -> None:
        """End the workers; a later request starts new ones."""
        _close_all(self._idle)


def _close_all(workers: list[Worker]) -> None:
    while workers:
        workers.pop().close()


def _shown(seconds: float) -> str:
    return f"{seconds:g} second{'' if seconds == 1 else 's'}"
