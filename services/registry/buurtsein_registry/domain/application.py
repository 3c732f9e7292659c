"""Decides on the application of a network: the charter is signed, submitted, and approved or rejected.

Invariant: a version of the charter is approved when korpschef and burgemeester, two different persons, approved it.
Each function changes the network and returns the events to record, or raises DomainError.
"""

from collections.abc import Sequence
from datetime import datetime

from buurtsein_contracts import EventData
from buurtsein_contracts.events import NetworkApplied, NetworkApproved, NetworkRejected
from buurtsein_contracts.events.network import Approval, ApproverRole
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import DomainError, Word, conflict
from buurtsein_registry.domain import amendments
from buurtsein_registry.domain.charter import Charter, CharterParts, Refusal, RefusedBy
from buurtsein_registry.domain.duties import Side
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.states import NetworkState

_SIDE_OF = {ApproverRole.KORPSCHEF: Side.POLICE, ApproverRole.BURGEMEESTER: Side.CITY}


def apply(network: Network, now: datetime) -> Sequence[EventData]:
    """Begin the application of a new network; return NetworkApplied."""
    network.enter(NetworkState.DRAFT, now)
    network.note("apply", network.applicant, now)
    return [
        NetworkApplied(
            network_id=network.network_id,
            code=network.code,
            kind=network.kind,
            name=network.name,
            nis=network.nis,
            postcodes=network.postcodes,
            police_zone=network.police_zone,
            actor=network.applicant,
            applied_at=now,
        )
    ]


def sign_charter(network: Network, parts: CharterParts, actor: str, now: datetime) -> None:
    """Add a new version of the charter; approvals of earlier versions lapse, because their text was different."""
    network.require_own(actor)
    network.require("sign_charter")
    network.charters.append(network.next_charter(parts, actor, now))
    network.enter(NetworkState.CHARTER_READY, now)


def submit(network: Network, actor: str, now: datetime) -> Sequence[EventData]:
    """Submit the charter to korpschef and burgemeester for approval; return NetworkSubmitted."""
    network.require_own(actor)
    network.require("submit")
    network.require_complete(network.newest)
    network.note("submit", actor, now)
    network.enter(NetworkState.UNDER_REVIEW, now)
    return [amendments.submitted(network, actor, now)]


def decide(
    network: Network,
    role: ApproverRole,
    actor: str,
    reason: str | None,
    now: datetime,
    *,
    approved: bool,
    conditions: str | None = None,
) -> Sequence[EventData]:
    """Approve or reject a charter, as korpschef or burgemeester; raise `reason_missing` without a reason to reject."""
    if approved:
        return approve(network, role, actor, now, conditions)
    if reason is None:
        raise DomainError("reason_missing", "Geef een reden voor de weigering.")
    return reject(network, role, actor, reason, now)


def approve(
    network: Network, role: ApproverRole, actor: str, now: datetime, conditions: str | None = None
) -> Sequence[EventData]:
    """Add the approval of one authority; when both have approved, return NetworkApproved or NetworkAmended."""
    charter = _charter_to_decide(network, role, actor)
    network.require_complete(charter)
    network.require_main_coordinator()
    network.note("approve", actor, now)
    charter.approvals.append(Approval(role=role, decided_on=brussels_day(now), actor=actor))
    charter.conditions |= {role: conditions} if conditions else {}
    if not charter.is_approved:
        return []
    if network.state is NetworkState.AMENDING:
        return amendments.bring_into_force(network, actor, now)
    network.enter(NetworkState.APPROVED, now)
    return [approved(network, charter, now)]


def reject(network: Network, role: ApproverRole, actor: str, reason: str, now: datetime) -> Sequence[EventData]:
    """Reject the newest charter, as korpschef (chief of police) or burgemeester (mayor); return NetworkRejected.

    A new version of the charter can follow. A network whose amendment is rejected keeps the charter in force.
    """
    charter = _charter_to_decide(network, role, actor)
    network.note("reject", actor, now)
    charter.refusal = Refusal(by=RefusedBy(role), reason=reason, actor=actor, refused_on=brussels_day(now))
    amending = network.state is NetworkState.AMENDING
    network.enter(NetworkState.RECOGNISED if amending else NetworkState.REJECTED, now)
    return [
        NetworkRejected(
            network_id=network.network_id, charter_version=charter.version, role=role, actor=actor, rejected_at=now
        )
    ]


def _charter_to_decide(network: Network, role: ApproverRole, actor: str) -> Charter:
    network.act_for(_SIDE_OF[role], actor)
    network.require("decide")
    if any(given.role is role for given in network.newest.approvals):
        detail = f"De {role} heeft al beslist over deze versie van het charter."
        raise conflict("already_decided", detail, office=Word("offices", role))
    return network.newest


def approved(network: Network, charter: Charter, at: datetime) -> NetworkApproved:
    """Return the event NetworkApproved for a version of the charter that both authorities had approved at a moment."""
    return NetworkApproved(
        network_id=network.network_id,
        code=network.code,
        kind=network.kind,
        name=network.name,
        nis=network.nis,
        postcodes=network.postcodes,
        police_zone=network.police_zone,
        area=network.area,
        charter_version=charter.version,
        approvals=charter.approvals,
        approved_at=at,
        taken_over_on=network.taken_over_on,
    )
