"""JSON Schema for editors: what may stand in a fact file, made from the ontology.

Draft 7 (https://json-schema.org/draft-07/json-schema-validation), which yaml-language-server reads
best, as an editor sees YAML 1.2: `2015` is an integer, `2015-03-01` a string.  What the schema marks
as wrong `colloquy check` refuses as well; `check` knows more (ids that exist, days that exist).

An entry is judged by its own `type` (`if`/`then` for each, since `oneOf` says nothing useful), else
by the type in the file's `defaults`, which is looked up from the root of the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

from colloquy.datatypes import HOW_TO_WRITE
from colloquy.entries import ID, SOURCE_DOCUMENT
from colloquy.evidence import BASES, PHRASE_WORDS
from colloquy.ontology import Class, Ontology, Property, local_name
from colloquy.terms import LANGUAGE_TAG, OWL, XSD, XSD_STRING

Schema: TypeAlias = dict[str, Any]

DRAFT = "http://json-schema.org/draft-07/schema#"


EVIDENCE = {
    "document": "The id of the document that says so.",
    "section": "The title of the section of the document, as its entry lists it.",
    "phrase": f"A few words of the document, {PHRASE_WORDS} at most, by which the place is found.",
    "basis": "`stated` where the document says so, `inferred` where it is read between the lines.",
    "reason": "Why it is read so, where the basis is `inferred`.",
}

_ZONE = r"(Z|[+-]\d\d:\d\d)?"
_LEXICAL: dict[str, tuple[str, str]] = {
    XSD_STRING: ("string", r".*\S.*"),
    XSD + "date": ("string", r"\d{4}-\d\d-\d\d" + _ZONE),
    XSD + "dateTime": ("string", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?" + _ZONE),
    XSD + "gYear": ("integer", r"\d{4}" + _ZONE),
    XSD + "gYearMonth": ("string", r"\d{4}-\d\d" + _ZONE),
    XSD + "gMonthDay": ("string", r"--\d\d-\d\d" + _ZONE),
    XSD + "integer": ("integer", r"[+-]?\d+"),
    XSD + "nonNegativeInteger": ("integer", r"\+?\d+|-0+"),
    XSD + "positiveInteger": ("integer", r"\+?0*[1-9]\d*"),
    XSD + "decimal": ("number", r"[+-]?(\d+(\.\d*)?|\.\d+)"),
    XSD + "double": ("number", r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?INF|NaN"),
    XSD + "boolean": ("boolean", "true|false"),
    XSD + "anyURI": ("string", r'[hH][tT][tT][pP][sS]?://[^\s<>"{}|^`\\]+'),
}
"""For each datatype: what YAML 1.2 makes of its plain form, and which quoted text is a value of it."""

_LIMITS: dict[str, tuple[int | None, int | None]] = {
    XSD + "gYear": (1, 9999),
    XSD + "nonNegativeInteger": (0, None),
    XSD + "positiveInteger": (1, None),
}


def json_schema(ontology: Ontology, settings_title: str, ids: Mapping[str, Iterable[str]] | None = None) -> Schema:
    """Make the JSON Schema of a project's fact files.

    `ids` gives, for the name of a class, the ids of the entries of exactly that class.  They are
    offered as completions (`defaultSnippets`) and never demanded: an `enum` would mark a new entry
    as unknown until the next build, and every editor would list all of it where one points at a
    value.  `check` is what knows which ids there are.

    Equal input gives an equal schema, whatever the order of `ids`.
    """
    return _Maker(ontology, ids or {}).whole(settings_title)


def schema_text(schema: Schema) -> str:
    """Write a schema as the text of its file: one space of indent, keys in the order they were made."""
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


class _Maker:
    def __init__(self, ontology: Ontology, ids: Mapping[str, Iterable[str]]) -> None:
        self.ontology = ontology
        self.ids = {name: sorted(set(known)) for name, known in ids.items()}
        self.entities = [c for _, c in sorted(ontology.classes.items()) if c.kind == "entity"]
        self.definitions: dict[str, Schema] = {}
        self.names: dict[tuple[str, object], str] = {}

    # --- the file ---------------------------------------------------------------------------

    def whole(self, title: str) -> Schema:
        types = [c.name for c in self.entities]
        self.definitions["id"] = _described(
            "id", "A short name of the entry, unique in the project: its IRI is the project's base and the id.",
            "id: ada-brook",
        ) | _id()  # fmt: skip
        self.definitions["added-to"] = _described(
            "entry", "The id of an entry that is described elsewhere, and to which this adds.", "entry: ada-brook"
        ) | _id()  # fmt: skip
        self.definitions["type"] = _described("type", "What kind of thing the entry describes.", "") | {
            "enum": types,
            "markdownEnumDescriptions": [_definition(c.definition) for c in self.entities],
        }
        for key, words in EVIDENCE.items():
            self.definitions[key] = _described(key, words, "") | self.evidence_value(key)
        entry = self.define("entry", None, self.entry)
        by_default = [
            {"if": _has("defaults", _has("type", {"const": c.name})), "then": _entries(self.entry_of(c))}
            for c in self.entities
        ]
        none = {"if": {"not": _has("defaults", {"required": ["type"]})}, "then": _entries(entry)}
        return {
            "$schema": DRAFT,
            "title": f"{title}: facts",
            "description": "A list of entries, or a mapping with `defaults` for the whole file and the `entries`.",
            "type": ["array", "object"],
            "errorMessage": "A fact file is a list of entries, or a mapping with `defaults` and `entries`.",
            "items": entry,
            "allOf": [
                {
                    "required": ["entries"],
                    "properties": {
                        "defaults": self.defaults(),
                        "entries": _described("entries", "The facts, one entry for each thing.", "")
                        | {"type": "array"},
                    },
                    "additionalProperties": False,
                },
                none,
                *by_default,
            ],
            "definitions": {name: self.definitions[name] for name in sorted(self.definitions)},
        }

    def defaults(self) -> Schema:
        keys = {key: _ref(key) for key in ("type", *EVIDENCE)}
        words = "What holds for every entry of this file that says nothing else."
        example = "defaults: {type: …, document: …, section: …}"
        return _described("defaults", words, example) | {
            "type": "object",
            "properties": keys,
            "additionalProperties": False,
        }

    def entry(self) -> Schema:
        """An entry with a type of its own, or what adds to one that is described elsewhere."""
        return {
            "title": "entry with a type of its own",
            "type": "object",
            "properties": {"id": _ref("id"), "type": _ref("type"), "entry": _ref("added-to")},
            "if": {"required": ["entry"]},
            "then": self.define("addition", None, self.addition),
            "else": {
                "required": ["id", "type"],
                "allOf": [{"if": _has("type", {"const": c.name}), "then": self.keys_of(c)} for c in self.entities],
            },
        }

    def addition(self) -> Schema:
        """What adds to an entry: any key of any class, since the schema does not know of which it is."""
        keys = {key for c in self.entities for key in self.ontology.keys(c)}
        return {
            "title": "addition to an entry that is described elsewhere",
            "propertyNames": {"enum": ["entry", *sorted(keys), *EVIDENCE]},
        }

    def entry_of(self, class_: Class) -> Schema:
        """An entry whose type, unless it has its own, is that of the file."""

        def make() -> Schema:
            return {
                "title": f"entry of type {class_.name}",
                "type": "object",
                "properties": {"id": _ref("id"), "type": _ref("type"), "entry": _ref("added-to")},
                "if": {"anyOf": [{"required": ["type"]}, {"required": ["entry"]}]},
                "then": self.define("entry", None, self.entry),
                "else": {"required": ["id"], "allOf": [self.keys_of(class_)]},
            }

        return self.define(f"entry-of-{class_.name}", class_.term, make)

    # --- keys -------------------------------------------------------------------------------

    def keys_of(self, class_: Class) -> Schema:
        """What may stand in an entry, or in the mapping of a relation, of a class."""

        def make() -> Schema:
            keys: Schema = {key: self.key(p) for key, p in self.ontology.keys(class_).items()}
            keys |= {key: _ref(key) for key in EVIDENCE}
            if class_.kind == "entity":
                keys |= {"id": _ref("id"), "type": _ref("type")}
            # No title or description: an editor would show them in place of those of the key above.
            return {"properties": {key: keys[key] for key in sorted(keys)}, "additionalProperties": False}

        return self.define(class_.name, class_.term, make)

    def key(self, p: Property) -> Schema:
        shape, takes = self.value(p)

        def make() -> Schema:
            # An editor writes `key: ` for the first type named; the other keywords stand one level
            # down, else it would write a whole skeleton behind every key.
            types = ["object", "array"] if p.kind == "relation" else [*shape.types, "object", "array"]
            words = {"errorMessage": f"`{p.key}` takes {takes}."}
            described = _described(p.label, _definition(p.definition), p.example)
            old: Schema = {"deprecated": True} if p.deprecated else {}  # editors strike the key through
            return {**described, **old, "type": types, **words, "allOf": [shape.ref]}

        return self.define(p.key, p.term, make)

    def value(self, p: Property) -> tuple[_Shape, str]:
        """Give the shape of a key's values, and what they are in words."""
        if p.kind == "relation":
            class_ = self.class_in(p)
            keys = self.keys_of(class_) if class_ else {}
            one = {"type": "object", "errorMessage": f"Each `{p.key}` is a mapping.", "allOf": [keys]}
            name = f"{class_.name if class_ else 'relation'}-or-list"
            shape: Schema = {"minProperties": 1, "allOf": [keys], "items": one}
            own = _Shape(self.define(name, class_ and class_.term, lambda: shape), ("object",))
            return own, "a mapping, or a list of mappings"
        scalar, takes, name, key = self.scalar(p)
        text = p.kind == "text"
        return self.shape(name, key, scalar, takes, text=text), f"{takes}; or a list; or `{{value: …, phrase: …}}`"

    def scalar(self, p: Property) -> tuple[Schema, str, str, object]:
        """Give the schema of one value, what it is in words, and by which name and key to define its shape."""
        if p.kind == "reference":
            classes = [c for c in self.entities if not p.range or p.range & c.ancestors or f"<{OWL}Thing>" in p.range]
            words = " or ".join(sorted(self.ontology.label(t) for t in p.range))
            takes = f"the id of an entry ({words})" if words else "the id of an entry"
            name = "id-of-" + ("-or-".join(map(local_name, sorted(p.range))) or "anything")
            return _id() | self.offered(classes), takes, name, p.range
        if p.kind in ("text", "named") or p.datatypes == (XSD_STRING,):
            name = "name" if p.kind == "named" else "text" if p.kind == "text" else "words"
            takes = f"a {'name' if p.kind == 'named' else 'text'}, in quotes where YAML reads it as something else"
            message = "Write something, or leave the key out."
            return {"type": ["string"], "pattern": r"\S", "patternErrorMessage": message}, takes, name, p.kind
        name = "-or-".join(re.split("[#/]", d)[-1] for d in p.datatypes)
        return _literal(p.datatypes), _ways(p.datatypes), name, p.datatypes

    def shape(self, name: str, key: object, scalar: Schema, takes: str, *, text: bool) -> _Shape:
        """Define what every key with such values takes: the value, `{value: …}` with evidence, or a list of both."""
        types = tuple(scalar["type"])
        full = f"{name}-with-evidence"
        rules = {k: v for k, v in scalar.items() if k != "type"}

        def make() -> Schema:
            one = {"allOf": [self.define(name, key, lambda: rules)]}
            again = {"allOf": [{"$ref": self.pointer(full, key)}]}
            several = {"type": list(types), "errorMessage": f"Each is {takes}.", **one}
            value = {"type": [*types, "array"], "errorMessage": f"`value` is {takes}.", **one, "items": several}
            item = {"type": [*types, "object"], "errorMessage": f"Each is {takes}.", **again}
            return {**one, **_with_evidence(value, language_map=text), "items": item}

        return _Shape(self.define(full, key, make), types)

    def evidence_value(self, key: str) -> Schema:
        scalar: Schema = {"type": ["string", "number", "boolean"]}
        if key == "basis":
            return {"type": "string", "enum": list(BASES)}
        if key == "phrase":
            most = PHRASE_WORDS - 1
            message = f"At most {PHRASE_WORDS} words: enough to find the place."
            return scalar | {"pattern": rf"^\s*\S+(\s+\S+){{0,{most}}}\s*$", "patternErrorMessage": message}
        if key == "document":
            return _id() | self.offered(c for c in self.entities if SOURCE_DOCUMENT in c.ancestors)
        return scalar

    def offered(self, classes: Iterable[Class]) -> Schema:
        """Offer the ids of entries of some classes as completions, each listed once for all keys that take it."""

        def known(class_: Class) -> Callable[[], Schema]:
            return lambda: {"defaultSnippets": [{"label": one, "body": one} for one in self.ids[class_.name]]}

        lists = [self.define(f"known-{c.name}", c.term, known(c)) for c in classes if self.ids.get(c.name)]
        return {"allOf": lists} if lists else {}

    def class_in(self, p: Property) -> Class | None:
        found = (self.ontology.class_by_term.get(term) for term in sorted(p.range))
        return next((c for c in found if c), None)

    # --- definitions ------------------------------------------------------------------------

    def define(self, name: str, key: object, make: Callable[[], Schema]) -> Schema:
        """Define a schema once, and refer to it; it may refer to itself."""
        pointer = self.pointer(name, key)
        own = pointer.rpartition("/")[2]
        if own not in self.definitions:
            self.definitions[own] = {}
            self.definitions[own] = make()
        return {"$ref": pointer}

    def pointer(self, name: str, key: object) -> str:
        """Give the address of a definition: its name, numbered where another key has taken that."""
        if (name, key) not in self.names:
            plain = re.sub(r"[^A-Za-z0-9_-]", "-", name)
            taken, own, number = {*self.names.values(), *self.definitions}, plain, 1
            while own in taken:
                number += 1
                own = f"{plain}-{number}"
            self.names[name, key] = own
        return f"#/definitions/{self.names[name, key]}"


