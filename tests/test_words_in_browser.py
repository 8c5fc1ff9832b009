"""The panel, the list and the search of the page, in a real Chromium: what they say of one model."""

from __future__ import annotations

import copy
import random
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

import page_model
import written_page
from colloquy.network import Said
from colloquy.network.words import named

pytestmark = pytest.mark.browser

LONG = "A name that goes on, since somebody wrote what they meant to say into it, " * 4
UNSEEN, ARABIC = "\u200b\u200d\u2060", "مؤسسة الميناء العامة"


def busy() -> dict[str, Any]:
    """Give a model in which one entry has 52 links of one kind, and names that are hard to show."""
    model = copy.deepcopy(written_page.harbour())
    first = model["nodes"][0]
    relation = model["relations"][0]["key"]
    for at in range(52):
        other = {**first, "id": f"walk-{at}", "label": f"Listening walk {at:02}", "aliases": [], "facts": []}
        text = f"{first['label']} spoke at {other['label']}."
        model["nodes"].append(other)
        model["edges"].append(
            {**model["edges"][0], "id": f"{first['id']}.walks.walk-{at}", "from": first["id"], "to": other["id"],
             "relation": relation, "text": text, "back": f"{other['label']} was given by {first['label']}.",
             "detail": []}
        )  # fmt: skip
    for node, label, language in zip(model["nodes"][-3:], (LONG, UNSEEN, ARABIC), ("", "", "ar"), strict=True):
        node.update(label=label, language=language)
    model["nodes"][-1]["aliases"] = ["Harbour Corporation of the North"]
    model["nodes"][-1]["facts"] = [
        Said("website", f"{ARABIC} has the website https://harbour.example/a?b=1.", model["edges"][0]["evidence"]),
        Said("note", f'{ARABIC} says javascript:alert(1) and http://"x.', model["edges"][0]["evidence"]),
    ]
    for kind in model["kinds"]:
        kind["count"] = sum(node["kind"] == kind["key"] for node in model["nodes"])
    return model


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("words")
    (folder / "harbour.html").write_bytes(written_page.html().encode())
    (folder / "busy.html").write_bytes(written_page.written(busy()).encode())
    (folder / "hostile.html").write_bytes(written_page.written(page_model.hostile()).encode())
    return folder


