"""Old output or new output, never half: tried with real processes and real kills."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from colloquy import generation
from colloquy.errors import BusyError, ProjectError
from colloquy.generation import (
    journal,
    lock,
    publish,
    read_manifest,
    recover,
    refuse_foreign,
    staging,
    swap,
    verify,
    write_manifest,
)

if not hasattr(os, "fork"):
    pytest.skip("these tests fork, so that a kill costs milliseconds", allow_module_level=True)

# Python 3.12 warns of forks beside threads, which other tests may have left; the children run nothing of theirs.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")

VERSIONS = {"colloquy": "0.1.0"}
PAGES = ("index.html", "graph.nq", "docs/reference.html")


@dataclass(frozen=True)
class Project:
    """A project that builds one word into every file."""

    output: Path
    state: Path

    def write(self, folder: Path, word: str) -> None:
        inputs = {"data/talks.yaml": word * 8}
        store = folder / generation.store_name(generation.digest(inputs, VERSIONS))
        for path in (*(folder / page for page in PAGES), store / "CURRENT", store / "000012.sst"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"Ada Brook says {word}\n" * 50, encoding="utf-8")
        write_manifest(folder, inputs, VERSIONS, {"entries": 3})

    def build(self, word: str, wait_seconds: float = 20) -> None:
        with lock(self.state, wait_seconds), staging(self.output, self.state) as folder:
            self.write(folder, word)
            publish(folder, self.output, self.state)

    def word(self) -> str:
        """Give the word that the whole output says; fail where it says two or is not sound."""
        said, findings = generation.read_whole(self.output, lambda output: (self._said(output), verify(output)))
        assert findings == []
        assert len(said) == 1, said
        return said.pop()

    @staticmethod
    def _said(output: Path) -> set[str]:
        store = output / read_manifest(output).store
        files = [*(output / page for page in PAGES), *store.iterdir()]
        return {file.read_text(encoding="utf-8").split()[-1] for file in files}

    def left_overs(self) -> set[str]:
        beside = {path.name for path in self.output.parent.iterdir()} - {self.output.name, self.state.name}
        return beside | {path.name for path in self.state.iterdir()} - {"lock", ".gitignore"}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "seminar" / "output", tmp_path / "seminar" / ".colloquy")


def in_child(work: Callable[[], object]) -> int:
    """Run `work` in a forked process and give its exit status, as `os.waitpid` does."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


# --- the ways to exchange --------------------------------------------------------------------------


def no_such_call(one: Path, other: Path) -> None:
    raise OSError(errno.ENOSYS, "Function not implemented")


def copy_over(one: Path, other: Path) -> None:
    shutil.copytree(one, other, dirs_exist_ok=True)


def use(way: str, output: Path) -> None:
    """Make this process exchange in another way than the system's best."""
    module: Any = swap
    if way in ("renames", "emptied"):
        module._exchange = no_such_call
    if way == "copied":
        module._exchange = copy_over
    if way == "emptied":  # as in an overlay, where the folder comes from a lower layer
        rename = os.rename

        def refuse(one: Any, other: Any, **more: Any) -> None:
            if Path(one) == output:
                raise OSError(errno.EXDEV, "Invalid cross-device link")
            rename(one, other, **more)

        setattr(os, "rename", refuse)  # noqa: B010 - mypy forbids the plain way


def kill_me() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def interrupt_me() -> None:
    raise KeyboardInterrupt


CHANGING = ("rename", "replace", "unlink", "rmdir", "mkdir")


