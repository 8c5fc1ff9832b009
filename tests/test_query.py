"""Engines, answers, questions and tables: the same rows from every engine, and words for every failure."""

from __future__ import annotations

import csv
import datetime
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyoxigraph
import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from colloquy.errors import ProjectError, QueryBusy, QueryError, QueryTimeout, UsageError
from colloquy.project import Project
from colloquy.query import (
    Engine,
    RdflibEngine,
    SparqlEngine,
    bind,
    python_value,
    read_questions,
    read_value,
    same_rows,
    table,
    unknown_terms,
)
from colloquy.query.answers import GRAPH_COLUMNS, Answer
from colloquy.query.pool import GRACE, WORKER, Pool, Request, Worker
from colloquy.query.rows import settle
from colloquy.sparql import engine_text, read_query, without_slow_exists
from colloquy.sparql.exists import slow_exists
from colloquy.sparql.rewrite import plain_keys
from colloquy.terms import LABEL, STANDARD_PREFIXES, XSD, iri, literal
from conftest import copy_project

BASE = "https://example.org/id/"
PREFIXES = {**STANDARD_PREFIXES, "ex": BASE}
DATA = f"""
@prefix ex: <{BASE}> .
@prefix schema: <https://schema.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:ada-brook a schema:Person ; rdfs:label "Ada Brook" ; schema:birthDate "1951-02-03"^^xsd:date .
ex:ben-oduya a schema:Person ; rdfs:label "Ben Oduya" ; schema:birthDate "1960"^^xsd:gYear .
ex:cerys-vaughan a schema:Person ; rdfs:label "Cerys Vaughan"@cy, "Cerys Vaughan"@en ; schema:knows ex:ada-brook .
ex:on-tides a schema:Event ; rdfs:label "On tides" ; schema:performer ex:ada-brook ; schema:position 1 .
ex:on-hedges a schema:Event ; rdfs:label "On hedges" ; schema:performer ex:ben-oduya, ex:ada-brook ; schema:position 2 .
ex:on-slate a schema:Event ; rdfs:label "On slate" ; schema:performer ex:cerys-vaughan ; schema:position 2 ;
  schema:description "Quarries, \\"old\\" and new\\nin two parts" ; schema:price 2.5 .
"""
ABOUT_TIDES = (f"<{BASE}on-tides>", "<http://www.w3.org/2000/01/rdf-schema#comment>", '"from the programme"')
PEOPLE = ["ada-brook", "ben-oduya", "cerys-vaughan"]
TALKS = "?talk a schema:Event ; schema:performer ?who ; schema:position ?n"
ALL_PAIRS = " . ".join(f"?s{n} ?p{n} ?o{n}" for n in range(9))
RUNAWAY = f"SELECT (COUNT(*) AS ?many) {{ {ALL_PAIRS} }}"
DIES = "SELECT * { " + " UNION ".join(["{}"] * 9000) + " }"


def names(*found: str) -> tuple[tuple[str, ...], ...]:
    return tuple((f"<{BASE}{name}>",) for name in found)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("query") / "store"
    made = pyoxigraph.Store(str(folder))
    made.bulk_load(DATA.encode(), format=pyoxigraph.RdfFormat.TURTLE)
    made.bulk_load(f"{' '.join(ABOUT_TIDES)} <{BASE}statement-1> .".encode(), format=pyoxigraph.RdfFormat.N_QUADS)
    made.flush()
    return folder


@pytest.fixture(scope="module")
def engine(store: Path) -> Iterator[Engine]:
    with Engine(store, prefixes=PREFIXES) as made:
        yield made


@pytest.fixture(scope="module")
def reference() -> RdflibEngine:
    dataset = rdflib.Dataset()
    dataset.default_graph.parse(data=DATA, format="turtle")
    dataset.graph(rdflib.URIRef(BASE + "statement-1")).parse(data=" ".join(ABOUT_TIDES) + " .", format="nt")
    return RdflibEngine(dataset, prefixes=PREFIXES)


@pytest.fixture(params=["engine", "reference"])
def any_engine(request: pytest.FixtureRequest) -> SparqlEngine:
    found: SparqlEngine = request.getfixturevalue(request.param)
    return found


# --- the same answer from every engine --------------------------------------------------------

QUERIES = [
    "SELECT * { ?s ?p ?o }",
    "SELECT ?o ?s { ?s schema:performer ?o }",
    f"SELECT * {{ {TALKS} }} ORDER BY ?n",
    f"SELECT ?n ?who {{ {TALKS} }} ORDER BY DESC(?n) LIMIT 2",
    f"SELECT ?who (COUNT(*) AS ?talks) (SUM(?n) AS ?sum) {{ {TALKS} }} GROUP BY ?who HAVING (COUNT(*) > 0)",
    f"SELECT (COUNT(DISTINCT ?who) AS ?many) {{ {TALKS} }}",
    "SELECT ?who ?year { ?who a schema:Person OPTIONAL { ?who schema:birthDate ?year } }",
    "SELECT DISTINCT ?p { ?s ?p ?o } ORDER BY ?p",
    "SELECT ?who { ?who a schema:Person MINUS { ?talk schema:performer ?who } }",
    "SELECT ?who { ?who a schema:Person FILTER NOT EXISTS { ?who schema:birthDate ?d } }",
    "SELECT ?name { ?who rdfs:label ?name FILTER(LANG(?name) = 'cy') }",
    "SELECT ?label { ?x rdfs:label ?label } ORDER BY ?label",
    "SELECT * { ?who schema:knows|^schema:performer ?other }",
    "SELECT * { ?who (schema:knows/^schema:performer)+ ?other }",
    "SELECT ?g ?s ?o { GRAPH ?g { ?s ?p ?o } }",
    "SELECT * FROM ex:statement-1 { ?s ?p ?o }",
    "SELECT * FROM NAMED ex:statement-1 { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }",
    "SELECT (1/0 AS ?none) (2 + 3 AS ?five) (TRUE AS ?yes) (CONCAT('a', \"\\u00e9\") AS ?text) {}",
    "SELECT ?s { VALUES ?s { ex:ada-brook ex:nobody UNDEF } }",
    "SELECT ?x (BNODE() AS ?b) { VALUES ?x { 2 1 } }",
    "ASK { ex:ada-brook schema:birthDate ?d }",
    "ASK { ex:ada-brook schema:knows ?d }",
    "CONSTRUCT { ?who ex:spoke-at ?talk } WHERE { ?talk schema:performer ?who }",
    "CONSTRUCT { [] ex:about ?talk ; ex:who [ ex:is ?who ] } WHERE { ?talk schema:performer ?who }",
    "CONSTRUCT WHERE { ?s schema:position 2 }",
    "DESCRIBE ex:ada-brook ex:on-tides",
]


@pytest.mark.parametrize("text", QUERIES)
def test_engines_give_the_same_rows_in_the_same_order(engine: Engine, reference: RdflibEngine, text: str) -> None:
    ours, theirs = engine.ask(text), reference.ask(text)
    assert (ours.kind, ours.columns) == (theirs.kind, theirs.columns)
    assert same_rows(ours, theirs)
    if "ORDER BY ?label" not in text:  # SPARQL does not say whether "a" or "a"@en comes first
        assert ours.rows == theirs.rows


