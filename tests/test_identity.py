"""Which things are asked about, whether they are one; and which are left alone."""

from __future__ import annotations

import random
from collections.abc import Iterable
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colloquy.errors import Finding, Place
from colloquy.identity import Thing, fold, nearest, same_or_different


def person(number: int, *names: str, kind: str = "Person", term: str = "", **keys: str) -> Thing:
    """Describe a person who stands in line `number` of a file."""
    place = Place("people.yaml", number, 3)
    return Thing(term or f"<p{number}>", f"p{number}", place, kind, names, tuple(keys.items()))


def asked(*things: Thing, decided: Iterable[frozenset[str]] = ()) -> set[tuple[int, int]]:
    """Give the lines of each pair that is asked about, the earlier first."""
    found = [(f.related[0].line, f.place.line) for f in same_or_different(things, frozenset(decided))]
    assert len(set(found)) == len(found), "a pair is asked about once"
    assert all(earlier < later for earlier, later in found)
    return set(found)


def is_asked(one: str, two: str) -> bool:
    there = asked(person(1, one), person(2, two))
    assert there == asked(person(1, two), person(2, one)), "it makes no difference who comes first"
    return bool(there)


# --- names ------------------------------------------------------------------------------------

SPELT_DIFFERENTLY = [
    ("Cora Reef", "CORA REEF"),
    ("Siân Wave", "Sian Wave"),
    ("Łukasz Żółw", "Lukasz Zolw"),
    ("Søren Ø. Nørgård", "Soren O. Norgard"),
    ("Edgar O'Fell", "Edgar OFell"),
    ("Élaine  Mc-Nichol", "Elaine McNichol"),
    ("Harbour-Side Radio", "Harbourside Radio"),
    ("ＲＡＤＩＯ Harbour", "Radio Harbour"),
    ("Wiek", "WIEK"),
    ("lni_T", "lnit"),
    ("أحمد", "احمد"),
    ("Йозеф Крум", "Иозеф Крум"),
]


@pytest.mark.parametrize(("one", "two"), SPELT_DIFFERENTLY)
def test_case_accents_punctuation_and_spacing_are_no_difference(one: str, two: str) -> None:
    assert is_asked(one, two)


SLIPS = [
    ("Huw Inlet", "Huw Inlett"),  # one too many
    ("Hannah Howe", "Hanna Howe"),  # one left out
    ("Gwendolen Hill", "Gwendolyn Hill"),  # one for another
    ("Reid Mooring", "Ried Mooring"),  # two neighbours swapped
    ("Bowers", "Bowerz"),  # six letters are enough
    ("Evan D. Light", "Evan Light"),  # an initial is one letter
    ("Mehdi Lagoon B.", "Mehdi Lagoon"),
    ("灯台守の太郎さん", "灯台守の次郎さん"),
    ("Tide Talk 3", "Tyde Talk 3"),
]


@pytest.mark.parametrize(("one", "two"), SLIPS)
def test_one_letter_is_asked_about(one: str, two: str) -> None:
    assert is_asked(one, two)


LEFT_ALONE = [
    ("Jan", "Jon"),  # of a short name, one letter is a good part
    ("Bo Lin", "Bo Lim"),
    ("tidal power", "tidal flower"),  # two letters
    ("Ada Brook", "Ada Reef"),
    ("Regatta 2015", "Regatta 2016"),  # a digit is never a slip
    ("Regatta 2015", "Regatta 201"),
    ("Regatta", "Regatta 2"),
    ("Harbour Code 1.12", "Harbour Code 11.2"),
    ("Harbour Code 1 12", "Harbour Code 112"),
    ("Harbour Code 1a2", "Harbour Code 12"),
    ("第一回灯台勉強会", "第二回灯台勉強会"),
    ("Cup 1, Round 2", "Cup 2, Round 1"),
    ("Jason A. Cove", "Jason R. Cove"),  # initials and ordinals that differ tell two apart
    ("Harbour Team A", "Harbour Team B"),
    ("Lighthouse Part I", "Lighthouse Part II"),
    ("Lighthouse Part IV", "Lighthouse Part VI"),
    ("abcdefgh", "bcdefgha"),  # a letter that moved far
    ("x" * 101, "x" * 100),  # a sentence
    ("ばばりえ", "はばりえ"),  # marks of kana are letters
    ("कमल", "कोमल"),  # and so are vowels of Devanagari
    ("김철수", "김철주"),  # and a syllable of hangul is one letter of three
    ("!!!", "???"),  # no name at all
    ("東京", "京都"),
]