def die_at(step: int, end: Callable[[], None] = kill_me, calls: Sequence[str] = (*CHANGING, "fsync")) -> None:
    """Kill this process (or end it otherwise) before its `step`-th call that changes the file system."""
    left = [step]

    def mortal(call: Any) -> Any:
        def step_by_step(*args: Any, **more: Any) -> Any:
            left[0] -= 1
            if left[0] == -1:
                end()
            return call(*args, **more)

        return step_by_step

    setattr(os, "fsync", lambda handle: None)  # noqa: B010 - dear, and a kill loses nothing that is written
    for name in calls:
        setattr(os, name, mortal(getattr(os, name)))
    shutil.copyfile = mortal(shutil.copyfile)
    module: Any = swap
    module._exchange = mortal(module._exchange)


def builds_killed_at_every_step(project: Project, way: str, end: Callable[[], None] = kill_me) -> Iterator[int]:
    """From a built `old`, end the build of `new` before every step in turn; yield after each."""
    project.build("old")
    (project.output / "README.md").write_text("What lies here\n", encoding="utf-8")
    pristine = project.output.parent.with_name("pristine")
    shutil.copytree(project.output.parent, pristine)
    for step in range(500):
        shutil.rmtree(project.output.parent)
        shutil.copytree(pristine, project.output.parent)

        def work(step: int = step) -> None:
            use(way, project.output)
            die_at(step, end)
            project.build("new")

        if in_child(work) == 0:
            return
        yield step
    pytest.fail("a build without end")


@pytest.mark.parametrize("way", ["exchange", "renames", "emptied"])
def test_a_build_killed_at_any_step_leaves_the_old_or_the_new_output(project: Project, way: str) -> None:
    words = []
    for _ in builds_killed_at_every_step(project, way):
        if way != "exchange":
            with lock(project.state, 1):
                recover(project.output, project.state)
        words.append(project.word())
        assert (project.output / "README.md").read_text(encoding="utf-8") == "What lies here\n"
    assert words == sorted(words, reverse=True), "once new, always new"
    assert {*words} == {"old", "new"}
    assert project.word() == "new"
    assert len(words) > 25


def test_a_build_that_recovers_and_is_killed_at_any_step_can_be_recovered_again(project: Project) -> None:
    for way in ("renames", "emptied"):
        for step in builds_killed_at_every_step(project, way):
            if step % 7:  # every seventh state is enough: each is killed at every step of its recovery again
                continue
            for again in range(60):

                def work(again: int = again) -> None:
                    die_at(again)
                    with lock(project.state, 1):
                        recover(project.output, project.state)

                if in_child(work) == 0:
                    break
            assert project.word() in ("old", "new")
        shutil.rmtree(project.output.parent.parent)
        project.output.parent.mkdir(parents=True)


def test_the_kills_would_tell_a_copy_from_an_exchange(project: Project) -> None:
    halves = 0
    for _ in builds_killed_at_every_step(project, "copied"):
        try:
            project.word()
        except (AssertionError, OSError):
            halves += 1
    assert halves > 0


def test_a_first_build_killed_at_any_step_leaves_no_output_or_a_whole_one(project: Project) -> None:
    for step in range(500):

        def work(step: int = step) -> None:
            die_at(step)
            project.build("new")

        if in_child(work) == 0:
            break
        assert not project.output.exists() or project.word() == "new"
        shutil.rmtree(project.output, ignore_errors=True)
    assert project.word() == "new"
    assert project.left_overs() == set()


def test_builds_in_other_processes_killed_at_random_leave_a_whole_output(project: Project) -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from test_generation import Project; from pathlib import Path\n"
        "project = Project(Path(sys.argv[2]), Path(sys.argv[3]))\n"
        "print('ready', flush=True)\n"
        "for turn in range(1000): project.build(f'turn{turn}')\n"
    )
    command = [sys.executable, "-c", program, str(Path(__file__).parent), str(project.output), str(project.state)]
    project.build("first")
    for turn in range(5):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as builder:
            assert builder.stdout
            assert builder.stdout.readline() == b"ready\n"
            time.sleep(0.01 + 0.013 * turn)
            builder.kill()
        assert project.word().startswith(("first", "turn"))
    project.build("last")
    assert project.word() == "last"
    assert project.left_overs() == set()


