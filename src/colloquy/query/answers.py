"""What a query gives: rows of terms, the same from every engine, and every form to hand them on in.

Rows come sorted by the text of their terms, unless the query says `ORDER BY`; then equal keys follow
in the order of their columns' texts.  So a row has one number, wherever the answer was computed.

`values` gives terms as Python has them, `forms` writes answers, `frames` and `network` make them objects
of other packages, `rich` shows them in notebooks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from colloquy.errors import Finding, UsageError
from colloquy.query.forms import FORMATS, Kind, check_format
from colloquy.query.values import BOOLEAN, FLOATS, INTEGERS, Value, lexical, python_value
from colloquy.terms import RDF, XSD, XSD_STRING, Term, literal_parts

if TYPE_CHECKING:
    import networkx
    import pandas  # type: ignore[import-untyped,unused-ignore]
    import polars

    from colloquy.citation import Citation, Origin
    from colloquy.doctor import Diagnosis

__all__ = [
    "FLOATS",
    "FORMATS",
    "GRAPH_COLUMNS",
    "INTEGERS",
    "Answer",
    "Kind",
    "Row",
    "Value",
    "check_format",
    "lexical",
    "python_value",
    "same_rows",
]

Row: TypeAlias = tuple[Term | None, ...]

GRAPH_COLUMNS = ("subject", "predicate", "object")


@dataclass(frozen=True)
class Answer:
    """The answer to a query.

    - `kind`: `select` (rows of variables), `ask` (one row, one boolean), `graph` (rows are triples).
    - `columns`: the variables as selected; of `SELECT *` in the order of the query's text.
    - `rows`: tuples of terms in canonical N-Triples syntax, None where a variable is unbound; blank
      nodes are `_:b0`, `_:b1` … (in graphs as RDFC-1.0 names them).
    - `notes`: warnings about the query; `origin`: what it was asked of, for a citation; `labels` and
      `examine`: what gives the names of IRIs, and the reason why there are no rows.  None of them makes a
      difference to whether two answers are equal.

    An answer is true where it is yes, or has rows; its length is its number of rows.
    """

    kind: Kind
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    prefixes: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    notes: tuple[Finding, ...] = field(default=(), repr=False, compare=False)
    origin: Origin | None = field(default=None, repr=False, compare=False)
    labels: Callable[[Answer], Mapping[Term, str]] | None = field(default=None, repr=False, compare=False)
    examine: Callable[[], Diagnosis | None] | None = field(default=None, repr=False, compare=False)

    @classmethod
    def of_boolean(cls, yes: bool) -> Answer:
        """Make the answer to an `ASK`."""
        return cls("ask", ("answer",), ((f'"{"true" if yes else "false"}"^^<{BOOLEAN}>',),))

    def __str__(self) -> str:
        """Show the first rows as a table, as a notebook does that has no HTML."""
        from colloquy.query.rich import to_text

        return to_text(self)

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
        from colloquy.query.frames import to_pandas

        return to_pandas(self)

    def to_polars(self) -> polars.DataFrame:
        """Give the rows as a polars frame; a column of several kinds of value is a column of text.

        Raises UsageError where polars is not installed.
        """
        from colloquy.query.frames import to_polars

        return to_polars(self)

    def to_networkx(
        self, source: str | None = None, target: str | None = None, link: str | None = None
    ) -> networkx.MultiDiGraph[Term]:
        """Give the answer as a networkx `MultiDiGraph`: triples, or rows of which two columns name things.

        See `colloquy.query.network.to_networkx` for what becomes a node, an edge, and an attribute.
        """
        from colloquy.query.network import to_networkx

        return to_networkx(self, source, target, link)

    def cite(self, *, format: str = "") -> Citation:  # noqa: A002 - the word of the command line
        """Give the citation of this answer; `format` is the form in which its rows are handed on.

        Raises UsageError for an answer that no project was asked for, or that another store gave.
        """
        from colloquy.citation import cite

        if self.origin is None or not self.origin.generation:
            raise UsageError(
                "only what was asked of a build of a project can be cited: a store elsewhere has no generation"
            )
        return cite(self.origin, len(self), self.serialise("tsv"), graph=self.kind == "graph", form=format)

    def named(self) -> Mapping[Term, str]:
        """Give the words for the IRIs of the rows, as far as the graph they came from has any."""
        return self.labels(self) if self.labels is not None else {}

    def diagnose(self) -> Diagnosis | None:
        """Say why there are no rows, as `Project.diagnose` does; None where there are some, or nobody can tell."""
        return self.examine() if self.examine is not None and not self.rows else None

    def _repr_html_(self) -> str:
        from colloquy.query.rich import to_html

        return to_html(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        from colloquy.query.rich import to_text

        printer.text(to_text(self))

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "labels": None, "examine": None}  # they ask engines, which stay where they are

    def serialise(self, format: str) -> bytes:  # noqa: A002 - the word of the command line
        """Write the answer in a form of `FORMATS`; same answer, same bytes.

        Raises UsageError for a form that does not exist or does not fit this kind of answer.
        """
        return check_format(format, self.kind)(self)


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
