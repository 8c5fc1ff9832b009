"""What many tests share: the repository, a copy of its project, and that copy built."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from colloquy.project import Project

# A shell ignores interrupts in what it runs in the background, and what is started from there inherits that.
signal.signal(signal.SIGINT, signal.default_int_handler)

REPOSITORY = Path(__file__).parent.parent
PARTS = ("colloquy.yaml", "ontology", "data", "queries")


def copy_project(target: Path) -> Path:
    """Copy the repository's own project, without what was built."""
    target.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        source = REPOSITORY / part
        if source.is_dir():
            shutil.copytree(source, target / part)
        else:
            shutil.copy(source, target / part)
    return target


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The repository's project, copied and built once; not to be changed."""
    project = Project(copy_project(tmp_path_factory.mktemp("built") / "seminar"))
    project.build()
    return project


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A fresh copy of the repository's project, not built, for one test to change."""
    return copy_project(tmp_path / "seminar")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of public harnesses and texts; the test is skipped where there is none."""
    where = os.environ.get("COLLOQUY_SHARED", "")
    if not where or not Path(where).is_dir():
        pytest.skip("COLLOQUY_SHARED names no folder of public tests")
    return Path(where)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium; without one a test is skipped, but not in CI, where everything has to be there."""
    named = os.environ.get("COLLOQUY_CHROMIUM")
    path = named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        reason = "no Chromium found: install one, or name it in COLLOQUY_CHROMIUM"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=quiet)
        yield browser
        browser.close()
