"""Reads YAML that somebody else keeps, as if its entries were written in our own format.

`plans` lays the rules of a mapping beside the ontology, once; `reading` goes through the files with
what comes of that.
"""

from colloquy.foreign.plans import check_mapping
from colloquy.foreign.reading import Unmapped, drafts

__all__ = ["Unmapped", "check_mapping", "drafts"]
