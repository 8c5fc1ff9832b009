"""Starts the command line; nothing dear is imported before an interrupt can be taken in peace."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run `colloquy`, as the console script and `python -m colloquy` do.

    A command is over before there is anything to collect, so the collector of cycles stays off, from the
    imports on; a watch and a server, which go on, turn it on.
    """
    gc.disable()
    try:
        from colloquy.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("colloquy: interrupted\n")
        sys.exit(130)
    finally:
        gc.freeze()  # or it would look at every object once more, before all of them go


if __name__ == "__main__":
    main()
