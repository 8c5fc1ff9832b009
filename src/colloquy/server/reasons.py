"""Why a row is there, and why there is none: worked out in a process of its own, which is ended when time is up."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from threading import Timer
from typing import Any

from colloquy.errors import ColloquyError, ProjectError, QueryTimeout
from colloquy.project import Project
from colloquy.query.forms import term_of_json
from colloquy.query.pool import Cancellation, Line
from colloquy.terms import Term

_MODULE = "colloquy.server.reasoner"


class Reasons:
    """Asks a process that has the graph and its lines at hand; it is started when first needed, and stays.

    Requests are answered one after another.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self._line = Line(1)
        self._process: subprocess.Popen[str] | None = None
        self._killed = False

    def ask(
        self, request: Mapping[str, Any], seconds: float, cancellation: Cancellation | None = None
    ) -> dict[str, Any]:
        """Give the answer to a request within so many seconds, waiting in line included.

        Raises QueryTimeout at the limit, ProjectError where the project cannot be read, and another
        ColloquyError with the words for what cannot be answered.
        """
        until = time.monotonic() + seconds
        cancellation = cancellation or Cancellation()
        self._line.take(seconds, cancellation)
        try:
            line = self._exchange(json.dumps(request) + "\n", until - time.monotonic(), cancellation)
            if cancellation.cancelled:
                raise cancellation.error()
            if not line:
                late = time.monotonic() >= until
                self.close()
                if late:
                    raise QueryTimeout(f"working out the reasons was stopped after {seconds:g} seconds")
                raise ColloquyError("the reasons cannot be worked out: the process came to grief over this query")
        finally:
            self._line.leave()
        found: dict[str, Any] = json.loads(line)
        if "gone" in found:
            raise ProjectError("the project cannot be read")
        if "refused" in found:
            raise ColloquyError(found["refused"])
        return found["answer"] or {}

    def _exchange(self, request: str, seconds: float, cancellation: Cancellation) -> str:
        """Send a line, and give the one that comes back; nothing where the process is gone."""
        process = self._running()
        assert process.stdin
        assert process.stdout

        def kill() -> None:
            self._killed = True
            _kill(process)

        late = Timer(seconds, kill)
        late.start()
        cancellation.attach(kill)
        try:
            process.stdin.write(request)
            process.stdin.flush()
            return process.stdout.readline()
        except OSError:
            return ""
        finally:
            late.cancel()
            late.join()  # what is killed from now on is another request's
            cancellation.attach(None)

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None or self._killed or self._process.poll() is not None:
            self.close()
            self._killed = False
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", _MODULE, str(self.project.folder), str(self.project.output)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                start_new_session=True,  # so that its own workers can be ended with it
            )
        return self._process

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            _kill(process)
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    if pipe:
                        pipe.close()


def _kill(process: subprocess.Popen[str]) -> None:
    """End a process and those that it started."""
    if process.poll() is None:  # else its number may be another's by now
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        process.kill()


def term_of(part: Any) -> Term | None:
    """Make a term of its form in SPARQL JSON; None for what is unbound.  Raises ValueError for what is none."""
    if part is None:
        return None
    cell = [part.get(name, "") for name in ("type", "value", "datatype", "xml:lang")] if isinstance(part, dict) else []
    if "value" not in (part if cell else ()) or not all(isinstance(text, str) for text in cell):
        raise ValueError("a value is an object with `type` and `value`, as in SPARQL JSON results")
    return term_of_json(*cell)
