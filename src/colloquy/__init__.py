"""Hand-written YAML facts, as a validated RDF graph that says why.

>>> from colloquy import Project
>>> answer = Project("my-project").query("who-spoke")  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from colloquy.errors import ColloquyError, FactsError, Finding, Place
    from colloquy.project import Project

__all__ = ["ColloquyError", "FactsError", "Finding", "Place", "Project"]


def __getattr__(name: str) -> Any:
    """Import what is promised only when it is asked for: `colloquy --help` needs none of it."""
    import importlib

    if name in __all__:
        return getattr(importlib.import_module("colloquy.project" if name == "Project" else "colloquy.errors"), name)
    raise AttributeError(f"module 'colloquy' has no attribute {name!r}")
