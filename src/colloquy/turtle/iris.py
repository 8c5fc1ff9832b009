"""References to IRIs, resolved against a base: RFC 3986, clause 5.2 (https://www.rfc-editor.org/rfc/rfc3986)."""

from __future__ import annotations

import re

# Appendix B of the RFC, with a scheme that looks like one.
_PARTS = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)


def resolve(reference: str, base: str) -> str:
    """Resolve a reference against a base; without a base it has to be an IRI already, and stays as it is.

    >>> resolve("../b#c", "http://example.org/x/y/z")
    'http://example.org/x/b#c'

    Raises ValueError for a relative reference without a base.
    """
    parts = _PARTS.fullmatch(reference)
    assert parts is not None  # every text has these parts, most of them empty
    scheme, authority, path, query, fragment = parts.groups()
    if not base or scheme is not None:
        if scheme is None:
            raise ValueError(f"{reference} is relative, and there is no base")
        return reference
    of_base = _PARTS.fullmatch(base)
    assert of_base is not None
    if authority is None:
        authority = of_base[2]
        if not path:
            path, query = of_base[3], query if query is not None else of_base[4]
        elif not path.startswith("/"):
            path = _without_dots(_merge(of_base[2], of_base[3]) + path)
        else:
            path = _without_dots(path)
    else:
        path = _without_dots(path)
    made = f"{of_base[1]}:" + (f"//{authority}" if authority is not None else "") + path
    return made + (f"?{query}" if query is not None else "") + (f"#{fragment}" if fragment is not None else "")


def _merge(authority: str | None, path: str) -> str:
    """Give what of a base's path stands before a relative one (clause 5.2.3)."""
    return "/" if authority is not None and not path else path[: path.rfind("/") + 1]


def _without_dots(path: str) -> str:
    """Leave out the segments `.` and `..` (clause 5.2.4)."""
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == ".." and len(kept) > 1:
            kept.pop()
        elif segment not in (".", ".."):
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/".join(kept)
