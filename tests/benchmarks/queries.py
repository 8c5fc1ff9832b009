"""Twelve kinds of question, timed in turn: rdflib, our engine, and Oxigraph without us.

    python tests/benchmarks/queries.py                          # a graph made from RubyEvents
    python tests/benchmarks/queries.py --graph output/graph.nq --queries FOLDER

Without `--graph`, a graph of the shape of RubyEvents is made from its YAML, to which COLLOQUY_SHARED
leads; `--make FILE.nq` keeps it.  `--queries` is a folder of `NAME.rq`, with their own prefixes, instead
of the twelve below.  All contestants answer each question once unmeasured, then in `--rounds` turns by
turns, so that a busy machine is busy for all; a turn lasts for several answers where they are quick, and
its median counts.  The medians of the turns are compared.  An answer that takes longer than `--limit`
is not waited for: it counts as the limit, and `≥` or `≤` stands before its ratios.

| contestant | what it does |
| --- | --- |
| rdflib | `rdflib.Graph` in memory, every row taken |
| engine | `Engine.ask` on the store's folder, its worker started: what `Project.query` does |
| engine in memory | `Engine.ask` on the N-Quads file, which its worker has loaded |
| disk | pyoxigraph, the same folder opened in this process, every term made text |
| memory | pyoxigraph, the same graph in memory, every term made text |

All must find equally many rows, or the run fails.  What the engine costs beyond Oxigraph (`engine /
disk`) has a mean for answers of up to 1,000 rows and one for larger ones; both leave out a question
marked `*`, which the engine asks in other words (`NOT EXISTS` as `MINUS`).
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import re
import signal
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import quote
from zlib import crc32

import pyoxigraph
import rdflib
import yaml

from colloquy.query import Engine
from colloquy.sparql import read_query, without_slow_exists
from colloquy.terms import LABEL, RDFS, SKOS, TYPE, XSD, Triple, iri, literal, n_quads, slug, split_quad

SCHEMA, FOAF = "https://schema.org/", "http://xmlns.com/foaf/0.1/"
BASE = "https://example.org/rubyevents/"
OWN = BASE + "terms#"
PREFIXES = {"schema": SCHEMA, "foaf": FOAF, "skos": SKOS, "rdfs": RDFS, "xsd": XSD, "own": OWN}

QUESTIONS = {
    "lookup": 'SELECT ?who ?p ?o { ?who rdfs:label "Aaron Patterson" ; ?p ?o }',
    "co-speakers": """SELECT ?talk ?title ?other ?name {
        ?who rdfs:label "Aaron Patterson" . ?talk schema:performer ?who ; rdfs:label ?title
        OPTIONAL { ?talk schema:performer ?other . ?other rdfs:label ?name FILTER(?other != ?who) }
    } ORDER BY ?title ?other""",
    "top pairs": """SELECT ?a ?b (COUNT(DISTINCT ?talk) AS ?talks) {
        ?talk schema:performer ?a, ?b FILTER(STR(?a) < STR(?b))
    } GROUP BY ?a ?b ORDER BY DESC(?talks) ?a ?b LIMIT 20""",
    "concept and year": """SELECT ?concept ?year (COUNT(?talk) AS ?talks) {
        ?talk schema:about ?k ; schema:startDate ?day . ?k a skos:Concept ; rdfs:label ?concept
        BIND(SUBSTR(STR(?day), 1, 4) AS ?year)
    } GROUP BY ?concept ?year ORDER BY ?concept ?year""",
    "sponsors by topic": """SELECT DISTINCT ?sponsor ?name {
        ?k rdfs:label "Security" . ?talk schema:about ?k ; schema:superEvent ?event .
        ?event schema:sponsor ?sponsor . ?sponsor rdfs:label ?name
    } ORDER BY ?sponsor ?name""",
    "optional": """SELECT ?event ?label ?day ?page ?series {
        ?event a schema:Event ; rdfs:label ?label ; schema:endDate ?until
        OPTIONAL { ?event schema:startDate ?day } OPTIONAL { ?event schema:url ?page }
        OPTIONAL { ?event schema:superEvent ?s . ?s rdfs:label ?series }
    } ORDER BY ?label""",
    "regex": """SELECT ?talk ?title {
        ?talk schema:superEvent ?event ; rdfs:label ?title FILTER REGEX(?title, "rails.*(test|debug)", "i")
    } ORDER BY ?title""",
    "broader*": """SELECT ?root (COUNT(DISTINCT ?talk) AS ?talks) {
        ?root rdfs:label ?name FILTER(?name IN ("A/B Testing", "Accessibility (a11y)", "ActionCable"))
        ?k skos:broader* ?root . ?talk schema:about ?k
    } GROUP BY ?root ORDER BY ?root""",
    "having": """SELECT ?who (COUNT(?talk) AS ?talks) (MIN(?day) AS ?first) (MAX(?day) AS ?last) {
        ?talk schema:performer ?who ; schema:startDate ?day
    } GROUP BY ?who HAVING(COUNT(?talk) >= 15) ORDER BY DESC(?talks) ?who""",
    "construct": "CONSTRUCT { ?a own:sharedStageWith ?b } { ?talk schema:performer ?a, ?b FILTER(?a != ?b) }",
    "describe": 'DESCRIBE ?event { ?event rdfs:label "RubyConf 2022" }',
    "not exists": """SELECT ?who ?name {
        ?who a schema:Person ; rdfs:label ?name
        FILTER NOT EXISTS { ?talk schema:performer ?who ; schema:startDate ?day FILTER(STR(?day) >= "2015") }
        FILTER EXISTS { ?other schema:performer ?who }
    } ORDER BY ?name""",
}

# --- a graph ----------------------------------------------------------------------------------

Facts = Iterator[tuple[str, str, str, str]]
"""Subject, property and value, and what the value is: `iri`, `text` or the name of a datatype."""

CLASSES = {
    "speakers.yml": ("person", (SCHEMA + "Person", FOAF + "Person")),
    "series.yml": ("series", (SCHEMA + "EventSeries", SCHEMA + "Event")),
    "event.yml": ("event", (SCHEMA + "Event",)),
    "videos.yml": ("talk", (OWN + "Talk", SCHEMA + "Event")),
    "sponsors.yml": ("organisation", (SCHEMA + "Organization",)),
    "topics.yml": ("concept", (SKOS + "Concept",)),
}
KEYS = {
    **dict.fromkeys(("website", "slides_url", "original_website"), (SCHEMA + "url", "iri")),
    **{key: (OWN + key, "text") for key in ("github", "twitter", "linkedin", "speakerdeck", "mastodon", "bluesky")},
    **{key: (OWN + key, "text") for key in ("kind", "frequency", "timezone", "video_provider", "video_id", "track")},
    **dict.fromkeys(("date", "start_date"), (SCHEMA + "startDate", "date")),
    "end_date": (SCHEMA + "endDate", "date"),
    "published_at": (SCHEMA + "datePublished", "dateTime"),
    "description": (SCHEMA + "description", "text"),
    "language": (SCHEMA + "inLanguage", "text"),
    "location": (SCHEMA + "location", "text"),
}
FORMS = {
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "dateTime": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)"),
    "iri": re.compile(r'https?://[^\s<>"{}|\\^`\[\]]+'),
}


def write_graph(folder: Path, target: Path) -> int:
    """Write the graph of a folder of RubyEvents as sorted N-Quads; give the number of triples."""
    lines = sorted(set(n_quads(_terms(_facts(folder)))))
    target.write_bytes("".join(line + "\n" for line in lines).encode())
    return len(lines)


def _terms(facts: Facts) -> Iterator[Triple]:
    for subject, verb, value, kind in facts:
        if kind in FORMS and not FORMS[kind].fullmatch(value):
            kind = "text"
        term = iri(value) if kind == "iri" else literal(value) if kind == "text" else literal(value, XSD + kind)
        yield iri(subject), iri(verb), term


def _facts(folder: Path) -> Facts:
    topics = _load(folder / "topics.yml")
    for number, topic in enumerate(topics):
        yield from _thing("topics.yml", topic, {"name": topic})
        if number:  # RubyEvents has no hierarchy; this one is five wide
            yield _iri("topics.yml", topic), SKOS + "broader", _iri("topics.yml", topics[(number - 1) // 5]), "iri"
    by_word = {re.sub(r"\s*\(.*\)", "", topic).lower(): topic for topic in topics}
    for path in sorted(folder.rglob("*.yml")):
        entries, event = _load(path) or [], path.parent.name
        if path.name == "speakers.yml":
            for one in entries:
                yield from _thing(path.name, one["name"], one)
        elif path.name in ("series.yml", "event.yml"):
            yield from _thing(path.name, event, dict(entries))
            if path.name == "event.yml":
                yield _iri(path.name, event), SCHEMA + "superEvent", _iri("series.yml", path.parts[-3]), "iri"
        elif path.name == "sponsors.yml":
            yield from _sponsors(entries, event)
        elif path.name == "videos.yml":
            yield from _talks(entries, _iri("event.yml", event), topics, by_word)


def _load(path: Path) -> Any:
    if path.name not in CLASSES:
        return None
    text = re.sub("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", "", path.read_bytes().decode())
    return yaml.load(text, Loader=yaml.CBaseLoader)


def _iri(file: str, key: str) -> str:
    return f"{BASE}{CLASSES[file][0]}/{slug(key) or quote(key, safe='')}"


def _thing(file: str, key: str, entry: Mapping[str, Any]) -> Facts:
    subject = _iri(file, key)
    yield from ((subject, TYPE[1:-1], kind, "iri") for kind in CLASSES[file][1])
    name = entry.get("name") or entry.get("title") or key
    yield subject, LABEL[1:-1], name, "text"
    yield subject, SCHEMA + "name", name, "text"
    for alias in entry.get("aliases") or ():
        yield subject, SKOS + "altLabel", alias if isinstance(alias, str) else alias["name"], "text"
    for key, value in entry.items():
        if key in KEYS and isinstance(value, str) and value:
            yield subject, KEYS[key][0], value, KEYS[key][1]


def _talks(entries: list[dict[str, Any]], event: str, topics: list[str], by_word: Mapping[str, str]) -> Facts:
    waiting = [(entry, event) for entry in entries]
    for entry, around in waiting:  # grows while it is read: talks stand within talks
        talk = _iri("videos.yml", entry["id"])
        yield from _thing("videos.yml", entry["id"], entry)
        yield talk, SCHEMA + "superEvent", around, "iri"
        yield from ((talk, SCHEMA + "performer", _iri("speakers.yml", n), "iri") for n in entry.get("speakers") or ())
        words = set(re.findall(r"[a-z0-9.+#/-]+", entry["title"].lower()))
        about = {by_word[word] for word in words & by_word.keys()} | {topics[crc32(entry["id"].encode()) % len(topics)]}
        yield from ((talk, SCHEMA + "about", _iri("topics.yml", topic), "iri") for topic in about)
        waiting += [(part, talk) for part in entry.get("talks") or ()]


def _sponsors(entries: list[dict[str, Any]], event: str) -> Facts:
    for tier in itertools.chain.from_iterable(entry["tiers"] for entry in entries):
        for one in tier["sponsors"] or ():
            yield from _thing("sponsors.yml", one["slug"], one)
            sponsor, deal = _iri("sponsors.yml", one["slug"]), f"{BASE}deal/{event}/{slug(one['slug'])}"
            yield _iri("event.yml", event), SCHEMA + "sponsor", sponsor, "iri"
            yield deal, TYPE[1:-1], OWN + "Sponsorship", "iri"
            yield deal, OWN + "sponsor", sponsor, "iri"


# --- contestants ------------------------------------------------------------------------------

Ask = Callable[[str], int]
"""Answers a question and gives the number of rows, all of them taken."""


def with_rdflib(graph: Path) -> Ask:
    """Answer with rdflib's own store, from the default graph of an N-Quads file."""
    made = rdflib.Graph()
    lines = graph.read_text("utf-8").split("\n")
    made.parse(data="\n".join(line for line in lines if line and not split_quad(line)[3]) + "\n", format="nt")
    return lambda query: len([*made.query(query, initNs=PREFIXES)])


