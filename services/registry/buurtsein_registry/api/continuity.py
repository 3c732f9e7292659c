"""Defines the routes that list networks at risk of ending, and that record each year that a network is still active."""

from functools import partial
from uuid import UUID

from fastapi import APIRouter, Response

from buurtsein_registry import handlers, views
from buurtsein_registry.api.answers import answered
from buurtsein_registry.api.callers import DecidedByCoordinator, Given, ReadByOfficials

router = APIRouter(tags=["registry"])


@router.get("/continuity")
async def networks_at_risk(reading: ReadByOfficials, given: Given) -> views.NetworksAtRisk:
    """List recognised networks that may soon cease, with the reasons, such as too few coordinators."""
    return await views.networks_at_risk(reading.connection, given.rules, given.today)


@router.post("/networks/{network_id}/still-active", response_model=views.NetworkFile)
async def confirm_active(network_id: UUID, decision: DecidedByCoordinator, given: Given) -> Response:
    """Record that the network is still active, as the registry asks one of its coordinators each year."""
    return await answered(decision, partial(handlers.confirm_active, network_id, decision.by), given)
