"""What a generation holds, by its own manifest: written, read, compared with what is there.

Whatever else stands in an output folder is somebody's own, and no build may delete it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import NamedTuple

from colloquy.errors import Finding, Place, ProjectError, printable
from colloquy.generation.failures import in_words, reason_of
from colloquy.generation.files import contents, real, sha256
from colloquy.generation.watching import read_whole

MANIFEST = "manifest.json"
CARRIED = ("README.md", ".gitignore")
"""Files in output that are the user's own; every generation takes them over from the one before."""

_NEGLIGIBLE = {".DS_Store", "Thumbs.db", "desktop.ini"}  # made by looking at a folder; nobody misses them
_DIGEST = re.compile(r"[0-9a-f]{12}")


class Manifest(NamedTuple):
    """What `manifest.json` says of a generation; `files` and `inputs` go from path to SHA-256."""

    counts: dict[str, int]
    digest: str
    files: dict[str, str]
    inputs: dict[str, str]
    versions: dict[str, str]

    @property
    def store(self) -> str:
        """Name of the store's folder: it bears the digest, so that no reader opens half of each."""
        return store_name(self.digest)


def digest(inputs: Mapping[str, str], versions: Mapping[str, str]) -> str:
    """Give the digest that names a generation: 12 hexadecimal digits, from all that it is made of.

    >>> digest({"data/talks.yaml": "9f86d081"}, {"colloquy": "0.1.0"})
    '674485b83687'
    """
    made_of = json.dumps([dict(inputs), dict(versions)], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(made_of.encode("ascii")).hexdigest()[:12]


def is_digest(text: str) -> bool:
    """Tell whether a text is what `digest` gives, and so fit for the name of a file."""
    return bool(_DIGEST.fullmatch(text))


def store_name(digest: str) -> str:
    """Give the name of the store's folder in the generation of this digest."""
    return f"store-{digest}"


def write_manifest(
    folder: Path, inputs: Mapping[str, str], versions: Mapping[str, str], counts: Mapping[str, int]
) -> None:
    """Write `manifest.json`, the last file of a generation: same input and files, same bytes.

    `inputs` goes from paths with forward slashes, below the project folder, to SHA-256.  Every file in
    `folder` is listed but the store's, whose bytes differ from build to build, and the carried ones.
    Raises ValueError for an absolute path; ProjectError where a file cannot be read or written.
    """
    if whole := [path for path in inputs if PurePosixPath(path).is_absolute() or PureWindowsPath(path).drive]:
        raise ValueError(f"absolute path among the inputs: {whole[0]}")
    with in_words(f"cannot write {folder / MANIFEST}"):
        store = store_name(digest(inputs, versions)) + "/"
        listed = (path for path in contents(folder) if not path.startswith(store) and not is_exempt(path))
        files = {path: sha256(folder / path) for path in listed}
        manifest = Manifest(dict(counts), digest(inputs, versions), files, dict(inputs), dict(versions))
        text = json.dumps(manifest._asdict(), indent=1, sort_keys=True) + "\n"
        (folder / MANIFEST).write_bytes(text.encode("ascii"))


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a generation.

    Raises ProjectError where there is none, or where it is not one of ours.
    """
    path = folder / MANIFEST
    with in_words(f"{folder} is not an output folder of colloquy: cannot read {MANIFEST}"):
        data = path.read_bytes()
    try:
        found = json.loads(data)
        manifest = Manifest(*(found[key] for key in Manifest._fields))
        values = [*manifest.files.values(), *manifest.inputs.values(), *manifest.versions.values()]
        sound = is_digest(manifest.digest) and all(isinstance(value, str) for value in values)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        sound = False
    if not sound:
        raise ProjectError(f"{path} is not a manifest that colloquy wrote: restore it, or move {folder} elsewhere")
    return manifest


def verify(folder: Path) -> list[Finding]:
    """Compare a generation with its manifest: every file there, unchanged, and none besides; empty if sound.

    The store's folder must bear the manifest's digest; what it holds is compared elsewhere.  While a
    build exchanges the folder, one whole generation is looked at.
    """
    with in_words(f"cannot read {folder}"):
        return read_whole(folder, _verify)


def _verify(folder: Path) -> list[Finding]:
    folder = real(folder)

    def finding(path: str, code: str, message: str, hint: str = "build again") -> Finding:
        return Finding(Place(f"{folder.name}/{path}", 0, 0), "error", code, message, hint)

    try:
        manifest = read_manifest(folder)
    except ProjectError as error:
        return [finding(MANIFEST, "manifest-unreadable", str(error), "name a folder that colloquy built")]
    findings = []
    if manifest.digest != digest(manifest.inputs, manifest.versions):
        findings.append(finding(MANIFEST, "manifest-changed", "the digest is not that of the inputs and versions"))
    if not (folder / manifest.store).is_dir():
        findings.append(finding(manifest.store, "store-missing", "the store of this generation is missing"))
    there = {path for path in contents(folder) if not is_exempt(path) and not path.startswith(manifest.store + "/")}
    for path, expected in sorted(manifest.files.items()):
        if path not in there:
            findings.append(finding(path, "output-missing", "listed in the manifest, but missing"))
            continue
        try:
            same = sha256(folder / path) == expected
        except OSError as error:
            findings.append(finding(path, "output-unreadable", reason_of(error)))
        else:
            if not same:
                findings.append(finding(path, "output-changed", "not the bytes that the build wrote"))
    for path in sorted(there - manifest.files.keys()):
        findings += [finding(path, "output-extra", "not listed in the manifest", "move it out of the output folder")]
    return findings


def refuse_foreign(output: Path, state_dir: Path) -> None:
    """Raise ProjectError where `output` holds anything that a build did not write and would delete."""
    output, state_dir = real(output), real(state_dir)
    with in_words(f"cannot read {output}"):
        if not os.path.lexists(output):
            return
        if not output.is_dir():
            raise ProjectError(f"{output} is not a folder: choose another place with --output")
        if state_dir.is_relative_to(output):
            raise ProjectError(f"{output} holds the project itself: choose a folder of its own with --output")
        if os.path.ismount(output):
            raise ProjectError(f"{output} is a mount point, which nothing can be exchanged for: choose a folder in it")
        foreign = (path for path in contents(output) if not is_exempt(path))
        if not os.path.lexists(output / MANIFEST):
            if found := _first(foreign):
                raise ProjectError(
                    f"{output} is not an output folder of colloquy: it holds {found} and no {MANIFEST}; "
                    "move them elsewhere, or choose another place with --output"
                )
            return
        manifest = read_manifest(output)
        ours = manifest.store + "/"
        if found := _first(path for path in foreign if path not in manifest.files and not path.startswith(ours)):
            raise ProjectError(
                f"{output} holds files that no build wrote, and the next would delete: {found}; move them elsewhere"
            )


def is_exempt(path: str) -> bool:
    return path == MANIFEST or path in CARRIED or path.rpartition("/")[2] in _NEGLIGIBLE


def _first(paths: Iterator[str], most: int = 3) -> str:
    """Name the first few paths without looking for the rest: the folder may be somebody's home."""
    shown = [printable(path) for _, path in zip(range(most), paths, strict=False)]
    return ", ".join(shown) + (" and more" if next(paths, None) else "")
