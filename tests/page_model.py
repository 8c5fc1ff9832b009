"""An invented seminar series as a page model: about 150 entries, about 400 links, evidence for each.

The harbour, its people and their talks do not exist.  `harbour()` is the series as a visitor would
meet it; `hostile()` holds labels and ids that try to get out of their quotes.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from colloquy.errors import Place
from colloquy.network import Origin, Said
from colloquy.network.words import OTHER, OWN, named

FIRST = (
    "Zoë|Łukasz|Siân|Ibrahim|Mei|Anneke|Tomás|Ngozi|Pádraig|Signe|Rosa|Kwame|Ilse|Dilys|Farah|Jonas|Aoife|Mateo|"
    "Hiroko|Bronwen|Emeka|Lotte|Idris|Paloma|Soren|Nadia|Gethin|Ayesha|Viggo|Marta"
)
LAST = (
    "Ångström|Wójcik|Prŷs|Haddad|Lin|Verbeek|Ibáñez|Adeyemi|Ó Faoláin|Lindqvist|Marchetti|Mensah|Brandt|Rhydderch|"
    "Siddiqui|Aaltonen|Byrne|Quiroga|Tanaka|Vaughan|Okafor|Jansen|Maddox|Ferrer|Holm|Petrova|Llewellyn|Rahman|Dahl|Kos"
)
IDEAS = (
    "shared authorship|slow consultation|tide memory|lay expertise|paid participation|consent as practice|"
    "the reluctant partner|translation work|neighbourly evidence|quiet refusal|repair|reciprocity|the missing chair|"
    "working drafts|plain language|trust at a distance|second readers|gift economies|boundary objects|care labour|"
    "unfinished maps|public memory|mutual accounting|listening walks"
)
THEMES = (
    "Whose map is it?|What the lock-keepers knew|Paying people properly|Drafting in public|A year of listening walks|"
    "The chair nobody sat in|Translating the tide tables|When partners say no|Reading each other's minutes|"
    "Small grants, long shadows|Consent, again|The archive in the shed|How a questionnaire came home|"
    "Neighbours as second readers|Evidence with salt on it|After the pilot|Maps that stay unfinished|"
    "The cost of a cup of tea|Plain words for hard findings|Working with the reluctant|Gifts and invoices|"
    "What trust weighs|Repairing a broken survey|The night shift's library|Learning to be corrected|"
    "Who signs the report?|Quiet refusals|Keeping the minutes|Care as a method|A harbour in three languages|"
    "Counting what counts|Leaving well|The apprentice's footnotes|Everyone brings a chair"
)
BODIES = (
    "Harbour Commons|Institute for Estuary Studies|Quayside Library|Lock-keepers' Union|Saltmarsh Trust|"
    "Department of Slow Science, University of Northmouth|Tidewater Housing Co-operative|Ferrymen's Mutual|"
    "Northmouth City Council|Lantern Theatre|Estuary Archive|School of Plain Language|Fishmarket Kitchen|"
    "Dredgers' Choir|Foundation for Common Waters|Night Shift Readers"
)
WORKS = (
    "The Unfinished Map|Tide Tables for Beginners|Minutes of the Quay Meetings|A Grammar of Consent|Salt and Paper|"
    "Notes from the Second Reader|The Shed Archive|Paying Attention|Common Waters: A Report|Chairs"
)
EVENTS = (
    "Spring Assembly 2019|Autumn Assembly 2019|Spring Assembly 2021|Autumn Assembly 2022|Listening Week|"
    "Estuary Summer School|Harbour Talks|Quay Readings"
)
PLACES = "Northmouth|Quayside Hall|The Old Customs House|Saltmarsh Visitor Centre|Ferry Terminal Two|Ynys Fach"

KINDS = (
    # label, plural, definition, colour, dark, mark
    ("Talk", "Talks", "One contribution to the series, given by one or more people.", "#5B6470", "#A9B2BF", "square"),
    ("Person", "People", "Somebody who spoke, wrote, organised or was interviewed.", "#0072B2", "#56B4E9", "dot"),
    ("Organisation", "Organisations", "A body that people belong to, or that pays.", "#E69F00", "#F0B93A", "hexagon"),
    ("Concept", "Concepts", "An idea that talks are about.", "#009E73", "#3CC79B", "diamond"),
    ("Event", "Events", "An occasion or a series of occasions.", "#D55E00", "#F08A4B", "star"),
    ("Work", "Works", "A book, report or recording.", "#CC79A7", "#E3A1C6", "triangle"),
    ("Place", "Places", "Where something happened.", "#7A5230", "#C9A27E", "triangleDown"),
    ("Claim", "Claims", "What somebody argues, in our words.", "#6A51A3", "#B3A2E0", "ellipse"),
)
RELATIONS = (
    ("speaker", "{a} was given by {b}.", "{b} spoke at “{a}”."),
    ("member of", "{a} is a member of {b}.", "{b} has the member {a}."),
    ("about", "{a} is about {b}.", "{b} is discussed in {a}."),
    ("part of", "{a} is part of {b}.", "{b} includes {a}."),
    ("held at", "{a} took place at {b}.", "{b} was the place of {a}."),
    ("funded by", "{a} was funded by {b}.", "{b} funded {a}."),
    ("organised by", "{a} was organised by {b}.", "{b} organised {a}."),
    ("author", "{a} was written by {b}.", "{b} wrote {a}."),
    ("cites", "{a} cites {b}.", "{b} is cited in {a}."),
    ("contrasts with", "{a} is contrasted with {b}.", "{b} is contrasted with {a}."),
    ("draws on", "{a} draws on {b}.", "{b} is drawn on by {a}."),
    ("argued by", "{a} is argued by {b}.", "{b} argues: {a}"),
    ("argued in", "{a} is argued in {b}.", "{b} puts forward: {a}"),
)
DOCUMENTS = ("Harbour Talks blog", "Programme of the assemblies", "Annual letter of the Commons")
SECTIONS = ("Research team", "Who is speaking", "Looking back", "Partners", "Talk notes", "Acknowledgements")
PHRASES = (
    "in the words of",
    "joined us from",
    "spoke about",
    "thanks go to",
    "was first argued by",
    "the second chair",
)


def slug(text: str) -> str:
    """Make an id of a name, as the reader of facts would."""
    import unicodedata

    plain = unicodedata.normalize("NFKD", text.replace("Ł", "L").replace("ł", "l").replace("ø", "o"))
    kept = "".join(c.lower() if c.isascii() and c.isalnum() else "-" for c in plain if not unicodedata.combining(c))
    return "-".join(part for part in kept.split("-") if part)


class _Maker:
    """Collects the nodes, edges and evidence of an invented model."""

    def __init__(self, seed: int, file: str = "", **said: Any) -> None:
        """Begin with nothing; all evidence is in the `file` and says what is given, where that is."""
        self.random = random.Random(seed)
        self.nodes: list[dict[str, Any]] = []
        self.edges: list[dict[str, Any]] = []
        self.file, self.said = file, said
        self.label: dict[str, str] = {}
        self._pairs: set[tuple[str, str, str]] = set()

    def says(self, file: str, inferred: bool = False) -> Origin:
        return Origin(
            place=Place(self.file or file, self.random.randrange(3, 400), 5),
            basis="inferred" if inferred else "stated",
            document=self.random.choice(DOCUMENTS),
            document_id="harbour-talks-blog",
            section=self.random.choice(SECTIONS),
            phrase=None if inferred else self.random.choice(PHRASES),
            reason="the programme lists the talk under this heading" if inferred else None,
            entry="harbour-talks",
        )._replace(**self.said)

    def node(self, label: str, kind: int, aliases: tuple[str, ...] = (), **facts: str) -> str:
        name, file = slug(label) or f"entry-{len(self.nodes)}", f"data/{KINDS[kind][1].lower()}.yaml"
        said = [Said("name", f"{OWN} is also written {a}.", (self.says(file),)) for a in aliases]
        said += [Said(k, text, (self.says(file),)) for k, text in facts.items()]
        self.label[name] = label
        self.nodes.append(
            {"id": name, "kind": f"k{kind}", "label": label, "aliases": list(aliases), "x": 0.0, "y": 0.0,
             "iri": f"https://harbour.example/id/{name}", "facts": said}
        )  # fmt: skip
        return name

    def edge(self, a: str, relation: int, b: str, *detail: str) -> None:
        if a == b or (a, str(relation), b) in self._pairs:
            return
        self._pairs.add((a, str(relation), b))
        label, text, back = RELATIONS[relation]
        said = [self.says("data/talks.yaml", inferred=self.random.random() < 0.12)]
        if self.random.random() < 0.08:
            said.append(self.says("data/letters.yaml"))
        self.edges.append(
            {"id": f"e{len(self.edges)}", "from": a, "to": b, "relation": f"r{relation}", "label": label,
             "text": text.format(a=OWN, b=OTHER), "back": back.format(a=OTHER, b=OWN), "evidence": said,
             "detail": [Said("", d, tuple(said[:1])) for d in detail]}
        )  # fmt: skip


def harbour(seed: int = 11) -> dict[str, Any]:
    """Give the invented series: the same seed gives the same model."""
    import networkx as nx

    make = _Maker(seed)
    pick, some = make.random.choice, make.random.sample
    first, last = FIRST.split("|"), LAST.split("|")
    people = []
    for i in range(52):
        name = f"{first[i % len(first)]} {last[(i * 7 + i // 30) % len(last)]}"
        aliases = (f"{name[0]}. {name.split(' ', 1)[1]}",) if i % 4 == 0 else ()
        people.append(make.node(name, 1, aliases))
    people.append(make.node("محمد الفارسي", 1, ("Mohammed al-Farsi",)))
    people.append(make.node("山田 花子", 1, ("Yamada Hanako", "Hanako Yamada")))
    bodies = [make.node(name, 2) for name in BODIES.split("|")]
    places = [make.node(name, 6) for name in PLACES.split("|")]
    events = [make.node(name, 4) for name in EVENTS.split("|")]
    for made in make.nodes[-len(events) :]:
        made["years"] = (2019, 2022)
    ideas = [make.node(name, 3) for name in IDEAS.split("|")]
    works = [make.node(name, 5) for name in WORKS.split("|")]
    talks = []
    for i, name in enumerate(THEMES.split("|")):
        day = f"{2019 + i % 4}-{1 + i % 12:02d}-{1 + i * 3 % 28:02d}"
        talks.append(make.node(name, 0, (), when=f"{name} took place on {day}."))
        make.nodes[-1]["years"] = (2019 + i % 4, 2019 + i % 4)
    claims = [
        make.node(name, 7)
        for name in (
            "People who are paid to take part speak more freely",
            "A map should stay open for as long as the water moves",
            "Refusal is a kind of contribution",
            "Minutes are a form of care",
        )
    ]
    for talk in talks:
        for who in some(people[: 4 + make.random.randrange(48)], make.random.choice((1, 1, 2, 3))):
            make.edge(talk, 0, who)
        for idea in some(ideas[: 6 + make.random.randrange(18)], 3):
            make.edge(talk, 2, idea)
        make.edge(talk, 3, pick(events))
        make.edge(talk, 4, pick(places))
        if make.random.random() < 0.3:
            make.edge(talk, 8, pick(works))
    for n, who in enumerate(people):
        make.edge(
            who,
            1,
            pick(bodies[:9]),
            f"as {pick(('Director', 'Researcher', 'Member', 'Treasurer'))}, from {2005 + n % 14}",
        )
        if n % 4 == 0:
            make.edge(who, 1, pick(bodies))
    for event in events:
        make.edge(event, 6, pick(bodies[:5]))
        make.edge(event, 5, pick((bodies[0], bodies[14])))
        make.edge(event, 3, events[6])
    for work in works:
        for who in some(people, 2):
            make.edge(work, 7, who)
        make.edge(work, 10, pick(ideas))
    for n, idea in enumerate(ideas):
        make.edge(idea, 9 + n % 2, ideas[(n * 5 + 3) % len(ideas)])
    for n, claim in enumerate(claims):
        make.edge(claim, 11, people[n * 3])
        make.edge(claim, 12, talks[n * 5])
        make.edge(claim, 2, ideas[n * 2])
    make.edge(bodies[5], 3, bodies[1])
    make.edge(bodies[0], 5, bodies[14])
    make.edge(bodies[0], 6, bodies[14])  # two links between one pair, and one of them back
    make.edge(bodies[14], 6, bodies[0])
    graph = nx.Graph((e["from"], e["to"]) for e in make.edges)
    graph.add_nodes_from(n["id"] for n in make.nodes)
    where = nx.spring_layout(graph, k=1.6 / len(graph) ** 0.5, iterations=120, seed=5, scale=1000)
    for node in make.nodes:
        node["x"], node["y"] = (round(float(v), 1) for v in where[node["id"]])
    hub = max(people, key=lambda p: graph.degree(p))
    told = [talk for talk in talks if graph.has_edge(talk, hub)]
    asks = [
        (f"Who spoke with {make.label[hub]}?", [hub, *told], "They shared the floor in these talks."),
        ("What was said about shared authorship?", [ideas[0], *sorted(graph[ideas[0]])], "These take it up."),
        ("Who pays for the series?", [bodies[0], bodies[14], *events[:3]], "Two bodies are named as funders."),
    ]
    return finish(
        make,
        title="Harbour Talks",
        description="Who spoke about what on the quay at Northmouth, with whom and for which body, 2019 to 2022. "
        "Every link says where it was read.",
        questions=[{"text": t, "ids": ids, "answer": a} for t, ids, a in asks],
    )


def around(model: dict[str, Any], *ids: str) -> dict[str, Any]:
    """Cut a model down to some entries and those linked to them."""
    near = set(ids).union(*({e["from"], e["to"]} for e in model["edges"] if {e["from"], e["to"]} & set(ids)))
    nodes = [n for n in model["nodes"] if n["id"] in near]
    edges = [e for e in model["edges"] if {e["from"], e["to"]} <= near]
    return {
        **model,
        "nodes": nodes,
        "edges": edges,
        "areas": [
            {**area, "about": [one for one in area["about"] if one in near] or [nodes[0]["id"]]}
            for area in model["areas"]
        ],
        "kinds": [
            {**k, "count": sum(n["kind"] == k["key"] for n in nodes)}
            for k in model["kinds"]
            if any(n["kind"] == k["key"] for n in nodes)
        ],
        "relations": [
            {**r, "count": sum(e["relation"] == r["key"] for e in edges)}
            for r in model["relations"]
            if any(e["relation"] == r["key"] for e in edges)
        ],
        "counts": {"entries": len(nodes), "nodes": len(nodes), "edges": len(edges), "statements": len(edges)},
    }


def finish(make: _Maker, **more: Any) -> dict[str, Any]:
    """Count what was collected and give it the shape of the contract."""
    kinds = [
        {"key": f"k{i}", "label": k[0], "plural": k[1], "definition": k[2], "colour": k[3], "dark": k[4], "mark": k[5],
         "count": sum(n["kind"] == f"k{i}" for n in make.nodes)}
        for i, k in enumerate(KINDS)
    ]  # fmt: skip
    relations = [
        {"key": f"r{i}", "label": r[0], "count": sum(e["relation"] == f"r{i}" for e in make.edges)}
        for i, r in enumerate(RELATIONS)
    ]
    areas = halves(make.nodes)
    nodes, edges = len(make.nodes), len(make.edges)
    statements = edges + sum(len(n["facts"]) for n in make.nodes)
    return {
        "lang": "en",
        "digest": "ab12cd34",
        "counts": {"entries": nodes, "nodes": nodes, "edges": edges, "statements": statements},
        "kinds": [k for k in kinds if k["count"]],
        "relations": [r for r in relations if r["count"]],
        "nodes": make.nodes,
        "edges": make.edges,
        "areas": areas,
        "base": "https://harbour.example/id/",
        "repository": "https://code.example.org/harbour/blob/main/{file}#L{line}",
        "corrections": "mailto:corrections@harbour.example?subject={file}%3A{line}",
        **more,
    }


def halves(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Part the nodes into two areas, left and right of the middle, and give these."""
    found = []
    for at, name in enumerate(("The western half", "The eastern half")):
        members = [n for n in nodes if (n["x"] >= 0) == bool(at)] or nodes
        for node in members:
            node["area"] = at
        found.append(
            {"key": members[0]["id"], "label": name, "x": (-500, 500)[at], "y": 0, "radius": 900, "parent": -1,
             "about": [n["id"] for n in members[:3]]}
        )  # fmt: skip
    return found


