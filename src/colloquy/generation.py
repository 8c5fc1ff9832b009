"""Old output or new output, never half: the one step from a generation to the next.

    with lock(state_dir), staging(output, state_dir) as folder:
        ...                                             # write everything into `folder`
        write_manifest(folder, inputs, versions, counts)
        publish(folder, output, state_dir)

What is promised.  `output` is a whole generation at every moment, whoever is killed: Linux and macOS
exchange two folders in one system call.  Where the file system cannot, folders are renamed in turn
under a journal: for a moment there is no output, and `recover` finishes the step at the next start.
Files and folders are flushed before the step and the step before it is reported, so that a power
cut, too, leaves the old or the new generation, as far as disk and file system keep their word.
Open files of the old generation can be read on; who opens by name while the folder changes uses `read_whole`.

Left-overs of killed builds lie in `.colloquy/` (or, where that is another file system, beside output
under a hidden name) until the next build removes them.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import secrets
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import NamedTuple, TypeVar

from colloquy.errors import BusyError, Finding, Place, ProjectError, printable

T = TypeVar("T")

MANIFEST = "manifest.json"
CARRIED = ("README.md", ".gitignore")
"""Files in output that are the user's own; every generation takes them over from the one before."""

_NEGLIGIBLE = {".DS_Store", "Thumbs.db", "desktop.ini"}  # made by looking at a folder; nobody misses them
_NAME = re.compile(r"\.colloquy-([0-9a-f]{8})-[0-9a-f]{8}")
_DIGEST = re.compile(r"[0-9a-f]{12}")
# EPERM is how some sandboxes answer system calls that they do not know.  EXDEV: a folder from a lower
# layer of an overlay, as every folder is that was copied into a container's image.
_NO_EXCHANGE = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM, errno.EXDEV}
_ADVICE = {
    errno.ENOSPC: "make room on the disk and build again",
    errno.EDQUOT: "make room in the quota and build again",
    errno.EFBIG: "raise the limit on file sizes (ulimit -f) and build again",
    errno.EACCES: "change the permissions, or build where you may write",
    errno.EPERM: "change the permissions, or build where you may write",
    errno.EROFS: "build where it can be written",
    errno.EBUSY: "if it is a mount point, choose a folder inside it with --output",
}


# --- one build at a time ---------------------------------------------------------------------------


@contextlib.contextmanager
def lock(state_dir: Path, wait_seconds: float = 60.0, waiting: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold the project's build lock, `lock` in `state_dir` (the project's `.colloquy/`, made where missing).

    `waiting` is called once, with a sentence, where somebody else holds it.  The lock is advisory (it
    keeps out colloquy alone), holds between processes of one machine (between machines only as far as
    their network file system keeps flock), cannot be taken twice by one process, and dies with its
    holder.  Raises BusyError, naming the holder, after `wait_seconds`; ProjectError where
    `state_dir` cannot be written.
    """
    path = state_dir / "lock"
    with _in_words(f"cannot lock {path}"):
        if not state_dir.is_dir():
            state_dir.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(OSError):  # a courtesy to whoever adds the whole project to git
                (state_dir / ".gitignore").write_text("*\n", encoding="utf-8")
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        with _in_words(f"cannot lock {path}"):
            _acquire(handle, wait_seconds, waiting)
            _write_holder(handle, str(os.getpid()))
        try:
            yield
        finally:
            _write_holder(handle, "")
    finally:
        os.close(handle)  # which lets go of the lock; the file stays, since removing it is a race


def _acquire(handle: int, wait_seconds: float, waiting: Callable[[str], None] | None) -> None:
    deadline = time.monotonic() + wait_seconds
    said = False
    while not _try_lock(handle):
        left = deadline - time.monotonic()
        os.lseek(handle, 0, os.SEEK_SET)
        pid = os.read(handle, 20).decode("ascii", "replace")
        holder = f"process {pid}" if pid.isdigit() else "another process"
        if left <= 0:
            raise BusyError(f"{holder} is building this project: wait until it is done, or stop it")
        if waiting and not said:
            waiting(f"{holder} is building this project; waiting for it, at most {wait_seconds:g} s")
            said = True
        time.sleep(min(0.05, left))


def _write_holder(handle: int, text: str) -> None:
    with contextlib.suppress(OSError):  # the name of the holder is for messages only
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, text.encode("ascii"))


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        os.lseek(handle, 1 << 30, os.SEEK_SET)  # a byte beyond the text, which others must be able to read
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


# --- what a generation holds -----------------------------------------------------------------------


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
    with _in_words(f"cannot write {folder / MANIFEST}"):
        store = store_name(digest(inputs, versions)) + "/"
        listed = (path for path in _contents(folder) if not path.startswith(store) and not _is_exempt(path))
        files = {path: _sha256(folder / path) for path in listed}
        manifest = Manifest(dict(counts), digest(inputs, versions), files, dict(inputs), dict(versions))
        text = json.dumps(manifest._asdict(), indent=1, sort_keys=True) + "\n"
        (folder / MANIFEST).write_bytes(text.encode("ascii"))


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a generation.

    Raises ProjectError where there is none, or where it is not one of ours.
    """
    path = folder / MANIFEST
    with _in_words(f"{folder} is not an output folder of colloquy: cannot read {MANIFEST}"):
        data = path.read_bytes()
    try:
        found = json.loads(data)
        manifest = Manifest(*(found[key] for key in Manifest._fields))
        values = [*manifest.files.values(), *manifest.inputs.values(), *manifest.versions.values()]
        sound = bool(_DIGEST.fullmatch(manifest.digest)) and all(isinstance(value, str) for value in values)
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
    with _in_words(f"cannot read {folder}"):
        return read_whole(folder, _verify)