def with_pyoxigraph(store: pyoxigraph.Store) -> Ask:
    """Answer with a store opened in this process; every term becomes the text that `Answer` has."""

    def ask(query: str) -> int:
        found = store.query(query, prefixes=PREFIXES)
        if isinstance(found, pyoxigraph.QueryTriples):
            return len([(str(s), str(p), str(o)) for s, p, o in found])
        if isinstance(found, pyoxigraph.QueryBoolean):
            return int(bool(found))
        return len([tuple([None if term is None else str(term) for term in row]) for row in found])

    return ask


class _TooLong(Exception):  # noqa: N818
    """The limit is over."""


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise _TooLong after so many seconds; Python stops at once, an engine after what it is doing."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# --- timing -----------------------------------------------------------------------------------


TURN, TURN_MOST = 0.1, 20  # seconds, or answers, that a turn lasts; one answer at least


class Times:
    """What each contestant took for each question, in seconds; its rows; and where the limit cut in."""

    def __init__(self) -> None:
        self.taken: dict[tuple[str, str], list[float]] = {}
        self.rows: dict[str, int] = {}
        self.cut: set[tuple[str, str]] = set()

    def run(self, contestants: Mapping[str, Ask], questions: Mapping[str, str], rounds: int, limit: float) -> None:
        """Let all take turns; raises SystemExit where they find different numbers of rows."""
        turns = itertools.product(range(-1, rounds), questions.items(), contestants.items())
        for number, (question, text), (name, ask) in turns:
            if (name, question) not in self.cut:  # the first turn is not measured
                self._turn(name, question, partial(ask, text), limit, number >= 0)

    def _turn(self, name: str, question: str, ask: Callable[[], int], limit: float, counts: bool) -> None:
        spent: list[float] = []
        while not spent or (counts and sum(spent) < TURN and len(spent) < TURN_MOST):
            begun = time.perf_counter()
            try:
                with limited(limit):
                    rows = ask()
            except _TooLong:
                self.cut.add((name, question))
                self.taken[name, question] = [limit]
                return
            spent.append(time.perf_counter() - begun)
            if self.rows.setdefault(question, rows) != rows:
                raise SystemExit(f"{question}: {name} finds {rows} rows, others {self.rows[question]}")
        if counts:
            self.taken.setdefault((name, question), []).append(statistics.median(spent))

    def median(self, name: str, question: str) -> float:
        """Give the median of a contestant's times."""
        return statistics.median(self.taken[name, question])

    def ratio(self, slow: str, fast: str, question: str) -> tuple[float, str]:
        """Give how many times longer one takes, as a number and in words; `≥` or `≤` where it was cut."""
        value = self.median(slow, question) / self.median(fast, question)
        sign = "≥" if (slow, question) in self.cut else "≤" if (fast, question) in self.cut else ""
        return value, f"{sign}{value:.2f}"


