"""Earlier generations: each whole or not there, whoever is killed; found by digest; cheap."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from colloquy import generation
from colloquy.errors import ProjectError
from colloquy.generation import keeping, lock, publish, read_manifest, recover, staging, verify
from test_generation import CHANGING, VERSIONS, die_at, in_child, use
from test_generation import Project as Building

pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


@dataclass(frozen=True)
class Keeping(Building):
    """A project that builds one word into every file, and keeps what it said before."""

    def keeping(self, word: str, keep: int | None) -> None:
        with lock(self.state, 20), staging(self.output, self.state) as folder:
            self.write(folder, word)
            publish(folder, self.output, self.state, keep)

    def kept(self) -> list[str]:
        """Give the words of the kept generations, the last one first; fail where one is not whole."""
        words: list[str] = []
        for folder in generation.kept(self.state):
            assert verify(folder) == []
            assert read_manifest(folder).digest == folder.name
            said = self._said(folder)
            assert len(said) == 1
            words += said
        return words

    def left_overs(self) -> set[str]:
        return super().left_overs() - {generation.KEPT}


def digest_of(word: str) -> str:
    return generation.digest({"data/talks.yaml": word * 8}, VERSIONS)


@pytest.fixture
def project(tmp_path: Path) -> Keeping:
    return Keeping(tmp_path / "seminar" / "output", tmp_path / "seminar" / ".colloquy")


def test_the_last_few_are_kept_and_found_by_their_digest(project: Keeping) -> None:
    for word in ("one", "two", "three", "four"):
        project.keeping(word, 2)
    assert project.word() == "four"
    assert project.kept() == ["three", "two"]
    assert project.left_overs() == set()
    found = generation.find(digest_of("two"), project.output, project.state)
    assert found == project.state / generation.KEPT / digest_of("two")
    assert generation.find(digest_of("four"), project.output, project.state) == project.output
    assert generation.find(digest_of("one"), project.output, project.state) is None


def test_a_build_without_the_option_leaves_the_kept_ones_and_0_lets_go_of_them(project: Keeping) -> None:
    project.keeping("one", None)
    project.keeping("two", 3)
    project.keeping("three", None)
    assert project.kept() == ["one"]
    project.keeping("four", 0)
    assert project.kept() == []
    assert project.left_overs() == set()


def test_the_same_facts_again_keep_nothing_and_a_generation_that_comes_back_is_kept_once(project: Keeping) -> None:
    for word in ("one", "one"):
        project.keeping(word, 3)
    assert project.kept() == []
    for word in ("two", "one", "three"):
        project.keeping(word, 3)
    assert project.kept() == ["one", "two"]  # `one` was the newest after `two`


def test_kept_files_are_linked_and_the_users_own_are_not_kept(project: Keeping) -> None:
    project.keeping("one", None)
    (project.output / "README.md").write_text("What lies here\n", encoding="utf-8")
    before = {path.relative_to(project.output): path.stat().st_ino for path in project.output.rglob("*.*")}
    project.keeping("two", 1)
    [folder] = generation.kept(project.state)
    after = {path.relative_to(folder): path.stat().st_ino for path in folder.rglob("*.*")}
    del before[Path("README.md")]
    assert after == before
    assert (project.output / "README.md").read_text(encoding="utf-8") == "What lies here\n"


def test_where_the_disk_cannot_link_files_are_copied(project: Keeping, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    for word in ("one", "two"):
        project.keeping(word, 1)
    assert (project.kept(), project.word()) == (["one"], "two")


def test_no_room_to_keep_is_said_in_words_and_leaves_the_old_output(
    project: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    project.keeping("old", None)
    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(shutil, "copy2", refuse)
    with pytest.raises(ProjectError, match=r"cannot keep the generation [0-9a-f]{12}: no space left.*make room"):
        project.keeping("new", 1)
    assert (project.word(), project.kept(), project.left_overs()) == ("old", [], set())


@pytest.mark.parametrize("damage", ["no store", "no page", "no manifest"])
def test_what_is_no_whole_generation_is_not_kept(project: Keeping, damage: str) -> None:
    project.keeping("old", None)
    if damage == "no store":
        shutil.rmtree(project.output / read_manifest(project.output).store)
    elif damage == "no page":
        (project.output / "index.html").unlink()
    else:
        shutil.rmtree(project.output)
    project.keeping("new", 1)
    assert (project.word(), project.kept()) == ("new", [])


def test_a_damaged_kept_one_gives_way_to_a_sound_one(project: Keeping) -> None:
    for word in ("one", "two"):
        project.keeping(word, 2)
    (generation.kept(project.state)[0] / "manifest.json").write_text("{}", encoding="utf-8")
    for word in ("one", "three"):
        project.keeping(word, 2)
    assert project.kept() == ["one", "two"]


def test_nothing_but_a_digest_is_looked_for(project: Keeping) -> None:
    project.keeping("one", None)
    project.keeping("two", 1)
    for name in ("../../..", ".", "", "/etc", digest_of("one").upper()):
        assert generation.find(name, project.output, project.state) is None
    (project.state / generation.KEPT / "notes").mkdir()
    project.keeping("three", 1)
    assert project.kept() == ["two"]
    assert (project.state / generation.KEPT / "notes").is_dir()


# --- killed at every step --------------------------------------------------------------------------


def killed_at_every_step(project: Keeping, way: str) -> Iterator[int]:
    """With `one` kept and `two` built, kill the build of `three` before every step in turn; yield after each."""
    project.keeping("one", None)
    project.keeping("two", 2)
    pristine = project.output.parent.with_name("pristine")
    shutil.copytree(project.output.parent, pristine)
    for step in range(500):
        shutil.rmtree(project.output.parent)
        shutil.copytree(pristine, project.output.parent)

        def work(step: int = step) -> None:
            use("renames" if way == "half" else way, project.output)
            if way == "half":
                in_place(project)
            die_at(step, calls=(*CHANGING, "link", "utime"))
            project.keeping("three", 1)

        if in_child(work) == 0:
            return
        yield step
    pytest.fail("a build without end")


@pytest.mark.parametrize("way", ["exchange", "renames", "emptied"])
def test_a_build_killed_at_any_step_leaves_whole_generations_only(project: Keeping, way: str) -> None:
    seen = set()
    for _ in killed_at_every_step(project, way):
        if way != "exchange":
            with lock(project.state, 1):
                recover(project.output, project.state)
        word, kept = project.word(), project.kept()
        assert word in ("two", "three")
        assert set(kept) <= {"one", "two"}
        assert kept, "something that was to be kept is never lost"
        assert word == "two" or "two" in kept, "no newer one without the one before it"
        seen.add((word, *kept))
        project.keeping("next", 2)
        assert project.word() == "next"
        assert project.kept()[0] == word
        assert project.left_overs() == set()
    assert {state[0] for state in seen} == {"two", "three"}
    assert {("two", "one"), ("two", "two", "one"), ("three", "two", "one"), ("three", "two")} <= seen


def in_place(project: Keeping) -> None:
    """Keep in the simple way, into the folder itself: what the kills must find out."""

    def keep(output: Path, state_dir: Path, digest: str) -> None:
        shutil.copytree(output, state_dir / generation.KEPT / read_manifest(output).digest, dirs_exist_ok=True)

    module: Any = keeping
    module.keep = keep


def test_the_kills_would_tell_a_copy_in_place(project: Keeping) -> None:
    halves = 0
    for _ in killed_at_every_step(project, "half"):
        try:
            project.kept()
        except (AssertionError, ProjectError, OSError):
            halves += 1
    assert halves > 0
