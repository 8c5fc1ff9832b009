"""Keeps a question that was asked: the query as `queries/NAME.rq`, its rows as the `NAME.csv` expected of it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path

from colloquy.errors import UsageError, printable
from colloquy.expected import cell, compare
from colloquy.query import Answer, bind, read_question_text, with_heading
from colloquy.terms import Term

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")


def save(
    folder: Path, name: str, answer: Answer, words: str, ids: Mapping[str, Term], base: str, prefixes: Mapping[str, str]
) -> Path:
    """Write a question and the rows of its answer, and give the path of the question.

    `words` are the question in words; where they are empty, the first comment of the query.  The values
    with which it was asked become the defaults of its parameters.  A question that is there without its
    rows gets them.  Raises UsageError, and leaves nothing behind, where a file is there already, where there
    are no words, and where the question would not give these rows again.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"{printable(name)} is no name for a question: take letters, digits and hyphens")
    if answer.origin is None:
        raise UsageError("only an answer that a project gave can be kept: ask with Project.query")
    query, rows = folder / f"{name}.rq", folder / f"{name}.csv"
    text = with_heading(answer.origin.query, words, answer.origin.values, ids, prefixes)
    question = read_question_text(query, text)
    if bind(question.parameters, {}, ids, prefixes) != answer.origin.values:
        raise UsageError("the values of the parameters cannot be kept as defaults: write them into the query")
    there = query.exists() and query.read_bytes().strip() == text.encode().strip()
    for path in (query, rows):
        if path.exists() and not (path == query and there):
            raise UsageError(f"{path} is there already: choose another name, or move it away")
    folder.mkdir(exist_ok=True)
    _write(rows, _table(answer, base, prefixes))
    try:
        outcome = compare(name, question.words, answer, rows, base, prefixes)
        if not outcome.passed:
            raise UsageError(f"these rows cannot be kept as CSV: {outcome}")
        if not there:
            _write(query, text.encode())
    except BaseException:
        rows.unlink()
        raise
    return query


def _table(answer: Answer, base: str, prefixes: Mapping[str, str]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(answer.columns)
    writer.writerows([cell(term, base, prefixes) for term in row] for row in answer.rows)
    return text.getvalue().encode()


def _write(path: Path, data: bytes) -> None:
    try:
        with path.open("xb") as file:
            try:
                file.write(data)
                file.flush()
            except OSError:
                path.unlink()
                raise
    except FileExistsError:
        raise UsageError(f"{path} is there already: choose another name, or move it away") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {(error.strerror or str(error)).lower()}") from None