PLACES = st.sampled_from(["?a", "?b", "?c", *(f"ex:{name}" for name in [*PEOPLE, "on-tides", "on-slate"])])
VERBS = st.sampled_from(
    ["schema:performer", "schema:knows", "a", "rdfs:label", "schema:position", "?p", "^schema:performer"]
)
OBJECTS = PLACES | st.sampled_from(["2", "'On tides'", "schema:Person", "?n"])
TRIPLES = st.lists(st.tuples(PLACES, VERBS, OBJECTS).map(" ".join), min_size=1, max_size=3).map(" . ".join)
FILTERS = st.sampled_from(
    ["STR(?n) > 'B'", "?a != ?b", "BOUND(?c)", "?n IN (1, 'On slate')", "!isIRI(?b)", "LANG(?n) = 'en'"]
)
GROUPS = st.recursive(
    TRIPLES,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("{{{0[0]}}} UNION {{{0[1]}}}".format),
        st.tuples(TRIPLES, inner).map("{0[0]} OPTIONAL {{ {0[1]} }}".format),
        st.tuples(inner, FILTERS).map("{0[0]} FILTER({0[1]})".format),
        st.tuples(TRIPLES, TRIPLES).map("{0[0]} MINUS {{ {0[1]} }}".format),
    ),
    max_leaves=3,
)
HEADS = st.sampled_from(
    ["SELECT *", "SELECT DISTINCT ?a ?n", "SELECT ?b (?a AS ?z)", "ASK", "CONSTRUCT { ?a ex:to ?b } WHERE"]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HEADS, GROUPS)
def test_small_queries_have_the_same_answer_everywhere(
    engine: Engine, reference: RdflibEngine, head: str, group: str
) -> None:
    text = f"{head} {{ {group} }}"
    ours, theirs = engine.ask(text), reference.ask(text)
    assert same_rows(ours, theirs)
    assert ours.columns == theirs.columns


def test_rows_without_order_are_sorted_and_ties_of_an_order_follow_the_columns(any_engine: SparqlEngine) -> None:
    assert any_engine.ask("SELECT ?who { ?who a schema:Person }").rows == names(*PEOPLE)
    text = "SELECT ?talk { ?talk schema:position ?n } ORDER BY DESC(?n)"
    assert any_engine.ask(text).rows == names("on-hedges", "on-slate", "on-tides")
    assert any_engine.ask(text + " LIMIT 1").rows == names("on-hedges")
    all_equal = any_engine.ask("SELECT ?s ?o { ?s ?p ?o FILTER(isIRI(?o)) } ORDER BY (1)").rows
    assert list(all_equal) == sorted(all_equal, key=lambda row: [term.strip("<>") for term in row if term])


def test_columns_of_select_star_stand_as_they_come_in_the_text(any_engine: SparqlEngine) -> None:
    assert any_engine.ask("SELECT * { ?z schema:performer ?b . ?b rdfs:label ?a }").columns == ("z", "b", "a")


def test_what_grammar_and_limits_refuse_is_refused_in_the_same_words_everywhere(any_engine: SparqlEngine) -> None:
    with pytest.raises(QueryError, match="line 1, column 12: SERVICE is refused"):
        any_engine.ask("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }")
    with pytest.raises(QueryError, match="line 1, column 101: more than 100 brackets"):
        any_engine.ask("{" * 5000)
    with pytest.raises(QueryError, match="did you mean `schema:`"):
        any_engine.ask("ASK { ?s scheme:name ?o }")


def test_from_reads_no_file_and_no_address(any_engine: SparqlEngine, tmp_path: Path) -> None:
    secret = tmp_path / "secret.ttl"
    secret.write_text("<a:a> <a:b> 'secret' .", "utf-8")
    for source in (secret.as_uri(), "http://127.0.0.1:1/x"):
        with pytest.raises(QueryError, match="line 1, column 15: there is no graph"):
            any_engine.ask(f"SELECT * FROM <{source}> {{ ?s ?p ?o }}")
        assert not any_engine.ask(f"SELECT * {{ GRAPH <{source}> {{ ?s ?p ?o }} }}")
    with pytest.raises(QueryError, match="did you mean `ex:statement-1`"):
        any_engine.ask("SELECT * FROM NAMED ex:statment-1 { }")


def test_only_from_says_what_the_default_graph_is(any_engine: SparqlEngine) -> None:
    assert len(any_engine.ask("SELECT * FROM ex:statement-1 { ?s ?p ?o }")) == 1
    assert not any_engine.ask("SELECT * FROM NAMED ex:statement-1 { ?s ?p ?o }")
    assert not any_engine.ask("SELECT * FROM ex:statement-1 { GRAPH ?g { ?s ?p ?o } }")


ADA = iri(BASE + "ada-brook")
BOUND = [
    ("SELECT ?talk { ?talk schema:performer ?who }", names("on-hedges", "on-tides")),
    ("SELECT ?who ?n { ?talk schema:performer ?who ; schema:position ?n }", None),
    ("SELECT * { ?talk schema:performer ?who }", names("on-hedges", "on-tides")),
    ("SELECT ?x { ?talk schema:performer ?x FILTER(?x = ?who) }", names("ada-brook", "ada-brook")),
    ("SELECT ?x { ?x a schema:Person MINUS { ?x schema:knows ?who } }", names("ada-brook", "ben-oduya")),
    ("SELECT ?who (COUNT(*) AS ?n) { ?talk schema:performer ?who } GROUP BY ?who", None),
    ("SELECT ?who ?n { { SELECT ?who (COUNT(*) AS ?n) { ?t schema:performer ?who } GROUP BY ?who } }", None),
    ("SELECT ?t { { SELECT ?t { ?t schema:performer ?who } } }", names("on-hedges", "on-tides")),
    ("SELECT ?t { ?t schema:performer ?x OPTIONAL { ?t schema:price ?z FILTER(?x != ?who) } FILTER(BOUND(?z)) }", None),
    ("SELECT ?x { ?x schema:knows ?who } ORDER BY ?who", names("cerys-vaughan")),
]


@pytest.mark.parametrize(("text", "rows"), BOUND)
def test_a_parameter_means_the_same_in_every_engine(
    engine: Engine, reference: RdflibEngine, text: str, rows: tuple[tuple[str, ...], ...] | None
) -> None:
    ours = engine.ask(text, substitutions={"who": ADA})
    assert ours == reference.ask(text, substitutions={"who": ADA})
    assert len(ours) > 0
    assert rows is None or ours.rows == rows
    assert "who" not in ours.columns or {row[ours.columns.index("who")] for row in ours} == {ADA}


ODD_TEXTS = ['say "hi"', "back\\slash \\n", "line\nend\r\t\x07\x7f", "} SERVICE <http://127.0.0.1:1/> {", "é🎈'''"]


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_any_text_comes_back_as_it_was_given(any_engine: SparqlEngine, text: str) -> None:
    answer = any_engine.ask("SELECT ?given (STRLEN(?given) AS ?n) {}", substitutions={"given": literal(text)})
    assert answer.rows == ((literal(text), literal(str(len(text)), XSD + "integer")),)


# --- rows on their way from worker to answer --------------------------------------------------


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, pyoxigraph.Store]]:
    """A store whose literals hold every kind of character, number and time, and an engine on it."""
    characters = [chr(c) for c in [*range(1, 0x250), 0x2028, 0x2029, 0xFEFF, 0xFFFD, 0xFFFE, 0xFFFF, 0x1F388, 0x10FFFF]]
    texts = [*(f"a{c}b{c}" for c in characters), "", "\t", "<x>", "_:b", '"', "a\\", "1"]
    values = [literal(text) for text in texts] + [literal(c, language="en") for c in characters]
    numbers = ("1", "integer"), ("1.0", "decimal"), ("1.5", "decimal"), ("1", "double"), ("1e30", "double")
    others = ("true", "boolean"), ("INF", "float"), ("2024-02-29", "date"), ("2024-02-29Z", "date"), ("1960", "gYear")
    values += [literal(text, XSD + name) for text, name in (*numbers, *others, ("-7", "integer"), ("x", "anyURI"))]
    lines = [f"<{BASE}thing> <{BASE}says{n % 3}> {value} ." for n, value in enumerate(values)]
    lines += [f"_:blank{n} <{BASE}says3> {literal(str(n))} ." for n in range(3)]
    folder = tmp_path_factory.mktemp("odd") / "store"
    made = pyoxigraph.Store(str(folder))
    made.bulk_load("\n".join(lines).encode(), format=pyoxigraph.RdfFormat.N_TRIPLES)
    made.flush()
    del made
    with Engine(folder, prefixes=PREFIXES) as engine:
        yield engine, pyoxigraph.Store.read_only(str(folder))


