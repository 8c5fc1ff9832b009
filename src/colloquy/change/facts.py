"""Plans what a declared change writes in the fact files: in our own format only, place by place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from colloquy.change.texts import Edit, Text
from colloquy.datatypes import typed
from colloquy.directory import Directory
from colloquy.entries import Draft, mark_damaged, read_drafts
from colloquy.errors import Finding, Place, printable
from colloquy.evidence import EVIDENCE_KEYS, Evidence, EvidenceReader, Report
from colloquy.ontology import Class, Ontology, Property
from colloquy.outdated import Use, uses, values_of
from colloquy.rewriting import text_as_yaml
from colloquy.source import Mapping, Node, Scalar, read_yaml


class Written(NamedTuple):
    """An entry of our own format: the file, the draft, and the entry's class."""

    file: Text
    draft: Draft
    class_: Class


@dataclass
class Plan:
    """The edits of all files; `problems` are places that no rule can change, each a finding."""

    ontology: Ontology
    directory: Directory
    files: dict[str, Text] = field(default_factory=dict)
    entries: list[Written] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)
    said_of: dict[tuple[str, str], tuple[str, Place]] = field(default_factory=dict)
    by_default: dict[tuple[str, tuple[int, int]], list[tuple[Written, Use]]] = field(default_factory=dict)

    def take(self, name: str, data: bytes) -> None:
        """Read a fact file of our own format."""
        text = data.decode("utf-8")
        node, findings = read_yaml(data, name)
        if node is None:
            return
        mark = "\ufeff" if text.startswith("\ufeff") else ""
        file = self.files[name] = Text(name, text.removeprefix(mark), mark)
        drafts = read_drafts(node, self.ontology, Report(file=name))
        mark_damaged(drafts, findings)
        for draft in drafts:
            entry = self.directory.entries.get(draft.id)
            if entry is not None:
                self.entries.append(Written(file, draft, draft.class_ or entry.class_))

    def uses(self) -> Iterator[tuple[Written, Use]]:
        """Give every place that is written with a deprecated term."""
        for one in self.entries:
            for use in uses(one.draft, one.class_, self.ontology):
                yield one, use

    def changed(self) -> dict[str, tuple[str, str]]:
        """Give the files that are to be written: the text that is there, and the new one."""
        for one, use in self.uses():
            self._type(one, use) if use.change.is_class else self._key(one, use)
        self._defaults()
        touched = {name: file for name, file in self.files.items() if file.edits or file.added}
        made = {name: (file.mark + file.text, file.mark + file.done()) for name, file in touched.items()}
        return {name: pair for name, pair in made.items() if pair[0] != pair[1]}

    def _problem(self, one: Written, node: Node, message: str, hint: str) -> None:
        place = Place(one.file.name, node.line, node.column)
        self.problems.append(Finding(place, "error", "cannot-migrate", message, hint))

    # --- types ----------------------------------------------------------------------------------

    def _type(self, one: Written, use: Use) -> None:
        if use.into is None:
            return  # it says nothing of what it is now: `check` goes on asking
        if use.at is not one.draft.defaults.get("type") or any(k.text == "type" for k, _ in one.draft.node.items):
            one.file.write(one.file.scalar(use.at), use.into.name)
        else:
            at = (use.at.line, use.at.column)
            self.by_default.setdefault((one.file.name, at), []).append((one, use))

    def _defaults(self) -> None:
        """Change the type of `defaults` where all its entries become of one class, else give each its own."""
        for (name, at), users in self.by_default.items():
            file = self.files[name]
            classes = {use.into.name for _, use in users if use.into}
            mine = [w for w in self.entries if w.file is file and _has_default(w.draft, at)]
            if len(classes) == 1 and len(mine) == len(users):
                file.write(file.scalar(users[0][1].at), classes.pop())
                continue
            for one, use in users:
                assert use.into is not None
                file.add(file.mapping(one.draft.node), "type", use.into.name)

    # --- keys -----------------------------------------------------------------------------------

    def _key(self, one: Written, use: Use) -> None:
        change, file = use.change, one.file
        new = self.ontology.property_by_term.get(change.new or "")
        if new is None:
            return
        mapping, key = file.mapping(use.within), file.scalar(use.at)
        if change.inverse or change.along:
            self._elsewhere(one, use, new)
            return
        if change.converts and not self._convert(one, use, new):
            return
        file.rename(mapping, key, new.key)

    def _convert(self, one: Written, use: Use, new: Property) -> bool:
        """Write the values of a key as its replacement takes them; tell whether all of them could be."""
        written: list[tuple[Scalar, str]] = []
        for value, _ in values_of(use.value):
            text = use.change.written(value.text.strip())
            if new.kind == "reference":
                ids = self.directory.named(text, tuple(sorted(new.range)))
                if len(ids) != 1:
                    found = f"several entries are called {printable(text)}" if ids else "no entry has this name"
                    hint = f"write an entry that is called {printable(text)}" if not ids else "give one another name"
                    self._problem(one, value, f"`{use.at.text}` becomes `{new.key}`, and {found}", hint)
                    return False
                text = ids[0]
            elif new.kind == "literal" and typed(text, new.datatypes) is None:
                message = f"`{printable(value.text)}` cannot become a value of `{new.key}`"
                self._problem(one, value, message, "correct it, or say with cq:from and cq:to how to write it")
                return False
            if text != value.text:
                written.append((value, text))
        for value, text in written:
            one.file.write(one.file.scalar(value), text, typed=new.kind == "literal")
        return True

    # --- values that stand at another entry now ---------------------------------------------------

    def _elsewhere(self, one: Written, use: Use, new: Property) -> None:
        """Take a key out of an entry, and say what it said at the entry that it names, or that a link leads to."""
        change, file, draft = use.change, one.file, one.draft
        if use.within is not draft.node:
            self._problem(one, use.at, f"`{use.at.text}` stands in a relation, which no other entry can name",
                          "write it anew by hand")  # fmt: skip
            return
        link = self.ontology.property_by_term.get(change.along or "")
        made: list[tuple[str, str, dict[str, str]]] = []
        for value, around in values_of(use.value):
            parts = around.items if around else []
            own = {k.text: file.flow(file.scalar(v)) for k, v in parts if k.text != "value" and isinstance(v, Scalar)}
            text = text_as_yaml(draft.id) if change.inverse else file.flow(file.scalar(value))
            target = value.text if change.inverse else self._along(one, use, link)
            if target not in self.directory.entries:
                return
            made.append((target, text, own))
            if not change.inverse and not self._agrees(one, new, target, value):
                return
        for target, text, own in made:
            self._say(one, target, new, text, own)
        file.remove(file.mapping(use.within), file.scalar(use.at))

    def _along(self, one: Written, use: Use, link: Property | None) -> str:
        """Give the id of the one entry that a link leads to; empty, with a word, where there is none or several."""
        found = [
            v.text for node in (one.draft.node, *self._others(one)) for k, value in node.items
            if link is not None and self.ontology.keys(one.class_).get(k.text) == link for v, _ in values_of(value)
        ]  # fmt: skip
        if len(set(found)) == 1:
            return found[0]
        key = link.key if link else "…"
        message = f"`{use.at.text}` goes to the entry that `{key}` names, and `{key}` names {len(set(found))} here"
        self._problem(one, use.at, message, f"name one entry under `{key}`")
        return ""

    def _others(self, one: Written) -> Iterable[Mapping]:
        return (w.draft.node for w in self.entries if w.draft.id == one.draft.id and w.draft is not one.draft)

    def _agrees(self, one: Written, new: Property, target: str, value: Scalar) -> bool:
        """Tell whether what others say of an entry is what this one does."""
        place = Place(one.file.name, value.line, value.column)
        text, before = self.said_of.setdefault((target, new.key), (value.text, place))
        if text == value.text:
            return True
        both = f"{printable(text)} ({before}) and {printable(value.text)}"
        message = f"two values become `{new.key}` of `{target}`: {both}"
        self._problem(one, value, message, "correct one of them: only equal values can become one")
        return False

    def _say(self, one: Written, target: str, new: Property, text: str, own: dict[str, str]) -> None:
        """Add a value to an entry: in its own lines where these name the same source, else in lines beside this one."""
        value = "{" + ", ".join([f"value: {text}", *(f"{k}: {v}" for k, v in own.items())]) + "}" if own else text
        said = _evidence(one.draft)
        for other in self.entries:
            keys = self.ontology.keys(other.class_)
            if other.draft.id == target and other.draft.class_ and new.key in keys and _evidence(other.draft) == said:
                other.file.add(other.file.mapping(other.draft.node), new.key, value)
                return
        lines = [f"- entry: {target}", f"  {new.key}: {value}"]
        nodes = {k.text: v for k, v in one.draft.node.items}
        told = ((key, node) for key in EVIDENCE_KEYS if isinstance(node := nodes.get(key), Scalar))
        lines += [f"  {key}: {one.file.flow(one.file.scalar(node))}" for key, node in told]
        item = one.file.mapping(one.draft.node)
        if item.flow_style and one.file.text[: item.start_mark.index].rstrip(" ").endswith(("[", ",")):
            end = item.end_mark.index
            one.file.edits.append(Edit(end, end, ", {" + ", ".join(line[2:] for line in lines) + "}"))
            return
        start = one.file.text.rfind("\n", 0, item.start_mark.index) + 1
        head = one.file.text[start : item.start_mark.index]
        margin = " " * (len(head) - len(head.lstrip(" ")))
        one.file.insert_lines(item, [margin + line for line in lines])


def _has_default(draft: Draft, at: tuple[int, int]) -> bool:
    default = draft.defaults.get("type")
    own = any(k.text in ("type", "entry") for k, _ in draft.node.items)
    return default is not None and (default.line, default.column) == at and not own


def _evidence(draft: Draft) -> Evidence:
    """Give what says so for a whole entry."""
    own: dict[str, Node] = dict(draft.defaults)
    own.update((k.text, v) for k, v in draft.node.items if k.text in EVIDENCE_KEYS)
    return EvidenceReader(Report(), {}).read({k: v for k, v in own.items() if k in EVIDENCE_KEYS}, Evidence())
