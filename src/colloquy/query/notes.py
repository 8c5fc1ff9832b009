"""What to point out about a query that runs all the same: names that stand nowhere, parts that are slow."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Container, Iterable, Mapping

from colloquy.errors import Finding, Place, did_you_mean, printable
from colloquy.sparql import Query
from colloquy.sparql.exists import slow_exists
from colloquy.sparql.tokens import Token
from colloquy.sparql.tree import unbound
from colloquy.terms import STANDARD_PREFIXES, compress

MOST = 10
"""So many of one kind are pointed out at most."""


def unbound_variables(query: Query, given: Container[str] | None = None) -> tuple[Finding, ...]:
    """Warn of every variable that SELECT names and that never has a value, with a near one.

    Those in `given` have one from outside.

    >>> from colloquy.sparql import read_query
    >>> for finding in unbound_variables(read_query("SELECT ?poett { ?poet a ?kind }")):
    ...     print(finding)
    query:1:8: warning: `?poett` is selected but stands nowhere in WHERE — did you mean `?poet`? [unbound-variable]
    """
    findings = []
    for token, stands, known in unbound(query)[:MOST]:
        if token.text[1:] in (given or ()):
            continue
        words = "WHERE gives it no value" if stands else "stands nowhere in WHERE"
        hint = did_you_mean(f"?{token.text[1:]}", [f"?{name}" for name in known])
        if stands:
            hint = "FILTER, EXISTS and MINUS only test, and a sub-select hands on what it selects"
        message = f"`{printable(token.text)}` is selected but {words}"
        findings.append(_warning(token, "unbound-variable", message, hint))
    return tuple(findings)


def slow_parts(query: Query) -> tuple[Finding, ...]:
    """Warn of every EXISTS that Oxigraph is slow at, and that could not be proved to be what is worked out once."""
    slow = [one for one in slow_exists(query) if not one.changes]
    return tuple(_warning(one.token, *(_SLOW_NOT_EXISTS if one.negated else _SLOW_EXISTS)) for one in slow[:MOST])


_SLOW_EXISTS = (
    "slow-exists",
    "this EXISTS is worked out anew for every row, which can take minutes",
    "{ SELECT DISTINCT … { … } } in its place, of the variables that it shares, is worked out once; it keeps the same"
    " rows where every row has all of them, and no FILTER or BIND within uses a variable of outside alone",
)
_SLOW_NOT_EXISTS = (
    "slow-not-exists",
    "this NOT EXISTS is worked out anew for every row, which can take minutes",
    "MINUS { … } in its place is worked out once; it takes away the same rows where it shares a variable that"
    " every row has, and no FILTER or BIND within uses a variable of outside alone",
)


def _warning(token: Token, code: str, message: str, hint: str) -> Finding:
    return Finding(Place("query", token.line, token.column), "warning", code, message, hint)


def unknown_terms(
    query: Query,
    known: Callable[[str], bool],
    candidates: Callable[[], Iterable[str]],
    prefixes: Mapping[str, str] = STANDARD_PREFIXES,
    file: str = "query",
) -> list[Finding]:
    """Warn of every IRI in a query that stands nowhere in the graph, each once, with a near one.

    - `known(iri)` tells whether an IRI stands in the graph (names of graphs included);
    - `candidates()` gives the IRIs of the graph; it is called only where one is not known.

    Datatypes, functions and what `CONSTRUCT` makes are not looked for.
    """
    findings: list[Finding] = []
    seen: set[str] = set()
    everything: list[str] = []
    for name in query.names:
        if name.role not in ("term", "graph") or name.iri in seen or known(name.iri):
            continue
        seen.add(name.iri)
        everything = everything or list(candidates())
        hint = _near(name.iri, everything, dict(prefixes))
        shown = printable(compress(f"<{name.iri}>", dict(prefixes)), 100)
        place = Place(file, name.token.line, name.token.column)
        findings.append(Finding(place, "warning", "unknown-term", f"`{shown}` stands nowhere in this graph", hint))
    return findings


def _near(wanted: str, candidates: Iterable[str], prefixes: dict[str, str]) -> str:
    """Find what was meant: the nearest name in the same namespace, else the same name in another."""
    space, local = _split(wanted)
    beside: dict[str, str] = {}
    elsewhere: list[str] = []
    for candidate in candidates:
        its_space, its_local = _split(candidate)
        if its_space == space:
            beside[its_local.casefold()] = candidate
        elif its_local == local:
            elsewhere.append(candidate)
    near = difflib.get_close_matches(local.casefold(), sorted(beside), n=1)
    meant = beside[near[0]] if near else min(elsewhere, default="")
    return f"did you mean `{compress(f'<{meant}>', prefixes)}`?" if meant else ""


def _split(value: str) -> tuple[str, str]:
    cut = max(value.rfind("/"), value.rfind("#"), value.rfind(":")) + 1
    return value[:cut], value[cut:]
