"""The page of the repository's own project, opened from disk in a real browser with the network cut."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from colloquy.generation import read_manifest
from colloquy.project import Project

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser, built: Project) -> Iterator[Page]:
    heard: list[str] = []
    address = (built.output / "index.html").resolve().as_uri()
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda request: heard.append(request.url) if request.url != address else None)
    page.goto(address)
    page.wait_for_function("globalThis.colloquy && globalThis.colloquy.network()")
    yield page
    context.close()
    assert heard == [], "the page asked for something, or complained"


def ids(path: Path, column: str) -> set[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row[column] for row in csv.DictReader(file)}


def test_picture_outline_and_exports_hold_the_same(page: Page, built: Project) -> None:
    counts = read_manifest(built.output).counts
    drawn = page.evaluate("[colloquy.network().body.data.nodes.length, colloquy.network().body.data.edges.length]")
    assert drawn == [counts["nodes"], counts["edges"]]
    listed = set(page.evaluate("colloquy.nodes.map(node => node.id)"))
    assert listed == ids(built.output / "nodes.csv", "id")
    headings = page.evaluate("[...document.querySelectorAll('h4 a')].map(a => a.getAttribute('href').slice(1))")
    assert listed == {name for name in headings if ":" not in name}
    links = page.evaluate("[...document.querySelectorAll('[data-edge]')].map(item => item.dataset.edge)")
    assert set(links) == ids(built.output / "edges.csv", "id")
    assert len(links) == 2 * counts["edges"]  # at each of the two ends


def test_a_visitor_finds_a_person_by_an_old_spelling_and_reads_what_says_so(page: Page) -> None:
    page.get_by_role("combobox").fill("john playe")
    page.get_by_role("combobox").press("Enter")
    panel = page.get_by_role("complementary")
    expect(panel.get_by_role("heading", name="John Playle")).to_be_visible()
    expect(panel).to_contain_text("University of Huddersfield")
    expect(panel).to_contain_text("Research Team")
    page.go_back()
    expect(panel.get_by_role("heading", name="John Playle")).to_be_hidden()


def test_the_starting_questions_light_their_answers(page: Page) -> None:
    page.get_by_role("link", name="In what order").first.click()
    expect(page.get_by_role("complementary")).to_contain_text("Ms Keeble")


def test_axe_finds_nothing_on_the_first_view(page: Page) -> None:
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then(result => result.violations.map(v => v.id))"
    )
    assert found == []


def test_a_click_on_a_link_shows_its_statement_and_no_cursor(page: Page) -> None:
    """Whoever points gets what was pointed at; the cursor of the keyboard stays away."""
    x, y = page.evaluate(
        """() => {
            const network = colloquy.network();
            const frame = network.body.container.getBoundingClientRect();
            for (const edge of Object.values(network.body.edges)) {
                if (!edge.connected) continue;
                const middle = { x: (edge.from.x + edge.to.x) / 2, y: (edge.from.y + edge.to.y) / 2 };
                const at = network.canvasToDOM(middle);
                if (network.getEdgeAt(at) === edge.id && network.getNodeAt(at) === undefined)
                    return [frame.x + at.x, frame.y + at.y];
            }
        }"""
    )
    page.mouse.move(x, y)
    page.mouse.click(x, y)
    page.wait_for_function("location.hash.startsWith('#edge:')")
    assert page.evaluate("colloquy.look.cursor?.id ?? null") is None


def test_a_starting_question_is_answered_row_by_row(page: Page) -> None:
    page.get_by_role("link", name="In what order").first.click()
    panel = page.get_by_role("complementary")
    expect(panel.get_by_text("7 · Ms Keeble · afternoon")).to_have_count(1)
    expect(panel.get_by_role("link", name="Ms Keeble")).to_have_count(1)
