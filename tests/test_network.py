"""The network: what becomes a node, an edge or a fact, what is said of it, and where it stands."""

from __future__ import annotations

import itertools
import json
import os
import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from colloquy.network import Edge, Network, Node, build_network, draw, layout, page_model, to_networkx
from colloquy.network.drawing import ASPECT, CROWDED, ROOM
from colloquy.network.words import OTHER, OWN, named, say, words
from colloquy.project import Project
from colloquy.terms import XSD, literal
from small_project import SETTINGS, Small, read, small

HARBOUR = """
defaults: {document: minutes, section: Members}
entries:
- {id: minutes, type: Text, name: Minutes of the Harbour, sections: [{title: Members}, {title: Talks}]}
- id: ada
  type: Person
  name: Ada Brook
  aliases: [A. Brook, Ada B.]
  phrase: Ada Brook joined
  memberships:
  - {body: tide-trust, role: Director, since: 2015, phrase: as director in}
  - {body: tide-trust, role: Founder, former: true, paid: false}
  - {role: Pilot, since: 2014-10}
- {id: bob, type: Person, name: Bob Quill, knows: [ada], avoids: [ada], wrote: [draft-1]}
- id: tide-trust
  type: Body
  name: Tide Trust Ltd.
  part_of: [harbour-board]
  figures: [{value: 12, counts: lighthouses, year: 2016}]
- {id: harbour-board, type: Body, name: Harbour Board}
- id: talk-tides
  type: Talk
  name: Do tides matter?
  section: Talks
  speakers: [ada, {value: bob, basis: inferred, reason: he is thanked for it, phrase: thanks to Bob}]
  date: 2016-02-17
  open: true
- {id: draft-1, type: Draft, name: First draft, of: [talk-tides]}
"""


@pytest.fixture
def harbour(tmp_path: Path) -> Small:
    return small(tmp_path, HARBOUR)


def node(network: Network, name: str) -> Node:
    return next(n for n in network.nodes if n.id == name)


def edge(network: Network, name: str) -> Edge:
    return next(e for e in network.edges if e.id == name)


def said(network: Network, name: str) -> list[str]:
    found = node(network, name)
    return [named(fact.text, found.label) for fact in found.facts]


def model_of(network: Network, **counts: int) -> dict[str, Any]:
    return page_model(network, draw(network), SETTINGS, counts, "ab12", [])


# --- nodes and edges ------------------------------------------------------------------------


def test_nodes_are_the_entries_whose_class_is_drawn(harbour: Small) -> None:
    network = harbour.network
    assert [n.id for n in network.nodes] == ["ada", "bob", "harbour-board", "minutes", "talk-tides", "tide-trust"]
    ada = node(network, "ada")
    assert (ada.label, ada.aliases) == ("Ada Brook", ("A. Brook", "Ada B."))
    assert (ada.iri, ada.kind.name) == ("https://harbour.example/ada", "Person")


def test_edges_are_what_was_written_between_two_nodes(harbour: Small) -> None:
    assert [e.id for e in harbour.network.edges] == [
        "ada.memberships.tide-trust-director-2015",
        "ada.memberships.tide-trust-true-false-founder",
        "bob.knows.ada",
        "talk-tides.speakers.ada",
        "talk-tides.speakers.bob",
        "tide-trust.part_of.harbour-board",
    ]


def test_entailed_twins_are_not_drawn(harbour: Small) -> None:
    """The closure holds `ada knows bob`, the inverse part and the chain; nobody wrote them."""
    terms = {f"<https://harbour.example/{name}>" for name in ("ada", "bob", "harbour-board", "tide-trust")}
    between = [t for t in harbour.graph if t[0] in terms and t[2] in terms]
    drawn = [e for e in harbour.network.edges if e.id.startswith(("ada.", "bob.", "tide-trust."))]
    assert len(between) > len(drawn) == 4


