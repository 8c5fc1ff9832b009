"""A check that goes on, and work that is interrupted."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from colloquy.project import verify_output

COLLOQUY = [sys.executable, "-m", "colloquy"]


class Watching:
    """A watch at work, and what it prints."""

    def __init__(self, folder: Path, *command: str) -> None:
        arguments = [*COLLOQUY, *command, "--watch", "--project", str(folder)]
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def news(self) -> list[str]:
        """Read up to the next time that it waits; a watch that says nothing runs into the limit of the test."""
        lines: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            lines.append(line.rstrip("\n"))
            if lines[-1].endswith("waiting for changes"):
                break
        return lines


@pytest.fixture
def watched(fresh: Path) -> Iterator[Watching]:
    watching = Watching(fresh, "check")
    yield watching
    watching.process.kill()
    watching.process.communicate()


def test_only_what_changed_is_said(watched: Watching, fresh: Path) -> None:
    assert watched.news() == ["0 errors, 0 warnings; waiting for changes"]
    talks = fresh / "data/talks.yaml"
    before = talks.read_text(encoding="utf-8")
    talks.write_text(before.replace("speakers: sarah-carr", "speakers: sarah-car", 1), encoding="utf-8")
    changed, new, *_ = lines = watched.news()
    assert "data/talks.yaml changed" in changed
    assert new.startswith("+ data/talks.yaml:")
    assert "did you mean `sarah-carr`" in new
    assert "error" in lines[-1]
    talks.write_text(before, encoding="utf-8")
    assert any(line.startswith("- data/talks.yaml:") for line in watched.news())


def test_a_broken_ontology_is_told_of_and_waited_for(watched: Watching, fresh: Path) -> None:
    watched.news()
    shapes = fresh / "ontology/shapes.ttl"
    before = shapes.read_text(encoding="utf-8")
    shapes.write_text(before + "\nthis is no Turtle", encoding="utf-8")
    assert watched.process.stderr is not None
    assert "ontology/shapes.ttl" in watched.process.stderr.readline()
    shapes.write_text(before + "\n# mended\n", encoding="utf-8")
    assert watched.news()[-1].endswith("waiting for changes")


def test_an_interrupt_ends_a_watch_with_130(watched: Watching) -> None:
    watched.news()
    watched.process.send_signal(signal.SIGINT)
    _, said = watched.process.communicate(timeout=20)
    assert watched.process.returncode == 130
    assert "Traceback" not in said


def test_an_interrupted_build_leaves_the_old_output_or_the_new_whole(fresh: Path) -> None:
    command = [*COLLOQUY, "build", "--project", str(fresh)]
    subprocess.run(command, check=True, capture_output=True)
    before = (fresh / "output/manifest.json").read_bytes()
    with (fresh / "data/speakers.yaml").open("a", encoding="utf-8") as file:
        file.write("\n# a change\n")
    left = []  # the manifests after each interrupt
    for seconds in (1.0, 1.4, 1.8):  # not before Python itself has begun
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        if process.returncode == 0:  # it was quicker
            break
        assert (process.returncode, "Traceback" in said) == (130, False), said
        left.append((fresh / "output/manifest.json").read_bytes())
        assert verify_output(fresh / "output") == []
        assert {p.name for p in (fresh / ".colloquy").iterdir()} <= {"lock", "cache", ".gitignore"}
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    # An interrupt may also come when the new output is in place and the process is about to end.
    assert set(left) <= {before, (fresh / "output/manifest.json").read_bytes()}
