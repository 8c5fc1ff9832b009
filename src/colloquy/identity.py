"""Asks of two things whether they are one: their names are much alike, or they share an outside id.

Names are compared whole.  Case, accents, punctuation, spacing and the order of words make no
difference, and one letter makes a small one.  An answer is a fact, `same_as` or `different_from`,
and what is answered is not asked again.

Nobody is compared with everybody: names are filed under themselves and under what is left of them
without one letter, and two that are one letter apart meet there.  That is measured in
`tests/benchmarks/names.py`, and needs no library; `nearest`, which has to look at every name, has one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence, Set
from typing import NamedTuple

from colloquy.errors import Finding, Place, printable

_SHORTEST, _LONGEST = 6, 100
"""In a shorter name one letter is a good part of it, and a longer one is a sentence: only equal ones are alike."""

_FEW = 2
"""A host's own address tells things apart only where so few give it; of more it is the house they work in."""

_ASCII = "".join(chr(i).lower() if chr(i).isalnum() else " " for i in range(128))

# The marks of Latin, Greek, Cyrillic, Hebrew and Arabic may be left out and mean the same name; those of
# kana, Thai or Devanagari are letters of their own, and stay.  The table takes out the former, and writes
# plainly a few letters that Unicode does not take apart but that people without the key do.
_MARKS = (*range(0x300, 0x700), *range(0x1AB0, 0x1B00), *range(0x1DC0, 0x1E00), *range(0x20D0, 0x2100))
_PLAIN: dict[int, str] = {i: "" for i in _MARKS if unicodedata.combining(chr(i))}
_STROKES = {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
_PLAIN |= {ord(c): plain for letter, plain in _STROKES.items() for c in (letter, letter.upper())}

_ROMAN = frozenset(["ii", "iii", "iv", "vi", "vii", "viii", "ix", "xi", "xii", "xiii", "xiv", "xv"])


class Thing(NamedTuple):
    """What is known of an entry, enough to ask whether it is another one.

    `term` is its IRI, shared by entries already said to be one; `kind` says what may be one with
    what; `names` has the label first, then other names; `keys` are outside ids, each with its label,
    such as `("GitHub", "tenderlove")`.
    """

    term: str
    id: str
    place: Place
    kind: str
    names: tuple[str, ...]
    keys: tuple[tuple[str, str], ...]


def same_or_different(
    things: Iterable[Thing],
    decided: Collection[frozenset[str]],
    alike: Callable[[Sequence[Thing]], Iterable[list[int]]] | None = None,
) -> list[Finding]:
    """Ask of every two things of one kind that may be one; sorted, each question at the later place.

    `decided` holds the pairs of terms that the facts speak of: these are not asked.  Of several
    things that are all alike, only as many pairs are asked as tie them together (of four, three),
    those with the strongest reason and then the earliest places first; an answer may bring up the next.
    `alike` gives what `alike_by_name` gives, from elsewhere.
    """
    known = _by_place(things)
    answered = decided if isinstance(decided, Set) else frozenset(decided)
    ids = _OutsideIds(known)
    likely: set[tuple[int, int]] = set()
    for group in (*(alike or alike_by_name)(known), *ids.alike()):
        likely.update(_ties(group, known, answered))
    reasons = ((_reason(known[x], known[y], ids), x, y) for x, y in likely)
    parts = list(range(len(known)))
    found = []
    for (_, code, message), x, y in sorted(reasons, key=lambda reason: (reason[0][0], *reason[1:])):
        if (one := _part(parts, x)) != (other := _part(parts, y)):
            parts[max(one, other)] = min(one, other)
            id_ = known[x].id
            hint = f"if they are one, say `same_as: {id_}`; if not, `different_from: {id_}`"
            found.append(Finding(known[y].place, "warning", code, message, hint, related=(known[x].place,)))
    return sorted(found)


def fold(name: str) -> str:
    """Take case, accents, punctuation and spare blanks out of a name.

    >>> fold("Élaine  Mc-Nichol"), fold("Łukasz Nørgård"), fold("東京　駅")
    ('elaine mc nichol', 'lukasz norgard', '東京 駅')
    """
    return " ".join(_words(name))


def nearest(word: str, known: Collection[str]) -> str | None:
    """Give the known word that somebody most likely meant; None where none is near.

    Nearness is twice the letters that both have in the same order, by the letters of both.  Among up
    to 50 words 0.6 of that is near, as in `did_you_mean`.  Among thousands, hardly a word is without
    one so near by chance: there it takes 0.75, which two slips in a usual name still keep.  Of
    equally near ones the first by the alphabet is given.

    >>> nearest("hanna-hwoe", ["hannah-howe", "huw-inlet"])
    'hannah-howe'
    >>> nearest("volition", ["hannah-howe", "huw-inlet"])
    """
    from rapidfuzz import process  # imported late: 10 ms that only a misspelt name pays
    from rapidfuzz.distance import Indel

    words = list(known)
    cutoff = 0.6 if len(words) <= 50 else 0.75
    folded = [w.casefold() for w in words]
    near = process.extract(word.casefold(), folded, scorer=Indel.normalized_similarity, score_cutoff=cutoff, limit=None)
    return min((words[i] for _, score, i in near if score == near[0][1]), default=None)


# --- names ------------------------------------------------------------------------------------


def _words(name: str) -> list[str]:
    """Give the words of a folded name."""
    if name.isascii():
        return name.translate(_ASCII).split()
    letters = unicodedata.normalize("NFKD", name).translate(_PLAIN).casefold()
    kept = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in letters)
    return unicodedata.normalize("NFC", kept).split()


