"""Six classes that an ontology author might add to the seminar project, each in at most 20 lines of Turtle."""

from __future__ import annotations

from dataclasses import dataclass, field

NAMESPACE = "https://colloquy.example/co-production/added#"
PREFIXES = """\
@prefix : <https://colloquy.example/co-production/added#> .
@prefix co: <https://colloquy.example/co-production/ontology#> . @prefix cq: <https://colloquy.example/ns#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix schema: <https://schema.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


@dataclass(frozen=True)
class Added:
    """A class that was added, and what is to be seen of it; every expectation is said by its Turtle."""

    name: str
    turtle: str
    facts: str
    """One entry; its id is `the-` and the name in small letters."""
    keys: dict[str, tuple[str, str]]
    """Its own keys: the kind of each, and its datatype or the label of what it leads to."""
    wrong: str
    """An entry with one mistake."""
    message: str
    wrong_type: str
    """A pair of YAML that the editor's schema refuses."""
    holds: str
    """A pattern that inference makes true of the entry, in standard terms."""
    definition: str
    rule: str
    plural: str
    colour: str
    mark: str
    card: str
    """A sentence that its card says."""
    question: str
    columns: int
    details: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The keys of the relations that came with it."""
    line: int = 2
    """Where the mistake is found: a missing value, and one that a query finds, at the entry."""

    @property
    def id(self) -> str:
        return f"the-{self.name.lower()}"


WORKSHOP = Added(
    name="Workshop",
    turtle=PREFIXES + """\
:Workshop a owl:Class ; rdfs:label "workshop"@en ; rdfs:subClassOf co:Event ; cq:plural "Workshops"@en ;
    skos:definition "An event in which everybody makes something."@en ; cq:legendOrder 11 ;
    cq:colour "#7a3b00" ; cq:darkColour "#f0b070" ; cq:mark "square" .
:facilitator a owl:ObjectProperty ; rdfs:label "facilitator"@en ; rdfs:domain :Workshop ; rdfs:range co:Person ;
    rdfs:subPropertyOf schema:performer ; cq:key "facilitators" ; skos:definition "Who leads the work."@en ;
    cq:sentence "{subject} was led by {object}."@en ; cq:inverseSentence "{object} led {subject}."@en .
:seats a owl:DatatypeProperty ; rdfs:domain :Workshop ; rdfs:range xsd:integer ; rdfs:label "seats"@en ;
    cq:sentence "{subject} has {object} seats."@en .
:WorkshopShape a sh:NodeShape ; sh:targetClass :Workshop ;
    sh:property [ sh:path :seats ; sh:maxInclusive 40 ; sh:message "a workshop has at most 40 `seats`"@en ] .
""",
    facts="- {id: the-workshop, type: Workshop, name: The workshop, facilitators: [hannah-howe], seats: 12}\n",
    keys={"facilitators": ("reference", "person"), "seats": ("literal", "integer")},
    wrong="- {id: wrong, type: Workshop, name: Wrong,\n   seats: 41}\n",
    message="a workshop has at most 40 `seats`",
    wrong_type="seats: many",
    holds=":the-workshop a schema:Event ; schema:performer :hannah-howe",
    definition="An event in which everybody makes something.",
    rule="40 or less",
    plural="Workshops",
    colour="#7a3b00",
    mark="square",
    card="led by Hannah Howe",
    question="Which workshop was led by which person?",
    columns=2,
)  # fmt: skip

EXHIBITION = Added(
    name="Exhibition",
    turtle=PREFIXES + """\
:Exhibition a owl:Class ; rdfs:label "exhibition"@en ; rdfs:subClassOf schema:CreativeWork ;
    skos:definition "Things shown together."@en ; cq:plural "Exhibitions"@en ; cq:colour "#4b4b9a" ; cq:mark "star" .
:Loan a owl:Class ; rdfs:label "loan"@en ; rdfs:subClassOf cq:QualifiedRelation .
:loan a owl:ObjectProperty ; rdfs:label "loan"@en ; rdfs:domain :Exhibition ; rdfs:range :Loan ; cq:key "loans" ;
    cq:target :lender ; cq:sentence "{subject} borrowed from {object}."@en ;
    cq:inverseSentence "{object} lent to {subject}."@en .
