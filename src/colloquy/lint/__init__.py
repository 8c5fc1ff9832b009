"""`lint`: what an ontology says that nobody can use, sees or means, each at its line of the Turtle."""

from colloquy.lint.examine import CHECKS, Linted, lint

__all__ = ["CHECKS", "Linted", "lint"]
