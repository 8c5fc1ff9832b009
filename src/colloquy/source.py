"""YAML with the line and column of every value, and nothing of YAML that hides or rewrites facts.

Bytes are decoded and searched for hidden characters; libyaml parses them into events; the events
become `Scalar`, `Mapping` and `Sequence`.  YAML never builds Python objects here: a scalar is its
characters, and what they mean is for the ontology to say.

Refused: duplicate keys, anchors, aliases, merge keys, tags, keys that are not text, nesting over
50, several documents, control and bidi characters.  Every mistake of a file is reported in one run:
an entry that is no YAML is reported and left out, and reading goes on behind it.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

import yaml

from colloquy.errors import Finding, Place, Severity, printable

MAX_DEPTH = 50
MOST_ALIKE = 20
"""So many findings of one kind are listed for a file; the others are counted."""

_MOST_PASSES = 20
_MOST_REREAD = 4_000_000  # characters that may be read again in search of further syntax errors


@dataclass(slots=True)
class Scalar:
    """A text as YAML gives it; `plain` means neither in quotes nor a block. Places count from 1."""

    text: str
    line: int
    column: int
    plain: bool


@dataclass(slots=True)
class Mapping:
    """Keys with their values, in the order of the file; no key stands twice (compared in NFC)."""

    items: list[tuple[Scalar, Node]]
    line: int
    column: int


@dataclass(slots=True)
class Sequence:
    """Values in the order of the file."""

    items: list[Node]
    line: int
    column: int


Node: TypeAlias = Scalar | Mapping | Sequence


def read_yaml(data: bytes, file: str, *, foreign: bool = False) -> tuple[Node | None, list[Finding]]:
    """Read one YAML file into nodes that know their places, with everything that is wrong in it.

    `file` is the name for the findings, which come sorted by place.  The node is None where nothing
    can be used: the file is empty, or its syntax is broken in a way that leaves no entry.  Otherwise
    it lacks what was refused: the second of two equal keys, a key that is not text (with its value),
    an alias, and each entry of a list that is no YAML.

    `foreign` is for files that somebody else keeps: a refused character is a warning there and
    costs the value that it stands in, and nothing is said about style.

    >>> node, findings = read_yaml(b"name: Ada", "data/people.yaml")
    >>> node.items[0][1]
    Scalar(text='Ada', line=1, column=7, plain=True)
    >>> findings
    []
    >>> print(read_yaml(b"name: @ada", "data/people.yaml")[1][0])
    data/people.yaml:1:7: error: a value may not start with `@` — put the text in quotes [needs-quotes]

    Never raises.
    """
    findings = _Findings(file)
    text = _decode(data, findings)
    if text is None:
        return None, findings.listed()
    hidden: list[int] = []
    # Where a byte is not UTF-8, what is left between the harmless bytes says nothing.
    if findings.found or _SUSPECT.search(data.translate(None, _HARMLESS_BYTES).decode("utf-8")):
        text, hidden = _without_hidden(text, findings, foreign)
    text = _without_directives(text, findings)
    for _ in range(min(_MOST_PASSES, _MOST_REREAD // (len(text) + 1)) + 1):
        reader = _Reader(text, hidden, _Findings(file), foreign)
        stopped = reader.read()
        if stopped is None:
            findings.take(reader.findings)
            if reader.empty:
                findings.warn("no-facts", (0, 0), "the file holds no facts")
            return reader.root, findings.listed()
        if reader.bad_escape is not None:
            text = _without_escape(text, reader.bad_escape)
            insort(hidden, reader.bad_escape)
            findings.add(stopped)
            continue
        reader.findings.add(stopped)
        if (entry := _without_entry(text, stopped.place.line)) is None:
            findings.take(reader.findings)
            break
        text, lines = entry
        findings.take(reader.findings, lines)  # all other lines are read, and reported, again
    return None, findings.listed()


# --- Plain texts that other readers take for something else ----------------------------------------

_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), "nothing"),
    # YAML 1.1 lists y and n too, but no reader in wide use follows it, and they are honest keys.
    **{
        form: "a boolean"
        for word in ("yes", "no", "on", "off", "true", "false")
        for form in (word, word.capitalize(), word.upper())
    },
    "<<": "a merge key",
    "=": "a default-value sign",
}
_NUMBERS = [
    ("a whole number", re.compile(r"[-+]?(?:[0-9][0-9_]*|0b[01_]+|0x[0-9a-fA-F_]+|0o[0-7]+)")),
    ("a date", re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")),
    (
        "a date and time",
        re.compile(
            r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?"
            r"(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::?[0-9]{2})?))?"
        ),
    ),
    ("a number in base 60", re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")),
    ("a number", re.compile(r"[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?")),
    ("a number", re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")),
]


def yaml_reading(text: str) -> str | None:
    """Say what YAML makes of a plain scalar other than text, or None where it stays text.

    >>> yaml_reading("no"), yaml_reading("3.10"), yaml_reading("Null")
    ('a boolean', 'a number', 'nothing')
    >>> yaml_reading("Nora") is None
    True

    Covers the types of YAML 1.1 (https://yaml.org/type/) and the core schema of YAML 1.2 (clause
    10.3.2): readers of either kind are to see the text that was meant.  Linear in the length.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return None
    return next((what for what, pattern in _NUMBERS if pattern.fullmatch(text)), None)


