"""Which address means what."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from typing import Any

import pyoxigraph
from anyio import to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from colloquy.errors import ColloquyError, ProjectError, QueryBusy, QueryError, QueryTimeout, printable
from colloquy.query.answers import FORMATS
from colloquy.query.streaming import Limits
from colloquy.server import answering, description, entities
from colloquy.server.accept import best, given, takes_gzip
from colloquy.server.guard import LARGEST_BODY, MOST_CONNECTIONS, Guard, read_body
from colloquy.server.protocol import Refused, read_asked, read_fields
from colloquy.server.reasons import term_of
from colloquy.server.site import PAGES, File, Generation, Site
from colloquy.terms import n_quads

_RDF = ("text/turtle", "application/ld+json", "application/n-triples", "application/rdf+xml")


class App:
    """The addresses of a site; each answer comes from one generation."""

    def __init__(self, site: Site, limits: Limits) -> None:
        self.site, self.limits = site, limits

    async def sparql(self, request: Request) -> Response:
        """Answer a query, or describe the service where none is asked."""
        asked = read_asked(*await _parts(request))
        with ExitStack() as held:
            generation = await to_thread.run_sync(held.enter_context, self.site.generation())
            if asked is None:
                return await to_thread.run_sync(self._describe, request, generation)
            return await answering.answer(request, asked, generation, held, self.limits)
        raise AssertionError("an answer was given above")

    def _describe(self, request: Request, generation: Generation) -> Response:
        offered = tuple(media for media in _RDF if media != "application/ld+json")
        media = best(given(request.headers, "accept"), (*offered, "text/html"))
        if media is None:
            raise Refused(406, f"the description can be had as {', '.join(offered)}")
        if media == "text/html" and "query.html" in generation.files:
            return Response(None, 303, {"location": "/query", "vary": "Accept"})
        media = media if media in offered else offered[0]
        address = str(request.url.replace(query="", fragment=""))
        headers = _tagged(generation.digest, media, address)
        if answering.is_fresh(request, headers["etag"]):
            return Response(None, 304, headers)
        lines = n_quads([description.endpoint(address), *generation.description()])
        quads = pyoxigraph.parse("\n".join(lines), pyoxigraph.RdfFormat.N_TRIPLES)
        form = pyoxigraph.RdfFormat.from_media_type(media)
        assert form is not None
        prefixes = {"sd": description.SD, "void": description.VOID}
        text = pyoxigraph.serialize((quad.triple for quad in quads), format=form, prefixes=prefixes)
        return Response(text, 200, {**headers, "content-type": media})

    async def health(self, request: Request) -> Response:
        """Say that the server answers, and from which generation."""
        with ExitStack() as held:
            generation = await to_thread.run_sync(held.enter_context, self.site.generation())
            return JSONResponse({"status": "ok", "generation": generation.digest})
        raise AssertionError("an answer was given above")

    async def why(self, request: Request) -> Response:
        """Explain a row, named by its values."""
        fields = await _fields(request)
        try:
            if "row" not in fields:
                raise ValueError("there is none")
            row = json.loads(fields["row"])
            if not isinstance(row, dict):
                raise ValueError("it is none")
            json.dumps(row, ensure_ascii=False).encode()  # half of a surrogate pair is no character
            terms = {name: term_of(part) for name, part in row.items()}
        except (ValueError, RecursionError) as error:
            shown = printable(str(error), 200)
            words = f"`row` is a JSON object of the row's values, each as in SPARQL JSON results: {shown}"
            raise Refused(400, words) from None
        return await self._reason(request, {"do": "why", "query": fields["query"], "row": terms})

    async def doctor(self, request: Request) -> Response:
        """Say why a query gives nothing, and what would."""
        return await self._reason(request, {"do": "doctor", "query": (await _fields(request))["query"]})

    async def _reason(self, request: Request, wanted: dict[str, Any]) -> Response:
        with ExitStack() as held:
            generation = await to_thread.run_sync(held.enter_context, self.site.generation())
            if generation.project is None:
                raise Refused(404, "reasons are known of a project's facts; this is a graph by itself")
            assert generation.reasons
            ask = partial(generation.reasons.ask, wanted, self.limits.seconds)
            try:
                answer = await answering.unless_left(request, ask)
            except QueryBusy as error:
                raise answering.busy(error) from None
            except QueryTimeout as error:
                raise Refused(422, str(error)) from None
            except ProjectError:
                raise
            except ColloquyError as error:
                raise Refused(400, str(error)) from None
            return JSONResponse(answer or {"rows": True}, headers={"cache-control": "no-cache"})
        raise AssertionError("an answer was given above")

    async def other(self, request: Request) -> Response:
        """Give a page, a file of the output, or what is said of an entry."""
        with ExitStack() as held:
            generation = await to_thread.run_sync(held.enter_context, self.site.generation())
            path = request.url.path
            file = generation.files.get(PAGES.get(path, path.removeprefix("/")))
            if file is not None:
                return await to_thread.run_sync(_file, request, file)
            if generation.project is not None:
                return await to_thread.run_sync(partial(self._entity, request, generation))
            raise Refused(404, "there is nothing at this address; queries go to /sparql")
        raise AssertionError("an answer was given above")

    def _entity(self, request: Request, generation: Generation) -> Response:
        assert generation.project is not None
        term = entities.address_of(generation.project.settings.base, request.url.path)
        try:
            said = entities.said_of(generation, term, self.limits.seconds) if term else None
        except QueryError:  # too long, or one that IRIs of the web cannot be
            said = None
        if term is None or not said:
            raise Refused(404, "there is nothing at this address; queries go to /sparql")
        accept = given(request.headers, "accept")
        media = entities.wanted_form(request.query_params) or best(accept, entities.FORMS)
        if media is None:
            raise Refused(406, f"this can be had as {', '.join(entities.FORMS)}")
        headers = _tagged(generation.digest, media, term)
        if answering.is_fresh(request, headers["etag"]):
            return Response(None, 304, headers)
        if media == "text/html":
            headers |= {"content-type": "text/html; charset=utf-8", "content-security-policy": entities.policy()}
            return Response(entities.page(generation, term, said), 200, headers)
        form = entities.RDF_FORMS[media]
        return Response(said.serialise(form), 200, {**headers, "content-type": FORMATS[form][1]})


async def _parts(request: Request) -> tuple[str, bytes, str, bytes]:
    """Give what a request says: method, query of its address, media type and body."""
    body = b""
    if request.method == "POST":
        try:
            found = await read_body(request.receive)
        except TimeoutError:
            raise Refused(408, "the request did not arrive in time") from None
        if found is None:
            raise Refused(413, f"a request has {LARGEST_BODY:,} bytes at most")
        body = found
    return request.method, request.scope["query_string"], request.headers.get("content-type", ""), body


async def _fields(request: Request) -> dict[str, str]:
    found = read_fields(*await _parts(request))
    if "query" not in found:
        raise Refused(400, "there is no field `query`")
    return found


def _tagged(*parts: str) -> dict[str, str]:
    return {"vary": "Accept", "cache-control": "no-cache", "etag": answering.weak_tag(*parts)}


def _file(request: Request, file: File) -> Response:
    packed = takes_gzip(given(request.headers, "accept-encoding"))
    tag = f'"{file.tag}{"-gzip" if packed else ""}"'
    headers = {"etag": tag, "vary": "Accept-Encoding", "cache-control": "no-cache", "content-type": file.media}
    if file.media.startswith("text/html"):
        headers["content-security-policy"] = "frame-ancestors *"  # the page's own stands in it; it may be embedded
    if answering.is_fresh(request, tag):
        return Response(None, 304, headers)
    if packed:
        return Response(file.small, 200, {**headers, "content-encoding": "gzip"})
    return Response(file.data, 200, headers)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return PlainTextResponse(error.words + "\n", error.status, error.headers)


async def _not_built(request: Request, error: Exception) -> Response:
    """Say so without the error's own words, which name folders."""
    return PlainTextResponse("nothing is built here, or it cannot be read just now\n", 503, answering.LATER)


