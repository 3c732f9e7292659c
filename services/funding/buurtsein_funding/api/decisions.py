"""Defines the routes with which the city asks for more, prepares a decision and enters it."""

from functools import partial
from uuid import UUID

from fastapi import APIRouter, Response

from buurtsein_funding import commands, handlers, views
from buurtsein_funding.api.answers import answered
from buurtsein_funding.api.callers import DecidedByFinance, DecidedByOfficials, Given

router = APIRouter(tags=["funding"])


@router.post("/applications/{application_id}/questions", response_model=views.ApplicationFile)
async def ask_more(
    application_id: UUID, command: commands.AskMore, decision: DecidedByFinance, given: Given
) -> Response:
    """Ask the coordinator to add something to an application before a day."""
    return await answered(decision, partial(handlers.ask_more, application_id, command, decision.by), given)


@router.post("/applications/{application_id}/review", response_model=views.ApplicationFile)
async def review(application_id: UUID, command: commands.Review, decision: DecidedByFinance, given: Given) -> Response:
    """Prepare a decision for the college, line by line, and reserve its amount in the budget of the year."""
    return await answered(decision, partial(handlers.review, application_id, command, decision.by), given)


@router.post("/applications/{application_id}/decision", response_model=views.ApplicationFile)
async def decide(
    application_id: UUID, command: commands.Decide, decision: DecidedByOfficials, given: Given
) -> Response:
    """Enter the college's decision, as a person who did not prepare it; the conditions are checked again."""
    return await answered(decision, partial(handlers.decide, application_id, command, decision.by), given)
