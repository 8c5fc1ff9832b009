"""Reading YAML with places: what is read, what is refused, and what is said about it."""

from __future__ import annotations

import json
import os
import re
import sys
import time
import unicodedata
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from colloquy.errors import Finding
from colloquy.source import (
    Mapping,
    Node,
    Scalar,
    Sequence,
    compose,
    events,
    hidden,
    parsers,
    passes,
    read_yaml,
    yaml_reading,
)

REPOSITORY = Path(__file__).parent.parent
HOSTILE = Path(os.environ.get("COLLOQUY_SHARED", "../shared")) / "hostile"


@pytest.fixture(params=["libyaml", "pure python"])
def either_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "pure python":
        monkeypatch.setattr(events, "parser", parsers.PurePython)
        monkeypatch.setattr(compose, "parser", parsers.PurePython)
    elif not hasattr(yaml, "CSafeLoader"):
        pytest.skip("PyYAML was built without libyaml here")


def read(text: str, *, foreign: bool = False) -> tuple[Node | None, list[Finding]]:
    return read_yaml(text.encode("utf-8"), "data/people.yaml", foreign=foreign)


def texts(node: Node | None) -> Any:
    """Give the texts of a node as plain lists and dicts."""
    if isinstance(node, Mapping):
        return {key.text: texts(value) for key, value in node.items}
    if isinstance(node, Sequence):
        return [texts(item) for item in node.items]
    return node.text if node else None


def scalars(node: Node | None) -> list[Scalar]:
    if isinstance(node, Mapping):
        return [scalar for pair in node.items for part in pair for scalar in scalars(part)]
    if isinstance(node, Sequence):
        return [scalar for item in node.items for scalar in scalars(item)]
    return [node] if node else []


def told(findings: list[Finding]) -> list[str]:
    """Give findings as `code line:column`, warnings with a question mark."""
    return [f"{f.code}{'?' * (f.severity == 'warning')} {f.place.line}:{f.place.column}" for f in findings]


# --- Nodes ------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("either_parser")
def test_every_value_knows_its_line_and_column() -> None:
    node, findings = read("# people\n- id: ada\n  born: [1815, 'no']\n  note: |\n    two\n    lines\n")
    assert findings == []
    assert isinstance(node, Sequence)
    assert (node.line, node.column) == (2, 1)
    assert scalars(node) == [
        Scalar("id", 2, 3, True),
        Scalar("ada", 2, 7, True),
        Scalar("born", 3, 3, True),
        Scalar("1815", 3, 10, True),
        Scalar("no", 3, 16, False),
        Scalar("note", 4, 3, True),
        Scalar("two\nlines\n", 4, 9, False),
    ]


@pytest.mark.usefixtures("either_parser")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: 3.10\ncode: no\nnone: ~\nempty:\n", {"name": "3.10", "code": "no", "none": "~", "empty": ""}),
        ("isbn: 0201896834\n", {"isbn": "0201896834"}),
        ('[{"id": "ada", "aliases": ["A. B."]}]', [{"id": "ada", "aliases": ["A. B."]}]),
        ("\ufeffname: Ada\r\nnote: |\r\n  two\n  lines\r\n", {"name": "Ada", "note": "two\nlines\n"}),
        ("name: Ada\rnote: x\r", {"name": "Ada", "note": "x"}),
        ("%YAML 1.2\n---\nname: Ada\n...\n", {"name": "Ada"}),
        ('name: "tab\\there, \\u00e9, \\u2028"', {"name": "tab\there, é, \u2028"}),
        ("name: 👩\u200d💻, می\u200cخواهم", {"name": "👩\u200d💻, می\u200cخواهم"}),
        ("name: Ada\u00a0B, l\u2019été", {"name": "Ada\u00a0B, l\u2019été"}),
        ("name: Ada  # a remark\nx: C#\n", {"name": "Ada", "x": "C#"}),
        ("entries: # none yet\n", {"entries": ""}),
        ("y: 3\nn: 4\n", {"y": "3", "n": "4"}),
        ("? name\n: Ada\n", {"name": "Ada"}),
    ],
)
def test_these_files_are_read_without_a_word(text: str, expected: object) -> None:
    node, findings = read(text)
    assert (texts(node), findings) == (expected, [])


