"""Defines the route that shows whether a network meets the conditions for funding."""

from uuid import UUID

from fastapi import APIRouter

from buurtsein_chassis.languages import ReadBy
from buurtsein_funding import handlers, views
from buurtsein_funding.api.callers import CITY, Given, ReadByConcerned
from buurtsein_funding.projections import network_of

router = APIRouter(tags=["funding"])


@router.get("/networks/{network_id}/conditions", response_model_exclude_none=True)
async def conditions_now(
    network_id: UUID, reading: ReadByConcerned, given: Given, reader: ReadBy
) -> views.ConditionsNow:
    """Return whether the network would meet each of the four conditions for funding if the caller applied now.

    A coordinator can only ask about a network that they coordinate.
    """
    caller = reading.caller
    network = await network_of(reading.connection, network_id)
    if not caller.roles.intersection(CITY):
        handlers.of_coordinator(network, caller.actor)
    reading.show_language(reader)
    return views.conditions_now(handlers.known(network), caller.actor, given, reader)
