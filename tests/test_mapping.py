"""Somebody else's YAML, read by the rules of colloquy.yaml: invented files of a harbour's neighbours."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colloquy.entries import KNOWN_ID, ByName, Draft
from colloquy.errors import Finding
from colloquy.evidence import Report
from colloquy.foreign import Unmapped, check_mapping, drafts
from colloquy.mapping import ID_TEMPLATE, TEMPLATE, Rule, parse_template, read_mapping, rule_for
from colloquy.ontology import Ontology, read_ontology
from colloquy.source import Mapping, Node, Scalar, Sequence, read_yaml

HARBOUR = Path(__file__).parent / "cases/ontology"
PEOPLE = "- files: people.yml\n  type: Person\n  id: person/{slug}\n"


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    return read_ontology(HARBOUR)


@dataclass
class Read:
    """What became of a file: for each entry its id and its keys, the keys of no rule, and findings."""

    drafts: list[Draft]
    unmapped: Unmapped
    findings: list[str]
    entries: list[tuple[str, dict[str, Any]]] = field(init=False)

    def __post_init__(self) -> None:
        assert not any("plain=True" in repr(draft.node) for draft in self.drafts), "characters are kept"
        self.entries = [(draft.id, shown(draft.node)) for draft in self.drafts]


def shown(node: Node) -> Any:
    """Show a node as plain data; a reference by name is shown as `=name`."""
    if isinstance(node, Mapping):
        assert len({key.text for key, _ in node.items}) == len(node.items), "an ontology key stands once"
        return {key.text: shown(value) for key, value in node.items}
    if isinstance(node, Sequence):
        return [shown(item) for item in node.items]
    return f"={node.text}" if type(node) is ByName else node.text


def rules(text: str) -> tuple[Rule, ...]:
    """Read rules that are expected to be right."""
    node, findings = read_yaml(textwrap.dedent(text).encode(), "colloquy.yaml")
    errors: list[Finding] = list(findings)
    assert node is not None
    read = read_mapping(node, errors)
    assert not [str(error) for error in errors]
    return read


def read(ontology: Ontology, mapping: str, text: str, path: str = "people.yml") -> Read:
    """Read a file by a mapping that is expected to be right."""
    made = rules(mapping)
    assert not [str(f) for f in check_mapping(made, ontology)]
    rule = rule_for(made, path)
    assert rule is not None
    node, findings = read_yaml(textwrap.dedent(text).encode(), path, foreign=True)
    assert node is not None
    report = Report(list(findings), path)
    found, unmapped = drafts(node, rule, path, ontology, report)
    return Read(found, unmapped, [str(f) for f in report.findings])


def clean(ontology: Ontology, mapping: str, text: str, path: str = "people.yml") -> list[tuple[str, dict[str, Any]]]:
    """Read a file in which every key is expected to be named, and nothing wrong."""
    made = read(ontology, mapping, text, path)
    assert not made.findings
    assert not made.unmapped
    return made.entries


# --- files ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "fits", "fails"),
    [
        ("people.yml", ["people.yml"], ["more/people.yml", "people.yaml", "xpeople.yml", "peopleXyml"]),
        ("*.yml", ["people.yml", ".yml"], ["more/people.yml"]),
        ("*/event.yml", ["quay/event.yml"], ["event.yml", "a/b/event.yml"]),
        ("**/event.yml", ["event.yml", "a/event.yml", "a/b/event.yml"], ["a/xevent.yml"]),
        ("a/**/talks-*.yml", ["a/talks-1.yml", "a/b/c/talks-x.yml"], ["talks-1.yml", "b/a/talks-1.yml", "a/talks.yml"]),
        ("**/a+(b)/*", ["a+(b)/x.yml", "z/a+(b)/x"], ["aab/x.yml"]),
    ],
)
def test_a_pattern_fits_paths_below_the_fact_folder(pattern: str, fits: list[str], fails: list[str]) -> None:
    (rule,) = rules(f'- {{files: "{pattern}", skip: for the test}}')
    assert [path for path in fits + fails if rule.matches(path)] == fits


def test_the_first_rule_that_fits_is_taken() -> None:
    made = rules("""
        - {files: old/talks.yml, skip: told again in new/talks.yml}
        - {files: "**/talks.yml", type: Talk, id: "{id}"}
    """)
    assert rule_for(made, "old/talks.yml") == made[0]
    assert rule_for(made, "new/talks.yml") == made[1]
    assert rule_for(made, "people.yaml") is None
    assert made[0].skip == "told again in new/talks.yml"


# --- entries and keys -------------------------------------------------------------------------


def test_a_list_of_mappings_is_a_list_of_entries(ontology: Ontology) -> None:
    text = "- {slug: ada-brook, name: Ada Brook}\n- {slug: ben, name: Ben}\n"
    expected = [("person/ada-brook", {"name": "Ada Brook"}), ("person/ben", {"name": "Ben"})]
    assert clean(ontology, PEOPLE, text) == expected


def test_a_mapping_is_one_entry(ontology: Ontology) -> None:
    assert clean(ontology, PEOPLE, "slug: ada\nname: Ada") == [("person/ada", {"name": "Ada"})]


def test_a_list_of_texts_is_a_list_of_entries(ontology: Ontology) -> None:
    rule = """
        - files: "*.yml"
          type: Idea
          id: idea/{.}
          keys: {".": name}
    """
    expected = [("idea/high-tide", {"name": "High Tide"}), ("idea/u6f6e", {"name": "潮"})]
    assert clean(ontology, rule, "- High Tide\n- 潮\n") == expected


def test_a_foreign_key_is_renamed_and_its_place_is_kept(ontology: Ontology) -> None:
    made = read(ontology, PEOPLE + "  keys: {full_name: name}", "- slug: ada\n  full_name: Ada Brook\n")
    (draft,) = made.drafts
    ((key, value),) = draft.node.items
    assert key.text == "name"
    assert value == Scalar("Ada Brook", 2, 14, False)
    assert (draft.id, draft.line, draft.column) == ("person/ada", 1, 9)
    assert draft.class_ is ontology.classes["Person"]
    assert (draft.shared, draft.damaged, draft.defaults) == (False, False, {})


def test_characters_are_kept(ontology: Ontology) -> None:
    text = "- {slug: no, name: no, note: 1.10, home: 012, aliases: [Null, 'null', 2015]}"
    values = {"name": "no", "note": "1.10", "home": "012", "aliases": ["Null", "null", "2015"]}
    assert clean(ontology, PEOPLE, text) == [("person/no", values)]


def test_what_says_nothing_is_left_out(ontology: Ontology) -> None:
    text = "- {slug: ada, name: '', note: null, home: ~, aliases: [], knows: ['', ~], nickname: null, tags: {}}\n"
    assert clean(ontology, PEOPLE, text + "- ~\n- ''\n- []\n") == [("person/ada", {})]


def test_several_values_of_one_ontology_key_stand_under_it_once(ontology: Ontology) -> None:
    mapping = PEOPLE + "  keys: {short: aliases, nick: aliases}\n  add: {aliases: 'the {slug}'}"
    text = "- {slug: ada, short: A, nick: [B, C], aliases: D}"
    assert clean(ontology, mapping, text) == [("person/ada", {"aliases": ["A", "B", "C", "D", "the ada"]})]


def test_a_list_in_a_list_is_read_as_one(ontology: Ontology) -> None:
    assert clean(ontology, PEOPLE, "- [{slug: ada, aliases: [A, [B]]}]") == [("person/ada", {"aliases": ["A", "B"]})]


def test_what_says_so_can_be_named(ontology: Ontology) -> None:
    mapping = PEOPLE + "  keys: {words: phrase}\n  add: {document: 'the {file}'}"
    expected = [("person/ada", {"phrase": "Ada Brook spoke", "document": "the people"})]
    assert clean(ontology, mapping, "- {slug: ada, words: Ada Brook spoke}") == expected


# --- what a key means ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line", ["aliases: {key: aliases, take: name}", "aliases: {take: name}", "aliases.name: aliases"]
)
@pytest.mark.parametrize(
    "text", ["[{name: A, slug: a}, {name: B}]", "{name: [A, B]}", "[{name: A}, {name: null}, {name: B}]"]
)
def test_take_a_value_of_a_mapping_or_of_each_in_a_list(ontology: Ontology, line: str, text: str) -> None:
    mapping = PEOPLE + f"  keys: {{{line}}}\n  ignore: [aliases.slug]"
    assert clean(ontology, mapping, f"- {{slug: ada, aliases: {text}}}") == [("person/ada", {"aliases": ["A", "B"]})]


def test_a_reference_by_name_keeps_its_characters(ontology: Ontology) -> None:
    mapping = """
        - {files: talks.yml, type: Talk, id: "talk/{number}", keys: {who: {key: speakers, by: name}}}
    """
    made = read(ontology, mapping, "- {who: [Ada Brook, Zoë]}\n- who: ' Ben'\n", "talks.yml")
    assert [entry for _, entry in made.entries] == [{"speakers": ["=Ada Brook", "=Zoë"]}, {"speakers": "= Ben"}]
    name = made.drafts[0].node.items[0][1].items[1]  # type: ignore[union-attr]
    assert name == ByName("Zoë", 1, 21, False)


def test_a_reference_by_an_id_made_of_the_value(ontology: Ontology) -> None:
    mapping = PEOPLE + "  keys: {friends: {key: knows, id: 'person/{.}'}}"
    text = "- slug: ada\n  friends: [Ben Shore, cora]\n"
    made = read(ontology, mapping, text)
    assert made.entries == [("person/ada", {"knows": ["person/ben-shore", "person/cora"]})]
    friends = made.drafts[0].node.items[0][1]
    assert isinstance(friends, Sequence)
    assert friends.items[1] == Scalar("person/cora", 2, 24, False)


def test_an_id_of_a_reference_may_take_what_else_the_entry_says(ontology: Ontology) -> None:
    mapping = PEOPLE + "  keys: {friend: {key: knows, id: '{home_town}/{.}'}}\n  ignore: [home_town]"
    assert clean(ontology, mapping, "- {slug: ada, friend: Ben, home_town: High Quay}") == [
        ("person/ada", {"knows": "high-quay/ben"})
    ]


def test_one_text_is_split_into_values(ontology: Ontology) -> None:
    mapping = PEOPLE + "  keys: {tags: {key: about, split: ',', id: 'idea/{.}'}, also: {key: aliases, split: ' / '}}"
    text = "- {slug: ada, tags: 'tides, , low water,', also: A / B}"
    expected = {"about": ["idea/tides", "idea/low-water"], "aliases": ["A", "B"]}
    assert clean(ontology, mapping, text) == [("person/ada", expected)]


def test_nested_mappings_are_flattened(ontology: Ontology) -> None:
    mapping = PEOPLE + "  keys: {links.web.main: home, links.note: note}\n  ignore: [links.web.old]"
    text = "- {slug: ada, links: {web: {main: 'https://ada.example/', old: x}, note: quiet}}"
    assert clean(ontology, mapping, text) == [("person/ada", {"home": "https://ada.example/", "note": "quiet"})]


def test_dotted_keys_go_through_lists(ontology: Ontology) -> None:
    mapping = PEOPLE + "  keys: {channels.name: aliases}"
    text = "- {slug: ada, channels: [{name: A}, {name: B}]}"
    assert clean(ontology, mapping, text) == [("person/ada", {"aliases": ["A", "B"]})]


@pytest.mark.parametrize("value", ["'false'", "false", "{main: 'https://ada.example/'}", "[false]"])
def test_a_text_that_means_nothing(ontology: Ontology, value: str) -> None:
    mapping = PEOPLE + "  keys: {web: {nothing: ['false']}, web.main: home}"
    expected = {"home": "https://ada.example/"} if "main" in value else {}
    assert clean(ontology, mapping, f"- {{slug: ada, web: {value}}}") == [("person/ada", expected)]


def test_nothing_is_usable_beside_a_key(ontology: Ontology) -> None:
    mapping = PEOPLE + "  keys: {web: {key: home, nothing: [none, '-']}, name: {nothing: TBA}}"
    text = "- {slug: ada, web: none, name: TBA}\n- {slug: ben, web: 'https://ben.example/', name: Ben}\n"
    expected = [("person/ada", {}), ("person/ben", {"home": "https://ben.example/", "name": "Ben"})]
    assert clean(ontology, mapping, text) == expected


def test_a_text_beside_those_that_mean_nothing_is_told(ontology: Ontology) -> None:
    mapping = PEOPLE + "  keys: {web: {nothing: ['false']}}"
    made = read(ontology, mapping, "- {slug: ada, web: maybe}")
    assert made.unmapped == {("people.yml", "web"): [1, 1, 15]}


def test_texts_and_mappings_may_stand_in_one_list(ontology: Ontology) -> None:
    mapping = PEOPLE + "  keys: {friends: {key: knows, by: name}, friends.name: {key: knows, by: name}}"
    assert clean(ontology, mapping, "- {slug: ada, friends: [Ben, {name: Cora}]}") == [
        ("person/ada", {"knows": ["=Ben", "=Cora"]})
    ]


def test_whole_subtrees_are_ignored(ontology: Ontology) -> None:
    mapping = PEOPLE + "  ignore: [maps, address.display]"
    text = "- {slug: ada, maps: {a: 1, b: [c, {d: 2}]}, address: {display: x, town: y}}"
    made = read(ontology, mapping, text)
    assert made.unmapped == {("people.yml", "address.town"): [1, 1, 67]}


# --- templates --------------------------------------------------------------------------------


def test_constants_are_added(ontology: Ontology) -> None:
    mapping = (
        PEOPLE
        + "  add: {note: 'from {file}', knows: ['person/Ben Shore', 'person/{.name}'], home: '{web}'}\n  ignore: [name]"
    )
    made = read(ontology, mapping, "- slug: ada\n  web: 'https://ada.example/'\n  name: Zoë Brook\n")
    (_, values), (draft,) = made.entries[0], made.drafts
    assert values == {
        "note": "from people",
        "knows": ["person/Ben Shore", "person/zoe-brook"],
        "home": "https://ada.example/",
    }
    places = {key.text: (value.line, value.column) for key, value in draft.node.items}
    assert places == {"note": (1, 3), "knows": (1, 3), "home": (2, 8)}


@pytest.mark.parametrize(
    ("template", "path", "expected"),
    [
        ("{folder}", "north/quay-2016/people.yml", "quay-2016"),
        ("{folder-2} and {folder}", "north/quay-2016/people.yml", "north and quay-2016"),
        ("{folder-3}", "north/quay-2016/people.yml", None),
        ("{folder}", "people.yml", None),
        ("{file}", "north/people.of.2016.yml", "people.of.2016"),
        ("no. {number}", "people.yml", "no. 2"),
        ("{.number}", "people.yml", "seven"),
        ("{address.town}", "people.yml", "High Quay"),
        ("{slug} in {address.town}", "people.yml", "ada in High Quay"),
        ("{address.street}", "people.yml", None),
        ("{..slug}", "people.yml", None),
        ("{parent}", "people.yml", None),
        ("{empty} x", "people.yml", None),
    ],
)
def test_placeholders(ontology: Ontology, template: str, path: str, expected: str | None) -> None:
    mapping = f"""
        - files: "**/*.yml"
          type: Person
          id: person/{{slug}}
          add: {{note: "{template}"}}
          ignore: [number, address, empty]
    """
    text = "- ~\n- {slug: ada, number: seven, empty: '', address: {town: High Quay}}\n"
    assert clean(ontology, mapping, text, path) == [("person/ada", {"note": expected} if expected else {})]


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Ada Brook", "ada-brook"),
        ("Zoë d’Été", "zoe-d-ete"),
        ("--St. Ives--", "st-ives"),
        ("館長", "u9928-9577"),
        ("NO", "no"),
        ("1.10", "1-10"),
        ("!", "u21"),
    ],
)
def test_what_is_put_into_an_id_becomes_a_slug(ontology: Ontology, text: str, slug: str) -> None:
    assert clean(ontology, PEOPLE, f"- slug: '{text}'") == [(f"person/{slug}", {})]


def test_an_entry_without_the_value_of_its_id_is_an_error(ontology: Ontology) -> None:
    made = read(ontology, PEOPLE, "- {slug: ada}\n- {name: Ben}\n- {slug: ~, name: Cora}\n")
    assert [id_ for id_, _ in made.entries] == ["person/ada"]
    assert made.findings == [
        "people.yml:2:3: error: no id: `{slug}` of `person/{slug}` has no value here — write one, or make the id of"
        " something else in colloquy.yaml (see colloquy.yaml:3:7) [no-id]",
        "people.yml:3:3: error: no id: `{slug}` of `person/{slug}` has no value here — write one, or make the id of"
        " something else in colloquy.yaml (see colloquy.yaml:3:7) [no-id]",
    ]


def test_an_id_of_any_length_is_not_taken(ontology: Ontology) -> None:
    made = read(ontology, PEOPLE, f"- slug: {'long ' * 100}\n")
    assert made.entries == []
    assert made.findings[0].startswith("people.yml:1:9: error: the id made of this has 506 characters; 400 are allowed")


# --- what is nested ---------------------------------------------------------------------------

TALKS = """
    - files: "**/talks.yml"
      name: talk
      type: Talk
      id: talk/{id}
      keys: {title: name}
      add: {about: "event/{folder}"}
      entries:
        talks: {use: talk, add: {about: "{parent}"}}
      ignore: [track]
