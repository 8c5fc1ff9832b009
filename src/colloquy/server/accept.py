"""Content negotiation (RFC 9110, clause 12): which of the forms on offer somebody would rather have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from starlette.datastructures import Headers


def given(headers: Headers, name: str) -> str:
    """Give a header that is a list; it may come in several lines (RFC 9110, clause 5.3)."""
    return ", ".join(headers.getlist(name))


class Range(NamedTuple):
    """A media range of an `Accept` header: both halves, how many parameters besides, the quality."""

    kind: str
    subkind: str
    narrow: int
    quality: float


def read_accept(header: str) -> list[Range]:
    """Read an `Accept` header; what is no media range in it is passed over.

    >>> read_accept("text/turtle;q=0.5, */*;q=0.1")
    [Range(kind='text', subkind='turtle', narrow=0, quality=0.5), Range(kind='*', subkind='*', narrow=0, quality=0.1)]
    """
    found = []
    for part in header.lower().split(","):
        media, *parameters = (piece.strip() for piece in part.split(";"))
        kind, slash, subkind = media.partition("/")
        if not slash or not kind or not subkind or (kind == "*" and subkind != "*"):
            continue
        quality, narrow = 1.0, 0
        for parameter in parameters:
            name, _, value = (piece.strip() for piece in parameter.partition("="))
            if name == "q":
                quality = _number(value)
            else:
                narrow += 1
        found.append(Range(kind, subkind, narrow, quality))
    return found


def _number(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0


def best(header: str, offered: Sequence[str]) -> str | None:
    """Choose a media type out of those on offer, best first; None where none of them is acceptable.

    The most exact range that fits a type gives its quality; equal ones go by the order of the offer.
    Without a header everything is acceptable.

    >>> best("text/*;q=0.3, text/csv;q=0.9", ["text/turtle", "text/csv"])
    'text/csv'
    >>> best("image/png", ["text/turtle"]) is None
    True
    """
    if not header.strip():
        return offered[0]
    ranges = read_accept(header)
    chosen, quality = None, 0.0
    for media in offered:
        kind, _, subkind = media.partition("/")
        fitting = [r for r in ranges if r.kind in (kind, "*") and r.subkind in (subkind, "*")]
        if fitting:
            nearest = max(fitting, key=lambda r: (r.kind != "*", r.subkind != "*", -r.narrow))
            if nearest.quality > quality:
                chosen, quality = media, nearest.quality
    return chosen


def takes_gzip(header: str) -> bool:
    """Tell whether an `Accept-Encoding` header takes gzip.

    >>> takes_gzip("br, gzip;q=0.5"), takes_gzip("*, gzip;q=0"), takes_gzip("")
    (True, False, False)
    """
    named = {}
    for part in header.lower().split(","):
        name, _, rest = part.partition(";")
        named[name.strip()] = _number(rest.partition("=")[2] or "1")
    return next((named[name] > 0 for name in ("gzip", "x-gzip", "*") if name in named), False)
