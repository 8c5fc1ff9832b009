"""What is found in one file, collected: the first of every kind is listed, the others are counted."""

from __future__ import annotations

from collections import Counter
from typing import TypeAlias

from colloquy.errors import Finding, Place, Severity

MOST_ALIKE = 20
"""So many findings of one kind are listed for a file; the others are counted."""

At: TypeAlias = tuple[int, int]  # line and column, from 1


class Findings:
    """The findings of one file: the first of every kind, and how many there were."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Finding] = []
        self.counts: Counter[str] = Counter()

    def make(self, severity: Severity, code: str, at: At, message: str, hint: str = "", *see: At) -> Finding:
        return Finding(Place(self.file, *at), severity, code, message, hint, tuple(Place(self.file, *s) for s in see))

    def add(self, finding: Finding) -> None:
        self.counts[finding.code] += 1
        if self.counts[finding.code] <= MOST_ALIKE + 1:
            self.found.append(finding)

    def error(self, code: str, at: At, message: str, hint: str = "", *see: At) -> None:
        self.add(self.make("error", code, at, message, hint, *see))

    def warn(self, code: str, at: At, message: str, hint: str = "") -> None:
        self.add(self.make("warning", code, at, message, hint))

    def take(self, other: Findings, lines: range | None = None) -> None:
        """Take over another list's findings: all of them, or those on the given lines."""
        taken = [f for f in other.found if lines is None or f.place.line in lines]
        self.found += taken
        self.counts += other.counts if lines is None else Counter(f.code for f in taken)

    def listed(self) -> list[Finding]:
        """Give the findings sorted by place, with `and N more like this` for what is left out."""
        shown: list[Finding] = []
        seen: Counter[str] = Counter()
        for finding in sorted(self.found):
            seen[finding.code] += 1
            more = self.counts[finding.code] - MOST_ALIKE
            if seen[finding.code] <= MOST_ALIKE or more == 1:
                shown.append(finding)
            elif seen[finding.code] == MOST_ALIKE + 1:
                shown.append(Finding(finding.place, finding.severity, finding.code, f"and {more} more like this"))
        return shown
