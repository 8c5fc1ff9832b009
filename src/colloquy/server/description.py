"""What the endpoint says of itself: SPARQL 1.1 Service Description, with VoID counted from the data."""

from __future__ import annotations

from collections.abc import Iterator

from colloquy.query import Engine
from colloquy.query.streaming import media_types
from colloquy.terms import TYPE, XSD, Term, Triple, iri, literal, plain

SD, VOID, FORMATS = (
    "http://www.w3.org/ns/sparql-service-description#", "http://rdfs.org/ns/void#", "http://www.w3.org/ns/formats/"
)  # fmt: skip
_FORMS = {
    "application/sparql-results+json": "SPARQL_Results_JSON", "application/sparql-results+xml": "SPARQL_Results_XML",
    "text/csv": "SPARQL_Results_CSV", "text/tab-separated-values": "SPARQL_Results_TSV", "text/turtle": "Turtle",
    "application/n-triples": "N-Triples", "application/rdf+xml": "RDF_XML", "application/ld+json": "JSON-LD",
}  # fmt: skip
_COUNTS = (
    ("triples", "SELECT (COUNT(*) AS ?n) { %s }"),
    ("distinctSubjects", "SELECT (COUNT(DISTINCT ?s) AS ?n) { %s }"),
    ("distinctObjects", "SELECT (COUNT(DISTINCT ?o) AS ?n) { %s }"),
    ("properties", "SELECT (COUNT(DISTINCT ?p) AS ?n) { %s }"),
    ("classes", "SELECT (COUNT(DISTINCT ?o) AS ?n) { %s FILTER(?p = rdf:type) }"),
)
_PREFIX = "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> "
_SERVICE = "_:service"


def endpoint(address: str) -> Triple:
    """Say where the service is asked; it may have several names."""
    return _SERVICE, _sd("endpoint"), iri(address)


def describe(engine: Engine) -> list[Triple]:
    """Give the triples of the description but `endpoint`; counting a large store takes a second or two."""
    service, dataset, default = _SERVICE, "_:dataset", "_:default"
    found: list[Triple] = [
        (service, TYPE, _sd("Service")),
        (service, _sd("supportedLanguage"), _sd("SPARQL11Query")),
        (service, _sd("defaultDataset"), dataset),
        (dataset, TYPE, _sd("Dataset")),
        (dataset, _sd("defaultGraph"), default),
    ]
    offered = dict.fromkeys((*media_types("select"), *media_types("graph")))
    found += [(service, _sd("resultFormat"), iri(FORMATS + _FORMS[media])) for media in offered if media in _FORMS]
    found += _graph(engine, default, "?s ?p ?o")
    for number, name in enumerate(sorted(engine.graphs())):
        named, graph = f"_:named{number}", f"_:graph{number}"
        found += [(dataset, _sd("namedGraph"), named), (named, TYPE, _sd("NamedGraph"))]
        found += [(named, _sd("name"), iri(name)), (named, _sd("graph"), graph)]
        found += _graph(engine, graph, f"GRAPH <{name}> {{ ?s ?p ?o }}")
    return found


def _graph(engine: Engine, node: Term, pattern: str) -> Iterator[Triple]:
    """Count a graph: as a whole, and its classes and properties one by one."""
    yield node, TYPE, _sd("Graph")
    yield node, TYPE, _void("Dataset")
    for name, text in _COUNTS:
        yield node, _void(name), _number(engine.ask(_PREFIX + text % pattern).rows[0][0])
    of_class = "SELECT ?x (COUNT(DISTINCT ?s) AS ?n) { %s FILTER(?p = rdf:type) BIND(?o AS ?x) } GROUP BY ?x"
    of_property = "SELECT ?x (COUNT(*) AS ?n) { %s BIND(?p AS ?x) } GROUP BY ?x"
    parts = (
        ("classPartition", "class", "entities", of_class),
        ("propertyPartition", "property", "triples", of_property),
    )
    for part, of, counted, text in parts:
        for number, (x, n) in enumerate(engine.ask(_PREFIX + text % pattern).rows):
            if x and x.startswith("<"):
                inner = f"{node}{of}{number}"
                yield node, _void(part), inner
                yield inner, _void(of), x
                yield inner, _void(counted), _number(n)


def _number(term: Term | None) -> Term:
    return literal(plain(term) if term else "0", XSD + "integer")


def _sd(name: str) -> Term:
    return iri(SD + name)


def _void(name: str) -> Term:
    return iri(VOID + name)
