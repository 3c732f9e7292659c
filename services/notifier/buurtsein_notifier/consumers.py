"""Subscribes to the events of networks and members, who get the alerts, and of reports, which the rules judge."""

from typing import Any
from uuid import UUID

from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.subscription import Apply, Subscription
from buurtsein_contracts import Event, KnownNetwork
from buurtsein_contracts.events import IncidentRelocated, IncidentReopened, IncidentReported, IncidentResolved
from buurtsein_contracts.topics import INCIDENTS
from buurtsein_notifier import handlers
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
                await handlers.judge_reported(reported, given, NotifierStore(uow))
            case IncidentResolved(report_id=repeat, duplicate_of=UUID() as original):
                await handlers.linked(repeat, original, NotifierStore(uow))
            case IncidentRelocated() as moved if moved.location.within_metres is None:
                place = (moved.location.longitude, moved.location.latitude)
                await handlers.relocated(moved.report_id, place, given, NotifierStore(uow))
            case IncidentReopened(report_id=reopened):
                await handlers.unlinked(reopened, given, NotifierStore(uow))

    return apply
