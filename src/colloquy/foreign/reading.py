"""Applies the plans for a file to its nodes: entries come out as if they were written in our own format."""

from __future__ import annotations

import re
from typing import TypeAlias

from colloquy.compiler import OF_ENTRY, name_slug
from colloquy.entries import ByName, Draft
from colloquy.errors import Place, printable
from colloquy.evidence import Report
from colloquy.foreign.planner import Planner
from colloquy.foreign.plans import Action, Actions, Filling, Plan, Plans
from colloquy.mapping import FILE, Placeholder, Rule
from colloquy.ontology import Ontology
from colloquy.source import Mapping, Node, Scalar, Sequence

Unmapped: TypeAlias = dict[tuple[str, str], list[int]]
"""How often a foreign key stands in a file though no rule names it, with line and column of the first."""
Levels: TypeAlias = "tuple[Node, Levels | None]"
"""An item and the mappings around it, from the inside out."""

LONGEST_ID = 400
_NULLS = ("null", "~")
_SLUG = re.compile(r"[a-z0-9-]+")


def drafts(
    root: Node, rule: Rule, path: str, ontology: Ontology, report: Report, *, before: int = 0
) -> tuple[list[Draft], Unmapped]:
    """List the entries of a file as a rule reads them, and count the keys that no rule names.

    `path` is below the fact folder, with forward slashes; of a part of a file, so many items of its list
    stand `before` it.  The nodes are taken over, not copied.  What is wrong goes to the report.
    """
    global _planner
    if _planner is None or _planner.ontology is not ontology:
        _planner = Planner(ontology)  # kept for the next file: an ontology cannot be the key of a cache
    file = _File(_planner, path, report)
    file.root(_planner.of_file(rule), root, 1, before)
    return file.drafts, file.unmapped


_planner: Planner | None = None


class _Item:
    """An entry or relation in the making: `id` is that of the entry, `parent` that of the one around it."""

    __slots__ = ("id", "levels", "node", "number", "out", "parent", "plan")

    def __init__(self, plan: Plan, node: Node, levels: Levels | None, parent: str | None, number: int) -> None:
        self.plan, self.node, self.parent, self.number = plan, node, parent, number
        self.levels: Levels = (node, levels)
        self.id = parent
        self.out: dict[str, tuple[Scalar, Node]] = {}

    def put(self, name: str, key: Node, value: Node) -> None:
        """Add a value under an ontology key, at the place of the foreign one."""
        known = self.out.get(name)
        if known is None:
            self.out[name] = (Scalar(name, key.line, key.column, False), value)
        elif type(known[1]) is Sequence:
            known[1].items.append(value)
        else:
            first = known[1]
            self.out[name] = (known[0], Sequence([first, value], first.line, first.column))


