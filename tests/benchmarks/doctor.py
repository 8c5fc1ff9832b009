"""How well the doctor finds seeded faults, and how well maplib's `query(debug=True)` does on the same ones.

Reads `tests/faults/*.yaml` (or the files that are named): queries that give rows, each with one fault
seeded, and queries for what is truly absent.  Both graphs are built, or taken from a folder that
`--built` names.  Run it with `COLLOQUY_SHARED` set; prints a table.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(REPOSITORY / "tests"))

from colloquy.doctor import Diagnosis  # noqa: E402 - the repository has to be found first
from colloquy.errors import ColloquyError  # noqa: E402
from colloquy.project import Project  # noqa: E402
from colloquy.query import same_rows  # noqa: E402
from colloquy.sparql import read_query  # noqa: E402
from seeded import Fault, read_faults  # noqa: E402

FAULTS = REPOSITORY / "tests" / "faults"
PEER = Path(sys.prefix) / "peers" / "maplib" / "bin" / "python"
GRAPHS = {"seminar": REPOSITORY, "rubyevents": REPOSITORY / "docs" / "examples" / "rubyevents"}


@dataclass(frozen=True)
class Score:
    """What came of one fault."""

    fault: Fault
    cause: str
    named: bool
    """Whether the part that is named holds the seeded change."""
    repairs: int
    same: bool
    """Whether the first repair gives the rows that were there before."""
    seconds: float
    cpu: float


def main() -> int:
    """Score both, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="files of faults; tests/faults/*.yaml")
    parser.add_argument("--built", type=Path, help="a folder that holds, or will hold, built graphs")
    parser.add_argument("--alone", action="store_true", help="leave maplib out")
    parser.add_argument("--show", action="store_true", help="show every miss")
    options = parser.parse_args()
    faults = [fault for file in options.files or sorted(FAULTS.glob("*.yaml")) for fault in read_faults(file)]
    with tempfile.TemporaryDirectory() as folder:
        projects = open_projects({fault.graph for fault in faults}, options.built or Path(folder))
        scores = [score(projects[fault.graph], fault) for fault in faults]
        peer = [] if options.alone else ask_peer(projects, faults, Path(folder))
    print_table(scores, peer)
    if options.show:
        print_misses(scores)
    return 0


def open_projects(names: Iterable[str], folder: Path) -> dict[str, Project]:
    """Build the graphs that faults are about, or take them as they stand there."""
    data = Path(os.environ.get("COLLOQUY_SHARED", "")) / "data" / "rubyevents"
    projects = {}
    for name in sorted(names):
        given = {"data": data} if name == "rubyevents" else {}
        project = Project(GRAPHS[name], output=folder / name, cache=False, **given)  # type: ignore[arg-type]
        if not project.output.exists():
            sys.stderr.write(f"building {name}\n")
            project.build(pages=False, keep_going=True)
        project.engine().ask("ASK {}")
        projects[name] = project
    return projects


