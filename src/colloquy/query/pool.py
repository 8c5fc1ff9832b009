"""Worker processes, kept ready, given work in turn, killed when time is up, and explained when they die."""

from __future__ import annotations

import signal
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from colloquy.errors import ProjectError, QueryBusy, QueryError, QueryTimeout, printable
from colloquy.query.process import AWAKE, GRACE, WORKER, Died, Frame, Request, Worker

__all__ = ["GRACE", "MEMORY", "WORKER", "Cancellation", "Exchange", "Pool", "Request", "Worker"]

MEMORY = 5 << 28
"""Bytes of address space that a query may take, beyond what the open store takes; more ends the query."""

LONGEST = 1e6
"""Seconds that the clocks of all systems can count; a longer limit is this one."""


class Cancellation:
    """A way to end a query from any thread, before it begins, while it waits in line, or while it runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._end: Callable[[], object] | None = None
        self.cancelled = False

    def cancel(self) -> None:
        """End the query at once; whoever waits for its answer gets a QueryError."""
        with self._lock:
            self.cancelled = True
            end, self._end = self._end, None
            if end:
                end()

    def attach(self, end: Callable[[], object] | None) -> None:
        """Say what ends the query from now on; it is called at once where that has been asked for already."""
        with self._lock:
            self._end = end
            if end and self.cancelled:
                end()

    def error(self) -> QueryError:
        """Make the error for a query that was cancelled."""
        return QueryError("the query was cancelled: nobody waits for its answer any longer")


class Line:
    """So many places, each given to whoever has waited longest."""

    def __init__(self, places: int) -> None:
        self._lock = threading.Lock()
        self._free = places
        self._waiting: deque[threading.Event] = deque()

    def enter(self, seconds: float, cancellation: Cancellation | None = None) -> bool:
        """Wait for a place; False where there is none within so many seconds, or it is not wanted any longer."""
        with self._lock:
            if self._free:
                self._free -= 1
                return True
            turn = threading.Event()
            self._waiting.append(turn)
        if cancellation:
            cancellation.attach(turn.set)
        granted = False
        try:
            turn.wait(seconds)
            granted = True
        finally:
            if cancellation:
                cancellation.attach(None)
            with self._lock:
                if late := turn in self._waiting:  # not its turn: time is up, or it was cancelled
                    self._waiting.remove(turn)
            if not granted and not late:  # Ctrl-C, just as its turn came
                self.leave()
        return not late

    def take(self, seconds: float, cancellation: Cancellation | None = None) -> None:
        """Wait for a place; raises QueryBusy where there is none in time, QueryError where it was cancelled."""
        entered = self.enter(seconds, cancellation)
        if cancellation and cancellation.cancelled:
            if entered:
                self.leave()
            raise cancellation.error()
        if not entered:
            raise QueryBusy(f"no worker became free within {_shown(seconds)}; ask again later")

    def leave(self) -> None:
        """Give the place to the next in line."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1


class Exchange:
    """One request that a worker is at; ends by itself with the last frame, and with an error."""

    def __init__(
        self, pool: Pool, worker: Worker, seconds: float, cancellation: Cancellation | None, waited: float = 0.0
    ) -> None:
        self._pool, self._worker, self._seconds, self._waited = pool, worker, seconds, waited
        self._cancellation = cancellation
        self._lock = threading.Lock()
        self._ended = False
        if cancellation:
            cancellation.attach(worker.kill)

    def send(self, request: Request, seconds: float) -> None:
        """Send the request."""
        try:
            self._worker.send(request, seconds)
        except BaseException:
            self.end()
            raise

    def receive(self) -> Frame:
        """Wait for the next frame; raises QueryTimeout at the limit, QueryError where the worker died of the query."""
        try:
            header, payload = self._worker.receive()
        except Died as died:
            self.end()
            if self._cancellation and self._cancellation.cancelled:
                raise self._cancellation.error() from None
            error = self._pool.explain(died, self._seconds)
            if isinstance(error, QueryTimeout) and self._waited > self._seconds / 2:  # it may be quick by itself
                words = f"most of the {_shown(self._seconds)} went by until a worker became free; ask again later"
                raise QueryBusy(words) from None
            raise error from None
        except BaseException:
            self.end()
            raise
        if not header.get("more"):
            self.end(again=not header.get("last"))
        return header, payload

    def end(self, *, again: bool = False) -> None:
        """Let go of the worker; it is killed unless it can be used `again`."""
        with self._lock:
            if self._ended:
                return
            self._ended = True
        if self._cancellation:
            self._cancellation.attach(None)
        self._pool.give_back(self._worker, again)