def _verify(folder: Path) -> list[Finding]:
    folder = _real(folder)

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
    there = {path for path in _contents(folder) if not _is_exempt(path) and not path.startswith(manifest.store + "/")}
    for path, expected in sorted(manifest.files.items()):
        if path not in there:
            findings.append(finding(path, "output-missing", "listed in the manifest, but missing"))
            continue
        try:
            same = _sha256(folder / path) == expected
        except OSError as error:
            findings.append(finding(path, "output-unreadable", _reason(error)))
        else:
            if not same:
                findings.append(finding(path, "output-changed", "not the bytes that the build wrote"))
    for path in sorted(there - manifest.files.keys()):
        findings += [finding(path, "output-extra", "not listed in the manifest", "move it out of the output folder")]
    return findings


def read_whole(output: Path, read: Callable[[Path], T]) -> T:
    """Call `read(output)` so that all it opens belongs to one generation, whatever a build does meanwhile.

    Tries again where the folder was exchanged under the reader; an exception of `read` passes where it
    was not.  Raises BusyError when that happens five times in a row.
    """
    for _ in range(5):
        with _watching(output) as unmoved:
            try:
                result = read(output)
            except Exception:
                if unmoved():
                    raise
            else:
                if unmoved():
                    return result
        time.sleep(0.02)
    raise BusyError(f"{output} is built again and again while it is read: try later")


def refuse_foreign(output: Path, state_dir: Path) -> None:
    """Raise ProjectError where `output` holds anything that a build did not write and would delete."""
    output, state_dir = _real(output), _real(state_dir)
    with _in_words(f"cannot read {output}"):
        if not os.path.lexists(output):
            return
        if not output.is_dir():
            raise ProjectError(f"{output} is not a folder: choose another place with --output")
        if state_dir.is_relative_to(output):
            raise ProjectError(f"{output} holds the project itself: choose a folder of its own with --output")
        if os.path.ismount(output):
            raise ProjectError(f"{output} is a mount point, which nothing can be exchanged for: choose a folder in it")
        foreign = (path for path in _contents(output) if not _is_exempt(path))
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


# --- from one generation to the next ---------------------------------------------------------------


@contextlib.contextmanager
def staging(output: Path, state_dir: Path) -> Iterator[Path]:
    """Give an empty folder that can be exchanged for `output`; remove it at the end, whatever happens.

    Call under `lock`.  First finishes what a killed build left half done and removes what such builds
    left behind.  Raises ProjectError where `output` holds somebody's own files or cannot be replaced,
    and in place of any OSError in the body.
    """
    output, state_dir = _real(output), _real(state_dir)
    recover(output, state_dir)
    refuse_foreign(output, state_dir)
    with _in_words(f"cannot make a new {output}"):
        output.parent.mkdir(parents=True, exist_ok=True)
        _remove_left_overs(output, state_dir)
        folder = _new_folder(output, state_dir)
    try:
        with _in_words("cannot make the new output"):
            yield folder
    finally:
        recover(output, state_dir)  # an interrupt inside `publish`: the folder may be all there is
        _remove(folder)


