"""The page of terms: what the ontology lets one say, how it is written, and how often it was said.

One file that asks for nothing: no script, and a policy that names its style by its SHA-256.  Well
described terms look rich, and a term without definition or example says so, as pyLODE does it
(https://github.com/RDFLib/pyLODE).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files

from colloquy.facts import Facts
from colloquy.index import TripleIndex
from colloquy.ontology import Ontology
from colloquy.query import Question
from colloquy.reference.model import MOST_LISTED, NETWORK_PAGE, Reference
from colloquy.settings import Settings

STYLES = ("page/base.css", "reference.css", "reference/parts.css")


def write_reference(
    ontology: Ontology,
    graph: TripleIndex,
    facts: Facts,
    settings: Settings,
    questions: Sequence[Question] = (),
    *,
    query_page: bool = False,
) -> str:
    """Render the page of terms as HTML text, to be written in UTF-8 with its line ends kept.

    `graph` is the closure of the facts: it gives the labels, and the counts of what follows from
    what was written.  `questions` are the project's, listed at the terms that they use; with
    `query_page`, queries are links into that page.  Equal input gives equal text.
    """
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # 40 ms, and only a build needs it
    from markupsafe import Markup

    def prose(text: str) -> Markup:
        """Show what stands between backticks as code."""
        parts = text.split("`")
        if len(parts) % 2 == 0:  # one backtick stands alone: leave all as they are
            return Markup.escape(text)
        return Markup().join(Markup("<code>{}</code>").format(p) if n % 2 else p for n, p in enumerate(parts))

    model = Reference(ontology, graph, facts, settings, questions, query_page=query_page)
    styles = "\n".join([*map(_web, STYLES), model.kind_styles()])
    environment = Environment(
        loader=FunctionLoader(_web), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["prose"] = prose
    return environment.get_template("reference.html").render(
        page=model.page(),
        styles=Markup(styles),
        policy=f"default-src 'none'; style-src {_hash(styles)}; img-src data:; base-uri 'none'; form-action 'none'",
        network=NETWORK_PAGE,
        most=MOST_LISTED,
    )


def _web(name: str) -> str:
    return (files("colloquy") / "web" / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
