"""The query page: one HTML file that answers SPARQL by itself, from a disk and without a server.

Oxigraph, compiled for browsers, runs in a worker inside the page, on the dataset that stands packed in
it.  When somebody wants a reason, our own Python starts beside it (`inpage`), in an interpreter compiled
for browsers.  Served by `colloquy serve`, the same file asks the server instead.  The editor, the engine
and the interpreter are third-party code that the build of this package bundles (`web/query/build_hook.py`);
where that was not possible, `missing` says so, and there is no query page.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import Any

from colloquy.errors import ColloquyError
from colloquy.inpage import packing
from colloquy.onefile import (
    HEAD_SCRIPT,
    as_written,
    environment,
    hash_of,
    kind_styles,
    one_scope,
    vis_network,
    web_text,
)
from colloquy.ontology import Ontology, local_name, words_of
from colloquy.payload import pack
from colloquy.query import Question, bind
from colloquy.settings import Settings
from colloquy.sparql import engine_text, read_query
from colloquy.sparql.grammar import AGGREGATES, FUNCTIONS, RULES
from colloquy.terms import LABEL, RDFS, SKOS, TYPE, Term, iri_value, is_iri, plain, split_quad

AT_ONCE, AT_MOST = 50_000, 500_000
"""So many triples are loaded when the page opens; so many when somebody says so; more need the server."""

DRAWING = (
    "theme.js", "dots.js", "surface.js", "labels.js", "vis.js", "steer.js", "looks.js", "drawn.js", "spread.js",
    "close.js", "camera.js", "keys.js",
)  # fmt: skip
"""The scripts of the network page that draw a network; `drawing.js` gives them the result to draw."""
WORKER = ("answers.js", "worker.js", "reasons.js")
SCRIPTS = (
    "tokens.js", "grammar.js", "answers.js", "terms.js", "engines.js", "opening.js", "vocabulary.js", "context.js",
    "completing.js", "editor.js", "names.js", "table.js", "chart.js", "network.js", "saving.js", "why.js", "doctor.js",
    "results.js", "examples.js", "past.js", "sharing.js", "start.js",
)  # fmt: skip
STYLES = (
    "page/base.css", "page/layout.css", "page/parts.css", "page/panel.css", "query/query.css", "query/results.css",
    "query/modes.css",
)  # fmt: skip
BUNDLED = ("editor.js", "engine.js", "engine.wasm.gz", "python.js", "python.wasm.gz", "library.zip.gz")
"""What the package's build bundles, besides texts."""
_DEFINITIONS = (f"<{SKOS}definition>", f"<{RDFS}comment>")
_PLACEHOLDER = "urn:colloquy:parameter:"


def missing() -> str:
    """Say why there is no query page, or nothing where there is one."""
    if all((_made() / name).is_file() for name in ("stamp.json", *BUNDLED)):
        return ""
    return "query.html is left out: the package was installed without Node, which bundles its editor and engine"


def made_of() -> str:
    """Give a digest of the bundled code, for the manifest; empty where there is none."""
    if missing():
        return ""
    found = hashlib.sha256()
    for name in BUNDLED:
        found.update((_made() / name).read_bytes())
    found.update(" ".join(packing.versions()).encode())
    return found.hexdigest()[:12]


