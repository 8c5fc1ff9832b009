"""Reads the Turtle files of an ontology folder as one set of triples, whoever saved them last.

Parsing is pyoxigraph's: it reads the bundled ontology in a few milliseconds, so nothing has to be
cached.
"""

from __future__ import annotations

import hashlib
import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path

import pyoxigraph

from colloquy.datatypes import typed
from colloquy.errors import Finding, OntologyError, Place, ProjectError
from colloquy.index import TripleIndex, cells_of
from colloquy.terms import OWL, RDF, STANDARD_PREFIXES, TYPE, XSD_STRING, Term, Triple, is_iri, literal

VOCABULARY = "colloquy.ttl"
_FIRST, _INDIVIDUAL = f"<{RDF}first>", f"<{OWL}NamedIndividual>"
_SETS = tuple(f"<{OWL}{name}>" for name in ("unionOf", "intersectionOf", "oneOf", "members", "disjointUnionOf"))


class Origin(str):
    """The name of the file that a triple is from; it also knows which of the file's triples that is, from 0.

    With `spots_in`, which reads the file once more, that is a line and a column; few who meet a triple need one.
    """

    __slots__ = ("number",)

    number: int


def _origin(name: str, number: int) -> Origin:
    made = Origin(name)
    made.number = number
    return made


def turtle_files(folder: Path, project: Path | None = None) -> list[tuple[str, bytes]]:
    """Give what an ontology is read from: the packaged vocabulary and every `*.ttl` of a folder, by their names.

    Raises ProjectError for a folder without any.
    """
    paths = sorted(folder.glob("*.ttl"))
    if not paths:
        raise ProjectError(f"no ontology: {folder} holds no .ttl file")
    vocabulary = files("colloquy").joinpath(VOCABULARY).read_bytes()
    # Some editors begin a file with a byte order mark, which Turtle has no place for.
    return [(VOCABULARY, vocabulary), *((_shown(p, project), p.read_bytes().removeprefix(BOM_UTF8)) for p in paths)]


def read_turtle(folder: Path, project: Path | None = None) -> tuple[dict[Triple, str], dict[str, str], str]:
    """Read every `*.ttl` of a folder, with the packaged vocabulary.

    Gives the triples, each with the name of its file (an `Origin`); the prefixes; and a digest of the texts.
    Raises ProjectError for a folder without any, and OntologyError, with a finding for each file that is no Turtle.
    """
    prefixes = dict(STANDARD_PREFIXES)
    triples: dict[Triple, str] = {}
    digest = hashlib.sha256()
    wrong: list[Finding] = []
    for number, (name, data) in enumerate(turtle_files(folder, project)):
        digest.update(f"{name}\0{len(data)}\0".encode() + data)
        try:
            for at, triple in enumerate(_parse(data, number, prefixes)):
                triples.setdefault(triple, _origin(name, at))
        except SyntaxError as error:
            wrong.append(_no_turtle(error, name))
    if wrong:
        raise OntologyError(wrong)
    return sort_sets(triples), prefixes, digest.hexdigest()


def sort_sets(triples: Mapping[Triple, str]) -> dict[Triple, str]:
    """Put the names that stand for a set (a union, a class of classes apart) in one order.

    OWL 2 Structural Specification, clause 2.1: such lists have none, and editors write them in any.
    Declarations of individuals, which editors add, say nothing (clause 5.8) and are left out.
    """
    index = TripleIndex(triples)
    found = {t: name for t, name in triples.items() if t[1:] != (TYPE, _INDIVIDUAL) or not _is_said(index, t[0])}
    for predicate in _SETS:
        for _, _, head in index.match(None, predicate, None):
            cells = list(cells_of(index, head))
            firsts = [min(index.objects(cell, _FIRST), default="") for cell in cells]
            if all(is_iri(t) and (c, _FIRST, t) in found for c, t in zip(cells, firsts, strict=True)):
                # Each name keeps where it is from.
                names = [(term, found.pop((cell, _FIRST, term))) for cell, term in zip(cells, firsts, strict=True)]
                names.sort(key=lambda named: named[0])
                found.update(((cell, _FIRST, term), n) for cell, (term, n) in zip(cells, names, strict=True))
    return found


def _is_said(index: TripleIndex, term: Term) -> bool:
    """Tell whether more is said of an individual than that it is one."""
    return any(t[1:] != (TYPE, _INDIVIDUAL) for t in index.match(term, None, None))


def _shown(path: Path, project: Path | None) -> str:
    try:
        return path.relative_to(project).as_posix() if project else path.name
    except ValueError:
        return path.as_posix()


_WHERE = re.compile(r"Parser error (?:at|between)[^:]*: ")
_NO_PREFIX = re.compile(r"The prefix (\S*): has not been declared")


def _no_turtle(error: SyntaxError, name: str) -> Finding:
    """Say what is wrong with a text that is no Turtle, in the words of its parser."""
    words = _WHERE.sub("", error.msg, count=1)
    hint = "a statement ends with `.`, and its parts stand apart by `;` and `,`: look at the end of the one before, too"
    if missing := _NO_PREFIX.search(words):
        known = STANDARD_PREFIXES.get(missing[1])
        hint = f"declare it: @prefix {missing[1]}: <{known or '…'}> ."
    place = Place(name, error.lineno or 1, error.offset or 1)
    return Finding(place, "error", "not-turtle", f"this is no Turtle: {words}", hint)


def _parse(data: bytes, number: int, prefixes: dict[str, str]) -> Iterable[Triple]:
    """Give the triples of a text; raises SyntaxError."""
    parser = pyoxigraph.parse(data, pyoxigraph.RdfFormat.TURTLE)
    # Blank node names are only unique in their file: number the files.
    rows = [(_term(q.subject, number), _term(q.predicate, number), _term(q.object, number)) for q in parser]
    for prefix, namespace in parser.prefixes.items():
        prefixes.setdefault(prefix, namespace)
    return rows


def _term(term: object, number: int) -> Term:
    if isinstance(term, pyoxigraph.BlankNode):
        return f"_:f{number}{term.value}"
    if isinstance(term, pyoxigraph.Literal) and term.language is None and term.datatype.value != XSD_STRING:
        # As a store keeps it: 90.0 and 90 are one number there.
        lexical, datatype = typed(term.value, (term.datatype.value,)) or (term.value, term.datatype.value)
        return literal(lexical, datatype)
    return str(term)
