"""Defines the routes that change networks, from application to the end."""

from functools import partial
from uuid import UUID

from fastapi import APIRouter, Response

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.calls import Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_contracts.events.network import ApproverRole
from buurtsein_registry import commands, handlers, views
from buurtsein_registry.api.answers import answered
from buurtsein_registry.api.callers import (
    ByCoordinator,
    ByResident,
    DecidedByApprover,
    DecidedByConcerned,
    DecidedByCoordinator,
    DecidedByOffices,
    DecidedByOfficials,
    DecidedByResident,
    Given,
)
from buurtsein_registry.store import RegistryStore

router = APIRouter(tags=["registry"])


@router.post("/networks", status_code=201, response_model=views.NetworkFile)
async def apply_for_network(command: commands.ApplyForNetwork, call: ByResident, given: Given) -> Response:
    """Ask, as a resident, that a neighbourhood becomes a network.

    `similar` in the answer names recognised networks that may be the same, such as one whose area overlaps.
    """

    async def done(uow: UnitOfWork) -> Reply:
        store = RegistryStore(uow, given.keyring)
        network = await handlers.apply_for_network(command, call.caller.actor, given, store)
        similar = await views.similar_networks(uow.connection, network, for_official=False)
        file = views.file_of(network, given.today, for_official=False)
        return Reply(file.model_copy(update={"similar": similar.items}), network.version, 201)

    return await call.once(done)


@router.put("/networks/{network_id}/charter", response_model=views.NetworkFile)
async def sign_charter(
    network_id: UUID, command: commands.SignCharter, decision: DecidedByResident, given: Given
) -> Response:
    """Sign the charter (the local agreement) of a network or a new version of it, as applicant or coordinator."""
    return await answered(decision, partial(handlers.sign_charter, network_id, command, decision.by), given)


@router.post("/networks/{network_id}/submission", response_model=views.NetworkFile)
async def submit(network_id: UUID, decision: DecidedByResident, given: Given) -> Response:
    """Submit the charter to korpschef (chief of police) and burgemeester (mayor) for approval."""
    return await answered(decision, partial(handlers.submit, network_id, decision.by), given)


@router.post("/networks/{network_id}/approvals", response_model=views.NetworkFile)
async def decide(network_id: UUID, command: commands.Decide, decision: DecidedByApprover, given: Given) -> Response:
    """Approve or reject the charter, as korpschef or burgemeester."""
    office = _office(decision.caller)
    return await answered(decision, partial(handlers.decide, network_id, command, office, decision.by), given)


@router.post("/networks/{network_id}/fod-submission", response_model=views.NetworkFile)
async def send_to_fod(network_id: UUID, decision: DecidedByOfficials, given: Given) -> Response:
    """Record that the signed charter was sent to the FOD (Belgian ministry of the Interior)."""
    return await answered(decision, partial(handlers.send_to_fod, network_id, decision.by), given)


@router.post("/networks/{network_id}/recognition", response_model=views.NetworkFile)
async def recognise(
    network_id: UUID, command: commands.Recognise, decision: DecidedByOffices, given: Given
) -> Response:
    """Record that the FOD (ministry of the Interior) recognises the network, as its letter says."""
    return await answered(decision, partial(handlers.recognise, network_id, command, decision.by), given)


@router.post("/networks/{network_id}/renewal", response_model=views.NetworkFile)
async def renew(network_id: UUID, command: commands.Recognise, decision: DecidedByOffices, given: Given) -> Response:
    """Record that the FOD (ministry of the Interior) renews the recognition, as its letter says."""
    return await answered(decision, partial(handlers.renew, network_id, command, decision.by), given)


@router.post("/networks/{network_id}/amendment", response_model=views.NetworkFile)
async def amend(
    network_id: UUID, command: commands.AmendCharter, decision: DecidedByCoordinator, given: Given
) -> Response:
    """Sign a new version of a recognised network's charter, which chief of police and mayor must both approve."""
    return await answered(decision, partial(handlers.amend, network_id, command, decision.by), given)


@router.post("/networks/{network_id}/suspension", response_model=views.NetworkFile)
async def suspend(
    network_id: UUID, command: commands.SuspendNetwork, decision: DecidedByOffices, given: Given
) -> Response:
    """Record that the FOD (ministry of the Interior) suspends a recognition, as its letter says."""
    return await answered(decision, partial(handlers.suspend, network_id, command, decision.by), given)


@router.post("/networks/{network_id}/reinstatement", response_model=views.NetworkFile)
async def reinstate(
    network_id: UUID, command: commands.ReinstateNetwork, decision: DecidedByOffices, given: Given
) -> Response:
    """Record that the FOD (ministry of the Interior) lifts the suspension, as its letter says."""
    return await answered(decision, partial(handlers.reinstate, network_id, command, decision.by), given)


@router.post("/networks/{network_id}/end", response_model=views.NetworkFile)
async def end_network(
    network_id: UUID, command: commands.EndNetwork, decision: DecidedByConcerned, given: Given
) -> Response:
    """End a network: it stopped, merged into another network, or was withdrawn; this cannot be undone."""
    return await answered(decision, partial(handlers.end_network, network_id, command, decision.by), given)


@router.post("/networks/{network_id}/return", response_model=views.NetworkFile)
async def return_charter(
    network_id: UUID, command: commands.ReturnCharter, decision: DecidedByOffices, given: Given
) -> Response:
    """Record that the FOD (ministry of the Interior) returned the charter, as its letter says."""
    return await answered(decision, partial(handlers.return_charter, network_id, command, decision.by), given)


@router.post("/networks/{network_id}/be-alert", response_model=views.NetworkFile)
async def join_be_alert(network_id: UUID, command: commands.JoinBeAlert, call: ByCoordinator, given: Given) -> Response:
    """Accept, as a network's coordinator, the conditions of BE-Alert (Belgium's national alerting platform)."""
    return await answered(call, partial(handlers.join_be_alert, network_id, command, call.caller.actor), given)


def _office(caller: Caller) -> ApproverRole:
    """Return the office in which the caller decides, korpschef or burgemeester; korpschef for a caller with both."""
    return next(role for role in ApproverRole if role in caller.roles)
