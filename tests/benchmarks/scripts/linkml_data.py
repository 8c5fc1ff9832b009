"""linkml_data.py DATA FILE TALKS: so many talks, their people and events, as one YAML file in LinkML's form."""

import sys
from pathlib import Path
from typing import Any

import yaml

from .rubyevents import BASE, RE, TYPE, facts

HERE = Path(__file__).parent


def short(iri: str) -> str:
    """Write an address as LinkML does."""
    return iri.replace(BASE, "id:", 1)


slots = yaml.safe_load((HERE / "linkml_schema.yaml").read_text(encoding="utf-8"))
keys = {name: set(class_.get("slots", ())) for name, class_ in slots["classes"].items()}
many = {name for name, slot in slots["slots"].items() if slot.get("multivalued")}

entries: dict[str, dict[str, Any]] = {}
classes: dict[str, str] = {}
for s, p, o in facts(Path(sys.argv[1]), str, str, lambda words, _: words):
    name = p.removeprefix(RE)
    if p == TYPE:
        classes[s] = o.removeprefix(RE)
        entries.setdefault(s, {"id": short(s)})
    elif name in keys.get(classes.get(s, ""), ()):
        value = short(o) if o.startswith(BASE) else o
        if name in many:
            entries[s].setdefault(name, []).append(value)
        else:
            entries[s].setdefault(name, value)

by_short = {entry["id"]: entry for entry in entries.values()}
named = {short(s): class_ for s, class_ in classes.items()}
talks = [id_ for id_, class_ in named.items() if class_ == "Talk"][: int(sys.argv[3])]
needed = dict.fromkeys(talks)
for talk in talks:
    needed |= dict.fromkeys(by_short[talk].get("speaker", ()))
    needed[by_short[talk]["partOf"]] = None
document = {
    list_: [by_short[id_] for id_ in needed if named[id_] == class_]
    for list_, class_ in {"people": "Person", "events": "Event", "talks": "Talk"}.items()
}
text = yaml.dump(document, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)
Path(sys.argv[2]).write_text(text, encoding="utf-8")
