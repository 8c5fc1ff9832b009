"""The grammar of SPARQL 1.1 queries as a table, and the machine that reads it.

The rules are those of SPARQL 1.1, clause 19.8 (https://www.w3.org/TR/sparql11-query/#sparqlGrammar),
which is LL(1): one token decides.  So a fault is found at the first word that cannot stand where it
stands, and the words that could are known exactly.  `SERVICE` has no rule here: nothing remote.
Some rules are cut finer than in the standard (`SelectVar`, `AssignedVar` ...), because the places
where a variable stands decide how a parameter is bound.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

RULES = """
Query = Prologue ( SelectQuery | ConstructQuery | DescribeQuery | AskQuery ) ValuesClause
Prologue = ( 'BASE' IRIREF | 'PREFIX' NAMESPACE IRIREF )*
SelectQuery = SelectClause DatasetClause* WhereClause SolutionModifier
SubSelect = SelectClause WhereClause SolutionModifier ValuesClause
SelectClause = 'SELECT' ( 'DISTINCT' | 'REDUCED' )? ( ( SelectVar | '(' Expression 'AS' AssignedVar ')' )+ | '*' )
ConstructQuery = 'CONSTRUCT' ( Template DatasetClause* WhereClause SolutionModifier
  | DatasetClause* 'WHERE' '{' TriplesTemplate? '}' SolutionModifier )
DescribeQuery = 'DESCRIBE' ( VarOrIri+ | '*' ) DatasetClause* WhereClause? SolutionModifier
AskQuery = 'ASK' DatasetClause* WhereClause SolutionModifier
DatasetClause = 'FROM' 'NAMED'? Iri
WhereClause = 'WHERE'? GroupGraphPattern
SolutionModifier = ( 'GROUP' 'BY' GroupCondition+ )? ( 'HAVING' Constraint+ )? OrderClause?
  ( LimitClause OffsetClause? | OffsetClause LimitClause? )?
GroupCondition = BuiltInCall | FunctionCall | '(' Expression ( 'AS' AssignedVar )? ')' | GroupVar
OrderClause = 'ORDER' 'BY' OrderCondition+
OrderCondition = ( 'ASC' | 'DESC' ) Bracketed | Constraint | OrderVar
LimitClause = 'LIMIT' INTEGER
OffsetClause = 'OFFSET' INTEGER
ValuesClause = ( 'VALUES' DataBlock )?
Template = '{' TriplesTemplate? '}'
TriplesTemplate = TriplesSameSubject ( '.' TriplesTemplate? )?
GroupGraphPattern = '{' ( SubSelect | GroupGraphPatternSub ) '}'
GroupGraphPatternSub = TriplesBlock? ( GraphPatternNotTriples '.'? TriplesBlock? )*
TriplesBlock = TriplesSameSubjectPath ( '.' TriplesBlock? )?
GraphPatternNotTriples = GroupGraphPattern ( 'UNION' GroupGraphPattern )* | 'OPTIONAL' GroupGraphPattern
  | Minus | 'GRAPH' VarOrIri GroupGraphPattern | 'FILTER' Constraint
  | 'BIND' '(' Expression 'AS' AssignedVar ')' | 'VALUES' DataBlock
