"""The compiled shapes against pySHACL, the full engine: the same results on random graphs."""

from __future__ import annotations

from typing import Any

import pyoxigraph
import pyshacl
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from colloquy.index import TripleIndex
from colloquy.shapes import focus_nodes, read_shapes, validate
from colloquy.terms import SH, TYPE, XSD, Triple, iri, literal

SHAPES = """
@prefix : <https://harbour.example/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:Talk a sh:NodeShape ; sh:targetClass :Talk ;
  sh:property [ sh:path :speaker ; sh:minCount 1 ; sh:maxCount 2 ; sh:class :Person ; sh:nodeKind sh:IRI ] ;
  sh:property [ sh:path :seats ; sh:datatype xsd:integer ; sh:minInclusive 1 ; sh:maxExclusive 50 ] ;
  sh:property [ sh:path :title ; sh:uniqueLang true ; sh:languageIn ( "en" "cy" ) ; sh:minLength 2 ; sh:maxLength 6 ] ;
  sh:property [ sh:path :code ; sh:pattern "^t[0-9]+$" ; sh:flags "i" ] ;
  sh:property [ sh:path :room ; sh:in ( :hall :pier "attic" ) ] ;
  sh:or ( [ sh:property [ sh:path :seats ; sh:minCount 1 ] ] [ sh:property [ sh:path :room ; sh:minCount 1 ] ] ) ;
  sh:not [ sh:property [ sh:path :room ; sh:hasValue :pier ] ] .
:Person a sh:NodeShape ; sh:targetClass :Person ; sh:targetObjectsOf :speaker ;
  sh:xone ( [ sh:property [ sh:path :code ; sh:minCount 1 ] ] [ sh:property [ sh:path :title ; sh:minCount 1 ] ] ) ;
  sh:node [ sh:property [ sh:path :seats ; sh:maxCount 0 ] ] .
"""
BASE = "https://harbour.example/"
NODES = st.sampled_from([iri(BASE + name) for name in ("ada", "bo", "tide", "ebb", "hall", "pier")])
VALUES = st.one_of(
    NODES,
    st.sampled_from([literal(text) for text in ("attic", "t1", "T22", "x", "")]),
    st.sampled_from(
        [literal(text, language=tag) for text in ("Ebb", "Penllanw") for tag in ("en", "cy", "de", "en-GB")]
    ),
    st.sampled_from([literal(text, XSD + "integer") for text in ("0", "1", "49", "50")]),
)
LINKS = st.sampled_from([iri(BASE + name) for name in ("speaker", "seats", "title", "code", "room")])
TRIPLES = st.one_of(
    st.tuples(NODES, LINKS, VALUES),
    st.tuples(NODES, st.just(TYPE), st.sampled_from([iri(BASE + "Talk"), iri(BASE + "Person")])),
)


def shape_index() -> TripleIndex:
    return TripleIndex(
        (str(q.subject), str(q.predicate), str(q.object))
        for q in pyoxigraph.parse(SHAPES.encode(), pyoxigraph.RdfFormat.TURTLE)
    )


def ours(triples: set[Triple]) -> set[tuple[str, str, str]]:
    graph = TripleIndex(triples)
    found = set()
    for shape in read_shapes(shape_index()):
        assert not shape.beyond
        for focus in focus_nodes(shape, graph):
            for v in validate(shape, focus, graph):
                found.add((v.focus, v.shape.path or "", v.component))
    return found


def theirs(triples: set[Triple]) -> set[tuple[str, str, str]]:
    data = rdflib.Graph().parse(data="\n".join(f"{s} {p} {o} ." for s, p, o in triples), format="nt")
    _, report, _ = pyshacl.validate(data, shacl_graph=rdflib.Graph().parse(data=SHAPES, format="turtle"))
    sh = rdflib.Namespace(SH)
    assert isinstance(report, rdflib.Graph)
    found = set()
    for result in report.objects(None, sh.result):
        focus: Any = report.value(result, sh.focusNode)
        path: Any = report.value(result, sh.resultPath)
        component = str(report.value(result, sh.sourceConstraintComponent)).removeprefix(SH)
        name = component.removesuffix("ConstraintComponent")
        found.add((focus.n3(), f"<{path}>" if path else "", name[0].lower() + name[1:]))
    return found


@settings(max_examples=60, deadline=None)
@given(st.sets(TRIPLES, max_size=14))
def test_our_results_are_those_of_the_full_engine(triples: set[Triple]) -> None:
    assert ours(triples) == theirs(triples)


@pytest.mark.parametrize(
    "constraint",
    [
        "sh:closed true",
        'sh:sparql [ sh:select "SELECT $this WHERE { $this ?p ?o }" ]',
        "sh:property [ sh:path [ sh:inversePath <https://harbour.example/p> ] ; sh:minCount 1 ]",
        "sh:property [ sh:path <https://harbour.example/p> ; sh:qualifiedValueShape [] ; sh:qualifiedMinCount 1 ]",
        "sh:property [ sh:path <https://harbour.example/p> ; sh:lessThan <https://harbour.example/q> ]",
    ],
)
def test_what_the_tables_do_not_cover_goes_to_the_full_engine(constraint: str) -> None:
    text = (
        "@prefix sh: <http://www.w3.org/ns/shacl#> . <x:S> a sh:NodeShape ; sh:targetClass <x:C> ; " + constraint + " ."
    )
    index = TripleIndex(
        (str(q.subject), str(q.predicate), str(q.object))
        for q in pyoxigraph.parse(text.encode(), pyoxigraph.RdfFormat.TURTLE)
    )
    assert all(shape.beyond for shape in read_shapes(index))
