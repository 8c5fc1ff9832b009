"""Citations: what an answer was asked of and as, asked again to the byte; and questions that are kept."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from colloquy import Project
from colloquy.citation import Citation, CitationError, cautions, read_citation
from colloquy.errors import ColloquyError, UsageError
from colloquy.query import Answer

ONTOLOGY = """
@prefix h: <https://harbour.example/ontology#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
h:Boat a owl:Class .
h:name a owl:DatatypeProperty ; rdfs:subPropertyOf rdfs:label ; rdfs:range rdf:langString .
h:follows a owl:ObjectProperty ; rdfs:domain h:Boat ; rdfs:range h:Boat .
"""
BOATS = "- {id: heron, type: Boat, name: Heron}\n- {id: gull, type: Boat, name: Gull, follows: heron}\n"
MORE = "- {id: tern, type: Boat, name: Tern, follows: heron}\n"
FOLLOWERS = "SELECT ?boat ?name { ?boat h:follows $leader ; rdfs:label ?name }"


def harbour(folder: Path) -> Project:
    (folder / "ontology").mkdir(parents=True)
    (folder / "data").mkdir()
    (folder / "colloquy.yaml").write_text("title: Harbour talks\nbase: https://harbour.example/\nlanguage: en\n")
    (folder / "ontology/harbour.ttl").write_text(ONTOLOGY)
    (folder / "data/boats.yaml").write_text(BOATS)
    return Project(folder)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project, built, that a test may change."""
    made = harbour(tmp_path / "harbour")
    made.build(pages=False)
    return made


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The same, not to be changed."""
    made = harbour(tmp_path_factory.mktemp("calm") / "harbour")
    made.build(pages=False)
    return made


def colloquy(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run(
        [sys.executable, "-m", "colloquy", *arguments], cwd=cwd, capture_output=True, check=False, timeout=60
    )
    assert b"Traceback" not in done.stdout + done.stderr
    return done


def followers(project: Project) -> Citation:
    return project.query(FOLLOWERS, leader="heron").cite()


# --- what a citation says --------------------------------------------------------------------------


def test_a_citation_has_query_values_generation_versions_date_and_the_digest_of_the_rows(calm: Project) -> None:
    cited = followers(calm)
    manifest = json.loads((calm.output / "manifest.json").read_text())
    assert (cited.query, cited.parameters) == (FOLLOWERS, {"leader": "<https://harbour.example/heron>"})
    assert cited.generation == manifest["digest"]
    assert cited.versions == manifest["versions"]
    assert cited.colloquy == manifest["versions"]["colloquy"]
    assert cited.engine == f"pyoxigraph {manifest['versions']['pyoxigraph']}"
    now = datetime.datetime.now(datetime.UTC)
    assert abs(now - datetime.datetime.fromisoformat(cited.date)).total_seconds() < 120
    # The rows as the clause of TSV (SPARQL 1.1 Query Results CSV and TSV, 4) writes them, by hand.
    tsv = '?boat\t?name\n<https://harbour.example/gull>\t"Gull"@en\n'
    assert (cited.rows, cited.sha256) == (1, hashlib.sha256(tsv.encode()).hexdigest())


def test_anybody_can_prove_the_digest_of_the_rows_with_a_shell(calm: Project) -> None:
    tsv = colloquy("query", "-e", FOLLOWERS, "--set", "leader=heron", "--format", "tsv", cwd=calm.folder).stdout
    assert hashlib.sha256(tsv).hexdigest() == followers(calm).sha256


def test_the_query_of_a_citation_can_be_asked_without_the_project(calm: Project) -> None:
    from colloquy.query import Engine

    cited = followers(calm)
    with Engine(calm.output / "graph.nq", prefixes={}) as engine:
        assert len(engine.ask(cited.whole_query, substitutions=cited.parameters)) == cited.rows
    assert set(cited.prefixes) == {"h", "rdfs"}


def test_words_bibtex_and_csl_say_what_the_json_says(calm: Project, tmp_path: Path) -> None:
    cited = dataclasses.replace(followers(calm), title="Who follows 100 % of {Heron} & Co_?")
    for part in (cited.generation, cited.sha256, cited.day.isoformat(), cited.colloquy, FOLLOWERS, cited.title):
        assert part in str(cited)
    bibtex = cited.to_bibtex()
    assert r"title = {Who follows 100 \% of {\textbraceleft}Heron{\textbraceright} \& Co\_?}" in bibtex
    assert bibtex.count("{") == bibtex.count("}"), "BibTeX counts every brace"
    assert re.findall(r"^  (\w+) = ", bibtex, re.MULTILINE)[:3] == ["title", "howpublished", "year"]
    [item] = json.loads(cited.to_csl())
    assert (item["type"], item["version"]) == ("dataset", cited.generation)
    assert item["accessed"]["date-parts"] == [[cited.day.year, cited.day.month, cited.day.day]]
    for name in ("whole.json", "whole.csl.json"):
        cited.save(tmp_path / name)
        assert read_citation(tmp_path / name) == cited


def test_unbalanced_braces_of_a_query_do_not_end_a_field_of_bibtex(calm: Project) -> None:
    bibtex = calm.query('SELECT ?x { ?x ?y ?z FILTER(STR(?z) != "}}\\\\{") }').cite().to_bibtex()
    assert bibtex.count("{") == bibtex.count("}")


def test_what_may_change_though_the_graph_does_not_is_said(calm: Project) -> None:
    cited = calm.query("SELECT ?x (RAND() AS ?n) { ?x a h:Boat } LIMIT 1").cite()
    assert [words.split()[0] for words in cited.cautions] == ["RAND", "LIMIT"]
    assert all(f"Note: {caution}." in str(cited) for caution in cited.cautions)
    assert cautions("SELECT ?now { ?now ?p ?o } ORDER BY ?now LIMIT 1", {}) == ()


def test_only_what_was_asked_of_a_build_can_be_cited() -> None:
    with pytest.raises(UsageError, match="only what was asked of a build"):
        Answer.of_boolean(True).cite()


def test_an_answer_and_its_citation_survive_a_pickle(calm: Project) -> None:
    import pickle

    answer = calm.query(FOLLOWERS, leader="heron")
    again = pickle.loads(pickle.dumps(answer))
    assert again == answer
    assert again.cite().sha256 == answer.cite().sha256


# --- asked again -----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["csv", "tsv", "json", "xml", "table"])
def test_rows_come_again_to_the_byte(calm: Project, tmp_path: Path, form: str) -> None:
    file = str(tmp_path / "cited.json")
    ask = ("query", "-e", FOLLOWERS, "--set", "leader=heron", "--format", form)
    first = colloquy(*ask, "--cite", file, cwd=calm.folder)
    again = colloquy("rerun", file, cwd=calm.folder)
    assert (again.returncode, again.stdout) == (0, first.stdout)
    assert first.stdout


def test_a_kept_generation_is_asked_though_the_facts_and_prefixes_have_changed(project: Project) -> None:
    graph = "CONSTRUCT { ?a h:leads ?b } { ?b h:follows ?a }"
    turtle = project.query(graph)
    cited, cited_graph, before = followers(project), turtle.cite(), turtle.serialise("turtle")
    (project.folder / "data/boats.yaml").write_text(BOATS.replace("name: Gull", "name: The Gull") + MORE)
    (project.folder / "ontology/harbour.ttl").write_text(ONTOLOGY.replace("h:", "port:"))
    later = Project(project.folder)
    later.build(pages=False, keep=1)
    assert [folder.name for folder in later.kept()] == [cited.generation]
    assert len(later.query(FOLLOWERS.replace("h:", "port:"), leader="heron")) == 2
    answer = later.rerun(cited)
    assert answer.rows == (("<https://harbour.example/gull>", '"Gull"@en'),)
    assert answer.named()["<https://harbour.example/gull>"] == "Gull", "as things were called then"
    assert answer.cite().sha256 == cited.sha256
    assert answer.cite().generation == cited.generation
    assert later.rerun(cited_graph).serialise("turtle") == before
    assert "answer" in later.rerun(later.query("ASK { ?a port:follows ?b }").cite()).columns


def test_a_generation_that_is_not_here_is_named_with_what_is_and_the_way_back(project: Project, tmp_path: Path) -> None:
    cited = followers(project)
    cited.save(tmp_path / "cited.json")
    (project.folder / "data/more.yaml").write_text(MORE)
    project.build(pages=False)
    done = colloquy("rerun", str(tmp_path / "cited.json"), cwd=project.folder)
    said = done.stderr.decode()
    assert done.returncode == 1
    assert not done.stdout
    now = json.loads((project.output / "manifest.json").read_text())["digest"]
    for part in (f"the generation {cited.generation} is not here", f"output holds {now}", "no earlier one is kept"):
        assert part in said
    for name, number in cited.versions.items():
        assert f"{name} {number}" in said
    assert f"colloquy build --no-pages --output /tmp/{cited.generation}" in said
    # The way back, gone as it says.
    (project.folder / "data/more.yaml").unlink()
    elsewhere = tmp_path / cited.generation
    Project(project.folder, output=elsewhere).build(pages=False)
    done = colloquy("rerun", str(tmp_path / "cited.json"), "--output", str(elsewhere), cwd=project.folder)
    assert done.returncode == 0


def test_rows_that_are_not_those_cited_end_with_code_1_and_are_not_printed(calm: Project, tmp_path: Path) -> None:
    cited = followers(calm)
    for wrong in (dataclasses.replace(cited, rows=2), dataclasses.replace(cited, sha256="0" * 64)):
        wrong.save(tmp_path / "wrong.json")
        done = colloquy("rerun", str(tmp_path / "wrong.json"), cwd=calm.folder)
        assert (done.returncode, done.stdout) == (1, b"")
        assert b"the rows are not those cited" in done.stderr
        assert b"colloquy verify" in done.stderr


def test_a_store_that_was_tampered_with_is_found_out(project: Project) -> None:
    import pyoxigraph

    cited = followers(project)
    store = pyoxigraph.Store(str(next(project.output.glob("store-*"))))
    gull = pyoxigraph.NamedNode("https://harbour.example/gull")
    for quad in list(store.quads_for_pattern(gull, None, pyoxigraph.Literal("Gull", language="en"), None)):
        store.remove(quad)
        store.add(
            pyoxigraph.Quad(quad.subject, quad.predicate, pyoxigraph.Literal("Gulls", language="en"), quad.graph_name)
        )
    store.flush()
    del store
    with pytest.raises(CitationError, match=r"sha256 [0-9a-f]{64} where [0-9a-f]{64} was cited"):
        project.rerun(cited)


def test_other_programs_are_named_where_rows_differ(calm: Project) -> None:
    old = dataclasses.replace(followers(calm), engine="pyoxigraph 0.1.0", sha256="0" * 64)
    with pytest.raises(CitationError, match=r"asked with pyoxigraph 0\.1\.0, and this is pyoxigraph"):
        calm.rerun(old)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("", "it is no JSON"),
        ("[]", 'it has no `"colloquy-citation": 1`'),
        ('[{"custom": 7}]', "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ({"generation": "../../../etc"}, "`generation` is no digest"),
        ({"generation": None}, "`generation` is missing or of the wrong kind"),
        ({"rows": True}, "`rows` is missing or of the wrong kind"),
        ({"sha256": "7"}, "`sha256` is no SHA-256"),
        ({"date": "yesterday"}, "`date` is no date"),
        ({"date": "2026-01-01T00:00:00Z; echo"}, "`date` is no date"),
        ({"date": "2026-13-01T00:00:00Z"}, "`date` is no date"),
        ({"versions": {"colloquy": "1; echo"}}, "`versions` names no program"),
        ({"parameters": {"leader": 7}}, "`parameters` is missing or of the wrong kind"),
        ({"cautions": "none"}, "`cautions` is missing or of the wrong kind"),
        ({"colloquy-citation": 2}, 'it has no `"colloquy-citation": 1`'),
    ],
)
def test_what_is_no_citation_is_refused_with_what_is_wrong(
    calm: Project, tmp_path: Path, change: str | dict[str, object], said: str
) -> None:
    file = tmp_path / "cited.json"
    whole = followers(calm).to_dict()
    file.write_text(change if isinstance(change, str) else json.dumps(whole | change))
    with pytest.raises(UsageError, match=re.escape(said)):
        read_citation(file)


@pytest.mark.parametrize(
    "change",
    [
        {"query": "DROP ALL"},
        {"query": "SELECT * { SERVICE <http://127.0.0.1:9/> { ?a ?b ?c } }"},
        {"parameters": {"leader": "<https://harbour.example/heron> . ?a ?b ?c"}},
        {"parameters": {"nobody": "<https://harbour.example/heron>"}},
        {"format": "exe"},
    ],
)
def test_a_citation_by_a_stranger_can_do_no_more_than_a_query(
    calm: Project, tmp_path: Path, change: dict[str, object]
) -> None:
    (tmp_path / "cited.json").write_text(json.dumps(followers(calm).to_dict() | change))
    done = colloquy("rerun", str(tmp_path / "cited.json"), cwd=calm.folder)
    assert done.returncode == 2
    assert not done.stdout


def test_the_ending_of_a_file_is_looked_at_before_anything_is_asked(calm: Project) -> None:
    done = colloquy("query", "-e", "ASK { ?a ?b ?c }", "--cite", "cited.doc", cwd=calm.folder)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"ends in one of .csl.json" in done.stderr


# --- questions that are kept -----------------------------------------------------------------------


def test_a_question_is_kept_with_its_rows_and_the_test_passes(project: Project) -> None:
    ask = ("query", "-e", FOLLOWERS, "--set", "leader=heron", "--save", "followers")
    done = colloquy(*ask, "--words", "Who follows Heron?", cwd=project.folder)
    assert done.returncode == 0
    folder = project.folder / "queries"
    assert (folder / "followers.rq").read_text() == (
        f"# Who follows Heron?\n# parameter: leader entry - default heron\n{FOLLOWERS}\n"
    )
    assert (folder / "followers.csv").read_text() == "boat,name\ngull,Gull\n"
    tested = colloquy("test", cwd=project.folder)
    assert tested.returncode == 0
    assert b"ok      followers (1 row): Who follows Heron?" in tested.stdout
    assert len(project.query("followers", leader="gull")) == 0


def test_nothing_is_overwritten_and_nothing_left_behind(project: Project) -> None:
    answer = project.query(FOLLOWERS, leader="heron")
    project.save("followers", answer, "Who follows?")
    folder = project.folder / "queries"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    for name, words in [
        ("followers", "Who else follows?"),
        ("other", ""),
        ("../other", "Who?"),
        ("", "Who?"),
        ("a/b", "?"),
    ]:
        with pytest.raises(UsageError):
            project.save(name, answer, words)
    (folder / "taken.csv").write_text("mine\n")
    with pytest.raises(UsageError, match=r"taken\.csv is there already"):
        project.save("taken", answer, "Who?")
    (folder / "taken.csv").unlink()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_words_come_from_the_first_comment_and_a_question_without_rows_gets_them(project: Project) -> None:
    folder = project.folder / "queries"
    folder.mkdir()
    text = "# Which boats are there?\n\nSELECT ?boat { ?boat a h:Boat }\n"
    (folder / "boats.rq").write_text(text)
    assert not project.test()[0].passed
    project.save("boats", project.query("boats"))
    assert (folder / "boats.rq").read_text() == text
    assert all(outcome.passed for outcome in project.test())
    project.save("fleet", project.query(text))
    assert [q.words for q in project.questions()] == ["Which boats are there?"] * 2


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("gull", "leader entry - default gull"),
        ("<https://elsewhere.example/a>", "leader entry - default <https://elsewhere.example/a>"),
        (7, "leader number - default 7"),
        (datetime.date(2016, 2, 17), "leader date - default 2016-02-17"),
        ('"two - default\\nlines"@cy', 'leader text - default "two - default\\nlines"@cy'),
        ('"plain"', 'leader text - default "plain"'),
        (True, 'leader text - default "true"^^<http://www.w3.org/2001/XMLSchema#boolean>'),
    ],
)
def test_values_become_defaults_of_the_same_kind(calm: Project, tmp_path: Path, value: object, line: str) -> None:
    from colloquy.query import bind, read_question_text, with_heading

    values = calm.values(None, {"leader": value})
    ids = {"gull": "<https://harbour.example/gull>", "heron": "<https://harbour.example/heron>"}
    text = with_heading(FOLLOWERS, "Who?", values, ids, calm.prefixes)
    question = read_question_text(tmp_path / "q.rq", text)
    if bind(question.parameters, {}, ids, calm.prefixes) == values:
        assert f"# parameter: {line}\n" in text
    else:  # what saving finds out by reading it back
        assert " - " in str(value)


def test_a_default_that_a_question_declares_is_put_anew(project: Project) -> None:
    asked = f"# Who follows?\n# parameter: leader entry - default heron - the one in front\n{FOLLOWERS}\n"
    file = project.folder / "asked.rq"
    file.write_text(asked)
    path = project.save("behind-gull", project.query(file, leader="gull"))
    assert path.read_text() == asked.replace("default heron", "default gull")
    assert all(outcome.passed for outcome in project.test())


# --- values are terms, never text ------------------------------------------------------------------

HOSTILE = [
    "heron> ; ?p ?o . <x",
    "<https://harbour.example/heron> . ?boat ?p ?o",
    "<https://harbour.example/heron>\n. ?a ?b ?c #",
    '"heron" . ?a ?b ?c',
    '"heron"@en . } #',
    '"a"^^<x> . ?a ?b <c>',
    '"a\\" . ?a ?b ?c . "',
    "} UNION { ?boat ?p ?name",
    "?boat",
    "_:b0",
    "heron } ; DROP ALL #",
    ":heron . ?a ?b ?c",
    "h:follows|!h:follows",
    "<relative>",
    "\ud800",
    '"\\ud800"',
    "<https://harbour.example/\\u003e ?p ?o . <x>",
    "",
    " ",
    "'heron'",
    "1; 2",
    "https://harbour.example/heron> . ?a ?b ?c",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_no_value_is_read_as_sparql(calm: Project, value: str) -> None:
    """Whatever a value holds: it is one term, which follows nobody, or it is refused."""
    try:
        answer = calm.query(FOLLOWERS, leader=value)
    except ColloquyError:
        return
    assert answer.rows == ()


@pytest.mark.parametrize("text", [*HOSTILE, 'say "heron"', "back\\slash", "two\nlines", "tab\t", "\\u0041", "\x00\x7f"])
def test_any_text_is_matched_as_it_is_when_it_comes_as_a_literal(calm: Project, text: str) -> None:
    import rdflib

    query = "SELECT ?said { VALUES ?x { 1 } BIND($text AS ?said) }"
    if "\ud800" in text or "\\u" in text:  # the second is read differently by engines, in a query's own text too
        with pytest.raises(ColloquyError, match=r"surrogate|reads differently in different engines"):
            calm.query(query, text=rdflib.Literal(text))
        return
    assert calm.query(query, text=rdflib.Literal(text)).to_dicts() == [{"said": text}]
    [[term]] = calm.query(query, text=rdflib.Literal(text, lang="cy")).rows
    assert calm.query(query, text=term).rows == ((term,),), "a term of an answer is a value"


def test_terms_of_other_packages_and_numbers_of_numpy_are_values(calm: Project) -> None:
    import numpy
    import pyoxigraph
    import rdflib

    for leader in (
        rdflib.URIRef("https://harbour.example/heron"),
        pyoxigraph.NamedNode("https://harbour.example/heron"),
        "heron",
        ":heron",
        "<https://harbour.example/heron>",
    ):
        assert len(calm.query(FOLLOWERS, leader=leader)) == 1
    query = "SELECT ?said { BIND($value AS ?said) }"
    for value, said in [(numpy.int64(7), 7), (numpy.float64(0.5), 0.5), (numpy.bool_(True), True), (-1, -1)]:
        assert calm.query(query, value=value).to_dicts() == [{"said": said}]
    for wrong in (None, [1], {"a": 1}, object(), rdflib.BNode("b"), rdflib.URIRef("a> <b")):
        with pytest.raises(UsageError):
            calm.query(query, value=wrong)


def test_a_parameter_that_the_query_does_not_have_is_named(calm: Project) -> None:
    with pytest.raises(ColloquyError, match=r"no variable \?leadr.*\?leader"):
        calm.query(FOLLOWERS, leadr="heron")
    assert calm.query("SELECT ?n { BIND($query AS ?n) }", query=7).to_dicts() == [{"n": 7}]
    with pytest.raises(UsageError, match=r"\?leader: there is no entry `heran`; did you mean `heron`"):
        calm.query(FOLLOWERS, leader="heran")
