"""Reads SHACL shapes: the core constraints as tables, and which shapes need the full engine.

SHACL, clause 4 (https://www.w3.org/TR/shacl/#core-components).  What is not read here (SPARQL
constraints, qualified shapes, closed shapes, paths of more than one step) is marked `beyond`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from colloquy.datatypes import typed
from colloquy.index import TripleIndex, read_list
from colloquy.terms import CLASSES, RDF, SH, TYPE, XSD, XSD_STRING, Term, iri_value, is_iri, literal_parts, plain

VALUE_COMPONENTS = [
    "datatype",
    "class",
    "nodeKind",
    "pattern",
    "minLength",
    "maxLength",
    "in",
    "hasValue",
    "minInclusive",
    "maxInclusive",
    "minExclusive",
    "maxExclusive",
    "languageIn",
]
COUNT_COMPONENTS = ("minCount", "maxCount", "uniqueLang")
LOGICAL_COMPONENTS = ("or", "and", "not", "xone", "node")
_TRUE = (f'"true"^^<{XSD}boolean>', f'"1"^^<{XSD}boolean>', '"true"')
_WHOLE_NUMBERS = ("minCount", "maxCount", "minLength", "maxLength")
_LISTS = ("in", "languageIn", "or", "and", "xone")
_NODES = ("property", "node", "not", "class", "datatype", "nodeKind")
QUIET = {"path", "message", "severity", "name", "description", "order", "group", "defaultValue", "property",
          "targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf", "flags", "deactivated"}  # fmt: skip
"""What stands in a shape and asks nothing of a node by itself."""


class Graph(Protocol):
    """What a shape asks of a graph: the values of a subject, and whether a triple holds."""

    def objects(self, s: Term, p: Term) -> set[Term]:
        """Give the objects of a subject and a predicate; an empty set where there are none."""

    def __contains__(self, triple: object) -> bool: ...


@dataclass(frozen=True)
class Shape:
    """A node shape, or a property shape where `path` is given.

    `constraints` are pairs of a component's name (`minCount`) and its value: a term, a list of
    terms for `in` and `languageIn`, or nested shapes for the logical ones.
    """

    term: Term
    path: Term | None
    targets: tuple[tuple[str, Term], ...]
    constraints: tuple[tuple[str, object], ...]
    properties: tuple[Shape, ...]
    message: str
    severity: str
    beyond: bool

    def walk(self) -> Iterator[Shape]:
        """Give this shape and its property shapes, however deep."""
        yield self
        for p in self.properties:
            yield from p.walk()


@dataclass(frozen=True)
class Violation:
    """One result: the shape, the focus node, and the value at fault (None where one is missing).

    Where there are too many values, `count` is their number and `values` are all of them.
    """

    shape: Shape
    focus: Term
    value: Term | None
    component: str
    expected: object
    count: int = 0
    values: tuple[Term, ...] = ()


def read_shapes(index: TripleIndex) -> tuple[Shape, ...]:
    """Read every shape that has a target, or is a class and so its own target, sorted by its IRI."""
    nodes = {s for name in ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")
             for s, _, _ in index.match(None, f"<{SH}{name}>", None)}  # fmt: skip
    nodes |= {t for t in index.subjects(TYPE, f"<{SH}NodeShape>") if _is_class(index, t)}
    return tuple(_read(index, node, frozenset()) for node in sorted(nodes))


def trouble(index: TripleIndex, name: str, value: Term) -> str:
    """Say what is wrong with the value of a SHACL parameter (`minCount`), or nothing.

    A constraint with such a value is left out by `read_shapes`, so whoever shows findings has to say so.
    """
    is_literal = value.startswith('"')
    if name in _WHOLE_NUMBERS and not (is_literal and re.fullmatch("[0-9]{1,18}", plain(value))):
        return "takes a whole number, 0 or more"
    if name in _LISTS and value != f"<{RDF}nil>" and not index.objects(value, f"<{RDF}first>"):
        return "takes a list: ( … )"
    if name in _NODES and is_literal:
        return "takes a term or [ … ], not a text"
    if name == "property" and not index.objects(value, f"<{SH}path>"):
        return "takes a property shape, and that has an sh:path"
    if name == "pattern":
        try:
            re.compile(plain(value) if is_literal else "(")
        except re.error as error:
            return f"is no regular expression as Python reads them: {error}"
    return ""


def _is_class(index: TripleIndex, term: Term) -> bool:
    return bool(index.objects(term, TYPE) & CLASSES)


def _read(index: TripleIndex, node: Term, above: frozenset[Term]) -> Shape:
    above = above | {node}
    constraints: list[tuple[str, object]] = []
    properties: list[Shape] = []
    targets: list[tuple[str, Term]] = []
    beyond = False
    path = next(iter(sorted(index.objects(node, f"<{SH}path>"))), None)
    if _off(index, node):  # everything conforms to it (SHACL, clause 2.1.2)
        return Shape(node, path, (), (), (), "", "error", False)
    if path is not None and not is_iri(path):
        beyond = True
    for _, p, o in sorted(index.match(node, None, None)):
        name = iri_value(p).removeprefix(SH)
        if not iri_value(p).startswith(SH) or trouble(index, name, o):
            continue
        if name == "property":
            if o in above:  # a shape that contains itself: only the full engine says what that means
                beyond = True
            else:
                properties.append(_read(index, o, above))
        elif name.startswith("target"):
            targets.append((name, o))
        elif name in ("in", "languageIn"):
            constraints.append((name, tuple(read_list(index, o))))
        elif name in LOGICAL_COMPONENTS:
            members = read_list(index, o) if name in ("or", "and", "xone") else [o]
            if set(members) & above:
                beyond = True
            else:
                constraints.append((name, tuple(_read(index, m, above) for m in members)))
        elif name in VALUE_COMPONENTS or name in COUNT_COMPONENTS:
            if name == "pattern":
                flags = next(iter(sorted(index.objects(node, f"<{SH}flags>"))), '""')
                constraints.append((name, (plain(o), plain(flags))))
            else:
                constraints.append((name, o))
        elif name not in QUIET:
            beyond = True
    if _is_class(index, node):
        targets.append(("targetClass", node))
    nested = [s for name, v in constraints if name in LOGICAL_COMPONENTS for s in _shapes(v)]
    severity = next(iter(sorted(index.objects(node, f"<{SH}severity>"))), f"<{SH}Violation>")
    return Shape(
        term=node,
        path=path,
        targets=tuple(targets),
        constraints=tuple(constraints),
        properties=tuple(properties),
        message=_message(index, node),
        severity="error" if severity == f"<{SH}Violation>" else "warning",
        beyond=beyond or any(s.beyond for s in (*properties, *nested)),
    )


def shapes_in(shape: Shape) -> tuple[Shape, ...]:
    """Give the shapes that a shape's own constraints are made of (`sh:or`, `sh:node` and the like)."""
    return tuple(s for name, value in shape.constraints if name in LOGICAL_COMPONENTS for s in _shapes(value))