"""


def test_a_nested_rule_uses_another_and_itself(ontology: Ontology) -> None:
    text = """
        - id: a
          title: A
          talks:
          - {id: b, title: B, track: x, talks: [{id: c}]}
          - {id: d}
        - id: e
    """
    assert clean(ontology, TALKS, text, "quay/talks.yml") == [
        ("talk/a", {"name": "A", "about": "event/quay"}),
        ("talk/b", {"name": "B", "about": "talk/a"}),
        ("talk/c", {"about": "talk/b"}),
        ("talk/d", {"about": "talk/a"}),
        ("talk/e", {"about": "event/quay"}),
    ]


def test_keys_of_no_rule_are_told_once_for_rule_and_key(ontology: Ontology) -> None:
    text = """
        - {id: a, cue: 1, talks: [{id: b, cue: 2, talks: [{id: c, cue: 3}]}, {id: d, cue: ''}]}
        - {id: e, cue: 4}
    """
    made = read(ontology, TALKS, text, "quay/talks.yml")
    assert made.unmapped == {
        ("**/talks.yml", "cue"): [2, 2, 11],
        ("`talks` in **/talks.yml", "cue"): [2, 2, 35],
    }


SPONSORS = """
    - files: "**/sponsors.yml"
      type: Person
      id: person/{folder}
      shared: true
      entries:
        tiers.sponsors: {type: Body, id: "body/{slug}", shared: true, keys: {website: home}}
      relations:
        tiers.sponsors:
          key: memberships
          keys: {slug: {key: body, id: "body/{.}"}}
          add: {role: "{..name}", since: "{...year}"}
