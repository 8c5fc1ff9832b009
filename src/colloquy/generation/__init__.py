"""Old output or new output, never half: the one step from a generation to the next.

    with lock(state_dir), staging(output, state_dir) as folder:
        ...                                             # write everything into `folder`
        write_manifest(folder, inputs, versions, counts)
        publish(folder, output, state_dir)

What is promised.  `output` is a whole generation at every moment, whoever is killed: Linux and macOS
exchange two folders in one system call.  Where the file system cannot, folders are renamed in turn
under a journal: for a moment there is no output, and `recover` finishes the step at the next start.
Files and folders are flushed before the step and the step before it is reported, so that a power
cut, too, leaves the old or the new generation, as far as disk and file system keep their word.
Open files of the old generation can be read on; who opens by name while the folder changes uses `read_whole`.

Left-overs of killed builds lie in `.colloquy/` (or, where that is another file system, beside output
under a hidden name) until the next build removes them.

`swap` goes from one generation to the next, `journal` where that takes several steps; `manifest` says
what a generation holds, and `keeping` keeps earlier ones; `locking` lets one build in at a time, and
`watching` reads beside it.
"""

from colloquy.generation.journal import recover
from colloquy.generation.keeping import FOLDER as KEPT
from colloquy.generation.keeping import find, kept
from colloquy.generation.locking import lock
from colloquy.generation.manifest import (
    CARRIED,
    MANIFEST,
    Manifest,
    digest,
    is_digest,
    read_manifest,
    refuse_foreign,
    store_name,
    verify,
    write_manifest,
)
from colloquy.generation.swap import publish, staging
from colloquy.generation.watching import read_whole

__all__ = [
    "CARRIED",
    "KEPT",
    "MANIFEST",
    "Manifest",
    "digest",
    "find",
    "is_digest",
    "kept",
    "lock",
    "publish",
    "read_manifest",
    "read_whole",
    "recover",
    "refuse_foreign",
    "staging",
    "store_name",
    "verify",
    "write_manifest",
]