def one_by_one(store: pyoxigraph.Store, text: str, wanted: list[str], ordered: bool = False) -> Answer:
    """What an answer is: every term of every row written by pyoxigraph, and then settled."""
    found = store.query(text, prefixes=PREFIXES)
    assert isinstance(found, pyoxigraph.QuerySolutions)
    rows = [tuple(None if term is None else str(term) for term in row) for row in found]
    columns, rows = settle([variable.value for variable in found.variables], rows, wanted, ordered)
    return Answer("select", tuple(columns), tuple(rows))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("SELECT ?o { ?s ?p ?o FILTER(!isBlank(?s)) }", ["o"]),
        ("SELECT ?o ?p { ?s ?p ?o FILTER(!isBlank(?s) && !REGEX(STR(?o), '[^ -~]')) }", ["o", "p"]),
        ("SELECT * { ?s ex:says0 ?o OPTIONAL { ?s ex:says1 ?x FILTER(isNumeric(?x)) } }", ["s", "o", "x"]),
        ("SELECT * { ?s ?p ?o }", ["s", "p", "o"]),
        ("SELECT ?nothing { ?s ex:says2 ?o }", ["nothing"]),
        ("SELECT ?s { ?s ?p ?o FILTER(false) }", ["s"]),
    ],
)
def test_rows_cut_by_columns_are_those_made_term_by_term(
    odd: tuple[Engine, pyoxigraph.Store], text: str, wanted: list[str]
) -> None:
    engine, store = odd
    assert engine.ask(text) == one_by_one(store, text, wanted)


@pytest.mark.parametrize("character", ["\x07", "\x0b", "\x1e", "\x7f", "\x85", "\u2028", "\ufffe", "\uffff", "<", "_"])
def test_characters_that_text_is_cut_at_elsewhere_are_kept(
    odd: tuple[Engine, pyoxigraph.Store], character: str
) -> None:
    engine, store = odd
    pattern = f"{{ ?s ?p ?o FILTER(CONTAINS(?o, {literal(character)})) }}"
    rows = one_by_one(store, f"SELECT ?s ?p ?o {pattern}", ["s", "p", "o"]).rows
    assert len(rows) > 1
    assert engine.ask(f"SELECT ?s ?p ?o {pattern}").rows == rows
    assert engine.ask(f"CONSTRUCT {{ ?s ?p ?o }} {pattern}").rows == rows


def test_rows_without_columns_are_counted(engine: Engine) -> None:
    assert engine.ask("SELECT * { ex:ada-brook a schema:Person }").rows == ((),)
    assert engine.ask("SELECT * { ex:ada-brook a schema:Place }").rows == ()


KINDS = [
    ["1", "2", "1.0", "1.5", "1e0", "-0e0", "0e0", "UNDEF"],
    ["1", "2", "-7", "UNDEF"],
    ["1.0", "2.0", "1.5"],
    ["''", "'a'", "'a'@en", "'a'@cy", "'ab'", "'b\\n'", "'b\\\\'", "'b \"'", "ex:a", "ex:b", "UNDEF"],
    [
        *(f"'2024-05-31T09:00:00{zone}'^^xsd:dateTime" for zone in ("", "Z", "+00:00")),
        "'2024-05-31T08:00:00-01:00'^^xsd:dateTime",
    ],
    ["'1960'^^xsd:gYear", "'2024-05-31'^^xsd:date", "'2024-05-31Z'^^xsd:date", "true", "false", "1", "'a'"],
]
COLUMN = st.sampled_from(KINDS).flatmap(lambda kinds: st.lists(st.sampled_from(kinds), min_size=8, max_size=8))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.tuples(COLUMN, COLUMN, COLUMN), st.sampled_from(["?a", "DESC(?a)", "?b ?a", "ASC(?b) DESC(?c)", "?c ?b ?a"]))
def test_rows_that_tie_come_in_the_order_that_the_engine_would_give_them(
    odd: tuple[Engine, pyoxigraph.Store], columns: tuple[list[str], ...], keys: str
) -> None:
    rows = " ".join(f"({a} {b} {c})" for a, b, c in zip(*columns, strict=True))
    text = f"SELECT ?a ?b ?c {{ VALUES (?a ?b ?c) {{ {rows} }} }} ORDER BY {keys}"
    query = read_query(text, PREFIXES)
    assert plain_keys(query) is not None
    ours = odd[0].ask(text)
    theirs = one_by_one(odd[1], engine_text(query), ["a", "b", "c"], ordered=True)
    # The text of a term is all that orders rows that tie; one that differs in its datatype alone may come first.
    assert [[*map(python_text, row)] for row in ours.rows] == [[*map(python_text, row)] for row in theirs.rows]
    assert same_rows(ours, theirs)


def python_text(term: str | None) -> str:
    return "" if term is None else term.partition("^^")[0]


def test_a_file_of_n_quads_is_asked_in_memory(store: Path, tmp_path: Path, engine: Engine) -> None:
    file = tmp_path / "graph.nq"
    pyoxigraph.Store.read_only(str(store)).dump(str(file), pyoxigraph.RdfFormat.N_QUADS)
    with Engine(file, prefixes=PREFIXES) as in_memory:
        for text in QUERIES:
            if "BNODE" not in text:
                assert in_memory.ask(text) == engine.ask(text)
        file.write_text("no quads", "utf-8")
        assert in_memory.ask("ASK { ?s ?p ?o }"), "it was loaded"
    with Engine(file) as broken, pytest.raises(ProjectError, match=r"graph.nq cannot be opened: .*; build again"):
        broken.ask("ASK {}")


# --- EXISTS that is worked out once: the same rows -------------------------------------------------------

