"""What to say where nothing can be repaired: what the data does not say, and what it does say there."""

from __future__ import annotations

from colloquy.doctor.case import Case
from colloquy.doctor.cutting import Part
from colloquy.doctor.structure import next_to


def absent_words(case: Case, core: list[Part], culprits: list[Part]) -> tuple[str, str]:
    """Give the cause and the words for a query without a repair."""
    if case.unknown:
        names = ", ".join(f"`{case.show(term)}`" for term in sorted(case.unknown))
        verbs = {s.token for p in case.body.parts if p.triple for s in p.triple.verb.steps}
        types = {p.triple.value.start for p in case.body.parts if p.triple and case.is_type(p)}
        at = {i for i, t in case.iris.items() if t in case.unknown}
        several = len(case.unknown) > 1
        words = f"{names} {'stand' if several else 'stands'} nowhere in this graph"
        if case.near:
            return "unknown-term", f"{words}; with {case.near} there are no rows either"
        return ("unknown-term" if at & (verbs | types) else "absent"), f"{words}, and no name near to it does"
    if not core:
        return "absent", "no part fails alone; the data has nothing that all parts hold of"
    for part in culprits:
        if beside := next_to(case, part):
            verb = case.body.words(part).split()[1]
            names = " and ".join(f"`{case.show(term)}`" for term in beside[:2])
            return "absent", f"nothing there has `{verb}`; but what {names} leads to has"
    if len(core) == 1:
        part = core[0]
        if part.kind in ("minus", "not-exists"):
            return "takes-all-away", "every row that comes there meets it, and is taken away"
        return "absent", "the data says no such thing"
    if any(p.kind in ("minus", "not-exists") for p in core):
        return "takes-all-away", "every row that the other parts give is taken away again"
    return "absent", "each of these holds in the data, and never all of them together"
