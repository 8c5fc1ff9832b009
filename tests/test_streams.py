"""Streams: whole answers or errors, whatever is asked and in whatever form."""

from __future__ import annotations

import io
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colloquy.errors import QueryError, QueryLimit, QueryTimeout, UsageError
from colloquy.query import Engine
from colloquy.query.chunks import COUNTS, SIZE, Frames
from colloquy.query.pool import WORKER
from colloquy.query.streaming import MEDIA, Limits, kinds_of, media_types
from streamed import (
    ALL,
    BASE,
    CSV,
    ENDLESS,
    GRAPH,
    JSON,
    MANY,
    ODD,
    PREFIXES,
    RUNAWAY,
    XML,
    make_store,
    rows_of,
    whole,
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("streams") / "store")


@pytest.fixture(scope="module")
def engine(store: Path) -> Iterator[Engine]:
    with Engine(store, prefixes=PREFIXES, workers=2, spares=1) as made:
        made.start()
        yield made


@pytest.fixture
def alone(store: Path) -> Iterator[Engine]:
    """An engine with one worker, and none to spare."""
    with Engine(store, prefixes=PREFIXES) as made:
        made.start()
        yield made


# --- whole answers ----------------------------------------------------------------------------


@pytest.mark.parametrize("media", [media for media in MEDIA if "select" in kinds_of(media)])
def test_rows_are_those_of_ask_in_every_form(engine: Engine, media: str) -> None:
    text = "SELECT ?s ?n ?t { { ?s ex:number ?n FILTER(?n < 5000) } UNION { ?s ex:says ?t } }"
    stream = engine.stream(text, media=media)
    assert (stream.kind, stream.media) == ("select", media)
    pieces = list(stream)
    assert len(pieces) > 2
    assert min(map(len, pieces[:-1])) >= SIZE
    form, expected = MEDIA[media][1], engine.ask(text)
    data = b"".join(pieces)
    if form == "CSV":  # has no terms, so its lines are compared with those of a form that we write ourselves
        assert sorted(data.split(b"\r\n")) == sorted(expected.serialise("csv").split(b"\r\n"))
        return
    rows = Counter(tuple(term or "" for term in row) for row in expected.rows)
    if form == "XML":  # which cannot hold them
        rows = Counter(
            tuple(re.sub("[\x07\ufffe]|\\\\u0007|\\\\uFFFE", "\ufffd", t) for t in row) for row in rows.elements()
        )
        ElementTree.fromstring(data)
    assert rows_of(data, form) == rows


@pytest.mark.parametrize("media", media_types("graph"))
def test_graphs_are_those_of_ask_in_every_form(engine: Engine, media: str) -> None:
    text = "CONSTRUCT { ?s ex:number ?n ; ex:twice ?n . [] ex:of ?s } WHERE { ?s ex:number ?n FILTER(?n < 3000) }"
    data = whole(engine.stream(text, media=media))
    parsed = list(pyoxigraph.parse(io.BytesIO(data), getattr(pyoxigraph.RdfFormat, MEDIA[media][1])))
    expected = engine.ask(text).rows
    assert Counter(q.predicate.value for q in parsed) == Counter((p or "")[1:-1] for _, p, _ in expected)
    named = {(str(q.subject), str(q.object)) for q in parsed if q.predicate.value == BASE + "number"}
    assert named == {(s, o) for s, p, o in expected if p == f"<{BASE}number>"}
    assert media != "text/turtle" or b"@prefix ex: <https://example.org/id/> .\n" in data


def test_a_stream_tells_whether_it_is_all_there(engine: Engine) -> None:
    assert engine.stream("ASK {}", media=CSV).is_short
    assert not engine.stream(ALL, media=CSV).is_short
    stream = engine.stream(ALL + " LIMIT 9", media=CSV)
    assert stream.is_short
    assert next(stream).count(b"\n") == 10
    assert not stream.is_short
    with pytest.raises(StopIteration):
        next(stream)


def test_yes_or_no_has_every_form_of_rows(engine: Engine) -> None:
    forms = {media: whole(engine.stream("ASK { ?s ex:number 7 }", media=media)) for media in media_types("ask")}
    assert forms[CSV] == b"true"
    assert json.loads(forms[JSON]) == {"head": {}, "boolean": True}
    assert forms[XML].endswith(b"<boolean>true</boolean></sparql>")


def test_a_cut_off_answer_has_the_rows_that_ask_has(engine: Engine) -> None:
    text = "SELECT ?s ?k { ?s ex:number ?n FILTER(?n < 500) BIND(?n - ?n AS ?k) } ORDER BY ?k LIMIT 7"
    data = whole(engine.stream(text, media="text/tab-separated-values"))
    assert [line.split("\t")[0] for line in data.decode().splitlines()[1:]] == [row[0] for row in engine.ask(text)]


