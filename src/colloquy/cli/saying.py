"""Prints for the commands: lines, counts, findings and stages."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from colloquy.errors import Finding

if TYPE_CHECKING:
    from colloquy.progress import Progress

MANY = 20
"""Findings beyond which a line sums them up by kind."""


def say(text: str) -> None:
    """Print a line on standard output."""
    sys.stdout.write(text + "\n")


def note(text: str) -> None:
    """Print a line on standard error."""
    sys.stderr.write(text + "\n")


def count(number: int, thing: str, many: str = "") -> str:
    """Give a number with its noun.

    >>> count(1, "entry", "entries"), count(2_000, "node")
    ('1 entry', '2,000 nodes')
    """
    return f"{number:,} {thing if number == 1 else many or thing + 's'}"


def print_findings(findings: Iterable[Finding]) -> None:
    """Print findings, one a line."""
    for finding in findings:
        say(str(finding))


def print_kinds(findings: Iterable[Finding]) -> None:
    """Say in one line of which kinds findings are, where there are too many to see."""
    kinds = Counter(f.code for f in findings)
    if kinds.total() > MANY:
        say(", ".join(f"{number:,} {code}" for code, number in sorted(kinds.items(), key=lambda k: (-k[1], k[0]))))


def print_stages(progress: Progress) -> None:
    """Print on standard error how long every stage took."""
    for name, seconds, processor in progress.stages:
        note(f"{seconds:8.2f} s  {processor:8.2f} s of processor  {name}")
