"""What each event of `bin.networks` changes in what is known of a network."""

from typing import Any

from buurtsein_contracts import EventData
from buurtsein_contracts.events import (
    BeAlertJoined,
    NetworkAmended,
    NetworkApproved,
    NetworkEnded,
    NetworkRecognised,
    NetworkReinstated,
    NetworkSuspended,
)
from buurtsein_contracts.events.network import RecognitionStatus
from buurtsein_kernel.problems import missing
from buurtsein_notifier.domain.facts import KnownNetwork


def after(known: KnownNetwork | None, data: EventData) -> KnownNetwork | None:
    """The network after an event; as it was when the event says nothing of interest here.

    Raises DomainError `network_unknown` when the event changes a network of which no approval was heard.
    """
    if isinstance(data, NetworkApproved):
        return _approved(data, known)
    changes = _changes(data)
    if not changes:
        return known
    if known is None:
        raise missing("network_unknown", "Dit netwerk werd nooit goedgekeurd.")
    return known.model_copy(update=changes)


def _approved(data: NetworkApproved, known: KnownNetwork | None) -> KnownNetwork:
    """A later approval, of a new charter, takes no recognition and no agreement away."""
    told = {"code": data.code, "name": data.name, "kind": data.kind, "nis": data.nis, "area": data.area}
    return known.model_copy(update=told) if known else KnownNetwork(network_id=data.network_id, **told)


def _changes(data: EventData) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    match data:
        case NetworkRecognised():
            changes = _recognition(data)
        case NetworkSuspended():
            changes = {"suspended_from": data.start, "suspended_until": data.end, "reinstated_from": None}
        case NetworkReinstated():
            changes = {"reinstated_from": data.start}
        case NetworkEnded():
            changes = {"ended": True}
        case BeAlertJoined():
            changes = {"be_alert_version": data.agreement_version}
        case NetworkAmended():
            changes = {name: new for name in ("name", "area") if (new := getattr(data, name)) is not None}
    return changes


def _recognition(data: NetworkRecognised) -> dict[str, Any]:
    """A recognition that is entered anew ends an earlier suspension; one that is not active takes it away."""
    active = data.status == RecognitionStatus.ACTIVE
    return {
        "recognised_from": data.start if active else None,
        "recognised_until": data.end if active else None,
        "suspended_from": None,
        "suspended_until": None,
        "reinstated_from": None,
    }
