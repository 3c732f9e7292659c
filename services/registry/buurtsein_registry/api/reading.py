"""Defines the routes that show networks, and the caller's own memberships."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from buurtsein_chassis.paging import Limit, Page
from buurtsein_registry import views
from buurtsein_registry.api.callers import OFFICES, Given, ReadByAll, ReadByAnybody, ReadByConcerned, ReadByOffices
from buurtsein_registry.domain.states import NetworkState

router = APIRouter(tags=["registry"])


@router.get("/networks")
async def active_networks(
    reading: ReadByAll, given: Given, limit: Limit = 50, cursor: UUID | None = None
) -> Page[views.PublicNetwork]:
    """List the active networks; this is public."""
    return await views.active_networks(reading.connection, given.today, limit, cursor)


@router.get("/dossiers", response_model_exclude_none=True)
async def network_files(
    reading: ReadByOffices,
    given: Given,
    state: Annotated[list[NetworkState] | None, Query()] = None,
    limit: Limit = 50,
    cursor: UUID | None = None,
) -> Page[views.NetworkFile]:
    """List the networks in the given states with all their data, for the officials who decide on them."""
    return await views.network_files(reading.connection, state or [], given.today, limit, cursor)


@router.get("/networks/{network_id}", response_model_exclude_none=True)
async def network_file(network_id: UUID, reading: ReadByConcerned, given: Given) -> views.NetworkFile:
    """Return one network with all its data; the ETag of the response is needed to change the network.

    A coordinator gets 404 for networks of others.
    """
    person = reading.caller.actor if reading.caller.roles.isdisjoint(OFFICES) else None
    found = await views.network_file(reading.connection, network_id, given.today, person)
    reading.show_tag(found.version)
    return found


@router.get("/me")
async def me(reading: ReadByAnybody) -> views.Me:
    """Return the caller's pseudonym and memberships."""
    return await views.me(reading.connection, reading.caller.actor)
