"""No Python, JavaScript, style or template of the package names a class or property of a domain.

A program can name a term of an ontology in two ways: as text that it compares or looks up, or as an
identifier that becomes text (an attribute, a keyword).  Comments, docstrings and running text name
nothing.  What is looked for, in the ontologies at hand:

- their namespaces and prefixed names, anywhere at all;
- the names of their classes, and the keys and names of properties that are compound (`argued_by`,
  `superEvent`); a key that is one plain word (`text`, `date`) is English, and no sign of anything.

What is no finding: a term that is written with the prefix or address of a standard vocabulary; a compound
name that a standard vocabulary has as well; an identifier that the package itself gives to a thing of its
own (`class Place`, `def part_of`, an import); a word that begins a sentence.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from colloquy import terms
from colloquy.ontology import local_name, read_ontology
from colloquy.terms import STANDARD_PREFIXES, iri_value, is_iri
from conftest import REPOSITORY

SOURCE = REPOSITORY / "src/colloquy"
DOMAINS = {
    "ontology": ("https://colloquy.example/co-production", "co"),
    "docs/examples/rubyevents/ontology": ("https://rubyevents.example/", "re"),
}
KINDS = (".py", ".js", ".mjs", ".html", ".css")
COMPOUND = re.compile(r"[a-z0-9]_[a-z]|[a-z][A-Z]")
STANDARD = re.compile(
    rf"(?:\b(?:{'|'.join(STANDARD_PREFIXES)}):|{'|'.join(map(re.escape, STANDARD_PREFIXES.values()))})[A-Za-z]\w*"
)


def files() -> list[Path]:
    """The package's own files: a starting project is data, and `made` holds bundles of third-party code."""
    found = (p for p in SOURCE.rglob("*") if p.suffix in KINDS)
    return sorted(p for p in found if not {"starter", "made"} & set(p.relative_to(SOURCE).parts))


def names() -> tuple[set[str], set[str]]:
    """The names of classes, and the compound ones of properties."""
    classes: set[str] = set()
    compound: set[str] = set()
    for folder, (namespace, _) in DOMAINS.items():
        ontology = read_ontology(REPOSITORY / folder)
        classes |= {c.name for c in ontology.classes.values() if iri_value(c.term).startswith(namespace)}
        own = [p for p in ontology.properties if iri_value(p.term).startswith(namespace)]
        everything = {t for triple in ontology.triples for t in triple if is_iri(t)}
        standard = {local_name(t) for t in everything if not iri_value(t).startswith(namespace)}
        compound |= {n for p in own for n in (p.key, local_name(p.term)) if COMPOUND.search(n)} - standard
    return classes, compound


CLASSES, PROPERTIES = names()
NAMED = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(CLASSES | PROPERTIES))})(?!\w)")