:lender a owl:ObjectProperty ; rdfs:label "lender"@en ; rdfs:domain :Loan ; rdfs:range co:Organisation .
:pieces a owl:DatatypeProperty ; rdfs:label "pieces"@en ; rdfs:domain :Loan ; rdfs:range xsd:positiveInteger .
:lentBy a owl:ObjectProperty ; rdfs:label "lent by"@en ; rdfs:subPropertyOf schema:contributor ;
    owl:propertyChainAxiom ( :loan :lender ) ; cq:drawn false ; cq:sentence "{subject} shows things of {object}."@en .
:ExhibitionShape a sh:NodeShape ; sh:targetClass :Exhibition ;
    sh:property [ sh:path :loan ; sh:minCount 1 ; sh:message "say who lent something (`loans`)"@en ] .
""",
    facts=(
        "- {id: the-exhibition, type: Exhibition, name: The exhibition,\n"
        "   loans: [{lender: university-of-leeds, pieces: 3}]}\n"
    ),
    keys={"loans": ("relation", "loan")},
    wrong="- id: wrong\n  type: Exhibition\n  name: Wrong\n",
    message="say who lent something (`loans`)",
    wrong_type="loans: [{lender: university-of-leeds, pieces: none}]",
    holds=":the-exhibition a schema:CreativeWork ; schema:contributor :university-of-leeds",
    definition="Things shown together.",
    rule="say who lent something (loans)",
    plural="Exhibitions",
    colour="#4b4b9a",
    mark="star",
    card="borrowed from University of Leeds",
    question="Which exhibition borrowed from which organisation?",
    columns=3,
    details={"Loan": ("lender", "pieces")},
    line=1,
)  # fmt: skip

LEAFLET = Added(
    name="Leaflet",
    turtle=PREFIXES + """\
:Leaflet a owl:Class ; rdfs:label "leaflet"@en ; rdfs:subClassOf co:Work ; cq:plural "Leaflets"@en ;
    skos:definition "A printed sheet for people who pass by."@en ; cq:colour "#006b5b" ; cq:mark "triangleDown" .
:summary a owl:DatatypeProperty ; rdfs:label "summary"@en ; rdfs:domain :Leaflet ; rdfs:range rdf:langString ;
    rdfs:subPropertyOf schema:abstract ; cq:sentence "{subject}, in short: {object}"@en .
:paper a owl:DatatypeProperty ; rdfs:label "paper"@en ; rdfs:domain :Leaflet ; rdfs:range xsd:string ;
    cq:sentence "{subject} is printed on {object} paper."@en .
:LeafletShape a sh:NodeShape ; sh:targetClass :Leaflet ;
    sh:property [ sh:path :summary ; sh:uniqueLang true ; sh:languageIn ( "en" "cy" ) ;
            sh:message "a `summary` is in English or Welsh, one in each"@en ] ,
        [ sh:path :paper ; sh:in ( "white" "yellow" ) ; sh:message "`paper` is white or yellow"@en ] .
""",
    facts=(
        "- {id: the-leaflet, type: Leaflet, name: The leaflet, paper: white,\n"
        "   summary: {en: come in, cy: dewch i mewn}}\n"
    ),
    keys={"summary": ("text", "langString"), "paper": ("literal", "string")},
    wrong="- {id: wrong, type: Leaflet, name: Wrong,\n   paper: red}\n",
    message="`paper` is white or yellow",
    wrong_type="paper: {of: wood}",
    holds=':the-leaflet a schema:CreativeWork ; schema:abstract "dewch i mewn"@cy',
    definition="A printed sheet for people who pass by.",
    rule="one of white, yellow",
    plural="Leaflets",
    colour="#006b5b",
    mark="triangleDown",
    card="printed on white paper",
    question="Which leaflet has which paper?",
    columns=2,
)  # fmt: skip

RESIDENCY = Added(
    name="Residency",
    turtle=PREFIXES + """\
:Residency a owl:Class ; rdfs:label "residency"@en ; rdfs:subClassOf schema:Event ; cq:plural "Residencies"@en ;
    skos:definition "A time in which somebody works as a guest."@en ; cq:colour "#7d2a6b" ; cq:mark "hollow-square" .
:begins a owl:DatatypeProperty ; rdfs:label "first day"@en ; rdfs:domain :Residency ; rdfs:range xsd:date ;
    rdfs:subPropertyOf schema:startDate ; cq:key "first_day" ; cq:sentence "{subject} began on {object}."@en .