async def _too_late(request: Request, error: Exception) -> Response:
    """Say that what the server itself wanted to know was not found in time."""
    status = answering.BUSY if isinstance(error, QueryBusy) else 503
    return PlainTextResponse(f"{error}\n", status, answering.LATER)


@asynccontextmanager
async def _with_threads(_: Starlette) -> AsyncIterator[None]:
    """Let each connection have a thread: those that wait in line must not keep one from those at work."""
    to_thread.current_default_thread_limiter().total_tokens = MOST_CONNECTIONS
    yield


def make_app(site: Site, limits: Limits, hosts: Collection[str], origins: Collection[str] = ()) -> Guard:
    """Make the ASGI application of a site."""
    app = App(site, limits)
    methods = ["GET", "HEAD", "POST"]
    routes = [
        Route("/sparql", app.sparql, methods=methods),
        Route("/why", app.why, methods=methods),
        Route("/doctor", app.doctor, methods=methods),
        Route("/health", app.health, methods=["GET", "HEAD"]),
        Route("/{path:path}", app.other, methods=["GET", "HEAD"]),
    ]
    handlers = {Refused: _refused, ProjectError: _not_built, QueryTimeout: _too_late}
    starlette = Starlette(routes=routes, exception_handlers=handlers, lifespan=_with_threads)
    return Guard(starlette, hosts, origins)
