"""The page's data: small, whole, the same for the same model, in any order."""

from __future__ import annotations

import base64
import gzip
import json
import random
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import page_model
from colloquy.network.words import OTHER, OWN
from colloquy.payload import CHUNK, LONG, letters, pack, payload


def opened(text: str) -> Any:
    return json.loads(gzip.decompress(base64.b64decode(text)))


def ends(core: dict[str, str]) -> list[tuple[int, int]]:
    """Give the numbers of the two ends of each link."""
    starts = [node for node, count in enumerate(page_model.numbers(core["from"])) for _ in range(count)]
    return [(start, start + step) for start, step in zip(starts, page_model.numbers(core["to"]), strict=True)]


@given(st.lists(st.integers(-(2**30), 2**30 - 1)))
def test_numbers_written_as_letters_are_read_again(some: list[int]) -> None:
    assert page_model.numbers(letters(some)) == some


@pytest.fixture(scope="module")
def model() -> dict[str, Any]:
    return page_model.harbour()


def test_core_and_chunks_hold_every_entry_and_link_once_from_each_side(model: dict[str, Any]) -> None:
    packed = payload(model)
    names, core = opened(packed.names), packed.core
    records = [record for chunk in packed.chunks for record in opened(chunk)["records"]]
    assert sorted(names["ids"]) == sorted(node["id"] for node in model["nodes"])
    assert len(records) == len(names["ids"])
    by_id = {node["id"]: node for node in model["nodes"]}
    places = zip(accumulate(page_model.numbers(core["xs"])), accumulate(page_model.numbers(core["ys"])), strict=True)
    assert list(places) == [(round(by_id[name]["x"]), round(by_id[name]["y"])) for name in names["ids"]]
    kinds = [model["kinds"][at]["key"] for at in page_model.numbers(core["kinds"])]
    assert kinds == [by_id[name]["kind"] for name in names["ids"]]
    assert sum(page_model.numbers(core["areas"])) == len(names["ids"])
    assert len(packed.chunks) == -(-len(records) // CHUNK)
    told: dict[int, list[int]] = {}
    for node, (_, links) in enumerate(records):
        for edge, *_ in links:
            told.setdefault(edge, []).append(node)
    both = {at: sorted({one, other}) for at, (one, other) in enumerate(ends(core))}
    assert {at: sorted(nodes) for at, nodes in told.items()} == both
    assert len(both) == len(page_model.numbers(core["relations"])) == len(model["edges"])


def test_ids_of_links_are_written_whole_only_where_they_are_not_made_of_their_ends() -> None:
    model = page_model.harbour()
    model["edges"][0]["id"] = "odd"
    packed = payload(model)
    names = opened(packed.names)

    def name(at: int, one: int, other: int) -> str:
        middle = names["middles"][names["keys"][at]]
        return names["named"].get(str(at)) or f"{names['ids'][one]}.{middle}.{names['ids'][other]}"

    told = sorted(name(at, *pair) for at, pair in enumerate(ends(packed.core)))
    assert told == sorted(edge["id"] for edge in model["edges"])
    assert "odd" in names["named"].values()


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
    facts = model["nodes"][0]["facts"]
    facts[0] = facts[0]._replace(text="It is said. " * 60)
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