def publish(folder: Path, output: Path, state_dir: Path) -> None:
    """Make the generation in `folder`, a folder from `staging`, the output.

    Afterwards `folder` may hold the old generation; it goes when `staging` ends.  Raises ProjectError,
    the old output in its place, where somebody put files of their own there meanwhile or the system
    refuses; ValueError where `folder` has no manifest.
    """
    output, state_dir = _real(output), _real(state_dir)
    if not (folder / MANIFEST).is_file():
        raise ValueError(f"no {MANIFEST} in {folder}")
    refuse_foreign(output, state_dir)
    with _in_words(f"cannot put the new output at {output}"):
        _carry_over(output, folder)
        _flush_tree(folder)
        if output.exists():
            try:
                _exchange(folder, output)
            except OSError as error:
                if error.errno not in _NO_EXCHANGE:
                    raise
                _rename_in_turn(folder, output, state_dir)
        else:
            os.rename(folder, output)
        _flush_folders(output.parent, folder.parent)


def recover(output: Path, state_dir: Path) -> None:
    """Finish the renames that a killed build left half done, if any; costs one look for a file.

    Call under `lock`.  Only the fallback of the exchange leaves anything to do.  Raises ProjectError
    where neither the new nor the old generation can be put in its place.
    """
    output, state_dir = _real(output), _real(state_dir)
    with _in_words(f"cannot put the new output at {output}"):
        _settle(output, state_dir)


def _settle(output: Path, state_dir: Path) -> OSError | None:
    """Go on from wherever the journal's renames stand; give what made it go back to the old generation."""
    journal = _journal_of(output, state_dir)
    if not os.path.lexists(journal):
        return None
    # Nothing in a journal is a path: it comes with the project folder, which may be a stranger's.
    fresh, old = (name and _place_of(name, output, state_dir) for name in _read_journal(journal))
    if fresh and _is_real_folder(fresh) and not old and os.path.lexists(output):
        refuse_foreign(output, state_dir)
        _clear(output)
    failure = None
    for folder in (fresh, old):
        if folder and _is_real_folder(folder) and not os.path.lexists(output):
            try:
                os.rename(folder, output)
            except OSError as error:
                failure = failure or error
    if failure and not os.path.lexists(output):
        raise failure
    _flush_folders(output.parent, state_dir)
    journal.unlink()
    if old:
        _remove(old)
    return failure


def _rename_in_turn(folder: Path, output: Path, state_dir: Path) -> None:
    """Replace output in steps where one step is not to be had: the first here, the others in `_settle`."""
    journal, old = _journal_of(output, state_dir), folder.with_name(_new_name(state_dir))
    _write_journal(journal, folder.name, old.name)
    try:
        os.rename(output, old)
    except OSError as error:
        if error.errno != errno.EXDEV:
            journal.unlink()
            raise
        # A folder that can be emptied but not moved (see _NO_EXCHANGE): once the journal names no old
        # folder, there is no way back, and every start deletes on and moves the new one in.
        _write_journal(journal, folder.name, None)
    if failure := _settle(output, state_dir):
        raise failure


def _journal_of(output: Path, state_dir: Path) -> Path:
    return state_dir / f"exchange-{_short_hash(output)}.json"


def _write_journal(journal: Path, fresh: str, old: str | None) -> None:
    draft = journal.with_suffix(".draft")
    draft.write_text(json.dumps({"fresh": fresh, "old": old}), encoding="utf-8")
    _flush(draft)
    os.replace(draft, journal)
    _flush_folders(journal.parent)


def _read_journal(journal: Path) -> tuple[str | None, str | None]:
    """Give the names of the new and the old folder, each None where there is none of our pattern."""
    try:
        found = json.loads(journal.read_bytes())
        names = [str(found[key]) for key in ("fresh", "old")]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None, None
    fresh, old = (name if _NAME.fullmatch(name) else None for name in names)
    return fresh, old


def _place_of(name: str, output: Path, state_dir: Path) -> Path:
    beside = output.parent / name
    return beside if os.path.lexists(beside) else state_dir / name


def _new_name(state_dir: Path) -> str:
    return f".colloquy-{_short_hash(state_dir)}-{secrets.token_hex(4)}"


