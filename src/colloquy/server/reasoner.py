"""The process that works out reasons; see `reasons`, which starts it.

python -m colloquy.server.reasoner PROJECT OUTPUT     one JSON object a line, in both directions

→ {"do": "why", "query": "SELECT …", "row": {"x": "<https://example.org/ada>", "y": null}}
→ {"do": "doctor", "query": "SELECT …"}
← {"answer": {…}}   or   {"refused": "line 1, column 5: …"}   or   {"gone": true}: the project cannot be read
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from typing import Any

from colloquy.errors import ColloquyError, ProjectError
from colloquy.project import Project

MEMORY = 3 << 30
"""Bytes of address space."""


def main() -> None:
    """Answer requests until standard input closes."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    project = Project(sys.argv[1], output=sys.argv[2])
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_answered(project, json.loads(line))) + "\n")
        sys.stdout.flush()


def _answered(project: Project, request: dict[str, Any]) -> dict[str, Any]:
    try:
        if request["do"] == "why":
            return {"answer": project.why_of(request["query"], request["row"]).to_dict()}
        diagnosis = project.diagnose(request["query"])
        return {"answer": diagnosis.to_dict() if diagnosis else None}
    except ProjectError:  # its words name folders, and are nobody's else
        return {"gone": True}
    except ColloquyError as error:
        return {"refused": str(error)}
    except (RecursionError, MemoryError):
        return {"refused": "this query is too large to be explained"}


if __name__ == "__main__":
    main()
