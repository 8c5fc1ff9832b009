"""Rows put in the one order that every answer has, from what Oxigraph writes or from terms.

Like worker.py, which loads this file, it imports nothing but pyoxigraph and the standard library.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, groupby, islice
from operator import eq, itemgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyoxigraph

Row = tuple[str | None, ...]

XSD = "http://www.w3.org/2001/XMLSchema#"
_NUMBERS = frozenset(XSD + name for name in ("integer", "decimal"))
_ONE_FORM = _NUMBERS.union(XSD + name for name in ("boolean", "date", "dateTime", "gYear", "gYearMonth"))
_ZONE = re.compile(r'(?:Z|[+-]\d\d:\d\d)"\^\^<')
_NEVER_RAW = bytes([*range(9), 11, 12, *range(14, 32), 127])
_FIRST_OF_NO_CHARACTER = b"\xef"
_NO_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
_STARTS = frozenset(("<", '"', ""))

Table = tuple[list[str], int, bytes]
"""Columns, the number of rows, and the rows as text."""


def graph(result: pyoxigraph.QueryTriples) -> Table:
    """Give the triples of a graph as `triples` does."""
    import pyoxigraph

    columns = ["subject", "predicate", "object"]
    text = result.serialize(format=pyoxigraph.RdfFormat.N_TRIPLES) or b""
    if b"_:" in text:
        quads = pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.N_TRIPLES, lenient=True)
        return columns, *_joined(triples(quad.triple for quad in quads))
    lines = {line[:-2].replace(" ", "\t", 2) for line in text.decode().split("\n") if line}
    return columns, len(lines), "\n".join(sorted(lines)).encode()


def table(
    result: pyoxigraph.QuerySolutions, wanted: list[str], ordered: bool, keys: list[str] | None = None
) -> Table | None:
    """Give the rows of a SELECT as `settle` does, but by whole columns, and as they came where that will do.

    Oxigraph writes TSV in the time that Python takes to iterate.  It is what is wanted here but for
    numbers and booleans, which TSV writes bare, and some control characters, which it writes raw.

    With `keys`, rows come ordered by these columns alone, and those that tie are put in order here; None
    where that cannot be done here (see `_one_form`).
    """
    import pyoxigraph

    form = pyoxigraph.QueryResultsFormat.TSV
    written = result.serialize(format=form) or b""
    names = [variable.value for variable in result.variables]
    places = _places(names, wanted)
    columns = [names[place] for place in places]
    text = written[written.index(b"\n") + 1 : -1]
    count = written.count(b"\n") - 1
    if not columns or not count:
        return columns, count, b""
    raw = _has_raw(text)
    cells = text.decode().replace("\n", "\t").split("\t")
    if not raw and names == columns and _STARTS.issuperset(map(itemgetter(0), filter(None, cells))):
        return _by_lines(text, cells, columns, ordered, keys)
    by_column = {names[place]: cells[place :: len(names)] for place in places}
    starts = {name: {cell[:1] for cell in column} for name, column in by_column.items()}
    if raw or any("_" in found for found in starts.values()):
        if keys is not None:
            return None
        parsed = pyoxigraph.parse_query_results(written, format=form)
        assert isinstance(parsed, pyoxigraph.QuerySolutions)
        rows = [tuple(None if term is None else str(term) for term in row) for row in parsed]
        columns, rows = settle(names, rows, wanted, ordered)
        return columns, *_joined(rows)
    bare = [name for name, found in starts.items() if not found <= _STARTS]
    for name in bare:
        in_full = {cell: _in_full(cell) for cell in set(by_column[name])}
        by_column[name] = [in_full[cell] for cell in by_column[name]]
    keyed: list[tuple[str, ...]] = []
    if keys is not None:
        if not all(name in by_column and _one_form(by_column[name]) for name in keys):
            return None
        keyed = [*zip(*(by_column[name] for name in keys), strict=True)] if keys else [()] * count
    tied = len(set(keyed)) < len(keyed)
    if ordered and not bare and not tied and names == columns:
        return columns, count, text
    lines = zip(*by_column.values(), strict=True)
    written_out = [*map("\t".join, _untied(lines, keyed) if tied else lines)]
    if not ordered:
        written_out.sort()  # as the tuples of terms would be: no term holds a character below the tab
    return columns, count, "\n".join(written_out).encode()


def _has_raw(text: bytes) -> bool:
    """Tell whether characters stand in a text of Oxigraph's that N-Triples writes otherwise."""
    # One pass for nearly all texts; those with a character from U+F000 to U+FFFF take another.
    odd = len(text) - len(text.translate(None, _NEVER_RAW + _FIRST_OF_NO_CHARACTER))
    if not odd:
        return False
    return odd > text.count(_FIRST_OF_NO_CHARACTER) or any(one in text for one in _NO_CHARACTERS)


