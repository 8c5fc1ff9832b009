"""linkml_script.py YAML FILE: LinkML loads talks, makes an rdflib graph of them, and writes Turtle.

The import of LinkML and the classes that it makes of the schema are not counted.  `load` is its
loader with the YAML reading (`read`) in it; `compile` leaves that reading out, as ours does.
"""

import json
import sys
import time
from pathlib import Path

import yaml
from linkml.generators.pythongen import PythonGenerator  # type: ignore[import-not-found]  # an environment of its own
from linkml_runtime import SchemaView  # type: ignore[import-not-found]
from linkml_runtime.dumpers import rdflib_dumper  # type: ignore[import-not-found]
from linkml_runtime.loaders import yaml_loader  # type: ignore[import-not-found]

schema = str(Path(__file__).parent / "linkml_schema.yaml")
container = PythonGenerator(schema).compile_module().Container
view = SchemaView(schema)

clock = time.process_time
start = clock()
loaded = yaml_loader.load(sys.argv[1], target_class=container)
load = clock() - start
graph = rdflib_dumper.as_rdf_graph(loaded, view)
graph.serialize(sys.argv[2], format="turtle", encoding="utf-8")
whole = clock() - start

start = clock()
plain = yaml.load(Path(sys.argv[1]).read_bytes(), yaml.CSafeLoader)
start = clock()
yaml_loader.load(plain, target_class=container)
objects = clock() - start
said = {"facts": len(graph), "load": load, "whole": whole, "compile": whole - load + objects}
sys.stdout.write(json.dumps(said) + "\n")