@pytest.mark.parametrize("way", ["exchange", "renames", "emptied"])
def test_the_build_after_a_killed_one_clears_up(project: Project, way: str) -> None:
    for _ in builds_killed_at_every_step(project, way):
        project.build("next")
        assert project.word() == "next"
        assert project.left_overs() == set()


@pytest.mark.parametrize("way", ["exchange", "renames", "emptied"])
def test_a_build_interrupted_at_any_step_leaves_a_whole_output_without_any_recovery(project: Project, way: str) -> None:
    words = {project.word() for _ in builds_killed_at_every_step(project, way, interrupt_me)}
    assert words == {"old", "new"}


@pytest.mark.parametrize("way", ["exchange", "renames", "emptied"])
def test_every_way_gives_the_same_output(project: Project, tmp_path: Path, way: str) -> None:
    def work() -> None:
        use(way, project.output)
        for word in ("old", "new"):
            project.build(word)

    assert in_child(work) == 0
    assert project.left_overs() == set()
    plain = Project(tmp_path / "plain" / "output", tmp_path / "plain" / ".colloquy")
    plain.build("new")
    manifests = [(side.output / "manifest.json").read_bytes() for side in (plain, project)]
    assert manifests[0] == manifests[1]
    assert project.word() == "new"


def test_where_renames_fail_half_way_the_old_output_comes_back(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.build("old")
    rename = os.rename

    def refuse(one: Path, other: Path) -> None:
        if other == project.output and not (one / "CURRENT").exists() and "new" in (one / "graph.nq").read_text():
            raise PermissionError(errno.EACCES, "Permission denied", str(other))
        rename(one, other)

    monkeypatch.setattr(swap, "_exchange", no_such_call)
    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(ProjectError, match=r"cannot put the new output at .*permission denied .*where you may write"):
        project.build("new")
    assert project.word() == "old"
    assert project.left_overs() == set()


@pytest.mark.parametrize("text", ["", "[]", '{"fresh": "../../elsewhere", "old": "/etc"}', '{"fresh": 1, "old": []}'])
def test_a_journal_of_a_stranger_moves_nothing(project: Project, text: str) -> None:
    project.build("old")
    elsewhere = project.output.parent.parent / "elsewhere"
    elsewhere.mkdir()
    journal.journal_of(project.output, project.state).write_text(text, encoding="utf-8")
    shutil.move(project.output, project.output.with_name("moved"))
    with lock(project.state):
        recover(project.output, project.state)
    assert elsewhere.is_dir()
    assert not project.output.exists()


def test_a_journal_that_asks_to_delete_somebodys_folder_is_refused(project: Project) -> None:
    project.output.mkdir(parents=True)
    (project.output / "thesis.tex").write_text("years of work", encoding="utf-8")
    with lock(project.state):
        name = journal.new_name(project.state)
        (project.state / name).mkdir()
        journal.write_journal(journal.journal_of(project.output, project.state), name, None)
        with pytest.raises(ProjectError, match=r"thesis\.tex"):
            recover(project.output, project.state)
    assert (project.output / "thesis.tex").exists()


# --- readers and writers at once -------------------------------------------------------------------


@pytest.mark.parametrize("way", ["exchange", "renames"])
def test_two_builders_and_a_reader_at_once_see_whole_generations_only(project: Project, way: str) -> None:
    project.build("start")

    def builder(name: str) -> None:
        use(way, project.output)
        for turn in range(15):
            project.build(f"{name}{turn}")

    builders = []
    for name in ("ada", "ben"):
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                builder(name)
                status = 0
            finally:
                os._exit(status)
        builders.append(pid)
    looks = absent = 0
    seen = set()
    while builders:
        for pid in list(builders):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                assert status == 0
                builders.remove(pid)
        try:
            seen.add(project.word())
            looks += 1
        except BusyError:  # on a slow machine; a whole generation or none
            pass
        except (ProjectError, OSError):  # between two renames there is no output
            absent += 1
    assert way == "renames" or not absent
    assert looks >= 3
    assert len(seen) >= 2
    assert project.word() in ("ada14", "ben14")
    assert project.left_overs() == set()


def test_files_of_the_old_output_that_are_open_can_be_read_on(project: Project) -> None:
    project.build("old")
    store = project.output / read_manifest(project.output).store
    with open(store / "000012.sst", encoding="utf-8") as table:
        project.build("new")
        assert table.read().startswith("Ada Brook says old")


def test_reading_that_a_build_disturbs_is_done_again(project: Project) -> None:
    project.build("old")
    words = iter(["new", "newer"])

    def read(output: Path) -> list[str]:
        first = (output / "index.html").read_text(encoding="utf-8").split()[-1]
        for word in words:
            project.build(word)
            break
        return [first, (output / "graph.nq").read_text(encoding="utf-8").split()[-1]]

    assert generation.read_whole(project.output, read) == ["newer", "newer"]


def test_reading_that_fails_of_itself_fails_at_once(project: Project) -> None:
    project.build("old")
    with pytest.raises(FileNotFoundError):
        generation.read_whole(project.output, lambda output: (output / "absent.html").read_text(encoding="utf-8"))


# --- the lock --------------------------------------------------------------------------------------


@contextlib.contextmanager
def a_holder(state: Path, seconds: float) -> Iterator[int]:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        with lock(state):
            os.write(writing, b"!")
            time.sleep(seconds)
        os._exit(0)
    os.read(reading, 1)
    try:
        yield pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(reading)
        os.close(writing)


def test_a_busy_project_names_who_builds_it_when_the_time_is_over(project: Project) -> None:
    said: list[str] = []
    with (
        a_holder(project.state, 20) as pid,
        pytest.raises(BusyError, match=f"process {pid} is building"),
        lock(project.state, 0.2, said.append),
    ):
        pytest.fail("two have the lock")
    assert said == [f"process {pid} is building this project; waiting for it, at most 0.2 s"]


def test_the_second_build_waits_for_the_first(project: Project) -> None:
    with a_holder(project.state, 0.3):
        before = time.monotonic()
        project.build("second")
        assert time.monotonic() - before > 0.1
    assert project.word() == "second"


def test_the_lock_of_a_killed_build_is_free(project: Project) -> None:
    with a_holder(project.state, 20) as pid:
        os.kill(pid, signal.SIGKILL)
        project.build("after", wait_seconds=2)
    assert project.word() == "after"


def test_the_state_folder_keeps_itself_out_of_git(project: Project) -> None:
    project.build("new")
    assert (project.state / ".gitignore").read_text(encoding="utf-8") == "*\n"


# --- whose files are these? ------------------------------------------------------------------------


def test_readme_and_gitignore_are_carried_over_and_listed_nowhere(project: Project) -> None:
    project.output.mkdir(parents=True)
    (project.output / "README.md").write_text("Made by colloquy.\n", encoding="utf-8")
    (project.output / ".gitignore").symlink_to("../.gitignore")
    for word in ("old", "new"):
        project.build(word)
    assert (project.output / "README.md").read_text(encoding="utf-8") == "Made by colloquy.\n"
    assert os.readlink(project.output / ".gitignore") == "../.gitignore"
    assert sorted(read_manifest(project.output).files) == sorted(PAGES)


def test_a_file_of_somebody_in_the_output_is_refused_before_anything_is_built(project: Project) -> None:
    project.build("old")
    for name in ("notes.txt", "docs/a.txt", "docs/b.txt", "docs/c.txt"):
        (project.output / name).write_text("mine", encoding="utf-8")
    with pytest.raises(ProjectError, match=r"docs/a\.txt, docs/b\.txt, docs/c\.txt and more; move them elsewhere"):
        refuse_foreign(project.output, project.state)
    with pytest.raises(ProjectError), lock(project.state), staging(project.output, project.state):
        pytest.fail("it was built")
    assert (project.output / "notes.txt").exists()


def test_a_file_that_somebody_adds_while_it_is_built_is_not_deleted(project: Project) -> None:
    project.build("old")
    with lock(project.state), staging(project.output, project.state) as folder:
        project.write(folder, "new")
        (project.output / "notes.txt").write_text("mine", encoding="utf-8")
        with pytest.raises(ProjectError, match=r"notes\.txt"):
            publish(folder, project.output, project.state)
    (project.output / "notes.txt").unlink()
    assert project.word() == "old"
    assert project.left_overs() == set()


def test_a_link_in_the_output_is_somebodys_own_and_never_followed(project: Project, tmp_path: Path) -> None:
    project.build("old")
    (tmp_path / "photos").mkdir()
    (project.output / "photos").symlink_to(tmp_path / "photos")
    with pytest.raises(ProjectError, match="photos"):
        project.build("new")


def test_a_folder_that_is_not_ours_is_refused(project: Project) -> None:
    project.output.mkdir(parents=True)
    (project.output / "thesis.tex").write_text("years of work", encoding="utf-8")
    with pytest.raises(ProjectError, match=r"not an output folder of colloquy: it holds thesis\.tex"):
        project.build("new")


WRONG_VALUES: list[Any] = [None, "", [], {}, {"a": 1}]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"name": "an extension of a browser"}', '{"files": []}', "\xff", "[" * 100_000]
    + [json.dumps(dict.fromkeys(generation.Manifest._fields, value)) for value in WRONG_VALUES],
)
def test_a_manifest_of_another_program_is_refused(project: Project, text: str) -> None:
    project.output.mkdir(parents=True)
    (project.output / "manifest.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(ProjectError, match="not a manifest that colloquy wrote"):
        project.build("new")
    assert [finding.code for finding in verify(project.output)] == ["manifest-unreadable"]


def test_the_project_itself_is_no_output_folder(project: Project) -> None:
    project.state.mkdir(parents=True)
    with pytest.raises(ProjectError, match="holds the project itself"):
        Project(project.output.parent, project.state).build("new")


def test_a_file_is_no_output_folder(project: Project) -> None:
    project.output.parent.mkdir(parents=True)
    project.output.write_text("minutes", encoding="utf-8")
    with pytest.raises(ProjectError, match="is not a folder"):
        project.build("new")


def test_what_desktops_leave_in_folders_hinders_nobody(project: Project) -> None:
    project.build("old")
    (project.output / ".DS_Store").write_bytes(b"\0")
    assert verify(project.output) == []
    project.build("new")
    assert not (project.output / ".DS_Store").exists()


def test_an_output_that_is_a_link_stays_one(project: Project, tmp_path: Path) -> None:
    project.output.parent.mkdir()
    (tmp_path / "elsewhere").mkdir()
    project.output.symlink_to(tmp_path / "elsewhere")
    for word in ("old", "new"):
        project.build(word)
    assert project.output.is_symlink()
    assert project.word() == "new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["elsewhere", "seminar"]


# --- the staging folder ----------------------------------------------------------------------------


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ValueError])
def test_an_interrupted_build_leaves_the_old_output_and_nothing_else(
    project: Project, error: type[BaseException]
) -> None:
    project.build("old")

    def build() -> None:
        with lock(project.state), staging(project.output, project.state) as folder:
            project.write(folder, "new")
            raise error

    with pytest.raises(error):
        build()
    assert project.word() == "old"
    assert project.left_overs() == set()