@pytest.mark.parametrize("text", ["", "\n \n", "# later\n", "---\n", "~\n", "---\n...\n", "\ufeff"])
def test_a_file_without_facts_is_a_warning_for_the_whole_file(text: str) -> None:
    node, findings = read(text)
    assert node is None
    assert told(findings) == ["no-facts? 0:0"]


# --- What is refused --------------------------------------------------------------------------------


@pytest.mark.usefixtures("either_parser")
@pytest.mark.parametrize(
    ("text", "expected", "left"),
    [
        ("name: One\nid: a\n'name': Two\n", ["duplicate-key 3:1"], {"name": "One", "id": "a"}),
        ("é: One\ne\u0301: Two\n", ["duplicate-key 2:1"], {"é": "One"}),
        ("a: {b: 1, b: 2}\na: 3\n", ["duplicate-key 1:11", "duplicate-key 2:1"], {"a": {"b": "1"}}),
        ("- &ada {id: ada}\n- *ada\n", ["anchor 1:3", "alias 2:3"], [{"id": "ada"}]),
        ("a: &c a talk\n", ["anchor 1:4"], {"a": "a talk"}),
        ("*a : b\n", ["alias 1:1"], {}),
        ("<<: {a: b}\nc: d\n", ["merge-key 1:1"], {"c": "d"}),
        ('"<<": a\n', [], {"<<": "a"}),
        ("a: !important notice\n", ["tag 1:4"], {"a": "notice"}),
        ("- !Talk\n  id: t\n", ["tag 1:3"], [{"id": "t"}]),
        ("a: ! b\nc: !!str 2024\n", ["tag 1:4", "tag 2:4"], {"a": "b", "c": "2024"}),
        ("a: &x !y z\n", ["anchor 1:4", "tag 1:4"], {"a": "z"}),
        ("~: a\n? [x, y]\n: b\n2024: c\nno: d\n'no': e\n", [f"key-not-text {p}" for p in ("1:1", "2:3", "4:1", "5:1")],
         {"no": "e"}),
        ("? {x: y}\n: b\n?\n: c\n", ["key-not-text 1:3", "key-not-text 3:2"], {}),
        ("a: b\n---\nc: {d: 1, d: 2}\n", ["several-documents 2:1", "duplicate-key 3:11"], {"a": "b"}),
        ("%YAML 9.0\n# x\n%FOO\n---\na: b\n", ["directive 1:1", "directive 3:1"], {"a": "b"}),
        ("a\u00a0: b\nc: d\n", ["hidden-character 1:1"], {"c": "d"}),
        ("a: x\u0007y\n# \u0000\n", ["control-character 1:5", "control-character 2:3"], {"a": "x\ufffdy"}),
        ("a: \u202ex\n# \u2066\n", ["bidi-control 1:4", "bidi-control 2:3"], {"a": "\u202ex"}),
        ("a: \u200bx\nb: \ufeffy\n", ["hidden-character 1:4", "hidden-character 2:4"],
         {"a": "\u200bx", "b": "\ufffdy"}),
        ("a: \U000e0041\U000e0042\n", ["hidden-character 1:4"], {"a": "\U000e0041\U000e0042"}),
        ("a: x\u2028y\nb: \x85\n", ["hidden-character 1:5", "control-character 2:4"], {"a": "x\ufffdy", "b": "\ufffd"}),
        ("a: \ufffe\nb: \ufdd0\n", ["noncharacter 1:4", "noncharacter 2:4"], {"a": "\ufffd", "b": "\ufdd0"}),
        ('a: "\\0"\n', ["control-character 1:4"], {"a": "\0"}),
        ("b: '\\0'\nc: \\0\n", [], {"b": "\\0", "c": "\\0"}),
        ('a: "\u200b\\x07"\n', ["control-character 1:4", "hidden-character 1:5"], {"a": "\u200b\x07"}),
        ("a: x\u200fy\nb: 'z\u200d'\n", ["invisible-mark? 1:5", "invisible-mark? 2:6"],
         {"a": "x\u200fy", "b": "z\u200d"}),
        ("a:\tb\n", ["tab? 1:4"], {"a": "b"}),
        ("name: The C # language\n", ["text-cut-at-hash? 1:13"], {"name": "The C"}),
    ],
)  # fmt: skip
def test_refused_things_cost_no_more_than_they_must(text: str, expected: list[str], left: object) -> None:
    node, findings = read(text)
    assert told(findings) == expected
    assert texts(node) == left


