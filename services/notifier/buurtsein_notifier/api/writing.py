"""Defines the routes by which police and coordinators write an alert, change it, and put it before the police."""

from functools import partial
from uuid import UUID

from fastapi import APIRouter, Response

from buurtsein_kernel.commands import By
from buurtsein_notifier import commands, handlers, views
from buurtsein_notifier.api.callers import ByWriter, DecidedByWriter, Given, answered

router = APIRouter(tags=["notifier"])


@router.post("/alerts", status_code=201, response_model=views.AlertFile)
async def write(command: commands.Write, call: ByWriter, given: Given) -> Response:
    """Write an alert as a draft, from a call or starting from a report; propose it next.

    Police write hot and cold alerts. Coordinators write cold messages to their own network only.
    """
    caller = call.caller
    by = By(caller.actor, "", caller.roles)
    return await answered(call, partial(handlers.write, command, by), given, 201)


@router.post("/alerts/{alert_id}/edit", response_model=views.AlertFile)
async def edit(alert_id: UUID, command: commands.Edit, decision: DecidedByWriter, given: Given) -> Response:
    """Change the content or the networks of an alert before its release; a first release by one officer is undone."""
    return await answered(decision, partial(handlers.edit, alert_id, command, decision.by), given)


@router.post("/alerts/{alert_id}/proposal", response_model=views.AlertFile)
async def propose(
    alert_id: UUID, decision: DecidedByWriter, given: Given, command: commands.Propose | None = None
) -> Response:
    """Propose a written alert to the police, who can release it.

    A text that seems to contain a number plate, a name, a face or the reporter is refused, unless `accept` says why.
    """
    asked = command or commands.Propose()
    return await answered(decision, partial(handlers.propose, alert_id, asked, decision.by), given)
