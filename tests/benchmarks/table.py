"""The table of results: one line for each comparison, one section for each part, in Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .measure import Ratio, Series, ratio

HEAD = "| what | colloquy | peer | ratio (of single rounds) | bar | |\n| --- | ---: | ---: | ---: | ---: | --- |"
UNITS = {"cpu": "s", "wall": "s", "peak": "MiB"}


@dataclass(frozen=True)
class Bar:
    """How a ratio is judged: at most, or at least, a number; `stretch` is what we would like to reach."""

    limit: float
    stretch: float | None = None
    at_least: bool = False

    def __str__(self) -> str:
        stretch = "" if self.stretch is None else f" (wished for: {self.stretch:g})"
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}{stretch}"

    def verdict(self, value: float) -> str:
        """Say whether a ratio reaches the bar."""
        reached = [value >= x if self.at_least else value <= x for x in (self.limit, self.stretch) if x is not None]
        if not reached[0]:
            return "**missed**"
        return "met, and the wish too" if reached[1:] == [True] else "met"


def at_most(limit: float, stretch: float | None = None) -> Bar:
    """Judge a cost."""
    return Bar(limit, stretch)


def at_least(limit: float, stretch: float | None = None) -> Bar:
    """Judge a speed."""
    return Bar(limit, stretch, at_least=True)


@dataclass(frozen=True)
class Line:
    """A line of the table, ready to be written."""

    what: str
    ours: str
    peer: str
    ratio: str = ""
    bar: str = ""
    verdict: str = ""

    def __str__(self) -> str:
        return f"| {self.what} | {self.ours} | {self.peer} | {self.ratio} | {self.bar} | {self.verdict} |"


def compare(what: str, ours: Series, peer: Series, bar: Bar | None = None, figure: str = "cpu") -> Line:
    """Compare one figure of two series; say why where one of them was not measured."""
    if ours.failed or peer.failed:
        return Line(what, shown(ours, figure), shown(peer, figure), "", str(bar or ""), "not measured")
    return _judged(what, shown(ours, figure), shown(peer, figure), ratio(ours.of(figure), peer.of(figure)), bar)


def compare_speed(what: str, ours: Series, peer: Series, bar: Bar, figures: Sequence[str] = ("cpu", "cpu")) -> Line:
    """Compare the distinct facts for each CPU second; `figures` names the seconds of ours and of the peer."""

    def speeds(series: Series, seconds: str) -> list[float]:
        return [facts / s for facts, s in zip(series.of("facts"), series.of(seconds), strict=True)]

    if ours.failed or peer.failed:
        of_ours, of_peer = (s.failed or per_second(speeds(s, f)) for s, f in zip((ours, peer), figures, strict=True))
        return Line(what, of_ours, of_peer, "", str(bar), "not measured")
    ours_all, peer_all = (speeds(s, f) for s, f in zip((ours, peer), figures, strict=True))
    return _judged(what, per_second(ours_all), per_second(peer_all), ratio(ours_all, peer_all), bar)


def per_second(speeds: Sequence[float]) -> str:
    """Write a median number of facts for each second."""
    return f"{sorted(speeds)[len(speeds) // 2]:,.0f} facts/s"


def shown(series: Series, figure: str) -> str:
    """Write the median of a figure with its unit, or why there is none."""
    if series.failed:
        return series.failed.replace("|", "\\|")
    unit = UNITS.get(figure, "s")
    return f"{series.median(figure):,.{0 if unit == 'MiB' else 2}f} {unit}"


def _judged(what: str, ours: str, peer: str, of: Ratio, bar: Bar | None) -> Line:
    spread = f"{of.value:.2f} ({of.least:.2f}–{of.greatest:.2f})"
    return Line(what, ours, peer, spread, str(bar or ""), bar.verdict(of.value) if bar else "")


def section(title: str, said: str, notes: str, lines: Sequence[Line]) -> str:
    """Write the section of one part."""
    return "\n".join([f"## {title}", "", said, "", HEAD, *map(str, lines), "", notes.strip(), ""])


def pre(title: str, said: str, text: str) -> str:
    """Write the section of a part that has a table of its own."""
    return "\n".join([f"## {title}", "", said, "", "```text", text.rstrip(), "```", ""])


def write(file: Path, head: str, sections: Mapping[str, str], order: Sequence[str]) -> None:
    """Write the table; sections of parts that were not run this time stay as they stood."""
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    found = re.split(r"^(?=## )", before, flags=re.MULTILINE)[1:]
    kept = {text.splitlines()[0].removeprefix("## "): text.rstrip() + "\n" for text in found}
    kept |= sections
    titles = [t for t in order if t in kept] + sorted(t for t in kept if t not in order)
    file.write_text("\n".join([head.rstrip() + "\n", *(kept[t] for t in titles)]), encoding="utf-8")
