"""Declared changes of an ontology: which term replaces which, how, and until when the old one works.

Said in the ontology itself, on the old term, which stays declared as it was:

    :spokeAt owl:deprecated true ; dct:isReplacedBy :gave ; dct:valid "2027-06-30"^^xsd:date .

What replaces it is a term; or a blank node with `owl:inverseOf`; or, where the values move to another
entry, one with `cq:along` and `cq:becomes`; or, for a class that is split, one with `cq:whose`, `cq:value`
and `cq:becomes` for each part.
"""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from colloquy.errors import Finding, Place
from colloquy.index import TripleIndex, read_list
from colloquy.terms import (
    CLASSES,
    CQ,
    OWL,
    RDFS,
    STANDARD_PREFIXES,
    TYPE,
    XSD,
    Term,
    Triple,
    is_iri,
    literal_parts,
    plain,
)

CODE, OVERDUE = "deprecated-term", "expired-term"
_DCT = STANDARD_PREFIXES["dct"]
_DEPRECATED, _REPLACED, _VALID = f"<{OWL}deprecated>", f"<{_DCT}isReplacedBy>", f"<{_DCT}valid>"
_INVERSE, _RANGE = f"<{OWL}inverseOf>", f"<{RDFS}range>"
_OBJECT, _DATATYPE = f"<{OWL}ObjectProperty>", f"<{OWL}DatatypeProperty>"
_TRUE, _FALSE = (f'"{word}"^^<{XSD}boolean>' for word in ("true", "false"))
_OLD_TYPES = [f"<{OWL}Deprecated{kind}>" for kind in ("Class", "Property")]
_ALONG, _BECOMES, _WHOSE, _VALUE = (f"<{CQ}{name}>" for name in ("along", "becomes", "whose", "value"))
_PATTERN, _WRITTEN = f"<{CQ}from>", f"<{CQ}to>"
_UNTIL = re.compile(r" and works until ([0-9-]{10})$")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Part:
    """One part of a class that is split: entries whose property has the value become of this class."""

    whose: Term
    value: str
    becomes: Term


@dataclass(frozen=True)
class Change:
    """What replaces a deprecated term; `until` is the last day on which it works, empty where none is named.

    `new` is None for a term that is only deprecated, and for a class that is split into `parts`.
    `inverse` swaps the two ends; `along` is the property that leads to the entry that has the value now.
    `converts` tells that values are written otherwise: by `patterns`, each a pattern and what is written
    instead, or as the reference to the entry that bears the name.
    """

    old: Term
    new: Term | None
    is_class: bool
    inverse: bool = False
    along: Term | None = None
    parts: tuple[Part, ...] = ()
    converts: bool = False
    patterns: tuple[tuple[str, str], ...] = ()
    until: str = ""

    @property
    def twins(self) -> bool:
        """Whether a statement of either term is one of the other too, as it stands or turned round."""
        return self.new is not None and self.along is None and not self.converts

    def written(self, text: str) -> str:
        """Give a value as it is written now: by the first pattern that all of it fits, else as it is.

        >>> Change("<a>", "<b>", False, patterns=(("c[.] (.*)", r"\\\\1"),)).written("c. 1990")
        '1990'
        """
        for pattern, instead in self.patterns:
            if found := re.fullmatch(pattern, text):
                return found.expand(instead)
        return text


def today() -> str:
    """Give the day that it is, as `dct:valid` is written; SOURCE_DATE_EPOCH says another, for builds made again."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdecimal():
        return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC).date().isoformat()
    return datetime.date.today().isoformat()


def expire(findings: Iterable[Finding], day: str) -> list[Finding]:
    """Make errors of the warnings about terms that no longer work on a day.

    The day is no part of what is cached: findings are kept as warnings, and this is done whenever they are shown.
    """
    return [_expired(f, day) if f.code == CODE else f for f in findings]


def _expired(finding: Finding, day: str) -> Finding:
    until = _UNTIL.search(finding.message)
    if until is None or until[1] >= day:
        return finding
    message = finding.message[: until.start()] + f" and worked until {until[1]}"
    return replace(finding, severity="error", code=OVERDUE, message=message)


def read_changes(index: TripleIndex, origin: Mapping[Triple, str]) -> tuple[dict[Term, Change], list[Finding]]:
    """Take the declared changes out of an ontology's triples, by the old term, with what is wrong in them."""
    changes: dict[Term, Change] = {}
    findings: list[Finding] = []
    # OWL 2 Mapping to RDF Graphs, table 16: the types of OWL 1 say the same.
    said = index.subjects(_DEPRECATED, _TRUE).union(*(index.subjects(TYPE, t) for t in _OLD_TYPES))
    for old in sorted(t for t in said if is_iri(t)):
        try:
            changes[old] = _read(index, old)
        except ValueError as error:
            message = f"the change of {plain(old)} cannot be made: {error.args[0]}"
            place = _place(index, origin, old, _VALID if error.args[0].startswith("dct:valid") else _REPLACED)
            findings.append(Finding(place, "error", "bad-change", message, error.args[1]))
    for old, change in changes.items():
        if change.new in changes:
            message = f"{plain(old)} is replaced by {plain(change.new or '')}, which is deprecated itself"
            hint = "name the term that is to be used"
            findings.append(Finding(_place(index, origin, old, _REPLACED), "error", "bad-change", message, hint))
    return changes, [*findings, *_without_effect(index, origin, said)]


def _place(index: TripleIndex, origin: Mapping[Triple, str], old: Term, *predicates: Term) -> Place:
    """Give the place of what is said of a term: by one of these predicates, else that it is deprecated."""
    for predicate in (*predicates, _DEPRECATED, TYPE):
        for triple in sorted(index.match(old, predicate, None)):
            if triple in origin:
                return Place(origin[triple], 0, 0)
    return Place("ontology", 0, 0)


