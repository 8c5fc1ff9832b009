"""The rules by which somebody else's YAML is read: the `mapping` of colloquy.yaml.

Here rules are read, and their form is judged.  Whether the ontology has the classes and keys that
they name is for `foreign` to say, which applies them.
"""

from colloquy.mapping.model import (
    BY,
    DESCRIBING,
    FILE,
    FILES,
    KEY,
    RULE,
    RULES,
    YES_OR_NO,
    Key,
    Part,
    Rule,
    mistake,
    rule_for,
)
from colloquy.mapping.reader import read_mapping
from colloquy.mapping.templates import ID_TEMPLATE, PATH, TEMPLATE, Placeholder, Template, parse_template

__all__ = [
    "BY",
    "DESCRIBING",
    "FILE",
    "FILES",
    "ID_TEMPLATE",
    "KEY",
    "PATH",
    "RULE",
    "RULES",
    "TEMPLATE",
    "YES_OR_NO",
    "Key",
    "Part",
    "Placeholder",
    "Rule",
    "Template",
    "mistake",
    "parse_template",
    "read_mapping",
    "rule_for",
]
