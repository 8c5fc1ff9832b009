"""What every request passes first: named hosts, small bodies, patience with an end, and headers on every answer."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 1_000_000
"""Bytes of a request's body."""
PATIENCE = 20.0
"""Seconds for a whole body to arrive, and for a piece of an answer to be taken."""
MOST_CONNECTIONS = 500
_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}
_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
"""For all that is no page: a page has a policy of its own."""


class Guard:
    """Lets requests to named hosts in, and answers others with 421 (RFC 9110, clause 15.5.20).

    Without that a page anywhere could have its own name lead here, and read what is here (DNS rebinding).
    `origins` are those whose pages may read answers; there are none unless somebody asks for them.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str], origins: Collection[str] = ()) -> None:
        self.app, self.hosts, self.origins = app, {host.lower() for host in hosts}, frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        named = [value for name, value in scope["headers"] if name == b"host"]
        origin = headers.get("origin", "")
        allowed = origin if origin in self.origins else ""

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._mark(MutableHeaders(scope=message), allowed)
            await send(message)

        refusal = None
        host = headers.get("host", "")
        if absolute := re.match("https?://([^/]*)(.*)", scope["path"], re.IGNORECASE | re.DOTALL):
            host = absolute[1]  # the target counts, not the header (RFC 9112, clause 3.2.2)
            others = [(name, value) for name, value in scope["headers"] if name != b"host"]
            given = [(b"host", host.encode("latin-1", "replace")), *others]
            scope = {**scope, "path": absolute[2] or "/", "headers": given}
        if len(named) != 1 or _host_of(host) not in self.hosts:
            refusal = PlainTextResponse("this server does not answer under that name\n", 421)
        elif scope["method"] not in ("GET", "HEAD", "POST", "OPTIONS"):
            refusal = PlainTextResponse("this server only reads\n", 405, {"allow": "GET, HEAD, POST, OPTIONS"})
        elif not _small(headers.get("content-length", "0")):
            refusal = PlainTextResponse(f"a request has {LARGEST_BODY:,} bytes at most\n", 413)
        elif scope["method"] == "OPTIONS":
            refusal = PlainTextResponse(None, 204, {"allow": "GET, HEAD, POST, OPTIONS"})
        await (refusal or self.app)(scope, receive, answer)

    def _mark(self, headers: MutableHeaders, allowed: str) -> None:
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        headers.setdefault("content-security-policy", _POLICY)
        if self.origins:
            headers.add_vary_header("Origin")
        if allowed:
            headers["access-control-allow-origin"] = allowed
            headers["access-control-allow-methods"] = "GET, HEAD, POST, OPTIONS"
            headers["access-control-allow-headers"] = "Accept, Content-Type, If-None-Match"
            headers["access-control-expose-headers"] = "ETag"
            headers["cross-origin-resource-policy"] = "cross-origin"


def _host_of(header: str) -> str:
    """Give the name in a Host header, without the port.

    >>> _host_of("LOCALHOST:80"), _host_of("[::1]:80"), _host_of("::1")
    ('localhost', '[::1]', '')
    """
    name, colon, port = header.strip().lower().rpartition(":")
    if header.endswith("]") or not colon:
        return header.strip().lower()
    return name if port.isdecimal() and (":" not in name or name.endswith("]")) else ""


def _small(length: str) -> bool:
    return length.isdecimal() and len(length) < 12 and int(length) <= LARGEST_BODY


async def read_body(receive: Receive) -> bytes | None:
    """Read the body of a request; None where it is too large, which a length need not have said.

    Raises TimeoutError where it does not come within `PATIENCE` as a whole.
    """
    body = bytearray()
    async with asyncio.timeout(PATIENCE):
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return b""
            body += message.get("body", b"")
            if len(body) > LARGEST_BODY:
                return None
            if not message.get("more_body"):
                return bytes(body)
