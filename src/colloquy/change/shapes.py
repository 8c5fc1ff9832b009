"""What two ontologies ask of facts by their shapes, rule by rule, and which of two rules is the stricter one."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Literal, NamedTuple, TypeAlias

from colloquy.index import TripleIndex
from colloquy.ontology import Ontology
from colloquy.shapes import (
    COUNT_COMPONENTS,
    LOGICAL_COMPONENTS,
    QUIET,
    VALUE_COMPONENTS,
    Shape,
    deactivated,
    read_shapes,
)
from colloquy.terms import SH, Term, is_iri, plain

Key: TypeAlias = tuple[Term, str, str]
"""What a rule is about: the target of its shape, the path (empty for the thing itself), the component."""
Effect: TypeAlias = Literal["stricter", "warns", "looser"]

_LEAST = frozenset(("minCount", "minLength", "minInclusive", "minExclusive"))
_MOST = frozenset(("maxCount", "maxLength", "maxInclusive", "maxExclusive"))
_TOLD = frozenset((*VALUE_COMPONENTS, *COUNT_COMPONENTS, *LOGICAL_COMPONENTS))
_WORDS = {"minCount": "at least {} of", "maxCount": "at most {} of"}


class Rule(NamedTuple):
    """One constraint: what it asks, as text, and whether what does not keep it is an `error` or a `warning`."""

    value: str
    severity: str


def read_rules_of(ontology: Ontology) -> dict[Key, Rule]:
    """Give every rule that an ontology's shapes ask of facts."""
    found: dict[Key, Rule] = {}
    index = ontology.index
    for shape in read_shapes(index):
        if deactivated(index, shape):
            continue
        for _, target in shape.targets:
            for path, component, rule in _rules(shape, index):
                number = 1
                while (key := (target, path, component if number == 1 else f"{component} ({number})")) in found:
                    number += 1
                found[key] = rule
    return found


def _rules(shape: Shape, index: TripleIndex) -> Iterator[tuple[str, str, Rule]]:
    path = shape.path if shape.path and is_iri(shape.path) else ""
    if shape.beyond and not shape.properties:
        yield path, "a rule of its own", Rule(_text(shape.term, index, frozenset()), shape.severity)
        return
    for name, text in _beyond(shape, index) if shape.beyond else ():
        yield path, name, Rule(text, shape.severity)
    for name, value in shape.constraints:
        if name in LOGICAL_COMPONENTS and isinstance(value, tuple):
            text = " | ".join(sorted(_text(s.term, index, frozenset()) for s in value if isinstance(s, Shape)))
        elif name == "in" and isinstance(value, tuple):
            text = ", ".join(sorted(map(str, value)))
        elif isinstance(value, tuple):
            text = " ".join(map(str, value)).strip()
        else:
            text = plain(str(value))
        yield path, name, Rule(text, shape.severity)
    for inner in shape.properties:
        yield from _rules(inner, index)


def _beyond(shape: Shape, index: TripleIndex) -> Iterator[tuple[str, str]]:
    """Give what a shape asks in words that only the full engine has: closed shapes, SPARQL and the like."""
    said: dict[str, set[str]] = {}
    for _, p, o in index.match(shape.term, None, None):
        name = p[1:-1].removeprefix(SH)
        if p.startswith(f"<{SH}") and name not in QUIET and name not in _TOLD:
            said.setdefault(name, set()).add(plain(o) if o.startswith('"') else _text(o, index, frozenset()))
    ignored, closed = said.pop("ignoredProperties", set()), said.pop("closed", set())
    if closed & {"true", "1"}:
        said["closed"] = {"true", *ignored}
    for name, texts in said.items():
        yield name, " | ".join(sorted(texts))


def _text(node: Term, index: TripleIndex, above: frozenset[Term]) -> str:
    """Write all that is said below a nameless node, whatever the node is called."""
    if is_iri(node) or node.startswith('"') or node in above:
        return node if not node.startswith("_:") else "…"
    said = (f"{p} {_text(o, index, above | {node})}" for _, p, o in index.match(node, None, None))
    return f"[{'; '.join(sorted(s for s in said if not s.startswith(f'<{SH}message>')))}]"


def effect(component: str, was: Rule | None, now: Rule | None) -> Effect | None:
    """Say what becomes of a rule: None where it stays."""
    if was == now:
        return None
    if now is None:
        return "looser"
    if now.severity != "error":
        return "warns" if was is None or was.severity != "error" else "looser"
    if was is None or was.severity != "error":
        return "stricter" if not (component == "minCount" and now.value == "0") else "warns"
    name = component.partition(" (")[0]
    if name == "in":
        return "looser" if set(was.value.split(", ")) <= set(now.value.split(", ")) else "stricter"
    if name in _LEAST | _MOST:
        try:
            higher = Decimal(now.value) > Decimal(was.value)
        except InvalidOperation:
            higher = now.value > was.value
        return "stricter" if higher == (name in _LEAST) else "looser"
    return "stricter"


def in_words(path: str, component: str, was: Rule | None, now: Rule | None) -> str:
    """Say what is asked now, and what was."""
    name = component.partition(" (")[0]

    def shown(rule: Rule) -> str:
        """Write what is asked where it is short and plain; what is made of other nodes has no short form."""
        is_short = len(rule.value) <= 60 and "[" not in rule.value and name not in LOGICAL_COMPONENTS
        return rule.value if is_short else ""

    def one(rule: Rule) -> str:
        return _WORDS.get(name, name if " " in name else f"sh:{name} {{}}").format(shown(rule)).strip()

    of = f" of {path}" if path and name not in _WORDS else f" {path}" if path else ""
    verb = "has to have" if name in _WORDS else "has to keep"
    if now is None:
        return f"no longer {verb} {one(was)}{of}" if was else ""
    before = "" if was is None else f" (was {shown(was) or 'another'})"
    if was is not None and was.value == now.value:
        before = f", and breaking it is {'an error' if now.severity == 'error' else 'no error'} now"
    return f"{verb} {one(now)}{of}{before}"
