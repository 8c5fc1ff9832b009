"""SPARQL as text: read by the grammar before any engine sees it, refused and rewritten where needed.

`tokens` and `grammar` read, `faults` and `refusals` say what is wrong and where, `reader` makes a
`Query` of it and `tree` puts its parts into each other, `rewrite` puts parameters in and writes the
text that engines get, `absence` makes `MINUS` of `NOT EXISTS`.
"""

from colloquy.sparql.absence import as_minus
from colloquy.sparql.reader import MAX_DEPTH, Query, read_query
from colloquy.sparql.rewrite import engine_text

__all__ = ["MAX_DEPTH", "Query", "as_minus", "engine_text", "read_query"]
