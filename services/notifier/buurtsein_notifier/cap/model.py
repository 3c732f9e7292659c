"""Defines a CAP 1.2 message as frozen pydantic models with the structure of the XML.

Invariant: field names are the element names in snake case, in the order of the schema's sequence, so that the XML
follows from the models alone. The models accept what the schema accepts; `rules.py` checks more.
Source: OASIS Common Alerting Protocol 1.2, http://docs.oasis-open.org/emergency/cap/v1.2/CAP-v1.2-os.html
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict

from buurtsein_kernel.days import BRUSSELS
from buurtsein_kernel.problems import DomainError

TIME_PATTERN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2}")
_TOKEN = re.compile(r"[^\s,<&]+")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ADDRESS = re.compile(r'"([^"]*)"|(\S+)')
_REFERENCE_PARTS = 3
_LONGEST_IDENTIFIER = 200  # the longest identifier that our events allow


def is_token(text: str) -> bool:
    """Return whether `text` can be an identifier or a sender: not empty, without space, comma, < or &."""
    return _TOKEN.fullmatch(text) is not None


def cap_time(moment: datetime) -> str:
    """Return `moment` with the offset of Europe/Brussels, in whole seconds: `2026-11-24T18:00:00+01:00`."""
    return moment.astimezone(BRUSSELS).isoformat(timespec="seconds")


def _xml_text(text: str) -> str:
    if _NOT_XML.search(text):
        raise ValueError("a control character cannot stand in XML")
    return text


def _stripped(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def _whole_second(moment: datetime) -> datetime:
    # outside these years the offset of Brussels is not in whole minutes, or the calendar ends
    if not 1970 <= moment.year <= 2199:  # noqa: PLR2004
        raise ValueError("the year must lie between 1970 and 2199")
    return moment.astimezone(UTC).replace(microsecond=0)


Text = Annotated[str, AfterValidator(_xml_text)]
CapTime = Annotated[AwareDatetime, BeforeValidator(_stripped), AfterValidator(_whole_second)]


class Status(StrEnum):
    """The CAP status of a message; only a message with status `Actual` is a real alert."""

    ACTUAL = "Actual"
    EXERCISE = "Exercise"
    SYSTEM = "System"
    TEST = "Test"
    DRAFT = "Draft"


class MsgType(StrEnum):
    """Whether the message is new, or changes, cancels, confirms or rejects earlier messages."""

    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"
    ACK = "Ack"
    ERROR = "Error"


class Scope(StrEnum):
    """The CAP scope of a message: the people who may see it."""

    PUBLIC = "Public"
    RESTRICTED = "Restricted"
    PRIVATE = "Private"


class Category(StrEnum):
    """The categories of events in CAP, which differ from the categories of a report."""

    GEO = "Geo"
    MET = "Met"
    SAFETY = "Safety"
    SECURITY = "Security"
    RESCUE = "Rescue"
    FIRE = "Fire"
    HEALTH = "Health"
    ENV = "Env"
    TRANSPORT = "Transport"
    INFRA = "Infra"
    CBRNE = "CBRNE"
    OTHER = "Other"


class ResponseType(StrEnum):
    """The action that the message recommends to people."""

    SHELTER = "Shelter"
    EVACUATE = "Evacuate"
    PREPARE = "Prepare"
    EXECUTE = "Execute"
    AVOID = "Avoid"
    MONITOR = "Monitor"
    ASSESS = "Assess"
    ALL_CLEAR = "AllClear"
    NONE = "None"


class Urgency(StrEnum):
    """The urgency of the event in the message: how soon people must act."""

    IMMEDIATE = "Immediate"
    EXPECTED = "Expected"
    FUTURE = "Future"
    PAST = "Past"
    UNKNOWN = "Unknown"


class Severity(StrEnum):
    """The severity of the event in the message."""

    EXTREME = "Extreme"
    SEVERE = "Severe"
    MODERATE = "Moderate"
    MINOR = "Minor"
    UNKNOWN = "Unknown"


class Certainty(StrEnum):
    """The certainty of the event in the message."""

    OBSERVED = "Observed"
    LIKELY = "Likely"
    POSSIBLE = "Possible"
    UNLIKELY = "Unlikely"
    UNKNOWN = "Unknown"


class Frozen(BaseModel):
    """The base class of all parts of a message: immutable, and without fields that CAP does not define."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class NamedValue(Frozen):
    """An event code, parameter or geocode, such as `NIS` with `41002`."""

    value_name: Text
    value: Text


