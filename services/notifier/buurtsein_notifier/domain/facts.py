"""What the notifier knows from others' events: reports, as far as rules need them, and networks."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.events.network import NetworkKind
from buurtsein_kernel.text import MARKUP, is_hidden


class Incident(BaseModel):
    """A report, without reporter and text; category and severity as they came, also values not known here."""

    model_config = ConfigDict(frozen=True)

    report_id: UUID
    category: str
    severity: str
    longitude: float
    latitude: float
    happened_at: datetime
    """The moment that counts for its age: the last one at which it can have happened, as far as is known."""


class Fact(BaseModel):
    """What one report, or several that are likely about the same, tell of; its place and moment are the first one's."""

    model_config = ConfigDict(frozen=True)

    fact_id: UUID
    """The first report's."""
    category: str
    severity: str
    """The worst of its reports."""
    longitude: float
    latitude: float
    happened_at: datetime
    reports: int = 1


class Obstacle(StrEnum):
    """Why a network cannot be alerted through BE-Alert."""

    ENDED = "ended"
    NOT_RECOGNISED = "not_recognised"
    SUSPENDED = "suspended"
    NO_BE_ALERT = "no_be_alert"

    @property
    def told(self) -> str:
        """In Dutch, to follow a network's name."""
        return _TOLD[self]


_TOLD = {
    Obstacle.ENDED: "bestaat niet meer",
    Obstacle.NOT_RECOGNISED: "is op dit moment niet erkend",
    Obstacle.SUSPENDED: "is geschorst",
    Obstacle.NO_BE_ALERT: "heeft BE-Alert niet aanvaard",
}


class KnownNetwork(BaseModel):
    """A network that was approved, and what became of it since."""

    network_id: UUID
    code: str
    name: str
    kind: NetworkKind | str
    nis: str
    area: Area
    recognised_from: date | None = None
    recognised_until: date | None = None
    suspended_from: date | None = None
    suspended_until: date | None = None
    reinstated_from: date | None = None
    be_alert_version: str | None = None
    """The version of the agreement on BE-Alert that it accepted."""
    ended: bool = False

    @property
    def shown_name(self) -> str:
        """Its name, or its code when the name has characters that no message can show."""
        return self.code if any(map(is_hidden, self.name)) or MARKUP.search(self.name) else self.name

    def is_recognised(self, today: date) -> bool:
        """Whether the FOD's recognition holds on this day."""
        return _within(today, self.recognised_from, self.recognised_until)

    def obstacle(self, today: date) -> Obstacle | None:
        """Why it cannot be alerted on this day; None when it can. To be asked at proposal, release and delivery."""
        if self.ended:
            return Obstacle.ENDED
        if not self.is_recognised(today):
            return Obstacle.NOT_RECOGNISED
        if _within(today, self.suspended_from, self.suspended_until) and not _within(today, self.reinstated_from, None):
            return Obstacle.SUSPENDED
        return None if self.be_alert_version else Obstacle.NO_BE_ALERT


def _within(day: date, first: date | None, last: date | None) -> bool:
    """Both days included; without a first day never."""
    return first is not None and first <= day and (last is None or day <= last)
