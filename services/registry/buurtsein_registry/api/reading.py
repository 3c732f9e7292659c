"""Defines the routes that show networks, and the caller's own memberships."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.paging import Limit, Page
from buurtsein_chassis.reading import Reading
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
    found = await views.network_file(reading.connection, network_id, given.today, _person(reading))
    reading.show_tag(found.version)
    return found


@router.get("/networks/{network_id}/charters", response_model_exclude_none=True)
async def charters(network_id: UUID, reading: ReadByConcerned) -> views.Charters:
    """Return all versions of a network's charter, oldest first; a coordinator gets 404 for networks of others."""
    return views.charters_of(await views.readable_network(reading.connection, network_id, _person(reading)))


@router.get("/charters/{reference}", response_model_exclude_none=True)
async def charter_progress(
    reference: Annotated[str, Path(pattern=r"^[0-9a-fA-F]{4}(-[0-9a-fA-F]{4}){3}$")], reading: ReadByAll
) -> views.CharterProgress:
    """Tell where a charter is, by the reference that was given at the application; this is public."""
    reading.keep_private()
    return await views.charter_progress(reading.connection, reference)


@router.get("/me")
async def me(reading: ReadByAnybody) -> views.Me:
    """Return the caller's pseudonym and memberships."""
    return await views.me(reading.connection, reading.caller.actor)


def _person(reading: Reading[Caller]) -> str | None:
    """Return the pseudonym of a reader who may see own networks only; None for an official."""
    return reading.caller.actor if reading.caller.roles.isdisjoint(OFFICES) else None