def _spelling(words: Sequence[str]) -> tuple[str, str]:
    """Write words as one, so that spacing makes no difference, and by the alphabet, so that order makes none.

    Two numbers stay two, and stay in order.

    >>> _spelling(["nichol", "mc"]), _spelling(["part", "1", "12"])
    (('nicholmc', 'mc nichol'), ('part1 12', '1 12 part 1 12'))
    """
    together, ordered = "".join(words), " ".join(sorted(words))
    if together.isalpha():
        return together, ordered
    together = words[0]
    for word in words[1:]:
        two_numbers = together[-1].isnumeric() and word[0].isnumeric()
        together += f" {word}" if two_numbers else word
    return together, " ".join((ordered, *_numbers(together)))


def _ordinals(words: Iterable[str]) -> tuple[str, ...]:
    """Give the words that count or abbreviate: single letters and Roman numerals."""
    return tuple(w for w in words if len(w) == 1 or w in _ROMAN)


def _may_be_one(mine: tuple[str, ...], its: tuple[str, ...]) -> bool:
    """Tell whether names with such words may be one: `A. Clark` is not `R. Clark`, though `Clark` may be either."""
    return len(mine) != len(its) or mine == its


def _numbers(text: str) -> list[str]:
    return "".join(c if c.isnumeric() else " " for c in text).split()


def _is_slip(one: str, two: str) -> bool:
    """Tell whether words run together differ by one slip of the pen.

    That is a letter too many, one left out, one in place of another, or two neighbours swapped;
    never a digit: volume 1 and volume 2 are two things.
    """
    if len(one) > len(two):
        one, two = two, one
    if len(one) < _SHORTEST or len(two) > _LONGEST or len(two) - len(one) > 1 or _numbers(one) != _numbers(two):
        return False
    at = next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), len(one))
    if len(one) < len(two):
        return one[at:] == two[at + 1 :]
    swapped = one[at + 1 : at + 2] + one[at : at + 1] + one[at + 2 :]
    return one != two and (one[at + 1 :] == two[at + 1 :] or swapped == two[at:])


