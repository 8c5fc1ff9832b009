"""What it costs to ask which names may be one, and to find the name that a misspelt one stands for.

    COLLOQUY_SHARED=../shared python tests/benchmarks/names.py

The names are those of the speakers of RubyEvents with their aliases; for more, given names and family
names of theirs are put together by chance.  Figures are medians of CPU milliseconds in one process,
the imports apart, which are measured in fresh processes.  The other ways to find names one letter
apart are here because they were tried: each gives the same pairs, those that differ in a digit apart.
"""

from __future__ import annotations

import difflib
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import combinations
from pathlib import Path

import yaml

from colloquy.errors import Place
from colloquy.identity import Thing, fold, nearest, same_or_different

ROUNDS = 7
IMPORTS = {
    "colloquy.errors": "import colloquy.errors",
    "colloquy.identity, with that": "import colloquy.identity",
    "rapidfuzz": "from rapidfuzz import process; from rapidfuzz.distance import Indel",
    "numpy, which rapidfuzz needs for a whole table": "import numpy",
}


def milliseconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Give the median CPU time of some work."""
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return 1000 * statistics.median(taken)


def import_milliseconds(statement: str) -> float:
    """Give the median CPU time of an import in a fresh process; what Python itself imports does not count."""
    script = f"import time, typing, re\nstart = time.process_time()\n{statement}\nprint(time.process_time() - start)"
    words = [sys.executable, "-c", script]
    runs = [subprocess.run(words, capture_output=True, check=True, text=True).stdout for _ in range(11)]
    return 1000 * statistics.median(map(float, runs))


def speakers(shared: Path) -> list[Thing]:
    """Give the speakers of RubyEvents, with their accounts."""
    labels = {"github": "GitHub", "twitter": "Twitter", "website": "Website", "speakerdeck": "Speaker Deck"}
    text = (shared / "data/rubyevents/speakers.yml").read_bytes()
    return [
        Thing(
            one["slug"], one["slug"], Place("speakers.yml", line, 3), "Person",
            (one["name"], *(other["name"] for other in one.get("aliases", ()))),
            tuple((label, one[key]) for key, label in labels.items() if one.get(key)),
        )
        for line, one in enumerate(yaml.load(text, yaml.CSafeLoader), 2)
    ]  # fmt: skip


def many(names: Iterable[str], number: int) -> list[str]:
    """Put given names and family names together by chance, always the same ones."""
    words = [name.split() for name in names]
    chance = random.Random(1)
    found: dict[str, None] = {}
    while len(found) < number:
        found[f"{chance.choice(words)[0]} {chance.choice(words)[-1]}"] = None
    return list(found)


def blocks(texts: Collection[str]) -> Iterator[list[str]]:
    """Group texts that share their first half or their second, of which one slip leaves one whole."""
    by_length: dict[int, list[str]] = {}
    for text in texts:
        by_length.setdefault(len(text), []).append(text)
    for length, same in by_length.items():
        half = (length - 1) // 2
        halves: dict[tuple[bool, str], list[str]] = {}
        for text in (*same, *by_length.get(length + 1, ())):
            halves.setdefault((True, text[:half]), []).append(text)
            halves.setdefault((False, text[half + 1 - length :]), []).append(text)
        yield from halves.values()


def rapidfuzz_in_blocks(texts: Collection[str]) -> set[tuple[str, str]]:
    """Find pairs one letter apart with a library, among those that share a half."""
    from rapidfuzz.distance import OSA

    return {
        (a, b) if a < b else (b, a)
        for block in blocks(texts)
        for a, b in combinations(block, 2)
        if OSA.distance(a, b, score_cutoff=1) == 1
    }


def rapidfuzz_table(texts: Collection[str]) -> object:
    """Compare everybody with everybody in the library."""
    import numpy
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import cdist

    return numpy.argwhere(cdist(list(texts), list(texts), scorer=OSA.distance, score_cutoff=1, dtype=numpy.uint8) == 1)


def rows(shared: Path) -> Iterator[tuple[str, float]]:
    """Take the measurements."""
    people = speakers(shared)
    names = [name for one in people for name in one.names]
    plain = [one._replace(keys=()) for one in people]
    crowd = many(names, 50_000)
    things = [Thing(str(i), str(i), Place("names", i, 1), "Person", (name,), ()) for i, name in enumerate(crowd)]
    for what, statement in IMPORTS.items():
        yield f"import {what}", import_milliseconds(statement)
    yield f"fold {len(names):,} names", milliseconds(lambda: [fold(name) for name in names])
    yield f"ask of {len(names):,} names", milliseconds(lambda: same_or_different(plain, set()))
    ids = sum(len(one.keys) for one in people)
    yield f"… and of {ids:,} outside ids", milliseconds(lambda: same_or_different(people, set()))
    yield f"ask of {len(crowd):,} names", milliseconds(lambda: same_or_different(things, set()), 3)
    equal = [one._replace(names=("Ada Brook",)) for one in things]
    yield f"ask of {len(crowd):,} that are all equal", milliseconds(lambda: same_or_different(equal, set()), 1)
    folded = {fold(name).replace(" ", "") for name in names}
    yield f"one letter apart, rapidfuzz in blocks, {len(folded):,}", milliseconds(lambda: rapidfuzz_in_blocks(folded))
    yield f"one letter apart, rapidfuzz's table, {len(folded):,}", milliseconds(lambda: rapidfuzz_table(folded), 1)
    ids_20 = [fold(name).replace(" ", "-") for name in crowd[:20_000]]
    yield "the nearest of 20,000", milliseconds(lambda: nearest("aaron-paterson", ids_20))
    yield "… where none is near", milliseconds(lambda: nearest("zzzz-qqqqq", ids_20))
    yield "… with difflib", milliseconds(lambda: difflib.get_close_matches("aaron-paterson", ids_20, 1, 0.6), 3)


def main() -> int:
    """Print a table."""
    if not (shared := os.environ.get("COLLOQUY_SHARED")):
        sys.stderr.write("names: COLLOQUY_SHARED has to name the folder that holds data/rubyevents\n")
        return 2
    for what, taken in rows(Path(shared)):
        sys.stdout.write(f"{what:55} {taken:9.1f} ms\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
