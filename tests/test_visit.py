"""Visits to the page of the repository's own project, from disk in a real browser with the network cut.

Every task of a visitor is done twice: by keyboard alone, and by touch at the size of a phone.  What is
expected comes from the files that the same build wrote, or from the seminar's facts.
"""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from colloquy.generation import read_manifest
from colloquy.network import draw
from colloquy.network.paths import connect
from colloquy.project import Project

pytestmark = pytest.mark.browser


class Hand(Protocol):
    """How a visitor uses the page."""

    page: Page

    def choose(self, what: Locator) -> None:
        """Follow a link, press a button, tick a box, open a fold."""

    def write(self, where: Locator, text: str) -> None:
        """Write into a field."""


class Keys:
    """A keyboard and nothing else."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, what: Locator) -> None:
        """Press Tab until something has the focus: forwards, or backwards where that fails."""
        what = what.first
        expect(what).to_be_visible()
        for key, most in (("Tab", 120), ("Shift+Tab", 240)):
            for _ in range(most):
                if what.evaluate("element => element === document.activeElement"):
                    return
                self.page.keyboard.press(key)
        pytest.fail(f"no Tab leads to {what}")

    def choose(self, what: Locator) -> None:
        self.reach(what)
        box = what.first.evaluate("element => element.matches('input')")
        self.page.keyboard.press("Space" if box else "Enter")

    def write(self, where: Locator, text: str) -> None:
        self.reach(where)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)


class Finger:
    """A finger on a phone."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def choose(self, what: Locator) -> None:
        what.first.scroll_into_view_if_needed()
        if what.first.evaluate("element => element.matches('input[type=checkbox]')"):
            what = what.first.locator("xpath=ancestor::label")
        what.first.tap()

    def write(self, where: Locator, text: str) -> None:
        where.tap()
        where.fill(text)


HANDS: dict[str, tuple[Callable[[Page], Hand], dict[str, Any]]] = {
    "keyboard": (Keys, {"viewport": {"width": 1280, "height": 800}}),
    "touch": (Finger, {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}),
}


@pytest.fixture(params=list(HANDS))
def hand(request: pytest.FixtureRequest, browser: Browser, built: Project) -> Iterator[Hand]:
    make, settings = HANDS[request.param]
    heard: list[str] = []
    address = (built.output / "index.html").resolve().as_uri()
    context = browser.new_context(offline=True, reduced_motion="reduce", accept_downloads=True, **settings)
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on(
        "request",
        lambda asked: heard.append(asked.url) if not asked.url.startswith((address, "data:", "blob:")) else None,
    )
    page.goto(address)
    page.wait_for_function("() => globalThis.colloquy")
    yield make(page)
    context.close()
    assert heard == [], "the page asked for something, or complained"


def is_phone(hand: Hand) -> bool:
    return isinstance(hand, Finger)


def panel(hand: Hand) -> Locator:
    return hand.page.get_by_role("complementary")


def search(hand: Hand, text: str) -> None:
    box = hand.page.get_by_role("combobox", name="Search by name")
    hand.write(box, text)
    option = hand.page.locator("#theResults [role=option]").first
    expect(option).to_be_visible()
    if is_phone(hand):
        option.tap()
    else:
        hand.page.keyboard.press("Enter")


def menu(hand: Hand, name: str) -> None:
    """Open a menu above the picture; on a phone they are folded away."""
    if is_phone(hand) and not hand.page.locator("#theFilters").evaluate("fold => fold.open"):
        hand.page.get_by_text("Legend and filters").tap()
    if name:
        hand.choose(hand.page.locator("summary", has_text=name))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# --- the tasks ------------------------------------------------------------------------------------


def test_find_somebody_by_an_old_spelling(hand: Hand) -> None:
    search(hand, "john playe")
    expect(panel(hand).get_by_role("heading", name="John Playle")).to_be_visible()
    expect(panel(hand)).to_contain_text("University of Huddersfield")


def test_a_name_that_is_typed_whole_comes_first(hand: Hand) -> None:
    other = "() => colloquy.labels.filter((label) => colloquy.labels[colloquy.lookUp(label)[0].node] !== label)"
    assert hand.page.evaluate(other) == []


def test_find_somebody_whose_name_is_mistyped(hand: Hand) -> None:
    search(hand, "hanah hwoe")
    expect(panel(hand).get_by_role("heading", name="Hannah Howe")).to_be_visible()


def test_read_what_says_so(hand: Hand) -> None:
    search(hand, "hannah howe")
    proof = panel(hand).locator(".proof", has_text="Director of Volition").first
    hand.choose(proof.locator("summary"))
    expect(proof.locator("p")).to_contain_text(re.compile(r"Written in data/\w+\.yaml, line \d+"))