@pytest.mark.usefixtures("either_parser")
def test_half_of_a_surrogate_pair_costs_no_other_value() -> None:
    text = '- name: "a\\ud800b"\n- name: "c\\udc00"\n- name: Ada\n'
    _, findings = read(text)
    assert told(findings) == ["half-character 1:9", "half-character 2:9"]
    node, findings = read(text, foreign=True)
    assert told(findings) == ["half-character? 1:9", "half-character? 2:9"]
    assert texts(node) == [{}, {}, {"name": "Ada"}]


def test_a_duplicate_key_names_both_lines() -> None:
    _, (finding,) = read("name: One\nid: a\nname: Two\n")
    assert "first on line 1" in finding.message
    assert [place.line for place in finding.related] == [1]


def test_fifty_levels_are_read_and_one_more_is_refused() -> None:
    node, findings = read("[" * 50 + "]" * 50)
    assert node is not None
    assert findings == []
    node, findings = read("a:\n  " + "[" * 50 + "]" * 50)
    assert told(findings) == ["too-deep 2:52"]
    assert node is None
    node, findings = read("- " + "[" * 60 + "]" * 60 + "\n- Ada\n")
    assert (texts(node), told(findings)) == (["Ada"], ["too-deep 1:52"])


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"- name: Jos\xe9\n", (1, 12)),
        ("- näme: x\r\n- ö: ".encode() + b"\xc0\xaf", (2, 6)),
        (b"\xef\xbb\xbfa: \xff", (1, 4)),
        ("a: b".encode("utf-16"), (1, 1)),
        ("a: b".encode("utf-16-be"), (1, 1)),
        (b"a: \xed\xa0\x80", (1, 4)),
    ],
)
def test_bytes_that_are_not_utf8_are_named_at_the_first(data: bytes, place: tuple[int, int]) -> None:
    _, findings = read_yaml(data, "data/people.yaml")
    assert [(f.code, f.severity, f.place[1:]) for f in findings] == [("not-utf8", "error", place)]
    assert "UTF-8" in findings[0].hint


def test_other_mistakes_are_found_beside_a_byte_that_is_not_utf8() -> None:
    node, findings = read_yaml(b"- name: Jos\xe9\n  name: x\n", "data/people.yaml")
    assert told(findings) == ["not-utf8 1:12", "duplicate-key 2:3"]
    assert texts(node) == [{"name": "Jos\ufffd"}]


def test_many_findings_of_one_kind_are_counted() -> None:
    _, findings = read("".join(f"- {{a: {number}, a: x}}\n" for number in range(100)) + "- &x y\n")
    assert len(findings) == 22
    assert str(findings[20]).startswith("data/people.yaml:21:11: error: and 80 more like this")
    assert findings[21].code == "anchor"


def test_a_single_finding_too_many_is_shown_rather_than_counted() -> None:
    _, findings = read("- *ada\n" * 21)
    assert told(findings)[-1] == "alias 21:3"
    assert "alias" in findings[-1].message


# --- Other people's files ---------------------------------------------------------------------------


@pytest.mark.usefixtures("either_parser")
def test_in_a_foreign_file_a_refused_character_costs_its_value_only() -> None:
    text = '- name: Ada\n  site: https://\u202e\n  tags: [a, b\x07, "\\x07", c]\n  \u2066k: {v: w}\n  # \u202e\n'
    node, findings = read(text, foreign=True)
    assert texts(node) == [{"name": "Ada", "tags": ["a", "c"]}]
    assert {f.severity for f in findings} == {"warning"}
    assert told(findings) == [
        "bidi-control? 2:17", "control-character? 3:14", "control-character? 3:17", "bidi-control? 4:3",
        "bidi-control? 5:5",
    ]  # fmt: skip


def test_a_foreign_file_is_not_told_about_style_and_keeps_its_characters() -> None:
    node, findings = read("title: \u200bRails # intro\nat:\t2024\n", foreign=True)
    assert told(findings) == ["hidden-character? 1:8"]
    assert texts(node) == {"title": "\u200bRails", "at": "2024"}


