"""Triples that hold together in no way of reading the data: direction, class, neighbouring property."""

from __future__ import annotations

from collections.abc import Iterator

from colloquy.doctor.anatomy import HOLE
from colloquy.doctor.case import Candidate, Case, Edit
from colloquy.doctor.cutting import Part
from colloquy.doctor.naming import by_name, height, inner, named_rightly
from colloquy.doctor.nearness import words
from colloquy.doctor.texts import matches
from colloquy.doctor.triples import Spot, Triple
from colloquy.doctor.unknown import near_terms, split
from colloquy.terms import LABEL, OWL, RDF, RDFS, TYPE, Term, is_iri, literal_parts

_ABOVE = frozenset((f"<{OWL}Thing>", f"<{RDFS}Resource>", f"<{RDF}List>"))


def examine_triple(case: Case, part: Part) -> Iterator[Candidate]:
    """Give changes of one triple pattern under which the whole query may give rows."""
    triple = part.triple
    assert triple is not None
    if case.is_type(part):
        yield from _classes(case, part, triple)
        return
    yield from _literal(case, part, triple)
    yield from _directions(case, part, triple)
    yield from _properties(case, part, triple)


# --- what stands in the object -------------------------------------------------------------------


def _literal(case: Case, part: Part, triple: Triple) -> Iterator[Candidate]:
    spot = triple.value
    if spot.end == spot.start or case.query.tokens[spot.start].kind == "variable":
        return
    written = case.term_at(spot.start, spot.end)
    if written is None or is_iri(written):
        return
    values = case.values(case.parts, case.hole(spot.start, spot.end))
    old = case.body.write(spot.start, spot.end, {})
    for found in matches(written, values)[:4]:
        new = case.show(found.value)
        why = told(found.cause, old, new)
        yield Candidate(found.cost, found.cause, ((spot.start, spot.end, new),), f"{new} for {old}", why, part)
    things = [v for v in values if is_iri(v)]
    if things:
        yield from _named(case, part, triple, written, old)


def _named(case: Case, part: Part, triple: Triple, written: Term, old: str) -> Iterator[Candidate]:
    """Compare the names of things where the things themselves were compared with a text."""
    spot = triple.value
    swaps = case.hole(spot.start, spot.end)
    name = "?doctor_name"
    names = case.values(case.parts, swaps, f"?{HOLE} {LABEL} {name}", name)
    found = [(0.0, t) for t in names if t == written]
    found += [(m.cost, m.value) for m in matches(written, names)]
    verb = case.body.write(triple.verb.start, triple.verb.end, {})
    path = f"({verb})" if "|" in verb else verb
    for cost, value in found[:2]:
        edits: list[Edit] = [(triple.verb.start, triple.verb.end, f"{path}/{case.show(LABEL)}")]
        if value != written:
            edits.append((spot.start, spot.end, case.show(value)))
        why = f"`{verb}` leads to things, and {old} is a text: it may be the name of one"
        words = f"`{path}/{case.show(LABEL)}` {case.show(value)}"
        yield Candidate(2.0 + cost, "reference-as-text", tuple(edits), words, why, part)


def told(cause: str, old: str, new: str) -> str:
    """Say how a value differs from that of the data."""
    return {
        "language-tag": f"the data has {new} there, with another language tag than {old}",
        "datatype": f"the data has {new} there, of another datatype than {old}",
        "wrong-case": f"the data has {new} there, in other letters than {old}",
    }[cause]


# --- direction -----------------------------------------------------------------------------------


def _directions(case: Case, part: Part, triple: Triple) -> Iterator[Candidate]:
    if triple.verb.variable:
        return
    possible = could_be(case, part)
    if possible and any(p.kind in ("minus", "not-exists") for p in case.culprits):
        return  # turned round, a pattern gives what nothing takes away, and that is another question
    for edits, said in _turns(case, triple):
        named = named_rightly(case, part, edits)
        cost = 2.0 + (1.5 if possible else 0.0) - (0.8 if named else 0.0)
        verb = case.body.write(triple.verb.start, triple.verb.end, {})
        why = f"`{verb}` is read the wrong way round in `{case.body.words(part)}`"
        yield Candidate(cost, "reversed-direction", edits, said, why, part)


def _is_literal(case: Case, spot: Spot) -> bool:
    if spot.start == spot.end or case.query.tokens[spot.start].kind == "variable":
        return False
    term = case.term_at(spot.start, spot.end)
    return term is None or not is_iri(term)


