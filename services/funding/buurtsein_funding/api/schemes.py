"""Defines the public routes that show the city's schemes and the form of an application."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from buurtsein_chassis.languages import ReadBy, language_headers
from buurtsein_chassis.lists import NOT_MODIFIED
from buurtsein_funding import views
from buurtsein_funding.api.callers import Given, ListedForAll
from buurtsein_kernel.days import brussels_day

router = APIRouter(tags=["funding"])


@router.get("/schemes", response_model=views.ShownSchemes, responses=NOT_MODIFIED)
async def schemes(lister: ListedForAll, given: Given, reader: ReadBy) -> Response:
    """Show the city's rules for support of the costs of last year, this year and next year; this is public."""
    shown = views.schemes(given.schemes, brussels_day(given.clock.now()), reader)
    return lister.as_json(shown, public_seconds=views.PUBLIC_SECONDS, language=reader.language)


@router.get("/schemes/form", response_model=dict[str, Any])
async def form(
    year: Annotated[int, Query(ge=2000, le=2100)], _: ListedForAll, given: Given, reader: ReadBy
) -> Response:
    """Return the JSON Schema of the body of `POST /v1/applications` for the costs of a year; this is public."""
    scheme = given.schemes.valid(year, brussels_day(given.clock.now()))
    return JSONResponse(views.form_schema(year, scheme, reader), headers=language_headers(reader.language))