class Pool:
    """At most `size` workers at work on one store; safe for many threads.

    They are started as they are needed.  With `spares`, so many more are always kept ready, so that
    nobody waits for one to start when others are at work, or one was killed.
    """

    def __init__(self, store: Path, size: int = 1, memory: int = MEMORY, spares: int = 0) -> None:
        self.store, self.memory = store, memory
        self._idle: list[Worker] = []
        self._line = Line(size)
        self._lock = threading.Lock()
        self._size, self._spares = size, spares
        self._busy: set[Worker] = set()
        self._open = True
        self._keeping = False
        self._closer = weakref.finalize(self, _close_all, self._idle)

    def start(self) -> Mapping[str, Any]:
        """Have one worker ready, and give its greeting; ProjectError where the store does not open."""
        self._line.enter(LONGEST)
        try:
            worker = self._take()
            self.give_back(worker, again=True, leave=False)
            return worker.greeting
        finally:
            self._line.leave()

    def request(self, request: Request, seconds: float) -> Frame:
        """Have one request answered within so many seconds, waiting for a free worker included.

        Raises QueryTimeout at the limit, QueryError where the worker died of the query.
        """
        return self.begin(request, seconds).receive()

    def begin(self, request: Request, seconds: float, cancellation: Cancellation | None = None) -> Exchange:
        """Send a request, to be answered in one frame or several; raises as `request` does."""
        seconds = min(seconds, LONGEST)
        begun = time.monotonic()
        self._line.take(seconds, cancellation)
        try:
            worker = self._take()
        except BaseException:
            self._line.leave()
            raise
        waited = time.monotonic() - begun
        if waited <= 1:  # so short a wait is not counted
            waited = 0.0
        exchange = Exchange(self, worker, seconds, cancellation, waited)
        exchange.send(request, max(0.01, seconds - waited))
        return exchange

    def _take(self) -> Worker:
        worker = self._usable() or self._started()
        with self._lock:
            self._open = True
            self._busy.add(worker)
        self._keep()
        return worker

    def _usable(self) -> Worker | None:
        while True:
            try:
                worker = self._idle.pop()
            except IndexError:
                return None
            if worker.usable:
                return worker
            worker.close()

    def _started(self) -> Worker:
        try:
            return self._worker()
        except Died as died:
            words = printable(died.said.strip().rpartition("\n")[2], 200) or f"exit code {died.code}"
            raise ProjectError(f"no worker process could be started for queries: {words}") from None

    def _worker(self) -> Worker:
        return Worker(self.store, self.memory, 0.0 if self._size > 1 or self._spares else AWAKE)

    def give_back(self, worker: Worker, again: bool, leave: bool = True) -> None:
        """Take a worker back that may be used again, or end it, and let the next in line go on."""
        with self._lock:
            again = again and worker in self._busy and not worker.killed  # not there: the pool was closed meanwhile
            self._busy.discard(worker)
            if again:
                self._idle.append(worker)
        if not again:
            worker.kill()
        if leave:
            self._line.leave()
        if again:
            return
        if self._spares:  # a large process takes a while to be gone, and nobody need wait for that
            threading.Thread(target=worker.close, daemon=True).start()
            self._keep()
        else:
            worker.close()

    def _keep(self) -> None:
        """Start what is missing, in a thread of its own."""
        with self._lock:
            if self._keeping or not self._missing():
                return
            self._keeping = True
        threading.Thread(target=self._fill, daemon=True).start()

    def _missing(self) -> bool:
        idle, busy = len(self._idle), len(self._busy)
        return self._open and idle < self._spares and idle + busy < self._size + self._spares

    def _fill(self) -> None:
        going = True
        while going:
            try:
                worker = self._worker()
            except (Died, ProjectError):  # whoever asks next is told why
                with self._lock:
                    self._keeping = False
                return
            with self._lock:
                if kept := self._missing():
                    self._idle.insert(0, worker)
                self._keeping = going = self._missing()
            if not kept:
                worker.close()

    def explain(self, died: Died, seconds: float) -> QueryError | QueryTimeout:
        """Say in words why a worker is gone."""
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
        """End the workers, those at work when they are done; a later request starts new ones."""
        with self._lock:
            self._open = False
            self._busy.clear()
            idle, self._idle[:] = self._idle[:], []
        _close_all(idle)


def _close_all(workers: list[Worker]) -> None:
    while workers:
        workers.pop().close()


def _shown(seconds: float) -> str:
    return f"{seconds:g} second{'' if seconds == 1 else 's'}"