class _File:
    """One file, gone through by its plans."""

    def __init__(self, planner: Planner, path: str, report: Report) -> None:
        self.report, self.slugs = report, planner.slugs
        *self.folders, name = path.split("/")
        self.name = name.rpartition(".")[0] or name
        self.defaults: dict[str, Scalar] = {}
        self.drafts: list[Draft] = []
        self.unmapped: Unmapped = {}
        self.lacking = Placeholder("", 0, ())
        self.filled: dict[Filling, str] = {}

    def root(self, plans: Plans, node: Node, number: int, before: int = 0) -> None:
        """Read an item that stands outermost."""
        if type(node) is Sequence:
            for position, one in enumerate(node.items, before + 1):
                self.root(plans, one, position)
        elif not _is_nothing(node):
            self.nested(plans, node, None, None, number)

    # --- items --------------------------------------------------------------------------------

    def nested(
        self,
        plans: Plans,
        node: Node,
        around: _Item | None,
        levels: Levels | None,
        number: int,
        key: Scalar | None = None,
    ) -> None:
        """Read an item by all plans for it; `levels` are the mappings around it."""
        is_text = type(node) is Scalar
        if is_text and plans.for_mappings and not plans.for_texts:
            self.complain_of_text(plans.for_mappings[0], node)
            return
        for plan in plans.for_texts if is_text else plans.for_mappings:
            item = _Item(plan, node, levels, around.id if around else None, number)
            if not plan.key or around is None or key is None:
                self.entry(plan, item)
            elif self.fields(plan, item):
                around.put(plan.key, key, Mapping(list(item.out.values()), node.line, node.column))

    def entry(self, plan: Plan, item: _Item) -> None:
        """Make an entry of an item, and of what is nested in it."""
        if plan.class_ is None or plan.id is None:  # it only leads on to what is nested
            self.fields(plan, item)
            return
        node, errors = item.node, self.report.errors
        name = self.fill(plan.id, item, node)
        if name is None or len(name.text) > LONGEST_ID:
            self.complain_of_id(name, plan.id, item, errors)
            item.id = ""
            self.fields(plan, item)
            return
        item.id = name.text
        at = name if plan.id.own else node
        made = Mapping([], node.line, node.column)
        draft = Draft(name.text, plan.class_, at.line, at.column, made, self.defaults, plan.shared, foreign=True)
        self.drafts.append(draft)
        self.fields(plan, item)
        made.items = list(item.out.values())
        draft.bare = OF_ENTRY.isdisjoint(item.out)
        draft.damaged = self.report.errors > errors

    def fields(self, plan: Plan, item: _Item) -> bool:
        """Fill in what is said of an item; tell whether that is anything."""
        node = item.node
        if type(node) is Mapping:
            self.read(plan.actions, node, item, item.levels, item.number, plan.counts, "")
        elif type(node) is Scalar and plan.text is not None:
            self.take(plan.text, node, node, item, item.levels, item.number, plan.counts)
        for name, filling in plan.adds:
            if (value := self.fill(filling, item, node)) is not None:
                item.put(name, value, value)
        return bool(item.out)

    # --- keys ---------------------------------------------------------------------------------

    def read(
        self, actions: Actions, node: Mapping, item: _Item, levels: Levels, number: int, counts: bool, path: str
    ) -> None:
        """Do what the plan says about each key of a mapping."""
        out = item.out
        for key, value in node.items:
            action = actions.get(key.text)
            if action is None:
                if counts and not _is_nothing(value):
                    self.count(item.plan, path + key.text, key)
            elif action.plain and type(value) is Scalar:
                text = value.text
                if text and not (value.plain and text in _NULLS) and not text.isspace():
                    value.plain = False
                    name = action.name
                    if name in out:
                        item.put(name, key, value)
                    else:
                        out[name] = (action.key, value)
            elif not action.idle:
                self.take(action, key, value, item, levels, number, counts)

    def take(
        self, action: Action, key: Scalar, value: Node, item: _Item, levels: Levels, number: int, counts: bool
    ) -> None:
        """Do what the plan says about one key, whatever stands there."""
        if type(value) is Sequence:
            for position, one in enumerate(value.items, 1):
                self.take(action, key, one, item, levels, position, counts)
            return
        if _is_nothing(value) or (type(value) is Scalar and value.text in action.nothing):
            return
        is_text = type(value) is Scalar
        if action.plans is not None and not (is_text and action.name and not action.plans.for_texts):
            self.nested(action.plans, value, item, levels, number, key)
        if type(value) is Scalar and action.name:
            self.give(action, key, value, item)
        elif type(value) is Mapping and action.inside:
            inside = counts and not action.ignored
            self.read(action.inside, value, item, (value, levels), number, inside, action.path + ".")
        elif action.plans is None and not action.known and not action.ignored:
            self.complain(action, key, value, item, counts)

    def give(self, action: Action, key: Scalar, value: Scalar, item: _Item) -> None:
        """Give the value, or values, that a text stands for."""
        values = [value]
        if action.split:
            texts = (text.strip() for text in value.text.split(action.split))
            texts = (text for text in texts if text and text not in action.nothing)
            values = [Scalar(text, value.line, value.column, False) for text in texts]
        for each in values:
            if action.by:
                item.put(action.name, key, ByName(each.text, each.line, each.column, False))
            elif action.id is None:
                each.plain = False
                item.put(action.name, key, each)
            elif (filled := self.fill(action.id, item, each)) is not None:
                item.put(action.name, key, filled)

    # --- templates ----------------------------------------------------------------------------

    def fill(self, filling: Filling, item: _Item, value: Node) -> Scalar | None:
        """Fill a template in; None where a placeholder has no value."""
        text, place = self.filled.get(filling, ""), item.node
        if text:
            return Scalar(text, place.line, place.column, False)
        is_placed = False
        for part in filling.parts:
            if isinstance(part, str):
                text += part
                continue
            found = self.value_of(part, item, value)
            if not isinstance(found, str):
                if not isinstance(found, Scalar) or _is_nothing(found):
                    self.lacking = part
                    if not (found is None or _is_nothing(found)):
                        self.complain_of_placeholder(part, filling, found)
                    return None
                if not is_placed:
                    place, is_placed = found, True
                found = found.text
            if filling.slugged and part.word != "parent":
                found = self.slugs.get(found) or self.slug(found)
            text += found
        if filling.of_file:
            self.filled[filling] = text
        return Scalar(text, place.line, place.column, False)

    def slug(self, text: str) -> str:
        """Make a slug of a text, and remember it; most texts of ids are slugs already."""
        made = self.slugs[text] = text if _SLUG.fullmatch(text) else name_slug(text)
        return made

    def value_of(self, placeholder: Placeholder, item: _Item, value: Node) -> Node | str | None:
        if placeholder.word:
            return self.word(placeholder, item)
        if not placeholder.keys:
            return value
        levels: Levels | None = item.levels
        for _ in range(placeholder.out):
            levels = levels and levels[1]
        node = levels[0] if levels else None
        for name in placeholder.keys:
            for key, inner in node.items if type(node) is Mapping else ():
                if key.text == name:
                    node = inner
                    break
            else:
                return None
        return node

    def word(self, placeholder: Placeholder, item: _Item) -> str | None:
        if placeholder.word == "parent":
            return item.parent or None
        if placeholder.word == "number":
            return str(item.number)
        if placeholder.word == "file":
            return self.name
        return self.folders[-1 - placeholder.out] if placeholder.out < len(self.folders) else None

    # --- what is wrong ------------------------------------------------------------------------

    def count(self, plan: Plan, name: str, key: Scalar) -> None:
        """Count a foreign key that no rule names."""
        seen = self.unmapped.setdefault((plan.label, name), [0, key.line, key.column])
        seen[0] += 1

    def complain(self, action: Action, key: Scalar, value: Node, item: _Item, counts: bool) -> None:
        path = action.path
        if type(value) is Mapping and action.name:
            message = f"`{path}` is a mapping here; a text was expected"
            hint = f"say which of its keys is meant, such as `{path}: {{key: {action.name}, take: …}}`"
            self.report.say(value, "not-a-value", message, hint)
        elif type(value) is Scalar and action.inside:
            text = printable(value.text, 20)
            message = f"`{path}` is the text `{text}` here; a mapping was expected"
            hint = f'if it means nothing, write `{path}: {{nothing: ["{text}"]}}`'
            self.report.say(value, "not-a-mapping", message, hint)
        elif counts:
            self.count(item.plan, path, key)

    def complain_of_id(self, name: Scalar | None, filling: Filling, item: _Item, errors: int) -> None:
        written = filling.template.node
        rule = Place(FILE, written.line, written.column)
        if name is not None:
            message = f"the id made of this has {len(name.text):,} characters; {LONGEST_ID} are allowed"
            self.report.say(name, "bad-id", message, "make it of something shorter in colloquy.yaml", related=(rule,))
        # Where the entry around it has no id, or a placeholder is wrong, that was said before.
        elif self.report.errors == errors and not (self.lacking.word == "parent" and item.parent == ""):
            message = f"no id: `{self.lacking}` of `{printable(written.text)}` has no value here"
            hint = "write one, or make the id of something else in colloquy.yaml"
            self.report.say(item.node, "no-id", message, hint, related=(rule,))

    def complain_of_text(self, plan: Plan, node: Node) -> None:
        shown = printable(node.text, 30) if type(node) is Scalar else ""
        message = f"the text `{shown}` stands here; a mapping was expected"
        rule = Place(FILE, plan.rule.node.line, plan.rule.node.column)
        hint = 'say what a text means, under `keys: {".": …}`'
        self.report.say(node, "not-a-mapping", message, hint, related=(rule,))

    def complain_of_placeholder(self, part: Placeholder, filling: Filling, found: Node) -> None:
        what = "a mapping" if type(found) is Mapping else "a list"
        written = filling.template.node
        rule = Place(FILE, written.line, written.column)
        message = f"`{part}` is {what} here; a template takes one text"
        self.report.say(found, "not-a-value", message, "name a text in the template", related=(rule,))


def _is_nothing(node: Node) -> bool:
    """Tell whether a value says nothing: an empty text, `null`, `~`, an empty list or mapping."""
    if isinstance(node, Scalar):
        text = node.text
        return not text or text.isspace() or (node.plain and text in _NULLS)
    return not node.items
