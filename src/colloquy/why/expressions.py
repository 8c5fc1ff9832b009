"""The expressions of a query, evaluated by rdflib: what SPARQL's functions mean is not written twice."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import MethodType
from typing import TYPE_CHECKING, Any

from colloquy.terms import Term
from colloquy.why.algebra import EXISTS, Name, Query, Values, expression_names, has_exists, walk
from colloquy.why.convert import from_rdf, to_rdf

if TYPE_CHECKING:
    from rdflib.plugins.sparql.parserutils import CompValue


class Expressions:
    """Evaluates expressions by rdflib; `exists` answers EXISTS for a pattern and values."""

    def __init__(self, query: Query, exists: Callable[[CompValue, Values], bool]) -> None:
        from rdflib.plugins.sparql.sparql import QueryContext
        from rdflib.term import Literal as RdfLiteral

        self._context = QueryContext(initBindings={})
        self._context.prologue = query.prologue
        self._names: dict[int, set[Name] | None] = {}

        def answer(part: Any, solution: Mapping[Any, Any]) -> Any:
            values = {f"?{name}": from_rdf(value) for name, value in solution.items()}
            return RdfLiteral(exists(vars(part)["graph"], values) == (part.name == EXISTS[0]))

        for part in walk(query.pattern):
            if part.name in EXISTS:
                vars(part)["_evalfn"] = MethodType(answer, part)

    def bind(self, values: Mapping[Name, Term], names: Collection[Name] | None = None) -> Any:
        """Give values as rdflib's bindings; hidden variables left out."""
        from rdflib.plugins.sparql.sparql import FrozenBindings
        from rdflib.term import Variable

        wanted = values if names is None else [name for name in names if name in values]
        return FrozenBindings(
            self._context, {Variable(name[1:]): to_rdf(values[name]) for name in wanted if name[0] == "?"}
        )

    def _bind(self, expression: Any, values: Mapping[Name, Term]) -> Any:
        if id(expression) not in self._names:
            names = None if has_exists(expression) else expression_names(expression)
            self._names[id(expression)] = names
        return self.bind(values, self._names[id(expression)])

    def value(self, expression: Any, values: Mapping[Name, Term]) -> Term | None:
        """Evaluate; None where SPARQL has an error or nothing is bound."""
        from rdflib.plugins.sparql.evalutils import _eval
        from rdflib.plugins.sparql.sparql import SPARQLError

        try:
            found = _eval(expression, self._bind(expression, values))
            return None if found is None or isinstance(found, SPARQLError) else from_rdf(found)
        except (SPARQLError, TypeError, ValueError, ArithmeticError, AttributeError, LookupError):
            return None  # what rdflib's functions raise on values they were not made for

    def true(self, expression: Any, values: Mapping[Name, Term]) -> bool:
        """Tell whether a filter lets values pass; an error is no."""
        from rdflib.plugins.sparql.evalutils import _ebv
        from rdflib.plugins.sparql.sparql import SPARQLError

        try:
            return _ebv(expression, self._bind(expression, values))
        except (SPARQLError, TypeError, ValueError, ArithmeticError, AttributeError, LookupError):
            return False

    def rank(self, expression: Any, values: Mapping[Name, Term]) -> Any:
        """Give something that sorts as ORDER BY does."""
        from rdflib.plugins.sparql.evalutils import _val
        from rdflib.term import Variable

        term = self.value(expression, values)
        return _val(Variable("") if term is None else to_rdf(term))

    def aggregate(self, aggregation: CompValue, rows: list[Any]) -> Term | None:
        """Work out one aggregate over bound rows; None where it has no value."""
        from rdflib.plugins.sparql.aggregates import Aggregator
        from rdflib.plugins.sparql.sparql import SPARQLError

        try:
            aggregator = Aggregator([aggregation])
            for row in rows:
                aggregator.update(row)
            if aggregation.name in ("Aggregate_Min", "Aggregate_Max"):
                # get_bindings makes a literal even of an IRI
                found = vars(aggregator.accumulators[aggregation.res])["value"]
            else:
                found = aggregator.get_bindings().get(aggregation.res)
            return None if found is None else from_rdf(found)
        except (SPARQLError, TypeError, ValueError, ArithmeticError, AttributeError, LookupError):
            return None
