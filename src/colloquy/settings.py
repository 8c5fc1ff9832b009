"""Reads `colloquy.yaml`: what a project is called, where its facts are, which base its IRIs have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from colloquy.errors import Finding, Place, ProjectError, did_you_mean, printable
from colloquy.source import Mapping, Node, Scalar, Sequence, read_yaml

FILE = "colloquy.yaml"


@dataclass(frozen=True)
class Settings:
    """The settings of a project, with defaults for all but title and base.

    `repository` and `corrections` are addresses with `{file}`, `{line}` and `{id}` to fill in;
    empty where the project gives none. `start` names up to three questions for the page.
    """

    title: str
    base: str
    description: str = ""
    language: str = ""
    facts: str = "data"
    start: tuple[str, ...] = ()
    repository: str = ""
    corrections: str = ""


_LISTS = ("start",)
_KEYS = tuple(Settings.__dataclass_fields__)


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
    values: dict[str, str | tuple[str, ...]] = {}
    if isinstance(node, Mapping):
        for key, value in node.items:
            _take(key, value, values, errors)
        written = {key.text for key, _ in node.items}
        missing = [name for name in ("title", "base") if name not in written]
        errors += [_error(node, f"`{name}` is missing", f"add a line `{name}: …`") for name in missing]
    elif not errors:
        errors.append(Finding(Place(FILE, 1, 1), "error", "bad-settings", "a mapping of settings was expected"))
    if errors:
        raise ProjectError("\n".join(str(f) for f in sorted(errors)))
    return Settings(**values)  # type: ignore[arg-type]  # keys and types were checked one by one above


def _take(key: Scalar, value: Node, values: dict[str, str | tuple[str, ...]], errors: list[Finding]) -> None:
    if key.text not in _KEYS:
        message = f"unknown setting `{printable(key.text)}`"
        errors.append(_error(key, message, did_you_mean(key.text, _KEYS)))
    elif key.text in _LISTS:
        items = value.items if isinstance(value, Sequence) else [value]
        if all(isinstance(item, Scalar) for item in items):
            values[key.text] = tuple(item.text for item in items if isinstance(item, Scalar))
        else:
            errors.append(_error(value, f"`{key.text}` takes a list of names"))
    elif not isinstance(value, Scalar):
        errors.append(_error(value, f"`{key.text}` takes one value"))
    elif key.text == "base" and not re.fullmatch(r"https?://[^\s<>\"{}|^`\\]+[/#]", value.text):
        hint = "write an address that ends in / or #, such as https://example.org/harbour/"
        errors.append(_error(value, f"`base` is no usable address: {printable(value.text)}", hint))
    elif key.text == "language" and not re.fullmatch(r"[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8})*", value.text):
        errors.append(_error(value, f"`language` is no language tag: {printable(value.text)}", "write en, cy, pt-BR"))
    elif key.text in ("repository", "corrections") and not value.text.startswith(("https://", "http://", "mailto:")):
        errors.append(_error(value, f"`{key.text}` is no address", "begin it with https:// or mailto:"))
    elif key.text == "facts" and _leads_out(value.text):
        hint = "name a folder of the project; facts from elsewhere are read with --data"
        errors.append(_error(value, f"`facts` leads out of the project: {printable(value.text)}", hint))
    else:
        values[key.text] = value.text.lower() if key.text == "language" else value.text


def _leads_out(path: str) -> bool:
    """Tell whether a path leads out of its folder, on any system: a project may be somebody else's."""
    parts = re.split(r"[/\\]", path)
    return not parts[0] or ".." in parts or ":" in path


def _error(node: Node, message: str, hint: str = "") -> Finding:
    return Finding(Place(FILE, node.line, node.column), "error", "bad-settings", message, hint)
