"""Long work as it is seen and stopped: a line of progress on a terminal, plain lines elsewhere, and Ctrl-C."""

from __future__ import annotations

import os
import pty
import re
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from fcntl import ioctl
from pathlib import Path

import pytest

from colloquy import terminal
from colloquy.project import verify_output

EXAMPLE = Path(__file__).parent.parent / "docs/examples/rubyevents"
PATIENCE = 240.0
CLEAR = "\r\x1b[K"
# Without pages, since the moments that matter are those of the graph; the data has errors on purpose.
BUILD = ("build", "--keep-going", "--no-pages")


class Run:
    """A command whose standard error is a terminal of its own, so that its progress can be read."""

    def __init__(self, folder: Path, *arguments: str, columns: int = 100, **variables: str) -> None:
        ours, theirs = pty.openpty()
        ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "colloquy", *arguments], cwd=folder, text=True, process_group=0,
            stdout=subprocess.PIPE, stderr=theirs, env={**os.environ, "TERM": "xterm", **variables},
        )  # fmt: skip
        os.close(theirs)
        self._terminal, self.shown, self.printed = ours, "", ""

    def read(self, until: Callable[[str], bool] = lambda shown: False) -> None:
        """Read what is shown until it holds what is waited for, or to the end."""
        deadline = time.monotonic() + PATIENCE
        while not until(self.shown):
            assert time.monotonic() < deadline, self.shown
            try:
                data = os.read(self._terminal, 10_000)
            except OSError:  # how Linux says that the other side is closed
                return
            if not data:
                return
            self.shown += data.decode()

    def interrupt(self) -> None:
        os.killpg(self.process.pid, signal.SIGINT)

    def end(self) -> str:
        """Read all that is shown, and give what it has printed."""
        self.read()
        self.printed, _ = self.process.communicate(timeout=PATIENCE)
        os.close(self._terminal)
        return self.printed