"""


def test_one_path_may_lead_to_entries_and_relations(ontology: Ontology) -> None:
    text = """
        - year: 2016
          tiers:
          - name: Gold Sponsors
            sponsors:
            - {name: Harbour Bank, slug: HarbourBank, website: 'https://bank.example/'}
            - {name: Quay Café, slug: quay-café}
          - {name: Friends, sponsors: {name: Net Menders, slug: menders}}
    """
    made = read(ontology, SPONSORS, text, "high/quay/sponsors.yml")
    assert made.entries == [
        ("person/quay", {"memberships": [
            {"body": "body/harbourbank", "role": "Gold Sponsors", "since": "2016"},
            {"body": "body/quay-cafe", "role": "Gold Sponsors", "since": "2016"},
            {"body": "body/menders", "role": "Friends", "since": "2016"},
        ]}),
        ("body/harbourbank", {"name": "Harbour Bank", "home": "https://bank.example/"}),
        ("body/quay-cafe", {"name": "Quay Café"}),
        ("body/menders", {"name": "Net Menders"}),
    ]  # fmt: skip
    assert not made.unmapped
    assert not made.findings
    assert all(draft.shared for draft in made.drafts)
    (_, memberships), *_ = made.drafts[0].node.items
    assert isinstance(memberships, Sequence)
    first = memberships.items[0]
    assert isinstance(first, Mapping)
    assert (first.line, first.column) == (6, 7)
    role = {key.text: value for key, value in first.items}["role"]
    assert role == Scalar("Gold Sponsors", 4, 11, False)


def test_a_key_that_one_of_several_rules_names_is_no_stranger(ontology: Ontology) -> None:
    text = "{tiers: [{level: 1, sponsors: [{slug: a, badge: x, website: y}]}]}"
    made = read(ontology, SPONSORS, text, "quay/sponsors.yml")
    assert made.unmapped == {
        ("**/sponsors.yml", "tiers.level"): [1, 1, 11],
        ("`tiers.sponsors` in **/sponsors.yml", "badge"): [1, 1, 42],
    }


def test_texts_may_be_relations(ontology: Ontology) -> None:
    mapping = """
        - files: people.yml
          type: Person
          id: person/{slug}
          relations:
            posts.bodies: {key: memberships, keys: {".": {key: body, by: name}}, add: {role: "{..name}"}}
    """
    text = "- {slug: ada, posts: [{name: Keeper, bodies: [Museum, Archive]}, {name: Chair, bodies: Club}]}"
    expected = [{"body": "=Museum", "role": "Keeper"}, {"body": "=Archive", "role": "Keeper"},
                {"body": "=Club", "role": "Chair"}]  # fmt: skip
    assert clean(ontology, mapping, text) == [("person/ada", {"memberships": expected})]


def test_a_relation_that_says_nothing_is_none(ontology: Ontology) -> None:
    mapping = PEOPLE + "  relations: {posts: {key: memberships, keys: {at: {key: body, by: name}}}}"
    assert clean(ontology, mapping, "- {slug: ada, posts: [{at: ''}, {}]}") == [("person/ada", {})]


def test_relations_and_their_keys_may_be_spelt_as_in_the_ontology(ontology: Ontology) -> None:
    text = "- {slug: ada, memberships: [{body: museum, role: Keeper}]}"
    expected = [("person/ada", {"memberships": {"body": "museum", "role": "Keeper"}})]
    assert clean(ontology, PEOPLE, text) == expected
    assert (
        clean(ontology, PEOPLE + "  relations: {memberships: {keys: {at: body}}}", text.replace("body", "at"))
        == expected
    )


def test_a_relation_takes_only_keys_made_for_it_without_a_word(ontology: Ontology) -> None:
    made = read(
        ontology, PEOPLE + "  relations: {posts: {key: memberships}}", "- {slug: ada, posts: {role: Chair, name: x}}"
    )
    assert made.entries == [("person/ada", {"memberships": {"role": "Chair"}})]
    assert made.unmapped == {("`posts` in people.yml", "name"): [1, 1, 36]}


def test_one_path_may_have_several_rules(ontology: Ontology) -> None:
    mapping = """
        - files: people.yml
          type: Person
          id: person/{slug}
          entries:
            works:
            - {type: Idea, id: "idea/{.}", keys: {".": name}}
            - {type: Talk, id: "talk/{title}", keys: {title: name}}
    """
    assert clean(ontology, mapping, "- {slug: ada, works: [Tides, {title: On tides}]}") == [
        ("person/ada", {}),
        ("idea/tides", {"name": "Tides"}),
        ("talk/on-tides", {"name": "On tides"}),
    ]


def test_texts_of_a_list_may_be_values_and_its_mappings_entries(ontology: Ontology) -> None:
    mapping = (
        PEOPLE
        + """\
  keys: {talks: {key: about, id: 'talk/{.}'}}
  entries: {talks: {type: Talk, id: 'talk/{name}'}}
