"""A store elsewhere: asked like our own, and plain words for all that can go wrong on the way."""

from __future__ import annotations

import gzip
import hashlib
import json
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from colloquy.endpoint import PASSWORD, Endpoint
from colloquy.errors import ColloquyError, QueryError, QueryTimeout, StoreError, UsageError
from colloquy.query import Engine, RemoteEngine, SparqlEngine, same_rows
from stores import Asked, Said, answering, oxigraph
from test_query import ABOUT_TIDES, BASE, DATA, PREFIXES, QUERIES

DEFAULT, NAMED = BASE + "graph/default", BASE + "statement-1"
EMPTY = json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": []}}).encode()
WRONG_TERMS = (
    '{"type":"uri","value":"a b"}',
    '{"type":"literal","value":"\\ud800"}',
    '{"type":"literal","value":"a","xml:lang":"c y"}',
    '{"type":"triple","value":{}}',
    '{"type":"uri"}',
)
JSON = {"Content-Type": "application/sparql-results+json"}
ASK = "SELECT ?x { ?x ?p ?o }"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with oxigraph() as url:
        yield url


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    import pyoxigraph

    file = tmp_path_factory.mktemp("talks") / "graph.nq"
    lines = [f"{q.triple} ." for q in pyoxigraph.parse(DATA, pyoxigraph.RdfFormat.TURTLE)]
    lines.append(f"{' '.join(ABOUT_TIDES)} <{NAMED}> .")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with Engine(file, prefixes=PREFIXES) as engine:
        yield engine


@pytest.fixture(scope="module")
def remote(server: str) -> RemoteEngine:
    for name, text, media in (
        (DEFAULT, DATA, "text/turtle"),
        (NAMED, " ".join(ABOUT_TIDES) + " .", "application/n-triples"),
        (BASE + "somebody-elses", f"<{BASE}x> <{BASE}y> <{BASE}z> .", "application/n-triples"),
    ):
        headers = {"Content-Type": media}
        reply = Endpoint(server + "/store").send(
            "PUT", parameters=[("graph", name)], body=text.encode(), headers=headers
        )
        assert reply.status in (201, 204), reply
    return RemoteEngine(server + "/query", prefixes=PREFIXES, default_graph=DEFAULT, named_graphs=[NAMED])


# --- asked like our own ------------------------------------------------------------------------


@pytest.mark.parametrize("text", QUERIES)
def test_a_store_elsewhere_gives_the_same_rows_in_the_same_order(
    local: Engine, remote: RemoteEngine, text: str
) -> None:
    ours, theirs = local.ask(text), remote.ask(text)
    assert (ours.kind, ours.columns, ours.notes) == (theirs.kind, theirs.columns, theirs.notes)
    assert same_rows(ours, theirs)
    if "ORDER BY ?label" not in text:  # SPARQL does not say whether "a" or "a"@en comes first
        assert ours.rows == theirs.rows


def test_parameters_and_formats_are_those_of_every_engine(local: Engine, remote: RemoteEngine) -> None:
    text = "SELECT ?talk ?who { ?talk schema:performer ?who }"
    given = {"who": f"<{BASE}ada-brook>"}
    assert local.ask(text, substitutions=given).rows == remote.ask(text, substitutions=given).rows != ()
    with pytest.raises(UsageError, match="the query gives rows, which turtle cannot hold"):
        remote.ask(text, format="turtle")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?x { ?x a",
        "SELECT ?x ?x { ?x a schema:Person }",
        "\nSELECT ?x (COUNT(*) AS ?n) { ?x a schema:Person }",
        "SELECT ?x { ?x a <http://[> }",
        "SELECT ?x { ?x a ?y . ?x a <http://[> .\n?x a <a:b> }",
        "SELECT ?x { BIND(1 AS ?x) ?x a schema:Person BIND(2 AS ?x) }",
        "INSERT DATA { ex:a ex:b ex:c }",
        "SELECT ?x { SERVICE <http://127.0.0.1/> { ?x ?p ?o } }",
        "SELECT ?x FROM ex:nowhere { ?x ?p ?o }",
        "SELECT ?x { ?x a unheard:of }",
        "ASK " + "{" * 101 + "}" * 101,
    ],
)
def test_what_is_refused_is_refused_with_the_same_words(local: Engine, remote: RemoteEngine, text: str) -> None:
    said = []
    for engine in (local, remote):
        with pytest.raises(QueryError) as caught:
            engine.ask(text)
        said.append(str(caught.value))
    assert said[0] == said[1]


