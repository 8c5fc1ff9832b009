"""Why a row is there, and why there is none: worked out in a process of its own, which is ended when time is up.

python -m colloquy.server.reasons PROJECT OUTPUT     one JSON object a line, in both directions

→ {"do": "why", "query": "SELECT …", "row": {"x": "<https://example.org/ada>", "y": null}}
→ {"do": "doctor", "query": "SELECT …"}
← {"answer": {…}}   or   {"refused": "line 1, column 5: …"}
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from colloquy.errors import ColloquyError, QueryTimeout
from colloquy.project import Project
from colloquy.terms import XSD_STRING, iri, literal

MEMORY = 3 << 30


class Reasons:
    """Asks a process that has the graph and its lines at hand; it is started when first needed, and stays."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def ask(self, request: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        """Give the answer to a request.

        Raises QueryTimeout at the limit, ColloquyError with the words for what cannot be answered.
        """
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                command = [sys.executable, "-m", __name__, str(self.project.folder), str(self.project.output)]
                self._process = subprocess.Popen(
                    command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
                )
            process = self._process
            assert process.stdin
            assert process.stdout
            late = threading.Timer(seconds, process.kill)
            late.start()
            try:
                process.stdin.write(json.dumps(request) + "\n")
                process.stdin.flush()
                line = process.stdout.readline()
            except OSError:
                line = ""
            finally:
                late.cancel()
            if not line:
                self.close()
                raise QueryTimeout(f"working out the reasons was stopped after {seconds:g} seconds")
        found: dict[str, Any] = json.loads(line)
        if "refused" in found:
            raise ColloquyError(found["refused"])
        return found["answer"] or {}

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    if pipe:
                        pipe.close()


def term_of(part: Any) -> str | None:
    """Make a term of its form in SPARQL JSON; None for what is unbound.  Raises ValueError for what is none."""
    if part is None:
        return None
    if not isinstance(part, dict) or not isinstance(part.get("value"), str):
        raise ValueError("a value is an object with `type` and `value`, as in SPARQL JSON results")
    value = part["value"]
    if part.get("type") == "uri":
        return iri(value)
    if part.get("type") == "bnode":
        return f"_:{value}"
    if part.get("type") in ("literal", "typed-literal"):
        language, datatype = part.get("xml:lang"), part.get("datatype")
        return literal(value, language=language) if language else literal(value, datatype or XSD_STRING)
    raise ValueError("`type` is one of: uri, literal, bnode")


def main() -> None:
    """Answer requests until standard input closes."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    project = Project(sys.argv[1], output=sys.argv[2])
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["do"] == "why":
                answer: Any = project.why_of(request["query"], request["row"]).to_dict()
            else:
                diagnosis = project.diagnose(request["query"])
                answer = diagnosis.to_dict() if diagnosis else None
            said = {"answer": answer}
        except ColloquyError as error:
            said = {"refused": str(error)}
        except (RecursionError, MemoryError):
            said = {"refused": "this query is too large to be explained"}
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
