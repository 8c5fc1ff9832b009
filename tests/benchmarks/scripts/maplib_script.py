"""Ask maplib why queries give nothing: N-Quads and a list of queries as JSON; writes what it says of each as JSON.

Run in maplib's own environment.  For each query: `rows`, `said` (what `debug=True` tells), `error`, and
`seconds` of CPU.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

QUAD = re.compile(r'(\S+ \S+ (?:<[^>]*>|_:\S+|"(?:[^"\\]|\\.)*"(?:@\S+|\^\^<[^>]*>)?))(?: <([^>]*)>)? \.')


def split(quads: Path, folder: Path) -> dict[str, Path]:
    """Write each graph of N-Quads as N-Triples, since maplib reads no N-Quads; the default graph has no name."""
    graphs: dict[str, list[str]] = {}
    for line in quads.read_text(encoding="utf-8").splitlines():
        if found := QUAD.fullmatch(line):
            graphs.setdefault(found[2] or "", []).append(found[1] + " .\n")
    files = {graph: folder / f"{number}.nt" for number, graph in enumerate(sorted(graphs))}
    for graph, file in files.items():
        file.write_text("".join(graphs[graph]), encoding="utf-8")
    return files


def load(files: dict[str, Path]) -> Any:
    """Read graphs into a model."""
    from maplib import Model  # type: ignore[import-not-found,unused-ignore]

    model = Model()
    for graph, file in files.items():
        model.read(str(file), **({"graph": graph} if graph else {}))
    return model


def main() -> None:
    """Answer every query from a number on, each answer on a line of its own as soon as it is there."""
    quads, queries, answers, start = (*map(Path, sys.argv[1:4]), int(sys.argv[4]))
    with tempfile.TemporaryDirectory() as folder, answers.open("w", encoding="utf-8") as written:
        files = split(quads, Path(folder))
        model = load(files)
        for query in json.loads(queries.read_text(encoding="utf-8"))[start:]:
            before = time.process_time()
            one: dict[str, Any] = {"rows": 0, "said": "", "error": ""}
            try:
                found = model.query(query, debug=True, solution_mappings=True)
                one.update(rows=len(found.mappings), said=found.debug or "")
            except BaseException as error:  # a panic of Rust is no Exception, and spoils the model
                one["error"] = f"{type(error).__name__}: {error}"[:300]
                model = load(files)
            written.write(json.dumps({**one, "seconds": time.process_time() - before}) + "\n")
            written.flush()


if __name__ == "__main__":
    main()