# --- Findings ---------------------------------------------------------------------------------------

_At: TypeAlias = tuple[int, int]  # line and column, from 1


class _Findings:
    """The findings of one file: the first of every kind, and how many there were."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Finding] = []
        self.counts: Counter[str] = Counter()

    def make(self, severity: Severity, code: str, at: _At, message: str, hint: str = "", *see: _At) -> Finding:
        return Finding(Place(self.file, *at), severity, code, message, hint, tuple(Place(self.file, *s) for s in see))

    def add(self, finding: Finding) -> None:
        self.counts[finding.code] += 1
        if self.counts[finding.code] <= MOST_ALIKE + 1:
            self.found.append(finding)

    def error(self, code: str, at: _At, message: str, hint: str = "", *see: _At) -> None:
        self.add(self.make("error", code, at, message, hint, *see))

    def warn(self, code: str, at: _At, message: str, hint: str = "") -> None:
        self.add(self.make("warning", code, at, message, hint))

    def take(self, other: _Findings, lines: range | None = None) -> None:
        """Take over another list's findings: all of them, or those on the given lines."""
        taken = [f for f in other.found if lines is None or f.place.line in lines]
        self.found += taken
        self.counts += other.counts if lines is None else Counter(f.code for f in taken)

    def listed(self) -> list[Finding]:
        """Give the findings sorted by place, with `and N more like this` for what is left out."""
        shown: list[Finding] = []
        seen: Counter[str] = Counter()
        for finding in sorted(self.found):
            seen[finding.code] += 1
            more = self.counts[finding.code] - MOST_ALIKE
            if seen[finding.code] <= MOST_ALIKE or more == 1:
                shown.append(finding)
            elif seen[finding.code] == MOST_ALIKE + 1:
                shown.append(Finding(finding.place, finding.severity, finding.code, f"and {more} more like this"))
        return shown


# --- From bytes to text -----------------------------------------------------------------------------

_REFUSED = {
    "control character": "\x00-\x08\x0b-\x1f\x7f-\x9f",
    "bidi control": "\u202a-\u202e\u2066-\u2069",
    "hidden character": "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f",
    "half character": "\ud800-\udfff",
    "noncharacter": "\ufdd0-\ufdef"
    + "".join(chr(plane + last) for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF)),
}
_KINDS = [(kind, re.compile(f"[{characters}]")) for kind, characters in _REFUSED.items()]
# YAML 1.1 ends a line here and YAML 1.2 does not: refused as such, but not as the escapes "\L" and "\P".
_LINE_ENDS = "\u2028\u2029"
# Invisible, but known to stand in honest text.  The first separates words and is an error in our own format.
_ZERO_WIDTH = "\u200b"
_DOUBTFUL = "\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200e\u200f\u2060-\u2064\u206a-\u206f\u3164\uffa0"
_JOINERS = "\u200c\u200d"
_MARK = re.compile(f"[{_DOUBTFUL}{_JOINERS}]")
# Kinds of space that YAML takes for letters.
_BLANKS = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_BLANK = re.compile(f"[{_BLANKS}]")

