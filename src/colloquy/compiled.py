"""The facts of a project after reading and checking: what a build is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from colloquy.errors import Finding
from colloquy.facts import Facts
from colloquy.index import TripleIndex
from colloquy.infer import closure
from colloquy.ontology import Ontology


@dataclass
class Compiled:
    """Entries and statements, all findings, the digests of everything read."""

    facts: Facts
    ontology: Ontology
    findings: tuple[Finding, ...]
    inputs: Mapping[str, str]

    @cached_property
    def graph(self) -> TripleIndex:
        """The closure of the facts, in memory; made when it is first asked for."""
        return closure((s.triple for s in self.facts.statements), self.ontology.rules)

    @property
    def errors(self) -> list[Finding]:
        """The findings that stop a build."""
        return [f for f in self.findings if f.severity == "error"]
