"""An invented project before and after every kind of declared change: ontology, facts with odd spelling, questions.

`old` and `new` of a case are whole fact files; each is written with CRLF, and `old` stays as it is but
for the lines that the change is about.  Rows of a question are those that the old facts give.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

HARBOUR = Path(__file__).parent / "cases/ontology/harbour.ttl"
PREFIXES = """\
@prefix : <https://harbour.example/ontology#> . @prefix h: <https://harbour.example/ontology#> .
@prefix cq: <https://colloquy.example/ns#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix dct: <http://purl.org/dc/terms/> .
"""
# What the ontology had all along: terms that are to be replaced.
BEFORE = """
:Boat a owl:Class ; rdfs:label "boat"@en . :Vessel a owl:Class ; rdfs:label "vessel"@en ; cq:colour "#00796b" .
:gaveAt  a owl:ObjectProperty ; rdfs:domain :Person ; rdfs:range :Talk ; cq:sentence "{subject} gave {object}."@en .
:spokeAt a owl:ObjectProperty ; rdfs:domain :Person ; rdfs:range :Talk ; cq:sentence "{subject} spoke at {object}."@en .
:place a owl:ObjectProperty ; rdfs:domain :Event ; rdfs:range :Body .
:chairs a owl:DatatypeProperty ; rdfs:domain :Event ; rdfs:range xsd:integer .
:kind a owl:DatatypeProperty ; rdfs:range xsd:string .
:built a owl:DatatypeProperty ; rdfs:domain :Boat ; rdfs:range xsd:string .
:mooring a owl:DatatypeProperty ; rdfs:domain :Boat ; rdfs:range xsd:string .
:remark a owl:DatatypeProperty ; rdfs:range xsd:string . :comment a owl:DatatypeProperty ; rdfs:range xsd:string .
:crew a owl:ObjectProperty ; rdfs:domain :Boat ; rdfs:range :Person .
"""
# What is declared then.
CHANGES = """
:remark owl:deprecated true ; dct:isReplacedBy :note ; dct:valid "2999-12-31"^^xsd:date .
:Boat owl:deprecated true ; dct:isReplacedBy :Vessel .
:sailsOn a owl:ObjectProperty ; rdfs:domain :Person ; rdfs:range :Vessel .
:crew owl:deprecated true ; dct:isReplacedBy [ owl:inverseOf :sailsOn ] .
:gaveAt owl:deprecated true ; dct:isReplacedBy :tookPart . :spokeAt owl:deprecated true ; dct:isReplacedBy :tookPart .
:tookPart a owl:ObjectProperty ; rdfs:domain :Person ; rdfs:range :Talk .
:capacity a owl:DatatypeProperty ; rdfs:domain :Body ; rdfs:range xsd:integer .
:chairs owl:deprecated true ; dct:isReplacedBy [ cq:along :place ; cq:becomes :capacity ] .
:Panel a owl:Class ; rdfs:subClassOf :Event . :Tour a owl:Class ; rdfs:subClassOf :Event .
:Outing a owl:Class ; rdfs:subClassOf :Event .
:Gathering owl:deprecated true ; dct:isReplacedBy [ cq:whose :kind ; cq:value "panel" ; cq:becomes :Panel ] ,
    [ cq:whose :kind ; cq:value "tour" , "walk" ; cq:becomes :Tour ] .