def test_a_foreign_file_has_the_same_errors_otherwise() -> None:
    _, findings = read("a: &x b\na: *x\n", foreign=True)
    assert told(findings) == ["anchor 1:4", "duplicate-key 2:1", "alias 2:4"]


# --- Syntax errors ----------------------------------------------------------------------------------


@pytest.mark.usefixtures("either_parser")
@pytest.mark.parametrize(
    ("text", "expected", "hint"),
    [
        ("name: %20 off\n", "needs-quotes 1:7", "quotes"),
        ("name: @ada\n", "needs-quotes 1:7", "quotes"),
        ("name: `ada`\n", "needs-quotes 1:7", "quotes"),
        ("name: & more\n", "needs-quotes 1:7", "quotes"),
        ("name: * more\n", "needs-quotes 1:7", "quotes"),
        ("name: !<more\n", "needs-quotes 1:7", "quotes"),
        ("name: !e!more x\n", "needs-quotes 1:7", "quotes"),
        ("name: > more\n", "needs-quotes 1:7", "quotes"),
        ("name: ]more\n", "needs-quotes 1:7", "quotes"),
        ("name: ? more\n", "needs-quotes 1:7", "quotes"),
        ("name: - more\n", "list-on-key-line 1:7", "next line"),
        ("name: Talk: the story\n", "colon-in-text 1:11", "quotes"),
        ("name: Talk:\n", "colon-in-text 1:11", "quotes"),
        ('name: "Hello" she said\n', "text-after-quote 1:15", "single quotes"),
        ("name: 'Hello'she said\n", "text-after-quote 1:14", "double quotes"),
        ('- "Hello":she\n', "text-after-quote 1:10", "single quotes"),
        ("name: [Keynote] Opening\n", "text-after-quote 1:17", "quotes"),
        ("name: {Keynote} - Opening\n", "text-after-quote 1:17", "quotes"),
        ('name: ["Hello" she]\n', "text-after-quote 1:16", "quotes"),
        ('name: "C:\\projects"\n', "unknown-escape 1:10", "single quotes"),
        ('name: "\\u12"\n', "unknown-escape 1:8", "single quotes"),
        ("- id: a\n  name: x\n    type: y\n", "indentation 3:5", "spaces"),
        ("- id: a\n name: x\n", "indentation 2:2", "spaces"),
        ("- id: a\n  - id: b\n", "indentation 2:3", "spaces"),
        ("  - id: a\n- id: b\n", "indentation 2:1", "spaces"),
        ("- id: a\n\tname: x\n", "tab 2:1", "spaces"),
        ("-\tid: a\n", "tab 1:2", "spaces"),
        ("- id: a\n \u00a0name: x\n", "hidden-character 2:2", "ordinary spaces"),
        ("a:\n\u3000- x\n", "hidden-character 2:1", "ordinary spaces"),
        ('id: a\nname: "cut in the mid', "unclosed-quote 2:7", "write"),
        ('id: a\nname: "One\nnote: "Two"\n', "unclosed-quote 2:7", "close it"),
        ("id: a\nname: 'One\n---\n", "unclosed-quote 2:7", "write"),
        ("id: a\nname One\nnote: x\n", "no-colon 2:1", "colon"),
        ("id: a\nname:One\n", "no-colon 2:1", "space"),
        ("a: [ada,,bob]\n", "empty-item 1:9", "comma"),
        ("a: [ada, bob\n", "unclosed-bracket 1:4", "close"),
        ("a: [ada, bob\nb: c\n", "unclosed-bracket 1:4", "close"),
        ("a: {ada: 1, bob: 2\nb: [c]\n", "unclosed-bracket 1:4", "close"),
        ("a: [ada}\n", "unclosed-bracket 1:8", "quotes"),
    ],
)
def test_a_syntax_error_names_its_cause_where_it_stands(text: str, expected: str, hint: str) -> None:
    node, findings = read(text)
    assert told(findings) == [expected]
    assert hint in findings[0].hint
    assert node is None


