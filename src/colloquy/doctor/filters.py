"""Filters, VALUES and HAVING that let nothing through, though rows come to them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

from colloquy.doctor import bounds
from colloquy.doctor.anatomy import HOLE
from colloquy.doctor.case import Candidate, Case, Edit
from colloquy.doctor.cutting import Part
from colloquy.doctor.expressions import Expr, read_expression
from colloquy.doctor.nearness import distance
from colloquy.doctor.structure import told
from colloquy.doctor.texts import Match, matches
from colloquy.doctor.unknown import near_terms
from colloquy.terms import LABEL, LANG_STRING, XSD_STRING, Term, is_iri, literal, literal_parts

SURE = 1.6
"""What a match costs at the most that is made beside others."""
FINDERS = {"CONTAINS": "in", "STRSTARTS": "start", "STRENDS": "end"}


class Test(NamedTuple):
    """One comparison in a filter: what is compared, the constant, and the values that came to it."""

    expr: Expr
    left: Expr
    right: Expr
    written: Term
    values: list[Term]


def examine_filter(case: Case, part: Part) -> Iterator[Candidate]:
    """Give changes of one filter under which the whole query may give rows."""
    start = part.start + 1 if part.kind == "having" else part.start
    tree = read_expression(case.query.tokens, start, part.end)
    for expr, negated in _tests(tree, False):
        if (expr.kind in ("compare", "in") or expr.name == "SAMETERM") and not negated:
            yield from _comparison(case, part, expr)
        elif expr.kind == "call" and expr.name in FINDERS and not negated:
            yield from _finder(case, part, expr)
        elif expr.kind == "call" and expr.name == "REGEX" and not negated:
            yield from _regex(case, part, expr)
        elif expr.kind == "call" and expr.name == "LANGMATCHES" and not negated:
            yield from _language(case, part, expr, *expr.args)
    yield from bounds.swapped(case, part)


def too_narrow(case: Case, part: Part) -> tuple[str, str]:
    """Give the cause and words for a filter that lets nothing through, where no change of it is known."""
    start = part.start + 1 if part.kind == "having" else part.start
    text = case.body.write(start, part.end, {})
    for expr, _ in _tests(read_expression(case.query.tokens, start, part.end), False):
        if expr.kind != "compare" or expr.name == "!=":
            continue
        left, right = expr.args if expr.args[0].kind != "literal" else expr.args[::-1]
        written = case.term_at(right.start, right.end) if right.kind == "literal" else None
        values = [v for v in came(case, part, left) if not is_iri(v)] if written is not None else []
        if written is None or not values:
            continue
        kinds = {literal_parts(v).datatype for v in values}
        if bounds.kind_of(literal_parts(written).datatype) not in map(bounds.kind_of, kinds):
            shown = ", ".join(f"`{case.show(f'<{k}>')}`" for k in sorted(kinds))
            return "datatype", f"`{text}` compares with values of datatype {shown}"
        if expr.name in bounds.NEGATED:
            return "narrow-filter", bounds.kept_out(case, expr, left, right, written, values)
    return "narrow-filter", f"`{text}` holds of no row that comes there"


def _tests(expr: Expr, negated: bool) -> Iterator[tuple[Expr, bool]]:
    if expr.kind in ("and", "or"):
        for one in expr.args:
            yield from _tests(one, negated)
    elif expr.kind == "not":
        yield from _tests(expr.args[0], not negated)
    else:
        yield expr, negated


def came(case: Case, part: Part, expr: Expr) -> list[Term]:
    """Give the values that an expression has where the rest of the query holds."""
    text = case.body.write(expr.start, expr.end, {})
    rest = [p for p in case.parts if p is not part]
    if part.kind == "having":
        tail = case.body.tail([], {})
        inner = [p for p in rest if p not in case.body.root.tail or p.kind == "values"]
        return case.probes.values(case.body.select(f"({text} AS ?{HOLE})", inner, {}, "", tail))
    if expr.kind == "variable":
        text = f"?{expr.name}"
        return case.values(rest, {}, "", text)
    return case.values(rest, {}, "", f"({text} AS ?{HOLE})")


def _comparison(case: Case, part: Part, expr: Expr) -> Iterator[Candidate]:
    left, rights = expr.args[0], expr.args[1:]
    if expr.kind == "in" and len(rights) > 1 and left.kind not in ("literal", "iri"):
        yield from _list(case, part, left, rights)
    if left.kind in ("literal", "iri") and len(rights) == 1:
        left, rights = rights[0], (left,)
    for right in rights:
        if right.kind not in ("literal", "iri") or left.kind in ("literal", "iri"):
            yield from bounds.between_two(case, part, expr)
            continue
        written = case.term_at(right.start, right.end)
        if written is None:
            continue
        if left.kind == "call" and left.name == "LANG":
            yield from _language(case, part, expr, left, right)
            continue
        test = Test(expr, left, right, written, came(case, part, left))
        if is_iri(written):
            yield from _thing(case, part, test)
        elif expr.name in ("=", "IN", "SAMETERM"):
            yield from _equality(case, part, test)
        elif expr.name != "!=":
            yield from bounds.examine_bound(case, part, expr, left, right, written, test.values)


def _list(case: Case, part: Part, left: Expr, rights: tuple[Expr, ...]) -> Iterator[Candidate]:
    """Change all constants of a list that have a near one in the data."""
    values = came(case, part, left)
    edits: list[Edit] = []
    words: list[str] = []
    first: tuple[Match, str] | None = None
    for right in rights:
        written = case.term_at(right.start, right.end) if right.kind == "literal" else None
        found = matches(written, values) if written else []
        if found and found[0].cost <= SURE:
            old, new = case.body.write(right.start, right.end, {}), case.show(found[0].value)
            first = first or (found[0], old)
            edits.append((right.start, right.end, new))
            words.append(f"{new} for {old}")
    if first is not None and len(edits) > 1:
        why = told(first[0].cause, first[1], case.show(first[0].value))
        yield Candidate(first[0].cost - 0.1, first[0].cause, tuple(edits), ", ".join(words), why, part)


def _equality(case: Case, part: Part, test: Test) -> Iterator[Candidate]:
    old = case.body.write(test.right.start, test.right.end, {})
    for found in matches(test.written, test.values)[:4]:
        new = case.show(found.value)
        edits: tuple[Edit, ...] = ((test.right.start, test.right.end, new),)
        yield Candidate(found.cost, found.cause, edits, f"{new} for {old}", told(found.cause, old, new), part)
    if any(is_iri(v) for v in test.values):
        yield from _label(case, part, test, "=")
    yield from bounds.examine_equality(case, part, test.expr, test.left, test.right, test.written, test.values)


def _thing(case: Case, part: Part, test: Test) -> Iterator[Candidate]:
    old = case.body.write(test.right.start, test.right.end, {})
    named = set(case.named_after(test.left.name)) if test.left.kind == "variable" else set()
    cause = "unknown-term" if test.written in case.unknown else "wrong-property"
    if test.left.kind == "call" and test.left.name == "DATATYPE":
        cause = "datatype"
        for value in sorted(set(test.values)):
            words = f"`{case.show(value)}` for `{old}`"
            why = f"the values there are of datatype `{case.show(value)}`"
            yield Candidate(2.0, cause, ((test.right.start, test.right.end, case.show(value)),), words, why, part)
        return
    for cost, term in near_terms(test.written, test.values):
        new = case.show(term)
        why = f"`{old}` does not come there; the data has `{new}`"
        edits = ((test.right.start, test.right.end, new),)
        yield Candidate(2.0 + cost - (term in named), cause, edits, f"`{new}` for `{old}`", why, part)


def _label(case: Case, part: Part, test: Test, sign: str) -> Iterator[Candidate]:
    """Compare the name of a thing, not its address."""
    if test.left.kind != "variable":
        return
    rest = [p for p in case.parts if p is not part]
    name = "?doctor_name"
    names = case.values(rest, {}, f"?{test.left.name} {LABEL} {name}", name)
    found = [(0.0, n) for n in names if n == test.written] + [(m.cost, m.value) for m in matches(test.written, names)]
    for cost, value in found[:2]:
        new = f"EXISTS {{ ?{test.left.name} {case.show(LABEL)} {case.show(value)} }}"
        why = f"`?{test.left.name}` is a thing, and its name is a text"
        edits = ((test.expr.start, test.expr.end, new),)
        yield Candidate(2.0 + cost, "reference-as-text", edits, f"`{new}`", why, part)


def _language(case: Case, part: Part, expr: Expr, left: Expr, right: Expr) -> Iterator[Candidate]:
    written = case.term_at(right.start, right.end) if right.kind == "literal" else None
    if written is None:
        return
    tags = came(case, part, left)
    texts = sorted({literal_parts(t).lexical for t in tags if not is_iri(t)})
    old = literal_parts(written).lexical
    for tag in texts:
        new = case.show(literal(tag))
        shown = f"tagged {new}" if tag else "without a language tag"
        near = distance(old, tag) if tag else 1.0
        cost = 1.2 + min(near, 2.0) / 4
        why = f'the texts there are {shown}, none is tagged "{old}"'
        if not tag and expr.name == "LANGMATCHES":
            edits: tuple[Edit, ...] = ((expr.start, expr.end, f'{case.body.write(left.start, left.end, {})} = ""'),)
        else:
            edits = ((right.start, right.end, new),)
        yield Candidate(cost, "language-tag", edits, f'{new} for "{old}"', why, part)


# --- texts in texts ------------------------------------------------------------------------------


def _finder(case: Case, part: Part, expr: Expr) -> Iterator[Candidate]:
    left, right = expr.args
    written = case.term_at(right.start, right.end) if right.kind == "literal" else None
    if written is None:
        return
    values = came(case, part, left)
    sought = literal_parts(written)
    old = case.body.write(right.start, right.end, {})
    inner = case.body.write(left.start, left.end, {})
    function = case.query.tokens[expr.start].text
    texts = [v for v in values if not is_iri(v)]
    lexicals = sorted({literal_parts(v).lexical for v in texts})
    where = FINDERS[expr.name]
    if any(is_iri(v) for v in values):
        yield from _label_holds(case, part, expr, left, right, sought.lexical)
    holding = [t for t in lexicals if _holds(t, sought.lexical, where)]
    if holding:
        if sought.language:
            why = f"no text there is tagged @{sought.language} and holds {old}"
            edits: tuple[Edit, ...] = ((right.start, right.end, case.show(literal(sought.lexical))),)
            yield Candidate(1.0, "language-tag", edits, f"{old} without its tag", why, part)
        numbers = any(literal_parts(v).datatype not in (XSD_STRING, LANG_STRING) for v in texts)
        why = f"{function} takes texts, and `{inner}` has values of another datatype"
        edits = ((left.start, left.end, f"STR({inner})"),)
        yield Candidate(
            1.2, "datatype" if numbers else "language-tag", edits, f"`STR({inner})` for `{inner}`", why, part
        )
    spelt = _spelt(lexicals, sought.lexical, where)
    variants = sorted({found for _, found in spelt})
    if len({v.casefold() for v in variants}) == 1 and len(variants) > 1 and spelt[0][0] <= 0.25:
        new = f"LCASE({inner}), {case.show(literal(sought.lexical.lower()))}"
        why = (
            f"the data has {', '.join(case.show(literal(v)) for v in variants[:3])} there, in other letters than {old}"
        )
        yield Candidate(1.0, "wrong-case", ((left.start, right.end, new),), f"`{function}({new})`", why, part)
    for far, text in spelt[:4]:
        language = sought.language
        new = case.show(literal(text, language=language) if language else literal(text))
        edits = ((right.start, right.end, new),)
        why = told("wrong-case", old, new)
        yield Candidate(1.1 + far / 2, "wrong-case", edits, f"{new} for {old}", why, part)
    if where != "in" and any(sought.lexical in t for t in lexicals):
        why = f"{old} stands there, but not at the {where}"
        other = "STRSTARTS" if where == "end" else "STRENDS"
        for cost, new in ((2.45 if where == "end" else 2.6, other), (2.5, "CONTAINS")):
            edits = ((expr.start, expr.start + 1, new),)
            yield Candidate(cost, "narrow-filter", edits, f"`{new}` for `{function}`", why, part)


def _label_holds(case: Case, part: Part, expr: Expr, left: Expr, right: Expr, sought: str) -> Iterator[Candidate]:
    function = case.query.tokens[expr.start].text
    inner = case.body.write(left.start, left.end, {})
    constant = case.body.write(right.start, right.end, {})
    why = f"`{inner}` is a thing, and {function} takes texts"
    if left.kind == "variable":
        label = f"{inner} {case.show(LABEL)} ?doctor_name"
        new = f"EXISTS {{ {label} FILTER({function}(STR(?doctor_name), {constant})) }}"
        yield Candidate(2.2, "reference-as-text", ((expr.start, expr.end, new),), f"`{new}`", why, part)
        edits = ((left.start, left.end, f"STR({inner})"),)
        yield Candidate(2.0, "reference-as-text", edits, f"`STR({inner})` for `{inner}`", why, part)


def _holds(text: str, sought: str, where: str) -> bool:
    return {"in": sought in text, "start": text.startswith(sought), "end": text.endswith(sought)}[where]


_WORD = re.compile(r"\S+")
_ANCHOR = re.compile(r"(?<!\[)(?<!\\)\^|(?<!\\)\$")


def _spelt(texts: list[str], sought: str, where: str) -> list[tuple[float, str]]:
    """Find stretches of texts that are near to what is sought, nearest first."""
    found: dict[str, float] = {}
    folded = sought.casefold()
    for text in texts:
        at = text.casefold().find(folded) if len(text.casefold()) == len(text) else -1
        if at >= 0:
            piece = text[at : at + len(sought)]
            if piece != sought and _holds(text, piece, where):
                found[piece] = 0.25
    if found:
        return sorted((far, text) for text, far in found.items())
    count = len(_WORD.findall(sought))
    for text in texts:
        words = [(m.start(), m.end()) for m in _WORD.finditer(text)]
        for index, size in itertools.product(range(len(words)), range(max(count - 1, 1), count + 2)):
            if index + size > len(words):
                continue
            piece = text[words[index][0] : words[index + size - 1][1]].strip(".,;:!?()“”\"'‘’")
            if piece and _holds(text, piece, where) and (far := distance(sought.strip(), piece)) != float("inf"):
                found[piece] = min(far, found.get(piece, far))
    return sorted((far, text) for text, far in found.items() if text != sought)


def _regex(case: Case, part: Part, expr: Expr) -> Iterator[Candidate]:
    left, right = expr.args[:2]
    written = case.term_at(right.start, right.end) if right.kind == "literal" else None
    if written is None:
        return
    pattern = literal_parts(written).lexical
    inner = case.body.write(left.start, left.end, {})
    old = case.body.write(right.start, right.end, {})
    if literal_parts(written).language:
        new = case.show(literal(pattern))
        why = f"a pattern has no language, and {old} has a tag"
        yield Candidate(1.0, "language-tag", ((right.start, right.end, new),), f"{new} for {old}", why, part)
    if len(expr.args) == 2:
        why = f"the data has what {old} looks for in other letters"
        edits: tuple[Edit, ...] = ((right.end, right.end, ', "i"'),)
        yield Candidate(1.3, "wrong-case", edits, f'`REGEX({inner}, {old}, "i")`', why, part)
    why = f"REGEX takes texts, and `{inner}` has other values"
    edits = ((left.start, left.end, f"STR({inner})"),)
    cause = "reference-as-text" if any(is_iri(v) for v in came(case, part, left)) else "datatype"
    yield Candidate(1.6, cause, edits, f"`STR({inner})` for `{inner}`", why, part)
    loose = _ANCHOR.sub("", pattern)
    pieces = [loose, pattern.removesuffix("$"), pattern.removeprefix("^")]
    for number, piece in enumerate(p for p in dict.fromkeys(pieces) if p not in ("", pattern)):
        new = case.show(literal(piece))
        why = f"{old} looks for the whole of a text, from its beginning or to its end"
        edits = ((right.start, right.end, new),)
        yield Candidate(2.5 + number / 10, "narrow-filter", edits, f"{new} for {old}", why, part)
    core = loose.replace("\\", "")
    if not re.search(r"[\[\](){}|*+?^$.]", core):
        texts = sorted({literal_parts(v).lexical for v in came(case, part, left) if not is_iri(v)})
        for far, text in _spelt(texts, core, "in")[:3]:
            new = case.show(literal(pattern.replace(loose, re.escape(text).replace("\\ ", " ").replace("\\-", "-"))))
            edits = ((right.start, right.end, new),)
            yield Candidate(1.4 + far / 2, "wrong-case", edits, f"{new} for {old}", told("wrong-case", old, new), part)
