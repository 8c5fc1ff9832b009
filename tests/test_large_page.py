"""The page of a network that is too large to be drawn at once: twelve harbours side by side."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

import written_page

pytestmark = pytest.mark.browser
HARBOURS = 12
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
FORCED, LARGE_TEXT = {"forced_colors": "active"}, {"viewport": {"width": 720, "height": 450}}


def coast() -> dict[str, Any]:
    """Give the invented series twelve times over, each at a place of its own, with an area around it."""
    one = written_page.whole()
    model: dict[str, Any] = {**copy.deepcopy(one), "nodes": [], "edges": [], "areas": [], "questions": []}
    for number in range(HARBOURS):
        dx, dy = 3000 * (number % 4), 3000 * (number // 4)
        end = f"-{number}" if number else ""
        outer = len(model["areas"])
        areas = [{"key": one["nodes"][number]["id"] + end, "label": f"Harbour {number + 1}", "x": dx, "y": dy,
                  "radius": 1400, "parent": -1, "about": [one["nodes"][0]["id"] + end]}]  # fmt: skip
        for area in one["areas"]:
            about = [name + end for name in area["about"]]
            areas.append({**area, "key": f"{area['key']}{end}-part", "x": area["x"] + dx, "y": area["y"] + dy,
                          "radius": 650, "parent": outer, "about": about})  # fmt: skip
        model["areas"] += areas
        for node in one["nodes"]:
            label = f"{node['label']} {number}" if number else node["label"]
            place = {"x": node["x"] + dx, "y": node["y"] + dy, "area": outer + 1 + node["area"]}
            model["nodes"].append({**node, **place, "id": node["id"] + end, "label": label})
        for edge in one["edges"]:
            ends = {"from": edge["from"] + end, "to": edge["to"] + end}
            model["edges"].append({**edge, **ends, "id": edge["id"] + end})
    for kind in model["kinds"]:
        kind["count"] *= HARBOURS
    for relation in model["relations"]:
        relation["count"] *= HARBOURS
    model["counts"] = {name: count * HARBOURS for name, count in one["counts"].items()}
    return model


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("coast") / "coast.html"
    path.write_bytes(written_page.written(coast()).encode())
    return path


@pytest.fixture
def visit(browser: Browser, file: Path) -> Iterator[Callable[..., Page]]:
    """Open the page offline; at the end no error may have come up."""
    contexts: list[BrowserContext] = []
    trouble: list[str] = []

    def open_page(at: str = "", **settings: Any) -> Page:
        view = {"width": 1440, "height": 900}
        context = browser.new_context(**{"viewport": view, "reduced_motion": "reduce", "offline": True, **settings})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: trouble.append(message.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.goto(file.as_uri() + at)
        page.wait_for_function("() => globalThis.colloquy")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not trouble


def test_the_overview_holds_every_entry(visit: Callable[..., Page]) -> None:
    page = visit()
    assert page.evaluate("colloquy.ids.length") == len(coast()["nodes"]) > 1500
    expect(page.locator("#theList")).to_contain_text("Talks")


def test_an_entry_is_found_and_looked_at_closely(visit: Callable[..., Page]) -> None:
    page = visit()
    search = page.get_by_role("combobox", name="Search by name")
    search.fill("lantern theatre 7")
    search.press("Enter")
    expect(page.locator("#thePanel h2")).to_contain_text("Lantern Theatre 7")
    page.go_back()
    expect(page.locator("#thePanel h2")).not_to_be_visible()


@pytest.mark.parametrize(
    ("at", "settings"),
    [
        ("", {}),
        ("", {"color_scheme": "dark"}),
        ("#lantern-theatre-7", {}),
        ("#area", {"color_scheme": "dark"}),
        ("#path:lantern-theatre-7>estuary-archive-7", {}),
        ("#path:lantern-theatre-7>estuary-archive-3", {}),
        ("#lantern-theatre-7?around=2*lantern-theatre-7", {}),
        ("?embed", {}),
        ("?embed#lantern-theatre-7", {"color_scheme": "dark"}),
        ("", PHONE),
        ("#lantern-theatre-7", {**PHONE, "color_scheme": "dark"}),
        ("#lantern-theatre-7", FORCED),
        ("#lantern-theatre-7", LARGE_TEXT),
    ],
)
def test_axe_finds_nothing(visit: Callable[..., Page], at: str, settings: dict[str, Any]) -> None:
    if at == "#area":
        at = f"#area:{coast()['areas'][3]['key']}"
    page = visit(at, **settings)
    if settings is LARGE_TEXT:  # a window at 200 %, with texts twice as large again
        page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(result => result.violations)")
    assert [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found] == []


def test_with_texts_twice_as_large_nothing_is_cut_off_sideways(visit: Callable[..., Page]) -> None:
    page = visit("#lantern-theatre-7", **LARGE_TEXT)
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")


def test_in_forced_colours_the_focus_and_what_is_ticked_show(visit: Callable[..., Page]) -> None:
    page = visit("#lantern-theatre-7", **FORCED)
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline not in ("none", "")


def test_embedded_the_page_is_the_picture_with_a_way_out(visit: Callable[..., Page]) -> None:
    page = visit("?embed")
    expect(page.locator("canvas").first).to_be_visible()
    expect(page.get_by_role("link", name="Harbour Talks")).to_have_attribute("href", re.compile("coast.html$"))
    assert page.evaluate("document.scrollingElement.scrollHeight <= innerHeight")


def test_the_picture_does_not_wait_for_the_names(file: Path, browser: Browser) -> None:
    """Whatever is unpacked is unpacked behind the first picture; until the names are there, nobody can ask for one."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.add_init_script(
        """
        globalThis.told = [];
        const really = CanvasRenderingContext2D.prototype.fill;
        CanvasRenderingContext2D.prototype.fill = function (...values) {
          if (this.canvas.isConnected && this.canvas.width > 300) told.push("drawn");
          return really.apply(this, values);
        };
        globalThis.DecompressionStream = class extends DecompressionStream {
          constructor(...values) {
            told.push(document.querySelector("[inert]") ? "unpacking, and closed" : "unpacking");
            super(...values);
          }
        };
        """
    )
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(file.as_uri())
    page.wait_for_function("() => globalThis.colloquy")
    told = page.evaluate("() => told")
    assert told.index("drawn") < told.index("unpacking, and closed")
    assert not page.locator("[inert]").count()
    assert not wrong
    page.close()