def test_a_plain_relation_is_said_both_ways(harbour: Small) -> None:
    spoke = edge(harbour.network, "talk-tides.speakers.ada")
    assert (spoke.source, spoke.target, spoke.relation.label) == ("talk-tides", "ada", "speaker")
    assert spoke.text == "Do tides matter? was given by Ada Brook."
    assert spoke.back == "Ada Brook spoke at Do tides matter?"


def test_a_qualified_relation_is_one_edge_with_its_details(harbour: Small) -> None:
    director = edge(harbour.network, "ada.memberships.tide-trust-director-2015")
    assert director.text == "Ada Brook belongs to Tide Trust Ltd. as Director, since 2015."
    assert director.back == "Ada Brook is one of Tide Trust Ltd. as Director, since 2015."
    assert [d.text for d in director.details] == ["as Director", "since 2015"]
    assert [o.phrase for o in director.evidence] == ["as director in"]


def test_a_truth_value_without_a_slot_is_said_only_when_true(harbour: Small) -> None:
    founder = next(e for e in harbour.network.edges if "founder" in e.id)
    assert [d.text for d in founder.details] == ["as Founder", "formerly", "paid no"]
    never = small_membership(harbour, "former: false")
    assert [d.text for d in never.details] == ["as Founder"]


def small_membership(harbour: Small, more: str) -> Edge:
    text = f"""
    - {{id: ada, type: Person, name: Ada, memberships: [{{body: trust, role: Founder, {more}}}]}}
    - {{id: trust, type: Body, name: Trust}}
    """
    return read(harbour.ontology, [("data/a.yaml", text.encode())]).network.edges[0]


def test_a_relation_without_a_far_end_is_a_fact(harbour: Small) -> None:
    assert "Ada Brook holds a post as Pilot, since October 2014." in said(harbour.network, "ada")


def test_what_a_lone_sentence_names_is_filled_in_and_not_repeated(harbour: Small) -> None:
    assert said(harbour.network, "tide-trust")[-1] == "Tide Trust Ltd. counts 12 lighthouses in 2016."


def test_what_ends_outside_the_picture_is_a_fact_of_the_end_inside(harbour: Small) -> None:
    assert "Bob Quill wrote First draft." in said(harbour.network, "bob")
    assert "Do tides matter? has First draft." in said(harbour.network, "talk-tides")


def test_undrawn_properties_are_said_nowhere(harbour: Small) -> None:
    everything = json.dumps(model_of(harbour.network))
    assert "avoids" not in everything
    assert [fact.group for fact in node(harbour.network, "minutes").facts] == ["name"]


def test_literals_are_said_by_the_sentences_of_their_properties(harbour: Small) -> None:
    assert said(harbour.network, "talk-tides") == [
        "Do tides matter? is called Do tides matter?",
        "Do tides matter? is a talk.",
        "Do tides matter? took place on 17 February 2016.",
        "Do tides matter? has First draft.",
        "Do tides matter? — open to all: yes.",
    ]
    assert [f.group for f in node(harbour.network, "ada").facts] == ["name", "other name", "other name", "membership"]


def test_a_class_below_the_one_in_the_legend_is_said(tmp_path: Path) -> None:
    found = small(tmp_path, "- {id: trial, type: Essay, name: Trial}", more=ESSAY)
    assert node(found.network, "trial").kind.name == "Work"
    assert said(found.network, "trial") == ["Trial is called Trial.", "Trial is an essay."]


ESSAY = """
:Work  a owl:Class ; rdfs:label "work"@en ; cq:mark "star" .
:Essay a owl:Class ; rdfs:label "essay"@en ; rdfs:subClassOf :Work .
"""


def test_the_label_is_the_one_in_the_language_of_the_project(tmp_path: Path) -> None:
    text = "- {id: ynys, type: Body, name: {cy: Ynys Fach, en: Little Island}}"
    for language, label in (("cy", "Ynys Fach"), ("en", "Little Island"), ("ga", "Ynys Fach")):
        found = small(tmp_path, text, settings=replace(SETTINGS, language=language))
        assert node(found.network, "ynys").label == label


def test_a_node_without_a_label_is_called_by_its_id(tmp_path: Path) -> None:
    assert node(small(tmp_path, "- {id: ada, type: Person}").network, "ada").label == "ada"