"""
    )
    assert clean(ontology, mapping, "- {slug: ada, talks: [Tides, {name: Nets}]}") == [
        ("person/ada", {"about": "talk/tides"}),
        ("talk/nets", {"name": "Nets"}),
    ]


def test_what_one_rule_says_of_a_key_takes_it_from_no_other(ontology: Ontology) -> None:
    mapping = (
        PEOPLE
        + """
  entries: {post: {type: Body, id: "body/{name}"}}
  relations: {post: {key: memberships, keys: {name: {key: body, id: "body/{.}"}}}}
"""
    )
    assert clean(ontology, mapping, "- {slug: ada, post: {name: Museum, note: quiet, role: Keeper}}") == [
        ("person/ada", {"memberships": {"body": "body/museum", "role": "Keeper"}}),
        ("body/museum", {"name": "Museum", "note": "quiet"}),
    ]


def test_a_list_and_what_is_nested_in_its_items_may_both_be_entries(ontology: Ontology) -> None:
    mapping = """
        - files: days.yml
          type: Event
          id: event/{file}
          entries:
            days: {type: Event, id: "{parent}/{number}", add: {about: "{parent}"}}
            days.talks: {type: Talk, id: "{parent}/{..name}-{number}", keys: {title: name}}
    """
    text = "days: [{name: Monday, talks: [{title: A}, {title: B}], break: 12}, {name: Tuesday, talks: {title: C}}]"
    made = read(ontology, mapping, text, "days.yml")
    assert made.entries == [
        ("event/days", {}),
        ("event/days/1", {"name": "Monday", "about": "event/days"}),
        ("event/days/monday-1", {"name": "A"}),
        ("event/days/monday-2", {"name": "B"}),
        ("event/days/2", {"name": "Tuesday", "about": "event/days"}),
        ("event/days/tuesday-2", {"name": "C"}),
    ]
    assert made.unmapped == {("`days` in days.yml", "break"): [1, 1, 56]}


def test_a_rule_may_only_lead_on_to_what_is_nested(ontology: Ontology) -> None:
    mapping = """
        - files: people.yml
          ignore: [version]
          entries: {people: {type: Person, id: "person/{slug}"}}
    """
    made = read(ontology, mapping, "version: 2\npeople: [{slug: ada}, {slug: ben}]\ncount: 2")
    assert [id_ for id_, _ in made.entries] == ["person/ada", "person/ben"]
    assert made.unmapped == {("people.yml", "count"): [1, 3, 1]}


def test_what_is_nested_in_an_entry_without_id_is_read_all_the_same(ontology: Ontology) -> None:
    mapping = (
        PEOPLE
        + """
  entries:
    talks: {type: Talk, id: "talk/{id}", add: {speakers: "{parent}"}}
    notes: {type: Idea, id: "{parent}/{number}", keys: {".": name}}
