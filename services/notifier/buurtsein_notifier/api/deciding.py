"""Defines the routes by which police decide on an alert, and by which the korpschef judges an emergency release."""

from functools import partial
from uuid import UUID

from fastapi import APIRouter, Response

from buurtsein_notifier import commands, handlers, views
from buurtsein_notifier.api.callers import DecidedByDuty, DecidedByKorpschef, DecidedByPolice, Given, answered

router = APIRouter(tags=["notifier"])


@router.post("/alerts/{alert_id}/release", response_model=views.AlertFile)
async def release(alert_id: UUID, decision: DecidedByPolice, given: Given) -> Response:
    """Release an alert in the version that the officer has read.

    After a change in between, the answer 412 says in `difference` what has changed.
    """
    return await answered(decision, partial(handlers.release, alert_id, decision.by), given)


@router.post("/alerts/{alert_id}/emergency-release", response_model=views.AlertFile)
async def break_glass(alert_id: UUID, command: commands.BreakGlass, decision: DecidedByDuty, given: Given) -> Response:
    """Release an alert in an emergency at once, as one person, also the writer; the korpschef judges it later."""
    return await answered(decision, partial(handlers.break_glass, alert_id, command, decision.by), given)


@router.post("/alerts/{alert_id}/audit", response_model=views.AlertFile)
async def audit(alert_id: UUID, command: commands.Audit, decision: DecidedByKorpschef, given: Given) -> Response:
    """Judge an emergency release: whether it was justified, and why."""
    return await answered(decision, partial(handlers.audit, alert_id, command, decision.by), given)


@router.post("/alerts/{alert_id}/return", response_model=views.AlertFile)
async def give_back(alert_id: UUID, command: commands.Return, decision: DecidedByPolice, given: Given) -> Response:
    """Give a proposed alert back to be changed, with what to change."""
    return await answered(decision, partial(handlers.give_back, alert_id, command, decision.by), given)


@router.post("/alerts/{alert_id}/refusal", response_model=views.AlertFile)
async def refuse(alert_id: UUID, command: commands.Refuse, decision: DecidedByPolice, given: Given) -> Response:
    """Refuse to send a proposed alert."""
    return await answered(decision, partial(handlers.refuse, alert_id, command, decision.by), given)


@router.post("/alerts/{alert_id}/hold", response_model=views.AlertFile)
async def hold(alert_id: UUID, command: commands.Hold, decision: DecidedByPolice, given: Given) -> Response:
    """Hold back the message of one released alert, or let it go again; other alerts are sent as before.

    The message is of use until `expires_at` of its delivery, and is not sent after it.
    """
    return await answered(decision, partial(handlers.hold, alert_id, command, decision.by), given)


@router.post("/alerts/{alert_id}/cancellation", response_model=views.AlertFile)
async def cancel(alert_id: UUID, command: commands.Cancel, decision: DecidedByPolice, given: Given) -> Response:
    """Cancel a released alert.

    An alert that was not sent yet is never sent. The receivers of an alert that was sent get a cancelling message.
    """
    return await answered(decision, partial(handlers.cancel, alert_id, command, decision.by), given)


@router.post("/alerts/{alert_id}/delivery", response_model=views.AlertFile)
async def settle(alert_id: UUID, command: commands.Settle, decision: DecidedByPolice, given: Given) -> Response:
    """Report whether an alert's message arrived, when BE-Alert's answer to the delivery was lost."""
    return await answered(decision, partial(handlers.settle, alert_id, command, decision.by), given)
