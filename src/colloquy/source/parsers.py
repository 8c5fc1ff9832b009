"""The parser of events: libyaml, or PyYAML's own made to agree with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml


class PurePython(yaml.SafeLoader):
    """PyYAML's own parser, for systems without libyaml, with libyaml's leave to use tabs as blanks."""

    def scan_to_next_token(self) -> None:
        """Skip blanks and comments; a tab is a blank wherever no key can begin."""
        while True:
            while self.peek() == " " or (self.peek() == "\t" and (self.flow_level or not self.allow_simple_key)):
                self.forward()
            if self.peek() == "#":
                while self.peek() not in "\0\n":
                    self.forward()
            if not self.scan_line_break():  # type: ignore[no-untyped-call]
                return
            if not self.flow_level:
                self.allow_simple_key = True

    def scan_plain_spaces(self, indent: int, start_mark: Any) -> Any:
        """Read what stands between two words of a plain scalar."""
        length = 0
        while self.peek(length) in " \t":
            length += 1
        blanks = self.prefix(length)
        self.forward(length)
        return [blanks] if blanks and self.peek() != "\n" else super().scan_plain_spaces(indent, start_mark)


parser: Callable[[str], Any] = getattr(yaml, "CSafeLoader", PurePython)
