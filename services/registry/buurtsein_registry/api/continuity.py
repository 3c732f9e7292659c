"""Defines the list of networks that may stop to work, and the yearly answer that a network is still active."""

from functools import partial
from uuid import UUID

from fastapi import APIRouter, Response

from buurtsein_registry import handlers, views
from buurtsein_registry.api.answers import answered
from buurtsein_registry.api.callers import DecidedByCoordinator, Given, ReadByOfficials

router = APIRouter(tags=["registry"])


@router.get("/continuity")
async def networks_at_risk(reading: ReadByOfficials, given: Given) -> views.NetworksAtRisk:
    """List the recognised networks that may stop to work, each with the reasons."""
    return await views.networks_at_risk(reading.connection, given.rules, given.today)


@router.post("/networks/{network_id}/still-active", response_model=views.NetworkFile)
async def confirm_active(network_id: UUID, decision: DecidedByCoordinator, given: Given) -> Response:
    """Answer, as a coordinator, that the network is still active; the question comes once a year."""
    return await answered(decision, partial(handlers.confirm_active, network_id, decision.by), given)
