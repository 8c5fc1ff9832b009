"""Applies the declared changes to facts and questions: all of it, proved by the rows of every question, or nothing."""

from __future__ import annotations

import difflib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from colloquy.asking import Asking
from colloquy.change.facts import Plan
from colloquy.change.questions import migrated, still_named
from colloquy.deprecation import OVERDUE
from colloquy.errors import FactsError, ProjectError, UsageError, printable
from colloquy.mapping import rule_for
from colloquy.query import Answer
from colloquy.settings import FILE
from colloquy.terms import Term, is_iri, literal_parts

Ask = Callable[[Path, Path], Asking]
"""Builds the project of a folder into another one, and gives it to be asked."""


@dataclass(frozen=True)
class Migrated:
    """What a migration changed, or would: each file with its text before and after.

    `rows` are how many rows each question gave before, and after; `kept` the questions that stay as they
    are, since in the new terms they would give other rows; `naming` those that still name an old term where
    no path can stand (in a filter, or among values), with these terms.
    """

    files: Mapping[Path, tuple[str, str]]
    rows: Mapping[str, tuple[int, int]]
    kept: tuple[str, ...]
    naming: Mapping[str, tuple[Term, ...]] = field(default_factory=dict)

    def diff(self, folder: Path) -> str:
        """Give the changes as a unified diff."""
        pieces: list[str] = []
        for path, (before, after) in self.files.items():
            name = os.path.relpath(path, folder).replace(os.sep, "/")
            old, new = (text.splitlines(keepends=True) for text in (before, after))
            lines = difflib.unified_diff(old, new, f"a/{name}", f"b/{name}")
            pieces += [line if line.endswith("\n") else line + "\n\\ No newline at end of file\n" for line in lines]
        return "".join(pieces)


def migrate(project: Asking, build: Ask, *, dry_run: bool = False) -> Migrated:
    """Write facts and questions in the terms that replace deprecated ones.

    Files that a mapping reads are never touched.  First all is made in a folder of its own, and every
    question is asked there and here; only where the rows are the same are the files replaced.  Raises
    FactsError for facts with errors, and for values that no rule can change, ProjectError where a question
    would give other rows; then nothing is changed.
    """
    compiled = project.compile()
    if errors := [f for f in compiled.errors if f.code != OVERDUE]:
        raise FactsError(errors)
    ontology, settings = project.ontology, project.settings
    if not ontology.changes:
        return Migrated({}, {}, ())
    plan = Plan(ontology, compiled.facts.directory)
    paths: dict[str, Path] = {}
    for shown, root, name in project._paths():
        if rule_for(settings.mapping, name) is None:
            paths[shown + name] = root / name
            plan.take(shown + name, (root / name).read_bytes())
    facts = {paths[name].resolve(): pair for name, pair in plan.changed().items()}
    if plan.problems:
        raise FactsError(sorted(plan.problems))
    questions: dict[Path, tuple[str, str]] = {}
    naming: dict[str, tuple[Term, ...]] = {}
    for path in sorted((project.folder / "queries").glob("*.rq")):
        text = path.read_bytes().decode("utf-8")
        new = migrated(text, ontology, project.prefixes, settings.language)
        if new != text:
            questions[path.resolve()] = (text, new)
        if left := still_named(new, ontology, project.prefixes):
            naming[path.stem] = tuple(left)
    if not facts and not questions:
        return Migrated({}, {}, (), naming)
    rows, kept = _prove(project, facts, questions, build)
    files = {**facts, **{path: pair for path, pair in questions.items() if path.stem not in kept}}
    if not dry_run:
        _replace(files)
    return Migrated(files, rows, tuple(sorted(kept)), {n: t for n, t in naming.items() if n not in kept})


