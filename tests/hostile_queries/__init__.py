"""Hostile queries, by name: what an attacker or a careless user may send to a public endpoint.

Short ones stand beside this file as `NAME.rq`; the first comment line says what each tries.  Long ones are
made here.  All use names of standard vocabularies only, so that they run over any project's graph.

>>> sorted(HOSTILE)[:3]
['cross-product', 'five-thousand-brackets', 'huge-values']
"""

from __future__ import annotations

from pathlib import Path


def five_thousand_brackets() -> str:
    """Nest 5,000 brackets: a parser that calls itself for each runs out of stack."""
    return (
        "# Five thousand brackets, one inside the other: a parser that calls itself for each runs out of stack.\n"
        f"SELECT ?a WHERE {{ ?a ?b ?c FILTER{'(' * 5000}?c = 1{')' * 5000} }}\n"
    )


def huge_values() -> str:
    """Join three tables of 3,000 rows that share nothing: 27 thousand million rows from 80 kB of text."""
    tables = "\n".join(
        f"  VALUES ?{name} {{ {' '.join(str(10_000 * place + number) for number in range(3000))} }}"
        for place, name in enumerate("abc", start=1)
    )
    return (
        "# Three tables of 3,000 rows in the text itself, with nothing in common: 27 thousand million rows.\n"
        f"SELECT DISTINCT ?sum ?a WHERE {{\n{tables}\n  BIND(?a * ?b * ?c AS ?sum)\n}}\nORDER BY DESC(?sum)\n"
    )


def _written() -> dict[str, str]:
    folder = Path(__file__).parent
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.rq"))}


HOSTILE: dict[str, str] = {
    **_written(),
    "five-thousand-brackets": five_thousand_brackets(),
    "huge-values": huge_values(),
}
