"""Answers over HTTP, timed in turn: `colloquy serve` and the `oxigraph` server, on one store and in one run.

    python tests/benchmarks/serve.py --project DIR                # a project that is built
    python tests/benchmarks/serve.py --project DIR --rounds 11 --queries FOLDER

`--queries` is a folder of `NAME.rq`, with their own prefixes, instead of the questions below, which
use standard vocabulary alone.  All contestants answer each question once unmeasured, then by turns, so
that a busy machine is busy for all; a turn is the median of several answers where they are quick.  The
medians of the turns are compared.

| contestant | what it does |
| --- | --- |
| bare | pyoxigraph in this process: the query, and the answer as bytes |
| stream | `Engine.stream`, its worker started; the same bytes, in pieces |
| colloquy | `colloquy serve`, one connection that is kept |
| oxigraph | `oxigraph serve-read-only`, one connection that is kept |

All must give equal rows, or the run fails.  Throughput is counted with several connections at once, in
turns as well: answers in each second, with the time that the clients take on the same machine.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit

import pyoxigraph

from colloquy import Project
from colloquy.query import Engine
from colloquy.store import store_folder

JSON, NTRIPLES = "application/sparql-results+json", "application/n-triples"
PREFIXES = "PREFIX schema: <https://schema.org/>\nPREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
ONE = "SELECT ?s { ?s a schema:Person } ORDER BY ?s LIMIT 1"
QUESTIONS = {
    "ask": "ASK { {one} ?p ?o }",
    "one thing": "SELECT ?p ?o { {one} ?p ?o }",
    "100 rows": "SELECT ?s ?o { ?s rdfs:label ?o } LIMIT 100",
    "1,000 rows": "SELECT ?s ?o { ?s rdfs:label ?o } LIMIT 1000",
    "10,000 rows": "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 10000",
    "counts": "SELECT ?c (COUNT(*) AS ?n) { ?s a ?c } GROUP BY ?c",
    "1,000 triples": "CONSTRUCT WHERE { ?s rdfs:label ?o } LIMIT 1000",
}
LOADED = ("one thing", "100 rows", "1,000 rows")
"""The questions that throughput is counted with."""
TURN, TURN_MOST = 0.1, 20  # seconds, or answers, that a turn lasts; one answer at least

Ask = Callable[[str], bytes]


# --- contestants ------------------------------------------------------------------------------


def is_graph(text: str) -> bool:
    """Tell whether a question gives a graph."""
    return "CONSTRUCT" in text or "DESCRIBE" in text


def with_pyoxigraph(store: pyoxigraph.Store) -> Ask:
    """Answer in this process."""

    def ask(text: str) -> bytes:
        found = store.query(text)
        if isinstance(found, pyoxigraph.QueryTriples):
            return found.serialize(format=pyoxigraph.RdfFormat.N_TRIPLES) or b""
        return found.serialize(format=pyoxigraph.QueryResultsFormat.JSON) or b""

    return ask


def with_stream(engine: Engine) -> Ask:
    """Answer with our engine."""

    def ask(text: str) -> bytes:
        with engine.stream(text, media=NTRIPLES if is_graph(text) else JSON) as stream:
            return b"".join(stream)

    return ask


class Client:
    """One connection to a server that is kept, with as little work for each request as there can be."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._host, self._path = f"{parts.hostname}:{parts.port}", parts.path
        self._socket = socket.create_connection((parts.hostname, parts.port), 60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb", 1 << 16)

    def __call__(self, text: str) -> bytes:
        """Ask, and give the body; raises SystemExit where the answer is an error."""
        media = NTRIPLES if is_graph(text) else JSON
        self._socket.sendall(
            f"GET {self._path}?query={quote(text)} HTTP/1.1\r\nHost: {self._host}\r\nAccept: {media}\r\n\r\n".encode()
        )
        status = self._file.readline().split()
        length = None
        while (line := self._file.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        body = b"".join(self._chunks()) if length is None else self._file.read(length)
        if status[1:2] != [b"200"]:
            raise SystemExit(
                f"{self._host} answers {b' '.join(status).decode()}: {body[:500].decode(errors='replace')}"
            )
        return body

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self._file.readline() or b"0", 16):
            yield self._file.read(size)
            self._file.readline()
        self._file.readline()

    def close(self) -> None:
        """Close the connection."""
        self._file.close()
        self._socket.close()


@contextlib.contextmanager
def served(command: list[str], path: str) -> Iterator[str]:
    """Run a server on a free port, put in place of `{port}`, until the block ends; gives its address for queries."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen([word.format(port=port) for word in command], stdout=said, stderr=said)
        try:
            until = time.monotonic() + 60
            while True:
                with contextlib.suppress(OSError):
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                if process.poll() is not None or time.monotonic() > until:
                    said.seek(0)
                    raise SystemExit(f"{command[0]} does not listen: {said.read()[-2000:].decode(errors='replace')}")
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}{path}"
        finally:
            process.terminate()
            process.wait()


# --- timing -----------------------------------------------------------------------------------


def rows_of(body: bytes, text: str) -> Counter[str]:
    """Give the rows of an answer, each as often as it comes."""
    if is_graph(text):
        return Counter(body.decode().splitlines())
    whole = json.loads(body)
    found = whole["results"]["bindings"] if "results" in whole else [whole["boolean"]]
    return Counter(json.dumps(row, sort_keys=True) for row in found)


def latencies(
    contestants: Mapping[str, Ask], questions: Mapping[str, str], rounds: int
) -> dict[tuple[str, str], float]:
    """Give the median seconds of each contestant for each question; raises SystemExit where rows differ."""
    taken: dict[tuple[str, str], list[float]] = {}
    for question, text in questions.items():
        found = {name: rows_of(ask(text), text) for name, ask in contestants.items()}
        if len({*map(frozenset, (rows.items() for rows in found.values()))}) > 1:
            raise SystemExit(f"{question}: not the same rows: { {name: rows.total() for name, rows in found.items()} }")
    for _ in range(rounds):
        for question, text in questions.items():
            for name, ask in contestants.items():
                spent: list[float] = []
                while not spent or (sum(spent) < TURN and len(spent) < TURN_MOST):
                    begun = time.perf_counter()
                    ask(text)
                    spent.append(time.perf_counter() - begun)
                taken.setdefault((name, question), []).append(statistics.median(spent))
    return {key: statistics.median(turns) for key, turns in taken.items()}


def throughput(address: str, text: str, connections: int, seconds: float) -> float:
    """Give the answers in each second that a server gives to so many connections at once."""
    counts = [0] * connections
    until = time.perf_counter() + seconds

    def ask(number: int) -> None:
        client = Client(address)
        while time.perf_counter() < until:
            client(text)
            counts[number] += 1
        client.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(connections)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - begun)


def table(lines: list[list[str]]) -> str:
    """Lay out lines, of which the first is the head, as a table of Markdown."""
    lines.insert(1, ["---", *("--:" for _ in lines[0][1:])])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def latency_table(taken: Mapping[tuple[str, str], float], names: list[str], questions: Mapping[str, str]) -> str:
    """Compare what each question takes: what we add to pyoxigraph in ms, and our server with the other."""
    head = ["question", *(f"{name}, ms" for name in names), "stream − bare, ms", "colloquy − oxigraph, ms"]
    lines = [[*head, "colloquy / oxigraph"]]
    added, more, ratios = [], [], []
    for question in questions:
        bare, stream, ours, theirs = (taken[name, question] * 1000 for name in names)
        added.append(stream - bare)
        more.append(ours - theirs)
        ratios.append(ours / theirs)
        times = [f"{taken[name, question] * 1000:.2f}" for name in names]
        lines.append([question, *times, f"{added[-1]:.2f}", f"{more[-1]:.2f}", f"{ratios[-1]:.2f}"])
    middle = f"{statistics.median(added):.2f}", f"{statistics.median(more):.2f}", f"{statistics.median(ratios):.2f}"
    return table([*lines, ["median", *("" for _ in names), *middle]])


def main() -> None:
    """Read the arguments, start the servers, time them, print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--project", type=Path, default=Path(), metavar="DIR", help="a project that is built (.)")
    parser.add_argument("--output", type=Path, metavar="DIR", help="where it is built, if not in its output/")
    parser.add_argument("--queries", type=Path, metavar="FOLDER", help="NAME.rq files instead of the questions")
    parser.add_argument("--rounds", type=int, default=7, help="measured turns of each question (7)")
    parser.add_argument("--connections", type=int, default=8, help="at once, for throughput (8)")
    parser.add_argument("--seconds", type=float, default=2, help="that each turn of throughput lasts (2)")
    given = parser.parse_args()
    project = Project(given.project, output=given.output)
    folder = store_folder(project.output)
    binary = Path(sys.executable).with_name("oxigraph")
    store = pyoxigraph.Store.read_only(str(folder))
    ours = [sys.executable, "-m", "colloquy", "serve", "--project", str(given.project), "--output", str(project.output)]
    with contextlib.ExitStack() as opened:
        engine = opened.enter_context(Engine(folder, workers=2, spares=1))
        engine.start()
        addresses = {
            "colloquy": opened.enter_context(served([*ours, "--port", "{port}"], "/sparql")),
            "oxigraph": opened.enter_context(
                served([str(binary), "serve-read-only", "-l", str(folder), "-b", "127.0.0.1:{port}"], "/query")
            ),
        }
        contestants: dict[str, Ask] = {"bare": with_pyoxigraph(store), "stream": with_stream(engine)}
        contestants |= {name: Client(address) for name, address in addresses.items()}
        questions = {path.stem: path.read_text("utf-8") for path in sorted((given.queries or Path("/")).glob("*.rq"))}
        if not given.queries:
            found = json.loads(contestants["bare"](PREFIXES + ONE))["results"]["bindings"]
            one = f"<{found[0]['s']['value']}>" if found else "rdfs:label"
            questions = {name: PREFIXES + text.replace("{one}", one) for name, text in QUESTIONS.items()}
        taken = latencies(contestants, questions, given.rounds)
        print(latency_table(taken, list(contestants), questions), flush=True)  # noqa: T201
        lines = [[f"answers in each second, {given.connections} connections", *addresses, "colloquy / oxigraph"]]
        for name in [name for name in questions if name in LOADED or given.queries]:
            turns = {server: list[float]() for server in addresses}
            for _ in range(max(5, given.rounds // 2)):
                for server, address in addresses.items():
                    turns[server].append(throughput(address, questions[name], given.connections, given.seconds))
            rates = {server: statistics.median(rate) for server, rate in turns.items()}
            shown = [f"{rate:,.0f}" for rate in rates.values()]
            lines.append([name, *shown, f"{rates['colloquy'] / rates['oxigraph']:.2f}"])
        print("\n" + table(lines))  # noqa: T201


if __name__ == "__main__":
    main()
