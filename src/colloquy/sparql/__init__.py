"""SPARQL as text: read by the grammar before any engine sees it, refused and rewritten where needed.

`tokens` and `grammar` read, `faults` and `refusals` say what is wrong and where, `reader` makes a
`Query` of it and `tree` puts its parts into each other, `rewrite` puts parameters in and writes the
text that engines get, `exists` rewords `EXISTS` that is slow.
"""

from colloquy.sparql.exists import without_slow_exists
from colloquy.sparql.reader import MAX_DEPTH, Query, read_query
from colloquy.sparql.rewrite import engine_text

__all__ = ["MAX_DEPTH", "Query", "engine_text", "read_query", "without_slow_exists"]