def _turns(case: Case, triple: Triple) -> Iterator[tuple[tuple[Edit, ...], str]]:
    """Turn one property, or a path as a whole."""
    body, verb = case.body, triple.verb
    for step in verb.steps:
        if case.term_at(step.token, step.token + 1) == TYPE:
            continue
        name = body.write(step.token, step.token + 1, {})
        if step.turned is not None:
            edits: tuple[Edit, ...] = ((step.turned, step.token, ""),)
            new = name
        elif verb.plain and _is_literal(case, triple.value):
            continue
        elif verb.plain and triple.alone and triple.value.end > triple.value.start:
            s, o = triple.subject, triple.value
            one, other = body.write(s.start, s.end, {}), body.write(o.start, o.end, {})
            edits = ((s.start, s.end, other), (o.start, o.end, one))
            new = f"{other} {name} {one}"
        else:
            edits = ((step.token, step.token, "^"),)
            new = f"^{name}"
        yield edits, f"`{new}`"
    if len(verb.steps) > 1:
        text = body.write(verb.start, verb.end, {})
        yield ((verb.start, verb.end, f"^({text})"),), f"`^({text})`"


def could_be(case: Case, part: Part) -> bool:
    """Tell whether things of these classes may stand to each other so, whichever they are.

    Named things become variables of their classes, filters go, and so do texts and what is further away.
    """
    swaps: dict[int, str] = {}
    more: list[str] = []
    fresh: dict[Term, str] = {}
    keep = [p for p in case.parts if p.triple and (p is part or p.binds & part.binds) and not _is_text(case, p)]
    for one in keep:
        triple = one.triple
        if triple is None or case.is_type(one):
            continue
        for spot in (triple.subject, triple.value):
            if spot.end == spot.start or case.query.tokens[spot.start].kind == "variable":
                continue
            term = case.term_at(spot.start, spot.end)
            if term is None:
                continue
            if term not in fresh:
                fresh[term] = f"?doctor_any{len(fresh)}"
                more += [f"{fresh[term]} {TYPE} {c} ." for c in case.probes.classes_of(term)]
            swaps.update({spot.start: fresh[term], **dict.fromkeys(range(spot.start + 1, spot.end), "")})
    more += by_name(case, part)
    return case.gives(keep, swaps, " ".join(more)) is not False


def _is_text(case: Case, part: Part) -> bool:
    return part.triple is not None and _is_literal(case, part.triple.value)


# --- class ---------------------------------------------------------------------------------------


def _classes(case: Case, part: Part, triple: Triple) -> Iterator[Candidate]:
    spot = triple.value
    if spot.end == spot.start or case.query.tokens[spot.start].kind == "variable":
        return
    written = case.term_at(spot.start, spot.end)
    if written is None or not is_iri(written):
        return
    swaps = case.hole(spot.start, spot.end)
    what = f"?{HOLE} (COUNT(*) AS ?doctor_rows)"
    text = case.body.select(what, inner(case), swaps, "", f" GROUP BY ?{HOLE}")
    answer = case.probes.answer(text)
    if answer is None:
        counted = dict.fromkeys(case.values(case.parts, swaps), 1)
    else:
        counted = {r[0]: int(literal_parts(r[1]).lexical) for r in answer.rows if r[0] and r[1]}
    if not counted:
        return
    variable = triple.subject.text[1:] if triple.subject.text[:1] in "?$" else ""
    named = set(case.named_after(variable)) if variable else set()
    contradicts = bool(named) and written not in named
    asked = _asked_of(case, triple.subject.text)
    told = any(p.triple and p.triple.subject.text == triple.subject.text and _is_text(case, p) for p in case.parts)
    suspect = contradicts or (told and written not in named)
    if not suspect and (_legal(case, asked, written) or could_be(case, part)):
        return
    most = max(counted.values())
    old = case.show(written)
    for term, rows in counted.items():
        if term == written or term in _ABOVE or not is_iri(term):
            continue
        if most > rows and term not in named:
            continue
        cost = 2.3 - 0.8 * (term in named) + 0.6 * (written in named)
        cost -= 0.2 * any(words(variable) == words(name) for name in case.class_names.get(term, ()))
        cost += 0.2 * (split(term)[0] != split(written)[0]) + 0.1 * (1 - rows / most)
        cost += 0.05 * height(case, term) - 0.3 * any(term in allowed for allowed in asked)
        why = f"no `{old}` has what is asked of it here; the data has `{case.show(term)}` in its place"
        edits = ((spot.start, spot.end, case.show(term)),)
        yield Candidate(cost, "wrong-class", edits, f"`{case.show(term)}` for `{old}`", why, part)


