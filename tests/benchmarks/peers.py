"""The compile stage and the whole build against the tools made for such a task: morph-kgc and LinkML."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from .bench import Bench
from .measure import Series
from .table import Line, at_least, compare_speed

TALKS = 1000
NOTES = f"""
All figures are distinct facts for each second of CPU, as authored: what follows from them is made by the build too,
and not counted. *morph-kgc* is given the same facts as JSON tables (`tables.py`) with an RML mapping that has no join
left, in two forms: one table for each class, as data is mostly kept, and one for each property, which suits it most,
since it reads a table anew for each property in it. Its materialisation into a set of lines is counted, the reading
of the JSON with it; its import and any writing are not. *LinkML* is given {TALKS:,} talks with their people and
events as one YAML file in its own form; loading, its rdflib dumper and Turtle are counted, for the compile stage
without the reading of the YAML; its import and the making of its classes are not counted. *colloquy*, compile stage:
from parsed YAML, through the mapping of foreign keys, names and references, to sorted statements, written; reading
the YAML and the ontology, and the import, are not counted. *colloquy*, whole build: the process of `colloquy build
--no-cache --no-pages` from start to end, import and all, with checks, conclusions and store. The peers resolve no
names, check no references, keep no places.
"""


def run(bench: Bench) -> Iterator[Line]:
    """Measure the two tools, our compile stage and our build."""
    classes, properties, talks, output = (bench.scratch / name for name in ("classes", "pairs", "talks.yaml", "output"))
    bench.prepare("tables", bench.data, classes, "class")
    bench.prepare("tables", bench.data, properties, "property")
    bench.prepare("linkml_data", bench.data, talks, str(TALKS))
    stage, build, linkml = "compile stage", "whole build", "LinkML"
    wide, narrow = "morph-kgc, a table for each class", "morph-kgc, a table for each property"
    series = bench.measure({
        wide: bench.script("morph_kgc_script", classes, peer="morph-kgc"),
        narrow: bench.script("morph_kgc_script", properties, peer="morph-kgc"),
        linkml: bench.script("linkml_script", talks, bench.scratch / "talks.ttl", peer="linkml"),
        stage: bench.script("compile_stage", bench.project, bench.data, bench.scratch / "statements.nt"),
        build: bench.build(output),
    })  # fmt: skip
    series[build] = with_facts(series[build], series[stage])
    for ours, peer, bar, seconds in (
        (stage, wide, 4, ("compile", "materialise")),
        (stage, narrow, 4, ("compile", "materialise")),
        (stage, linkml, 15, ("compile", "compile")),
        (build, wide, 1, ("cpu", "materialise")),
        (build, narrow, 1, ("cpu", "materialise")),
        (build, linkml, 4, ("cpu", "whole")),
    ):
        yield compare_speed(f"{ours}; {peer}", series[ours], series[peer], at_least(bar), seconds)


def with_facts(build: Series, stage: Series) -> Series:
    """Say of each build how many facts it had; it prints that for people only."""
    if build.failed or stage.failed:
        return Series(failed=build.failed or stage.failed)
    facts = stage.median("facts")
    return Series([dataclasses.replace(one, said={"facts": facts}) for one in build.runs])
