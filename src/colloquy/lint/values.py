"""Values of annotations and shapes, one by one: said twice, empty, or in a form that is none of their datatype."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from colloquy.datatypes import CANONICAL, typed
from colloquy.errors import Finding
from colloquy.lint.case import Case, fail, warn
from colloquy.terms import CQ, LABEL, SH, SKOS, XSD, XSD_STRING, Term, is_iri, literal_parts, plain
from colloquy.turtle.reading import VOCABULARY

_BY_LANGUAGE = {
    LABEL: "rdfs:label",
    f"<{SKOS}definition>": "skos:definition",
    **{f"<{CQ}{n}>": f"cq:{n}" for n in ("plural", "sentence", "inverseSentence", "detail", "loneSentence")},
}
_BY_TERM = {
    f"<{CQ}{n}>": f"cq:{n}"
    for n in ("colour", "darkColour", "mark", "legendOrder", "key", "target", "drawn", "connects", "mayShareName")
}
_NOT_EMPTY = {**_BY_LANGUAGE, f"<{CQ}key>": "cq:key", f"<{SH}message>": "sh:message"}
_NUMBERS = {
    f"<{SH}{n}>": f"sh:{n}"
    for n in ("minCount", "maxCount", "minLength", "maxLength", "qualifiedMinCount", "qualifiedMaxCount")
}
_TRUTHS = {f"<{SH}{n}>": f"sh:{n}" for n in ("closed", "uniqueLang", "deactivated", "qualifiedValueShapesDisjoint")}


def check_several(case: Case) -> Iterator[Finding]:
    """Find annotations of which a term can have one, in a language or at all, and has more."""
    for term in (*(c.term for c in case.classes), *(p.term for p in case.properties)):
        for predicate, name in (_BY_LANGUAGE | _BY_TERM).items():
            said: dict[str, list[Term]] = defaultdict(list)
            for o in case.index.objects(term, predicate):
                tag = literal_parts(o).language if predicate in _BY_LANGUAGE and o.startswith('"') else None
                said[(tag or "").lower()].append(o)
            for tag, values in sorted(said.items()):
                if len(values) > 1:
                    *others, last = sorted(case.place(term, predicate, o) for o in values)
                    shown = " and ".join(sorted(case.name(o) if is_iri(o) else f'"{plain(o)}"' for o in values))
                    where = f" in the language {tag}" if tag else ""
                    message = f"{name} of {case.name(term)} is {shown}{where}, of which one is used"
                    yield warn(last, "several-values", message, "keep one", *others)


def check_literals(case: Case) -> Iterator[Finding]:
    """Find texts that are empty, and literals that are no value of their datatype."""
    for (s, p, o), file in case.origin.items():
        if file == VOCABULARY or not o.startswith('"'):
            continue
        lexical, datatype, _ = literal_parts(o)
        if p in _NOT_EMPTY and not lexical.strip():
            whose = f" of {case.name(s)}" if is_iri(s) else ""
            yield fail(case.place(s, p, o), "bad-value", f"{_NOT_EMPTY[p]}{whose} is empty", "write it, or take it out")
        elif datatype != XSD_STRING and datatype in CANONICAL and typed(lexical, (datatype,)) is None:
            message = f'"{lexical}" is no {case.name(f"<{datatype}>")}'
            yield fail(case.place(s, p, o), "bad-value", message, "correct the value or its datatype")
        elif (p in _NUMBERS and datatype != XSD + "integer") or (p in _TRUTHS and datatype != XSD + "boolean"):
            name, want = (_NUMBERS[p], "a whole number") if p in _NUMBERS else (_TRUTHS[p], "true or false")
            message = f"{name} takes {want}, and {case.name(o)} is none to others who read the shape"
            yield fail(case.place(s, p, o), "bad-value", message, "write it without quotes")
