"""The JSON Schema of fact files, validated as an editor does: YAML 1.2, where `2015` is an integer."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator, ValidationError

from colloquy import evidence
from colloquy.datatypes import CANONICAL, typed
from colloquy.facts import read_facts
from colloquy.ontology import Ontology, read_ontology
from colloquy.schema import EVIDENCE, json_schema, schema_text
from colloquy.settings import Settings
from colloquy.terms import XSD, XSD_STRING

REPOSITORY = Path(__file__).parent.parent
HARBOUR = Path(__file__).parent / "cases/ontology"
EXTRA = """
@prefix : <https://harbour.example/ontology#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:depth a owl:DatatypeProperty ; rdfs:label "depth"@en ; rdfs:range xsd:decimal ; rdfs:domain :Body ;
    skos:definition "How deep the water is, in metres."@en ; skos:example "depth: 3.5" .
:Body skos:definition "Some body of a harbour."@en .
:Text/draft a owl:Class ; rdfs:label "draft"@en ; rdfs:subClassOf :Text .
"""


class _Core(yaml.SafeLoader):
    """YAML as editors read it: the core schema of YAML 1.2, clause 10.3.2."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  (PyYAML's own way to say it)


for tag, pattern in (
    ("null", r"~|null|Null|NULL|"),
    ("bool", r"true|True|TRUE|false|False|FALSE"),
    ("int", r"[-+]?[0-9]+"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"),
):
    _Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), None)
# PyYAML reads 0123 as an octal number; YAML 1.2 does not.
_Core.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(str(node.value)))


def as_editor(text: str) -> Any:
    return yaml.load(text, Loader=_Core)


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Ontology:
    folder = tmp_path_factory.mktemp("ontology")
    (folder / "harbour.ttl").write_bytes((HARBOUR / "harbour.ttl").read_bytes())
    (folder / "more.ttl").write_text(EXTRA.replace(":Text/draft", "<https://harbour.example/drafts/Entwürfe>"))
    return read_ontology(folder)


@pytest.fixture(scope="module")
def validator(harbour: Ontology) -> Draft7Validator:
    ids = {"Person": ["ada-brook", "ben-okri"], "Text": ["minutes"]}
    return Draft7Validator(json_schema(harbour, "Harbour talks", ids))


def errors(validator: Draft7Validator, text: str) -> list[str]:
    """Say where each mistake is, and what is wrong."""

    def said(error: ValidationError) -> str:
        return "/".join(map(str, error.absolute_path)) + ": " + error.message

    return sorted({said(e) for e in validator.iter_errors(as_editor(text))})


GOOD = """
- {id: ada-brook, type: Person, name: Ada Brook}
- {id: "2015", type: Person, name: {en: Ada, cy-GB: Ada}}
- {id: 2016, type: Person, name: [Ada, {value: Adeline, language: en, phrase: called Adeline by her friends}]}
- {id: a, type: Person, name: {value: [Ada, Adeline], document: minutes}, knows: [ada-brook, {value: [ben-okri, 2015]}]}
- {id: a, type: Talk, name: Tides, date: 2015, seats: 20, open: true, speakers: somebody-new}
- {id: a, type: Talk, date: 2015-03-01, seats: "20", open: "false", home: https://harbour.example/}
- {id: a, type: Talk, date: [2015-03, --03-01, "2015", 0999, 2015Z, 2015-03-01T10:00:00+01:00], seats: +3}
- {id: a, type: Person, memberships: {body: museum, role: Keeper, since: {value: 2015, basis: inferred, reason: dated}}}
- {id: a, type: Person, memberships: [{role: Keeper, phrase: Keeper}, {body: {value: [museum]}}]}
- {id: a, type: Body, depth: 3.5, document: minutes, section: 2, phrase: 1999, basis: stated}
- {id: a, type: Body, depth: [3, "+.5"], note: {value: quiet, phrase: a quiet place}}
- {id: a, type: Text, sections: [{title: Opening, begins: The harbour}], sha256: abc}
- {id: a, type: Entwürfe, name: ein Entwurf}
"""

