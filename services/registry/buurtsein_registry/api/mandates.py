"""Defines the routes with which the korpschef (chief of police) mandates police officers for a network."""

from functools import partial
from uuid import UUID

from fastapi import APIRouter, Response

from buurtsein_contracts.model import Pseudonym
from buurtsein_registry import commands, handlers, views
from buurtsein_registry.api.answers import answered
from buurtsein_registry.api.callers import DecidedByKorpschef, Given

router = APIRouter(tags=["registry"])


@router.post("/networks/{network_id}/officers", status_code=201, response_model=views.NetworkFile)
async def mandate_officer(
    network_id: UUID, command: commands.MandateOfficer, decision: DecidedByKorpschef, given: Given
) -> Response:
    """Mandate a police officer for a network: the officer guides the network and judges its messages."""
    return await answered(decision, partial(handlers.mandate_officer, network_id, command, decision.by), given, 201)


@router.post("/networks/{network_id}/officers/{person}/release", response_model=views.NetworkFile)
async def release_officer(network_id: UUID, person: Pseudonym, decision: DecidedByKorpschef, given: Given) -> Response:
    """End the mandate of a police officer; a network without a mandated officer sends no urgent messages."""
    return await answered(decision, partial(handlers.release_officer, network_id, person, decision.by), given)
