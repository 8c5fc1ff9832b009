"""Expressions of filters as trees of tokens (SPARQL 1.1, clause 19.8, rules 110 to 127)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from colloquy.sparql.tokens import Token

COMPARISONS = frozenset(("=", "!=", "<", ">", "<=", ">="))


@dataclass(frozen=True)
class Expr:
    """One expression: tokens `start` up to `end`.

    `kind` is or, and, not, compare, in, not-in, sum, call, variable, literal, iri or other; `name` is the
    function in capitals, or the sign of a comparison.
    """

    kind: str
    start: int
    end: int
    name: str = ""
    args: tuple[Expr, ...] = ()

    def below(self) -> Iterator[Expr]:
        """Give this expression and all within."""
        yield self
        for one in self.args:
            yield from one.below()


class _Reader:
    def __init__(self, tokens: Sequence[Token], start: int, end: int) -> None:
        self.tokens, self.at, self.stop = tokens, start, end

    @property
    def text(self) -> str:
        return self.tokens[self.at].text.upper() if self.at < self.stop else ""

    def chain(self, kind: str, sign: str) -> Expr:
        start, args = self.at, [self.chain("and", "&&") if kind == "or" else self.relation()]
        while self.text == sign:
            self.at += 1
            args.append(self.chain("and", "&&") if kind == "or" else self.relation())
        return args[0] if len(args) == 1 else Expr(kind, start, self.at, sign, tuple(args))

    def whole(self) -> Expr:
        return self.chain("or", "||")

    def relation(self) -> Expr:
        start, left = self.at, self.sum()
        if self.text in COMPARISONS:
            sign = self.text
            self.at += 1
            return Expr("compare", start, self._after(self.sum()), sign, (left, self._last))
        if self.text in ("IN", "NOT"):
            kind = "not-in" if self.text == "NOT" else "in"
            self.at += 1 + (self.text == "NOT")
            args = self.arguments()
            return Expr(kind, start, self.at, "IN", (left, *args))
        return left

    def _after(self, made: Expr) -> int:
        self._last = made
        return self.at

    def sum(self) -> Expr:
        start, args = self.at, [self.unary()]
        while self.text in ("+", "-", "*", "/") or (self.at < self.stop and self.tokens[self.at].kind == "signed"):
            if self.tokens[self.at].kind != "signed":
                self.at += 1
            args.append(self.unary())
        return args[0] if len(args) == 1 else Expr("sum", start, self.at, "", tuple(args))

    def unary(self) -> Expr:
        start = self.at
        if self.text in ("!", "+", "-"):
            sign = self.text
            self.at += 1
            inner = self.unary()
            return Expr("not" if sign == "!" else "sum", start, self.at, sign, (inner,))
        return self.primary()

    def primary(self) -> Expr:
        start, token = self.at, self.tokens[self.at]
        self.at += 1
        if token.text == "(":
            inner = self.whole()
            self.at += 1
            return Expr(inner.kind, start, self.at, inner.name, inner.args)
        if token.kind == "variable":
            return Expr("variable", start, self.at, token.text[1:])
        if token.kind == "string":
            if self.at < self.stop and self.tokens[self.at].kind == "language":
                self.at += 1
            elif self.text == "^^":
                self.at += 2
            return Expr("literal", start, self.at)
        if token.kind in ("iri", "name", "namespace"):
            if self.text == "(" or (self.at < self.stop and self.tokens[self.at].kind == "nil"):
                args = self.arguments()
                return Expr("call", start, self.at, token.text, args)
            return Expr("iri", start, self.at)
        if token.kind == "word" and token.text.upper() not in ("TRUE", "FALSE"):
            if token.text.upper() in ("NOT", "EXISTS"):
                self.at = self._skip_group()
                return Expr("other", start, self.at)
            args = self.arguments()
            return Expr("call", start, self.at, token.text.upper(), args)
        return Expr("literal", start, self.at)

    def _skip_group(self) -> int:
        depth, at = 0, self.at
        while True:
            depth += (self.tokens[at].text == "{") - (self.tokens[at].text == "}")
            at += 1
            if not depth and self.tokens[at - 1].text == "}":
                return at

    def arguments(self) -> tuple[Expr, ...]:
        if self.tokens[self.at].kind == "nil":
            self.at += 1
            return ()
        self.at += 1  # (
        found: list[Expr] = []
        while self.text != ")":
            if self.text in ("DISTINCT", ","):
                self.at += 1
            elif self.text == "*":
                found.append(Expr("other", self.at, self.at + 1))
                self.at += 1
            elif self.text == ";":  # SEPARATOR = "…"
                self.at += 4
            else:
                found.append(self.whole())
        self.at += 1
        return tuple(found)


def read_expression(tokens: Sequence[Token], start: int, end: int) -> Expr:
    """Read the expression that stands in some tokens.

    >>> from colloquy.sparql.tokens import tokenize
    >>> tokens = [t for t in tokenize('STR(?a) = "x" || ?n > 3') if t.kind != "space"]
    >>> [part.name for part in read_expression(tokens, 0, len(tokens)).args]
    ['=', '>']
    """
    return _Reader(tokens, start, end).whole()
