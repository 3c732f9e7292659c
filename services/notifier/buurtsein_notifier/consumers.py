"""Subscribes to the events of networks and members, who get the alerts, and of reports, which the rules judge."""

from typing import Any
from uuid import UUID

from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.subscription import Apply, Subscription
from buurtsein_contracts import Event, KnownNetwork
from buurtsein_contracts.events import IncidentRelocated, IncidentReopened, IncidentReported, IncidentResolved
from buurtsein_contracts.events.incident import ReportChannel
from buurtsein_contracts.topics import INCIDENTS
from buurtsein_notifier import handlers
from buurtsein_notifier.domain.facts import Incident
from buurtsein_notifier.domain.rule import RuleBook
from buurtsein_notifier.handlers import Dependencies
from buurtsein_notifier.projections import known_networks, network_members
from buurtsein_notifier.store import NotifierStore


def subscriptions(given: Dependencies) -> list[Subscription]:
    """Return the subscriptions to networks, incident reports and members; each of them is a consumer of its own."""
    return [
        _networks(given),
        Subscription("notifier.incidents", (INCIDENTS,), _incidents(given)),
        Subscription.keeping(network_members),
    ]


def _networks(given: Dependencies) -> Subscription:
    async def changed(before: KnownNetwork | None, after: KnownNetwork, uow: UnitOfWork) -> None:
        await handlers.network_changed(before, after, given, NotifierStore(uow))

    return Subscription.keeping(known_networks, changed)


def _incidents(given: Dependencies) -> Apply:
    async def apply(event: Event[Any], uow: UnitOfWork) -> None:
        match event.data:
            case IncidentReported() as reported:
                await handlers.judge(incident_of(reported, given.book), given, NotifierStore(uow))
            case IncidentResolved(report_id=repeat, duplicate_of=UUID() as original):
                await handlers.linked(repeat, original, NotifierStore(uow))
            case IncidentRelocated() as moved if moved.location.within_metres is None:
                place = (moved.location.longitude, moved.location.latitude)
                await handlers.relocated(moved.report_id, place, given, NotifierStore(uow))
            case IncidentReopened(report_id=reopened):
                await handlers.unlinked(reopened, given, NotifierStore(uow))

    return apply


def incident_of(data: IncidentReported, book: RuleBook) -> Incident:
    """Return the data of a report that the alert rules need.

    For a report that was imported from the hotline, `reported_at` is ignored: it is the time of the import.
    """
    reported = None if data.channel is ReportChannel.HOTLINE else data.reported_at
    return Incident(
        report_id=data.report_id,
        category=data.category,
        severity=data.severity,
        longitude=data.location.longitude,
        latitude=data.location.latitude,
        has_exact_place=data.location.within_metres is None,
        happened_at=book.moment(data.category, data.happened_from, data.happened_to, reported),
    )