def bound(tree: ast.AST) -> Iterator[str]:
    """Give the names that Python code gives to things of its own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((alias.asname or alias.name).rpartition(".")[2] for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def in_python(text: str) -> tuple[list[str], list[str]]:
    """Give the texts of Python code, and its identifiers.

    Docstrings are running text; `__all__` and what is taken from an imported module name things of a program.
    """
    tree = ast.parse(text)
    modules = {a.asname or a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    passed: set[int] = set()
    texts, identifiers = [], []
    for node in ast.walk(tree):  # what is inside comes after what it is in
        if id(node) in passed:
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed.add(id(node.value))
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            passed |= {id(inner) for inner in ast.walk(node)}
        elif isinstance(node, ast.JoinedStr):
            passed |= {id(part) for part in node.values if isinstance(part, ast.Constant)}
            texts.append("".join(map(_part, node.values)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts.append(node.value)
        elif isinstance(node, ast.Attribute):
            if not (isinstance(node.value, ast.Name) and node.value.id in modules):
                identifiers.append(node.attr)
        elif isinstance(node, ast.Name):
            identifiers.append(node.id)
        elif isinstance(node, ast.keyword | ast.arg):
            identifiers.append(node.arg or "")
    return texts, identifiers


def _part(part: ast.expr) -> str:
    """Write a part of a formatted text: the address of a vocabulary where its constant is put in, else a blank."""
    if isinstance(part, ast.Constant):
        return str(part.value)
    assert isinstance(part, ast.FormattedValue)
    name = part.value.id if isinstance(part.value, ast.Name) else ""
    known = str(getattr(terms, name, ""))
    return known if known in STANDARD_PREFIXES.values() else " "


_SCRIPT = re.compile(r"//[^\n]*|/\*.*?\*/|(\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)", re.DOTALL)


def in_script(text: str) -> tuple[list[str], list[str]]:
    """Give the texts of a script or style, and all else of it that is no comment."""
    texts = [found[1][1:-1] for found in _SCRIPT.finditer(text) if found[1]]
    return texts, re.findall(r"[A-Za-z_]\w*", _SCRIPT.sub(" ", text))


def in_template(text: str) -> tuple[list[str], list[str]]:
    """Give the tags and the expressions of a template; what stands between them is running text."""
    without = re.sub(r"\{#.*?#\}|<!--.*?-->", " ", text, flags=re.DOTALL)
    parts = re.findall(r"\{\{.*?\}\}|\{%.*?%\}|<[^>]*>", without, re.DOTALL)
    return [v for part in parts for v in re.findall(r"[\"']([^\"']*)[\"']", part)], re.findall(
        r"[A-Za-z_]\w*", " ".join(re.sub(r"[\"'][^\"']*[\"']", " ", part) for part in parts)
    )


def findings(path: Path, text: str, own: set[str]) -> list[str]:
    """Give what of a domain a file names."""
    found = [f"namespace {n}" for n, _ in DOMAINS.values() if n in text]
    prefixed = "|".join(prefix for _, prefix in DOMAINS.values())
    found += re.findall(rf"(?<![\w:/])(?:{prefixed}):(?:{NAMED.pattern})", text)
    read = {".py": in_python, ".html": in_template}.get(path.suffix, in_script)
    texts, identifiers = read(text)
    found += [name for name in identifiers if NAMED.fullmatch(name) and name not in own]
    for one in texts:
        said = STANDARD.sub(" ", one)
        # A word that begins a sentence is written large in English.
        found += [m[0] for m in NAMED.finditer(said) if not (m[0] in CLASSES and re.match(r"\s*$", said[: m.start()])
                  and re.match(r" [a-z]", said[m.end() :]))]  # fmt: skip
    return found


@pytest.fixture(scope="module")
def own() -> set[str]:
    return {name for path in files() if path.suffix == ".py" for name in bound(ast.parse(path.read_text("utf-8")))}


def test_no_file_of_the_package_names_a_term_of_a_domain(own: set[str]) -> None:
    found = {str(p.relative_to(SOURCE)): findings(p, p.read_text("utf-8"), own) for p in files()}
    assert len(found) > 200
    assert len(CLASSES) > 40
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("a.py", 'if class_.name == "Person": pass'),
        ("a.py", "ontology.argued_by"),
        ("a.py", "dict(argued_by=1)"),
        ("a.py", 'f"<{base}ontology#Talk>"'),
        ("a.py", 'f"<{RDFS}label> {thing} Talk"'),
        ("a.py", "# see https://rubyevents.example/ontology"),
        ("a.py", 'ask("SELECT * { ?x a co:Talk }")'),
        ("a.js", 'const speakers = kinds.find((kind) => kind.key === "Person");'),
        ("a.js", "record.argued_by"),
        ("a.js", "const query = `?x a <#Talk>`;"),
        ("a.css", '.chip[data-kind="Talk"] { color: red; }'),
        ("a.html", '<label data-kind="Talk">'),
        ("a.html", '{% if kind.key == "Talk" %}'),
    ],
)
def test_a_file_that_does_is_found(file: str, text: str) -> None:
    assert findings(Path(file), text, set())


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("a.py", '"""A Talk is only an example here."""'),
        ("a.py", 'ask("SELECT * { ?x a schema:Person ; <https://schema.org/startDate> ?d }")'),
        ("a.py", 'import threading; threading.Event(); f"<{RDFS}Resource>"; __all__ = ["Place"]'),
        ("a.js", 'say("Report a mistake"); // Talk'),
        ("a.html", "<p>Place it here</p>"),
        ("a.css", "/* Talk */"),
    ],
)
def test_what_only_speaks_of_it_is_not(file: str, text: str) -> None:
    assert findings(Path(file), text, set()) == []
