"""How two entries are connected: what counts, which paths are best, and the command that tells."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from unittest import mock

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colloquy.errors import UsageError
from colloquy.network import Edge, Network, Node
from colloquy.network import paths as rule
from colloquy.network.naming import find
from colloquy.network.paths import connect
from colloquy.ontology import Class, Ontology, Property, read_ontology
from colloquy.project import Project
from small_project import HARBOUR, small

RUBYEVENTS = Path(__file__).parent.parent / "docs/examples/rubyevents"

SAYS = """
:Idea cq:connects false .
:Craft a owl:Class ; rdfs:label "craft"@en ; rdfs:subClassOf :Idea .
:dislikes a owl:ObjectProperty ; rdfs:label "dislikes"@en ; rdfs:domain :Person ; cq:connects false .
:mocks a owl:ObjectProperty ; rdfs:label "mocks"@en ; rdfs:domain :Person ; rdfs:subPropertyOf :dislikes .
:rivals a owl:ObjectProperty ; rdfs:label "rivals"@en ; rdfs:domain :Person ; rdfs:subPropertyOf :dislikes ;
        cq:connects true .
:races a owl:ObjectProperty ; rdfs:label "races"@en ; rdfs:domain :Person ; rdfs:subPropertyOf :rivals , :dislikes .
"""
PEOPLE = """
- {id: ada, type: Person, name: Ada Brook, aliases: [A. Brook], knows: [ben]}
- {id: ben, type: Person, name: Bén Vale, memberships: [{body: museum, role: Curator, since: 2015}]}
- {id: cleo, type: Person, name: Cleo Reed}
- {id: dora, type: Person, name: Dora Hill, dislikes: [cleo]}
- {id: eve, type: Person, name: Eve Moor}
"""
REST = """
- {id: museum, type: Body, name: Harbour Museum}
- id: tides
  type: Talk
  name: Keynote
  speakers: [ada, ben]
  about: [sea]
