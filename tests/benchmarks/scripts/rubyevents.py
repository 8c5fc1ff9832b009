"""The straightforward mapping of RubyEvents, as a plain script would have it: YAML files -> triples.

It states what `docs/examples/rubyevents` states, in the same terms, and does no more: it keeps no
lines, checks nothing but what would make wrong RDF, takes every reference on trust, concludes nothing.

Addresses of relations are flat (`sponsorship/harbourruby-2015-1`): in one folder for each event, rdflib
takes each folder for a namespace, and twice the time.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import yaml

BASE = "https://rubyevents.example/"
RE = BASE + "ontology#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
ALT_LABEL = "http://www.w3.org/2004/02/skos/core#altLabel"
XSD = "http://www.w3.org/2001/XMLSchema#"
PREFIXES = {"": BASE, "re": RE, "xsd": XSD}

CLASSES = (
    "Person", "Topic", "City", "EventSeries", "Channel", "Event", "Talk", "Recording", "Resource", "Organisation",
    "Sponsorship", "Tier", "Involvement", "Role", "Venue", "Hotel", "SideVenue", "CallForProposals",
)  # fmt: skip

# Keys of the YAML, and the properties that they stand for.
Table = dict[str, str]
PERSON = {"name": "personName", "github": "github", "twitter": "twitter", "mastodon": "mastodon",
          "bluesky": "bluesky", "linkedin": "linkedin", "speakerdeck": "speakerdeck", "website": "website"}  # fmt: skip
CITY = {"name": "name", "country_code": "countryCode", "state_code": "stateCode", "latitude": "latitude",
        "longitude": "longitude", "aliases": "alias"}  # fmt: skip
LINKS = {"luma": "link", "meetup": "link", "twitter": "twitter", "mastodon": "mastodon", "github": "githubPage",
         "website": "website", "original_website": "website"}  # fmt: skip
SERIES = LINKS | {"name": "name", "kind": "kind", "frequency": "frequency", "language": "language",
                  "description": "description", "default_country_code": "countryCode", "bsky": "bluesky",
                  "facebook": "link", "guild": "link", "linkedin": "link", "vimeo": "link", "aliases": "alias",
                  "ended": "ended"}  # fmt: skip
CHANNEL = {"id": "channelId", "name": "name", "handle": "handle"}
EVENT = LINKS | {"title": "name", "kind": "kind", "status": "status", "frequency": "frequency", "hybrid": "hybrid",
                 "last_edition": "lastEdition", "start_date": "startDate", "end_date": "endDate",
                 "pre_date": "preDate", "year": "year", "announced_on": "announcedOn", "timezone": "timezone",
                 "recordings_published_date": "recordingsPublished", "location": "locationText",
                 "venue": "venueName", "description": "description", "tickets_url": "tickets",
                 "playlist": "playlist", "aliases": "alias"}  # fmt: skip
TALK = {"title": "name", "original_title": "alias", "description": "description", "date": "startDate", "kind": "kind",
        "published_at": "published", "language": "language", "status": "status", "track": "track",
        "event_name": "eventName", "location": "locationText", "video_provider": "videoProvider",
        "video_id": "videoId", "slides_url": "slides", "external_player_url": "player"}  # fmt: skip
RECORDING = {"note": "note", "title": "title", "date": "recordedOn", "published_at": "published",
             "language": "language", "video_provider": "videoProvider", "video_id": "videoId",
             "external_url": "player"}  # fmt: skip
RESOURCE = {"name": "resourceName", "title": "title", "type": "kind", "url": "address"}
ORGANISATION = {"website": "website", "description": "description", "slug": "slug"}
SPONSORSHIP = {"badge": "badge"}
TIER = {"level": "level"}
PLACE = {"latitude": "latitude", "longitude": "longitude"}
ADDRESS = {"street": "street", "city": "cityName", "region": "region", "postal_code": "postalCode",
           "country": "country", "country_code": "countryCode"}  # fmt: skip
VENUE = {"name": "name", "description": "description", "url": "website", "kind": "kind", "distance": "distance"}
CALL = {"name": "title", "link": "website", "open_date": "opens", "close_date": "closes"}
TABLES = (PERSON, CITY, SERIES, CHANNEL, EVENT, TALK, RECORDING, RESOURCE, ORGANISATION, SPONSORSHIP, TIER, PLACE,
          ADDRESS, VENUE, CALL)  # fmt: skip
PARTS = {"alternative_recordings": ("recording", "Recording", RECORDING),
         "additional_resources": ("resource", "Resource", RESOURCE)}  # fmt: skip
OTHERS = ("topicName", "channelOf", "series", "partOf", "position", "speaker", "recording", "resource", "sponsorship",
          "sponsor", "tier", "involvement", "bodyInvolvement", "person", "body", "role", "room", "venueOf", "hotelOf",
          "sideVenueOf", "callOf", "descriptiveLabel")  # fmt: skip

DATES = ("startDate", "endDate", "preDate", "announcedOn", "recordingsPublished", "published", "recordedOn", "opens",
         "closes")  # fmt: skip
ADDRESSES = ("website", "link", "mastodon", "githubPage", "tickets", "playlist", "slides", "player", "address")
DATATYPES = {
    **dict.fromkeys(DATES, "date"), **dict.fromkeys(ADDRESSES, "anyURI"), **dict.fromkeys(PLACE, "decimal"),
    **dict.fromkeys(("ended", "lastEdition", "hybrid"), "boolean"), "year": "gYear", "level": "integer",
}  # fmt: skip
# Of two events only the year is known: these days are fillers.
FILLERS = ("2027-01-01", "2027-12-31")
UNKNOWN = "TODO"

_HIDDEN = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")

Iri = TypeVar("Iri")
Lit = TypeVar("Lit")
Triples = Iterator[tuple[Iri, Iri, Iri | Lit]]


def load(path: Path) -> Any:
    """Load one file with the quickest loader of PyYAML."""
    return yaml.load(path.read_bytes(), yaml.CSafeLoader)


def slug(text: str) -> str:
    """Make an address of a text."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NOT_SLUG.sub("-", plain).strip("-") or "u" + "-".join(f"{ord(c):x}" for c in text.strip())


