"""Defines the Protocol of the store that the handlers of reports use."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from buurtsein_contracts import EventData
from buurtsein_kernel.editions import EditionStore
from buurtsein_reports.commands import Contact, Source
from buurtsein_reports.domain.category import CategoryTable
from buurtsein_reports.domain.handled import HandledReport
from buurtsein_reports.domain.photo import Photo, PhotoAct
from buurtsein_reports.domain.report import AcceptedReport, Candidate, Report, ReportedPlace
from buurtsein_reports.domain.routing import RoutingTable
from buurtsein_reports.domain.steps import Step


class Store(EditionStore, Protocol):
    """A Protocol: reads and writes the tables that the handlers use, in one transaction."""

    async def categories_on(self, day: date) -> CategoryTable:
        """Return the categories that are in force on a day."""

    async def categories_of(self, number: int) -> CategoryTable:
        """Return one edition of the categories."""

    async def routing_on(self, day: date) -> RoutingTable:
        """Return the units and rules that are in force on a day."""

    async def networks_around(
        self, longitude: float, latitude: float, day: date
    ) -> Sequence[tuple[Candidate, dict[str, Any]]]:
        """Return the networks recognised on that day whose bounding box contains the point, with their GeoJSON area."""

    async def report_of(self, source: Source) -> AcceptedReport | None:
        """Return the report that was made from a record of another system, or None."""

    async def same_report(self, digest: bytes) -> AcceptedReport | None:
        """Return a report with this digest that was submitted in the last few days, or None."""

    async def add_report(self, report: Report, tracking_sha256: bytes, contact: Contact) -> None:
        """Insert a new report and, if its reporter gave any, the contact data.

        Raise ConcurrentWrite when another transaction inserts the same report or reference: the handler runs again.
        """

    async def count_emergency(self, day: date, category: str, *, asked: bool) -> None:
        """Count an emergency for a day and category: as a question to the reporter if `asked`, else as a refusal."""

    async def record(self, *events: EventData) -> None:
        """Append events to the event log and the outbox."""

    async def steps_since(self, report_id: UUID, seen: str) -> Sequence[Step]:
        """Return at most 20 steps after the version `seen` of a report, oldest first; none if `seen` is no version."""

    async def last_move(self, report_id: UUID) -> Step | None:
        """Return the last step that changed the place of a report, or None."""

    async def report(self, report_id: UUID) -> HandledReport:
        """Return a report and lock its row; raise DomainError `report_unknown` when it does not exist.

        Raises:
            DomainError: `report_unknown`; `report_past_retention` when its place and text were deleted.
        """

    async def report_and_original(self, report_id: UUID, original_id: UUID) -> tuple[HandledReport, HandledReport]:
        """Return a report and the report that it duplicates, and lock both rows; raise the errors of `report`."""

    async def own_report(self, reference: str, token: str | None) -> HandledReport:
        """Return a report to the owner of its tracking token and lock its row; raise the errors of `report`."""

    async def report_with(self, reference: str) -> HandledReport:
        """Return the report with a reference and lock its row; raise the errors of `report`."""

    async def save_handling(self, report: HandledReport, step: Step) -> None:
        """Update a report after a step of its handling, and insert the record of the step."""

    async def relocate(self, report: HandledReport, place: ReportedPlace) -> None:
        """Keep the present place of a report as an earlier one, and store its new place, network and flags."""

    async def keep_feedback(
        self, report_ids: Sequence[UUID], alert_id: UUID, given_at: datetime, *, exercise: bool
    ) -> None:
        """Store that feedback was given about an alert to which these reports led; unknown reports are left out."""

    async def photos(self, report_id: UUID) -> Sequence[Photo]:
        """Return the photos of a report, in the order in which they came."""

    async def hold_file(self, sha256: str) -> None:
        """Hold the file of a photo until the unit of work ends, so that no job removes it meanwhile."""

    async def add_photo(self, report_id: UUID, photo: Photo) -> None:
        """Store a photo of a report; its file was stored before."""

    async def add_act(self, report_id: UUID, act: PhotoAct) -> None:
        """Store what a clerk did with a photo."""

    async def delete_photo(self, report_id: UUID, act: PhotoAct) -> None:
        """Delete a photo, and store the act that says who did it and why."""