_REFUSED_RAW = re.compile(f"[{''.join(_REFUSED.values())}{_LINE_ENDS}]")
_REFUSED_ESCAPED = re.compile(f"[{''.join(_REFUSED.values())}{_ZERO_WIDTH}]")
_SUSPECT = re.compile(f"[{''.join(_REFUSED.values())}{_LINE_ENDS}{_ZERO_WIDTH}{_DOUBTFUL}{_JOINERS}]+")
# Searching only what is left of a file without these bytes costs a thirtieth of searching all of its text.
_HARMLESS_BYTES = bytes(range(0x20, 0x7F)) + b"\t\n\r"
# What libyaml refuses or takes for the end of a line; with a stand-in the rest of the file can be read.
_UNREADABLE = re.compile(f"[{_REFUSED['control character']}\ufeff\ufffe\uffff\ud800-\udfff{_LINE_ENDS}]")
_STAND_IN = "\ufffd"


def _decode(data: bytes, findings: _Findings) -> str | None:
    """Decode UTF-8 and make all line ends `\\n`; bytes that are not UTF-8 become lone surrogates."""
    hint = "save the file as UTF-8"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data[:4]:
        findings.error("not-utf8", (1, 1), "the file is not UTF-8 but looks like UTF-16", hint)
        return None
    try:
        return _with_line_feeds(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        before = _with_line_feeds(data[: error.start].decode("utf-8"))
        at = (before.count("\n") + 1, len(before) - before.rfind("\n"))
        findings.error("not-utf8", at, f"byte 0x{data[error.start]:02X} is not UTF-8", hint)
    if b"\0" in data:
        return None  # no text in any encoding
    return _with_line_feeds(data.decode("utf-8", "surrogateescape"))


def _with_line_feeds(text: str) -> str:
    text = text.removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _without_hidden(text: str, findings: _Findings, foreign: bool) -> tuple[str, list[int]]:
    """Report hidden characters; give the text as libyaml can read it, and where refused ones stand."""
    hidden: list[int] = []
    line, counted = 1, 0
    for found in _SUSPECT.finditer(text):
        at, run = found.start(), found[0]
        refused = _REFUSED_RAW.search(run)
        if refused:
            hidden.append(at)
            if "\udc80" <= run[refused.start()] <= "\udcff":
                continue  # a byte that is not UTF-8: said already
        elif not run.strip(_JOINERS) and _visible(text[at - 1 : at]) and _visible(text[found.end() : found.end() + 1]):
            continue  # as in an emoji, or between Persian letters
        first = refused[0] if refused else _ZERO_WIDTH if _ZERO_WIDTH in run else run[0]
        line, counted = line + text.count("\n", counted, at), at
        code, name = _named(first)
        if findings.counts[code] > MOST_ALIKE:
            findings.counts[code] += 1  # spares the search for the column in a line of a million of them
            continue
        more = f" and {len(run) - 1} more" if len(run) > 1 else ""
        severity: Severity = "error" if not foreign and (refused or first == _ZERO_WIDTH) else "warning"
        hint = "delete it: nobody can see it"
        if foreign:
            hint = "a value that holds it is left out" if refused else ""
        findings.add(findings.make(severity, code, (line, at - text.rfind("\n", 0, at)), name + more, hint))
    return _UNREADABLE.sub(_STAND_IN, text), hidden


def _visible(character: str) -> bool:
    return bool(character) and not character.isspace() and character not in "\"'"


@lru_cache(maxsize=256)
def _named(character: str) -> tuple[str, str]:
    """Give the code for a hidden character, and its name in words."""
    kind = next((kind for kind, pattern in _KINDS if pattern.match(character)), "hidden character")
    code = "invisible-mark" if _MARK.match(character) else kind.replace(" ", "-")
    name = unicodedata.name(character, "")
    return code, f"{kind} U+{ord(character):04X}" + (f" ({name})" if name else "")


_HEAD = re.compile(r"(?:[ \t]*\n|[ \t]*#.*\n|%.*\n?)*+")
_YAML_1 = re.compile(r"%YAML[ \t]+1\.[12][ \t]*(?:[ \t]#.*)?")


def _without_directives(text: str, findings: _Findings) -> str:
    """Refuse `%` lines at the head of the file, apart from those that name YAML 1.1 or 1.2."""
    head = found[0] if (found := _HEAD.match(text)) else ""
    if "%" not in head:
        return text
    lines = head.split("\n")
    for number, line in enumerate(lines, 1):
        if line.startswith("%") and not _YAML_1.fullmatch(line):
            message = f"`{printable(line)}` is not understood: facts are read as YAML 1.2"
            findings.error("directive", (number, 1), message, "delete the line")
            lines[number - 1] = ""
    return "\n".join(lines) + text[len(head) :]


def _without_escape(text: str, at: int) -> str:
    """Put a stand-in for the hexadecimal digits of an escape that begin at an index."""
    digits = f"{ord(_STAND_IN):0{4 if text[at - 1] == 'u' else 8}X}"
    return text[:at] + digits + text[at + len(digits) :]


def _without_entry(text: str, line: int) -> tuple[str, range] | None:
    """Blank out the entry of the file's outermost list that a line stands in; give its lines too.

    Places in the rest stay as they are.  None where the line is in no such entry, or where no other
    entry would be left.
    """
    lines = text.split("\n")
    margins = [len(found[1]) for one in lines if (found := re.match(r"( *)-(?: |$)", one))]
    margin = min(margins, default=0)
    if margins.count(margin) < 2:
        return None
    outer = re.compile(rf" {{0,{margin}}}[^\s#]")
    first = line - 1
    while first > 0 and not outer.match(lines[first]):
        first -= 1
    if not re.match(rf" {{{margin}}}-(?: |$)", lines[first]):
        return None
    end = first + 1
    while end < len(lines) and not outer.match(lines[end]):
        end += 1
    lines[first:end] = [""] * (end - first)
    return "\n".join(lines), range(first + 1, end + 1)


# --- From events to nodes ---------------------------------------------------------------------------


class _PurePython(yaml.SafeLoader):
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


_parser: Callable[[str], Any] = getattr(yaml, "CSafeLoader", _PurePython)


@dataclass(slots=True)
class _Open:
    """A mapping or sequence whose end has not come; in a mapping, keys and values take turns."""

    node: Mapping | Sequence
    flow: bool
    keys: dict[str, Scalar] = field(default_factory=dict)
    key: Scalar | None = None
    value_is_next: bool = False


class _TooDeepError(Exception):
    """Nesting passed the limit: libyaml takes stack and time without bound for what is deeper."""


class _Reader:
    """One pass over a text: `read` fills `root` and `findings`."""

    def __init__(self, text: str, hidden: list[int], findings: _Findings, foreign: bool) -> None:
        self.text, self.hidden, self.findings, self.foreign = text, hidden, findings, foreign
        self.root: Node | None = None
        self.empty = True
        self.open: list[_Open] = []
        self.documents = 0
        self.last: Any = None
        self.bad_escape: int | None = None
        self.watches_hash = not foreign and " #" in text
        self.watches_tabs = not foreign and "\t" in text
        self.watches_escapes = "\\" in text

    def read(self) -> Finding | None:
        """Read as far as it goes; give the finding that stopped it, None at a good end."""
        handlers: dict[type, Callable[[Any], None]] = {
            yaml.ScalarEvent: self.scalar,
            yaml.AliasEvent: self.alias,
            yaml.MappingStartEvent: lambda event: self.start(event, Mapping([], *_at(event.start_mark))),
            yaml.SequenceStartEvent: lambda event: self.start(event, Sequence([], *_at(event.start_mark))),
            yaml.MappingEndEvent: self.end,
            yaml.SequenceEndEvent: self.end,
            yaml.DocumentStartEvent: self.document,
        }
        try:
            next_event = _parser(self.text).get_event
            while type(event := next_event()) is not yaml.StreamEndEvent:
                if handler := handlers.get(type(event)):
                    handler(event)
                self.last = event
        except _TooDeepError:
            outermost, at = self.open[0].node, _at(event.start_mark)
            message = f"nested more than {MAX_DEPTH} levels deep"
            see = (outermost.line, outermost.column)
            return self.findings.make("error", "too-deep", at, message, "write it flatter", see)
        # The pure parser raises the other two for an escape beyond Unicode.
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            return _explain(self, error)
        return None

    def document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            self.empty = False
            hint = "put its facts into a file of its own, or take the line out"
            self.findings.error("several-documents", _at(event.start_mark), "a second document starts here", hint)

    def scalar(self, event: Any) -> None:
        node: Scalar | None = Scalar(event.value, *_at(event.start_mark), not event.style)
        if event.tag is not None or event.anchor is not None:
            self.refuse_properties(event, "put the text in quotes if the {0} belongs to it, else delete `{1}`")
        if (self.hidden or (self.watches_escapes and event.style == '"')) and self.hides(event) and self.foreign:
            node = None
        if self.watches_hash and not event.style and event.value and self.text.startswith(" #", event.end_mark.index):
            line, column = _at(event.end_mark)
            message = f"the text ends before the #: `{printable(event.value)}`"
            hint = "put it in quotes if the rest belongs to it; two spaces before the # mean a comment"
            self.findings.warn("text-cut-at-hash", (line, column + 1), message, hint)
        if self.watches_tabs:
            self.warn_of_tab(event.start_mark)
        self.attach(node)

    def start(self, event: Any, node: Mapping | Sequence) -> None:
        if len(self.open) == MAX_DEPTH:
            raise _TooDeepError
        if event.tag is not None or event.anchor is not None:
            self.refuse_properties(event, "delete `{1}`")
        if self.watches_tabs and event.flow_style:
            self.warn_of_tab(event.start_mark)
        self.attach(node)
        self.open.append(_Open(node, event.flow_style))

    def end(self, event: Any) -> None:
        self.open.pop()

    def alias(self, event: Any) -> None:
        message = f"`{self.word(event.start_mark)}` is an alias, which is refused"
        hint = "write the value out, or put the text in quotes if the * belongs to it"
        self.findings.error("alias", _at(event.start_mark), message, hint)
        self.attach(None)

    def attach(self, node: Node | None) -> None:
        """Put a node where it belongs; None stands for a value that was refused."""
        if not self.open:
            if isinstance(node, Scalar) and node.plain and yaml_reading(node.text) == "nothing":
                return
            self.empty = False
            if self.documents == 1:
                self.root = node
            return
        parent = self.open[-1]
        if isinstance(parent.node, Sequence):
            if node is not None:
                parent.node.items.append(node)
        elif parent.value_is_next:
            parent.value_is_next = False
            if node is not None and parent.key is not None:
                parent.node.items.append((parent.key, node))
        else:
            parent.value_is_next = True
            parent.key = None if node is None else self.as_key(node, parent.keys)

    def as_key(self, node: Node, keys: dict[str, Scalar]) -> Scalar | None:
        """Judge a key: None where it is refused, and its value with it."""
        error, at = self.findings.error, (node.line, node.column)
        if not isinstance(node, Scalar):
            what = "list" if isinstance(node, Sequence) else "mapping"
            error("key-not-text", at, f"a {what} stands as a key: keys must be text", "write `key: value`")
            return None
        name, shown = node.text, printable(node.text)
        if node.plain and (reading := yaml_reading(name)) is not None:
            if name == "<<":
                error("merge-key", at, "`<<` is a merge key, which is refused", "write the keys out")
            elif not name:
                error("key-not-text", at, "a key is missing here", "write `key: value`")
            else:
                message = f"`{shown}` is {reading} to YAML: keys must be text"
                error("key-not-text", at, message, f'write "{shown}" if this text is meant')
            return None
        if not name.isascii():
            name = unicodedata.normalize("NFC", name)
            if blank := _BLANK.search(name):
                message = f"{_named(blank[0])[1]} in the key `{shown}`"
                error("hidden-character", at, message, "use an ordinary space, or none")
                return None
        first = keys.setdefault(name, node)
        if first is not node:
            hint = "keep one of them; several values are a list: [one, two]"
            message = f"key `{shown}` twice, first on line {first.line}"
            error("duplicate-key", at, message, hint, (first.line, first.column))
            return None
        return node

    def refuse_properties(self, event: Any, hint: str) -> None:
        word, at = self.word(event.start_mark), _at(event.start_mark)
        if event.anchor is not None:
            self.findings.error("anchor", at, f"`{word}` is an anchor, which is refused", hint.format("&", word))
        if event.tag is not None:
            message = f"`{word}` is a tag, which is refused: the ontology says what a value is"
            self.findings.error("tag", at, message, hint.format("!", word))

    def hides(self, event: Any) -> bool:
        """Tell whether a scalar holds a refused character; report one that came by an escape."""
        start, end = event.start_mark.index, event.end_mark.index
        if bisect_left(self.hidden, start) < bisect_left(self.hidden, end):
            return True
        written = self.text[start:end]
        escaped = next((c for c in _REFUSED_ESCAPED.findall(event.value) if c not in written), None)
        if escaped is None:
            return False
        code, name = _named(escaped)
        hint = "delete the escape, or use single quotes if none is meant"
        if self.foreign:
            self.findings.warn(code, _at(event.start_mark), f"{name} by an escape", "the value is left out")
        else:
            self.findings.error(code, _at(event.start_mark), f"{name} by an escape", hint)
        return True

    def warn_of_tab(self, mark: Any) -> None:
        before = self.text[mark.index - min(mark.column, 80) : mark.index]  # a line can be a million characters long
        if "\t" in before[len(before.rstrip(" \t")) :]:
            message = "a tab stands before the value, and some YAML readers refuse that"
            self.findings.warn("tab", _at(mark), message, "use a space")

    def word(self, mark: Any) -> str:
        found = _WORD.match(self.text, mark.index)
        return printable(found[0]) if found else ""


_WORD = re.compile(r"[^\s,\[\]{}]{1,61}")


def _at(mark: Any) -> _At:
    return mark.line + 1, mark.column + 1


# --- Syntax errors in plain words -------------------------------------------------------------------


class _Cause(NamedTuple):
    """What words of PyYAML, from libyaml or from its own parser, mean to who wrote the file."""

    words: str  # regular expression to be found in context and problem
    code: str
    message: str  # {0} is the character at the place
    hint: str
    at_start: bool = False  # the place is where the quote or key began, not where reading failed


_MAY_NOT = "a value may not start with `{0}`"
_QUOTE = "put the text in quotes"
_LINE_UP = "give it as many spaces as the line that it belongs beside"
_CAUSES = [_Cause(*row) for row in (
    ("quoted scalar.*unexpected", "unclosed-quote",
     "the quote that opens here never closes", "write {0} where the text ends", True),
    ("unknown escape", "unknown-escape",
     "in double quotes a backslash begins an escape, and this is none",
     "use single quotes, or write the backslash twice"),
    ("hexdecimal|hexadecimal", "unknown-escape",
     "this escape is too short: \\x takes 2 digits, \\u 4 and \\U 8",
     "use single quotes, or write the character itself"),
    ("start any token", "needs-quotes", _MAY_NOT, _QUOTE),
    ("scanning an? (anchor|alias|tag|block scalar)|a tag|tag handle", "needs-quotes", _MAY_NOT, _QUOTE, True),
    ("directive|incompatible", "needs-quotes", _MAY_NOT, _QUOTE, True),
    ("unexpected ':'", "colon-in-text", "in brackets a `:` needs a space behind it", "write a space, or " + _QUOTE),
    ("could not find expected ':'", "no-colon", "this line is no `key: value`",
     "write a colon and a space after the key; indent the line if it goes on with the text above", True),
    ("sequence entries are not allowed", "list-on-key-line", "a list cannot start on the line of its key",
     "start it on the next line; put the text in quotes if the - belongs to it"),
    ("mapping keys are not allowed", "needs-quotes", _MAY_NOT, _QUOTE),
    ("mapping values are not allowed", "colon-in-text", "`: ` in a text reads as one more key", _QUOTE),
    ("flow.*node content", "empty-item", "something is missing before this `{0}`",
     "take one comma out, or put the text in quotes"),
    ("node content", "needs-quotes", _MAY_NOT, _QUOTE),
    ("flow (sequence|mapping)", "unclosed-bracket", "a comma or a closing bracket is missing before this",
     "put the text in quotes if its brackets are not meant as a list"),
    ("document start", "indentation",
     "this stands further left than what is above it, or after the end of it", _LINE_UP),
    ("expected key|'-' indicator|block end", "indentation",
     "this does not line up with what stands above it", _LINE_UP),
    ("", "yaml-syntax", "this is no YAML", "look for a quote, a bracket or an indentation that is not right"),
)]  # fmt: skip


def _explain(reader: _Reader, error: Exception) -> Finding:
    """Turn a syntax error into a finding in plain words, at the place where the mistake was made."""
    text, last, make = reader.text, reader.last, reader.findings.make
    mark: Any = getattr(error, "problem_mark", None) or last.end_mark
    began: Any = getattr(error, "context_mark", None) or mark
    words = f"{getattr(error, 'context', '')}: {getattr(error, 'problem', '')}"
    before = text[mark.index - mark.column : mark.index]

    for place in (mark, began):
        margin = _MARGIN.match(text, place.index - place.column)
        if margin and margin[1]:
            message = f"{_named(margin[1])[1]} in the indentation"
            return make("error", "hidden-character", (place.line + 1, len(margin[0])), message, "use ordinary spaces")
    if "invalid Unicode character escape" in words:
        reader.bad_escape = mark.index
        severity: Severity = "warning" if reader.foreign else "error"
        message = f"`{text[mark.index - 2 : mark.index + 4]}` is no character by itself"
        return make(severity, "half-character", _at(began), message, "write the character itself")
    if "tab character" in words or text.startswith("\t", mark.index):
        return make("error", "tab", _at(mark), "a tab stands where spaces belong", "use spaces")

    quoted = type(last) is yaml.ScalarEvent and last.style in ("'", '"')
    if quoted and last.start_mark.line < last.end_mark.line in (mark.line, began.line):
        message = f"the quote that opens here closes only on line {last.end_mark.line + 1}, before other text"
        hint = "close it where the text ends; a quote that belongs to the text is written twice in single quotes"
        return make("error", "unclosed-quote", _at(last.start_mark), message, hint, _at(mark))
    end = last.end_mark.index
    closed = quoted or (isinstance(last, yaml.CollectionEndEvent) and text[end - 1 : end] in ("]", "}"))
    if closed and _MORE_TEXT.match(text, end) and not text[end : mark.index].strip(" "):
        hint = f"put the whole text in {'double' if text[end - 1] == chr(39) else 'single'} quotes"
        return make("error", "text-after-quote", _at(mark), "text stands after a closing quote or bracket", hint)
    if "mapping values" in words and last.start_mark.line < last.end_mark.line and not re.search(r":\s", before):
        at = (mark.line + 1, len(before) - len(before.lstrip(" ")) + 1)
        message = "this reads as more of the text above it, where no key can stand"
        return make("error", "indentation", at, message, "give it as many spaces as the key above")
    inner = reader.open[-1] if reader.open else None
    if inner and inner.flow and inner.node.line <= mark.line and re.search("flow|not allowed|expected ':'", words):
        message = f"the bracket that opens here does not close, or a comma is missing before line {mark.line + 1}"
        at = (inner.node.line, inner.node.column)
        return make("error", "unclosed-bracket", at, message, "close it where the list ends", _at(mark))

    cause = next(cause for cause in _CAUSES if re.search(cause.words, words))
    place = began if cause.at_start else mark
    back = mark.index - text.rfind("\\", 0, mark.index + 1) if cause.code == "unknown-escape" else 0
    character = printable(text[place.index : place.index + 1])
    at = (place.line + 1, place.column + 1 - back)
    return make("error", cause.code, at, cause.message.format(character), cause.hint.format(character))


_MORE_TEXT = re.compile(r" *(?!:\s)[^\s\]}]")
_MARGIN = re.compile(rf"[ \t]*(?:- +)*([{_BLANKS}]?)")
