"""Shapes that no fact can keep, what they ask for nothing, and properties and classes that nobody can use."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

from colloquy.errors import Finding, Place, with_article
from colloquy.index import cells_of, read_list
from colloquy.lint.asked import Asked, Groups, gather, least, most, roots, severity
from colloquy.lint.case import Case, fail, finding, warn
from colloquy.lint.fitting import Conflict, conflict, misfit
from colloquy.ontology import Class, Property
from colloquy.shapes import Shape, amount
from colloquy.terms import ALT_LABEL, OWL, RDF, RDFS, SH, TYPE, Term, plain

_FIX = "correct one of them"
_TRUE = ("true", "1")
_NOTHING = f"<{OWL}Nothing>"


def check_classes(case: Case) -> Iterator[Finding]:
    """Find classes that nothing can be of, since they are below two that exclude each other."""
    known = case.ontology.class_by_term
    for c in case.classes:
        if _NOTHING in c.ancestors:
            message = f"nothing can be {with_article(c.label)}: it is below owl:Nothing"
            yield fail(case.place_of(c.term), "unsatisfiable-class", message, "take that superclass out")
            continue
        parents = [known[p] for p in c.parents if p in known]
        for pair in sorted(case.ontology.rules.disjoint, key=sorted):
            if pair <= c.ancestors and not any(pair <= parent.ancestors for parent in parents):
                names = " and ".join(case.name(t) for t in sorted(pair))
                why = f"{names} exclude each other" if len(pair) > 1 else f"{names} excludes itself"
                hint = "take one of its superclasses out, or what excludes them"
                yield fail(
                    case.place_of(c.term), "unsatisfiable-class", f"nothing can be {with_article(c.label)}: {why}", hint
                )
                break


def check_shapes(case: Case) -> Iterator[Finding]:
    """Find shapes that no fact can keep: each by itself, then all that ask something of one class."""
    told: set[Hashable] = set()
    for shape in case.shapes:
        yield from _of_groups(case, gather([shape]), told)
        yield from _of_nobody(case, shape)
    for c in case.written:
        groups = gather(roots(case, c))
        yield from _of_groups(case, groups, told, c)
        for path, asks in sorted(groups.items(), key=lambda group: group[0] or ""):
            if path is not None and path not in (TYPE, ALT_LABEL):
                yield from _of_writers(case, c, path, asks, told)
        yield from _of_closed(case, c, groups, told)
    yield from _of_qualified(case)


def _of_groups(case: Case, groups: Groups, told: set[Hashable], class_: Class | None = None) -> Iterator[Finding]:
    whose = f" of {class_.name}" if class_ else ""
    for path, asks in sorted(groups.items(), key=lambda group: group[0] or ""):
        about = f" for {case.name(path)}{whose}" if path else whose
        (low, needs), (high, limits) = least(asks), most(asks)
        if needs and limits and high is not None and low > high:
            both = Conflict(f"{needs.words(case)} and {limits.words(case)}", (needs, limits))
            yield from _tell(case, both, f"no fact can keep this{about}", told)
        for a in asks:
            if a.name == "in" and isinstance(a.value, tuple) and a.value and needs and low > len(a.value):
                both = Conflict(f"{needs.words(case)}, and only {len(a.value)} values to choose from", (needs, a))
                yield from _tell(case, both, f"no fact can keep this{about}", told)
        if found := conflict(case, asks):
            what = "no fact can keep this" if low or path is None else "no value can keep this"
            yield from _tell(case, found, what + about, told)
        else:
            yield from _of_choices(case, asks, told)


def _tell(case: Case, found: Conflict, what: str, told: set[Hashable]) -> Iterator[Finding]:
    key = frozenset((a.shape.term, a.name, str(a.value)) for a in found.asks)
    if key not in told:
        told.add(key)
        places = sorted(a.place(case) for a in found.asks)
        yield finding(
            severity(found.asks), places[-1], "unsatisfiable-shape", f"{what}: {found.words}", _FIX, *places[:-1]
        )


def _of_choices(case: Case, asks: Sequence[Asked], told: set[Hashable]) -> Iterator[Finding]:
    """Tell of single values of a list that nobody can choose."""
    for a in asks:
        if a.name == "in" and isinstance(a.value, tuple):
            for value in a.value:
                reason = misfit(case, value, asks, None)
                if reason and (a.shape.term, value) not in told:
                    told.add((a.shape.term, value))
                    message = f"nobody can choose {case.name(value) if value[0] == '<' else plain(value)} of sh:in"
                    place = _in_list(case, a.shape.term, value)
                    related = [b.place(case) for b in reason.asks]
                    yield warn(
                        place, "idle-choice", f"{message}: it does not keep {reason.words}", "take it out", *related
                    )


def _in_list(case: Case, shape: Term, value: Term) -> Place:
    first = f"<{RDF}first>"
    cells = [cell for head in case.index.objects(shape, f"<{SH}in>") for cell in cells_of(case.index, head)]
    return min(case.place(cell, first, value) for cell in cells if value in case.index.objects(cell, first))


def _of_writers(case: Case, c: Class, path: Term, asks: Sequence[Asked], told: set[Hashable]) -> Iterator[Finding]:
    """Tell of what is asked of a path that no key of a class leads to, or only keys with other values."""
    key = (path, frozenset(a.shape.term for a in asks))
    low, needs = least(asks)
    writers = case.writers(c, path)
    if not writers and path not in case.derived:
        others = (d for d in case.below[c.term] if d.kind != "named")
        if low and needs and key not in told and not any(case.writers(d, path) for d in others):
            told.add(key)
            message = f"no {c.label} can have {case.name(path)}: {_no_key(case, path)}, but {needs.words(case)}"
            hint = "widen its domain, or ask for a property that is there"
            yield finding(severity([needs]), needs.place(case), "unsatisfiable-shape", message, hint)
        return
    if conflict(case, asks):
        return
    for w in writers:
        found = conflict(case, asks, w)
        name = (w.term, frozenset((a.shape.term, a.name, str(a.value)) for a in found.asks)) if found else None
        if found and name not in told:
            told.add(name)
            places = sorted(a.place(case) for a in found.asks)
            message = f"no value of {case.name(w.term)} can keep this: {found.words}"
            hint = "say one thing in the range and in the shape"
            yield finding(
                severity(found.asks), places[-1], "range-conflict", message, hint, _range(case, w), *places[:-1]
            )


def _no_key(case: Case, path: Term) -> str:
    """Say why a class has no key for a path."""
    domain = case.names(t for p in case.ontology.properties if p.term == path for t in p.domain)
    return f"its domain is {domain}" if domain else "no key stands for it or for a property below it"


def _of_nobody(case: Case, shape: Shape) -> Iterator[Finding]:
    """Tell of what a shape asks of a property that none of its targets can have."""
    targets = [term for kind, term in shape.targets if kind == "targetClass"]
    classes = [c for c in case.classes_in(targets) if c.kind != "named"]
    if len(targets) < len(shape.targets) or not classes or case.classes_in(targets) - set(classes):
        return
    for path, asks in gather([shape]).items():
        low, _ = least(asks)
        asked = next((a for a in asks if a.name not in ("maxCount", "minCount")), None)
        if path is None or low or asked is None or path in case.derived or path in (TYPE, ALT_LABEL):
            continue
        if conflict(case, asks):
            continue
        if not any(case.writers(c, path) for c in classes):
            message = f"{asked.words(case)} asks nothing: no {' and no '.join(_labels(case, targets))} can have"
            why = f"{case.name(path)}: {_no_key(case, path)}"
            yield warn(asked.place(case), "idle-constraint", f"{message} {why}", "take it out, or correct the path")


def _labels(case: Case, terms: Sequence[Term]) -> list[str]:
    return sorted(case.ontology.label(t) for t in terms)


def _range(case: Case, p: Property) -> Place:
    said = sorted(case.index.objects(p.term, f"<{RDFS}range>"))
    return case.place(p.term, f"<{RDFS}range>", said[0]) if said else case.place_of(p.term)


# --- closed shapes


def _closed(case: Case, shape: Shape) -> tuple[Place, frozenset[Term]] | None:
    """Give where a shape says that it is closed, and the properties that it allows."""
    for value in case.index.objects(shape.term, f"<{SH}closed>"):
        if plain(value) in _TRUE:
            ignored = case.index.objects(shape.term, f"<{SH}ignoredProperties>")
            allowed = {t for head in ignored for t in read_list(case.index, head)}
            allowed |= {p.path for p in shape.properties if p.path}
            return case.place(shape.term, f"<{SH}closed>", value), frozenset(allowed)
    return None


def _follows(case: Case, p: Property) -> frozenset[Term]:
    """Give the properties that a statement of one adds to the same thing."""
    return frozenset(q for q, turned in case.ontology.rules.implied(p.term) if not turned)


def _of_closed(case: Case, c: Class, groups: Groups, told: set[Hashable]) -> Iterator[Finding]:
    for shape in roots(case, c):
        if not (found := _closed(case, shape)):
            continue
        place, allowed = found
        level = severity([Asked(shape, "closed", "")])
        if TYPE not in allowed and (shape.term, TYPE) not in told:
            told.add((shape.term, TYPE))
            message = "no fact can keep this: sh:closed does not allow rdf:type, and everything has a type"
            yield finding(level, place, "unsatisfiable-shape", message, "add sh:ignoredProperties ( rdf:type )")
        for path, asks in groups.items():
            low, needs = least(asks)
            if path is None or not needs or not low or (shape.term, path) in told:
                continue
            writers = case.writers(c, path)
            if path not in allowed:
                why = f"sh:closed does not allow {case.name(path)}, but {needs.words(case)}"
            elif writers and path not in case.derived and not any(_follows(case, w) <= allowed for w in writers):
                extra = case.names(_follows(case, writers[0]) - allowed)
                why = f"sh:closed does not allow {extra}, which {case.name(writers[0].term)} brings along"
            else:
                continue
            told.add((shape.term, path))
            message = f"no {c.label} can keep this: {why}"
            hint = "add it to sh:ignoredProperties, or to the properties of the shape"
            yield finding(level, place, "unsatisfiable-shape", message, hint, needs.place(case))


def _of_qualified(case: Case) -> Iterator[Finding]:
    """Tell of qualified counts that leave no number between them."""
    low, high = f"<{SH}qualifiedMinCount>", f"<{SH}qualifiedMaxCount>"
    for s, p, o in case.index.match(None, low, None):
        for above in (high, f"<{SH}maxCount>"):
            for limit in case.index.objects(s, above):
                if plain(o).isdecimal() and plain(limit).isdecimal() and amount(o) > amount(limit):
                    name = above[1:-1].removeprefix(SH)
                    message = f"no fact can keep this: sh:qualifiedMinCount {plain(o)} and sh:{name} {plain(limit)}"
                    places = sorted([case.place(s, p, o), case.place(s, above, limit)])
                    yield fail(places[1], "unsatisfiable-shape", message, _FIX, places[0])


# --- properties


def check_properties(case: Case) -> Iterator[Finding]:
    """Find properties that no class has as a key, and those that the shapes of all of its classes forbid."""
    groups = {c: gather(roots(case, c)) for c in case.written}
    for p in case.properties:
        classes = [c for c in case.written if case.ontology.keys(c).get(p.key) is p]
        if not classes:
            yield warn(case.place_of(p.term), "unusable-property", *_unusable(case, p))
            continue
        forbidden = [_forbidden(case, c, p, groups[c]) for c in classes]
        if all(forbidden) and forbidden[0]:
            message = f"no shape allows {case.name(p.term)}: {forbidden[0][0]}"
            hint = "allow it in a shape of its domain, or take the property out"
            yield warn(case.place_of(p.term), "forbidden-property", message, hint, *(f[1] for f in forbidden if f))


def _unusable(case: Case, p: Property) -> tuple[str, str]:
    name = case.name(p.term)
    within = [c for c in case.written if not p.domain or p.domain & c.ancestors]
    if not within:
        names = case.names(p.domain)
        return f"nothing can have {name}: no entry and no relation is of its domain, {names}", "correct the domain"
    nearer = case.names({case.ontology.keys(c)[p.key].term for c in within})
    hint = 'give it another key: cq:key "…"'
    return f"nothing can have {name}: wherever it could stand, `{p.key}` means {nearer}", hint


def _forbidden(case: Case, c: Class, p: Property, groups: Groups) -> tuple[str, Place] | None:
    """Say which shape forbids a property on a class, and where."""
    for q in sorted(_follows(case, p)):
        high, limits = most(groups.get(q, ()))
        if high == 0 and limits:
            return f"sh:maxCount 0 for {case.name(q)}", limits.place(case)
    for shape in roots(case, c):
        found = _closed(case, shape)
        if found and (extra := _follows(case, p) - found[1]):
            return f"sh:closed does not allow {case.names(extra)}", found[0]
    return None
