"""What the notifier knows from others' events: reports, as far as rules need them, and networks."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.events.network import NetworkKind


class Incident(BaseModel):
    """A report, without reporter and text; category and severity as they came, also values not known here."""

    model_config = ConfigDict(frozen=True)

    report_id: UUID
    category: str
    severity: str
    longitude: float
    latitude: float
    happened_from: datetime
    network_id: UUID | None = None


class KnownNetwork(BaseModel):
    """A network that was approved, and perhaps recognised."""

    network_id: UUID
    code: str
    name: str
    kind: NetworkKind | str
    nis: str
    area: Area
    recognised_from: date | None = None
    recognised_until: date | None = None

    def is_recognised(self, today: date) -> bool:
        """Whether the FOD's recognition holds on this day."""
        if self.recognised_from is None or today < self.recognised_from:
            return False
        return self.recognised_until is None or today <= self.recognised_until
