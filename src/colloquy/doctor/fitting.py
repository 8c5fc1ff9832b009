"""Names that fit in the place of an unknown one: what the data has there, as far as it is like what was written.

A name that is spelled otherwise (`order` for `position`) is found by its place: the query is asked with
a variable there.  What comes is taken where it is the only thing that fits, or where words speak for it:
those of the unknown name and of the variables beside it, in the names, label and definition of the other.
"""

from __future__ import annotations

from collections.abc import Iterable

from colloquy.doctor.anatomy import HOLE
from colloquy.doctor.case import Case
from colloquy.doctor.cutting import Part
from colloquy.doctor.nearness import words
from colloquy.ontology import local_name, words_of
from colloquy.terms import LABEL, RDFS, SKOS, TYPE, Term, iri_value, is_iri

ENOUGH = 0.55
"""How much has to speak for a name."""
_SMALL = frozenset(
    (
        *("about", "after", "before", "from", "into", "over", "that", "their", "there", "they", "this", "what", "when"),
        *("where", "which", "with"),
    )
)
_TEXTS = (LABEL, f"<{SKOS}definition>", f"<{RDFS}comment>")


def fitting(case: Case, term: Term, places: list[int], parts: list[Part]) -> list[tuple[float, Term]]:
    """Give known properties or classes that fit in the place of an unknown one, likeliest first, with a cost."""
    mine = [p for p in parts if p.triple and set(places) & set(case.tokens_of(p))]
    plain = [p for p in mine if p.triple and (p.triple.verb.plain or p.triple.value.start in places)]
    if not mine or len(plain) < len(mine):
        return []
    found = {t for t in case.values(case.parts, dict.fromkeys(places, f"?{HOLE}")) if is_iri(t) and t != TYPE}
    alone = _one_family(case, found)
    beside = {w for p in mine for v in _variables(p) for w in words(v)}
    scored = [(_likeness(case, term, other, beside) + 0.6 * alone, other) for other in found]
    return sorted((2.5 - score, other) for score, other in scored if score >= ENOUGH)


def _variables(part: Part) -> list[str]:
    assert part.triple is not None
    return [s.text[1:] for s in (part.triple.subject, part.triple.value) if s.text[:1] in "?$"]


def _one_family(case: Case, found: set[Term]) -> bool:
    """Tell whether all that fits follows from one of them: it is one thing under several names."""
    rules = case.ontology.rules

    def above(term: Term) -> set[Term]:
        return {parent for parent, turned in rules.implied(term) if not turned} | rules.ancestors(term)

    return any(found <= above(term) for term in found)


def _likeness(case: Case, written: Term, other: Term, beside: Iterable[str]) -> float:
    from rapidfuzz.distance import JaroWinkler

    name, its = local_name(written), local_name(other)
    mine = words(name)
    names = [*words(its), *words(words_of(case.ontology.index, other, LABEL).partition(" (")[0])]
    texts = {w for p in _TEXTS for w in words(words_of(case.ontology.index, other, p))} - _SMALL
    near = JaroWinkler.similarity(name.casefold(), its.casefold())
    found = [near if near >= 0.8 else 0.0]
    found.append(0.85 * any(_stem(a, b) for a in mine for b in names))
    found.append(0.7 * any(w in texts for w in mine if len(w) > 3))
    found.append(0.6 * any(_stem(a, b) for a in beside for b in names))
    found.append(0.5 * any(w in texts for w in beside if len(w) > 3))
    space = iri_value(written).removesuffix(name)
    return max(found) + 0.1 * (bool(space) and iri_value(other).removesuffix(its) == space)


def _stem(one: str, other: str) -> bool:
    """Tell whether two words begin alike: `counting` and `counts`."""
    short = min(len(one), len(other))
    return short >= 4 and one[: max(4, short - 2)] == other[: max(4, short - 2)]