def write_query_page(
    ontology: Ontology,
    settings: Settings,
    questions: Sequence[Question],
    ids: Mapping[str, Term],
    graph: Path,
    prefixes: Mapping[str, str],
    digest: str,
) -> str:
    """Render the query page as HTML text, to be written in UTF-8 with its line ends kept.

    `graph` is the dataset as sorted N-Quads; `ids` are the entries' IRIs.  Equal input gives equal text.
    Call only where `missing()` is empty.
    """
    with graph.open(encoding="utf-8") as lines:
        known = _Vocabulary(ontology, settings.language or "en", prefixes)
        triples = known.read(lines)
    shown = {k.view.term for k in ontology.classes.values() if k.view and k.term in known.things}
    kinds = [c for c in ontology.kinds if c.term in shown]
    looks = [*({"colour": c.look.colour, "dark": c.look.dark} for c in kinds), {"colour": "", "dark": ""}]
    head = {
        "title": settings.title,
        "description": settings.description,
        "lang": settings.language or "en",
        "digest": digest,
        "base": settings.base,
        "prefixes": dict(sorted(prefixes.items())),
        "triples": triples,
        "atOnce": AT_ONCE,
        "atMost": AT_MOST,
        "kinds": [
            *({"key": c.name, "label": c.label, "plural": c.plural, "mark": c.look.mark} for c in kinds),
            {"key": "", "label": "thing", "plural": "other things", "mark": "dot"},
        ],
        "kindOfClass": [
            [iri_value(c.term), kinds.index(c.view)]
            for c in sorted(ontology.classes.values(), key=lambda c: (-len(c.ancestors), c.name))
            if c.view in kinds and c.term in known.things
        ],
    }
    styles = "\n".join([*map(web_text, STYLES), kind_styles(looks)])
    editor, scripts = _made_text("editor.js"), _scripts()
    worker = "\n".join([_made_text("engine.js"), _python(), *(web_text(f"query/{name}") for name in WORKER)])
    data = _dataset(graph, prefixes) if triples <= AT_MOST else ""
    vis = vis_network()
    policy = (
        "default-src 'none'",
        "script-src 'wasm-unsafe-eval' " + " ".join(map(hash_of, (HEAD_SCRIPT, editor, vis, scripts))),
        "worker-src blob:",
        "connect-src 'self'",
        "style-src " + hash_of(styles),
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    )
    rendered: str = (
        environment("query", "page")
        .get_template("query.html")
        .render(
            head=head,
            core=pack(
                {
                    "vocabulary": known.written(),
                    "questions": [_question(question, ids, prefixes) for question in questions],
                    "grammar": {"rules": RULES, "functions": sorted(FUNCTIONS), "aggregates": sorted(AGGREGATES)},
                }
            ),
            questions=questions,
            worker=pack(worker),
            engine=_made_bytes("engine.wasm.gz"),
            data=data,
            vis=pack(vis),
            python={
                "theRuntime": _made_bytes("python.wasm.gz"),
                "theLibrary": _made_bytes("library.zip.gz"),
                "theSources": packing.sources(),
                "theMaterial": packing.material(ontology, settings.language, prefixes, graph),
            }
            if data
            else {},
            licences=pack((_made() / "licences.txt").read_text(encoding="utf-8") + "\n" + packing.licences()),
            head_script=as_written(HEAD_SCRIPT),
            editor=as_written(editor),
            scripts=as_written(scripts),
            styles=as_written(styles),
            policy="; ".join(policy),
        )
    )
    return rendered


def _made() -> Path:
    return Path(str(files("colloquy"))) / "web" / "query" / "made"


def _made_text(name: str) -> str:
    return (_made() / name).read_text(encoding="utf-8").replace("\r\n", "\n").replace("<!--", "\\x3c!--")


def _made_bytes(name: str) -> str:
    return packing.written((_made() / name).read_bytes())


def _python() -> str:
    """Give what starts the interpreter: a function, so that a worker that needs none does not begin with it."""
    lock = _made_text("lock.json").strip()
    return f"function pyodideHere() {{\n{_made_text('python.js')}\nreturn {{ ...pyodide, lock: {lock} }};\n}}"


def _scripts() -> str:
    """Join the page's scripts; those that draw have a scope of their own within, since they share names."""
    drawing = "\n".join([*(web_text(f"page/{name}") for name in DRAWING), web_text("query/drawing.js")])
    inner = f"const drawResult = (() => {{\n{drawing}\nreturn drawResult;\n}})();"
    own = [web_text(f"query/{name}") for name in SCRIPTS]
    return one_scope([web_text("page/words.js"), web_text("query/head.js"), inner, *own])


def _dataset(graph: Path, prefixes: Mapping[str, str]) -> str:
    """Pack the dataset as TriG, graph by graph: it is half as large as N-Quads, packed, and loads as fast."""
    import pyoxigraph

    parts: dict[str, list[pyoxigraph.Quad]] = defaultdict(list)
    for quad in pyoxigraph.parse(path=str(graph), format=pyoxigraph.RdfFormat.N_QUADS, lenient=True):
        parts[str(quad.graph_name)].append(quad)
    quads = chain.from_iterable(parts[name] for name in sorted(parts))
    text = pyoxigraph.serialize(quads, format=pyoxigraph.RdfFormat.TRIG, prefixes=dict(sorted(prefixes.items())))
    return base64.b64encode(gzip.compress(text or b"", 9, mtime=0)).decode("ascii")