def test_merged_entries_are_one_node_with_the_names_of_both(tmp_path: Path) -> None:
    found = small(
        tmp_path,
        "- {id: a-brook, type: Person, name: A. Brook, same_as: [ada], knows: [bob]}",
        "- {id: ada, type: Person, name: Ada Brook, knows: [bob]}\n- {id: bob, type: Person, name: Bob}",
    )
    assert [n.id for n in found.network.nodes] == ["ada", "bob"]
    assert node(found.network, "ada").aliases == ("A. Brook",)
    assert said(found.network, "ada") == ["Ada Brook is called Ada Brook.", "Ada Brook is also called A. Brook."]
    assert [e.id for e in found.network.edges] == ["ada.knows.bob"]
    assert [str(o.place) for o in found.network.edges[0].evidence] == ["data/file-1.yaml:1:71", "data/file-2.yaml:1:52"]


def test_a_name_that_both_entries_have_is_no_other_name(tmp_path: Path) -> None:
    found = small(tmp_path, "- {id: ada, type: Person, name: Ada}\n- {id: a, type: Person, name: Ada, same_as: [ada]}")
    assert node(found.network, "ada").aliases == ()


def test_relations_that_would_share_an_id_are_told_apart(tmp_path: Path) -> None:
    """One thing described as a body and as an event, and a part of the same board as both."""
    more = ':held a owl:ObjectProperty ; cq:key "part_of" ; rdfs:domain :Event ; rdfs:range :Body .'
    ontology = small(tmp_path, more=more).ontology
    texts = [
        b"- {id: a-crew, type: Event, name: Crew, same_as: [crew], part_of: [board]}",
        b"- {id: crew, type: Body, name: Crew, part_of: [board]}",
        b"- {id: board, type: Body, name: Board}",
    ]
    for order in itertools.permutations(texts):
        network = read(ontology, [(f"data/{at}.yaml", text) for at, text in enumerate(order)]).network
        assert {e.id: e.relation.label for e in network.edges} == {
            "crew.part_of.board": "held",
            "crew.part_of.board-2": "part of",
        }
        assert node(network, "crew").kind.name == "Body"


def test_a_relation_written_twice_is_one_edge_with_both_its_evidences(tmp_path: Path) -> None:
    found = small(
        tmp_path,
        """
- id: ada
  type: Person
  name: Ada
  memberships:
  - {body: trust, role: Pilot, since: 2015}
  - {role: Pilot, since: 2015, body: trust}
  - {role: Pilot, since: 2016, body: trust}
  - {role: Cook}
  - {role: Cook}
- {id: trust, type: Body, name: Trust}
""",
    )
    assert [(e.id, [o.place.line for o in e.evidence]) for e in found.network.edges] == [
        ("ada.memberships.trust-pilot-2015", [6, 7]),
        ("ada.memberships.trust-pilot-2016", [8]),
    ]
    assert found.network.edges[0].text == "Ada belongs to Trust as Pilot, since 2015."
    posts = [f for f in node(found.network, "ada").facts if f.group == "membership"]
    assert [(named(f.text, "Ada"), len(f.evidence)) for f in posts] == [("Ada holds a post as Cook.", 2)]


def test_a_relation_with_two_far_ends_is_two_edges(tmp_path: Path) -> None:
    found = small(
        tmp_path,
        """
- id: ada
  type: Person
  name: Ada
  memberships: [{body: [trust, board], role: Pilot}, {role: Pilot, body: [board, trust]}]
- {id: trust, type: Body, name: Trust}
- {id: board, type: Body, name: Board}
""",
    )
    assert [(e.id, e.text) for e in found.network.edges] == [
        ("ada.memberships.board-trust-pilot.board", "Ada belongs to Board as Pilot."),
        ("ada.memberships.board-trust-pilot.trust", "Ada belongs to Trust as Pilot."),
    ]
    assert [[d.text for d in e.details] for e in found.network.edges] == [["as Pilot"], ["as Pilot"]]


