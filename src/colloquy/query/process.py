"""One worker process, and the two pipes to it."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from colloquy.errors import ProjectError, printable

WORKER = Path(__file__).with_name("worker.py")
START_SECONDS = 60.0
GRACE = 1.0
"""Seconds after which a worker is killed that its own alarm did not end."""
PIPE = 1 << 20
"""Bytes of an answer that wait in the pipe, where the system lets it be so large (Linux)."""

AWAKE = 0.0003 if (os.cpu_count() or 1) > 1 and hasattr(os, "sched_yield") else 0.0
"""Seconds for which both sides of a worker that one thread uses look for the next frame before they sleep.

To be woken takes longer than to answer a small question.
"""

Frame = tuple[dict[str, Any], bytes]
"""What comes back: a header, and the bytes that it is about."""


class Request:
    """What a worker is asked: a header, and the text it is about; written out once, however often it is sent."""

    def __init__(self, header: Mapping[str, Any], text: bytes = b"") -> None:
        self.header, self.text = header, text
        self._head = json.dumps({**header, "length": len(text)}).encode()[:-1]

    def within(self, seconds: float) -> bytes:
        """Write the request for a worker that has so many seconds.

        >>> Request({"do": "graphs"}).within(30.0)
        b'{"do": "graphs", "length": 0, "limit": 30.0}\\n'
        """
        return b'%b, "limit": %a}\n%b' % (self._head, seconds, self.text)

    def with_more(self, header: Mapping[str, Any]) -> Request:
        """Give the request with more in its header."""
        return Request({**self.header, **header}, self.text)


class Died(Exception):  # noqa: N818 - what happened, before there are words for it
    """The worker is gone: how it ended, and the last it wrote to standard error."""

    def __init__(self, code: int, said: str, late: bool) -> None:
        self.code, self.said, self.late = code, said, late
        super().__init__(code, said, late)


class Worker:
    """One worker process; used by one thread at a time, but any other may kill it.

    It and its owner look for each other's frames for so many seconds (`awake`) before they sleep.
    """

    def __init__(self, store: Path, memory: int, awake: float = 0.0) -> None:
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the worker
        self._late = self._killed = False
        self._rest = b""
        self._said = 0
        # -P: neither the folder of worker.py nor the current one may stand in for a library.
        command = [sys.executable, "-P", str(WORKER), str(store), str(memory), str(awake)]
        self._awake = awake
        # Arenas of threads that hardly use them are address space that no query could have.
        environment = {**os.environ, "RUST_BACKTRACE": "0", "MALLOC_ARENA_MAX": "1"}
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                cwd=os.path.abspath(os.sep),
                env=environment,
                bufsize=0,
            )
        except OSError as error:
            self._errors.close()
            raise ProjectError(f"no worker process could be started for queries: {error}") from None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests, self._answers = self._process.stdin.fileno(), self._process.stdout.fileno()
        self._timer: threading.Timer | None = None
        # Where there is a poll, the worker has an alarm of its own, and this is for one that does not run.
        self._can_be_read = self._can_be_written = None
        if hasattr(select, "poll"):
            os.set_blocking(self._requests, False)
            self._can_be_read, self._can_be_written = select.poll(), select.poll()
            self._can_be_read.register(self._answers, select.POLLIN)
            self._can_be_written.register(self._requests, select.POLLOUT)
        with suppress(ImportError, AttributeError, OSError):
            import fcntl

            fcntl.fcntl(self._answers, fcntl.F_SETPIPE_SZ, PIPE)
        self._expect(START_SECONDS)
        self.greeting, words = self.receive()
        if "error" in self.greeting:
            self.close()
            raise ProjectError(f"the store {store} cannot be opened: {printable(words.decode(), 200)}; build again")

    def exchange(self, request: Request, seconds: float) -> Frame:
        """Send one request and wait for its answer; raises Died where there is none in time."""
        self.send(request, seconds)
        return self.receive()

    def send(self, request: Request, seconds: float) -> None:
        """Send a request, whose answer has to be here after so many seconds."""
        self._said = os.fstat(self._errors.fileno()).st_size
        self._expect(seconds)
        left = request.within(seconds)
        try:
            while left:
                try:
                    left = left[os.write(self._requests, left) :]
                except BlockingIOError:
                    self._wait(self._can_be_written)
        except OSError:
            pass  # a broken pipe: the worker has died, which reading will show
        except BaseException:
            self.close()
            raise

    def receive(self) -> Frame:
        """Wait for the next frame; raises Died where none comes in time."""
        try:
            data = self._rest
            while b"\n" not in data:
                data += self._read()
            line, _, data = data.partition(b"\n")
            header: dict[str, Any] = json.loads(line)
            length: int = header["length"]
            if len(data) < length:
                parts, have = [data], len(data)
                while have < length:
                    parts.append(self._read(length - have))
                    have += len(parts[-1])
                data = b"".join(parts)
            self._rest = data[length:]
        except BaseException:  # Ctrl-C too: what comes next on the pipe would answer the wrong question
            self.close()
            raise
        if self._timer and not header.get("more"):
            self._timer.cancel()
        return header, data[:length]

    def _expect(self, seconds: float) -> None:
        self._deadline = time.monotonic() + seconds + GRACE
        if self._can_be_read is None:
            # A thread that waits beside it costs more than a small query does, so it is a last resort.
            self._timer = threading.Timer(seconds, self._expire)
            self._timer.daemon = True
            self._timer.start()

    def _read(self, least: int = 0) -> bytes:
        if not self._is_there():
            self._wait(self._can_be_read)
        found = os.read(self._answers, max(1 << 16, min(least, PIPE)))
        if not found:
            code = self._process.wait()
            self._errors.seek(self._said)
            said = self._errors.read(2000)  # what went wrong stands first; after it come pages of stack
            raise Died(code, said.decode(errors="replace"), self._late)
        return found

    def _is_there(self) -> bool:
        """Look for something to read, for as long as that is quicker than to be woken for it."""
        if self._can_be_read and self._awake:
            look, until = self._can_be_read.poll, time.monotonic() + self._awake
            while time.monotonic() < until:
                if look(0):
                    return True
                os.sched_yield()
        return False

    def _wait(self, poll: select.poll | None) -> None:
        if poll and not poll.poll(max(0.0, self._deadline - time.monotonic()) * 1000):
            self._expire()

    def _expire(self) -> None:
        self._late = True
        self.kill()

    @property
    def usable(self) -> bool:
        """Whether another request can be sent."""
        return not self._killed and self._process.poll() is None

    @property
    def killed(self) -> bool:
        """Whether it was ended from here."""
        return self._killed

    def kill(self) -> None:
        """End the process; whoever waits for it is told."""
        self._killed = True
        self._process.kill()

    def close(self) -> None:
        """End the process, whatever it does, and let go of its pipes; not while another thread uses them."""
        self.kill()
        if self._timer:
            self._timer.cancel()
        for pipe in (self._process.stdin, self._process.stdout, self._errors):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        self._process.wait()
