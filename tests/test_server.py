"""The server, asked over real connections."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph
import pytest

from colloquy.project import Project
from colloquy.query.streaming import Limits
from colloquy.server import guard, run, serve
from colloquy.server.site import site_of_project
from conftest import copy_project

PEOPLE = "SELECT ?who { ?who a schema:Person }"
RESULTS = {
    "application/sparql-results+json": pyoxigraph.QueryResultsFormat.JSON,
    "application/sparql-results+xml": pyoxigraph.QueryResultsFormat.XML,
    "text/tab-separated-values": pyoxigraph.QueryResultsFormat.TSV,
}
GRAPHS = ("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json")
# A cross product that no machine ends in time.
ENDLESS = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(STRLEN(CONCAT(STR(?a), STR(?j))) = 3) }"
)


class Reply:
    """What came back: `status`, `headers` by small names, `body` as it was sent."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    @property
    def text(self) -> str:
        """The body, unpacked."""
        packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()


class Client:
    """Asks a server at a port, each request over a connection of its own."""

    def __init__(self, port: int) -> None:
        self.port = port

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            return Reply(connection.getresponse())
        finally:
            connection.close()

    def ask(self, query: str, accept: str = "", path: str = "/sparql", **fields: str) -> Reply:
        headers = {"Accept": accept} if accept else {}
        return self.send("GET", f"{path}?{urlencode({'query': query, **fields})}", None, **headers)


@pytest.fixture(scope="module")
def client(built: Project) -> Iterator[Client]:
    """A server on the built project, for the whole module."""
    serving = serve(
        site_of_project(built, workers=2), limits=Limits(seconds=5.0, rows=20_000), origins=["https://a.example"]
    )
    thread = serving.start()
    yield Client(serving.port)
    serving.stop()
    thread.join(20)
    assert not thread.is_alive()


def rows(reply: Reply) -> list[Mapping[str, Mapping[str, str]]]:
    assert reply.status == 200, reply.text
    found: list[Mapping[str, Mapping[str, str]]] = json.loads(reply.text)["results"]["bindings"]
    return found


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


def test_head_says_what_get_would(client: Client) -> None:
    path = f"/sparql?{urlencode({'query': PEOPLE})}"
    head, get = client.send("HEAD", path), client.send("GET", path)
    assert (head.status, head.body) == (200, b"")
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
    assert "etag" not in client.ask("SELECT (RAND() AS ?x) {}").headers


def test_the_service_describes_itself_with_counts_of_the_data(client: Client, built: Project) -> None:
    reply = client.send("GET", "/sparql", Accept="application/n-triples")
    lines = reply.text.splitlines()
    endpoint = f"<http://127.0.0.1:{client.port}/sparql>"
    assert any(line.endswith(f"sparql-service-description#endpoint> {endpoint} .") for line in lines)
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
    for media in GRAPHS:
        reply = client.send("GET", path, Accept=media)
        form = pyoxigraph.RdfFormat.from_media_type(media)
        assert form
        said = {str(q.predicate) for q in pyoxigraph.parse(reply.body, form)}
        assert "<http://xmlns.com/foaf/0.1/name>" in said
    assert client.send("GET", "/co-production/nobody").status == 404
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
    for row in ("", "[]", '{"who": 1}', '{"who": {"type": "uri", "value": "no address"}}', '{"x": null}'):
        assert client.ask(query, path="/why", row=row).status == 400


# --- who gets in, and how far


def test_only_named_hosts_are_answered(client: Client) -> None:
    assert client.send("GET", "/health", Host=f"localhost:{client.port}").status == 200
    for host in ("evil.example", f"127.0.0.1.evil.example:{client.port}", "localhost:80:80", ""):
        assert client.send("GET", "/health", Host=host).status == 421
    with socket.create_connection(("127.0.0.1", client.port), timeout=10) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n")
        assert connection.recv(100).split()[1] in (b"400", b"421")


def test_pages_of_other_origins_read_nothing_unless_they_are_named(client: Client) -> None:
    assert "access-control-allow-origin" not in client.send("GET", "/health", Origin="https://b.example").headers
    allowed = client.send("GET", "/health", Origin="https://a.example").headers
    assert allowed["access-control-allow-origin"] == "https://a.example"
    assert "Origin" in allowed["vary"]


