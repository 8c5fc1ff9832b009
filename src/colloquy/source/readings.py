"""Plain texts that other readers of YAML take for something else."""

from __future__ import annotations

import re

_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), "nothing"),
    # YAML 1.1 lists y and n too, but no reader in wide use follows it, and they are honest keys.
    **{
        form: "a boolean"
        for word in ("yes", "no", "on", "off", "true", "false")
        for form in (word, word.capitalize(), word.upper())
    },
    "<<": "a merge key",
    "=": "a default-value sign",
}
_NUMBERS = [
    ("a whole number", re.compile(r"[-+]?(?:[0-9][0-9_]*|0b[01_]+|0x[0-9a-fA-F_]+|0o[0-7]+)")),
    ("a date", re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")),
    (
        "a date and time",
        re.compile(
            r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?"
            r"(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::?[0-9]{2})?))?"
        ),
    ),
    ("a number in base 60", re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")),
    ("a number", re.compile(r"[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?")),
    ("a number", re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")),
]


def yaml_reading(text: str) -> str | None:
    """Say what YAML makes of a plain scalar other than text, or None where it stays text.

    >>> yaml_reading("no"), yaml_reading("3.10"), yaml_reading("Null")
    ('a boolean', 'a number', 'nothing')
    >>> yaml_reading("Nora") is None
    True

    Covers the types of YAML 1.1 (https://yaml.org/type/) and the core schema of YAML 1.2 (clause
    10.3.2): readers of either kind are to see the text that was meant.  Linear in the length.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return None
    return next((what for what, pattern in _NUMBERS if pattern.fullmatch(text)), None)
