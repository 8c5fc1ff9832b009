"""Turtle: the files of an ontology folder as one set of triples (`reading`), and where each is written (`places`).

Nothing is imported here: few commands need the places, and the grammar takes a while to make ready.
"""
