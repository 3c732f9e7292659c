"""Defines the steps of an alert: what happened to it, when, by whom and why, each linked to the step before by a hash.

Invariant: the alert stores the number and hash of its last step, so that a changed, removed or inserted step is found.
Somebody who can write both tables can make a new chain; the events on `bin.alerts` still tell what happened.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

FIRST = "0" * 64
"""What the first step of an alert has in place of the hash of a step before it."""


class StepKind(StrEnum):
    """What happened to an alert."""

    DRAFTED = "drafted"
    PROPOSED = "proposed"
    EDITED = "edited"
    AUDIENCE_GREW = "audience_grew"
    RETURNED = "returned"
    RELEASED = "released"
    BREAK_GLASS = "break_glass"
    AUDITED = "audited"
    HELD_BACK = "held_back"
    LET_GO = "let_go"
    REFUSED = "refused"
    EXPIRED = "expired"
    SENT = "sent"
    FAILED = "failed"
    SETTLED = "settled"
    CANCEL_ASKED = "cancel_asked"
    CANCELLED = "cancelled"
    FOLLOWED = "followed"
    FEEDBACK_GIVEN = "feedback_given"


class Step(BaseModel):
    """One step of an alert; persons are named by pseudonym."""

    number: int
    kind: StepKind
    at: datetime
    actor: str | None = None
    """The person who did it; None for a rule, a deadline and a delivery."""
    why: str | None = None
    tag: str | None = None
    """The ETag that the alert has from this step on, when the step changed what is released."""
    content: str | None = None
    """What is released from this step on, as JSON, when the step changed it."""
    previous: str = FIRST
    digest: str = ""

    def linked(self, alert_id: UUID) -> str:
        """Return the hash of this step, which depends on all its parts and on the step before it."""
        parts = self.model_dump(mode="json", exclude={"digest", "at"})
        parts |= {"alert_id": str(alert_id), "at": self.at.astimezone(UTC).isoformat()}
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


class Fault(BaseModel):
    """A step of an alert that is not as it was written."""

    alert_id: UUID
    step: int
    fault: Literal["changed", "removed", "inserted"]


def faults(alert_id: UUID, number: int, digest: str, steps: Sequence[Step]) -> Iterator[Fault]:
    """Yield what is wrong with the steps of an alert, in order; the alert has stored `number` and `digest`."""
    before, expected = FIRST, 1
    for step in sorted(steps, key=lambda one: one.number):
        if step.number > number:
            yield Fault(alert_id=alert_id, step=step.number, fault="inserted")
            continue
        for gone in range(expected, step.number):
            yield Fault(alert_id=alert_id, step=gone, fault="removed")
        whole = expected == step.number
        if step.linked(alert_id) != step.digest or (whole and step.previous != before):
            yield Fault(alert_id=alert_id, step=step.number, fault="changed")
        before, expected = step.digest, step.number + 1
    for gone in range(expected, number + 1):
        yield Fault(alert_id=alert_id, step=gone, fault="removed")
    if expected == number + 1 and before != (digest or FIRST):
        yield Fault(alert_id=alert_id, step=number, fault="changed")