ENDS = st.sampled_from(["?a", "?a", "?b", "?c", "?t", "?t", "ex:e0", "ex:e1"])
OBJECT_ENDS = ENDS | st.sampled_from(["?b", "?c", "1", "'x'", "'x'@en"])
STEPS = st.sampled_from(["ex:p", "ex:q", "ex:r"])
WAYS = st.one_of(STEPS, STEPS, STEPS, STEPS, st.sampled_from(["?v", "^ex:p", "ex:p/ex:q", "^ex:q/ex:r"]))
LINKS = st.tuples(ENDS, WAYS, OBJECT_ENDS).map(" ".join)
TESTS = st.sampled_from(  # nothing that compares values of several kinds, of which rdflib has its own opinion
    [
        *("sameTerm(?a, ?b)", "!sameTerm(?b, ?t)", "STR(?c) > '1'", "BOUND(?b)", "!BOUND(?c)", "isIRI(?t)"),
        *("STR(?a) < STR(?c)", "?t IN (ex:e0, ex:e1)", "COALESCE(isLiteral(?c), true)"),
    ]
)
LED = st.tuples(
    st.sampled_from(["?t", "?t", "?a", "?b"]), STEPS, STEPS, OBJECT_ENDS, st.sampled_from(["?a", "?a", "?b"])
)
INSIDES = st.one_of(
    LED.map("{0[0]} {0[1]} {0[4]} ; {0[2]} {0[3]}".format),
    LED.map("{0[0]} {0[1]} ?c . ?c {0[2]} {0[4]}".format),
    LED.map("?x {0[1]} {0[4]} ; {0[2]}/ex:p {0[3]}".format),
    st.lists(LINKS, min_size=2, max_size=3).map(" . ".join),
)
NEGATED = st.tuples(INSIDES, st.one_of(st.just(""), st.just(""), TESTS.map(" FILTER({})".format))).map("".join).map
FILTERS_OUT = st.one_of(
    NEGATED("FILTER NOT EXISTS {{ {} }}".format),
    NEGATED("FILTER NOT EXISTS {{ {} }}".format),
    NEGATED("FILTER(!EXISTS {{ {} }})".format),
    NEGATED("FILTER EXISTS {{ {} }}".format),
    NEGATED("FILTER EXISTS {{ {} }}".format),
    NEGATED("FILTER EXISTS {{ {} }}".format),
    NEGATED("FILTER(EXISTS {{ {} }})".format),
    NEGATED("FILTER(NOT EXISTS {{ {} }} || BOUND(?c))".format),
    NEGATED("FILTER NOT EXISTS {{ {} OPTIONAL {{ ?t ex:p ?b }} }}".format),
)
BESIDE = st.one_of(
    LINKS.map("OPTIONAL {{ {} }}".format),
    TESTS.map("FILTER({})".format),
    LINKS.map("MINUS {{ {} }}".format),
    LINKS.map("{} .".format),
    st.just("VALUES ?b { ex:e0 1 UNDEF }"),
    st.just("VALUES (?a ?c) { (ex:e1 UNDEF) (UNDEF 1) }"),
    st.sampled_from(["{ SELECT ?a { ?a ex:p ?y } }", "{ SELECT ?b (?y AS ?z) { ?b ex:q ?y } }"]),
)
# What stands around shares no variable, here and above: rdflib lets those of one group into the EXISTS of another.
AROUND = st.sampled_from(
    [
        *(
            "{}",
            "{}",
            "{}",
            "{}",
            "{{ {} }} UNION {{ ?a ex:p ?b }}",
            "?a ex:q ?c OPTIONAL {{ {} }}",
            "GRAPH ex:g {{ {} }}",
        ),
        *("?y ex:p ?z {{ SELECT ?a {{ {} }} }}", "?a ex:q ?c FILTER EXISTS {{ {} }}", "?y ex:q ?z {{ {} }}"),
    ]
)
FIRST = st.tuples(st.sampled_from(["?a", "?b"]), STEPS, OBJECT_ENDS | st.just("?c")).map(
    "{0[0]} {0[1]} {0[2]} .".format
)
SHUFFLED = st.tuples(FIRST | LINKS.map("{} .".format), FILTERS_OUT, st.lists(BESIDE | FILTERS_OUT, max_size=2)).flatmap(
    lambda parts: st.permutations([parts[0], parts[1], *parts[2]]).map(" ".join)
)
NODES = st.sampled_from([f"<{BASE}e{n}>" for n in range(3)])
VALUES = NODES | st.sampled_from(['"x"', '"x"@en', *(f'"{n}"^^<{XSD}integer>' for n in (1, 2))])
QUADS = st.tuples(
    NODES, st.sampled_from([f"<{BASE}{p}>" for p in "pqr"]), VALUES, st.sampled_from(["", "", f"<{BASE}g>"])
)


def test_rows_without_slow_exists_are_the_same_in_two_engines() -> None:
    met: Counter[str] = Counter()

    @settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(SHUFFLED, AROUND, st.sampled_from(["*", "?a", "?b"]), st.lists(QUADS, min_size=10, max_size=30))
    def agree(group: str, around: str, shown: str, quads: list[tuple[str, str, str, str]]) -> None:
        text = f"SELECT {shown} {{ {around.format(group)} }}"
        query = read_query(text, PREFIXES)
        sent = without_slow_exists(query)
        if sent == text:
            return
        lines = "".join(" ".join(quad) + " .\n" for quad in quads)
        store, dataset = pyoxigraph.Store(), rdflib.Dataset()
        store.load(lines.encode(), format=pyoxigraph.RdfFormat.N_QUADS)
        dataset.parse(data=lines, format="nquads")
        reference = RdflibEngine(dataset, prefixes=PREFIXES)
        star = list(query.star if query.columns is None else query.columns)
        before, after = one_by_one(store, text, star), one_by_one(store, sent, star)
        assert before == after
        # What the two engines see differently without the filter too says nothing about it.
        bare = text
        filters = [(start, end) for slow in slow_exists(query) for start, end, _ in slow.changes if start < end]
        for start, end in sorted(filters, reverse=True):
            bare = f"{bare[:start]}FILTER(true){bare[end:]}"
        everything = one_by_one(store, bare, star)
        if same_rows(everything, reference.ask(bare)):
            assert same_rows(after, reference.ask(text))
            if "{ SELECT" not in text:  # rdflib has too few rows of a join within a sub-select
                assert same_rows(after, reference.ask(sent))
            kind = {one.negated for one in slow_exists(query) if one.changes}
            name = "both" if len(kind) > 1 else "minus" if True in kind else "join"
            met.update({name: 1, f"{name}, rows": bool(after), f"{name}, gone": len(everything) > len(after)})
            repeated = max(Counter(after.rows).values(), default=0) > 1
            met.update({"join, repeated": name == "join" and repeated})

    agree()
    for kind in ("minus", "join"):
        assert met[kind] > 90, met
        assert met[f"{kind}, rows"] > 25, met
        assert met[f"{kind}, gone"] > 25, met
    assert met["both"] > 5, met
    assert met["join, repeated"] > 5, met


NOT_THE_SAME = [
    # a part that need not be filled, and is filled otherwise
    ("?a ex:p ?b FILTER NOT EXISTS { ?t ex:q ?a ; ex:r ?z OPTIONAL { ?t ex:s ?b } }", "a p b . t q a . t r z . t s c"),
    # a value from outside in a condition
    ("?a ex:p ?b FILTER NOT EXISTS { ?t ex:q ?a ; ex:r ?z FILTER(?z != ?b) }", "a p b . t q a . t r z"),
    # no variable in common; or one that may have no value
    ("ex:a ex:p ?b FILTER NOT EXISTS { ?t ex:q ?x ; ex:r ?z }", "a p b . t q x . t r z"),
    ("?a ex:p ?b OPTIONAL { ?b ex:s ?c } FILTER NOT EXISTS { ?t ex:q ?c ; ex:r ?z }", "a p b . t q x . t r z"),
    # a path of no steps holds of what is no node of the graph
    ("ex:a ?v ?b FILTER NOT EXISTS { ?v ex:q* ?w . ?t ex:q ?x }", "a p b . t q x"),
    # the condition of an OPTIONAL knows the row outside of it
    ("?a ex:p ?b OPTIONAL { ?a ex:q ?c FILTER NOT EXISTS { ?t ex:r ?c ; ex:s ?b } }", "a p b . a q c . t r c . t s d"),
]


@pytest.mark.parametrize(("group", "graph"), NOT_THE_SAME)
def test_where_minus_gives_other_rows_not_exists_stays(group: str, graph: str) -> None:
    text = f"SELECT * {{ {group} }}"
    assert without_slow_exists(read_query(text, PREFIXES)) == text
    store, dataset = pyoxigraph.Store(), rdflib.Dataset()
    lines = "".join(" ".join(f"<{BASE}{word}>" for word in triple.split()) + " .\n" for triple in graph.split(" . "))
    store.load(lines.encode(), format=pyoxigraph.RdfFormat.N_TRIPLES)
    dataset.default_graph.parse(data=lines, format="nt")
    star = list(read_query(text, PREFIXES).star)
    reference = RdflibEngine(dataset, prefixes=PREFIXES)
    other = text.replace("FILTER NOT EXISTS", "MINUS")
    # Oxigraph looks for a node of the graph even where a path has no steps; rdflib does not.
    assert one_by_one(store, text, star) != one_by_one(store, other, star) or (
        "*" in text and reference.ask(text) != reference.ask(other)
    )


