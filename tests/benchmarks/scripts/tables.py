"""tables.py DATA FOLDER class|property: the same facts as JSON tables, and RML to make triples of them, for morph-kgc.

`class`: as data is mostly kept.  A table for each class holds its subjects with the properties of one value
at most, and a table for each other property holds pairs.  `property`: pairs for every property, which
is what suits morph-kgc best, since it reads a table once for each property in it.  No join is left to do.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from .rubyevents import TYPE, XSD, facts


class Term(NamedTuple):
    """What stands in a table, and what RML has to make of it."""

    words: str
    kind: str


def typed(words: str, datatype: str) -> Term:
    """Make a literal of a datatype of XML Schema."""
    return Term(words, f"rr:datatype <{XSD}{datatype}>")


def object_map(predicate: str, column: str, kind: str) -> str:
    """Map a column to the objects of a property."""
    made = f'rr:objectMap [ rml:reference "{column}" ; {kind} ]'
    return f"  rr:predicateObjectMap [ rr:predicate <{predicate}> ; {made} ]"


data, folder, by_class = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "class"
folder.mkdir()
iri, text = "rr:termType rr:IRI", "rr:termType rr:Literal"
triples = list(facts(data, lambda words: Term(words, iri), lambda words: Term(words, text), typed))
class_of = {s.words: o.words for s, p, o in triples if p.words == TYPE}
values: dict[tuple[str, str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
for s, p, o in dict.fromkeys(triples):
    if p.words != TYPE:
        values[class_of[s.words], p.words, o.kind][s.words].append(o.words)

parts = ["@prefix rr: <http://www.w3.org/ns/r2rml#> .", "@prefix rml: <http://semweb.mmlab.be/ns/rml#> ."]
parts.append("@prefix ql: <http://semweb.mmlab.be/ns/ql#> .")


def table(rows: Sequence[Mapping[str, str | None]], maps: list[str]) -> None:
    """Write a table, and what is made of each of its rows."""
    file = folder / f"{len(parts)}.json"
    file.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    source = f'rml:source "{file}" ; rml:referenceFormulation ql:JSONPath ; rml:iterator "$[*]"'
    subject = 'rr:subjectMap [ rml:reference "s" ; rr:termType rr:IRI ]'
    head = f"<#{len(parts)}> a rr:TriplesMap ; rml:logicalSource [ {source} ] ; {subject}"
    parts.append(" ;\n".join([head, *maps]) + " .")


for class_ in dict.fromkeys(class_of.values()):
    rows = {s: {"s": s} for s, c in class_of.items() if c == class_}
    maps = [f"  rr:predicateObjectMap [ rr:predicate <{TYPE}> ; rr:object <{class_}> ]"]
    for (owner, predicate, kind), held in values.items():
        if owner != class_:
            continue
        if by_class and all(len(objects) == 1 for objects in held.values()):
            column = f"c{len(maps)}"
            maps.append(object_map(predicate, column, kind))
            for subject, (only,) in held.items():
                rows[subject][column] = only
        else:
            pairs = [{"s": s, "o": o} for s, objects in held.items() for o in objects]
            table(pairs, [object_map(predicate, "o", kind)])
    columns = [f"c{number}" for number in range(1, len(maps))]
    table([{c: row.get(c) for c in ("s", *columns)} for row in rows.values()], maps)
(folder / "mapping.ttl").write_text("\n".join(parts) + "\n", encoding="utf-8")
settings = f"[CONFIGURATION]\nnumber_of_processes=1\nlogging_level=ERROR\n[facts]\nmappings={folder / 'mapping.ttl'}\n"
(folder / "morph.ini").write_text(settings, encoding="utf-8")
