"""What a query gives: rows of terms, the same from every engine, and every form to hand them on in.

Rows come sorted by the text of their terms, unless the query says `ORDER BY`; then equal keys follow
in the order of their columns' texts.  So a row has one number, wherever the answer was computed.
"""

from __future__ import annotations

import datetime
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias
from typing import Literal as OneOf

from colloquy.errors import Finding, UsageError, did_you_mean
from colloquy.terms import RDF, XSD, XSD_STRING, Term, literal_parts

if TYPE_CHECKING:
    import pandas  # type: ignore[import-untyped,unused-ignore]
    import polars

Row: TypeAlias = tuple[Term | None, ...]
Kind: TypeAlias = OneOf["select", "ask", "graph"]
Value: TypeAlias = str | int | float | bool | Decimal | datetime.date | datetime.datetime | None

GRAPH_COLUMNS = ("subject", "predicate", "object")
BOOLEAN = XSD + "boolean"
INTEGERS = frozenset(
    XSD + name
    for name in (
        *("integer", "long", "int", "short", "byte", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger"),
        *("negativeInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    )
)
FLOATS = frozenset((XSD + "double", XSD + "float"))
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Answer:
    """The answer to a query.

    - `kind`: `select` (rows of variables), `ask` (one row, one boolean), `graph` (rows are triples).
    - `columns`: the variables as selected; of `SELECT *` in the order of the query's text.
    - `rows`: tuples of terms in canonical N-Triples syntax, None where a variable is unbound; blank
      nodes are `_:b0`, `_:b1` … (in graphs as RDFC-1.0 names them).
    - `notes`: warnings about the query, which make no difference to whether two answers are equal.

    An answer is true where it is yes, or has rows; its length is its number of rows.
    """

    kind: Kind
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    prefixes: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    notes: tuple[Finding, ...] = field(default=(), repr=False, compare=False)

    @classmethod
    def of_boolean(cls, yes: bool) -> Answer:
        """Make the answer to an `ASK`."""
        return cls("ask", ("answer",), ((f'"{"true" if yes else "false"}"^^<{BOOLEAN}>',),))

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __bool__(self) -> bool:
        return bool(self.rows) and not (self.kind == "ask" and self.rows[0][0] == f'"false"^^<{BOOLEAN}>')

    def to_dicts(self) -> list[dict[str, Value]]:
        """Give the rows as dictionaries of plain Python values; see `python_value`.

        >>> Answer.of_boolean(True).to_dicts()
        [{'answer': True}]
        """
        return [dict(zip(self.columns, map(python_value, row), strict=True)) for row in self.rows]

    def to_pandas(self) -> pandas.DataFrame:
        """Give the rows as a pandas frame, in columns that may hold nothing (`Int64`, `string` …).

        A column of several kinds of value is a column of text.  Raises UsageError without pandas.
        """
        try:
            import pandas
        except ImportError:
            raise UsageError("pandas is not installed; install it with: pip install pandas") from None
        data = {name: pandas.Series(values, dtype=object) for name, values in self._uniform().items()}
        return pandas.DataFrame(data, columns=list(self.columns)).convert_dtypes()

    def to_polars(self) -> polars.DataFrame:
        """Give the rows as a polars frame; a column of several kinds of value is a column of text.

        Raises UsageError where polars is not installed.
        """
        try:
            import polars
        except ImportError:
            raise UsageError("polars is not installed; install it with: pip install polars") from None
        return polars.DataFrame({n: polars.Series(n, values, strict=False) for n, values in self._uniform().items()})

    def _uniform(self) -> dict[str, list[Value]]:
        columns: dict[str, list[Value]] = {}
        for index, name in enumerate(self.columns):
            values = [python_value(row[index]) for row in self.rows]
            kinds = {type(value) for value in values if value is not None}
            if kinds <= {int, float, Decimal} and len(kinds) > 1:
                values = [None if v is None else float(v) for v in values]  # type: ignore[arg-type]
            elif len(kinds) > 1 or any(type(v) is int and abs(v) >> 63 for v in values):  # frames hold 64 bits
                values = [None if row[index] is None else lexical(row[index] or "") for row in self.rows]
            columns[name] = values
        return columns

    def serialise(self, format: str) -> bytes:  # noqa: A002 - the word of the command line
        """Write the answer in a form of `FORMATS`; same answer, same bytes.

        Raises UsageError for a form that does not exist or does not fit this kind of answer.
        """
        return check_format(format, self.kind)(self)


def lexical(term: Term) -> str:
    """Give the words of a term: an IRI, a blank node's label, or a literal's lexical form."""
    if term.startswith('"'):
        return literal_parts(term).lexical
    return term[1:-1] if term.startswith("<") else term


def python_value(term: Term | None) -> Value:
    """Give a term as a plain Python value.

    Whole numbers are int, decimals Decimal, floats and doubles float, booleans bool, `xsd:date`
    without time zone date, `xsd:dateTime` datetime.  Everything else is text: an IRI, a lexical form
    with or without language, and what Python cannot hold, such as a year alone.  Unbound is None.

    >>> python_value('"7"^^<http://www.w3.org/2001/XMLSchema#integer>'), python_value("<https://example.org/ada>")
    (7, 'https://example.org/ada')
    """
    if term is None or not term.startswith('"'):
        return None if term is None else lexical(term)
    text, datatype, _ = literal_parts(term)
    pattern, convert = _PYTHON.get(datatype, _PLAIN)
    try:
        return convert(text) if pattern.fullmatch(text) else text
    except ValueError:  # 30 February, or more digits than Python converts
        return text


_PLAIN: tuple[re.Pattern[str], Callable[[str], Value]] = (re.compile(""), str)
_INTEGER = re.compile("[+-]?[0-9]+")
_FLOAT = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN")
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_PYTHON: dict[str, tuple[re.Pattern[str], Callable[[str], Value]]] = {
    **dict.fromkeys(INTEGERS, (_INTEGER, int)),
    **dict.fromkeys(FLOATS, (_FLOAT, float)),
    XSD + "decimal": (re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"), Decimal),
    BOOLEAN: (re.compile("true|false|0|1"), lambda text: text in ("true", "1")),
    XSD + "date": (re.compile(_DAY), datetime.date.fromisoformat),
    XSD + "dateTime": (
        re.compile(rf"{_DAY}T[0-9:]{{8}}(?:\.[0-9]{{1,6}})?(?:Z|[+-][0-9:]{{5}})?"),
        datetime.datetime.fromisoformat,
    ),
}


# --- forms ------------------------------------------------------------------------------------


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


# --- comparing --------------------------------------------------------------------------------


def same_rows(one: Answer, other: Answer) -> bool:
    """Tell whether two answers have the same rows, each as often, in whatever order.

    Columns are matched by name.  Numbers, booleans and times of equal datatype are equal by value
    (`1` and `01`, but not `1` and `1.0`); languages are compared without case; one blank node is as
    good as another.
    """
    if one.kind != other.kind or sorted(one.columns) != sorted(other.columns):
        return False
    return _counted(one) == _counted(other)


def _counted(answer: Answer) -> Counter[tuple[object, ...]]:
    order: Sequence[int] = sorted(range(len(answer.columns)), key=answer.columns.__getitem__)
    return Counter(tuple(_comparable(row[index]) for index in order) for row in answer.rows)


def _comparable(term: Term | None) -> object:
    if term is None or term.startswith("<"):
        return term
    if term.startswith("_:"):
        return "_:"
    text, datatype, language = literal_parts(term)
    value = python_value(term)
    if datatype == RDF + "langString" and language:
        return text, language.lower()
    if isinstance(value, str) or value != value:
        return (
            re.sub(r"[+-]00:00$", "Z", text) if datatype.startswith(XSD) and datatype != XSD_STRING else text
        ), datatype
    return value, datatype
