"""Which alert a report joins, and when it is reason for a new one.

Invariant: a report never joins an alert that has left but as a report of the same fact, shortly after; the officer is
shown how many such came. Everything else is proposed anew.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import BaseModel

from buurtsein_contracts.events.alert import RefusalReason
from buurtsein_notifier.domain.rule import Rule, SameFact

OPEN_NEARBY = 5
"""So many open proposals of a rule for single facts near each other; whatever comes then joins the newest of them,
and is judged again when that one is decided on."""


class AlertNearby(BaseModel):
    """An alert of the same rule that holds facts nearby."""

    alert_id: UUID
    state: str
    expires_at: datetime
    released_at: datetime | None = None
    same_fact: bool
    """Whether it holds the very fact that the report is about."""

    def is_elsewhere(self, rule: Rule) -> bool:
        """Whether a fact joins it only because too many proposals are open: the alert is about another place."""
        return rule.min_count == 1 and not self.same_fact

    @property
    def has_left(self) -> bool:
        """Whether it is on its way or further."""
        return self.state != "PROPOSED"


class Earlier(BaseModel):
    """An alert of the same rule about facts nearby on which police decided before; shown on a new proposal."""

    alert_id: UUID
    state: str
    proposed_at: datetime
    refusal: RefusalReason | None = None


def joins(rule: Rule, nearby: Sequence[AlertNearby], same: SameFact, now: datetime) -> AlertNearby | None:
    """The alert that a report joins, of those nearby, newest first; None: it asks for a new one."""
    waiting = [one for one in nearby if not one.has_left and now < one.expires_at]
    if rule.min_count == 1:
        joined = [one for one in waiting if one.same_fact or len(waiting) >= OPEN_NEARBY]
    else:
        joined = waiting + [one for one in nearby if _follows(one, same, now)]
    return joined[0] if joined else None


def _follows(alert: AlertNearby, same: SameFact, now: datetime) -> bool:
    """A report of a fact that an alert told the members of shortly before."""
    fresh = alert.released_at is not None and now - alert.released_at <= timedelta(minutes=same.minutes)
    return alert.has_left and alert.same_fact and fresh