- {id: nets, type: Talk, name: Keynote, speakers: [cleo], about: [sea]}
- {id: sea, type: Idea, name: the sea}
"""


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Network:
    return small(tmp_path_factory.mktemp("paths") / "ontology", PEOPLE, REST, more=SAYS).network


@pytest.fixture(scope="module")
def ontology(tmp_path_factory: pytest.TempPathFactory) -> Ontology:
    return small(tmp_path_factory.mktemp("paths") / "ontology", more=SAYS).ontology


# --- what the ontology says ---------------------------------------------------------------------


def test_a_property_connects_unless_the_nearest_that_says_so_says_no(ontology: Ontology) -> None:
    said = {p.key: p.connects for p in ontology.properties}
    assert said["knows"]
    assert not said["dislikes"]
    assert not said["mocks"], "a subproperty inherits it"
    assert said["rivals"], "a subproperty may say otherwise"
    assert not said["races"], "of two that are as near, one no is enough"


def test_the_classes_below_one_that_does_not_connect_do_not_either(ontology: Ontology) -> None:
    assert {name for name, c in ontology.classes.items() if not c.connects} == {"Idea", "Craft"}


def test_connects_takes_a_truth_value(tmp_path: Path) -> None:
    shutil.copy(HARBOUR, tmp_path)
    text = "@prefix : <https://harbour.example/ontology#> . @prefix cq: <https://colloquy.example/ns#> .\n"
    (tmp_path / "more.ttl").write_text(text + ':Idea cq:connects "no" .\n', encoding="utf-8")
    found = [f for f in read_ontology(tmp_path).findings if f.code == "bad-connects"]
    assert [f.message for f in found] == ["cq:connects of https://harbour.example/ontology#Idea is no"]


# --- paths --------------------------------------------------------------------------------------


def test_every_link_of_a_step_is_said_in_its_direction(harbour: Network) -> None:
    (path,) = connect(harbour, "museum", "ben")
    assert path.nodes == ("museum", "ben")
    (hop,) = path.hops
    assert [hop.say(e) for e in hop.edges] == ["Bén Vale is one of Harbour Museum as Curator, since 2015."]
    (path,) = connect(harbour, "ben", "museum")
    assert [path.hops[0].say(e) for e in path.hops[0].edges] == [
        "Bén Vale belongs to Harbour Museum as Curator, since 2015."
    ]
    assert [(e.place.file, e.place.line) for e in path.hops[0].edges[0].evidence] == [("data/file-1.yaml", 3)]


def test_only_the_shortest_paths_are_given(harbour: Network) -> None:
    assert [p.nodes for p in connect(harbour, "ada", "ben")] == [("ada", "ben")]  # not by the talk of both
    assert [p.nodes for p in connect(harbour, "tides", "museum")] == [("tides", "ben", "museum")]


def test_an_idea_may_be_an_end_and_nothing_goes_through_it(harbour: Network) -> None:
    assert [p.nodes for p in connect(harbour, "ada", "sea")] == [("ada", "tides", "sea")]
    assert connect(harbour, "ada", "cleo") == ()


def test_a_link_that_does_not_connect_is_none(harbour: Network) -> None:
    assert any({e.source, e.target} == {"dora", "cleo"} for e in harbour.edges)
    assert connect(harbour, "dora", "cleo") == ()
    assert connect(harbour, "eve", "cleo") == ()


def test_a_path_has_two_ends_and_the_network_has_both(harbour: Network) -> None:
    with pytest.raises(UsageError, match="ada is one and the same entry"):
        connect(harbour, "ada", "ada")
    with pytest.raises(UsageError, match="no entry nobody"):
        connect(harbour, "ada", "nobody")


def drawn(ontology: Ontology, size: int, links: list[tuple[int, int, bool]], shut: set[int]) -> Network:
    """Make a network of people; what does not connect is an idea, or dislike."""
    person, idea = ontology.classes["Person"], ontology.classes["Idea"]
    keys = {p.key: p for p in ontology.properties}

    def node(at: int, kind: Class) -> Node:
        return Node(f"n{at}", f"https://harbour.example/n{at}", f"n{at}", (), kind, (), connects=kind.connects)

    def edge(number: int, source: int, target: int, relation: Property) -> Edge:
        return Edge(f"e{number}", f"n{source}", f"n{target}", relation, ("", ""), "", "", (), ())

    nodes = tuple(node(at, idea if at in shut else person) for at in range(size))
    edges = tuple(edge(at, s, t, keys["knows" if c else "dislikes"]) for at, (s, t, c) in enumerate(links))
    return Network(nodes, edges, (person, idea), (keys["knows"], keys["dislikes"]))


def by_brute_force(network: Network, start: str, end: str, most: int, hub: int) -> list[tuple[str, ...]]:
    """The definition, word by word: every shortest path of what may be walked on, sorted."""
    whole: nx.Graph[str] = nx.Graph()
    whole.add_nodes_from(n.id for n in network.nodes)
    whole.add_edges_from((e.source, e.target) for e in network.edges if e.relation.connects and e.source != e.target)
    open_ = {n.id for n in network.nodes if n.connects and whole.degree(n.id) <= hub}
    walked = whole.subgraph(open_ | {start, end})
    if not nx.has_path(walked, start, end):
        return []
    found = [tuple(p) for p in nx.all_shortest_paths(walked, start, end)]
    return sorted(found, key=lambda p: (sum(whole.degree(n) for n in p[1:-1]), p))[:most]


@contextmanager
def hubs_above(number: int) -> Iterator[None]:
    with mock.patch.object(rule, "HUB", number):
        yield


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_paths_are_those_of_brute_force(ontology: Ontology, seed: int) -> None:
    """Most graphs are in layers, so that there are many shortest paths to choose from."""
    chance = random.Random(seed)
    wide, layers = chance.randint(1, 5), chance.randint(1, 4)
    names = chance.sample(range(2, 2 + wide * layers), wide * layers)
    rows = [[0], *(names[wide * at : wide * (at + 1)] for at in range(layers)), [1]]
    pairs = [(one, other) for row, after in pairwise(rows) for one in row for other in after]
    size = 2 + len(names)
    links = [pair for pair in pairs if chance.random() < 0.8]
    links += [(chance.randrange(size), chance.randrange(size)) for _ in range(chance.randint(0, size))]
    links += chance.choices(links, k=3) if links else []
    counted = [(s, t, chance.random() < 0.95) for s, t in links]
    network = drawn(ontology, size, counted, {at for at in range(size) if chance.random() < 0.1})
    hub, most = chance.randint(4, 12), chance.randint(1, 4)
    with hubs_above(hub):
        found = connect(network, "n0", "n1", most)
    assert [p.nodes for p in found] == by_brute_force(network, "n0", "n1", most, hub)
    for path in found:
        for hop, (one, other) in zip(path.hops, pairwise(path.nodes), strict=True):
            assert (hop.source, hop.target) == (one, other)
            told = [e.id for e in network.edges if {e.source, e.target} == {one, other} and e.relation.connects]
            assert [e.id for e in hop.edges] == sorted(told) != []


def test_many_equal_paths_do_not_explode(ontology: Ontology) -> None:
    """Thirty squares in a row: a thousand million shortest paths, of which the first by the ids are best."""
    links = [
        (3 * at + one, 3 * at + other, True) for at in range(30) for one, other in ((0, 1), (0, 2), (1, 3), (2, 3))
    ]
    network = drawn(ontology, 91, links, set())
    first, second = connect(network, "n0", "n90", 2)
    assert len(first.nodes) == 61
    assert first.nodes < second.nodes
    assert sum(a != b for a, b in zip(first.nodes, second.nodes, strict=True)) == 1


# --- names --------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["ben", "Bén Vale", "ben vale", "BEN  VALE", "former-ben"])
def test_an_end_is_an_id_or_a_name(harbour: Network, written: str) -> None:
    assert find(harbour, written, {"former-ben": "ben", "ben": "ben"}).id == "ben"


def test_other_names_are_names_too(harbour: Network) -> None:
    assert find(harbour, "a brook", {}).id == "ada"


def test_entries_of_one_name_are_listed(harbour: Network) -> None:
    with pytest.raises(UsageError) as caught:
        find(harbour, "keynote", {})
    assert str(caught.value).splitlines() == [
        "2 entries are called keynote — give the id of one:",
        "  nets  (Keynote, event)",
        "  tides  (Keynote, event)",
    ]


def test_a_name_as_it_is_written_comes_first(tmp_path: Path) -> None:
    people = "- {id: may, type: Person, name: May}\n- {id: others, type: Person, name: MAY, different_from: may}"
    network = small(tmp_path / "ontology", people).network
    assert find(network, "MAY", {}).id == "others"
    with pytest.raises(UsageError, match="2 entries are called mÁy"):
        find(network, "mÁy", {})


def test_a_near_name_is_offered(harbour: Network) -> None:
    with pytest.raises(UsageError, match="by id or by name — did you mean `Cleo Reed`"):
        find(harbour, "Cleo Red", {})


def test_what_is_not_drawn_is_said_to_be(harbour: Network) -> None:
    with pytest.raises(UsageError, match="draft is not in the network"):
        find(harbour, "draft", {"draft": "draft"})


# --- the command --------------------------------------------------------------------------------


def colloquy(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "colloquy", *arguments], cwd=cwd, capture_output=True, text=True, check=False, timeout=60
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done


def test_the_command_says_each_step_with_where_it_is_written(fresh: Path) -> None:
    done = colloquy("path", "Hannah HOWE", "volition", cwd=fresh)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[:2] == ["1. in 1 step: hannah-howe — volition", "   Hannah Howe belongs to Volition as Director."]
    at = next(n for n, t in enumerate((fresh / "data/speakers.yaml").read_text().splitlines(), 1) if "Director}" in t)
    assert lines[2].startswith(f"     data/speakers.yaml:{at}, stated in ")
    assert lines[2].endswith(": “Hannah Howe is Director of Volition”")


def test_the_command_needs_no_build_and_prints_json(fresh: Path) -> None:
    done = colloquy("path", "pamela-fisher", "Bill Fulford", "--json", "--most", "1", cwd=fresh)
    assert done.returncode == 0
    (path,) = json.loads(done.stdout)
    (found,) = Project(fresh).path("pamela-fisher", "bill-fulford", 1)
    assert path["nodes"] == list(found.nodes)
    assert [[link["id"] for link in hop["links"]] for hop in path["hops"]] == [
        [e.id for e in h.edges] for h in found.hops
    ]
    links = [link for hop in path["hops"] for link in hop["links"]]
    assert all(link["sentence"] and link["evidence"][0]["file"].startswith("data/") for link in links)


def test_no_connection_is_said_with_the_rule(fresh: Path) -> None:
    (fresh / "data/apart.yaml").write_text("- {id: ada-brook, type: Person, name: Ada Brook}\n", encoding="utf-8")
    done = colloquy("path", "ada-brook", "volition", cwd=fresh)
    assert done.returncode == 1
    said, because = done.stdout.splitlines()
    assert said == "ada-brook and volition are not connected."
    assert because.startswith("No path leads through ")
    assert "a place, a seminar series" in because
    assert because.endswith(f"nor through an entry with more than {rule.HUB} neighbours.")
    done = colloquy("path", "ada-brook", "volition", "--json", cwd=fresh)
    assert (done.returncode, json.loads(done.stdout)) == (1, [])


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        (("hannah-howe", "Hannah Howe"), "one and the same"),
        (("hannah-howe", "volitoin"), "did you mean `Volition`?"),
        (("hannah-howe", "zzz"), "by id or by name"),
    ],
)
def test_wrong_ends_are_wrong_use(built: Project, ends: tuple[str, str], said: str) -> None:
    done = colloquy("path", *ends, cwd=built.folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_wrong_facts_are_left_out_and_said_to_be(fresh: Path) -> None:
    (fresh / "data/wrong.yaml").write_text("- {id: ada, type: Person, nmae: Ada}\n", encoding="utf-8")
    done = colloquy("path", "hannah-howe", "volition", cwd=fresh)
    assert done.returncode == 0
    assert done.stderr.startswith("note: the facts have ")


def test_the_measures_are_a_table_and_json(fresh: Path) -> None:
    done = colloquy("network", "--most", "3", cwd=fresh)
    assert (done.returncode, done.stderr) == (0, "")
    head, _, *rows, last = done.stdout.splitlines()
    assert head.split() == ["id", "name", "kind", "links", "neighbours", "betweenness", "community"]
    network = Project(fresh).network()
    degrees = sorted(network.degree(), key=lambda found: -found[1])
    assert [row.split()[0] for row in rows] == [name for name, _ in degrees[:3]]
    assert last == f"{len(network)} entries by degree"
    found = json.loads(colloquy("network", "--json", "--by", "betweenness", "--most", "4", cwd=fresh).stdout)
    shares = [row["betweenness"] for row in found]
    assert shares == sorted(shares, reverse=True)
    between = nx.betweenness_centrality(nx.Graph(network.to_undirected()))
    assert shares == pytest.approx(sorted(between.values(), reverse=True)[:4], abs=1e-6)
    assert colloquy("network", "--by", "size", cwd=fresh).returncode == 2


@pytest.mark.parametrize("verb", ["path", "network"])
def test_help_has_an_example(verb: str, tmp_path: Path) -> None:
    assert f"Example:  colloquy {verb}" in colloquy(verb, "--help", cwd=tmp_path).stdout


@pytest.mark.slow
def test_a_yes_means_something_in_a_large_graph(tmp_path: Path, shared: Path) -> None:
    """Of random pairs of people some are connected and some are not, and no path is longer than it has to be."""
    folder = tmp_path / "rubyevents"
    shutil.copytree(RUBYEVENTS, folder, ignore=shutil.ignore_patterns(".colloquy", "output"))
    network = Project(folder, data=shared / "data/rubyevents", cache=False)._network()
    people = [n.id for n in network.nodes if n.kind.name == "Person"]
    chosen = random.Random(4)
    pairs = [(one, other) for one, other in (chosen.sample(people, 2) for _ in range(20))]
    whole = nx.Graph((e.source, e.target) for e in network.edges if e.relation.connects)
    open_ = {n.id for n in network.nodes if n.connects and n.id in whole and whole.degree(n.id) <= rule.HUB}
    lengths = defaultdict(list)
    for one, other in pairs:
        walked = whole.subgraph(open_ | {one, other})
        there = one in walked and other in walked and nx.has_path(walked, one, other)
        paths = connect(network, one, other)
        assert bool(paths) == there
        if there:
            assert {len(p.hops) for p in paths} == {nx.shortest_path_length(walked, one, other)}
        lengths[there].append((one, other))
    assert 0.4 <= len(lengths[True]) / len(pairs) <= 0.9