class _Vocabulary:
    """The classes and properties that occur in the data, with their words and how often they do."""

    def __init__(self, ontology: Ontology, language: str, prefixes: Mapping[str, str]) -> None:
        self.index, self.language, self.prefixes = ontology.index, language, prefixes
        self.things: Counter[Term] = Counter()
        self.uses: dict[Term, Counter[Term]] = defaultdict(Counter)
        """How often a property occurs, by graph; the default graph is the empty term."""
        self.with_class: dict[Term, Counter[Term]] = defaultdict(Counter)
        self.values: dict[Term, Counter[Term]] = defaultdict(Counter)
        """Of what classes the values of a property are."""

    def read(self, lines: Iterator[str]) -> int:
        """Count a dataset; give the number of its triples."""
        classes: dict[Term, list[Term]] = defaultdict(list)
        default: list[tuple[Term, Term, Term]] = []
        count = 0
        for count, line in enumerate(lines, start=1):  # noqa: B007 - the last one is the number
            s, p, o, graph = split_quad(line.rstrip("\n"))
            self.uses[p][graph] += 1
            if p == TYPE:
                self.things[o] += 1
                if not graph:
                    classes[s].append(o)
            if not graph:
                default.append((s, p, o))
        for s, p, o in default:
            if s in classes:
                self.with_class[p].update(classes[s])
            if o in classes:
                self.values[p].update(classes[o])
        return count

    def written(self) -> dict[str, Any]:
        """Give it for the page: what is used most stands first."""
        classes = sorted(self.things, key=lambda term: (-self.things[term], term))
        number = {term: at for at, term in enumerate(classes)}

        def by_class(counts: Mapping[Term, int]) -> dict[str, int]:
            return {str(number[term]): counts[term] for term in sorted(counts, key=number.__getitem__)}

        properties = sorted(self.uses, key=lambda term: (-self.uses[term].total(), term))
        return {
            "classes": [{**self._words(term), "count": self.things[term]} for term in classes],
            "properties": [
                {
                    **self._words(term),
                    "count": self.uses[term].total(),
                    "graphs": sorted(iri_value(graph) for graph in self.uses[term] if graph),
                    "everywhere": "" in self.uses[term],
                    "of": by_class(self.with_class[term]),
                    "to": by_class(self.values[term]),
                }
                for term in properties
            ],
        }

    def _words(self, term: Term) -> dict[str, Any]:
        definitions = (words_of(self.index, term, predicate, self.language) for predicate in _DEFINITIONS)
        return {
            "iri": iri_value(term),
            "label": words_of(self.index, term, LABEL, self.language) or local_name(term),
            "definition": next(filter(None, definitions), ""),
        }


def _question(question: Question, ids: Mapping[str, Term], prefixes: Mapping[str, str]) -> dict[str, Any]:
    """Give a question for the page: its text, with a marked place for each use of a parameter."""
    text, parameters = question.query, question.parameters
    try:
        values = bind(parameters, {}, ids, prefixes)
        if parameters:
            places = {
                name: f"<{_PLACEHOLDER}{name}>" if is_iri(value) else f'"{_PLACEHOLDER}{name}"'
                for name, value in values.items()
            }
            text = engine_text(read_query(text, prefixes), places, ties=False)
            text = f"# {question.words}\n" + "\n".join(line.rstrip() for line in text.strip().splitlines())
    except ColloquyError:  # `colloquy query` says what is wrong with it; here it stands as it is
        values, parameters = {}, ()
    return {
        "name": question.name,
        "words": question.words,
        "query": text.strip() + "\n",
        "parameters": [
            {
                "name": p.name,
                "takes": p.takes,
                "words": p.words or p.name,
                "default": values[p.name],
                "text": plain(values[p.name]),
            }
            for p in parameters
        ],
    }
