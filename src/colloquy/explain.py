"""Explains answers: the proofs of `why`, over the graph of a build, said in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from colloquy.errors import QueryError, UsageError, with_article
from colloquy.facts import Statement
from colloquy.index import TripleIndex
from colloquy.infer import derivations
from colloquy.network.words import say, words
from colloquy.ontology import Ontology, words_of
from colloquy.sparql import read_query
from colloquy.store import GRAPH_FILE, read_positions
from colloquy.terms import LABEL, TYPE, Term, Triple, compress, is_iri, split_quad
from colloquy.why import Proof, Step, Witness, prove_row, prove_triple

MOST_SHOWN = 12


@dataclass(frozen=True)
class Explanation:
    """A proof with the words for it: `what` is explained; see `colloquy.why.Proof` for the rest."""

    what: str
    proof: Proof[Statement]
    case: Case

    def __str__(self) -> str:
        return "\n".join(self.case.told(self))

    def to_dict(self) -> dict[str, Any]:
        """Give the explanation as plain values, as `--format json` prints it."""
        p = self.proof
        return {
            "what": self.what,
            "found": p.found,
            "kind": p.kind,
            "monotone": p.monotone,
            "witnesses": [self.case.witness_dict(w) for w in (*p.witnesses, *p.alone)],
            "rows": [
                {
                    "values": {name: self.case.word(term) for name, term in row.values},
                    "witnesses": [self.case.witness_dict(w) for w in row.witnesses],
                }
                for row in p.contributions
            ],
            "notes": list(p.notes),
        }


class Case:
    """The graph of a build with its side index, ready to prove things."""

    def __init__(self, output: Path, ontology: Ontology, prefixes: Mapping[str, str], language: str) -> None:
        self.ontology, self.prefixes, self.language = ontology, dict(prefixes), language
        self.output = output
        self.authored: Mapping[Triple, Sequence[Statement]] = read_positions(output).by_triple

    @cached_property
    def graphs(self) -> dict[Term, TripleIndex]:
        """The graphs of the build by name; the default graph is the empty one."""
        found: dict[Term, TripleIndex] = {"": TripleIndex()}
        for line in (self.output / GRAPH_FILE).read_text(encoding="utf-8").split("\n"):
            if line:
                s, p, o, graph = split_quad(line)
                found.setdefault(graph, TripleIndex()).add((s, p, o))
        return found

    def _derive(self, triple: Triple) -> Iterator[tuple[Triple, ...]]:
        return derivations(triple, self.graphs[""], self.ontology.rules)

    def row(self, text: str, row: Mapping[str, Term | None], bindings: Mapping[str, Term], what: str) -> Explanation:
        """Explain one row of a query's answer."""
        named = {name: index for name, index in self.graphs.items() if name}
        proof = prove_row(
            text, row, self.graphs[""], self.authored, self._derive,
            prefixes=self.prefixes, named=named, bindings=bindings, order=_place,
        )  # fmt: skip
        return Explanation(what, proof, self)

    def row_of(self, text: str, row: Mapping[str, Term | None], bindings: Mapping[str, Term]) -> Explanation:
        """Explain a row that is named by its values; of an `ASK` there are none.

        Raises UsageError where the query selects other columns, QueryError where its answer is a graph.
        """
        asked = read_query(text, self.prefixes)
        if asked.form not in ("SELECT", "ASK"):
            raise QueryError("the rows of CONSTRUCT and DESCRIBE are triples", hint="ask: why SUBJECT PREDICATE OBJECT")
        columns = () if asked.form == "ASK" else asked.star if asked.columns is None else asked.columns
        if row.keys() != set(columns):
            raise UsageError(f"a row of this query has the values {', '.join(columns) or 'of no column'}")
        shown = ", ".join(f"{name} = {self.word(term)}" for name, term in row.items() if term is not None)
        return self.row(text, row, bindings, shown or "yes")

    def triple(self, triple: Triple) -> Explanation:
        """Explain one triple of the default graph."""
        if triple not in self.graphs[""]:
            shown = " ".join(compress(t, self.prefixes) for t in triple)
            near = sorted(compress(o, self.prefixes) for o in self.graphs[""].objects(triple[0], triple[1]))[:5]
            hint = "what is there: " + ", ".join(near) if near else "nothing is said there of this subject"
            raise QueryError(f"the graph does not say {shown}", hint=hint)
        return Explanation(self.sentence(triple), prove_triple(triple, self.authored, self._derive, order=_place), self)

    # --- words ------------------------------------------------------------------------------

    def word(self, term: Term) -> str:
        """Say a term: by its label, else by its short form; a literal by its value."""
        if not is_iri(term):
            return words(term) if term.startswith('"') else term
        return (
            words_of(self.graphs[""], term, LABEL, self.language or "en")
            or words_of(self.ontology.index, term, LABEL, self.language or "en")
            or self._relation(term)
            or compress(term, self.prefixes).removeprefix(":")
        )

    def _relation(self, term: Term) -> str:
        """Name a qualified relation, which has no label, by its class and the entry it stands in."""
        owner = f"<{term[1:-1].rsplit('/', 2)[0]}>"
        for class_ in sorted(self.graphs[""].objects(term, TYPE)):
            known = self.ontology.class_by_term.get(class_)
            if known and known.kind == "relation":
                return f"the {known.label} of {self.word(owner)}"
        return ""

    def sentence(self, triple: Triple) -> str:
        """Say a triple by its property's sentence, else as subject, property and object."""
        s, p, o = triple
        known = self.ontology.property_by_term.get(p)
        if known and known.kind == "relation":
            ends = sorted(self.graphs[""].objects(o, known.target)) if known.target else []
            template = known.sentence if ends else known.lone_sentence
            return say(template, {"subject": self.word(s), "object": " and ".join(map(self.word, ends))})
        if p == TYPE:
            return say("{subject} is {object}", {"subject": self.word(s), "object": with_article(self.word(o))})
        for child, backwards in sorted(self.ontology.rules.property_children.get(p, ())) if not known else ():
            if (s, child, o) in self.graphs[""] and not backwards:
                return self.sentence((s, child, o))  # a standard term is said as the project's own one
        template = known.sentence if known else f"{{subject}} — {self.ontology.label(p)} — {{object}}"
        return say(template, {"subject": self.word(s), "object": self.word(o)})

    def told(self, explanation: Explanation) -> Iterator[str]:
        """Tell an explanation in lines: each way with its statements, their places and sources."""
        proof = explanation.proof
        yield explanation.what
        if proof.kind == "ask" and not proof.found:
            yield "  nothing can be cited for what is not there"
        for row in proof.contributions[:MOST_SHOWN]:
            values = ", ".join(f"{name} = {self.word(term)}" for name, term in row.values)
            yield f"  row that went in: {values or '(no values)'}"
            for number, witness in enumerate(row.witnesses, 1):
                yield from self._told(witness, number, len(row.witnesses), "    ")
        if len(proof.contributions) > MOST_SHOWN:
            yield f"  … and {len(proof.contributions) - MOST_SHOWN} more rows (all of them with --format json)"
        ways = (*proof.witnesses, *proof.alone)
        for number, witness in enumerate(ways[:MOST_SHOWN], 1):
            if number == len(proof.witnesses) + 1:
                yield "  only if nothing else were known:"
            yield from self._told(witness, number, len(ways), "  ")
        if len(ways) > MOST_SHOWN:
            yield f"  … and {len(ways) - MOST_SHOWN} more ways (all of them with --format json)"
        for note in proof.notes:
            yield f"note: {note}"

    def _told(self, witness: Witness[Statement], number: int, many: int, indent: str) -> Iterator[str]:
        yield f"{indent}because" + (f" (way {number} of {many})" if many > 1 else "") + ":"
        for s in witness.statements:
            yield f"{indent}  {s.place}: {self.sentence(s.triple)}"
            yield f"{indent}    {self.source(s)}"
        for fact in witness.premises:
            where = f"in the graph {compress(fact.graph, self.prefixes)}" if fact.graph else "in the graph, unwritten"
            yield f"{indent}  {where}: {self.sentence(fact.triple)}"
        follows = list(dict.fromkeys(line for step in witness.steps for line in self._steps(step)))
        if follows:
            yield f"{indent}  from which follows:"
            yield from (f"{indent}    {line}" for line in follows)

    def _steps(self, step: Step[Statement]) -> Iterator[str]:
        for premise in step.premises:
            yield from self._steps(premise)
        if step.premises:
            parts = " and ".join(self._short(p.triple) for p in step.premises)
            yield f"{self._short(step.triple)}  since  {parts}"

    def _short(self, triple: Triple) -> str:
        return " ".join(self._name(term) for term in triple)

    def _name(self, term: Term) -> str:
        """Write a term for reading: short where a prefix fits, else below the project's base."""
        base = self.prefixes[""]
        name = compress(term, self.prefixes)
        return f"<{name[1 + len(base) :]}" if name.startswith(f"<{base}") else name

    def source(self, s: Statement) -> str:
        """Say what a statement's source is, in words first."""
        said = s.evidence
        if said.document is None:
            return "no source is given"
        where = said.document + (f", section {said.section}" if said.section else "")
        phrase = f": “{said.phrase}”" if said.phrase else ""
        reason = f"; inferred, since {said.reason}" if said.basis == "inferred" else ""
        return f"{'stated in' if said.basis == 'stated' else 'read in'} {where}{phrase}{reason}"

    def witness_dict(self, witness: Witness[Statement]) -> dict[str, Any]:
        """Give a witness as plain values."""
        return {
            "statements": [
                {
                    "sentence": self.sentence(s.triple),
                    "triple": list(s.triple),
                    **s.place._asdict(),
                    **{name: getattr(s.evidence, name) for name in s.evidence._fields},
                }
                for s in witness.statements
            ],
            "premises": [{"graph": f.graph, "triple": list(f.triple)} for f in witness.premises],
            "follows": list(dict.fromkeys(line for step in witness.steps for line in self._steps(step))),
        }


def _place(s: Statement) -> object:
    return s.place
