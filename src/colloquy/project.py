"""A colloquy project, from its YAML lines to its answers: read this file first.

The whole story in order: settings and ontology are read; facts become statements, each with its
place; the closure follows from them; checks find what is wrong; a build writes the dataset, the
store, the network and the pages as one generation; questions are asked of that generation, and
every answer says why.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from colloquy import generation
from colloquy.check import check_facts
from colloquy.errors import Finding, Place, UsageError
from colloquy.facts import Facts, fact_files, read_facts
from colloquy.index import TripleIndex
from colloquy.infer import closure
from colloquy.ontology import Ontology, read_ontology
from colloquy.settings import FILE, Settings, read_settings
from colloquy.sources import Proof, prove_phrases

STATE = ".colloquy"
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Compiled:
    """The facts of a project after reading: entries and statements, their closure, all findings."""

    facts: Facts
    graph: TripleIndex
    findings: tuple[Finding, ...]
    inputs: Mapping[str, str]

    @property
    def errors(self) -> list[Finding]:
        """The findings that stop a build."""
        return [f for f in self.findings if f.severity == "error"]


@dataclass(frozen=True)
class Built:
    """What a build made: where, of which digest, and how much of everything."""

    output: Path
    digest: str
    counts: Mapping[str, int]
    findings: tuple[Finding, ...]
    seconds: Mapping[str, float] = field(default_factory=dict)


class Project:
    """A folder with `colloquy.yaml`, an ontology, facts and questions.

    >>> Project("no/such/folder")
    Traceback (most recent call last):
    ...
    colloquy.errors.UsageError: there is no folder no/such/folder

    `data` replaces the folder of facts, `output` the folder that a build makes.
    """

    def __init__(self, folder: str | Path = ".", *, data: str | Path | None = None, output: str | Path | None = None):
        self.folder = Path(folder)
        if not self.folder.is_dir():
            raise UsageError(f"there is no folder {folder}")
        self._data = Path(data) if data else None
        self.output = Path(output) if output else self.folder / "output"

    # --- reading ----------------------------------------------------------------------------

    @cached_property
    def settings(self) -> Settings:
        """What `colloquy.yaml` says."""
        return read_settings(self.folder)

    @cached_property
    def ontology(self) -> Ontology:
        """What `ontology/*.ttl` says, frozen."""
        return read_ontology(self.folder / "ontology", self.folder)

    def _texts(self) -> list[tuple[str, bytes]]:
        root = self._data or self.folder / self.settings.facts
        return [(self._shown(path, root), path.read_bytes()) for path in fact_files(root)]

    def _shown(self, path: Path, root: Path) -> str:
        """Give the name by which a fact file is known: below the project, or below its own root."""
        try:
            return path.relative_to(self.folder).as_posix()
        except ValueError:
            return f"{root.name}/{path.relative_to(root).as_posix()}"

    def compile(self, texts: Iterable[tuple[str, bytes]] | None = None) -> Compiled:
        """Read the facts, draw the conclusions and check them; never raises for what is in the facts."""
        read = list(self._texts() if texts is None else texts)
        facts = read_facts(read, self.ontology, self.settings)
        graph = closure((s.triple for s in facts.statements), self.ontology.rules)
        findings = {*self.ontology.findings, *facts.findings, *check_facts(facts, graph, self.ontology)}
        inputs = {name: hashlib.sha256(data).hexdigest() for name, data in read}
        inputs[FILE] = hashlib.sha256((self.folder / FILE).read_bytes()).hexdigest()
        inputs["ontology"] = self.ontology.digest
        for name in ("*.rq",):
            for path in sorted((self.folder / "queries").glob(name)):
                inputs[f"queries/{path.name}"] = hashlib.sha256(path.read_bytes()).hexdigest()
        return Compiled(facts, graph, tuple(sorted(findings)), inputs)

    @cached_property
    def compiled(self) -> Compiled:
        """The facts as they are now, read once for this object."""
        return self.compile()

    def check(self, files: Iterable[str | Path] = ()) -> list[Finding]:
        """Check the facts, or some files of them, and give all findings, sorted by place.

        A file outside the folder of facts is judged as if it stood in it.  Raises UsageError for a
        file that cannot be read.
        """
        wanted = [Path(f) for f in files]
        if not wanted:
            return list(self.compiled.findings)
        texts = dict(self._texts())
        root = self._data or self.folder / self.settings.facts
        own = {path.resolve(): self._shown(path, root) for path in fact_files(root)}
        names = set()
        for path in wanted:
            name = own.get(path.resolve(), path.as_posix())
            try:
                texts[name] = path.read_bytes()
            except OSError as error:
                raise UsageError(f"{path}: {error.strerror}") from None
            names.add(name)
        return [f for f in self.compile(texts.items()).findings if f.place.file in names]

    def prove(self, sources: str | Path) -> Proof:
        """Prove every locating phrase against the source texts in a folder."""
        return prove_phrases(self.compiled.facts, Path(sources))

    # --- building ---------------------------------------------------------------------------

    def build(self, progress: Progress = lambda _: None) -> Built:
        """Make a new generation of the output folder: all of it, or nothing.

        Raises FactsError with all findings where the facts have errors, BusyError where another
        build goes on for too long, ProjectError where the output cannot be written.
        """
        from colloquy.building import build  # the libraries that draw and write are dear to import

        state = self.folder / STATE
        with generation.lock(state, waiting=progress):
            self.__dict__.pop("compiled", None)
            return build(self, state, progress)

    def verify(self) -> list[Finding]:
        """Compare the output folder with its manifest, and the store with `graph.nq`; empty if sound."""
        return verify_output(self.output)

    def stale(self) -> list[str]:
        """Name the inputs that changed since the output was built; empty where it is up to date."""
        before = generation.read_manifest(self.output).inputs
        now = self.compiled.inputs
        return sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))


def verify_output(output: Path) -> list[Finding]:
    """Compare an output folder with its manifest, and its store with `graph.nq`; empty if sound."""
    from colloquy.store import GRAPH_FILE, check_store

    findings = generation.verify(output)
    if not findings:
        differs = generation.read_whole(output, check_store)
        if differs:
            findings.append(Finding(Place(GRAPH_FILE, 0, 0), "error", "store-differs", differs, "build again"))
    return findings
