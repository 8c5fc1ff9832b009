"""A project's folder, read: settings and ontology, fact files, and what comes of compiling and checking them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from colloquy import plain
from colloquy.cache import NO_CACHE, Cache, FileCache, MemoryCache
from colloquy.check import can_be_checked, check_facts
from colloquy.collector import without_collector
from colloquy.compiled import Compiled
from colloquy.deprecation import expire, today
from colloquy.errors import Finding, Place, UsageError, did_you_mean, printable
from colloquy.facts import fact_names, read_facts
from colloquy.foreign import check_mapping
from colloquy.hands import Hands
from colloquy.ontology import Ontology, read_ontology
from colloquy.parts import Source
from colloquy.progress import Progress
from colloquy.settings import FILE, Settings, read_settings

STATE = ".colloquy"


class Reading:
    """The part of a project that reads its folder."""

    def __init__(
        self, folder: str | Path, *, data: str | Path | None, cache: bool | MemoryCache, jobs: int = 1
    ) -> None:
        self.folder = Path(folder)
        if not self.folder.is_dir():
            raise UsageError(f"there is no folder {folder}")
        self._data = Path(data) if data else None
        self._cached, self.jobs = cache, jobs

    @cached_property
    def settings(self) -> Settings:
        """What `colloquy.yaml` says."""
        return read_settings(self.folder)

    @cached_property
    def ontology(self) -> Ontology:
        """What `ontology/*.ttl` says, frozen."""
        return read_ontology(self.folder / "ontology", self.folder)

    def roots(self) -> list[Path]:
        """List the folders of facts; `data` stands in for the first."""
        roots = [self.folder / name for name in self.settings.facts]
        return [self._data, *roots[1:]] if self._data else roots

    def _paths(self) -> list[tuple[str, Path, str]]:
        """List the fact files: how the folder of each is shown, the folder, and the path in it."""
        folders = [(self._shown(root), root) for root in self.roots()]
        return [(shown, root, name) for shown, root in folders for name in fact_names(root)]

    def _texts(
        self, paths: Iterable[tuple[str, Path, str]] | None = None, cache: FileCache | None = None
    ) -> Iterator[Source]:
        """Give the fact files; those of which a cache knows the digest are not read."""
        for shown, root, name in self._paths() if paths is None else paths:
            file = f"{root}/{name}"
            yield Source(shown + name, None, name, file=file, digest=cache.glance(shown + name, file) if cache else "")

    def _shown(self, root: Path) -> str:
        """Give what stands before the names of a folder's files: its path below the project, or its own name."""
        try:
            below = root.relative_to(self.folder).as_posix()
        except ValueError:
            below = root.name
        return "" if below == "." else f"{below}/"

    def compile(
        self,
        texts: Iterable[Source | tuple[str, bytes]] | None = None,
        *,
        with_rows: bool = True,
        progress: Progress | None = None,
    ) -> Compiled:
        """Read the facts, draw the conclusions and check them; never raises for what is in the facts.

        Without rows, files that are known from an earlier run are not read again, as long as no shape
        needs more than that, and the result is of use for its findings alone.
        """
        with without_collector():
            return self._compile(texts, with_rows, progress or Progress())

    def _compile(
        self, texts: Iterable[Source | tuple[str, bytes]] | None, with_rows: bool, progress: Progress
    ) -> Compiled:
        settings, ontology = self.settings, self.ontology  # of what is missing, the settings are said first
        cache: FileCache | MemoryCache | None = None
        if isinstance(self._cached, MemoryCache):
            cache = self._cached
            cache.begin(ontology, settings)
        elif self._cached:
            cache = FileCache(self._cache_folder, ontology, settings, wants_rows=with_rows)
        paths = self._paths() if texts is None else []
        progress.stage("reading", len(paths))
        read = self._texts(paths, cache if isinstance(cache, FileCache) else None) if texts is None else texts
        hands = Hands(self.folder, self.jobs) if self.jobs > 1 else None
        try:
            facts = read_facts(read, ontology, settings, cache or NO_CACHE, progress, hands)
        finally:
            if hands:
                hands.dismiss()
        if not with_rows and not can_be_checked(facts, ontology):
            return self._compile(texts, True, progress)
        progress.stage("checking")
        compiled = Compiled(facts, ontology, (), self._inputs(facts.digests))
        findings = {*ontology.findings, *check_mapping(settings.mapping, ontology), *facts.findings}
        findings.update(check_facts(facts, lambda: compiled.graph, ontology, cache or NO_CACHE))
        findings.update(self._missing_questions())
        findings.update(self._wrong_questions(cache or NO_CACHE))
        compiled.findings = tuple(sorted(expire(findings, today()) if ontology.changes else findings))
        if cache and texts is None:
            cache.save(facts)
        return compiled

    @property
    def _cache_folder(self) -> Path:
        """Where what was compiled is kept: a folder for each place of facts."""
        where = "\0".join(root.resolve().as_posix() for root in self.roots())
        return self.folder / STATE / "cache" / hashlib.sha256(where.encode()).hexdigest()[:12]

    def _missing_questions(self) -> Iterable[Finding]:
        known = {path.stem for path in (self.folder / "queries").glob("*.rq")}
        for name in self.settings.start:
            if name not in known:
                hint = did_you_mean(name, known) or "take it out of `start`, or write that question"
                message = f"`start` names {printable(name)}, but there is no queries/{printable(name)}.rq"
                yield Finding(Place(FILE, 0, 0), "error", "no-question", message, hint)

    def _wrong_questions(self, cache: Cache) -> list[Finding]:
        """Say what is wrong with the questions; of the very same ones it is known what was said the last time."""
        from colloquy.store import project_prefixes

        folder, prefixes = self.folder / "queries", project_prefixes(self.settings.base, self.ontology.prefixes)
        made = hashlib.sha256(repr(prefixes).encode())
        for path in sorted(folder.glob("*.rq")):
            made.update(f"\0{path.name}\0".encode() + path.read_bytes())
        if (rows := cache.recall("questions", made.hexdigest())) is not None:
            return plain.findings(rows)
        from colloquy.query import check_questions

        found = check_questions(folder, prefixes)
        cache.remember("questions", made.hexdigest(), plain.of_findings(found))
        return found

    def inputs(self) -> dict[str, str]:
        """Give the SHA-256 of everything that a build is made of: settings, ontology, facts, questions."""
        return self._inputs({source.name: source.digest for source in self._texts()})

    def _inputs(self, facts: Mapping[str, str]) -> dict[str, str]:
        own = [self.folder / FILE, *sorted((self.folder / "queries").glob("*.rq"))]
        digests = {p.relative_to(self.folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in own}
        return {**facts, **digests, "ontology": self.ontology.digest}

    @cached_property
    def compiled(self) -> Compiled:
        """The facts as they are now, read once for this object."""
        return self.compile()

    def read(self, progress: Progress | None = None) -> Compiled:
        """Give the facts as `compiled` does, telling how far the reading is."""
        if "compiled" not in self.__dict__:
            self.__dict__["compiled"] = self.compile(progress=progress)
        return self.compiled

    def checked(self, progress: Progress | None = None) -> Compiled:
        """Give the facts as far as checking needs them: of what is known from an earlier run, no statements.

        Where a shape needs more, all of it is read.
        """
        if "compiled" in self.__dict__:
            return self.compiled
        return self.compile(with_rows=False, progress=progress)

    def check(self, files: Iterable[str | Path] = (), progress: Progress | None = None) -> list[Finding]:
        """Check the facts, or some files of them, and give all findings, sorted by place.

        A file outside the folder of facts is judged as if it stood in it.  Raises UsageError for a
        file that cannot be read.
        """
        wanted = [Path(f) for f in files]
        if not wanted:
            return list(self.checked(progress).findings)
        texts = {source.name: source for source in self._texts()}
        own = {(root / name).resolve(): shown + name for shown, root, name in self._paths()}
        names = set()
        for path in wanted:
            name = own.get(path.resolve(), path.as_posix())
            if path.suffix == ".ttl":  # a part of the ontology: its findings are there already
                names.add(_below(path, self.folder))
                continue
            if not path.exists() and (self.folder / path).exists():
                path = self.folder / path  # named from the project, whatever folder one is in
                name = own.get(path.resolve(), path.as_posix())
            try:
                below = texts[name].path if name in texts else name
                texts[name] = Source(name, path.read_bytes(), below)
            except OSError as error:
                raise UsageError(f"{path}: {error.strerror}") from None
            names.add(name)
        findings = self.compile(texts.values(), progress=progress).findings
        return [f for f in findings if names & {f.place.file, *(place.file for place in f.related)}]


def _below(path: Path, folder: Path) -> str:
    """Name a path as the ontology's findings do: below the project, where it lies there."""
    try:
        return path.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        return path.name
