"""The network page, opened from a file in a real Chromium without a network."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, expect

import page_model
import written_page
from colloquy.network import Origin
from colloquy.network.words import named
from written_page import written

pytestmark = pytest.mark.browser

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    return written_page.whole()


@pytest.fixture(scope="module")
def harbour() -> dict[str, Any]:
    return written_page.harbour()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, whole: dict[str, Any]) -> Path:
    folder = tmp_path_factory.mktemp("page")
    (folder / "harbour.html").write_bytes(written_page.html().encode())
    (folder / "whole.html").write_bytes(written(whole).encode())
    quay = page_model.around(whole, "harbour-commons", "people-who-are-paid-to-take-part-speak-more-freely")
    (folder / "quay.html").write_bytes(written(quay).encode())
    (folder / "hostile.html").write_bytes(written(page_model.hostile()).encode())
    return folder


@pytest.fixture
def visit(browser: Browser, folder: Path) -> Iterator[Callable[..., Page]]:
    """Open a page offline; at the end no request, message, error or violation may have come up."""
    contexts: list[BrowserContext] = []
    trouble: list[str] = []

    def open_page(at: str = "", name: str = "harbour", script: str = "", **settings: Any) -> Page:
        context = browser.new_context(**{"viewport": DESK, "reduced_motion": "reduce", "offline": True, **settings})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.add_init_script(script)
        address = (folder / f"{name}.html").as_uri()

        def asked(request: Request) -> None:
            if request.url.partition("#")[0] != address and not request.url.startswith(("data:", "blob:")):
                trouble.append(f"request: {request.url}")

        def heard(message: ConsoleMessage) -> None:
            trouble.append(f"console {message.type}: {message.text}")

        page.on("request", asked)
        page.on("console", heard)
        page.on("pageerror", lambda error: trouble.append(f"error: {error}"))
        page.goto(address + at)
        if settings.get("java_script_enabled", True):
            page.wait_for_function("() => globalThis.colloquy")
            if settings.get("viewport") != PHONE:  # until vis-network draws, or the overview
                page.wait_for_function("() => colloquy.drawing() && colloquy.drawing().network !== null")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not trouble


def panel(page: Page) -> Locator:
    return page.locator("#thePanel")


def heading(page: Page) -> Locator:
    return page.locator("#theName")


def test_picture_list_and_model_hold_the_same(visit: Callable[..., Page], whole: dict[str, Any]) -> None:
    page = visit(name="whole")
    counts = [len(whole["nodes"]), len(whole["edges"])]
    assert page.evaluate("[colloquy.drawing().nodes.length, colloquy.drawing().edges.length]") == counts
    assert shown_in_picture(page) == counts
    assert set(page.evaluate("[...colloquy.ids]")) == {node["id"] for node in whole["nodes"]}
    edges = page.evaluate("Array.from({length: colloquy.edgeCount}, (_, edge) => colloquy.edgeId(edge))")
    assert sorted(edges) == sorted(edge["id"] for edge in whole["edges"])
    assert shown_in_list(page) == counts[0]
    assert page.locator(".counts").inner_text().startswith(f"{counts[0]} entries, {counts[1]} links")
    assert page.locator(".questions a").count() == 3


def test_every_entry_and_link_is_unpacked_as_it_was_packed(visit: Callable[..., Page], whole: dict[str, Any]) -> None:
    page = visit(name="whole")
    records = page.evaluate(
        """async () => Object.fromEntries(await Promise.all(colloquy.ids.map(async (id, node) =>
            [id, await colloquy.recordOf(node)])))"""
    )
    said: dict[str, list[tuple[Any, ...]]] = {node["id"]: [] for node in whole["nodes"]}

    def places(evidence: Iterable[Origin]) -> list[tuple[Any, ...]]:
        return [(*origin[2:], *origin.place[:2]) for origin in evidence]

    for node in whole["nodes"]:
        facts = [(group, named(text, node["label"]), evidence) for group, text, evidence in node["facts"]]
        said[node["id"]] += [(group, text, places(evidence)) for group, text, evidence in facts]
    for edge in whole["edges"]:
        details = [(text, places(evidence)) for _, text, evidence in edge["detail"]]
        for end, text in zip((edge["from"], edge["to"]), page_model.told(whole, edge), strict=True):
            said[end].append((edge["id"], text, places(edge["evidence"]), details))

    def read(evidence: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
        return [tuple(value for name, value in one.items() if name not in ("link", "correct")) for one in evidence]

    names = page.evaluate("Array.from({length: colloquy.edgeCount}, (_, edge) => colloquy.edgeId(edge))")
    for name, record in records.items():
        found: list[tuple[Any, ...]] = [
            (fact["group"], fact["text"], read(fact["evidence"])) for fact in record["facts"]
        ]
        for link in record["links"]:
            details = [(one["text"], read(one["evidence"])) for one in link["details"]]
            found.append((names[link["edge"]], link["text"], read(link["evidence"]), details))
        assert sorted(found, key=repr) == sorted(said[name], key=repr)


def test_everything_fits_in_at_the_start(visit: Callable[..., Page]) -> None:
    page = visit(name="whole")
    outside = page.evaluate(
        """() => { const box = document.getElementById("thePicture").getBoundingClientRect();
        return colloquy.ids.map((_, node) => colloquy.drawing().place(node))
            .filter(at => at.x < 0 || at.y < 0 || at.x > box.width || at.y > box.height).length; }"""
    )
    assert outside == 0
    moved = """colloquy.ids.filter((_, node) => { const there = colloquy.drawing().network.getPosition(node);
        return there.x !== colloquy.drawing().X[node] || there.y !== colloquy.drawing().Y[node]; }).length"""
    assert page.evaluate(moved) == 0, "names would not stand with their marks"


# Keeps the first picture, and counts how often there was none after it.
WATCHED = """
globalThis.bare = 0;
globalThis.pixels = (canvas) => {
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
    copy.fillStyle = "white";
    copy.fillRect(0, 0, canvas.width, canvas.height);
    copy.drawImage(canvas, 0, 0);
    return copy.getImageData(0, 0, canvas.width, canvas.height).data;
};
const blank = (canvas) => !canvas || pixels(canvas).every((one) => one === 255);
new MutationObserver(() => {
    const there = document.querySelector("canvas.still");
    globalThis.still ??= there;
    if (globalThis.still && !there && blank(document.querySelector("#thePicture canvas"))) bare += 1;
}).observe(document, { childList: true, subtree: true });
"""


@pytest.mark.parametrize("at", ["", "#quayside-library", "#harbour-commons?view=60,-40,1.6"])
def test_the_first_picture_is_the_one_that_vis_network_takes_over(visit: Callable[..., Page], at: str) -> None:
    page = visit(at, script=WATCHED)
    page.wait_for_function("() => globalThis.still && !document.querySelector('canvas.still')")
    page.wait_for_timeout(300)
    assert page.evaluate("bare") == 0
    inked, apart = page.evaluate(
        """() => { const [first, now] = [still, document.querySelector("#thePicture canvas")].map(pixels);
        if (first.length !== now.length) return [0, 0];
        let [inked, apart] = [0, 0];
        for (let at = 0; at < now.length; at += 4) {
            inked += [0, 1, 2].some((one) => now[at + one] < 128);
            apart += [0, 1, 2].some((one) => Math.abs(first[at + one] - now[at + one]) > 128);
        }
        return [inked, apart]; }"""
    )
    assert inked > 2000
    assert apart < inked / 10, "a mark may lie half a pixel apart, no more"


def test_the_search_finds_an_alias_without_its_accents_and_says_which(visit: Callable[..., Page]) -> None:
    page = visit()
    box = page.get_by_role("combobox", name="Search by name")
    box.fill("YAMADA han")
    option = page.locator("#theResults [aria-selected=true]")
    expect(option).to_contain_text("山田 花子")
    expect(option).to_contain_text("also written Yamada Hanako")
    assert box.get_attribute("aria-activedescendant") == option.get_attribute("id")
    box.fill("angstrom")
    expect(page.get_by_role("group", name="People").get_by_role("option").first).to_contain_text("Ångström")
    box.fill("xyzzy")
    expect(page.locator("#theResults")).to_contain_text("Nothing by that name")
    box.press("Escape")
    expect(page.locator("#theResults")).to_be_hidden()


def test_the_search_moves_with_arrows_and_opens_with_enter(visit: Callable[..., Page]) -> None:
    page = visit()
    box = page.get_by_role("combobox", name="Search by name")
    box.fill("har")
    first = page.locator("#theResults [aria-selected=true]").inner_text()
    box.press("ArrowDown")
    second = page.locator("#theResults [aria-selected=true]").inner_text()
    assert first != second
    box.press("ArrowUp")
    box.press("Enter")
    expect(heading(page)).to_have_text(first)
    expect(heading(page)).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_hidden()
    expect(box).to_be_focused()


def shown_in_picture(page: Page) -> list[int]:
    """Count what vis-network shows."""
    page.wait_for_function("() => colloquy.drawing()?.network")
    found: list[int] = page.evaluate(
        "(d => [d.nodeData, d.edgeData].map(s => s.get({filter: item => !item.hidden}).length))(colloquy.drawing())"
    )
    return found


def shown_in_list(page: Page) -> int:
    """Count the entries that the list has, all folds open."""
    page.evaluate("document.querySelectorAll('#theList .fold').forEach(fold => { fold.open = true })")
    page.wait_for_timeout(100)
    while page.get_by_role("button", name=re.compile(r"^Show \d+ more")).count():
        page.get_by_role("button", name=re.compile(r"^Show \d+ more")).first.click()
    return page.locator("#theList .entry").count()


def test_filters_act_on_picture_and_list_alike_and_are_told(
    visit: Callable[..., Page], harbour: dict[str, Any]
) -> None:
    page = visit()
    people = {n["id"] for n in harbour["nodes"] if n["kind"] == "k1"}
    left = [
        len(harbour["nodes"]) - len(people),
        sum(not {e["from"], e["to"]} & people for e in harbour["edges"]),
    ]
    page.get_by_role("checkbox", name="People").uncheck()
    assert shown_in_picture(page) == left
    assert shown_in_list(page) == left[0]
    expect(page.locator("#theCount")).to_have_text(
        f"Showing {left[0]} of {len(harbour['nodes'])} entries and {left[1]} of {len(harbour['edges'])} links"
    )
    page.get_by_role("button", name="Show everything").click()
    assert shown_in_picture(page) == [len(harbour["nodes"]), len(harbour["edges"])]
    assert shown_in_list(page) == len(harbour["nodes"])


def test_filtering_by_relation_takes_entries_with_no_other_link_along(
    visit: Callable[..., Page], harbour: dict[str, Any]
) -> None:
    page = visit()
    page.locator("summary", has_text="Kinds of link").click()
    page.get_by_role("button", name="None").click()
    page.get_by_role("checkbox", name="held at").check()
    held = [e for e in harbour["edges"] if e["label"] == "held at"]
    linked = {end for e in harbour["edges"] for end in (e["from"], e["to"])}
    ends = {end for e in held for end in (e["from"], e["to"])}
    unlinked = len(harbour["nodes"]) - len(linked)
    assert shown_in_picture(page) == [len(ends) + unlinked, len(held)]
    assert shown_in_list(page) == len(ends) + unlinked


def test_a_filtered_entry_can_still_be_opened_and_says_so(visit: Callable[..., Page]) -> None:
    page = visit("#quayside-library")
    note = panel(page).get_by_text("The filters leave this out")
    expect(note).to_be_hidden()
    page.get_by_role("checkbox", name="Organisations").uncheck()
    expect(note).to_be_visible()
    panel(page).get_by_role("button", name="Show everything").click()
    expect(note).to_be_hidden()


def test_addresses_open_entries_and_back_goes_back(visit: Callable[..., Page]) -> None:
    page = visit("#shared-authorship")
    expect(heading(page)).to_have_text("shared authorship")
    assert "shared authorship" in page.title()
    panel(page).get_by_role("link", name="After the pilot").click()
    expect(heading(page)).to_have_text("After the pilot")
    page.go_back()
    expect(heading(page)).to_have_text("shared authorship")
    page.get_by_role("button", name="Close").click()
    expect(panel(page)).to_be_hidden()
    assert page.title() == "Harbour Talks"
    assert "shared-authorship" not in page.url
    page.go_back()
    expect(heading(page)).to_have_text("shared authorship")
    page.go_forward()
    expect(panel(page)).to_be_hidden()


def test_an_unknown_address_says_so(visit: Callable[..., Page]) -> None:
    page = visit("#nobody-%3Cb%3E-here%")
    expect(heading(page)).to_contain_text("There is no entry nobody-")
    for name in ("edge:e99999", "question:9", "constructor", "__proto__"):
        page.goto(page.url.partition("#")[0] + "#" + name)
        expect(heading(page)).to_have_text(f"There is no entry {name}")


def test_the_panel_says_what_is_known_and_what_says_so(visit: Callable[..., Page], harbour: dict[str, Any]) -> None:
    edge = next(e for e in harbour["edges"] if e["detail"] and e["evidence"][0].phrase)
    found = edge["evidence"][0]
    file, line, _ = found.place
    page = visit(f"#{edge['to']}")
    statement = panel(page).locator(f"[data-edge={edge['id']}]")
    expect(statement).to_contain_text(page_model.told(harbour, edge)[1])
    expect(statement).to_contain_text(edge["detail"][0].text)
    proof = statement.locator(".proof").first
    expect(proof.locator("summary")).to_contain_text(f"{found.document}, {found.section}: {found.phrase}")
    place = proof.get_by_role("link", name=f"{file}, line {line}")
    expect(place).to_be_hidden()
    proof.locator("summary").click()
    assert place.get_attribute("href") == f"https://code.example.org/harbour/blob/main/{file}#L{line}"
    report = proof.get_by_role("link", name="Report a mistake").get_attribute("href")
    assert report == f"mailto:corrections@harbour.example?subject={file.replace('/', '%2F')}%3A{line}"
    expect(panel(page).get_by_role("link", name="Ask for a correction")).to_be_visible()


def test_what_was_inferred_says_so_with_its_reason(visit: Callable[..., Page], harbour: dict[str, Any]) -> None:
    edge = next(e for e in harbour["edges"] if e["evidence"][0].basis == "inferred")
    page = visit(f"#edge:{edge['id']}")
    expect(panel(page)).to_contain_text("Read between the lines: the programme lists the talk under this heading")


def edge_point(page: Page) -> dict[str, Any]:
    """Find a point of the window where a link lies and nothing else is near."""
    found: dict[str, Any] = page.evaluate(
        """() => { const drawing = colloquy.drawing();
        const box = document.getElementById("thePicture").getBoundingClientRect();
        for (const edge of drawing.edges) {
            const [from, to] = [drawing.place(colloquy.edgeFrom[edge]), drawing.place(colloquy.edgeTo[edge])];
            const [x, y] = [(from.x + to.x) / 2, (from.y + to.y) / 2];
            if (drawing.at(x, y)?.edge === edge) return {x: box.left + x, y: box.top + y, id: colloquy.edgeId(edge)};
        } }"""
    )
    return found


def test_a_click_on_a_link_opens_its_statement_both_ways(visit: Callable[..., Page], harbour: dict[str, Any]) -> None:
    page = visit()
    at = edge_point(page)
    page.mouse.click(at["x"], at["y"])
    page.wait_for_url(f"**#edge:{at['id']}")
    edge = next(e for e in harbour["edges"] if e["id"] == at["id"])
    text, back = page_model.told(harbour, edge)
    expect(heading(page)).to_have_text(text)
    expect(panel(page)).to_contain_text(back)
    expect(panel(page).locator(".proof p").first).to_be_visible()
    expect(page.locator("#thePicture")).to_be_focused()


def test_a_click_on_a_mark_opens_it_and_a_click_beside_closes(visit: Callable[..., Page]) -> None:
    page = visit()
    at = page.evaluate(
        """() => { const box = document.getElementById("thePicture").getBoundingClientRect();
        const at = colloquy.drawing().place(colloquy.nodeNamed("harbour-commons"));
        return [box.left + at.x, box.top + at.y, box.left + 8, box.top + 8]; }"""
    )
    page.mouse.click(at[0], at[1])
    expect(heading(page)).to_have_text("Harbour Commons")
    page.wait_for_timeout(350)  # vis-network takes a second click sooner than this for a double one
    page.mouse.click(at[2], at[3])
    expect(panel(page)).to_be_hidden()


def test_a_question_lists_and_lights_its_entries(visit: Callable[..., Page], harbour: dict[str, Any]) -> None:
    page = visit()
    page.locator(".questions a").nth(1).click()
    expect(heading(page)).to_have_text("What was said about shared authorship?")
    expect(panel(page)).to_contain_text("These take it up.")
    ids = harbour["questions"][1]["ids"]
    assert panel(page).locator(".things li").count() == len(ids)
    assert set(page.evaluate("[...colloquy.lit().main].map(node => colloquy.ids[node])")) == set(ids)


def test_a_task_without_a_mouse(visit: Callable[..., Page]) -> None:
    """Skip to the list, open an entry there, follow one of its links, and come back to where one was."""
    page = visit()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the list of everything")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#theOutline")).to_be_focused()
    for _ in range(3):  # what the list is ordered by, and the first kind's heading
        page.keyboard.press("Tab")
    first = page.locator("#theOutline .entry h4 a").first
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    expect(heading(page)).to_be_focused()
    expect(heading(page)).to_have_text(first.inner_text())
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.matches('.proof summary')"):
        page.keyboard.press("Tab")
    linked = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text(linked)
    page.keyboard.press("Escape")
    expect(first).to_be_focused()


def test_arrow_keys_walk_along_links_in_the_picture(visit: Callable[..., Page]) -> None:
    page = visit()
    picture = page.get_by_role("application", name="Picture of the network")
    page.locator("#theShow").evaluate("button => button.closest('.view').querySelector('#theCloser').focus()")
    page.keyboard.press("Shift+Tab")
    expect(picture).to_be_focused()
    status = page.locator("#theStatus")
    expect(status).to_contain_text("Arrow keys follow links")
    been = set()
    for key in ("ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown"):
        before = page.evaluate("colloquy.ids[colloquy.cursor()]")
        page.keyboard.press(key)
        after = page.evaluate("colloquy.ids[colloquy.cursor()]")
        joined = """both => { const [one, other] = both.map(colloquy.nodeNamed);
            return Array.from(colloquy.linksOf(one)).some(edge =>
                colloquy.edgeFrom[edge] === other || colloquy.edgeTo[edge] === other); }"""
        been |= {before, after}
        assert before == after or page.evaluate(joined, [before, after])
    assert len(been) > 1
    scale = page.evaluate("colloquy.drawing().view().zoom")
    page.keyboard.press("+")
    assert page.evaluate("colloquy.drawing().view().zoom") > scale
    name = page.evaluate("colloquy.labels[colloquy.cursor()]")
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text(name)
    page.keyboard.press("Escape")
    expect(picture).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("combobox", name="Search by name")).to_be_focused()


def test_the_wheel_scrolls_the_page_until_the_picture_is_chosen(visit: Callable[..., Page]) -> None:
    page = visit()
    scale = page.evaluate("colloquy.drawing().view().zoom")
    page.mouse.move(900, 120)
    page.mouse.wheel(0, 200)
    expect(page.locator("#theHint")).to_contain_text("To zoom with the wheel")
    page.wait_for_function("() => scrollY > 0")
    assert page.evaluate("colloquy.drawing().view().zoom") == scale
    page.evaluate("scrollTo(0, 0)")
    page.mouse.click(520, 120)
    page.mouse.wheel(0, -200)
    page.wait_for_function("scale => colloquy.drawing().view().zoom > scale", arg=scale)


def test_hostile_labels_and_ids_run_nothing_and_show_as_text(visit: Callable[..., Page]) -> None:
    page = visit(name="hostile")
    model = page_model.hostile()
    assert not page.evaluate("vis instanceof Element"), "an entry's id has become a global name"
    for node in model["nodes"]:
        page.evaluate("id => colloquy.openNode(colloquy.nodeNamed(id))", node["id"])
        expect(heading(page)).to_have_text(" ".join(node["label"].split()))
        page.evaluate("colloquy.closeOpen()")
    for edge in model["edges"][:4]:
        page.evaluate("id => colloquy.openEdge(colloquy.edgeNamed(id))", edge["id"])
        expect(panel(page)).to_contain_text("What says so")
    page.get_by_role("combobox", name="Search by name").fill("b>alias")
    expect(page.get_by_role("option").first).to_contain_text("</title><b>alias</b>")
    assert page.evaluate("globalThis.broken") is None
    assert page.locator("img").count() == page.locator("svg[onload]").count() == 0
    assert page.evaluate("[...document.links].every(a => /^(#|https?:|mailto:)/i.test(a.getAttribute('href')))")
    assert shown_in_picture(page)[0] == len(model["nodes"])


def test_names_of_each_script_keep_their_own_direction(visit: Callable[..., Page]) -> None:
    page = visit("#entry-52")
    name = heading(page).locator("bdi")
    expect(name).to_have_text("محمد الفارسي")
    assert name.evaluate("element => getComputedStyle(element).unicodeBidi") == "isolate"
    assert name.evaluate("element => element.matches(':dir(rtl)')")


def test_dark_mode_has_its_own_colours_in_page_and_picture(visit: Callable[..., Page]) -> None:
    background = "getComputedStyle(document.documentElement).backgroundColor"
    pixel = """() => { const at = colloquy.drawing().place(colloquy.nodeNamed("harbour-commons"));
        const canvas = document.querySelector("#thePicture canvas");
        const [x, y] = [at.x, at.y].map(value => Math.round(value * devicePixelRatio));
        return [...canvas.getContext("2d").getImageData(x, y, 1, 1).data].slice(0, 3); }"""
    day, night = visit(color_scheme="light"), visit(color_scheme="light")
    night.emulate_media(color_scheme="dark", reduced_motion="reduce")  # while the page is open
    night.wait_for_timeout(200)
    assert night.evaluate(background) == "rgb(20, 22, 26)" != day.evaluate(background)
    assert night.evaluate(pixel) == [0xF0, 0xB9, 0x3A] != day.evaluate(pixel)


def test_on_a_phone_search_questions_and_list_come_first(visit: Callable[..., Page]) -> None:
    page = visit(viewport=PHONE, has_touch=True, is_mobile=True)
    order = ["h1", "#theSearch", ".questions", "#theShow", "#theOutline"]
    tops = [page.locator(what).evaluate("element => element.getBoundingClientRect().top") for what in order]
    assert tops == sorted(tops)
    assert tops[-1] < PHONE["height"]
    expect(page.locator("#theFrame")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.locator(".fold > summary").nth(1).tap()
    small = page.evaluate(
        """() => [...document.querySelectorAll(
            "button, .questions a, .fold > summary, .all > summary, .entry h4 a, #theSearch")]
        .filter(element => element.checkVisibility({contentVisibilityAuto: true}))
        .filter(element => element.getBoundingClientRect().height < 43.5).map(element => element.outerHTML)"""
    )
    assert not small
    page.get_by_role("button", name="Show the picture").tap()
    expect(page.locator("#thePicture canvas")).to_be_visible()
    assert shown_in_picture(page)[0] == page.evaluate("colloquy.nodeCount")
    page.locator(".questions a").first.tap()
    expect(heading(page)).to_be_in_viewport()
    assert page.locator("main").evaluate("element => element.inert")
    page.get_by_role("button", name="Close").tap()
    assert not page.locator("main").evaluate("element => element.inert")


@pytest.mark.parametrize("pause", [0, 40, 200])
def test_a_picture_that_was_folded_while_it_was_made_is_whole(visit: Callable[..., Page], pause: int) -> None:
    page = visit(viewport=PHONE, has_touch=True, is_mobile=True)
    page.evaluate(
        """async (pause) => { const show = document.getElementById("theShow");
        show.click();
        await new Promise((done) => setTimeout(done, pause));
        show.click(); }""",
        pause,
    )
    page.wait_for_timeout(1000)
    page.get_by_role("button", name="Show the picture").tap()
    page.wait_for_function("() => colloquy.drawing()?.network && !document.querySelector('canvas.still')")
    page.wait_for_timeout(300)
    outside = page.evaluate(
        """() => { const { clientWidth: width, clientHeight: height } = document.getElementById("thePicture");
        return colloquy.ids.map((_, node) => colloquy.drawing().network.canvasToDOM(colloquy.drawing().home(node)))
            .filter(({ x, y }) => x < 0 || y < 0 || x > width || y > height).length; }"""
    )
    assert outside == 0


def test_without_javascript_the_list_says_everything(visit: Callable[..., Page], harbour: dict[str, Any]) -> None:
    page = visit(java_script_enabled=False)
    expect(page.locator("noscript .notice")).to_be_visible()
    expect(page.get_by_role("combobox", name="Search by name")).to_be_hidden()
    assert page.locator("#theOutline .entry:visible").count() == len(harbour["nodes"])
    entry = page.locator("#after-the-pilot")
    for edge in harbour["edges"]:
        if "after-the-pilot" in (edge["from"], edge["to"]):
            text, back = page_model.told(harbour, edge)
            expect(entry.get_by_text(text if edge["from"] == "after-the-pilot" else back)).to_be_visible()


def test_on_paper_the_list_is_open_and_nothing_else_is_there(
    visit: Callable[..., Page], harbour: dict[str, Any]
) -> None:
    page = visit()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    for gone in ("#theSearch", "#thePicture", "#theTools", ".questions"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.locator("#theList .statement:visible")).to_have_count(2 * len(harbour["edges"]))
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator("#theList .fold").first).to_be_attached()


@pytest.fixture(scope="session")
def axe() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def relations_open(page: Page) -> None:
    page.get_by_role("checkbox", name="People").uncheck()
    page.locator("summary", has_text="Kinds of link").click()


def communities_open(page: Page) -> None:
    page.locator("summary", has_text="Communities").click()


def years_open(page: Page) -> None:
    page.locator("summary", has_text="Years").click()


def sharing_open(page: Page) -> None:
    page.locator("summary", has_text="Share and save").click()


def results_open(page: Page) -> None:
    page.get_by_role("combobox", name="Search by name").fill("a")


def list_open(page: Page) -> None:
    page.locator(".fold > summary").nth(1).tap()
    page.locator(".all > summary:visible").nth(2).tap()


def proofs_open(page: Page) -> None:
    page.evaluate("document.querySelectorAll('#thePanel .proof').forEach(proof => { proof.open = true })")


PHONE_SETTINGS = {"viewport": PHONE, "has_touch": True, "is_mobile": True}


@pytest.mark.parametrize(
    ("at", "settings", "act"),
    [
        ("", {}, None),
        ("", {}, results_open),
        ("", {}, relations_open),
        ("", {}, communities_open),
        ("", {}, years_open),
        ("", {}, sharing_open),
        ("#harbour-commons?around=2*harbour-commons&keep=harbour-commons", {}, None),
        ("#path:harbour-commons>foundation-for-common-waters", {}, proofs_open),
        ("#area", {"color_scheme": "dark"}, None),
        ("#shared-authorship", {}, proofs_open),
        ("#edge", {}, None),
        ("#question:0", {"color_scheme": "dark"}, None),
        ("#harbour-commons", {"color_scheme": "dark"}, proofs_open),
        ("#nobody", {"color_scheme": "dark"}, relations_open),
        ("", PHONE_SETTINGS, list_open),
        ("#harbour-commons", {**PHONE_SETTINGS, "color_scheme": "dark"}, None),
    ],
)
def test_axe_finds_nothing(
    visit: Callable[..., Page],
    harbour: dict[str, Any],
    axe: str,
    at: str,
    settings: dict[str, Any],
    act: Callable[[Page], None] | None,
) -> None:
    if at == "#area":
        at = f"#area:{harbour['areas'][0]['key']}"
    if at == "#edge":
        at = f"#edge:{next(e['id'] for e in harbour['edges'] if e['to'] == 'harbour-commons')}"
    page = visit(at, "quay", **settings)  # few entries, but all that a page can have: axe takes its time
    if act:
        act(page)
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(result => result.violations)")
    assert [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found] == []
