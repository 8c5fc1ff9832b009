"""OWL consistency, asked of HermiT where it is there: nothing here reasons over all of OWL 2 by itself.

HermiT (http://www.hermit-reasoner.com/) comes with the Python package `owlready2`, and needs Java; neither is
needed for anything else, and neither is fetched.  Where one is missing, `not checked` is said, never `passed`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from colloquy.errors import Finding, Place, printable, with_article
from colloquy.index import TripleIndex, cells_of
from colloquy.lint.case import Case, fail
from colloquy.terms import OWL, RDF, RDFS, SH, TYPE, XSD, Term, Triple, iri_value, n_quads

SECONDS = 60
"""So long a reasoner may think."""

_PROGRAM = "org.semanticweb.HermiT.cli.CommandLine"
_FIRST, _REST = f"<{RDF}first>", f"<{RDF}rest>"
_SUBPROPERTY, _RANGE = f"<{RDFS}subPropertyOf>", f"<{RDFS}range>"
_AXIOMS = {f"<{RDFS}subClassOf>", _SUBPROPERTY, f"<{RDFS}domain>", _RANGE}
_PROPERTIES = {f"<{OWL}ObjectProperty>", f"<{OWL}DatatypeProperty>"}
_CLASS, _DATATYPE = f"<{OWL}Class>", f"<{RDFS}Datatype>"
_LOGICAL = ("Class", "Property", "Disjoint", "Restriction", "Different", "NamedIndividual")
_NO_AXIOMS = {
    f"<{OWL}{name}>"
    for name in ("imports", "versionIRI", "versionInfo", "deprecated", "priorVersion", "onDatatype", "withRestrictions")
}
# OWL 2 Structural Specification, clause 4: the datatypes that a reasoner knows.
_KNOWN = {RDFS + "Literal", RDF + "PlainLiteral", *(XSD + name for name in
          ("string", "boolean", "decimal", "integer", "double", "float", "dateTime", "anyURI", "int", "long", "short",
           "nonNegativeInteger", "positiveInteger", "negativeInteger", "nonPositiveInteger"))}  # fmt: skip


@dataclass(frozen=True)
class Reasoned:
    """What became of the question: words for people, and what was found."""

    words: str
    findings: tuple[Finding, ...] = ()


def reason(case: Case) -> Reasoned:
    """Ask a reasoner whether the ontology contradicts itself, and which classes nothing can be of."""
    jars, java = _jars(), shutil.which("java")
    if jars is None or java is None:
        missing = " and ".join(
            name for name, there in (("owlready2 (it brings HermiT)", jars), ("java", java)) if not there
        )
        return Reasoned(f"not checked (no {missing} here)")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "ontology.nt")
        path.write_text("\n".join(n_quads(sorted(axioms(case.index)))) + "\n", encoding="utf-8")
        command = [java, "-Xmx1g", "-cp", f"{jars}{os.pathsep}{jars / 'HermiT.jar'}", _PROGRAM]
        try:
            done = subprocess.run(
                [*command, "-N", "-k", "-U", path.as_uri()],
                capture_output=True, text=True, timeout=SECONDS, check=False, encoding="utf-8",
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Reasoned(f"not checked (HermiT took more than {SECONDS} s)")
    return read_answer(case, done.stdout, done.stderr)


def read_answer(case: Case, said: str, trouble: str) -> Reasoned:
    """Make findings of what HermiT prints: a line on owl:Thing, then the classes that are owl:Nothing."""
    lines = [line.strip() for line in said.splitlines()]
    if "InconsistentOntology" in trouble or f"{OWL}Thing is not satisfiable." in lines:
        message = "the ontology contradicts itself: there is no world in which all of its axioms hold"
        hint = "take out axioms until it does not; an editor with a reasoner explains which ones clash"
        places = sorted(case.place_of(t) for t in case.index.subjects(TYPE, f"<{OWL}Ontology>") if case.is_ours(t))
        place = places[0] if places else Place("ontology", 0, 0)
        return Reasoned("inconsistent (HermiT)", (fail(place, "inconsistent-ontology", message, hint),))
    if f"{OWL}Thing is satisfiable." not in lines:
        last = next((line for line in reversed([*lines, *trouble.splitlines()]) if line.strip()), "no answer")
        return Reasoned(f"not checked (HermiT: {printable(last.strip(), 200)})")
    empty = tuple(_empty(case, [f"<{line}>" for line in lines]))
    return Reasoned(
        f"{len(empty)} {'class' if len(empty) == 1 else 'classes'} that nothing can be of (HermiT)"
        if empty
        else "consistent (HermiT)",
        empty,
    )


def _empty(case: Case, classes: Iterable[Term]) -> Iterator[Finding]:
    for term in sorted(classes):
        if _CLASS in case.index.objects(term, TYPE):
            message = f"nothing can be {with_article(case.ontology.label(term))}: its axioms contradict each other"
            hint = "take out one of its superclasses, or what excludes them"
            yield fail(case.place_of(term), "unsatisfiable-class", message, hint)


def _jars() -> Path | None:
    """Give the folder of HermiT, which lies in the package owlready2; that is looked for, and not imported."""
    try:
        spec = find_spec("owlready2")
    except (ImportError, ValueError):
        return None
    folders = spec.submodule_search_locations if spec else None
    folder = Path(next(iter(folders))) / "hermit" if folders else None
    return folder if folder and (folder / "HermiT.jar").is_file() else None


def axioms(index: TripleIndex) -> set[Triple]:
    """Give the triples that are axioms of OWL 2 DL: no annotations, no shapes, no datatype that no reasoner knows.

    What is left out can hide a contradiction, but not make one.
    """
    properties = {s for kind in _PROPERTIES for s in index.subjects(TYPE, kind)}
    found: set[Triple] = set()
    for triple in index:
        s, p, o = triple
        if p == TYPE:
            name = iri_value(o)[len(OWL) :] if o.startswith(f"<{OWL}") else ""
            is_logical = any(word in name for word in _LOGICAL) and name not in (
                "AnnotationProperty",
                "OntologyProperty",
            )
            # Individuals, but not shapes, whose class an editor may want declared.
            if is_logical or (not o.startswith((f"<{SH}", f"<{OWL}")) and _CLASS in index.objects(o, TYPE)):
                found.add(triple)
        elif p in _AXIOMS or (p.startswith(f"<{OWL}") and p not in _NO_AXIOMS):
            is_annotation = p == _SUBPROPERTY and not {s, o} <= properties
            is_unknown = p == _RANGE and _is_data(index, s) and iri_value(o) not in _KNOWN
            if not is_annotation and not is_unknown and _DATATYPE not in index.objects(s, TYPE):
                found.add(triple)
    for _, _, o in list(found):
        for cell in cells_of(index, o) if index.objects(o, _FIRST) else ():
            found.update(t for p in (_FIRST, _REST) for t in index.match(cell, p, None))
    return found


def _is_data(index: TripleIndex, term: Term) -> bool:
    return f"<{OWL}DatatypeProperty>" in index.objects(term, TYPE)
