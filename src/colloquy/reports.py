"""Findings in the forms that other tools read: JSON, SARIF, and the annotations of GitHub's runners.

A finding's file is named from the project's folder; what runs elsewhere is told the way there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import PurePosixPath
from typing import Any, TypeAlias
from urllib.parse import quote

from colloquy.errors import Finding, Place, Severity

Writer: TypeAlias = Callable[[Sequence[Finding], str], str]
"""Writes findings; the second value is the path to the project, empty where one stands in it."""

_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Mapping[Severity, str] = {"error": "error", "warning": "warning"}


def _words(finding: Finding) -> str:
    return f"{finding.message} — {finding.hint}" if finding.hint else finding.message


def _path(place: Place, folder: str) -> str:
    return str(PurePosixPath(folder) / place.file)


def as_json(findings: Iterable[Finding], folder: str = "") -> str:
    """Give findings as a JSON list of objects: `file`, `line`, `column`, `severity`, `code`, `message` and more.

    Files are named from the project's folder, whatever `folder` is.
    """
    rows = [
        {**f.place._asdict(), "severity": f.severity, "code": f.code, "message": f.message, "hint": f.hint,
         "related": [p._asdict() for p in f.related]}
        for f in findings
    ]  # fmt: skip
    return json.dumps(rows, indent=1, ensure_ascii=False)


def as_github(findings: Iterable[Finding], folder: str = "") -> str:
    """Give findings as workflow commands, which a runner of GitHub Actions shows beside the lines.

    >>> print(as_github([Finding(Place("data/a.yaml", 3, 5), "error", "no-id", "entry 1 has no id", "give it one")]))
    ::error file=data/a.yaml,line=3,col=5,title=no-id::entry 1 has no id — give it one
    """
    return "\n".join(_command(finding, folder) for finding in findings)


def _command(f: Finding, folder: str) -> str:
    properties = {"file": _path(f.place, folder)}
    if f.place.line:
        properties |= {"line": str(f.place.line), "col": str(f.place.column)}
    properties["title"] = f.code
    shown = ",".join(f"{name}={_escaped(text).replace(':', '%3A').replace(',', '%2C')}"
                     for name, text in properties.items())  # fmt: skip
    return f"::{_LEVELS[f.severity]} {shown}::{_escaped(_words(f))}"


def _escaped(text: str) -> str:
    """Escape what would end a command, as the runner reads it back."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def as_sarif(findings: Sequence[Finding], folder: str = "") -> str:
    """Give findings as SARIF 2.1.0 (OASIS), which code hosts and editors show: one run, a rule for each code."""
    codes = sorted({f.code for f in findings})
    rules = [{"id": code, "shortDescription": {"text": code.replace("-", " ").capitalize()}} for code in codes]
    driver = {"name": "colloquy", "semanticVersion": version("colloquy"), "rules": rules}
    results = [
        {
            "ruleId": f.code,
            "ruleIndex": codes.index(f.code),
            "level": _LEVELS[f.severity],
            "message": {"text": _words(f)},
            "locations": [_location(f.place, folder)],
            **({"relatedLocations": [_location(place, folder) for place in f.related]} if f.related else {}),
        }
        for f in findings
    ]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": _SARIF, "version": "2.1.0", "runs": [run]}, indent=1, ensure_ascii=False)


def _location(place: Place, folder: str) -> dict[str, Any]:
    where: dict[str, Any] = {"artifactLocation": {"uri": quote(_path(place, folder)), "uriBaseId": "%SRCROOT%"}}
    if place.line:
        where["region"] = {"startLine": place.line, "startColumn": place.column}
    return {"physicalLocation": where}


REPORTS: dict[str, Writer] = {"json": as_json, "sarif": as_sarif, "github": as_github}
"""The forms of findings for tools, by the name that `--format` takes."""