:launched a owl:DatatypeProperty ; rdfs:domain :Vessel ; rdfs:range xsd:gYear .
:built owl:deprecated true ; dct:isReplacedBy [ cq:becomes :launched ; cq:from "about ([0-9]{4})" ; cq:to "\\\\1" ] .
:berth a owl:ObjectProperty ; rdfs:domain :Vessel ; rdfs:range :Body .
:mooring owl:deprecated true ; dct:isReplacedBy :berth .
"""
BEFORE += ":Gathering a owl:Class ; rdfs:subClassOf :Event .\n"


@dataclass(frozen=True)
class Case:
    """One kind of change: a fact file before and after, and a question before and after."""

    old: str
    new: str
    question: str
    asked: str
    rows: int
    warned: tuple[tuple[int, int], ...]
    """Line and column of every place that is warned of."""


COMMON = """\
- {id: ada, type: Person, name: Ada}
- {id: bo, type: Person, name: Bo}
- {id: tides, type: Talk, name: Tides, speakers: ada}
- {id: knots, type: Talk, name: Knots, speakers: bo}
- {id: hall, type: Body, name: Harbour Hall}
- {id: quay, type: Body, name: "North Quay: east"}
- {id: gull, type: Boat, name: Gull}
"""
CASES = {
    "rename-property": Case(
        """\
# Remarks.
- id: eve   # first
  type: Person
  name: 'Eve'
  "remark": 'it''s: odd'   # kept
- {id: fay, type: Person, name: "Fay\\u00e9", remark: [one, "two, three"]}
- entry: ada
  remark: >-
    folded
    text

  home: https://ada.example/
""",
        """\
# Remarks.
- id: eve   # first
  type: Person
  name: 'Eve'
  "note": 'it''s: odd'   # kept
- {id: fay, type: Person, name: "Fay\\u00e9", note: [one, "two, three"]}
- entry: ada
  note: >-
    folded
    text

  home: https://ada.example/
""",
        "# Who has which remark?\nSELECT ?who ?remark { ?who h:remark ?remark } # h:remark\n",
        "# Who has which remark?\nSELECT ?who ?remark { ?who h:note ?remark } # h:remark\n",
        4,
        ((5, 3), (6, 46), (8, 3)),
    ),
    "rename-class": Case(
        """\
defaults: {type: Boat}   # all of them
entries:
- id: tern
  name:  "Tern"
- {id: swan, type: 'Boat', name: Swan}
""",
        """\
defaults: {type: Vessel}   # all of them
entries:
- id: tern
  name:  "Tern"
- {id: swan, type: 'Vessel', name: Swan}
""",
        "# Which boats?\nSELECT ?boat { ?boat a h:Boat . FILTER(?boat IN (:tern, :swan)) }\n",
        "# Which boats?\nSELECT ?boat { ?boat a h:Vessel . FILTER(?boat IN (:tern, :swan)) }\n",
        2,
        ((1, 18), (5, 20)),
    ),
    "inverse": Case(
        """\
- id: heron
  type: Vessel
  name: Heron
  crew: [bo, ada]  # both
  home: 'https://heron.example/'
- {id: ibis, crew: ada, type: Vessel, name: Ibis}
""",
        """\
- id: heron
  type: Vessel
  name: Heron
  # both
  home: 'https://heron.example/'
- {id: ibis, type: Vessel, name: Ibis}
""",
        "# Who sails?\nSELECT ?boat ?who { ?boat h:crew ?who . ?who ^h:crew ?boat }\n",
        "# Who sails?\nSELECT ?boat ?who { ?boat ^h:sailsOn ?who . ?who h:sailsOn ?boat }\n",
        3,
        ((4, 3), (6, 14)),
    ),
    "merge": Case(
        """\
- entry: ada
  gave_at: tides
  # between
  spoke_at: [knots]   # also
- entry: bo
  spoke_at:
  - knots   # one
  - tides
""",
        """\
- entry: ada
  took_part: [tides, knots]
  # between
  # also
- entry: bo
  took_part:
  - knots   # one
  - tides
""",
        "# Who took part?\nSELECT DISTINCT ?who ?talk { ?who h:gaveAt|h:spokeAt ?talk }\n",
        "# Who took part?\nSELECT DISTINCT ?who ?talk { ?who h:tookPart|h:tookPart ?talk }\n",
        4,
        ((2, 3), (4, 3), (6, 3)),
    ),
    "move": Case(
        """\
- id: fair
  chairs: 60   # set out
  type: Event
  name: Fair
  place: hall
- {id: ball, type: Event, name: Ball, place: hall, chairs: 60}
""",
        """\
