"""What the doctor says: the part that fails, the cause, and repairs that have been run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from colloquy.errors import printable

CAUSES = {
    "unknown-term": "a name that stands nowhere in the graph",
    "reversed-direction": "a property that is read the wrong way round",
    "wrong-class": "a class whose things have no such properties",
    "wrong-property": "a property that belongs to other things, a step away or under another name",
    "language-tag": "a text with the wrong language tag, with one too many, or without one",
    "datatype": "a value of another datatype than the data has there",
    "reference-as-text": "a thing compared with a text",
    "wrong-case": "a text in other letters than the data has: capitals, accents, spelling",
    "narrow-filter": "a condition that lets nothing through",
    "wrong-graph": "a pattern that is looked for in another graph than it stands in",
    "unbound-variable": "a filter on a variable that nothing gives a value",
    "takes-all-away": "MINUS or NOT EXISTS that every row meets",
    "absent": "what the data does not say",
}
"""Every cause by its code, with what it means."""


@dataclass(frozen=True)
class Culprit:
    """The smallest part of a query that fails: its text, and where it begins, from 1.

    Where several conditions hold alone and never together, `text` has all of them, and the place is
    that of the first one that a change would be made at.
    """

    text: str
    line: int
    column: int


@dataclass(frozen=True)
class Repair:
    """A whole query that has been run and gives rows: its text, what was changed, and how many rows."""

    query: str
    words: str
    rows: int


@dataclass(frozen=True)
class Diagnosis:
    """Why a query gives nothing.

    - `part`: the smallest part that fails, or None where the doctor ran out of time before it knew;
    - `cause`: a code of `CAUSES`, and `words`: the same for people;
    - `repairs`: queries that were run and give rows, the likeliest first; none where the data does
      not say what was asked;
    - `probes`, `seconds`: how many queries the doctor asked, and how long that took.
    """

    part: Culprit | None
    cause: str
    words: str
    repairs: tuple[Repair, ...] = ()
    probes: int = field(default=0, compare=False)
    seconds: float = field(default=0.0, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Give all of it as plain values, for JSON."""
        part = None
        if self.part is not None:
            part = {"text": self.part.text, "line": self.part.line, "column": self.part.column}
        repairs = [{"query": r.query, "words": r.words, "rows": r.rows} for r in self.repairs]
        return {"part": part, "cause": self.cause, "words": self.words, "repairs": repairs}

    def __str__(self) -> str:
        at = f"{self.part.line}:{self.part.column}: " if self.part else ""
        lines = [f"query:{at}{self.words} [{self.cause}]" if at else f"query: {self.words} [{self.cause}]"]
        if self.part:
            lines.append(f"  fails: {printable(' '.join(self.part.text.split()), 300)}")
        for number, repair in enumerate(self.repairs):
            rows = f"{repair.rows:,} row{'' if repair.rows == 1 else 's'}"
            lines.append(f"  {'or' if number else 'repair'}: {repair.words} — gives {rows}")
            if not number:
                lines += [f"    {line}".rstrip() for line in repair.query.strip().splitlines()]
        return "\n".join(lines)
