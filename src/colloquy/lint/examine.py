"""Runs every check on an ontology, and puts what is found at its line and column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from colloquy.errors import Finding, ProjectError, UsageError, did_you_mean
from colloquy.lint.alignment import check_alignment
from colloquy.lint.case import Case, Check
from colloquy.lint.clashes import check_class_names, check_ids, check_keys, check_labels
from colloquy.lint.constraints import check_constraints
from colloquy.lint.idle import check_idle
from colloquy.lint.looks import check_contrast, check_distances, check_unseen, check_values
from colloquy.lint.reasoner import reason
from colloquy.lint.rings import check_chains, check_rings, check_shape_rings
from colloquy.lint.roles import check_links, check_roles
from colloquy.lint.satisfiable import check_classes, check_properties, check_shapes
from colloquy.lint.spelling import check_spelling
from colloquy.lint.stories import check_ends, check_kinds
from colloquy.lint.values import check_literals, check_several
from colloquy.lint.wording import check_placeholders, check_sentences, check_words
from colloquy.ontology import Ontology
from colloquy.settings import Settings
from colloquy.turtle.reading import read_turtle, turtle_files

CHECKS: tuple[Check, ...] = (
    check_words, check_sentences, check_placeholders,
    check_kinds, check_ends, check_roles, check_links,
    check_classes, check_shapes, check_properties,
    check_rings, check_chains, check_shape_rings,
    check_class_names, check_labels, check_keys, check_ids,
    check_contrast, check_distances, check_unseen, check_values,
    check_alignment, check_idle,
    check_spelling, check_several, check_literals, check_constraints,
)  # fmt: skip
"""What is asked of every ontology, beside what `check` asks and a reasoner says."""


@dataclass(frozen=True)
class Linted:
    """All findings, sorted by place; `consistency` says in words what a reasoner found, or why it was not asked."""

    findings: tuple[Finding, ...]
    consistency: str
    files: int

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that are errors."""
        return tuple(f for f in self.findings if f.severity == "error")


def lint(
    project: Path, ontology: Ontology, settings: Settings, files: Iterable[str | Path] = (), *, reasoner: bool = True
) -> Linted:
    """Examine the ontology of a project's folder; with `files`, tell what stands in these, or has to do with them.

    The findings that every reading has come too, at the line and column of the axiom.  Raises UsageError for a
    file that is not of the ontology, ProjectError where the ontology is no longer the one that was read.
    """
    folder = project / "ontology"
    wanted = {_name(Path(file), project) for file in files}
    origin, _, digest = read_turtle(folder, project)
    if digest != ontology.digest:
        raise ProjectError("the ontology changed while it was read — ask again")
    case = Case(ontology, settings, origin, dict(turtle_files(folder, project)))
    found = {f if f.place.line else replace(f, place=case.place_in(f.place.file)) for f in ontology.findings}
    for check in CHECKS:
        found.update(check(case))
    reasoned = reason(case) if reasoner else None
    if reasoned:
        # Of one class, what is known without a reasoner says more.
        known = {f.place for f in found if f.code == "unsatisfiable-class"}
        found.update(f for f in reasoned.findings if f.place not in known)
    if unknown := sorted(wanted - case.texts.keys()):
        raise UsageError(f"{unknown[0]} is no file of the ontology — {did_you_mean(unknown[0], case.texts)}")
    if wanted:
        found = {f for f in found if wanted & {place.file for place in (f.place, *f.related)}}
    words = reasoned.words if reasoned else "not checked (not asked for)"
    return Linted(tuple(sorted(found)), words, len(wanted) or len(case.texts) - 1)


def _name(file: Path, project: Path) -> str:
    """Name a file as findings do: from the project's folder, whatever folder one is in."""
    path = file if file.exists() else project / file
    try:
        return path.resolve().relative_to(project.resolve()).as_posix()
    except ValueError:
        return file.as_posix()
