"""The handlers, one function for each command: load, let the domain decide, save, record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol

from buurtsein_contracts import EventData
from buurtsein_contracts.events.geography import Location
from buurtsein_contracts.events.incident import ReportChannel
from buurtsein_contracts.events.member import Language
from buurtsein_kernel.clock import Clock
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import DomainError
from buurtsein_reports.commands import Contact, Place, Source, SubmitReport
from buurtsein_reports.domain import repeat
from buurtsein_reports.domain import report as rules
from buurtsein_reports.domain.category import CategoryTable
from buurtsein_reports.domain.emergency import Emergencies, Strength
from buurtsein_reports.domain.report import AcceptedReport, Candidate, Report, ReportFlag
from buurtsein_reports.domain.texts import Catalogue
from buurtsein_reports.domain.tracking import Tracking


class Store(Protocol):
    """Reads and writes what the handlers need, in one transaction."""

    async def networks_around(
        self, longitude: float, latitude: float, day: date
    ) -> Sequence[tuple[Candidate, dict[str, Any]]]:
        """Networks recognised on that day whose bounding box holds the point, each with its area (GeoJSON)."""

    async def report_of(self, source: Source) -> AcceptedReport | None:
        """The report that was made from a record of another system."""

    async def same_report(self, digest: bytes) -> AcceptedReport | None:
        """The report with this digest, of the last days."""

    async def add_report(self, report: Report, tracking_sha256: bytes, contact: Contact, language: Language) -> None:
        """A new report, and how its reporter can be reached when they said so."""

    async def count_emergency(self, day: date, category: str, *, asked: bool) -> None:
        """Add 1 to the day's count for a category: of those sent to 101 or 112, or of the questions asked."""

    async def record(self, *events: EventData) -> None:
        """Append events to the event log and the outbox."""


class Municipality(Protocol):
    """The municipality that reports are for, and what its map can tell."""

    nis: str

    def has_point(self, longitude: float, latitude: float) -> bool:
        """Whether a point lies in the municipality."""

    def is_in(self, area: dict[str, Any], longitude: float, latitude: float) -> bool:
        """Whether a point lies in an area (GeoJSON)."""


@dataclass(frozen=True, slots=True)
class Complaints:
    """The addresses where a victim lodges a formal complaint."""

    office_url: str
    online_url: str


@dataclass(frozen=True, slots=True)
class Dependencies:
    """What the handlers need besides the store."""

    clock: Clock
    categories: CategoryTable
    texts: Catalogue
    emergencies: Emergencies
    municipality: Municipality
    tracking: Tracking
    complaints: Complaints


@dataclass(frozen=True, slots=True)
class Sender:
    """The sender of a report: a pseudonym, or None."""

    actor: str | None = None
    of_city: bool = False


@dataclass(frozen=True, slots=True)
class Submitted:
    """The report that a submission led to; `again` when there was one already."""

    report: AcceptedReport
    again: bool = False


async def submit_report(
    command: SubmitReport, sender: Sender, given: Dependencies, store: Store
) -> Submitted | DomainError:
    """Keep a report, IncidentReported; or count an emergency, and give the refusal that tells what to do instead.

    Raises:
        DomainError: the first of the refusals that the README lists. They are checked in the order in which a person
            can mend what is wrong.
    """
    now = given.clock.now()
    heard = urgency(command, given, now)
    if heard and not was_answered(command, sender):
        category = given.categories.name(command.category)
        await store.count_emergency(brussels_day(now), category, asked=heard is Strength.WEAK)
        return refusal_of(command, heard, given.texts)
    rules.require_hotline_rights(command.channel, has_source=command.source is not None, of_city=sender.of_city)
    if command.source and (known := await store.report_of(command.source)):
        rules.require_same_record(known, command.happened_from)
        return Submitted(known, again=True)
    report = _checked(command, sender, given, now)
    if same := await store.same_report(report.repeat_digest):
        return Submitted(same, again=True)
    report.flags = [ReportFlag.EMERGENCY_SIGNS] if heard else []
    report.choose_network(await _networks_at(report.location, brussels_day(now), given.municipality, store))
    await store.add_report(report, given.tracking.digest(report.report_id), command.contact, command.language)
    await store.record(*report.reported())
    return Submitted(report)


def urgency(command: SubmitReport, given: Dependencies, now: datetime) -> Strength:
    """Return STRONG when the reporter must call 101 or 112, and WEAK when a question must be asked first."""
    said_so = command.danger or command.in_progress or command.happening_now
    if said_so or _is_for_101(command, given, now):
        return Strength.STRONG
    strength = given.emergencies.strength(command.text)
    answered_no = command.happening_now is False
    return Strength.NONE if answered_no and strength is Strength.WEAK else strength


def _is_for_101(command: SubmitReport, given: Dependencies, now: datetime) -> bool:
    """Whether people call 101 first for this category and it happened in the last minutes."""
    facts = given.categories.find(command.category)
    just_now = rules.is_just_now(command.happened_from, now, given.emergencies.recent_minutes)
    return facts is not None and facts.police_first and just_now


def was_answered(command: SubmitReport, sender: Sender) -> bool:
    """Whether a person of the hotline heard it already; then it is kept and flagged."""
    return sender.of_city and command.channel is ReportChannel.HOTLINE


def refusal_of(command: SubmitReport, heard: Strength, texts: Catalogue) -> DomainError:
    """The refusal of an emergency, with the report as it was sent: none of it is kept."""
    sent = {"report": command.model_dump(mode="json", exclude_unset=True)}
    if heard is Strength.STRONG:
        return DomainError("emergency", texts.dutch_first(command.language, "emergency"), members=sent)
    question = {"question": texts.in_language(command.language).question}
    told = texts.dutch_first(command.language, "question", "if_yes")
    return DomainError("emergency_question", told, members=question | sent)


def _checked(command: SubmitReport, sender: Sender, given: Dependencies, now: datetime) -> Report:
    """The report, checked; it has no network yet."""
    facts = given.categories.facts(command.category)
    rules.refuse_national_number(command.texts())
    rules.require_text(command.text)
    start = rules.check_time(command.happened_from, command.happened_to, now)
    source = command.source
    return Report(
        category=facts.category,
        severity=facts.severity,
        route_to=facts.route_to,
        trader=facts.trader,
        channel=command.channel,
        text=command.text,
        happened_from=start.astimezone(UTC),
        happened_to=command.happened_to.astimezone(UTC) if command.happened_to else None,
        location=_location(command.location, given.municipality),
        street=command.location.street,
        house_number=command.location.house_number,
        repeat_digest=repeat.digest(given.tracking.key, sender.actor, command.said()),
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
