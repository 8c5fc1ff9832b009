"""How work goes on, for whoever waits: stages, and files done of all."""

from __future__ import annotations

import time
from typing import NamedTuple


class Stage(NamedTuple):
    """A stage that is over: its name, its seconds by the clock and of the processor."""

    name: str
    seconds: float
    processor: float


class Progress:
    """Hears how work goes on, and takes the time of every stage; shows nothing."""

    def __init__(self) -> None:
        self.stages: list[Stage] = []
        self._name = ""
        self._began = (0.0, 0.0)

    def stage(self, name: str, total: int = 0) -> None:
        """Begin a stage, of so many files where that is known; the one before is over."""
        now = (time.perf_counter(), time.process_time())
        if self._name:
            self.stages.append(Stage(self._name, now[0] - self._began[0], now[1] - self._began[1]))
        self._name, self._began = name, now

    def step(self) -> None:
        """Tell that one more file is done."""

    def end(self) -> None:
        """End the last stage."""
        self.stage("")
