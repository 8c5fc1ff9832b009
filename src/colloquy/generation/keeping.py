"""Earlier generations, kept beside the newest: `.colloquy/generations/<digest>/`, each of them whole.

A generation is kept before the step that replaces it.  Its files are linked, not copied, into a folder
under a left-over's name, which then gets its own name in one rename.  So whoever is killed leaves a kept
generation whole, or none; and the exchange of the output folder stays what it is without keeping.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from colloquy.errors import ProjectError
from colloquy.generation.failures import in_words
from colloquy.generation.files import contents, flush_folders, flush_tree, is_folder, is_real_folder, real, remove
from colloquy.generation.journal import new_name
from colloquy.generation.manifest import MANIFEST, is_digest, is_exempt, read_manifest

FOLDER = "generations"


def keep(output: Path, state_dir: Path, digest: str) -> None:
    """Keep the generation in `output`, unless it is the one of this digest, which is about to replace it.

    Call under `lock`.  The user's own files in `output` are not part of it.  What is no whole generation
    cannot be kept, and is not.  Where the disk cannot link, files are copied.  Raises ProjectError
    where neither can be done.
    """
    output, state_dir = real(output), real(state_dir)
    try:
        manifest = read_manifest(output)
    except ProjectError:
        return
    store = f"{manifest.store}/"
    there = [path for path in contents(output) if path == MANIFEST or not is_exempt(path)]
    if manifest.digest == digest or manifest.files.keys() - set(there) or not is_real_folder(output / store):
        return
    with in_words(f"cannot keep the generation {manifest.digest}"):
        place = state_dir / FOLDER / manifest.digest
        if is_real_folder(place):
            if _same(place / MANIFEST, output / MANIFEST):
                os.utime(place)  # it was the newest until now
                return
            _let_go(place, state_dir)
        folder = state_dir / new_name(state_dir)
        folder.mkdir()
        try:
            for path in there:
                if path == MANIFEST or path in manifest.files or path.startswith(store):
                    (folder / path).parent.mkdir(parents=True, exist_ok=True)
                    _link_or_copy(output / path, folder / path)
            flush_tree(folder)
            place.parent.mkdir(exist_ok=True)
            os.utime(folder)
            os.rename(folder, place)
        finally:
            remove(folder)
        flush_folders(place.parent, state_dir)


def kept(state_dir: Path) -> list[Path]:
    """Give the folders of the kept generations, the one that was kept last first."""
    found = []
    with contextlib.suppress(FileNotFoundError), os.scandir(state_dir / FOLDER) as entries:
        found = [
            (entry.stat().st_mtime_ns, entry.name) for entry in entries if is_digest(entry.name) and is_folder(entry)
        ]
    return [state_dir / FOLDER / name for _, name in sorted(found, reverse=True)]


def keep_last(state_dir: Path, most: int) -> None:
    """Let go of all kept generations but the last so many.  Call under `lock`."""
    state_dir = real(state_dir)
    with in_words("cannot remove an earlier generation"):
        for folder in kept(state_dir)[most:]:
            _let_go(folder, state_dir)


def find(digest: str, output: Path, state_dir: Path) -> Path | None:
    """Find the folder of a generation: the output, or one that is kept; None where it is neither."""
    with contextlib.suppress(ProjectError):
        if read_manifest(output).digest == digest:
            return output
    for folder in kept(state_dir):
        if folder.name == digest:
            return folder
    return None


def _let_go(folder: Path, state_dir: Path) -> None:
    """Remove a kept generation so that it is never there in part: first it gets a left-over's name."""
    left_over = state_dir / new_name(state_dir)
    os.rename(folder, left_over)
    remove(left_over)


def _same(one: Path, other: Path) -> bool:
    try:
        return one.read_bytes() == other.read_bytes()
    except OSError:
        return False


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:  # another disk, or one without links
        shutil.copy2(source, target, follow_symlinks=False)