def _new_folder(output: Path, state_dir: Path) -> Path:
    """Make the staging folder in `state_dir`, or beside output where it could not be moved from there.

    Moving it there and back is the one test that tells: two mounts of one device refuse as well, and
    a parent that cannot be written is known before the work, not after it.
    """
    name = _new_name(state_dir)
    folder, beside = state_dir / name, output.parent / name
    folder.mkdir()  # unlike mkdtemp's, with the rights of an ordinary new folder
    try:
        os.rename(folder, beside)
        os.rename(beside, folder)
    except OSError as error:
        _remove(folder)
        if error.errno != errno.EXDEV:
            raise
        beside.mkdir()
        return beside
    return folder


def _remove_left_overs(output: Path, state_dir: Path) -> None:
    """Remove what killed builds left: any in `state_dir`, beside output our own (others have other locks)."""
    for draft in state_dir.glob("exchange-*.draft"):
        draft.unlink()
    kept = {name for journal in state_dir.glob("exchange-*.json") for name in _read_journal(journal)}
    for place, owner in ((state_dir, None), (output.parent, _short_hash(state_dir))):
        with os.scandir(place) as entries:
            for entry in entries:
                found = _NAME.fullmatch(entry.name)
                if found and owner in (None, found[1]) and entry.name not in kept and _is_folder(entry):
                    _remove(Path(entry.path))


def _carry_over(output: Path, folder: Path) -> None:
    for name in CARRIED:
        if os.path.lexists(output / name):
            (folder / name).unlink(missing_ok=True)
            shutil.copy2(output / name, folder / name, follow_symlinks=False)


def _clear(output: Path) -> None:
    """Delete a folder so that it passes for an output of ours to the very end: the manifest goes last."""
    for entry in sorted(os.scandir(output), key=lambda entry: entry.name == MANIFEST):
        if _is_folder(entry):
            shutil.rmtree(entry.path)
        else:
            os.unlink(entry.path)
    os.rmdir(output)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)  # what cannot go now is a left-over of the next build


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


# --- small things ----------------------------------------------------------------------------------


def _contents(folder: Path, below: str = "") -> Iterator[str]:
    """Give the path of all that is no folder, in sorted order, with forward slashes; follow no link."""
    with os.scandir(folder / below) as entries:
        ordered = sorted(entries, key=lambda entry: entry.name)
    for entry in ordered:
        if _is_folder(entry):
            yield from _contents(folder, f"{below}{entry.name}/")
        else:
            yield below + entry.name


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False)


def _is_real_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _is_exempt(path: str) -> bool:
    return path == MANIFEST or path in CARRIED or path.rpartition("/")[2] in _NEGLIGIBLE


def _first(paths: Iterator[str], most: int = 3) -> str:
    """Name the first few paths without looking for the rest: the folder may be somebody's home."""
    shown = [printable(path) for _, path in zip(range(most), paths, strict=False)]
    return ", ".join(shown) + (" and more" if next(paths, None) else "")


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:8]


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


@contextlib.contextmanager
def _watching(folder: Path) -> Iterator[Callable[[], bool]]:
    """Give a function that tells whether `folder` is still the one that it was at first."""
    try:  # held open, lest its inode's number be given to the next generation but one
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # absent, or a system that opens no folders
        handle = None
    before = _identity(folder if handle is None else handle)
    try:
        yield lambda: _identity(folder) == before
    finally:
        if handle is not None:
            os.close(handle)


def _identity(folder: Path | int) -> tuple[int, int] | None:
    try:
        found = os.stat(folder)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _flush_tree(folder: Path) -> None:
    for path in _contents(folder):
        if not (folder / path).is_symlink():
            _flush(folder / path)
    _flush_folders(*(Path(root) for root, _, _ in os.walk(folder)))


def _flush(file: Path) -> None:
    handle = os.open(file, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _flush_folders(*folders: Path) -> None:
    if os.name != "nt":  # where a folder cannot be opened
        for folder in folders:
            _flush(folder)


@contextlib.contextmanager
def _in_words(failure: str) -> Iterator[None]:
    try:
        yield
    except (BrokenPipeError, TimeoutError):  # OSErrors that say nothing of files
        raise
    except OSError as error:
        raise ProjectError(f"{failure}: {_reason(error)}") from error


def _reason(error: OSError) -> str:
    reason = error.strerror.lower() if error.strerror else str(error) or type(error).__name__
    path = error.filename2 or error.filename
    where = f" ({path})" if path else ""
    advice = _ADVICE.get(error.errno or 0)
    return reason + where + (f"; {advice}" if advice else "")