:ends a owl:DatatypeProperty ; rdfs:label "last day"@en ; rdfs:domain :Residency ; rdfs:range xsd:date ;
    rdfs:subPropertyOf schema:endDate ; cq:key "last_day" ; cq:sentence "{subject} ended on {object}."@en .
:ResidencyShape a sh:NodeShape ; sh:targetClass :Residency ;
    sh:property [ sh:path :begins ; sh:minCount 1 ; sh:lessThanOrEquals :ends ;
        sh:message "a residency begins (`first_day`) before it ends (`last_day`)"@en ] .
""",
    facts="- {id: the-residency, type: Residency, name: The residency, first_day: 2016-03-01, last_day: 2016-04-30}\n",
    keys={"first_day": ("literal", "date"), "last_day": ("literal", "date")},
    wrong="- {id: wrong, type: Residency, name: Wrong, last_day: 2016-03-01,\n   first_day: 2016-04-30}\n",
    message="a residency begins (`first_day`) before it ends (`last_day`)",
    wrong_type="first_day: in spring",
    holds=':the-residency a schema:Event ; schema:startDate "2016-03-01"^^xsd:date',
    definition="A time in which somebody works as a guest.",
    rule="a residency begins (first_day) before it ends (last_day)",
    plural="Residencies",
    colour="#7d2a6b",
    mark="hollow-square",
    card="began on",
    question="Which residency has which first day?",
    columns=2,
)  # fmt: skip

FUND = Added(
    name="Fund",
    turtle=PREFIXES + """\
:Fund a owl:Class ; rdfs:label "fund"@en ; rdfs:subClassOf schema:Grant ; cq:plural "Funds"@en ;
    skos:definition "Money set aside for a purpose."@en ; cq:colour "#5a5a00" ; cq:mark "hollow-diamond" .
:granted a owl:DatatypeProperty ; rdfs:label "pounds granted"@en ; rdfs:domain :Fund ; rdfs:range xsd:integer ;
    cq:sentence "{subject} holds £{object}."@en ; rdfs:subPropertyOf schema:amount .
:spent a owl:DatatypeProperty ; rdfs:label "pounds spent"@en ; rdfs:domain :Fund ; rdfs:range xsd:integer ;
    cq:sentence "{subject} paid out £{object}."@en .
:FundShape a sh:NodeShape ; sh:targetClass :Fund ; sh:sparql [
    sh:message "a fund has not `spent` more than was `granted`"@en ;
    sh:select '''SELECT $this ?value WHERE {
        $this <https://colloquy.example/co-production/added#granted> ?most ;
              <https://colloquy.example/co-production/added#spent> ?value FILTER (?value > ?most) }''' ] .
""",
    facts="- {id: the-fund, type: Fund, name: The fund, granted: 900, spent: 400}\n",
    keys={"granted": ("literal", "integer"), "spent": ("literal", "integer")},
    wrong="- {id: wrong, type: Fund, name: Wrong, granted: 5,\n   spent: 6}\n",
    message="a fund has not `spent` more than was `granted`",
    wrong_type="granted: much",
    holds=":the-fund a schema:Grant ; schema:amount 900",
    definition="Money set aside for a purpose.",
    rule="a fund has not spent more than was granted",
    plural="Funds",
    colour="#5a5a00",
    mark="hollow-diamond",
    card="paid out £400",
    question="Which fund has which pounds granted?",
    columns=2,
    line=1,
)  # fmt: skip

BENCH = Added(
    name="Bench",
    turtle=PREFIXES + ':Bench a owl:Class ; rdfs:label "bench"@en ; rdfs:subClassOf schema:Thing .\n',
    facts="- {id: the-bench, type: Bench, name: The bench, description: a place to talk}\n",
    keys={},
    wrong="- {id: wrong, type: Bench, name: Wrong,\n   seats: 3}\n",
    message="Bench has no key `seats`",
    wrong_type="seats: 3",
    holds=":the-bench a schema:Thing",
    definition="no definition yet",
    rule="",
    plural="Bench",
    colour="#5f6b73",
    mark="dot",
    card="a place to talk",
    question="Which bench is there, and what is it called?",
    columns=2,
)

ADDED = (WORKSHOP, EXHIBITION, LEAFLET, RESIDENCY, FUND, BENCH)
