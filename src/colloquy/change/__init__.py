"""Change with known impact: what differs between two states, what that touches, and how it is made."""

from colloquy.change.diff import Diff, diff
from colloquy.change.impact import Impact, impact_of_change, impact_of_terms
from colloquy.change.migrate import Migrated, migrate

__all__ = ["Diff", "Impact", "Migrated", "diff", "impact_of_change", "impact_of_terms", "migrate"]