Minus = 'MINUS' GroupGraphPattern
DataBlock = AssignedVar '{' DataValue* '}' | ( NIL | '(' AssignedVar* ')' ) '{' DataRow* '}'
DataRow = '(' DataValue* ')' | NIL
DataValue = Iri | RdfLiteral | Number | 'TRUE' | 'FALSE' | 'UNDEF'
Constraint = Bracketed | BuiltInCall | FunctionCall
FunctionCall = Iri ArgList
ArgList = NIL | '(' 'DISTINCT'? Expression ( ',' Expression )* ')'
ExpressionList = NIL | '(' Expression ( ',' Expression )* ')'
TriplesSameSubject = VarOrTerm PropertyListNotEmpty | TriplesNode PropertyListNotEmpty?
PropertyListNotEmpty = Verb ObjectList ( ';' ( Verb ObjectList )? )*
Verb = VarOrIri | 'a'
ObjectList = GraphNode ( ',' GraphNode )*
TriplesNode = '(' GraphNode+ ')' | '[' PropertyListNotEmpty ']'
GraphNode = VarOrTerm | TriplesNode
TriplesSameSubjectPath = VarOrTerm PropertyListPathNotEmpty | TriplesNodePath PropertyListPathNotEmpty?
PropertyListPathNotEmpty = VerbPath ObjectListPath ( ';' ( VerbPath ObjectListPath )? )*
VerbPath = Path | IriVar
ObjectListPath = GraphNodePath ( ',' GraphNodePath )*
TriplesNodePath = '(' GraphNodePath+ ')' | '[' PropertyListPathNotEmpty ']'
GraphNodePath = VarOrTerm | TriplesNodePath
Path = PathSequence ( '|' PathSequence )*
PathSequence = PathEltOrInverse ( '/' PathEltOrInverse )*
PathEltOrInverse = '^'? PathPrimary ( '?' | '*' | '+' )?
PathPrimary = Iri | 'a' | '!' PathNegated | '(' Path ')'
PathNegated = PathOne | '(' ( PathOne ( '|' PathOne )* )? ')' | NIL
PathOne = '^'? ( Iri | 'a' )
VarOrTerm = Var | Iri | RdfLiteral | Number | 'TRUE' | 'FALSE' | BLANK | ANON | NIL
VarOrIri = IriVar | Iri
Expression = AndExpression ( '||' AndExpression )*
AndExpression = Relation ( '&&' Relation )*
Relation = Sum ( ( '=' | '!=' | '<' | '>' | '<=' | '>=' ) Sum | 'NOT'? 'IN' ExpressionList )?
Sum = Product ( ( '+' | '-' ) Product | SIGNED ( ( '*' | '/' ) Unary )* )*
Product = Unary ( ( '*' | '/' ) Unary )*
Unary = ( '!' | '+' | '-' )? Primary
Primary = Bracketed | BuiltInCall | Iri ArgList? | RdfLiteral | Number | 'TRUE' | 'FALSE' | UsedVar
Bracketed = '(' Expression ')'
BuiltInCall = Aggregate | FUNCTION ExpressionList | 'BOUND' '(' BoundVar ')' | 'NOT'? Exists
Exists = 'EXISTS' GroupGraphPattern
Aggregate = 'COUNT' '(' 'DISTINCT'? ( '*' | Expression ) ')' | AGGREGATE '(' 'DISTINCT'? Expression ')'
  | 'GROUP_CONCAT' '(' 'DISTINCT'? Expression ( ';' 'SEPARATOR' '=' STRING )? ')'
