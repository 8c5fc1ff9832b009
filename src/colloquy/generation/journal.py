"""The exchange in several steps, where one is not to be had: renames in turn, finished by whoever comes next.

The journal in the state folder names the new folder and the old one; it is written before the first
rename and goes after the last, so that `recover` can go on from wherever a killed build stopped.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
from pathlib import Path

from colloquy.generation.failures import in_words
from colloquy.generation.files import flush, flush_folders, is_folder, is_real_folder, real, remove, short_hash
from colloquy.generation.manifest import MANIFEST, refuse_foreign

NAME = re.compile(r"\.colloquy-([0-9a-f]{8})-[0-9a-f]{8}")


def recover(output: Path, state_dir: Path) -> None:
    """Finish the renames that a killed build left half done, if any; costs one look for a file.

    Call under `lock`.  Only the fallback of the exchange leaves anything to do.  Raises ProjectError
    where neither the new nor the old generation can be put in its place.
    """
    output, state_dir = real(output), real(state_dir)
    with in_words(f"cannot put the new output at {output}"):
        _settle(output, state_dir)


def _settle(output: Path, state_dir: Path) -> OSError | None:
    """Go on from wherever the journal's renames stand; give what made it go back to the old generation."""
    journal = journal_of(output, state_dir)
    if not os.path.lexists(journal):
        return None
    # Nothing in a journal is a path: it comes with the project folder, which may be a stranger's.
    fresh, old = (name and _place_of(name, output, state_dir) for name in read_journal(journal))
    if fresh and is_real_folder(fresh) and not old and os.path.lexists(output):
        refuse_foreign(output, state_dir)
        _clear(output)
    failure = None
    for folder in (fresh, old):
        if folder and is_real_folder(folder) and not os.path.lexists(output):
            try:
                os.rename(folder, output)
            except OSError as error:
                failure = failure or error
    if failure and not os.path.lexists(output):
        raise failure
    flush_folders(output.parent, state_dir)
    journal.unlink()
    if old:
        remove(old)
    return failure


def rename_in_turn(folder: Path, output: Path, state_dir: Path) -> None:
    """Replace output in steps where one step is not to be had: the first here, the others in `_settle`."""
    journal, old = journal_of(output, state_dir), folder.with_name(new_name(state_dir))
    write_journal(journal, folder.name, old.name)
    try:
        os.rename(output, old)
    except OSError as error:
        if error.errno != errno.EXDEV:
            journal.unlink()
            raise
        # A folder that can be emptied but not moved (see `_NO_EXCHANGE` in `swap`): once the journal names no old
        # folder, there is no way back, and every start deletes on and moves the new one in.
        write_journal(journal, folder.name, None)
    if failure := _settle(output, state_dir):
        raise failure


def journal_of(output: Path, state_dir: Path) -> Path:
    return state_dir / f"exchange-{short_hash(output)}.json"


def write_journal(journal: Path, fresh: str, old: str | None) -> None:
    draft = journal.with_suffix(".draft")
    draft.write_text(json.dumps({"fresh": fresh, "old": old}), encoding="utf-8")
    flush(draft)
    os.replace(draft, journal)
    flush_folders(journal.parent)


def read_journal(journal: Path) -> tuple[str | None, str | None]:
    """Give the names of the new and the old folder, each None where there is none of our pattern."""
    try:
        found = json.loads(journal.read_bytes())
        names = [str(found[key]) for key in ("fresh", "old")]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None, None
    fresh, old = (name if NAME.fullmatch(name) else None for name in names)
    return fresh, old


def _place_of(name: str, output: Path, state_dir: Path) -> Path:
    beside = output.parent / name
    return beside if os.path.lexists(beside) else state_dir / name


def new_name(state_dir: Path) -> str:
    return f".colloquy-{short_hash(state_dir)}-{os.urandom(4).hex()}"


def _clear(output: Path) -> None:
    """Delete a folder so that it passes for an output of ours to the very end: the manifest goes last."""
    for entry in sorted(os.scandir(output), key=lambda entry: entry.name == MANIFEST):
        if is_folder(entry):
            shutil.rmtree(entry.path)
        else:
            os.unlink(entry.path)
    os.rmdir(output)