WRONG = {
    "{id: a, type: Person, nmae: Ada}": ("0: ", "'nmae'"),
    "{id: a, type: Persn}": ("0/type: ", "'Persn'"),
    "{id: a, name: Ada}": ("0: ", "'type' is a required property"),
    "{type: Person, name: Ada}": ("0: ", "'id' is a required property"),
    "{id: Ada Brook, type: Person}": ("0/id: ", "'Ada Brook'"),
    "{id: a, type: Membership}": ("0/type: ", "'Membership'"),
    "{id: a, type: Person, name: 3.10}": ("0/name: ", "3.1"),
    "{id: a, type: Person, name: true}": ("0/name: ", "True"),
    "{id: a, type: Person, name: }": ("0/name: ", "None"),
    "{id: a, type: Person, name: ' '}": ("0/name: ", "' '"),
    "{id: a, type: Person, name: [[Ada]]}": ("0/name/0: ", "['Ada']"),
    "{id: a, type: Person, name: {phrase: Ada}}": ("0/name: ", "'value' is a dependency of 'phrase'"),
    "{id: a, type: Person, name: {value: Ada, en: Ada}}": ("0/name: ", "'en'"),
    "{id: a, type: Person, name: {value: {en: Ada}}}": ("0/name/value: ", "{'en': 'Ada'}"),
    "{id: a, type: Person, name: {english: Ada}}": ("0/name: ", "'english'"),
    "{id: a, type: Person, name: {}}": ("0/name: ", "{}"),
    "{id: a, type: Person, knows: Ben Okri}": ("0/knows: ", "'Ben Okri'"),
    "{id: a, type: Person, knows: {en: ben-okri}}": ("0/knows: ", "'en'"),
    "{id: a, type: Person, knows: {phrase: her friend}}": ("0/knows: ", "'value' is a required property"),
    "{id: a, type: Person, memberships: museum}": ("0/memberships: ", "'museum'"),
    "{id: a, type: Person, memberships: [museum]}": ("0/memberships/0: ", "'museum'"),
    "{id: a, type: Person, memberships: {}}": ("0/memberships: ", "{}"),
    "{id: a, type: Person, memberships: {id: x}}": ("0/memberships: ", "'id'"),
    "{id: a, type: Person, memberships: {rloe: Keeper}}": ("0/memberships: ", "'rloe'"),
    "{id: a, type: Person, memberships: {role: 12}}": ("0/memberships/role: ", "12"),
    "{id: a, type: Person, seats: 3}": ("0: ", "'seats'"),
    "{id: a, type: Talk, seats: 0}": ("0/seats: ", "0"),
    "{id: a, type: Talk, seats: many}": ("0/seats: ", "'many'"),
    "{id: a, type: Talk, seats: 2.5}": ("0/seats: ", "2.5"),
    "{id: a, type: Talk, date: 1.3.2015}": ("0/date: ", "'1.3.2015'"),
    "{id: a, type: Talk, date: 20150301}": ("0/date: ", "20150301"),
    "{id: a, type: Talk, open: yes}": ("0/open: ", "'yes'"),
    "{id: a, type: Talk, open: 1}": ("0/open: ", "1"),
    "{id: a, type: Talk, home: harbour.example}": ("0/home: ", "'harbour.example'"),
    "{id: a, type: Body, note: 12}": ("0/note: ", "12"),
    "{id: a, type: Body, note: {en: quiet}}": ("0/note: ", "'en'"),
    "{id: a, type: Body, basis: guessed}": ("0/basis: ", "'guessed'"),
    "{id: a, type: Body, phrase: one two three four five six seven eight nine}": ("0/phrase: ", "nine"),
    "{id: a, type: Body, name: {value: x, basis: no}}": ("0/name/basis: ", "'no'"),
}


def test_the_schema_is_one_of_draft_7(validator: Draft7Validator) -> None:
    Draft7Validator.check_schema(validator.schema)


def test_a_good_file_passes(validator: Draft7Validator) -> None:
    assert errors(validator, GOOD) == []


@pytest.mark.parametrize("entry", WRONG)
def test_a_wrong_entry_is_told_with_its_key(validator: Draft7Validator, entry: str) -> None:
    place, words = WRONG[entry]
    found = errors(validator, f"- {entry}")
    assert any(one.startswith(place) and words in one for one in found), found


@pytest.mark.parametrize("entry", WRONG)
def test_whatever_the_schema_refuses_check_refuses_too(harbour: Ontology, entry: str) -> None:
    others = b"[{id: ben-okri, type: Person}, {id: museum, type: Body}]"
    texts = [("others.yaml", others), ("people.yaml", f"- {entry}".encode())]
    found = read_facts(texts, harbour, Settings("Harbour", "https://harbour.example/")).findings
    assert [f for f in found if f.severity == "error"]