@pytest.mark.parametrize(("one", "two"), LEFT_ALONE)
def test_what_no_pen_slips_into_is_left_alone(one: str, two: str) -> None:
    assert not is_asked(one, two)


def test_the_order_of_words_is_no_difference() -> None:
    assert is_asked("Brook Ada", "Ada Brook")
    assert is_asked("Brook, Ada Mary", "Ada Mary Brook")
    assert is_asked("2015 Harbour Regatta", "Harbour Regatta 2015")


def test_long_names_are_asked_about_only_where_equal() -> None:
    title = "On what the tide brings and what it takes away again " * 2
    assert is_asked(title, title.upper())
    assert not is_asked(title, title.replace("brings", "bringz"))


def test_other_names_count_as_much_as_the_first() -> None:
    museum = person(1, "Harbour Museum", "Old Customs House")
    assert asked(museum, person(2, "Old Custom House")) == {(1, 2)}
    assert asked(person(1, "Ada Brook"), person(2, "Ben Shore", "Ada Brooks")) == {(1, 2)}


def test_the_names_of_one_thing_are_not_asked_about() -> None:
    assert not asked(person(1, "Marina", "Marina", "MARINA"))
    assert not asked(person(1, "Ada Brook", term="<ada>"), person(2, "Ada Brooke", term="<ada>"))


def test_only_things_of_one_kind_may_be_one() -> None:
    house = person(1, "Lighthouse", Web="https://light.example/house")
    assert asked(house, person(2, *house.names))
    assert not asked(house, house._replace(term="<p2>", kind="Idea"))


def test_the_finding_says_both_names_and_both_ways_out() -> None:
    (one,) = same_or_different([person(2, "Hanna Howe"), person(1, "Hannah Howe")], set())
    assert one == Finding(
        Place("people.yaml", 2, 3),
        "warning",
        "names-alike",
        "“Hanna Howe” is much like “Hannah Howe”",
        "if they are one, say `same_as: p1`; if not, `different_from: p1`",
        (Place("people.yaml", 1, 3),),
    )
    (one,) = same_or_different([person(1, "Ada Brook"), person(2, "Ben Shore", "Ada Brook")], set())
    assert one.message == "“Ada Brook”, another name of “Ben Shore”, is also the name of `p1`"
    (one,) = same_or_different([person(1, "Ben Shore", "Ada Brook"), person(2, "Ada Brooke")], set())
    assert one.message == "“Ada Brooke” is much like “Ada Brook”, another name of “Ben Shore”"
    (one,) = same_or_different([person(1, "Ben Shore", "Ada Brook"), person(2, "Ada Brook")], set())
    assert one.message == "“Ada Brook” is also another name of `p1`"


# --- outside ids ------------------------------------------------------------------------------


def told(one: Thing, two: Thing) -> str:
    found = same_or_different([one, two], set())
    assert len(found) <= 1
    return f"{found[0].message} [{found[0].code}]" if found else ""


def test_a_shared_outside_id_is_asked_about() -> None:
    ada, owl = person(1, "Ada Brook", GitHub="night-owl"), person(2, "The Night Owl", GitHub="Night-Owl")
    assert told(ada, owl) == "“The Night Owl” and `p1` share GitHub `Night-Owl`: same or different? [same-key]"


