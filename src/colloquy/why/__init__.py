"""Why a row or triple is there: every minimal set of authored statements from which it follows."""

from colloquy.why.proofs import Contribution, Proof, Witness, monotone, prove_row, prove_triple
from colloquy.why.witness import Fact, Step

__all__ = ["Contribution", "Fact", "Proof", "Step", "Witness", "monotone", "prove_row", "prove_triple"]
