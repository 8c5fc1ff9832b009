"""How colloquy compares with the tools that somebody would take otherwise, measured in one run.

    python -m tests.benchmarks                      all parts, table into tests/benchmarks/results.md
    python -m tests.benchmarks load build           some parts; the others' sections stay as they were
    python -m tests.benchmarks size --size 10       ten times the facts
    python -m tests.benchmarks.profiling build      where the time of a cold build goes

`measure` takes the measurements, `table` writes them down; each part is a module with `NOTES` and
`run`; `queries` and `names` are programs of their own.  `scripts/` holds what is measured on the other
side, plain scripts, one for each; `requirements/` what the peers are pinned to.  A test run collects
nothing here.
"""