@pytest.mark.parametrize(
    ("group", "join", "graph"),
    [
        (  # a row without a value for ?c would get those of the inside, and come twice
            "?a ex:p ?b OPTIONAL { ?a ex:q ?c } FILTER EXISTS { ?t ex:r ?a ; ex:s ?c ; ex:t ?d . ?d ex:u ?e }",
            "?a ex:p ?b OPTIONAL { ?a ex:q ?c }"
            " { SELECT DISTINCT ?a ?c { ?t ex:r ?a ; ex:s ?c ; ex:t ?d . ?d ex:u ?e } }",
            "a p b . t r a . t s x . t s y . t t d . d u e",
        ),
        (  # nothing in common: the row would come as often as the inside has rows
            "?a ex:p ?b FILTER EXISTS { ?t ex:r ?c ; ex:s ?d }",
            "?a ex:p ?b { SELECT DISTINCT ?t { ?t ex:r ?c ; ex:s ?d } }",
            "a p b . t r c . t s d . u r c . u s d",
        ),
    ],
)
def test_where_a_join_gives_other_rows_exists_stays(group: str, join: str, graph: str) -> None:
    text = f"SELECT ?a ?b {{ {group} }}"
    assert without_slow_exists(read_query(text, PREFIXES)) == text
    store = pyoxigraph.Store()
    lines = "".join(" ".join(f"<{BASE}{word}>" for word in triple.split()) + " .\n" for triple in graph.split(" . "))
    store.load(lines.encode(), format=pyoxigraph.RdfFormat.N_TRIPLES)
    assert len(one_by_one(store, text, ["a", "b"])) == 1
    assert len(one_by_one(store, f"SELECT ?a ?b {{ {join} }}", ["a", "b"])) == 2


def test_the_worker_gets_minus_and_the_reference_what_was_asked(
    engine: Engine, reference: RdflibEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[bytes] = []
    request = engine._pool.request

    def noted(asked: Request, seconds: float) -> tuple[dict[str, Any], bytes]:
        sent.append(asked.text)
        return request(asked, seconds)

    monkeypatch.setattr(engine._pool, "request", noted)
    trap = "{ ?talk schema:performer ?who ; schema:position ?n FILTER(?n > 1) }"
    text = f"SELECT ?who {{ ?who a schema:Person FILTER NOT EXISTS {trap} }}"
    answer = engine.ask(text)
    assert b"MINUS" in sent[0]
    assert b"EXISTS" not in sent[0]
    assert not answer.notes
    assert answer.rows == ()
    assert same_rows(answer, reference.ask(text))
    one = engine.ask(text.replace("> 1", "> $least"), substitutions={"least": literal("9", XSD + "integer")})
    assert b"MINUS" in sent[1]
    assert one.rows == names(*PEOPLE)
    engine.ask(text, substitutions={"who": ADA})
    assert b"NOT EXISTS" in sent[2], "with the value put in, no variable is shared"


# --- notes ------------------------------------------------------------------------------------


def test_an_answer_says_what_was_most_likely_a_slip(any_engine: SparqlEngine) -> None:
    answer = any_engine.ask("SELECT ?who ?tallk { ?talk schema:performer ?who }")
    assert [str(note) for note in answer.notes] == [
        "query:1:13: warning: `?tallk` is selected but stands nowhere in WHERE — did you mean `?talk`?"
        " [unbound-variable]"
    ]
    assert answer == any_engine.ask("SELECT ?who ?tallk { ?talk2 schema:performer ?who }")
    assert not any_engine.ask("SELECT ?who ?x { ?x schema:performer ?y }", substitutions={"who": ADA}).notes


SLOW = "SELECT * { ?a ?b ?c OPTIONAL { ?c ?d ?e FILTER NOT EXISTS { ?t ?u ?c . ?t ?v ?w } } }"


def test_a_not_exists_that_stays_slow_is_noted_on_the_answer_and_when_time_is_up(
    engine: Engine, reference: RdflibEngine
) -> None:
    (note,) = engine.ask(SLOW).notes
    assert (note.code, note.place.column) == ("slow-not-exists", 48)
    assert not reference.ask(SLOW).notes
    slow = RUNAWAY.replace(" }", f" . {SLOW.partition('{')[2]}")
    with pytest.raises(
        QueryTimeout, match=r"stopped after 0\.3 seconds; .*; line 1, column \d+: this NOT EXISTS .* MINUS"
    ):
        engine.ask(slow, limit_seconds=0.3)


# --- workers ----------------------------------------------------------------------------------


def test_a_runaway_query_is_stopped_at_its_limit_and_the_next_one_answers(engine: Engine) -> None:
    engine.ask("ASK {}")
    begun = time.monotonic()
    with pytest.raises(QueryTimeout, match="stopped after 1 second;"):
        engine.ask(RUNAWAY, limit_seconds=1)
    assert time.monotonic() - begun < 2
    assert engine.ask("SELECT ?who { ?who a schema:Person }").rows == names(*PEOPLE)


def test_a_query_that_ends_the_engine_is_explained_and_the_next_one_answers(engine: Engine) -> None:
    with pytest.raises(QueryError, match="came to grief over this query — nest it less"):
        engine.ask(DIES)
    assert engine.ask("ASK {}")


def test_a_worker_keeps_the_time_whatever_its_owner_has_set(store: Path) -> None:
    owner = (
        "import sys, signal, time; from colloquy.query import Engine; from colloquy.errors import QueryTimeout\n"
        "signal.signal(signal.SIGALRM, signal.SIG_IGN); signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})\n"
        "engine = Engine(sys.argv[1]); engine.start(); begun = time.monotonic()\n"
        "try: engine.ask(sys.argv[2], limit_seconds=0.5)\n"
        "except QueryTimeout: print(time.monotonic() - begun)"
    )
    run = subprocess.run([sys.executable, "-c", owner, store, RUNAWAY], capture_output=True, text=True, check=True)
    assert float(run.stdout) < 1.5


@pytest.mark.parametrize("text", ["ASK {}", "ASK { VALUES ?x {" + " 'more than a pipe holds'" * 3_900 + "} }"])
def test_a_worker_that_does_not_even_run_is_killed_a_little_later(store: Path, text: str) -> None:
    with Engine(store) as engine:
        engine.start()
        os.kill(engine._pool._idle[0]._process.pid, signal.SIGSTOP)
        begun = time.monotonic()
        with pytest.raises(QueryTimeout, match=r"stopped after 0\.2 seconds"):
            engine.ask(text, limit_seconds=0.2)
        assert time.monotonic() - begun < 0.2 + GRACE + 1
        assert engine.ask("ASK {}")


def test_a_worker_killed_from_outside_is_explained(store: Path) -> None:
    with Engine(store) as engine:
        engine.start()
        worker = engine._pool._idle[0]
        threading.Timer(0.3, os.kill, (worker._process.pid, signal.SIGKILL)).start()
        with pytest.raises(QueryError, match="the system killed the query"):
            engine.ask(RUNAWAY)
        engine.start()
        os.kill(engine._pool._idle[0]._process.pid, signal.SIGKILL)
        time.sleep(0.1)
        assert engine.ask("ASK {}"), "a worker that died while idle is replaced without a word"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="RLIMIT_AS is kept by Linux alone")
def test_a_query_without_measure_runs_out_of_its_memory_not_of_everybodys(store: Path) -> None:
    doubled = "".join(f" BIND(CONCAT(?t{n}, ?t{n}) AS ?t{n + 1})" for n in range(29))
    with Engine(store, memory=1 << 30) as engine:
        with pytest.raises(QueryError, match=r"ran out of memory \(1 GB\)"):
            engine.ask(f"SELECT ?t29 {{ BIND('eight---' AS ?t0){doubled} }}", limit_seconds=60)
        assert engine.ask("ASK {}")