def test_kinds_come_in_the_order_of_the_legend_and_only_those_in_use(harbour: Small) -> None:
    assert [k.name for k in harbour.network.kinds][:2] == ["Person", "Body"]
    assert "Idea" not in [k.name for k in harbour.network.kinds]


# --- words ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lexical", "datatype", "expected"),
    [
        ("2016-02-17", "date", "17 February 2016"),
        ("2016-02-07Z", "date", "7 February 2016 UTC"),
        ("--10-28", "gMonthDay", "28 October (year not said)"),
        ("2014-10", "gYearMonth", "October 2014"),
        ("2014", "gYear", "2014"),
        ("2014-05:00", "gYear", "2014 UTC-05:00"),
        ("2016-02-17T09:30:00Z", "dateTime", "17 February 2016, 09:30 UTC"),
        ("2016-02-17T00:00:00.5+01:00", "dateTime", "17 February 2016, 00:00:00.5 UTC+01:00"),
        ("true", "boolean", "yes"),
        ("0", "boolean", "no"),
        ("2016-02-17", "string", "2016-02-17"),
        ("12", "integer", "12"),
    ],
)
def test_values_are_said_in_full_and_no_more_exactly_than_they_are(lexical: str, datatype: str, expected: str) -> None:
    assert words(literal(lexical, XSD + datatype)) == expected


@pytest.mark.parametrize(
    ("template", "object_", "expected"),
    [
        ("{subject} met {object}.", "Bob", "Ada met Bob."),
        ("{subject} met {object}", "Bob", "Ada met Bob."),
        ("{subject}: {object}", "Tides matter.", "Ada: Tides matter."),
        ("{subject} asks: {object}.", "Why?", "Ada asks: Why?"),
        ("{subject} says “{object}”.", "the sea", "Ada says “the sea”."),
        ("{subject} says “{object}”.", "The sea.", "Ada says “The sea.”"),
        ("{subject} waits{object}", "...", "Ada waits..."),
        ("{subject} wrote {object}.", "{subject} & {other}", "Ada wrote {subject} & {other}."),
        ("{subject} has {other} of {object}.", "tea", "Ada has … of tea."),
    ],
)
def test_a_sentence_ends_in_one_full_stop(template: str, object_: str, expected: str) -> None:
    assert say(template, {"subject": "Ada", "object": object_}) == expected
    marked = say(template, {"subject": OWN, "object": OTHER}, own="Ada", other=object_)
    assert object_ not in marked
    assert named(marked, "Ada", object_) == expected


# --- evidence -------------------------------------------------------------------------------


def test_evidence_says_what_says_so_and_where_it_was_written(harbour: Small) -> None:
    (told,) = edge(harbour.network, "talk-tides.speakers.bob").evidence
    assert (told.document, told.document_id, told.section) == ("Minutes of the Harbour", "minutes", "Talks")
    assert (told.basis, told.reason, told.phrase) == ("inferred", "he is thanked for it", "thanks to Bob")
    assert (str(told.place), told.entry) == ("data/file-1.yaml:25:27", "talk-tides")


def test_evidence_has_links_to_the_line_and_for_corrections(harbour: Small) -> None:
    model = model_of(harbour.network)
    drawn = next(e for e in model["edges"] if e["id"] == "ada.memberships.tide-trust-director-2015")
    found = drawn["evidence"][0]
    assert (found.place.file, found.place.line, found.entry) == ("data/file-1.yaml", 11, "ada")
    assert (model["repository"], model["corrections"]) == (
        SETTINGS.repository,
        "mailto:desk@harbour.example?subject={id}%20in%20{file}&body=line%20{line}",
    )


# --- the model of the page ------------------------------------------------------------------


