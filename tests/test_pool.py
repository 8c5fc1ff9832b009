"""Workers: whoever goes away ends a query, nobody waits for what was killed, and everybody gets their own answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from colloquy.errors import QueryBusy, QueryError
from colloquy.query import Engine
from colloquy.query.pool import Cancellation, Line
from colloquy.query.streaming import Limits
from streamed import (
    ALL,
    BASE,
    CSV,
    ENDLESS,
    JSON,
    MANY,
    PREFIXES,
    RUNAWAY,
    gone,
    make_store,
    rows_of,
    soon,
    whole,
    worker_of,
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("pool") / "store")


@pytest.fixture(scope="module")
def engine(store: Path) -> Iterator[Engine]:
    with Engine(store, prefixes=PREFIXES, workers=2, spares=1) as made:
        made.start()
        yield made


@pytest.fixture
def alone(store: Path) -> Iterator[Engine]:
    """An engine with one worker, and none to spare."""
    with Engine(store, prefixes=PREFIXES) as made:
        made.start()
        yield made


def test_a_stream_that_is_closed_ends_its_query_at_once(alone: Engine) -> None:
    stream = alone.stream(ENDLESS, media=CSV)
    next(stream)
    worker = worker_of(alone)
    begun = time.monotonic()
    stream.close()
    stream.close()
    assert gone(worker)
    assert alone.ask("ASK {}")
    assert time.monotonic() - begun < 1
    with pytest.raises(QueryError, match="cancelled"):
        next(stream)


def test_a_stream_can_be_closed_while_another_thread_reads_it(alone: Engine) -> None:
    stream = alone.stream(ENDLESS, media=CSV)
    worker = worker_of(alone)
    threading.Timer(0.5, stream.close).start()
    begun = time.monotonic()
    with pytest.raises(QueryError, match="cancelled"):
        whole(stream)
    assert 0.3 < time.monotonic() - begun < 1.5
    assert soon(lambda: gone(worker))
    assert alone.ask("ASK {}")


def test_a_stream_that_nobody_holds_gives_its_worker_back(alone: Engine) -> None:
    next(alone.stream(ENDLESS, media=CSV))
    assert alone.ask("ASK {}", limit_seconds=5)


def test_a_query_can_be_cancelled_before_it_begins_in_line_and_before_its_first_byte(alone: Engine) -> None:
    before, running, waiting = Cancellation(), Cancellation(), Cancellation()
    before.cancel()
    with pytest.raises(QueryError, match="cancelled"):
        alone.stream(ALL, media=CSV, cancellation=before)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(alone.stream, RUNAWAY, media=CSV, cancellation=running)
        assert soon(lambda: bool(alone._pool._busy))
        second = threads.submit(alone.stream, ALL, media=CSV, cancellation=waiting)
        assert soon(lambda: bool(alone._pool._line._waiting))
        begun = time.monotonic()
        for cancellation, future in ((waiting, second), (running, first)):
            cancellation.cancel()
            with pytest.raises(QueryError, match="cancelled"):
                future.result(2)
        assert time.monotonic() - begun < 1
    assert alone.ask("ASK {}")


def test_cancelling_what_is_over_ends_nothing_else(alone: Engine) -> None:
    cancellation = Cancellation()
    whole(alone.stream(ALL, media=CSV, cancellation=cancellation))
    worker = alone._pool._idle[0]._process.pid
    later = alone.stream(ALL, media=CSV)
    cancellation.cancel()
    assert whole(later).count(b"\n") == MANY + 1
    assert alone._pool._idle[0]._process.pid == worker


# --- many at once -----------------------------------------------------------------------------


def test_many_threads_get_each_their_own_answer(engine: Engine) -> None:
    def ask(number: int) -> None:
        text = f"SELECT ?s {{ ?s ex:number ?n FILTER(?n = {number}) }}"
        if number % 5 == 0:
            stream = engine.stream(ENDLESS, media=CSV)
            next(stream)
            stream.close()
        assert whole(engine.stream(text, media=CSV)) == f"s\r\n{BASE}t{number}\r\n".encode()
        assert engine.ask(text).rows == ((f"<{BASE}t{number}>",),)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(ask, range(40)))
    assert soon(lambda: len(engine._pool._idle) <= 3 and not engine._pool._busy)


def test_places_are_given_in_the_order_of_the_line() -> None:
    line, came = Line(1), list[int]()
    line.enter(1)

    def wait(number: int) -> None:
        assert line.enter(5)
        came.append(number)
        line.leave()

    threads = []
    for number in range(8):
        threads.append(threading.Thread(target=wait, args=(number,)))
        threads[-1].start()
        assert soon(lambda: len(line._waiting) == number + 1)  # noqa: B023
    line.leave()
    for thread in threads:
        thread.join()
    assert came == list(range(8))
    assert line.enter(0)


def test_a_place_that_came_too_late_is_not_lost() -> None:
    line = Line(2)
    with ThreadPoolExecutor(6) as threads:
        got = list(threads.map(lambda n: line.enter(n / 100), range(6)))
        assert got.count(True) == 2
        for _ in range(2):
            line.leave()
        assert all(line.enter(0.1) for _ in range(2))
        assert not line.enter(0.01)


def test_one_waits_in_line_only_as_long_as_one_may(alone: Engine) -> None:
    running = alone.stream(ENDLESS, media=CSV)
    begun = time.monotonic()
    with pytest.raises(QueryBusy, match=r"no worker became free within 0\.2 seconds"):
        alone.stream(ALL, media=CSV, limits=Limits(seconds=0.2))
    assert time.monotonic() - begun < 1
    running.close()


def test_a_spare_worker_takes_the_place_of_one_that_was_killed(store: Path) -> None:
    with Engine(store, prefixes=PREFIXES, workers=1, spares=1) as engine:
        engine.start()
        starts = []
        for _ in range(3):
            stream = engine.stream(ENDLESS, media=CSV)
            assert soon(lambda: bool(engine._pool._idle))
            ready = engine._pool._idle[-1]._process.pid
            stream.close()
            follower = engine.stream(ENDLESS, media=CSV)
            starts.append(worker_of(engine) == ready)
            follower.close()
        assert starts == [True] * 3
        assert soon(lambda: len(engine._pool._idle) == 1 and not engine._pool._keeping)


def test_an_engine_that_is_closed_ends_what_runs_with_its_last_byte(store: Path) -> None:
    engine = Engine(store, prefixes=PREFIXES, workers=2, spares=1)
    engine.start()
    stream = engine.stream(ALL, media=JSON)
    worker = worker_of(engine)
    engine.close()
    assert not gone(worker)
    assert len(rows_of(whole(stream), "JSON")) == MANY
    assert soon(lambda: gone(worker))
    time.sleep(0.3)
    assert not engine._pool._idle