HOSTILE = (
    "</script><script>globalThis.broken = 1</script>",
    "<img src=x onerror='globalThis.broken = 2'>",
    "--><svg onload=globalThis.broken=3>",
    "{{ 7 * 7 }}{% raw %}",
    "two\u2028lines\u2029here",
    "\u202eright to left override",
    "javascript:globalThis.broken=4",
    "&lt;b&gt; &amp; \"quoted\" 'single'",
    "Ångström " * 33,
    "منى وأصدقاؤها",
)


def hostile() -> dict[str, Any]:
    """Give a small model whose labels, ids, sentences and links all try to run something."""
    make = _Maker(3, "data/<b>.yaml", document=HOSTILE[0], section=HOSTILE[1], phrase=HOSTILE[5])
    ids = ["__proto__", "constructor", "vis", "toString", "the-panel", "hasOwnProperty", "a", "b", "c", "d"]
    for n, (name, label) in enumerate(zip(ids, HOSTILE, strict=True)):
        made = make.node(label, n % 3, (label[::-1], "</title><b>alias</b>"), note=f"{label} is a fact.")
        del make.label[made]
        make.nodes[-1].update(id=name, x=n * 90.0, y=(n % 3) * 150.0)
        make.label[name] = label
    for n, name in enumerate(ids):
        make.edge(name, n % 3, ids[(n + 1) % len(ids)], HOSTILE[0])
        make.edge(name, 9, ids[(n + 3) % len(ids)])
    return finish(
        make,
        repository="javascript:globalThis.broken=5",
        corrections=" JavaScript:globalThis.broken=6",
        title=HOSTILE[0],
        description=HOSTILE[1],
        questions=[{"text": HOSTILE[1], "ids": ["__proto__", "constructor"], "answer": HOSTILE[0]}],
    )


def told(model: Mapping[str, Any], edge: Mapping[str, Any]) -> tuple[str, str]:
    """Say a link from where it starts, and from its other end."""
    label = {node["id"]: node["label"] for node in model["nodes"]}
    one, other = label[edge["from"]], label[edge["to"]]
    return named(edge["text"], one, other), named(edge["back"], other, one)


def numbers(text: str) -> list[int]:
    """Read numbers as an encoded polyline has them: five bits a letter, the least first, and the sign last of all."""
    found, number, shift = [], 0, 0
    for letter in text.encode("ascii"):
        bits = letter - 63
        number += bits % 32 << shift
        shift += 5
        if bits < 32:
            found.append(number // 2 if number % 2 == 0 else -(number // 2) - 1)
            number = shift = 0
    return found
