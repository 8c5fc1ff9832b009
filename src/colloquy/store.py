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
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pyoxigraph

from colloquy import generation
from colloquy.directory import Entry
from colloquy.errors import Place, ProjectError
from colloquy.evidence import Evidence
from colloquy.facts import Facts
from colloquy.infer import Bundles, Reach, closure, sorted_texts
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

_BLOCK = 60
"""How many texts are written together: few enough for memory that is used again and again."""
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
    """A dataset, or what one file puts into it, as texts of one or more lines, without the last line end.

    `default` are N-Triples of the default graph, all of a subject together, `named` N-Quads of the
    named graphs, both in order, `positions` lines of the side index in UTF-8, all of a file together,
    in the order of the files (see `Taker`).
    """

    default: list[str]
    named: list[str]
    positions: list[bytes]

    @property
    def triples(self) -> int:
        """How many lines the default graph has."""
        return len(self.default) + sum(text.count("\n") for text in self.default)


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
        written: list[str] = []
        names_written: list[str] = []
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
            take("\n".join(once).encode())
    for s, p, o in closure(joined, ontology.rules):
        default[s].add(f" {p} {o} .")
    return Lines(sorted_texts(default), sorted(named), kept)


def write_dataset(
    folder: Path, lines: Lines, prefixes: Mapping[str, str], store_name: str, earlier: Path | None = None
) -> None:
    """Write `graph.nq`, the store beside it and `graph.ttl` (default graph).

    The lines are let go of when they are written: a large store needs the room.  `earlier` is an
    output folder whose store may be taken over, where little has changed since.
    Raises ProjectError where the store cannot be written.
    """
    names = dict(sorted(prefixes.items()))
    pyoxigraph.serialize(
        _parsed(lines.default), str(folder / TURTLE_FILE), format=pyoxigraph.RdfFormat.TURTLE, prefixes=names
    )
    graph = folder / GRAPH_FILE
    texts = _merged(lines.default, lines.named)
    change = _change(texts, lines.triples + len(lines.named), earlier) if earlier else None
    write_lines(graph, texts)
    part = max(_LEAST_PART, graph.stat().st_size // _PARTS + 1)
    for done in (texts, *lines):
        done.clear()
    try:
        if change is None or not _take_over(folder / store_name, *change):
            store = pyoxigraph.Store(str(folder / store_name))
            with graph.open("rb") as file:  # in parts: the loader keeps each in memory as a whole
                while some := file.read(part) + file.readline():
                    store.bulk_load(some, format=pyoxigraph.RdfFormat.N_QUADS, lenient=True)
            store.flush()
            del store  # lets go of the lock on the folder
    except OSError as error:
        raise ProjectError(f"the store cannot be written: {error}") from None


def _parsed(texts: Sequence[str]) -> Iterator[pyoxigraph.Quad]:
    """Give what lines say.

    `lenient`, here and where a store is loaded: every term was looked at when it was made, and
    `check_store` reads what was written as strictly as anybody will.
    """
    form = pyoxigraph.RdfFormat.N_TRIPLES
    return chain.from_iterable(pyoxigraph.parse(block, form, lenient=True) for block in _blocks(texts))


def _merged(default: Sequence[str], named: Sequence[str]) -> list[str]:
    """Put all lines in one order; the texts of subjects that both have are taken apart."""
    both = {line.partition(" ")[0] for line in named}
    texts = [*named]
    for text in default:
        if text.partition(" ")[0] in both:
            texts += text.split("\n")
        else:
            texts.append(text)
    texts.sort()  # right for texts of several lines too: no other has their subject
    return texts


def write_lines(path: Path, texts: Sequence[str]) -> None:
    """Write texts of one or more lines in blocks: that of a large graph is never in memory as a whole."""
    with path.open("wb") as file:
        file.writelines(_blocks(texts))


def _blocks(texts: Sequence[str]) -> Iterator[bytes]:
    return (("\n".join(texts[at : at + _BLOCK]) + "\n").encode() for at in range(0, len(texts), _BLOCK))


LEAST_KEPT, MOST_CHANGED = 20_000, 0.05
"""A store is taken over from so many lines on, and up to such a part of them changed."""


def _change(texts: Sequence[str], lines: int, earlier: Path) -> tuple[Path, list[bytes], list[bytes]] | None:
    """Give the store of an earlier output, and the lines to add and to take out; None where loading all is as quick.

    Its `graph.nq` has to be the one that its manifest speaks of.
    """
    if lines < LEAST_KEPT:
        return None
    try:
        store = store_folder(earlier)
        before = (earlier / GRAPH_FILE).read_bytes()
        if generation.read_manifest(earlier).files.get(GRAPH_FILE) != hashlib.sha256(before).hexdigest():
            return None
    except (OSError, ProjectError):
        return None
    change = _difference(texts, before, int(MOST_CHANGED * lines))
    return (store, *change) if change else None


def _difference(texts: Sequence[str], before: bytes, most: int) -> tuple[list[bytes], list[bytes]] | None:
    """Compare texts with a file, both in order; give the lines added and taken out, None for more than `most`.

    >>> _difference(["<a> 1\\n<a> 2", "<c> 1"], b"<a> 1\\n<a> 3\\n<b> 1\\n<c> 1\\n", 9)
    ([b'<a> 2'], [b'<a> 3', b'<b> 1'])
    """
    added: list[bytes] = []
    removed: list[bytes] = []
    at = 0
    for text in texts:
        new = text.encode()
        if before.startswith(new + b"\n", at):  # as nearly all are
            at += len(new) + 1
            continue
        lines = new.split(b"\n")
        old: list[bytes] = []
        while at < len(before) and (line := before[at : before.index(b"\n", at)]) <= lines[-1]:
            old.append(line)
            at += len(line) + 1
        added += sorted({*lines}.difference(old))
        removed += sorted({*old}.difference(lines))
        if len(added) + len(removed) > most:
            return None
    removed += before[at:].split(b"\n")[:-1]
    return (added, removed) if len(added) + len(removed) <= most else None


def _take_over(folder: Path, store: Path, added: list[bytes], removed: list[bytes]) -> bool:
    """Make a store from an earlier one; tell whether that went well.

    The tables of RocksDB never change once they are written: they are linked, the rest is copied.
    """
    try:
        shutil.copytree(store, folder, copy_function=_link_or_copy)
        changed = pyoxigraph.Store(str(folder))
        for quad in pyoxigraph.parse(b"\n".join(removed), pyoxigraph.RdfFormat.N_QUADS):
            changed.remove(quad)
        changed.extend(pyoxigraph.parse(b"\n".join(added), pyoxigraph.RdfFormat.N_QUADS))
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
    except SyntaxError as error:
        return f"{GRAPH_FILE} is not valid N-Quads: {error}"
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


def _row_lines(unit: Unit) -> list[str]:
    """Give the lines of the side index for the rows of a file."""
    said = [_evidence_fields(evidence) for evidence in unit.evidences]
    file = unit.file
    return [f"{s}\t{p}\t{o}\t{file}\t{line}\t{column}\t{said[e]}" for s, p, o, line, column, e in unit.rows]


def position_lines(statements: Iterable[Statement]) -> list[str]:
    """Give the lines of the side index: tab-separated fields, one line for each statement.

    Terms and texts are in N-Triples syntax, in which neither tabs nor line ends stand raw.
    """
    return [
        f"{s}\t{p}\t{o}\t{file}\t{line}\t{column}\t{_evidence_fields(evidence)}"
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


def write_positions(folder: Path, lines: Iterable[str]) -> None:
    """Write the side index: a head, and a line for each statement."""
    with writing_positions(folder) as take:
        for line in lines:
            take(line.encode())


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