def test_left_overs_are_removed_but_links_and_other_names_are_not(project: Project, tmp_path: Path) -> None:
    project.build("old")
    mine, stranger = journal.new_name(project.state), journal.new_name(tmp_path)
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.tex").write_text("years of work", encoding="utf-8")
    for place in (project.state, project.output.parent):
        for name in (mine, stranger, ".colloquy-notes", mine + ".bak"):
            (place / name / "store").mkdir(parents=True)
        (place / (mine[:-1] + "z")).mkdir()
    link = journal.new_name(project.state)
    (project.state / link).symlink_to(precious)
    project.build("new")
    beside = {path.name for path in project.output.parent.iterdir()}
    assert beside == {"output", ".colloquy", stranger, ".colloquy-notes", mine + ".bak", mine[:-1] + "z"}
    assert {path.name for path in project.state.iterdir()} & {mine, stranger, link} == {link}
    assert (precious / "thesis.tex").exists()


def test_where_the_state_folder_is_on_another_file_system_nothing_is_left_beside_the_output(project: Project) -> None:
    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == project.output.parents[2].stat().st_dev:
        pytest.skip("there is no second file system here")
    try:
        other = Project(memory / f"colloquy-test-{os.getpid()}" / "output", project.state)
        for word in ("old", "new"):
            other.build(word)
        assert other.word() == "new"
        assert other.left_overs() == set()
        assert in_child(lambda: killed_while_staging(other)) == -signal.SIGKILL
        assert len(other.left_overs()) == 1
        other.build("newer")
        assert other.left_overs() == set()
    finally:
        shutil.rmtree(other.output.parent, ignore_errors=True)


