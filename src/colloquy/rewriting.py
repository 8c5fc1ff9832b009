"""Writes a graph back as facts: the way from statements to YAML, for graphs that speak a project's own terms.

What follows by rules is left out, since it follows again.  What says so, where the provenance graph
tells it, stands with the entry or with the value.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph

from colloquy.entries import ID, SAME_AS
from colloquy.errors import UsageError, printable
from colloquy.evidence import EVIDENCE_KEYS, Evidence
from colloquy.index import TripleIndex
from colloquy.infer import closure, derivations
from colloquy.ontology import Class, Ontology, Property
from colloquy.settings import Settings
from colloquy.source import yaml_reading
from colloquy.store import PROVENANCE
from colloquy.terms import CQ, LABEL, OA, PROV, RDF, RDFS, TYPE, Term, Triple, iri_value, is_iri, literal_parts, plain

_PLAIN = re.compile(r"\w(?:[\w ./@’“”–-]*[\w.’”])?")
"""Texts that mean themselves in YAML anywhere, in a list in brackets too; all others are written in quotes."""


NOTHING = Evidence()
"""What says so, where nothing is named."""


@dataclass
class Rewritten:
    """The text of a fact file, and in words what of the graph could not be said in it."""

    text: str
    left_out: list[str]


@dataclass
class _Entry:
    """An entry in the making: its keys with their values, each a line or a part of one."""

    class_: Class
    said: Evidence = NOTHING
    values: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


class _Writer:
    def __init__(
        self, graph: TripleIndex, sources: Mapping[Triple, list[Evidence]], ontology: Ontology, settings: Settings
    ) -> None:
        self.graph, self.sources, self.ontology, self.settings = graph, sources, ontology, settings
        self.left_out: list[str] = []
        own = ontology.property_by_term
        self.kept = _authored((t for t in graph if t[1] in own), graph, sources, ontology)
        self.classes = {s: class_ for s in sorted({s for s, _, _ in graph}) if (class_ := self.class_of(s))}

    def class_of(self, subject: Term) -> Class | None:
        """Give the one class of a thing that has no other of its classes below it; None where that is none."""
        known = self.ontology.class_by_term
        classes = [known[t] for t in self.graph.objects(subject, TYPE) if t in known]
        lowest = [c for c in classes if not any(c.term in other.ancestors for other in classes if other != c)]
        if len(lowest) > 1:
            names = " and ".join(sorted(c.name for c in lowest))
            self.left_out.append(f"{subject} is of {names}; an entry has one type")
        return lowest[0] if len(lowest) == 1 else None

    def id_of(self, term: Term) -> str:
        """Give the id whose address a term is; empty where it can be none."""
        value = iri_value(term) if is_iri(term) else ""
        name = value.removeprefix(self.settings.base)
        return name if value != name and ID.fullmatch(name) else ""

    def entries(self) -> Iterator[str]:
        """Give the entries as text, by class and id."""
        order = sorted((c.name, s) for s, c in self.classes.items() if c.kind == "entity")
        for name, subject in order:
            if not (id_ := self.id_of(subject)):
                self.left_out.append(f"{subject} has an address that no id of this project makes")
                continue
            main = _Entry(self.classes[subject], next(iter(self.said(subject, TYPE, self.classes[subject].term))))
            added: dict[Evidence, _Entry] = {}
            self.keys(subject, main, added)
            yield _entry_text({"id": id_, "type": name}, main)
            for said in sorted(added, key=repr):
                yield _entry_text({"entry": id_}, added[said])
        for s, p, o in sorted(self.kept):
            if p == SAME_AS and s not in self.classes and (id_ := self.id_of(s)) and o in self.classes:
                class_ = self.classes[o]
                yield _entry_text({"id": id_, "type": class_.name, "same_as": self.id_of(o)}, _Entry(class_))

    def said(self, s: Term, p: Term, o: Term) -> list[Evidence]:
        return self.sources.get((s, p, o)) or [NOTHING]

    def keys(self, subject: Term, entry: _Entry, added: dict[Evidence, _Entry] | None) -> None:
        """Write every statement about a thing as a value of a key; what cannot stand under what the entry says
        of its sources goes to an addition, which says it anew."""
        keys = {p.term: key for key, p in self.ontology.keys(entry.class_).items()}
        for s, p, o in sorted(self.kept.match(subject, None, None)):
            if p == SAME_AS and s not in self.classes:
                continue
            if p not in keys:
                self.left_out.append(f"{s} {p} {o}: {entry.class_.name} has no key for it")
                continue
            for said in self.said(s, p, o):
                target, own = entry, _own(entry.said, said)
                if own is None and added is not None:
                    target = added.setdefault(said, _Entry(entry.class_, said))
                    own = {}
                text = None if own is None else self.value(self.ontology.property_by_term[p], o, own, said)
                if text is None:
                    self.left_out.append(f"{s} {p} {o}")
                else:
                    target.values[keys[p]].append(text)

    def value(self, p: Property, o: Term, own: dict[str, str], said: Evidence) -> str | None:
        """Write one value, with what says so where that is its own."""
        if p.kind == "relation":
            return self.relation(o, own, said)
        if p.kind == "reference":
            return _with(self.id_of(o), own) if self.id_of(o) else None
        if p.kind == "named":
            names = sorted(plain(name) for name in self.graph.objects(o, LABEL))
            return _with(_text(names[0]), own) if names else None
        if is_iri(o):
            return None
        lexical, datatype, language = literal_parts(o)
        if p.kind == "text" and (language or "") != self.settings.language.lower():
            return _with(_text(lexical), {"language": language, **own}) if language else None
        return _with(_text(lexical) if datatype.endswith(("#string", "#langString")) else _scalar(lexical), own)

    def relation(self, node: Term, own: dict[str, str], said: Evidence) -> str | None:
        """Write a qualified relation as the mapping that it was."""
        class_ = self.classes.get(node)
        if class_ is None or class_.kind != "relation":
            return None
        inner = _Entry(class_, said)
        self.keys(node, inner, None)
        parts = [f"{key}: {_joined(values)}" for key, values in inner.values.items()]
        parts += [f"{key}: {_text(value)}" for key, value in own.items()]
        return "{" + ", ".join(parts) + "}" if parts else None


def read_graph(path: Path, base: str) -> tuple[list[Triple], list[Triple]]:
    """Read a file of RDF: the triples of the default graph, and those of the provenance graph if it has one.

    Raises UsageError for a file that is not there, whose ending names no form of RDF, or that is not of it.
    """
    form = pyoxigraph.RdfFormat.from_extension(path.suffix[1:])
    if form is None:
        raise UsageError(
            f"{path}: what it is written in is not known by its ending — use .ttl, .nt, .nq, .trig or .rdf"
        )
    if not path.is_file():
        raise UsageError(f"there is no file {path}")
    own: list[Triple] = []
    said: list[Triple] = []
    provenance = f"<{base}{PROVENANCE}>"
    try:
        for quad in pyoxigraph.parse(path=str(path), format=form, lenient=True):
            triple = (str(quad.subject), str(quad.predicate), str(quad.object))
            graph = quad.graph_name
            if isinstance(graph, pyoxigraph.DefaultGraph):
                own.append(triple)
            elif str(graph) == provenance:
                said.append(triple)
    except SyntaxError as error:
        raise UsageError(f"{path}:{error.lineno or 0}: {printable(error.msg, 200)}") from None
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from None
    return own, said


def unsaid(before: Iterable[Triple], after: TripleIndex, ontology: Ontology, known: Iterable[Term] = ()) -> list[str]:
    """Compare a graph with the closure of what was written of it, and name the statements that are not there again.

    Of a thing that is none of the ontology's, only what the ontology has a term for is looked at; of an entry,
    all that is said of it.  Qualified relations may have other addresses now, so they are counted by class and
    owner; a link to what is `known` elsewhere is no loss.
    """
    own, classes, elsewhere = ontology.property_by_term, ontology.class_by_term, set(known)

    def parted(graph: Iterable[Triple]) -> tuple[set[Triple], Counter[tuple[Term, Term]]]:
        triples = {t for t in graph if t[1] in own or (t[1] == TYPE and t[2] in classes)}
        inner = {s for s, p, o in triples if p == TYPE and classes[o].kind == "relation"}
        owners = Counter((s, p) for s, p, o in triples if o in inner and s not in inner)
        return {t for t in triples if not inner & {t[0], t[2]}}, owners

    whole = list(before)
    (lost, relations), (found, again) = parted(whole), parted(after)
    entries = {s for s, p, _ in lost if p == TYPE}
    foreign = (t for t in whole if t[0] in entries and t[1] not in own and not (t[1] == TYPE and t[2] in classes))
    lost |= {t for t in foreign if t not in after}
    missing = [f"{s} {p} {o}" for s, p, o in lost - found if o not in elsewhere]
    return missing + [f"{s} {p}: {n} fewer" for (s, p), n in (relations - again).items()]


def rewrite(
    triples: Iterable[Triple], provenance: Iterable[Triple], ontology: Ontology, settings: Settings
) -> Rewritten:
    """Write triples in terms of an ontology as the text of a fact file; entries come by class and id.

    `provenance` are the triples of the provenance graph, which may be none.
    """
    graph = TripleIndex(triples)
    writer = _Writer(graph, _sources(TripleIndex(provenance), settings.base), ontology, settings)
    text = "\n".join(writer.entries())
    return Rewritten(text, writer.left_out)


def _authored(
    candidates: Iterable[Triple], graph: TripleIndex, sources: Mapping[Triple, list[Evidence]], ontology: Ontology
) -> TripleIndex:
    """Give as few of the triples as all others follow from, and every one that a source is named for."""
    kept = set(candidates)
    whole = TripleIndex(kept | {t for t in graph if t[1] == TYPE})
    for triple in sorted(kept):
        if triple in sources:
            continue
        ways = derivations(triple, whole, ontology.rules)
        if any(all(one in kept or one[1] == TYPE for one in premises) for premises in ways):
            kept.discard(triple)
    types = [t for t in graph if t[1] == TYPE]
    while lost := {t for t in whole if t[1] != TYPE} - set(closure([*kept, *types], ontology.rules)):
        kept.add(min(lost))  # two that follow from one another
    return TripleIndex(kept)


def _sources(provenance: TripleIndex, base: str) -> dict[Triple, list[Evidence]]:
    """Read what says so: for each statement, in the order of what is said."""
    found: dict[Triple, set[Evidence]] = defaultdict(set)

    def one(node: Term, predicate: str) -> str | None:
        return min(map(plain, provenance.objects(node, f"<{predicate}>")), default=None)

    for node in provenance.subjects(TYPE, f"<{RDF}Statement>"):
        parts = [min(provenance.objects(node, f"<{RDF}{part}>"), default="") for part in _PARTS]
        document = one(node, PROV + "wasDerivedFrom")
        if all(parts) and document:
            said = Evidence(document.removeprefix(base), one(node, CQ + "inSection"), one(node, OA + "exact"),
                            one(node, CQ + "basis") or "stated", one(node, RDFS + "comment"))  # fmt: skip
            found[parts[0], parts[1], parts[2]].add(said)
    return {triple: sorted(said, key=repr) for triple, said in found.items()}


_PARTS = ("subject", "predicate", "object")


def _own(above: Evidence, said: Evidence) -> dict[str, str] | None:
    """Give what a value has to say of its sources, under an entry that says `above`; None where nothing will do.

    What stands above is laid under what a value says: see `evidence.EvidenceReader.read`.
    """
    if said == above:
        return {}
    if said.document is None:
        return None if above.document else {}
    own: dict[str, str] = {}
    if said.document != above.document:
        own["document"] = said.document
        above = above._replace(document=said.document, section=None, phrase=None)
    if said.section != above.section or (above.phrase and not said.phrase):
        if said.section is None:
            return None
        own["section"] = said.section
        above = above._replace(phrase=None)
    if said.phrase != above.phrase and said.phrase is not None:
        own["phrase"] = said.phrase
    if said.basis != above.basis:
        own["basis"] = said.basis
        if said.basis == "stated":
            above = above._replace(reason=None)
    if said.reason != above.reason:
        if said.reason is None:
            return None
        own["reason"] = said.reason
    return own


def _entry_text(head: Mapping[str, str], entry: _Entry) -> str:
    keys = [f"{key}: {value}" for key, value in head.items()]
    said = entry.said._asdict()
    keys += [f"{key}: {_text(said[key])}" for key in EVIDENCE_KEYS
             if said[key] is not None and not (key == "basis" and said[key] == "stated")]  # fmt: skip
    for key, values in entry.values.items():
        if len(values) == 1:
            keys.append(f"{key}: {values[0]}")
        else:
            keys += [f"{key}:", *(f"- {value}" for value in values)]
    return "- " + "\n  ".join(keys) + "\n"


def _joined(values: list[str]) -> str:
    return values[0] if len(values) == 1 else f"[{', '.join(values)}]"


def _with(text: str, own: Mapping[str, str]) -> str:
    if not own:
        return text
    return "{" + ", ".join([f"value: {text}", *(f"{key}: {_text(value)}" for key, value in own.items())]) + "}"


def text_as_yaml(text: str) -> str:
    """Write a text so that YAML reads it as that text."""
    if _PLAIN.fullmatch(text) and yaml_reading(text) is None:
        return text
    return quoted(text)


def scalar_as_yaml(text: str) -> str:
    """Write a number, a day or an address, which the ontology types; in quotes only where YAML asks for them."""
    return text if _PLAIN.fullmatch(text) or re.fullmatch(r"-?[0-9.:+TZ-]+", text) else quoted(text)


def quoted(text: str) -> str:
    """Write a text in double quotes, so that YAML reads it as that text."""
    # A text in JSON is one in YAML, but for three line ends that YAML would fold (YAML 1.1, clause 5.5).
    written = json.dumps(text, ensure_ascii=False)
    return written.replace("\u2028", "\\L").replace("\u2029", "\\P").replace("\x85", "\\N")


_text, _scalar = text_as_yaml, scalar_as_yaml


def describe(lines: Iterable[str], most: int = 20) -> list[str]:
    """Give what was left out, a line each, and how much more there is."""
    told = sorted(set(lines))
    more = [f"and {len(told) - most:,} more"] if len(told) > most else []
    return [printable(line, 300) for line in told[:most]] + more
