"""Starts a project: a folder with settings, an ontology, facts, a question, and what editors want to know."""

from __future__ import annotations

import shutil
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath
from string import Template

import pyoxigraph

from colloquy.errors import FactsError, UsageError, printable
from colloquy.ontology import Class, Ontology, read_ontology
from colloquy.schema import schema_text
from colloquy.settings import FILE
from colloquy.settings_schema import settings_schema
from colloquy.store import project_prefixes
from colloquy.terms import CQ, LABEL, OWL, TYPE, XSD_STRING, compress, iri_value, slug

_PLACES = {"gitignore": ".gitignore", "editor/settings.json": ".vscode/settings.json",
           "editor/extensions.json": ".vscode/extensions.json"}  # fmt: skip
"""Where parts stand that would mean something already where they are kept here."""

_OWN = """\
# A name for every entry: the vocabulary beside this file has no property for one that colloquy could use.
@prefix cq:     <https://colloquy.example/ns#> .
@prefix own:    <${base}ontology#> .
@prefix owl:    <http://www.w3.org/2002/07/owl#> .
@prefix rdf:    <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs:   <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix skos:   <http://www.w3.org/2004/02/skos/core#> .

own:${name} a owl:DatatypeProperty ; rdfs:subPropertyOf rdfs:label ; rdfs:range rdf:langString ;
    rdfs:seeAlso schema:name ; rdfs:label "${name}"@en ; skos:definition "What it is called."@en ;
    cq:sentence "{subject} is called {object}."@en .
"""
_NAMES = ("name", "label", "called")
_QUESTION = """\
# What kinds of things are there, and how many of each?
SELECT ?kind (COUNT(DISTINCT ?thing) AS ?things) WHERE {
  VALUES ?kind { <%s> }
  ?thing a ?kind .
} GROUP BY ?kind
"""


def start_project(folder: Path, vocabulary: Path | None = None) -> list[str]:
    """Fill an empty folder with a project that works, and give the names of its files.

    With a `vocabulary`, a Turtle file, its classes and properties are those of the project.  Raises
    UsageError for a folder that holds something, or a vocabulary that cannot be used; then nothing is left.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file — name a folder")
    if folder.is_dir() and any(one.name != ".git" for one in folder.iterdir()):
        hint = f"; it has a {FILE} already" if (folder / FILE).exists() else ""
        raise UsageError(f"{folder} is not empty{hint} — name a new folder")
    if vocabulary is not None and not vocabulary.is_file():
        raise UsageError(f"there is no file {vocabulary} — name a vocabulary in Turtle")
    was_there = folder.exists()
    name = folder.resolve().name
    words = name.replace("-", " ").replace("_", " ").strip() or "facts"
    values = {"title": _quoted(words.capitalize()), "words": words.replace('"', "'").replace("\\", " ")}
    values["base"] = f"https://example.org/{slug(name) or 'facts'}/"
    try:
        for part, text in _parts(values):
            _write(folder / part, text)
        _write(folder / ".vscode" / "colloquy.schema.json", schema_text(settings_schema()))
        if vocabulary is not None:
            _take_vocabulary(folder, vocabulary, values)
    except BaseException:
        for one in [path for path in folder.iterdir() if path.name != ".git"] if was_there else [folder]:
            shutil.rmtree(one, ignore_errors=True) if one.is_dir() else one.unlink()
        raise
    names = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(name.as_posix() for name in names if name.parts[0] != ".git")


def _quoted(text: str) -> str:
    """Write a text as YAML that means it, whatever stands in it."""
    plain = text.replace(" ", "").isalpha() and text.isascii() and text.lower() not in _NO_TEXT
    return text if plain else "'" + text.replace("'", "''") + "'"


_NO_TEXT = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n"))


def _parts(values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Give every file of the starter, filled in, with where it belongs."""

    def below(folder: Traversable, path: PurePosixPath) -> Iterator[tuple[str, str]]:
        for one in sorted(folder.iterdir(), key=lambda item: item.name):
            here = path / one.name
            if one.is_dir():
                yield from below(one, here)
            else:
                text = Template(one.read_text(encoding="utf-8")).safe_substitute(values)
                yield _PLACES.get(str(here), str(here)), text

    yield from below(files("colloquy") / "starter", PurePosixPath())


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def _take_vocabulary(folder: Path, vocabulary: Path, values: Mapping[str, str]) -> None:
    """Put a vocabulary in the place of the starter's own, with entries and a question in its terms."""
    for part in ("data", "queries", "ontology"):
        shutil.rmtree(folder / part)
    (folder / "data").mkdir()
    (folder / "ontology").mkdir()
    for file in _with_imports(vocabulary):
        shutil.copyfile(file, folder / "ontology" / f"{slug(file.stem) or 'vocabulary'}.ttl")
    ontology = read_ontology(folder / "ontology", folder)
    if wrong := [f for f in ontology.findings if f.severity == "error"]:
        raise FactsError(wrong)
    if not any(_names(ontology, class_) for class_ in _kinds(ontology)):
        taken = {p.key for p in ontology.properties}
        name = next(key for key in (*_NAMES, *(f"name{n}" for n in range(2, 10_000))) if key not in taken)
        _write(folder / "ontology" / "own.ttl", Template(_OWN).substitute(values, name=name))
        ontology = read_ontology(folder / "ontology", folder)
    kinds = [class_ for class_ in _kinds(ontology) if _names(ontology, class_)]
    if not kinds:
        raise UsageError(f"{printable(str(vocabulary))} has no class that an entry could be of: it needs an owl:Class")
    kind = kinds[0]
    key = _names(ontology, kind)[0]
    entries = "".join(f"- {{id: {n}-{slug(kind.name)}, type: {kind.name}, {key}: {n.capitalize()} {kind.label}}}\n"
                      for n in ("first", "second"))  # fmt: skip
    _write(folder / "data" / "first.yaml", f"# Two entries to begin with: replace them.\n{entries}")
    prefixes = project_prefixes(values["base"], ontology.prefixes)
    _write(folder / "queries" / "what-there-is.rq", _QUESTION % kind.term[1:-1])
    _write(folder / "queries" / "what-there-is.csv", f"kind,things\n{compress(kind.term, prefixes)},2\n")
    settings = (folder / FILE).read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in settings if not line.startswith(("description:", "start:"))]
    _write(folder / FILE, "".join(kept) + "start: [what-there-is]\n")