def score(project: Project, fault: Fault) -> Score:
    """Let the doctor look at one fault."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    try:
        found = project.diagnose(fault.query)
    except ColloquyError as error:
        sys.stderr.write(f"{fault.name}: {error}\n")
        found = None
    cpu = resource.getrusage(resource.RUSAGE_SELF).ru_utime - before
    if found is None:
        return Score(fault, "", False, 0, False, 0.0, cpu)
    same = bool(found.repairs and fault.working) and same_rows(
        project.query(found.repairs[0].query + " "), project.query(fault.working + " ")
    )
    return Score(fault, found.cause, names_it(found, fault), len(found.repairs), same, found.seconds, cpu)


def names_it(found: Diagnosis, fault: Fault) -> bool:
    """Tell whether the part that the doctor names holds what was changed."""
    return found.part is not None and any(word in found.part.text for word in changed(fault))


def changed(fault: Fault) -> list[str]:
    """Give the words of a query that its seeded change touches: names, texts and numbers."""
    if not fault.working:
        return []
    old, new = (re.findall(r'"[^"]*"|<[^>]*>|[^\s{}();,]+', text) for text in (fault.working, fault.query))
    found = []
    for kind, _, _, start, end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            found += new[start:end] or new[max(0, start - 1) : start + 1]
    return [word for word in found if re.search(r"\w", word)]


@dataclass(frozen=True)
class Peer:
    """What maplib said of one fault."""

    fault: Fault
    named: bool
    failed: bool
    seconds: float


def ask_peer(projects: dict[str, Project], faults: list[Fault], folder: Path) -> list[Peer]:
    """Let maplib look at all faults; nothing where it is not installed."""
    if not PEER.exists():
        return []
    found = []
    for name, project in projects.items():
        mine = [fault for fault in faults if fault.graph == name]
        queries, answers = folder / f"{name}-queries.json", folder / f"{name}-answers.json"
        queries.write_text(json.dumps([declared(fault.query, project) for fault in mine]), encoding="utf-8")
        words: list[str | Path] = [
            "-m",
            "tests.benchmarks.scripts.maplib_script",
            project.output / "graph.nq",
            queries,
            answers,
        ]
        answered: list[dict[str, Any]] = []
        while len(answered) < len(mine):  # some queries end its process
            subprocess.run([PEER, *words, str(len(answered))], cwd=REPOSITORY, capture_output=True, timeout=1800)
            lines = answers.read_text(encoding="utf-8").splitlines()
            answered += [json.loads(line) for line in lines]
            if len(answered) < len(mine):
                answered.append({"rows": 0, "said": "", "error": "ended", "seconds": 0.0})
        for fault, said in zip(mine, answered, strict=True):
            told = said["said"] if said["rows"] == 0 else ""
            named = any(full(word, project) in told for word in changed(fault))
            found.append(Peer(fault, named, bool(said["error"]), said["seconds"]))
    return found


def declared(query: str, project: Project) -> str:
    """Declare the prefixes that a query of a project may leave out."""
    outside = read_query(query, project.prefixes).prefixes
    return "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in outside.items()) + query


def full(word: str, project: Project) -> str:
    """Write a prefixed name as maplib does, in full."""
    prefix, colon, local = word.lstrip("^").partition(":")
    return project.prefixes[prefix] + local if colon and prefix in project.prefixes else word


def print_table(scores: list[Score], peer: list[Peer]) -> None:
    """Print the scores by cause."""
    seeded = [s for s in scores if s.fault.cause != "absent"]
    say(f"{'cause':20}{'faults':>8}{'cause':>8}{'rows':>8}{'part':>8}{'maplib: part':>14}{'failed':>8}")
    for cause in [*sorted({s.fault.cause for s in seeded}), "absent", ""]:
        mine = [s for s in scores if s.fault.cause == cause] if cause else seeded
        its = [p for p in peer if p.fault.cause == cause] if cause else [p for p in peer if p.fault.cause != "absent"]
        if not mine:
            continue
        right = sum(s.cause == s.fault.cause for s in mine)
        rows = sum(s.repairs == 0 for s in mine) if cause == "absent" else sum(s.same for s in mine)
        part, other = sum(s.named for s in mine), sum(p.named for p in its)
        told = f"{share(part, mine)}{share(other, its):>14}" if cause != "absent" else f"{'':8}{'':14}"
        failed = sum(p.failed for p in its)
        say(f"{cause or 'all seeded':20}{len(mine):8}{share(right, mine)}{share(rows, mine)}{told}{failed:8}")
    everything = [s.seconds for s in scores]
    if everything:
        say(f"all, absent too: right cause {share(sum(s.cause == s.fault.cause for s in scores), scores).strip()}")
        slow = f"{statistics.median(everything):.3f} s at the median, {max(everything):.2f} s at the most"
        say(f"doctor: {slow}, and {sum(s.cpu for s in scores) / len(scores):.3f} s of its own CPU on average")
    if peer:
        times = [p.seconds for p in peer if not p.failed] or [0.0]
        say(f"maplib: {statistics.median(times):.3f} s of CPU at the median; it names no cause and offers no repair")


def share(part: int, whole: list[Score] | list[Peer]) -> str:
    """Write a share in eight columns."""
    return f"{part / len(whole):8.1%}" if whole else f"{'–':>8}"


def print_misses(scores: list[Score]) -> None:
    """Print what was missed, and how."""
    for s in scores:
        absent = s.fault.cause == "absent"
        if s.cause != s.fault.cause or (s.repairs > 0 if absent else not s.same):
            say(f"{s.fault.name}: {s.fault.cause} taken for {s.cause or 'nothing'}, {s.repairs} repairs, same {s.same}")
    say(str(Counter((s.fault.cause, s.cause) for s in scores if s.cause != s.fault.cause).most_common()))


def say(text: str) -> None:
    """Print a line."""
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
