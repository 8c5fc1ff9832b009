"""Names that were two in the ontology and are one, or nearly one, where people and files use them."""

from __future__ import annotations

from collections.abc import Iterator

from colloquy.entries import ID, KNOWN_ID
from colloquy.errors import Finding, Place
from colloquy.lint.case import Case, warn
from colloquy.ontology import Property, snake_case
from colloquy.terms import CQ, LABEL, Term, iri_value, literal_parts

_KEY = f"<{CQ}key>"


def _folded(name: str) -> str:
    """Give what is left of a name where case, blanks and marks do not count."""
    return "".join(c for c in snake_case(name).casefold() if c.isalnum())


def check_class_names(case: Case) -> Iterator[Finding]:
    """Find classes whose words for `type:` differ in nothing but case or marks; schemas and addresses use them too."""
    seen: dict[str, Term] = {}
    for c in sorted(case.ontology.classes.values(), key=lambda c: case.place_of(c.term)):
        first = seen.setdefault(_folded(c.name), c.term)
        if first != c.term:
            message = f"{case.name(c.term)} and {case.name(first)} are nearly one word after `type:`"
            hint = "rename one: who writes facts will take the one for the other"
            yield warn(case.place_of(c.term), "alike-names", message, hint, case.place_of(first))


def check_labels(case: Case) -> Iterator[Finding]:
    """Find classes of entries that one cannot tell apart by their labels: legends and pages show nothing else."""
    seen: dict[tuple[str, str], Term] = {}
    kinds = [c for c in case.classes if c.kind == "entity" and c.term not in case.ontology.changes]
    for c in sorted(kinds, key=lambda c: case.place_of(c.term)):
        for o in sorted(case.index.objects(c.term, LABEL)):
            text, _, language = literal_parts(o) if o.startswith('"') else ("", "", None)
            first = seen.setdefault((text.casefold(), language or case.settings.language), c.term)
            if text and first != c.term:
                message = f"{case.name(c.term)} and {case.name(first)} have one label: {text}"
                hint = "give one of them another: pages and the legend show nothing else"
                yield warn(case.place(c.term, LABEL, o), "alike-names", message, hint, case.place_of(first))


def check_keys(case: Case) -> Iterator[Finding]:
    """Find keys of one class that differ in nothing but case or marks, and keys that hide others by accident."""
    told: set[tuple[Term, Term]] = set()
    for c in case.written:
        keys = case.ontology.keys(c)
        seen: dict[str, Property] = {}
        for key, p in sorted(keys.items()):
            first = seen.setdefault(_folded(key), p)
            if first is not p and (first.term, p.term) not in told:
                told.add((first.term, p.term))
                message = f"the keys `{first.key}` and `{key}` of {c.name} are nearly one word"
                hint = 'give one of them another: cq:key "…"'
                yield warn(_key_place(case, p), "alike-keys", message, hint, _key_place(case, first))
        for q in case.properties:
            p_ = keys.get(q.key)
            if p_ is None or p_ is q or (q.domain and not q.domain & c.ancestors) or (p_.term, q.term) in told:
                continue
            told.add((p_.term, q.term))
            if not case.index.objects(p_.term, _KEY) and not case.index.objects(q.term, _KEY):
                message = f"the key `{q.key}` of {c.name} means {case.name(p_.term)}, and hides {case.name(q.term)}"
                hint = f'if that is meant, say so: cq:key "{q.key}"; else give one of them another'
                yield warn(case.place_of(p_.term), "hidden-key", message, hint, case.place_of(q.term))


def _key_place(case: Case, p: Property) -> Place:
    said = sorted(case.index.objects(p.term, _KEY))
    return case.place(p.term, _KEY, said[0]) if said else case.place_of(p.term)


def check_ids(case: Case) -> Iterator[Finding]:
    """Find terms whose IRI is one that an entry may have: base and id."""
    base = case.settings.base
    # Ids of a mapping may have slashes.
    pattern = KNOWN_ID if case.settings.mapping else ID
    for term in sorted([*(c.term for c in case.classes), *(p.term for p in case.properties)]):
        value = iri_value(term)
        if value.startswith(base) and pattern.fullmatch(value[len(base) :]):
            message = f"{case.name(term)} has the address of an entry with the id `{value[len(base) :]}`"
            hint = f"put the ontology's terms below an address of their own, such as {base}ontology#"
            yield warn(case.place_of(term), "id-clash", message, hint)