@pytest.fixture
def visit(browser: Browser, folder: Path) -> Iterator[Callable[..., Page]]:
    """Open a page offline; at the end no error may have come up."""
    contexts: list[BrowserContext] = []
    trouble: list[str] = []

    def open_page(at: str = "", name: str = "harbour", **settings: Any) -> Page:
        view = {"width": 1440, "height": 900}
        context = browser.new_context(**{"viewport": view, "reduced_motion": "reduce", "offline": True, **settings})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: trouble.append(message.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.goto((folder / f"{name}.html").as_uri() + at)
        if settings.get("java_script_enabled", True):
            page.wait_for_function("() => globalThis.colloquy")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not trouble


def panel(page: Page) -> Locator:
    return page.locator("#thePanel")


def part(page: Page, key: str) -> Locator:
    return page.locator(f'#theList [data-part="{key}"]')


def test_a_long_group_shows_twelve_then_all_and_can_be_looked_through(visit: Callable[..., Page]) -> None:
    page = visit(f"#{busy()['nodes'][0]['id']}", "busy")
    items = panel(page).locator(".statement[data-edge*=walks]")
    expect(items).to_have_count(12)
    page.get_by_role("searchbox", name="Look through").fill("LISTENING Wálk 4")
    expect(items).to_have_count(10)
    page.get_by_role("searchbox", name="Look through").fill("")
    panel(page).get_by_role("button", name="Show all 5").click()
    expect(items).to_have_count(52)
    expect(items.nth(12).locator("a, summary").first).to_be_focused()


def test_rank_is_told_of_the_first_alone(visit: Callable[..., Page]) -> None:
    model = busy()
    first = model["nodes"][0]
    kind = next(kind for kind in model["kinds"] if kind["key"] == first["kind"])
    links = Counter(end for edge in model["edges"] for end in {edge["from"], edge["to"]})
    middling = sorted((node for node in model["nodes"] if links[node["id"]] == 3), key=lambda node: str(node["id"]))[0]
    page = visit(f"#{first['id']}", "busy")
    expect(panel(page)).to_contain_text(f"The most connected of {kind['count']} {kind['plural']}.")
    page.evaluate("name => colloquy.openNode(colloquy.nodeNamed(name))", middling["id"])
    expect(page.locator("#theName")).to_have_text(middling["label"])
    expect(panel(page)).not_to_contain_text("most connected")


def test_hard_names_are_text_in_their_own_language(visit: Callable[..., Page]) -> None:
    page = visit("#walk-51", "busy")
    name = page.locator("#theName bdi")
    expect(name).to_have_text(ARABIC)
    assert name.get_attribute("lang") == "ar"
    expect(panel(page)).to_contain_text("Also written Harbour Corporation of the North.")
    addresses = panel(page).locator(".fact > p a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    assert addresses == ["https://harbour.example/a?b=1"], "the full stop is not part of it, and nothing else is one"
    page.evaluate("colloquy.openNode(colloquy.nodeNamed('walk-50'))")
    expect(page.locator("#theName")).to_have_text("walk-50")  # nothing of its name can be seen
    page.evaluate("colloquy.openNode(colloquy.nodeNamed('walk-49'))")
    expect(page.locator("#theName")).to_have_text(LONG.strip())
    assert page.evaluate("(n => n.scrollWidth <= n.clientWidth)(document.getElementById('thePanel'))")


def test_a_link_of_two_says_what_else_joins_them(visit: Callable[..., Page]) -> None:
    model = written_page.harbour()
    pairs: dict[frozenset[str], list[dict[str, Any]]] = {}
    for edge in model["edges"]:
        pairs.setdefault(frozenset((edge["from"], edge["to"])), []).append(edge)
    one, other = next(some for some in pairs.values() if len(some) > 1)[:2]
    page = visit(f"#edge:{one['id']}")
    text, back = page_model.told(model, one)
    expect(page.locator("#theName")).to_have_text(text)
    expect(panel(page)).to_contain_text(back)
    expect(panel(page)).to_contain_text("Also between the two")
    expect(panel(page).locator(f"[data-edge='{other['id']}']")).to_contain_text(page_model.told(model, other)[0])


def test_a_slow_answer_never_lands_in_another_panel(visit: Callable[..., Page]) -> None:
    model = written_page.harbour()
    names = [node["id"] for node in model["nodes"]]
    page = visit()
    page.evaluate("names => names.forEach(name => colloquy.openNode(colloquy.nodeNamed(name)))", names)
    last = model["nodes"][-1]
    expect(page.locator("#theName")).to_have_text(last["label"])
    count = sum(last["id"] in (edge["from"], edge["to"]) for edge in model["edges"])
    expect(panel(page).locator(".statement")).to_have_count(min(count, 12))
    page.wait_for_timeout(200)
    expect(panel(page).locator(".statement")).to_have_count(min(count, 12))


def test_focus_returns_to_the_entry_of_the_list_though_it_was_made_anew(visit: Callable[..., Page]) -> None:
    page = visit()
    first = page.locator("#theList .entry h4 a").first
    first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#theName")).to_be_focused()
    assert first.get_attribute("aria-current") == "true"
    page.evaluate("colloquy.change({relationsOff: [1]}, 'filter')")
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_hidden()
    expect(first).to_be_focused()
    assert first.get_attribute("aria-current") is None


def test_what_the_picture_shows_alone_stands_first_in_the_list(visit: Callable[..., Page]) -> None:
    model = written_page.harbour()
    page = visit("#question:1")
    ids = sorted(model["questions"][1]["ids"])
    listed = "all => all.map(one => one.dataset.node).sort()"
    expect(part(page, "now").locator(".entry").first).to_be_attached()  # the list comes after the picture
    assert part(page, "now").locator(".entry").evaluate_all(listed) == ids
    page.keyboard.press("Escape")
    expect(part(page, "now")).to_have_count(0)
    page.evaluate("colloquy.change({around: {nodes: [colloquy.nodeNamed('shared-authorship')], hops: 1}}, 'filter')")
    near = {
        end
        for edge in model["edges"]
        for end in (edge["from"], edge["to"])
        if "shared-authorship" in (edge["from"], edge["to"])
    }
    assert part(page, "now").locator(".entry").evaluate_all(listed) == sorted(near)


def test_the_list_opens_by_kind_or_by_community_and_pages_through_many(visit: Callable[..., Page]) -> None:
    model = busy()
    kind = next(at for at, kind in enumerate(model["kinds"]) if kind["key"] == model["nodes"][0]["kind"])
    page = visit(name="busy")
    entries = part(page, f"kind {kind}").locator(".entry")
    total = model["kinds"][kind]["count"]
    assert total > 60
    expect(entries).to_have_count(60)
    part(page, f"kind {kind}").get_by_role("button", name="Show").click()
    expect(entries).to_have_count(total)
    expect(entries.nth(60).locator("h4 a")).to_be_focused()
    labels = entries.locator("h4").all_inner_texts()
    assert labels.index("Listening walk 02") == labels.index("Listening walk 01") + 1
    if len(model.get("areas") or []) > 1:
        page.locator("#theListing").select_option("area")
        expect(page.locator("#theList [data-part^=area]").first).to_be_visible()


def test_an_entry_of_the_list_opens_to_its_statements_and_stays_open(visit: Callable[..., Page]) -> None:
    page = visit()
    entry = page.locator("#theList [data-node='shared-authorship']")
    entry.locator(".all > summary").click()
    links = sum("shared-authorship" in (edge["from"], edge["to"]) for edge in written_page.harbour()["edges"])
    expect(entry.locator(".statement")).to_have_count(links)
    entry.locator(".alone").first.evaluate("link => link.click()")
    expect(panel(page)).to_have_class("scripted statement")
    expect(entry.locator(".statement[aria-current]")).to_have_count(1)
    page.evaluate("colloquy.change({relationsOff: [0]}, 'filter')")
    expect(entry.locator(".statement").first).to_be_visible()


def test_all_that_was_found_can_be_listed(visit: Callable[..., Page]) -> None:
    page = visit(name="busy")
    page.get_by_role("combobox", name="Search by name").fill("listening walk")
    page.get_by_role("option", name="in the list").click()
    found = page.evaluate("colloquy.lookUp('listening walk').length")
    expect(part(page, "found").locator("h3")).to_have_text(f"Found: “listening walk” {found}")
    expect(part(page, "found").locator("summary").first).to_be_focused()
    part(page, "found").get_by_role("button", name="Leave").click()
    expect(part(page, "found")).to_have_count(0)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("after teh pilot", "After the pilot"),  # 3 letters: no errors allowed, but "the" is there in others
        ("sharde authorship", "shared authorship"),  # exchanged
        ("shard authorship", "shared authorship"),  # missing
        ("shared autorshhip", "shared authorship"),  # missing and doubled
        ("SHARED AUTHÓRSHIP", "shared authorship"),
        ("auth\u200borship", "shared authorship"),
    ],
)
def test_the_search_forgives_errors(visit: Callable[..., Page], asked: str, expected: str) -> None:
    page = visit()
    found = page.evaluate("asked => colloquy.lookUp(asked).map(one => colloquy.labels[one.node])", asked)
    if asked.startswith("after teh"):
        assert expected not in found, "words of three letters have to be right"
    else:
        assert found[0] == expected


