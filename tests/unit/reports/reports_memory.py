"""Defines a store in memory for the reports service's handlers, and example reports for their tests."""

import copy
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from unit.editions_memory import EditionsInMemory

from buurtsein_chassis.address_sources.address_file import AddressFile
from buurtsein_chassis.database import ConcurrentWrite
from buurtsein_contracts.events.geography import Location
from buurtsein_contracts.events.incident import Route
from buurtsein_kernel.clock import StandingClock
from buurtsein_kernel.hours import STORED
from buurtsein_kernel.problems import DomainError, missing
from buurtsein_reports import handlers
from buurtsein_reports.commands import Contact, Source, SubmitReport
from buurtsein_reports.domain.category import CategoryTable
from buurtsein_reports.domain.edition import EditionKind
from buurtsein_reports.domain.emergency import Emergencies
from buurtsein_reports.domain.handled import HandledReport
from buurtsein_reports.domain.neighbourhoods import Neighbourhood, Neighbourhoods
from buurtsein_reports.domain.photo import Photo, PhotoAct
from buurtsein_reports.domain.report import AcceptedReport, Candidate, Report, ReportedPlace
from buurtsein_reports.domain.routing import RoutingTable
from buurtsein_reports.domain.shipped import shipped_categories
from buurtsein_reports.domain.steps import Step
from buurtsein_reports.domain.texts import Catalogue
from buurtsein_reports.domain.tracking import Tracking
from buurtsein_reports.handlers import Complaints, Dependencies, Sender, Submitted
from buurtsein_reports.store.editions import shipped_document
from harness.stores import MemoryStore

NOW = datetime(2026, 11, 24, 14, tzinfo=UTC)


class Plane:
    """A fake municipality of one square degree; an area with `holds` true contains every point."""

    nis = "41002"

    def has_point(self, longitude: float, latitude: float) -> bool:
        return 4 <= longitude <= 5 and 50 <= latitude <= 51

    def is_in(self, area: dict[str, Any], longitude: float, latitude: float) -> bool:
        return bool(area["holds"]) and self.has_point(longitude, latitude)


class InMemory(EditionsInMemory, MemoryStore):
    """The reports service's store, which keeps all rows in memory."""

    def __init__(self, networks: Sequence[tuple[Candidate, dict[str, Any]]] = ()) -> None:
        """Take the networks that the service knows, each with its area."""
        super().__init__()
        self.networks = networks
        self.reports: list[Report] = []
        self.contacts: list[Contact] = []
        self.emergencies: list[tuple[date, str, bool]] = []
        self.handled: dict[UUID, HandledReport] = {}
        self.steps: dict[UUID, list[Step]] = {}
        self.pictures: dict[UUID, list[Photo]] = {}
        self.earlier_places: list[Location] = []
        self.moves: dict[UUID, int] = {}
        self.acts: dict[UUID, list[PhotoAct]] = {}
        self.feedback: dict[tuple[UUID, UUID], tuple[datetime, bool]] = {}

    async def keep_feedback(
        self, report_ids: Sequence[UUID], alert_id: UUID, given_at: datetime, *, exercise: bool
    ) -> None:
        known = {one.report_id for one in self.reports}.intersection(report_ids)
        self.feedback = {(one, alert_id): (given_at, exercise) for one in known} | self.feedback

    async def counts(self) -> list[int]:
        """Return the numbers of reports, of contacts of reporters, and of events."""
        return [len(self.reports), len(self.contacts), len(self.events)]

    async def networks_around(self, *_place_and_day: object) -> Sequence[tuple[Candidate, dict[str, Any]]]:
        return copy.deepcopy(self.networks)

    async def report_of(self, source: Source) -> AcceptedReport | None:
        made = (one for one in self.reports if _source_of(one) == (source.system, source.number))
        return _as_told(next(made, None))

    async def same_report(self, digest: bytes) -> AcceptedReport | None:
        return _as_told(next((one for one in self.reports if one.repeat_digest == digest), None))

    async def add_report(self, report: Report, tracking_sha256: bytes, contact: Contact) -> None:
        assert tracking_sha256
        for other in self.reports:
            same_source = report.source_number is not None and _source_of(other) == _source_of(report)
            if same_source or other.reference == report.reference or other.repeat_digest == report.repeat_digest:
                raise ConcurrentWrite
        self.reports.append(report.model_copy(deep=True))
        told = {"on_city_topic": Route.CITY in report.route_to}
        self.handled[report.report_id] = HandledReport.model_validate(report.model_dump() | told)
        if contact.name or contact.email or contact.phone:
            self.contacts.append(contact)

    async def report(self, report_id: UUID) -> HandledReport:
        handled = self.handled.get(report_id)
        if handled is None:
            raise missing("report_unknown", "")
        linked = [one for one in self.handled.values() if one.duplicate_of == report_id]
        return handled.model_copy(deep=True, update={"duplicates": len(linked)})

    async def report_and_original(self, report_id: UUID, original_id: UUID) -> tuple[HandledReport, HandledReport]:
        return await self.report(report_id), await self.report(original_id)

    async def own_report(self, reference: str, token: str | None) -> HandledReport:
        for report in self.handled.values():
            if report.reference == reference and token == GIVEN.tracking.token(report.report_id):
                return await self.report(report.report_id)
        raise missing("report_unknown", "")

    async def report_with(self, reference: str) -> HandledReport:
        return await self.report(next(one.report_id for one in self.handled.values() if one.reference == reference))

    async def steps_since(self, report_id: UUID, seen: str) -> Sequence[Step]:
        return [one for one in self.steps.get(report_id, []) if one.number > int(seen)]

    async def save_handling(self, report: HandledReport, step: Step) -> None:
        self.handled[report.report_id] = report.model_copy(deep=True)
        self.steps.setdefault(report.report_id, []).append(step)

    async def last_move(self, report_id: UUID) -> Step | None:
        moved = self.moves.get(report_id)
        return next((one for one in self.steps.get(report_id, []) if one.number == moved), None)

    async def relocate(self, report: HandledReport, _place: ReportedPlace) -> None:
        self.moves[report.report_id] = report.version
        self.earlier_places.append(self.handled[report.report_id].location)

    async def photos(self, report_id: UUID) -> Sequence[Photo]:
        return list(self.pictures.get(report_id, []))

    async def hold_file(self, sha256: str) -> None:
        """Do nothing; the real store locks the file here, because a job could delete it at the same time."""

    async def add_photo(self, report_id: UUID, photo: Photo) -> None:
        self.pictures.setdefault(report_id, []).append(photo)

    async def categories_on(self, day: date) -> CategoryTable:
        return await self.categories_of(self.in_force(EditionKind.CATEGORIES, day).number)

    async def categories_of(self, number: int) -> CategoryTable:
        if number == 0:
            return shipped_categories()
        edition = await self.edition(EditionKind.CATEGORIES, number)
        return CategoryTable.model_validate(edition.document | {"edition": number})

    async def routing_on(self, day: date) -> RoutingTable:
        found = self.in_force(EditionKind.ROUTING, day)
        return RoutingTable.model_validate(found.document | {"edition": found.number}, context=STORED)

    def shipped_document(self, kind: str) -> dict[str, Any]:
        return shipped_document(kind)

    async def add_act(self, report_id: UUID, act: PhotoAct) -> None:
        self.acts.setdefault(report_id, []).append(act)

    async def delete_photo(self, report_id: UUID, act: PhotoAct) -> None:
        self.pictures[report_id] = [one for one in self.pictures[report_id] if one.photo_id != act.photo_id]
        await self.add_act(report_id, act)

    async def count_emergency(self, day: date, category: str, *, asked: bool) -> None:
        self.emergencies.append((day, category, asked))


