"""How near two names or texts are: what is most likely a slip of somebody who meant the other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_SPACE = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def bare(text: str) -> str:
    """Give a text without case, accents and punctuation.

    >>> bare("Éric  O’Brien-Wood")
    'eric obrien wood'
    """
    letters = unicodedata.normalize("NFKD", text.casefold().replace("’", "").replace("'", ""))
    plain = "".join(c for c in letters if not unicodedata.combining(c))
    return _SPACE.sub(" ", _LETTERS(plain)).strip()


def _LETTERS(text: str) -> str:  # noqa: N802 - a table of letters that decompose into none
    for odd, even in (("ø", "o"), ("ł", "l"), ("đ", "d"), ("æ", "ae"), ("œ", "oe"), ("ı", "i")):
        text = text.replace(odd, even)
    return text


def distance(one: str, other: str, name: bool = False) -> float:
    """Tell how far two texts are from each other: 0 for equal ones, up to 2 for slips, infinite beyond.

    Case, accents and punctuation count little, letters one each; digits must be the same.  Long texts
    may differ in more letters than short ones; the `name` of a term may, where it is short, in one.

    >>> distance("Hannah Howe", "hannah howe"), distance("Hannah Howe", "Hanna Howe"), distance("Ada", "Ida")
    (0.25, 1.0, inf)
    """
    if one == other:
        return 0.0
    if one.casefold() == other.casefold():
        return 0.25
    a, b = bare(one), bare(other)
    if not a or not b or sorted(_DIGITS.findall(a)) != sorted(_DIGITS.findall(b)):
        return float("inf")
    if a == b:
        return 0.5
    if a.replace(" ", "") == b.replace(" ", ""):
        return 0.6
    if sorted(a.split()) == sorted(b.split()):
        return 0.75
    from rapidfuzz.distance import OSA

    most = allowed(max(len(a), len(b)) if name else min(len(a), len(b)))
    found = OSA.distance(a, b, score_cutoff=most)
    return float(found) if found <= most else float("inf")


def allowed(length: int) -> int:
    """Give how many letters may differ in a text of some length."""
    return 0 if length < 4 else 1 if length < 8 else 2 if length < 24 else 3


def nearest(wanted: str, known: Iterable[str]) -> list[tuple[float, str]]:
    """Give what is near, nearest first, each with its distance."""
    found = [(distance(wanted, one), one) for one in set(known)]
    return sorted(pair for pair in found if pair[0] != float("inf"))


def words(name: str) -> list[str]:
    """Cut the name of a variable or term into words, in small letters.

    >>> words("startDate"), words("other_event")
    (['start', 'date'], ['other', 'event'])
    """
    return [w for w in _SPACE.split(_HUMP.sub(" ", name).replace("_", " ").casefold()) if w]


def names(variable: str, term: Iterable[str]) -> bool:
    """Tell whether a variable is called after a class or property, by any of its names.

    >>> names("boat", ["Boat", "vessel"]), names("pier1", ["Pier"]), names("x", ["Boat"])
    (True, True, False)
    """
    wanted = {w.rstrip("0123456789") for w in words(variable)} - {""}
    for one in term:
        mine = words(one)
        if mine and (mine[-1] in wanted or "".join(mine) in wanted or set(mine) <= wanted):
            return True
        if mine and any((len(w) > 2 and mine[-1].startswith(w)) or w.removesuffix("s") == mine[-1] for w in wanted):
            return True
    return False