@pytest.mark.usefixtures("either_parser")
def test_reading_goes_on_behind_an_entry_that_is_no_yaml() -> None:
    node, findings = read(
        'entries:\n- {id: a, id: b}\n- id: c\n  id: c\n  name: %x\n- name: \'d\n- id: e\n  name: "f" g\n- id: h # i\n'
    )
    assert told(findings) == [
        "duplicate-key 2:11", "duplicate-key 4:3", "needs-quotes 5:9", "unclosed-quote 6:9", "text-after-quote 8:13",
        "text-cut-at-hash? 9:9",
    ]  # fmt: skip
    assert texts(node) == {"entries": [{"id": "a"}, {"id": "h"}]}


def test_syntax_errors_do_not_make_a_large_file_slow() -> None:
    begun = time.perf_counter()
    _, findings = read("- name: a: b\n" * 100_000)
    assert told(findings)[0] == "colon-in-text 1:10"
    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize(
    "text",
    [
        "[" * 50_000, "{a: " * 50_000, "- " * 50_000, "? " * 50_000,
        "\n".join(" " * depth + "k:" for depth in range(1500)),
        "%x\n" * 100_000, "- " + "a\x07" * 100_000, "[" + "*a," * 50_000 + "]", "[" + "a,\t" * 50_000 + "]",
    ],
    ids=lambda text: ascii(text[:6]),
)  # fmt: skip
def test_a_file_made_to_be_slow_ends_within_two_seconds(text: str) -> None:
    begun = time.perf_counter()
    assert read(text)[1]
    assert time.perf_counter() - begun < 2


# --- yaml_reading -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reading", "words"),
    [
        ("a boolean", "yes No ON off True FALSE"),
        ("nothing", "~ null Null NULL"),
        ("a whole number", "0 -7 +12 1_000 0201896834 017 0o17 0x1F 0b101"),
        ("a number", "3.10 1e3 .5 1. -1.5E+3 .inf -.INF .nan 1_0.5"),
        ("a number in base 60", "23:45:10 1:30 190:20:30.15"),
        ("a date", "2024-05-01 2024-02-30 0000-01-01"),
        ("a date and time", "2024-05-01T23:30:00-07:00 2024-05-01T1:30:00Z"),
        ("a merge key", "<<"),
        ("a default-value sign", "="),
        (None, "Nora yess nO y N nullable 1.2.3 - + . .. -x 20240-05-01 01/05/2024 1e 12:99 C# é 1st .nano ١٢"),
    ],
)
def test_other_readers_take_plain_texts_for(reading: str | None, words: str) -> None:
    assert {word: yaml_reading(word) for word in words.split()} == dict.fromkeys(words.split(), reading)


def test_an_empty_plain_text_is_nothing_and_five_thousand_digits_are_a_number() -> None:
    assert yaml_reading("") == "nothing"
    begun = time.perf_counter()
    assert yaml_reading("9" * 5000) == "a whole number"
    assert yaml_reading("9" * 5000 + "x") is None
    assert yaml_reading("1:" * 5000) is None
    assert time.perf_counter() - begun < 0.5


@settings(deadline=None)
@given(st.text(alphabet="0123456789_.:+-eExobnTZ <=~yYoONnfFaAlLuU", max_size=24))
def test_what_pyyaml_would_not_read_as_text_is_never_called_text(text: str) -> None:
    try:
        node = yaml.compose(text, yaml.SafeLoader)
    except (yaml.YAMLError, ValueError):
        return
    if isinstance(node, yaml.ScalarNode) and node.style is None and not node.tag.endswith(":str"):
        assert yaml_reading(node.value) is not None


# --- Properties -------------------------------------------------------------------------------------

honest_text = st.text(
    st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Cn"], include_characters="\n\t"), max_size=30
)
# PyYAML writes `08` without quotes, and to YAML 1.2 that is a number; `no` and `~` it does put in quotes.
keys = honest_text.filter(
    lambda key: (
        (yaml_reading(key) is None or key in ("", "no", "~"))
        and not any(unicodedata.category(c) == "Zs" and c != " " for c in key)
    )
)
structures = st.recursive(
    honest_text,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(keys.map(lambda key: unicodedata.normalize("NFC", key)), inner, max_size=4),
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.lists(structures, min_size=1), st.booleans())
def test_texts_come_back_as_they_were_dumped(structure: list[object], flow: bool) -> None:
    dumped = yaml.safe_dump(structure, allow_unicode=True, sort_keys=False, default_flow_style=flow)
    node, findings = read(dumped)
    assert findings == []
    assert texts(node) == structure


