"""A colloquy project, from its YAML lines to its answers: read this file first.

The whole story in order: settings and ontology are read; facts become statements, each with its
place; the closure follows from them; checks find what is wrong; a build writes the dataset, the
store, the network and the pages as one generation; questions are asked of that generation, and
every answer says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from colloquy import generation
from colloquy.asking import Asking
from colloquy.collector import without_collector
from colloquy.errors import FactsError, Finding, Place
from colloquy.progress import Progress
from colloquy.reading import STATE
from colloquy.sources import Proof, prove_phrases
from colloquy.terms import iri_value, plain

if TYPE_CHECKING:
    import networkx
    import pyvis.network
    import rdflib

    from colloquy.change import Diff, Impact, Migrated
    from colloquy.compiled import Compiled
    from colloquy.lint import Linted
    from colloquy.network import Network
    from colloquy.network.measures import Measures
    from colloquy.network.paths import Path as Connection
    from colloquy.publish import Loaded
    from colloquy.rewriting import Rewritten


@dataclass(frozen=True)
class Built:
    """What a build made: where, of which digest, and how much of everything."""

    output: Path
    digest: str
    counts: Mapping[str, int]
    findings: tuple[Finding, ...]


class Project(Asking):
    """A folder with `colloquy.yaml`, an ontology, facts and questions.

    >>> Project("no/such/folder")
    Traceback (most recent call last):
    ...
    colloquy.errors.UsageError: there is no folder no/such/folder

    `data` replaces the (first) folder of facts, `output` the folder that a build makes.  Without
    `cache` every file is compiled anew, and nothing is kept.  With `jobs` above 1, so many processes
    read thousands of files together.

    With `store`, the address of a SPARQL endpoint elsewhere, questions are asked of what `load` published
    there; `graph` is the IRI of what is our default graph there, `<base>graph/default` if not given.
    """

    # --- proving and building ------------------------------------------------------------------

    def prove(self, sources: str | Path) -> Proof:
        """Prove every locating phrase against the source texts in a folder."""
        return prove_phrases(self.compiled.facts, Path(sources))

    def build(
        self,
        progress: Progress | None = None,
        *,
        pages: bool = True,
        keep_going: bool = False,
        keep: int | None = None,
    ) -> Built:
        """Make a new generation of the output folder: all of it, or nothing.

        Without `pages` the graph alone is made: no network, no exports, no HTML.  With `keep_going`
        what is right is built, though the facts have errors.  With `keep`, so many earlier generations
        stay below `.colloquy/`; without, those that are there stay as they are.  Raises FactsError with all findings
        where they have, BusyError where another build goes on for too long, ProjectError where the
        output cannot be written.
        """
        state = self.folder / STATE
        progress = progress or Progress()
        with generation.lock(state, waiting=progress.stage):
            kept: Compiled | None = self.__dict__.get("compiled")  # a watch has just made it
            compiled = kept if kept and kept.inputs == self.inputs() else self.compile(progress=progress)
            self.__dict__["compiled"] = compiled
            if compiled.errors and not keep_going:
                raise FactsError(compiled.findings)
            from colloquy import building  # here, since the libraries that draw and write are dear to import

            earlier = self.output if self._cached else None
            questions = tuple(self.questions())
            made_of = building.Ingredients(self.settings, self.ontology, compiled, questions, pages, earlier, keep)
            with without_collector():
                counts = building.write_generation(made_of, self.output, state, progress)
            if not pages:  # its statements were let go of
                del self.__dict__["compiled"]
        return Built(self.output, generation.read_manifest(self.output).digest, counts, compiled.findings)

    def kept(self) -> list[Path]:
        """Give the folders of the earlier generations that were kept, the last one first, each named by its digest."""
        return generation.kept(self.folder / STATE)

    def verify(self) -> list[Finding]:
        """Compare the output folder with its manifest, and the store with `graph.nq`; empty if sound."""
        return verify_output(self.output)

    def load(self, url: str, *, limit_seconds: float = 300.0) -> list[Loaded]:
        """Publish the build in another store, by its Graph Store address: all of each graph, or nothing.

        What was published is read back and compared, and counted by a query where the project has a `store`.
        Raises StoreError, and leaves or puts back what was there, where any step fails.
        """
        from colloquy.publish import publish, read_graphs
        from colloquy.query import RemoteEngine

        graphs = read_graphs(self.output, self.default_graph)

        def count(name: str) -> int:
            with RemoteEngine(self.store or "", default_graph=name, named_graphs=()) as engine:
                ((found,),) = engine.ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", limit_seconds=limit_seconds).rows
            return int(plain(found or ""))

        return publish(graphs, url, count=count if self.store else None, limit_seconds=limit_seconds)

    # --- looking at the network -----------------------------------------------------------------

    def path(self, start: str, end: str, most: int = 3) -> tuple[Connection, ...]:
        """Find how two entries are connected: the shortest few paths, best first; none where they are not.

        Each end is an id, or a name as it is written.  What counts as a connection, and which of the
        shortest paths are best, is told at `colloquy.network.paths.connect`.  Needs no build.  Raises
        UsageError for an end that is not known, or that several entries may be.
        """
        from colloquy.network.naming import find
        from colloquy.network.paths import connect

        network = self._network()
        base = self.settings.base
        ids = {e.id: iri_value(e.term).removeprefix(base) for e in self.compiled.facts.entries.values()}
        return connect(network, find(network, start, ids).id, find(network, end, ids).id, most)

    def measures(self) -> Measures:
        """Measure every entry of the network: links, neighbours, betweenness, community.  Needs no build."""
        from colloquy.network import draw
        from colloquy.network.measures import measure

        network = self._network()
        return measure(network, draw(network))

    # --- for people who know the libraries ----------------------------------------------------

    def graph(self) -> rdflib.Dataset:
        """Give the built dataset as an rdflib `Dataset`: default graph, provenance and ontology."""
        import rdflib

        from colloquy.store import GRAPH_FILE

        dataset = rdflib.Dataset()
        for prefix, namespace in self.prefixes.items():
            dataset.bind(prefix, namespace)
        # From text: rdflib leaves a file that it opens itself to the garbage collector.
        dataset.parse(data=(self.output / GRAPH_FILE).read_text(encoding="utf-8"), format="nquads")
        return dataset

    def _network(self) -> Network:
        from colloquy.network import build_network

        return build_network(self.ontology, self.compiled.facts, self.compiled.graph, self.settings)

    def network(self) -> networkx.MultiDiGraph[str]:
        """Give the network of the facts as a networkx `MultiDiGraph`; nodes are entry ids."""
        from colloquy.network import to_networkx

        return to_networkx(self._network())

    def view(self) -> pyvis.network.Network:
        """Give the network as a pyvis `Network`, with positions, colours and marks; Jupyter shows it as the page."""
        from colloquy.building import versions
        from colloquy.network import draw, page_model
        from colloquy.notebook import view

        drawn, facts = self._network(), self.compiled.facts
        counts = {"entries": len(facts.entries), "statements": facts.statement_count}
        digest = generation.digest(self.compiled.inputs, versions())
        return view(page_model(drawn, draw(drawn), self.settings, counts, digest, []))

    # --- for editors and readers --------------------------------------------------------------

    def rewrite(self, graph: str | Path) -> Rewritten:
        """Write a file of RDF that speaks the project's terms as facts, and say what of it these do not say.

        Raises UsageError for a file that cannot be read.
        """
        from colloquy.rewriting import read_graph, rewrite, unsaid

        triples, provenance = read_graph(Path(graph), self.settings.base)
        made = rewrite(triples, provenance, self.ontology, self.settings)
        again = self.compile([("rewritten.yaml", made.text.encode())])
        # What references lead to may stand in other files; shapes are asked of those facts where they are put.
        refused = [str(f) for f in again.errors if f.code not in ("unknown-reference", "shape")]
        lost = unsaid(triples, again.graph, self.ontology, self._terms.values())
        return replace(made, left_out=[*made.left_out, *lost, *refused])

    def diff(self, old: str | Path, new: str | Path | None = None) -> Diff:
        """Compare two states, each a folder or a git revision, the later one this project as it is unless given.

        Raises UsageError for what is neither a project's folder nor a revision of this one's repository.
        """
        from colloquy.change import diff

        return diff(str(old), str(new or self.folder), self.folder)

    def impact(self, *terms: str, since: str | Path | None = None, to: str | Path | None = None) -> Impact:
        """List the lines of facts, questions and view settings that terms touch, or what changed `since` a state.

        A term is a CURIE, an IRI, a key or a class; without any, the deprecated ones are meant.
        """
        from colloquy.change import impact_of_change, impact_of_terms

        if since is None:
            return impact_of_terms(terms, self)
        return impact_of_change(str(since), str(to or self.folder), self.folder)

    def migrate(self, *, dry_run: bool = False) -> Migrated:
        """Write facts and questions in the terms that replace deprecated ones: all of it, or nothing.

        Before a file is replaced, every question is asked of what there would be, and has to give the same rows.
        Raises FactsError for what no rule can change, ProjectError where a question would give other rows.
        """
        from colloquy.change import migrate

        def build(folder: Path, output: Path) -> Project:
            made = Project(folder, output=output, cache=False)
            made.build(pages=False, keep_going=True)
            return made

        return migrate(self, build, dry_run=dry_run)

    def lint(self, files: Iterable[str | Path] = (), *, reasoner: bool = True) -> Linted:
        """Examine the ontology, or some of its files: what is missing, cannot be kept, is never seen or does nothing.

        Every finding of `check` that is about the ontology comes too; each stands at its line and column.
        """
        from colloquy.lint import lint

        settings, ontology = self.settings, self.ontology
        return lint(self.folder, ontology, settings, files, reasoner=reasoner)

    def schema(self) -> dict[str, Any]:
        """Give the JSON Schema of a fact file, for editors."""
        from colloquy.schema import json_schema

        entries = self.compiled.facts.entries.values()
        ids = {c.name: sorted(e.id for e in entries if e.class_ is c) for c in self.ontology.classes.values()}
        return json_schema(self.ontology, self.settings.title, ids)

    def reference(self) -> str:
        """Give the page of the ontology's terms, as HTML, with live counts and instances."""
        from colloquy import querypage
        from colloquy.reference import write_reference

        telling = (self.ontology, self.compiled.graph, self.compiled.facts, self.settings, self.questions())
        return write_reference(*telling, query_page=not querypage.missing())


def verify_output(output: Path) -> list[Finding]:
    """Compare an output folder with its manifest, and its store with `graph.nq`; empty if sound."""
    from colloquy.store import GRAPH_FILE, check_store

    findings = generation.verify(output)
    if not findings:
        differs = generation.read_whole(output, check_store)
        if differs:
            findings.append(Finding(Place(GRAPH_FILE, 0, 0), "error", "store-differs", differs, "build again"))
    return findings
