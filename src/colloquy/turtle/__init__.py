"""Turtle: the files of an ontology folder as one set of triples, and where in them each triple is written."""

from colloquy.turtle.places import Spot, spots_in
from colloquy.turtle.reading import VOCABULARY, Origin, read_turtle, sort_sets, turtle_files

__all__ = ["VOCABULARY", "Origin", "Spot", "read_turtle", "sort_sets", "spots_in", "turtle_files"]
