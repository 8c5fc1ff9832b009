"""The examination: which parts fail, what change at them gives rows, and what to say where none does.

1. Names that stand nowhere in the graph are looked at first: nothing else can be seen past them.
2. *Culprits* are the parts without which the query gives rows: whatever is wrong in one place is
   wrong in one of them.
3. The *core* is a smallest set of parts that fail together; it is what the diagnosis shows.
4. At every culprit each examiner offers changes.  The constant in question is replaced by a variable,
   and what the data has there, with all else kept, is compared with what was written.  So most
   changes are known to give rows before they are tried.
5. Changes are run, the likeliest first, as the whole query of the user with a few tokens changed.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from colloquy.doctor.blocks import examine_graph, examine_values, unbound
from colloquy.doctor.case import Candidate, Case
from colloquy.doctor.cutting import Part
from colloquy.doctor.filters import examine_filter, too_narrow
from colloquy.doctor.model import Culprit, Diagnosis, Repair
from colloquy.doctor.probes import Ask, OverBudget, Probes, says_something
from colloquy.doctor.structure import examine_triple
from colloquy.doctor.unknown import examine_unknown, unknown_in
from colloquy.doctor.words import absent_words
from colloquy.ontology import Ontology
from colloquy.sparql import read_query

SECONDS = 2.5
TRYING = 1.0
"""So many seconds are left for running repairs, however long it took to find them."""
PROBE_SECONDS = 1.0
"""So long one small query may take, as far as it is up to who asks."""
MOST = 250
MOST_REPAIRS = 3
MOST_TRIED = 24
MOST_FAULTS = 3


def diagnose(
    text: str,
    ask: Ask,
    prefixes: Mapping[str, str],
    ontology: Ontology,
    *,
    seconds: float = SECONDS,
    most: int = MOST,
) -> Diagnosis | None:
    """Say why a query gives nothing, and what would; None where it gives something.

    - `ask` answers a query; what it raises for the given one is raised here.
    - `seconds`, `most`: after so long, or so many small queries, what is known by then is said.

    A row of nothing but zeros, which COUNT gives where there is nothing to count, is nothing.
    """
    query = read_query(text, prefixes)
    if says_something(ask(text)):
        return None
    probes = Probes(ask, seconds, most)
    case = Case(query, probes, prefixes, ontology)
    return _Examination(case).diagnosis()


class _Examination:
    def __init__(self, case: Case) -> None:
        self.case = case
        self.core: list[Part] = []
        self.found: list[tuple[Candidate, Repair]] = []
        self.tried: set[str] = set()
        self.fallback: Candidate | None = None

    def diagnosis(self) -> Diagnosis:
        probes = self.case.probes
        with suppress(OverBudget):
            self._examine()
        self.found.sort(key=lambda pair: pair[0].cost)
        if self.found:
            best = self.found[0][0]
            part, cause, words = self._culprit(best), best.cause, best.why
        elif self.fallback:
            part, cause, words = self._culprit(self.fallback), self.fallback.cause, self.fallback.why
        else:
            part, (cause, words) = self._culprit(None), self._without_repair()
        repairs = tuple(repair for _, repair in self.found[:MOST_REPAIRS])
        return Diagnosis(part, cause, words, repairs, probes.asked, round(probes.spent, 3))

    def _without_repair(self) -> tuple[str, str]:
        case = self.case
        blamed = [p for p in self.core if p.kind in ("filter", "having")]
        if blamed and not case.unknown:
            with suppress(OverBudget):
                case.probes.allow(TRYING)
                return too_narrow(case, blamed[-1])
            return "narrow-filter", f"`{case.body.words(blamed[-1])}` holds of no row"
        with suppress(OverBudget):
            return absent_words(case, self.core, case.culprits)
        return absent_words(case, self.core, [])

    def _examine(self) -> None:
        case = self.case
        required = [p for p in case.body.parts if p.kind not in ("optional", "minus", "not-exists")]
        unknown = unknown_in(case, required)
        case.unknown = frozenset(unknown)
        candidates: list[Candidate] = []
        if unknown:
            places = [i for at in unknown.values() for i in at]
            self.core = [p for p in case.body.parts if set(places) & set(case.tokens_of(p))][:1]
            candidates = list(examine_unknown(case, unknown, required))
            self._try(candidates)
            if self.found or not candidates:
                return
            case.near = candidates[0].words
        if nothing := list(unbound(case)):
            self.core, self.fallback = [part for c in nothing[:1] if (part := c.part)], nothing[0]
            self._try(c for c in nothing if c.words)
            if case.gives(case.parts) is not False:
                return
        inner = [p for p in case.parts if not case.is_last(p)]
        if case.gives(inner) is False:  # then HAVING and LIMIT are not to blame, and hide who is
            case.parts = inner
        parts = case.parts
        self._find_culprits()
        self.core = self._smallest(parts, self.case.culprits)
        if case.culprits and not unknown:
            if all(
                case.is_last(p) or p.needs & case.body.given for p in case.culprits
            ):  # what was counted may be wrong
                case.culprits += [p for p in parts if p.triple and not case.is_type(p)]
            self._try(sorted(self._offered(case.culprits), key=lambda c: c.cost))
        if not self.found:
            blamed = case.culprits
            self._try(self._several(parts, candidates))
            case.culprits = blamed

    def _find_culprits(self) -> None:
        case, parts = self.case, self.case.parts
        testable = [p for p in parts if p.kind not in ("optional", "bind")]
        self.case.culprits = [p for p in testable if case.gives([q for q in parts if q is not p])]

    def _smallest(self, parts: list[Part], first: list[Part]) -> list[Part]:
        """Find a smallest set of parts that fail: one, or what cannot be made smaller; `first` stay the longest."""
        case = self.case
        order = sorted((p for p in parts if p.kind != "optional"), key=lambda p: p not in first)
        for part in order:
            if not part.needs and not case.is_last(part) and case.gives([part]) is False:
                return [part]
        kept = list(parts)
        for part in reversed(order):
            fewer = [p for p in kept if p is not part]
            if case.gives(fewer) is False:
                kept = fewer
        return [p for p in kept if p.kind not in ("optional", "bind")] or kept

    def _several(self, parts: list[Part], unknown: list[Candidate]) -> Iterator[Candidate]:
        """Give changes in several places at once, where no single part is to blame."""
        case = self.case
        cores: list[list[Part]] = []
        left = list(parts)
        while case.gives(left) is False and len(cores) < MOST_FAULTS:
            core = self._smallest(left, [])
            # a filter goes before the triple that it is about, on which others may hang
            cores.append([p for p in core if p.kind in ("filter", "having", "values")] or core)
            left = [p for p in left if p not in cores[-1]]
        if len(cores) < 2:
            return
        offers = []
        for core in cores:
            others = [p for other in cores if other is not core for p in other]
            case.parts = [p for p in parts if p not in others]
            known = [c for c in unknown if any({e[0] for e in c.edits} & set(case.tokens_of(p)) for p in core)]
            self._find_culprits()
            offers.append(known[:2] or sorted(self._offered(self.case.culprits), key=lambda c: c.cost)[:3])
        case.parts = parts
        for choice in itertools.product(*offers):
            edits = sorted({edit for one in choice for edit in one.edits})
            if choice and all(a[1] <= b[0] for a, b in itertools.pairwise(edits)):
                cost = sum(c.cost for c in choice)
                words, why = "; ".join(c.words for c in choice), "; ".join(c.why for c in choice)
                yield Candidate(cost, choice[0].cause, tuple(edits), words, why, choice[0].part)

    def _offered(self, culprits: list[Part]) -> list[Candidate]:
        candidates: list[Candidate] = []
        with suppress(OverBudget):
            for part in culprits:
                candidates += self._examiner(part)
        return candidates

    def _examiner(self, part: Part) -> Iterator[Candidate]:
        if part.kind == "triple":
            return itertools.chain(examine_triple(self.case, part), examine_graph(self.case, part))
        if part.kind in ("filter", "having"):
            return examine_filter(self.case, part)
        if part.kind == "values":
            return examine_values(self.case, part)
        if part.kind in ("limit", "offset"):
            return self._cut(part)
        return iter(())

    def _cut(self, part: Part) -> Iterator[Candidate]:
        words = self.case.body.words(part)
        why = f"{words} leaves no row"
        yield Candidate(1.0, "narrow-filter", ((part.start, part.end, ""),), f"without {words}", why, part)

    def _try(self, candidates: Iterable[Candidate]) -> None:
        """Run the changed queries, and keep those that give rows."""
        case = self.case
        case.probes.allow(TRYING)
        for candidate in candidates:
            if len(self.found) >= MOST_REPAIRS or len(self.tried) >= MOST_TRIED:
                return
            text = case.repaired(candidate.edits)
            if text in self.tried:
                continue
            self.tried.add(text)
            answer = case.probes.answer(text)
            if answer is not None and says_something(answer):
                self.found.append((candidate, Repair(text, candidate.words, len(answer))))

    def _culprit(self, best: Candidate | None) -> Culprit | None:
        case = self.case
        core = self.core or self.case.culprits
        if best is not None and best.part is not None and best.part not in core:
            core = [best.part]
        if not core:
            return None
        at = best.part if best is not None and best.part is not None else self._likeliest(core)
        token = case.body.token(at)
        text = " . ".join(" ".join(case.body.words(p).split()) for p in sorted(core, key=lambda p: p.start))
        text = re.sub(r"\?doctor_b\d+", "[]", text)
        if best is not None and best.part is None and best.edits:
            token = case.query.tokens[best.edits[0][0]]
        return Culprit(text, token.line, token.column)

    def _likeliest(self, core: list[Part]) -> Part:
        """Give the part of a core that one would look at first."""
        changeable = [p for p in core if p in self.case.culprits] or core
        return next((p for p in changeable if p.kind in ("filter", "having", "minus", "not-exists")), changeable[0])