def _shapes(value: object) -> tuple[Shape, ...]:
    return tuple(v for v in value if isinstance(v, Shape)) if isinstance(value, tuple) else ()


def _message(index: TripleIndex, node: Term) -> str:
    texts = sorted(index.objects(node, f"<{SH}message>"), key=lambda t: (not t.endswith("@en"), t))
    return plain(texts[0]) if texts else ""


def deactivated(index: TripleIndex, shape: Shape) -> bool:
    """Tell whether a shape is switched off (`sh:deactivated true`)."""
    return _off(index, shape.term)


def _off(index: TripleIndex, node: Term) -> bool:
    return any(plain(o) in ("true", "1") for o in index.objects(node, f"<{SH}deactivated>"))


def focus_nodes(shape: Shape, graph: TripleIndex) -> set[Term]:
    """Give the nodes of a closure that a shape is about (SHACL, clause 2.1.3)."""
    found: set[Term] = set()
    for kind, term in shape.targets:
        if kind == "targetClass":
            found |= graph.subjects(TYPE, term)
        elif kind == "targetNode":
            found.add(term)
        elif kind == "targetSubjectsOf":
            found |= {s for s, _, _ in graph.match(None, term, None)}
        elif kind == "targetObjectsOf":
            found |= {o for _, _, o in graph.match(None, term, None)}
    return found


@cache
def amount(expected: object) -> int:
    """Give the number that a component asks for."""
    return int(plain(str(expected)))


def validate(shape: Shape, focus: Term, graph: Graph) -> Iterator[Violation]:
    """Validate one node against one shape; not for shapes that are `beyond`."""
    values = {focus} if shape.path is None else graph.objects(focus, shape.path)
    for name, expected in shape.constraints:
        if name == "minCount" and len(values) < amount(expected):
            yield Violation(shape, focus, None, name, expected, len(values))
        elif name == "maxCount" and len(values) > amount(expected):
            yield Violation(shape, focus, None, name, expected, len(values), tuple(sorted(values)))
        elif name == "uniqueLang" and expected in _TRUE:
            yield from _unique_language(shape, focus, values)
        elif name == "hasValue":
            if expected not in values:
                yield Violation(shape, focus, None, name, expected)
        elif name in LOGICAL_COMPONENTS:
            for value in sorted(values):
                if not _logical(name, _shapes(expected), value, graph):
                    yield Violation(shape, focus, None if shape.path is None else value, name, expected)
        elif name in _TESTS:
            for value in sorted(values):
                if not _TESTS[name](value, expected, graph):
                    yield Violation(shape, focus, value, name, expected)
    for p in shape.properties:
        for value in sorted(values):
            yield from validate(p, value, graph)


