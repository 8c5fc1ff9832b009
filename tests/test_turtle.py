"""The place of every triple: right in hard texts, and in all Turtle at hand; or none."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path
from typing import TypeAlias

import pyoxigraph
import pytest

from colloquy.terms import TYPE, Term, Triple, iri_value
from colloquy.turtle.grammar import Grammar, Offsets
from colloquy.turtle.iris import resolve
from colloquy.turtle.places import spots_in

Rows: TypeAlias = list[tuple[Triple, Offsets]]

REPOSITORY = Path(__file__).parent.parent
OWN = sorted(
    path
    for folder in ("ontology", "docs/examples", "src/colloquy", "tests")
    for path in (REPOSITORY / folder).rglob("*.ttl")
    # Templates, and what a test puts prefixes before, are no Turtle by themselves.
    if not {"starter", ".colloquy", "output", "present.ttl", "absent.ttl"} & set(path.parts)
)
BASE = "http://harbour.example/base/file"


def parsed(data: bytes) -> list[tuple[Term, Term, Term]]:
    rows = pyoxigraph.parse(data, pyoxigraph.RdfFormat.TURTLE, base_iri=BASE)
    return [(str(q.subject), str(q.predicate), str(q.object)) for q in rows]


def wrong_places(data: bytes) -> list[str]:
    """Look at the text at every place: it has to be how that very term may begin there.

    Not by the tokens that made the places: by first letters, and for names by the end of the IRI.
    """
    spots = spots_in(data, BASE)
    assert spots is not None
    lines = re.split(r"\r\n|\n|\r", data.decode("utf-8"))
    found = []
    for triple, spot in zip(parsed(data), spots, strict=True):
        for term, (line, column), part in zip(triple, spot, ("subject", "predicate", "object"), strict=True):
            text = lines[line - 1][column - 1 :]
            if not could_be(term, text, part):
                found.append(f"{line}:{column}: {term} at {text[:30]!r}")
    return found


def could_be(term: Term, text: str, part: str) -> bool:
    if term.startswith("_:") or term.endswith("#nil>"):
        # A cell of a list stands at its bracket as a subject, and where its item does as an object.
        return text[:1] in "[()" or text.startswith("_:") or part == "object"
    if term.startswith("<"):
        if re.search(r"#(first|rest)>$", term) and part == "predicate":
            return bool(text)  # of a list, the place of the item
        if term == TYPE and re.match(r"a\s", text + " "):
            return True
        value = iri_value(term)
        if text.startswith("<"):
            return value.endswith(text[1 : text.index(">")].rpartition("/")[2]) or "\\" in text
        name = re.match(r"[^\s:]*:((?:[^\s;,()\[\]\\]|\\.)*)", text)
        return name is not None and value.endswith(re.sub(r"\\(.)", r"\1", name[1]).rstrip("."))
    if text[:1] in "\"'":
        lexical = term[1:8].split('"')[0].split("\\")[0]
        return text.lstrip("\"'").startswith((lexical.lstrip("'"), "\\")) or text.startswith(('"""', "'''"))
    number = re.match(r"[+-]?[0-9.eE+-]+|true|false", text)
    return number is not None and term[1:].startswith(number[0].rstrip("."))


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_own_files_have_all_their_places(path: Path) -> None:
    assert wrong_places(path.read_bytes()) == []


def test_public_files_have_all_their_places(shared: Path) -> None:
    read = lost = 0
    for path in chain((shared / "standards").rglob("*.ttl"), (shared / "bench").rglob("*.ttl")):
        data = path.read_bytes()
        try:
            parsed(data)
        except SyntaxError:
            continue  # meant to be refused, or newer than Turtle 1.1
        read += 1
        assert wrong_places(data) == [], path
        lost += spots_in(data, BASE) is None
    assert read > 400
    assert lost == 0