def _with_imports(vocabulary: Path) -> list[Path]:
    """Give a vocabulary and the files beside it that it imports, directly or not; nothing is fetched.

    Raises UsageError for an import that no Turtle file beside it declares.
    """
    own, wanted = _ontologies(vocabulary)
    own |= {f"<{CQ}>", f"<{CQ.removesuffix('#')}>"}  # the tool's own vocabulary is always there
    files, beside = [vocabulary], [p for p in sorted(vocabulary.parent.glob("*.ttl")) if not p.samefile(vocabulary)]
    declared = {path: _ontologies(path) for path in beside} if wanted - own else {}
    while missing := sorted(wanted - own):
        found = next((path for path, (names, _) in declared.items() if missing[0] in names), None)
        if found is None:
            raise UsageError(
                f"{printable(vocabulary.name)} imports {missing[0]}, which no Turtle file beside it declares"
                " — put a copy of it there: nothing is ever fetched"
            )
        files.append(found)
        own, wanted = own | declared[found][0], wanted | declared[found][1]
    return files


def _ontologies(path: Path) -> tuple[set[str], set[str]]:
    """Give the ontologies that a file declares, and those that it imports; none of a file that is not Turtle."""
    declared, imported = set[str](), set[str]()
    try:
        for quad in pyoxigraph.parse(path.read_bytes().removeprefix(BOM_UTF8), format=pyoxigraph.RdfFormat.TURTLE):
            if str(quad.predicate) == f"<{OWL}imports>":
                imported.add(str(quad.object))
            elif str(quad.predicate) == TYPE and str(quad.object) == f"<{OWL}Ontology>":
                declared.add(str(quad.subject))
    except (SyntaxError, OSError):  # of the vocabulary itself, the ontology's own reading tells
        return set(), set()
    return declared, imported


def _kinds(ontology: Ontology) -> list[Class]:
    """Give the classes that entries may be of, but for those of colloquy itself."""
    own = (c for c in ontology.classes.values() if c.kind == "entity" and not iri_value(c.term).startswith(CQ))
    return sorted(own, key=lambda c: c.name)


def _names(ontology: Ontology, class_: Class) -> list[str]:
    """Give the keys of a class under which a name is written."""
    implied = ontology.rules.implied
    return [
        key
        for key, p in ontology.keys(class_).items()
        if (LABEL, False) in implied(p.term) and (p.kind == "text" or p.datatypes == (XSD_STRING,))
    ]
