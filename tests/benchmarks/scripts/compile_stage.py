"""compile_stage.py PROJECT DATA FILE: colloquy's compile stage alone: parsed entries to sorted statements, written."""

import gc
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from colloquy.infer import lines_of
from colloquy.store import write_lines


# ADAPTER: the one place of the benchmarks that knows the inside of colloquy. Where the reading of
# facts is divided otherwise, only this function has to follow.
def compile_stage(project: Path, data: Path) -> Callable[[], list[str]]:
    """Parse all YAML now; give what maps and compiles the parsed entries, and makes texts of sorted lines of that."""
    from colloquy import facts
    from colloquy.infer import Bundles, sorted_texts
    from colloquy.project import Project
    from colloquy.source import read_yaml

    opened = Project(project, data=data)
    ontology, rules = opened.ontology, opened.settings.mapping
    texts = list(opened._texts())
    parsed = {}
    for text in texts:
        rule = next((rule for rule in rules if rule.matches(text.path)), None)
        if rule is None or not rule.skip:
            parsed[text.name] = read_yaml(text.data, text.name, foreign=rule is not None)

    def stage() -> list[str]:
        vars(facts).update(read_yaml=lambda _, name, **__: parsed.pop(name))  # all is parsed already
        made = facts.read_facts(texts, ontology, opened.settings)
        found = Bundles(set)
        for unit in made.units:
            for s, p, o, _, _, _ in unit.rows:
                found[s].add(f" {p} {o} .")
            for s, p, o, _, _ in made.of_names(unit):
                found[s].add(f" {p} {o} .")
        return sorted_texts(found)

    return stage


stage = compile_stage(Path(sys.argv[1]), Path(sys.argv[2]))
gc.disable()  # as the command line does, from its first line on
start = time.process_time()
lines = stage()
write_lines(Path(sys.argv[3]), lines)
seconds = time.process_time() - start
sys.stdout.write(json.dumps({"facts": len(lines_of(lines)), "compile": seconds}) + "\n")
