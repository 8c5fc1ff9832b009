"""The command line of the benchmarks: `python -m tests.benchmarks [PART…]`."""

from __future__ import annotations

import argparse
import compileall
import datetime
import os
import platform
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from .bench import HERE, PROJECT, Bench, workshop
from .measure import FailedError, environment
from .table import Line, pre, section, write

# Each part is a module beside this one with NOTES, and `run`, which takes a Bench and gives lines;
# the last four are programs of their own, each of which prints a table of its own.
TITLES = {
    "load": "Checking, against merely loading the YAML",
    "build": "Building, against a script",
    "peers": "Facts for each second of CPU, against morph-kgc and LinkML",
    "change": "After one changed line, against everything anew",
    "size": "Time and memory, as the facts grow",
    "queries": "Asking",
    "names": "Names that may be one",
    "page": "The network page",
    "doctor": "When a query gives nothing",
}
PROGRAMS = ("queries", "names", "page", "doctor")
HEAD = """# How fast, and how large

Written by `make bench`. *colloquy* and its peers work on the same facts (RubyEvents, 2,538 YAML files) in the same run,
in turn, each time in a fresh process. Time is CPU seconds, user and system, of a process and its children. Figures are
medians; a ratio is that of the medians, *colloquy* divided by the peer, and in brackets stand the least and the
greatest of single rounds. The bars were set before anything was measured.
"""


def main() -> int:
    """Run the parts that are named, or all, and write each into the table as soon as it is there."""
    options = read_options()
    shared = os.environ.get("COLLOQUY_SHARED", "")
    data = Path(shared).resolve() / "data" / "rubyevents"
    if not shared or not data.is_dir():
        sys.stderr.write("benchmarks: COLLOQUY_SHARED has to name the folder that holds data/rubyevents\n")
        return 2
    compileall.compile_dir(str(HERE.parent.parent / "src"), quiet=2)  # as an installed package is
    with tempfile.TemporaryDirectory(prefix="colloquy-") as folder:
        for name in options.parts or TITLES:
            with workshop(Path(folder) / name, options.project.resolve()) as scratch:
                bench = Bench(data, scratch / "project", scratch, options.rounds, options.size, progress)
                text = program(bench, name) if name in PROGRAMS else comparison(bench, name)
            if text:
                write(options.table, HEAD, {TITLES[name]: text}, tuple(TITLES.values()))
    return 0


def read_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Measure colloquy against peers.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(TITLES)}; all where none is named")
    parser.add_argument("--rounds", type=int, default=5, help="how often everything is measured: 5")
    parser.add_argument("--size", type=int, default=1, choices=range(1, 11), metavar="N", help="1 to 10 times facts")
    parser.add_argument("--table", type=Path, default=HERE / "results.md", metavar="FILE", help="results.md in here")
    parser.add_argument("--project", type=Path, default=PROJECT, metavar="DIR", help="docs/examples/rubyevents")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(TITLES):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; parts are {', '.join(TITLES)}")
    return options


def comparison(bench: Bench, name: str) -> str:
    """Run a part and give its section."""
    module = import_module(f".{name}", __package__)
    lines: list[Line] = []
    try:
        for line in module.run(bench):
            progress(str(line))
            lines.append(line)
    except FailedError as error:  # in what is prepared before; what is measured tells its own reasons
        lines.append(Line("the rest", str(error), "", "", "", "not measured"))
        progress(str(lines[-1]))
    return section(TITLES[name], circumstances(bench), module.NOTES, lines)


def program(bench: Bench, name: str) -> str:
    """Run a program that measures by itself, and give what it prints as a section; nothing where it fails."""
    file = HERE / f"{name}.py"
    progress(f"{name}: measuring")
    done = subprocess.run([sys.executable, file], stdout=subprocess.PIPE, text=True, env=environment(), check=False)
    if done.returncode:
        progress(f"{name}: failed with exit code {done.returncode}")
        return ""
    told = done.stdout.replace(f"{bench.data}", bench.data.name)
    progress(told)
    return pre(TITLES[name], circumstances(bench), told)


def circumstances(bench: Bench) -> str:
    """Say when and with what was measured; nothing that names this machine."""
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    environments = [
        bench.versions(Path(sys.executable), "colloquy", "PyYAML", "pyoxigraph", "rdflib"),
        bench.versions(bench.python("morph-kgc"), "morph-kgc", "pandas", "rdflib"),
        bench.versions(bench.python("linkml"), "linkml", "PyYAML", "rdflib"),
    ]
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    where = f"{platform.system()}, {cpus} CPUs, Python {platform.python_version()}"
    said = f"{today}; {where}; {bench.rounds} rounds where nothing else is said. Environments: "
    return said + "; ".join(filter(None, environments)) + "."


def progress(text: str) -> None:
    """Tell what goes on."""
    sys.stderr.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
