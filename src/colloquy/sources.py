"""Proves locating phrases against the very texts that the facts were taken from."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from colloquy.entries import SECTION, SOURCE_DOCUMENT
from colloquy.errors import Finding, Place, UsageError, printable
from colloquy.facts import Facts
from colloquy.terms import CQ, plain

TITLE, BEGINS, SHA256 = (f"<{CQ}{name}>" for name in ("title", "begins", "sha256"))

_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-"})


@dataclass
class Proof:
    """What became of the phrases: how many were found, not found, and not checked for want of a text."""

    proved: int = 0
    failed: int = 0
    not_checked: int = 0
    findings: list[Finding] = field(default_factory=list)


def prove_phrases(facts: Facts, folder: Path) -> Proof:
    """Look up every locating phrase in the section of the text whose SHA-256 its document records.

    A text of another digest is refused, whatever its name.  Blanks and line ends count as one
    blank; nothing else is forgiven.  Raises UsageError where the folder is missing.
    """
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder} — name the one that holds the source texts")
    texts = {hashlib.sha256(data).hexdigest(): data for data in _texts(folder)}
    proof = Proof()
    sections: dict[str, dict[str, str] | None] = {}
    for entry in facts.entries.values():
        if SOURCE_DOCUMENT in entry.class_.ancestors:
            sections[entry.id] = _sections(facts, entry.id, texts, proof)
    seen: dict[tuple[str, str, str], bool | None] = {}
    for place, evidence in sorted(facts.phrases, key=lambda pair: pair[0]):
        if evidence.document is None or evidence.phrase is None or evidence.document not in sections:
            continue
        held = sections[evidence.document]
        if held is None:
            proof.not_checked += 1
            continue
        key = (evidence.document, evidence.section or "", evidence.phrase)
        text = held.get(evidence.section, "") if evidence.section else "\n".join(held.values())
        if key not in seen:
            seen[key] = _squeeze(evidence.phrase) in _squeeze(text)
        if seen[key]:
            proof.proved += 1
        else:
            proof.failed += 1
            proof.findings.append(_not_there(evidence.section, evidence.phrase, text, held, place))
    return proof


def _texts(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.rglob("*")):
        # Texts, not archives: what somebody keeps beside them is not read.
        if path.is_file() and path.stat().st_size < 50_000_000:
            yield path.read_bytes()


def _sections(facts: Facts, document: str, texts: dict[str, bytes], proof: Proof) -> dict[str, str] | None:
    """Cut a document's text into its sections by the lines on which they begin; None without the text."""
    entry = facts.entries[document]
    wanted = next((plain(s.object) for s in facts.statements if (s.subject, s.predicate) == (entry.term, SHA256)), "")
    if wanted not in texts:
        message = f"not checked: no text in the folder has the SHA-256 of `{document}`"
        hint = "put that very text there; a text with other bytes proves nothing" if wanted else "record its `sha256`"
        proof.findings.append(Finding(entry.place, "warning", "not-checked", message, hint))
        return None
    lines = texts[wanted].decode("utf-8", "replace").splitlines()
    found: dict[str, str] = {}
    starts: list[tuple[int, str]] = []
    after = 0
    for title, begins, place in _listed(facts, document):
        at = next((i for i in range(after, len(lines)) if _squeeze(lines[i]).startswith(_squeeze(begins))), None)
        if at is None:
            message = f"no line of `{document}` after the section before begins “{printable(begins)}”"
            hint = "write the first words of its heading, in the order of the text"
            proof.findings.append(Finding(place, "error", "section-not-found", message, hint))
            continue
        starts.append((at, title))
        after = at + 1
    for number, (at, title) in enumerate(starts):
        end = starts[number + 1][0] if number + 1 < len(starts) else len(lines)
        found[title] = "\n".join(lines[at:end])
    return found or {"": "\n".join(lines)}


def _listed(facts: Facts, document: str) -> list[tuple[str, str, Place]]:
    entry = facts.entries[document]
    nodes = [s.object for s in facts.statements if s.subject == entry.term and s.predicate == SECTION]
    listed = []
    for node in sorted(nodes, key=lambda t: facts.relations[t]):
        values = {s.predicate: plain(s.object) for s in facts.statements if s.subject == node}
        title = values.get(TITLE, "")
        listed.append((title, values.get(BEGINS, title), facts.relations[node]))
    return listed


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _loose(text: str) -> str:
    return _squeeze(text).translate(_QUOTES).casefold()


def _not_there(section: str | None, phrase: str, text: str, held: dict[str, str], place: Place) -> Finding:
    message = f"the phrase “{printable(phrase)}” does not stand in section {section or 'any'}"
    hint = "copy at most eight words exactly as they stand"
    if _loose(phrase) in _loose(text):
        hint = "it stands there with other quotation marks, dashes or capitals: copy it exactly"
    else:
        others = [title for title, other in held.items() if _squeeze(phrase) in _squeeze(other)]
        if others:
            hint = f"it stands in section {others[0]}"
    return Finding(place, "error", "phrase-not-found", message, hint)
