"""Reads requests as the SPARQL 1.1 Protocol, clause 2.1, has them, and refuses what it does not have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from colloquy.errors import did_you_mean, printable

FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
MOST_FIELDS = 1_000
_READ_ONLY = "this endpoint only reads: there is no update and no graph store — facts are changed in the YAML files"


class Refused(Exception):  # noqa: N818 - what happened to a request; it is answered, not raised to anybody
    """A request that is answered with a status of 400 and more, and with words."""

    def __init__(self, status: int, words: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(words)
        self.status, self.words, self.headers = status, words, dict(headers or {})


@dataclass(frozen=True)
class Asked:
    """A query with the graphs that it is asked of; given graphs stand in for its own (clause 2.1.4)."""

    query: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


def read_asked(method: str, query_string: bytes, content_type: str, body: bytes) -> Asked | None:
    """Read a query operation: by GET, by POST with a form, or by POST with the query itself.

    None for a GET that asks nothing, which is for the service description.  Raises Refused.
    """
    url = fields(query_string)
    if "update" in dict(url) or "using-graph-uri" in dict(url) or "using-named-graph-uri" in dict(url):
        raise Refused(403, _READ_ONLY)
    if method in ("GET", "HEAD"):
        return _asked(url) if any(name == "query" for name, _ in url) else None
    media, charset = _media(content_type)
    if media == UPDATE:
        raise Refused(403, _READ_ONLY)
    if charset not in ("utf-8", "utf8", ""):
        raise Refused(415, f"the body is in {printable(charset, 40)} — send UTF-8")
    if media == FORM:
        form = fields(body)
        if "update" in dict(form):
            raise Refused(403, _READ_ONLY)
        return _asked([*url, *form])
    if media == QUERY:
        if any(name == "query" for name, _ in url):
            raise Refused(400, "the query stands in the body and in the address — send it once")
        return _asked([*url, ("query", _decoded(body))])
    found = f"found `{printable(media, 60)}`" if media else "there is no Content-Type"
    raise Refused(415, f"{found} — send a query as {QUERY}, or a form as {FORM}")


def read_fields(method: str, query_string: bytes, content_type: str, body: bytes) -> dict[str, str]:
    """Read the fields of a request that has each of them once, by GET or by POST with a form.  Raises Refused."""
    found = fields(query_string)
    if method == "POST":
        media, _ = _media(content_type)
        if media != FORM:
            raise Refused(415, f"found `{printable(media, 60)}` — send a form as {FORM}")
        found += fields(body)
    given = dict(found)
    if len(given) < len(found):
        twice = next(name for number, (name, _) in enumerate(found) if name in dict(found[:number]))
        raise Refused(400, f"there are several fields `{printable(twice, 40)}` — send one")
    return given


def fields(text: bytes) -> list[tuple[str, str]]:
    """Read the fields of a form or of an address; raises Refused for what is no UTF-8, or too much."""
    try:
        return parse_qsl(text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except UnicodeDecodeError:
        raise Refused(400, "a field is not in UTF-8, percent-encoded where it is not ASCII") from None
    except ValueError:
        raise Refused(400, f"there are more than {MOST_FIELDS:,} fields") from None


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(400, f"the query is not in UTF-8: byte {error.start + 1:,} cannot be read") from None


def _media(content_type: str) -> tuple[str, str]:
    """Give the media type and the charset of a Content-Type."""
    media, *parameters = (part.strip().lower() for part in content_type.split(";"))
    named = dict(part.partition("=")[::2] for part in parameters)
    return media, named.get("charset", "").strip('"')


def _asked(given: Iterable[tuple[str, str]]) -> Asked:
    values: dict[str, list[str]] = {}
    for name, value in given:
        values.setdefault(name, []).append(value)
    queries = values.get("query", [])
    if not queries:
        known = ("query", "default-graph-uri", "named-graph-uri")
        near = next((f"; {did_you_mean(name, known)}" for name in values if name not in known), "")
        raise Refused(400, f"there is no field `query`{near}")
    if len(queries) > 1:
        raise Refused(400, f"there are {len(queries)} fields `query` — send one")
    graphs = {name: tuple(values.get(name, ())) for name in ("default-graph-uri", "named-graph-uri")}
    for name, iris in graphs.items():
        for iri in iris:
            if not _is_absolute(iri):
                raise Refused(400, f"`{name}` is the address of a graph; found `{printable(iri, 80)}`")
    return Asked(queries[0], graphs["default-graph-uri"], graphs["named-graph-uri"])


def _is_absolute(iri: str) -> bool:
    scheme, colon, _ = iri.partition(":")
    return bool(colon) and scheme.isascii() and scheme[:1].isalpha() and not set(iri) & set(' <>"{}|\\^`\n\r\t')
