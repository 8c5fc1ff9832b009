"""What differs between two states of a project: ontology and facts, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from colloquy.change.entries import Altered, diff_entries
from colloquy.change.states import opened
from colloquy.change.terms import ORDER, Comparison, Difference


@dataclass(frozen=True)
class Diff:
    """All differences; the ontology's are sorted by what they do to others, the breaking ones first."""

    old: str
    new: str
    ontology: tuple[Difference, ...]
    facts: tuple[Altered, ...]

    @property
    def breaks(self) -> bool:
        """Whether something breaking is among it."""
        return any(d.severity == "breaking" for d in self.ontology)

    def __str__(self) -> str:
        lines = [f"ontology: {_counted((d.severity for d in self.ontology), ORDER)}"]
        lines += [str(d) for d in self.ontology]
        lines.append(f"facts: {_counted((a.kind for a in self.facts), ('added', 'removed', 'renamed', 'changed'))}")
        return "\n".join([*lines, *map(str, self.facts)])

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain values, as `--format json` prints it."""
        return {
            "old": self.old,
            "new": self.new,
            "breaking": self.breaks,
            "ontology": [
                {"class": d.severity, "kind": d.kind, "term": d.term[1:-1], "words": d.words, "why": d.why}
                for d in self.ontology
            ],
            "facts": [
                {
                    "kind": a.kind, "id": a.id, "name": a.name, "before": a.before or None,
                    "file": a.place.file, "line": a.place.line,
                    "statements": [{"sign": sign, "sentence": sentence} for sign, sentence in a.lines],
                }
                for a in self.facts
            ],
        }  # fmt: skip


def _counted(kinds: Iterable[str], order: tuple[str, ...]) -> str:
    counts = Counter(kinds)
    return ", ".join(f"{counts[kind]:,} {kind}" for kind in order if counts[kind]) or "no difference"


def diff(old: str, new: str, project: Path) -> Diff:
    """Compare two states, each a folder or a git revision of the project.

    Raises UsageError for what is neither; ProjectError for an ontology or settings that cannot be read.
    """
    with opened(old, project) as before, opened(new, project) as after:
        prefixes = {**before.prefixes, **after.prefixes}
        ontology = Comparison(before.ontology, after.ontology, prefixes).all()
        return Diff(old, new, tuple(ontology), tuple(diff_entries(before, after)))
