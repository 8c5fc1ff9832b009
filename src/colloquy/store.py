"""Writes the dataset: three graphs as sorted N-Quads, the Oxigraph store, Turtle, the side index.

The text is written once, from terms that are already text; everything else is loaded from it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph

from colloquy.errors import Place, ProjectError
from colloquy.facts import Evidence, Facts, Statement
from colloquy.index import TripleIndex
from colloquy.ontology import Ontology
from colloquy.terms import CQ, OA, PROV, RDF, RDFS, TYPE, Term, Triple, iri, literal, literal_parts, n_quads, split_quad

GRAPH_FILE, TURTLE_FILE, POSITIONS_FILE, STORE_PREFIX = "graph.nq", "graph.ttl", "positions.tsv", "store-"
PROVENANCE, ONTOLOGY = "graph/provenance", "graph/ontology"

_STATEMENT = f"<{RDF}Statement>"
_SUBJECT, _PREDICATE, _OBJECT = (f"<{RDF}{n}>" for n in ("subject", "predicate", "object"))
_DERIVED, _EXACT = f"<{PROV}wasDerivedFrom>", f"<{OA}exact>"
_BASIS, _SECTION, _COMMENT = f"<{CQ}basis>", f"<{CQ}inSection>", f"<{RDFS}comment>"


def project_prefixes(base: str, prefixes: Mapping[str, str]) -> dict[str, str]:
    """Give the prefixes of a project: those of its ontology, `:` for its entries, `graph:` for its graphs."""
    return {"graph": f"{base}graph/", **prefixes, "": base}


def provenance(facts: Facts, base: str) -> Iterator[Triple]:
    """Give the reification of every statement that has a document (RDF 1.1 Semantics, appendix D.1).

    The IRI of each is a digest of what it says, so that it is the same in every build.
    """
    for s in facts.statements:
        said = s.evidence
        if said.document is None:
            continue
        entry = facts.entries.get(said.document)
        document = entry.term if entry else iri(base + said.document)
        what_says_so = (said.document, said.section or "", said.phrase or "", said.basis, said.reason or "")
        key = "\0".join((*s.triple, *what_says_so))
        node = iri(f"{base}statement/{hashlib.sha256(key.encode()).hexdigest()[:24]}")
        yield node, TYPE, _STATEMENT
        yield node, _SUBJECT, s.subject
        yield node, _PREDICATE, s.predicate
        yield node, _OBJECT, s.object
        yield node, _DERIVED, document
        yield node, _BASIS, literal(said.basis)
        if said.section:
            yield node, _SECTION, literal(said.section)
        if said.phrase:
            yield node, _EXACT, literal(said.phrase)
        if said.reason:
            yield node, _COMMENT, literal(said.reason)


def ontology_triples(ontology: Ontology, base: str) -> Iterator[Triple]:
    """Give the ontology with its blank nodes canonicalised (RDFC-1.0) and skolemised.

    RDF 1.1 Concepts, clause 3.5, for the `.well-known/genid/` IRIs; so that no blank node is in the
    dataset and a Turtle file that was only reordered builds the same graph.
    """
    text = "\n".join(f"{s} {p} {o} ." for s, p, o in ontology.triples)
    dataset = pyoxigraph.Dataset(pyoxigraph.parse(text.encode(), pyoxigraph.RdfFormat.N_TRIPLES))
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)

    def skolem(term: object) -> Term:
        return f"<{base}.well-known/genid/{term.value}>" if isinstance(term, pyoxigraph.BlankNode) else str(term)

    for quad in dataset:
        yield skolem(quad.subject), str(quad.predicate), skolem(quad.object)


def dataset_lines(facts: Facts, closure: TripleIndex, ontology: Ontology, base: str) -> list[str]:
    """Give the whole dataset as N-Quads lines: sorted, each once, without line ends."""
    lines = set(n_quads(closure))
    lines.update(n_quads(provenance(facts, base), iri(base + PROVENANCE)))
    lines.update(n_quads(ontology_triples(ontology, base), iri(base + ONTOLOGY)))
    return sorted(lines)


def write_dataset(folder: Path, lines: list[str], prefixes: Mapping[str, str], store_name: str) -> None:
    """Write `graph.nq`, the store beside it and `graph.ttl` (default graph).

    Raises ProjectError where the store cannot be written.
    """
    data = ("\n".join(lines) + "\n").encode()
    (folder / GRAPH_FILE).write_bytes(data)
    try:
        store = pyoxigraph.Store(str(folder / store_name))
        store.bulk_load(data, pyoxigraph.RdfFormat.N_QUADS)
        store.flush()
    except OSError as error:
        raise ProjectError(f"the store cannot be written: {error}") from None
    del store  # lets go of the lock on the folder
    # From the sorted text, not from the store: the order of a store is its own.
    default = (line for line in lines if not split_quad(line)[3])
    triples = (q.triple for q in pyoxigraph.parse("\n".join(default).encode(), pyoxigraph.RdfFormat.N_QUADS))
    turtle = pyoxigraph.serialize(triples, format=pyoxigraph.RdfFormat.TURTLE, prefixes=dict(sorted(prefixes.items())))
    assert turtle is not None
    (folder / TURTLE_FILE).write_bytes(turtle)


def store_folder(output: Path) -> Path:
    """Find the store of an output folder.

    Raises ProjectError where there is none: nothing was built yet.
    """
    found = sorted(output.glob(STORE_PREFIX + "*"))
    if not found:
        raise ProjectError(f"{output} holds no store — run `colloquy build` first")
    return found[0]


def check_store(output: Path) -> str:
    """Compare the store with `graph.nq`, by content; give what differs, or nothing."""
    wanted = set((output / GRAPH_FILE).read_text(encoding="utf-8").rstrip("\n").split("\n"))
    try:
        store = pyoxigraph.Store.read_only(str(store_folder(output)))
        # What a store gives back is text of its own: both sides through one parser and writer.
        held = {f"{quad} ." for quad in store}
    except OSError as error:
        return f"the store cannot be read: {error}"
    parsed = pyoxigraph.parse("\n".join(wanted).encode(), pyoxigraph.RdfFormat.N_QUADS)
    meant = {f"{quad} ." for quad in parsed}
    missing, extra = len(meant - held), len(held - meant)
    return f"the store differs from {GRAPH_FILE}: {missing} missing, {extra} too many" if missing or extra else ""


# --- the side index: every authored statement, its place and what says so ----------------------

_FIELDS = ("subject", "predicate", "object", "file", "line", "column", *Evidence.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Positions:
    """The side index of a build: the authored statements, in the order of their triples."""

    statements: tuple[Statement, ...]

    @property
    def by_triple(self) -> dict[Triple, tuple[Statement, ...]]:
        """The statements of each triple; more than one where it was written twice."""
        found: dict[Triple, tuple[Statement, ...]] = {}
        for s in self.statements:
            found[s.triple] = (*found.get(s.triple, ()), s)
        return found


def write_positions(folder: Path, statements: Iterable[Statement]) -> None:
    """Write the side index: a line of tab-separated fields per statement, sorted.

    Terms and texts are in N-Triples syntax, in which neither tabs nor line ends stand raw.
    """
    rows = []
    for s in statements:
        said = (s.evidence.document, s.evidence.section, s.evidence.phrase, s.evidence.basis, s.evidence.reason)
        texts = ["" if x is None else literal(x) for x in said]
        place = (s.place.file, f"{s.place.line}", f"{s.place.column}")
        rows.append("\t".join((s.subject, s.predicate, s.object, *place, *texts)))
    text = "\n".join(("\t".join(_FIELDS), *sorted(rows))) + "\n"
    (folder / POSITIONS_FILE).write_bytes(text.encode())


def read_positions(output: Path) -> Positions:
    """Read the side index: the inverse of `write_positions`.

    Raises ProjectError where the output has none.
    """
    try:
        lines = (output / POSITIONS_FILE).read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        raise ProjectError(f"{output} holds no {POSITIONS_FILE} — run `colloquy build` first") from None
    evidences: dict[tuple[str, ...], Evidence] = {}
    statements = []
    for line in lines[1:]:
        if not line:
            continue
        s, p, o, file, row, column, *texts = line.split("\t")
        said = evidences.get(tuple(texts))
        if said is None:
            document, section, phrase, basis, reason = (literal_parts(t).lexical if t else None for t in texts)
            said = evidences[tuple(texts)] = Evidence(document, section, phrase, basis or "stated", reason)
        statements.append(Statement(s, p, o, Place(file, int(row), int(column)), said))
    return Positions(tuple(statements))
