"""Shapes in words: what has to hold of the entries of a class, for people who write facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from colloquy.index import TripleIndex
from colloquy.ontology import words_of
from colloquy.shapes import Shape
from colloquy.terms import SH, Term, is_iri, plain

Label = Callable[[Term], str]

_BOUNDS = {
    "minCount": "at least {}",
    "maxCount": "at most {}",
    "minLength": "{} characters or more",
    "maxLength": "{} characters or fewer",
    "minInclusive": "{} or more",
    "maxInclusive": "{} or less",
    "minExclusive": "more than {}",
    "maxExclusive": "less than {}",
    "uniqueLang": "one in each language",
    "hasValue": "{}",
    "class": "of the kind {}",
    "datatype": "written as {}",
    "in": "one of {}",
    "languageIn": "in {}",
    "pattern": "of the form {}",
}


@dataclass(frozen=True)
class Rule:
    """One thing that has to hold: of what, the shape's message, its bounds in words."""

    path: Term | None
    words: str
    bounds: tuple[str, ...]
    severity: str
    targets: frozenset[Term]


def rules_in(shape: Shape, label: Label, index: TripleIndex) -> list[Rule]:
    """Say a shape and every shape in it that says anything; `label` gives the words for a term.

    A constraint in SPARQL has a message of its own (SHACL, clause 5.2.1).
    """
    targets = frozenset(term for kind, term in shape.targets if kind == "targetClass")
    found = []
    for s in shape.walk():
        bounds = tuple(words for name, value in s.constraints if (words := _bound(name, value, label)))
        queries = [q for q in sorted(index.objects(s.term, f"<{SH}sparql>")) if not _off(index, q)]
        told = sorted(words for q in queries if (words := words_of(index, q, f"<{SH}message>")))
        found += [Rule(s.path, words, (), s.severity, targets) for words in told]
        if s.message or bounds or (s.beyond and not told):
            words = s.message or ("" if bounds else "a rule that is read by the full SHACL engine")
            found.append(Rule(s.path, words, bounds, s.severity, targets))
    return found


def _off(index: TripleIndex, node: Term) -> bool:
    return any(plain(o) in ("true", "1") for o in index.objects(node, f"<{SH}deactivated>"))


def _bound(name: str, value: object, label: Label) -> str:
    if name not in _BOUNDS:
        return ""
    if name == "pattern" and isinstance(value, tuple):
        shown = str(value[0])
    elif isinstance(value, tuple):
        shown = ", ".join(_shown(str(v), label) for v in value)
    else:
        shown = _shown(str(value), label)
    return "none" if (name, shown) == ("maxCount", "0") else _BOUNDS[name].format(shown)


def _shown(term: Term, label: Label) -> str:
    return label(term) if is_iri(term) else plain(term)
