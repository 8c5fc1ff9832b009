"""YAML with the line and column of every value, and nothing of YAML that hides or rewrites facts.

Bytes are decoded and searched for hidden characters; libyaml parses them into events; the events
become `Scalar`, `Mapping` and `Sequence`.  YAML never builds Python objects here: a scalar is its
characters, and what they mean is for the ontology to say.

Refused: duplicate keys, anchors, aliases, merge keys, tags, keys that are not text, nesting over
50, several documents, control and bidi characters.  Every mistake of a file is reported in one run:
an entry that is no YAML is reported and left out, and reading goes on behind it.

`nodes` is what comes out, `passes` the way there: `text` and `hidden` from bytes to text, `parsers`
and `events` from text to nodes, with `compose` as the short way where nothing is wrong, `faults` a
syntax error in words; `readings` tells what YAML would make of a plain text.
"""

from colloquy.source.findings import MOST_ALIKE
from colloquy.source.nodes import Mapping, Node, Scalar, Sequence
from colloquy.source.passes import read_yaml
from colloquy.source.readings import yaml_reading

__all__ = ["MOST_ALIKE", "Mapping", "Node", "Scalar", "Sequence", "read_yaml", "yaml_reading"]
