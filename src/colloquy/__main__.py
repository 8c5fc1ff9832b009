"""Starts the command line; nothing dear is imported before an interrupt can be taken in peace."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from typing import NoReturn

INTERRUPTED = 130


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
        _end(INTERRUPTED)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            _end(INTERRUPTED)
        raise
    finally:
        gc.freeze()  # or it would look at every object once more, before all of them go


def _end(code: int) -> NoReturn:
    """End with this code: of an interrupt within `exec`, which makes dataclasses, Python would die by a signal."""
    with suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