def test_every_request_names_its_dataset() -> None:
    asked: list[Asked] = []

    def answer(request: Asked) -> Said:
        asked.append(request)
        return 200, JSON, EMPTY

    with answering(answer) as url:
        engine: SparqlEngine = RemoteEngine(url, prefixes=PREFIXES, default_graph=DEFAULT, named_graphs=[NAMED])
        engine.ask(ASK)
        engine.ask("SELECT ?x FROM ex:statement-1 { ?x ?p ?o }")
    first, second = (request.form for request in asked)
    assert first["default-graph-uri"] == [DEFAULT]
    assert first["named-graph-uri"] == [NAMED]
    assert second["default-graph-uri"] == [NAMED]
    assert "named-graph-uri" not in second
    assert "FROM" not in second["query"][0]
    assert {request.method for request in asked} == {"POST"}


def test_an_endpoint_of_which_nothing_is_known_is_asked_for_its_graphs(remote: RemoteEngine) -> None:
    anything = RemoteEngine(str(remote), prefixes=PREFIXES)
    assert {DEFAULT, NAMED} < anything.graphs()
    assert len(anything.ask(ASK)) == 0  # of the server's own default graph, which is empty
    assert len(anything.ask(f"SELECT ?s FROM <{NAMED}> {{ ?s ?p ?o }}")) == 1


# --- what can go wrong -------------------------------------------------------------------------


def said_of(answer: Callable[[Asked], Said | Callable[[BaseHTTPRequestHandler], None]], **options: int) -> str:
    with answering(answer) as url, pytest.raises(ColloquyError) as caught:
        RemoteEngine(url + "/query", **options).ask(ASK)  # type: ignore[arg-type]
    assert url in str(caught.value)
    return str(caught.value).replace(url, "URL")


def test_nothing_listens() -> None:
    with pytest.raises(StoreError, match="cannot be reached: nothing listens there"):
        RemoteEngine("http://127.0.0.1:1/query").ask(ASK)
    with pytest.raises(StoreError, match="cannot be reached: no host of that name"):
        RemoteEngine("http://nowhere.invalid/query").ask(ASK)


