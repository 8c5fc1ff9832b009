"""Writes the dataset: three graphs as sorted N-Quads, the Oxigraph store, Turtle, the side index.

The text is written once, from terms that are already text; everything else is loaded from it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pyoxigraph

from colloquy.directory import Entry
from colloquy.errors import Place, ProjectError
from colloquy.evidence import Evidence
from colloquy.facts import Facts
from colloquy.infer import Reach, closure
from colloquy.ontology import Ontology
from colloquy.terms import (
    CQ,
    LABEL,
    OA,
    PROV,
    RDF,
    RDFS,
    TYPE,
    Term,
    Triple,
    iri,
    literal,
    literal_parts,
    n_quads,
)
from colloquy.unit import Statement, Unit

GRAPH_FILE, TURTLE_FILE, POSITIONS_FILE, STORE_PREFIX = "graph.nq", "graph.ttl", "positions.tsv", "store-"
PROVENANCE, ONTOLOGY = "graph/provenance", "graph/ontology"

_STATEMENT = f"<{RDF}Statement>"
_SUBJECT, _PREDICATE, _OBJECT = (f"<{RDF}{n}>" for n in ("subject", "predicate", "object"))
_DERIVED, _EXACT = f"<{PROV}wasDerivedFrom>", f"<{OA}exact>"
_BASIS, _SECTION, _COMMENT = f"<{CQ}basis>", f"<{CQ}inSection>", f"<{RDFS}comment>"


def project_prefixes(base: str, prefixes: Mapping[str, str]) -> dict[str, str]:
    """Give the prefixes of a project: those of its ontology, `:` for its entries, `graph:` for its graphs."""
    return {"graph": f"{base}graph/", **prefixes, "": base}


def provenance(statements: Iterable[Statement], entries: Mapping[str, Entry], base: str) -> Iterator[Triple]:
    """Give the reification of every statement that has a document (RDF 1.1 Semantics, appendix D.1).

    The IRI of each is a digest of what it says, so that it is the same in every build.
    """
    for s in statements:
        said = s.evidence
        if said.document is None:
            continue
        entry = entries.get(said.document)
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


class Lines(NamedTuple):
    """A dataset, or what one file puts into it, as lines without line ends.

    `default` are N-Triples of the default graph, `named` N-Quads of the named graphs, `positions`
    those of the side index.
    """

    default: list[str]
    named: list[str]
    positions: list[str]


class Products(Protocol):
    """Gives the lines of each file, made now or kept from an earlier build."""

    def lines(self, unit: Unit) -> Lines:
        """As `unit_lines`."""


def unit_lines(unit: Unit, reach: Reach, entries: Mapping[str, Entry], base: str) -> Lines:
    """Give what the statements of one file put into the dataset, those about named values apart."""
    default = reach.lines(row[:3] for row in unit.rows)
    statements = unit.statements()
    sourced = (s for s in statements if s.evidence.document is not None) if len(unit.evidences) > 1 else ()
    named = n_quads(provenance(sourced, entries, base), iri(base + PROVENANCE))
    return Lines(list(default), named, position_lines(statements))


def dataset_lines(facts: Facts, ontology: Ontology, base: str, products: Products | None = None) -> Lines:
    """Give the whole dataset; `products` holds what the files' units gave in an earlier build."""
    reach = Reach(ontology.rules)
    default: set[str] = set()
    named: set[str] = set(n_quads(ontology_triples(ontology, base), iri(base + ONTOLOGY)))
    positions: list[str] = []
    for unit in facts.units:
        own = products.lines(unit) if products else unit_lines(unit, reach, facts.entries, base)
        default.update(own.default)
        named.update(own.named)
        positions += own.positions
        if unit.mentions:
            of_names = list(facts.of_names(unit))
            default |= reach.lines(s[:3] for s in of_names)
            named.update(n_quads(provenance(of_names, facts.entries, base), iri(base + PROVENANCE)))
            positions += position_lines(of_names)
    if joined := joined_triples(facts, reach):
        default.update(n_quads(closure(joined, ontology.rules)))
    return Lines(sorted(default), sorted(named), sorted(set(positions)))