@settings(deadline=None)
@given(st.lists(structures, min_size=1))
def test_a_place_is_the_first_character_of_its_value(structure: list[object]) -> None:
    dumped = yaml.safe_dump(structure, allow_unicode=True)
    lines = dumped.split("\n")
    for scalar in scalars(read(dumped)[0]):
        written = lines[scalar.line - 1][scalar.column - 1 :]
        if scalar.plain:
            assert written.startswith(scalar.text.split("\n")[0].split(" ")[0])
        else:
            assert written[0] in "'\"|>"


@settings(deadline=None)
@given(
    st.one_of(
        st.binary(max_size=60),
        st.lists(
            st.sampled_from(
                ["- ", ": ", "\n", "\n  ", '"', "'", "[", "]", "{", "}", ",", " #", "&a ", "*a", "!t ", "%", "@", "|",
                 "? ", "\t", "\\", "\\ud800", "\\0", "\0", "\u200b", "\u202e", "\ufeff", "\u2028", "\u00a0", "---\n",
                 "...\n", "\r", "<<", "~", "no", "name", "\x85"]
            ),
            max_size=25,
        ).map(lambda parts: "".join(parts).encode()),
    ),
    st.booleans(),
)  # fmt: skip
def test_arbitrary_bytes_never_raise(data: bytes, foreign: bool) -> None:
    node, findings = read_yaml(data, "data/people.yaml", foreign=foreign)
    assert node is not None or findings
    assert findings == sorted(findings)
    last = data.count(b"\n") + data.count(b"\r") + 1
    assert all(0 <= finding.place.line <= last for finding in findings)


# --- The short way ----------------------------------------------------------------------------------


def read_both_ways(data: bytes, foreign: bool) -> bool:
    """Read a file the short way and by `Reader` alone, to the same end; tell whether the short way was taken."""
    with patch.object(passes, "compose", wraps=compose.compose) as short, patch.object(passes, "Reader") as reader:
        reader.side_effect = events.Reader
        read = read_yaml(data, "data/people.yaml", foreign=foreign)
        taken = short.called and not reader.called
    with patch.object(passes, "compose", return_value=None):
        assert read == read_yaml(data, "data/people.yaml", foreign=foreign)
    return taken


@pytest.mark.usefixtures("either_parser")
@pytest.mark.parametrize("foreign", [False, True], ids=["own", "foreign"])
@pytest.mark.parametrize(
    "text",
    [
        "name: Ada\nborn: 1815\n", "- [a, {b: c}]\n- \n", "%YAML 1.2\n---\na: b\n...\n",
        "\ufeffa: b\r\nc: |\r\n  d\r\n", "# none\na: b  # some\n\n  # more\nc: d#e\nf: # none yet\n",
        "a: 'C # D'\nb: \"E # F\"\nc: |\n  G # H\n", "a: Q&A * ! Wow!\nb: '&c'\nd: \"*e !f\"\n",
        "'no': a\n\"2024\": b\n'<<': c\n'~': d\n'': e\n", "y: a\nn: b\n1.2.3: c\n", "näme: a\n館長: b\n",
        "a: \"\\n \\\" \\u00e9 \\L\"\nb: '\\0'\nc: C:\\0\n", "a: 1\nb: {a: 1, c: {a: 1}}\n", "? a\n: b\n",
        "name: \U0001f469\u200d\U0001f4bb\u200f\n", "[" * 50 + "]" * 50, "a: no\nb: 0x1F\nc: <<\nd: =\n",
        'a: "\u200b"\nb: "\\n"\n',
    ],
    ids=lambda text: ascii(text[:20]),
)  # fmt: skip
def test_an_honest_file_is_read_the_short_way(text: str, foreign: bool) -> None:
    assert read_both_ways(text.encode(), foreign)


