"""The grammar of Turtle, with the place of every triple: no parser at hand gives that of a good one.

Productions are named by their numbers in clause 6.5 (https://www.w3.org/TR/turtle/#sec-grammar).  What is
read here is never used as it is: `places` compares it with what pyoxigraph reads of the same text.
"""

from __future__ import annotations

from itertools import count
from typing import NamedTuple

from colloquy.terms import RDF, TYPE, XSD, XSD_STRING, Term, Triple, literal
from colloquy.turtle.iris import resolve
from colloquy.turtle.tokens import NUMBERS, Token, read_tokens, unescape

FIRST, REST, NIL = f"<{RDF}first>", f"<{RDF}rest>", f"<{RDF}nil>"


class Offsets(NamedTuple):
    """How many characters stand before the three parts of a triple; for a cell of a list, before its item."""

    subject: int
    predicate: int
    object: int


class Grammar:
    """Reads a text once; `triples` are in the order of the text, what is in brackets first."""

    def __init__(self, text: str, base: str = "") -> None:
        self.tokens = read_tokens(text)
        self.here = 0
        self.base, self.prefixes = base, dict[str, str]()
        self.triples: list[tuple[Triple, Offsets]] = []
        self._numbers = count()

    def read(self) -> list[tuple[Triple, Offsets]]:
        """Read all statements [1].  Raises ValueError for what is no Turtle."""
        while self.next.kind != "end":
            self.statement()
        return self.triples

    # --- tokens

    @property
    def next(self) -> Token:
        """The token that comes next."""
        return self.tokens[self.here]

    def take(self, *texts: str) -> Token:
        """Take the next token; with texts, it has to be one of them."""
        token = self.next
        if texts and (token.kind not in ("mark", "tag", "word") or token.text not in texts):
            raise ValueError(f"{' or '.join(texts)} was expected at character {token.at}")
        self.here += 1
        return token

    def comes(self, mark: str) -> bool:
        """Tell whether a mark comes next."""
        return self.next.kind == "mark" and self.next.text == mark

    def blank(self) -> Term:
        """Make a blank node that no label names."""
        return f"_:[{next(self._numbers)}]"

    # --- statements

    def statement(self) -> None:
        """Read one statement [2]: a directive or triples."""
        token = self.next
        if token.kind == "tag" or (token.kind == "word" and token.text.lower() in ("prefix", "base")):
            self.directive()
            return
        if self.comes("["):
            subject, has_said = self.anonymous()
            if has_said and self.comes("."):  # [6]: its own properties are enough
                self.take(".")
                return
        elif self.comes("("):
            subject = self.collection()
        else:
            subject = self.term()
        self.properties(subject, token.at)
        self.take(".")

    def directive(self) -> None:
        """Read a prefix or a base, in the form of Turtle or of SPARQL [3]."""
        token = self.take()
        word = token.text.removeprefix("@").lower()
        if word not in ("prefix", "base") or (token.kind == "tag" and token.text != f"@{word}"):
            raise ValueError(f"no directive at character {token.at}")
        name = self.take() if word == "prefix" else None
        if name is not None and (name.kind != "name" or not name.text.endswith(":")):
            raise ValueError(f"a prefix was expected at character {name.at}")
        value = self.iri(self.take())
        if name is None:
            self.base = value
        else:
            self.prefixes[name.text[:-1]] = value
        if token.kind == "tag":
            self.take(".")

    def properties(self, subject: Term, at: int) -> None:
        """Read properties with their objects [7], [8]."""
        while True:
            verb = self.next
            predicate = TYPE if verb.kind == "word" and self.take("a") else f"<{self.iri(self.take())}>"
            self.object(subject, predicate, at, verb.at)
            while self.comes(","):
                self.take()
                self.object(subject, predicate, at, verb.at)
            if not self.comes(";"):
                return
            while self.comes(";"):
                self.take()
            if self.comes(".") or self.comes("]"):
                return

    def object(self, subject: Term, predicate: Term, subject_at: int, predicate_at: int) -> None:
        """Read an object [12], and add its triple."""
        at = Offsets(subject_at, predicate_at, self.next.at)
        read = self.collection if self.comes("(") else self.property_list if self.comes("[") else self.term
        found = read()
        self.triples.append(((subject, predicate, found), at))

    def property_list(self) -> Term:
        """Read a blank node in brackets as an object."""
        return self.anonymous()[0]

    def anonymous(self) -> tuple[Term, bool]:
        """Read a blank node in brackets [14], and tell whether anything stands in them."""
        at = self.take("[").at
        node = self.blank()
        has_said = not self.comes("]")
        if has_said:
            self.properties(node, at)
        self.take("]")
        return node, has_said

    def collection(self) -> Term:
        """Read a list [15]."""
        at = self.take("(").at
        if self.comes(")"):
            self.take()
            return NIL
        head = cell = self.blank()
        while True:
            self.object(cell, FIRST, at, self.next.at)
            end = self.next.at
            following = NIL if self.comes(")") else self.blank()
            self.triples.append(((cell, REST, following), Offsets(at, end, end)))
            if following == NIL:
                self.take()
                return head
            cell = following

    # --- terms

    def term(self) -> Term:
        """Read an IRI, a labelled blank node or a literal [13], [16]."""
        token = self.take()
        if token.kind in ("iri", "name"):
            return f"<{self.iri(token)}>"
        if token.kind == "blank":
            return token.text
        if token.kind in NUMBERS:
            return literal(token.text, NUMBERS[token.kind])
        if token.kind == "word" and token.text in ("true", "false"):
            return literal(token.text, XSD + "boolean")
        if token.kind in ("text", "long"):
            quotes = 3 if token.kind == "long" else 1
            return self.literal(unescape(token.text[quotes:-quotes]))
        raise ValueError(f"a term was expected at character {token.at}")

    def literal(self, lexical: str) -> Term:
        """Read what follows a string [128s]: a language, a datatype, or neither."""
        if self.next.kind == "tag":
            return literal(lexical, language=self.take().text[1:])
        if self.comes("^^"):
            self.take()
            return literal(lexical, self.iri(self.take()))
        return literal(lexical, XSD_STRING)

    def iri(self, token: Token) -> str:
        """Give the IRI that a token means [135s], resolved or with its prefix written out."""
        if token.kind == "iri":
            return resolve(unescape(token.text[1:-1]), self.base)
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            if prefix in self.prefixes:
                return self.prefixes[prefix] + unescape(local)
        raise ValueError(f"an IRI was expected at character {token.at}")