def killed_while_staging(project: Project) -> None:
    with lock(project.state), staging(project.output, project.state):
        os.kill(os.getpid(), signal.SIGKILL)


def test_the_output_has_the_rights_of_an_ordinary_new_folder(project: Project) -> None:
    for mask, rights in ((0o022, 0o755), (0o077, 0o700), (0o002, 0o775)):
        before = os.umask(mask)
        try:
            project.build("new")
        finally:
            os.umask(before)
        assert project.output.stat().st_mode & 0o777 == rights


@pytest.mark.parametrize("size", [0, 100, 2000])
def test_no_room_for_a_file_is_said_in_words_and_leaves_the_old_output(project: Project, size: int) -> None:
    project.build("old")
    told = project.output.parent.with_name("told")
    most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    with open(told, "wb") as pipe:

        def work() -> None:
            try:
                resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
                project.build("new" * 100)
            except ProjectError as error:
                resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
                pipe.write(str(error).encode())
                pipe.flush()

        assert in_child(work) == 0
    assert told.read_text(encoding="utf-8").startswith("cannot make the new output: file too large")
    assert project.word() == "old"
    assert project.left_overs() == set()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_parent_that_cannot_be_written_is_said_before_anything_is_built(project: Project, tmp_path: Path) -> None:
    other = Project(tmp_path / "shared" / "output", project.state)
    other.build("old")
    other.output.parent.chmod(0o555)
    try:
        with (
            pytest.raises(ProjectError, match=r"permission denied .*where you may write"),
            lock(other.state),
            staging(other.output, other.state),
        ):
            pytest.fail("it was built")
    finally:
        other.output.parent.chmod(0o755)
    assert other.word() == "old"


