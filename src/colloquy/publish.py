"""Publishes a build in another store: each graph by one PUT, read back, and put back where it is not the same.

SPARQL 1.1 Graph Store HTTP Protocol (https://www.w3.org/TR/sparql11-http-rdf-update/), with the graph named in
the address (clause 4.2), so that nothing but PUT, GET and DELETE of these graphs is ever sent.  A store has no
name for its default graph that all others share; ours is loaded under `<base>graph/default`.
"""

from __future__ import annotations

import hashlib
import math
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from colloquy import generation
from colloquy.endpoint import Endpoint, Reply
from colloquy.errors import ColloquyError, ProjectError, StoreError, UsageError
from colloquy.query.remote import graph_iri
from colloquy.store import GRAPH_FILE

if TYPE_CHECKING:
    import pyoxigraph

DEFAULT_GRAPH = "graph/default"
"""What is added to the base IRI: the name of the default graph where it needs one."""

LIMIT_SECONDS = 300.0
_N_TRIPLES = "application/n-triples"
_READ = f"{_N_TRIPLES}, text/turtle;q=0.5"

Counter = Callable[[str], int]
"""Tells how many triples a query finds in the graph of an IRI."""


@dataclass(frozen=True)
class Content:
    """What a graph holds: how many triples, and the SHA-256 of them as sorted canonical N-Triples."""

    triples: int
    digest: str


@dataclass(frozen=True)
class Loaded:
    """A graph that was published: its IRI, what it holds now, and what it held before, if it was there."""

    graph: str
    now: Content
    before: Content | None

    @property
    def changed(self) -> bool:
        """Whether anything had to be sent."""
        return self.now != self.before


def content(lines: Iterable[str]) -> Content:
    r"""Measure a graph by its lines of N-Triples, each of them once.

    >>> content(['<a:b> <a:c> "d" .', '<a:b> <a:c> "d" .']).triples
    1
    """
    unique = sorted(set(lines))
    digest = hashlib.sha256()
    for line in unique:
        digest.update(line.encode() + b"\n")
    return Content(len(unique), digest.hexdigest())


def read_graphs(output: Path, default: str) -> dict[str, list[str]]:
    """Read a build as lines of N-Triples by the IRI of their graph, the default one last, under the IRI `default`.

    Raises ProjectError where nothing is built, or `graph.nq` is not what the build wrote; UsageError where
    `default` is no IRI, or that of another graph.
    """
    import pyoxigraph

    graph_iri(default)

    def read(output: Path) -> bytes:
        manifest = generation.read_manifest(output)
        data = (output / GRAPH_FILE).read_bytes()
        if manifest.files.get(GRAPH_FILE) != hashlib.sha256(data).hexdigest():
            raise ProjectError(f"{output / GRAPH_FILE} is not what the build wrote — run `colloquy build` again")
        return data

    try:
        data = generation.read_whole(output, read)
    except OSError as error:
        raise ProjectError(f"{output} cannot be read: {error.strerror} — run `colloquy build` first") from None
    graphs: dict[str, list[str]] = {}
    own: list[str] = []
    for quad in pyoxigraph.parse(data, pyoxigraph.RdfFormat.N_QUADS, lenient=True):
        name = quad.graph_name
        lines = own if isinstance(name, pyoxigraph.DefaultGraph) else graphs.setdefault(name.value, [])
        lines.append(f"{quad.triple} .")
    if default in graphs:
        raise UsageError(f"<{default}> is another graph of the build — choose another name for the default graph")
    return {**graphs, default: own}


def publish(graphs: Mapping[str, list[str]], url: str, *, count: Counter | None = None,
            limit_seconds: float = LIMIT_SECONDS) -> list[Loaded]:  # fmt: skip
    """Replace graphs of a store by ours: all of each, or nothing.

    `url` takes requests of the Graph Store HTTP Protocol.  A graph that is there already, the same to the
    last triple, is left alone.  Each other one is read and kept, replaced, and read back: number and digest
    have to be ours, and so has what `count` finds.  Where any step fails, every graph that was touched is put
    back as it was, which is proved in the same way; then the error is raised.

    Raises StoreError where the store is not as it was asked to be; it says what holds now.
    """
    if not (limit_seconds > 0 and math.isfinite(limit_seconds)):
        raise UsageError(f"a limit is a number of seconds above 0, not {limit_seconds}")
    store = _GraphStore(Endpoint(url), limit_seconds)
    kept = Path(tempfile.mkdtemp(prefix="colloquy-before-"))
    done: list[Loaded] = []
    touched: list[_Before] = []
    try:
        for name, lines in graphs.items():
            ours = content(lines)
            meant = ours if ours.triples else None
            before = store.keep(name, kept / str(len(touched)))
            if before.content != meant:
                touched.append(before)
                store.put(name, "".join(f"{line}\n" for line in lines).encode(), _N_TRIPLES)
                _same(name, meant, store.content(name))
            if count is not None and (found := count(name)) != ours.triples:
                raise StoreError(f"a query finds {found:,} triples in <{name}>, and {ours.triples:,} were loaded")
            done.append(Loaded(name, ours, before.content))
    except BaseException as error:
        try:
            store.put_back(touched, sure=isinstance(error, _RefusedError))
        except (ColloquyError, OSError, KeyboardInterrupt, SystemExit) as second:
            raise StoreError(
                f"{_words(error)} — and then what stood there before could not be put back: {_words(second)}; "
                f"it is kept in {kept}: {', '.join(f'{b.file.name} is <{b.name}>' for b in touched if b.media)}"
            ) from error
        shutil.rmtree(kept, ignore_errors=True)
        if isinstance(error, ColloquyError):
            raise StoreError(f"{_words(error)} — nothing is changed: every graph is as it was") from None
        raise
    shutil.rmtree(kept, ignore_errors=True)
    return done


