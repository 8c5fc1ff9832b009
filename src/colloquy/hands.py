"""Helping hands: processes that read and compile a share of the files each (`--jobs`).

Each is a program of its own (`python -m colloquy.shift`), so that nothing of the caller is run
twice.  What goes to and fro are plain values: the files, what they declare, what all files
declare, and the units.
"""

from __future__ import annotations

import marshal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from colloquy import plain
from colloquy.entries import Declared
from colloquy.errors import ProjectError
from colloquy.unit import Unit

LEAST = 200
"""So many files are worth a process: each takes a quarter of a second to begin."""

File = tuple[str, bytes, str]


class Hands:
    """The helping hands of one run; with `jobs` of 2 there is one, since the caller works too."""

    def __init__(self, project: Path, jobs: int) -> None:
        self.project, self.jobs = project, jobs
        self._hands: list[subprocess.Popen[bytes]] = []

    def share(self, files: Sequence[File]) -> list[File]:
        """Give shares to the hands, and the rest, the caller's own, back; all of it where there is too little."""
        count = min(self.jobs, len(files) // LEAST)
        if count < 2:
            return list(files)
        shares: list[list[File]] = [[] for _ in range(count)]
        weights = [0] * count
        for file in sorted(files, key=lambda f: -len(f[1])):
            lightest = weights.index(min(weights))
            shares[lightest].append(file)
            weights[lightest] += len(file[1])
        for share in shares[1:]:
            command = [sys.executable, "-m", "colloquy.shift", str(self.project)]
            hand = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self._hands.append(hand)
            self._send(hand, share)
        return shares[0]

    def declared(self) -> Iterator[Declared]:
        """Give what the files of all hands declare."""
        for hand in self._hands:
            yield from map(plain.declared, self._receive(hand))

    def units(self, everything: Iterable[Declared]) -> Iterator[Unit]:
        """Tell all hands what all files declare, and give their units."""
        if self._hands:
            told = [plain.of_declared(one) for one in everything]
            for hand in self._hands:
                self._send(hand, told)
        for hand in self._hands:
            yield from (plain.unit(values, rows) for values, rows in self._receive(hand))

    def dismiss(self) -> None:
        """End all hands, at work or not."""
        for hand in self._hands:
            if hand.poll() is None:
                hand.kill()
            for pipe in (hand.stdin, hand.stdout):
                if pipe:
                    pipe.close()
            hand.wait()
        self._hands = []

    def _send(self, hand: subprocess.Popen[bytes], values: Any) -> None:
        assert hand.stdin is not None
        try:
            marshal.dump(values, hand.stdin)
            hand.stdin.flush()
        except OSError:
            raise ProjectError("a process of --jobs ended before its work was done — try with --jobs 1") from None

    def _receive(self, hand: subprocess.Popen[bytes]) -> Any:
        assert hand.stdout is not None
        try:
            return marshal.load(hand.stdout)
        except (EOFError, ValueError, TypeError):
            raise ProjectError("a process of --jobs ended before its work was done — try with --jobs 1") from None
