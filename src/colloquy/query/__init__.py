"""Questions and answers: engines that answer SPARQL, questions that a project keeps, tables of rows.

`engines` is the way in; `pool` and `worker` run a query in a process that can be killed, `answers`
holds and writes rows, `notes` points out slips, `questions` reads `queries/*.rq`, `tables` lays rows
out for a terminal.
"""

from colloquy.query.answers import FORMATS, Answer, check_format, python_value, same_rows
from colloquy.query.engines import Engine, RdflibEngine, SparqlEngine, kind_of
from colloquy.query.notes import unknown_terms
from colloquy.query.questions import (
    Parameter,
    Question,
    bind,
    bind_text,
    read_question,
    read_question_text,
    read_questions,
    read_value,
    with_heading,
)
from colloquy.query.remote import RemoteEngine
from colloquy.query.tables import table

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
