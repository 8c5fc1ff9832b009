"""Axioms that nothing acts on, beside those that `rules` and `mistakes` tell of at every reading."""

from __future__ import annotations

from collections.abc import Iterator

from colloquy.errors import Finding, Place
from colloquy.index import cells_of, read_list
from colloquy.lint.case import Case, warn
from colloquy.terms import OWL, RDF, RDFS, SH, TYPE, is_iri

_SWRL = "http://www.w3.org/2003/11/swrl#"
_UNION, _MEMBERS = f"<{OWL}unionOf>", f"<{OWL}members>"
_HINT = "say it as a SHACL shape if facts are to keep it"


def check_idle(case: Case) -> Iterator[Finding]:
    """Find parts of axioms that are passed over, domains and ranges of annotations, and rules of SWRL."""
    for predicate, where in ((_UNION, "the union"), (_MEMBERS, "the classes apart")):
        for _, _, head in case.index.match(None, predicate, None):
            for member in read_list(case.index, head):
                if not is_iri(member) and not member.startswith('"'):
                    message = f"{where} holds a class without a name, which is passed over"
                    hint = "give it a name: declare it as an owl:Class"
                    yield warn(_of_member(case, head, member), "idle-axiom", message, hint)
    known = case.ontology.property_by_term
    for name in ("domain", "range"):
        for s, p, o in case.index.match(None, f"<{RDFS}{name}>", None):
            types = case.index.objects(s, TYPE)
            if s not in known and f"<{OWL}AnnotationProperty>" in types and case.is_ours(s):
                message = f"rdfs:{name} of {case.name(s)} is read and kept, but nothing acts on it: it is an annotation"
                yield warn(
                    case.place(s, p, o, "predicate"), "idle-axiom", message, "declare what facts are to say otherwise"
                )
    for s in sorted(case.index.subjects(TYPE, f"<{_SWRL}Imp>")):
        place = case.place(s, TYPE, f"<{_SWRL}Imp>")
        yield warn(place, "idle-axiom", "a rule of SWRL is read and kept, but nothing acts on it", _HINT)
    for s, p, o in case.index.match(None, f"<{SH}uniqueLang>", None):
        for path in case.index.objects(s, f"<{SH}path>"):
            prop = known.get(path)
            if prop is not None and prop.kind != "text":
                message = f"sh:uniqueLang asks nothing of {case.name(path)}: its values have no language"
                yield warn(case.place(s, p, o, "predicate"), "idle-constraint", message, "sh:maxCount 1 may be meant")


def _of_member(case: Case, head: str, member: str) -> Place:
    first = f"<{RDF}first>"
    return next(
        case.place(c, first, member) for c in cells_of(case.index, head) if member in case.index.objects(c, first)
    )
