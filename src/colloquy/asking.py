"""A built project, asked: questions, rows, why each is there, why there are none, and what is cited."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from colloquy import generation
from colloquy.cache import MemoryCache
from colloquy.errors import Finding, ProjectError, QueryError, QueryTimeout, UsageError, did_you_mean, printable
from colloquy.ontology import words_of
from colloquy.reading import STATE, Reading
from colloquy.store import project_prefixes
from colloquy.terms import CQ, LABEL, OWL, Term, compress, iri, iri_value, is_iri, plain

if TYPE_CHECKING:
    from colloquy.citation import Citation, Origin
    from colloquy.doctor import Diagnosis
    from colloquy.expected import Outcome
    from colloquy.explain import Case, Explanation
    from colloquy.query import Answer, Engine, Question, RemoteEngine, SparqlEngine


class Asking(Reading):
    """The part of a project that asks what was built of it, or a store elsewhere."""

    def __init__(
        self,
        folder: str | Path = ".",
        *,
        data: str | Path | None = None,
        output: str | Path | None = None,
        cache: bool | MemoryCache = True,
        jobs: int = 1,
        store: str | None = None,
        graph: str | None = None,
    ):
        super().__init__(folder, data=data, cache=cache, jobs=jobs)
        self.output = Path(output) if output else self.folder / "output"
        self.store, self._graph = store, graph
        self._remote: RemoteEngine | None = None
        self._opened: tuple[Path, Engine] | None = None

    @property
    def default_graph(self) -> str:
        """The IRI that the default graph has in another store."""
        from colloquy.publish import DEFAULT_GRAPH

        return self._graph or self.settings.base + DEFAULT_GRAPH

    def stale(self) -> list[str]:
        """Name the inputs that changed since the output was built; empty where answers are up to date.

        Questions do not count: they are asked as they are now.
        """
        if not (self.output / generation.MANIFEST).exists():
            raise ProjectError(f"nothing is built in {self.output} yet — run `colloquy build` first")
        before = generation.read_manifest(self.output).inputs
        now = self.inputs()
        changed = (name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
        return sorted(name for name in changed if not name.startswith("queries/"))

    @cached_property
    def _terms(self) -> dict[str, Term]:
        """The IRI of every entry by its id."""
        return {entry.id: entry.term for entry in self.checked().facts.entries.values()}

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """The prefixes that a query may use without declaring them.

        The empty one is the base IRI; `graph:provenance` and `graph:ontology` are the named graphs.
        """
        return project_prefixes(self.settings.base, self.ontology.prefixes)

    def questions(self) -> list[Question]:
        """List the shipped questions, `queries/*.rq`, by name."""
        from colloquy.query import read_questions

        folder = self.folder / "queries"
        return read_questions(folder) if folder.is_dir() else []

    def find(self, query: str | Path) -> tuple[str, Question | None]:
        """Find the SPARQL text of what to ask: a shipped question by name, a file, or text itself.

        Raises UsageError, naming near ones, for a name that is neither a question nor a file.
        """
        from colloquy.query import read_question

        text = str(query)
        if isinstance(query, str) and any(c in text for c in "{} \n"):
            return text, None
        known = {q.name: q for q in self.questions()}
        if text in known:
            return known[text].query, known[text]
        path = Path(query)
        try:
            question = read_question(path if path.exists() else self.folder / path)
            return question.query, question
        except FileNotFoundError:
            hint = did_you_mean(text, known) or "`queries/` is empty: name a file, or write the query itself with -e"
            raise UsageError(f"there is no question and no file {text} — {hint}") from None
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{text} cannot be read: {error}") from None

    def values(self, question: Question | None, parameters: Mapping[str, Any]) -> dict[str, Term]:
        """Give the terms that a question's parameters stand for: defaults, and what is given instead.

        Of a text every variable is a parameter.  Raises UsageError for a parameter that the question
        does not declare, and for a value that is no term.
        """
        from colloquy.query import bind, bind_text

        if question is None:
            return bind_text(parameters, self._terms, self.prefixes) if parameters else {}
        ids = self._terms
        return bind(question.parameters, parameters, ids, self.prefixes)

    def query(self, query: str | Path, /, *, limit_seconds: float = 30.0, **parameters: Any) -> Answer:
        """Ask the built graph: a question by name, a file, or SPARQL text; give its rows.

        Parameters are values for the variables that a question declares, or for any of a text.  They are
        put in as terms: nothing in them is read as SPARQL.  Raises QueryError where the query cannot be
        answered as written, QueryTimeout at the limit, ProjectError before the first build.
        """
        text, question = self.find(query)
        values = self.values(question, parameters)
        answer = self.engine().ask(text, limit_seconds=limit_seconds, substitutions=values)
        origin = self._origin(text, values, question)
        return replace(answer, labels=self.labels, origin=origin, examine=lambda: self.diagnose(query, **parameters))

    def _origin(self, text: str, values: Mapping[str, Term], question: Question | None) -> Origin:
        """Say what was just asked of which generation."""
        from colloquy.citation import Origin
        from colloquy.store import STORE_PREFIX

        words, title, folder, digest = question.words if question else "", self.settings.title, self.output, ""
        if self.store is None and self._opened is not None:
            folder, digest = self._opened[0].parent, self._opened[0].name.removeprefix(STORE_PREFIX)
        return Origin(text, values, self.prefixes, words, title, self.settings.base, folder, digest)

    def cite(self, query: str | Path, /, *, limit_seconds: float = 30.0, **parameters: Any) -> Citation:
        """Ask, and give the citation of the answer: query, values, generation, versions, date, digest of the rows.

        `project.query(…).cite()` is the same for an answer that is there.  What `query` raises is raised here.
        """
        return self.query(query, limit_seconds=limit_seconds, **parameters).cite()

    def rerun(self, citation: Citation | str | Path, *, limit_seconds: float = 30.0) -> Answer:
        """Ask again what a citation says, of the generation that it names, and compare the rows.

        The generation is the output, or an earlier one that was kept.  Raises CitationError where it is
        not here, with how to make it again, and where the rows are not those cited.
        """
        from colloquy.rerun import rerun

        return rerun(citation, self.output, self.folder / STATE, self.labels, limit_seconds)

    def save(self, name: str, answer: Answer, words: str = "") -> Path:
        """Keep what was asked as `queries/NAME.rq`, and its rows as `NAME.csv`, which `test` expects from then on.

        Its words are those given, or its first comment; the values of its parameters become their
        defaults.  Raises UsageError, and writes nothing, where one of the files is there already.
        """
        from colloquy.saving import save

        folder = self.folder / "queries"
        return save(folder, name, answer, words, self._terms, self.settings.base, self.prefixes)

    def diagnose(self, query: str | Path, *, limit_seconds: float = 30.0, **parameters: Any) -> Diagnosis | None:
        """Say why a query gives nothing: the part that fails, the cause, and repairs that were run; None if it does.

        What `query` raises is raised here.
        """
        from colloquy.doctor import PROBE_SECONDS, diagnose
        from colloquy.sparql import engine_text, read_query

        text, question = self.find(query)
        if values := self.values(question, parameters):
            text = engine_text(read_query(text, self.prefixes), values, ties=False)
        engine = self.engine()

        def ask(one: str) -> Answer:
            return engine.ask(one, limit_seconds=limit_seconds if one == text else min(PROBE_SECONDS, limit_seconds))

        return diagnose(text, ask, self.prefixes, self.ontology)

    def why(self, query: str | Path, row: int = 1, *, limit_seconds: float = 30.0, **parameters: Any) -> Explanation:
        """Explain a row of an answer, counted from 1 as `query` gives them: every minimal set of statements.

        Raises UsageError where the answer has no such row, QueryError for a query whose rows
        cannot be proved (`CONSTRUCT`, `DESCRIBE`).
        """
        text, question = self.find(query)
        values = self.values(question, parameters)
        answer = self.engine().ask(text, limit_seconds=limit_seconds, substitutions=values)
        if answer.kind == "graph":
            raise QueryError("the rows of CONSTRUCT and DESCRIBE are triples", hint="ask: why SUBJECT PREDICATE OBJECT")
        if answer.kind == "ask":
            return self._case().row(text, {}, values, "yes" if answer else "no")
        if not 1 <= row <= len(answer):
            if not answer:
                raise UsageError("the answer has no row to explain — `colloquy query` says why it gives nothing")
            rows = f"{len(answer)} row{'' if len(answer) == 1 else 's'}"
            raise UsageError(f"the answer has {rows}, counted from 1; there is no row {row}")
        named = dict(zip(answer.columns, answer.rows[row - 1], strict=True))
        case = self._case()
        shown = ", ".join(f"{name} = {case.word(term)}" for name, term in named.items() if term is not None)
        return case.row(text, named, values, f"row {row}: {shown}")

    def why_of(self, query: str | Path, row: Mapping[str, Term | None], **parameters: Any) -> Explanation:
        """Explain a row that is named by its values, as pages and other programs have it; of an `ASK` there are none.

        Raises UsageError where the query selects other columns, QueryError as `why`.
        """
        text, question = self.find(query)
        return self._case().row_of(text, row, self.values(question, parameters))

    def why_triple(self, subject: str, predicate: str, object: str) -> Explanation:  # noqa: A002
        """Explain a triple of the graph; each term is an entry's id, a CURIE, an `<IRI>` or a text.

        Raises QueryError, with what the graph does say there, for a triple that it does not hold.
        """
        from colloquy.query import read_value

        case = self._case()
        ids = self._terms
        if predicate == "a":
            predicate = "rdf:type"
        keys = {p.key: p.term for p in self.ontology.properties}
        try:
            p = keys.get(predicate) or read_value(predicate, {}, self.prefixes)
        except UsageError:
            known = {compress(p, self.prefixes) for _, p, _ in case.graphs[""]}
            meant = [name for name in sorted(known) if name.split(":")[-1] == predicate]
            hint = f"did you mean `{meant[0]}`?" if meant else did_you_mean(predicate, known)
            raise UsageError(f"there is no property `{printable(predicate)}` — {hint}") from None
        s = read_value(subject, ids, self.prefixes)
        held = case.graphs[""].objects(s, p)
        # A literal is most easily named by its text; its language or datatype is in the graph.
        same_text = sorted(t for t in held if not is_iri(t) and plain(t) == object)
        return case.triple((s, p, same_text[0] if same_text else read_value(object, ids, self.prefixes)))

    def _case(self) -> Case:
        from colloquy.explain import Case

        return Case(self.output, self.ontology, self.prefixes, self.settings.language)

    def test(self) -> list[Outcome]:
        """Ask every shipped question and compare its rows with those expected of it.

        Raises ProjectError where the output is older than the facts.
        """
        from colloquy.expected import Outcome, compare

        if self.store is None and (stale := self.stale()):
            more = f" and {len(stale) - 3} more" if len(stale) > 3 else ""
            told = f"{', '.join(stale[:3])}{more}"
            raise ProjectError(f"{told}: not what the last build was made of — run `colloquy build` first")
        outcomes = []
        for question in self.questions():
            try:
                answer = self.query(question.name)
            except (QueryError, QueryTimeout) as error:
                at = f"queries/{question.path.name}"
                outcomes.append(Outcome(question.name, question.words, 0, trouble=f"{at}: {error}"))
                continue
            path = question.path.with_suffix(".csv")
            outcomes.append(compare(question.name, question.words, answer, path, self.settings.base, self.prefixes))
        return outcomes

    def untouched(self) -> list[Term]:
        """Give the project's own classes and properties that no fact and no question touches."""
        from colloquy.sparql import read_query

        used: set[Term] = set()
        for question in self.questions():
            with suppress(QueryError):  # `test` has told of it
                used |= {iri(name.iri) for name in read_query(question.query, self.prefixes).names}
        for query in ("SELECT DISTINCT ?p { ?s ?p ?o }", "SELECT DISTINCT ?c { ?s a ?c }"):
            used |= {term for (term,) in self.query(query).rows if term}
        own = [*self.ontology.class_by_term, *self.ontology.property_by_term]
        return sorted(t for t in own if t not in used and not iri_value(t).startswith((CQ, OWL)))

    def engine(self) -> SparqlEngine:
        """Give the engine on the store of the newest generation, another one after a build; or on a store elsewhere."""
        from colloquy.query import Engine, RemoteEngine
        from colloquy.store import ONTOLOGY, PROVENANCE, store_folder

        if self.store is not None:
            named = [self.settings.base + name for name in (PROVENANCE, ONTOLOGY)]
            if self._remote is None:
                default = self.default_graph
                self._remote = RemoteEngine(
                    self.store, prefixes=self.prefixes, default_graph=default, named_graphs=named
                )
            return self._remote
        store = store_folder(self.output)
        if self._opened is None or self._opened[0] != store:
            if self._opened is not None:
                self._opened[1].close()
            self._opened = (store, Engine(store, prefixes=self.prefixes))
        return self._opened[1]

    def labels(self, answer: Answer, engine: SparqlEngine | None = None) -> dict[Term, str]:
        """Give the words for the IRIs of an answer, as far as graph (or that of an engine) or ontology has any."""
        wanted = sorted({t for row in answer.rows for t in row if t is not None and is_iri(t)})
        found: dict[Term, str] = {}
        language = self.settings.language or "en"
        for start in range(0, len(wanted), 500):
            listed = " ".join(wanted[start : start + 500])
            rows = (engine or self.engine()).ask(f"SELECT ?t ?l {{ VALUES ?t {{ {listed} }} ?t {LABEL} ?l }}").rows
            for term, label in sorted((t, x) for t, x in rows if t and x):
                if term not in found or label.endswith("@" + language):
                    found[term] = plain(label)
        for term in wanted:
            if term not in found and (words := words_of(self.ontology.index, term, LABEL, language)):
                found[term] = words
        return found

    def unknown_terms(self, query: str | Path) -> list[Finding]:
        """Warn of the IRIs of a query that stand nowhere in the built graph, with near ones."""
        from colloquy.query import unknown_terms
        from colloquy.sparql import read_query

        text, question = self.find(query)
        known = (
            "ASK { VALUES ?x { <%s> } { ?x ?p ?o } UNION { ?s ?x ?o } UNION { ?s ?p ?x } UNION { GRAPH ?x {} }"
            " UNION { GRAPH ?g { { ?x ?p ?o } UNION { ?s ?x ?o } UNION { ?s ?p ?x } } } }"
        )

        def stands(name: str) -> bool:
            return bool(self.engine().ask(known % name))

        def candidates() -> list[str]:
            named = "UNION { GRAPH ?g { ?s ?x ?o } }"
            text = f"SELECT DISTINCT ?x {{ {{ ?s ?x ?o }} UNION {{ ?s a ?x }} UNION {{ ?x a ?c }} {named} }}"
            rows = self.engine().ask(text).rows
            return [t[1:-1] for (t,) in rows if t]

        file = question.path.name if question else "query"
        return unknown_terms(read_query(text, self.prefixes), stands, candidates, self.prefixes, file)
