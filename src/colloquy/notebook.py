"""The network in a notebook: pyvis's `Network`, and in Jupyter the project's own page of it, in a frame.

The frame holds the whole page and asks for nothing, so that it works without a network, and in a notebook
that was sent or published.  It runs apart from the notebook: neither reaches into the other.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import lru_cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from colloquy.page import Model, network, write_page

if TYPE_CHECKING:
    from pyvis.network import Network

HEIGHT = 640
"""Of the frame, in pixels of CSS."""


def frame(page: str, title: str, height: int = HEIGHT) -> str:
    """Put a whole page into a frame of HTML, as a cell of a notebook shows it.

    >>> frame("<p>Ada & Ben</p>", "Two", 200).count("&lt;p&gt;Ada &amp; Ben&lt;/p&gt;")
    1
    """
    style = f"width:100%;height:{height}px;border:1px solid color-mix(in srgb,currentColor 25%,transparent)"
    allowed = "allow-scripts allow-popups allow-downloads"
    return f'<iframe title="{escape(title)}" sandbox="{allowed}" style="{style}" srcdoc="{escape(page)}"></iframe>'


def view(model: Model) -> Network:
    """Give the network of a page model as a pyvis `Network` that a notebook shows as the project's page."""
    return _view_class()(network(model), lambda: framed_page(model), f"The network of {model['title']}")


def framed_page(model: Model) -> str:
    """Write the network page so that its own links work in a frame without an address."""
    script = (files("colloquy") / "web" / "notebook.js").read_text(encoding="utf-8").replace("\r\n", "\n")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    page = write_page(model).replace("script-src ", f"script-src &#39;sha256-{digest}&#39; ", 1)
    return page.replace("<script>", f"<script>{script}</script>\n<script>", 1)


@lru_cache(maxsize=1)
def _view_class() -> Any:
    from pyvis.network import Network

    class View(Network):  # type: ignore[misc]  # pyvis has no types
        """A pyvis `Network` that a notebook shows as the project's page."""

        def __init__(self, filled: Network, page: Callable[[], str], title: str) -> None:
            self.__dict__.update(filled.__dict__)
            self._page, self._title = page, title

        def _repr_html_(self) -> str:
            return frame(self._page(), self._title)

        def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
            printer.text(f"{self._title}: {len(self.nodes)} nodes, {len(self.edges)} edges")

    return View