"""
    )
    made = read(ontology, mapping, "- {name: Ada, talks: [{id: a}, {id: ''}], notes: [x]}")
    assert made.entries == [("talk/a", {})]
    assert [finding.split(" — ")[0] for finding in made.findings] == [
        "people.yml:1:3: error: no id: `{slug}` of `person/{slug}` has no value here",
        "people.yml:1:32: error: no id: `{id}` of `talk/{id}` has no value here",
    ]


# --- what is wrong in a file --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("name: {en: Ada}", "1:21: error: `name` is a mapping here; a text was expected — say which of its keys is"
         " meant, such as `name: {key: name, take: …}` [not-a-value]"),
        ("friends: [{id: ben}]", "1:25: error: `friends` is a mapping here; a text was expected — say which of its keys"
         " is meant, such as `friends: {key: knows, take: …}` [not-a-value]"),
        ("web: false", "1:20: error: `web` is the text `false` here; a mapping was expected — if it means nothing,"
         ' write `web: {nothing: ["false"]}` [not-a-mapping]'),
        ("talks: [Tides]", "1:23: error: the text `Tides` stands here; a mapping was expected — say what a text means,"
         ' under `keys: {".": …}` (see colloquy.yaml:6:20) [not-a-mapping]'),
        ("town: [a, b]", "1:21: error: `{town}` is a list here; a template takes one text — name a text in the template"
         " (see colloquy.yaml:5:15) [not-a-value]"),
    ],
)  # fmt: skip
def test_a_shape_that_no_rule_expects_is_an_error_at_its_line(ontology: Ontology, line: str, expected: str) -> None:
    mapping = (
        PEOPLE
        + """\
  keys: {friends: {key: knows, by: name}, web.main: home}
  add: {note: '{town}'}
  entries: {talks: {type: Talk, id: 'talk/{id}'}}