def test_several_shared_ids_are_said_in_one_finding() -> None:
    ada = person(1, "Ada Brook", GitHub="night-owl", ORCID="0000-0002-1825-0097")
    owl = person(2, "The Night Owl", GitHub="night-owl", ORCID="0000-0002-1825-0097")
    assert "share GitHub `night-owl` and ORCID `0000-0002-1825-0097`: same" in told(ada, owl)


def test_a_name_and_an_id_are_said_in_one_finding() -> None:
    ada, ida = person(1, "Ada Brook", ORCID="0000-0002-1825-0097"), person(2, "Ada Brok", ORCID="0000-0002-1825-0097")
    assert told(ada, ida) == (
        "“Ada Brok” is much like “Ada Brook”, and they share ORCID `0000-0002-1825-0097`: same or different? [same-key]"
    )


def test_a_thing_whose_name_does_not_count_is_called_by_its_id() -> None:
    assert told(person(1, DOI="10.1/x"), person(2, DOI="10.1/X")).startswith("`p2` and `p1` share DOI `10.1/X`: ")


ONE_ID = [
    ("tenderkelp", "@TenderKelp"),
    ("https://www.kelp.example/", "http://kelp.example"),
    ("https://kelp.example/blog/", "KELP.example/blog"),
    ("tenderkelp", "https://github.com/tenderkelp"),
    ("https://orcid.org/0000-0002-1825-0097", "0000-0002-1825-0097"),
    ("https://www.wikidata.org/wiki/Q42", "Q42"),
    ("http://www.wikidata.org/entity/Q42", "Q42"),
]
TWO_IDS = [
    ("tenderkelp", "tenderreef"),
    ("https://kelp.example/blog", "https://reef.example/blog"),
    ("https://kelp.example/ada", "https://kelp.example/bo"),
    ("https://kelp.example", "https://kelp.example/ada"),
    ("https://video.example/watch?v=1", "https://video.example/watch?v=2"),
    ("", ""),
    ("https://", "tenderkelp"),
    ("@", " "),
]


@pytest.mark.parametrize(("one", "two", "same"), [(*p, True) for p in ONE_ID] + [(*p, False) for p in TWO_IDS])
def test_outside_ids_are_compared_as_people_write_them(one: str, two: str, same: bool) -> None:
    for first, second in ((one, two), (two, one)):
        said = told(person(1, "Ada Brook", Account=first), person(2, "Bo Shore", Account=second))
        share = f"“Bo Shore” and `p1` share Account `{second}`: same or different? [same-key]"
        assert said == (share if same else "")


def test_names_that_are_not_alike_are_no_reason_besides_an_id() -> None:
    first, second = (person(year, f"Regatta {year}", Web="https://harbour.example/regatta") for year in (2015, 2016))
    assert told(first, second).startswith("“Regatta 2016” and `p2015` share ")


def test_the_same_word_under_two_keys_is_no_shared_id() -> None:
    assert not asked(person(1, "Ada Brook", GitHub="kelp"), person(2, "Bo Shore", Chat="kelp"))


def test_the_address_of_a_house_is_nobodys_own() -> None:
    names = ["Ada Brook", "Bo Shore", "Cyd Reef"]
    staff = [person(i, name, Web="https://www.harbour.example/") for i, name in enumerate(names, 1)]
    assert asked(*staff[:2]) == {(1, 2)}
    assert not asked(*staff)
    pages = [p._replace(keys=(("Web", "https://harbour.example/ada"),)) for p in staff]
    assert asked(*pages) == {(1, 2), (1, 3)}


def test_a_house_is_not_a_reason_besides_the_name_either() -> None:
    names = ["Ada Brook", "Ada Brooke", "Cyd Reef"]
    staff = [person(i, name, Web="harbour.example") for i, name in enumerate(names, 1)]
    assert [f.message for f in same_or_different(staff, set())] == ["“Ada Brooke” is much like “Ada Brook”"]


# --- what is decided, and clusters ------------------------------------------------------------


