"""Defines the routes by which police follow up an alert that was sent, and give feedback about it."""

from functools import partial
from uuid import UUID

from fastapi import APIRouter, Response

from buurtsein_notifier import commands, handlers, views
from buurtsein_notifier.api.callers import DecidedByPolice, Given, answered

router = APIRouter(tags=["notifier"])


@router.post("/alerts/{alert_id}/follow-ups", status_code=201, response_model=views.AlertFile)
async def follow_up(alert_id: UUID, command: commands.FollowUp, decision: DecidedByPolice, given: Given) -> Response:
    """Write a message that follows a sent alert, as a draft for the same networks: an update, all-clear or feedback.

    The answer is the draft, an alert of its own, which is changed, proposed and released like the first.
    """
    return await answered(decision, partial(handlers.follow_up, alert_id, command, decision.by), given, 201)


@router.post("/alerts/{alert_id}/feedback", response_model=views.AlertFile)
async def give_feedback(
    alert_id: UUID, command: commands.Feedback, decision: DecidedByPolice, given: Given
) -> Response:
    """Note that the police gave the members feedback in another way than by a message through BE-Alert."""
    return await answered(decision, partial(handlers.give_feedback, alert_id, command, decision.by), given)
