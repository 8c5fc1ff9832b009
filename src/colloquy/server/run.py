"""Listens: uvicorn on the loopback address, with an end to its patience."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
import threading
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from colloquy.errors import UsageError
from colloquy.query.streaming import Limits
from colloquy.server.app import make_app
from colloquy.server.guard import MOST_CONNECTIONS, PATIENCE
from colloquy.server.site import Site

ADDRESS = "127.0.0.1"
OWN_HOSTS = ("localhost", "127.0.0.1", "[::1]")
GRACE = 5
"""Seconds for which a server that stops goes on with what is being answered."""
PIECE = 1 << 16
"""Bytes of an answer that have to be taken within `PATIENCE`, as long as there are so many."""


class Patient(H11Protocol):
    """Drops a client that takes too long to say what it wants, or to take it: uvicorn itself waits for ever."""

    _late: asyncio.TimerHandle | None = None
    _slow: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        transport.set_write_buffer_limits(0)  # so that whatever waits to be taken is known here
        self.app_state = {**self.app_state, "reset": self._reset}
        self._late = self.loop.call_later(PATIENCE, transport.abort)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._look_again(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._slow is not None:
            self._slow.cancel()
            self._slow = None

    def _look_again(self, size: int) -> None:
        self._slow = self.loop.call_later(PATIENCE, self._look, size)

    def _look(self, before: int) -> None:
        """Drop whoever has not taken a piece, or all that there is, since the last look."""
        size = self.transport.get_write_buffer_size()
        if size > max(0, before - PIECE):
            self._reset()
        else:
            self._look_again(size)

    def _reset(self) -> None:
        """End the connection so that the other side sees it as broken, not as over."""
        connection = self.transport.get_extra_info("socket")
        connection.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
        )
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        if self._late is None and (self.cycle is None or self.cycle.response_complete):
            self._late = self.loop.call_later(PATIENCE, self.transport.abort)
        super().data_received(data)
        if self._late is not None and self.cycle is not None and not self.cycle.response_complete:
            self._late.cancel()  # the head of a request is here; its body has a clock of its own
            self._late = None

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._late, self._slow):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)


@dataclass
class Serving:
    """A server that is listening at `port`; `wait` until it ends, or `stop` it from another thread."""

    server: uvicorn.Server
    site: Site
    listening: socket.socket

    @property
    def port(self) -> int:
        """The port that it listens at."""
        return int(self.listening.getsockname()[1])

    def wait(self) -> None:
        """Answer until stopped, or until a signal where this is the main thread; then let go of everything."""
        try:
            self.server.run(sockets=[self.listening])
        finally:
            self.listening.close()
            self.site.close()

    def stop(self) -> None:
        """End it once what is being answered is answered, or soon after."""
        self.server.should_exit = True

    def start(self) -> threading.Thread:
        """Answer in a thread of its own."""
        thread = threading.Thread(target=self.wait, daemon=True)
        thread.start()
        return thread


def serve(
    site: Site, port: int = 0, *, limits: Limits, hosts: Collection[str] = (), origins: Collection[str] = ()
) -> Serving:
    """Listen at a port of the loopback address (0: any that is free), and nowhere else.

    `hosts` are names by which it is asked besides its own, such as that of a proxy in front of it.
    Raises UsageError where the port is taken.
    """
    # Named as TCP, or asyncio leaves small pieces waiting for the client's word on those before (40 ms each).
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((ADDRESS, port))
        listening.listen(100)  # whoever comes before the loop runs waits a moment
    except OSError as error:
        listening.close()
        words = f"port {port} cannot be listened at: {error.strerror} — name another with --port"
        raise UsageError(words) from None
    options: dict[str, Any] = {
        "http": Patient, "server_header": False, "access_log": False, "log_level": "critical", "lifespan": "on",
        "timeout_keep_alive": 5, "timeout_graceful_shutdown": GRACE, "h11_max_incomplete_event_size": 1 << 17,
        "limit_concurrency": MOST_CONNECTIONS, "ws": "none", "proxy_headers": False,
    }  # fmt: skip
    app = make_app(site, limits, (*OWN_HOSTS, *hosts), origins)
    return Serving(uvicorn.Server(uvicorn.Config(app, **options)), site, listening)
