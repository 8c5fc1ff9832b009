"""What says so: document, section, phrase, basis and reason, laid over one another from file to value."""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from typing import NamedTuple

from colloquy.errors import Finding, Place, Severity, did_you_mean, printable
from colloquy.source import Node, Scalar, yaml_reading

EVIDENCE_KEYS = ("document", "section", "phrase", "basis", "reason")
BASES = ("stated", "inferred")
PHRASE_WORDS = 8


class Evidence(NamedTuple):
    """What says so: the document's entry id, its section, the locating phrase, the basis, the reason."""

    document: str | None = None
    section: str | None = None
    phrase: str | None = None
    basis: str = "stated"
    reason: str | None = None


@dataclass(slots=True)
class Report:
    """Collects findings about one file after another; `errors` counts those that stop a build."""

    findings: list[Finding] = field(default_factory=list)
    file: str = ""
    errors: int = 0

    def say(
        self, node: Node, code: str, message: str, hint: str = "", *,
        severity: Severity = "error", related: tuple[Place, ...] = (),
    ) -> None:  # fmt: skip
        """Add a finding at a node of the file at hand."""
        self.errors += severity == "error"
        self.findings.append(Finding(self.place(node), severity, code, message, hint, related))

    def place(self, node: Node) -> Place:
        """Give the place of a node of the file at hand."""
        return Place(self.file, node.line, node.column)


@dataclass(slots=True)
class EvidenceReader:
    """Reads evidence and says what is wrong with it, each at the place where it is written.

    `sections` holds the section titles of every source document by its id; `phrases` collects what
    there is to prove: each phrase's place with its evidence.
    """

    report: Report
    sections: Table[str, frozenset[str]]
    phrases: set[tuple[Place, Evidence]] = field(default_factory=set)

    def read(self, own: Table[str, Node], above: Evidence) -> Evidence:
        """Lay what a value or entry says of its sources over what stands above it."""
        values = self._texts(own)
        if not values:
            return above
        if values.get("basis", "stated") not in BASES:
            basis = values.pop("basis")
            self.report.say(
                own["basis"], "bad-basis", f"unknown basis `{printable(basis)}`", did_you_mean(basis, BASES)
            )
        if values.get("basis") == "inferred" and "reason" not in values and above.reason is None:
            self.report.say(own["basis"], "no-reason", "an inferred fact says why it is read so", "add `reason: …`")
        if values.get("basis") == "stated":
            above = above._replace(reason=None)
        # In another document or section the phrase from above does not stand.
        if "document" in values or "section" in values:
            above = above._replace(phrase=None)
        if values.get("document", above.document) != above.document:
            above = above._replace(section=None)
        said = above._replace(**values)
        self._check_document({key: own[key] for key in values}, said)
        if "phrase" in values:
            self._check_phrase(own["phrase"], said)
        return said

    def _texts(self, own: Table[str, Node]) -> dict[str, str]:
        values = {}
        for key in EVIDENCE_KEYS:
            node = own.get(key)
            if isinstance(node, Scalar) and node.plain and node.text and (reading := yaml_reading(node.text)):
                message = f"`{key}` is text, but YAML reads {printable(node.text, 30)} as {reading}"
                self.report.say(node, "quote-it", message, f'quote it: "{printable(node.text, 30)}"')
            elif isinstance(node, Scalar) and node.text.strip():
                values[key] = node.text
            elif node is not None:
                found = f"`{printable(node.text)}`" if isinstance(node, Scalar) else "a list or mapping"
                message = f"`{key}` takes one text; found {found}"
                self.report.say(node, "one-value", message, "write its words, or leave it out")
        return values

    def _check_document(self, own: Table[str, Node], said: Evidence) -> None:
        if said.document is None:
            for key in ("section", "phrase"):
                if key in own:
                    hint = "add `document: …` here, or to the defaults of the file"
                    self.report.say(own[key], "no-document", f"a {key} needs the document it stands in", hint)
        elif said.document not in self.sections:
            if "document" in own:
                hint = did_you_mean(said.document, self.sections) or "add an entry for it, of a kind of source document"
                message = f"no source document has the id `{printable(said.document)}`"
                self.report.say(own["document"], "unknown-document", message, hint)
        elif "section" in own and said.section not in self.sections[said.document]:
            title = said.section or ""
            hint = did_you_mean(title, self.sections[said.document]) or f"add it to the `sections` of `{said.document}`"
            message = f"`{said.document}` has no section `{printable(title)}`"
            self.report.say(own["section"], "unknown-section", message, hint)

    def _check_phrase(self, node: Node, said: Evidence) -> None:
        count = len((said.phrase or "").split())
        if count > PHRASE_WORDS:
            hint = f"keep at most {PHRASE_WORDS}: enough to find the place"
            self.report.say(node, "long-phrase", f"the phrase has {count} words", hint)
        self.phrases.add((self.report.place(node), said))
