"""Files and folders as every part of the room needs them: listed, named, hashed, flushed, removed."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path


def contents(folder: Path, below: str = "") -> Iterator[str]:
    """Give the path of all that is no folder, in sorted order, with forward slashes; follow no link."""
    with os.scandir(folder / below) as entries:
        ordered = sorted(entries, key=lambda entry: entry.name)
    for entry in ordered:
        if is_folder(entry):
            yield from contents(folder, f"{below}{entry.name}/")
        else:
            yield below + entry.name


def is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False)


def is_real_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:8]


def real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def flush_tree(folder: Path) -> None:
    for path in contents(folder):
        if not (folder / path).is_symlink():
            flush(folder / path)
    flush_folders(*(Path(root) for root, _, _ in os.walk(folder)))


def flush(file: Path) -> None:
    handle = os.open(file, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def flush_folders(*folders: Path) -> None:
    if os.name != "nt":  # where a folder cannot be opened
        for folder in folders:
            flush(folder)


def remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)  # what cannot go now is a left-over of the next build