def test_the_page_model_is_whole(harbour: Small) -> None:
    network = harbour.network
    model = page_model(network, draw(network), SETTINGS, {"entries": 7, "statements": 40}, "ab12", [{"text": "Who?"}])
    assert json.loads(json.dumps(model)).keys() == model.keys()
    assert model["counts"] == {"entries": 7, "statements": 40, "nodes": len(network.nodes), "edges": len(network.edges)}
    assert sum(k["count"] for k in model["kinds"]) == len(model["nodes"])
    assert sum(r["count"] for r in model["relations"]) == len(model["edges"])
    assert model["kinds"][0] == {
        "key": "Person", "label": "person", "plural": "People", "definition": "A human being.",
        "colour": "#0072b2", "dark": "#56b4e9", "mark": "dot", "count": 2,
    }  # fmt: skip
    kinds, relations = ({part["key"] for part in model[name]} for name in ("kinds", "relations"))
    ids = {n["id"] for n in model["nodes"]}
    for n in model["nodes"]:
        assert n["kind"] in kinds
        assert all(fact.evidence for fact in n["facts"])
    for e in model["edges"]:
        assert {e["from"], e["to"]} <= ids
        assert e["relation"] in relations
        lines = {(origin.place[:2], *origin[1:]) for origin in e["evidence"]}
        assert {(origin.place[:2], *origin[1:]) for said in e["detail"] for origin in said.evidence} <= lines


def test_properties_of_one_name_are_one_relation_to_a_visitor(tmp_path: Path) -> None:
    again = ':stands a owl:ObjectProperty ; rdfs:label "part of"@en ; rdfs:domain :Event ; rdfs:range :Event .'
    found = small(
        tmp_path,
        """
- {id: day, type: Event, name: Day}
- {id: talk, type: Event, name: Talk, stands: [day]}
- {id: crew, type: Body, name: Crew, part_of: [board]}
- {id: board, type: Body, name: Board}
""",
        more=again,
    )
    assert len(found.network.relations) == 2
    assert model_of(found.network)["relations"] == [{"key": "part of", "label": "part of", "count": 2}]


def test_networkx_gets_every_node_and_edge(harbour: Small) -> None:
    graph = to_networkx(harbour.network)
    assert set(graph) == {n.id for n in harbour.network.nodes}
    assert {key for _, _, key in graph.edges(keys=True)} == {e.id for e in harbour.network.edges}
    assert graph.nodes["ada"] == {
        "label": "Ada Brook", "kind": "person", "iri": "https://harbour.example/ada", "aliases": "A. Brook | Ada B.",
    }  # fmt: skip
    assert graph.edges["bob", "ada", "bob.knows.ada"] == {
        "relation": "https://harbour.example/ontology#knows",
        "label": "knows",
        "sentence": "Bob Quill — knows: Ada Brook.",
    }


# --- the same input, the same bytes ---------------------------------------------------------


def test_the_order_of_files_and_entries_makes_no_difference(harbour: Small) -> None:
    entries = [
        "- {id: ada, type: Person, name: Ada, knows: [bob, cy], memberships: [{body: trust, role: Pilot}]}",
        "- {id: bob, type: Person, name: Bob, knows: [cy, ada]}",
        "- {id: cy, type: Person, name: Cy, memberships: [{body: trust, role: Cook}]}",
        "- {id: trust, type: Body, name: Trust}",
        "- {id: a, type: Person, name: A., same_as: [ada], memberships: [{role: Pilot, since: 2015, body: trust}]}",
        "- {id: b, type: Person, name: B., same_as: [ada], memberships: [{body: trust, since: 2015, role: Pilot}]}",
    ]
    texts = [(f"data/{at}.yaml", text.encode()) for at, text in enumerate(entries)]
    orders = itertools.islice(itertools.permutations(texts), 0, None, 41)
    found = {json.dumps(model_of(read(harbour.ontology, list(order)).network)) for order in orders}
    assert len(found) == 1


