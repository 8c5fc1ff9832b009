"""A query taken apart by rdflib, in our terms.

Variables are written `?name`, blank nodes of the query (which are variables too) `_:name`, so that a
pattern is a tuple of strings and paths.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from colloquy.errors import QueryError
from colloquy.terms import Term
from colloquy.why.convert import from_rdf, is_variable
from colloquy.why.paths import Alternative, Inverse, Link, Negated, Path, Repeat, Sequence

if TYPE_CHECKING:
    from rdflib.plugins.sparql.parserutils import CompValue
    from rdflib.plugins.sparql.sparql import Prologue

Name: TypeAlias = str
"""A variable, `?name`."""

Values: TypeAlias = dict[Name, Term]
"""A solution mapping: what each bound variable stands for."""

Pattern: TypeAlias = tuple[str, Path, str]

EXISTS = ("Builtin_EXISTS", "Builtin_NOTEXISTS")
_WRAPPERS = ("Slice", "Distinct", "Reduced", "Project", "OrderBy")
_UNFIXED = {"Builtin_RAND", "Builtin_NOW", "Builtin_UUID", "Builtin_STRUUID", "Builtin_BNODE"}


@dataclass(frozen=True)
class Query:
    """A SELECT or ASK query: its pattern in rdflib's algebra and the names it selects."""

    form: Literal["SELECT", "ASK"]
    pattern: CompValue
    names: tuple[Name, ...]
    prologue: Prologue

    @property
    def core(self) -> CompValue:
        """The pattern without what only sorts, cuts, or leaves out repeated rows or columns."""
        part = self.pattern
        while part.name in _WRAPPERS:
            part = part.p
        return part


def parse(text: str, prefixes: Mapping[str, str]) -> Query:
    """Read a query; `prefixes` are known beside those that it declares.

    Raises QueryError where rdflib cannot read it, where it is no SELECT or ASK, and where it names
    other data (FROM, SERVICE).
    """
    from pyparsing import ParseBaseException
    from rdflib.plugins.sparql import algebra
    from rdflib.plugins.sparql.parser import parseQuery

    _mend_inverse_in_negated_sets()
    try:
        parsed = parseQuery(text)
        form = parsed[1].name.removesuffix("Query").upper()
        if form not in ("SELECT", "ASK"):
            raise QueryError(
                f"the answer of {form} is a graph, not rows",
                hint="ask for one of its triples: colloquy why SUBJECT PREDICATE OBJECT",
            )
        if parsed[1].datasetClause:
            raise QueryError("FROM names other data than the project's", hint="leave FROM out")
        prologue = _prologue()
        algebra.translatePrologue(parsed[0], "", prefixes, prologue)
        body = algebra.traverse(parsed[1], visitPost=partial(algebra.translatePName, prologue=prologue))
        pattern, variables = algebra.translate(body)
    except ParseBaseException as error:
        raise QueryError(f"rdflib cannot read this: {error.msg}", error.lineno, error.column) from None
    except RecursionError:
        raise QueryError("nested too deeply") from None
    except QueryError:
        raise
    except Exception as error:  # rdflib raises bare ones
        raise QueryError(f"rdflib cannot read this: {error}") from None
    assert pattern is not None  # None only for DESCRIBE
    for part in walk(pattern):
        if part.name == "ServiceGraphPattern":
            raise QueryError("SERVICE asks other servers", hint="leave SERVICE out")
        if part.name in EXISTS and "graph" not in vars(part):
            # rdflib translates EXISTS in FILTER and BIND, not in SELECT, HAVING and ORDER BY
            raw = algebra.traverse(part["graph"], visitPost=algebra.translatePath)
            vars(part)["graph"] = algebra.translateGroupGraphPattern(raw)
    names = () if form == "ASK" else tuple(sorted(f"?{name}" for name in variables))
    return Query("SELECT" if form == "SELECT" else "ASK", pattern, names, prologue)


def _prologue() -> Prologue:
    from rdflib.plugins.sparql.sparql import Prologue
    from rdflib.term import URIRef

    class Declared(Prologue):
        """Two prefixes may name one namespace; with rdflib's own, the second unbinds the first."""

        def __init__(self) -> None:
            self.base: str | None = ""
            self.known: dict[str, str] = {}

        def bind(self, prefix: str | None, uri: Any) -> None:
            self.known[prefix or ""] = str(uri)

        def resolvePName(self, prefix: str | None, localname: str | None) -> URIRef:  # noqa: N802  rdflib's name
            return URIRef(self.known[prefix or ""] + (localname or ""))

    return Declared()


def _mend_inverse_in_negated_sets() -> None:
    """Let rdflib's parser keep the IRI of `!(^p)`: up to 7.6 it reads it and drops it."""
    from rdflib.plugins.sparql import parser
    from rdflib.plugins.sparql.parserutils import Comp, Param

    for option in getattr(parser.PathOneInPropertySet, "exprs", ()):
        if isinstance(option, Comp) and option.name == "InversePath" and "part" not in str(option.expr):
            option.expr = "^" + Param("part", parser.iri | parser.A)