"""
    )
    made = read(ontology, mapping, f"- {{slug: ada, {line}}}")
    assert made.findings == [f"people.yml:{expected}"]
    assert made.entries == [("person/ada", {})]
    assert made.drafts[0].damaged


# --- mistakes in rules --------------------------------------------------------------------------

MISTAKES = {
    "files: people.yml": "1:1: `mapping` takes a list of rules",
    "- people.yml": "1:3: a rule is a mapping",
    "- {type: Person, id: x}": "1:3: the rule does not say which files it reads",
    "- {files: x, type: Person, id: x, kyes: {}}": "1:35: a rule has no `kyes` — did you mean `keys`?",
    "- {files: x, type: Person}": "1:3: the rule has no `id`",
    "- {files: x, id: x}": "1:3: the rule has no `type`",
    "- {files: x, skip: }": "1:20: `skip` takes one text",
    "- {files: x, skip: why, type: Person}": "1:25: `type` is of no use beside `skip`",
    "- {files: [x], skip: why}": "1:11: `files` takes one text",
    "- {files: ../x, skip: why}": "1:11: `../x` is no pattern of files",
    "- {files: /x, skip: why}": "1:11: `/x` is no pattern of files",
    "- {files: 'a\\x', skip: why}": "1:11: `a\\x` is no pattern of files",
    "- {files: '**', skip: why}": "1:11: `**` is no pattern of files",
    "- {files: 'a**/x', skip: why}": "1:11: `a**/x` is no pattern of files",
    "- {files: x, skip: why}\n- {files: x, skip: why}": "2:3: never reached: the rule on line 1 has the same `files`",
    "- {files: x, type: Person, id: {slug}}": "1:32: `id` takes one text — put a text with braces in quotes",
    "- {files: x, type: [Person], id: x}": "1:20: `type` takes one text",
    "- {files: x, type: null, id: x}": "1:20: `type` takes one text",
    "- {files: x, type: Person, id: '{slug'}": "1:32: bad template: `{` without its other half — known: `{key}`,",
    "- {files: x, type: Person, id: 'slug}'}": "1:32: bad template: `}` without its other half",
    "- {files: x, type: Person, id: '{}'}": "1:32: bad template: `{}` names no value",
    "- {files: x, type: Person, id: '{ slug }'}": "1:32: bad template: `{ slug }` names no value",
    "- {files: x, type: Person, id: '{a..b}'}": "1:32: bad template: `{a..b}` names no value",
    "- {files: x, type: Person, id: '{..}'}": "1:32: bad template: `{..}` names no value",
    "- {files: x, type: Person, id: 'Person/{slug}'}": "1:32: `Person/{slug}` makes no id",
    "- {files: x, type: Person, id: 'person//{slug}'}": "1:32: `person//{slug}` makes no id",
    "- {files: x, type: Person, id: 'person/'}": "1:32: `person/` makes no id",
    "- {files: x, type: Person, id: x, shared: yes}": "1:43: `shared` takes `true` or `false`",
    "- {files: x, type: Person, id: x, keys: [a]}": "1:41: `keys` takes a mapping — such as `keys: {full_name: name}`",
    "- {files: x, type: Person, id: x, keys: {a: [b]}}": "1:45: `a` takes one text",
    "- {files: x, type: Person, id: x, keys: {a..b: c}}": "1:42: `a..b` leads to no key",
    "- {files: x, type: Person, id: x, keys: {a: {kye: b}}}":
        "1:46: what a key means has no `kye` — did you mean `key`?",
    "- {files: x, type: Person, id: x, keys: {a: {by: id}}}": "1:50: nothing is found by `id` — known here: name",
    "- {files: x, type: Person, id: x, keys: {a: {by: name, id: b}}}":
        "1:42: a reference is found by name or by id, not both",
    "- {files: x, type: Person, id: x, keys: {a: {split: ''}}}": "1:53: `split` takes what stands between two values",
    "- {files: x, type: Person, id: x, keys: {a: {nothing: [[b]]}}}": "1:56: `nothing` takes a list of texts",
    "- {files: x, type: Person, id: x, keys: {a: {take: 'b.'}}}": "1:52: `b.` leads to no key",
    "- {files: x, type: Person, id: x, ignore: {a: b}}": "1:43: `ignore` takes one text",
    "- {files: x, type: Person, id: x, ignore: [a, .b]}": "1:47: `.b` leads to no key",
    "- {files: x, type: Person, id: x, add: {note: [a, '{']}}": "1:51: bad template: `{` without its other half",
    "- {files: x, type: Person, id: x, add: {note: {a: b}}}": "1:47: `note` takes one text",
    "- {files: x, type: Person, id: x, entries: [a]}": "1:44: `entries` takes a mapping",
    "- {files: x, type: Person, id: x, entries: {a: b}}": "1:48: a rule is a mapping",
    "- {files: x, type: Person, id: x, entries: {.: {use: a}}}": "1:45: `.` leads to no key",
    "- {files: x, type: Person, id: x, entries: {a: [{type: Talk}]}}": "1:49: the rule has no `id`",
    "- {files: x, type: Person, id: x, entries: {a: {use: b, files: y}}}\n- {files: y, name: b, type: T, id: x}":
        "1:57: a rule for entries has no `files`",
    "- {files: x, type: Person, id: x, relations: {a: {type: y}}}": "1:51: a rule for relations has no `type`",
    "- {files: x, type: Person, id: x, entries: {a: {use: tlak}}}\n- {files: y, type: Talk, id: x, name: talk}":
        "1:54: no rule has the name `tlak` — did you mean `talk`?",
    "- {files: x, use: a}": "1:19: no rule has the name `a` — give one this `name`",
    "- {files: x, name: a, use: b}\n- {files: y, name: b, use: a}": "1:28: the rules use each other in a circle: b, a",
    "- {files: x, name: a, type: T, id: x}\n- {files: y, name: a, type: T, id: x}":
        "2:20: the name `a` is taken, by the rule on line 1",
}  # fmt: skip


def mistakes(text: str) -> list[str]:
    node, findings = read_yaml(text.encode(), "colloquy.yaml")
    assert not [f for f in findings if f.severity == "error"]
    assert node is not None
    errors: list[Finding] = []
    read_mapping(node, errors)
    assert all(f.severity == "error" and f.code == "bad-mapping" for f in errors)
    return [str(f).removeprefix("colloquy.yaml:").replace(": error:", ":", 1) for f in sorted(errors)]


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_in_a_rule_is_told_at_its_line(text: str) -> None:
    assert mistakes(text)[0].startswith(MISTAKES[text])


def test_all_mistakes_are_told_in_one_run() -> None:
    text = """