def test_leave_a_kind_out_and_take_it_back(hand: Hand, built: Project) -> None:
    nodes = rows(built.output / "nodes.csv")
    ideas = sum(row["kind"] == "concept" for row in nodes)  # in the legend: ideas
    menu(hand, "")
    hand.choose(hand.page.get_by_role("checkbox", name="Ideas"))
    left = f"Showing {len(nodes) - ideas} of {len(nodes)} entries"
    expect(hand.page.locator("#theCount")).to_contain_text(left)
    assert hand.page.get_by_text("Ideas", exact=True).locator("xpath=ancestor::section").count() == 1  # the legend's
    hand.choose(hand.page.get_by_role("button", name="Show everything"))
    expect(hand.page.locator("#theCount")).to_contain_text(f"Showing all {len(nodes)} entries")


def test_follow_a_link_and_come_back(hand: Hand) -> None:
    search(hand, "hannah howe")
    hand.choose(panel(hand).locator(".statement").get_by_role("link", name="Volition", exact=True))
    expect(panel(hand).get_by_role("heading", level=2)).to_have_text("Volition")
    hand.page.go_back()
    expect(panel(hand).get_by_role("heading", level=2)).to_have_text("Hannah Howe")
    hand.page.go_back()
    expect(panel(hand)).to_be_hidden()


def test_start_with_a_question(hand: Hand) -> None:
    hand.choose(hand.page.get_by_role("link", name="In what order"))
    expect(panel(hand).get_by_text("7 · Ms Keeble · afternoon")).to_have_count(1)
    expect(panel(hand).get_by_role("link", name="Ms Keeble")).to_have_count(1)


def test_ask_how_two_are_connected(hand: Hand, built: Project) -> None:
    expected = built.path("john-playle", "hannah-howe")
    assert expected
    search(hand, "john playle")
    panel(hand).get_by_role("combobox").fill("a")  # a long list, at the end of a long panel
    expect(panel(hand).get_by_role("option").nth(3)).to_be_attached()
    expect(panel(hand).get_by_role("listbox")).to_be_in_viewport(ratio=0.99)
    panel(hand).get_by_role("combobox").fill("")
    hand.write(panel(hand).get_by_role("combobox"), "hannah howe")
    if is_phone(hand):
        panel(hand).get_by_role("option").first.tap()
    else:
        hand.page.keyboard.press("Enter")
    expect(panel(hand).get_by_role("heading", level=2)).to_contain_text("John Playle and Hannah Howe")
    first = panel(hand).locator(".steps").first
    expect(first.locator(":scope > li")).to_have_count(len(expected[0].hops))
    for hop in expected[0].hops:
        expect(first).to_contain_text(hop.say(hop.edges[0]))


def test_look_only_at_what_is_around_somebody(hand: Hand, built: Project) -> None:
    edges = rows(built.output / "edges.csv")
    near = {row["target"] for row in edges if row["source"] == "hannah-howe"}
    near |= {row["source"] for row in edges if row["target"] == "hannah-howe"} | {"hannah-howe"}
    search(hand, "hannah howe")
    hand.choose(panel(hand).get_by_role("button", name=re.compile("^1 link")))
    expect(hand.page.locator("#theCount")).to_contain_text(f"Showing {len(near)} of ")
    if is_phone(hand):  # the panel made way for the picture
        search(hand, "hannah howe")
    hand.choose(panel(hand).get_by_role("button", name=re.compile("^2 links")))
    expect(hand.page.locator("#theCount")).not_to_contain_text(f"Showing {len(near)} of ")
    hand.page.go_back()
    expect(hand.page.locator("#theCount")).to_contain_text(f"Showing {len(near)} of ")


def test_hide_something_and_show_it_again(hand: Hand, built: Project) -> None:
    count = len(rows(built.output / "nodes.csv"))
    search(hand, "pamela fisher")
    hand.choose(panel(hand).get_by_role("button", name="Hide"))
    expect(hand.page.locator("#theCount")).to_contain_text(f"Showing {count - 1} of {count} entries")
    if not is_phone(hand):
        hand.choose(panel(hand).get_by_role("button", name="Close"))
    hand.choose(hand.page.get_by_role("button", name="Show again"))
    expect(hand.page.locator("#theCount")).to_contain_text(f"Showing all {count} entries")


def test_choose_years(hand: Hand) -> None:
    menu(hand, "Years")
    first = hand.page.get_by_role("slider", name="From")
    before = int(first.input_value())
    if is_phone(hand):
        first.fill(str(before + 1))
    else:
        Keys(hand.page).reach(first)
        hand.page.keyboard.press("ArrowRight")
    expect(hand.page.locator("#theYearWords")).to_contain_text(str(before + 1))
    expect(hand.page.locator("#theCount")).to_contain_text("Showing")
    assert f"years={before + 1}-" in hand.page.url
    hand.choose(hand.page.get_by_role("button", name="All years"))
    expect(hand.page.locator("#theCount")).to_contain_text("Showing all")


