"""Reads the parameters of a list of Open311 service requests; moments and places are rounded as they are shown."""

import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from buurtsein_contracts.events.geography import Latitude, Longitude
from buurtsein_kernel.areas import METRES_PER_DEGREE
from buurtsein_kernel.problems import DomainError
from buurtsein_reports.domain.states import CLOSED, OPEN

LONGEST = timedelta(days=90)
"""The longest period of one request, as the standard says."""
HOUR = timedelta(hours=1)
DECIMALS = 3
"""Coordinates are rounded to this many decimals, which is about 100 metres."""
EVER = (datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))

Moment = Annotated[
    Annotated[AwareDatetime, Field(ge=EVER[0], lt=EVER[1])] | None, BeforeValidator(lambda value: value or None)
]


class RequestQuery(BaseModel):
    """The query parameters of the list of service requests; unknown parameters are ignored."""

    model_config = ConfigDict(extra="ignore")

    service_request_id: str | None = Field(default=None, description="With commas; no other parameter counts then.")
    service_code: str | None = Field(default=None, description="With commas.")
    status: str | None = Field(default=None, pattern=r"^((open|closed)(,(open|closed))?)?$")
    start_date: Moment = None
    end_date: Moment = None
    lat: Latitude | None = None
    long: Longitude | None = None
    radius: int = Field(default=500, ge=50, le=5000, description="Metres around `lat` and `long`; not of the standard.")

    def box(self) -> Sequence[float | None]:
        """Return the west, south, east and north border of a square around the requested place, or four times None.

        The borders lie between the values to which coordinates are rounded, so that requests reveal no more of a place
        than the answer shows.
        """
        if self.lat is None or self.long is None:
            return [None] * 4
        north = self.radius / METRES_PER_DEGREE
        east = north / max(math.cos(math.radians(self.lat)), 0.01)
        half = 10**-DECIMALS / 2
        low = [round(one, DECIMALS) - half for one in (self.long - east, self.lat - north)]
        return [*low, *(round(one, DECIMALS) + half for one in (self.long + east, self.lat + north))]

    def statuses(self) -> list[str] | None:
        """Return our report statuses that match the requested Open311 statuses; None for all."""
        asked = {"open": OPEN, "closed": CLOSED}
        return [ours for one in self.status.split(",") for ours in asked[one]] if self.status else None

    def codes(self, offered: Iterable[str]) -> list[str]:
        """Return the requested categories that are offered over Open311."""
        wanted = listed(self.service_code)
        return [code for code in offered if wanted is None or code in wanted]

    def period(self, now: datetime) -> tuple[datetime, datetime]:
        """Return start and end of the requested period in whole hours; the end is not included.

        Raises:
            DomainError: `period_too_long` for a period of more than 90 days, or one that ends before it begins.
        """
        end = self.end_date or (min(self.start_date + LONGEST, EVER[1]) if self.start_date else now)
        start = self.start_date or end - LONGEST
        if not timedelta() <= end - start <= LONGEST:
            raise DomainError("period_too_long", "Vraag een periode van ten hoogste 90 dagen.")
        return in_hours(start - timedelta(microseconds=1)) + HOUR, in_hours(end) + HOUR


def listed(text: str | None) -> list[str] | None:
    """Return the parts of a comma-separated text; None for an empty text."""
    return [part.strip() for part in text.split(",")] if text else None


def in_hours(moment: datetime) -> datetime:
    """Return a time rounded down to the hour (UTC), because the exact time could reveal the reporter."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
