"""Triples one by one, out of what `;`, `,` and brackets join, each with the tokens of its three places."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from colloquy.sparql.tokens import Token


class Spot(NamedTuple):
    """A subject or object: its tokens, or none where `text` is a variable that stands for brackets."""

    start: int
    end: int
    text: str


class Step(NamedTuple):
    """A property in a verb: its token, and the token `^` before it, if any."""

    token: int
    turned: int | None


class Verb(NamedTuple):
    """What stands between subject and object: a variable, a property, or a path of several."""

    start: int
    end: int
    steps: tuple[Step, ...]
    variable: str = ""

    @property
    def plain(self) -> bool:
        """Whether it is one property and nothing more."""
        return self.end - self.start == 1 and not self.variable


@dataclass(frozen=True)
class Triple:
    """One triple pattern; `start` and `end` are those of its own tokens, the subject with them where it is near."""

    start: int
    end: int
    subject: Spot
    verb: Verb
    value: Spot
    alone: bool
    """Whether no other triple shares the text of its subject."""


class _Reader:
    def __init__(self, tokens: Sequence[Token], start: int, fresh: Callable[[], str]) -> None:
        self.tokens, self.at, self.fresh = tokens, start, fresh
        self.found: list[Triple] = []

    @property
    def text(self) -> str:
        return self.tokens[self.at].text if self.at < len(self.tokens) else ""

    def node(self) -> Spot:
        start = self.at
        if self.text == "[":
            self.at += 1
            name = self.fresh()
            self.properties(Spot(start, start, name))
            self.at += 1  # ]
            return Spot(start, start, name)
        if self.text == "(":
            return self.collection()
        token = self.tokens[start]
        self.at += 1
        if token.kind == "string":
            if self.at < len(self.tokens) and self.tokens[self.at].kind == "language":
                self.at += 1
            elif self.text == "^^":
                self.at += 2
        if token.kind == "anon":
            return Spot(start, start, self.fresh())
        if token.kind == "blank":
            return Spot(start, start, "?doctor_" + token.text[2:].replace("-", "_").replace(".", "_"))
        return Spot(start, self.at, token.text)

    def collection(self) -> Spot:
        """Skip a list: what stands in it is left as it is, and counts as a variable."""
        depth = 0
        start = self.at
        while True:
            depth += (self.text in ("(", "[")) - (self.text in (")", "]"))
            self.at += 1
            if not depth:
                return Spot(start, start, self.fresh())

    def verb(self) -> Verb:
        start = self.at
        token = self.tokens[start]
        if token.kind == "variable":
            self.at += 1
            return Verb(start, self.at, (), token.text[1:])
        steps: list[Step] = []
        depth = 0
        wanted = True  # whether a path would go on with a property, not with the object
        while True:
            text = self.text
            token = self.tokens[self.at]
            if wanted:
                if text == "(":
                    depth += 1
                elif token.kind in ("iri", "name", "namespace") or text == "a":
                    turned = self.at - 1 if self.at > start and self.tokens[self.at - 1].text == "^" else None
                    steps.append(Step(self.at, turned))
                    wanted = False
                elif token.kind == "nil":
                    wanted = False
            elif text == ")" and depth:
                depth -= 1
            elif text in ("/", "|"):
                wanted = True
            elif text not in ("*", "+", "?"):
                return Verb(start, self.at, tuple(steps))
            self.at += 1

    def properties(self, subject: Spot, end: int = 0) -> None:
        first = len(self.found)
        near = True
        while True:
            while self.text == ";":
                self.at += 1
                near = False
            if self.text in ("]", "") or (end and self.at >= end):
                break
            verb = self.verb()
            objects = True
            while objects:
                value = self.node()
                start = subject.start if near and subject.end > subject.start else verb.start
                self.found.append(Triple(start, max(value.end, self.at), subject, verb, value, False))
                near = False
                objects = self.text == ","
                self.at += objects
            if self.text != ";":
                break
        own = [t for t in self.found[first:] if t.subject == subject]
        if len(own) == 1 and subject.end > subject.start:
            index = self.found.index(own[0])
            self.found[index] = Triple(own[0].start, own[0].end, subject, own[0].verb, own[0].value, True)


def read_triples(tokens: Sequence[Token], start: int, end: int, fresh: Callable[[], str]) -> Iterator[Triple]:
    """Give the triples of one subject with all that hangs on it; `fresh` gives a new variable for each `[ … ]`.

    Lists in `( … )` are taken as a whole, as a variable.
    """
    reader = _Reader(tokens, start, fresh)
    subject = reader.node()
    if reader.at < end:
        reader.properties(subject, end)
    yield from sorted(reader.found, key=lambda t: (t.verb.start, t.value.start))
