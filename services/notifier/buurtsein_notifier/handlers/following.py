"""Handles follow-ups of alerts that were sent: updates, all-clears and feedback."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from buurtsein_kernel.commands import By
from buurtsein_notifier import commands
from buurtsein_notifier.domain import following, writing
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.facts import Fact
from buurtsein_notifier.handlers import deciding
from buurtsein_notifier.handlers.dependencies import Dependencies


class Store(deciding.Store, Protocol):
    """A Protocol: reads and writes the tables that follow-ups use, in one transaction."""

    async def add_alert(self, alert: Alert, facts: Sequence[Fact]) -> None:
        """Store a new alert together with its facts (what happened)."""


async def follow_up(alert_id: UUID, command: commands.FollowUp, by: By, given: Dependencies, store: Store) -> Alert:
    """Store a draft of a message that follows a sent alert, for the same networks; return the draft."""
    first, _ = await deciding.seen(alert_id, by, store)
    now = given.clock.now()
    later = following.follow_up(first, command.purpose, command.worded, given.decide_minutes, now)
    if command.valid_minutes:
        later.valid_minutes = command.valid_minutes
    following.referring(later, first, await store.sent_messages(first, now))
    writing.drafted(later, await store.networks(later.network_ids), by.actor, now)
    await store.add_alert(later, [])
    return later


async def give_feedback(alert_id: UUID, command: commands.Feedback, by: By, given: Dependencies, store: Store) -> Alert:
    """Note that the police gave the members feedback in another way than through BE-Alert; record FeedbackGiven."""
    first, _ = await deciding.seen(alert_id, by, store)
    reports = await store.reports_behind(alert_id, deciding.MOST_REPORTS_TOLD)
    events = following.given_otherwise(first, by.actor, command.how, reports, given.clock.now())
    await store.save_alert(first)
    await store.record(*events)
    return first