def damerau(one: str, other: str) -> int:
    """Count wrong, missing, added and exchanged letters, in the plainest way."""
    table = {(a, -1): a + 1 for a in range(-1, len(one))} | {(-1, b): b + 1 for b in range(-1, len(other))}
    for a in range(len(one)):
        for b in range(len(other)):
            costs = [table[a - 1, b] + 1, table[a, b - 1] + 1, table[a - 1, b - 1] + (one[a] != other[b])]
            if a and b and one[a] == other[b - 1] and one[a - 1] == other[b]:
                costs.append(table[a - 2, b - 2] + 1)
            table[a, b] = min(costs)
    return table[len(one) - 1, len(other) - 1]


def test_errors_are_counted_as_a_plain_table_counts_them(visit: Callable[..., Page]) -> None:
    """A word counts by its errors; one whose beginning is near counts one more than that beginning."""
    chance = random.Random(5)
    words = ["".join(chance.choices("abcd", k=chance.randint(3, 9))) for _ in range(600)]
    pairs = [(one, other, chance.choice((1, 2))) for one, other in pairwise(words)]
    expected = []
    for one, other, most in pairs:
        whole = damerau(one, other)
        near = min(damerau(one, other[:end]) for end in range(len(other) + 1))
        expected.append(whole if whole <= most else near + 1 if near <= most else None)
    script = (files("colloquy") / "web" / "page" / "lookup.js").read_text(encoding="utf-8")
    errors = "pairs.map(([a, b, most]) => distance(a, b, most)).map(d => d === Infinity ? null : d)"
    got = visit().evaluate(f"pairs => {{ {script}; return {errors}; }}", pairs)
    assert sum(one is not None for one in expected) > 50
    assert got == expected


def test_everything_stands_on_paper_and_the_screen_comes_back(visit: Callable[..., Page]) -> None:
    model = written_page.harbour()
    page = visit()
    page.wait_for_timeout(300)
    before = page.locator("#theList").inner_html()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("#theList .entry")).to_have_count(len(model["nodes"]))
    expect(page.locator("#theList .fact")).to_have_count(sum(len(node["facts"]) for node in model["nodes"]))
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("#theList").inner_html() == before


def test_without_script_everything_is_said(visit: Callable[..., Page]) -> None:
    model = written_page.harbour()
    page = visit(java_script_enabled=False)
    text = page.locator("#theOutline").text_content() or ""
    for edge in model["edges"]:
        assert all(said in text for said in page_model.told(model, edge))
    for node in model["nodes"]:
        assert all(named(fact.text, node["label"]) in text for fact in node["facts"])
    place = model["edges"][0]["evidence"][0].place
    assert f"{place.file}:{place.line}" in text


def test_what_contributors_wrote_stays_text(visit: Callable[..., Page]) -> None:
    page = visit(name="hostile")
    for node in page_model.hostile()["nodes"]:
        page.evaluate("name => colloquy.openNode(colloquy.nodeNamed(name))", node["id"])
        expect(page.locator("#theName")).to_have_text(" ".join(node["label"].split()))
        panel(page).locator(".statement").first.wait_for()
    assert page.evaluate("globalThis.broken") is None
    assert page.locator("#thePanel img, #thePanel script, #theList img, #theList script").count() == 0
    assert page.locator("a[href^='javascript' i]").count() == 0