def _slips(texts: Collection[str]) -> Iterator[tuple[str, str]]:
    """Give every two of some words run together that differ by one slip.

    Two of one length meet where each has lost a letter, one and a longer where the longer has.
    Filed by length, so that little has to be kept at a time.
    """
    by_length: dict[int, list[str]] = {}
    for text in texts:
        by_length.setdefault(len(text), []).append(text)
    for length in range(_SHORTEST, _LONGEST + 1):
        first = {text: text for text in by_length.get(length - 1, ())}
        more: dict[str, set[str]] = {}
        for text in by_length.get(length, ()):
            for i in range(length) if text.isascii() and text.isalpha() else _letters(text):
                left = text[:i] + text[i + 1 :]
                other = first.setdefault(left, text)
                if other is not text:
                    more.setdefault(left, {other}).add(text)
        pairs = {(a, b) if a < b else (b, a) for group in more.values() for a in group for b in group if a is not b}
        yield from (pair for pair in pairs if _is_slip(*pair))


def _letters(text: str) -> list[int]:
    """Give the places in a text that a slip may take away: without them, long series of numbered names would meet."""
    return [i for i, c in enumerate(text) if not c.isnumeric()]


def alike_by_name(known: Sequence[Thing]) -> Iterator[list[int]]:
    """Give groups of things of one kind, each like each in some name; only kinds and names make a difference."""
    kinds: dict[str, dict[str, list[tuple[int, str]]]] = {}
    ordered: dict[tuple[str, str], list[int]] = {}
    for number, thing in enumerate(known):
        spelt = kinds.setdefault(thing.kind, {})
        for name in thing.names:
            if words := _words(name):
                together, in_order = _spelling(words)
                spelt.setdefault(together, []).append((number, name))
                if len(words) > 1:
                    ordered.setdefault((thing.kind, in_order), []).append(number)
    yield from (sorted(set(group)) for group in ordered.values() if len(group) > 1)
    for spelt in kinds.values():
        yield from (sorted({number for number, _ in group}) for group in spelt.values() if len(group) > 1)
        for one, two in _slips(spelt):
            mine, its = _by_ordinals(spelt[one]), _by_ordinals(spelt[two])
            yield from (sorted(mine[a] | its[b]) for a in mine for b in its if _may_be_one(a, b))


def _by_ordinals(bearers: Iterable[tuple[int, str]]) -> dict[tuple[str, ...], set[int]]:
    found: dict[tuple[str, ...], set[int]] = {}
    for number, name in bearers:
        found.setdefault(_ordinals(_words(name)), set()).add(number)
    return found


def _likeness(one: str, two: str) -> int | None:
    """Say how much two names are alike: 0 written the same, 1 the same folded, 2 nearly; None where they are not."""
    mine, its = _words(one), _words(two)
    if not mine or not its:
        return None
    (together, ordered), (apart, reordered) = _spelling(mine), _spelling(its)
    if together == apart:
        return int(one != two)
    near = ordered == reordered or (_is_slip(together, apart) and _may_be_one(_ordinals(mine), _ordinals(its)))
    return 2 if near else None


# --- outside ids ------------------------------------------------------------------------------


def _outside_id(written: str) -> tuple[str, str]:
    """Give the form in which an outside id is compared, and the last part of one that is an address.

    Letter case, scheme, `www.`, a closing slash and a leading `@` make no difference.

    >>> _outside_id("@Ada-Brook"), _outside_id("https://GitHub.com/ada-brook/")
    (('ada-brook', ''), ('github.com/ada-brook', 'ada-brook'))
    """
    text = written.strip().casefold()
    if "/" not in text and not text.startswith("www."):
        return text.lstrip("@"), ""
    form = text.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
    host, _, last = form.rpartition("/")
    return form, last.lstrip("@") if host else ""


