"""What the notifier listens to: networks, to know whom an alert is for; reports, to judge them."""

from typing import Any

from buurtsein_chassis.consumer import Apply, Subscription
from buurtsein_chassis.database import UnitOfWork
from buurtsein_contracts import Event
from buurtsein_contracts.events import IncidentReported, NetworkApproved, NetworkRecognised
from buurtsein_contracts.events.network import RecognitionStatus
from buurtsein_contracts.problems import missing
from buurtsein_contracts.topics import INCIDENTS, NETWORKS
from buurtsein_notifier import handlers
from buurtsein_notifier.domain.facts import Incident, KnownNetwork
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
            case NetworkApproved() as approved:
                await store.keep_network(_approved(approved, await store.network(approved.network_id)))
            case NetworkRecognised() as recognised:
                network = _recognised(recognised, await store.network(recognised.network_id))
                await handlers.recognise(network, book, outgoing, store)

    return apply


def _incidents(book: RuleBook, outgoing: Outgoing, adapter: str) -> Apply:
    async def apply(event: Event[Any], uow: UnitOfWork) -> None:
        match event.data:
            case IncidentReported() as reported:
                await handlers.judge(_incident(reported), book, outgoing, NotifierStore(uow, adapter))

    return apply


def _approved(data: NetworkApproved, known: KnownNetwork | None) -> KnownNetwork:
    """A later approval, of a new charter, takes no recognition away."""
    return KnownNetwork(
        network_id=data.network_id,
        code=data.code,
        name=data.name,
        kind=data.kind,
        nis=data.nis,
        area=data.area,
        recognised_from=known.recognised_from if known else None,
        recognised_until=known.recognised_until if known else None,
    )


def _recognised(data: NetworkRecognised, known: KnownNetwork | None) -> KnownNetwork:
    if known is None:
        raise missing("network_unknown", "Dit netwerk werd nooit goedgekeurd.")
    active = data.status == RecognitionStatus.ACTIVE
    return known.model_copy(
        update={"recognised_from": data.start if active else None, "recognised_until": data.end if active else None}
    )


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
