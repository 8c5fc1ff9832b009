"""Virtuoso 7 for tests, where it is installed: an own database in a temporary folder, on this machine alone."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from colloquy.endpoint import Endpoint
from stores import free_port, running

BINARY = shutil.which("virtuoso-t")
SETTINGS = """\
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
NumberOfBuffers = 20000
MaxDirtyBuffers = 12000
DirsAllowed = {folder}
ThreadsPerQuery = 1
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 5
EnabledGzipContent = 1
Charset = UTF-8
[SPARQL]
ResultSetMaxRows = 1000000
MaxQueryCostEstimationTime = 0
MaxQueryExecutionTime = 60
"""


@contextmanager
def virtuoso(folder: Path) -> Iterator[str]:
    """Run it with an empty store; queries at `/sparql`, graphs at `/sparql-graph-crud-auth` for dba, dba."""
    assert BINARY is not None
    sql, port = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(SETTINGS.format(folder=folder, sql=sql, http=port), encoding="ascii")
    command = [BINARY, "+foreground", "+configfile", str(folder / "virtuoso.ini")]
    with running(command, port, seconds=60, folder=folder) as url:
        graphs = Endpoint(f"http://dba:dba@{url.removeprefix('http://')}/sparql-graph-crud-auth")
        for _ in range(100):  # it listens before it is ready
            if graphs.send("GET", parameters=[("graph", "urn:x:none")]).status in (200, 404):
                break
            time.sleep(0.2)
        yield url
