"""Contains longer explanations than the one line in a schema: categories, statuses, attributes, and notes on events.

Invariant: every name in the catalogue is explained, and nothing else is; `tests/contract/test_portal_meanings.py`
compares it with the catalogue and the services.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import fields as fields_of_class
from typing import Any

from buurtsein_contracts.envelope import Event
from buurtsein_contracts.events import (
    BeAlertJoined,
    FundingCompleted,
    FundingDecided,
    FundingRequested,
    FundingReviewed,
    IncidentAssigned,
    IncidentRelocated,
    IncidentReopened,
    IncidentReported,
    IncidentResolved,
    IncidentTriaged,
    IncidentUpdated,
    NetworkAmended,
    NetworkApplied,
    NetworkApproved,
    NetworkEnded,
    NetworkRecognised,
    NetworkReinstated,
    NetworkRejected,
    NetworkReturned,
    NetworkSubmitted,
    NetworkSuspended,
    PersonErased,
)
from buurtsein_contracts.expectations.model import Expectation, ExpectedEvent
from buurtsein_contracts.model import EventData


@dataclass(frozen=True, slots=True)
class CategoryMeaning:
    """A category in English, with the route and severity that it has unless a municipality changes them."""

    en: str
    route_to: tuple[str, ...]
    severity: str
    police_first: bool = False
    """True when the website tells somebody who sees it happen to call 101 first and to report it afterwards."""


# the values are strings: when an enum changes, the compatibility check must report it, not a failing import here
CITY, POLICE = "city", "police"
MINOR, MODERATE, SEVERE = "Minor", "Moderate", "Severe"
CATEGORIES_TEXTS = {
    "sluikstort": CategoryMeaning("waste dumped illegally", (CITY,), MINOR),
    "zwerfvuil": CategoryMeaning("litter", (CITY,), MINOR),
    "vandalisme": CategoryMeaning("things damaged on purpose", (CITY, POLICE), MINOR),
    "graffiti": CategoryMeaning("graffiti", (CITY, POLICE), MINOR),
    "beschadiging voertuig": CategoryMeaning("damage to a vehicle", (CITY, POLICE), MINOR),
    "milieuprobleem": CategoryMeaning("pollution, dangerous substances", (CITY,), MODERATE),
    "lawaaihinder": CategoryMeaning("noise", (CITY, POLICE), MINOR),
    "verdacht gedrag": CategoryMeaning("suspicious behaviour", (POLICE,), MODERATE, police_first=True),
    "verdacht voertuig": CategoryMeaning("suspicious vehicle", (POLICE,), MODERATE, police_first=True),
    "inbraak": CategoryMeaning("burglary", (POLICE,), SEVERE, police_first=True),
    "diefstal": CategoryMeaning("theft", (POLICE,), MODERATE, police_first=True),
    "winkeldiefstal": CategoryMeaning(
        "shoplifting; networks of traders come first", (POLICE,), MODERATE, police_first=True
    ),
    "vals geld": CategoryMeaning(
        "counterfeit money; networks of traders come first", (POLICE,), MODERATE, police_first=True
    ),
    "vermissing": CategoryMeaning("missing person", (POLICE,), SEVERE, police_first=True),
    "brand": CategoryMeaning("fire", (POLICE,), SEVERE, police_first=True),
    "andere": CategoryMeaning("something else; the police read it and pass it on", (POLICE,), MINOR),
}

ROUTES_TEXTS = {
    CITY: "the city handles it",
    POLICE: "the local police handle it",
}

RECOGNITION_TEXTS = {
    "IN_AANVRAAG": "asked for, or not begun; not written today, `NetworkSentToFod` and `start` tell it",
    "ACTIEF": "active: the network is in the register; it holds from `start` up to and including `end`",
    "GESCHORST": "suspended; not written today, a suspension has its own event, `NetworkSuspended`",
    "VERLOPEN": "expired; not written today, `end` tells it",
}

EVENT_TEXTS = {
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

_HANDLED_BY = (
    "Who handles a report is said by route_to and by nothing else: that of the newest IncidentReported or"
    " IncidentTriaged of the report. by, on IncidentUpdated, says which of them took that step; status FORWARDED"
    " says that somebody passed the report on, and the IncidentTriaged that follows says to whom."
)
_POLICE_AND_CITY = (
    "The police read every report on bin.incidents, because they assess every report. The city reads what it"
    " handles on bin.city-incidents, which counts its own ce_sequence from 1 for each report and has its own"
    " ce_id; a report for both is on both. Read one of the two topics."
)
_CITY_STREAM = (
    "On bin.city-incidents the stream of a report begins with IncidentReported, once route_to names the city:"
    " when the report is accepted, or when a later IncidentTriaged adds the city; then it has the category,"
    " severity and route_to of that moment, and that IncidentTriaged follows it. An IncidentTriaged that takes the"
    " city out of route_to is the last event there: delete what you no longer need. If it names the city again"
    " later, the stream goes on with it. Steps of the police (IncidentUpdated with by: police) are not there."
)
_ONE_INSTALLATION = (
    "One installation is one municipality and its police zone: location.nis and ce_source say the same"
    " municipality on all its events, so no filter is needed. Who reads several installations tells them apart by"
    " ce_source, which holds the NIS code."
)
_ADDED_KIND = (
    "category is one of a fixed list. Police and city may add kinds of reports of their own: subcategory names one, and"
    " category says as what it counts. Show subcategory to people when it is there; its name in four languages is in"
    " GET /v1/categories?on= of reports, for the day of the report. Whoever only counts or routes needs category alone."
)
_INCIDENT = (_HANDLED_BY, _POLICE_AND_CITY, _CITY_STREAM)
_CHARTER_TEXTS = "The texts and contacts of the charter are not sent: the registry shows them by charter_version."
_SUSPENSION = (
    "A suspension counts from start up to and including end; today it is sent without an end. With an end it is over"
    " by itself the day after, and no event follows; without one only NetworkReinstated ends it. NetworkReinstated"
    " may also come before end: the network is active again from its start. A newer NetworkSuspended replaces an"
    " earlier one, and so does a NetworkRecognised."
)
_FOUR = (
    "The four codes under conditions are each there once, in what is written today; the schema asks for four conditions"
    " only. Look them up by code, not by place."
)
_UNKNOWN_CODE = (
    "A condition with a code that you do not know is newer than your program: show its met and why, and count it as"
    " none of the four."
)
NOTES: dict[type[EventData], tuple[str, ...]] = {
    NetworkApplied: (
        (
            "It is the first event of a network. A network that was taken over, because it was recognised before this"
            " system existed, begins with NetworkApproved."
        ),
        "A neighbourhood that only applied is not public. Show its name and place to officials only.",
    ),
    NetworkSubmitted: (
        (
            "It comes for the charter of an application, and for each amendment of a recognised network: then"
            " charter_version is higher than that of NetworkApproved, and the network stays recognised meanwhile."
        ),
        _CHARTER_TEXTS,
    ),
    NetworkRejected: (
        (
            "It is about one version of the charter. When that was an amendment, the network stays recognised with the"
            " charter in force before."
        ),
        "The reason is free text and is not sent: the registry shows it to officials and to the network.",
    ),
    NetworkApproved: (
        (
            "It may come again for the same network: when the federal service returns the charter (NetworkReturned), a"
            " new version of it is signed and approved anew, and charter_version is higher."
        ),
        (
            "With taken_over_on it is the first event of a network that was recognised before this system existed. The"
            " days of approvals are those on the paper charter, without a person. NetworkRecognised follows at once,"
            " with the first day in the letter of the federal service. Nothing else is told of what came before."
        ),
        _CHARTER_TEXTS,
    ),
    NetworkReturned: (
        "The reason is free text and is not sent: the registry shows it to officials and to the network.",
    ),
    NetworkRecognised: (
        "No event follows when the last day, end, has passed: compare it with today. The last day itself still counts.",
        (
            "It comes again when the recognition is renewed: the newest counts. start stays the first day of the"
            " recognition, unless a day or more lay between its end and the renewal."
        ),
        (
            "status is always ACTIEF today. Count every other value as not recognised, as our services do. A suspension"
            " is not told here with GESCHORST: NetworkSuspended is for that."
        ),
    ),
    NetworkAmended: (
        "korpschef and burgemeester approved the new version; the federal service is told of it, and does not decide.",
        _CHARTER_TEXTS,
    ),
    NetworkSuspended: (
        "This, and not NetworkRecognised with status GESCHORST, tells a suspension; NetworkReinstated lifts it.",
        _SUSPENSION,
    ),
    NetworkReinstated: (_SUSPENSION,),
    NetworkEnded: (
        "No event about the network follows. An application that was withdrawn, or lapsed, ends with it too.",
        "Members of a network that merged do not move to the other network by themselves.",
    ),
    IncidentReported: (*_INCIDENT, _ADDED_KIND, _ONE_INSTALLATION),
    IncidentTriaged: (*_INCIDENT, _ADDED_KIND),
    IncidentUpdated: _INCIDENT,
    IncidentAssigned: _INCIDENT,
    IncidentRelocated: (
        *_INCIDENT,
        (
            "It may come more than once for a report; the newest place counts. An IncidentReported that begins a stream"
            " on bin.city-incidents has the place of that moment."
        ),
    ),
    IncidentResolved: _INCIDENT,
    IncidentReopened: _INCIDENT,
    PersonErased: (
        (
            "It comes once, to everybody who could read the pseudonym: delete it from every list and every record"
            " that you keep, also from those put aside and from backups when you put one back. A person who comes"
            " back has the same pseudonym, and is told of again when the registry forgets them again: what was said"
            " of them after erased_at is not meant."
        ),
        (
            "The events that hold the pseudonym stay on topics that are kept for ever. Nobody can turn it back"
            " into a person any more; a consumer that builds its lists anew from those topics reads bin.erasures"
            " as well and leaves out what is there."
        ),
        (
            "Somebody who is a member or a coordinator of a network is never erased; who was a coordinator can be."
            " Officials are not in the vault of the registry, so no PersonErased names one for what they decided in"
            " office."
        ),
    ),
    BeAlertJoined: (
        "It may come again with another agreement_version: the newest counts.",
        "No event says that an acceptance lapsed or was taken back, and whether that can happen is not decided.",
    ),
    FundingRequested: (
        "payable_cents is what the scheme pays of requested_cents; the network pays the rest itself.",
        _FOUR,
        _UNKNOWN_CODE,
    ),
    FundingCompleted: (
        "It replaces the amounts and conditions of FundingRequested, or of the FundingCompleted before it.",
        _FOUR,
        _UNKNOWN_CODE,
    ),
    FundingReviewed: (
        "It may come again: the newest counts. FundingIncomplete and FundingWithdrawn free what it reserved.",
        "The college may decide otherwise: only FundingDecided says what the network gets.",
    ),
    FundingDecided: (
        (
            "A decision is final: no event changes it, and a network that was rejected asks anew, which is"
            " another application_id."
        ),
        (
            "granted_cents is there when decision is GRANTED, and only then: the service sees to it, the schema"
            " does not. It may be less than what was requested; reasons may then say why."
        ),
        _FOUR,
        _UNKNOWN_CODE,
    ),
}
"""Notes for each event that do not fit in the schema's one line; plain text."""


def event_attributes() -> Iterator[tuple[str, str, str]]:
    """Yield name, kind and explanation of each attribute of the class `Event`."""
    for field in fields_of_class(Event):
        yield field.name, _kind(field.type), EVENT_TEXTS[field.name]
    for name, found in vars(Event).items():
        if isinstance(found, property) and found.fget:
            yield name, _kind(found.fget.__annotations__["return"]), EVENT_TEXTS[name]


def _kind(annotation: Any) -> str:
    name = annotation.__name__ if isinstance(annotation, type) else str(annotation)
    return "the class of its type" if name == "D" else name.replace(" | ", " or ")  # a bar would end a table's cell


def expected_attributes() -> Iterator[tuple[str, str]]:
    """Yield name and explanation of each key that an expectation may have for one event."""
    for name, field in ExpectedEvent.model_fields.items():
        yield name, field.description or ""


def expectation_attributes() -> Iterator[tuple[str, str]]:
    """Yield name and explanation of each key at the top of an expectation."""
    for name, field in Expectation.model_fields.items():
        yield name, field.description or "the events, each as below"
