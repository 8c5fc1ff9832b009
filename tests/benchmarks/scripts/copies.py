"""copies.py DATA FOLDER N: RubyEvents N times, as YAML of the same shape.

Copy 0 keeps all names. In each further one series, events, talks and most people are renamed;
one person in five, half of the organisations, topics and cities are the same ones.
"""

import hashlib
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from .rubyevents import UNKNOWN, load, slug

NAME = re.compile(r"[a-z][a-z_]*")
ONCE = ("topics.yml", "featured_cities.yml")


class Dumper(yaml.CSafeDumper):
    """Writes as RubyEvents does: quoted texts, blocks for several lines."""


def written(dumper: Dumper, text: str) -> yaml.ScalarNode:
    """Choose the style of a text."""
    style = "|" if "\n" in text else None if NAME.fullmatch(text) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


Dumper.add_representer(str, written)


def one_in(many: int, text: str) -> bool:
    """Choose one in so many texts, always the same ones."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) % many == 0


def write(path: Path, content: Any) -> None:
    """Write one file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.dump(content, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=10_000)
    path.write_text("---\n" + text, encoding="utf-8")


class Copy:
    """One copy: how everything is called in it."""

    def __init__(self, number: int, name_of: dict[str, str]) -> None:
        self.number, self.name_of = number, name_of

    def person(self, name: str) -> str:
        """Name a person, by name or alias."""
        same = not self.number or name == UNKNOWN or one_in(5, self.name_of.get(name, name))
        return name if same else f"{name} {self.number}"

    def organisation(self, name: str) -> str:
        """Name an organisation."""
        return name if not self.number or one_in(2, slug(name)) else f"{name} {self.number}"

    def key(self, key: str) -> str:
        """Name what has an address."""
        return f"{key}-{self.number}" if self.number else key

    def named(self, content: dict[str, Any]) -> dict[str, Any]:
        """Copy what has an id of its own."""
        return content | {"id": self.key(content["id"])}

    def talks(self, content: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Copy a file of talks."""
        return [self.talk(talk) for talk in content or ()]

    def talk(self, talk: dict[str, Any]) -> dict[str, Any]:
        """Copy a talk, and the talks in it."""
        new = talk | {"id": self.key(talk["id"])}
        if talk.get("speakers"):
            new["speakers"] = [self.person(name) for name in talk["speakers"]]
        if talk.get("talks"):
            new["talks"] = [self.talk(part) for part in talk["talks"]]
        return new

    def sponsor(self, sponsor: dict[str, Any]) -> dict[str, Any]:
        """Copy a sponsor."""
        name = self.organisation(sponsor["name"])
        return sponsor if name == sponsor["name"] else sponsor | {"name": name, "slug": self.key(sponsor["slug"])}

    def sponsors(self, content: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Copy a file of sponsors."""
        return [
            one | {"tiers": [t | {"sponsors": [self.sponsor(s) for s in t["sponsors"]]} for t in one["tiers"]]}
            for one in content
        ]

    def involvements(self, content: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Copy a file of roles."""
        made = []
        for one in content:
            new = dict(one)
            for key, name in {"users": self.person, "organisations": self.organisation}.items():
                if one.get(key):
                    new[key] = [name(who) for who in one[key]]
            made.append(new)
        return made

    def people(self, people: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Copy the people who are not the same ones in all copies."""
        made = []
        for one in people:
            if self.person(one["name"]) == one["name"]:
                continue
            new = one | {"name": self.person(one["name"]), "slug": self.key(one["slug"])}
            if one.get("aliases"):
                new["aliases"] = [
                    alias | {"name": self.person(alias["name"]), "slug": self.key(alias["slug"])}
                    for alias in one["aliases"]
                ]
            made.append(new)
        return made


data, folder, many = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
content = {path.relative_to(data): load(path) for path in sorted(data.rglob("*.yml"))}
people = content.pop(Path("speakers.yml"))
name_of = {alias["name"]: one["name"] for one in people for alias in one.get("aliases") or ()}
everybody = list(people)
for number in range(many):
    copy = Copy(number, name_of)
    if number:
        everybody += copy.people(people)
    change: dict[str, Callable[[Any], Any]] = {
        "series.yml": copy.named, "event.yml": copy.named, "videos.yml": copy.talks,
        "sponsors.yml": copy.sponsors, "involvements.yml": copy.involvements,
    }  # fmt: skip
    for path, one in content.items():
        if path.name in ONCE:
            if not number:
                write(folder / path, one)
        else:
            place = Path(*map(copy.key, path.parent.parts)) / path.name
            write(folder / place, change[path.name](one) if path.name in change else one)
write(folder / "speakers.yml", everybody)
