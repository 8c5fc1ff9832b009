"""What all parts share: where things are, how colloquy and the other scripts are started."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .measure import REPOSITORY, Command, Progress, Series, interleaved, nothing, run

HERE = Path(__file__).parent
PROJECT = REPOSITORY / "docs" / "examples" / "rubyevents"
LARGE = 3  # rounds of what takes minutes
# What makes up a project, without what was built of it.
PARTS = ("colloquy.yaml", "ontology", "queries")


@dataclass(frozen=True)
class Bench:
    """One run of the benchmark: the data, a copy of the project, a place for what is made, how often, how large."""

    data: Path
    project: Path
    scratch: Path
    rounds: int
    size: int
    progress: Progress

    # --- what is measured ---------------------------------------------------------------------

    def check(self, data: Path | None = None, *, cache: bool = False) -> Command:
        """Check the facts; findings are no failure."""
        return Command(self._colloquy("check", data, cache), fine=(0, 1))

    def build(self, output: Path, data: Path | None = None, *, cache: bool = False) -> Command:
        """Build graph, store, Turtle and side index into a folder that is not there yet."""
        words = [*self._colloquy("build", data, cache), "--output", output, "--no-pages", "--keep-going"]
        return Command(words, lambda: remove(output), (0, 1), output / "manifest.json")

    def _colloquy(self, verb: str, data: Path | None, cache: bool) -> list[str | Path]:
        console = Path(sys.executable).parent / "colloquy"
        words: list[str | Path] = [console, verb, "--project", self.project, "--data", data or self.data]
        return words if cache else [*words, "--no-cache"]

    def script(self, name: str, *words: str | Path, makes: Path | None = None, peer: str = "") -> Command:
        """Start one of the scripts; `makes` is what it writes, `peer` the environment that it needs."""
        python = self.python(peer) if peer else Path(sys.executable)
        before = nothing if makes is None else lambda: remove(makes)
        return Command([python, "-m", f"tests.benchmarks.scripts.{name}", *words], before, makes=makes)

    def python(self, peer: str) -> Path:
        """Give the Python of a peer's environment, which `make bench` makes inside our own."""
        return Path(sys.prefix) / "peers" / peer / "bin" / "python"

    def prepare(self, name: str, *words: str | Path) -> None:
        """Run a script that makes something to measure with.  Raises FailedError where it cannot."""
        self.progress(f"{name}: preparing")
        run(self.script(name, *words), limit_seconds=1800)

    def measure(self, commands: Mapping[str, Command], *, large: bool = False) -> dict[str, Series]:
        """Measure commands in turn; `large` ones less often, and longer.

        Reasons of failures are told without this machine's paths.
        """
        rounds, limit = (min(LARGE, self.rounds), 3600) if large else (self.rounds, 900)
        series = interleaved(commands, rounds, self.progress, limit_seconds=limit, warm=not large)
        for one in series.values():
            for path in (self.scratch, self.data.parent, REPOSITORY, Path(sys.prefix)):
                one.failed = one.failed.replace(f"{path}/", "")
        return series

    # --- what it is measured with -------------------------------------------------------------

    def versions(self, python: Path, *names: str) -> str:
        """Name the versions of packages in an environment; empty where it is not there."""
        code = "import sys; from importlib.metadata import version\nfor n in sys.argv[1:]: print(n, version(n))"
        try:
            done = subprocess.run([python, "-c", code, *names], capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            return ""
        return ", ".join(done.stdout.splitlines())


@contextmanager
def workshop(folder: Path, project: Path) -> Iterator[Path]:
    """Give a folder with a copy of a project, and take all of it away in the end."""
    folder.mkdir(parents=True)
    try:
        for part in PARTS:
            source = project / part
            if source.is_dir():
                shutil.copytree(source, folder / "project" / part)
            elif source.exists():
                (folder / "project").mkdir(exist_ok=True)
                shutil.copy(source, folder / "project" / part)
        yield folder
    finally:
        remove(folder)


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
