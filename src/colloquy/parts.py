"""Fact files as they are read: as a whole, or a large list in parts, so that a change costs the part it stands in.

A file is cut where it is a list whose items begin in the first column, and nothing else does.  Its parts,
read one by one, hold what the whole holds, if each is a list by itself, of as many items as were counted.
Else, as with a line in quotation marks that looks like an item, the file has to be read as a whole.
"""

from __future__ import annotations

import hashlib
import re

LINES = 1_000
"""A part ends with the first item that goes beyond a multiple of so many lines: a change that adds none moves none."""

_ITEM = re.compile(rb"^-[ \n]", re.MULTILINE)
_HEAD = re.compile(rb"(?:#.*\n|[ ]*\n|---[ ]*\n)*+(?=-[ \n])")
_STRANGE = re.compile(rb"^(?:[^\s#-]|-[^ \n]|[ ]*\t)|[\r\x00]", re.MULTILINE)


class Source:
    """A fact file: its name as findings show it, and its path below the folder of facts.

    It is read when its bytes are first asked for, unless they are given; so it need not be where its digest is known.
    """

    __slots__ = ("_data", "_digest", "file", "name", "path")

    part = 0
    """Which part of the file it is, from 1; 0 stands for all of it."""
    before, items = 0, 0
    """Of a part: how many items of the file's list stand before it, and in it."""

    def __init__(self, name: str, data: bytes | None, path: str, *, file: str = "", digest: str = "") -> None:
        self.name, self.path, self.file = name, path, file
        self._data, self._digest = data, digest

    @property
    def data(self) -> bytes:
        """The bytes of the file."""
        if self._data is None:
            with open(self.file, "rb", buffering=0) as file:  # all is read at once
                self._data = file.read()
            self._digest = ""  # of what was read now, whatever stood there before
        return self._data

    @property
    def digest(self) -> str:
        """The SHA-256 of the bytes."""
        if not self._digest:
            self._digest = hashlib.sha256(self.data).hexdigest()
        return self._digest

    @property
    def key(self) -> str:
        """What its unit goes by: the name, and the number of a part."""
        return key_of(self.name, self.part)

    @property
    def of_file(self) -> str:
        """The SHA-256 of the whole file."""
        return self.digest


class Part(Source):
    """A part of a file; the lines before it are there, but empty, so that every place is that in the file."""

    __slots__ = ("before", "items", "part", "whole")

    def __init__(
        self, whole: Source, part: int, data: bytes | None = None, before: int = 0, items: int = 0, *, digest: str = ""
    ) -> None:
        super().__init__(whole.name, data, whole.path, digest=digest)
        self.whole, self.part, self.before, self.items = whole, part, before, items

    @property
    def data(self) -> bytes:
        """The bytes of the part, with an empty line for each line before it."""
        if self._data is None:
            now = next((one for one in cut(self.whole) if one.part == self.part), None)
            self._data, self.before, self.items = (now.data, now.before, now.items) if now else (b"", 0, 0)
            self._digest = ""
        return self._data

    @property
    def digest(self) -> str:
        """The SHA-256 of what it says and of its place."""
        if not self._digest:
            self._digest = hashlib.sha256(b"%d\n%b" % (self.before, self.data)).hexdigest()
        return self._digest

    @property
    def of_file(self) -> str:
        """The SHA-256 of the whole file."""
        return self.whole.digest


def key_of(name: str, part: int) -> str:
    """Give what the unit of a file, or of a part of it, goes by; no file has a name with a zero byte."""
    return f"{name}\0{part}" if part else name


def cut(source: Source) -> list[Part]:
    r"""Give the parts of a large list; none where the file is small, or may mean something else in parts.

    >>> [part.before for part in cut(Source("a.yml", b"- a: 1\n  b: 2\n" * 1500, "a.yml"))]
    [0, 500, 1000]
    """
    data = source.data
    count = data.count(b"\n")
    if count < 2 * LINES or not (head := _HEAD.match(data)) or _STRANGE.search(data, head.end()):
        return []
    parts: list[Part] = []
    start = start_line = before = 0
    line, at = head[0].count(b"\n"), head.end()
    number = -1
    for number, item in enumerate(_ITEM.finditer(data, at)):
        line += data.count(b"\n", at, item.start())
        at = item.start()
        if line // LINES > start_line // LINES and number > before:
            lines = b"\n" * start_line + data[start:at]
            parts.append(Part(source, len(parts) + 1, lines, before, number - before))
            start, start_line, before = at, line, number
    parts.append(Part(source, len(parts) + 1, b"\n" * start_line + data[start:], before, number + 1 - before))
    return parts if len(parts) > 1 else []
