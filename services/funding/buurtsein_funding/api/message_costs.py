"""Defines the route that shows what the messages to a network cost."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from buurtsein_funding import handlers, views
from buurtsein_funding.api.callers import CITY, ReadByConcerned
from buurtsein_funding.projections import network_of

router = APIRouter(tags=["funding"])


@router.get("/networks/{network_id}/communication-costs", response_model_exclude_none=True)
async def communication_costs(
    network_id: UUID, reading: ReadByConcerned, year: Annotated[int, Query(ge=2000, le=2100)]
) -> views.CommunicationCosts:
    """Return the costs of messages to a network in a year, for each alert, and a cost line to copy into the form.

    A coordinator can only ask about a network that they coordinate.
    """
    network = await network_of(reading.connection, network_id)
    if not reading.caller.roles.intersection(CITY):
        handlers.of_coordinator(network, reading.caller.actor)
    handlers.known(network)
    return await views.communication_costs(reading.connection, network_id, year)
