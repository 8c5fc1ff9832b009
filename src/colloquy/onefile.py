"""What every page in one file needs: our scripts and styles, their hashes for the policy, and the colours of kinds.

A page asks for nothing: its scripts and styles stand in it, and its content security policy names
them by their SHA-256.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from colloquy.errors import ProjectError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

PAPER, NIGHT = "#fbfaf7", "#14161a"
"""A page's background, light and dark; `base.css` has the same two."""

HEAD_SCRIPT = 'document.documentElement.className="js"'

_OWN = re.compile(rb'(<script type="text/plain" id="\w+" data-own>)[^<]+')
_HEX = re.compile(r"#(?:[0-9a-f]{3}){1,2}", re.IGNORECASE)


def web_text(path: str) -> str:
    """Read a text below `web/`, such as `page/base.css`."""
    return (files("colloquy") / "web" / path).read_text(encoding="utf-8").replace("\r\n", "\n")


def one_scope(scripts: Iterable[str]) -> str:
    """Join our scripts into one scope, so that they share names with each other and with nothing else."""
    body = "\n".join(scripts)
    return f'(async () => {{\n"use strict";\n{body}}})();\n'


def hash_of(text: str) -> str:
    """Give a script or style as a content security policy names it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def for_a_server(page: bytes) -> bytes:
    """Leave out of a page what it carries for where no server answers it.

    >>> for_a_server(b'<script type="text/plain" id="theData" data-own>H4sI</script>')
    b'<script type="text/plain" id="theData" data-own></script>'
    """
    return _OWN.sub(rb"\1", page)


def as_written(text: str) -> Any:
    """Mark our own script or style as ready for the page, once it is sure not to end its own element."""
    from markupsafe import Markup

    if re.search(r"</(?:script|style)|<!--", text, re.IGNORECASE):
        raise ProjectError("a script or style of the page holds text that would end its element early")
    return Markup(text)


def environment(*folders: str) -> Any:
    """Give a Jinja environment that finds templates by name in these folders below `web/`."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    def load(name: str) -> str | None:
        for folder in folders:
            if (files("colloquy") / "web" / folder / name).is_file():
                return web_text(f"{folder}/{name}")
        return None

    return Environment(
        loader=FunctionLoader(load), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def vis_network() -> str:
    """Read the vis-network that pyvis ships; the newest, where there are several.

    Line ends are made plain, as a browser makes them before it takes the hash, and the mention of a
    source map goes, since developer tools would ask for it.
    """
    folder = files("pyvis") / "lib"
    found = [path for path in folder.iterdir() if path.name.startswith("vis-")]
    if not found:
        raise ProjectError("the installed pyvis has no vis-network — run: pip install --force-reinstall pyvis")
    text = (max(found, key=_version) / "vis-network.min.js").read_text(encoding="utf-8")
    return re.sub(r"^//# sourceMappingURL=.*$", "", text.replace("\r\n", "\n").replace("\r", "\n"), flags=re.MULTILINE)


def _version(path: Traversable) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", path.name)]


def visible(colour: str, background: str, ratio: float = 3.0) -> str:
    """Give the colour, or the nearest shade of it that stands out enough from a background.

    3 : 1 is what WCAG 2.2, 1.4.11 asks of a mark.  What is no `#rrggbb` or `#rgb` becomes a grey.

    >>> visible("#0072b2", "#ffffff")
    '#0072b2'
    >>> visible("#ffee00", "#ffffff")
    '#a09600'
    """
    shade = rgb(colour) if _HEX.fullmatch(colour) else (112.0, 117.0, 125.0)
    ground = rgb(background)
    pole = 0.0 if luminance(ground) > 0.18 else 255.0
    for _ in range(100):
        light, dark = sorted((luminance(shade), luminance(ground)), reverse=True)
        if (light + 0.05) / (dark + 0.05) >= ratio:
            break
        shade = tuple(channel + (pole - channel) * 0.02 for channel in shade)
    return "#" + "".join(f"{round(channel):02x}" for channel in shade)


def kind_styles(kinds: Sequence[Mapping[str, Any]]) -> str:
    """Write each kind's colour for the light and the dark page; a shade of it where it is too faint."""

    def rules(key: str, background: str) -> Iterable[str]:
        for at, kind in enumerate(kinds):
            yield f".k{at}{{--kind:{visible(str(kind.get(key) or ''), background)}}}"

    light, dark = "".join(rules("colour", PAPER)), "".join(rules("dark", NIGHT))
    return f"{light}\n@media (prefers-color-scheme:dark){{@media not print{{{dark}}}}}\n"


def rgb(colour: str) -> tuple[float, ...]:
    """Give the channels of `#rrggbb` or `#rgb`, each from 0 to 255."""
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    return tuple(float(int(digits[at : at + 2], 16)) for at in (0, 2, 4))


def luminance(channels: Sequence[float]) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    parts = [c / 255 for c in channels]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