def test_the_type_in_the_defaults_decides_about_the_entries(validator: Draft7Validator) -> None:
    head = "defaults: {type: Talk, document: minutes}\nentries:\n"
    assert errors(validator, head + "- {id: a, seats: 3}\n- {id: b, type: Person, knows: a}") == []
    assert errors(validator, head + "- {id: a, knows: b}") == [
        "entries/0: Additional properties are not allowed ('knows' was unexpected)"
    ]
    assert errors(validator, head + "- {id: b, type: Person, seats: 3}") == [
        "entries/0: Additional properties are not allowed ('seats' was unexpected)"
    ]
    assert errors(validator, head + "- {seats: 3}") == ["entries/0: 'id' is a required property"]


def test_a_file_without_a_default_type_wants_one_in_each_entry(validator: Draft7Validator) -> None:
    wanted = ["entries/0: 'type' is a required property"]
    assert errors(validator, "entries: [{id: a, name: Ada}]") == wanted
    assert errors(validator, "defaults: {document: minutes}\nentries: [{id: a, name: Ada}]") == wanted
    assert errors(validator, "defaults: {document: minutes}\nentries: [{id: a, type: Person, name: Ada}]") == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("people: []", "'entries' is a required property"),
        ("defaults: {name: Ada}\nentries: []", "'name'"),
        ("defaults: {type: Persn}\nentries: []", "'Persn'"),
        ("entries: {id: a}", "is not of type 'array'"),
        ("[ada]", "is not of type 'object'"),
        ("Ada", "is not of type 'array', 'object'"),
    ],
)
def test_a_file_of_another_shape_is_refused(validator: Draft7Validator, text: str, told: str) -> None:
    assert any(told in error for error in errors(validator, text))


@pytest.mark.parametrize("file", sorted((REPOSITORY / "data").glob("*.yaml")), ids=lambda p: p.name)
def test_the_repositorys_own_facts_pass(file: Path) -> None:
    ontology = read_ontology(REPOSITORY / "ontology")
    assert errors(Draft7Validator(json_schema(ontology, "Seminars")), file.read_text(encoding="utf-8")) == []


SAMPLES = {
    XSD_STRING: ["a text"],
    XSD + "date": ["2024-02-29", "2024-02-29Z", "2024-02-29+14:00"],
    XSD + "dateTime": ["2024-02-29T23:59:59.5-01:00", "2024-02-29T00:00:00"],
    XSD + "gYear": ["2024", "0001", "2024+01:00"],
    XSD + "gYearMonth": ["2024-12", "2024-12Z"],
    XSD + "gMonthDay": ["--02-29", "--02-29-05:00"],
    XSD + "integer": ["0", "-12", "+007"],
    XSD + "nonNegativeInteger": ["0", "-0", "+12"],
    XSD + "positiveInteger": ["1", "+007"],
    XSD + "decimal": ["1", "-1.50", ".5", "+3."],
    XSD + "double": ["1", "1.5e-3", "INF", "-INF", "NaN", ".5E+10"],
    XSD + "boolean": ["true", "false"],
    XSD + "anyURI": ["https://harbour.example/a?b=c#d", "HTTP://harbour.example"],
}


@pytest.mark.parametrize("datatype", CANONICAL)
def test_no_value_that_check_takes_is_marked(datatype: str, tmp_path: Path) -> None:
    (tmp_path / "one.ttl").write_text(
        f"""@prefix : <https://harbour.example/ontology#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
        :Thing a owl:Class . :size a owl:DatatypeProperty ;
            <http://www.w3.org/2000/01/rdf-schema#range> <{datatype}> ."""
    )
    validator = Draft7Validator(json_schema(read_ontology(tmp_path), "Things"))
    for text in SAMPLES[datatype]:
        assert typed(text, (datatype,)), text
        for written in (text, f'"{text}"', f"{{value: {json.dumps(text)}}}", f"[{json.dumps(text)}]"):
            assert errors(validator, f"- id: a\n  type: Thing\n  size: {written}") == [], written


def test_a_datatype_unknown_here_takes_any_scalar(tmp_path: Path) -> None:
    (tmp_path / "one.ttl").write_text(
        """@prefix : <https://harbour.example/ontology#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
        :Thing a owl:Class . :size a owl:DatatypeProperty ; <http://www.w3.org/2000/01/rdf-schema#range> :shoeSize ."""
    )
    validator = Draft7Validator(json_schema(read_ontology(tmp_path), "Things"))
    assert errors(validator, "[{id: a, type: Thing, size: [41, 41.5, small, true]}]") == []
    assert errors(validator, "[{id: a, type: Thing, size: {eu: 41}}]")