def test_what_is_decided_is_not_asked_again() -> None:
    ada, eda = person(1, "Ada Brook", GitHub="kelp"), person(2, "Eda Brook", GitHub="kelp")
    assert asked(ada, eda)
    assert not asked(ada, eda, decided=[frozenset({"<p1>", "<p2>"})])
    assert asked(ada, eda, decided=[frozenset({"<p1>", "<p3>"}), frozenset({"<p1>"})])


def test_of_four_alike_three_are_asked_about_beside_the_first() -> None:
    assert asked(*(person(i, "Ada Brook") for i in (4, 2, 1, 3))) == {(1, 2), (1, 3), (1, 4)}


def test_one_that_may_be_either_of_two_is_asked_about_both() -> None:
    three = [person(i, "Ada Brook") for i in (1, 2, 3)]
    assert asked(*three, decided=[frozenset({"<p1>", "<p2>"})]) == {(1, 3), (2, 3)}


def test_the_strongest_reason_is_asked_about_first() -> None:
    three = [person(1, "Ada Brook"), person(2, "Ada Brooke", GitHub="kelp"), person(3, "Ada Brook", GitHub="kelp")]
    assert asked(*three) == {(2, 3), (1, 3)}


def test_entries_said_to_be_one_are_asked_about_as_one() -> None:
    ada, other = person(1, "Ada Brook", term="<p2>"), person(2, "A. B.", GitHub="kelp", term="<p2>")
    assert asked(ada, other, person(3, "Ada Brooke"), person(4, "Kelp", GitHub="kelp")) == {(1, 3), (1, 4)}


# --- against a slower way ----------------------------------------------------------------------

NAMES = st.lists(st.text("abé", min_size=5, max_size=8), max_size=7)


