"""Defines what the notifier stores of other services' events: networks, reports, and facts (what was reported).

A fact is one thing that happened, however many people report it. Which reports are about the same fact is decided by
their category, place and moment.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from buurtsein_contracts import KnownNetwork
from buurtsein_contracts.events.alert import AlertKind
from buurtsein_contracts.known_network import Charter, NotRecognised
from buurtsein_kernel.problems import Word
from buurtsein_kernel.text import MARKUP, is_hidden


class Incident(BaseModel):
    """The data of a report without its reporter and text; unknown categories and severities are kept as they are."""

    model_config = ConfigDict(frozen=True)

    report_id: UUID
    category: str
    severity: str
    longitude: float
    latitude: float
    happened_at: datetime
    """The last moment at which it can have happened; the age of the report is counted from it."""
    channel: str | None = None
    """How the report came in; None for one that was stored before this was kept."""
    has_exact_place: bool = True
    """False when the reporter only described the place: the point is that of a neighbourhood."""


class Fact(BaseModel):
    """One thing that happened, however many people report it; its place and moment are those of the first report."""

    model_config = ConfigDict(frozen=True)

    fact_id: UUID
    """The id of the first report."""
    category: str
    severity: str
    """The most severe severity in the reports of this fact."""
    longitude: float
    latitude: float
    happened_at: datetime
    reports: int = 1


class Obstacle(StrEnum):
    """The reason why a network cannot be alerted through BE-Alert."""

    ENDED = "ended"
    NOT_RECOGNISED = "not_recognised"
    SUSPENDED = "suspended"
    NO_BE_ALERT = "no_be_alert"
    NO_MANDATED_OFFICER = "no_mandated_officer"
    """No police officer is mandated for the network, so that it gets no hot alerts."""

    @property
    def in_dutch(self) -> str:
        """Return the reason in Dutch, as the end of a sentence that begins with the network's name."""
        return _TOLD[self]

    def told(self, network: str) -> Word:
        """Return the whole sentence about a network of this name, for the other languages."""
        return Word("obstacles", self, {"network": network})


_TOLD = {
    Obstacle.ENDED: "bestaat niet meer",
    Obstacle.NOT_RECOGNISED: "is op dit moment niet erkend",
    Obstacle.SUSPENDED: "is geschorst",
    Obstacle.NO_BE_ALERT: "heeft BE-Alert niet aanvaard",
    Obstacle.NO_MANDATED_OFFICER: "heeft geen gemandateerde politieambtenaar, en krijgt dus geen dringende berichten",
}


class Network(Charter):
    """An approved network: its charter, and the data that decide whether it can be alerted."""

    model_config = ConfigDict(frozen=True)

    network_id: UUID
    known: KnownNetwork

    @classmethod
    def of(cls, known: KnownNetwork) -> Self | None:
        """Return the network that these events describe; None when no event of its approval was read."""
        charter = known.charter
        return cls(**dict(charter), network_id=known.network_id, known=known) if charter else None

    @property
    def shown_name(self) -> str:
        """Return the network's name, or its code when the name has characters that no message can show."""
        return self.code if any(map(is_hidden, self.name)) or MARKUP.search(self.name) else self.name

    @property
    def coordinators(self) -> int:
        """Return the present number of coordinators of the network."""
        return len(self.known.present_coordinators)

    def obstacle(self, today: date) -> Obstacle | None:
        """Return the reason why the network cannot be alerted on a day; None when the network can be alerted.

        It is asked three times for each alert, because the answer may change: at its proposal, release and delivery.
        """
        if fault := self.known.why_not_recognised_on(today):
            return _OBSTACLES.get(fault, Obstacle.NOT_RECOGNISED)
        return None if self.known.has_joined_be_alert else Obstacle.NO_BE_ALERT

    def obstacle_to(self, kind: AlertKind, today: date, unmandated_until: date | None = None) -> Obstacle | None:
        """Return the reason why the network cannot get an alert of this kind on a day; None when it can.

        Until the day `unmandated_until` hot alerts also go to a network without a mandated officer.
        """
        if obstacle := self.obstacle(today):
            return obstacle
        excused = unmandated_until is not None and today <= unmandated_until
        lacking = kind is AlertKind.HOT and not self.known.mandated_officers and not excused
        return Obstacle.NO_MANDATED_OFFICER if lacking else None


_OBSTACLES = {NotRecognised.ENDED: Obstacle.ENDED, NotRecognised.SUSPENDED: Obstacle.SUSPENDED}
