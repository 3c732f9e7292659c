"""Defines the parts of `KnownNetwork`, the state of a network: approval, charter, recognition, people and others."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.events.network import RecognitionStatus
from buurtsein_contracts.model import Timestamp


class Fact(BaseModel):
    """The base class of the immutable parts of `KnownNetwork`."""

    model_config = ConfigDict(frozen=True)


class Stated[V](Fact):
    """The value of one property of a network, with id and sequence of the event that set the value."""

    event_id: UUID
    sequence: int
    value: V


class Days(Fact):
    """A period of calendar days from `start` to `end`, both included; without `end` it is still open."""

    start: date
    end: date | None = None

    def include(self, day: date) -> bool:
        """Return whether the day falls in the period."""
        return self.start <= day and (self.end is None or day <= self.end)


class Approved(Fact):
    """The approval of a network: code, kind, municipality, and the days of approval by korpschef and burgemeester."""

    code: str
    kind: str
    nis: str
    decided_on: dict[str, date]
    """The day of each approval, by office."""


class Charter(Fact):
    """The charter in force: the charter that was approved last, with the later amendments."""

    code: str
    kind: str
    nis: str
    name: str
    area: Area
    postcodes: tuple[str, ...]
    version: int


class Recognition(Fact):
    """An entry in the register of the ministry (FOD); the status is kept as sent, even if it is unknown here."""

    status: str
    days: Days
    reference: str

    @property
    def is_active(self) -> bool:
        """Return whether the status is ACTIEF; with any other status the network is not recognised."""
        return self.status == RecognitionStatus.ACTIVE


class Suspension(Fact):
    """The ministry's (FOD) suspension of a recognition; without a last day it lasts until a reinstatement."""

    days: Days
    reference: str


class Ended(Fact):
    """The end of a network: the reason and the time."""

    reason: str
    at: Timestamp


class Appointment(Fact):
    """A coordinator's role, and when the person was appointed."""

    role: str
    at: Timestamp


class Agreement(Fact):
    """The version of the agreement on BE-Alert that the network accepted, and when."""

    version: str
    at: Timestamp


class NotRecognised(StrEnum):
    """The reason why a network does not count as recognised on a day."""

    ENDED = "ended"
    NEVER_RECOGNISED = "never_recognised"
    SUSPENDED = "suspended"
    NOT_ACTIVE = "not_active"
    """The register has another status than ACTIEF."""
    NOT_YET = "not_yet"
    OVER = "over"
