"""The work of one helping hand: a share of the files, read and compiled for whoever asked (see `hands`)."""

from __future__ import annotations

import marshal
import signal
import sys

from colloquy import plain
from colloquy.collector import without_collector
from colloquy.compiler import Compiler
from colloquy.directory import Directory
from colloquy.facts import FactReader, Source
from colloquy.reading import Reading


def main() -> None:
    """Read files from standard input, write what they declare; read what all declare, write units."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asked ends this process
    project = Reading(sys.argv[1], data=None, cache=False)
    ontology, settings = project.ontology, project.settings
    reader = FactReader(ontology, settings)
    with without_collector():
        read = [reader.read(Source(*file)) for file in marshal.load(sys.stdin.buffer)]
        _write([plain.of_declared(declared) for declared, _ in read])
        everything = map(plain.declared, marshal.load(sys.stdin.buffer))
        compiler = Compiler(ontology, settings, Directory(everything, ontology, settings.base))
        units = [compiler.compile(declared.file, drafts) for declared, drafts in read]
        _write([(plain.of_unit(unit), marshal.dumps(unit.rows)) for unit in units])


def _write(values: object) -> None:
    marshal.dump(values, sys.stdout.buffer)  # type: ignore[arg-type]  # lists of plain values
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    try:
        main()
    except (EOFError, BrokenPipeError):  # whoever asked is gone
        sys.exit(1)
