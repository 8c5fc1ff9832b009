"""The doctor: why a query gives nothing, and what would have given something.

`examine` is the way in.  `cutting` cuts a query into parts, `anatomy` writes it again with some of
them, `triples` and `expressions` read what is in them, `probes` asks small queries within a budget,
and a `case` holds all of that.  `unknown`, `structure`, `filters`, `bounds`, `blocks` and `texts` know
some kinds of mistake each; `nearness` and `naming` what was probably meant, `words` what to say where
nothing can be repaired; `model` holds what comes out.
"""

from colloquy.doctor.examine import PROBE_SECONDS, diagnose
from colloquy.doctor.model import CAUSES, Culprit, Diagnosis, Repair
from colloquy.doctor.probes import says_something

__all__ = ["CAUSES", "PROBE_SECONDS", "Culprit", "Diagnosis", "Repair", "diagnose", "says_something"]
