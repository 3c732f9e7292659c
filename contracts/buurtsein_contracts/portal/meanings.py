"""What names and values mean, beyond their one line in the schema: categories, statuses, attributes, and what to mind.

Invariant: complete, and no more than services and catalogue do; `tests/contract/test_portal_meanings.py` compares.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import fields as fields_of_class
from typing import Any

from buurtsein_contracts.envelope import Event
from buurtsein_contracts.events import (
    BeAlertJoined,
    FundingDecided,
    FundingRequested,
    NetworkApproved,
    NetworkRecognised,
    NetworkSuspended,
)
from buurtsein_contracts.expectations.model import ExpectedEvent
from buurtsein_contracts.model import EventData


@dataclass(frozen=True, slots=True)
class CategorySaid:
    """A category as the reports service begins with it; a municipality may decide otherwise."""

    en: str
    route_to: tuple[str, ...]
    severity: str
    police_first: bool = False
    """Whoever sees it happen calls 101 and reports afterwards."""


# values as texts: a change of an enum must reach the gate, and not stop at the import of the portal
CITY, POLICE = "city", "police"
MINOR, MODERATE, SEVERE = "Minor", "Moderate", "Severe"
CATEGORIES_SAID = {
    "sluikstort": CategorySaid("waste dumped illegally", (CITY,), MINOR),
    "zwerfvuil": CategorySaid("litter", (CITY,), MINOR),
    "vandalisme": CategorySaid("things damaged on purpose", (CITY, POLICE), MINOR),
    "graffiti": CategorySaid("graffiti", (CITY, POLICE), MINOR),
    "beschadiging voertuig": CategorySaid("damage to a vehicle", (CITY, POLICE), MINOR),
    "milieuprobleem": CategorySaid("pollution, dangerous substances", (CITY,), MODERATE),
    "lawaaihinder": CategorySaid("noise", (CITY, POLICE), MINOR),
    "verdacht gedrag": CategorySaid("suspicious behaviour", (POLICE,), MODERATE, police_first=True),
    "verdacht voertuig": CategorySaid("suspicious vehicle", (POLICE,), MODERATE, police_first=True),
    "inbraak": CategorySaid("burglary", (POLICE,), SEVERE, police_first=True),
    "diefstal": CategorySaid("theft", (POLICE,), MODERATE, police_first=True),
    "winkeldiefstal": CategorySaid(
        "shoplifting; networks of traders come first", (POLICE,), MODERATE, police_first=True
    ),
    "vals geld": CategorySaid(
        "counterfeit money; networks of traders come first", (POLICE,), MODERATE, police_first=True
    ),
    "vermissing": CategorySaid("missing person", (POLICE,), SEVERE, police_first=True),
    "brand": CategorySaid("fire", (POLICE,), SEVERE, police_first=True),
    "andere": CategorySaid("something else; the police read it and pass it on", (POLICE,), MINOR),
}

ROUTES_SAID = {
    CITY: "the city handles it",
    POLICE: "the local police handle it",
}

RECOGNITION_SAID = {
    "ACTIEF": "active: the network is in the register; it holds from `start` up to and including `end`",
    "GESCHORST": "suspended; not written today, a suspension has its own event, `NetworkSuspended`",
    "VERLOPEN": "expired; not written today, `end` tells it",
}

EVENT_SAID = {
    "id": "unique for ever: remove duplicates by it",
    "source": "who recorded it",
    "time": "when it was recorded",
    "data": "what happened, as the class of its type: `event.data.alert_id`",
    "correlation_id": "the request that began it",
    "causation_id": "`id` of the event that caused it",
    "traceparent": "W3C trace context of where it began",
    "sequence": "1, 2, 3 ... without gaps within one topic and key",
    "key": "the record key",
    "type": "`be.bin.alert.sent.v1`",
    "subject": "id of what it is about; mostly the same as `key`",
}

_FOUR = (
    "The four codes under conditions are each there once, in what is written today; the schema asks for four conditions"
    " only. Look them up by code, not by place."
)
_UNKNOWN_CODE = (
    "A condition with a code that you do not know is newer than your program: show its met and why, and count it as"
    " none of the four."
)
NOTES: dict[type[EventData], tuple[str, ...]] = {
    NetworkApproved: (
        (
            "It may come again for the same network: when the federal service returns the charter, a new version of it"
            " is signed and approved anew, and charter_version is higher."
        ),
        "The return is not on the stream, and neither is a rejection by korpschef or burgemeester.",
    ),
    NetworkRecognised: (
        "No event follows when the last day, end, has passed: compare it with today. The last day itself still counts.",
        (
            "status is always ACTIEF today. Count every other value as not recognised, as our services do. A suspension"
            " is not told here with GESCHORST: NetworkSuspended is for that, once a service sends it."
        ),
        "How a renewal will be told is not decided: today a network is recognised once.",
    ),
    NetworkSuspended: (
        (
            "This, and not NetworkRecognised with status GESCHORST, is how a suspension will be told; NetworkReinstated"
            " lifts it. No service sends either yet."
        ),
    ),
    BeAlertJoined: (
        "It may come again with another agreement_version: the newest counts.",
        "No event says that an acceptance lapsed or was taken back, and whether that can happen is not decided.",
    ),
    FundingRequested: (_FOUR, _UNKNOWN_CODE),
    FundingDecided: (
        (
            "granted_cents is there when decision is GRANTED, and only then: the service sees to it, the schema does"
            " not. It may be less than what was requested; reasons may then say why."
        ),
        _FOUR,
        _UNKNOWN_CODE,
    ),
}
"""What services and schema do not say of an event in one line; plain text."""


def event_attributes() -> Iterator[tuple[str, str, str]]:
    """Name, kind and meaning of each attribute of `Event`, from the class itself."""
    for field in fields_of_class(Event):
        yield field.name, _kind(field.type), EVENT_SAID[field.name]
    for name, found in vars(Event).items():
        if isinstance(found, property) and found.fget:
            yield name, _kind(found.fget.__annotations__["return"]), EVENT_SAID[name]


def _kind(annotation: Any) -> str:
    name = annotation.__name__ if isinstance(annotation, type) else str(annotation)
    return "the class of its type" if name == "D" else name.replace(" | ", " or ")  # a bar would end a table's cell


def expected_attributes() -> Iterator[tuple[str, str]]:
    """Name and meaning of what an expectation may say of an event."""
    for name, field in ExpectedEvent.model_fields.items():
        yield name, field.description or ""
