"""Names that stand nowhere in the graph, and what was meant by them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator

from colloquy.doctor.anatomy import HOLE
from colloquy.doctor.case import Candidate, Case, Edit
from colloquy.doctor.cutting import Part
from colloquy.doctor.fitting import fitting
from colloquy.doctor.naming import named_rightly
from colloquy.doctor.nearness import distance, words
from colloquy.ontology import words_of
from colloquy.terms import LABEL, Term, iri_value, is_iri, literal_parts

ELSEWHERE = 0.3
"""What it costs that the near name stands in another namespace."""
MOST_EACH = 9
SURE = 1.0
"""What a name costs at the most that is so near that it is tried before those that fit."""


def split(term: Term) -> tuple[str, str]:
    """Cut an IRI in namespace and name."""
    value = iri_value(term)
    cut = max(value.rfind("/"), value.rfind("#"), value.rfind(":")) + 1
    return value[:cut], value[cut:]


def near_terms(
    wanted: Term, known: Iterable[Term], labels: Callable[[Term], str] | None = None
) -> list[tuple[float, Term]]:
    """Give the terms that a wrong one may have meant, nearest first; by `labels` too, and by their words."""
    space, name = split(wanted)
    found = []
    for term in set(known):
        if not is_iri(term) or term == wanted:
            continue
        its_space, its_name = split(term)
        if its_space == space:
            cost = distance(name, its_name, name=True)
        elif its_name == name:
            cost = ELSEWHERE if name else float("inf")
        else:
            # the folder of an entry may be wrong too; a slip in the name and another vocabulary is rarer
            cost = min(distance(iri_value(wanted), iri_value(term)), distance(name, its_name) + 2 * ELSEWHERE)
        if labels is not None and cost == float("inf"):
            cost = _by_words(name, its_name, labels(term)) + 2 * ELSEWHERE * (its_space != space)
        if cost != float("inf"):
            found.append((cost, term))
    return sorted(found)


def _by_words(name: str, other: str, label: str) -> float:
    """Compare names of properties or classes by the words in them: `dateStart`, `date` and `startDate`."""
    mine, its = set(words(name)), set(words(other))
    if mine == its or (label and (mine == set(words(label)) or distance(name, label, name=True) <= 1)):
        return 1.0
    return 2.5 if mine and (mine < its or its < mine) and max(map(len, mine & its)) > 3 else float("inf")


def unknown_in(case: Case, parts: Iterable[Part]) -> dict[Term, list[int]]:
    """Give the IRIs of some parts that stand nowhere in any graph, with their tokens.

    What stands there as something else, and where a property or class is wanted, counts as well.
    """
    kept = list(parts)
    places: dict[Term, list[int]] = {}
    roles = {id(name.token): name.role for name in case.query.names}
    inside = {i for part in kept for i in case.tokens_of(part)}
    verbs = {s.token for p in kept if p.triple for s in p.triple.verb.steps}
    types = {p.triple.value.start for p in kept if p.triple and case.is_type(p)}
    for index, term in case.iris.items():
        if index in inside and roles.get(id(case.query.tokens[index])) == "term":
            places.setdefault(term, []).append(index)
    ontology = case.ontology
    found = {}
    for term, at in places.items():
        if verbs & set(at) and term not in ontology.property_by_term:
            known = case.probes.is_property(term)
        elif types & set(at) and term not in ontology.class_by_term:
            known = case.probes.is_class(term)
        else:
            known = case.probes.stands(term)
        if not known:
            found[term] = at
    return found


def examine_unknown(case: Case, unknown: dict[Term, list[int]], parts: list[Part]) -> Iterator[Candidate]:
    """Give changes that put known names in the place of unknown ones, all at once."""
    yield from _namespaces(case, unknown)
    yield from _addresses(case, unknown)
    meant = {term: _meant(case, term, places, parts)[:MOST_EACH] for term, places in unknown.items()}
    if not all(meant.values()):
        return
    chosen = itertools.product(*meant.values())
    for choice in itertools.islice(chosen, 30):
        edits: list[Edit] = []
        for (_, places), (_, new) in zip(unknown.items(), choice, strict=True):
            edits += [(index, index + 1, case.show(new)) for index in places]
        words = ", ".join(f"`{case.show(new)}`" for _, new in choice)
        old = ", ".join(f"`{case.show(term)}`" for term in unknown)
        several = len(unknown) > 1
        why = f"{old} {'stand' if several else 'stands'} nowhere in this graph — did you mean {words}?"
        cost = 0.3 * sum(cost for cost, _ in choice)
        if len(meant) > 1 or any(len(near) > 1 for near in meant.values()):
            changed = [p for p in parts if p.triple and set(case.tokens_of(p)) & {e[0] for e in edits}]
            cost -= 0.2 * sum(named_rightly(case, part, tuple(edits)) for part in changed[:2])
        yield Candidate(cost, "unknown-term", tuple(edits), f"{words} for {old}", why)


def _meant(case: Case, term: Term, places: list[int], parts: list[Part]) -> list[tuple[float, Term]]:
    """Give near names: those that would give rows in this place first, and else all of their kind."""
    tokens = set(places)
    verb = any(tokens & {s.token for s in p.triple.verb.steps} for p in parts if p.triple)
    type_of = any(case.is_type(p) and p.triple and p.triple.value.start in tokens for p in parts)
    if verb or type_of:
        known = case.probes.predicates() if verb else case.probes.classes()
        near = near_terms(term, known, lambda t: words_of(case.ontology.index, t, LABEL).partition(" (")[0])
        sure = [pair for pair in near[:MOST_EACH] if pair[0] <= SURE]
        if sure and len(places) == 1:
            return (
                sure + [pair for pair in fitting(case, term, places, parts) if pair[1] not in {t for _, t in sure}][:3]
            )
        return fitting(case, term, places, parts) + near
    known = case.values(case.parts, dict.fromkeys(places, f"?{HOLE}"))
    if near := near_terms(term, known):
        return near
    known = case.probes.things()
    if _is_graph(case, places):
        known = case.probes.values("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")
    return near_terms(term, known)


def _addresses(case: Case, unknown: dict[Term, list[int]]) -> Iterator[Candidate]:
    """Give the literal where the data has an address as a literal, and an IRI is written."""
    for term, places in unknown.items():
        for value in case.values(case.parts, dict.fromkeys(places, f"?{HOLE}")):
            if value.startswith('"') and literal_parts(value).lexical == iri_value(term):
                old, new = case.show(term), case.show(value)
                why = f"`{old}` is no thing of this graph; the data has {new} there"
                edits = tuple((index, index + 1, new) for index in places)
                yield Candidate(0.1, "datatype", edits, f"{new} for `{old}`", why)


def _is_graph(case: Case, places: list[int]) -> bool:
    return any(case.query.tokens[i - 1].text.upper() == "GRAPH" for i in places if i)


def _namespaces(case: Case, unknown: dict[Term, list[int]]) -> Iterator[Candidate]:
    """Give the namespace that a prefix was probably meant for, where nothing of the one it has is known."""
    tokens = case.query.tokens
    for index, token in enumerate(tokens[:-2]):
        if token.text.upper() != "PREFIX" or tokens[index + 1].kind != "namespace":
            continue
        space = tokens[index + 2].text[1:-1]
        prefix = tokens[index + 1].text
        mine = {
            t: p for t, p in unknown.items() if tokens[p[0]].text.startswith(prefix) and iri_value(t).startswith(space)
        }
        if not mine or len(mine) != len(unknown):
            continue
        for known in _spaces(case):
            made = [f"<{known}{iri_value(term)[len(space) :]}>" for term in mine]
            if known != space and _alike(space, known) and all(case.probes.stands(t) for t in made):
                why = f"nothing of the namespace <{space}> stands in this graph"
                edits = ((index + 2, index + 3, f"<{known}>"),)
                yield Candidate(-0.1, "unknown-term", edits, f"<{known}> for <{space}>", why)


def _spaces(case: Case) -> list[str]:
    terms = [*case.probes.predicates(), *case.probes.classes()]
    return sorted({split(t)[0] for t in terms} | set(case.prefixes.values()))


def _alike(one: str, other: str) -> bool:
    def core(text: str) -> str:
        return re.sub(r"^https?://(www\.)?", "", text).rstrip("/#")

    return core(one) == core(other) or distance(core(one), core(other)) <= 2
