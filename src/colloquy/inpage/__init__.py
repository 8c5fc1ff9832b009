"""Reasons in the query page: this package's own Python, run inside the page, where there is no server.

`packing` puts the Python files into the page when it is written; what runs there is `entry`, with
`blanks` standing in for modules that were left behind.
"""
