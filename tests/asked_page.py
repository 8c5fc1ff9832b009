"""The query page in a real Chromium: opened, asked, and watched for requests."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from playwright.sync_api import Browser, Page

Asking: TypeAlias = Callable[..., Page]
LIMIT_SECONDS = 40.0


def wait(page: Page, script: str, seconds: float = LIMIT_SECONDS) -> None:
    """Wait until a script gives true; the page's policy lets Playwright's own way not in."""
    end = time.monotonic() + seconds
    while not page.evaluate(script):
        assert time.monotonic() < end, f"waited in vain for: {script}"
        time.sleep(0.02)


@contextmanager
def opened(browser: Browser, address: str, **settings: Any) -> Iterator[Page]:
    """Open a query page; any request, error or refusal of its policy fails the test."""
    wrong: list[str] = []
    with browser.new_context(**settings) as context:
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("console", lambda told: wrong.append(f"console: {told.text}") if told.type == "error" else None)
        own = address.partition("#")[0]
        inside = ("blob:", "data:")
        page.on(
            "request", lambda r: None if r.url == own or r.url.startswith(inside) else wrong.append(f"request: {r.url}")
        )
        page.goto(address)
        wait(page, "Boolean(globalThis.colloquy)")
        page.evaluate("colloquy.ready")
        yield page
        assert not wrong, wrong


def run(page: Page, text: str) -> None:
    """Put a query into the editor, and run it to its end."""
    page.evaluate("text => { colloquy.setQuery(text); colloquy.runQuery(); }", text)
    wait(page, "!colloquy.running()")


def choose(page: Page, name: str) -> None:
    """Choose a question of the project, and wait for its answer."""
    page.evaluate("name => colloquy.choose(colloquy.questions.find(one => one.name === name))", name)
    wait(page, "!colloquy.running()")


def rows(page: Page) -> list[tuple[str | None, ...]]:
    """Give the rows that are shown, as terms."""
    return [tuple(row) for row in page.evaluate("colloquy.shown().answer.rows")]
