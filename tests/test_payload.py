"""The page's data: small, whole, the same for the same model, in any order."""

from __future__ import annotations

import base64
import gzip
import json
import random
from typing import Any

import pytest

import page_model
from colloquy.payload import CHUNK, LONG, OTHER, OWN, pack, payload


def opened(text: str) -> Any:
    return json.loads(gzip.decompress(base64.b64decode(text)))


@pytest.fixture(scope="module")
def model() -> dict[str, Any]:
    return page_model.harbour()


def test_core_and_chunks_hold_every_entry_and_link_once_from_each_side(model: dict[str, Any]) -> None:
    packed = payload(model)
    core = opened(packed.core)
    records = [record for chunk in packed.chunks for record in opened(chunk)["records"]]
    assert sorted(core["ids"]) == sorted(node["id"] for node in model["nodes"])
    assert len(records) == len(core["ids"])
    assert len(packed.chunks) == -(-len(records) // CHUNK)
    told: dict[int, list[int]] = {}
    for node, (_, links) in enumerate(records):
        for edge, *_ in links:
            told.setdefault(edge, []).append(node)
    ends = {at: sorted({one, other}) for at, (one, other) in enumerate(zip(core["from"], core["to"], strict=True))}
    assert {at: sorted(nodes) for at, nodes in told.items()} == ends
    assert len(ends) == len(model["edges"])


def test_ids_of_links_are_written_whole_only_where_they_are_not_made_of_their_ends() -> None:
    model = page_model.harbour()
    model["edges"][0]["id"] = "odd"
    core = opened(payload(model).core)

    def name(at: int) -> str:
        source, target = core["ids"][core["from"][at]], core["ids"][core["to"][at]]
        return core["named"].get(str(at)) or f"{source}.{core['middles'][core['keys'][at]]}.{target}"

    assert sorted(map(name, range(len(core["from"])))) == sorted(edge["id"] for edge in model["edges"])
    assert "odd" in core["named"].values()


def test_the_order_of_the_model_makes_no_difference(model: dict[str, Any]) -> None:
    other = {**model, "nodes": [*model["nodes"]], "edges": [*model["edges"]]}
    random.Random(7).shuffle(other["nodes"])
    random.Random(8).shuffle(other["edges"])
    assert payload(other) == payload(model)


def test_sentences_name_their_ends_by_marks_and_share_what_they_begin_and_end_with(model: dict[str, Any]) -> None:
    packed = payload(model)
    sentences = set()
    for chunk in packed.chunks:
        for _, links in opened(chunk)["records"]:
            for _, side, text, *_ in links:
                _, first, last = packed.head["sides"][side]
                sentences.add(first + text + last)
    assert all(OWN in text for text in sentences)
    assert any(OTHER in text for text in sentences)
    assert len(sentences) < len(model["edges"])  # the names are what made them differ


def test_long_texts_are_cut_only_where_asked() -> None:
    model = page_model.harbour()
    model["nodes"][0]["facts"][0]["text"] = "It is said. " * 60
    whole, short = payload(model), payload(model, cut=True)
    texts = [
        [text for chunk in one.chunks for facts, _ in opened(chunk)["records"] for _, text, *_ in facts]
        for one in (whole, short)
    ]
    assert max(map(len, texts[0])) > 600
    assert max(map(len, texts[1])) <= LONG


def test_what_is_packed_has_no_time_in_it() -> None:
    assert gzip.decompress(base64.b64decode(pack({"a": "ß"}))) == '{"a":"ß"}'.encode()
    assert base64.b64decode(pack([]))[4:8] == b"\0\0\0\0"  # RFC 1952, 2.3.1: MTIME
