"""Puts into the query page what its reasons are worked out from: Python files, ontology, places of statements.

The Python files are those of this package that `entry` needs, and the libraries that they need, taken
from where they are installed.  Equal files give equal bytes.
"""

from __future__ import annotations

import base64
import gzip
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import distribution, version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from colloquy.inpage.written import columns
from colloquy.ontology import Ontology
from colloquy.payload import pack
from colloquy.store import canonical_triples, read_positions
from colloquy.terms import split_quad

OURS = (
    *("__init__", "datatypes", "deprecation", "errors", "evidence", "explain", "index", "infer", "mistakes"),
    *("ontology", "rules", "shapes", "store", "terms", "unit", "doctor/*", "inpage/__init__", "inpage/blanks"),
    *(
        "inpage/entry",
        "inpage/written",
        "network/__init__",
        "network/words",
        "query/__init__",
        "query/answers",
        "query/engines",
    ),
    *("query/forms", "query/notes", "query/rows", "query/values", "sparql/*", "why/*"),
)
"""The modules of this package that run in the page; for all others there are blanks (see `blanks`)."""

LIBRARIES = {
    "pyparsing": ("ai/", "diagram/", "tools/"),
    "rapidfuzz": ("__pyinstaller/",),
    "rdflib": ("contrib/", "extras/", "plugins/parsers/", "plugins/serializers/", "plugins/shared/", "tools/"),
}
"""The libraries that run in the page, each with the folders of it that stay out."""

_BEGINNING = (1980, 1, 1, 0, 0, 0)


def python_files() -> Iterator[tuple[str, bytes]]:
    """Give the Python files that run in the page, each by its path, sorted."""
    found: dict[str, Traversable] = {}
    ours = files("colloquy")
    for name in OURS:
        folder, _, last = name.rpartition("/")
        home = ours.joinpath(folder) if folder else ours
        chosen = [p for p in home.iterdir() if p.name.endswith(".py")] if last == "*" else [home / f"{last}.py"]
        found.update((f"colloquy/{folder}/{path.name}" if folder else f"colloquy/{path.name}", path) for path in chosen)
    for package, left_out in LIBRARIES.items():
        below = _below(files(package), "")
        found.update((f"{package}/{name}", path) for name, path in below if not name.startswith(left_out))
    content = {name: path.read_bytes().replace(b"\r\n", b"\n") for name, path in found.items()}
    for package in LIBRARIES:  # rdflib looks its own version up
        about = f"Metadata-Version: 2.1\nName: {package}\nVersion: {version(package)}\n"
        content[f"{package}-{version(package)}.dist-info/METADATA"] = about.encode()
    for name in sorted(content):
        yield name, content[name]


def _below(folder: Traversable, name: str) -> Iterator[tuple[str, Traversable]]:
    for path in folder.iterdir():
        if path.is_dir() and path.name != "__pycache__":
            yield from _below(path, f"{name}{path.name}/")
        elif path.name.endswith(".py"):
            yield name + path.name, path


def archive(content: Iterable[tuple[str, bytes]]) -> bytes:
    """Put files into a zip without compressing any, so that all of it can be compressed as one.

    >>> archive([("a.py", b"1")]) == archive([("a.py", b"1")])
    True
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as packed:
        for name, data in content:
            about = zipfile.ZipInfo(name, _BEGINNING)
            about.create_system = 3  # as on Unix, wherever this runs
            packed.writestr(about, data)
    return made.getvalue()


@cache
def sources() -> str:
    """Give the Python files for the page: a zip, gzipped, in base64."""
    return written(gzip.compress(archive(python_files()), 9, mtime=0))


def written(data: bytes) -> str:
    """Write bytes as text that may stand in a page."""
    return base64.b64encode(data).decode("ascii")


def material(ontology: Ontology, language: str, prefixes: Mapping[str, str], graph: Path) -> str:
    """Give what the reasons are made of and no graph holds: the ontology as it was read, and who wrote what where.

    `graph` is the dataset as sorted N-Quads; the side index stands beside it.
    """
    with graph.open(encoding="utf-8", newline="\n") as lines:
        quads = (split_quad(line.rstrip("\n")) for line in lines)
        triples = sorted((s, p, o) for s, p, o, name in quads if not name)
    found: dict[str, Any] = {
        "language": language,
        "prefixes": dict(prefixes),
        "ontology": sorted(canonical_triples(ontology.triples)),
        "ontology_prefixes": dict(ontology.prefixes),
        "written": columns(triples, read_positions(graph.parent).statements),
    }
    return pack(found)


def versions() -> list[str]:
    """Name the libraries that run in the page, each with its version."""
    return [f"{name} {version(name)}" for name in sorted(LIBRARIES)]


def licences() -> str:
    """Give the licences of the libraries that run in the page, as their distributions bring them."""
    said = []
    for name in sorted(LIBRARIES):
        about = distribution(name)
        files = [Path(str(f.locate())) for f in about.files or () if ".dist-info/" in f.as_posix()]
        texts = [f for f in files if f.name.upper().startswith(("LICENSE", "LICENCE", "COPYING"))]
        text = "\n".join(f.read_text(encoding="utf-8").strip() for f in sorted(texts))
        said.append(f"{name} {about.version}\n\n{text or about.metadata['License']}\n")
    return "\n".join(said)
