"""Defines the routes that list, count and add up applications."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from buurtsein_chassis.lists import AS_CSV, ListPage
from buurtsein_funding import handlers, views
from buurtsein_funding.api.callers import Given, ListedForCity, ListedForConcerned, ReadByCity, own_reader
from buurtsein_funding.projections import network_of
from buurtsein_kernel.days import brussels_day

router = APIRouter(tags=["funding"])


@router.get("/applications", response_model=ListPage[views.ApplicationFile], responses=AS_CSV)
async def applications(query: Annotated[views.ApplicationQuery, Query()], lister: ListedForCity) -> Response:
    """List the applications of all networks, for the officials who decide on them."""
    return await lister.answer(views.APPLICATION_LIST, query, views.listed_application, [views.SUBMITTED])


@router.get("/applications/counts")
async def application_counts(lister: ListedForCity, given: Given) -> views.ApplicationCounts:
    """Count the applications in each state, and those that were not completed in time."""
    return await views.application_counts(lister, brussels_day(given.clock.now()))


@router.get("/applications/sums", response_model_exclude_none=True)
async def sums(year: Annotated[int, Query(ge=2000, le=2100)], reading: ReadByCity, given: Given) -> views.Sums:
    """Add up the applications of a year by scheme and state, and show what is left of each budget."""
    return await views.sums_of(reading.connection, year, given.schemes.budgets(year))


@router.get("/networks/{network_id}/applications", response_model=ListPage[views.ApplicationFile], responses=AS_CSV)
async def applications_of_network(
    network_id: UUID, query: Annotated[views.OfNetwork, Query()], lister: ListedForConcerned
) -> Response:
    """List the applications of one network, for its coordinators and the city; other coordinators get 404.

    Drafts, and changes that are not submitted yet, are for coordinators only.
    """
    conditions, shown = views.of_network(network_id), views.listed_own
    if own := own_reader(lister.caller):
        async with lister.database.connection() as connection:
            handlers.of_coordinator(await network_of(connection, network_id), own)
    else:
        conditions, shown = [*conditions, views.SUBMITTED], views.listed_application
    return await lister.answer(views.APPLICATION_LIST, query, shown, conditions)