RATIOS = (
    *(("rdflib", "engine"), ("rdflib", "engine in memory"), ("rdflib", "memory")),
    *(("engine", "disk"), ("engine in memory", "memory")),
)
MANY = 1_000


def report(times: Times, questions: Mapping[str, str], contestants: Iterable[str]) -> str:
    """Lay out times and ratios by question, and the geometric means, as a table of Markdown."""
    names = list(contestants)
    pairs = [pair for pair in RATIOS if set(pair) <= set(names)]
    lines = [["question", "rows", *(f"{name}, ms" for name in names), *(" / ".join(pair) for pair in pairs)]]
    lines.append(["---", *("--:" for _ in lines[0][1:])])
    means: dict[str, dict[tuple[str, str], list[float]]] = {}
    for question, text in questions.items():
        rows, reworded = times.rows.get(question, 0), without_slow_exists(read_query(text, PREFIXES)) != text
        line = [question + " *" * reworded, f"{rows:,}", *(f"{times.median(n, question) * 1000:.2f}" for n in names)]
        for pair in pairs:
            value, words = times.ratio(*pair, question)
            line.append(words)
            size = f"mean {'above' if rows > MANY else 'up to'} {MANY:,} rows"
            if pair[0] == "rdflib" or not reworded:
                means.setdefault("mean of all" if pair[0] == "rdflib" else size, {}).setdefault(pair, []).append(value)
        lines.append(line)
    for title, found in sorted(means.items()):
        shown = [f"{statistics.geometric_mean(found[pair]):.2f}" if pair in found else "" for pair in pairs]
        lines.append([title, "", *("" for _ in names), *shown])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main() -> None:
    """Read the arguments, open everything, time it, print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--graph", type=Path, metavar="FILE.nq", help="the graph to ask; else one is made")
    parser.add_argument("--make", type=Path, metavar="FILE.nq", help="where to keep the graph that is made")
    parser.add_argument("--queries", type=Path, metavar="FOLDER", help="NAME.rq files instead of the twelve questions")
    parser.add_argument("--rounds", type=int, default=5, help="measured runs of each question (5)")
    parser.add_argument("--limit", type=float, default=20, help="seconds after which an answer is not waited for (20)")
    parser.add_argument("--without", action="append", default=[], metavar="CONTESTANT", help="may be repeated")
    given = parser.parse_args()
    questions = QUESTIONS
    if given.queries:
        questions = {path.stem: path.read_text("utf-8") for path in sorted(given.queries.glob("*.rq"))}
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as open_things:
        graph = given.graph or given.make or Path(folder) / "graph.nq"
        if given.graph is None:
            shared = Path(os.environ.get("COLLOQUY_SHARED", "../shared")) / "data" / "rubyevents"
            if not shared.is_dir():
                parser.error("set COLLOQUY_SHARED to the folder that holds data/rubyevents, or name a --graph")
            print(f"{write_graph(shared, graph):,} triples made from {shared}")  # noqa: T201
        contestants: dict[str, Ask] = {}
        for name, opener in openers(graph, Path(folder) / "store", given.limit * 2, open_things).items():
            if name not in given.without:
                begun = time.perf_counter()
                contestants[name] = opener()
                print(f"{name} opened in {time.perf_counter() - begun:.3f} s")  # noqa: T201
        times = Times()
        times.run(contestants, questions, given.rounds, given.limit)
        print(report(times, questions, contestants))  # noqa: T201


def openers(graph: Path, disk: Path, limit: float, open_things: contextlib.ExitStack) -> dict[str, Callable[[], Ask]]:
    """Give what opens each contestant on a graph, as a file and as a store's folder, which is made here."""
    made = pyoxigraph.Store(str(disk))
    made.bulk_load(path=str(graph), format=pyoxigraph.RdfFormat.N_QUADS)
    made.flush()
    del made

    def in_memory() -> Ask:
        store = pyoxigraph.Store()
        store.bulk_load(path=str(graph), format=pyoxigraph.RdfFormat.N_QUADS)
        return with_pyoxigraph(store)

    def ours(path: Path) -> Ask:
        engine = open_things.enter_context(Engine(path, prefixes=PREFIXES))
        engine.start()
        return lambda query: len(engine.ask(query, limit_seconds=limit).rows)

    return {
        "rdflib": lambda: with_rdflib(graph),
        "engine": lambda: ours(disk),
        "engine in memory": lambda: ours(graph),
        "disk": lambda: with_pyoxigraph(pyoxigraph.Store.read_only(str(disk))),
        "memory": in_memory,
    }


if __name__ == "__main__":
    main()