def test_a_store_that_cannot_be_opened_is_a_project_error(tmp_path: Path) -> None:
    with (
        Engine(tmp_path / "none") as engine,
        pytest.raises(ProjectError, match=r"none cannot be opened: .*; build again"),
    ):
        engine.ask("ASK {}")


def test_a_limit_is_a_number_of_seconds(engine: Engine) -> None:
    for limit in (0, -1, float("nan"), float("inf")):
        with pytest.raises(UsageError, match="number of seconds above 0"):
            engine.ask("ASK {}", limit_seconds=limit)
    assert engine.ask("ASK {}", limit_seconds=1e300)


def test_several_queries_run_at_once(store: Path) -> None:
    with Engine(store, workers=2) as engine:
        late: list[BaseException] = []

        def run() -> None:
            try:
                engine.ask(RUNAWAY, limit_seconds=1.5)
            except QueryTimeout as error:
                late.append(error)

        runaway = threading.Thread(target=run)
        runaway.start()
        time.sleep(0.2)
        begun = time.monotonic()
        assert engine.ask("ASK {}")
        assert time.monotonic() - begun < 1
        runaway.join()
        assert len(late) == 1


@contextmanager
def busy(engine: Engine, seconds: float) -> Iterator[None]:
    """Keep the only worker of an engine at work for so long."""

    def run() -> None:
        with pytest.raises(QueryTimeout):
            engine.ask(RUNAWAY, limit_seconds=seconds)

    runaway = threading.Thread(target=run)
    runaway.start()
    time.sleep(0.3)
    yield
    runaway.join()


def test_a_query_waits_for_a_free_worker_only_as_long_as_it_may(engine: Engine) -> None:
    with busy(engine, 1), pytest.raises(QueryBusy, match="no worker became free"):
        engine.ask("ASK {}", limit_seconds=0.1)


def test_a_query_that_waited_for_most_of_its_time_is_told_that_and_not_that_it_is_slow(engine: Engine) -> None:
    words = "most of the 2 seconds went by until a worker became free"
    with busy(engine, 1.8), pytest.raises(QueryBusy, match=words):
        engine.ask(RUNAWAY, limit_seconds=2)


def test_a_query_that_had_all_of_its_time_is_told_that_it_is_slow(engine: Engine) -> None:
    with busy(engine, 1), pytest.raises(QueryTimeout, match="stopped after 1 second;"):
        engine.ask(RUNAWAY, limit_seconds=1)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has network namespaces")
def test_the_worker_has_no_network_where_the_system_allows_that(store: Path) -> None:
    worker = Worker(store, 1 << 32)
    try:
        if worker.greeting["network"] != "cut":
            leave = "import ctypes; c = ctypes.CDLL(None); exit(c.unshare(0x40000000) and c.unshare(0x50000000))"
            assert subprocess.run([sys.executable, "-c", leave], check=False).returncode != 0
            pytest.skip("this system does not let a process leave the network")
        text = b"SELECT * { SERVICE <http://127.0.0.1:8099/> { ?s ?p ?o } }"
        header, words = worker.exchange(Request({"do": "ask", "columns": [], "ordered": False}, text), 10)
        assert header["error"] == "engine"
        assert b"unreachable" in words
    finally:
        worker.close()