- id: fair
  # set out
  type: Event
  name: Fair
  place: hall
- {id: ball, type: Event, name: Ball, place: hall}
""",
        "# How many chairs?\nSELECT ?event ?chairs { ?event h:chairs ?chairs }\n",
        "# How many chairs?\nSELECT ?event ?chairs { ?event (h:place/h:capacity) ?chairs }\n",
        2,
        ((2, 3), (6, 52)),
    ),
    "split": Case(
        """\
defaults:
  type: Gathering
entries:
- id: panel-one
  name: Panel one
  kind: panel
- {id: walk-one, name: Walk one, kind: 'walk'}
- {id: other, name: Other, kind: picnic}
- {id: tour-one, type: "Gathering", kind: tour, name: Tour one}
""",
        """\
defaults:
  type: Gathering
entries:
- id: panel-one
  name: Panel one
  kind: panel
  type: Panel
- {id: walk-one, name: Walk one, kind: 'walk', type: Tour}
- {id: other, name: Other, kind: picnic}
- {id: tour-one, type: "Tour", kind: tour, name: Tour one}
""",
        "# Which gatherings?\nSELECT ?what { ?what a h:Gathering }\n",
        "# Which gatherings?\nSELECT ?what { ?what a h:Gathering }\n",
        4,
        ((2, 9), (9, 24)),
    ),
    "datatype": Case(
        """\
- entry: gull
  built: 'about 1990'   # they say
- {id: skua, type: Vessel, name: Skua, built: "2004"}
""",
        """\
- entry: gull
  launched: '1990'   # they say
- {id: skua, type: Vessel, name: Skua, launched: "2004"}
""",
        "# When was it built?\nSELECT ?boat ?year { ?boat h:built ?year }\n",
        "# When was it built?\nSELECT ?boat ?year { ?boat h:launched ?year }\n",
        2,
        ((2, 3), (3, 40)),
    ),
    "range": Case(
        """\
- {id: auk, type: Vessel, name: Auk, mooring: "North Quay: east"}
- id: kite
  type: Vessel
  mooring: Harbour Hall  # till May
  name: Kite
""",
        """\
- {id: auk, type: Vessel, name: Auk, berth: "quay"}
- id: kite
  type: Vessel
  berth: hall  # till May
  name: Kite
""",
        "# Where is it?\nSELECT ?boat ?where { ?boat h:mooring ?where }\n",
        "# Where is it?\nSELECT ?boat ?where { ?boat (h:berth/rdfs:label) ?where }\n",
        2,
        ((1, 38), (4, 3)),
    ),
}  # fmt: skip
AFTER = COMMON.replace("name: Ada}", "name: Ada, sails_on: [heron, ibis]}").replace(
    "name: Bo}", "name: Bo, sails_on: heron}"
).replace("Harbour Hall}", "Harbour Hall, capacity: 60}").replace("type: Boat", "type: Vessel")  # fmt: skip


def write_project(folder: Path, *, declared: bool) -> Path:
    """Write the project, with the changes declared or without; fact files have CRLF, and some a byte order mark."""
    for name in ("ontology", "data", "queries"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    shutil.copy(HARBOUR, folder / "ontology")
    terms = (
        BEFORE + CHANGES
        if declared
        else BEFORE + ":crew rdfs:domain :Vessel . :built rdfs:domain :Vessel . :mooring rdfs:domain :Vessel .\n"
    )
    (folder / "ontology/more.ttl").write_text(PREFIXES + terms, encoding="utf-8")
    (folder / "colloquy.yaml").write_text("title: Harbour\nbase: https://harbour.example/\nlanguage: en\n", "utf-8")
    (folder / "data/common.yaml").write_bytes(COMMON.encode())
    for name, case in CASES.items():
        mark = "\ufeff" if name == "merge" else ""
        (folder / f"data/{name}.yaml").write_bytes((mark + case.old.replace("\n", "\r\n")).encode())
        (folder / f"queries/{name}.rq").write_bytes(case.question.encode())
    return folder