def _source_of(report: Report) -> tuple[str | None, str | None]:
    return report.source_system, report.source_number


def _as_told(report: Report | None) -> AcceptedReport | None:
    return AcceptedReport.model_validate(report.model_dump()) if report else None


CLOCK = StandingClock(NOW)
GIVEN = Dependencies(
    CLOCK,
    Catalogue.shipped(),
    Emergencies.shipped(),
    Plane(),
    Tracking("k" * 32),
    Complaints("https://politie.example", "https://online.example"),
    timedelta(days=30),
    150,
    168,
    10,
    "41002",
    AddressFile(Path(__file__).with_name("addresses.csv")),
    Neighbourhoods([Neighbourhood(name="Hofstade", longitude=4.6, latitude=50.6, metres=1900)]),
)
GOOD: dict[str, Any] = {
    "category": "inbraak",
    "text": "Poging tot inbraak aan de achterdeur, vastgesteld door Jan.",
    "happened_from": NOW - timedelta(hours=3),
    "location": {"latitude": 50.5, "longitude": 4.5, "postcode": "9300", "street": "Dorp", "house_number": "12"},
}
ANYBODY, CITY = Sender(), Sender("p" * 33, of_city=True)


def command(**changes: Any) -> SubmitReport:
    return SubmitReport.model_validate(GOOD | changes)


async def submit(store: handlers.Store, sender: Sender = ANYBODY, **changes: Any) -> Submitted | DomainError:
    asked = command(**changes)
    looked_up = await handlers.look_up(asked.location, GIVEN)
    return await handlers.submit_report(asked, sender, GIVEN, store, looked_up)


async def submitted(store: handlers.Store, sender: Sender = ANYBODY, **changes: Any) -> Submitted:
    result = await submit(store, sender, **changes)
    assert isinstance(result, Submitted)
    return result


async def accept(store: InMemory | None = None, sender: Sender = ANYBODY, **changes: Any) -> Report:
    """Submit a report, check that it is accepted as new, and return the stored report."""
    store = store or InMemory()
    assert not (await submitted(store, sender, **changes)).again
    return store.reports[-1]


async def diverted(store: InMemory, sender: Sender = ANYBODY, **changes: Any) -> DomainError:
    """Submit an emergency, and return the error with which the service refuses it."""
    result = await submit(store, sender, **changes)
    assert isinstance(result, DomainError)
    return result