def test_a_mount_point_is_refused_before_anything_is_built(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.build("old")
    monkeypatch.setattr(os.path, "ismount", lambda path: path == project.output)
    with pytest.raises(ProjectError, match="mount point"):
        project.build("new")


def test_a_generation_without_a_manifest_is_not_published(project: Project) -> None:
    with (
        lock(project.state),
        staging(project.output, project.state) as folder,
        pytest.raises(ValueError, match=r"no manifest\.json"),
    ):
        publish(folder, project.output, project.state)
    assert not project.output.exists()


def test_all_is_flushed_before_the_exchange_and_the_exchange_after_it(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.build("old")
    flushed: list[int] = []
    before: set[int] = set()
    exchange: Any = swap._exchange

    def note(one: Path, other: Path) -> None:
        before.update(flushed)
        flushed.clear()
        exchange(one, other)

    monkeypatch.setattr(os, "fsync", lambda handle: flushed.append(os.fstat(handle).st_ino))
    monkeypatch.setattr(swap, "_exchange", note)
    project.build("new")
    assert {path.stat().st_ino for path in (project.output, *project.output.rglob("*"))} <= before
    assert {project.output.parent.stat().st_ino, project.state.stat().st_ino} <= set(flushed)


def test_making_fifteen_files_last_costs_little(project: Project) -> None:
    project.build("old")
    with lock(project.state), staging(project.output, project.state) as folder:
        project.write(folder, "new")
        for number in range(10):
            (folder / f"page{number}.html").write_bytes(os.urandom(100_000))
        project.write(folder, "new")
        before = time.perf_counter()
        publish(folder, project.output, project.state)
        assert time.perf_counter() - before < 1, "30 ms on an idle disk; the rest is for a busy one"


# --- the manifest ----------------------------------------------------------------------------------


def test_the_manifest_is_sorted_and_knows_neither_time_nor_place(project: Project) -> None:
    project.build("new")
    text = (project.output / "manifest.json").read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=1, sort_keys=True) + "\n"
    assert list(json.loads(text)) == ["counts", "digest", "files", "inputs", "versions"]
    assert list(json.loads(text)["files"]) == ["docs/reference.html", "graph.nq", "index.html"]
    assert str(project.output.parent) not in text
    assert read_manifest(project.output).counts == {"entries": 3}


@pytest.mark.parametrize("path", ["/home/ada/data/talks.yaml", "C:\\Users\\ada\\talks.yaml"])
def test_an_absolute_path_among_the_inputs_is_a_mistake(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="absolute path"):
        write_manifest(tmp_path, {path: "0" * 64}, VERSIONS, {})


def change(output: Path) -> None:
    with open(output / "graph.nq", "a", encoding="utf-8") as file:
        file.write(" ")


def tamper(output: Path) -> None:
    path = output / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace("0.1.0", "0.1.1"), encoding="utf-8")