def test_a_worker_ends_when_its_owner_is_gone(store: Path) -> None:
    owner = (
        "import sys, os, threading, time; from colloquy.query import Engine\n"
        "engine = Engine(sys.argv[1]); engine.start(); print(engine._pool._idle[0]._process.pid, flush=True)\n"
        "threading.Thread(target=lambda: engine.ask(sys.argv[2], limit_seconds=0.5), daemon=True).start()\n"
        "time.sleep(0.2); os.kill(os.getpid(), 9)"
    )
    for query in ("ASK {}", RUNAWAY):
        run = subprocess.run([sys.executable, "-c", owner, store, query], capture_output=True, text=True, check=False)
        pid = int(run.stdout)
        deadline = time.monotonic() + 5
        while alive(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not alive(pid)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_what_libraries_print_does_not_get_between_the_frames(store: Path, tmp_path: Path) -> None:
    noisy = tmp_path / "noisy.py"
    noisy.write_text(
        f"import runpy, sys, os\nsys.argv = ['worker', {str(store)!r}]\n"
        "import pyoxigraph\nquery = pyoxigraph.Store.query\n"
        f"worker = runpy.run_path({str(WORKER)!r})\n"
        "answer = worker['main'].__globals__['_answer']\n"
        "def loud(*given):\n    print('noise'); os.write(1, b'more noise'); return answer(*given)\n"
        "worker['main'].__globals__['_answer'] = loud\nworker['main']()\n",
        "utf-8",
    )
    text = b"ASK {}"
    request = json.dumps({"do": "ask", "columns": [], "ordered": False, "length": len(text)}).encode() + b"\n" + text
    run = subprocess.run([sys.executable, noisy], input=request * 2, capture_output=True, check=True)
    frames = run.stdout.split(b"\n")
    header = b'{"kind": "ask", "columns": [], "length": 4}'
    assert [frames[1], frames[2], frames[3]] == [header, b"true" + header, b"true"]
    assert run.stderr.count(b"noise") == 4


def test_nothing_of_the_current_folder_is_imported_by_a_worker(store: Path, tmp_path: Path) -> None:
    for name in ("json", "pyoxigraph", "signal"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported from the current folder')", "utf-8")
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        with Engine(store) as engine:
            assert engine.ask("ASK {}")
    finally:
        os.chdir(before)


def test_a_worker_starts_at_once(store: Path) -> None:
    resource = pytest.importorskip("resource", reason="counts the time of child processes")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    pool = Pool(store)
    pool.start()
    pool.close()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.2  # 0.05 s on an idle machine


# --- answers ----------------------------------------------------------------------------------

ANSWER = Answer(
    "select",
    ("who", "name", "day", "n"),
    (
        (
            ADA,
            literal('Ada, "A."\nBrook', language="en"),
            literal("1951-02-03", XSD + "date"),
            literal("7", XSD + "integer"),
        ),
        ("_:b0", literal("tab\there \x07"), literal("2024-02-30", XSD + "date"), None),
    ),
)


def test_an_ask_is_true_or_false_and_other_answers_are_true_where_they_have_rows(engine: Engine) -> None:
    assert engine.ask("ASK { ?s a schema:Person }")
    assert not engine.ask("ASK { ?s a schema:Place }")
    assert not engine.ask("SELECT * { ?s a schema:Place }")
    assert engine.ask("ASK { ?s a schema:Place }").to_dicts() == [{"answer": False}]


def test_terms_become_plain_python_values() -> None:
    assert ANSWER.to_dicts() == [
        {"who": BASE + "ada-brook", "name": 'Ada, "A."\nBrook', "day": datetime.date(1951, 2, 3), "n": 7},
        {"who": "_:b0", "name": "tab\there \x07", "day": "2024-02-30", "n": None},
    ]
    values = [("2.50", "decimal", Decimal("2.50")), ("-INF", "double", float("-inf")), ("true", "boolean", True)]
    values += [("1960", "gYear", "1960"), ("1_0", "integer", "1_0"), ("20240101", "date", "20240101")]
    for text, datatype, value in values:
        assert python_value(literal(text, XSD + datatype)) == value
    instant = python_value(literal("2024-05-31T09:30:00Z", XSD + "dateTime"))
    assert instant == datetime.datetime(2024, 5, 31, 9, 30, tzinfo=datetime.UTC)


def test_csv_keeps_the_standard_and_reads_back() -> None:
    text = ANSWER.serialise("csv").decode()
    assert text.startswith("who,name,day,n\r\n")
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ["who", "name", "day", "n"],
        [BASE + "ada-brook", 'Ada, "A."\nBrook', "1951-02-03", "7"],
        ["_:b0", "tab\there \x07", "2024-02-30", ""],
    ]


@pytest.mark.parametrize(("name", "form"), [("tsv", "TSV"), ("json", "JSON")])
def test_results_read_back_by_another_reader_are_the_same_terms(name: str, form: str) -> None:
    parsed = pyoxigraph.parse_query_results(ANSWER.serialise(name), format=getattr(pyoxigraph.QueryResultsFormat, form))
    assert isinstance(parsed, pyoxigraph.QuerySolutions)
    assert [variable.value for variable in parsed.variables] == list(ANSWER.columns)
    first, second = parsed
    assert str(first["who"]) == ADA
    assert first["name"] == pyoxigraph.Literal('Ada, "A."\nBrook', language="en")
    assert second["name"] == pyoxigraph.Literal("tab\there \x07")
    assert second["n"] is None


def test_tsv_has_one_line_for_each_row_and_tabs_between_columns_alone() -> None:
    lines = ANSWER.serialise("tsv").decode().split("\n")
    assert lines[0] == "?who\t?name\t?day\t?n"
    assert [line.count("\t") for line in lines] == [3, 3, 3, 0]


def test_xml_is_well_formed_whatever_the_text() -> None:
    root = ElementTree.fromstring(ANSWER.serialise("xml"))
    space = "{http://www.w3.org/2005/sparql-results#}"
    assert [v.get("name") for v in root.iter(space + "variable")] == list(ANSWER.columns)
    assert [b.findtext(space + "literal") for b in root.iter(space + "binding") if b.get("name") == "name"] == [
        'Ada, "A."\nBrook',
        "tab\there \ufffd",
    ]
    assert ElementTree.fromstring(Answer.of_boolean(False).serialise("xml")).findtext(space + "boolean") == "false"


def test_yes_or_no_has_a_form_in_every_table_format() -> None:
    forms = {name: Answer.of_boolean(True).serialise(name) for name in ("csv", "tsv", "json")}
    assert forms == {"csv": b"true", "tsv": b"true", "json": b'{"head": {}, "boolean": true}\n'}


@pytest.mark.parametrize("name", ["turtle", "ntriples", "jsonld", "rdfxml"])
def test_graphs_come_in_the_same_bytes_from_every_engine_and_read_back(
    engine: Engine, reference: RdflibEngine, name: str
) -> None:
    text = "CONSTRUCT { ?s ?p ?o . ?s ex:seen [ ex:by ?s ] } { ?s ?p ?o }"
    ours = engine.ask(text, format=name)
    assert ours.columns == GRAPH_COLUMNS
    assert ours.serialise(name) == reference.ask(text).serialise(name)
    form = {"turtle": "TURTLE", "ntriples": "N_TRIPLES", "jsonld": "JSON_LD", "rdfxml": "RDF_XML"}[name]
    assert len(list(pyoxigraph.parse(ours.serialise(name), getattr(pyoxigraph.RdfFormat, form)))) == len(ours)
    assert name != "turtle" or b"@prefix schema: <https://schema.org/> .\n" in ours.serialise(name)


def test_a_format_that_does_not_fit_is_refused_before_the_query_runs(any_engine: SparqlEngine) -> None:
    with pytest.raises(UsageError, match="which turtle cannot hold; take one of: csv, tsv, json, xml"):
        any_engine.ask(RUNAWAY, format="turtle")
    with pytest.raises(UsageError, match="which json cannot hold; take one of: csv, tsv, turtle, ntriples, jsonld"):
        any_engine.ask("CONSTRUCT WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }", format="json")
    with pytest.raises(UsageError, match="did you mean `jsonld`"):
        any_engine.ask("ASK {}", format="jsonl")


def test_frames_have_a_type_for_each_column_and_text_where_kinds_are_mixed() -> None:
    pandas, polars = ANSWER.to_pandas(), ANSWER.to_polars()
    assert list(pandas.columns) == list(polars.columns) == list(ANSWER.columns)
    assert [str(kind) for kind in pandas.dtypes] == ["string", "string", "string", "Int64"]
    assert list(pandas["day"]) == list(polars["day"]) == ["1951-02-03", "2024-02-30"]
    assert polars["n"].to_list() == [7, None]
    big = Answer("select", ("n",), ((literal(str(10**30), XSD + "integer"),),))
    assert big.to_pandas()["n"][0] == big.to_polars()["n"][0] == str(10**30)
    nothing = Answer("select", ("a", "b"), ())
    assert list(nothing.to_pandas().columns) == nothing.to_polars().columns == ["a", "b"]


@pytest.mark.parametrize("name", ["pandas", "polars"])
def test_a_missing_package_is_named_with_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(UsageError, match=rf"{name} is not installed; .*pip install {name}"):
        getattr(ANSWER, f"to_{name}")()


def rows(*terms: str | None) -> Answer:
    return Answer("select", ("x",), tuple((term,) for term in terms))


def test_same_rows_compares_values_of_one_datatype_as_often_as_they_stand() -> None:
    one, also_one = literal("1", XSD + "integer"), literal("01", XSD + "integer")
    assert same_rows(rows(one, ADA), rows(ADA, also_one))
    assert not same_rows(rows(one, one), rows(one))
    assert not same_rows(rows(one), rows(literal("1.0", XSD + "decimal")))
    assert not same_rows(rows(one), rows(literal("1")))
    assert same_rows(rows(literal("2.0", XSD + "double")), rows(literal("2.00e0", XSD + "double")))
    assert same_rows(rows(literal("NaN", XSD + "double")), rows(literal("NaN", XSD + "double")))
    instants = [literal(f"2024-05-31T09:30:00{zone}", XSD + "dateTime") for zone in ("Z", "+00:00")]
    assert same_rows(rows(instants[0]), rows(instants[1]))
    assert not same_rows(rows(None), rows(literal("")))
    assert same_rows(rows(literal("a", language="en-GB")), rows(literal("a", language="en-gb")))
    assert not same_rows(rows(ADA), Answer("select", ("y",), ((ADA,),)))


# --- questions --------------------------------------------------------------------------------

QUESTION = """# Who spoke where this person spoke,
# and how often?
#
# A comment about the way it is asked.
# parameter: person entry - default ada-brook - whose talks
# parameter: least number - default 1
SELECT ?other (COUNT(*) AS ?times) {
  ?talk schema:performer ?person, ?other FILTER(?other != ?person)
} GROUP BY ?other HAVING (COUNT(*) >= ?least)
"""


def test_a_question_has_words_and_parameters_with_which_it_runs_as_it_is(
    tmp_path: Path, any_engine: SparqlEngine
) -> None:
    (tmp_path / "beside.rq").write_text(QUESTION, "utf-8")
    (tmp_path / "all.rq").write_bytes(b"\xef\xbb\xbf# Everything?\r\nSELECT * { ?s ?p ?o }\r\n")
    everything, beside = read_questions(tmp_path)
    assert (everything.name, everything.words, everything.parameters) == ("all", "Everything?", ())
    assert (beside.name, beside.words) == ("beside", "Who spoke where this person spoke, and how often?")
    assert [(p.name, p.takes, p.default, p.words) for p in beside.parameters] == [
        ("person", "entry", "ada-brook", "whose talks"),
        ("least", "number", "1", ""),
    ]
    ids = {name: iri(BASE + name) for name in PEOPLE}
    values = bind(beside.parameters, {}, ids, PREFIXES)
    assert any_engine.ask(beside.query, substitutions=values).to_dicts() == [{"other": BASE + "ben-oduya", "times": 1}]
    values = bind(beside.parameters, {"person": "ex:cerys-vaughan"}, ids, PREFIXES)
    assert not any_engine.ask(beside.query, substitutions=values)
    with pytest.raises(UsageError, match="did you mean `person`"):
        bind(beside.parameters, {"persn": "ada-brook"}, ids, PREFIXES)
    with pytest.raises(UsageError, match="did you mean `ada-brook`"):
        bind(beside.parameters, {"person": "ada-brok"}, ids, PREFIXES)
    with pytest.raises(UsageError, match="`many` is no number"):
        bind(beside.parameters, {"least": "many"}, ids, PREFIXES)


def test_faults_of_all_question_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.rq").write_text("SELECT * {}", "utf-8")
    (tmp_path / "b.rq").write_text("# Who?\n# parameter: who\nSELECT * {}", "utf-8")
    (tmp_path / "c.rq").write_bytes(b"# \xff")
    with pytest.raises(ProjectError) as caught:
        read_questions(tmp_path)
    told = [line.split(" ")[0] for line in str(caught.value).splitlines()]
    assert told == [f"{tmp_path.name}/{place}" for place in ("a.rq:1:1:", "b.rq:2:1:", "c.rq:1:1:")]
    assert read_questions(tmp_path / "none") == []


@pytest.mark.parametrize(
    ("value", "takes", "term"),
    [
        ("ada-brook", "entry", ADA),
        ("ex:ada-brook", "entry", ADA),
        (f"<{BASE}ada-brook>", "text", ADA),
        (BASE + "ada-brook", "entry", ADA),
        ("2.5", "entry", literal("2.5", XSD + "decimal")),
        ("-3", "number", literal("-3", XSD + "integer")),
        ('"a \\"b\\" \\n"', "entry", literal('a "b" \n')),
        ('"croeso"@cy', "entry", literal("croeso", language="cy")),
        ('"5"^^xsd:int', "entry", literal("5", XSD + "int")),
        ("Ada } SERVICE <x> {", "text", literal("Ada } SERVICE <x> {")),
        ("2024", "date", literal("2024", XSD + "gYear")),
        ("2024-05-31", "date", literal("2024-05-31", XSD + "date")),
        (True, "entry", literal("true", XSD + "boolean")),
        (2.5, "entry", literal("2.5", XSD + "double")),
        (datetime.date(2024, 5, 31), "entry", literal("2024-05-31", XSD + "date")),
    ],
)
def test_values_are_read_as_terms(value: str | float | datetime.date, takes: str, term: str) -> None:
    assert read_value(value, {"ada-brook": ADA}, PREFIXES, takes) == term


@pytest.mark.parametrize("value", ["<a b>", "nobody:x", "no such id", '"open', "<a:b> } #", '"x"^^nobody:y'])
def test_a_value_that_is_no_term_is_a_usage_error(value: str) -> None:
    with pytest.raises(UsageError):
        read_value(value, {"ada-brook": ADA}, PREFIXES)


def test_terms_that_stand_nowhere_are_warned_of_with_a_near_one() -> None:
    text = "SELECT * {\n  ?a schema:perfomer ?b, ?c ; schema:perfomer 'x'^^xsd:date ; foaf:knows ?b ;\n  ex:zz 1 }"
    graph = {f"https://schema.org/{name}" for name in ("performer", "knows", "about")}
    findings = unknown_terms(read_query(text, PREFIXES), graph.__contains__, lambda: graph, PREFIXES, "who.rq")
    assert [str(finding.place) for finding in findings] == ["who.rq:2:6", "who.rq:2:63", "who.rq:3:3"]
    assert findings[0].message == "`schema:perfomer` stands nowhere in this graph"
    assert [finding.hint for finding in findings] == [
        "did you mean `schema:performer`?",
        "did you mean `schema:knows`?",
        "",
    ]
    assert {finding.severity for finding in findings} == {"warning"}


# --- tables -----------------------------------------------------------------------------------


def test_a_table_shows_labels_numbers_its_rows_and_counts_them(engine: Engine) -> None:
    labels = {
        row[0]: literal_text for row in engine.ask("SELECT ?s ?l { ?s rdfs:label ?l }") for literal_text in [row[1]]
    }
    answer = engine.ask(f"SELECT ?who ?talk ?n {{ {TALKS} }}")
    shown = table(answer, lambda term: (labels.get(term) or "").strip('"').split('"')[0] or None, PREFIXES)
    assert shown.splitlines() == [
        "   who            talk       n",
        "─  ─────────────  ─────────  ─",
        "1  Ada Brook      On hedges  2",
        "2  Ada Brook      On tides   1",
        "3  Ben Oduya      On hedges  2",
        "4  Cerys Vaughan  On slate   2",
        "4 rows",
    ]
    assert LABEL not in shown


def test_equal_labels_stand_with_what_tells_them_apart() -> None:
    shown = table(
        Answer("select", ("x",), tuple((t,) for t in (ADA, iri("https://other.example/ada")))),
        lambda _: "Ada",
        PREFIXES,
    )
    assert "1  Ada (ex:ada-brook)" in shown
    assert "2  Ada (<https://other.example/ada>)" in shown


def test_tables_say_no_rows_yes_and_no_in_words() -> None:
    assert table(rows()) == "no rows"
    assert table(Answer("graph", GRAPH_COLUMNS, ())) == "no triples"
    assert table(Answer.of_boolean(True)) == "yes"
    assert table(Answer.of_boolean(False)) == "no"
    assert table(rows(None)).endswith("1 row")


def test_control_and_bidirectional_characters_never_reach_the_terminal() -> None:
    shown = table(rows(literal("a\x1b[31mb\u202ec\x07\td\u200e")), width=200)
    assert "a[U+001B][31mb[U+202E]c[U+0007][U+0009]d[U+200E]" in shown
    assert all(character.isprintable() for character in shown.replace("\n", ""))


def test_texts_of_several_languages_show_which() -> None:
    shown = table(rows(literal("croeso", language="cy"), literal("welcome", language="en")))
    assert "1  croeso @cy" in shown


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=60)), min_size=1, max_size=4), st.integers(30, 90))
def test_a_table_is_never_wider_than_it_may_be_nor_loses_a_character(cells: list[tuple[str, str]], width: int) -> None:
    answer = Answer("select", ("one", "other"), tuple((literal(a), literal(b)) for a, b in cells))
    lines = table(answer, width=width).split("\n")
    assert all(cell_len(line) <= width for line in lines)
    for character in {c for pair in cells for cell in pair for c in cell if c.isalnum()}:
        assert any(character in line for line in lines)


