"""Makes the responses that show the steps of an alert, and whether the steps of all alerts are as they were written."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_notifier.domain.steps import Fault, StepKind
from buurtsein_notifier.store import steps


class StepShown(BaseModel):
    """One step of an alert: what happened, when, by whom (by pseudonym) and why."""

    number: int
    kind: StepKind
    at: datetime
    actor: str | None = None
    why: str | None = None


class CheckedSteps(BaseModel):
    """The number of alerts and steps that were checked, and the steps that are not as they were written."""

    alerts: int
    steps: int
    faults: list[Fault]
    next: UUID | None = None


async def steps_of(connection: Connection, alert_id: UUID) -> list[StepShown]:
    """Return the steps of an alert, in order."""
    found = await steps.of(connection, alert_id)
    return [StepShown(number=one.number, kind=one.kind, at=one.at, actor=one.actor, why=one.why) for one in found]


async def checked_steps(connection: Connection, after: UUID | None, limit: int) -> CheckedSteps:
    """Check the steps of the next alerts, in order of their ids."""
    checked = await steps.check(connection, after, limit)
    return CheckedSteps(alerts=checked.alerts, steps=checked.steps, faults=list(checked.faults), next=checked.last)
