"""A large list that is read in parts says what it says as a whole, and a change costs the part it stands in."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from colloquy import facts, parts
from colloquy.cache import MemoryCache
from colloquy.parts import Part, Source, cut
from colloquy.project import Project
from colloquy.source import Node, Sequence, read_yaml
from test_cache import everything, harbour

MAPPING = """
mapping:
- files: crew.yml
  type: Person
  id: "{slug}-{number}"
  keys: {nick: aliases, knows: {id: "{.}"}}
  relations:
    posts: {key: memberships, keys: {in: body, as: role}}
- files: boats.yml
  type: Body
  shared: true
  id: "{name}"
"""

# Items of a list: some fill several lines, some are wrong, some mean what they mean only where they stand.
ITEMS = [
    "- slug: ada\n  name: Ada Brook\n  nick: Addie\n",
    "- slug: ben\n  name: 'Ben\n\n    Shore'\n  knows: [ada-1]\n",
    '- {slug: cy, name: "Cy Reed", posts: [{in: museum, as: Curator}, {in: museum, as: curator}]}\n',
    "- slug: eda\n  name: >-\n    Eda\n    - Brook\n\n  posts:\n  - in: museum\n    as: Curator\n",
    "- slug: ada\n  name: Ada\n  salary: much\n",
    "# a remark\n\n-\n  slug: fay\n  name: Fay\u202e Reed\n",
    "- slug: gil\n  name: Gil\n  knows: nobody\n",
    "- slug: huw\n  nome: Huw\n",
    "- slug: ivy\n  name: Ivy\n  name: Ivy\n",
    '- slug: jo\n  name: "Jo\n- Long"\n',
    "- 'only a text'\n",
    "- slug: [kit]\n  name: Kit\n",
]


SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "LINES", 4)


def crew(folder: Path) -> None:
    harbour(folder)
    settings_file = folder / "colloquy.yaml"
    settings_file.write_text(settings_file.read_text(encoding="utf-8") + MAPPING, encoding="utf-8")
    (folder / "data").mkdir()
    write(folder, "own.yaml", "- {id: museum, type: Body, name: Museum}\n")


def write(folder: Path, name: str, text: str) -> None:
    (folder / "data" / name).write_bytes(text.encode())


def of(text: str) -> list[Part]:
    return cut(Source("crew.yml", text.encode(), "crew.yml"))


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(st.lists(st.lists(st.sampled_from(ITEMS), min_size=3, max_size=12), min_size=2, max_size=4))
def test_after_every_edit_parts_give_what_the_whole_gives(history: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, memory = Path(name), MemoryCache()
        crew(folder)
        for items in history:
            write(folder, "crew.yml", "".join(items))
            cold = everything(Project(folder, cache=False))
            assert everything(Project(folder)) == cold
            assert everything(Project(folder, cache=memory)) == cold
            assert Project(folder).checked().findings == cold[0]  # type: ignore[index]  # the first of them


@settings(suppress_health_check=SLOW)
@given(st.lists(st.sampled_from(ITEMS), min_size=4, max_size=20))
def test_the_items_of_all_parts_are_those_of_the_whole(items: list[str]) -> None:
    text = "---\n" + "".join(items)
    whole, _ = read_yaml(text.encode(), "crew.yml", foreign=True)
    found: list[Node] = []
    for part in of(text):
        node, findings = read_yaml(part.data, "crew.yml", foreign=True)
        is_list = isinstance(node, Sequence) and len(node.items) == part.items
        if not is_list or any(f.severity == "error" for f in findings):
            return  # such a file is read as a whole
        assert isinstance(node, Sequence)
        assert part.before == len(found)
        found += node.items
    assert not found or (isinstance(whole, Sequence) and found == whole.items)


@pytest.mark.parametrize(
    "text",
    [
        "people:\n" + ITEMS[0] * 5,
        ITEMS[0] * 5 + "more: 1\n",
        "%YAML 1.2\n---\n" + ITEMS[0] * 5,
        ITEMS[0] * 3 + "---\n" + ITEMS[0] * 3,
        ITEMS[0] * 3 + "...\n" + ITEMS[0] * 3,
        (ITEMS[0] * 5).replace("\n", "\r\n"),
        "\ufeff" + ITEMS[0] * 5,
        "- a\n- b\n",
    ],
)
def test_what_is_no_plain_list_is_not_cut(text: str) -> None:
    assert of(text) == []
    assert len(of(ITEMS[0] * 5)) > 2


def read_now(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Check a project; give how many lines with text each reading of `crew.yml` saw."""
    seen: list[int] = []

    def spy(data: bytes, name: str, *, foreign: bool = False) -> object:
        if name.endswith("crew.yml"):
            seen.append(sum(1 for line in data.splitlines() if line))
        return read_yaml(data, name, foreign=foreign)

    with monkeypatch.context() as patch:
        patch.setattr(facts, "read_yaml", spy)
        Project(folder).compile()
    return seen


