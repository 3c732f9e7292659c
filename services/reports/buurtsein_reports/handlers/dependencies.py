"""Defines the objects that the handlers of reports need besides the store."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from buurtsein_kernel.clock import Clock
from buurtsein_kernel.official_addresses import AddressSource
from buurtsein_reports.domain.emergency import Emergencies
from buurtsein_reports.domain.neighbourhoods import Neighbourhoods
from buurtsein_reports.domain.texts import Catalogue
from buurtsein_reports.domain.tracking import Tracking


class Municipality(Protocol):
    """A Protocol: tells whether places lie in the municipality of this installation."""

    nis: str

    def has_point(self, longitude: float, latitude: float) -> bool:
        """Return whether a point (WGS84 degrees) lies in the municipality."""

    def is_in(self, area: dict[str, Any], longitude: float, latitude: float) -> bool:
        """Return whether a point (WGS84 degrees) lies in a GeoJSON area."""


@dataclass(frozen=True, slots=True)
class Complaints:
    """The web addresses where a victim can make a formal complaint."""

    office_url: str
    online_url: str


@dataclass(frozen=True, slots=True)
class Dependencies:
    """The objects that the handlers need besides the store."""

    clock: Clock
    texts: Catalogue
    emergencies: Emergencies
    municipality: Municipality
    tracking: Tracking
    complaints: Complaints
    reopening_term: timedelta
    """How long after the end of its handling a reporter can open a report again."""
    likeness_metres: int
    likeness_hours: int
    """How near two reports must be so that one is suggested as a duplicate of the other."""
    answer_days: int
    """Within how many working days another body should answer about a report that is forwarded to it."""
    jurisdiction_id: str
    """The name of the municipality in Open311."""
    addresses: AddressSource
    neighbourhoods: Neighbourhoods
