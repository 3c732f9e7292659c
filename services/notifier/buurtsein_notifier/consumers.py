"""What the notifier listens to: networks, to know whom an alert is for; reports, to judge them."""

from typing import Any
from uuid import UUID

from buurtsein_chassis.consumer import Apply, Subscription
from buurtsein_chassis.database import UnitOfWork
from buurtsein_contracts import Event
from buurtsein_contracts.events import CoordinatorAppointed, CoordinatorRemoved, IncidentReported, NetworkApproved
from buurtsein_contracts.topics import INCIDENTS, NETWORKS
from buurtsein_notifier import handlers
from buurtsein_notifier.domain.facts import Incident
from buurtsein_notifier.domain.message import Outgoing
from buurtsein_notifier.domain.rule import RuleBook
from buurtsein_notifier.store import NotifierStore

KEPT = {NetworkApproved.TYPE: "select network_id::text from known_network"}
"""Keys of which the table has what such an event brings; `buurtsein verify` holds them against what was applied."""


def subscriptions(book: RuleBook, outgoing: Outgoing, adapter: str) -> list[Subscription]:
    """Both subscriptions, each at its own pace."""
    return [
        Subscription("notifier.networks", (NETWORKS,), _networks(book, outgoing, adapter)),
        Subscription("notifier.incidents", (INCIDENTS,), _incidents(book, outgoing, adapter)),
    ]


def _networks(book: RuleBook, outgoing: Outgoing, adapter: str) -> Apply:
    async def apply(event: Event[Any], uow: UnitOfWork) -> None:
        store = NotifierStore(uow, adapter)
        match event.data:
            case CoordinatorAppointed(network_id=network_id):
                await store.count_coordinators(network_id, 1)
            case CoordinatorRemoved(network_id=network_id):
                await store.count_coordinators(network_id, -1)
            case data:
                await handlers.follow_network(UUID(event.key), data, book, outgoing, store)

    return apply


def _incidents(book: RuleBook, outgoing: Outgoing, adapter: str) -> Apply:
    async def apply(event: Event[Any], uow: UnitOfWork) -> None:
        match event.data:
            case IncidentReported() as reported:
                await handlers.judge(_incident(reported), book, outgoing, NotifierStore(uow, adapter))

    return apply


def _incident(data: IncidentReported) -> Incident:
    return Incident(
        report_id=data.report_id,
        category=data.category,
        severity=data.severity,
        longitude=data.location.longitude,
        latitude=data.location.latitude,
        happened_from=data.happened_from,
        network_id=data.network_id,
    )