def _words(error: BaseException) -> str:
    return str(error) or {"KeyboardInterrupt": "interrupted"}.get(type(error).__name__, type(error).__name__)


def _same(name: str, wanted: Content | None, found: Content | None) -> None:
    if found != wanted:
        shown = [f"{c.triples:,} triples (sha256 {c.digest[:12]}…)" if c else "nothing" for c in (found, wanted)]
        raise StoreError(f"<{name}> holds {shown[0]}, and should hold {shown[1]}")


@dataclass(frozen=True)
class _Before:
    """What a graph held before: in a file as the store wrote it, of which media type; none where it was not there."""

    name: str
    content: Content | None
    file: Path
    media: str


class _RefusedError(StoreError):
    """The store answered that it does not do as it was asked."""


class _GraphStore:
    def __init__(self, endpoint: Endpoint, limit_seconds: float) -> None:
        self._endpoint, self._limit = endpoint, limit_seconds

    def _send(self, method: str, graph: str, body: bytes | None = None, media: str = "") -> Reply:
        headers = {"Accept": _READ} if method == "GET" else {"Content-Type": media} if media else {}
        return self._endpoint.send(
            method,
            parameters=[("graph", graph)],
            body=body,
            headers=headers,
            limit_seconds=self._limit,
            largest=None,
        )

    def _fault(self, what: str, reply: Reply) -> _RefusedError:
        known = {
            401: " — who may write there says so as http://USER@HOST/…, with the password in COLLOQUY_STORE_PASSWORD",
            403: " — may this user write there?",
            405: " — is this the address for graphs, and may they be written?",
        }
        return _RefusedError(f"{self._endpoint} {what} ({reply.status}): {reply.words}{known.get(reply.status, '')}")

    def get(self, graph: str) -> Reply | None:
        reply = self._send("GET", graph)
        if reply.status == 404:
            return None
        if reply.status != 200:
            raise self._fault(f"does not let <{graph}> be read", reply)
        return reply

    def content(self, graph: str) -> Content | None:
        reply = self.get(graph)
        return None if reply is None else self._measure(graph, reply)

    def _measure(self, graph: str, reply: Reply) -> Content | None:
        """Measure a graph as it was read; none where it is empty: not all stores tell that from absent."""
        import pyoxigraph

        form = pyoxigraph.RdfFormat.from_media_type(reply.media) if reply.media else None
        if form is None:
            raise StoreError(
                f"{self._endpoint} gives <{graph}> as {reply.media or 'no media type'}, not as N-Triples or Turtle"
                " — is this the address for graphs?"
            )
        try:
            found = content(_lines(pyoxigraph.parse(reply.body, form, lenient=True)))
        except SyntaxError as error:
            raise StoreError(f"{self._endpoint} gives <{graph}> as broken {reply.media}: {error}") from None
        return found if found.triples else None

    def keep(self, graph: str, file: Path) -> _Before:
        reply = self.get(graph)
        found = None if reply is None else self._measure(graph, reply)
        if reply is None or found is None:
            return _Before(graph, None, file, "")
        file.write_bytes(reply.body)
        return _Before(graph, found, file, reply.media)

    def put(self, graph: str, body: bytes, media: str) -> None:
        reply = self._send("PUT", graph, body, media)
        if not 200 <= reply.status < 300:
            raise self._fault(f"does not take <{graph}>", reply)

    def put_back(self, touched: list[_Before], *, sure: bool) -> None:
        """Put graphs back; those that are as they were are left alone, where it is `sure` that the store is done.

        A store whose answer did not come may still be at work on what it was sent, and finish later: what is
        sent after it comes last.
        """
        for before in touched:
            if sure and self.content(before.name) == before.content:
                continue
            if before.media:
                self.put(before.name, before.file.read_bytes(), before.media)
            else:
                reply = self._send("DELETE", before.name)
                if not (200 <= reply.status < 300 or reply.status == 404):
                    raise self._fault(f"does not let <{before.name}> be taken out", reply)
            _same(before.name, before.content, self.content(before.name))


def _lines(quads: Iterable[pyoxigraph.Quad]) -> Iterable[str]:
    """Write triples as lines; blank nodes, which are nobody's of ours, as RDFC-1.0 names them."""
    import pyoxigraph

    found = {quad.triple for quad in quads}
    if any(isinstance(term, pyoxigraph.BlankNode) for t in found for term in (t.subject, t.object)):
        dataset = pyoxigraph.Dataset(pyoxigraph.Quad(t.subject, t.predicate, t.object) for t in found)
        dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
        found = {quad.triple for quad in dataset}
    return (f"{triple} ." for triple in found)
