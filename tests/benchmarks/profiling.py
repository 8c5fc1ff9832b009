"""Where the time of a command goes: `python -m tests.benchmarks.profiling [check|build] [--lines 40] [--by tottime]`.

The command runs without a cache under cProfile, which makes calls dearer than they are: shares count,
seconds do not.
"""

from __future__ import annotations

import argparse
import os
import pstats
import subprocess
import sys
import tempfile
from pathlib import Path

from .bench import PROJECT, workshop
from .measure import environment


def main() -> int:
    """Profile one command and print its dearest functions."""
    data = Path(os.environ.get("COLLOQUY_SHARED", "")) / "data" / "rubyevents"
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.profiling")
    parser.add_argument("verb", nargs="?", default="build", choices=("check", "build"))
    parser.add_argument("--lines", type=int, default=40, help="how many functions: 40")
    parser.add_argument("--by", default="tottime", choices=("tottime", "cumtime"), help="in it alone, or below it too")
    parser.add_argument("--project", type=Path, default=PROJECT, metavar="DIR")
    parser.add_argument("--data", type=Path, default=data, metavar="DIR")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, workshop(Path(folder) / "work", options.project) as scratch:
        words = [options.verb, "--project", scratch / "project", "--data", options.data.resolve(), "--no-cache"]
        if options.verb == "build":
            words += ["--output", scratch / "output", "--no-pages", "--keep-going"]
        profile = scratch / "profile"
        command = [sys.executable, "-m", "cProfile", "-o", profile, "-m", "colloquy", *words]
        subprocess.run(command, env=environment(), stdout=subprocess.DEVNULL, check=False)
        if not profile.exists():
            return 1
        pstats.Stats(str(profile)).strip_dirs().sort_stats(options.by).print_stats(options.lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