def one_edit(word: str) -> set[str]:
    """Give every text that one slip makes of a word, over the letters of these tests."""
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    return (
        {a + b[1:] for a, b in cuts if b}
        | {a + c + b for a, b in cuts for c in "abe"}
        | {a + c + b[1:] for a, b in cuts if b for c in "abe"}
        | {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    )


def clusters(size: int, pairs: Iterable[tuple[int, int]]) -> set[frozenset[int]]:
    found = {frozenset({i}) for i in range(size)}
    for pair in pairs:
        touched = {c for c in found if c & set(pair)}
        found = (found - touched) | {frozenset().union(*touched)}
    return found


@settings(max_examples=300, deadline=None)
@given(NAMES)
def test_who_is_tied_together_agrees_with_comparing_everybody_with_everybody(names: list[str]) -> None:
    plain = [name.replace("é", "e") for name in names]
    alike = [
        (i, j)
        for i, j in combinations(range(len(names)), 2)
        if plain[i] == plain[j] or (min(len(plain[i]), len(plain[j])) >= 6 and plain[i] in one_edit(plain[j]))
    ]
    pairs = asked(*(person(i, name) for i, name in enumerate(names)))
    assert pairs <= set(alike)
    assert clusters(len(names), pairs) == clusters(len(names), alike)
    assert len(pairs) == len(names) - len(clusters(len(names), alike)), "no more than ties them together"


@settings(max_examples=300, deadline=None)
@given(st.sets(st.frozensets(st.integers(0, 5), min_size=2, max_size=2)))
def test_whatever_is_decided_the_rest_is_tied_together(decided: set[frozenset[int]]) -> None:
    open_ = [(i, j) for i, j in combinations(range(6), 2) if {i, j} not in decided]
    said = [frozenset(f"<p{i}>" for i in pair) for pair in decided]
    pairs = asked(*(person(i, "Ada Brook") for i in range(6)), decided=said)
    assert pairs <= set(open_)
    assert clusters(6, pairs) == clusters(6, open_)


ODD_NAMES = st.lists(st.lists(st.text("aé1 -İ", min_size=4, max_size=9), max_size=2), max_size=6)
ACCOUNTS = st.sampled_from(["kelp", "@Kelp", "https://a.example/kelp", "http://b.example/kelp/", "", "reef"])


@settings(max_examples=300, deadline=None)
@given(ODD_NAMES, st.lists(ACCOUNTS, min_size=6, max_size=6))
def test_all_at_once_ties_together_what_two_by_two_are_asked_about(names: list[list[str]], accounts: list[str]) -> None:
    things = [person(i, *own, Account=accounts[i]) for i, own in enumerate(names)]
    alike = {pair for x, y in combinations(things, 2) for pair in asked(x, y)}
    pairs = asked(*things)
    assert pairs <= alike
    assert clusters(len(things), pairs) == clusters(len(things), alike)


@settings(max_examples=100, deadline=None)
@given(NAMES, st.randoms(use_true_random=False))
def test_the_order_in_which_things_come_is_no_difference(names: list[str], chance: random.Random) -> None:
    things = [person(i, name) for i, name in enumerate(names)]
    mixed = things.copy()
    chance.shuffle(mixed)
    assert same_or_different(mixed, set()) == same_or_different(things, set())


KEYS = st.lists(st.tuples(st.text("ab", min_size=6, max_size=7), st.sampled_from("xyz"), st.integers(0, 2)), max_size=7)


@settings(max_examples=100, deadline=None)
@given(KEYS)
def test_answering_leads_to_silence_with_no_question_left_out(people: list[tuple[str, str, int]]) -> None:
    """Each bears a name, an account and, which nobody but us knows, who it really is."""
    things = [person(i, name, GitHub=account) for i, (name, account, _) in enumerate(people)]
    terms = [thing.term for thing in things]
    first = {(i, j) for i, j in combinations(range(len(things)), 2) if asked(things[i], things[j])}
    differ: set[frozenset[str]] = set()
    for _ in range(50):
        now = [thing._replace(term=term) for thing, term in zip(things, terms, strict=True)]
        questions = asked(*now, decided={frozenset(pair) for pair in differ})
        if not questions:
            break
        for i, j in questions:
            kept, other = terms[i], terms[j]
            if people[i][2] == people[j][2]:
                terms = [kept if term == other else term for term in terms]
                differ = {frozenset(kept if term == other else term for term in pair) for pair in differ}
            else:
                differ.add(frozenset({kept, other}))
    assert not questions, "it comes to an end"
    for i, j in first:
        assert (terms[i] == terms[j]) == (people[i][2] == people[j][2]), "nothing alike is left unanswered"


@given(st.text())
def test_folding_twice_is_folding_once(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@given(st.text(st.characters(max_codepoint=127)))
def test_the_short_way_of_ascii_leads_where_the_long_one_does(name: str) -> None:
    assert f"{fold(name)} e".strip() == fold(f"{name} é")


# --- the nearest known word -------------------------------------------------------------------


def test_a_misspelt_word_finds_the_one_that_was_meant() -> None:
    known = ["hannah-howe", "huw-inlet", "ada-brook", "harbour-museum"]
    assert nearest("hanna-hwoe", known) == "hannah-howe"
    assert nearest("HUW-INLETT", known) == "huw-inlet"
    assert nearest("lighthouse", known) is None
    assert nearest("ada-brook", []) is None


def test_among_many_a_word_has_to_be_nearer() -> None:
    few = ["gwendolen-hill"]
    many = [*few, *(f"{chr(97 + i // 26)}{chr(97 + i % 26)}-{i}-zzzz" for i in range(100))]
    assert nearest("glen-hall", few) == nearest("gwendolyn-hil", many) == "gwendolen-hill"
    assert nearest("glen-hall", many) is None


def test_of_equally_near_words_the_first_by_the_alphabet_is_given() -> None:
    assert nearest("ada-broo", ["ada-brooz", "ada-brook", "ada-broom"]) == "ada-brook"


@given(st.text("abc", min_size=1, max_size=5), st.lists(st.text("abc", min_size=1, max_size=5), max_size=8))
def test_the_nearest_is_among_the_known_in_whatever_order(word: str, known: list[str]) -> None:
    found = nearest(word, known)
    assert found is None or found in known
    assert found == nearest(word, known[::-1])
    if word in known:
        assert found == word