def facts(
    data: Path, iri: Callable[[str], Iri], text: Callable[[str], Lit], typed: Callable[[str, str], Lit]
) -> Triples[Iri, Lit]:
    """Give the triples of all files, made of whatever `iri`, `text` and `typed` make.

    Terms that come again and again are made once: classes and properties, people, organisations.
    """
    a, label, alt_label = iri(TYPE), iri(LABEL), iri(ALT_LABEL)
    classes = {name: iri(RE + name) for name in CLASSES}
    names = {name for table in TABLES for name in table.values()}
    properties = {name: iri(RE + name) for name in (*OTHERS, *names)}
    alias = properties["alias"]

    def value(name: str, content: Any) -> Lit | None:
        words = content if isinstance(content, str) else str(content)
        datatype = DATATYPES.get(name)
        if not words or _HIDDEN.search(words) or (datatype == "date" and words in FILLERS):
            return None
        if datatype is None:
            return text(words)
        if datatype == "date" and len(words) > 10:
            datatype = "dateTime"
        return typed(words.lower() if datatype == "boolean" else words, datatype)

    def plain(subject: Iri, content: dict[str, Any], table: Table) -> Triples[Iri, Lit]:
        for key, name in table.items():
            written = content.get(key)
            if written is None:
                continue
            for one in written if isinstance(written, list) else (written,):
                made = value(name, one)
                if made is not None:
                    yield subject, properties[name], made

    people: dict[str, Iri] = {}
    for person in load(data / "speakers.yml"):
        one = people[person["name"]] = iri(BASE + "person/" + slug(person["slug"]))
        yield one, a, classes["Person"]
        yield from plain(one, person, PERSON)
        for other in person.get("aliases") or ():
            people[other["name"]] = one
            yield one, alias, text(other["name"])

    for topic in load(data / "topics.yml"):
        one = iri(BASE + "topic/" + slug(topic))
        yield one, a, classes["Topic"]
        yield one, properties["topicName"], text(topic)

    for city in load(data / "featured_cities.yml"):
        one = iri(BASE + "city/" + slug(city["slug"]))
        yield one, a, classes["City"]
        yield from plain(one, city, CITY)

    known: dict[str, tuple[Iri, str]] = {}

    def thing(class_: str, folder: str, name: str) -> Triples[Iri, Lit]:
        """State a thing that is known by its name alone, the first time it is met; then, how else it is spelt."""
        key = f"{folder}/{slug(name)}"
        if key not in known:
            known[key] = iri(BASE + key), name
            yield known[key][0], a, classes[class_]
            yield known[key][0], properties["name"] if class_ == "Organisation" else label, text(name)
        elif known[key][1] != name:
            yield known[key][0], alt_label, text(name)

    def of_name(folder: str, name: str) -> Iri:
        return known[f"{folder}/{slug(name)}"][0]

    def channels(content: dict[str, Any], of: Iri) -> Triples[Iri, Lit]:
        for channel in content.get("youtube_channels") or ():
            one = iri(BASE + "channel/" + slug(channel["id"]))
            yield one, a, classes["Channel"]
            yield one, properties["channelOf"], of
            yield from plain(one, channel, CHANNEL)

    def parts(of: Iri, whole: str, content: dict[str, Any]) -> Triples[Iri, Lit]:
        for key, (name, class_, table) in PARTS.items():
            for number, part in enumerate(content.get(key) or (), 1):
                one = iri(f"{BASE}{name}/{whole}-{number}")
                yield of, properties[name], one
                yield one, a, classes[class_]
                yield from plain(one, part, table)

    def talk(content: dict[str, Any], within: Iri, position: int = 0) -> Triples[Iri, Lit]:
        key = quote(content["id"], safe="")
        one = iri(BASE + "talk/" + key)
        yield one, a, classes["Talk"]
        yield one, properties["partOf"], within
        if position:
            yield one, properties["position"], typed(str(position), "integer")
        yield from plain(one, content, TALK)
        for speaker in content.get("speakers") or ():
            if speaker != UNKNOWN:
                yield one, properties["speaker"], people[speaker]
        yield from parts(one, key, content)
        for number, part in enumerate(content.get("talks") or (), 1):
            yield from talk(part, one, number)

    def sponsors(content: list[dict[str, Any]], event: Iri, folder: str) -> Triples[Iri, Lit]:
        yield event, a, classes["Event"]
        tiers = [tier for part in content for tier in part["tiers"]]
        for number, (tier, sponsor) in enumerate(((t, s) for t in tiers for s in t["sponsors"]), 1):
            one, name = iri(f"{BASE}sponsorship/{folder}-{number}"), sponsor["name"]
            yield from thing("Organisation", "organisation", name)
            yield from thing("Tier", "tier", tier["name"])
            yield from plain(of_name("organisation", name), sponsor, ORGANISATION)
            yield event, properties["sponsorship"], one
            yield one, a, classes["Sponsorship"]
            yield one, properties["sponsor"], of_name("organisation", name)
            yield one, properties["tier"], of_name("tier", tier["name"])
            yield from plain(one, sponsor, SPONSORSHIP)
            yield from plain(one, tier, TIER)

    def involvement(event: Iri, address: str, name: str, who: str, whom: Iri, role: str) -> Triples[Iri, Lit]:
        one = iri(address)
        yield from thing("Role", "role", role)
        yield event, properties[name], one
        yield one, a, classes["Involvement"]
        yield one, properties[who], whom
        yield one, properties["role"], of_name("role", role)

    def involvements(content: list[dict[str, Any]], event: Iri, folder: str) -> Triples[Iri, Lit]:
        yield event, a, classes["Event"]
        for number, part in enumerate(content, 1):
            for place, user in enumerate(part.get("users") or (), 1):
                whole = f"{BASE}involvement/{folder}-{number}-{place}"
                yield from involvement(event, whole, "involvement", "person", people[user], part["name"])
            for place, body in enumerate(part.get("organisations") or (), 1):
                whole = f"{BASE}body-involvement/{folder}-{number}-{place}"
                yield from thing("Organisation", "organisation", body)
                body = of_name("organisation", body)
                yield from involvement(event, whole, "bodyInvolvement", "body", body, part["name"])

    def venue(content: dict[str, Any], class_: str, address: str, of: str, event: Iri) -> Triples[Iri, Lit]:
        one = iri(address)
        yield one, a, classes[class_]
        yield one, properties[of], event
        yield from plain(one, content, VENUE)
        yield from plain(one, content["address"], ADDRESS)
        yield from plain(one, content["coordinates"], PLACE)
        for room in (*content.get("rooms", ()), *content.get("spaces", ())):
            yield one, properties["room"], text(room["name"])

    for path in sorted(data.rglob("*.yml")):
        folder = path.parent.name
        address = BASE + "event/" + folder
        match path.name:
            case "series.yml":
                content, one = load(path), iri(BASE + "series/" + folder)
                yield one, a, classes["EventSeries"]
                yield from plain(one, content, SERIES)
                yield from channels(content, one)
            case "event.yml":
                content, one = load(path), iri(address)
                yield one, a, classes["Event"]
                yield one, properties["series"], iri(BASE + "series/" + path.parent.parent.name)
                yield from plain(one, content, EVENT)
                yield from plain(one, content["coordinates"] or {}, PLACE)
                yield from channels(content, one)
            case "videos.yml":
                within = iri(address)
                for content in load(path) or ():
                    yield from talk(content, within)
            case "sponsors.yml":
                yield from sponsors(load(path), iri(address), folder)
            case "involvements.yml":
                yield from involvements(load(path), iri(address), folder)
            case "venue.yml":
                content, event = load(path), iri(address)
                yield from venue(content, "Venue", f"{BASE}venue/{folder}", "venueOf", event)
                for number, hotel in enumerate(content.get("hotels") or (), 1):
                    yield from venue(hotel, "Hotel", f"{BASE}hotel/{folder}-{number}", "hotelOf", event)
                for number, side in enumerate(content.get("locations") or (), 1):
                    yield from venue(side, "SideVenue", f"{BASE}side-venue/{folder}-{number}", "sideVenueOf", event)
            case "cfp.yml":
                for number, call in enumerate(load(path), 1):
                    one = iri(f"{BASE}call/{folder}-{number}")
                    yield one, a, classes["CallForProposals"]
                    yield one, properties["callOf"], iri(address)
                    yield one, properties["descriptiveLabel"], text(f"Call for proposals of {folder}")
                    yield from plain(one, call, CALL)