def test_share_what_is_seen(hand: Hand, browser: Browser) -> None:
    menu(hand, "")
    hand.choose(hand.page.get_by_role("checkbox", name="Ideas"))
    menu(hand, "Share and save")
    hand.choose(hand.page.get_by_role("button", name="Copy the link to this view"))
    field = hand.page.get_by_label("To be copied")  # where the browser lets no page write to its clipboard
    expect(hand.page.locator("#theShareWords")).not_to_be_empty()
    link = hand.page.url
    assert field.is_hidden() or field.input_value() == link
    words = hand.page.locator("#theCount").inner_text()
    other = browser.new_context(offline=True).new_page()
    other.goto(link)
    expect(other.locator("#theCount")).to_have_text(words)
    other.context.close()


def test_take_the_table_along(hand: Hand, built: Project) -> None:
    menu(hand, "Share and save")
    with hand.page.expect_download() as download:
        hand.choose(hand.page.get_by_role("button", name="Save what is shown (CSV)"))
    saved = rows(Path(download.value.path()))
    assert {row["id"] for row in saved} == {row["id"] for row in rows(built.output / "nodes.csv")}
    assert {row["name"] for row in saved} == {row["label"] for row in rows(built.output / "nodes.csv")}


def test_read_one_link_by_itself(hand: Hand) -> None:
    search(hand, "hannah howe")
    hand.choose(panel(hand).get_by_role("link", name="This link on its own"))
    expect(panel(hand)).to_contain_text("What says so")
    expect(panel(hand)).to_contain_text("The other way round")
    expect(panel(hand).locator(".proof p").first).to_be_visible()


def test_look_through_the_list_by_community(hand: Hand, built: Project) -> None:
    listing = hand.page.locator("#theListing")
    if is_phone(hand):
        listing.select_option("area")
    else:
        Keys(hand.page).reach(listing)
        hand.page.keyboard.press("ArrowDown")
    names = {area.label for area in draw(built._network()).areas if area.parent is None}
    headings = hand.page.locator("#theList h3 bdi")
    expect(headings.first).to_be_visible()
    assert set(headings.all_inner_texts()) == names


def test_save_the_picture(hand: Hand) -> None:
    if is_phone(hand):
        hand.choose(hand.page.get_by_role("button", name="Show the picture"))
    hand.page.wait_for_function("() => colloquy.drawing()")
    menu(hand, "Share and save")
    with hand.page.expect_download() as download:
        hand.choose(hand.page.get_by_role("button", name=re.compile("SVG")))
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert "<svg" in text[:100]
    names = " ".join(hand.page.evaluate("[...colloquy.labels]"))
    lines = re.findall(r">([^<]+)</text>", text)
    assert sum(line.removesuffix("…") in names for line in map(html.unescape, lines)) > 2
    page = hand.page.context.new_page()
    page.set_content(text)
    expect(page.locator("svg text").first).to_be_visible()
    page.close()


# --- what every visit rests on ----------------------------------------------------------------------


def test_picture_list_and_exports_hold_the_same(hand: Hand, built: Project) -> None:
    counts = read_manifest(built.output).counts
    if is_phone(hand):
        hand.choose(hand.page.get_by_role("button", name="Show the picture"))
    hand.page.wait_for_function("() => colloquy.drawing()")
    drawn = hand.page.evaluate("[colloquy.drawing().nodes.length, colloquy.drawing().edges.length]")
    assert drawn == [counts["nodes"], counts["edges"]]
    assert set(hand.page.evaluate("[...colloquy.ids]")) == {row["id"] for row in rows(built.output / "nodes.csv")}
    edges = hand.page.evaluate("Array.from({length: colloquy.edgeCount}, (_, edge) => colloquy.edgeId(edge))")
    assert sorted(edges) == sorted(row["id"] for row in rows(built.output / "edges.csv"))


def test_axe_finds_nothing_on_the_first_view(hand: Hand) -> None:
    hand.page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    found = hand.page.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then(result => result.violations.map(v => v.id))"
    )
    assert found == []


def test_the_same_paths_as_in_python(hand: Hand, built: Project) -> None:
    """Ends are taken at equal steps through all entries, so that all kinds are among them."""
    if is_phone(hand):
        pytest.skip("the paths are the same at any size")
    names = [row["id"] for row in rows(built.output / "nodes.csv")]
    pairs = [(names[at], names[(at * 7 + 101) % len(names)]) for at in range(0, len(names), 4)]
    found = hand.page.evaluate(
        """pairs => pairs.map(pair => colloquy.pathsBetween(...pair.map(colloquy.nodeNamed))
            .map(path => [path.nodes.map(node => colloquy.ids[node]),
                path.hops.map(hop => hop.edges.map(colloquy.edgeId))]))""",
        pairs,
    )
    network = built._network()
    expected = [
        [[list(path.nodes), [[edge.id for edge in hop.edges] for hop in path.hops]] for path in connect(network, *pair)]
        for pair in pairs
    ]
    assert found == expected
    assert sum(map(len, found)) > len(found), "some have more than one"