@pytest.mark.usefixtures("either_parser")
@pytest.mark.parametrize("foreign", [False, True], ids=["own", "foreign"])
@pytest.mark.parametrize(
    "text",
    [
        "", "# later\n", "~", "---\n", "Ada", "a: &b c\n", "a: &b [c]\n", "a: &b {c: d}\n", "&a b: c\n", "- *a\n",
        "*a : b\n", "a: !b c\n", "a: !b [c]\n", "!!map {a: b}\n", "a: ! b\n", "!!str a: b\n", "- &x !<x> y\n",
        "a: b\n---\nc: d\n", "a: b\n---\n", "<<: {a: b}\n", "no: a\n", "a: {2024: b}\n", "~: a\n", ": a\n",
        "? [a]\n: b\n", "? {a: b}\n: c\n", "a: b\na: c\n", "'a': b\na: c\n", "- {a: b, a: c}\n", "'no': a\n'no': b\n",
        "'no': a\nno: b\n", "- 'no': a\n- no: b\n", "'': a\n'': b\n", "é: a\ne\u0301: b\n", "a\u00a0: b\n",
        "a: \"\\0\"\n", "a: \"\\r\"\n", "a: \"\\u200b\"\n", '"a\\x07": b\n', "a: \u202eb\n", "a: \x85\n", "a: b\0\n",
        "a: @b\n", "a: [b\n", 'a: "\\ud800"\n', 'a: "\\U00110000"\n', "[" * 51 + "]" * 51,
        "\n".join(" " * depth + "k:" for depth in range(51)), "[" * 50_000, "{a: " * 50_000, "- " * 50_000,
        "? " * 50_000,
    ],
    ids=lambda text: ascii(text[:20]),
)  # fmt: skip
def test_where_something_needs_a_word_it_is_looked_for_by_reader(text: str, foreign: bool) -> None:
    assert not read_both_ways(text.encode(), foreign)


@pytest.mark.parametrize("text", ["a:\tb\n", "- b\t\n", "a: C # D\n", 'a: C # D\nb: "\\n"\n', "- |\n  a\tb\n"])
def test_style_is_a_matter_for_reader_in_an_own_file_only(text: str) -> None:
    assert not read_both_ways(text.encode(), foreign=False)
    assert read_both_ways(text.encode(), foreign=True)


def test_equal_keys_share_one_text() -> None:
    node, _ = read("- {full_name: Ada, 2nd_name: King}\n- {2nd_name: M., full_name: Grace}\n")
    assert len({id(scalar.text) for scalar in scalars(node) if scalar.text.endswith("name")}) == 2


def folder(path: Path) -> Path:
    if not path.is_dir():
        pytest.skip(f"no {path} here")
    return path


@pytest.mark.parametrize("foreign", [False, True], ids=["own", "foreign"])
def test_both_ways_agree_on_the_hostile_corpus(shared: Path, foreign: bool) -> None:
    files = [path for path in folder(shared / "hostile").iterdir() if path.suffix != ".json"]
    taken = [read_both_ways(path.read_bytes(), foreign) for path in files]
    assert 0 < sum(taken) < len(files)


def test_the_projects_own_facts_are_read_the_short_way() -> None:
    taken = {path.name: read_both_ways(path.read_bytes(), False) for path in (REPOSITORY / "data").glob("*.yaml")}
    assert taken
    assert [name for name, short in taken.items() if not short] == []


@pytest.mark.parametrize("foreign", [False, True], ids=["own", "foreign"])
def test_other_peoples_files_are_read_the_short_way_nearly_all(shared: Path, foreign: bool) -> None:
    files = sorted(folder(shared / "data" / "rubyevents").rglob("*.yml"))
    biggest = sorted(files, key=lambda path: path.stat().st_size)[-10:]
    taken = [read_both_ways(path.read_bytes(), foreign) for path in {*files[::10], *biggest}]
    assert sum(taken) / len(taken) > 0.95


HONEST = """\
# people
- id: ada
  name: Ada King  # by marriage
  born: [1815, 'no']
  note: |
    two

    lines
- {id: grace, name: "Grace \\"Amazing\\" Hopper", site: https://x.example/#a}
-
  id: käthe
  aliases:
  - Käthe
  - 'It''s & she * me!'
"""
PIECES = [
    "&a ", "*a ", "*a", "!t ", "!!str ", "! ", "<<: ", "<<", "~: ", "no: ", "2024: ", "''", "'no': ", "'a': ", '"a": ',
    "a: ", "é: ", "e\u0301: ", "? ", "- ", ": ", ":", ",", "[", "]", "{", "}", "[" * 25, "]" * 25, "[" * 51,
    "- " * 25, "'", '"', "|\n", ">-\n", "\t", " #", "#", "  # x\n", "\n", "\n  ", "\r\n", "\r", "---\n", "--- ",
    "...\n", "%YAML 1.2\n", "%TAG ! x\n", "\\", '"\\n"', '"\\0"', '"\\x41"', '"\\u200b"', '"\\ud83d\\ude00"',
    '"\\udc00"', '"\\U00110000"', "\0", "\x07", "\x85", "\u00a0", "\u200b", "\u200d", "\u2028", "\u202e", "\ufeff",
    "\ufffe", "@", "`", "\ud800", "x" * 1100,
]  # fmt: skip


