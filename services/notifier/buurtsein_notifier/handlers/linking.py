"""Counts a report together with its original when a clerk links them, and judges it again when it is moved."""

from typing import Protocol
from uuid import UUID

from buurtsein_notifier.domain.facts import Fact, Incident
from buurtsein_notifier.handlers import judging
from buurtsein_notifier.handlers.dependencies import Dependencies
from buurtsein_notifier.handlers.rules import with_rules


class Store(judging.Store, Protocol):
    """A Protocol: reads and writes the links between reports, in one transaction."""

    async def link(self, report_id: UUID, original_id: UUID) -> None:
        """Store that a report is a duplicate of another report, and merge the facts (incidents) of both reports."""

    async def unlink(self, report_id: UUID) -> tuple[Incident, Fact] | None:
        """Remove a report's link, and return the report as a separate incident; None when the report had no link."""

    async def forget(self, report_id: UUID) -> Incident | None:
        """Remove a report with its fact and judgements, and return the report, so that it can be judged as a new one.

        Return None and remove nothing when the report is unknown, or when its fact belongs to an alert or to another
        report too.
        """


async def linked(report_id: UUID, original_id: UUID, store: Store) -> None:
    """Count a report and the report that it duplicates as one incident from now on, also in existing alerts."""
    await store.lock()
    await store.link(report_id, original_id)


async def unlinked(report_id: UUID, given: Dependencies, store: Store) -> None:
    """Count a report that was linked to another one as a separate incident again, and judge the report again."""
    await store.lock()
    if own := await store.unlink(report_id):
        await judging.judge_fact(*own, await with_rules(given, store), store)


async def relocated(report_id: UUID, place: tuple[float, float], given: Dependencies, store: Store) -> None:
    """Judge a report again at another place (longitude, latitude), unless its fact has an alert or another report."""
    await store.lock()
    if incident := await store.forget(report_id):
        longitude, latitude = place
        moved = {"longitude": longitude, "latitude": latitude, "has_exact_place": True}
        await judging.judge(incident.model_copy(update=moved), await with_rules(given, store), store)
