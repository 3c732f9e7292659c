"""Defines the routes that show networks, and the caller's own memberships."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from buurtsein_chassis.languages import ReadBy
from buurtsein_registry import views
from buurtsein_registry.api.callers import Given, ReadByAll, ReadByConcerned, ReadByOffices, own_reader

router = APIRouter(tags=["registry"])


@router.get("/networks/{network_id}", response_model_exclude_none=True)
async def network_file(network_id: UUID, reading: ReadByConcerned, given: Given) -> views.NetworkFile:
    """Return one network with all its data; the ETag of the response is needed to change the network.

    Applicants and coordinators get 404 for networks of others.
    """
    found = await views.network_file(reading.connection, network_id, given.today, own_reader(reading))
    reading.show_tag(found.version)
    return found


@router.get("/networks/{network_id}/charters", response_model_exclude_none=True)
async def charters(network_id: UUID, reading: ReadByConcerned) -> views.Charters:
    """Return all versions of a network's charter, oldest first; 404 for the networks of others."""
    return views.charters_of(await views.readable_network(reading.connection, network_id, own_reader(reading)))


@router.get("/networks/{network_id}/similar", response_model_exclude_none=True)
async def similar_networks(network_id: UUID, reading: ReadByOffices) -> views.SimilarNetworks:
    """Return networks that may duplicate this one: of one kind with overlapping areas, or with the same name."""
    network = await views.readable_network(reading.connection, network_id, None)
    return await views.similar_networks(reading.connection, network, for_official=True)


@router.get("/charters/{reference}", response_model_exclude_none=True)
async def charter_progress(
    reference: Annotated[str, Path(pattern=r"^[0-9a-fA-F]{4}(-[0-9a-fA-F]{4}){3}$")],
    reading: ReadByAll,
    reader: ReadBy,
) -> views.CharterProgress:
    """Return how far the approval of a charter is, by the reference given at the application; this route is public."""
    reading.keep_private()
    reading.show_language(reader)
    return await views.charter_progress(reading.connection, reference, reader)
