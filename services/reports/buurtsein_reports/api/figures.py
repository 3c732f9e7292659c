"""Defines the route of the monthly figures, which are open data."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.lists import AS_CSV, NOT_MODIFIED, Lister, anyone_may_list
from buurtsein_chassis.provided import provided
from buurtsein_reports import views

router = APIRouter(tags=["reports"])


@router.get("/figures", response_model=views.Figures, responses=AS_CSV | NOT_MODIFIED)
async def figures(
    query: Annotated[views.FigureQuery, Query()],
    lister: Annotated[Lister[Caller | None], anyone_may_list()],
    openness: Annotated[views.Openness, provided(views.Openness)],
) -> Response:
    """Return the figures of reports by month, and by category or network; this is public."""
    async with lister.database.connection() as connection:
        found = await views.figures(connection, query, openness)
    return lister.whole(views.FIGURES, found, found.items, query.format, public_seconds=views.PUBLIC_SECONDS)
