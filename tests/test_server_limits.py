"""What the server withstands: whoever asks, however much, and however slowly."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import socket
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import pytest

from colloquy.project import Project
from colloquy.query import Engine
from colloquy.server import guard, run
from colloquy.server.site import Generation, Site
from served import ENDLESS, PEOPLE, Client, rows, served
from streamed import gone, soon


def sent(client: Client, query: str, path: str = "/sparql", version: str = "1.1") -> socket.socket:
    """Ask over a connection of one's own, and do not wait."""
    connection = socket.create_connection(("127.0.0.1", client.port), timeout=30)
    connection.sendall(f"GET {path}?{urlencode({'query': query})} HTTP/{version}\r\nHost: localhost\r\n\r\n".encode())
    return connection


def drain(connection: socket.socket) -> None:
    """Take what comes until there is nothing more."""
    while connection.recv(1 << 16):
        pass


def descendants(process: int) -> dict[int, str]:
    """The processes below one, with their commands."""
    found: dict[int, str] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent = status.read_text("utf-8").rpartition(")")[2].split()[:2]
            if int(parent) == process and state != "Z":
                child = int(status.parent.name)
                found |= {child: status.with_name("cmdline").read_text("utf-8"), **descendants(child)}
    return found


@pytest.fixture(scope="module")
def client(built: Project) -> Iterator[Client]:
    """A server on the built project, for the whole module."""
    with served(built, workers=2, seconds=5.0, most=20_000, origins=["https://a.example"]) as client:
        yield client


def test_only_named_hosts_are_answered(client: Client) -> None:
    assert client.send("GET", "/health", Host=f"localhost:{client.port}").status == 200
    for host in ("evil.example", f"127.0.0.1.evil.example:{client.port}", "localhost:80:80", ""):
        assert client.send("GET", "/health", Host=host).status == 421
    with socket.create_connection(("127.0.0.1", client.port), timeout=10) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n")
        assert connection.recv(100).split()[1] in (b"400", b"421")


def test_a_target_with_a_host_is_that_of_this_host_alone(client: Client) -> None:
    for host, status in ((f"localhost:{client.port}", b"200"), ("evil.example", b"421")):
        with socket.create_connection(("127.0.0.1", client.port), timeout=10) as connection:
            connection.sendall(f"GET http://{host}/health HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            assert connection.recv(100).split()[1] == status


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
    with served(built, seconds=5.0) as client:
        for said in (b"", b"GET / HT", b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n"
                     b"Content-Type: application/sparql-query\r\n\r\nASK"):  # fmt: skip
            with socket.create_connection(("127.0.0.1", client.port), timeout=10) as connection:
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
        assert client.send("GET", "/health").status == 200


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
    with served(built) as client:
        assert rows(client.ask(PEOPLE))
        with sent(client, ENDLESS):
            time.sleep(0.5)
        begun = time.monotonic()
        assert rows(client.ask(PEOPLE))  # the only worker is free again, long before the limit
        assert time.monotonic() - begun < 10


def test_a_server_that_stops_ends_what_runs(built: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "GRACE", 1, raising=False)
    before = descendants(os.getpid()).keys()
    with contextlib.ExitStack() as waiting, served(built) as client:
        waiting.enter_context(sent(client, ENDLESS))
        assert soon(lambda: bool(descendants(os.getpid()).keys() - before), 10)
    assert soon(lambda: not descendants(os.getpid()).keys() - before, 10)


def test_those_who_wait_keep_nobody_from_what_needs_no_query(built: Project) -> None:
    with served(built) as client, contextlib.ExitStack() as asked:
        client.send("GET", "/health")
        for _ in range(60):
            asked.enter_context(sent(client, ENDLESS))
        time.sleep(0.3)
        begun = time.monotonic()
        assert client.send("GET", "/health").status == client.send("GET", "/graph.ttl").status == 200
        assert time.monotonic() - begun < 2


def test_who_waited_in_vain_is_told_to_come_again(built: Project) -> None:
    with served(built, seconds=1.5) as client, sent(client, ENDLESS), sent(client, ENDLESS):
        time.sleep(0.2)
        for reply in (client.ask(PEOPLE), client.send("GET", "/co-production/hannah-howe")):
            assert (reply.status, reply.headers.get("retry-after")) in ((429, "5"), (200, None))


def test_a_cut_answer_is_no_whole_one_for_http_1_0_either(built: Project) -> None:
    """There the end of an answer is the end of the connection, and nothing else."""
    with served(built, seconds=0.5) as client, sent(client, "SELECT * { ?a ?b ?c . ?d ?e ?f }", version="1.0") as got:
        begun = got.recv(12)
        if begun.endswith(b"200"):
            with pytest.raises(ConnectionResetError):
                drain(got)
        else:
            assert begun.endswith(b"422")


def test_who_takes_no_answer_is_dropped(built: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "PATIENCE", 0.3)
    with served(built) as client, socket.socket() as connection:
        client.send("GET", "/health")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", client.port))
        connection.sendall(b"GET /graph.nq HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        time.sleep(2)
        with pytest.raises(ConnectionResetError):
            drain(connection)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_reasons_end_when_time_is_up_with_all_that_they_started(built: Project) -> None:
    hard = ENDLESS.replace("(COUNT(*) AS ?n)", "?a")

    def reasoners() -> list[int]:
        return [p for p, command in descendants(os.getpid()).items() if "reasoner" in command]

    with served(built, seconds=2.0) as client:
        assert client.ask(PEOPLE, path="/doctor").status == 200
        with sent(client, hard, "/doctor"), sent(client, hard, "/doctor"):
            time.sleep(0.5)
            (process,) = reasoners()
            workers = descendants(process)
            assert workers
            begun = time.monotonic()
            late = client.ask(hard, path="/doctor")
            assert (late.status in (422, 429), time.monotonic() - begun < 4) == (True, True)
        assert soon(lambda: all(map(gone, [process, *workers])))
        assert client.ask(PEOPLE, path="/doctor").status == 200
        with sent(client, hard, "/doctor"):
            time.sleep(0.5)
            workers = descendants(reasoners()[0])
        assert soon(lambda: all(map(gone, workers)), 1)


def test_no_answer_names_a_folder_though_the_output_is_gone(built: Project, tmp_path: Path) -> None:
    folder = shutil.copytree(built.folder, tmp_path / "copy")
    with served(Project(folder)) as client:
        assert rows(client.ask(PEOPLE))
        shutil.rmtree(folder / "output")
        for reply in (client.ask(PEOPLE, path="/doctor"), client.send("GET", "/co-production/hannah-howe")):
            assert (reply.status, "output" in reply.text) == (503, False)
        assert rows(client.ask(PEOPLE))


def test_who_leaves_waits_for_no_generation_that_opens(built: Project) -> None:
    opening, marks = threading.Event(), iter(range(9))

    def open_() -> Generation:
        if opening.is_set():
            time.sleep(1)
        opening.set()
        return Generation("", Engine(next(built.output.glob("store-*"))), None, None)

    site = Site(open_, lambda: next(marks))
    first = site.generation()
    first.__enter__()

    def enter_next() -> None:
        with site.generation():
            pass

    entering = threading.Thread(target=enter_next)
    entering.start()
    time.sleep(0.2)
    begun = time.monotonic()
    first.__exit__(None, None, None)
    assert time.monotonic() - begun < 0.5
    entering.join()
    site.close()