class Resource(Frozen):
    """A file in a message: `size` in bytes, `deref_uri` the content in base64, `digest` the SHA-1."""

    resource_desc: Text
    mime_type: Text
    size: int | None = None
    uri: Text | None = None
    deref_uri: Text | None = None
    digest: Text | None = None


class Area(Frozen):
    """An area for which the message is meant.

    A polygon is `lat,lon lat,lon ...`, a circle is `lat,lon km`, both in WGS84 degrees; heights are in feet.
    """

    area_desc: Text
    polygon: tuple[Text, ...] = ()
    circle: tuple[Text, ...] = ()
    geocode: tuple[NamedValue, ...] = ()
    altitude: Decimal | None = None
    ceiling: Decimal | None = None


class Info(Frozen):
    """The content of a message in one language; `language` is an RFC 3066 code, without which CAP assumes `en-US`."""

    language: Text | None = None
    category: tuple[Category, ...]
    event: Text
    response_type: tuple[ResponseType, ...] = ()
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    audience: Text | None = None
    event_code: tuple[NamedValue, ...] = ()
    effective: CapTime | None = None
    onset: CapTime | None = None
    expires: CapTime | None = None
    sender_name: Text | None = None
    headline: Text | None = None
    description: Text | None = None
    instruction: Text | None = None
    web: Text | None = None
    contact: Text | None = None
    parameter: tuple[NamedValue, ...] = ()
    resource: tuple[Resource, ...] = ()
    area: tuple[Area, ...] = ()


class CapAlert(Frozen):
    """One CAP message; its times are in UTC, and fractions of a second are removed."""

    identifier: Text
    sender: Text
    sent: CapTime
    status: Status
    msg_type: MsgType
    source: Text | None = None
    scope: Scope
    restriction: Text | None = None
    addresses: Text | None = None
    code: tuple[Text, ...] = ()
    note: Text | None = None
    references: Text | None = None
    incidents: Text | None = None
    info: tuple[Info, ...] = ()


class Reference(Frozen):
    """The name of an earlier message in the element `references`: sender, identifier and time."""

    sender: Text
    identifier: Text
    sent: CapTime

    def __str__(self) -> str:
        return f"{self.sender},{self.identifier},{cap_time(self.sent)}"


def reference_list(earlier: Iterable[CapAlert | Reference]) -> str:
    """Return the text for the element `references`, which names these earlier messages in order."""
    return " ".join(str(Reference(sender=m.sender, identifier=m.identifier, sent=m.sent)) for m in earlier)


def parse_references(text: str) -> tuple[Reference, ...]:
    """Return the messages that the text of `references` names; raise DomainError `cap_reference_malformed`."""
    return tuple(_parse_reference(triplet) for triplet in text.split())


def _parse_reference(triplet: str) -> Reference:
    parts = triplet.split(",")
    if len(parts) != _REFERENCE_PARTS or not all(parts) or not TIME_PATTERN.fullmatch(parts[2]):
        raise _malformed_reference()
    try:
        return Reference(sender=parts[0], identifier=parts[1], sent=datetime.fromisoformat(parts[2]))
    except ValueError as error:
        raise _malformed_reference() from error


def _malformed_reference() -> DomainError:
    return DomainError("cap_reference_malformed", "Een verwijzing heeft de vorm afzender,kenmerk,tijdstip.")


def address_list(addresses: Iterable[str]) -> str:
    """Return the text for the element `addresses`, from ids of networks; raise DomainError `cap_address_malformed`."""
    return " ".join(_quoted(address) for address in addresses)


def _quoted(address: str) -> str:
    if not address.strip() or '"' in address:
        raise DomainError("cap_address_malformed", "Een adres is leeg of bevat een aanhalingsteken.")
    return f'"{address}"' if re.search(r"\s", address) else address


def parse_addresses(text: str) -> tuple[str, ...]:
    """Return the addresses in `text`, without their quotes."""
    return tuple(quoted or bare for quoted, bare in _ADDRESS.findall(text))


def cap_identifier(sender: str, alert_id: UUID, revision: int) -> str:
    """Return the identifier of a message, `sender.alert_id.revision`, of at most 200 characters.

    `revision` is 0 for the alert itself, and higher for each later message about it.

    Raises:
        DomainError: `cap_sender_malformed` or `cap_identifier_malformed`.
    """
    if not is_token(sender):
        raise DomainError("cap_sender_malformed", "De afzender is leeg of bevat een spatie, komma, < of &.")
    identifier = f"{sender}.{alert_id}.{revision}"
    if revision < 0 or len(identifier) > _LONGEST_IDENTIFIER:
        raise DomainError("cap_identifier_malformed", "Het kenmerk is te lang of het volgnummer is negatief.")
    return identifier