def _prove(
    project: Asking, facts: Mapping[Path, tuple[str, str]], questions: Mapping[Path, tuple[str, str]], build: Ask
) -> tuple[dict[str, tuple[int, int]], set[str]]:
    """Ask every question before and after; give the numbers of rows, and the questions that have to stay."""
    same = _Same(project)
    with tempfile.TemporaryDirectory(prefix="colloquy-") as folder:
        old, new = Path(folder, "old"), Path(folder, "new")
        _copy(project, old, {})
        _copy(project, new, facts)
        before, after = build(old, Path(folder, "old-output")), build(new, Path(folder, "new-output"))
        counts: dict[str, tuple[int, int]] = {}
        kept: set[str] = set()
        try:
            for question in before.questions():
                rows = before.query(question.name)
                own = (project.folder / "queries" / question.path.name).resolve()
                asked = new / "queries" / question.path.name
                if own in questions:
                    asked.write_bytes(questions[own][1].encode())
                again = after.query(question.name)
                if own in questions and not same(rows, again):
                    asked.write_bytes(questions[own][0].encode())
                    again = after.query(question.name)
                    kept.add(question.name)
                if not same(rows, again):
                    raise ProjectError(
                        f"nothing was changed: queries/{own.name} gives {len(rows)} rows now, and {len(again)} or other"
                        " ones afterwards — write it so that it does not depend on the old term, and try again"
                    )
                counts[question.name] = (len(rows), len(again))
        finally:
            for one in (before, after):
                one.engine().close()
    return counts, kept


class _Same:
    """Tells whether two answers are the same; where values are written otherwise now, by what they say."""

    def __init__(self, project: Asking) -> None:
        self.converted = [c for c in project.ontology.changes.values() if c.converts]

    def __call__(self, one: Answer, other: Answer) -> bool:
        rows = [sorted(tuple(map(self.value, row)) for row in answer.rows) for answer in (one, other)]
        return one.columns == other.columns and bool(one) == bool(other) and rows[0] == rows[1]

    def value(self, term: Term | None) -> str:
        if term is None or is_iri(term) or not self.converted or not term.startswith('"'):
            return term or ""
        text = literal_parts(term).lexical
        for change in self.converted:
            text = change.written(text)
        return text


def _copy(project: Asking, folder: Path, facts: Mapping[Path, tuple[str, str]]) -> None:
    """Lay the project out in another folder, with other texts in the place of some facts."""
    (folder / "queries").mkdir(parents=True)
    shutil.copy(project.folder / FILE, folder / FILE)
    shutil.copytree(project.folder / "ontology", folder / "ontology")
    for path in (project.folder / "queries").glob("*"):
        if path.is_file():
            shutil.copy(path, folder / "queries")
    for name in project.settings.facts:
        (folder / name).mkdir(parents=True, exist_ok=True)
    for (_, root, name), at in zip(project._paths(), _targets(project, folder), strict=True):
        at.parent.mkdir(parents=True, exist_ok=True)
        made = facts.get((root / name).resolve())
        if made is not None:
            at.write_bytes(made[1].encode())
            continue
        try:
            at.symlink_to((root / name).resolve())
        except OSError:  # systems on which that takes a privilege
            shutil.copy(root / name, at)


def _targets(project: Asking, folder: Path) -> Iterable[Path]:
    names = dict(zip(project.roots(), project.settings.facts, strict=True))
    return (folder / names[root] / name for _, root, name in project._paths())


def _replace(files: Mapping[Path, tuple[str, str]]) -> None:
    """Replace all files, or none: whatever goes wrong, those replaced already are put back."""
    parts: dict[Path, Path] = {}
    done: list[Path] = []
    try:
        for path, (before, after) in files.items():
            if path.read_bytes() != before.encode():
                raise UsageError(f"{printable(str(path))} was changed meanwhile: nothing was written — run it again")
            part = parts[path] = path.with_name(f".{path.name}.{os.getpid()}")
            part.write_bytes(after.encode())
            shutil.copymode(path, part)
        for path, part in parts.items():
            done.append(path)
            part.replace(path)
    except BaseException:
        for path in done:
            path.write_bytes(files[path][0].encode())
        raise
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)
