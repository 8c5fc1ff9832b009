"""What is said of terms in words: labels and definitions in every language, and sentences for facts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from colloquy.errors import Finding, did_you_mean
from colloquy.lint.case import Case, fail, warn
from colloquy.ontology import Property
from colloquy.terms import (
    ALT_LABEL,
    CQ,
    LABEL,
    OWL,
    RDFS,
    SKOS,
    STANDARD_PREFIXES,
    TYPE,
    Term,
    iri_value,
    is_iri,
    literal_parts,
)

_DEFINITION = f"<{SKOS}definition>"
_KINDS = [f"<{OWL}{n}>" for n in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")]
_DATATYPE = f"<{RDFS}Datatype>"
_STANDARD = tuple(STANDARD_PREFIXES.values())
_TEMPLATES = ("sentence", "inverseSentence", "detail", "loneSentence")


def languages(case: Case) -> list[str]:
    """Give the languages that an ontology speaks, as main tags: `en-GB` is `en`.

    They are that of `colloquy.yaml`, and every one in which a term of the project has a label or definition.
    """
    found = {case.settings.language} if case.settings.language else set()
    for term in _described(case):
        found |= _said(case, term, LABEL) | _said(case, term, _DEFINITION)
    return sorted({tag.partition("-")[0].lower() for tag in found} - {""})


def _described(case: Case) -> list[Term]:
    """Give the project's terms: what entries are made of, and what else is declared in its own namespaces."""
    found = {c.term for c in case.classes} | {p.term for p in case.properties}
    for kind in (*_KINDS, _DATATYPE):
        own = (t for t in case.index.subjects(TYPE, kind) if is_iri(t) and not iri_value(t).startswith(_STANDARD))
        found.update(t for t in own if case.is_ours(t))
    return sorted(found)


def _said(case: Case, term: Term, predicate: Term) -> set[str]:
    """Give the languages of a text; one without is in that of the settings, as everything that says no other."""
    texts = [o for o in case.index.objects(term, predicate) if o.startswith('"')]
    return {literal_parts(o).language or case.settings.language for o in texts}


def check_words(case: Case) -> Iterator[Finding]:
    """Find terms without label or definition in one of the languages."""
    spoken = languages(case)
    for term in _described(case):
        for code, what, how, predicate in (
            ("no-label", "label", 'rdfs:label "…"', LABEL),
            ("no-definition", "definition", 'skos:definition "…"', _DEFINITION),
        ):
            said = {tag.partition("-")[0].lower() for tag in _said(case, term, predicate)}
            if not spoken and not said:
                yield warn(case.place_of(term), code, f"{case.name(term)} has no {what}", f"add {how}")
            for tag in spoken:
                if tag not in said:
                    message = f"{case.name(term)} has no {what} in the language {tag}"
                    yield warn(case.place_of(term), code, message, f"add {how}@{tag}")


def check_sentences(case: Case) -> Iterator[Finding]:
    """Find properties whose facts are said in words made up from labels, for want of a sentence."""
    relations = {c.term for c in case.ontology.classes.values() if c.kind == "relation"}
    targets = {p.target for p in case.ontology.properties if p.target}
    for p in case.properties:
        is_of_relation = bool(p.domain) and p.domain <= relations
        # The ends of a relation are said by the property that leads to it.
        is_end = p.term in targets or p.kind in ("reference", "relation")
        missing = [name for name in _wanted(case, p) if not case.index.objects(p.term, f"<{CQ}{name}>")]
        if is_of_relation:
            missing = [] if is_end or case.index.objects(p.term, f"<{CQ}detail>") else ["detail"]
        for name in missing:
            message = f"{case.name(p.term)} has no cq:{name}: its facts are said in words made up from labels"
            yield warn(case.place_of(p.term), "no-sentence", message, f'add cq:{name} "{_EXAMPLES[name]}"')


_EXAMPLES = {
    "sentence": "{subject} … {object}.",
    "inverseSentence": "{object} … {subject}.",
    "detail": "… {object}",
    "loneSentence": "{subject} …",
}


def _wanted(case: Case, p: Property) -> Iterator[str]:
    """Name the sentences that a property of an entry needs."""
    if p.kind != "relation" or p.target:
        yield "sentence"
        if p.kind in ("reference", "named", "relation"):
            yield "inverseSentence"
    if p.kind == "relation" and not _is_required(case, p):
        yield "loneSentence"


def _is_required(case: Case, p: Property) -> bool:
    """Tell whether a relation always has its far end, since a shape asks for it."""
    return any(
        part.path == p.target and any(name == "minCount" and value != '"0"' for name, value in part.constraints)
        for shape in case.shapes
        if {term for _, term in shape.targets} & p.range
        for part in shape.walk()
    )


def check_placeholders(case: Case) -> Iterator[Finding]:
    """Find what stands in braces in a sentence, and is filled in by nothing."""
    for p in case.properties:
        # A sentence on what something is called need not call it something.
        is_name = {(LABEL, False), (ALT_LABEL, False)} & case.ontology.rules.implied(p.term)
        for name in _TEMPLATES:
            known = {"subject", "object"}
            if name == "loneSentence":
                known |= {key for c in case.classes_in(p.range) for key in case.ontology.keys(c)}
            for text in case.index.objects(p.term, f"<{CQ}{name}>"):
                written = literal_parts(text).lexical if text.startswith('"') else ""
                if written and name != "detail" and "{subject}" not in written and not is_name:
                    message = f"cq:{name} of {case.name(p.term)} does not say {{subject}}: {written}"
                    hint = "write {subject} where its name goes"
                    yield warn(case.place(p.term, f"<{CQ}{name}>", text), "no-subject", message, hint)
                for word in re.findall(r"\{(\w+)\}", literal_parts(text).lexical if text.startswith('"') else ""):
                    if word not in known:
                        place = case.place(p.term, f"<{CQ}{name}>", text)
                        message = f"cq:{name} of {case.name(p.term)} has {{{word}}}, which nothing fills in"
                        yield fail(place, "unknown-placeholder", message, did_you_mean(word, known))