def test_every_answer_has_its_guards_and_tells_no_version(client: Client) -> None:
    for path in ("/", "/health", "/sparql", "/nothing", "/co-production/hannah-howe", "/graph.ttl"):
        headers = client.send("GET", path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "content-security-policy" in headers
        assert "server" not in headers


def test_a_large_body_is_refused_whether_it_says_so_or_not(client: Client) -> None:
    large = b"query=" + b"x" * guard.LARGEST_BODY
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    assert client.send("POST", "/sparql", large, **form).status == 413
    with socket.create_connection(("127.0.0.1", client.port), timeout=10) as connection:
        connection.sendall(b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
                           b"Content-Type: application/sparql-query\r\n\r\n")  # fmt: skip
        try:
            for _ in range(20):
                connection.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
        except OSError:
            pass
        assert connection.recv(12).endswith(b"413")


def test_slow_clients_are_dropped(built: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (guard, run):
        monkeypatch.setattr(module, "PATIENCE", 0.5)
    serving = serve(site_of_project(built, workers=1), limits=Limits(seconds=5.0))
    thread = serving.start()
    try:
        for said in (b"", b"GET / HT", b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n"
                     b"Content-Type: application/sparql-query\r\n\r\nASK"):  # fmt: skip
            with socket.create_connection(("127.0.0.1", serving.port), timeout=10) as connection:
                begun = time.monotonic()
                connection.sendall(said)
                got = b""
                try:
                    while piece := connection.recv(1000):
                        got += piece
                except ConnectionResetError:
                    pass
                assert time.monotonic() - begun < 8
                assert got == b"" or b" 408 " in got
        assert Client(serving.port).send("GET", "/health").status == 200
    finally:
        serving.stop()
        thread.join(20)


def test_limits_are_said_and_nobody_else_waits(client: Client) -> None:
    with ThreadPoolExecutor(2) as pool:
        endless = pool.submit(client.ask, ENDLESS)
        time.sleep(0.3)
        begun = time.monotonic()
        assert rows(client.ask(PEOPLE))
        assert time.monotonic() - begun < 2
        stopped = endless.result(15)
    assert (stopped.status, "5 seconds" in stopped.text) == (422, True)


def test_an_answer_that_goes_beyond_a_limit_is_never_taken_for_whole(client: Client) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=30)
    try:
        connection.request("GET", f"/sparql?{urlencode({'query': 'SELECT * { ?a ?b ?c . ?d ?e ?f }'})}")
        response = connection.getresponse()
        if response.status == 200:  # it had begun: then the connection ends without the last chunk
            with pytest.raises(http.client.IncompleteRead):
                response.read()
        else:
            assert response.status == 422
    finally:
        connection.close()


def test_a_client_that_goes_away_stops_its_query(built: Project) -> None:
    serving = serve(site_of_project(built, workers=1), limits=Limits(seconds=60.0))
    thread = serving.start()
    client = Client(serving.port)
    try:
        assert rows(client.ask(PEOPLE))
        with socket.create_connection(("127.0.0.1", serving.port), timeout=10) as connection:
            path = f"/sparql?{urlencode({'query': ENDLESS})}"
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            time.sleep(0.5)
        begun = time.monotonic()
        assert rows(client.ask(PEOPLE))  # the only worker is free again, long before the limit
        assert time.monotonic() - begun < 10
    finally:
        serving.stop()
        thread.join(20)


def test_a_build_swaps_in_under_running_requests(tmp_path: Path) -> None:
    """Every answer is of one generation: as many talks are counted as there are names, whichever it is."""
    folder = copy_project(tmp_path / "seminar")
    project = Project(folder)
    project.build()
    serving = serve(site_of_project(project, workers=2), limits=Limits(seconds=20.0))
    thread = serving.start()
    client, done = Client(serving.port), threading.Event()
    query = """SELECT (COUNT(DISTINCT ?a) AS ?n) (COUNT(DISTINCT ?b) AS ?m) {
        { ?a a co:Place FILTER(CONTAINS(STR(?a), "/new-")) } UNION
        { ?b a co:Person FILTER(CONTAINS(STR(?b), "/new-")) } }"""
    seen: list[tuple[str, str]] = []
    trouble: list[str] = []

    def keep_asking() -> None:
        while not done.is_set():
            try:
                (row,) = rows(client.ask(query))
                seen.append((row["n"]["value"], row["m"]["value"]))
            except Exception as error:  # any failure counts, whatever it is
                trouble.append(repr(error))

    try:
        with ThreadPoolExecutor(2) as pool:
            asking = [pool.submit(keep_asking) for _ in range(2)]
            for round_ in range(1, 4):
                pair = (
                    "- {{id: new-p{0}, type: Person, name: New {0}}}\n- {{id: new-l{0}, type: Place, name: New {0}}}\n"
                )
                entries = "".join(map(pair.format, range(round_)))
                (folder / "data" / "new.yaml").write_text(entries, encoding="utf-8")
                command = [sys.executable, "-m", "colloquy", "build", "--project", str(folder), "--no-pages"]
                subprocess.run(command, check=True, capture_output=True, env={**os.environ})
            time.sleep(0.5)
            done.set()
            for one in asking:
                one.result(30)
        assert trouble == []
        assert {n == m for n, m in seen} == {True}
        assert seen[-1] == ("3", "3")
    finally:
        done.set()
        serving.stop()
        thread.join(20)


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
    other = subprocess.run([*command[:-1], "none.nq"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (other.returncode, "there is no file" in other.stderr) == (2, True)


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
