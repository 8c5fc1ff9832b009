"""One state of a project: a folder, or a revision of the git repository that a folder stands in."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from colloquy.compiled import Compiled
from colloquy.errors import UsageError, printable
from colloquy.ontology import Ontology
from colloquy.reading import Reading
from colloquy.settings import FILE, Settings
from colloquy.store import project_prefixes


@dataclass
class State:
    """A project as it is, or was: what differs from another is asked of it."""

    name: str
    reading: Reading

    @property
    def ontology(self) -> Ontology:
        """Its ontology."""
        return self.reading.ontology

    @property
    def settings(self) -> Settings:
        """Its settings."""
        return self.reading.settings

    @cached_property
    def compiled(self) -> Compiled:
        """Its facts."""
        return self.reading.compile()

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """The prefixes by which its terms are shown."""
        return project_prefixes(self.settings.base, self.ontology.prefixes)


@contextmanager
def opened(name: str, project: Path) -> Iterator[State]:
    """Open a state: a folder with a project, or a revision (`HEAD~1`, `v1.2`) of the project's repository.

    A revision is unpacked into a temporary folder.  Raises UsageError for what is neither.
    """
    if Path(name).is_dir():
        if not (Path(name) / FILE).exists():
            raise UsageError(f"the folder {printable(name)} holds no {FILE} — name a project, or a git revision")
        yield State(name, Reading(name, data=None, cache=False))
        return
    data = _archive(name, project)
    with tempfile.TemporaryDirectory(prefix="colloquy-") as folder:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            if hasattr(tarfile, "data_filter"):  # from Python 3.11.4; git itself archives no path that leads out
                archive.extraction_filter = tarfile.data_filter
            archive.extractall(folder)
        if not (Path(folder) / FILE).exists():
            raise UsageError(f"in {printable(name)} there is no {FILE} at this place — name a later revision")
        yield State(name, Reading(folder, data=None, cache=False))


def _archive(revision: str, project: Path) -> bytes:
    """Give a project's folder at a revision, as a tar file."""
    known = f"{printable(revision)} is no folder, and no revision of the project's git repository"
    if revision.startswith("-"):
        raise UsageError(f"{known} — name one, such as HEAD~1")
    try:
        done = subprocess.run(
            ["git", "archive", "--format=tar", revision, "--", "."], cwd=project, capture_output=True, check=False
        )
    except FileNotFoundError:
        raise UsageError(f"{printable(revision)} is no folder, and git is not there to ask for a revision") from None
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        said = printable(lines[0].removeprefix("fatal: "), 200) if lines else "git gives no reason"
        raise UsageError(f"{known} ({said}) — name one, such as HEAD~1")
    return done.stdout