@settings(deadline=None, max_examples=500)
@given(st.data(), st.booleans())
def test_both_ways_agree_on_files_that_something_has_happened_to(data: st.DataObject, foreign: bool) -> None:
    text = HONEST
    for _ in range(data.draw(st.integers(0, 5))):
        lines = text.splitlines(keepends=True)
        line = data.draw(st.sampled_from(lines))
        if data.draw(st.booleans()):  # twice, as keys can be
            lines.insert(data.draw(st.integers(0, len(lines))), line)
            text = "".join(lines)
        else:
            at = data.draw(st.integers(0, len(text)))
            text = text[:at] + data.draw(st.sampled_from(PIECES)) + text[at:]
    read_both_ways(text.encode("utf-8", "surrogatepass"), foreign)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.booleans())
def test_both_ways_agree_on_heaps_of_yaml(text: str, foreign: bool) -> None:
    read_both_ways(text.encode("utf-8", "surrogatepass"), foreign)


@settings(deadline=None)
@given(st.lists(structures, min_size=1), st.booleans(), st.sampled_from(["", "'", '"']), st.booleans())
def test_both_ways_agree_on_what_was_dumped(structure: list[object], flow: bool, style: str, foreign: bool) -> None:
    dumped = yaml.safe_dump(structure, allow_unicode=flow, default_flow_style=flow, default_style=style or None)
    read_both_ways(dumped.encode(), foreign)


# --- The hostile corpus -----------------------------------------------------------------------------

needs_corpus = pytest.mark.skipif(not HOSTILE.is_dir(), reason="the hostile corpus is not here: set COLLOQUY_SHARED")


def manifest() -> list[dict[str, Any]]:
    path = HOSTILE / "manifest.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else []


# What read_yaml cannot see: whether 5,000 keys or a scalar of 1 MB are welcome is for the ontology to say.
SYNTACTIC = {"alias", "tags", "syntax", "encoding", "unicode"}
BY_MEANING = {"071-equals-value.yaml", "087-comma-list.yaml"}
ALSO_SYNTACTIC = {
    "031-dup-key-name.yaml", "033-dup-key-quoted.yaml", "035-dup-key-nfc.yaml", "039-key-nbsp.yaml",
    "043-key-null.yaml", "045-key-list.yaml", "091-doc-twice.yaml", "131-zero-width-id.yaml", "187-deep-600.yaml",
    "189-deep-indent.yaml",
}  # fmt: skip


@needs_corpus
@pytest.mark.usefixtures("either_parser")
@pytest.mark.parametrize("case", manifest(), ids=lambda case: case["file"])
def test_the_hostile_corpus_gets_its_verdicts(case: dict[str, Any]) -> None:
    data = (HOSTILE / case["file"]).read_bytes()
    begun = time.perf_counter()
    _, findings = read_yaml(data, case["file"])
    assert time.perf_counter() - begun < min(2, case["max_s"])
    wrong = [f for f in findings if f.severity == "error"]
    if case["expect"] == "keep":
        assert findings == []
    if (case["class"] in SYNTACTIC and case["file"] not in BY_MEANING) or case["file"] in ALSO_SYNTACTIC:
        lines = {place.line for f in findings for place in (f.place, *f.related)}
        assert case["line"] in lines or case["line"] == 0 or case["expect"] == "keep"
        assert wrong or case["expect"] != "error"
        assert findings or case["expect"] == "keep"


def test_the_quick_look_for_hidden_characters_passes_none_over() -> None:
    characters = "".join(map(chr, range(sys.maxunicode + 1)))
    suspects = re.findall(f"[{hidden._SUSPECT}]", characters)
    assert len(suspects) > 2000
    assert not [c for c in suspects if c.isprintable() and c not in hidden._DRAWN_AS_NOTHING]
