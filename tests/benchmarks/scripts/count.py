"""count.py FILE…: the distinct triples of Turtle files, and the members of each class of the example, in JSON."""

import json
import sys
from collections import Counter

from pyoxigraph import NamedNode, RdfFormat, parse

from .rubyevents import RE, TYPE

A = NamedNode(TYPE)

for file in sys.argv[1:]:
    triples = {(q.subject, q.predicate, q.object) for q in parse(path=file, format=RdfFormat.TURTLE)}
    classes = Counter(str(o.value).removeprefix(RE) for _, p, o in triples if p == A and o.value.startswith(RE))
    sys.stdout.write(json.dumps({"facts": len(triples), **dict(sorted(classes.items()))}) + "\n")