def walk(part: Any) -> Iterator[CompValue]:
    """Go through a pattern or expression and all below it, EXISTS patterns included."""
    from rdflib.plugins.sparql.parserutils import CompValue

    if isinstance(part, CompValue):
        yield part
        translated = vars(part).get("graph") if part.name in EXISTS else None
        for child in [translated] if translated is not None else part.values():
            yield from walk(child)
    elif isinstance(part, list | tuple):
        for child in part:
            yield from walk(child)


def expression_names(part: Any) -> set[Name]:
    """Give the variables of an expression, those of EXISTS patterns apart."""
    from rdflib.plugins.sparql.parserutils import CompValue
    from rdflib.term import Variable

    if isinstance(part, Variable):
        return {f"?{part}"}
    if isinstance(part, CompValue):
        part = [] if part.name in EXISTS else list(part.values())
    return set().union(*map(expression_names, part)) if isinstance(part, list | tuple) else set()


def has_exists(part: Any) -> bool:
    """Tell whether EXISTS stands anywhere in an expression."""
    return any(found.name in EXISTS for found in walk(part))


def conjuncts(expression: Any) -> list[Any]:
    """Split a filter at `&&`: it is true where each part is."""
    if getattr(expression, "name", "") == "ConditionalAndExpression":
        return [one for part in [expression.expr, *expression.other] for one in conjuncts(part)]
    return [expression]


def own_names(part: CompValue, seen: dict[int, frozenset[Name]]) -> frozenset[Name]:
    """Give the variables that solutions of a pattern may bind; `seen` keeps them by pattern."""
    if id(part) not in seen:
        kids = [own_names(part[kid], seen) for kid in ("p", "p1", "p2") if _is_pattern(part, kid)]
        names: set[Name] = set().union(*kids)
        if part.name == "BGP":
            names = {word for triple in patterns(part) for word in _words(triple) if is_variable(word)}
        elif part.name == "Extend":
            names.add(f"?{part.var}")
        elif part.name == "Graph":
            names |= expression_names(part.term)
        elif part.name == "Minus":
            names = set(kids[0])
        elif part.name == "values":
            names = {f"?{name}" for row in part.res for name in row}
        elif part.name == "Project":
            names = {f"?{name}" for name in part.PV}
        elif part.name == "AggregateJoin":
            names = {f"?{one.res}" for one in part.A}
        seen[id(part)] = frozenset(names)
    return seen[id(part)]


def _is_pattern(part: CompValue, kid: str) -> bool:
    return kid in part and hasattr(part[kid], "name")


def _words(pattern: Pattern) -> list[str]:
    s, path, o = pattern
    return [s, o, path.name] if isinstance(path, Link) else [s, o]


def patterns(bgp: CompValue) -> list[Pattern]:
    """Give the triple patterns of a BGP."""
    return [(_word(s), _path(p), _word(o)) for s, p, o in bgp.triples]


def _word(node: Any) -> str:
    from rdflib.term import Variable

    return f"?{node}" if isinstance(node, Variable) else from_rdf(node)


def _path(node: Any) -> Path:
    from rdflib import paths
    from rdflib.plugins.sparql.parserutils import CompValue

    if isinstance(node, paths.InvPath):
        return Inverse(_path(node.arg))
    if isinstance(node, paths.SequencePath):
        return Sequence(tuple(map(_path, node.args)))
    if isinstance(node, paths.AlternativePath):
        return Alternative(tuple(map(_path, node.args)))
    if isinstance(node, paths.MulPath):
        return Repeat(_path(node.path), zero=node.zero, more=node.more)
    if isinstance(node, paths.NegatedPath):
        args: list[Any] = list(node.args)
        inverse = [one for one in args if isinstance(one, CompValue)]
        if not all(one.part for one in inverse):
            raise QueryError("`!(^…)` is not read by this version of rdflib")
        forward = tuple(sorted(_word(one) for one in args if not isinstance(one, CompValue)))
        return Negated(forward, tuple(sorted(_word(one.part) for one in inverse)))
    return Link(_word(node))


def computed(query: Query) -> tuple[set[Name], set[Name]]:
    """Give the variables that a query computes, and those of them that no standard fixes.

    A name that stands for another variable alone, or for the key of a group, is not computed.
    """
    from rdflib.term import Variable

    loose: set[Name] = set()
    unfixed: set[Name] = set()
    rules: list[tuple[Name, set[Name], bool, bool]] = []  # name, what it is made of, computed, unfixed
    for part in walk(query.pattern):
        if part.name == "Extend":
            wild = any(below.name in _UNFIXED for below in walk(part.expr))
            alone = isinstance(part.expr, Variable)
            rules.append((f"?{part.var}", expression_names(part.expr), not alone, wild))
        elif part.name == "AggregateJoin":
            keys = [key for key in part.p.expr or [] if isinstance(key, Variable)]
            for one in part.A:
                key = one.name == "Aggregate_Sample" and one.vars in keys
                wild = one.name in ("Aggregate_Sample", "Aggregate_GroupConcat") and not key
                rules.append((f"?{one.res}", expression_names(one.vars), not key, wild))
    while True:
        before = len(loose) + len(unfixed)
        for name, made_of, is_computed, wild in rules:
            if is_computed or made_of & loose:
                loose.add(name)
            if wild or made_of & unfixed:
                unfixed.add(name)
        if len(loose) + len(unfixed) == before:
            return loose, unfixed
