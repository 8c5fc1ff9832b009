"""Reads `colloquy.yaml`: what a project is called, where its facts are, which base its IRIs have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from colloquy.errors import Finding, Place, ProjectError, did_you_mean, printable
from colloquy.mapping import FILE, Rule, mistake, read_mapping
from colloquy.source import Mapping, Node, Scalar, Sequence, read_yaml
from colloquy.terms import LANGUAGE_TAG

__all__ = ["FILE", "REQUIRED", "SETTINGS", "Setting", "Settings", "read_settings"]


@dataclass(frozen=True)
class Settings:
    """The settings of a project, with defaults for all but title and base.

    `repository` and `corrections` are addresses with `{file}`, `{line}` and `{id}` to fill in;
    empty where the project gives none. `start` names up to three questions for the page.
    `mapping` says how files that somebody else keeps are read.
    """

    title: str
    base: str
    description: str = ""
    language: str = ""
    facts: tuple[str, ...] = ("data",)
    start: tuple[str, ...] = ()
    repository: str = ""
    corrections: str = ""
    mapping: tuple[Rule, ...] = ()


class Setting(NamedTuple):
    """What a setting means and takes: a `text`, `texts` or `rules`.

    A text has to match `pattern`; where it does not, `wrong` says what it is, and `hint` what to do.
    """

    words: str
    example: str
    takes: str = "text"
    pattern: str = r"[\s\S]*"
    wrong: str = ""
    hint: str = ""


_ADDRESS, _NO_ADDRESS = r"(?:https?://|mailto:)[\s\S]*", ("is no address", "begin it with https:// or mailto:")
SETTINGS = {
    "title": Setting("What the project is called.", "title: Harbour talks"),
    "base": Setting("The address that the address of every entry begins with.", "base: https://example.org/harbour/",
                    "text", r"https?://(?:[^\s<>\"{}|^`\\\[\]%]|%[0-9A-Fa-f]{2})+[/#]", "is no usable address",
                    "write an address that ends in / or #, such as https://example.org/harbour/"),
    "description": Setting("What the project is about, in a sentence.", "description: Who spoke about what."),
    "language": Setting("The language of names and texts that say no other.", "language: en",
                        "text", LANGUAGE_TAG, "is no language tag", "write en, cy, pt-BR"),
    "facts": Setting("The folder of the fact files, in the project, or several; --data stands in for the first.",
                     "facts: data",
                     # Neither up nor to a drive or root, on any system: a project may be somebody else's.
                     "texts", r"(?![/\\])(?!(?:[\s\S]*[/\\])?\.\.(?:[/\\]|$))[^:]+", "leads out of the project",
                     "name a folder of the project; facts from elsewhere are read with --data"),
    "start": Setting("Up to three questions for the page, by the names of their files.", "start: [who-spoke]", "texts"),
    "repository": Setting("Where the lines of a file can be seen; `{file}` and `{line}` are filled in.",
                          "repository: https://example.org/repository/blob/main/{file}#L{line}",
                          "text", _ADDRESS, *_NO_ADDRESS),
    "corrections": Setting("Where corrections are sent; `{id}`, `{file}` and `{line}` are filled in.",
                           "corrections: mailto:you@example.org?subject={id}", "text", _ADDRESS, *_NO_ADDRESS),
    "mapping": Setting("How YAML that somebody else keeps is read: a list of rules.",
                       "mapping: [{files: boats.yml, type: Boat, id: boat/{slug}}]", "rules"),
}  # fmt: skip
REQUIRED = ("title", "base")


def read_settings(project: Path) -> Settings:
    """Read the settings of a project folder.

    Raises ProjectError, with every mistake at its line, where the file is missing or not usable.
    """
    path = project / FILE
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ProjectError(
            f"no colloquy project here: {path} is missing — go to a project's folder, or name it with --project"
        ) from None
    except OSError as error:
        raise ProjectError(f"{path}: {error.strerror}") from None
    node, findings = read_yaml(data, FILE)
    errors = [f for f in findings if f.severity == "error"]
    values: dict[str, Any] = {}
    if isinstance(node, Mapping):
        for key, value in node.items:
            _take(key, value, values, errors)
        written = {key.text for key, _ in node.items}
        missing = [name for name in REQUIRED if name not in written]
        errors += [_error(node, f"`{name}` is missing", f"add a line `{name}: …`") for name in missing]
    elif not errors:
        errors.append(Finding(Place(FILE, 1, 1), "error", "bad-settings", "a mapping of settings was expected"))
    if errors:
        raise ProjectError("\n".join(str(f) for f in sorted(errors)))
    return Settings(**values)


def _take(key: Scalar, value: Node, values: dict[str, Any], errors: list[Finding]) -> None:
    setting = SETTINGS.get(key.text)
    if setting is None:
        message = f"unknown setting `{printable(key.text)}`"
        errors.append(_error(key, message, did_you_mean(key.text, SETTINGS)))
    elif setting.takes == "rules":
        values[key.text] = read_mapping(value, errors)
    elif setting.takes == "texts":
        items = value.items if isinstance(value, Sequence) else [value]
        texts = [item for item in items if isinstance(item, Scalar)]
        if len(texts) < len(items):
            errors.append(_error(value, f"`{key.text}` takes a list of names"))
        wrong = [item for item in texts if not re.fullmatch(setting.pattern, item.text)]
        errors += [_error(i, f"`{key.text}` {setting.wrong}: {printable(i.text)}", setting.hint) for i in wrong]
        values[key.text] = tuple(item.text for item in texts)
    elif not isinstance(value, Scalar):
        errors.append(_error(value, f"`{key.text}` takes one value"))
    elif not re.fullmatch(setting.pattern, value.text):
        errors.append(_error(value, f"`{key.text}` {setting.wrong}: {printable(value.text)}", setting.hint))
    else:
        values[key.text] = value.text.lower() if key.text == "language" else value.text


def _error(node: Node, message: str, hint: str = "") -> Finding:
    return mistake(node, message, hint, "bad-settings")
