"""From one generation to the next: a folder to build in, and the one step that makes it the output."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from colloquy.generation import keeping
from colloquy.generation.failures import in_words
from colloquy.generation.files import flush_folders, flush_tree, is_folder, real, remove, short_hash
from colloquy.generation.journal import NAME, new_name, read_journal, recover, rename_in_turn
from colloquy.generation.manifest import CARRIED, MANIFEST, read_manifest, refuse_foreign

# EPERM is how some sandboxes answer system calls that they do not know.  EXDEV: a folder from a lower
# layer of an overlay, as every folder is that was copied into a container's image.
_NO_EXCHANGE = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM, errno.EXDEV}


@contextlib.contextmanager
def staging(output: Path, state_dir: Path) -> Iterator[Path]:
    """Give an empty folder that can be exchanged for `output`; remove it at the end, whatever happens.

    Call under `lock`.  First finishes what a killed build left half done and removes what such builds
    left behind.  Raises ProjectError where `output` holds somebody's own files or cannot be replaced,
    and in place of any OSError in the body.
    """
    output, state_dir = real(output), real(state_dir)
    recover(output, state_dir)
    refuse_foreign(output, state_dir)
    with in_words(f"cannot make a new {output}"):
        output.parent.mkdir(parents=True, exist_ok=True)
        _remove_left_overs(output, state_dir)
        folder = _new_folder(output, state_dir)
    try:
        with in_words("cannot make the new output"):
            yield folder
    finally:
        recover(output, state_dir)  # an interrupt inside `publish`: the folder may be all there is
        remove(folder)


def publish(folder: Path, output: Path, state_dir: Path, keep: int | None = None) -> None:
    """Make the generation in `folder`, a folder from `staging`, the output.

    Afterwards `folder` may hold the old generation; it goes when `staging` ends.  With `keep` it stays
    among the kept ones, of which only the last so many do.  Raises ProjectError,
    the old output in its place, where somebody put files of their own there meanwhile or the system
    refuses; ValueError where `folder` has no manifest.
    """
    output, state_dir = real(output), real(state_dir)
    if not (folder / MANIFEST).is_file():
        raise ValueError(f"no {MANIFEST} in {folder}")
    refuse_foreign(output, state_dir)
    with in_words(f"cannot put the new output at {output}"):
        _carry_over(output, folder)
        flush_tree(folder)
        if keep:
            keeping.keep(output, state_dir, read_manifest(folder).digest)
        if output.exists():
            try:
                _exchange(folder, output)
            except OSError as error:
                if error.errno not in _NO_EXCHANGE:
                    raise
                rename_in_turn(folder, output, state_dir)
        else:
            os.rename(folder, output)
        flush_folders(output.parent, folder.parent)
    if keep is not None:
        keeping.keep_last(state_dir, keep)


def _new_folder(output: Path, state_dir: Path) -> Path:
    """Make the staging folder in `state_dir`, or beside output where it could not be moved from there.

    Moving it there and back is the one test that tells: two mounts of one device refuse as well, and
    a parent that cannot be written is known before the work, not after it.
    """
    name = new_name(state_dir)
    folder, beside = state_dir / name, output.parent / name
    folder.mkdir()  # unlike mkdtemp's, with the rights of an ordinary new folder
    try:
        os.rename(folder, beside)
        os.rename(beside, folder)
    except OSError as error:
        remove(folder)
        if error.errno != errno.EXDEV:
            raise
        beside.mkdir()
        return beside
    return folder


def _remove_left_overs(output: Path, state_dir: Path) -> None:
    """Remove what killed builds left: any in `state_dir`, beside output our own (others have other locks)."""
    for draft in state_dir.glob("exchange-*.draft"):
        draft.unlink()
    kept = {name for journal in state_dir.glob("exchange-*.json") for name in read_journal(journal)}
    for place, owner in ((state_dir, None), (output.parent, short_hash(state_dir))):
        with os.scandir(place) as entries:
            for entry in entries:
                found = NAME.fullmatch(entry.name)
                if found and owner in (None, found[1]) and entry.name not in kept and is_folder(entry):
                    remove(Path(entry.path))


def _carry_over(output: Path, folder: Path) -> None:
    for name in CARRIED:
        if os.path.lexists(output / name):
            (folder / name).unlink(missing_ok=True)
            shutil.copy2(output / name, folder / name, follow_symlinks=False)


def _exchange(one: Path, other: Path) -> None:
    """Exchange two folders in one step; OSError ENOSYS where this system has no such call."""
    import ctypes  # 8 ms, and only a build needs it

    code, first, second = errno.ENOSYS, os.fsencode(one), os.fsencode(other)
    if sys.platform in ("linux", "darwin"):
        libc = ctypes.CDLL(None, use_errno=True)
        at_cwd, rename_exchange, rename_swap = -100, 2, 2
        if hasattr(libc, "renameat2"):
            code = libc.renameat2(at_cwd, first, at_cwd, second, rename_exchange) and ctypes.get_errno()
        elif hasattr(libc, "renamex_np"):
            code = libc.renamex_np(first, second, rename_swap) and ctypes.get_errno()
    if code:
        raise OSError(code, os.strerror(code), str(other))
