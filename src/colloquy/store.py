"""Writes the dataset: three graphs as sorted N-Quads, the Oxigraph store, Turtle, the side index.

The text is written once, from terms that are already text; everything else is loaded from it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pyoxigraph

from colloquy import generation
from colloquy.directory import Entry
from colloquy.errors import Place, ProjectError
from colloquy.evidence import Evidence
from colloquy.facts import Facts
from colloquy.infer import Bundles, Reach, closure, sorted_lines
from colloquy.ontology import Ontology
from colloquy.terms import (
    CQ,
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

_BLOCK = 20_000
"""How many lines are written together."""
_PARTS, _LEAST_PART = 5, 16 << 20
"""In how many parts, of how many bytes at least, a store is loaded: with many more, RocksDB has to merge them."""

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

    def skolem(term: Term) -> Term:
        return f"<{base}.well-known/genid/{term[2:]}>" if term.startswith("_:") else term

    return ((skolem(s), p, skolem(o)) for s, p, o in canonical_triples(ontology.triples))


def canonical_triples(triples: Iterable[Triple]) -> Iterator[Triple]:
    """Name the blank nodes of a graph by what is said of them (RDFC-1.0); the triples come in any order."""
    text = "\n".join(f"{s} {p} {o} ." for s, p, o in triples)
    dataset = pyoxigraph.Dataset(pyoxigraph.parse(text.encode(), pyoxigraph.RdfFormat.N_TRIPLES))
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    for quad in dataset:
        yield str(quad.subject), str(quad.predicate), str(quad.object)


class Lines(NamedTuple):
    """A dataset, or what one file puts into it, as lines without line ends.

    `default` are N-Triples of the default graph, `named` N-Quads of the named graphs, `positions`
    those of the side index in UTF-8, all of a file together, in the order of the files (see `Taker`).
    """

    default: list[str]
    named: list[str]
    positions: list[bytes]


Taker: TypeAlias = Callable[[bytes], object]
"""Takes lines of the side index, which so need not be kept until all are there."""


def dataset_lines(
    facts: Facts, ontology: Ontology, base: str, *, last: bool = False, positions: Taker | None = None
) -> Lines:
    """Give the whole dataset; where nobody needs them after it (`last`), each file's statements are let go of.

    The lines of the side index go to `positions`, and are in the result only where that is None.
    """
    reach, provenance_graph = Reach(ontology.rules), iri(base + PROVENANCE)
    default = Bundles(set)
    named: set[str] = set(n_quads(ontology_triples(ontology, base), iri(base + ONTOLOGY)))
    kept: list[bytes] = []
    take = positions or kept.append
    joined: list[Triple] = []
    if last:
        facts.forget()
    for units in facts.by_file():
        written: list[bytes] = []
        names_written: list[bytes] = []
        for unit in units:  # one, or one for each part of the file
            rows = unit.rows
            reach.add(default, rows)
            joined += (row[:3] for row in rows if reach.joined(row[1]))
            of_names = list(facts.of_names(unit)) if unit.mentions else []
            reach.add(default, of_names)
            joined += (s[:3] for s in of_names if reach.joined(s[1]))
            if len(unit.evidences) > 1:
                sourced = (s for s in (*unit.statements(), *of_names) if s.evidence.document is not None)
                named.update(n_quads(provenance(sourced, facts.entries, base), provenance_graph))
            written += _row_lines(unit)
            names_written += position_lines(of_names)
            if last:
                unit.forget()
        if once := dict.fromkeys((*written, *names_written)):
            take(b"\n".join(once))
    for s, p, o in closure(joined, ontology.rules):
        default[s].add(f" {p} {o} .")
    return Lines(sorted_lines(default), sorted(named), kept)


def write_dataset(
    folder: Path, lines: Lines, prefixes: Mapping[str, str], store_name: str, earlier: Path | None = None
) -> None:
    """Write `graph.nq`, the store beside it and `graph.ttl` (default graph).

    The lines are let go of when they are written: a large store needs the room.  `earlier` is an
    output folder whose store may be taken over, where little has changed since.
    Raises ProjectError where the store cannot be written.
    """
    graph = folder / GRAPH_FILE
    texts = lines.default
    texts += lines.named
    texts.sort()
    change = _change(texts, earlier) if earlier else None
    write_lines(graph, texts)
    part = max(_LEAST_PART, graph.stat().st_size // _PARTS + 1)
    for done in (texts, lines.named):
        done.clear()
    try:
        if change is None or not _take_over(folder / store_name, *change):
            store = pyoxigraph.Store(str(folder / store_name))
            with graph.open("rb") as file:  # in parts: the loader keeps each in memory as a whole
                while some := file.read(part) + file.readline():
                    store.bulk_load(some, format=pyoxigraph.RdfFormat.N_QUADS)
            store.flush()
            del store  # lets go of the lock on the folder
    except OSError as error:
        raise ProjectError(f"the store cannot be written: {error}") from None
    # From the sorted text, not from the store: the order of a store is its own.  What stands in one
    # was looked at when it was loaded.
    quads = pyoxigraph.parse(path=str(graph), format=pyoxigraph.RdfFormat.N_QUADS, lenient=True)
    triples = (quad.triple for quad in quads if quad.graph_name == _DEFAULT)
    names = dict(sorted(prefixes.items()))
    pyoxigraph.serialize(triples, str(folder / TURTLE_FILE), format=pyoxigraph.RdfFormat.TURTLE, prefixes=names)


def write_lines(path: Path, lines: Sequence[str]) -> None:
    """Write lines in blocks: the text of a large graph is never in memory as a whole."""
    with path.open("wb") as file:
        for start in range(0, len(lines), _BLOCK):
            file.write(("\n".join(lines[start : start + _BLOCK]) + "\n").encode())


_DEFAULT = pyoxigraph.DefaultGraph()
LEAST_KEPT, MOST_CHANGED = 20_000, 0.05
"""A store is taken over from so many lines on, and up to such a part of them changed."""


def _change(lines: Sequence[str], earlier: Path) -> tuple[Path, list[str], list[str]] | None:
    """Give the store of an earlier output, and the lines to add and to take out; None where loading all is as quick.

    Its `graph.nq` has to be the one that its manifest speaks of.
    """
    if len(lines) < LEAST_KEPT:
        return None
    try:
        store = store_folder(earlier)
        with (earlier / GRAPH_FILE).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if generation.read_manifest(earlier).files.get(GRAPH_FILE) != digest:
            return None
        with (earlier / GRAPH_FILE).open(encoding="utf-8", newline="\n") as before:
            change = _difference(lines, before, int(MOST_CHANGED * len(lines)))
    except (OSError, ProjectError):
        return None
    return (store, *change) if change else None


def _difference(lines: Sequence[str], before: Iterable[str], most: int) -> tuple[list[str], list[str]] | None:
    """Compare sorted lines with sorted lines of a file; give those added and taken out, None for more than `most`."""
    added: list[str] = []
    removed: list[str] = []
    at, end = 0, len(lines)
    for text in before:
        old = text[:-1]
        while at < end and lines[at] < old:
            added.append(lines[at])
            at += 1
        if at < end and lines[at] == old:
            at += 1
        else:
            removed.append(old)
        if len(added) + len(removed) > most:
            return None
    added += lines[at:]
    return (added, removed) if len(added) + len(removed) <= most else None


def _take_over(folder: Path, store: Path, added: list[str], removed: list[str]) -> bool:
    """Make a store from an earlier one; tell whether that went well.

    The tables of RocksDB never change once they are written: they are linked, the rest is copied.
    """
    try:
        shutil.copytree(store, folder, copy_function=_link_or_copy)
        changed = pyoxigraph.Store(str(folder))
        for quad in pyoxigraph.parse("\n".join(removed).encode(), pyoxigraph.RdfFormat.N_QUADS):
            changed.remove(quad)
        changed.extend(pyoxigraph.parse("\n".join(added).encode(), pyoxigraph.RdfFormat.N_QUADS))
        changed.flush()
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        return False
    return True


def _link_or_copy(source: str, target: str) -> None:
    if source.endswith(".sst"):
        try:
            os.link(source, target)
            return
        except OSError:  # another disk, or a file system without links
            pass
    shutil.copy2(source, target)


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
    graph = output / GRAPH_FILE
    with graph.open("rb") as file:
        lines = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
    try:
        store = pyoxigraph.Store.read_only(str(store_folder(output)))
        if whole or lines <= MOST_COMPARED:
            # What a store gives back is text of its own: both sides through one parser and writer.
            held = {f"{quad} ." for quad in store}
            meant = {f"{quad} ." for quad in pyoxigraph.parse(path=str(graph), format=pyoxigraph.RdfFormat.N_QUADS)}
            missing, extra = len(meant - held), len(held - meant)
        else:
            with graph.open("rb") as file:
                sample = b"".join(islice(file, 0, None, lines // SAMPLE))
            missing = sum(quad not in store for quad in pyoxigraph.parse(sample, pyoxigraph.RdfFormat.N_QUADS))
            extra = len(store) - lines
    except OSError as error:
        return f"the store cannot be read: {error}"
    return f"the store differs from {GRAPH_FILE}: {missing} missing, {extra} too many" if missing or extra else ""


# --- the side index: every authored statement, its place and what says so ----------------------

_FIELDS = ("subject", "predicate", "object", "file", "line", "column", *Evidence._fields)


@dataclass(frozen=True, slots=True)
class Positions:
    """The side index of a build: the authored statements, in the order of the files."""

    statements: tuple[Statement, ...]

    @property
    def by_triple(self) -> dict[Triple, tuple[Statement, ...]]:
        """The statements of each triple; more than one where it was written twice."""
        found: dict[Triple, tuple[Statement, ...]] = {}
        for s in self.statements:
            found[s.triple] = (*found.get(s.triple, ()), s)
        return found


def _row_lines(unit: Unit) -> list[bytes]:
    """Give the lines of the side index for the rows of a file."""
    said = [_evidence_fields(evidence) for evidence in unit.evidences]
    file = unit.file
    return [f"{s}\t{p}\t{o}\t{file}\t{line}\t{column}\t{said[e]}".encode() for s, p, o, line, column, e in unit.rows]


def position_lines(statements: Iterable[Statement]) -> list[bytes]:
    """Give the lines of the side index in UTF-8: tab-separated fields, one line for each statement.

    Terms and texts are in N-Triples syntax, in which neither tabs nor line ends stand raw.
    """
    return [
        f"{s}\t{p}\t{o}\t{file}\t{line}\t{column}\t{_evidence_fields(evidence)}".encode()
        for s, p, o, (file, line, column), evidence in statements
    ]


@lru_cache(maxsize=1024)
def _evidence_fields(evidence: Evidence) -> str:
    return "\t".join("" if text is None else literal(text) for text in evidence)


@contextmanager
def writing_positions(folder: Path) -> Iterator[Taker]:
    """Begin the side index with its head, and give what takes its lines; several may come together."""
    with (folder / POSITIONS_FILE).open("wb") as file:
        file.write("\t".join(_FIELDS).encode() + b"\n")
        yield lambda lines: file.write(lines + b"\n")


def write_positions(folder: Path, lines: Iterable[bytes]) -> None:
    """Write the side index: a head, and a line for each statement."""
    with writing_positions(folder) as take:
        for some in lines:
            take(some)


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
