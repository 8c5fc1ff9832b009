"""README and docs are executed, page by page, in a copy of the project.

```console   lines that begin with `$ ` are run; the lines after one are its output, a line `…` for any lines
```yaml data/new.yaml      (any language and a path) is written to that file of the copy
```python    is run; `>>>` examples are compared with their output
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from colloquy.project import Project

REPOSITORY = Path(__file__).parent.parent
PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]
EXAMPLES = REPOSITORY / "docs/examples"
FENCE = re.compile(r"^```(\S*)[ \t]*(\S*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOT_RUN = {"make", "git", "export", "cd", "open", "python3", "pip", "xdg-open"}


@dataclass(frozen=True)
class Block:
    language: str
    file: str
    text: str
    line: int


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [Block(m[1], m[2], m[3], text.count("\n", 0, m.start()) + 2) for m in FENCE.finditer(text)]


def commands(block: Block) -> list[tuple[str, str]]:
    """Give each command of a console block with the output that the page shows for it."""
    found: list[tuple[str, list[str]]] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found and line.startswith("> ") and not found[-1][1]:
            found[-1] = (found[-1][0] + "\n" + line[2:], [])
        elif found:
            found[-1][1].append(line)
    return [(command, "\n".join(lines).strip()) for command, lines in found]


def fits(shown: str, got: str) -> bool:
    """Compare output with what a page shows; `…` alone on a line stands for any lines, in a line for any text."""
    parts = [re.escape(part) for part in re.split(r"^…$\n?", shown, flags=re.MULTILINE)]
    pattern = r"(?:.*\n)*?".join(part.replace("…", ".*?") for part in parts)
    plain = "\n".join(line.rstrip() for line in got.strip().splitlines())
    return (
        re.fullmatch(pattern.rstrip("\\\n") + r"\n*(?:.*\n?)*" if shown.endswith("…") else pattern, plain) is not None
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(REPOSITORY).as_posix())
def test_page_tells_the_truth(page: Path, built: Project, tmp_path: Path) -> None:
    here = tmp_path / "project"
    shutil.copytree(built.folder, here, ignore=shutil.ignore_patterns(".colloquy"))
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "100",
        "NO_COLOR": "1",
    }
    environment.pop("COLLOQUY_DATA", None)
    seconds = 120
    if page.is_relative_to(EXAMPLES):  # on data that is not in the repository
        data = Path(os.environ.get("COLLOQUY_SHARED", ""), "data", page.parent.name)
        if not os.environ.get("COLLOQUY_SHARED") or not data.is_dir():
            pytest.skip(f"COLLOQUY_SHARED names no folder with data/{page.parent.name}")
        shutil.copytree(EXAMPLES, here / "docs/examples", ignore=shutil.ignore_patterns(".colloquy", "output"))
        environment["COLLOQUY_DATA"] = str(data)
        seconds = 600
    names: dict[str, object] = {}
    for block in blocks(page):
        where = f"{page.name}:{block.line}"
        if block.file and "/" in block.file:
            (here / block.file).parent.mkdir(parents=True, exist_ok=True)
            (here / block.file).write_text(block.text, encoding="utf-8")
        elif block.language == "console":
            for command, shown in commands(block):
                if shlex.split(command, comments=True)[0] in NOT_RUN:
                    continue
                done = subprocess.run(
                    ["bash", "-c", command], cwd=here, env=environment, capture_output=True, text=True, check=False,
                    timeout=seconds,
                )  # fmt: skip
                # Of a stage that takes long one is told, on a busy machine: no page shows that.
                got = done.stdout + re.sub(r"(?m)^[a-z ]+: \d+ s\n", "", done.stderr)
                assert "Traceback" not in got, f"{where}: {command}\n{got}"
                assert fits(shown, got), f"{where}: {command}\n--- shown\n{shown}\n--- got\n{got}"
        elif block.language == "python":
            before = Path.cwd()
            os.chdir(here)
            try:
                if ">>>" in block.text:
                    run_examples(block, names, where)
                else:
                    exec(compile(block.text, where, "exec"), names)
            finally:
                os.chdir(before)


def run_examples(block: Block, names: dict[str, object], where: str) -> None:
    test = doctest.DocTestParser().get_doctest(block.text, names, where, str(where), block.line)
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=flags)
    runner.run(test, out=said.append, clear_globs=False)
    names.update(test.globs)
    assert not runner.failures, "".join(said)


def test_every_fence_that_looks_like_a_command_is_run() -> None:
    for page in PAGES:
        for block in blocks(page):
            assert block.language not in ("sh", "bash", "shell"), f"{page.name}:{block.line}: use ```console"


def test_every_page_is_linked_from_the_readme() -> None:
    readme = PAGES[0].read_text(encoding="utf-8")
    missing = [p.name for p in PAGES[1:] if p.parent.name == "docs" and f"docs/{p.name}" not in readme]
    assert not missing, missing


def test_the_figures_of_the_readme_are_those_that_were_measured() -> None:
    table = (REPOSITORY / "README.md").read_text(encoding="utf-8").partition("## How fast")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ") and "---" not in line][1:]
    measured = (REPOSITORY / "tests" / "benchmarks" / "results.md").read_text(encoding="utf-8").splitlines()
    assert len(rows) >= 5
    assert [row for row in rows if row not in measured] == []


def test_every_code_of_a_finding_is_in_the_list_of_codes() -> None:
    listed = set(re.findall(r"`([a-z0-9-]+)`", (REPOSITORY / "docs/facts.md").read_text(encoding="utf-8")))
    made = re.compile(r'(?:"(?:error|warning)", |say\([a-z_.]+, |error\(|warn\()"([a-z0-9]+(?:-[a-z0-9]+)+)"')
    ours = (path for path in (REPOSITORY / "src/colloquy").rglob("*.py") if path.parent.name not in ("lint", "change"))
    codes = {code for path in ours for code in made.findall(path.read_text(encoding="utf-8"))}
    assert len(codes) > 60
    # The last is said by `verify`, of an output folder.
    assert codes - listed == {"store-differs"}