def test_known_ids_are_offered_where_they_fit_and_new_ones_stay_right(harbour: Ontology) -> None:
    schema = json_schema(harbour, "Harbour", {"Person": ["ben-okri", "ada-brook"], "Body": ["museum"]})
    speakers = schema["definitions"][schema["definitions"]["Talk"]["properties"]["speakers"]["$ref"].split("/")[-1]]
    assert offered(schema, speakers) == ["ada-brook", "ben-okri"]
    assert offered(schema, schema["definitions"]["about"]) == ["ada-brook", "ben-okri", "museum"]
    assert offered(schema, schema["definitions"]["document"]) == []
    assert errors(Draft7Validator(schema), "[{id: a, type: Talk, speakers: somebody-new}]") == []


def offered(schema: Any, part: Any) -> list[str]:
    """Collect completions as an editor does: of this schema and of all that it is an `allOf` of."""
    if "$ref" in part:
        part = schema["definitions"][part["$ref"].split("/")[-1]]
    own = [snippet["body"] for snippet in part.get("defaultSnippets", ())]
    return sorted(own + [one for inner in part.get("allOf", ()) for one in offered(schema, inner)])


def test_each_class_takes_its_keys_and_no_other(harbour: Ontology) -> None:
    schema = json_schema(harbour, "Harbour")
    for name, class_ in harbour.classes.items():
        if class_.kind == "entity":
            branch = next(
                one["then"] for one in schema["definitions"]["entry"]["else"]["allOf"]
                if one["if"]["properties"]["type"]["const"] == name
            )  # fmt: skip
            keys = schema["definitions"][branch["$ref"].split("/")[-1]]["properties"]
            assert set(keys) == {*harbour.keys(class_), "id", "type", *EVIDENCE}


def test_an_entry_not_begun_is_of_no_class(harbour: Ontology) -> None:
    """Else an editor offers the keys of every class in it."""
    for branch in json_schema(harbour, "Harbour")["definitions"]["entry"]["else"]["allOf"]:
        assert not Draft7Validator(branch["if"]).is_valid(None)


def test_definition_and_example_are_what_an_editor_shows(harbour: Ontology) -> None:
    depth = json_schema(harbour, "Harbour")["definitions"]["depth"]
    assert depth["title"] == "depth"
    assert depth["description"] == "How deep the water is, in metres. Example: depth: 3.5"
    assert depth["markdownDescription"] == "How deep the water is, in metres.\n\n```yaml\ndepth: 3.5\n```"
    assert json_schema(harbour, "Harbour")["definitions"]["note"]["description"] == "No definition yet."


def test_types_are_explained_by_the_definitions_of_their_classes(harbour: Ontology) -> None:
    types = json_schema(harbour, "Harbour")["definitions"]["type"]
    words = dict(zip(types["enum"], types["markdownEnumDescriptions"], strict=True))
    assert words["Person"] == "A human being."
    assert words["Idea"] == "No definition yet."


def test_the_text_is_the_same_whatever_the_order_of_ids(harbour: Ontology) -> None:
    people = [f"person-{n}" for n in range(50)]
    first = schema_text(json_schema(harbour, "Harbour", {"Person": people, "Body": ["museum"]}))
    random.Random(7).shuffle(people)
    assert schema_text(json_schema(harbour, "Harbour", {"Body": {"museum"}, "Person": set(people)})) == first
    assert first.endswith("}\n")
    assert json.loads(first)["title"] == "Harbour: facts"


def test_every_reference_inside_the_schema_leads_somewhere(harbour: Ontology) -> None:
    text = schema_text(json_schema(harbour, "Harbour", {"Person": ["ada-brook"]}))
    definitions = json.loads(text)["definitions"]
    used = set(re.findall(r'"\$ref": "#/definitions/([^"]+)"', text))
    assert used <= set(definitions)
    assert set(definitions) <= used | {"id", "type", *EVIDENCE}
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+", name) for name in definitions)


def test_evidence_is_that_of_the_facts() -> None:
    assert tuple(EVIDENCE) == evidence.EVIDENCE_KEYS


def test_what_adds_to_an_entry_elsewhere_takes_the_keys_of_any_class(validator: Draft7Validator) -> None:
    good = "- {entry: ada, aliases: Addie}\n- {entry: ada, seats: 12, document: gazette}\n"
    assert not list(validator.iter_errors(yaml.safe_load(good)))
    for wrong in ("- {entry: ada, colour: red}", "- {entry: ada, id: bo}", "- {entry: ada, type: Person}"):
        assert list(validator.iter_errors(yaml.safe_load(wrong))), wrong
    inside = {"defaults": {"type": "Person"}, "entries": [{"entry": "ada", "seats": 12}, {"id": "bo", "name": "Bo"}]}
    assert not list(validator.iter_errors(inside))
    assert list(validator.iter_errors({**inside, "entries": [{"name": "Bo"}]}))
