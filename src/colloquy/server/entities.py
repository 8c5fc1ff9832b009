"""Addresses of entries that resolve: what the graph says of one, as a small page, Turtle or JSON-LD."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from urllib.parse import urlsplit

from colloquy.query import Answer
from colloquy.server.site import Generation
from colloquy.terms import LABEL, Term, compress, iri, iri_value, is_iri, plain

MOST = 1_000
"""Statements that a page shows in each direction."""
RDF_FORMS = {"text/turtle": "turtle", "application/ld+json": "jsonld", "application/n-triples": "ntriples",
             "application/rdf+xml": "rdfxml"}  # fmt: skip
FORMS = ("text/html", *RDF_FORMS)

_STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere }
li { margin: .35rem 0 } small { opacity: .8 } a { color: LinkText }
"""


def address_of(base: str, path: str) -> Term | None:
    """Give the IRI that a path of this server stands for: that of the base with this path; None where it is none.

    >>> address_of("https://example.org/talks/", "/talks/ada-brook")
    '<https://example.org/talks/ada-brook>'
    """
    parts = urlsplit(base)
    if not path.startswith(parts.path) or path == parts.path:
        return None
    try:
        return iri(f"{parts.scheme}://{parts.netloc}{path}")
    except ValueError:
        return None


def said_of(generation: Generation, term: Term, limit_seconds: float) -> Answer:
    """Give what the default graph says of a term, in both directions; it is empty for an unknown one."""
    text = f"CONSTRUCT {{ {term} ?p ?o . ?s ?q {term} }} WHERE {{ {{ {term} ?p ?o }} UNION {{ ?s ?q {term} }} }}"
    return generation.engine.ask(text, limit_seconds=limit_seconds)


def page(generation: Generation, term: Term, said: Answer) -> str:
    """Write the page of an entry: what was written of it as sentences, then the rest of what the graph holds."""
    assert generation.project is not None
    project = generation.project
    labels = project.labels(said)
    prefixes = project.prefixes
    name = labels.get(term, compress(term, prefixes).removeprefix(":"))
    triples = sorted((s or "", p or "", o or "") for s, p, o in said.rows)

    def shown(one: Term) -> str:
        if not is_iri(one):
            return f"<bdi>{escape(plain(one))}</bdi>"
        words = f"<bdi>{escape(labels.get(one, compress(one, prefixes)))}</bdi>"
        value = iri_value(one)
        if one == term:
            return words
        if value.startswith(project.settings.base):
            return f'<a href="{escape(urlsplit(value).path)}">{words}</a>'
        return f'<a href="{escape(value)}">{words}</a>' if value.startswith(("https://", "http://")) else words

    def listed(some: Iterable[tuple[str, str, str]]) -> str:
        rows = list(some)
        more = f"<li>… and {len(rows) - MOST:,} more</li>" if len(rows) > MOST else ""
        items = (f"<li>{shown(s)} — {shown(p)} — {shown(o)}</li>" for s, p, o in rows[:MOST])
        return f"<ul>{''.join(items)}{more}</ul>"

    own = [t for t in triples if t[0] == term and t[1] != LABEL]
    others = [t for t in triples if t[0] != term]
    id_ = iri_value(term).removeprefix(project.settings.base)
    links = (f'<a type="{media}" rel="alternate" href="?form={form}">{form}</a>' for media, form in RDF_FORMS.items())
    forms = " · ".join(links)
    return f"""<!doctype html>
<html lang="{escape(project.settings.language or "en")}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(name)}</title>
<style>{_STYLE}</style></head>
<body><main><h1><bdi>{escape(name)}</bdi></h1>
<p><code>{escape(iri_value(term))}</code></p>
<p><a href="/#{escape(id_)}">See it in the network</a> · <small>{forms}</small></p>
<h2>What is said of it</h2>{listed(own)}
{"<h2>Where it is mentioned</h2>" + listed(others) if others else ""}</main></body></html>
"""


def policy(style: str = _STYLE) -> str:
    """Give the content security policy of the page: its own style, and nothing else."""
    import base64
    import hashlib

    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def wanted_form(query: Mapping[str, str]) -> str | None:
    """Give the media type that `?form=` asks for, for those who cannot set a header; None where it is not there."""
    return next((media for media, form in RDF_FORMS.items() if form == query.get("form")), None)