def _unique_language(shape: Shape, focus: Term, values: set[Term]) -> Iterator[Violation]:
    by_language: dict[str, list[Term]] = {}
    for value in sorted(values):
        if not is_iri(value) and (language := literal_parts(value).language):
            by_language.setdefault(language.lower(), []).append(value)
    for same in by_language.values():
        if len(same) > 1:
            yield Violation(shape, focus, None, "uniqueLang", f'"{1}"', len(same), tuple(same))


def _logical(name: str, shapes: tuple[Shape, ...], value: Term, graph: Graph) -> bool:
    passed = [next(validate(s, value, graph), None) is None for s in shapes]
    return {
        "or": any(passed), "and": all(passed), "node": all(passed), "not": not all(passed), "xone": sum(passed) == 1,
    }[name]  # fmt: skip


def _kind(value: Term, expected: object, graph: Graph) -> bool:
    name = iri_value(str(expected)).removeprefix(SH)
    return ("IRI" if is_iri(value) else "Literal") in name or (name == "BlankNodeOrIRI" and is_iri(value))


def _datatype(value: Term, expected: object, graph: Graph) -> bool:
    if is_iri(value):
        return False
    lexical, held, _ = literal_parts(value)
    wanted = iri_value(str(expected))
    # Kinds of integers are stored as xsd:integer: then the value itself has to be one of the kind.
    return held == wanted or typed(lexical, (wanted,)) == (lexical, held)


def _pattern(value: Term, expected: object, graph: Graph) -> bool:
    assert isinstance(expected, tuple)
    pattern, letters = expected
    flags = sum((getattr(re, c.upper()) for c in letters if c in "imsx"), start=re.RegexFlag(0))
    return re.search(pattern, plain(value), flags) is not None


def _number(term: Term) -> float | str:
    text = plain(term)
    try:
        return float(text)
    except ValueError:
        return text


def _compare(test: Callable[[object, object], bool]) -> Callable[[Term, object, Graph], bool]:
    def compared(value: Term, expected: object, graph: Graph) -> bool:
        if is_iri(value):
            return False
        a, b = _number(value), _number(str(expected))
        return type(a) is type(b) and test(a, b)

    return compared


_TESTS: dict[str, Callable[[Term, object, Graph], bool]] = {
    "class": lambda value, expected, graph: (value, TYPE, expected) in graph,
    "datatype": _datatype,
    "nodeKind": _kind,
    "pattern": _pattern,
    "minLength": lambda value, expected, graph: len(plain(value)) >= amount(expected),
    "maxLength": lambda value, expected, graph: len(plain(value)) <= amount(expected),
    "in": lambda value, expected, graph: value in expected,  # type: ignore[operator]  # always a tuple here
    "languageIn": lambda value, expected, graph: _speaks(value, expected),
    "minInclusive": _compare(lambda a, b: a >= b),  # type: ignore[operator]  # both of one type, see _compare
    "maxInclusive": _compare(lambda a, b: a <= b),  # type: ignore[operator]
    "minExclusive": _compare(lambda a, b: a > b),  # type: ignore[operator]
    "maxExclusive": _compare(lambda a, b: a < b),  # type: ignore[operator]
}


def _speaks(value: Term, expected: object) -> bool:
    assert isinstance(expected, tuple)
    language = None if is_iri(value) else literal_parts(value).language
    return language is not None and any(
        language.lower() == plain(t).lower() or language.lower().startswith(plain(t).lower() + "-") for t in expected
    )


def in_words(v: Violation, label: Callable[[Term], str]) -> str:
    """Say a violation in words made from labels, for shapes without a message of their own."""
    what = label(v.shape.path) if v.shape.path and is_iri(v.shape.path) else "it"
    expected = v.expected
    if v.component == "minCount":
        return f"{what} needs at least {plain(str(expected))} value(s), {v.count} given"
    if v.component == "maxCount":
        return f"{what} takes at most {plain(str(expected))} value(s), {v.count} given"
    if v.component == "uniqueLang":
        return f"{what} takes one value in each language"
    if v.component == "in" and isinstance(expected, tuple):
        return f"{what} is one of: " + ", ".join(plain(t) for t in expected)
    if v.component == "class":
        return f"{what} leads to a {label(str(expected))}"
    if v.component == "datatype":
        name = "text" if expected == f"<{XSD_STRING}>" else label(str(expected))
        return f"{what} is a {name}"
    limits = {"minLength": "at least {} characters", "maxLength": "at most {} characters", "minInclusive": "{} or more",
              "maxInclusive": "{} or less", "minExclusive": "more than {}", "maxExclusive": "less than {}"}  # fmt: skip
    if v.component in limits:
        return f"{what} is " + limits[v.component].format(plain(str(expected)))
    if v.component == "pattern" and isinstance(expected, tuple):
        return f"{what} has the form {expected[0]}"
    return f"{what} does not keep the rule {v.component}"
