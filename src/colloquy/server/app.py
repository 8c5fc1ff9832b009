"""Which address means what."""

from __future__ import annotations

import json
from collections.abc import Collection
from contextlib import ExitStack
from functools import partial
from typing import Any

import pyoxigraph
from anyio import to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from colloquy.errors import ColloquyError, ProjectError, QueryTimeout
from colloquy.query.answers import FORMATS
from colloquy.query.streaming import Limits
from colloquy.server import answering, description, entities
from colloquy.server.accept import best, takes_gzip
from colloquy.server.guard import LARGEST_BODY, Guard, read_body
from colloquy.server.protocol import Refused, fields, read_asked
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
        body = b""
        if request.method == "POST":
            try:
                found = await read_body(request.receive)
            except TimeoutError:
                raise Refused(408, "the request did not arrive in time") from None
            if found is None:
                raise Refused(413, f"a request has {LARGEST_BODY:,} bytes at most")
            body = found
        content_type = request.headers.get("content-type", "")
        asked = read_asked(request.method, request.scope["query_string"], content_type, body)
        with ExitStack() as held:
            generation = await to_thread.run_sync(held.enter_context, self.site.generation())
            if asked is None:
                return await to_thread.run_sync(self._describe, request, generation)
            return await answering.answer(request, asked, generation, held, self.limits)
        raise AssertionError("an answer was given above")

    def _describe(self, request: Request, generation: Generation) -> Response:
        offered = tuple(media for media in _RDF if media != "application/ld+json")
        media = best(request.headers.get("accept", ""), (*offered, "text/html"))
        if media is None:
            raise Refused(406, f"the description can be had as {', '.join(offered)}")
        if media == "text/html" and "query.html" in generation.files:
            return Response(None, 303, {"location": "/query", "vary": "Accept"})
        endpoint = str(request.url.replace(query="", fragment=""))
        key = f"description {endpoint}"
        if key not in generation.kept:
            generation.kept[key] = "\n".join(n_quads(description.describe(generation.engine, endpoint)))
        quads = pyoxigraph.parse(generation.kept[key], pyoxigraph.RdfFormat.N_TRIPLES)
        media = media if media in offered else offered[0]
        form = pyoxigraph.RdfFormat.from_media_type(media)
        assert form is not None
        prefixes = {"sd": description.SD, "void": description.VOID}
        text = pyoxigraph.serialize((quad.triple for quad in quads), format=form, prefixes=prefixes)
        return Response(text, 200, {"content-type": media, "vary": "Accept", "cache-control": "no-cache"})

    async def health(self, request: Request) -> Response:
        """Say that the server answers, and from which generation."""
        with ExitStack() as held:
            generation = await to_thread.run_sync(held.enter_context, self.site.generation())
            return JSONResponse({"status": "ok", "generation": generation.digest})
        raise AssertionError("an answer was given above")

    async def why(self, request: Request) -> Response:
        """Explain a row, named by its values."""
        given = await self._given(request)
        try:
            row = json.loads(given.get("row", ""))
            terms = {str(name): term_of(part) for name, part in row.items()}
        except (ValueError, AttributeError) as error:
            words = f"`row` is a JSON object of the row's values, each as in SPARQL JSON results: {error}"
            raise Refused(400, words) from None
        return await self._reason({"do": "why", "query": given["query"], "row": terms})

    async def doctor(self, request: Request) -> Response:
        """Say why a query gives nothing, and what would."""
        given = await self._given(request)
        return await self._reason({"do": "doctor", "query": given["query"]})

    async def _given(self, request: Request) -> dict[str, str]:
        text = request.scope["query_string"]
        if request.method == "POST":
            try:
                text = await read_body(request.receive)
            except TimeoutError:
                raise Refused(408, "the request did not arrive in time") from None
            if text is None:
                raise Refused(413, f"a request has {LARGEST_BODY:,} bytes at most")
        given = dict(fields(text))
        if "query" not in given:
            raise Refused(400, "there is no field `query`")
        return given

    async def _reason(self, wanted: dict[str, Any]) -> Response:
        with ExitStack() as held:
            generation = await to_thread.run_sync(held.enter_context, self.site.generation())
            if generation.project is None:
                raise Refused(404, "reasons are known of a project's facts; this is a graph by itself")
            assert generation.reasons
            try:
                answer = await to_thread.run_sync(generation.reasons.ask, wanted, self.limits.seconds)
            except QueryTimeout as error:
                raise Refused(422, str(error)) from None
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
        said = entities.said_of(generation, term) if term else None
        if term is None or not said:
            raise Refused(404, "there is nothing at this address; queries go to /sparql")
        media = entities.wanted_form(request.query_params) or best(request.headers.get("accept", ""), entities.FORMS)
        if media is None:
            raise Refused(406, f"this can be had as {', '.join(entities.FORMS)}")
        headers = {"vary": "Accept", "cache-control": "no-cache"}
        if media == "text/html":
            headers |= {"content-type": "text/html; charset=utf-8", "content-security-policy": entities.policy()}
            return Response(entities.page(generation, term, said), 200, headers)
        form = entities.RDF_FORMS[media]
        return Response(said.serialise(form), 200, {**headers, "content-type": FORMATS[form][1]})


def _file(request: Request, file: File) -> Response:
    packed = takes_gzip(request.headers.get("accept-encoding", ""))
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
    return PlainTextResponse("nothing is built here yet\n", 503, {"retry-after": "5"})


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
    handlers = {Refused: _refused, ProjectError: _not_built}
    return Guard(Starlette(routes=routes, exception_handlers=handlers), hosts, origins)
