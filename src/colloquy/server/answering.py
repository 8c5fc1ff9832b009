"""Answers a query over HTTP: the form that is wanted, the tag of the answer, and the answer piece by piece."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import AsyncIterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial

import anyio
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from colloquy.errors import ColloquyError, QueryError, QueryLimit, QueryTimeout, UsageError
from colloquy.query import kind_of
from colloquy.query.pool import Cancellation
from colloquy.query.streaming import Limits, Stream, media_types
from colloquy.server.accept import best, takes_gzip
from colloquy.server.protocol import Asked, Refused
from colloquy.server.site import Generation
from colloquy.sparql import Query, read_query

_NEW_EACH_TIME = frozenset(("NOW", "RAND", "UUID", "STRUUID"))
_TEXT = ("text/", "application/sparql-results", "application/json", "application/ld", "application/rdf")


def chosen_media(query: Query, accept: str) -> str:
    """Choose the form of an answer before it is computed.  Raises Refused (406) where none is acceptable."""
    offered = media_types(kind_of(query))
    media = best(accept, offered)
    if media is None:
        raise Refused(406, f"this answer can be had as {', '.join(offered)}")
    return media


def tag_of(generation: Generation, asked: Asked, query: Query, media: str, *, packed: bool) -> str:
    """Give the entity tag of an answer, by what decides it; empty where each asking gives another answer."""
    if any(token.text.upper() in _NEW_EACH_TIME for token in query.tokens):
        return ""
    whole = "\0".join((generation.digest, media, asked.query, *asked.default_graphs, "", *asked.named_graphs))
    return f'"{hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()[:24]}{"-gzip" if packed else ""}"'


def is_fresh(request: Request, tag: str) -> bool:
    """Tell whether whoever asks has this very answer already (RFC 9110, clause 13.1.2)."""
    known = request.headers.get("if-none-match", "")
    return bool(tag) and (known.strip() == "*" or tag in {one.strip().removeprefix("W/") for one in known.split(",")})


async def answer(request: Request, asked: Asked, generation: Generation, held: ExitStack, limits: Limits) -> Response:
    """Answer a query; `held` keeps the generation, and is closed when the last byte is sent.

    Raises Refused for a query that cannot be answered, or whose limit was hit before the first byte.
    """
    try:
        base = str(request.url.replace(query="", fragment=""))
        query = read_query(asked.query, generation.engine.prefixes, base)
        media = chosen_media(query, request.headers.get("accept", ""))
        packed = takes_gzip(request.headers.get("accept-encoding", "")) and media.startswith(_TEXT)
        tag = tag_of(generation, asked, query, media, packed=packed)
        headers = {"vary": "Accept, Accept-Encoding", "cache-control": "no-cache"} | ({"etag": tag} if tag else {})
        if is_fresh(request, tag):
            return Response(None, 304, headers)
        headers["content-type"] = f"{media}; charset=utf-8" if media.startswith("text/") else media
        if packed:
            headers["content-encoding"] = "gzip"
        if request.method == "HEAD":
            return Response(None, 200, headers)
        asked = _own_dataset(asked, generation)
        begin = partial(
            generation.engine.stream, asked.query, media=media, limits=limits,
            default_graphs=asked.default_graphs, named_graphs=asked.named_graphs, base=base,
        )  # fmt: skip
        stream = await _begun(request, begin)
    except (QueryTimeout, QueryLimit) as error:
        raise Refused(422, str(error)) from None
    except QueryError as error:
        raise Refused(400, str(error)) from None
    except UsageError as error:
        raise Refused(406, str(error)) from None
    return _Streamed(stream, held.pop_all(), packed, headers)


def _own_dataset(asked: Asked, generation: Generation) -> Asked:
    """Take the name that the default graph has in other stores for our own one, where all our graphs are asked.

    So this server can stand where another store stood, for those who always say which graphs they mean.
    """
    if generation.project is None or asked.default_graphs != (generation.project.default_graph,):
        return asked
    return (
        replace(asked, default_graphs=(), named_graphs=())
        if {*asked.named_graphs} >= generation.engine.graphs()
        else asked
    )


async def _begun(request: Request, begin: partial[Stream]) -> Stream:
    """Begin a query in a thread; it is ended where whoever asked goes away before the first byte."""
    cancellation = Cancellation()
    found: list[Stream] = []
    error: list[Exception] = []

    def run() -> None:
        try:
            found.append(begin(cancellation=cancellation))
        except Exception as caught:  # raised by whoever asked, not by the group of tasks
            error.append(caught)

    async def watch() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        cancellation.cancel()

    async with anyio.create_task_group() as group:
        group.start_soon(watch)
        await to_thread.run_sync(run)
        group.cancel_scope.cancel()
    if error:
        raise error[0]
    return found[0]


class _Streamed(Response):
    """An answer on its way.

    When it stops half-way, its end is never sent and the connection is closed: nobody can take a part for all.
    """

    def __init__(self, stream: Stream, held: ExitStack, packed: bool, headers: dict[str, str]) -> None:
        super().__init__(None, 200, headers)
        del self.headers["content-length"]
        self.stream, self.held = stream, held
        self.pieces = _packed(stream) if packed else _pieces(stream)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(self._watch, receive, group.cancel_scope)
                await self._send(send)
                group.cancel_scope.cancel()
        finally:
            self.stream.close()
            self.held.close()

    async def _watch(self, receive: Receive, scope: anyio.CancelScope) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.stream.close()
        scope.cancel()

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        with suppress(ColloquyError, OSError):  # a limit, or a reader that takes nothing more
            async for piece in self.pieces:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _pieces(stream: Stream) -> AsyncIterator[bytes]:
    while (piece := await to_thread.run_sync(next, stream, None, abandon_on_cancel=True)) is not None:
        yield piece


async def _packed(stream: Stream) -> AsyncIterator[bytes]:
    pack = zlib.compressobj(5, zlib.DEFLATED, 31)
    async for piece in _pieces(stream):
        if made := pack.compress(piece):
            yield made
    yield pack.flush()