class _OutsideIds:
    """Who gives which outside id: by kind, label of the key and form, numbers of things."""

    def __init__(self, known: Sequence[Thing]) -> None:
        self.givers: dict[tuple[str, str, str], list[int]] = {}
        self.by_last_part: dict[tuple[str, str, str], list[int]] = {}
        for number, thing in enumerate(known):
            for label, written in thing.keys:
                form, last = _outside_id(written)
                self.givers.setdefault((thing.kind, label, form), []).append(number)
                if last:
                    self.by_last_part.setdefault((thing.kind, label, last), []).append(number)
        self.idle = {key for key, numbers in self.givers.items() if _tells_nothing(key[2], numbers)}
        for key in self.idle:
            del self.givers[key]

    def alike(self) -> Iterator[list[int]]:
        """Give groups of things of one kind, each of which shares an outside id with each.

        Where one gives a bare id and another an address, the last part of that is the id.
        """
        yield from (sorted(set(numbers)) for numbers in self.givers.values() if len(numbers) > 1)
        for key, numbers in self.by_last_part.items():
            for bare in self.givers.get(key, ()):
                yield from (sorted({bare, number}) for number in numbers)

    def shared(self, x: Thing, y: Thing) -> dict[str, str]:
        """Give the outside ids that two things of one kind share, by label, as the second writes them."""
        theirs = list(self._telling(x))
        return {
            label: written
            for label, form, last, written in self._telling(y)
            if any(label == other and (form in (its, its_last) or its == last) for other, its, its_last, _ in theirs)
        }

    def _telling(self, thing: Thing) -> Iterator[tuple[str, str, str, str]]:
        for label, written in thing.keys:
            form, last = _outside_id(written)
            if (thing.kind, label, form) not in self.idle:
                yield label, form, last, written


def _tells_nothing(form: str, numbers: Sequence[int]) -> bool:
    is_host = "." in form and "/" not in form
    return not form or (is_host and len(set(numbers)) > _FEW)


# --- questions --------------------------------------------------------------------------------


def _by_place(things: Iterable[Thing]) -> list[Thing]:
    """Give things in the order of their places, those of one term as one that stands at the first."""
    found: dict[str, Thing] = {}
    for thing in sorted(things, key=lambda t: (t.place, t.id)):
        first = found.setdefault(thing.term, thing)
        if first is not thing:
            found[thing.term] = first._replace(names=first.names + thing.names, keys=first.keys + thing.keys)
    return list(found.values())


def _ties(group: Sequence[int], known: Sequence[Thing], answered: Set[frozenset[str]]) -> Iterator[tuple[int, int]]:
    """Give pairs of a group of things all alike that tie together whatever is not answered; linear where nothing is."""
    parts: list[list[int]] = []
    for y in group:
        home: list[int] = []
        for part in parts:
            x = next((x for x in part if frozenset((known[x].term, known[y].term)) not in answered), None)
            if x is not None:
                yield x, y
                if home:
                    home += part
                    part.clear()
                else:
                    home = part
        if home:
            home.append(y)
        else:
            parts.append([y])


def _part(parts: list[int], x: int) -> int:
    """Give the first of the things that one is tied to (union-find, with its paths halved)."""
    while parts[x] != x:
        parts[x] = x = parts[parts[x]]
    return x


def _reason(x: Thing, y: Thing, ids: _OutsideIds) -> tuple[int, str, str]:
    """Say why two things, the earlier first, may be one: how weak the reason is, a code, a message."""
    names = [(rank, one, two) for two in y.names for one in x.names if (rank := _likeness(one, two)) is not None]
    rank, one, two = min(names, key=lambda name: name[0], default=(0, "", ""))
    like = (
        f"much like {_called(one, x)}"
        if rank
        else f"also {'the' if one in x.names[:1] else 'another'} name of `{x.id}`"
    )
    alike = f"{_called(two, y, ',')} is {like}"
    shared = [f"{label} `{printable(written)}`" for label, written in ids.shared(x, y).items()]
    if not shared:
        return max(rank, 1), "names-alike", alike
    name = f"“{printable(y.names[0])}”" if y.names else f"`{y.id}`"
    alike = f"{alike}, and they" if names else f"{name} and `{x.id}`"
    return 0, "same-key", f"{alike} share {' and '.join(shared)}: same or different?"


def _called(name: str, thing: Thing, after: str = "") -> str:
    """Say a name, and of whom it is one where they are mostly called otherwise."""
    other = (
        f", another name of “{printable(thing.names[0])}”{after}" if name not in thing.names[:1] and thing.names else ""
    )
    return f"“{printable(name)}”{other}"
