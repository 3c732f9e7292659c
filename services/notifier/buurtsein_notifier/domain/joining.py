"""Decides whether a report is added to an alert that exists (it joins the alert), or asks for a new alert.

Invariant: a report joins an alert that was sent already only when it is about the same fact (the same thing that
happened), and comes shortly after it. The officer sees how many such reports came. All other reports ask for a new
alert.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import BaseModel

from buurtsein_contracts.events.alert import RefusalReason, Release
from buurtsein_notifier.domain.rule import Rule, SameFact
from buurtsein_notifier.domain.states import OPEN

OPEN_NEARBY = 5
"""When so many alerts of a rule wait for a decision near each other, further reports join the newest of them. These
reports are judged again when that alert is decided."""


class AlertNearby(BaseModel):
    """An alert of one rule that is about facts (things that happened) near the place of a report."""

    alert_id: UUID
    state: str
    expires_at: datetime
    released_at: datetime | None = None
    same_fact: bool
    """Whether the alert is about the same fact as the report."""

    def is_elsewhere(self, rule: Rule) -> bool:
        """Return whether the alert is about another incident; a report joins it only if too many alerts are open."""
        return rule.min_count == 1 and not self.same_fact

    @property
    def has_left(self) -> bool:
        """Return whether the alert's state is RELEASED or a later one."""
        return self.state not in OPEN


class Earlier(BaseModel):
    """An earlier alert of the same rule near the proposal in place and time, which police released or refused."""

    alert_id: UUID
    state: str
    proposed_at: datetime
    refusal: RefusalReason | None = None


def joins(rule: Rule, nearby: Sequence[AlertNearby], same: SameFact, now: datetime) -> AlertNearby | None:
    """Return the alert to which a report is added; None when the report asks for a new alert.

    `nearby` has the newest alert first. By a rule about single facts, another report of a fact whose alert was released
    shortly before asks for a new alert, and police decide on it. If the rule releases automatically, the report joins
    the released alert, because nobody would see a new alert before it is sent.
    """
    waiting = [one for one in nearby if not one.has_left and now < one.expires_at]
    sent = [one for one in nearby if _follows(one, same, now)]
    if rule.min_count == 1:
        joined = [one for one in waiting if one.same_fact or len(waiting) >= OPEN_NEARBY]
        joined += sent if rule.release is Release.AUTOMATIC else []
    else:
        joined = waiting + sent
    return joined[0] if joined else None


def _follows(alert: AlertNearby, same: SameFact, now: datetime) -> bool:
    """Return whether the alert was released a short time ago, and is about the same incident as the report."""
    fresh = alert.released_at is not None and now - alert.released_at <= timedelta(minutes=same.minutes)
    return alert.has_left and alert.same_fact and fresh
