"""Decides on the suspension of a recognition by the FOD (the ministry of the interior), and on lifting it.

Invariant: a suspended network is not in force on any day until the suspension is lifted. Each function changes the
network and returns the events to record, or raises DomainError.
"""

from collections.abc import Sequence
from datetime import date, datetime

from buurtsein_contracts import EventData
from buurtsein_contracts.events import NetworkReinstated, NetworkSuspended
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import DomainError
from buurtsein_registry.domain.fod import Letter, require_letter
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.parts import Suspension
from buurtsein_registry.domain.states import NetworkState


def suspend(network: Network, suspension: Suspension, letter: Letter, now: datetime) -> Sequence[EventData]:
    """Record that the ministry (FOD) suspended the recognition; return NetworkSuspended."""
    require_letter(network, "suspend", letter)
    _refuse_future(suspension.start, now)
    network.note("suspend", letter.actor, now, letter.document_sha256)
    network.suspension = suspension
    network.enter(NetworkState.SUSPENDED, now)
    return [
        NetworkSuspended(
            network_id=network.network_id,
            reason=suspension.reason,
            start=suspension.start,
            reference=suspension.reference,
            actor=letter.actor,
            suspended_at=now,
        )
    ]


def reinstate(
    network: Network, start: date, reference: str | None, letter: Letter, now: datetime
) -> Sequence[EventData]:
    """Record that the FOD (ministry of the Interior) lifted the suspension from day `start`; return NetworkReinstated.

    An amendment that waited when the suspension began waits again, with the approval that it had.
    """
    require_letter(network, "reinstate", letter)
    _refuse_future(start, now)
    if network.suspension and start < network.suspension.start:
        raise DomainError("start_before_suspension", "De heropname kan niet beginnen voor de schorsing begint.")
    network.note("reinstate", letter.actor, now, letter.document_sha256)
    network.suspension = None
    network.enter(NetworkState.AMENDING if network.amendment_waits else NetworkState.RECOGNISED, now)
    return [
        NetworkReinstated(
            network_id=network.network_id, start=start, reference=reference, actor=letter.actor, reinstated_at=now
        )
    ]


def _refuse_future(start: date, now: datetime) -> None:
    if start > brussels_day(now):
        raise DomainError("start_in_future", "Deze datum ligt in de toekomst. Voer dit in op de dag zelf.")
