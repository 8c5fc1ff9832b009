"""The network page as text: what is written, and what it may not hold."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

import written_page
from colloquy import onefile
from colloquy import page as network_page
from colloquy.errors import ProjectError
from written_page import written


@pytest.fixture(scope="module")
def harbour() -> dict[str, Any]:
    return written_page.harbour()


@pytest.fixture(scope="module")
def html() -> str:
    return written_page.html()


def test_equal_models_give_equal_pages(harbour: dict[str, Any], html: str) -> None:
    assert written(copy.deepcopy(harbour)) == html
    assert "\r" not in html


def test_the_policy_names_every_script_and_style_by_its_hash(html: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy
    assert "unsafe" not in policy[1]
    inline = re.findall(r"<(?:script|style)>(.*?)</(?:script|style)>", html, re.DOTALL)
    assert len(inline) == 3
    for text in (*inline, onefile.vis_network()):  # which waits packed
        assert base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() in policy[1]


def test_the_markup_holds_no_handlers_no_style_attributes_and_no_addresses_to_load_from(html: str) -> None:
    markup = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", html, flags=re.DOTALL)
    assert not re.search(r"<[^>]+\s(?:on\w+|style|src|srcset)=", markup)
    assert "sourceMappingURL" not in html


def test_the_page_links_to_those_that_stand_beside_it_and_to_no_others(harbour: dict[str, Any], html: str) -> None:
    linked = network_page.write_page(harbour, {"query.html": "Ask", "reference.html": "Words"})
    pages = re.compile(r'<a href="(\w+\.html)">(\w+)</a>')
    assert pages.findall(linked) == [("query.html", "Ask"), ("reference.html", "Words")]
    assert pages.findall(html) == []


def test_pyvis_keeps_every_link_also_between_one_pair(harbour: dict[str, Any]) -> None:
    net = network_page.network(harbour)
    assert (net.num_nodes(), net.num_edges()) == (len(harbour["nodes"]), len(harbour["edges"]))
    between = [e for e in net.edges if {e["from"], e["to"]} == {"harbour-commons", "foundation-for-common-waters"}]
    assert len(between) == 3
    assert len({json.dumps(e.get("smooth")) for e in between}) == 3, "they lie over each other"
    assert not any("title" in thing for thing in (*net.nodes, *net.edges))


def test_a_large_network_is_filled_directly_and_is_the_same(
    monkeypatch: pytest.MonkeyPatch, harbour: dict[str, Any]
) -> None:
    small = network_page.network(harbour)
    monkeypatch.setattr(network_page, "DRAWN_WHOLE", 0)
    large = network_page.network(harbour)
    assert (large.nodes, large.edges, large.node_map) == (small.nodes, small.edges, small.node_map)


def test_a_pyvis_without_vis_network_says_how_to_mend_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    monkeypatch.setattr(onefile, "files", lambda _: tmp_path)
    with pytest.raises(ProjectError, match="pip install --force-reinstall pyvis"):
        onefile.vis_network()


@pytest.mark.parametrize("colour", ["#ffee00", "#fff", "#000000", "no colour", ""])
@pytest.mark.parametrize("ground", [onefile.PAPER, onefile.NIGHT])
def test_every_mark_stands_out_from_its_background(colour: str, ground: str) -> None:
    shade = onefile.visible(colour, ground)
    light, dark = sorted((onefile.luminance(onefile.rgb(c)) for c in (shade, ground)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 2.99
