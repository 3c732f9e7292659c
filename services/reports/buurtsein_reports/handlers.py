"""One function for each command: check, and find the network."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol

from buurtsein_contracts.events.geography import Location
from buurtsein_contracts.events.incident import ReportChannel
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import DomainError
from buurtsein_reports.commands import Place, Source, SubmitReport
from buurtsein_reports.domain import repeat
from buurtsein_reports.domain import report as rules
from buurtsein_reports.domain.category import CategoryTable
from buurtsein_reports.domain.emergency import Emergencies, Strength
from buurtsein_reports.domain.report import AcceptedReport, AlreadyReported, Candidate, Report, ReportFlag
from buurtsein_reports.domain.texts import Catalogue
from buurtsein_reports.domain.tracking import Tracking

UNKNOWN_CATEGORY = "onbekend"


class Store(Protocol):
    """What the handlers look up and count."""

    async def networks_around(
        self, longitude: float, latitude: float, day: date
    ) -> Sequence[tuple[Candidate, dict[str, Any]]]:
        """Networks recognised on that day whose bounding box holds the point, each with its area (GeoJSON)."""

    async def report_of(self, source: Source) -> AcceptedReport | None:
        """The report that was made from a record of another system."""

    async def same_report(self, digest: bytes) -> AcceptedReport | None:
        """The report with this digest, of the last days."""

    async def count_emergency(self, day: date, category: str, *, asked: bool) -> None:
        """One more that was sent to 101 or 112, or about which a question was asked."""


class Municipality(Protocol):
    """The municipality reports are for, and what its map can tell."""

    nis: str

    def has_point(self, longitude: float, latitude: float) -> bool:
        """Whether a point lies in the municipality."""

    def is_in(self, area: dict[str, Any], longitude: float, latitude: float) -> bool:
        """Whether a point lies in an area."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who reports: a pseudonym, or nobody known."""

    actor: str | None = None
    of_city: bool = False


@dataclass(frozen=True, slots=True)
class Complaints:
    """Where a victim lodges a formal complaint."""

    office_url: str
    online_url: str


@dataclass(frozen=True, slots=True)
class Desk:
    """What everybody who handles a report has at hand."""

    categories: CategoryTable
    texts: Catalogue
    emergencies: Emergencies
    municipality: Municipality
    tracking: Tracking
    complaints: Complaints


def urgency(command: SubmitReport, desk: Desk) -> Strength:
    """Whether this must go to 101 or 112 (strong), or may have to, so that a question is asked (weak)."""
    said_so = command.danger or command.in_progress or command.happening_now
    if said_so or _is_for_101(command, desk):
        return Strength.STRONG
    strength = desk.emergencies.strength(command.text)
    answered_no = command.happening_now is False
    return Strength.NONE if answered_no and strength is Strength.WEAK else strength


def _is_for_101(command: SubmitReport, desk: Desk) -> bool:
    """Whether people call 101 first for this category and it happened in the last minutes."""
    facts = desk.categories.find(command.category)
    just_now = rules.is_just_now(command.happened_from, datetime.now(UTC), desk.emergencies.recent_minutes)
    return facts is not None and facts.police_first and just_now


def was_answered(command: SubmitReport, caller: Caller) -> bool:
    """Whether a person of the hotline heard it already; then it is kept and flagged."""
    return caller.of_city and command.channel is ReportChannel.HOTLINE


def diverted(command: SubmitReport, heard: Strength, desk: Desk) -> DomainError:
    """The refusal of what cannot wait for somebody to read it, with what was sent: none of it is kept."""
    sent = {"report": command.model_dump(mode="json", exclude_unset=True)}
    if heard is Strength.STRONG:
        return DomainError("emergency", desk.texts.dutch_first(command.language, "emergency"), members=sent)
    question = {"question": desk.texts.in_language(command.language).question}
    told = desk.texts.dutch_first(command.language, "question", "if_yes")
    return DomainError("emergency_question", told, members=question | sent)


async def count_emergency(command: SubmitReport, heard: Strength, desk: Desk, store: Store) -> None:
    """Keep that it happened, and nothing of it."""
    facts = desk.categories.find(command.category)
    category: str = facts.category if facts else UNKNOWN_CATEGORY
    await store.count_emergency(brussels_day(datetime.now(UTC)), category, asked=heard is Strength.WEAK)


async def accept_report(
    command: SubmitReport, desk: Desk, store: Store, caller: Caller, heard: Strength = Strength.NONE
) -> Report:
    """Check in the order in which a person can mend it; what is accepted is still to be kept.

    `heard`: how much it sounds like an emergency that was answered by the hotline.

    Raises:
        DomainError: the first of the refusals that the README lists.
        AlreadyReported: the record of another system that it is made from became a report before, or the same caller
            sent the same report before.
    """
    now = datetime.now(UTC)
    source = command.source
    rules.require_hotline_rights(command.channel, has_source=source is not None, of_city=caller.of_city)
    if source:
        rules.refuse_known(await store.report_of(source), command.happened_from)
    facts = desk.categories.facts(command.category)
    rules.refuse_national_number(command.texts())
    rules.require_text(command.text)
    start = rules.check_time(command.happened_from, command.happened_to, now)
    location = _location(command.location, desk.municipality)
    digest = repeat.digest(desk.tracking.key, caller.actor, command.said())
    if same := await store.same_report(digest):
        raise AlreadyReported(same)
    holding = await _networks_at(location, brussels_day(now), desk.municipality, store)
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
        repeat_digest=digest,
        flags=[ReportFlag.EMERGENCY_SIGNS] if heard else [],
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


async def _networks_at(location: Location, day: date, municipality: Municipality, store: Store) -> list[Candidate]:
    point = (location.longitude, location.latitude)
    around = await store.networks_around(*point, day)
    return [network for network, area in around if municipality.is_in(area, *point)]
