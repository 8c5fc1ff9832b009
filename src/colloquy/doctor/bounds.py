"""Bounds and equalities that nothing meets: other datatypes, signs the wrong way, numbers out of reach."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator

from colloquy.doctor.case import Candidate, Case, Edit
from colloquy.doctor.cutting import Part
from colloquy.doctor.expressions import Expr, read_expression
from colloquy.doctor.texts import NUMBERS, TEXTS, TIMES
from colloquy.terms import Term, is_iri, literal, literal_parts

NEGATED = {"<": ">=", ">": "<=", "<=": ">", ">=": "<"}


def kind_of(datatype: str) -> str:
    """Give the datatypes that can be compared with each other one name."""
    if datatype in NUMBERS:
        return "number"
    return "text" if datatype in TEXTS else datatype


def examine_bound(
    case: Case, part: Part, expr: Expr, left: Expr, right: Expr, written: Term, values: list[Term]
) -> Iterator[Candidate]:
    """Give changes of `left < right`, and the like."""
    mine = literal_parts(written)
    kinds = {kind_of(literal_parts(v).datatype) for v in values if not is_iri(v)}
    if kind_of(mine.datatype) not in kinds:
        yield from _recast(case, part, expr.name, left, right, written, values)
        return
    if mine.language:
        bare = case.show(literal(mine.lexical))
        why = "a text with a language tag compares with none without"
        yield Candidate(1.0, "language-tag", ((right.start, right.end, bare),), f"{bare}", why, part)
    yield from _narrow(case, part, expr, left, right, written, values)


def examine_equality(
    case: Case, part: Part, expr: Expr, left: Expr, right: Expr, written: Term, values: list[Term]
) -> Iterator[Candidate]:
    """Give changes of `left = right` where no value says the same as the written one."""
    texts = [v for v in values if not is_iri(v)]
    kinds = {kind_of(literal_parts(v).datatype) for v in texts}
    if texts and kind_of(literal_parts(written).datatype) not in kinds:
        yield from _recast(case, part, expr.name, left, right, written, values)
    mine = literal_parts(written)
    if mine.datatype not in TEXTS and expr.name == "=":
        yield from _nearest(case, part, right, written, values)
    if mine.datatype in TEXTS and len(mine.lexical) > 3 and expr.name == "=":
        inner = case.body.write(left.start, left.end, {})
        old = case.body.write(right.start, right.end, {})
        if any(mine.lexical in literal_parts(v).lexical for v in texts):
            new = f"CONTAINS(STR({inner}), {case.show(literal(mine.lexical))})"
            why = f"no text there is {old}; it stands within longer ones"
            yield Candidate(2.6, "narrow-filter", ((expr.start, expr.end, new),), f"`{new}`", why, part)


def _nearest(case: Case, part: Part, right: Expr, written: Term, values: list[Term]) -> Iterator[Candidate]:
    """Offer the number or day of the data that comes nearest."""
    mine = _sorted(values, written)
    here = _position(written)
    placed = [(abs(at - here), v) for v in mine if here is not None and (at := _position(v)) is not None]
    if placed:
        old, new = case.body.write(right.start, right.end, {}), case.show(min(placed)[1])
        why = f"no value there is {old}; the nearest is {new}"
        yield Candidate(2.7, "narrow-filter", ((right.start, right.end, new),), f"{new} for {old}", why, part)


def _position(term: Term) -> float | None:
    """Give a number for a number, year or day, such that near ones have near numbers."""
    lexical, datatype, _ = literal_parts(term)
    if datatype in NUMBERS:
        return _key(term)[0]
    digits = re.findall(r"\d+", lexical)
    if datatype not in TIMES or not digits:
        return None
    return sum(int(d) * weight for d, weight in zip(digits, (372, 31, 1), strict=False))


def _recast(
    case: Case, part: Part, sign: str, left: Expr, right: Expr, written: Term, values: list[Term]
) -> Iterator[Candidate]:
    """Write the constant in the datatype that the data has, or compare as texts."""
    mine = literal_parts(written)
    old = case.body.write(right.start, right.end, {})
    inner = case.body.write(left.start, left.end, {})
    types = sorted({literal_parts(v).datatype for v in values if not is_iri(v)})
    shown = ", ".join(f"`{case.show(f'<{t}>')}`" for t in types)
    for datatype in types:
        for lexical in _lexicals(mine.lexical, datatype):
            new = case.show(literal(lexical, datatype)) if datatype in NUMBERS | TIMES.keys() else None
            if datatype in TEXTS:
                new = case.show(literal(lexical))
            if new is None:
                continue
            cost = 1.2 + 0.3 * (len(types) > 1) + 0.1 * (lexical != mine.lexical)
            why = f"{old} is compared with values of datatype {shown}"
            yield Candidate(cost, "datatype", ((right.start, right.end, new),), f"{new} for {old}", why, part)
    if mine.datatype in NUMBERS and len(mine.lexical) == 4 and any(TIMES.get(t, 0) > 7 for t in types):
        new = f"YEAR({inner})"
        cost = 1.15 if sign == "=" else 1.35
        why = f"{old} is a number, and `{inner}` a day"
        yield Candidate(cost, "datatype", ((left.start, left.end, new),), f"`{new}` for `{inner}`", why, part)
    if any(t in TIMES for t in types) or len(types) > 1:
        new = case.show(literal(mine.lexical))
        edits: tuple[Edit, ...] = ((left.start, left.end, f"STR({inner})"), (right.start, right.end, new))
        why = f"{old} is compared with values of datatype {shown}"
        yield Candidate(1.4, "datatype", edits, f"`STR({inner})` and {new}", why, part)


def _lexicals(text: str, datatype: str) -> list[str]:
    """Write a number, year or date in another datatype."""
    if datatype in NUMBERS:
        return [text.strip()] if text.strip().lstrip("+-").replace(".", "", 1).isdigit() else []
    if datatype not in TIMES:
        return [text]
    length = TIMES[datatype]
    if not text[:4].isdigit() or len(text) < 4:
        return []
    full = text if len(text) >= length else (text + "-01-01"[len(text) - 4 :] + "T00:00:00")[:length]
    return [full[:length]]


def _narrow(
    case: Case, part: Part, expr: Expr, left: Expr, right: Expr, written: Term, values: list[Term]
) -> Iterator[Candidate]:
    """Offer what a slip in a bound may have been, a digit or the sign; else the nearest bound that holds of a row."""
    old = case.body.write(right.start, right.end, {})
    mine = _sorted(values, written)
    why = kept_out(case, expr, left, right, written, values)
    sign = sign_of(case, expr)
    low, high = _key(mine[0]), _key(mine[-1])
    lexical, datatype, _ = literal_parts(written)
    for cost, text in _slips(lexical):
        other = literal(text, datatype)
        if low <= _key(other) <= high:
            edits: tuple[Edit, ...] = ((right.start, right.end, case.show(other)),)
            yield Candidate(2.4 + cost, "narrow-filter", edits, f"{case.show(other)} for {old}", why, part)
    others = [p for p in case.parts if p is not part and (its := _bound(case, p)) and its[0] == _bound_text(case, left)]
    if low <= _key(written) <= high or others:
        new = NEGATED[expr.name]
        cost = 2.5 + 0.02 * any(p.start > part.start for p in others)
        yield Candidate(cost, "narrow-filter", ((sign, sign + 1, new),), f"`{new}` for `{expr.name}`", why, part)
    upwards = (expr.name[0] == ">") == (right is expr.args[-1])
    best = case.show(mine[-1 if upwards else 0])
    edits = ((sign, sign + 1, expr.name[0] + "="), (right.start, right.end, best))
    if right.start < sign:
        edits = edits[::-1]
    yield Candidate(2.7, "narrow-filter", edits, f"`{expr.name[0]}=` and {best}, the nearest there is", why, part)


def _bound_text(case: Case, left: Expr) -> str:
    return case.body.write(left.start, left.end, {})


def kept_out(case: Case, expr: Expr, left: Expr, right: Expr, written: Term, values: list[Term]) -> str:
    """Say between which values those are that a bound keeps out; nothing where none can be compared with it."""
    mine = _sorted(values, written)
    if not mine:
        return ""
    text = case.body.write(expr.start, expr.end, {})
    inner = case.body.write(left.start, left.end, {})
    return f"`{text}` holds of no row: `{inner}` goes from {case.show(mine[0])} to {case.show(mine[-1])}"


def sign_of(case: Case, expr: Expr) -> int:
    """Give the token that is the sign of a comparison."""
    at = expr.args[0].end
    while case.query.tokens[at].text != expr.name:
        at += 1
    return at


def _key(term: Term) -> tuple[float, str]:
    lexical, datatype, _ = literal_parts(term)
    try:
        return (float(lexical), "") if datatype in NUMBERS else (0.0, lexical)
    except ValueError:
        return (0.0, lexical)


def _sorted(values: list[Term], written: Term) -> list[Term]:
    """Give the values that can be compared with a written one, in order."""
    kind = kind_of(literal_parts(written).datatype)
    return sorted((v for v in values if not is_iri(v) and kind_of(literal_parts(v).datatype) == kind), key=_key)


def _slips(text: str) -> list[tuple[float, str]]:
    """Give the numbers or years that one slip may have been: a digit too many, two exchanged, in a year another."""
    end = next((i for i, c in enumerate(text) if not c.isdigit()), len(text))
    digits, rest = text[:end], text[end:]
    found: dict[str, float] = {}
    if not rest:  # a digit too many; the last zero most likely
        for i in range(len(digits) - 1, -1, -1):
            fewer = digits[:i] + digits[i + 1 :]
            found.setdefault(fewer, 0.0 if i == len(digits) - 1 and digits[i] == "0" else 0.12)
    for i in range(len(digits) - 1):
        turned = digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :]
        found.setdefault(turned, 0.05)
    if len(digits) == 4:  # a year: another digit, the nearer the likelier
        for i, digit in itertools.product(range(4), "0123456789"):
            other = digits[:i] + digit + digits[i + 1 :]
            found.setdefault(other, 0.06 + 0.01 * math.log10(1 + abs(int(other) - int(digits))))
    return sorted((cost, new + rest) for new, cost in found.items() if new != digits and new[:1] != "0")


def swapped(case: Case, part: Part) -> Iterator[Candidate]:
    """Turn two bounds of one thing that exclude each other; or give the second the year of the first."""
    yield from _either(case, part)
    mine = _bound(case, part)
    if mine is None:
        return
    left, sign, right = mine
    for other in case.parts:
        its = _bound(case, other) if other.start > part.start and other.kind == part.kind else None
        if its is None or its[0] != left or {sign[0], its[1][0]} != {"<", ">"}:
            continue
        one, two = (case.term_at(e.start, e.end) or "" for e in (right, its[2]))
        why = f"nothing is {sign} {case.show(one)} and {its[1]} {case.show(two)}"
        upper, below = (its[2], one) if sign[0] == ">" else (right, two)
        above = two if upper is its[2] else one
        years = re.match(r'"(\d{4})(-\d.*)"', below), re.match(r'"(\d{4})(-\d.*)"', above)
        if years[0] and years[1] and years[0][1] > years[1][1] and years[0][2] < years[1][2]:
            new = case.show(above.replace(years[1][1], years[0][1], 1))
            edits: tuple[Edit, ...] = ((upper.start, upper.end, new),)
            yield Candidate(2.2, "narrow-filter", edits, f"{new} for {case.show(above)}", why, part)
        signs = [sign_of(case, read_expression(case.query.tokens, p.start, p.end)) for p in (part, other)]
        edits = tuple((at, at + 1, NEGATED[name]) for at, name in zip(signs, (sign, its[1]), strict=True))
        words = f"`{NEGATED[sign]}` for `{sign}`, and `{NEGATED[its[1]]}` for `{its[1]}`"
        yield Candidate(2.3, "narrow-filter", edits, words, why, part)


def _either(case: Case, part: Part) -> Iterator[Candidate]:
    """Put `||` between two equalities that no one thing can meet both of."""
    both = [p for p in case.parts if p.kind == "filter" and p.whole == part.whole]
    if len(both) != 2 or both[0] is not part:
        return
    one, two = (read_expression(case.query.tokens, p.start, p.end) for p in both)
    if not one.name == two.name == "=" or _bound_text(case, one.args[0]) != _bound_text(case, two.args[0]):
        return
    sign = next(i for i in range(both[0].end, both[1].start + 1) if case.query.tokens[i].text == "&&")
    why = f"nothing is `{case.body.words(both[0])}` and `{case.body.words(both[1])}`"
    yield Candidate(2.2, "narrow-filter", ((sign, sign + 1, "||"),), "`||` for `&&`", why, part)


def _bound(case: Case, part: Part) -> tuple[str, str, Expr] | None:
    if part.kind != "filter":
        return None
    expr = read_expression(case.query.tokens, part.start, part.end)
    if expr.kind != "compare" or expr.name not in NEGATED or expr.args[1].kind != "literal":
        return None
    left = case.body.write(expr.args[0].start, expr.args[0].end, {})
    return left, expr.name, expr.args[1]


def between_two(case: Case, part: Part, expr: Expr) -> Iterator[Candidate]:
    """Give changes of a comparison of two expressions."""
    if expr.name in NEGATED:
        sign = sign_of(case, expr)
        text = case.body.write(expr.start, expr.end, {})
        why = f"`{text}` holds of no row"
        turned = NEGATED[expr.name]
        edits = ((sign, sign + 1, turned),)
        yield Candidate(2.5, "narrow-filter", edits, f"`{turned}` for `{expr.name}`", why, part)
