"""What an answer was asked of, as, and when: a citation that others can check and ask again.

A citation carries the query with its prefixes and values, the digest of the generation that was asked,
the versions of the programs, the date, and the SHA-256 of the rows (as `--format tsv` writes them).  So
it needs no project to be understood, and `colloquy rerun` proves it where the generation is still there.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from importlib.metadata import version
from pathlib import Path
from typing import Any

from colloquy import generation
from colloquy.errors import ColloquyError, ProjectError, UsageError, printable
from colloquy.sparql import read_query
from colloquy.terms import Term

FORM = 1
"""The form of the JSON that is written; `from_dict` reads this one."""
ENGINE = "pyoxigraph"
_CHANGING = {
    **dict.fromkeys(("NOW", "RAND", "UUID", "STRUUID"), "gives something else every time"),
    **dict.fromkeys(("SAMPLE", "GROUP_CONCAT"), "may take values in another order in another engine"),
}
_SHA256 = re.compile(r"[0-9a-f]{64}")
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_VERSION = re.compile(r"[\w. -]+ [\w.+!-]+", re.ASCII)


class CitationError(ColloquyError):
    """An answer is not what its citation says, or what it was asked of is not here."""

    exit_code = 1


@dataclass(frozen=True)
class Origin:
    """What an answer was asked of and as: all that its citation needs beside its rows."""

    query: str
    values: Mapping[str, Term]
    prefixes: Mapping[str, str]
    words: str
    """The question in words; empty where it has none."""
    project: str
    base: str
    folder: Path
    """The folder of the generation."""
    generation: str
    """Its digest; empty of a store elsewhere, which says none."""


@dataclass(frozen=True)
class Citation:
    """A citation of the answer to a query; `str` gives it in words, `to_json`, `to_bibtex` and `to_csl` as data."""

    title: str
    """The question in words; empty where it has none."""
    project: str
    base: str
    generation: str
    date: str
    """When it was asked: date and time in UTC, ISO 8601."""
    colloquy: str
    engine: str
    query: str
    prefixes: Mapping[str, str]
    """Those that the query, or a graph that it makes, uses and does not declare."""
    parameters: Mapping[str, Term]
    """The values of the query's variables that were given one, in N-Triples syntax."""
    rows: int
    sha256: str
    """The digest of the rows in SPARQL 1.1 TSV, as `--format tsv` writes them."""
    format: str = ""
    """The form in which the rows were printed; empty where they were not."""
    cautions: tuple[str, ...] = ()
    """What in the query lets its rows change though the graph does not."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """The versions with which the generation was built."""

    @property
    def whole_query(self) -> str:
        """The query with its prefixes declared, so that it can be asked anywhere."""
        declared = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in self.prefixes.items())
        return declared + self.query.strip()

    @property
    def day(self) -> datetime.date:
        """The date without the time."""
        return datetime.date.fromisoformat(self.date[:10])

    @property
    def key(self) -> str:
        """A short name of this citation, for the keys of BibTeX and CSL."""
        return f"colloquy-{self.generation}-{self.sha256[:8]}"

    def __str__(self) -> str:
        named = f"“{self.title}”" if self.title else "A query"
        lines = [
            f"{named} ({_count(self.rows)}, sha256 {self.sha256}).",
            f"Asked of {self.project} <{self.base}>, generation {self.generation}, on {self.day.isoformat()},",
            f"with colloquy {self.colloquy} ({self.engine}):",
            *(f"  {line}".rstrip() for line in self.whole_query.splitlines()),
            *(f"  with {name} = {term}" for name, term in self.parameters.items()),
            *(f"Note: {caution}." for caution in self.cautions),
        ]
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Give the citation as plain data; `from_dict` reads it."""
        return {"colloquy-citation": FORM, **asdict(self), "cautions": list(self.cautions)}

    def to_json(self) -> str:
        """Write the citation as JSON, from which `colloquy rerun` asks again."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1) + "\n"

    def to_csl(self) -> str:
        """Write the citation as CSL-JSON, for reference managers; the whole of it stands in `custom`."""
        day = {"date-parts": [[self.day.year, self.day.month, self.day.day]]}
        item = {
            "id": self.key,
            "type": "dataset",
            "title": self.title or f"A query of {self.project}",
            "container-title": self.project,
            "URL": self.base,
            "version": self.generation,
            "issued": day,
            "accessed": day,
            "note": f"{_count(self.rows)}, sha256 {self.sha256}; colloquy {self.colloquy}",
            "custom": {"colloquy": self.to_dict()},
        }
        return json.dumps([item], ensure_ascii=False, indent=1) + "\n"

    def to_bibtex(self) -> str:
        """Write the citation as an entry of BibTeX; the query stands in `annote`, which styles leave out."""
        asked = [self.whole_query, *(f"with {name} = {term}" for name, term in self.parameters.items())]
        entry = {
            "title": self.title or f"A query of {self.project}",
            "howpublished": f"SPARQL query of {self.project}, generation {self.generation}",
            "year": str(self.day.year),
            "url": self.base,
            "urldate": self.day.isoformat(),
            "version": self.generation,
            "note": f"{_count(self.rows)}, sha256 {self.sha256}, colloquy {self.colloquy}",
            "annote": "\n".join(asked),
        }
        lines = [f"  {name} = {{{text if name == 'url' else _tex(text)}}}" for name, text in entry.items()]
        return f"@misc{{{self.key},\n" + ",\n".join(lines) + "\n}\n"

    def save(self, path: str | Path) -> None:
        """Write the citation to a file, in the form that its name ends with (see `FORMS`).

        Raises UsageError for another ending.
        """
        form_of(path)(self, Path(path))

    def matches(self, rows: int, tsv: bytes) -> str:
        """Tell how an answer, as a number of rows and in TSV, differs from the one that is cited; nothing if not."""
        if rows != self.rows:
            return f"{_count(rows)} where {_count(self.rows)} {'was' if self.rows == 1 else 'were'} cited"
        found = hashlib.sha256(tsv).hexdigest()
        return "" if found == self.sha256 else f"sha256 {found} where {self.sha256} was cited"

    @classmethod
    def from_dict(cls, data: Any) -> Citation:
        """Read what `to_dict` gives.  Raises UsageError, naming what is wrong, for anything else."""
        if not isinstance(data, dict) or data.get("colloquy-citation") != FORM:
            raise UsageError(f'it has no `"colloquy-citation": {FORM}`')
        known: dict[str, Any] = {}
        for one in fields(cls):
            value = data.get(one.name, {} if one.name == "versions" else "" if one.name == "format" else None)
            kind = one.type if isinstance(one.type, str) else ""
            if kind.startswith("Mapping"):
                right = isinstance(value, dict) and all(isinstance(text, str) for text in value.values())
            elif kind.startswith("tuple"):
                right = isinstance(value, list) and all(isinstance(text, str) for text in value)
                value = tuple(value or ())
            else:
                right = type(value) is (int if kind == "int" else str)
            if not right:
                raise UsageError(f"`{one.name}` is missing or of the wrong kind")
            known[one.name] = value
        if not generation.is_digest(known["generation"]):
            raise UsageError(f"`generation` is no digest: {printable(known['generation'])}")
        if not _SHA256.fullmatch(known["sha256"]):
            raise UsageError(f"`sha256` is no SHA-256: {printable(known['sha256'])}")
        if not _DATE.fullmatch(known["date"]):
            raise UsageError(f"`date` is no date and time in UTC: {printable(known['date'])}")
        try:
            datetime.datetime.fromisoformat(known["date"])
        except ValueError:
            raise UsageError(f"`date` is no date: {printable(known['date'])}") from None
        for name, number in {"colloquy": known["colloquy"], **known["versions"]}.items():
            if not _VERSION.fullmatch(f"{name} {number}"):  # it is shown as what to install
                raise UsageError(f"`versions` names no program and its version: {printable(f'{name} {number}')}")
        return cls(**known)


def cite(origin: Origin, rows: int, tsv: bytes, *, graph: bool = False, form: str = "") -> Citation:
    """Make the citation of an answer: its origin, its number of rows, and its rows in TSV.

    A `graph` keeps the prefixes that its triples use, since some of its forms are written with them.
    """
    query = read_query(origin.query, origin.prefixes)
    used = dict(query.prefixes)
    if graph:
        used |= {p: ns for p, ns in origin.prefixes.items() if ns.encode() in tsv}
    now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    return Citation(
        title=origin.words,
        project=origin.project,
        base=origin.base,
        generation=origin.generation,
        date=now.isoformat().replace("+00:00", "Z"),
        **programs(),
        query=origin.query,
        prefixes=dict(sorted(used.items())),
        parameters=dict(sorted(origin.values.items())),
        rows=rows,
        sha256=hashlib.sha256(tsv).hexdigest(),
        format=form,
        cautions=cautions(origin.query, origin.prefixes),
        versions=_versions(origin),
    )


def programs() -> dict[str, str]:
    """Name the programs that answer here and now."""
    return {"colloquy": version("colloquy"), "engine": f"{ENGINE} {version(ENGINE)}"}


def cautions(text: str, prefixes: Mapping[str, str]) -> tuple[str, ...]:
    """Name what in a query lets its rows change though the graph does not.

    >>> cautions("SELECT ?when { BIND(NOW() AS ?when) }", {})
    ('NOW gives something else every time',)
    """
    query = read_query(text, prefixes)
    words = [token.text.upper() for token in query.tokens if token.kind == "word"]
    found = [f"{word} {_CHANGING[word]}" for word in dict.fromkeys(words) if word in _CHANGING]
    if query.order is None and ("LIMIT" in words or "OFFSET" in words):
        found.append("LIMIT or OFFSET without ORDER BY: which rows come is the engine's choice")
    return tuple(found)


def read_citation(path: str | Path) -> Citation:
    """Read a citation from a file: our JSON, or CSL-JSON that we wrote.

    Raises UsageError, naming the file and what is wrong in it.
    """
    path = Path(path)
    try:
        data = json.loads(path.read_bytes())
        if isinstance(data, list) and len(data) == 1 and isinstance(data[0], dict):
            data = data[0].get("custom", {}).get("colloquy")
        return Citation.from_dict(data)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from None
    except (ValueError, RecursionError, AttributeError):
        raise UsageError(f"{path} is no citation: it is no JSON — {_HINT}") from None
    except UsageError as error:
        raise UsageError(f"{path} is no citation: {error} — {_HINT}") from None


_HINT = "`colloquy query … --cite FILE.json` writes one"


def missing(citation: Citation, output: Path, kept: list[str]) -> CitationError:
    """Say which generation is not here, what is, and how to make it again."""
    try:
        here = f"{output} holds {generation.read_manifest(output).digest}"
    except ProjectError:
        here = f"nothing is built in {output}"
    also = f"kept are {', '.join(kept)}" if kept else "no earlier one is kept"
    made = ", ".join(f"{name} {number}" for name, number in sorted(citation.versions.items()))
    bare = " --no-pages" if citation.versions and not citation.versions.keys() - {"colloquy", ENGINE} else ""
    return CitationError(
        f"the generation {citation.generation} is not here: {here}, {also}\n"
        "to make it again: put ontology, facts, questions (queries/) and colloquy.yaml back to what they were on"
        f" {citation.day} (git log --before={citation.date}),"
        f" install {made or f'colloquy {citation.colloquy}'}, and run\n"
        f"  colloquy build{bare} --output /tmp/{citation.generation}\n"
        f"  colloquy rerun CITATION --output /tmp/{citation.generation}\n"
        "`colloquy build --keep N` keeps the last N earlier generations from now on"
    )


def form_of(path: str | Path) -> Callable[[Citation, Path], None]:
    """Find what writes a citation to a file of this name; UsageError where the ending is not known."""
    name = str(path).lower()
    for ending, (write, _) in FORMS.items():
        if name.endswith(ending):
            return lambda citation, target: _write(target, write(citation))
    known = ", ".join(f"{ending} ({words})" for ending, (_, words) in FORMS.items())
    raise UsageError(f"{path}: the name of a citation ends in one of {known}")


def _write(path: Path, text: str) -> None:
    try:
        path.write_bytes(text.encode())
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {(error.strerror or str(error)).lower()}") from None


FORMS: dict[str, tuple[Callable[[Citation], str], str]] = {
    ".csl.json": (Citation.to_csl, "CSL-JSON, for reference managers"),
    ".json": (Citation.to_json, "everything, for `colloquy rerun`"),
    ".bib": (Citation.to_bibtex, "BibTeX"),
    ".txt": (lambda citation: f"{citation}\n", "words"),
    ".md": (lambda citation: f"{citation}\n", "words"),
}
"""The forms of a citation by the ends of file names: what writes them, and for whom."""


def _versions(origin: Origin) -> dict[str, str]:
    try:
        manifest = generation.read_manifest(origin.folder)
    except ProjectError:  # it was replaced since
        return {}
    return dict(manifest.versions) if manifest.digest == origin.generation else {}


def _count(rows: int) -> str:
    return f"{rows:,} row{'' if rows == 1 else 's'}"


# A brace counts for BibTeX even after a backslash.
_TEX = {
    **{c: "\\" + c for c in "%$&#_"},
    "\\": "{\\textbackslash}",
    "{": "{\\textbraceleft}",
    "}": "{\\textbraceright}",
    "~": "{\\textasciitilde}",
    "^": "{\\textasciicircum}",
    "<": "{\\textless}",
    ">": "{\\textgreater}",
}


def _tex(text: str) -> str:
    return "".join(_TEX.get(c, c) for c in text)
