"""Counts two reports as one fact (one thing that happened) when a clerk linked one to the other as a duplicate."""

from typing import Protocol
from uuid import UUID

from buurtsein_notifier.domain.facts import Fact, Incident
from buurtsein_notifier.handlers import judging
from buurtsein_notifier.handlers.dependencies import Dependencies


class Store(judging.Store, Protocol):
    """A Protocol: reads and writes the links between reports, in one transaction."""

    async def link(self, report_id: UUID, original_id: UUID) -> None:
        """Store that a report repeats another one, and make one fact of theirs."""

    async def unlink(self, report_id: UUID) -> tuple[Incident, Fact] | None:
        """Remove the link of a report, and return the report with a fact of its own; None when it had no link."""


async def linked(report_id: UUID, original_id: UUID, store: Store) -> None:
    """Count a report and the one that it repeats as one fact from now on; alerts about both then tell of one."""
    await store.lock()
    await store.link(report_id, original_id)


async def unlinked(report_id: UUID, given: Dependencies, store: Store) -> None:
    """Count a report by itself again, and judge it again, if it was linked to another one."""
    await store.lock()
    if own := await store.unlink(report_id):
        await judging.judge_fact(*own, given, store)
