"""A server on a free port, and a client that asks it over real connections."""

from __future__ import annotations

import gzip
import http.client
import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlencode

from colloquy.project import Project
from colloquy.query.streaming import Limits
from colloquy.server import serve
from colloquy.server.site import site_of_project

PEOPLE = "SELECT ?who { ?who a schema:Person }"
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


def rows(reply: Reply) -> list[Mapping[str, Mapping[str, str]]]:
    assert reply.status == 200, reply.text
    found: list[Mapping[str, Mapping[str, str]]] = json.loads(reply.text)["results"]["bindings"]
    return found


@contextmanager
def served(
    project: Project, *, workers: int = 1, seconds: float = 60.0, most: int | None = None, origins: Collection[str] = ()
) -> Iterator[Client]:
    """Serve a built project for as long as the `with` statement lasts."""
    site = site_of_project(project, workers=workers)
    serving = serve(site, limits=Limits(seconds=seconds, rows=most), origins=origins)
    thread = serving.start()
    try:
        yield Client(serving.port)
    finally:
        serving.stop()
        thread.join(20)
        assert not thread.is_alive()
