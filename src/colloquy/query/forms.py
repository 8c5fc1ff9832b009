"""The forms in which an answer is written: the standard ones for rows, and those for graphs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias
from typing import Literal as OneOf

from colloquy.errors import UsageError, did_you_mean
from colloquy.query.values import lexical
from colloquy.terms import XSD_STRING, Term, iri, literal, literal_parts

if TYPE_CHECKING:
    from colloquy.query.answers import Answer

Kind: TypeAlias = OneOf["select", "ask", "graph"]
_LANGUAGE = re.compile("[A-Za-z]+(-[A-Za-z0-9]+)*")
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _csv(answer: Answer) -> bytes:
    """Write SPARQL 1.1 Query Results CSV, clause 3: plain values, CRLF (RFC 4180)."""
    if answer.kind == "ask":
        return b"true" if answer else b"false"

    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if re.search('[",\r\n]', text) else text

    lines = [",".join(map(cell, answer.columns))]
    lines += [",".join("" if term is None else cell(lexical(term)) for term in row) for row in answer.rows]
    return "".join(line + "\r\n" for line in lines).encode()


def _tsv(answer: Answer) -> bytes:
    """Write SPARQL 1.1 Query Results TSV, clause 4: terms in full, as in N-Triples."""
    if answer.kind == "ask":
        return b"true" if answer else b"false"
    names = answer.columns if answer.kind == "graph" else ["?" + name for name in answer.columns]
    lines = ["\t".join(names)]
    lines += ["\t".join(term or "" for term in row) for row in answer.rows]  # no term holds a raw tab
    return "".join(line + "\n" for line in lines).encode()


def _json(answer: Answer) -> bytes:
    """Write SPARQL 1.1 Query Results JSON."""
    if answer.kind == "ask":
        return json.dumps({"head": {}, "boolean": bool(answer)}).encode() + b"\n"
    bindings = [
        {name: _json_term(term) for name, term in zip(answer.columns, row, strict=True) if term is not None}
        for row in answer.rows
    ]
    whole = {"head": {"vars": answer.columns}, "results": {"bindings": bindings}}
    return json.dumps(whole, ensure_ascii=False).encode() + b"\n"


def _json_term(term: Term) -> dict[str, str]:
    if not term.startswith('"'):
        return {"type": "uri" if term.startswith("<") else "bnode", "value": lexical(term).removeprefix("_:")}
    text, datatype, language = literal_parts(term)
    if language:
        return {"type": "literal", "value": text, "xml:lang": language}
    return {"type": "literal", "value": text} | ({} if datatype == XSD_STRING else {"datatype": datatype})


def term_of_json(kind: str, value: str, datatype: str = "", language: str = "") -> Term:
    """Read a term of SPARQL 1.1 Query Results JSON (clause 3.2.2).

    >>> term_of_json("literal", "croeso", language="cy")
    '"croeso"@cy'

    Raises ValueError for what is none.
    """
    value.encode()  # half of a surrogate pair is no character
    if kind == "uri":
        return iri(value)
    if kind == "bnode":
        if not value or re.search(r"\s", value):
            raise ValueError(f"the blank node {value!r}")
        return f"_:{value}"
    if kind not in ("literal", "typed-literal"):  # the second is from the time before SPARQL 1.1
        raise ValueError(f"a term of type {kind}")
    if language and not _LANGUAGE.fullmatch(language):
        raise ValueError(f"the language {language!r}")
    return literal(value, iri(datatype or XSD_STRING)[1:-1], language or None)


def _xml(answer: Answer) -> bytes:
    """Write SPARQL Query Results XML; a control character that XML cannot hold becomes U+FFFD."""
    from xml.sax.saxutils import escape, quoteattr

    def text_of(text: str) -> str:
        return escape(_NOT_IN_XML.sub("\ufffd", text), {"\r": "&#13;"})

    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<sparql xmlns="http://www.w3.org/2005/sparql-results#">']
    if answer.kind == "ask":
        lines += ["<head/>", f"<boolean>{'true' if answer else 'false'}</boolean>"]
    else:
        lines.append("<head>" + "".join(f"<variable name={quoteattr(name)}/>" for name in answer.columns) + "</head>")
        lines.append("<results>")
        for row in answer.rows:
            cells = []
            for name, term in zip(answer.columns, row, strict=True):
                if term is not None:
                    parts = _json_term(term)
                    language, datatype = parts.get("xml:lang"), parts.get("datatype")
                    extra = f" xml:lang={quoteattr(language)}" if language else ""
                    extra += f" datatype={quoteattr(datatype)}" if datatype else ""
                    tag, value = parts["type"], text_of(parts["value"])
                    cells.append(f"<binding name={quoteattr(name)}><{tag}{extra}>{value}</{tag}></binding>")
            lines.append("<result>" + "".join(cells) + "</result>")
        lines.append("</results>")
    return "\n".join([*lines, "</sparql>", ""]).encode()


def _ntriples(answer: Answer) -> bytes:
    return "".join(f"{s} {p} {o} .\n" for s, p, o in answer.rows).encode()


def _rdf(name: str) -> Callable[[Answer], bytes]:
    def write(answer: Answer) -> bytes:
        import pyoxigraph

        parsed = pyoxigraph.parse(_ntriples(answer), pyoxigraph.RdfFormat.N_TRIPLES, lenient=True)
        form = getattr(pyoxigraph.RdfFormat, name)
        used = {p: ns for p, ns in sorted(answer.prefixes.items()) if _uses(answer, ns)}
        try:
            text = pyoxigraph.serialize((quad.triple for quad in parsed), format=form, prefixes=used)
        except (ValueError, OSError) as error:
            raise UsageError(f"this graph cannot be written as {name}: {error}; take ntriples") from None
        return text or b""

    return write


def _uses(answer: Answer, namespace: str) -> bool:
    return any(term is not None and namespace in term for row in answer.rows for term in row)


FORMATS: dict[str, tuple[frozenset[Kind], str, Callable[[Answer], bytes]]] = {
    "csv": (frozenset(("select", "ask", "graph")), "text/csv; charset=utf-8", _csv),
    "tsv": (frozenset(("select", "ask", "graph")), "text/tab-separated-values; charset=utf-8", _tsv),
    "json": (frozenset(("select", "ask")), "application/sparql-results+json", _json),
    "xml": (frozenset(("select", "ask")), "application/sparql-results+xml", _xml),
    "turtle": (frozenset(("graph",)), "text/turtle; charset=utf-8", _rdf("TURTLE")),
    "ntriples": (frozenset(("graph",)), "application/n-triples", _ntriples),
    "jsonld": (frozenset(("graph",)), "application/ld+json", _rdf("JSON_LD")),
    "rdfxml": (frozenset(("graph",)), "application/rdf+xml", _rdf("RDF_XML")),
}
"""The forms of an answer: the kinds they fit, their media type, and what writes them."""


def check_format(name: str, kind: Kind | None = None) -> Callable[[Answer], bytes]:
    """Find the writer of a form; UsageError where it does not exist or does not fit the kind."""
    if name not in FORMATS:
        raise UsageError(f"there is no format {name!r}; {did_you_mean(name, FORMATS)}")
    kinds, _, write = FORMATS[name]
    if kind is not None and kind not in kinds:
        what = {"select": "rows", "ask": "yes or no", "graph": "a graph"}[kind]
        fitting = ", ".join(other for other, (fits, _, _) in FORMATS.items() if kind in fits)
        raise UsageError(f"the query gives {what}, which {name} cannot hold; take one of: {fitting}")
    return write