def test_a_change_costs_its_part_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crew(tmp_path)
    names = [f"- slug: p{number}\n  name: Person {number}\n" for number in range(40)]
    write(tmp_path, "crew.yml", "".join(names))
    assert sum(read_now(tmp_path, monkeypatch)) == 80
    assert read_now(tmp_path, monkeypatch) == []
    names[17] = "- slug: p17\n  name: Somebody with a longer name\n"
    write(tmp_path, "crew.yml", "".join(names))
    assert read_now(tmp_path, monkeypatch) == [4]
    assert everything(Project(tmp_path)) == everything(Project(tmp_path, cache=False))
    # An item more moves all lines behind it, which are read again: nothing keeps its old place.
    names.insert(30, "- slug: more\n  name: One More\n")
    write(tmp_path, "crew.yml", "".join(names))
    assert 20 < sum(read_now(tmp_path, monkeypatch)) < 40
    assert everything(Project(tmp_path)) == everything(Project(tmp_path, cache=False))


def test_what_two_parts_say_of_one_thing_goes_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crew(tmp_path)
    boats = "".join(f"- name: boat-{number % 7}\n  note: {number}\n" for number in range(20))
    write(tmp_path, "boats.yml", boats)
    assert everything(Project(tmp_path)) == everything(Project(tmp_path, cache=False))
    assert [unit.part for unit in Project(tmp_path).compile().facts.units if unit.file == "data/boats.yml"] == [0]


def test_findings_of_one_kind_are_counted_for_the_whole_file(tmp_path: Path) -> None:
    crew(tmp_path)
    write(tmp_path, "crew.yml", "".join(f"- slug: p{number}\n  name: Fay\u202e {number}\n" for number in range(40)))
    cold = Project(tmp_path, cache=False).check()
    assert "and 20 more like this" in {finding.message for finding in cold}
    assert Project(tmp_path).check() == cold
    assert Project(tmp_path).check() == cold


def test_a_file_that_changes_while_it_is_read_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crew(tmp_path)
    text = "".join(f"- slug: p{number}\n  name: Person {number}\n" for number in range(20))
    write(tmp_path, "crew.yml", text)
    Project(tmp_path).compile()
    whole = Source("data/crew.yml", None, "crew.yml", file=str(tmp_path / "data/crew.yml"), digest="as it was")
    part = Part(whole, 3, digest="as it was, too")
    write(tmp_path, "crew.yml", text.replace("Person", "Human"))
    assert b"Human" in part.data
    assert part.digest != "as it was, too"
    assert part.of_file != "as it was"
    gone = Part(Source("data/crew.yml", b"- a\n", "crew.yml"), 3, digest="as it was")
    assert gone.data == b""
    reader = facts.FactReader(Project(tmp_path).ontology, Project(tmp_path).settings)
    with pytest.raises(facts.NotApartError):
        reader.read(gone)