def test_the_hash_seed_the_locale_and_the_zone_make_no_difference(tmp_path: Path) -> None:
    (tmp_path / "facts.yaml").write_text(HARBOUR, encoding="utf-8")
    code = (
        "import json, sys; from pathlib import Path; from test_network import *; "
        "found = small(Path(sys.argv[1]) / 'o', Path(sys.argv[1], 'facts.yaml').read_text('utf-8')); "
        "print(json.dumps(model_of(found.network)))"
    )
    paths = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    outputs = set()
    for seed, zone, threads in (("0", "UTC", "1"), ("7", "Asia/Tokyo", "4")):
        more = {"PYTHONHASHSEED": seed, "TZ": zone, "OMP_NUM_THREADS": threads, "LC_ALL": "C", "PYTHONPATH": paths}
        run = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)], capture_output=True, check=True, env={**os.environ, **more}
        )
        outputs.add(run.stdout)
    assert len(outputs) == 1


# --- the picture ----------------------------------------------------------------------------


def invented(harbour: Small, size: int, links: int, seed: int = 1, parts: int = 1) -> Network:
    """A network of people who know each other: some of them a great many others."""
    chance = random.Random(seed)
    person, relation = harbour.network.nodes[0], harbour.network.edges[0]
    nodes = [replace(person, id=f"p{at:05d}", label=f"P {at}") for at in range(size)]
    edges = []
    for at in range(links):
        crew = nodes[chance.randrange(parts) :: parts]
        a, b = chance.choice(crew[:3] if chance.random() < 0.3 else crew), chance.choice(crew)
        edges.append(replace(relation, id=f"e{at}", source=a.id, target=b.id))
    return Network(tuple(nodes), tuple(edges), harbour.network.kinds, harbour.network.relations)


def nearest(places: dict[str, tuple[float, float]]) -> float:
    """How near two nodes come, as a part of the room that each needs."""
    from scipy.spatial import cKDTree

    distances, _ = cKDTree([(x / ROOM[0], y / ROOM[1]) for x, y in places.values()]).query(
        [(x / ROOM[0], y / ROOM[1]) for x, y in places.values()], k=2
    )
    return float(distances[:, 1].min())


def frame(places: dict[str, tuple[float, float]]) -> tuple[float, float]:
    xs, ys = zip(*places.values(), strict=True)
    return max(xs) - min(xs), max(ys) - min(ys)


@pytest.mark.parametrize(
    ("size", "links", "parts"),
    [(2, 1, 1), (3, 4, 1), (50, 0, 1), (300, 900, 1), (300, 280, 6), (CROWDED + 200, 3000, 1)],
)
def test_every_node_has_room_for_its_name(harbour: Small, size: int, links: int, parts: int) -> None:
    places = layout(invented(harbour, size, links, parts=parts))
    assert len(places) == size
    assert nearest(places) > 0.98


def test_the_picture_is_about_sixteen_to_ten(harbour: Small) -> None:
    for parts in (1, 6):
        wide, high = frame(layout(invented(harbour, 300, 500, parts=parts)))
        assert 0.6 * ASPECT < wide / high < 1.6 * ASPECT
        assert 800 < wide < 3000


def test_nobody_and_one_node_have_places_too(harbour: Small) -> None:
    assert layout(invented(harbour, 0, 0)) == {}
    assert layout(invented(harbour, 1, 1)) == {"p00000": (0.0, 0.0)}


def test_a_layout_of_300_nodes_and_900_edges_takes_less_than_two_seconds(harbour: Small) -> None:
    network = invented(harbour, 300, 900)
    begun = time.process_time()
    layout(network)
    assert time.process_time() - begun < 2


def test_a_small_change_moves_little(fresh: Path) -> None:
    """Of the project's own network: without one entry, the rest stays where it was."""
    project = Project(fresh)
    network = build_network(project.ontology, project.compiled.facts, project.compiled.graph, project.settings)
    before = layout(network)
    wide, _ = frame(before)
    chance = random.Random(5)
    for _ in range(3):
        gone = chance.choice(network.nodes).id
        kept = tuple(e for e in network.edges if gone not in (e.source, e.target))
        after = layout(replace(network, nodes=tuple(n for n in network.nodes if n.id != gone), edges=kept))
        moved = sorted(abs(x - before[name][0]) + abs(y - before[name][1]) for name, (x, y) in after.items())
        assert moved[len(moved) // 2] < wide / 20
