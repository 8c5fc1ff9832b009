"""The house has floors: a module imports from lower floors only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import colloquy

SOURCE = Path(colloquy.__file__).parent

# From the ground up; modules that stand together on a floor do not import each other.
FLOORS = """
collector terms errors parts payload progress web
index datatypes generation identity source sparql endpoint
deprecation makers
evidence rules shapes mapping turtle citation onefile
mistakes settings
ontology settings_schema
entries query
directory
unit outdated
checklist compiler infer plain reports
judge
cache foreign hands
facts
compiled schema store sources check network why doctor examples
page exports reference explain expected publish starting rewriting rerun lint
inpage
querypage
pages
building reading saving notebook
asking
change
project shift
server
terminal watch
cli
""".strip().splitlines()


def modules() -> dict[str, Path]:
    """A room is a file, or a folder whose files count as the room."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        if parts not in (("__init__",), ("__main__",)):
            found["/".join(parts)] = path
    return found


def floor_of(room: str) -> int:
    for number, floor in enumerate(FLOORS):
        if room in floor.split():
            return number
    raise AssertionError(f"{room} has no floor yet: give it one in FLOORS of this test")


def imported(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        node
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and isinstance(branch.test, ast.Name) and branch.test.id == "TYPE_CHECKING"
        for child in branch.body
        for node in ast.walk(child)
    }
    for node in ast.walk(tree):
        if node in typing_only:
            continue
        if isinstance(node, ast.ImportFrom) and node.module == "colloquy":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("colloquy."):
            yield node.module.split(".")[1]
        elif isinstance(node, ast.Import):
            yield from (a.name.split(".")[1] for a in node.names if a.name.startswith("colloquy."))


def test_every_import_goes_down() -> None:
    climbed = []
    for name, path in modules().items():
        room = name.split("/")[0]
        for other in imported(path):
            if other != room and floor_of(other) >= floor_of(room):
                climbed.append(f"{name}.py imports {other}, which is not on a lower floor")  # noqa: PERF401  (two loops)
    assert not climbed, "\n".join(climbed)


def test_every_floor_names_rooms_that_exist() -> None:
    rooms = {name.split("/")[0] for name in modules()}
    assert {room for floor in FLOORS for room in floor.split()} == rooms


def test_importing_the_package_is_cheap() -> None:
    """`--help` and `check` must not pay for the libraries that only some commands need."""
    dear = {"rdflib", "networkx", "pyvis", "pyshacl", "jinja2", "rich", "numpy"}
    found = {}
    for room, path in modules().items():
        if room.split("/")[0] not in ("cli", "project", "check", "facts", "ontology", "store"):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        top = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
        names = {(n.module or "") if isinstance(n, ast.ImportFrom) else n.names[0].name for n in top}
        found[room] = {name.split(".")[0] for name in names} & dear
    assert {"cli/options", "project", "store"} <= found.keys()
    assert not any(found.values()), found
