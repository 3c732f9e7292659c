"""Defines the routes that list networks and members, and the public route that tells how to join a network."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from buurtsein_chassis.languages import ReadBy
from buurtsein_chassis.lists import AS_CSV, AS_CSV_AND_GEOJSON, NOT_MODIFIED, ListPage, condition
from buurtsein_registry import views
from buurtsein_registry.api.callers import POLICE, Given, ListedForAll, ListedForCoordinator, ListedForOffices

router = APIRouter(tags=["registry"])


@router.get("/networks", response_model=ListPage[views.PublicNetwork], responses=AS_CSV_AND_GEOJSON | NOT_MODIFIED)
async def active_networks(query: Annotated[views.PublicQuery, Query()], lister: ListedForAll, given: Given) -> Response:
    """List the networks that are recognised today, with the contacts that coordinators show; this is public."""
    async with lister.database.connection() as connection:
        there = await views.around(connection, query.at)
    conditions = [views.recognised_on(given.today), *there]
    return await lister.answer(
        views.OVERVIEW,
        query,
        partial(views.public_network, given.keyring),
        conditions,
        public_seconds=views.PUBLIC_SECONDS,
    )


@router.get("/networks/{network_id}/joining", response_model=views.Joining, responses=NOT_MODIFIED)
async def joining(network_id: UUID, lister: ListedForAll, given: Given, reader: ReadBy) -> Response:
    """Tell how to join a network that is recognised today, with the fields of the form; this is public."""
    async with lister.database.connection() as connection:
        shown = await views.joining(connection, network_id, given.today, given.rules, reader)
    return lister.as_json(shown, public_seconds=views.PUBLIC_SECONDS, language=reader.language)


@router.get("/dossiers", response_model=ListPage[views.NetworkFile], responses=AS_CSV_AND_GEOJSON)
async def network_files(
    query: Annotated[views.DossierQuery, Query()], lister: ListedForOffices, given: Given
) -> Response:
    """List networks in all states with all their data, for the officials who decide on them."""
    show = partial(views.dossier, given.today)
    return await lister.answer(views.DOSSIERS, query, show, views.due_on(query, given.today))


@router.get("/dossiers/counts")
async def dossier_counts(lister: ListedForOffices, given: Given) -> views.DossierCounts:
    """Count the networks in each state, those that wait for each office's decision, and those with an overdue task."""
    return await views.dossier_counts(lister, given.today)


@router.get("/coordinators", response_model=ListPage[views.ListedCoordinator], responses=AS_CSV)
async def coordinators(query: Annotated[views.CoordinatorQuery, Query()], lister: ListedForOffices) -> Response:
    """List the present coordinators of all networks by pseudonym, with the day of their screening."""
    return await lister.answer(views.COORDINATORS, query, views.listed_coordinator)


@router.get("/networks/{network_id}/members", response_model=ListPage[views.ListedMember], responses=AS_CSV)
async def members(
    network_id: UUID, query: Annotated[views.MemberQuery, Query()], lister: ListedForCoordinator
) -> Response:
    """List the members of a network by pseudonym, for the police and the coordinators of this network.

    Other coordinators get 404.
    """
    coordinator = lister.caller.actor if lister.caller.roles.isdisjoint(POLICE) else None
    async with lister.database.connection() as connection:
        await views.require_coordinated(connection, network_id, coordinator)
    of_network = [condition("network_id = {}", network_id)]
    return await lister.answer(views.MEMBER_LIST, query, views.listed_member, of_network)