def test_graphs_that_are_given_replace_those_of_the_query(engine: Engine) -> None:
    def found(text: str, default: tuple[str, ...] = (), named: tuple[str, ...] = ()) -> int:
        stream = engine.stream(text, media=CSV, default_graphs=default, named_graphs=named)
        return whole(stream).count(b"\r\n") - 1

    one, two = BASE + "graph1", BASE + "graph2"
    assert found("SELECT * { ?s ex:in ?o }") == 0
    assert found("SELECT * { ?s ex:in ?o }", (one,)) == 1
    assert found("SELECT * FROM ex:graph1 { ?s ex:number ?o }", (two,)) == 0
    assert found("SELECT * FROM ex:nowhere { ?s ex:in ?o }", (two,)) == 1
    assert found("SELECT * { GRAPH ?g { ?s ex:in ?o } }") == 2
    assert found("SELECT * { GRAPH ?g { ?s ex:in ?o } }", (one,)) == 0
    assert found("SELECT * { GRAPH ?g { ?s ex:in ?o } }", (), (two,)) == 1
    assert found("SELECT * { ?s ex:number ?o }", (), (two,)) == 0


def test_what_cannot_run_is_refused_before_any_worker_starts(tmp_path: Path) -> None:
    with Engine(tmp_path / "none", prefixes=PREFIXES) as engine:
        for text, words in (
            ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", "line 1, column 12: SERVICE is refused"),
            (f"ASK {{ FILTER{'(' * 5000}1{')' * 5000} }}", "more than 100 brackets are open"),
            (f"ASK {{ FILTER(1 IN ({'1, ' * 50_000} 1)) }}", "100,000 are the most that is read"),
            ("INSERT DATA { ex:a ex:b ex:c }", "line 1, column 1: INSERT is an update"),
            ("SELECT ?s { ?s ex:number }", "line 1, column 26"),
        ):
            with pytest.raises(QueryError, match=words):
                engine.stream(text, media=CSV)
        assert not engine._pool._busy
        assert not engine._pool._idle


# --- limits: an error, never a silent cut -------------------------------------------------------


@pytest.mark.parametrize("media", [CSV, JSON, XML, "text/tab-separated-values"])
def test_so_many_rows_are_allowed_and_not_one_more(engine: Engine, media: str) -> None:
    odd = "SELECT ?s ?t { ?s ex:says ?t }"
    assert whole(engine.stream(odd, media=media, limits=Limits(rows=len(ODD))))
    with pytest.raises(QueryLimit, match=f"the answer has more than {len(ODD) - 1} rows — add a LIMIT"):
        engine.stream(odd, media=media, limits=Limits(rows=len(ODD) - 1))
    assert whole(engine.stream(ALL, media=media, limits=Limits(rows=MANY)))
    stream = engine.stream(ALL, media=media, limits=Limits(rows=MANY - 1))
    with pytest.raises(QueryLimit, match="more than 29,999 rows"):
        whole(stream)


@pytest.mark.parametrize("media", media_types("graph"))
def test_so_many_triples_are_allowed_and_not_one_more(engine: Engine, media: str) -> None:
    text = GRAPH + " LIMIT 100"
    assert whole(engine.stream(text, media=media, limits=Limits(rows=100)))
    with pytest.raises(QueryLimit, match="more than 99 rows"):
        engine.stream(text, media=media, limits=Limits(rows=99))


@pytest.mark.parametrize(("text", "media"), [(ALL, JSON), (ALL, XML), (GRAPH, "text/turtle")])
def test_so_many_bytes_are_allowed_and_not_one_more(engine: Engine, text: str, media: str) -> None:
    size = len(whole(engine.stream(text, media=media)))
    assert len(whole(engine.stream(text, media=media, limits=Limits(bytes=size)))) == size
    stream = engine.stream(text, media=media, limits=Limits(bytes=size - 1))
    with pytest.raises(QueryLimit, match=f"more than {size - 1:,} bytes"):
        whole(stream)
    with pytest.raises(QueryLimit, match="more than 10 bytes"):
        engine.stream(text, media=media, limits=Limits(bytes=10))


def test_a_limit_of_time_is_an_error_before_the_first_byte_and_after_it(alone: Engine) -> None:
    begun = time.monotonic()
    with pytest.raises(QueryTimeout, match=r"stopped after 0\.3 seconds"):
        alone.stream(RUNAWAY, media=CSV, limits=Limits(seconds=0.3))
    stream = alone.stream(ENDLESS, media=CSV, limits=Limits(seconds=0.5))
    assert next(stream).startswith(b"a,d,g\r\n")
    with pytest.raises(QueryTimeout, match=r"stopped after 0\.5 seconds"):
        whole(stream)
    assert time.monotonic() - begun < 0.3 + 0.5 + 2
    assert alone.ask("ASK {}")


