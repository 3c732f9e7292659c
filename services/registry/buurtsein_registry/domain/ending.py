"""Decides on the end of a network: it stopped, it merged into another network, or it was withdrawn.

Invariant: an ended network never changes again. Each function changes the network and returns the events to record, or
raises DomainError.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from buurtsein_contracts import EventData
from buurtsein_contracts.events import NetworkEnded
from buurtsein_contracts.events.network import EndReason
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import DomainError, conflict
from buurtsein_registry.domain.duties import Side
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.parts import End
from buurtsein_registry.domain.states import NetworkState


def end(
    network: Network, reason: EndReason, target: Network | None, side: Side, actor: str, now: datetime
) -> Sequence[EventData]:
    """End a network and return NetworkEnded; `target` is the network into which it merges, None for other reasons."""
    network.act_for(side, actor)
    network.require("end")
    _require_target(network, reason, target)
    merged_into = target.network_id if target else None
    network.note("end", actor, now)
    network.end = End(reason=reason, merged_into=merged_into, ended_on=brussels_day(now))
    network.enter(NetworkState.ENDED, now)
    return [ended(network.network_id, reason, merged_into, actor, now)]


def ended(
    network_id: UUID, reason: EndReason, merged_into: UUID | None, actor: str | None, now: datetime
) -> NetworkEnded:
    """Return the event NetworkEnded; `actor` is None when the registry itself ends an abandoned application."""
    return NetworkEnded(network_id=network_id, reason=reason, merged_into=merged_into, actor=actor, ended_at=now)


def _require_target(network: Network, reason: EndReason, target: Network | None) -> None:
    if (reason is EndReason.MERGED) is (target is None):
        detail = "Een samenvoeging noemt het andere netwerk (merged_into); een ander einde doet dat niet."
        raise DomainError("merged_into_mismatch", detail)
    if target is None:
        return
    if target.network_id == network.network_id:
        raise DomainError("merged_into_itself", "Een netwerk kan niet opgaan in zichzelf.")
    if target.state is NetworkState.ENDED:
        raise conflict("merged_into_ended", "Het andere netwerk bestaat niet meer.", network.allowed())
