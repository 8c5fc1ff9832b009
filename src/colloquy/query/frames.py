"""Answers as data frames of pandas and polars, where those are installed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from colloquy.errors import UsageError
from colloquy.query.values import Value, lexical, python_value

if TYPE_CHECKING:
    import pandas  # type: ignore[import-untyped,unused-ignore]
    import polars

    from colloquy.query.answers import Answer


def to_pandas(answer: Answer) -> pandas.DataFrame:
    """Give the rows as a pandas frame; see `Answer.to_pandas`."""
    try:
        import pandas
    except ImportError:
        raise UsageError("pandas is not installed; install it with: pip install pandas") from None
    data = {name: pandas.Series(values, dtype=object) for name, values in _uniform(answer).items()}
    return pandas.DataFrame(data, columns=list(answer.columns)).convert_dtypes()


def to_polars(answer: Answer) -> polars.DataFrame:
    """Give the rows as a polars frame; see `Answer.to_polars`."""
    try:
        import polars
    except ImportError:
        raise UsageError("polars is not installed; install it with: pip install polars") from None
    return polars.DataFrame({n: polars.Series(n, values, strict=False) for n, values in _uniform(answer).items()})


def _uniform(answer: Answer) -> dict[str, list[Value]]:
    columns: dict[str, list[Value]] = {}
    for index, name in enumerate(answer.columns):
        values = [python_value(row[index]) for row in answer.rows]
        kinds = {type(value) for value in values if value is not None}
        if kinds <= {int, float, Decimal} and len(kinds) > 1:
            values = [None if v is None else float(v) for v in values]  # type: ignore[arg-type]
        elif len(kinds) > 1 or any(type(v) is int and abs(v) >> 63 for v in values):  # frames hold 64 bits
            values = [None if row[index] is None else lexical(row[index] or "") for row in answer.rows]
        columns[name] = values
    return columns