class _Shape(NamedTuple):
    """A shape of values: a reference to its definition, and the types that a single value may have."""

    ref: Schema
    types: tuple[str, ...]


def _described(title: str, words: str, example: str) -> Schema:
    marked = f"{words}\n\n```yaml\n{example}\n```" if example else words
    plain = f"{words} Example: {example}" if example else words
    return {"title": title, "description": plain, "markdownDescription": marked}


def _definition(words: str) -> str:
    return words or "No definition yet."


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _has(key: str, schema: Schema) -> Schema:
    # The other two hold of all that is no mapping: an editor would offer the keys of every class in an empty entry.
    return {"type": "object", "required": [key], "properties": {key: schema}}


def _entries(entry: Schema) -> Schema:
    return {"properties": {"entries": {"items": entry}}}


def _id() -> Schema:
    """An id; one of digits alone is an integer to an editor."""
    message = "An id has small letters a–z, digits and hyphens, 100 at most."
    return {"type": ["string", "integer"], "pattern": f"^{ID.pattern}$", "patternErrorMessage": message, "minimum": 0}


def _literal(datatypes: tuple[str, ...]) -> Schema:
    """One value of any of several datatypes, plain or quoted; a datatype unknown here takes anything."""
    known = [_LEXICAL[d] for d in datatypes if d in _LEXICAL]
    if len(known) < len(datatypes):
        return {"type": ["string", "number", "boolean"]}
    types = dict.fromkeys(["string", *(kind for kind, _ in known)])
    pattern = "|".join(pattern for _, pattern in known)
    schema: Schema = {"type": list(types), "pattern": rf"^\s*({pattern})\s*$"}
    schema["patternErrorMessage"] = f"Write {_ways(datatypes)}."
    limits = [_LIMITS.get(d, (None, None)) for d, (kind, _) in zip(datatypes, known, strict=True) if kind != "string"]
    lows, highs = [low for low, _ in limits if low is not None], [high for _, high in limits if high is not None]
    if limits and len(lows) == len(limits):
        schema["minimum"] = min(lows)
    if limits and len(highs) == len(limits):
        schema["maximum"] = max(highs)
    return schema


def _ways(datatypes: Iterable[str]) -> str:
    *others, last = (HOW_TO_WRITE.get(d, d) for d in datatypes)
    return f"{', '.join(others)} or {last}" if others else last


def _with_evidence(value: Schema, *, language_map: bool) -> Schema:
    """A value as a mapping: `{value: …}` with what says so, or for texts one value in each language."""
    keys: Schema = {"value": value, **{key: _ref(key) for key in EVIDENCE}}
    if not language_map:
        return {"properties": keys, "required": ["value"], "additionalProperties": False}
    words = "The language of the text, as a tag: en, cy."
    language = {"type": "string", "pattern": f"^{LANGUAGE_TAG}$", "description": words}
    one = {"type": "string", "pattern": r"\S"}
    keys["language"] = language
    return {
        "properties": keys,
        "patternProperties": {f"^{LANGUAGE_TAG}$": one},
        "additionalProperties": False,
        "minProperties": 1,
        "dependencies": {key: ["value"] for key in keys if key != "value"},
        "if": {"required": ["value"]},
        "then": {"properties": dict.fromkeys(keys, True), "additionalProperties": False},
    }
