"""Answers a query over HTTP: the form that is wanted, the tag of the answer, and the answer piece by piece."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial
from typing import TypeVar

import anyio
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from colloquy.errors import ColloquyError, ProjectError, QueryBusy, QueryError, QueryLimit, QueryTimeout, UsageError
from colloquy.query import kind_of
from colloquy.query.pool import Cancellation
from colloquy.query.streaming import Limits, Stream, media_types
from colloquy.server.accept import best, given, takes_gzip
from colloquy.server.protocol import Asked, Refused
from colloquy.server.site import Generation
from colloquy.sparql import Query

_NEW_EACH_TIME = frozenset(("NOW", "RAND", "UUID", "STRUUID"))
BUSY, LATER = 429, {"retry-after": "5"}
_T = TypeVar("_T")
_TEXT = ("text/", "application/sparql-results", "application/json", "application/ld", "application/rdf")


def chosen_media(query: Query, accept: str) -> str:
    """Choose the form of an answer before it is computed.  Raises Refused (406) where none is acceptable."""
    offered = media_types(kind_of(query))
    media = best(accept, offered)
    if media is None:
        raise Refused(406, f"this answer can be had as {', '.join(offered)}")
    return media


def tag_of(generation: Generation, asked: Asked, query: Query, media: str, *, packed: bool) -> str:
    """Give the entity tag of an answer, by what decides it; empty where each asking gives another answer.

    It is a weak one: rows may come in another order, and blank nodes under other names (RFC 9110, clause 8.8.1).
    """
    if any(token.text.upper() in _NEW_EACH_TIME for token in query.tokens):
        return ""
    graphs = (*asked.default_graphs, "", *asked.named_graphs)
    return weak_tag(generation.digest, media, asked.query, *graphs, "gzip" if packed else "")


def weak_tag(*parts: str) -> str:
    """Give the entity tag of what these texts decide."""
    whole = "\0".join(parts).encode("utf-8", "replace")
    return f'W/"{hashlib.sha256(whole).hexdigest()[:24]}"'


def is_fresh(request: Request, tag: str) -> bool:
    """Tell whether whoever gets this has it already (RFC 9110, clause 13.1.2); what is posted is always answered."""
    if not tag or request.method not in ("GET", "HEAD"):
        return False
    known = {one.strip().removeprefix("W/") for one in given(request.headers, "if-none-match").split(",")}
    return known == {"*"} or tag.removeprefix("W/") in known


async def answer(request: Request, asked: Asked, generation: Generation, held: ExitStack, limits: Limits) -> Response:
    """Answer a query; `held` keeps the generation, and is closed when the last byte is sent.

    Raises Refused for a query that cannot be answered, or whose limit was hit before the first byte.
    """
    try:
        base = str(request.url.replace(query="", fragment=""))
        query = await to_thread.run_sync(generation.engine.read, asked.query, base)
        media = chosen_media(query, given(request.headers, "accept"))
        packed = takes_gzip(given(request.headers, "accept-encoding")) and media.startswith(_TEXT)
        tag = tag_of(generation, asked, query, media, packed=packed)
        headers = {"vary": "Accept, Accept-Encoding", "cache-control": "no-cache"} | ({"etag": tag} if tag else {})
        if is_fresh(request, tag):
            return Response(None, 304, headers)
        headers["content-type"] = f"{media}; charset=utf-8" if media.startswith("text/") else media
        if packed:
            headers["content-encoding"] = "gzip"
        if request.method == "HEAD":
            bare = Response(None, 200, headers)
            del bare.headers["content-length"]  # which GET finds out
            return bare
        asked = _own_dataset(asked, generation)
        begin = partial(
            generation.engine.stream, asked.query, media=media, limits=limits,
            default_graphs=asked.default_graphs, named_graphs=asked.named_graphs, base=base,
        )  # fmt: skip
        stream = await unless_left(request, lambda cancellation: begin(cancellation=cancellation))
    except QueryBusy as error:
        raise busy(error) from None
    except ProjectError:
        raise Refused(503, "no process for queries could be started just now", LATER) from None
    except (QueryTimeout, QueryLimit) as error:
        raise Refused(422, str(error)) from None
    except QueryError as error:
        raise Refused(400, str(error)) from None
    except UsageError as error:
        raise Refused(406, str(error)) from None
    if stream.is_short:
        with stream:
            body = b"".join(stream)
        return Response(gzip.compress(body, 5, mtime=0) if packed else body, 200, headers)
    return _Streamed(stream, held.pop_all(), packed, headers)


def busy(error: QueryBusy) -> Refused:
    """Say that others were before, and that it is worth asking again."""
    return Refused(BUSY, str(error), LATER)


def _own_dataset(asked: Asked, generation: Generation) -> Asked:
    """Take the name that our default graph has in other stores for the graph without a name.

    So this server can stand where another store stood, for those who always say which graphs they mean.
    """
    if generation.project is None:
        return asked
    own = generation.project.default_graph
    return replace(asked, default_graphs=tuple("" if name == own else name for name in asked.default_graphs))


async def unless_left(request: Request, work: Callable[[Cancellation], _T]) -> _T:
    """Do some work in a thread; it is ended where whoever asked goes away, or the server stops."""
    cancellation = Cancellation()
    found: list[_T] = []
    error: list[Exception] = []

    def run() -> None:
        try:
            found.append(work(cancellation))
        except Exception as caught:  # raised by whoever asked, not by the group of tasks
            error.append(caught)

    async def watch() -> None:
        try:
            while (await request.receive())["type"] != "http.disconnect":
                pass
        finally:
            if not found and not error:
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
    HTTP/1.0 has no end of an answer but that of the connection, which therefore is reset.
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
                if not await self._send(send) and scope["http_version"] == "1.0":
                    scope["state"]["reset"]()
                group.cancel_scope.cancel()
        finally:
            self.stream.close()
            self.held.close()

    async def _watch(self, receive: Receive, scope: anyio.CancelScope) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.stream.close()
        scope.cancel()

    async def _send(self, send: Send) -> bool:
        """Send the answer; tell whether it is whole."""
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        with suppress(ColloquyError, OSError):  # a limit, or a reader that takes nothing more
            async for piece in self.pieces:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return True
        return False


async def _pieces(stream: Stream) -> AsyncIterator[bytes]:
    while (piece := await to_thread.run_sync(next, stream, None, abandon_on_cancel=True)) is not None:
        yield piece


async def _packed(stream: Stream) -> AsyncIterator[bytes]:
    pack = zlib.compressobj(5, zlib.DEFLATED, 31)
    async for piece in _pieces(stream):
        if made := pack.compress(piece):
            yield made
    yield pack.flush()