@pytest.mark.parametrize(
    "url", ["", "example.org/query", "ftp://a/", "http://", "http://a:b/", "http://a\n.b/", "file:///etc"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="is no address of a store: write it as"):
        RemoteEngine(url)


def test_the_servers_own_words_are_shown_short() -> None:
    long = b"<html><head><title>x</title></head><body><h1>Bad\n\trequest</h1>" + b"so it is " * 500
    said = said_of(lambda _: (400, {"Content-Type": "text/html"}, long))
    assert said.startswith("URL/query cannot answer this query (400): Bad request so it is")
    assert len(said) < 400
    assert said_of(lambda _: (503, {}, b"")).startswith("URL/query answers 503: it gives no reason — try again later")
    assert "is this the address that takes queries?" in said_of(lambda _: (404, {}, b"no such page"))


def test_what_is_no_answer_of_sparql_is_said() -> None:
    page = said_of(lambda _: (200, {"Content-Type": "text/html"}, b"<html>"))
    assert page.startswith(
        "URL/query gives no answer of SPARQL (text/html): application/sparql-results+json was asked for"
    )
    one = '{"head":{"vars":["x"]},"results":{"bindings":[{"x":%s}]}}'
    wrong = [one % term for term in (*WRONG_TERMS, "7")] + ["", "[]", "{}", "[" * 100_000]
    for body in wrong:
        assert "gives no answer of SPARQL" in said_of(lambda _, body=body: (200, JSON, body.encode()))  # type: ignore[misc]
    with (
        answering(lambda _: (200, {"Content-Type": "text/turtle"}, b"<a> <b")) as url,
        pytest.raises(StoreError, match="it cannot be read"),
    ):
        RemoteEngine(url).ask("CONSTRUCT WHERE { ?s ?p ?o }")


def test_an_answer_that_is_too_large_is_not_taken_packed_or_not() -> None:
    text = b" " * (3 << 20)
    said = "the answer of URL/query is larger than 1 MB — ask for less, with LIMIT"
    assert said_of(lambda _: (200, JSON, text), largest=1 << 20) == said
    packed = {**JSON, "Content-Encoding": "gzip"}
    assert said_of(lambda _: (200, packed, gzip.compress(text)), largest=1 << 20) == said
    with answering(lambda _: (200, packed, gzip.compress(EMPTY))) as url:
        assert len(RemoteEngine(url).ask(ASK)) == 0


def test_an_answer_that_breaks_off_is_no_answer() -> None:
    def half(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/sparql-results+json\r\n")
        handler.wfile.write(b"Content-Length: 1000\r\n\r\n" + EMPTY)

    def half_a_chunk(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/sparql-results+json\r\n")
        handler.wfile.write(b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(EMPTY), EMPTY))

    for way in (half, half_a_chunk):
        assert "broke off in the middle of its answer" in said_of(lambda _, way=way: way)  # type: ignore[misc]
    cut = {**JSON, "Content-Encoding": "gzip"}
    assert "broke off" in said_of(lambda _: (200, cut, gzip.compress(EMPTY)[:-9]))


def test_what_is_no_web_server_is_said() -> None:
    def greets(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"SSH-2.0\r\n")

    assert "does not speak HTTP" in said_of(lambda _: greets)


@pytest.mark.parametrize("where", ["head", "body"])
def test_the_limit_holds_however_slowly_a_server_drips(where: str) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + (b"Content-Length: 9999\r\n\r\n" if where == "body" else b""))
        for _ in range(100):
            handler.wfile.write(b"X-Drip: 1\r\n" if where == "head" else b" ")
            handler.wfile.flush()
            time.sleep(0.05)

    with answering(lambda _: drip) as url:
        begun = time.monotonic()
        with pytest.raises(QueryTimeout, match=r"gave no whole answer within 0\.4 seconds"):
            RemoteEngine(url).ask(ASK, limit_seconds=0.4)
        assert time.monotonic() - begun < 2


def test_redirects_are_followed_to_the_same_server_only() -> None:
    reached: list[str] = []

    def elsewhere(_: Asked) -> Said:
        reached.append("elsewhere")
        return 200, JSON, EMPTY

    with answering(elsewhere) as other:

        def answer(request: Asked) -> Said:
            reached.append(request.path)
            to = {
                "/away": other + "/?secret",
                "/here": "/there",
                "/round": "/round",
                "/odd": "http://[",
                "/file": "file:///etc/passwd",
            }
            if request.path in to:
                return 307, {"Location": to[request.path]}, b""
            return 200, JSON, EMPTY

        with answering(answer) as url:
            assert len(RemoteEngine(url + "/here").ask(ASK)) == 0
            assert reached == ["/here", "/there"]
            for path, words in (
                ("/away", f"leads to another address, which is not followed: {other}/ — name that one instead"),
                ("/round", "leads from one address to the next without end"),
                ("/odd", "is not followed"),
                ("/file", "is not followed"),
            ):
                with pytest.raises(StoreError) as caught:
                    RemoteEngine(url + path).ask(ASK)
                assert words in str(caught.value)
    assert "elsewhere" not in reached


@pytest.mark.parametrize("scheme", ["Basic", "Digest", "Digest-SHA-256"])
def test_user_and_password_are_sent_only_when_asked_for_and_never_shown(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def h(*parts: str) -> str:
        return hashlib.new("sha256" if "SHA" in scheme else "md5", ":".join(parts).encode()).hexdigest()

    def proved(given: str) -> bool:
        if scheme == "Basic":
            return given == "Basic " + b64encode(b"ada:s:cret\xc3\xa9").decode()
        found = dict(pair.split("=", 1) for pair in given.removeprefix("Digest ").split(", ")) if given else {}
        parts = {name: text.strip('"') for name, text in found.items()}
        if not parts:
            return False
        mixed = (parts["nonce"], parts["nc"], parts["cnonce"], "auth")  # RFC 7616, clause 3.4.1
        return parts["response"] == h(h("ada", "store", "s:cret\xe9"), *mixed, h("POST", "/query?a=b"))

    def answer(request: Asked) -> Said:
        asked.append(request.headers.get("Authorization", ""))
        if proved(asked[-1]):
            return 200, JSON, EMPTY
        extra = ', qop="auth", nonce="n0nce", algorithm=' + ("SHA-256" if "SHA" in scheme else "MD5")
        return (
            401,
            {"WWW-Authenticate": f'{scheme[:6].strip("-")} realm="store"{extra if "D" in scheme else ""}'},
            b"who?",
        )

    with answering(answer) as url:
        host = url.removeprefix("http://")
        engine = RemoteEngine(f"http://ada:s%3Acret%C3%A9@{host}/query?a=b")
        assert len(engine.ask(ASK)) == len(engine.ask(ASK)) == 0
        assert [bool(given) for given in asked] == [False, True, True]
        with pytest.raises(StoreError) as caught:
            RemoteEngine(f"http://ada:wr0ng@{host}/query?a=b").ask(ASK)
        assert "answers 401: who?" in str(caught.value)
        assert "COLLOQUY_STORE_PASSWORD" in str(caught.value)
        assert "wr0ng" not in str(caught.value)
        monkeypatch.setenv(PASSWORD, "s:cret\xe9")
        assert len(RemoteEngine(f"http://ada@{host}/query?a=b").ask(ASK)) == 0
