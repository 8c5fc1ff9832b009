"""Reads `tests/faults/*.yaml`: queries with one seeded fault each, and queries for what is not there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Fault:
    """A query that gives nothing, the cause, and the query that was meant; none where the cause is `absent`."""

    name: str
    graph: str
    cause: str
    query: str
    working: str


def read_faults(file: Path) -> list[Fault]:
    """Read one file of faults."""
    entries = yaml.safe_load(file.read_text(encoding="utf-8"))
    return [Fault(str(e["id"]), e["graph"], e["cause"], e["query"], e.get("original") or "") for e in entries]