def test_check_tells_what_is_wrong_with_the_questions_and_test_goes_on(tmp_path: Path) -> None:
    project = Project(copy_project(tmp_path))
    asked = {
        "a": "SELECT * { ?s ?p ?o }\n",
        "b": "# Who?\n# parameter: who entri - default ada-brook - whose\nSELECT * { ?who ?p ?o }\n",
        "c": "# What?\nSELECT * {\n  ?s ?p\n}\n",
    }
    for name, text in asked.items():
        (tmp_path / f"queries/{name}.rq").write_text(text, "utf-8")
    found = [f for f in project.check() if f.code == "bad-question"]
    assert [(str(f.place), f.severity) for f in found] == [
        ("queries/a.rq:1:1", "error"),
        ("queries/b.rq:2:1", "error"),
        ("queries/c.rq:4:1", "warning"),
    ]
    assert "did you mean `entry`?" in found[1].hint
    assert found == [f for f in Project(tmp_path).check() if f.code == "bad-question"]  # as they are kept
    for name in "ab":
        (tmp_path / f"queries/{name}.rq").unlink()
    project = Project(tmp_path)
    project.build(pages=False)
    outcomes = {outcome.name: outcome for outcome in project.test()}
    assert len(outcomes) > 1
    assert [name for name, outcome in outcomes.items() if not outcome.passed] == ["c"]
    assert "queries/c.rq" in outcomes["c"].trouble
    assert project.untouched() is not None