def _without_effect(index: TripleIndex, origin: Mapping[Triple, str], deprecated: set[Term]) -> Iterator[Finding]:
    """Find what was meant to declare a change, and declares none."""
    for s, p, o in index.match(None, _DEPRECATED, None):
        if o not in (_TRUE, _FALSE):
            place = Place(origin.get((s, p, o), "ontology"), 0, 0)
            yield Finding(place, "error", "bad-change", f"owl:deprecated of {plain(s)} is {o}", "write true or false")
    for s, p, o in index.match(None, _REPLACED, None):
        kinds = {*CLASSES, _OBJECT, _DATATYPE} & index.objects(s, TYPE)
        if kinds and s not in deprecated and not any(index.match(s, _DEPRECATED, None)):
            message = f"{plain(s)} is replaced by another term, but not deprecated: nothing acts on it"
            place = Place(origin.get((s, p, o), "ontology"), 0, 0)
            hint = "add owl:deprecated true, or take dct:isReplacedBy out"
            yield Finding(place, "warning", "idle-axiom", message, hint)


def _read(index: TripleIndex, old: Term) -> Change:
    """Read what is said of one term; raises ValueError with what is wrong, and the next step."""
    is_class = bool(CLASSES & index.objects(old, TYPE))
    until = min((plain(t) for t in index.objects(old, _VALID)), default="")
    if until and not _DAY.fullmatch(until):
        raise ValueError(f"dct:valid is {until}", 'write the last day: "2027-06-30"^^xsd:date')
    nodes = sorted(index.objects(old, _REPLACED))
    terms = [t for t in nodes if is_iri(t)]
    parts = sorted((p for t in nodes for p in _parts(index, t)), key=lambda p: (p.becomes, p.whose, p.value))
    if parts:
        if terms or not is_class:
            raise ValueError("cq:whose splits a class, and nothing else replaces it then", "leave one of them out")
        return Change(old, None, True, parts=tuple(parts), until=until)
    if len(nodes) > 1:
        raise ValueError("two terms replace it", "name one, or say with cq:whose which entries become which")
    if not nodes:
        return Change(old, None, is_class, until=until)
    node = nodes[0]
    inverse = sorted(t for t in index.objects(node, _INVERSE) if is_iri(t)) if not is_iri(node) else []
    becomes = sorted(t for t in index.objects(node, _BECOMES) if is_iri(t))
    new = node if is_iri(node) else (inverse or becomes or [""])[0]
    if not new:
        raise ValueError("what replaces it is not named", "write a term, [ owl:inverseOf … ] or [ cq:becomes … ]")
    if is_iri(node) and is_class != bool(CLASSES & index.objects(new, TYPE)):
        raise ValueError(f"{plain(new)} is not of its kind", "a class replaces a class, a property a property")
    kinds = [index.objects(t, TYPE) & {_OBJECT, _DATATYPE} for t in (old, new)]
    if kinds == [{_OBJECT}, {_DATATYPE}] and not index.objects(node, _PATTERN) and not index.objects(node, _ALONG):
        raise ValueError(f"it leads to entries, and {plain(new)} holds a text", "name an owl:ObjectProperty")
    along = min((t for t in index.objects(node, _ALONG) if is_iri(t)), default=None) if not is_iri(node) else None
    patterns = tuple(_patterns(index, node)) if not is_iri(node) else ()
    converts = not is_class and not inverse and along is None and (bool(patterns) or _differ(index, old, new))
    return Change(old, new, is_class, bool(inverse), along, (), converts, patterns, until)


def _parts(index: TripleIndex, node: Term) -> list[Part]:
    if is_iri(node):
        return []
    becomes = next((t for t in sorted(index.objects(node, _BECOMES)) if is_iri(t)), "")
    whose = sorted(t for t in index.objects(node, _WHOSE) if is_iri(t))
    values = sorted(plain(t) for t in index.objects(node, _VALUE))
    if whose and (not values or not becomes):
        raise ValueError("a part has cq:whose, and lacks cq:value or cq:becomes", "say which value makes which class")
    return [Part(whose[0], value, becomes) for value in values] if whose else []


def _patterns(index: TripleIndex, node: Term) -> list[tuple[str, str]]:
    """Read `cq:from` and `cq:to`, or lists of them in their order."""
    sources, targets = ([_texts(index, t) for t in sorted(index.objects(node, p))] for p in (_PATTERN, _WRITTEN))
    if not sources and not targets:
        return []
    pairs = list(zip(sources[0], targets[0], strict=False)) if sources and targets else []
    if not pairs or len(sources[0]) != len(targets[0]):
        raise ValueError("cq:from and cq:to do not go in pairs", "give each pattern what is written instead")
    for pattern, instead in pairs:
        try:
            if re.compile(pattern).groups < max(map(int, re.findall(r"\\([0-9]+)", instead)), default=0):
                raise re.error("a group that the pattern does not have")
        except re.error as error:
            raise ValueError(f"`{pattern}` is no pattern: {error}", "write a regular expression") from None
    return pairs


def _texts(index: TripleIndex, node: Term) -> list[str]:
    return [literal_parts(t).lexical for t in ([node] if node.startswith('"') else read_list(index, node))]


def _differ(index: TripleIndex, old: Term, new: Term) -> bool:
    """Tell whether values of the two are written in different ways."""
    kinds = [_OBJECT in index.objects(t, TYPE) for t in (old, new)]
    return kinds[0] != kinds[1] or (not kinds[0] and index.objects(old, _RANGE) != index.objects(new, _RANGE))
