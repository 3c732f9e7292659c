"""Lists the pages of the portal, and collects what each template needs."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment

from buurtsein_contracts.envelope import MAX_VALUE_BYTES, Unreadable, headers_schema, parse
from buurtsein_contracts.events import EVENTS
from buurtsein_contracts.goldens import package_version
from buurtsein_contracts.portal.details import EventDetails
from buurtsein_contracts.portal.diagram import svg
from buurtsein_contracts.portal.fields import FieldRow
from buurtsein_contracts.portal.machines import machines
from buurtsein_contracts.portal.meanings import (
    CATEGORIES_TEXTS,
    NOTES,
    RECOGNITION_TEXTS,
    ROUTES_TEXTS,
    event_attributes,
    expectation_attributes,
    expected_attributes,
)
from buurtsein_contracts.portal.rendering import markdown
from buurtsein_contracts.portal.snippets import snippets_of
from buurtsein_contracts.portal.wording import ATTRIBUTES_TEXTS, PRIVACY_TEXTS, TOPICS_TEXTS
from buurtsein_contracts.testing.records import poisoned
from buurtsein_contracts.topics import COMPRESSION, TOPICS, Topic

FOLDER = Path(__file__).parent
FIRST_CONSUMER = FOLDER / "first_consumer"
"""The folder with the files that the page "Write your first consumer" shows."""

type Words = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """One page: the name of its file, its template, and the variables for the template."""

    file: str
    template: str
    title: str
    words: Words


GUIDES = (
    ("first-consumer.html", "First consumer"),
    ("record.html", "Record"),
    ("reading.html", "Reading"),
    ("languages.html", "Languages"),
    ("expectation.html", "Expectation"),
    ("versioning.html", "Versions"),
    ("personal-data.html", "Personal data"),
    ("glossary.html", "Glossary"),
)
"""The pages that are mostly prose, from `templates/guide/<file>.md.j2`."""


@dataclass(frozen=True, slots=True)
class Material:
    """The data from which all pages of the portal are made."""

    events: Sequence[EventDetails]
    asyncapi: dict[str, Any]
    services: dict[str, dict[str, Any]]
    """The OpenAPI documents by service; empty when the portal's folder has no `openapi/`."""
    packages: Sequence[str]
    """The names of the wheels in `package/` in the portal's folder."""
    contact: str
    """Where readers send expectations and questions."""


def pages(material: Material, templates: Environment) -> Iterator[Page]:
    """Yield all pages of the portal, the index first."""
    yield Page("index.html", "index.html.j2", "Events", {"topics": _topics(material.events)})
    for topic in TOPICS:
        words = {"topic": topic, "said": TOPICS_TEXTS[topic.name], "events": _of(topic, material.events)}
        yield Page(f"topic-{topic.name}.html", "topic.html.j2", topic.name, words | {"compression": COMPRESSION})
    for event in material.events:
        yield Page(f"event-{event.name}.html", "event.html.j2", event.name, _event_words(event, templates))
    for file, title in GUIDES:
        body = markdown(f"guide/{file.removesuffix('.html')}.md.j2", _guide_words(material), templates)
        yield Page(file, "guide.html.j2", title, {"body": body})
    drawn = [(machine, svg(machine)) for machine in machines()]
    yield Page("lifecycle.html", "lifecycle.html.j2", "Lifecycles", {"machines": drawn})
    yield Page("asyncapi.html", "asyncapi.html.j2", "AsyncAPI", {"document": _for_script(material.asyncapi)})
    yield Page("services.html", "services.html.j2", "Services over HTTP", {"services": _routes(material.services)})


def _event_words(event: EventDetails, templates: Environment) -> Words:
    snippets, notes = snippets_of(event, templates), NOTES.get(event.data, ())
    return {"event": event, "snippets": snippets, "privacy_said": PRIVACY_TEXTS, "notes": notes}


def _of(topic: Topic, events: Sequence[EventDetails]) -> list[EventDetails]:
    return [event for event in events if topic in event.data.topics()]


def _topics(events: Sequence[EventDetails]) -> list[tuple[Topic, Any, list[EventDetails]]]:
    return [(topic, TOPICS_TEXTS[topic.name], _of(topic, events)) for topic in TOPICS]


def _for_script(document: Any) -> str:
    """Return JSON for inside a script element; it contains nothing that could end the element."""
    return (
        json.dumps(document, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/").replace("<!", "<\\u0021")
    )


def _guide_words(material: Material) -> Words:
    return {
        "version": package_version(),
        "packages": material.packages,
        "files": {path.name: path.read_text() for path in _first_consumer()},
        "attributes": list(_attributes()),
        "event_attributes": list(event_attributes()),
        "expected_attributes": list(expected_attributes()),
        "categories": CATEGORIES_TEXTS,
        "routes": ROUTES_TEXTS,
        "recognitions": RECOGNITION_TEXTS,
        "example": next(event for event in material.events if event.name == "AlertSent").examples[0],
        "max_value_bytes": MAX_VALUE_BYTES,
        "poison": list(_poison()),
        "closed": sorted(_closed(material.events)),
        "topics": TOPICS,
        "personal": list(_personal(material.events)),
        "contact": material.contact,
        "expectation_attributes": list(expectation_attributes()),
        "promises": list(_promises()),
        "compression": COMPRESSION,
        "number_of_events": len(EVENTS),
    }


def _personal(events: Sequence[EventDetails]) -> Iterator[tuple[EventDetails, Topic, FieldRow]]:
    """Yield every field with personal data (its privacy tag is not `none`), once for each topic of its event."""
    for event in events:
        yield from ((event, topic, field) for topic in event.data.topics() for field in event.personal)


def _first_consumer() -> list[Path]:
    """Return the files of the example consumer, without the compiled files that an installer adds."""
    return sorted(p for p in FIRST_CONSUMER.rglob("*") if p.suffix in {".py", ".sh", ".yaml"})


def _attributes() -> Iterator[tuple[str, bool, str]]:
    """Yield name and explanation of each CloudEvents attribute, and whether every event has it."""
    schema = headers_schema()
    for name in schema["properties"]:
        yield name, name in schema["required"], ATTRIBUTES_TEXTS[name]


def _poison() -> Iterator[tuple[str, str, str]]:
    """Yield each unreadable test record's fault, with the code and detail of the error that `parse` raises."""
    for wrong, record in poisoned("AlertSent").items():
        try:
            parse(record.headers, record.value)
        except Unreadable as problem:
            yield wrong, problem.code, problem.detail


def _promises() -> Iterator[tuple[str, str, str, str]]:
    """Yield each optional field that is required when another field has a certain value, with that field and value."""
    for data in EVENTS:
        yield from ((data.__name__, field, other, value) for field, (other, value) in data.THERE_WHEN.items())


def _closed(events: Sequence[EventDetails]) -> Iterator[str]:
    for event in events:
        yield from (f"{event.name}.{f.path}" for f in event.fields if len(f.values) > 1 and not f.is_open)


def _routes(services: dict[str, dict[str, Any]]) -> list[tuple[str, list[tuple[str, str, str]]]]:
    return [(service, list(_operations(document))) for service, document in services.items()]


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            summary = (operation.get("description") or operation.get("summary") or "").strip()
            yield method.upper(), path, summary.split("\n\n")[0]


def read_services(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the OpenAPI documents `<service>.json` in a folder, by service; empty when the folder does not exist."""
    return {path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}
