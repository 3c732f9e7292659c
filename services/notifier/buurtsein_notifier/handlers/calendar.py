"""Proposes the alerts of campaigns on their days."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from buurtsein_contracts import EventData
from buurtsein_kernel.days import brussels_day
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.calendar import planned
from buurtsein_notifier.domain.campaign import Campaign
from buurtsein_notifier.domain.facts import Fact, Network
from buurtsein_notifier.domain.proposing import MAX_NETWORKS
from buurtsein_notifier.domain.steps import StepKind
from buurtsein_notifier.domain.writing import note_content
from buurtsein_notifier.handlers.dependencies import Dependencies
from buurtsein_notifier.handlers.rules import RuleStore, with_rules


class Store(Protocol):
    """A Protocol: reads and writes the tables that a campaign uses, in one transaction."""

    async def begin_campaign(self, campaign: str, day: date) -> bool:
        """Store that a campaign is proposed on a day; return False when this was stored before."""

    async def all_networks(self) -> list[Network]:
        """Return all approved networks, ordered by their code."""

    async def add_alert(self, alert: Alert, facts: Sequence[Fact]) -> None:
        """Insert a new alert."""

    async def record(self, *events: EventData) -> None:
        """Append events to the event log and the outbox."""


async def due_campaigns(given: Dependencies, store: RuleStore) -> list[tuple[Campaign, date]]:
    """Return the campaigns of the rules in force that are due now, each with its day."""
    given = await with_rules(given, store)
    days = ((campaign, campaign.due_on(given.clock.now())) for campaign in given.book.campaign)
    return [(campaign, day) for campaign, day in days if day]


async def propose_campaign(campaign: Campaign, day: date, given: Dependencies, store: Store) -> None:
    """Propose a campaign to all networks that can get an alert now, unless it was proposed on this day before.

    Each alert has at most `MAX_NETWORKS` networks; AlertProposed is recorded for each alert.
    """
    if not await store.begin_campaign(campaign.id, day):
        return
    now = given.clock.now()
    kind, today = campaign.network_kind, brussels_day(now)
    networks = [one for one in await store.all_networks() if kind in {None, one.kind} and not one.obstacle(today)]
    for start in range(0, len(networks), MAX_NETWORKS):
        part = networks[start : start + MAX_NETWORKS]
        alert = planned(campaign, day, part, given.outgoing.status, now)
        note_content(alert, StepKind.PROPOSED, part, now, why=alert.why)
        await store.add_alert(alert, [])
        await store.record(alert.proposal())