def _asked_of(case: Case, variable: str) -> list[frozenset[Term]]:
    """Give, for each property that a variable has or is led to by, the classes that the ontology means there."""
    found = []
    for part in case.parts:
        triple = part.triple
        if triple is None or not triple.verb.steps or case.is_type(part):
            continue
        for first, spot in ((True, triple.subject), (False, triple.value)):
            if spot.text == variable:
                step = triple.verb.steps[0 if first else -1]
                term = case.term_at(step.token, step.token + 1)
                found.append(_ends(case, term, first == (step.turned is None)) if term else frozenset())
    return found


def _legal(case: Case, asked: list[frozenset[Term]], class_: Term) -> bool:
    """Tell whether the ontology allows all that is asked of a thing of a class, be it said of one or not."""
    rules = case.ontology.rules
    above = rules.ancestors(class_)
    return all(any(a in above or class_ in rules.ancestors(a) for a in allowed) for allowed in asked)


def _ends(case: Case, term: Term, domain: bool) -> frozenset[Term]:
    """Give the domain, or range, of a property and of all below it."""
    found: set[Term] = set()
    seen = {(term, domain)}
    waiting = [(term, domain)]
    while waiting:
        one, of_subject = waiting.pop()
        known = case.ontology.property_by_term.get(one)
        if known is not None:
            found |= known.domain if of_subject else known.range
        for child, turned in case.ontology.rules.property_children.get(one, ()):
            step = (child, of_subject != turned)
            if step not in seen:
                seen.add(step)
                waiting.append(step)
    return frozenset(found)


# --- property ------------------------------------------------------------------------------------


def _properties(case: Case, part: Part, triple: Triple) -> Iterator[Candidate]:
    """Offer the property of the same name from another vocabulary, where this one is never used so; or fewer steps."""
    if not triple.verb.plain:
        yield from _fewer_steps(case, part, triple)
        return
    written = case.term_at(triple.verb.start, triple.verb.end)
    if written is None or written in case.unknown or could_be(case, part):
        return
    found = case.values(case.parts, case.hole(triple.verb.start, triple.verb.end))
    for cost, term in near_terms(written, found):
        new, old = case.show(term), case.show(written)
        why = f"`{old}` is used of other things, and never so"
        edits = ((triple.verb.start, triple.verb.end, new),)
        yield Candidate(3.0 + cost, "wrong-property", edits, f"`{new}` for `{old}`", why, part)


def _fewer_steps(case: Case, part: Part, triple: Triple) -> Iterator[Candidate]:
    """Leave out one step of a path that goes a step too far."""
    verb = triple.verb
    texts = [token.text for token in case.query.tokens[verb.start : verb.end]]
    if len(verb.steps) < 2 or any(sign in text for text in texts for sign in ("|", "(", "*", "+", "?", "!")):
        return
    if could_be(case, part):
        return
    cuts = [i for i in range(verb.start, verb.end) if case.query.tokens[i].text == "/"]
    for start, end in zip([verb.start, *(c + 1 for c in cuts)], [*cuts, verb.end], strict=True):
        step = case.body.write(start, end, {})
        edits = ((start, end + 1, ""),) if end < verb.end else ((start - 1, end, ""),)
        why = f"`{case.body.write(verb.start, verb.end, {})}` goes a step too far"
        yield Candidate(3.2, "wrong-property", edits, f"without the step `{step}`", why, part)


def next_to(case: Case, part: Part) -> list[Term]:
    """Give the properties that lead from where a property was looked for to things that have it."""
    triple = part.triple
    if triple is None or not triple.verb.plain or case.is_type(part) or could_be(case, part):
        return []
    ends = [case.body.write(s.start, s.end, {}) if s.end > s.start else s.text for s in (triple.subject, triple.value)]
    verb = case.body.write(triple.verb.start, triple.verb.end, {})
    rest = [p for p in case.parts if p is not part]
    found = case.values(rest, {}, f"{ends[0]} ?{HOLE} ?doctor_mid . ?doctor_mid {verb} {ends[1]}", f"?{HOLE}")
    return sorted(found)
