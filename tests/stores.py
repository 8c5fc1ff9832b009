"""Real SPARQL servers for tests, on free ports of this machine, and a go-between that can meddle."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


@contextmanager
def running(command: list[str], port: int, *, seconds: float = 20, folder: Path | None = None) -> Iterator[str]:
    """Run a server until the block ends, and give its address once it takes connections."""
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=said) as process,
    ):
        try:
            until = time.monotonic() + seconds
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    if process.poll() is not None:
                        said.seek(0)
                        words = said.read().decode(errors="replace")[-2_000:]
                        raise AssertionError(f"{command} ended with {process.returncode}: {words}") from None
                    assert time.monotonic() < until, f"{command[0]} does not listen after {seconds} seconds"
                    time.sleep(0.02)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def oxigraph() -> Iterator[str]:
    """The `oxigraph` server with an empty store in memory; queries at `/query`, graphs at `/store`."""
    port = free_port()
    binary = Path(sys.executable).with_name("oxigraph")
    with running([str(binary), "serve", "--bind", f"127.0.0.1:{port}"], port) as url:
        yield url


@dataclass
class Asked:
    """A request as a server got it."""

    method: str
    path: str
    headers: Message[str, str]
    body: bytes

    @property
    def graph(self) -> str:
        return parse_qs(urlsplit(self.path).query).get("graph", [""])[0]

    @property
    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.body.decode())


Said = tuple[int, dict[str, str], bytes]
Answers = Callable[[Asked], "Said | Callable[[BaseHTTPRequestHandler], None]"]


@contextmanager
def answering(answer: Answers) -> Iterator[str]:
    """A server that answers as a function says: status, headers and body, or what to do with the connection."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            said = answer(Asked(self.command, self.path, self.headers, body))
            self.close_connection = True
            if callable(said):
                said(self)
                return
            status, headers, text = said
            self.send_response(status)
            for name, value in {"Content-Length": str(len(text)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = do_DELETE = _any  # noqa: N815  (the names that the library looks for)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass  # a client that went away is what some tests are about

    server = Quiet(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def passed_on(url: str, asked: Asked) -> Said:
    """Ask another server the same, and give what it says."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    kept = {n: v for n, v in asked.headers.items() if n.lower() in ("content-type", "accept")}
    connection.request(asked.method, asked.path, asked.body, kept)
    reply = connection.getresponse()
    said = reply.status, {"Content-Type": reply.headers.get("Content-Type", "text/plain")}, reply.read()
    connection.close()
    return said
