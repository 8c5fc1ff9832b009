"""Questions and answers: engines that answer SPARQL, questions that a project keeps, tables of rows.

`engines` is the way in; `pool` lets queries run in processes that can be killed (`process` holds one,
`worker` is what runs there, with `confines`, `rows` and `chunks`), `streaming` hands an answer on while
it is found.  `answers` holds rows, `notes` points out slips, `questions` reads `queries/*.rq`, `tables`
lays rows out for a terminal; `reference` is rdflib, and `remote` a store elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from colloquy.query.answers import FORMATS, Answer, check_format, python_value, same_rows
from colloquy.query.engines import Engine, SparqlEngine, kind_of
from colloquy.query.notes import unknown_terms
from colloquy.query.questions import (
    Parameter,
    Question,
    bind,
    bind_text,
    check_questions,
    read_question,
    read_question_text,
    read_questions,
    read_value,
    with_heading,
)
from colloquy.query.reference import RdflibEngine
from colloquy.query.tables import table

if TYPE_CHECKING:
    from colloquy.query.remote import RemoteEngine

__all__ = [
    "FORMATS",
    "Answer",
    "Engine",
    "Parameter",
    "Question",
    "RdflibEngine",
    "RemoteEngine",
    "SparqlEngine",
    "bind",
    "bind_text",
    "check_format",
    "check_questions",
    "kind_of",
    "python_value",
    "read_question",
    "read_question_text",
    "read_questions",
    "read_value",
    "same_rows",
    "table",
    "unknown_terms",
    "with_heading",
]


def __getattr__(name: str) -> Any:
    """Import what speaks HTTP only when it is asked for: a check needs no network."""
    if name == "RemoteEngine":
        from colloquy.query.remote import RemoteEngine

        return RemoteEngine
    raise AttributeError(f"module 'colloquy.query' has no attribute {name!r}")
