"""Pages of the invented series, for the tests of them as text and in a browser; each is made once."""

from __future__ import annotations

from functools import cache
from typing import Any

import page_model
from colloquy import page as network_page


def written(model: dict[str, Any]) -> str:
    return network_page.write_page(model)


@cache
def whole() -> dict[str, Any]:
    """Give the invented series."""
    return page_model.harbour()


@cache
def harbour() -> dict[str, Any]:
    """A third of the invented series, for everything but counts: a page of it opens sooner."""
    return page_model.around(
        whole(), "shared-authorship", "harbour-commons", "quayside-library", "entry-53", "after-the-pilot"
    )


@cache
def html() -> str:
    """Give the page of that third."""
    return written(harbour())
