"""Whether a value can keep several constraints at once, and be written by a property besides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from colloquy.datatypes import CANONICAL, typed
from colloquy.lint.asked import Asked
from colloquy.lint.case import Case
from colloquy.lint.stories import LINKS
from colloquy.ontology import Class, Property
from colloquy.shapes import Shape, validate
from colloquy.terms import LANG_STRING, SH, XSD, XSD_STRING, Term, iri_value, is_iri, literal_parts, plain

_KINDS = {
    "IRI": "entry",
    "BlankNodeOrIRI": "entry",
    "Literal": "text",
    "BlankNodeOrLiteral": "text",
    "BlankNode": "blank node",
}
_BOUNDS = ("minInclusive", "maxInclusive", "minExclusive", "maxExclusive")
_NUMBERS = {XSD + name for name in ("integer", "decimal", "double", "float")}
_DAYS = {XSD + name for name in ("date", "gYear", "gYearMonth", "gMonthDay")}
_ON_TEXTS = ("datatype", "languageIn", *_BOUNDS)
_ON_VALUES = ("datatype", "nodeKind", "pattern", "minLength", "maxLength", "languageIn", *_BOUNDS)


@dataclass(frozen=True)
class Conflict:
    """Why nothing fits, in words, and the constraints that do not go together."""

    words: str
    asks: tuple[Asked, ...]


class _AnyClass:
    """A graph in which everything is of every class: what a value of a list is of, only facts say."""

    def objects(self, s: Term, p: Term) -> set[Term]:
        return set()

    def __contains__(self, triple: object) -> bool:
        return True


def conflict(case: Case, asks: Sequence[Asked], writer: Property | None = None) -> Conflict | None:
    """Find constraints that no value keeps together; with a writer, none of the values that it can have."""
    return next((found for test in _TESTS for found in test(case, asks, writer)), None)


def _both(case: Case, one: Asked, other: Asked) -> Conflict:
    return Conflict(f"{one.words(case)} and {other.words(case)}", (one, other))


def _with(case: Case, asked: Asked, writer: Property, what: str) -> Conflict:
    return Conflict(f"{asked.words(case)}, but {case.name(writer.term)} {what}", (asked,))


def _never(case: Case, asks: Sequence[Asked], writer: Property | None) -> Iterator[Conflict]:
    """Constraints that nothing ever keeps."""
    for a in asks:
        if a.name in ("in", "languageIn", "or", "xone") and a.value == ():
            yield Conflict(f"sh:{a.name} of an empty list", (a,))
        if a.name == "not" and isinstance(a.value, tuple) and all(_is_empty(s) for s in a.value):
            yield Conflict("sh:not of a shape that asks nothing", (a,))
        if a.name == "nodeKind" and a.value == f"<{SH}BlankNode>":
            yield Conflict("sh:nodeKind sh:BlankNode, which no fact ever is", (a,))


def _is_empty(shape: Shape) -> bool:
    return not shape.constraints and not shape.properties and not shape.beyond and shape.path is None


def _kinds(case: Case, asks: Sequence[Asked], writer: Property | None) -> Iterator[Conflict]:
    """Entries and texts."""
    kinds = [(kind, a) for a in asks if (kind := _kind(a))]
    for (kind, a), (other_kind, b) in combinations(kinds, 2):
        if kind != other_kind:
            yield _both(case, a, b)
    for kind, a in kinds:
        if writer and kind != ("entry" if writer.kind in LINKS else "text"):
            what = "leads to entries" if writer.kind in LINKS else "holds texts or numbers"
            yield _with(case, a, writer, what)


def _kind(a: Asked) -> str:
    if a.name == "nodeKind":
        return _KINDS.get(iri_value(str(a.value)).removeprefix(SH), "")
    return "entry" if a.name == "class" else "text" if a.name in _ON_TEXTS else ""


def _stored(datatype: str) -> str:
    """Give the datatype that a value is kept with: all whole numbers are xsd:integer."""
    return XSD + "integer" if datatype.startswith(XSD) and datatype.endswith("nteger") else datatype


def _datatypes(case: Case, asks: Sequence[Asked], writer: Property | None) -> Iterator[Conflict]:
    asked = [a for a in asks if a.name == "datatype"]
    for a, b in combinations(asked, 2):
        if _stored(iri_value(str(a.value))) != _stored(iri_value(str(b.value))):
            yield _both(case, a, b)
    languages = [a for a in asks if a.name == "languageIn"]
    for a in asked:
        if languages and iri_value(str(a.value)) != LANG_STRING:
            yield _both(case, a, languages[0])
    if writer is None or writer.kind in LINKS:
        return
    kept = {_stored(d) for d in writer.datatypes}
    if writer.kind == "text" and not case.settings.language:
        kept.add(XSD_STRING)
    for a in asked:
        if _stored(iri_value(str(a.value))) not in kept:
            yield _with(case, a, writer, f"holds {case.names(f'<{d}>' for d in writer.datatypes)}")
    for a in languages:
        if writer.kind != "text":
            yield _with(case, a, writer, f"holds {case.names(f'<{d}>' for d in writer.datatypes)}, without a language")


def _classes(case: Case, asks: Sequence[Asked], writer: Property | None) -> Iterator[Conflict]:
    """Classes of which nothing is both, as no declared class comes below both."""
    asked = [a for a in asks if a.name == "class"]
    for a in asked:
        if not case.classes_in([str(a.value)]):
            yield Conflict(f"{a.words(case)}, and no class is below that", (a,))
    for a, b in combinations(asked, 2):
        if not case.classes_in([str(a.value)]) & case.classes_in([str(b.value)]):
            yield _both(case, a, b)
    if writer and writer.kind in LINKS and writer.range:
        allowed: frozenset[Class] = case.classes_in(writer.range)
        for a in asked:
            if not allowed & case.classes_in([str(a.value)]):
                yield _with(case, a, writer, f"leads to {case.names(writer.range)}")


def _bounds(case: Case, asks: Sequence[Asked], writer: Property | None) -> Iterator[Conflict]:
    """Bounds and lengths that leave nothing between them."""
    for low, high in combinations([a for a in asks if a.name in _BOUNDS], 2):
        a, b = (low, high) if low.name.startswith("min") else (high, low)
        if a.name.startswith("min") and b.name.startswith("max"):
            least, most = _number(a), _number(b)
            is_open = a.name == "minExclusive" or b.name == "maxExclusive"
            if least is not None and most is not None:
                if least > most or (least == most and is_open) or (_is_whole(writer) and _leaves_none(a, b)):
                    yield _both(case, a, b)
            elif _is_day(a) and _family(a.value) == _family(b.value) and (_text(a), is_open) > (_text(b), False):
                yield _both(case, a, b)
    if writer and writer.kind == "literal" and set(writer.datatypes) <= set(CANONICAL):
        kept = {_family_of(d) for d in writer.datatypes}
        for a in asks:
            if a.name in _BOUNDS and _family(a.value) not in kept:
                yield _with(case, a, writer, f"holds {case.names(f'<{d}>' for d in writer.datatypes)}")
    for a in asks:
        for b in asks:
            if (a.name, b.name) == ("minLength", "maxLength") and int(plain(str(a.value))) > int(plain(str(b.value))):
                yield _both(case, a, b)


def _family_of(datatype: str) -> str:
    """Give what values of a datatype can be compared with: numbers with numbers, all others with their like."""
    return "number" if datatype in _NUMBERS or _stored(datatype) == XSD + "integer" else datatype


def _family(value: object) -> str:
    return _family_of(literal_parts(value).datatype) if isinstance(value, str) and value.startswith('"') else ""


def _text(a: Asked) -> str:
    return plain(str(a.value))


def _is_day(a: Asked) -> bool:
    """Tell whether a bound is a date, and without a time zone: then dates come in the order of their texts."""
    return _family(a.value) in _DAYS and not set(_text(a)) & set("Z:")


def _is_whole(writer: Property | None) -> bool:
    return writer is not None and {_stored(d) for d in writer.datatypes} == {XSD + "integer"}


def _leaves_none(low: Asked, high: Asked) -> bool:
    """Tell whether no whole number lies between two bounds."""
    try:
        least, most = int(_text(low)), int(_text(high))
    except ValueError:
        return False
    return least + (low.name == "minExclusive") > most - (high.name == "maxExclusive")


def _number(a: Asked) -> float | None:
    try:
        return float(plain(str(a.value)))
    except ValueError:
        return None


def _lists(case: Case, asks: Sequence[Asked], writer: Property | None) -> Iterator[Conflict]:
    """Lists of which no value keeps the rest, and required values that are not on the list."""
    lists = [a for a in asks if a.name == "in"]
    needed = [a for a in asks if a.name == "hasValue"]
    for a in needed:
        if reason := misfit(case, str(a.value), asks, writer):
            yield Conflict(f"{a.words(case)}, which does not keep {reason.words}", (a, *reason.asks))
        for b in lists:
            if isinstance(b.value, tuple) and a.value not in b.value:
                yield _both(case, a, b)
    for a in lists:
        values = a.value if isinstance(a.value, tuple) else ()
        reasons = [misfit(case, value, asks, writer) for value in values]
        if reasons and all(reasons) and reasons[0]:
            yield Conflict(f"{a.words(case)}, none of which keeps {reasons[0].words}", (a, *reasons[0].asks))
        for b in lists:
            if a is not b and isinstance(b.value, tuple) and values and not set(values) & set(b.value):
                yield _both(case, a, b)


def misfit(case: Case, value: Term, asks: Sequence[Asked], writer: Property | None) -> Conflict | None:
    """Find the constraint that one value does not keep."""
    if value.startswith("_:"):
        return Conflict("what facts are made of: none is a blank node", ())
    for a in asks:
        if a.name in _ON_VALUES:
            alone = Shape("_:one", None, (), ((a.name, a.value),), (), "", "error", False)
            if next(validate(alone, value, _AnyClass()), None):
                return Conflict(a.words(case), (a,))
        elif a.name == "class" and not is_iri(value):
            return Conflict(a.words(case), (a,))
    if writer and not _is_written(case, value, writer):
        kept = "an entry" if writer.kind in LINKS else case.names(f"<{d}>" for d in writer.datatypes)
        return Conflict(f"the range of {case.name(writer.term)} ({kept})", ())
    return None


def _is_written(case: Case, value: Term, writer: Property) -> bool:
    if value.startswith("_:"):
        return False  # no fact is a blank node
    if is_iri(value) or writer.kind in LINKS:
        return is_iri(value) == (writer.kind in LINKS)
    lexical, held, language = literal_parts(value)
    if writer.kind == "text":
        return language is not None or (held == XSD_STRING and not case.settings.language)
    return typed(lexical, writer.datatypes) == (lexical, held) or held in writer.datatypes


_TESTS: Sequence[Callable[[Case, Sequence[Asked], Property | None], Iterator[Conflict]]] = (
    _never, _kinds, _datatypes, _classes, _bounds, _lists,
)  # fmt: skip