@pytest.fixture(autouse=True)
def _interrupts_arrive() -> Iterator[None]:
    """Where tests run in the background, interrupts are ignored, and by all that they start."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module")
def rubyevents(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Path:
    """The example on the real data, read from where it lies, and built once."""
    data = shared / "data/rubyevents"
    if not data.is_dir():
        pytest.skip("COLLOQUY_SHARED holds no data/rubyevents")
    folder = tmp_path_factory.mktemp("interrupt") / "rubyevents"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".colloquy", "output"))
    (folder / "data").symlink_to(data)
    return folder


@pytest.fixture(scope="module")
def first_build(rubyevents: Path) -> Run:
    """A build as a narrow terminal shows it."""
    run = Run(rubyevents, *BUILD, columns=60, NO_COLOR="1")
    run.end()
    return run


def drawn(shown: str) -> list[str]:
    """Give the lines that were shown one over the other."""
    return [line for line in shown.split(CLEAR) if line]


# --- progress ----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_terminal_shows_files_and_seconds_left_on_one_line(first_build: Run) -> None:
    shown = first_build.shown
    assert first_build.process.returncode == 1  # there are errors in the data, which `--keep-going` leaves out
    assert "\n" not in shown
    assert shown.startswith(CLEAR)
    assert shown.endswith(CLEAR), "the line is not cleared at the end"
    assert re.search(r"reading: [\d,]+ of 2,538 files, \d+ s left", shown)
    assert "writing the graph" in drawn(shown)
    assert max(map(len, drawn(shown))) < 60
    done = [int(n.replace(",", "")) for n in re.findall(r"reading: ([\d,]+) of", shown)]
    assert done == sorted(done)


@pytest.mark.slow
def test_many_findings_are_summed_up_by_kind(first_build: Run) -> None:
    *findings, kinds, _, built = first_build.printed.splitlines()
    counts = [int(part.split()[0].replace(",", "")) for part in kinds.split(", ")]
    assert counts == sorted(counts, reverse=True)
    assert sum(counts) == len(findings) > 20
    assert built.startswith("built ")


def shown_by_a_terminal(columns: int, kind: str = "xterm") -> str:
    code = (
        "import time; from colloquy import terminal; terminal.PATIENCE = 0\n"
        "with terminal.watcher() as progress:\n"
        " progress.stage('a stage whose name is far longer than the terminal is wide', 9000)\n"
        " time.sleep(0.15); progress.step()\n"
        "print('over', file=terminal.sys.stderr)"
    )
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {**os.environ, "TERM": kind}
    subprocess.run([sys.executable, "-c", code], stderr=theirs, env=environment, check=True, timeout=PATIENCE)
    shown = os.read(ours, 10_000).decode()
    os.close(ours)
    os.close(theirs)
    return shown


@pytest.mark.parametrize(("columns", "width"), [(30, 29), (0, 79)])
def test_a_line_is_cut_to_the_terminal(columns: int, width: int) -> None:
    shown = shown_by_a_terminal(columns)
    *lines, after = drawn(shown)
    assert after == "over\r\n", "the line is not cleared"
    assert max(map(len, lines)) == width


def test_a_terminal_that_cannot_clear_a_line_gets_none() -> None:
    assert shown_by_a_terminal(100, kind="dumb") == "over\r\n"


def test_without_a_terminal_only_long_stages_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    monkeypatch.setenv("NO_COLOR", "1")
    with terminal.watcher() as progress:
        for name, seconds in (("reading", 1.0), ("compiling", 7.0), ("checking", 0.1), ("writing", 12.0)):
            progress.stage(name, 100)
            progress.step()
            now[0] += seconds
    progress.end()  # once more tells nothing twice
    assert capsys.readouterr().err == "compiling: 7 s\nwriting: 12 s\n"
    assert [stage.name for stage in progress.stages] == ["reading", "compiling", "checking", "writing"]


def test_profile_prints_every_stage_and_pipes_get_no_control_characters(fresh: Path) -> None:
    command = [sys.executable, "-m", "colloquy", "build", "--profile"]
    done = subprocess.run(command, cwd=fresh, capture_output=True, text=True, check=True, timeout=PATIENCE)
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", done.stdout + done.stderr)
    stages = re.findall(r"^ +\d+\.\d\d s +\d+\.\d\d s of processor  (.+)$", done.stderr, re.MULTILINE)
    assert (stages[0], stages[-1]) == ("reading", "exchanging the output folder")


# --- Ctrl-C ------------------------------------------------------------------------------------------


def beside(folder: Path) -> list[str]:
    """Name what stands in the project and its state, but for lock and cache; in the cache, what is not of it."""
    state = folder / ".colloquy"
    found = [path.name for path in folder.iterdir()]
    found += [f".colloquy/{path.name}" for path in state.iterdir() if path.name not in ("lock", "cache", ".gitignore")]
    found += [str(p.relative_to(folder)) for p in state.glob("cache/*/*") if p.name not in ("units", "rows")]
    return sorted(found)


def is_interrupted(run: Run) -> None:
    printed = run.end()
    assert run.process.returncode == 130, run.shown
    assert run.shown.rpartition(CLEAR)[2] == "colloquy: interrupted\r\n"
    assert "Traceback" not in run.shown
    assert "\n" not in run.shown[:-2]
    assert printed == ""


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["reading: ", "compiling: "])
def test_a_check_is_interrupted_in_peace(rubyevents: Path, first_build: Run, moment: str) -> None:
    before = beside(rubyevents)
    run = Run(rubyevents, "check", "--no-cache")
    run.read(until=lambda shown: moment in shown)
    run.interrupt()
    is_interrupted(run)
    assert beside(rubyevents) == before


@pytest.mark.slow
def test_helping_hands_end_with_an_interrupted_check(rubyevents: Path, first_build: Run) -> None:
    run = Run(rubyevents, "check", "--no-cache", "--jobs", "2")
    run.read(until=lambda shown: "reading: " in shown)
    run.interrupt()
    is_interrupted(run)
    with pytest.raises(ProcessLookupError):
        os.killpg(run.process.pid, 0)


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["reading: ", "writing the graph", "the store", "reading back"])
def test_a_build_is_interrupted_in_peace(rubyevents: Path, first_build: Run, moment: str) -> None:
    output, before = rubyevents / "output", beside(rubyevents)
    old = output.stat().st_ino
    run = Run(rubyevents, *BUILD, "--no-cache")
    if moment == "the store":
        run.read(until=lambda shown: "writing the graph" in shown)
        deadline = time.monotonic() + PATIENCE
        while not list((rubyevents / ".colloquy").glob(".colloquy-*/store-*/*")) and time.monotonic() < deadline:
            time.sleep(0.005)
        assert "reading back" not in run.shown
    else:
        run.read(until=lambda shown: moment in shown)
    run.interrupt()
    is_interrupted(run)
    assert output.stat().st_ino == old
    assert verify_output(output) == []
    assert beside(rubyevents) == before


@pytest.mark.slow
def test_the_build_after_an_interrupted_one_works(rubyevents: Path, first_build: Run) -> None:
    output = rubyevents / "output"
    old = output.stat().st_ino
    run = Run(rubyevents, *BUILD)
    assert run.end().splitlines()[-1].startswith("built ")
    assert output.stat().st_ino != old
    assert verify_output(output) == []


@pytest.mark.parametrize("command", ["check", "build"])
def test_small_projects_are_interrupted_in_peace_at_any_moment(fresh: Path, command: str) -> None:
    """The processes that answer the page's questions get the signal too."""
    subprocess.run([sys.executable, "-m", "colloquy", "build"], cwd=fresh, capture_output=True, check=True)
    before = beside(fresh)
    # The first moment is when the command line itself has begun: before that it is Python that is interrupted.
    for seconds in (0.3, 0.5, 0.8, 1.2):
        run = Run(fresh, command, "--no-cache")
        time.sleep(seconds)
        if run.process.poll() is None:
            run.interrupt()
        run.end()
        # Python ends by the signal itself, which shells call 130 too, where it comes while a class is made, or after
        # everything is done.
        assert run.process.returncode in (0, 130, -signal.SIGINT), run.shown
        assert run.shown.rpartition(CLEAR)[2] in ("colloquy: interrupted\r\n", "")
        assert "Traceback" not in run.shown
        assert verify_output(fresh / "output") == []
        assert beside(fresh) == before
