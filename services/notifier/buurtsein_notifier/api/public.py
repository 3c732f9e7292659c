"""Defines the routes by which everybody reads the messages that were sent to everybody."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.reading import Reading, anyone_may_read
from buurtsein_notifier import views
from buurtsein_notifier.api.callers import Given

router = APIRouter(tags=["notifier"])

ReadByAnybody = Annotated[Reading[Caller | None], anyone_may_read()]
_A_MINUTE = {"Cache-Control": "public, max-age=60", "X-Content-Type-Options": "nosniff"}
_TEXT = {"schema": {"type": "string"}}


@router.get(
    "/public-alerts.atom",
    response_class=Response,
    responses={200: {"content": {views.ATOM: _TEXT}, "description": "The feed."}},
)
async def feed(reading: ReadByAnybody, given: Given) -> Response:
    """Return an Atom feed of the newest messages that were sent to everybody, each with a link to its CAP message."""
    made = await views.public_feed(reading.connection, given.outgoing)
    return Response(made, media_type=views.ATOM, headers=_A_MINUTE)


@router.get(
    "/public-alerts/{identifier}",
    response_class=Response,
    responses={200: {"content": {views.CAP: _TEXT}, "description": "The CAP message."}},
)
async def message(identifier: Annotated[str, Path(max_length=200)], reading: ReadByAnybody) -> Response:
    """Return the CAP message with an identifier, if it was sent to everybody."""
    made = await views.public_message(reading.connection, identifier)
    return Response(made, media_type=views.CAP, headers=_A_MINUTE)