def joined_triples(facts: Facts, reach: Reach) -> list[Triple]:
    """Give the statements that only together entail something, by a chain or by transitivity."""
    properties = {row[1] for unit in facts.units for row in unit.rows} | {TYPE, LABEL}
    joined = {p for p in properties if reach.joined(p)}
    if not joined:
        return []
    found = [row[:3] for unit in facts.units for row in unit.rows if row[1] in joined]
    found += (s[:3] for unit in facts.units for s in facts.of_names(unit) if s[1] in joined)
    return found


def write_dataset(folder: Path, lines: Lines, prefixes: Mapping[str, str], store_name: str) -> None:
    """Write `graph.nq`, the store beside it and `graph.ttl` (default graph).

    Raises ProjectError where the store cannot be written.
    """
    data = ("\n".join(sorted(lines.default + lines.named)) + "\n").encode()
    (folder / GRAPH_FILE).write_bytes(data)
    try:
        store = pyoxigraph.Store(str(folder / store_name))
        store.bulk_load(data, pyoxigraph.RdfFormat.N_QUADS)
        store.flush()
    except OSError as error:
        raise ProjectError(f"the store cannot be written: {error}") from None
    del store  # lets go of the lock on the folder
    # From the sorted text, not from the store: the order of a store is its own.
    quads = pyoxigraph.parse("\n".join(lines.default).encode(), pyoxigraph.RdfFormat.N_TRIPLES)
    triples: Any = quads  # the writer takes quads of the default graph for triples
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


MOST_COMPARED = 100_000
SAMPLE = 1_000


def check_store(output: Path, *, whole: bool = True) -> str:
    """Compare the store with `graph.nq`, by content; give what differs, or nothing.

    Where not the `whole` is wanted, a large store is counted, and every so many lines are looked up.
    """
    lines = (output / GRAPH_FILE).read_bytes().rstrip(b"\n").split(b"\n")
    try:
        store = pyoxigraph.Store.read_only(str(store_folder(output)))
        if whole or len(lines) <= MOST_COMPARED:
            # What a store gives back is text of its own: both sides through one parser and writer.
            held = {f"{quad} ." for quad in store}
            meant = {f"{quad} ." for quad in pyoxigraph.parse(b"\n".join(lines), pyoxigraph.RdfFormat.N_QUADS)}
            missing, extra = len(meant - held), len(held - meant)
        else:
            sample = b"\n".join(lines[:: len(lines) // SAMPLE])
            missing = sum(quad not in store for quad in pyoxigraph.parse(sample, pyoxigraph.RdfFormat.N_QUADS))
            extra = len(store) - len(lines)
    except OSError as error:
        return f"the store cannot be read: {error}"
    return f"the store differs from {GRAPH_FILE}: {missing} missing, {extra} too many" if missing or extra else ""


# --- the side index: every authored statement, its place and what says so ----------------------

_FIELDS = ("subject", "predicate", "object", "file", "line", "column", *Evidence._fields)


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


def position_lines(statements: Iterable[Statement]) -> list[str]:
    """Give the lines of the side index: tab-separated fields, one line for each statement.

    Terms and texts are in N-Triples syntax, in which neither tabs nor line ends stand raw.
    """
    rows = []
    said: dict[Evidence, str] = {}
    for s, p, o, (file, line, column), evidence in statements:
        texts = said.get(evidence)
        if texts is None:
            texts = said[evidence] = "\t".join("" if x is None else literal(x) for x in evidence)
        rows.append(f"{s}\t{p}\t{o}\t{file}\t{line}\t{column}\t{texts}")
    return rows


def write_positions(folder: Path, lines: Iterable[str]) -> None:
    """Write the side index: a head, and a line for each statement."""
    text = "\n".join(("\t".join(_FIELDS), *lines)) + "\n"
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