HARD = r'''@prefix : <http://harbour.example/> . @prefix ex.a: <http://harbour.example/a#> .
PREFIX b: <http://harbour.example/b/>
base <http://harbour.example/x/y>
:ada a :Person , ex.a:x\-y , b:p%20q ; :says """one "two"
  three\n""" , 'it''s' , "tab\t" , "Ünïcode 𝄞" , "cy"@cy-GB ;; .
[] :of [ :a 1 ; :b -2.5 , +3e4 , .5 , true ] , [ ] .
[ :only "this" ] .
( :x ( 1 ) [ :y ( ) ] "z"^^<http://harbour.example/t> ) :list ( ( ) ( :a ) ) .
<../up> <#frag> <?query> , <//other.example/p> , </quay/./a/../b> . # <not> "this"
_:one.two :knows _:b1 . _:b1 :knows _:one.two .
[ :same 1 ] :pair [ :same 1 ] , [ :same 1 ] .
:ada :says "again" , "again" .
'''


def test_hard_texts_have_all_their_places() -> None:
    data = HARD.replace("'it''s'", "'its'").encode()
    assert wrong_places(data) == []
    for ends in (b"\r\n", b"\r"):
        assert wrong_places(data.replace(b"\n", ends)) == []
    spots = spots_in(data, BASE) or []
    lines = data.decode().splitlines()
    [says] = [s for t, s in zip(parsed(data), spots, strict=True) if "nïcode" in t[2]]
    assert says.object == (5, lines[4].index('"Ünï') + 1)
    assert says.subject == (4, 1)


@pytest.mark.parametrize(
    "text",
    [
        "@prefix : <http://harbour.example/> . :a :b <<( :c :d :e )>> .",  # RDF 1.2
        '@prefix : <http://harbour.example/> . :a :b "x"@en--ltr .',
        "@prefix : <http://harbour.example/> . :a :b :c {| :d :e |} .",
        "@prefix : <http://harbour.example/> . :a :b",
        ":a :b :c .",
    ],
)
def test_what_is_not_turtle_1_1_has_no_places(text: str) -> None:
    assert spots_in(text.encode()) is None


def test_readings_that_differ_give_no_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever mistake our reading would make, none of its places is believed."""
    data = b"@prefix : <http://harbour.example/> . :a :b [ :c :d ] , ( 1 2 ) , 'e' ."
    assert spots_in(data)
    read = Grammar.read
    length = len(read(Grammar(data.decode())))
    for at in range(length):

        def less(self: Grammar, at: int = at) -> Rows:
            rows = read(self)
            return rows[:at] + rows[at + 1 :]

        def other(self: Grammar, at: int = at) -> Rows:
            rows = read(self)
            (s, p, o), offsets = rows[at]
            swapped = (s, p, "_:elsewhere" if o.startswith("_:") else o + "x")
            return [*rows[:at], (swapped, offsets), *rows[at + 1 :]]

        for wrong in (less, other):
            monkeypatch.setattr(Grammar, "read", wrong)
            assert spots_in(data) is None, (wrong.__name__, at)


# RFC 3986, clause 5.4.
NORMAL = """g:h g:h|g http://a/b/c/g|./g http://a/b/c/g|g/ http://a/b/c/g/|/g http://a/g|//g http://g|?y http://a/b/c/d;p?y
g?y http://a/b/c/g?y|#s http://a/b/c/d;p?q#s|g#s http://a/b/c/g#s|g?y#s http://a/b/c/g?y#s|;x http://a/b/c/;x
g;x http://a/b/c/g;x|g;x?y#s http://a/b/c/g;x?y#s|. http://a/b/c/|./ http://a/b/c/|.. http://a/b/|../ http://a/b/
../g http://a/b/g|../.. http://a/|../../ http://a/|../../g http://a/g|../../../g http://a/g|/./g http://a/g|/../g http://a/g
g. http://a/b/c/g.|.g http://a/b/c/.g|g.. http://a/b/c/g..|..g http://a/b/c/..g|./../g http://a/b/g|./g/. http://a/b/c/g/
g/./h http://a/b/c/g/h|g/../h http://a/b/c/h|g;x=1/./y http://a/b/c/g;x=1/y|g;x=1/../y http://a/b/c/y"""


@pytest.mark.parametrize("line", [one for line in NORMAL.splitlines() for one in line.split("|")])
def test_references_are_resolved_as_in_the_rfc(line: str) -> None:
    reference, wanted = line.split(" ")
    assert resolve(reference, "http://a/b/c/d;p?q") == wanted
