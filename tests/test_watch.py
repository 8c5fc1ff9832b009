"""`check --watch` and `build --watch`, as people run them: what changes is said, and nothing else."""

from __future__ import annotations

import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from colloquy.errors import Finding, Place
from colloquy.project import verify_output
from colloquy.watch import Signature, _Files, compare

HARBOUR = Path(__file__).parent / "cases/ontology/harbour.ttl"
EXAMPLE = Path(__file__).parent.parent / "docs/examples/rubyevents"
SETTINGS = "title: Harbour\nbase: https://harbour.example/\nlanguage: en\n"
PEOPLE = "- {id: ada, type: Person, name: Ada Brook}\n- {id: ben, type: Person, name: Ben Reed}\n"
TALKS = "- {id: tides, type: Talk, name: Tides, speakers: [ada]}\n"
WRONG = "- {id: cy, type: Person, name: Cy Lake, nmae: Cy}\n"
UNKNOWN = "error: Person has no key `nmae` — did you mean `name`? [unknown-key]"
WAITING = "waiting for changes"
PATIENCE = 60.0


class Watching:
    """A watch in a process of its own; `news` gives its lines up to the next wait."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        command = [sys.executable, "-m", "colloquy", *arguments, "--watch"]
        self.process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
        )  # fmt: skip
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))

    def news(self) -> list[str]:
        lines: list[str] = []
        while not lines or not lines[-1].endswith(WAITING):
            try:
                lines.append(self._lines.get(timeout=PATIENCE))
            except queue.Empty:
                pytest.fail(f"no news within {PATIENCE:.0f} s; so far: {lines}")
        return [re.sub(r" \(\d+\.\d\d s\)$", "", line) for line in lines]

    def end(self) -> list[str]:
        """End it, and give what it has said since the last news."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(timeout=PATIENCE)
        finally:
            self.process.kill()
            self._reader.join()
            assert self.process.stdout is not None
            self.process.stdout.close()
        return [self._lines.get() for _ in range(self._lines.qsize())]


@contextmanager
def watching(folder: Path, *arguments: str) -> Iterator[Watching]:
    watch = Watching(folder, *arguments)
    try:
        yield watch
    finally:
        rest = watch.end()
    assert rest == ["colloquy: interrupted"], rest  # nothing was said twice, and there is no traceback
    assert watch.process.returncode == 130