def rename_store(output: Path) -> None:
    store = output / read_manifest(output).store
    store.rename(output / "store-0123456789ab")


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (change, ["output/graph.nq output-changed"]),
        (tamper, ["output/manifest.json manifest-changed"]),
        (lambda output: (output / "index.html").unlink(), ["output/index.html output-missing"]),
        (lambda output: (output / "docs/extra.html").touch(), ["output/docs/extra.html output-extra"]),
        (lambda output: shutil.rmtree(output / "docs"), ["output/docs/reference.html output-missing"]),
        (lambda output: (output / "manifest.json").unlink(), ["output/manifest.json manifest-unreadable"]),
        (
            rename_store,
            [
                "store-missing",
                "output/store-0123456789ab/000012.sst output-extra",
                "output/store-0123456789ab/CURRENT output-extra",
            ],
        ),
    ],
)
def test_verify_names_what_is_not_as_it_was_built(
    project: Project, damage: Callable[[Path], object], expected: list[str]
) -> None:
    project.build("new")
    damage(project.output)
    found = [f"{finding.place} {finding.code}" for finding in verify(project.output)]
    assert len(found) == len(expected)
    assert all(line.endswith(end) for line, end in zip(found, expected, strict=True))


def test_verify_reads_a_file_larger_than_memory_should_hold_in_pieces(tmp_path: Path) -> None:
    with open(tmp_path / "graph.nq", "wb") as file:
        file.truncate(100_000_000)
    limit = resource.getrlimit(resource.RLIMIT_AS)

    def work() -> None:
        used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + 30_000_000, limit[1]))
        write_manifest(tmp_path, {}, VERSIONS, {})

    if not Path("/proc/self/statm").exists():
        pytest.skip("the size of a process is read from /proc")
    assert in_child(work) == 0
