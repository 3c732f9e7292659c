"""One function for each command: check, and find the network."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from buurtsein_contracts import DomainError
from buurtsein_contracts.events.geography import Location
from buurtsein_reports.commands import Place, Source, SubmitReport
from buurtsein_reports.domain import report as rules
from buurtsein_reports.domain.category import Catalogue
from buurtsein_reports.domain.report import AcceptedReport, KnownNetwork, Report
from buurtsein_reports.domain.tracking import Tracking

BRUSSELS = ZoneInfo("Europe/Brussels")
UNKNOWN_CATEGORY = "onbekend"


class Store(Protocol):
    """What the handlers look up and count."""

    async def networks_around(
        self, longitude: float, latitude: float, day: date
    ) -> Sequence[tuple[KnownNetwork, dict[str, Any]]]:
        """Networks recognised on that day whose bounding box holds the point, each with its area (GeoJSON)."""

    async def report_of(self, source: Source) -> AcceptedReport | None:
        """The report that was made from a record of another system."""

    async def count_emergency(self, day: date, category: str) -> None:
        """One more."""


class Municipality(Protocol):
    """The municipality reports are for, and what its map can tell."""

    nis: str

    def has_point(self, longitude: float, latitude: float) -> bool:
        """Whether a point lies in the municipality."""

    def is_in(self, area: dict[str, Any], longitude: float, latitude: float) -> bool:
        """Whether a point lies in an area."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What everybody who handles a report has at hand."""

    catalogue: Catalogue
    municipality: Municipality
    tracking: Tracking
    formal_complaint_url: str


def is_emergency(command: SubmitReport, desk: Desk) -> bool:
    """Whether this must go to 101 or 112 instead."""
    return command.danger or command.in_progress or desk.catalogue.is_emergency(command.text)


async def count_emergency(command: SubmitReport, desk: Desk, store: Store) -> None:
    """Keep that it happened, and nothing of it."""
    try:
        category: str = desk.catalogue.facts(command.category).category
    except DomainError:
        category = UNKNOWN_CATEGORY
    await store.count_emergency(datetime.now(BRUSSELS).date(), category)


async def accept_report(command: SubmitReport, desk: Desk, store: Store, *, of_city: bool) -> Report:
    """Check in the order in which a person can mend it; what is accepted is still to be kept.

    Raises:
        DomainError: the first of the refusals that the README lists.
        AlreadyReported: the record of another system that it is made from became a report before.
    """
    now = datetime.now(UTC)
    source = command.source
    rules.require_hotline_rights(command.channel, has_source=source is not None, of_city=of_city)
    if source:
        rules.refuse_known(await store.report_of(source), command.happened_from)
    facts = desk.catalogue.facts(command.category)
    rules.refuse_national_number(command.texts())
    rules.require_text(command.text)
    start = rules.check_time(command.happened_from, command.happened_to, now)
    location = _location(command.location, desk.municipality)
    holding = await _networks_at(location, now.astimezone(BRUSSELS).date(), desk.municipality, store)
    return Report(
        category=facts.category,
        severity=facts.severity,
        route_to=facts.route_to,
        channel=command.channel,
        text=command.text,
        happened_from=start.astimezone(UTC),
        happened_to=command.happened_to.astimezone(UTC) if command.happened_to else None,
        location=location,
        street=command.location.street,
        house_number=command.location.house_number,
        network_id=rules.choose_network(holding, trader=facts.trader),
        reported_at=now,
        source_system=source.system if source else None,
        source_number=source.number if source else None,
    )


def _location(place: Place, municipality: Municipality) -> Location:
    if place.latitude is None or place.longitude is None:
        raise DomainError("location_missing", "Duid op de kaart aan waar het was.")
    if not municipality.has_point(place.longitude, place.latitude):
        raise DomainError("outside_area", "Deze plaats ligt niet in de gemeente.")
    return Location(latitude=place.latitude, longitude=place.longitude, nis=municipality.nis, postcode=place.postcode)


async def _networks_at(location: Location, day: date, municipality: Municipality, store: Store) -> list[KnownNetwork]:
    point = (location.longitude, location.latitude)
    around = await store.networks_around(*point, day)
    return [network for network, area in around if municipality.is_in(area, *point)]
