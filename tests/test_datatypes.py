"""Values are kept in the very form in which the store gives them back."""

from __future__ import annotations

import re

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colloquy import datatypes
from colloquy.datatypes import CANONICAL, doubts, typed
from colloquy.terms import XSD, literal

ZONES = st.sampled_from(["", "Z", "+00:00", "-00:00", "+05:30", "-07:00", "+14:00"])
NUMBERS = st.from_regex(r"\A[+-]?[0-9]{1,18}(\.[0-9]{1,6})?([eE][+-]?[0-9]{1,2})?\Z")
DATES = st.builds("{}{}".format, st.dates(), ZONES)
PARTS = st.builds("{}{}".format, st.sampled_from(["2024", "0001", "2024-05", "--02-29", "--12-31"]), ZONES)
TIMES = st.builds(
    "{}{}{}".format,
    st.datetimes().map(lambda d: d.isoformat(timespec="seconds")),
    st.sampled_from(["", ".5", ".50"]),
    ZONES,
)


@settings(max_examples=400, deadline=None)
@given(st.one_of(NUMBERS, DATES, PARTS, TIMES, st.sampled_from(["true", "false"])), st.sampled_from(sorted(CANONICAL)))
def test_a_value_comes_back_from_the_store_as_it_went_in(text: str, datatype: str) -> None:
    found = typed(text, (datatype,))
    if found is None:
        return
    term = literal(*found)
    store = pyoxigraph.Store()
    store.load(f"<x:s> <x:p> {term} .".encode(), pyoxigraph.RdfFormat.N_TRIPLES)
    assert str(next(iter(store)).object) == term


@pytest.mark.parametrize(
    ("text", "datatype"),
    [
        ("2024-02-30", "date"),
        ("2023-02-29", "date"),
        ("0000-01-01", "date"),
        ("24-01-01", "date"),
        ("2024-13", "gYearMonth"),
        ("--02-30", "gMonthDay"),
        ("0", "positiveInteger"),
        ("1.0", "integer"),
        ("yes", "boolean"),
        ("9" * 5000, "integer"),
        ("javascript:alert(1)", "anyURI"),
        ("https://example.org/a b", "anyURI"),
        ("2024-05-01T24:00:00", "dateTime"),
    ],
)
def test_what_is_no_value_is_refused(text: str, datatype: str) -> None:
    assert typed(text, (XSD + datatype,)) is None


@pytest.mark.parametrize("text", [
    "https://example.org", "https://example.org/a?b=c&d#e", "http://a.b-c.example:80/x", "https:///path", "https://",
    "https://-/", "https://ada:secret@example.org/", "https://example.org/%zz", "https://[::1]/", "https://example.org\n",
    "HTTPS://example.org/", "ftp://example.org/", "https://ada@example.org", "https://example.org./", "https://./",
])  # fmt: skip
def test_the_quick_look_at_an_address_says_what_the_full_one_says(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = typed(text, (XSD + "anyURI",)), doubts(text, XSD + "anyURI")
    monkeypatch.setattr(datatypes, "_EASY_ADDRESS", re.compile("(?!)"))
    assert (typed(text, (XSD + "anyURI",)), doubts(text, XSD + "anyURI")) == quick


def test_a_date_is_kept_as_exact_as_it_is() -> None:
    kinds = tuple(XSD + name for name in ("date", "gYear", "gYearMonth", "gMonthDay", "dateTime"))
    given_ = ["2016-02-17", "2015", "2014-10", "--10-28", "2024-05-01T23:30:00-07:00"]
    found = [typed(text, kinds) for text in given_]
    assert found == [(text, kind) for text, kind in zip(given_, kinds, strict=True)]
