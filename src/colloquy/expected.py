"""Questions as tests: the answer of each against rows that somebody wrote down from the source.

`queries/NAME.csv` holds the expected rows of `queries/NAME.rq`: a header of the variables, then a
line per row.  An entry stands as its id, another IRI as a CURIE, a literal as its text, nothing as
nothing; so a label can be edited without touching what is expected.  Rows count as a multiset.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from colloquy.errors import ProjectError
from colloquy.query.answers import Answer, lexical
from colloquy.terms import Term, compress, is_iri

Row = tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """How a question fared: rows that are missing, and rows that nobody expected."""

    name: str
    words: str
    rows: int
    missing: tuple[Row, ...] = ()
    unexpected: tuple[Row, ...] = ()
    trouble: str = ""

    @property
    def passed(self) -> bool:
        """Whether the answer is what was expected."""
        return not (self.missing or self.unexpected or self.trouble)

    def __str__(self) -> str:
        if self.passed:
            return f"ok      {self.name} ({self.rows} row{'' if self.rows == 1 else 's'}): {self.words}"
        lines = [f"FAILED  {self.name}: {self.words}"]
        lines += [f"        {self.trouble}"] if self.trouble else []
        lines += [f"        missing:    {' | '.join(row)}" for row in self.missing]
        lines += [f"        unexpected: {' | '.join(row)}" for row in self.unexpected]
        return "\n".join(lines)


def cell(term: Term | None, base: str, prefixes: Mapping[str, str]) -> str:
    """Write a term as it stands in a file of expected rows.

    >>> cell("<https://harbour.example/ada>", "https://harbour.example/", {})
    'ada'
    """
    if term is None:
        return ""
    if is_iri(term):
        inside = term[1:-1]
        return inside.removeprefix(base) if inside.startswith(base) else compress(term, dict(prefixes))
    return lexical(term)


def read_expected(path: Path) -> tuple[Row, list[Row]]:
    """Read a file of expected rows: its header and its rows.

    Raises ProjectError, naming the line, where a row is longer or shorter than the header, and for
    a file that is not CSV in UTF-8.
    """
    try:
        # Spreadsheets put a byte order mark first.
        reader = csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""))
        header = tuple(next(reader, ()))
        rows = []
        for row in reader:
            if len(row) != len(header):
                raise ProjectError(f"{path}:{reader.line_num}: {len(row)} cells, but the header has {len(header)}")
            rows.append(tuple(row))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ProjectError(f"{path} cannot be read as CSV in UTF-8: {error}") from None
    return header, rows


def compare(name: str, words: str, answer: Answer, path: Path, base: str, prefixes: Mapping[str, str]) -> Outcome:
    """Compare an answer with the file of its expected rows, which has to be there."""
    if not path.exists():
        return Outcome(name, words, len(answer), trouble=f"no expected rows: write them into {path.name}")
    header, rows = read_expected(path)
    if header != answer.columns:
        trouble = f"columns are {', '.join(answer.columns)}; {path.name} expects {', '.join(header)}"
        return Outcome(name, words, len(answer), trouble=trouble)
    got = Counter(tuple(cell(term, base, prefixes) for term in row) for row in answer.rows)
    wanted = Counter(rows)
    return Outcome(
        name, words, len(answer), tuple(sorted((wanted - got).elements())), tuple(sorted((got - wanted).elements()))
    )
