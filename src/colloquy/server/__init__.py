"""The server: SPARQL over HTTP, the pages, and addresses of entries that resolve; it only reads.

From the door inwards: `run` listens, `guard` lets in, `app` says which address means what,
`protocol` reads what is asked, `accept` what may be answered, `answering` streams it; `reasons` says
why, by way of the process `reasoner`; `site` holds the generation that is answered from.
"""

from colloquy.server.run import Serving, serve

__all__ = ["Serving", "serve"]