RdfLiteral = STRING ( LANGTAG | '^^' Iri )?
Number = INTEGER | DECIMAL | SIGNED
Iri = IRIREF | NAME | NAMESPACE
Var = VAR
SelectVar = VAR
AssignedVar = VAR
GroupVar = VAR
OrderVar = VAR
BoundVar = VAR
IriVar = VAR
UsedVar = VAR
"""

FUNCTIONS = {
    **dict.fromkeys(("RAND", "NOW", "UUID", "STRUUID"), (0, 0)),
    **dict.fromkeys(
        (
            *("STR", "LANG", "DATATYPE", "IRI", "URI", "ABS", "CEIL", "FLOOR", "ROUND", "STRLEN", "UCASE", "LCASE"),
            *("ENCODE_FOR_URI", "YEAR", "MONTH", "DAY", "HOURS", "MINUTES", "SECONDS", "TIMEZONE", "TZ"),
            *("MD5", "SHA1", "SHA256", "SHA384", "SHA512", "ISIRI", "ISURI", "ISBLANK", "ISLITERAL", "ISNUMERIC"),
        ),
        (1, 1),
    ),
    "BNODE": (0, 1),
    **dict.fromkeys(("LANGMATCHES", "CONTAINS", "STRSTARTS", "STRENDS", "STRBEFORE", "STRAFTER"), (2, 2)),
    **dict.fromkeys(("STRLANG", "STRDT", "SAMETERM"), (2, 2)),
    "IF": (3, 3),
    **dict.fromkeys(("REGEX", "SUBSTR"), (2, 3)),
    "REPLACE": (3, 4),
    **dict.fromkeys(("CONCAT", "COALESCE"), (0, 100_000)),
}
"""Built-in functions that take expressions, with the least and the most arguments (clause 17.4)."""

AGGREGATES = frozenset(("SUM", "MIN", "MAX", "AVG", "SAMPLE"))

MARKED = frozenset(
    (
        *("Prologue", "SelectClause", "SubSelect", "DatasetClause", "WhereClause", "ValuesClause"),
        *("OrderClause", "OrderCondition"),
        *("GroupGraphPattern", "GraphPatternNotTriples", "Minus", "Constraint", "Exists", "BuiltInCall", "Template"),
        *("TriplesSameSubjectPath", "VarOrTerm", "VerbPath", "RdfLiteral", "ArgList"),
        *("DataBlock", "DataRow", "DataValue"),
        *("Var", "SelectVar", "AssignedVar", "GroupVar", "OrderVar", "BoundVar", "IriVar", "UsedVar"),
    )
)
"""The rules whose stretches of tokens `parse` tells."""

KEYWORDS = frozenset(re.findall(r"'([A-Z_]+)'", RULES)) | FUNCTIONS.keys() | AGGREGATES


class Span(NamedTuple):
    """A stretch of tokens that a rule has read: from index `start`, up to and without `end`."""

    rule: str
    start: int
    end: int


class Fault(Exception):  # noqa: N818 - a fault in the text; the error for people is made of it
    """The token at `index` cannot stand there; `expected` holds the terminals that could."""

    def __init__(self, index: int, expected: frozenset[str]) -> None:
        self.index, self.expected = index, expected
        super().__init__(f"token {index}: expected one of {sorted(expected)}")


class _Table(NamedTuple):
    choose: dict[str, dict[str, tuple[str, ...]]]  # rule -> terminal -> what the rule becomes
    empty: frozenset[str]  # rules that may be nothing


class _Reader:
    """Turns the text of `RULES` into plain alternatives; groups and repeats become rules of their own."""

    def __init__(self) -> None:
        self.rules: dict[str, list[tuple[str, ...]]] = {}
        for line in re.sub(r"\n +", " ", RULES).strip().splitlines():
            name, _, body = line.partition(" = ")
            self.words = re.findall(r"'[^']+'|[A-Za-z]+|[()|*+?]", body)[::-1]
            self.rules[name] = self.alternatives()

    def fresh(self, alternatives: list[tuple[str, ...]]) -> str:
        name = f"#{len(self.rules)}"
        self.rules[name] = alternatives
        return name

    def alternatives(self) -> list[tuple[str, ...]]:
        found = [self.sequence()]
        while self.words and self.words[-1] == "|":
            self.words.pop()
            found.append(self.sequence())
        return found

    def sequence(self) -> tuple[str, ...]:
        found: list[str] = []
        while self.words and self.words[-1] not in "|)":
            word = self.words.pop()
            if word == "(":
                item = self.fresh(self.alternatives())
                self.words.pop()
            else:
                item = word.strip("'")
            if self.words and self.words[-1] in "*+?":
                sign = self.words.pop()
                if sign == "?":
                    found.append(self.fresh([(item,), ()]))
                    continue
                again = self.fresh([])
                self.rules[again] = [(item, again), ()]
                found += [again] if sign == "*" else [item, again]
            else:
                found.append(item)
        return tuple(found)


@functools.cache
def _table() -> _Table:
    """Work out, once, which alternative each terminal chooses (about 10 ms)."""
    rules = _Reader().rules
    empty: set[str] = set()
    first: dict[str, set[str]] = {name: set() for name in rules}

    def starts(sequence: tuple[str, ...]) -> set[str]:
        found: set[str] = set()
        for symbol in sequence:
            found |= first.get(symbol, {symbol})
            if symbol not in empty:
                break
        return found

    size = -1
    while size != (size := len(empty) + sum(map(len, first.values()))):
        for name, alternatives in rules.items():
            for sequence in alternatives:
                if all(symbol in empty for symbol in sequence):
                    empty.add(name)
                first[name] |= starts(sequence)
    choose: dict[str, dict[str, tuple[str, ...]]] = {}
    for name, alternatives in rules.items():
        row = choose[name] = {}
        for sequence in alternatives:
            for terminal in starts(sequence):
                if terminal in row:
                    raise AssertionError(f"{terminal} chooses two alternatives of {name}")
                row[terminal] = sequence
    return _Table(choose, frozenset(empty))


_Stack = tuple[str | tuple[str, int], "_Stack"] | None


def parse(terminals: Sequence[str]) -> list[Span]:
    """Read a query, given as terminals, and tell where the marked rules stand.

    >>> [span for span in parse(["ASK", "{", "VAR", "a", "VAR", "}"]) if span.rule == "Var"]
    [Span(rule='Var', start=2, end=3), Span(rule='Var', start=4, end=5)]

    Linear in time, and without recursion.  Raises Fault at the first terminal that no query could
    have there; its index is `len(terminals)` where the query ends too early.
    """
    choose, empty = _table()
    spans: list[Span] = []
    stack: _Stack = ("Query", None)
    settled = stack  # as it stood after the last terminal: it alone knows all that could follow
    index = 0
    for index, terminal in enumerate((*terminals, "")):
        while stack is not None:
            symbol, rest = stack
            if isinstance(symbol, tuple):
                if symbol[1] < index:
                    spans.append(Span(symbol[0], symbol[1], index))
                stack = rest
            elif (row := choose.get(symbol)) is None:
                break
            else:
                if symbol in MARKED:
                    rest = ((symbol, index), rest)
                sequence = row.get(terminal)
                if sequence is None and symbol not in empty:
                    raise Fault(index, frozenset(_expected(settled)))
                for item in reversed(sequence or ()):
                    rest = (item, rest)
                stack = rest
        if stack is None or stack[0] != terminal:
            if stack is None and not terminal:
                return spans
            raise Fault(index, frozenset(_expected(settled)))
        stack = settled = stack[1]
    raise Fault(index, frozenset())  # pragma: no cover - the loop ends by return or by Fault


def _expected(stack: _Stack) -> Iterator[str]:
    choose, empty = _table()
    while stack is not None:
        symbol, stack = stack
        if isinstance(symbol, tuple):
            continue
        yield from choose.get(symbol, {symbol: ()})
        if symbol not in empty:
            return
    yield ""
