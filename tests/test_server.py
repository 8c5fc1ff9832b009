"""The server, asked over real connections."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph
import pytest

from colloquy.project import Project
from conftest import copy_project
from served import PEOPLE, Client, Reply, rows, served

RESULTS = {
    "application/sparql-results+json": pyoxigraph.QueryResultsFormat.JSON,
    "application/sparql-results+xml": pyoxigraph.QueryResultsFormat.XML,
    "text/tab-separated-values": pyoxigraph.QueryResultsFormat.TSV,
}
GRAPHS = ("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json")


@pytest.fixture(scope="module")
def client(built: Project) -> Iterator[Client]:
    """A server on the built project, for the whole module."""
    with served(built, workers=2, seconds=5.0, most=20_000, origins=["https://a.example"]) as client:
        yield client


# --- the protocol


def test_a_query_is_asked_in_three_ways(client: Client, built: Project) -> None:
    expected = {term for (term,) in built.query(PEOPLE)}
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    bare = {"Content_Type": "application/sparql-query"}
    for reply in (
        client.ask(PEOPLE),
        client.send("POST", "/sparql", urlencode({"query": PEOPLE}).encode(), **form),
        client.send("POST", "/sparql", PEOPLE.encode(), **bare),
    ):
        assert {f"<{row['who']['value']}>" for row in rows(reply)} == expected


@pytest.mark.parametrize(
    ("method", "path", "body", "content_type", "status", "told"),
    [
        ("GET", "/sparql?query=ASK%7B%7D&query=ASK%7B%7D", None, "", 400, "2 fields `query`"),
        ("GET", "/sparql?query=SELECT", None, "", 400, "line 1"),
        ("GET", "/sparql?query=%FF", None, "", 400, "UTF-8"),
        ("GET", "/sparql?query=ASK%7B%7D&default-graph-uri=no%20address", None, "", 400, "address of a graph"),
        ("POST", "/sparql", b"query=ASK%7B%7D", "", 415, "no Content-Type"),
        ("POST", "/sparql", b"ASK{}", "text/plain", 415, "application/sparql-query"),
        ("POST", "/sparql", b"ASK { ?s ?p '\xff' }", "application/sparql-query", 400, "byte 14"),
        ("POST", "/sparql", b"ASK{}", "application/sparql-query; charset=utf-16", 415, "UTF-8"),
        ("POST", "/sparql", b"querry=ASK%7B%7D", "application/x-www-form-urlencoded", 400, "did you mean"),
        ("POST", "/sparql", b"INSERT DATA {}", "application/sparql-update", 403, "only reads"),
        ("POST", "/sparql", b"update=CLEAR+ALL", "application/x-www-form-urlencoded", 403, "only reads"),
        ("GET", "/sparql?update=CLEAR+ALL", None, "", 403, "only reads"),
        ("GET", "/sparql?query=CLEAR+ALL", None, "", 400, "queries only read"),
        ("PUT", "/sparql", b"", "text/turtle", 405, "only reads"),
        ("DELETE", "/store?default", None, "", 405, "only reads"),
        ("GET", "/sparql?query=ASK+%7B+SERVICE+%3Chttp://127.0.0.1:1/%3E+%7B%7D+%7D", None, "", 400, "SERVICE"),
        ("GET", "/nothing-here", None, "", 404, "/sparql"),
        ("GET", "/../../etc/passwd", None, "", 404, "nothing at this address"),
        ("GET", "/manifest.json/..%2f..%2fcolloquy.yaml", None, "", 404, "nothing at this address"),
    ],
)
def test_what_is_no_query_is_refused_in_words(
    client: Client, method: str, path: str, body: bytes | None, content_type: str, status: int, told: str
) -> None:
    headers = {"Content_Type": content_type} if content_type else {}
    reply = client.send(method, path, body, **headers)
    assert (reply.status, told in reply.text) == (status, True), reply.text
    assert "Traceback" not in reply.text
    assert str(Path.cwd()) not in reply.text


def test_graphs_of_the_request_stand_in_for_those_of_the_query(client: Client, built: Project) -> None:
    base = built.settings.base
    count = "SELECT (COUNT(*) AS ?n) %s { ?s ?p ?o }"
    sizes = {}
    for name in ("graph/provenance", "graph/ontology"):
        ((n,),) = built.query(count % f"FROM <{base}{name}>")
        sizes[name] = n
        (row,) = rows(client.ask(count % f"FROM <{base}graph/ontology>", **{"default-graph-uri": base + name}))
        assert f'"{row["n"]["value"]}"' in str(n)
    assert sizes["graph/provenance"] != sizes["graph/ontology"]
    (row,) = rows(client.ask(count % "", **{"default-graph-uri": "http://nowhere.example/"}))
    assert row["n"]["value"] == "0"
    ((n,),) = built.query(count % "")
    for text in (count % "", count % f"FROM <{base}graph/ontology>"):
        (row,) = rows(client.ask(text, **{"default-graph-uri": built.default_graph}))
        assert f'"{row["n"]["value"]}"' in str(n)


# --- forms of answers


@pytest.mark.parametrize("media", RESULTS)
def test_rows_come_in_every_form(client: Client, built: Project, media: str) -> None:
    reply = client.ask(PEOPLE, media)
    assert reply.headers["content-type"].split(";")[0] == media
    parsed = pyoxigraph.parse_query_results(reply.body, RESULTS[media])
    assert isinstance(parsed, pyoxigraph.QuerySolutions)
    assert {str(row["who"]) for row in parsed} == {term for (term,) in built.query(PEOPLE)}


@pytest.mark.parametrize("media", GRAPHS)
def test_graphs_come_in_every_form(client: Client, built: Project, media: str) -> None:
    query = "CONSTRUCT WHERE { ?who org:memberOf :volition }"
    reply = client.ask(query, media)
    assert reply.headers["content-type"].split(";")[0] == media
    form = pyoxigraph.RdfFormat.from_media_type(media)
    assert form
    found = {(str(q.subject), str(q.predicate), str(q.object)) for q in pyoxigraph.parse(reply.body, form)}
    assert found == set(built.query(query).rows)


def test_the_best_acceptable_form_is_chosen(client: Client) -> None:
    assert client.ask(PEOPLE).headers["content-type"] == "application/sparql-results+json"
    assert client.ask(PEOPLE, "text/csv;q=0.4, application/*;q=0.2").headers["content-type"].startswith("text/csv")
    refused = client.ask(PEOPLE, "image/png")
    assert (refused.status, "text/csv" in refused.text) == (406, True)
    assert client.ask("ASK {}", "application/json").text.strip() == '{"head":{},"boolean":true}'


def test_a_header_may_come_in_several_lines(client: Client) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=30)
    connection.putrequest("GET", f"/sparql?{urlencode({'query': PEOPLE})}", skip_accept_encoding=True)
    for name, value in (("Accept", "image/png"), ("Accept", "text/csv"),
                        ("Accept-Encoding", "*;q=0"), ("Accept-Encoding", "gzip")):  # fmt: skip
        connection.putheader(name, value)
    connection.endheaders()
    reply = Reply(connection.getresponse())
    connection.close()
    assert (reply.headers["content-type"], reply.headers["content-encoding"]) == ("text/csv; charset=utf-8", "gzip")


def test_head_says_what_get_would(client: Client) -> None:
    path = f"/sparql?{urlencode({'query': PEOPLE})}"
    head, get = client.send("HEAD", path), client.send("GET", path)
    assert (head.status, head.body, head.headers.get("content-length")) == (200, b"", None)
    assert get.headers["content-length"] == str(len(get.body))
    assert {n: head.headers[n] for n in ("content-type", "etag")} == {
        n: get.headers[n] for n in ("content-type", "etag")
    }


def test_packed_or_not_it_is_the_same_answer(client: Client) -> None:
    path = f"/sparql?{urlencode({'query': PEOPLE})}"
    plain, packed = client.send("GET", path), client.send("GET", path, Accept_Encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert sorted(map(str, rows(plain))) == sorted(map(str, rows(packed)))
    assert len({plain.headers["etag"], packed.headers["etag"]}) == 2


def test_an_answer_that_somebody_has_is_not_sent_again(client: Client) -> None:
    path = f"/sparql?{urlencode({'query': PEOPLE})}"
    tag = client.send("GET", path).headers["etag"]
    again = client.send("GET", path, If_None_Match=f'"other", {tag}')
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert client.send("GET", path, If_None_Match=tag, Accept="text/csv").status == 200
    bare = {"Content_Type": "application/sparql-query"}
    assert client.send("POST", "/sparql", PEOPLE.encode(), If_None_Match=tag, **bare).status == 200
    assert "etag" not in client.ask("SELECT (RAND() AS ?x) {}").headers
    assert tag.startswith("W/")  # the same rows, in any order


def test_the_service_describes_itself_with_counts_of_the_data(client: Client, built: Project) -> None:
    reply = client.send("GET", "/sparql", Accept="application/n-triples")
    lines = reply.text.splitlines()
    for host in (f"127.0.0.1:{client.port}", f"localhost:{client.port}"):
        named = client.send("GET", "/sparql", Accept="application/n-triples", Host=host).text
        assert f"sparql-service-description#endpoint> <http://{host}/sparql> ." in named
    ((total,),) = built.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert any(f"void#triples> {total} ." in line for line in lines)
    ((people,),) = built.query("SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a schema:Person }")
    (node,) = {
        line.split()[0] for line in lines if "void#class> <https://schema.org/Person>" in line and "default" in line
    }
    assert f"{node} <http://rdfs.org/ns/void#entities> {people} ." in lines


# --- pages and entries


def test_pages_are_served_and_may_be_had_packed(client: Client, built: Project) -> None:
    for path, file in (("/", "index.html"), ("/reference", "reference.html"), ("/graph.ttl", "graph.ttl")):
        reply = client.send("GET", path, Accept_Encoding="gzip")
        assert reply.text.encode() == (built.output / file).read_bytes()
        assert client.send("GET", path, If_None_Match=reply.headers["etag"], Accept_Encoding="gzip").status == 304
    assert json.loads(client.send("GET", "/health").text)["status"] == "ok"


def test_the_address_of_an_entry_resolves(client: Client, built: Project) -> None:
    path = "/co-production/hannah-howe"
    page = client.send("GET", path, Accept="text/html,*/*;q=0.1")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Hannah Howe" in page.text
    assert 'href="/#hannah-howe"' in page.text
    assert client.send("GET", path, Accept="text/html", If_None_Match=page.headers["etag"]).status == 304
    for media in GRAPHS:
        reply = client.send("GET", path, Accept=media)
        form = pyoxigraph.RdfFormat.from_media_type(media)
        assert form
        said = {str(q.predicate) for q in pyoxigraph.parse(reply.body, form)}
        assert "<http://xmlns.com/foaf/0.1/name>" in said
    for nobody in ("nobody", "%25zz", "%5B", "%FF", "%00", "%0A", "%EF%BF%BF", "x" * 30_000):
        assert client.send("GET", f"/co-production/{nobody}").status == 404
    assert client.send("GET", f"{path}?form=turtle").headers["content-type"].startswith("text/turtle")


def test_reasons_and_the_doctor_answer_over_http(client: Client, built: Project) -> None:
    query = "SELECT ?who { ?who org:memberOf :volition }"
    who = {"type": "uri", "value": built.settings.base + "hannah-howe"}
    reply = client.ask(query, path="/why", row=json.dumps({"who": who}))
    assert json.loads(reply.text)["witnesses"] == built.why(query, 1).to_dict()["witnesses"]
    wrong = client.ask("SELECT ?who { ?who org:membrOf :volition }", path="/doctor")
    found = json.loads(wrong.text)
    assert (found["cause"], found["repairs"][0]["query"]) == ("unknown-term", query)
    assert json.loads(client.ask(query, path="/doctor").text) == {"rows": True}
    for row in ("", "[]", "[" * 100_000, '{"who": 1}', '{"x": null}', '{"\\ud800": null}'):
        form = {"Content_Type": "application/x-www-form-urlencoded"}
        sent = urlencode({"query": query, "row": row}).encode()
        assert client.send("POST", "/why", sent, **form).status == 400
    for odd in ({"type": "uri", "value": "no address"}, {"type": "literal", "value": "\ud800"},
                {"type": "literal", "value": "x", "xml:lang": "e n"}, {"type": "literal", "value": "x", "datatype": 5},
                {"type": "bnode", "value": "a b"}, {"type": "triple", "value": "x"}):  # fmt: skip
        assert client.ask(query, path="/why", row=json.dumps({"who": odd})).status == 400
    assert client.send("GET", "/doctor?query=ASK%7B%7D&query=ASK%7B%7D").status == 400
    assert client.send("POST", "/doctor", b"query=ASK%7B%7D", Content_Type="text/plain").status == 415


# --- what runs meanwhile


def test_a_build_swaps_in_under_running_requests(tmp_path: Path) -> None:
    """Every answer is of one generation: as many talks are counted as there are names, whichever it is."""
    folder = copy_project(tmp_path / "seminar")
    project = Project(folder)
    project.build()
    done = threading.Event()
    query = """SELECT (COUNT(DISTINCT ?a) AS ?n) (COUNT(DISTINCT ?b) AS ?m) {
        { ?a a co:Place FILTER(CONTAINS(STR(?a), "/new-")) } UNION
        { ?b a co:Person FILTER(CONTAINS(STR(?b), "/new-")) } }"""
    seen: list[tuple[str, str]] = []
    trouble: list[str] = []

    def keep_asking(client: Client) -> None:
        while not done.is_set():
            try:
                (row,) = rows(client.ask(query))
                seen.append((row["n"]["value"], row["m"]["value"]))
            except Exception as error:  # any failure counts, whatever it is
                trouble.append(repr(error))

    with served(project, workers=2, seconds=20.0) as client, ThreadPoolExecutor(2) as pool:
        try:
            asking = [pool.submit(keep_asking, client) for _ in range(2)]
            for round_ in range(1, 4):
                pair = (
                    "- {{id: new-p{0}, type: Person, name: New {0}}}\n- {{id: new-l{0}, type: Place, name: New {0}}}\n"
                )
                entries = "".join(map(pair.format, range(round_)))
                (folder / "data" / "new.yaml").write_text(entries, encoding="utf-8")
                command = [sys.executable, "-m", "colloquy", "build", "--project", str(folder), "--no-pages"]
                subprocess.run(command, check=True, capture_output=True, env={**os.environ})
            time.sleep(0.5)
        finally:
            done.set()
        for one in asking:
            one.result(30)
    assert trouble == []
    assert {n == m for n, m in seen} == {True}
    assert seen[-1] == ("3", "3")


def test_the_command_serves_a_file_and_ends_cleanly(tmp_path: Path) -> None:
    (tmp_path / "one.nq").write_text('<urn:a> <urn:b> "c" .\n', encoding="utf-8")
    command = [sys.executable, "-m", "colloquy", "serve", "--port", "0", "--data", "one.nq"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        told = process.stderr.readline()
        port = int(told.split("127.0.0.1:")[1].split("/")[0])
        assert rows(Client(port).ask("SELECT * { ?s ?p ?o }"))[0]["o"]["value"] == "c"
        process.terminate()
        assert "Traceback" not in process.stderr.read()
    (tmp_path / "broken.nq").write_text("<urn:a> says\n", encoding="utf-8")
    for name, told in (("none.nq", "there is no file"), ("broken.nq", "is no file of N-Quads: ")):
        other = subprocess.run([*command[:-1], name], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (other.returncode, told in other.stderr, "Traceback" in other.stderr) == (2, True, False)


GROUPS = ("protocol", "service-description", "readonly")


def test_the_public_suite_of_the_protocol(shared: Path, tmp_path: Path) -> None:
    """The protocol, the service description and what must be refused; the whole suite is run beside the tests."""
    serving = f"{sys.executable} -m colloquy serve --port {{port}} --data {{data}} --workers 1"
    command = [sys.executable, str(shared / "tools" / "sparql_suite.py"),
               "--tests", str(shared / "standards" / "w3c-sparql-tests"), "--query-path", "/sparql",
               "--serve", serving, "--only", "|".join(GROUPS)]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    counted = {}
    for line in done.stdout.splitlines():
        name, *numbers = line.split()[:5] or [""]
        if name.split("/")[-1] in GROUPS:
            counted[name.split("/")[-1]] = [int(n) for n in numbers[:3]]
    assert {name: (passed + value, failed) for name, (passed, value, failed) in counted.items()} == {
        "protocol": (20, 0), "service-description": (3, 0), "readonly": (16, 0),
    }, done.stdout[-2000:]  # fmt: skip


def test_our_own_remote_engine_asks_this_server_as_any_other_store(client: Client, built: Project) -> None:
    project = Project(built.folder, output=built.output, store=f"http://127.0.0.1:{client.port}/sparql")
    for question in [q.name for q in built.questions()][:5]:
        assert project.query(question).rows == built.query(question).rows
    graph = "SELECT (COUNT(*) AS ?n) { GRAPH graph:provenance { ?s ?p ?o } }"
    assert project.query(graph).rows == built.query(graph).rows


def test_small_answers_are_sent_at_once(client: Client) -> None:
    """Over one connection: without TCP_NODELAY each waits some 40 ms for the client's word on the piece before."""
    connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=30)
    taken = []
    for _ in range(15):
        begun = time.monotonic()
        connection.request("GET", f"/sparql?{urlencode({'query': 'ASK {}'})}")
        connection.getresponse().read()
        taken.append(time.monotonic() - begun)
    connection.close()
    assert min(taken[1:]) < 0.03
