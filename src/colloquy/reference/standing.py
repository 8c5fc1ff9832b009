"""Where a term stands: what it is aligned with, which questions use it, whether it is still to be used."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from urllib.parse import quote

from colloquy.errors import ColloquyError
from colloquy.ontology import local_name, words_of
from colloquy.query import Question
from colloquy.reference.ground import Ground, Part
from colloquy.sparql import read_query
from colloquy.store import project_prefixes
from colloquy.terms import CQ, LABEL, OWL, RDFS, SKOS, STANDARD_PREFIXES, TYPE, Term, iri, iri_value, is_iri, plain

QUERY_PAGE = "query.html"
_DCT = STANDARD_PREFIXES["dct"]
_ALIGNED = (
    (f"<{OWL}equivalentClass>", "the same as"),
    (f"<{OWL}equivalentProperty>", "the same as"),
    (f"<{SKOS}exactMatch>", "the same as"),
    (f"<{SKOS}closeMatch>", "close to"),
    (f"<{RDFS}subClassOf>", "a kind of"),
    (f"<{RDFS}subPropertyOf>", "a case of"),
    (f"<{SKOS}broadMatch>", "narrower than"),
    (f"<{SKOS}narrowMatch>", "broader than"),
    (f"<{SKOS}relatedMatch>", "related to"),
    (f"<{OWL}inverseOf>", "the other way of"),
    (f"<{RDFS}seeAlso>", "see also"),
)
_CHANGES = (f"<{OWL}inverseOf>", f"<{CQ}along>", f"<{CQ}becomes>")
_NOTES = (
    (f"<{RDFS}comment>", "Note"),
    (f"<{SKOS}scopeNote>", "Note"),
    (f"<{SKOS}changeNote>", "Change"),
    (f"<{SKOS}historyNote>", "History"),
    (f"<{OWL}versionInfo>", "Version"),
    (f"<{_DCT}created>", "Made on"),
    (f"<{_DCT}issued>", "Issued on"),
    (f"<{_DCT}modified>", "Changed on"),
    (f"<{_DCT}valid>", "Valid until"),
)


class Standing(Ground):
    """What is told of classes and keys alike."""

    def described(self, term: Term, label: str, definition: str, example: str, labelled: bool) -> Part:
        lacks = {"label": labelled, "definition": definition, "example": example}
        return {
            "label": label,
            "iri": iri_value(term),
            "definition": definition,
            "example": example,
            "missing": [what for what, there in lacks.items() if not there],
            "aligned": self.aligned(term),
            "notes": self.notes(term),
            "deprecated": self.deprecated(term),
            "instead": self.instead(term),
            "asked": self.asked(term),
        }

    # --- alignment and age --------------------------------------------------------------------

    def aligned(self, term: Term) -> list[Part]:
        """Give the terms of other vocabularies that a term is said to go with, each once."""
        found: dict[Term, Part] = {}
        own = self.ontology.class_by_term.keys() | self.ontology.property_by_term.keys()
        for predicate, words in _ALIGNED:
            for other in sorted(self.ontology.index.objects(term, predicate)):
                if is_iri(other) and other not in own and not iri_value(other).startswith(CQ):
                    found.setdefault(other, {**self.outside(other), "how": words})
        return list(found.values())

    def notes(self, term: Term) -> list[Part]:
        index = self.ontology.index
        return [
            {"words": words, "text": text}
            for predicate, words in _NOTES
            if (text := words_of(index, term, predicate, self.settings.language or "en"))
        ]

    def deprecated(self, term: Term) -> bool:
        return any(plain(o) in ("true", "1") for o in self.ontology.index.objects(term, f"<{OWL}deprecated>"))

    def instead(self, term: Term) -> list[Part]:
        """Give the terms that replace a term; where the change is more than a name, those that it leads to."""
        index = self.ontology.index
        given = index.objects(term, f"<{_DCT}isReplacedBy>")
        inside = (o for t in given if not is_iri(t) for p in _CHANGES for o in index.objects(t, p))
        return [self.outside(t) for t in sorted({*given, *inside}) if is_iri(t)]

    def ontologies(self) -> list[Part]:
        index = self.ontology.index
        found = sorted(t for t in index.subjects(TYPE, f"<{OWL}Ontology>") if is_iri(t))

        def named(t: Term, predicate: str) -> str:
            return min(map(plain, index.objects(t, f"<{OWL}{predicate}>")), default="")

        return [
            {
                "iri": iri_value(t),
                "label": words_of(index, t, LABEL) or local_name(t),
                "comment": words_of(index, t, f"<{RDFS}comment>"),
                "version": named(t, "versionIRI"),
                "info": named(t, "versionInfo"),
                "before": named(t, "priorVersion"),
                "changed": min(map(plain, index.objects(t, f"<{_DCT}modified>")), default=""),
                "deprecated": self.deprecated(t),
                "instead": self.instead(t),
            }
            for t in found
            if not iri_value(t).startswith(CQ.rstrip("#"))
        ]

    # --- questions ----------------------------------------------------------------------------

    @cached_property
    def users(self) -> dict[Term, list[Question]]:
        """The questions that name a term; one that cannot be read names none, and `query` says why."""
        prefixes = project_prefixes(self.settings.base, self.ontology.prefixes)
        found: dict[Term, list[Question]] = defaultdict(list)
        for question in self.questions:
            try:
                names = {iri(name.iri) for name in read_query(question.query, prefixes).names}
            except (ColloquyError, ValueError):
                continue
            for name in names:
                found[name].append(question)
        return found

    def asked(self, term: Term) -> list[Part]:
        """Give the questions that use a term: by its own name, or by that of a standard term that follows from it.

        Other terms of this page that follow from it have their own list.
        """
        rules = self.ontology.rules
        own = self.ontology.class_by_term.keys() | self.ontology.property_by_term.keys()
        above = rules.ancestors(term) | {q for q, _ in rules.implied(term)}
        found: dict[str, Part] = {}
        for name in [term, *sorted(above - own - {term})]:
            for question in self.users.get(name, ()):
                by = None if name == term else self.link(name)
                found.setdefault(question.name, {**self.question(question), "by": by})
        return [found[name] for name in sorted(found)]

    def question(self, question: Question) -> Part:
        href = f"{QUERY_PAGE}#question={quote(question.name)}" if self.query_page else None
        return {"name": question.name, "words": question.words, "href": href}

    def address_of(self, query: str) -> str | None:
        """Give the address at which the query page opens a query, where there is that page."""
        return f"{QUERY_PAGE}#query={quote(query)}" if self.query_page else None