@pytest.fixture(autouse=True)
def _interrupts_arrive() -> Iterator[None]:
    """Where tests run in the background, interrupts are ignored, and by all that they start."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def harbour(tmp_path: Path) -> Path:
    """A small project without a mistake, to be changed."""
    folder = tmp_path / "harbour"
    (folder / "data").mkdir(parents=True)
    (folder / "ontology").mkdir()
    shutil.copy(HARBOUR, folder / "ontology")
    (folder / "colloquy.yaml").write_text(SETTINGS, encoding="utf-8")
    (folder / "data/people.yaml").write_text(PEOPLE, encoding="utf-8")
    (folder / "data/talks.yaml").write_text(TALKS, encoding="utf-8")
    return folder


def save(path: Path, text: str) -> None:
    """Save as most editors do: a whole new file takes the place of the old one."""
    path.parent.mkdir(exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def test_a_mistake_is_told_when_it_comes_and_when_it_goes(harbour: Path) -> None:
    people = harbour / "data/people.yaml"
    save(harbour / "data/more.yaml", WRONG)
    with watching(harbour, "check") as watch:
        assert watch.news() == [f"+ data/more.yaml:1:41: {UNKNOWN}", f"1 error, 0 warnings; {WAITING}"]
        save(people, PEOPLE + WRONG.replace("cy", "dee").replace("Cy", "Dee"))
        assert watch.news() == [
            "data/people.yaml changed",
            f"+ data/people.yaml:3:43: {UNKNOWN}",
            f"2 errors, 0 warnings; {WAITING}",
        ]
        save(people, PEOPLE)
        assert watch.news() == [
            "data/people.yaml changed",
            f"- data/people.yaml:3:43: {UNKNOWN}",
            f"1 error, 0 warnings; {WAITING}",
        ]
        (harbour / "data/talks.yaml").write_text(TALKS, encoding="utf-8")  # in place, and the same
        assert watch.news() == ["data/talks.yaml changed", f"1 error, 0 warnings; {WAITING}"]


def test_findings_on_other_lines_are_no_news(harbour: Path) -> None:
    people = harbour / "data/people.yaml"
    save(people, PEOPLE + WRONG)
    with watching(harbour, "check") as watch:
        watch.news()
        save(people, "- {id: eve, type: Person, name: Eve Moor, bron: '1950'}\n" + PEOPLE + WRONG)
        changed, new, moved, counts = watch.news()
        assert new.startswith("+ data/people.yaml:1:43: error: Person has no key `bron`")
        assert (changed, moved) == ("data/people.yaml changed", "= 1 finding on other lines")
        assert counts == f"2 errors, 0 warnings; {WAITING}"


def test_files_come_and_go(harbour: Path) -> None:
    with watching(harbour, "check") as watch:
        assert watch.news() == [f"0 errors, 0 warnings; {WAITING}"]
        save(harbour / "data/guests/more.yml", WRONG)  # in a folder that was not there either
        changed, new, _ = watch.news()
        assert (changed, new[:25]) == ("data/guests/more.yml changed", "+ data/guests/more.yml:1:")
        save(harbour / "data/guests/others.yml", WRONG.replace("cy", "fay").replace("Cy", "Fay"))
        assert watch.news()[1].startswith("+ data/guests/others.yml:1:")
        shutil.rmtree(harbour / "data/guests")
        changed, *gone, counts = watch.news()
        assert changed == "data/guests/more.yml, data/guests/others.yml changed"
        assert [line[:22] for line in gone] == ["- data/guests/more.yml", "- data/guests/others.y"]
        assert counts == f"0 errors, 0 warnings; {WAITING}"
        (harbour / "data/people.yaml").unlink()
        changed, new, counts = watch.news()
        assert changed == "data/people.yaml changed"
        assert "[unknown-reference]" in new
        assert counts.startswith("1 error")


def test_an_ontology_that_is_no_turtle_is_told_and_the_next_save_goes_on(harbour: Path) -> None:
    ontology = harbour / "ontology/harbour.ttl"
    good = ontology.read_text(encoding="utf-8")
    with watching(harbour, "check") as watch:
        watch.news()
        save(ontology, good + "\n:Boat a owl:Class")
        told, wait = watch.news()
        assert "ontology/harbour.ttl" in told
        assert wait == WAITING
        save(harbour / "data/boats.yaml", "- {id: gull, type: Boat, name: Gull}\n")
        assert watch.news() == [told, WAITING]
        save(ontology, good + '\n:Boat a owl:Class ; rdfs:label "boat"@en .\n')
        assert watch.news() == [
            "data/boats.yaml, ontology/harbour.ttl changed",
            f"0 errors, 0 warnings; {WAITING}",
        ]
        save(ontology, good)
        assert "+ data/boats.yaml:1:20: error: " in watch.news()[1]


def test_wrong_settings_are_told_and_the_next_save_goes_on(harbour: Path) -> None:
    settings = harbour / "colloquy.yaml"
    with watching(harbour, "check") as watch:
        watch.news()
        save(settings, SETTINGS + "tilte: Harbour\n")
        told, wait = watch.news()
        assert told.startswith("colloquy.yaml:4:1: error: unknown setting `tilte`")
        assert wait == WAITING
        settings.unlink()
        assert "colloquy.yaml is missing" in watch.news()[0]
        save(harbour / "talks/wrong.yaml", WRONG)
        save(settings, SETTINGS + "facts: [data, talks]\n")
        changed, new, _ = watch.news()
        assert changed == "colloquy.yaml, talks/wrong.yaml changed"
        assert new.startswith("+ talks/wrong.yaml:1:41: error")
        save(harbour / "talks/wrong.yaml", "[]\n")  # the new folder is watched
        assert watch.news()[1].startswith("- talks/wrong.yaml:1:41: error")


def test_a_file_that_cannot_be_read_is_told(harbour: Path) -> None:
    with watching(harbour, "check") as watch:
        watch.news()
        (harbour / "data/broken.yaml").symlink_to("nowhere")
        (harbour / "data/talks.yaml").touch()
        told, wait = watch.news()
        assert "broken.yaml: No such file" in told
        assert wait == WAITING
        (harbour / "data/broken.yaml").unlink()
        (harbour / "data/talks.yaml").touch()
        assert watch.news()[-1] == f"0 errors, 0 warnings; {WAITING}"


def test_many_files_at_once_give_one_answer(harbour: Path) -> None:
    guests = harbour / "guests"
    guests.mkdir()
    for number in range(60):
        save(guests / f"{number}.yaml", f"- {{id: guest-{number}, type: Person, nmae: Guest {number}}}\n")
    with watching(harbour, "check") as watch:
        watch.news()
        guests.rename(harbour / "data/guests")
        changed, *new, kinds, counts = watch.news()
        assert changed == "data/guests/0.yaml, data/guests/1.yaml, data/guests/10.yaml and 57 more changed"
        assert len(new) == 120
        assert kinds == "60 shape, 60 unknown-key"
        assert counts == f"120 errors, 0 warnings; {WAITING}"


def test_what_is_still_being_written_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    states: list[Signature] = [{"a": (n, n, 1)} for n in (1, 1, 2, 3, 4, 4, 5)]
    left = iter(states)
    files = _Files(lambda: pytest.fail("not asked for"), tmp_path)
    monkeypatch.setattr(files, "look", lambda: next(left))
    assert files.wait(states[0]) == {"a": (4, 4, 1)}
    assert list(left) == states[-1:]


def test_folders_are_listed_again_only_when_they_changed(harbour: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from colloquy.project import Project

    for folder in (harbour / "data", harbour / "ontology"):
        os.utime(folder, (1_000_000_000, 1_000_000_000))
    files = _Files(lambda: Project(harbour), harbour)
    first = files.look()
    assert sorted(Path(name).name for name in first) == ["colloquy.yaml", "harbour.ttl", "people.yaml", "talks.yaml"]
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: pytest.fail(f"{path} was listed again"))
    (harbour / "data/talks.yaml").write_text(TALKS * 2, encoding="utf-8")
    second = files.look()
    assert files.changed(first, second) == ["data/talks.yaml"]
    monkeypatch.setattr(os, "scandir", scandir)
    save(harbour / "data/more.yaml", WRONG)
    tick = (harbour / "data").stat().st_mtime_ns
    assert files.changed(second, files.look()) == ["data/more.yaml"]
    (harbour / "data/more.yaml").rename(harbour / "data/less.yaml")
    os.utime(harbour / "data", ns=(tick, tick))  # as on a disk whose clock goes by the second
    assert files.changed(second, files.look()) == ["data/less.yaml"]


def test_a_finding_is_new_or_gone_or_only_moved() -> None:
    def finding(line: int, message: str, file: str = "data/people.yaml") -> Finding:
        return Finding(Place(file, line, 1), "error", "unknown-key", message)

    before = {finding(1, "a"), finding(2, "a"), finding(3, "b"), finding(4, "c")}
    now = {finding(1, "a"), finding(5, "a"), finding(6, "a"), finding(4, "d"), finding(3, "b", "data/talks.yaml")}
    new, gone, moved = compare(before, now)
    assert new == [finding(4, "d"), finding(6, "a"), finding(3, "b", "data/talks.yaml")]
    assert gone == [finding(3, "b"), finding(4, "c")]
    assert moved == 1


def test_a_build_follows_every_change_and_is_whole(harbour: Path) -> None:
    output = harbour / "output"

    def holds(text: str) -> bool:
        return text in (output / "graph.nq").read_text(encoding="utf-8")

    with watching(harbour, "build") as watch:
        assert watch.news() == ["built output", f"0 errors, 0 warnings; {WAITING}"]
        assert not verify_output(output)
        whole = (output / "graph.nq").read_bytes()
        save(harbour / "data/people.yaml", PEOPLE + WRONG)
        assert watch.news() == [
            "data/people.yaml changed",
            f"+ data/people.yaml:3:41: {UNKNOWN}",
            "not built: 1 error in the facts",
            f"1 error, 0 warnings; {WAITING}",
        ]
        assert not verify_output(output)
        assert (output / "graph.nq").read_bytes() == whole
        save(harbour / "data/people.yaml", PEOPLE + WRONG.replace(", nmae: Cy", ""))
        assert watch.news()[-2:] == ["built output", f"0 errors, 0 warnings; {WAITING}"]
        assert not verify_output(output)
        assert holds("Cy Lake")
        assert holds("Ben Reed")
    assert not verify_output(output)


def test_builds_without_pages_keep_every_statement(harbour: Path) -> None:
    """Such a build lets go of the statements when they are written; the next one needs them again."""
    with watching(harbour, "build", "--no-pages") as watch:
        watch.news()
        before = (harbour / "output/graph.nq").read_bytes()
        save(harbour / "data/talks.yaml", "# a remark\n" + TALKS)
        assert watch.news()[1] == "built output"
        assert (harbour / "output/graph.nq").read_bytes() == before


def test_a_build_that_cannot_be_written_is_told(harbour: Path) -> None:
    (harbour / "output").mkdir()
    (harbour / "output/notes.txt").write_text("somebody's own", encoding="utf-8")
    with watching(harbour, "build", "--no-pages") as watch:
        not_built, told, wait = watch.news()
        assert not_built == "not built"
        assert "notes.txt" in told
        assert wait.endswith(WAITING)
        (harbour / "output/notes.txt").unlink()
        (harbour / "data/talks.yaml").touch()
        assert watch.news()[1] == "built output"


def test_where_there_is_no_project_nothing_is_waited_for(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "colloquy", "check", "--watch", "--project", str(tmp_path / "nowhere")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no folder" in done.stderr


@pytest.mark.slow
def test_an_edit_among_thousands_of_files_is_answered(tmp_path: Path, shared: Path) -> None:
    if not (shared / "data/rubyevents").is_dir():
        pytest.skip("COLLOQUY_SHARED holds no data/rubyevents")
    folder = tmp_path / "rubyevents"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".colloquy", "output"))
    shutil.copytree(shared / "data/rubyevents", folder / "data")
    videos = folder / "data/railsconf/railsconf-2019/videos.yml"
    text = videos.read_text(encoding="utf-8")
    with watching(folder, "check") as watch:
        *first, kinds, counts = watch.news()
        assert first == []  # many are counted only
        assert re.fullmatch(r"\d+ [a-z-]+(, \d+ [a-z-]+)+", kinds)
        errors = int(counts.split()[0])
        talk = "- {id: a-talk-on-tides, title: Tides, video_provider: yuotube, date: '2019-04-30', speakers: []}\n"
        videos.write_text(text.rstrip("\n") + "\n" + talk, encoding="utf-8")
        changed, *new, counts = watch.news()
        assert changed == "data/railsconf/railsconf-2019/videos.yml changed"
        assert [line for line in new if not line.startswith("+ data/railsconf/railsconf-2019/videos.yml:")] == []
        assert any("`video_provider` is youtube, vimeo" in line for line in new)
        assert int(counts.split()[0]) > errors
        videos.write_text(text, encoding="utf-8")
        changed, *gone, counts = watch.news()
        assert gone == ["-" + line[1:] for line in new]
        assert int(counts.split()[0]) == errors
