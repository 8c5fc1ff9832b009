"""Measures: links, neighbours, who stands between others; networkx says what is right."""

from __future__ import annotations

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colloquy.network import draw
from colloquy.network.areas import web_of
from colloquy.network.measures import COLUMNS, EXACT, PIVOTS, betweenness, measure, table
from test_areas import NAMES, coast, network, shuffled


@settings(max_examples=30, deadline=None)
@given(links=st.lists(st.tuples(st.sampled_from(NAMES[:25]), st.sampled_from(NAMES[:25])), max_size=60))
def test_betweenness_is_that_of_networkx(links: list[tuple[str, str]]) -> None:
    asked = network(NAMES[:25], links)
    found = {row.id: row for row in measure(asked, draw(asked)).rows}
    graph: networkx.Graph[str] = networkx.Graph()
    graph.add_nodes_from(NAMES[:25])
    graph.add_edges_from((a, b) for a, b in links if a != b)
    expected = networkx.betweenness_centrality(graph)
    assert {name: row.betweenness for name, row in found.items()} == pytest.approx(expected, abs=1e-8)
    assert {name: row.neighbours for name, row in found.items()} == dict(graph.degree())
    degree = {name: sum(name in link for link in links) for name in NAMES[:25]}
    assert {name: row.links for name, row in found.items()} == degree


def test_of_many_entries_betweenness_is_estimated() -> None:
    """From all entries as pivots the estimate is exact; from the chosen ones, near for who has most."""
    names = [f"m{at:04d}" for at in range(EXACT + 100)]
    links = [(name, names[(at * at + 7) % 60]) for at, name in enumerate(names)]
    asked = network(names, links)
    found = measure(asked, draw(asked))
    assert (found.pivots, found.exact) == (PIVOTS, False)
    ties = web_of(asked).ties.astype(bool).astype(np.float64)
    exact = dict(zip(web_of(asked).names, betweenness(ties, np.arange(len(names))).tolist(), strict=True))
    highest = max(exact.values())
    for row in found.rows:
        assert row.betweenness == pytest.approx(exact[row.id], abs=0.15 * highest)


def test_a_small_network_is_measured_exactly_and_rows_are_sorted() -> None:
    names = NAMES[:30]
    asked = network(names, [(name, names[0]) for name in names[1:20]])
    found = measure(asked, draw(asked))
    assert (found.pivots, found.exact) == (30, True)
    assert [row.id for row in found.rows] == names  # the middle, its neighbours and the lone ones, each by id
    assert [row.betweenness for row in found.rows[:2]] == pytest.approx([19 * 18 / (29 * 28), 0])
    assert measure(shuffled(asked), draw(asked)) == found
    head = table(found, 1)
    assert [len(row) for row in head] == [len(COLUMNS)]
    assert head[0][:6] == ("n000", "Port n000", "person", "19", "19", "0.4212")
    assert head[0][6] == draw(asked).areas[found.rows[0].area].label


def test_a_bridge_joins_communities() -> None:
    left, right = NAMES[:20], NAMES[30:50]
    links = [(a, b) for crew in (left, right) for a in crew for b in crew if a < b]
    asked = network([*left, *right, "between"], [*links, (left[0], "between"), ("between", right[0])])
    found = measure(asked, draw(asked))
    assert {row.id for row in found.bridges} <= {"between", left[0], right[0]}
    assert found.bridges
    assert found.bridges[0].meets == 2
    assert [row[0] for row in table(found, 5, bridges=True)] == [row.id for row in found.bridges]


def test_nobody_is_measured_too() -> None:
    asked = network([], [])
    found = measure(asked, draw(asked))
    assert (found.rows, found.bridges, table(found, 5)) == ((), (), [])
    assert len(measure(coast(), draw(coast())).rows) == len(coast().nodes)
