"""Lays the rules of a mapping beside an ontology: which foreign key becomes what, looked up once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from colloquy.deprecation import CODE
from colloquy.errors import Finding, Place, did_you_mean, printable
from colloquy.evidence import EVIDENCE_KEYS
from colloquy.foreign.plans import Action, Actions, Filling, Path, Plan, Plans, Rules
from colloquy.mapping import FILE, Key, Rule, mistake
from colloquy.ontology import Class, Ontology, Property
from colloquy.outdated import Use, words
from colloquy.source import Mapping, Node, Scalar

_FARTHEST = 3  # nested rules within one another in which names for rules further out are looked for
_BARE = Rule("relation", Mapping([], 0, 0))


class Planner:
    """Makes plans for the rules of a mapping, and says what the ontology does not have."""

    def __init__(self, ontology: Ontology) -> None:
        self.ontology = ontology
        self.findings: set[Finding] = set()
        self.unknown: dict[Place, Finding] = {}
        self.found: set[Place] = set()
        self.known: dict[tuple[object, ...], Plans] = {}
        self.slugs: dict[str, str] = {}

    def of_file(self, rule: Rule) -> Plans:
        """Give the plans for the files of a rule."""
        found = self.known.get((id(rule),))
        if found is None:
            found = self.known[id(rule),] = Plans((rule,))
            self.fill(found, [self.for_entries(rule.whole(), rule.files, ())])
            for plans in self.known.values():
                for plan in plans.for_mappings:
                    _settle(plan.actions)
        return found

    def nested(self, outer: Plan, path: Path, entries: Rules, relations: Rules) -> Plans:
        """Give the plans for what is nested in one place, each made once: rules may use themselves."""
        key = (*map(id, entries), path, outer.class_ and outer.class_.name, *map(id, relations))
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = Plans(entries + relations)
            made = [self.for_entries(rule.whole(), outer.files, outer.path + path) for rule in entries]
            made += [self.for_relations(rule.whole(), outer, path) for rule in relations]
            self.fill(found, made)
        return found

    def complain(self, node: Node, message: str, hint: str = "") -> None:
        self.findings.add(mistake(node, message, hint))

    def outdated(self, use: Use) -> None:
        """Warn of a deprecated term that a rule names: the files that it reads are not ours to change."""
        message, hint = words(use, self.ontology)
        place = Place(FILE, use.at.line, use.at.column)
        hint = hint.partition("; `colloquy migrate`")[0]
        self.findings.add(Finding(place, "warning", CODE, message, hint))

    # --- rules ----------------------------------------------------------------------------------

    def for_entries(self, rule: Rule, files: str, path: Path) -> Plan | None:
        if rule.type is None:
            return Plan(rule, None, "", files, path)
        class_ = self.ontology.classes.get(rule.type.text)
        if class_ is None or class_.kind != "entity":
            entities = [c.name for c in self.ontology.classes.values() if c.kind == "entity"]
            message = f"unknown type `{printable(rule.type.text)}`"
            self.complain(rule.type, message, did_you_mean(rule.type.text, entities))
            return None
        if change := self.ontology.changes.get(class_.term):
            new = self.ontology.class_by_term.get(change.new or "")
            self.outdated(Use(change, rule.type, rule.type, rule.node, class_, new))
        return Plan(rule, class_, "", files, path)

    def for_relations(self, rule: Rule, outer: Plan, path: Path) -> Plan | None:
        if outer.class_ is None:
            return None
        keys = self.ontology.keys(outer.class_)
        name = rule.key.text if rule.key else ".".join(path)
        if rule.key is None and name not in keys:
            ours = [key for key, p in keys.items() if p.kind == "relation"]
            message = f"the rule does not say under which `key` of {outer.class_.name} the relation stands"
            self.complain(rule.node, message, did_you_mean(name, ours))
            return None
        p = self.property(outer.class_, rule.key) if rule.key else keys[name]
        if p is None:
            return None
        class_ = next((c for t in sorted(p.range) if (c := self.ontology.class_by_term.get(t))), None)
        if p.kind != "relation" or class_ is None:
            message = f"`{name}` of {outer.class_.name} is no qualified relation"
            self.complain(rule.key or rule.node, message, "write it under `keys`")
            return None
        return Plan(rule, class_, name, outer.files, outer.path + path)

    def property(self, class_: Class, node: Scalar) -> Property | None:
        """Look up a key that a rule names.

        A rule may be used for several classes; it is enough that one of them has the key.
        """
        keys = self.ontology.keys(class_)
        if node.text in keys:
            self.found.add(Place(FILE, node.line, node.column))
            if change := self.ontology.changes.get(keys[node.text].term):
                self.outdated(Use(change, node, node, _BARE.node, class_))
        else:
            message = f"{class_.name} has no key `{printable(node.text)}`"
            finding = mistake(node, message, did_you_mean(node.text, keys))
            self.unknown.setdefault(finding.place, finding)
        return keys.get(node.text)

    def fill(self, plans: Plans, made: Iterable[Plan | None]) -> None:
        """Say for each plan what becomes of each foreign key."""
        known = [plan for plan in made if plan is not None]
        plans.for_texts = [plan for plan in known if plan.takes_text]
        plans.for_mappings = [plan for plan in known if plan.takes_mapping] or known
        for plan in known:
            self.name_keys(plan)
            self.nest(plan)
        for plan in plans.for_mappings:
            self.spelt_alike(plan)
            for path in plan.rule.ignore or ():
                plan.at(_path(path)).ignored = True
            for way in _named_by_templates(plan.rule):
                plan.at(way).known = True
        for first in plans.for_mappings[:1]:
            first.counts = True
            for other in plans.for_mappings[1:]:
                _excuse(first.actions, other.actions)
        for plan in plans.for_mappings:
            _tell_nested(plan.actions)

    def spelt_alike(self, plan: Plan) -> None:
        """Take up the keys of which the rule says nothing, since they are spelt as in the ontology.

        A relation has such keys only if they were made for it: a name that anything may have is that
        of the sponsor, not of the sponsorship.
        """
        named = _named(plan.rule)
        for name, p in self.ontology.keys(plan.class_).items() if plan.class_ else ():
            if name in named or (plan.key and not p.domain):
                continue
            action = plan.at((name,))
            if p.kind == "relation":
                action.plans = self.nested(plan, (name,), (), (_BARE,))
            else:
                action.become(name)

    def name_keys(self, plan: Plan) -> None:
        """Take up what a rule says of keys, and what it adds."""
        class_ = plan.class_
        if class_ is None:
            return
        for key in plan.rule.keys or ():
            if key.foreign.text == ".":
                plan.text = Action((".",))
                self.name_key(class_, key, plan.text)
            else:
                path = _path(key.foreign)
                action = plan.at(path)
                action.nothing = key.nothing
                if key.take:
                    action = plan.at((*path, *_path(key.take)))
                self.name_key(class_, key, action)
        for target, templates in plan.rule.add or ():
            known, p = self.target(class_, target)
            if known:
                is_id = p.kind == "reference" if p else target.text == "document"
                plan.adds += [(target.text, Filling(template, is_id)) for template in templates]

    def target(self, class_: Class, node: Scalar) -> tuple[bool, Property | None]:
        """Look up what a value becomes: whether it is known, and the property unless it says what says so."""
        if node.text in EVIDENCE_KEYS:
            return True, None
        p = self.property(class_, node)
        if p is not None and p.kind == "relation":
            self.complain(node, f"`{node.text}` of {class_.name} is a qualified relation", "write it under `relations`")
        return p is not None and p.kind != "relation", p

    def name_key(self, class_: Class, key: Key, action: Action) -> None:
        action.nothing = key.nothing
        only_nothing = key.nothing and not (key.key or key.take or key.by or key.id or key.split)
        if only_nothing and key.foreign.text not in self.ontology.keys(class_):
            return
        target = key.key or key.foreign
        known, p = self.target(class_, target)
        if not known:
            return
        if action.name:
            self.complain(key.foreign, f"`{key.foreign.text}` is mapped twice", "take one of them out")
            return
        if (key.by or key.id) and not (p.kind == "reference" if p else target.text == "document" and key.id):
            message = f"`{target.text}` of {class_.name} leads to no entry"
            self.complain(key.foreign, message, "take `by` or `id` out, or choose another key")
            return
        action.become(target.text)
        action.by, action.split = bool(key.by), key.split
        action.id = Filling(key.id, slugged=True) if key.id else None
        action.plain = not (key.by or key.id or key.split or key.nothing)

    def nest(self, plan: Plan) -> None:
        """Take up what is nested in the items of a rule."""
        rule = plan.rule
        entries = {_path(path): rules for path, rules in rule.entries or ()}
        relations = {_path(path): rules for path, rules in rule.relations or ()}
        for path in dict.fromkeys([*entries, *relations]):
            plan.at(path).plans = self.nested(plan, path, entries.get(path, ()), relations.get(path, ()))


def check_mapping(rules: Iterable[Rule], ontology: Ontology) -> list[Finding]:
    """Say which classes and keys, named by the rules of a mapping, the ontology does not have."""
    planner = Planner(ontology)
    for rule in rules:
        if not rule.skip:
            planner.of_file(rule)
    unknown = {finding for place, finding in planner.unknown.items() if place not in planner.found}
    return sorted(planner.findings | unknown)


def _path(node: Scalar) -> Path:
    return tuple(node.text.split("."))


def _named(rule: Rule) -> set[str]:
    """Give the outermost foreign keys that a rule says something of, and those that it ignores."""
    nodes = [key.foreign for key in rule.keys or ()]
    nodes += [path for path, _ in (*(rule.entries or ()), *(rule.relations or ()))]
    return {_path(node)[0] for node in nodes} | {path.text for path in rule.ignore or ()}


def _named_by_templates(rule: Rule) -> Iterator[Path]:
    """Give the foreign keys of an item that templates of its rule name, and those of rules nested in it."""
    for out, keys in _looking_out(rule, _FARTHEST):
        if out == 0:
            yield keys


def _looking_out(rule: Rule, depth: int) -> Iterator[tuple[int, Path]]:
    """Give what the templates of a rule, and of those nested in it, name in its items or further out."""
    for template in rule.templates():
        yield from ((p.out, p.keys) for p in template.placeholders if p.keys)
    for path, rules in (*(rule.entries or ()), *(rule.relations or ())) if depth else ():
        way = _path(path)
        for nested in rules:
            for out, keys in _looking_out(nested.whole(), depth - 1):
                if out > len(way):
                    yield out - len(way), keys
                elif out:
                    yield 0, way[: len(way) - out] + keys


def _excuse(mine: Actions, others: Actions) -> None:
    """Note what other plans for the same items have a use for."""
    for name, other in others.items():
        action = mine.get(name)
        if action is None:
            action = mine[name] = Action((other.path,))
        action.known = True
        action.ignored |= other.ignored or other.plans is not None or bool(other.name and not other.inside)
        _excuse(action.inside, other.inside)


def _tell_nested(actions: Actions) -> None:
    """Where items are both read by plans of their own and on the way to others, let the plans count."""
    for action in actions.values():
        if action.plans and action.inside:
            for plan in action.plans.for_mappings[:1]:
                _excuse(plan.actions, action.inside)
            action.ignored = True
        _tell_nested(action.inside)


def _settle(actions: Actions) -> None:
    """Note where nothing is to be done, since that is asked most."""
    for action in actions.values():
        has_use = action.known or action.ignored
        action.idle = has_use and not (action.name or action.inside or action.plans)
        _settle(action.inside)
