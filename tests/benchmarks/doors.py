"""Every shipped question at every door that a server or a library opens, with equal rows, and how long each takes.

    python tests/benchmarks/doors.py --project DIR [--data DIR] [--without-rdflib]

The project has to be built.  All doors must give the same rows of every question, or the run fails; so this
is the test of equal answers at full size.

| door | what it is |
| --- | --- |
| embedded | `Project.query` on the build's store |
| serve | `colloquy serve` on the same store |
| oxigraph | `oxigraph serve-read-only` on the same store |
| loaded | `oxigraph serve` on a folder of its own, which `Project.load` published the build in |
| rdflib | the build's dataset in memory, asked once and not timed |

The first four answer in turn, `--rounds` times each, and medians are compared: a busy machine is busy for
all.  The same client asks all servers, so its own time is in each figure.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from colloquy.project import Project
from colloquy.query import Answer, RdflibEngine, RemoteEngine, SparqlEngine, same_rows
from colloquy.store import store_folder
from stores import free_port, running

OXIGRAPH = str(Path(sys.executable).with_name("oxigraph"))


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def main() -> int:
    """Load the build, ask everything everywhere, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--project", type=Path, default=Path())
    parser.add_argument("--data", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--without-rdflib", action="store_true")
    options = parser.parse_args()
    here = Project(options.project, data=options.data)
    folder, differing = str(options.project.resolve()), 0
    with tempfile.TemporaryDirectory(prefix="colloquy-") as own, ExitStack() as stack:

        def start(*words: str) -> str:
            port = free_port()
            command = [word.replace("PORT", str(port)) for word in words]
            return stack.enter_context(running(command, port, seconds=60))

        def remote(url: str) -> RemoteEngine:
            return RemoteEngine(url, prefixes=here.prefixes)

        served = start(sys.executable, "-m", "colloquy", "serve", "--project", folder, "--port", "PORT")
        same = start(OXIGRAPH, "serve-read-only", "-l", str(store_folder(here.output)), "-b", "127.0.0.1:PORT")
        url = start(OXIGRAPH, "serve", "-l", own, "-b", "127.0.0.1:PORT")
        there = Project(options.project, data=options.data, store=url + "/query")
        say(loading(there, url + "/store"))
        doors: dict[str, SparqlEngine] = {
            "embedded": here.engine(),
            "serve": remote(served + "/sparql"),
            "oxigraph": remote(same + "/query"),
            "loaded": there.engine(),
        }
        reference = None if options.without_rdflib else RdflibEngine(here.graph(), prefixes=here.prefixes)
        say(f"\n| question | rows | {', ms | '.join(doors)}, ms | serve / oxigraph | same rows |")
        say(f"| --- | --: |{' --: |' * len(doors)} --: | --- |")
        for question in here.questions():
            values = here.values(question, {})
            spent: dict[str, list[float]] = {name: [] for name in doors}
            first = [reference.ask(question.query, substitutions=values)] if reference else []
            answers: list[Answer] = []
            for _ in range(options.rounds + 1):
                answers = [*first]
                for name, engine in doors.items():
                    begun = time.perf_counter()
                    answers.append(engine.ask(question.query, substitutions=values))
                    spent[name].append(1_000 * (time.perf_counter() - begun))
            equal = all(same_rows(answers[0], other) for other in answers[1:])
            differing += not equal
            medians = {name: statistics.median(times[1:]) for name, times in spent.items()}
            figures = [f"{one:.1f}" for one in (*medians.values(), medians["serve"] / medians["oxigraph"])]
            cells = [question.name, str(len(answers[0])), *figures, "yes" if equal else "NO"]
            say(f"| {' | '.join(cells)} |")
    say(f"\n{differing} questions with other rows")
    return 1 if differing else 0


def loading(project: Project, url: str) -> str:
    """Publish the build, and say what it took on this side."""
    begun, own = time.monotonic(), time.process_time()
    triples = sum(one.now.triples for one in project.load(url))
    spent = time.process_time() - own
    return (
        f"{triples:,} triples loaded and proved: {time.monotonic() - begun:.1f} s,"
        f" of which {spent:.1f} s of CPU here (peak {_peak():,} MB)"
    )


def _peak() -> int:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> (20 if os.uname().sysname == "Darwin" else 10)


if __name__ == "__main__":
    sys.exit(main())
