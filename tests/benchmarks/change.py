"""One changed line: check and build with a cache against the same without, and the outputs byte for byte."""

from __future__ import annotations

import dataclasses
import filecmp
import itertools
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from .bench import Bench
from .measure import Command
from .table import Line, at_most, compare

NOTES = """
Both sides are *colloquy*: the peer is the same command with `--no-cache`. Before each measured run with a cache, and
not within it, one line of a copy of the data is changed to something that was never there: the title of a talk in one
`videos.yml`, or the account of one person in `speakers.yml`, on whom all talks depend. The build with a cache writes
where its last one did, as a second build does for anybody; `--no-cache` takes over nothing of an earlier output, and
begins without one. After each pair the two output folders are compared, every file but the store's.
"""
TALKS = Path("railsconf/railsconf-2023/videos.yml")
PEOPLE = Path("speakers.yml")


def run(bench: Bench) -> Iterator[Line]:
    """Measure both kinds of change."""
    data = bench.scratch / "changing" / bench.data.name
    shutil.copytree(bench.data, data)
    yield from one_line(bench, data, "a talk's title", data / TALKS, re.compile(rb'(?m)^  title: "([^"\n]*)"$'))
    yield from one_line(bench, data, "a person's account", data / PEOPLE, re.compile(rb'(?m)^  github: "([^"\n]+)"$'))


def one_line(bench: Bench, data: Path, what: str, file: Path, line: re.Pattern[bytes]) -> Iterator[Line]:
    """Measure with one line of a file changed before each run."""
    kept, anew = bench.scratch / "kept", bench.scratch / "anew"
    edit = editor(file, line)
    differ: list[str] = []
    check, build = bench.check(data, cache=True), bench.build(kept, data, cache=True)
    cold_check, cold_build = bench.check(data), bench.build(anew, data)

    def compare_and_change() -> None:
        if kept.exists() and anew.exists():
            differ.extend(differences(kept, anew))
        edit()

    commands = {
        "check after a change": with_before(check, edit),
        "check anew": cold_check,
        "build after a change": with_before(build, compare_and_change),
        "build anew": cold_build,
    }
    series = bench.measure(commands)
    changed_check, whole_check, changed_build, whole_build = series.values()
    yield compare(f"`check`, {what} changed", changed_check, whole_check, at_most(0.20))
    yield compare(f"`build`, {what} changed", changed_build, whole_build, at_most(0.50))
    if changed_build.failed or whole_build.failed:
        yield Line(f"the same bytes, {what} changed", "", "", "", "equal", "not measured")
    else:
        differ.extend(differences(kept, anew))
        told = "equal" if not differ else "differ: " + ", ".join(sorted(set(differ))[:5])
        yield Line(f"the same bytes, {what} changed", told, "", "", "equal", "**missed**" if differ else "met")


def with_before(command: Command, before: Callable[[], None]) -> Command:
    """Put something else before a command."""
    return dataclasses.replace(command, before=before)


def editor(file: Path, line: re.Pattern[bytes]) -> Callable[[], None]:
    """Give what changes the first line of a pattern in a file, each time to something new."""
    text, numbers = file.read_bytes(), itertools.count(1)
    found = line.search(text)
    if not found:
        raise ValueError(f"{file.name} has no line of the form {line.pattern!r}")
    start, end = found.span(1)

    def edit() -> None:
        file.write_bytes(text[:start] + b"changed-%d" % next(numbers) + text[end:])

    return edit


def differences(one: Path, other: Path) -> list[str]:
    """Name the files that are not the same in two output folders; the stores' are not looked at."""

    def files(folder: Path) -> set[str]:
        named = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
        return {path.as_posix() for path in named if not path.parts[0].startswith("store-")}

    both = files(one) & files(other)
    _, differ, unread = filecmp.cmpfiles(one, other, both, shallow=False)
    return sorted({*differ, *unread, *(files(one) ^ files(other))})
