"""The closure against a second, slower way to compute it; and every entailed triple has its reasons."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from colloquy.index import TripleIndex
from colloquy.infer import closure, derivations
from colloquy.rules import Rules
from colloquy.terms import TYPE, Triple

NODES = st.sampled_from(["<ada>", "<bo>", "<cy>", "<di>"])
LINKS = st.sampled_from(["<knows>", "<met>", "<above>", "<below>", "<uncle>"])
CLASSES = st.sampled_from(["<Gull>", "<Bird>", "<Animal>"])
TRIPLES = st.one_of(st.tuples(NODES, LINKS, NODES), st.tuples(NODES, st.just(TYPE), CLASSES))

RULES = Rules(
    class_parents={"<Gull>": frozenset({"<Bird>"}), "<Bird>": frozenset({"<Animal>"})},
    property_parents={
        "<met>": frozenset({("<knows>", False)}),
        "<knows>": frozenset({("<knows>", True)}),
        "<above>": frozenset({("<below>", True)}),
        "<below>": frozenset({("<above>", True)}),
    },
    transitive=frozenset({"<above>"}),
    chains=(("<uncle>", (("<above>", True), ("<met>", False))),),
    disjoint=frozenset(),
)


def slow_closure(triples: set[Triple]) -> set[Triple]:
    """Apply every rule to everything until nothing is new: OWL 2 RL, straight from its table."""
    graph = set(triples)
    while True:
        new: set[Triple] = set()
        for s, p, o in graph:
            if p == TYPE:
                new |= {(s, TYPE, c) for c in RULES.class_parents.get(o, ())}
            for q, turned in RULES.property_parents.get(p, ()):
                new.add((o, q, s) if turned else (s, q, o))
            for s2, p2, o2 in graph:
                if p == p2 and p in RULES.transitive and o == s2:
                    new.add((s, p, o2))
                if p == "<above>" and p2 == "<met>" and s == s2:  # uncle: above backwards, then met
                    new.add((o, "<uncle>", o2))
        if new <= graph:
            return graph
        graph |= new


@settings(max_examples=150, deadline=None)
@given(st.sets(TRIPLES, max_size=8))
def test_closure_is_the_fixpoint_of_the_rules(triples: set[Triple]) -> None:
    assert set(closure(triples, RULES)) == slow_closure(triples)


@settings(max_examples=100, deadline=None)
@given(st.sets(TRIPLES, max_size=8))
def test_every_entailed_triple_has_a_derivation_from_the_graph(triples: set[Triple]) -> None:
    graph = closure(triples, RULES)
    for triple in graph:
        reasons = list(derivations(triple, graph, RULES))
        assert triple in triples or reasons
        for premises in reasons:
            assert triple not in premises
            assert all(premise in graph for premise in premises)
            assert triple in closure(premises, RULES)


def test_a_literal_never_becomes_a_subject() -> None:
    graph = closure([("<ada>", "<above>", '"a text"')], RULES)
    assert list(graph) == [("<ada>", "<above>", '"a text"')]


def test_an_index_answers_every_pattern_as_a_scan_would() -> None:
    triples = [("<a>", "<p>", "<b>"), ("<a>", "<q>", "<b>"), ("<b>", "<p>", "<a>"), ("<a>", "<p>", '"x"')]
    index = TripleIndex(triples)
    for s in (None, "<a>", "<nobody>"):
        for p in (None, "<p>", "<r>"):
            for o in (None, "<b>", '"x"'):
                wanted = {t for t in triples if all(w is None or w == g for w, g in zip((s, p, o), t, strict=True))}
                assert set(index.match(s, p, o)) == wanted
