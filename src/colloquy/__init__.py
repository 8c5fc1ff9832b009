"""Hand-written YAML facts, as a validated RDF graph that says why."""
