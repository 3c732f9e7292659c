"""Decides which alert a report joins, or that it asks for a new one.

Invariant: a report joins an alert that was sent only when it is about the same fact, shortly after; the officer sees
how many such reports came. All other reports propose a new alert.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import BaseModel

from buurtsein_contracts.events.alert import RefusalReason
from buurtsein_notifier.domain.rule import Rule, SameFact

OPEN_NEARBY = 5
"""With this many open proposals of a rule for single facts near each other, further facts join the newest of them.
They are judged again when that one is decided on."""


class AlertNearby(BaseModel):
    """An alert of the same rule that holds facts nearby."""

    alert_id: UUID
    state: str
    expires_at: datetime
    released_at: datetime | None = None
    same_fact: bool
    """Whether it holds the same fact that the report is about."""

    def is_elsewhere(self, rule: Rule) -> bool:
        """Return whether a fact joins this alert, about another place, only because too many proposals are open."""
        return rule.min_count == 1 and not self.same_fact

    @property
    def has_left(self) -> bool:
        """Return whether the alert was released, or is in a later state."""
        return self.state != "PROPOSED"


class Earlier(BaseModel):
    """An alert of the same rule about facts nearby on which police decided before; shown on a new proposal."""

    alert_id: UUID
    state: str
    proposed_at: datetime
    refusal: RefusalReason | None = None


def joins(rule: Rule, nearby: Sequence[AlertNearby], same: SameFact, now: datetime) -> AlertNearby | None:
    """Return the alert that a report joins, None when it asks for a new one; `nearby` has the newest first."""
    waiting = [one for one in nearby if not one.has_left and now < one.expires_at]
    if rule.min_count == 1:
        joined = [one for one in waiting if one.same_fact or len(waiting) >= OPEN_NEARBY]
    else:
        joined = waiting + [one for one in nearby if _follows(one, same, now)]
    return joined[0] if joined else None


def _follows(alert: AlertNearby, same: SameFact, now: datetime) -> bool:
    """Return whether the alert was sent to members shortly before, about the same fact."""
    fresh = alert.released_at is not None and now - alert.released_at <= timedelta(minutes=same.minutes)
    return alert.has_left and alert.same_fact and fresh
