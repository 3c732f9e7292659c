"""Defines the routes with which a clerk saves filters of the list of reports, for themselves."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from buurtsein_chassis.calls import Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_reports import views
from buurtsein_reports.api.callers import CalledByHandlers, Given, ReadByHandlers
from buurtsein_reports.commands import FilterName
from buurtsein_reports.domain.report import refuse_national_number
from buurtsein_reports.store.filters import remove_filter, save_filter

router = APIRouter(tags=["reports"])

OfName = Annotated[FilterName, Path()]


@router.get("/saved-filters")
async def saved_filters(reading: ReadByHandlers) -> views.SavedFilters:
    """Return the filters that the caller saved; nobody else sees them."""
    reading.keep_private()
    return await views.saved_filters(reading.connection, reading.caller.actor)


@router.put("/saved-filters/{name}", response_model=views.SavedFilters)
async def save(name: OfName, query: views.ReportQuery, call: CalledByHandlers, given: Given) -> Response:
    """Save a filter under a name, and replace an earlier filter of that name; the body has the list's parameters."""
    refuse_national_number([name, query.q])

    async def handle(uow: UnitOfWork) -> Reply:
        await save_filter(uow.connection, call.caller.actor, name, views.kept(query), given.clock.now())
        return Reply(await views.saved_filters(uow.connection, call.caller.actor))

    return await call.once(handle)


@router.delete("/saved-filters/{name}", response_model=views.SavedFilters)
async def remove(name: OfName, call: CalledByHandlers) -> Response:
    """Remove a saved filter, and return those that are left."""

    async def handle(uow: UnitOfWork) -> Reply:
        await remove_filter(uow.connection, call.caller.actor, name)
        return Reply(await views.saved_filters(uow.connection, call.caller.actor))

    return await call.once(handle)
