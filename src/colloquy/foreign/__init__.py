"""Reads YAML that somebody else keeps, as if its entries were written in our own format.

`planner` lays the rules of a mapping beside the ontology, once, and makes `plans`; `reading` goes
through the files with them.
"""

from colloquy.foreign.planner import check_mapping
from colloquy.foreign.reading import Unmapped, drafts

__all__ = ["Unmapped", "check_mapping", "drafts"]
