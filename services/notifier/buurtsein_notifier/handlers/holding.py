"""Holds back alerts of rules because of silences and limits, and makes digests of facts that were held back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from buurtsein_contracts import EventData
from buurtsein_kernel.days import brussels_day
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.digest import Gathered, digest_begins, summarised
from buurtsein_notifier.domain.facts import Fact, Network
from buurtsein_notifier.domain.holding import Held, HeldFor, Recent, held_by, held_by_others, without
from buurtsein_notifier.domain.proposing import MAX_NETWORKS, MAX_REPORTS, worst
from buurtsein_notifier.domain.rule import Rule
from buurtsein_notifier.domain.silence import Silence
from buurtsein_notifier.domain.steps import StepKind
from buurtsein_notifier.domain.writing import note_content
from buurtsein_notifier.handlers.dependencies import Dependencies
from buurtsein_notifier.handlers.rules import RuleStore, with_rules

_DAILY = (HeldFor.RULE, HeldFor.BUDGET)
_MOST_DIGESTS = 40
"""The maximum number of digests of one rule in one run; each digest goes to other networks."""
_WAIT = timedelta(seconds=30)
"""The time between the first fact that an overload holds back and the first digest, to gather more facts."""


class Store(RuleStore, Protocol):
    """A Protocol: reads silences and recent alerts, and reads and writes held facts, in one transaction."""

    async def lock(self) -> None:
        """Take the advisory lock for judging reports, until the transaction ends."""

    async def silences_on(self, now: datetime) -> list[Silence]:
        """Return the silences that are in force at a moment."""

    async def recent(self, networks: Sequence[Network], since: datetime) -> list[Recent]:
        """Return the alerts of rules that were proposed since a moment to any of these networks.

        Refused, expired, failed and cancelled alerts are left out.
        """

    async def proposed_since(self, moment: datetime, limit: int) -> int:
        """Return how many alerts rules proposed since a moment, at most `limit`."""

    async def hold(
        self, rule: Rule, facts: Sequence[Fact], networks: Sequence[Network], reason: HeldFor, now: datetime
    ) -> None:
        """Store these facts to wait for the rule's next digest to these networks."""

    async def held_rules(self, reasons: Sequence[HeldFor], before: datetime) -> list[str]:
        """Return the rules with facts that were held back before a moment, for one of these reasons."""

    async def last_digest(self, rule: str) -> datetime | None:
        """Return when the last digest of a rule was proposed; None when there was none."""

    async def held_networks(self, rule: str, limit: int) -> list[Network]:
        """Return the networks for which facts of a rule wait, those with the most facts first."""

    async def gathered(self, rule: str, networks: Sequence[Network], limit: int) -> Gathered | None:
        """Return the facts of a rule that wait for a digest to one of these networks; None when no fact waits.

        All facts are counted, and only the newest `limit` facts are read.
        """

    async def hold_no_more(self, rule: str, networks: Sequence[Network], alert_id: UUID | None) -> None:
        """Remove these networks from the waiting facts of a rule, and delete facts that wait for no other network.

        With `alert_id`, the facts are added to this digest.
        """

    async def forget_held(self, rule: str) -> None:
        """Remove the waiting facts of a rule that is no longer in force."""

    async def add_alert(self, alert: Alert, facts: Sequence[Fact]) -> None:
        """Insert a new alert."""

    async def record(self, *events: EventData) -> None:
        """Append events to the event log and the outbox."""


async def is_overloaded(given: Dependencies, store: Store) -> bool:
    """Return whether rules proposed so many alerts in the last minutes that further facts must come in a digest."""
    limit = given.book.overload
    since = given.clock.now() - timedelta(minutes=limit.minutes)
    return await store.proposed_since(since, limit.alerts) >= limit.alerts


async def silenced(
    rule: Rule, counting: Sequence[Fact], networks: Sequence[Network], now: datetime, store: Store
) -> Held:
    """Split the networks into those that may get an alert of the rule and those with a silence."""
    categories = {one.category for one in counting}
    silences = await store.silences_on(now)
    return without(networks, *held_by(rule, worst(counting), categories, networks, silences))


async def limited(
    rule: Rule, counting: Sequence[Fact], networks: Sequence[Network], given: Dependencies, store: Store
) -> Held:
    """Split the networks into those that get an alert and those held back by a stronger alert or by their budget."""
    now, book = given.clock.now(), given.book
    since = now - max(timedelta(hours=book.inhibition.hours), timedelta(days=book.budget.days))
    recent = await store.recent(networks, since)
    return without(
        networks, *held_by_others(rule, worst(counting), networks, recent, book.inhibition, book.budget, now)
    )


async def make_digests(given: Dependencies, store: Store) -> None:
    """Propose digests for each rule whose held facts are due; record AlertProposed for each digest.

    Facts held by an overload are due after 30 seconds, and then at most once in `overload.minutes`. Facts held for
    other reasons are due once a day.
    """
    await store.lock()
    given = await with_rules(given, store)
    now = given.clock.now()
    pause = timedelta(minutes=given.book.overload.minutes)
    for rule_id in await store.held_rules([HeldFor.OVERLOAD], now - _WAIT):
        last = await store.last_digest(rule_id)
        if last is None or now - last >= pause:
            await _make_digest(rule_id, given, store)
    for rule_id in await store.held_rules(_DAILY, digest_begins(given.book, now)):
        await _make_digest(rule_id, given, store)


async def _make_digest(rule_id: str, given: Dependencies, store: Store) -> None:
    rule = next((one for one in given.book.rule if one.id == rule_id), None)
    if rule is None:
        await store.forget_held(rule_id)
        return
    for _ in range(_MOST_DIGESTS):
        if not await _make_one(rule, given, store):
            return


async def _make_one(rule: Rule, given: Dependencies, store: Store) -> bool:
    """Propose a digest to as many networks as one alert can have; return False when no network waits."""
    today, there = brussels_day(given.clock.now()), await store.held_networks(rule.id, MAX_NETWORKS)
    gathered = await store.gathered(rule.id, there, MAX_REPORTS)
    networks = [one for one in there if one.obstacle(today) is None]
    alert = await _propose_digest(rule, gathered, networks, given, store) if gathered and networks else None
    await store.hold_no_more(rule.id, there, alert.alert_id if alert else None)
    return bool(there)


async def _propose_digest(
    rule: Rule, gathered: Gathered, networks: Sequence[Network], given: Dependencies, store: Store
) -> Alert | None:
    now = given.clock.now()
    held = await silenced(rule, gathered.newest, networks, now, store)
    if not held.left:
        return None
    alert = summarised(rule, gathered, held.left, given.book, given.outgoing.status, now)
    note_content(alert, StepKind.PROPOSED, held.left, now, why=alert.why)
    await store.add_alert(alert, [])
    await store.record(alert.proposal())
    return alert
