"""Starts the command line; nothing dear is imported before an interrupt can be taken in peace."""

from __future__ import annotations

import sys


def main() -> None:
    """Run `colloquy`, as the console script and `python -m colloquy` do."""
    try:
        from colloquy.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("colloquy: interrupted\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