- {files: x, type: Person, id: '{', keys: {a: {by: id}, b: []}, ingore: [a]}
- {files: y, type: Person, id: x, entries: {a: {use: b}}}
"""
    assert [found.split(": ")[0] for found in mistakes(text)] == ["2:32", "2:52", "2:60", "2:65", "3:54"]


NOT_IN_THE_ONTOLOGY = {
    "type: Persn": "9: unknown type `Persn` — did you mean `Person`?",
    "type: Membership": "9: unknown type `Membership` — ",
    "type: Talk\n  keys: {a: nmae}": "13: Talk has no key `nmae` — did you mean `name`?",
    "type: Talk\n  keys: {a: {by: name}}": "10: Talk has no key `a`",
    "type: Talk\n  keys: {a: {key: name, by: name}}": "10: `name` of Talk leads to no entry — take `by` or `id` out",
    "type: Talk\n  keys: {a: {key: date, id: '{.}'}}": "10: `date` of Talk leads to no entry",
    "type: Person\n  keys: {a: memberships}":
        "13: `memberships` of Person is a qualified relation — write it under `relations`",
    "type: Talk\n  keys: {a: {key: name, take: b}, a.b: note}": "35: `a.b` is mapped twice",
    "type: Talk\n  add: {nmae: x}": "9: Talk has no key `nmae`",
    "type: Person\n  add: {memberships: x}": "9: `memberships` of Person is a qualified relation",
    "type: Person\n  relations: {a: {key: name}}":
        "24: `name` of Person is no qualified relation — write it under `keys`",
    "type: Person\n  relations: {a: {key: posts}}": "24: Person has no key `posts`",
    "type: Person\n  relations: {a: {add: {role: x}}}":
        "18: the rule does not say under which `key` of Person the relation stands — known here: memberships",
    "type: Person\n  relations: {a: {key: memberships, keys: {b: bdoy}}}":
        "47: Membership has no key `bdoy` — did you mean `body`?",
    "type: Person\n  entries: {a: {type: Tlak, id: x}}": "23: unknown type `Tlak` — did you mean `Talk`?",
}  # fmt: skip


@pytest.mark.parametrize("part", NOT_IN_THE_ONTOLOGY)
def test_what_the_ontology_does_not_have_is_told_once_for_a_rule(ontology: Ontology, part: str) -> None:
    made = rules(f"- files: x\n  id: x\n  {part}")
    (found,) = check_mapping(made, ontology)
    line = 3 + part.count("\n")
    assert str(found).replace(": error:", ":", 1).startswith(f"colloquy.yaml:{line}:{NOT_IN_THE_ONTOLOGY[part]}")
    report = Report(file="x")
    for text in ("- {a: b, memberships: [c]}", "- {a: {b: c}}", "- x", "x"):
        node, _ = read_yaml(text.encode(), "x", foreign=True)
        assert node is not None
        drafts(node, made[0], "x", ontology, report)  # and what is right is read


def test_a_rule_may_be_used_for_two_types_of_which_one_has_a_key(ontology: Ontology) -> None:
    mapping = """
        - {files: x, name: talk, type: Talk, id: "{id}", keys: {who: speakers, day: date}}
        - {files: y, use: talk, type: Event}
        - {files: z, use: talk, keys: {who: speekers}}
    """
    made = rules(mapping)
    assert [str(f) for f in check_mapping(made, ontology)] == [
        "colloquy.yaml:4:37: error: Talk has no key `speekers` — did you mean `speakers`? [bad-mapping]"
    ]
    other = read(ontology, mapping[: mapping.index("- {files: z")], "- {id: a, day: 2016, who: ada}", "y")
    assert other.entries == [("a", {"date": "2016"})]
    assert other.unmapped == {("y", "who"): [1, 1, 22]}


def test_own_parts_win_over_those_of_the_rule_that_is_used() -> None:
    _, used = rules("""
        - {files: x, name: person, type: Person, id: "{id}", keys: {a: name}, add: {note: x}, shared: true}
        - {files: y, use: person, keys: {b: name}, add: {}, shared: false}
    """)
    whole = used.whole()
    assert whole.type is not None
    assert whole.type.text == "Person"
    assert [key.foreign.text for key in whole.keys or ()] == ["b"]
    assert (whole.add, whole.shared, whole.files) == ((), False, "y")


# --- properties ---------------------------------------------------------------------------------

NAMES = st.text("abü .-{}", min_size=1, max_size=6)
TEXTS = st.lists(
    st.one_of(NAMES, NAMES.map("{{{0}}}".format), st.sampled_from(["{.}", "{..a}", "{folder-2}", "/"])), max_size=4
)


def scalar(text: str) -> Scalar:
    return Scalar(text, 1, 1, False)


@given(TEXTS.map("".join))
def test_a_template_is_what_its_parts_say(text: str) -> None:
    try:
        template = parse_template(scalar(text))
    except ValueError:
        assert not re.fullmatch(TEMPLATE, text)
        return
    if text:
        assert re.fullmatch(TEMPLATE, text)
    again = parse_template(scalar("".join(map(str, template.parts))))
    assert again.parts == template.parts


@settings(deadline=None)
@given(
    template=st.from_regex(ID_TEMPLATE.replace(r"[^\s{}.]", "a").replace(r"[^{}.\n]", "a"), fullmatch=True),
    value=st.text(min_size=1),
)
def test_an_id_that_is_made_is_an_id(ontology: Ontology, template: str, value: str) -> None:
    node = Mapping([(scalar("a"), scalar(value)), (scalar("id"), scalar("x"))], 1, 1)
    (rule,) = rules(f"- {{files: x, type: Person, id: '{template}'}}")
    made, _ = drafts(node, rule, "a/b/c/d/e/f/g/h/i/j/x", ontology, Report())
    assert all(KNOWN_ID.fullmatch(draft.id) for draft in made)


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from(["x", "y", "", "null", "none", "a,b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcdef"), inner, max_size=4),
    max_leaves=8,
)


def numbered(value: Any, lines: Iterator[int]) -> Node:
    """Make nodes of plain data, each at a line of its own."""
    line = next(lines)
    if isinstance(value, dict):
        return Mapping([(Scalar(k, next(lines), 1, True), numbered(v, lines)) for k, v in value.items()], line, 1)
    if isinstance(value, list):
        return Sequence([numbered(v, lines) for v in value], line, 1)
    return Scalar(value, line, 1, True)


def leaves(node: Node, path: str = "", lines: tuple[int, ...] = ()) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """Give each text with its dotted path, and the lines of all nodes on the way."""
    lines = (*lines, node.line)
    if isinstance(node, Scalar):
        yield node.text, path, lines
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from leaves(item, path, lines)
    else:
        for key, value in node.items:
            yield from leaves(value, f"{path}.{key.text}".lstrip("."), (*lines, key.line))


@settings(deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from("abcdef"), VALUES, max_size=5), max_size=3))
def test_no_value_is_lost_without_a_word(ontology: Ontology, data: list[Any]) -> None:
    """Every text of a file is in an entry, ignored, said to mean nothing, or told."""
    mapping = """
        - files: x
          type: Person
          id: person/{number}
          ignore: [e.f]
          keys: {a: name, b.c: note, d: {key: aliases, split: ",", nothing: [none]}, c: {nothing: none}}
          entries: {e.a: {type: Talk, id: "talk/{number}", keys: {".": name, a: note}}}
          relations: {e.a: {key: memberships, keys: {b: role, ".": role}}}
    """
    (rule,) = rules(mapping)
    root = numbered(data, iter(range(1, 10_000)))
    texts = list(leaves(root))
    report = Report()
    found, unmapped = drafts(root, rule, "x", ontology, report)
    kept = {lines[-1] for draft in found for _, _, lines in leaves(draft.node)}
    told = {f.place.line for f in report.findings}
    strange = {"e.a." * ("`e.a`" in where) + key for where, key in unmapped}
    for text, path, lines in texts:
        assert (
            text in ("", "null")
            or lines[-1] in kept
            or told & set(lines)
            or any(f"{path}.".startswith(f"{key}.") for key in strange)
            or path.startswith("e.f")
            or (text == "none" and path in ("c", "d"))
        ), (text, path, lines)


# --- the page ---------------------------------------------------------------------------------

PAGE = Path(__file__).parent.parent / "docs/mapping.md"
EXAMPLE = re.compile(r"```yaml theirs\n# (\S+)\n(.*?)```\s+```yaml rule\n(.*?)```\s+```yaml ours\n(.*?)```", re.DOTALL)
EXAMPLES = EXAMPLE.findall(PAGE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def seminar() -> Ontology:
    return read_ontology(PAGE.parent.parent / "ontology")


def test_the_page_has_examples() -> None:
    assert len(EXAMPLES) == PAGE.read_text(encoding="utf-8").count("```yaml rule") > 8


@pytest.mark.parametrize(("path", "theirs", "rule", "ours"), EXAMPLES)
def test_the_page_tells_the_truth(seminar: Ontology, path: str, theirs: str, rule: str, ours: str) -> None:
    made = read(seminar, "- " + textwrap.indent(rule, "  ").lstrip(), theirs, path)
    assert not made.findings
    assert not made.unmapped
    node, findings = read_yaml(ours.encode(), "ours.yaml")
    assert node is not None
    assert not [f for f in findings if f.severity == "error"]
    found = [{"id": d.id, "type": d.class_ and d.class_.name, **shown(d.node)} for d in made.drafts]
    assert without_marks(found) == without_marks(shown(node))


def without_marks(value: Any) -> Any:
    """Take the marks of references by name away, and lists of one value."""
    if isinstance(value, dict):
        return {key: without_marks(one) for key, one in value.items()}
    if isinstance(value, list):
        return [without_marks(one) for one in value]
    return str(value).removeprefix("=")
