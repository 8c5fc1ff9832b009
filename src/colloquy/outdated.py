"""Finds where facts are written with deprecated terms, and says what to write instead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from colloquy.deprecation import Change
from colloquy.entries import Draft, part_of
from colloquy.evidence import EVIDENCE_KEYS
from colloquy.ontology import Class, Ontology, Property
from colloquy.source import Mapping, Node, Scalar, Sequence
from colloquy.terms import Term


class Use(NamedTuple):
    """A deprecated term in a fact file: the key or type as it is written, its value, and what it stands in.

    `class_` is that of the entry or relation; `into`, for a type, the class that is meant now.
    """

    change: Change
    at: Scalar
    value: Node
    within: Mapping
    class_: Class
    into: Class | None = None


def uses(draft: Draft, class_: Class, ontology: Ontology) -> Iterator[Use]:
    """Give every deprecated term of an entry, those in its relations too; `class_` is that of the entry."""
    own = {key.text: value for key, value in draft.node.items}
    written = own.get("type", draft.defaults.get("type")) if draft.class_ else None
    named = ontology.classes.get(written.text) if isinstance(written, Scalar) else None
    if named and isinstance(written, Scalar) and (change := ontology.changes.get(named.term)):
        new = ontology.class_by_term.get(change.new or "") or part_of(named, own, ontology)
        yield Use(change, written, written, draft.node, named, None if new.term == named.term else new)
    yield from _keys(draft.node, class_, ontology)


def _keys(node: Mapping, class_: Class, ontology: Ontology) -> Iterator[Use]:
    known = ontology.keys(class_)
    for key, value in node.items:
        p = known.get(key.text)
        if p is None:
            continue
        if change := ontology.changes.get(p.term):
            yield Use(change, key, value, node, class_)
        if p.kind == "relation" and (inner := relation_class(p, ontology)):
            for one in value.items if isinstance(value, Sequence) else [value]:
                if isinstance(one, Mapping):
                    yield from _keys(one, inner, ontology)


def relation_class(p: Property, ontology: Ontology) -> Class | None:
    """Give the class of the relations that a property leads to."""
    return next((ontology.class_by_term[t] for t in sorted(p.range) if t in ontology.class_by_term), None)


def values_of(value: Node) -> Iterator[tuple[Scalar, Mapping | None]]:
    """Give the values that a key has, each with the mapping of one that says more of itself.

    That is its sources, or its language: `{value: …, phrase: …}`.
    """
    if isinstance(value, Scalar):
        yield value, None
    elif isinstance(value, Sequence):
        for item in value.items:
            yield from values_of(item)
    else:
        for key, part in value.items:
            if isinstance(part, Scalar) and (key.text == "value" or key.text not in (*EVIDENCE_KEYS, "language")):
                yield part, value


def words(use: Use, ontology: Ontology) -> tuple[str, str]:
    """Say that a term is deprecated, and what to write instead."""
    change, at = use.change, use.at
    shown = f"the type `{at.text}`" if change.is_class else f"`{at.text}` of {use.class_.name}"
    until = f" and works until {change.until}" if change.until else ""
    return f"{shown} is deprecated{until}", f"{_instead(use, ontology)}"


def _instead(use: Use, ontology: Ontology) -> str:
    change = use.change
    if change.is_class:
        parts = ontology.class_by_term
        if change.parts:
            names = sorted({f"`type: {parts[p.becomes].name}`" for p in change.parts if p.becomes in parts})
            keys = sorted({f"`{k}`" for p in change.parts for k, q in ontology.keys(use.class_).items()
                           if q.term == p.whose})  # fmt: skip
            return f"write {' or '.join(names)}; `colloquy migrate` does it where {' or '.join(keys)} says which"
        if use.into:
            return f"write `type: {use.into.name}`; `colloquy migrate` does it"
        return "nothing replaces it: choose another type"
    new = ontology.property_by_term.get(change.new or "")
    if new is None:
        return "nothing replaces it: leave it out"
    where = ""
    if change.inverse:
        where = f" at {'each entry' if isinstance(use.value, Sequence) else 'the entry'} that it names"
    if change.along and (link := ontology.property_by_term.get(change.along)):
        where = f" at the entry that `{link.key}` names"
    return f"write `{new.key}`{where}; `colloquy migrate` does it"


def twins_of(ontology: Ontology) -> dict[Term, list[tuple[Change, Property]]]:
    """Give for each property the others that say the same in other words: what replaces it, and what it replaces."""
    found: dict[Term, list[tuple[Change, Property]]] = {}
    known = ontology.property_by_term
    for change in ontology.changes.values():
        if change.converts and change.new in known and change.old in known:
            found.setdefault(change.old, []).append((change, known[change.new]))
            found.setdefault(change.new, []).append((change, known[change.old]))
    return found


def new_keys(ontology: Ontology) -> dict[str, str]:
    """Give for each deprecated key the one that replaces it."""
    known = ontology.property_by_term
    pairs = ((known.get(c.old), known.get(c.new or "")) for c in ontology.changes.values())
    return {old.key: new.key for old, new in pairs if old and new}
