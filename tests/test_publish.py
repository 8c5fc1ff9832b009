"""A build in a store elsewhere: each graph all or nothing, read back, and asked like our own."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPMessage
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from colloquy.endpoint import Endpoint
from colloquy.errors import ProjectError, StoreError, UsageError
from colloquy.project import Project
from colloquy.publish import Loaded, content, publish, read_graphs
from colloquy.query import RemoteEngine
from stores import Asked, Said, answering, oxigraph, passed_on

ONE, TWO = "https://harbour.example/graph/one", "https://harbour.example/graph/two"
OLD = {ONE: ['<a:old> <a:is> "1" .', '<a:old> <a:is> "2"@cy .'], TWO: ["<a:old> <a:in> <a:two> ."]}
NEW = {ONE: ['<a:new> <a:is> "1" .'], TWO: ["<a:new> <a:in> <a:two> .", '<a:new> <a:is> "3" .']}


def held(server: str) -> dict[str, str]:
    """The two graphs as the server has them, by way of no code of ours."""
    found = {}
    wanted = HTTPMessage()
    wanted["Accept"] = "application/n-triples"
    for name in (ONE, TWO):
        status, _, body = passed_on(server, Asked("GET", f"/store?graph={name}", wanted, b""))
        found[name] = "\n".join(sorted(body.decode().splitlines())) if status == 200 else ""
    return found


def as_held(graphs: dict[str, list[str]]) -> dict[str, str]:
    return {name: "\n".join(sorted(lines)) for name, lines in graphs.items()}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with oxigraph() as url:
        yield url


@pytest.fixture(params=["before", "nothing"])
def store(request: pytest.FixtureRequest, server: str) -> Iterator[str]:
    """The real server, with old graphs or with none."""
    graphs = Endpoint(server + "/store")
    for name, lines in OLD.items():
        graphs.send("DELETE", parameters=[("graph", name)])
        if request.param == "before":
            publish({name: lines}, server + "/store")
    yield server
    for name in OLD:
        graphs.send("DELETE", parameters=[("graph", name)])


def test_a_graph_is_replaced_as_a_whole(store: str) -> None:
    before = held(store)
    done = publish(NEW, store + "/store")
    assert held(store) == as_held(NEW)
    assert [(d.graph, d.now.triples, d.changed) for d in done] == [(ONE, 1, True), (TWO, 2, True)]
    assert [d.before.triples if d.before else 0 for d in done] == [len(before[n].splitlines()) for n in (ONE, TWO)]
    assert not any(d.changed for d in publish(NEW, store + "/store"))


Meddle = Callable[[Asked, str], "Said | Callable[[BaseHTTPRequestHandler], None]"]


def _loses_a_line(asked: Asked, url: str) -> Said:
    if asked.method == "PUT" and asked.graph == TWO and b"new" in asked.body:
        asked.body = asked.body.splitlines()[0]
    return passed_on(url, asked)


def _changes_a_letter(asked: Asked, url: str) -> Said:
    if asked.method == "PUT" and asked.graph == TWO and b"new" in asked.body:
        asked.body = asked.body.replace(b'"3"', b'"4"')
    return passed_on(url, asked)


def _refuses(asked: Asked, url: str) -> Said:
    if asked.method == "PUT" and asked.graph == TWO and b"new" in asked.body:
        return 507, {}, b"the disk is full"
    return passed_on(url, asked)


def _empties_and_fails(asked: Asked, url: str) -> Said:
    if asked.method == "PUT" and asked.graph == TWO and b"new" in asked.body:
        passed_on(url, Asked("DELETE", asked.path, asked.headers, b""))
        return 500, {}, b"sorry"
    return passed_on(url, asked)


def _hangs_up(asked: Asked, url: str) -> Said | Callable[[BaseHTTPRequestHandler], None]:
    if asked.method == "PUT" and asked.graph == TWO and b"new" in asked.body:
        passed_on(url, asked)
        return lambda handler: None
    return passed_on(url, asked)


TROUBLES: dict[Meddle, str] = {
    _loses_a_line: "holds 1 triples",
    _changes_a_letter: "holds 2 triples",
    _refuses: "(507): the disk is full",
    _empties_and_fails: "(500): sorry",
    _hangs_up: "broke off",
}


@pytest.mark.parametrize("meddle", TROUBLES, ids=lambda f: f.__name__)
def test_what_stood_there_is_put_back_whatever_fails(store: str, meddle: Meddle) -> None:
    before = held(store)
    with answering(lambda asked: meddle(asked, store)) as url, pytest.raises(StoreError) as caught:
        publish(NEW, url + "/store")
    assert TROUBLES[meddle] in str(caught.value)
    assert "nothing is changed: every graph is as it was" in str(caught.value)
    assert held(store) == before


def test_a_store_that_finishes_after_it_hung_up_has_the_old_content_in_the_end(store: str) -> None:
    before, writes, late = held(store), threading.Lock(), list[threading.Thread]()

    def finish(asked: Asked) -> None:
        time.sleep(0.3)
        passed_on(store, asked)
        writes.release()

    def slow(asked: Asked) -> Said | Callable[[BaseHTTPRequestHandler], None]:
        """One write after the other, and reading meanwhile, as stores do it."""
        if asked.method == "GET":
            return passed_on(store, asked)
        writes.acquire()
        if asked.graph == TWO and b"new" in asked.body and not late:
            late.append(threading.Thread(target=finish, args=(asked,)))
            late[0].start()
            return lambda handler: None
        said = passed_on(store, asked)
        writes.release()
        return said

    with answering(slow) as url, pytest.raises(StoreError, match="every graph is as it was"):
        publish({TWO: NEW[TWO]}, url + "/store")
    late[0].join()
    assert held(store) == before


def test_what_a_query_finds_counts_and_so_does_an_interrupt(store: str) -> None:
    before = held(store)
    with pytest.raises(StoreError, match=f"a query finds 7 triples in <{TWO}>, and 2 were loaded"):
        publish(NEW, store + "/store", count=lambda name: 1 if name == ONE else 7)
    assert held(store) == before

    def interrupted(name: str) -> int:
        if name == TWO:
            raise KeyboardInterrupt
        return 1

    with pytest.raises(KeyboardInterrupt):
        publish(NEW, store + "/store", count=interrupted)
    assert held(store) == before


@pytest.mark.parametrize("is_interrupted", [False, True])
def test_what_cannot_be_put_back_is_kept(store: str, is_interrupted: bool) -> None:
    before, broken = held(store), list[bool]()

    def dies(asked: Asked) -> Said:
        if any(broken) and is_interrupted:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.2)
        broken.append(asked.method == "PUT" and asked.graph == TWO)
        if any(broken):
            return 500, {}, b"broken"
        return passed_on(store, asked)

    with answering(dies) as url, pytest.raises(StoreError) as caught:
        publish(NEW, url + "/store")
    assert "and then what stood there before could not be put back" in str(caught.value)
    folder = Path(str(caught.value).partition("it is kept in ")[2].partition(":")[0])
    kept = ["\n".join(sorted(file.read_text(encoding="utf-8").splitlines())) for file in sorted(folder.iterdir())]
    assert kept == [text for text in before.values() if text]
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()


def test_blank_nodes_of_what_stood_there_come_back_too(server: str) -> None:
    graphs = Endpoint(server + "/store")
    body = b'_:x <a:knows> _:y .\n_:y <a:name> "y" .'
    graphs.send("PUT", parameters=[("graph", ONE)], body=body, headers={"Content-Type": "application/n-triples"})
    with pytest.raises(StoreError, match="nothing is changed"):
        publish({ONE: NEW[ONE]}, server + "/store", count=lambda _: 9)
    engine = RemoteEngine(server + "/query", default_graph=ONE)
    answer = engine.ask("SELECT ?n { ?x <a:knows> ?y . ?y <a:name> ?n }")
    assert answer.rows == (('"y"',),)
    graphs.send("DELETE", parameters=[("graph", ONE)])


def test_the_digest_is_of_sorted_lines_each_once() -> None:
    lines = ["<a:b> <a:c> <a:e> .", "<a:b> <a:c> <a:d> ."]
    meant = hashlib.sha256(b"<a:b> <a:c> <a:d> .\n<a:b> <a:c> <a:e> .\n").hexdigest()
    assert content([*lines, lines[0]]) == content(reversed(lines))
    assert (content(lines).triples, content(lines).digest) == (2, meant)


# --- a whole project ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def published(built: Project, server: str) -> tuple[Project, list[Loaded]]:
    project = Project(built.folder, store=server + "/query")
    return project, project.load(server + "/store")


def test_a_build_is_published_and_every_question_has_its_rows_there(
    built: Project, published: tuple[Project, list[Loaded]]
) -> None:
    project, loaded = published
    base = built.settings.base
    assert [one.graph.removeprefix(base) for one in loaded] == ["graph/ontology", "graph/provenance", "graph/default"]
    assert sum(one.now.triples for one in loaded) == (built.output / "graph.nq").read_text("utf-8").count("\n")
    outcomes = project.test()
    assert len(outcomes) == len(built.questions()) > 30
    assert [str(outcome) for outcome in outcomes if not outcome.passed] == []
    for question in built.questions():
        assert project.query(question.name).rows == built.query(question.name).rows


def test_the_command_line_loads_asks_and_tests(built: Project, server: str, tmp_path: Path) -> None:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "colloquy", *words, "--project", str(built.folder)]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60)

    there = ["--store", server + "/query"]
    done = run("load", server + "/store", *there)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("sha256") == 3
    there += ["--graph", built.default_graph]
    assert run("query", "talks-without-title", *there).stdout == run("query", "talks-without-title").stdout != ""
    assert "37 as expected, 0 not" in run("test", *there).stdout
    nowhere = run("query", "-e", "ASK {}", "--store", "http://127.0.0.1:1/query")
    assert nowhere.returncode == 2
    assert nowhere.stderr.startswith("colloquy: http://127.0.0.1:1/query cannot be reached")
    for wrong in (("--graph", "default"), ("--graph", "a b"), ("--limit-seconds", "inf"), ("--limit-seconds", "nan")):
        refused = run("load", server + "/store", *wrong)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert "is no IRI of a graph" in refused.stderr or "a limit is a number" in refused.stderr
    alone = run("query", "-e", "ASK {}", "--graph", built.default_graph)
    assert (alone.returncode, alone.stderr.count("say which, with --store URL")) == (2, 1)
    unbuilt = run("load", server + "/store", "--output", str(tmp_path / "none"))
    assert unbuilt.returncode == 2
    assert "colloquy build" in unbuilt.stderr


def test_a_graph_that_the_build_did_not_write_is_not_published(fresh: Path) -> None:
    project = Project(fresh)
    project.build(pages=False)
    with (fresh / "output/graph.nq").open("a", encoding="utf-8") as file:
        file.write('<a:b> <a:c> "d" .\n')
    with pytest.raises(ProjectError, match=r"graph\.nq is not what the build wrote"):
        read_graphs(project.output, project.default_graph)
    with pytest.raises(UsageError, match="no address of a store"):
        Project(fresh, store="nonsense").engine()
