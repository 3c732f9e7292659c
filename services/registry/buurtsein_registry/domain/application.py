"""Decides on the application of a network: the charter is signed, submitted, and approved or rejected.

Invariant: a network is approved when korpschef and burgemeester, two different persons, approved the same version of
the charter. Each function changes the network and returns the events to record, or raises DomainError.
"""

from collections.abc import Sequence
from datetime import date, datetime

from buurtsein_contracts import EventData
from buurtsein_contracts.events import NetworkApproved
from buurtsein_contracts.events.network import Approval, ApproverRole
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import DomainError, conflict
from buurtsein_registry.domain.duties import Side
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.parts import Charter
from buurtsein_registry.domain.states import NetworkState

_SIDE_OF = {ApproverRole.KORPSCHEF: Side.POLICE, ApproverRole.BURGEMEESTER: Side.CITY}


def sign_charter(network: Network, communication_plan: str, budget_plan: str, actor: str, today: date) -> None:
    """Add a new version of the charter; earlier approvals lapse, because they were for another text."""
    network.require_own(actor)
    network.require("sign_charter")
    version = network.charter.version + 1 if network.charter else 1
    network.charter = Charter(
        version=version,
        communication_plan=communication_plan,
        budget_plan=budget_plan,
        signed_by=actor,
        signed_on=today,
    )
    network.approvals, network.rejection = [], None
    network.state = NetworkState.CHARTER_READY


def submit(network: Network, actor: str, now: datetime) -> None:
    """Submit the charter to korpschef and burgemeester for approval."""
    network.require_own(actor)
    network.require("submit")
    network.note("submit", actor, now)
    network.state = NetworkState.UNDER_REVIEW


def decide(
    network: Network, role: ApproverRole, actor: str, reason: str | None, now: datetime, *, approved: bool
) -> Sequence[EventData]:
    """Approve or reject, as korpschef or burgemeester; raise `reason_missing` for a rejection without a reason."""
    if approved:
        return approve(network, role, actor, now)
    if reason is None:
        raise DomainError("reason_missing", "Geef een reden voor de weigering.")
    reject(network, role, actor, reason, now)
    return []


def approve(network: Network, role: ApproverRole, actor: str, now: datetime) -> Sequence[EventData]:
    """Add the approval of one authority; return NetworkApproved when both have approved."""
    _require_decision(network, role, actor)
    network.approvals.append(Approval(role=role, decided_on=brussels_day(now), actor=actor))
    if len(network.approvals) < len(ApproverRole):
        return []
    network.state = NetworkState.APPROVED
    return [_approved(network, now)]


def reject(network: Network, role: ApproverRole, actor: str, reason: str, now: datetime) -> None:
    """Reject the charter, as one of the two authorities; a new version of the charter can follow."""
    _require_decision(network, role, actor)
    network.note("reject", actor, now)
    network.rejection = reason
    network.state = NetworkState.REJECTED


def _require_decision(network: Network, role: ApproverRole, actor: str) -> None:
    network.act_for(_SIDE_OF[role], actor)
    network.require("decide")
    if any(given.role is role for given in network.approvals):
        raise conflict("already_decided", f"De {role} heeft al beslist over deze versie van het charter.")


def _approved(network: Network, now: datetime) -> NetworkApproved:
    return NetworkApproved(
        network_id=network.network_id,
        code=network.code,
        kind=network.kind,
        name=network.name,
        nis=network.nis,
        postcodes=network.postcodes,
        police_zone=network.police_zone,
        area=network.area,
        charter_version=network.charter.version if network.charter else 1,
        approvals=network.approvals,
        approved_at=now,
    )