def _by_lines(text: bytes, cells: list[str], columns: list[str], ordered: bool, keys: list[str] | None) -> Table | None:
    """Do what `table` does where every cell is as it should be, and columns stay where they are."""
    lines = text.split(b"\n")
    if not ordered:
        return columns, len(lines), b"\n".join(sorted(lines))
    if keys is None:
        return columns, len(lines), text
    if not set(keys) <= set(columns):
        return None
    by_key = [cells[columns.index(name) :: len(columns)] for name in keys]
    if b'"^^<' in text and not all(map(_one_form, by_key)):
        return None
    keyed: list[tuple[str, ...]] = [*zip(*by_key, strict=True)] if keys else [()] * len(lines)
    if len(set(keyed)) == len(keyed):
        return columns, len(lines), text
    for begun, end in _ties(keyed):
        lines[begun:end] = sorted(lines[begun:end], key=lambda line: [*map(_text, line.decode().split("\t"))])
    return columns, len(lines), b"\n".join(lines)


def _ties(keyed: list[tuple[str, ...]]) -> Iterator[tuple[int, int]]:
    """Give where each run of equal neighbours begins and ends."""
    begun = end = 0
    for number in compress(range(1, len(keyed)), map(eq, keyed, islice(keyed, 1, None))):
        if number != end:
            if end:
                yield begun, end
            begun = number - 1
        end = number + 1
    if end:
        yield begun, end


def _one_form(column: list[str]) -> bool:
    """Tell whether terms of a column that an engine takes for equal are the same term.

    Not so `1` and `1.0`, or one instant in two time zones.
    """
    typed = [cell for cell in set(column) if cell.startswith('"') and cell.endswith(">")]
    datatypes = {cell[cell.rindex('"') + 4 : -1] for cell in typed}
    return datatypes <= _ONE_FORM and not datatypes >= _NUMBERS and not any(map(_ZONE.search, typed))


def _untied(rows: Iterable[tuple[str, ...]], keyed: list[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Put rows of equal keys in the order of their texts, as `rewrite.engine_text` has engines do it."""
    for _, group in groupby(zip(keyed, rows, strict=True), key=itemgetter(0)):
        tied = [row for _, row in group]
        yield from sorted(tied, key=lambda row: [*map(_text, row)]) if len(tied) > 1 else tied


def _text(cell: str) -> str:
    """Give `CONCAT(STR(?x), " ", LANG(?x))` of a term, and `STR(?x)` of an IRI; nothing of nothing."""
    if not cell.startswith('"'):
        return cell[1:-1]
    end = cell.rindex('"') + 1
    # The escapes of TSV are escapes of JSON too.
    lexical: str = json.loads(cell[:end]) if "\\" in cell else cell[1 : end - 1]
    return f"{lexical} {cell[end + 1 :]}" if cell.startswith("@", end) else f"{lexical} "


def _in_full(cell: str) -> str:
    """Write a number or boolean of TSV as the term that it stands for."""
    if cell[:1] in _STARTS:
        return cell
    kind = (
        "boolean" if cell[0] in "tf" else "double" if "e" in cell.lower() else "decimal" if "." in cell else "integer"
    )
    return f'"{cell}"^^<{XSD}{kind}>'


def _joined(rows: Sequence[Row]) -> tuple[int, bytes]:
    return len(rows), "\n".join("\t".join(term or "" for term in row) for row in rows).encode()


def triples(found: Iterable[pyoxigraph.Triple]) -> list[Row]:
    """Sort the triples of a graph, each once; blank nodes are named by RDFC-1.0."""
    import pyoxigraph

    unique = set(found)
    if any(isinstance(term, pyoxigraph.BlankNode) for t in unique for term in (t.subject, t.object)):
        dataset = pyoxigraph.Dataset(pyoxigraph.Quad(t.subject, t.predicate, t.object) for t in unique)
        dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
        unique = {quad.triple for quad in dataset}
    return sorted((str(t.subject), str(t.predicate), str(t.object)) for t in unique)


def settle(columns: list[str], rows: list[Row], wanted: list[str], ordered: bool) -> tuple[list[str], list[Row]]:
    """Put columns and rows into the one order that every engine's answer has.

    Columns come as in `wanted`, others after them by name.  Rows that the query does not order are
    sorted by the text of their terms.  Blank nodes, which engines name at random, become b0, b1 …
    """
    places = _places(columns, wanted)
    if places != [*range(len(columns))]:
        columns = [columns[i] for i in places]
        rows = [tuple(row[i] for i in places) for row in rows]
    blank = any(term is not None and term.startswith("_:") for row in rows for term in row)
    if not ordered:
        rows = sorted(rows, key=_masked if blank else _plain)
    if blank:
        names: dict[str, str] = {}
        rows = [
            tuple(names.setdefault(t, f"_:b{len(names)}") if t is not None and t.startswith("_:") else t for t in row)
            for row in rows
        ]
    return columns, rows


def _places(columns: list[str], wanted: list[str]) -> list[int]:
    rank = {name: number for number, name in enumerate(wanted)}
    return sorted(range(len(columns)), key=lambda i: (rank.get(columns[i], len(rank)), columns[i]))


def _plain(row: Row) -> tuple[str, ...]:
    return tuple(term or "" for term in row)


def _masked(row: Row) -> tuple[str, ...]:
    return tuple("_:" if term is not None and term.startswith("_:") else term or "" for term in row)
