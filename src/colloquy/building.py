"""Writes one generation: dataset, store, side index, network, exports and pages, and its manifest."""

from __future__ import annotations