def test_a_reader_that_is_too_slow_is_told_that_time_is_up(alone: Engine) -> None:
    stream = alone.stream(ENDLESS, media=CSV, limits=Limits(seconds=0.5))
    time.sleep(1)
    with pytest.raises(QueryTimeout):
        whole(stream)


def test_a_short_answer_is_whole_however_late_it_is_read(alone: Engine) -> None:
    stream = alone.stream("SELECT ?s { ?s ex:number ?n } LIMIT 5000", media=CSV, limits=Limits(seconds=0.5))
    time.sleep(1)
    assert whole(stream).count(b"\r\n") == 5001


def test_a_worker_that_a_query_leaves_full_is_not_used_again(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filling = tmp_path / "filling.py"  # a worker that seems to grow by 300 MB with every look
    filling.write_text(
        f"import runpy, itertools\nmade = runpy.run_path({str(WORKER)!r})['main'].__globals__\n"
        "grown = itertools.count(0, 300 << 20)\nmade['LONG'] = 0\n"
        "made['beside']('confines').memory = lambda: (1 << 40, next(grown))\nmade['main']()\n",
        "utf-8",
    )
    monkeypatch.setattr("colloquy.query.process.WORKER", filling)
    for memory, replaced in ((2 << 30, False), (1 << 30, True)):
        with Engine(store, prefixes=PREFIXES, memory=memory) as engine:
            engine.start()
            first = engine._pool._idle[0]
            assert whole(engine.stream("ASK {}", media=CSV)) == b"true"
            assert engine._pool._idle == ([] if replaced else [first])
            assert engine.ask("ASK {}")


CELLS = st.lists(st.sampled_from([*ODD, '"', "\\", "{", "[", ",{", "\n", "<result>", "a"]), min_size=2, max_size=2)


@given(
    st.lists(CELLS, max_size=8),
    st.lists(st.integers(0, 600), max_size=12),
    st.sampled_from(sorted(COUNTS.keys() - {"N_TRIPLES", "N_QUADS"})),
)
def test_rows_are_counted_however_the_bytes_are_cut(rows: list[list[str]], cuts: list[int], form: str) -> None:
    table = " ".join(f"({' '.join(map(str, map(pyoxigraph.Literal, row)))})" for row in rows)
    found = pyoxigraph.Store().query(f"SELECT ?a ?b {{ VALUES (?a ?b) {{ {table} (UNDEF UNDEF) }} }}")
    assert isinstance(found, pyoxigraph.QuerySolutions)
    data = found.serialize(format=getattr(pyoxigraph.QueryResultsFormat, form)) or b""
    count = COUNTS[form]()
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    assert sum(count(data[a:b]) for a, b in pairwise(places)) == len(rows) + 1


def test_what_comes_slowly_is_sent_before_a_frame_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[bytes] = []
    now = [0.0]
    monkeypatch.setattr("colloquy.query.chunks.time.monotonic", lambda: now[0])
    frames = Frames(lambda header, payload: sent.append(payload), "select", None)
    for second in (0.1, 0.9, 1.2):
        now[0] = second
        frames.write(b"row\n")
    assert sent == [b"row\n" * 3]


# --- forms that cannot hold everything ----------------------------------------------------------


def test_xml_is_well_formed_whatever_the_text(engine: Engine) -> None:
    root = ElementTree.fromstring(whole(engine.stream("SELECT ?t { ?s ex:says ?t }", media=XML)))
    texts = [found.text or "" for found in root.iter("{http://www.w3.org/2005/sparql-results#}literal")]
    expected = [text.replace("\x07", "\ufffd").replace("\ufffe", "\ufffd") for text in ODD]
    assert sorted(texts) == sorted(expected)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("CONSTRUCT { ?s <https://example.org/7> 1 } WHERE { ?s ex:says ?t }", "does not end in a name"),
        ("CONSTRUCT { ?s ex:says ?t } WHERE { ?s ex:says ?t }", "a literal holds a control character"),
    ],
)
def test_rdf_xml_says_what_it_cannot_hold(engine: Engine, text: str, words: str) -> None:
    with pytest.raises(
        UsageError, match=f"application/rdf.xml cannot hold this answer: .*{words}; take one of: text/t"
    ):
        engine.stream(text, media="application/rdf+xml")
    assert whole(engine.stream(text, media="text/turtle"))


def test_a_media_type_has_to_fit_the_kind_of_answer(engine: Engine) -> None:
    with pytest.raises(
        UsageError, match="the query gives rows, which text/turtle cannot hold; take one of: application/"
    ):
        engine.stream(RUNAWAY, media="text/turtle")
    with pytest.raises(UsageError, match="the query gives a graph, which text/csv cannot hold"):
        engine.stream(GRAPH, media=CSV)
    with pytest.raises(UsageError, match="no answer has the media type image/png"):
        engine.stream(ALL, media="image/png")
