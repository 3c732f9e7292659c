"""Judging reports: every report by every rule for its category.

Invariant: judging is one at a time in a database, so of two reports at the same time the second always sees the first,
and never do two alerts come of one burst. What judging reads and writes for one report does not grow with how many
reports there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from buurtsein_contracts import KnownNetwork
from buurtsein_contracts.events.alert import Release
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import DomainError
from buurtsein_notifier.domain import joining, judgement
from buurtsein_notifier.domain.alert import MAX_NETWORKS, MAX_REPORTS, Alert
from buurtsein_notifier.domain.facts import Fact, Incident, Network
from buurtsein_notifier.domain.joining import Earlier, Told
from buurtsein_notifier.domain.judgement import Judgement
from buurtsein_notifier.domain.message import Outgoing
from buurtsein_notifier.domain.proposing import propose
from buurtsein_notifier.domain.rule import Rule, RuleBook, SameFact
from buurtsein_notifier.handlers import deciding

JUDGED_AGAIN = 200
"""So many reports, the newest, are judged again for a network that can be alerted from now on."""


class Store(deciding.Store, Protocol):
    """What judging needs kept, in one transaction."""

    async def networks_near(self, places: Sequence[Fact], metres: int) -> list[Network]:
        """The networks whose area is within so many metres of one of the places, nearest to the first one first."""

    async def lock(self) -> datetime:
        """Wait until nobody else judges; held until the transaction ends. The database's clock by then."""

    async def keep_incident(self, incident: Incident) -> None:
        """A report that no rule is for."""

    async def keep_fact(self, incident: Incident, same: SameFact) -> Fact:
        """A report, and the fact that it is about: one that is known, unless police refused an alert of it, or new."""

    async def facts_near(self, fact: Fact, rule: Rule, since: datetime, limit: int) -> list[Fact]:
        """Other facts that count with this one by a rule: the nearest in time, `limit` at most before and after it.

        None from before `since`, and none of which police refused an alert by this rule.
        """

    async def alerts_of(self, facts: Sequence[Fact], fact: Fact, rule: Rule) -> list[Told]:
        """The newest few alerts by a rule that hold one of these facts, and may be joined; newest first."""

    async def decided_near(self, fact: Fact, rule: Rule) -> list[Earlier]:
        """The newest few alerts by a rule within its metres and hours that police decided on; newest first."""

    async def reports_of(self, facts: Sequence[Fact], limit: int) -> list[UUID]:
        """The first reports of these facts, each fact's first one before all."""

    async def waiting_for(self, network: Network, since: datetime, limit: int) -> list[tuple[Incident, Fact]]:
        """The newest reports in a network's area for which no network could be alerted, the oldest of them first."""

    async def keep_judgements(self, *made: Judgement) -> None:
        """Each in the place of an earlier one of the same report and rule."""

    async def add_alert(self, alert: Alert, facts: Sequence[Fact]) -> None:
        """A new one, and the facts that it holds."""

    async def join(self, alert_id: UUID, fact: Fact, *, elsewhere: bool) -> None:
        """One more fact for an alert; the alert itself is neither locked nor changed.

        With `elsewhere` a decision on the alert is no decision about the fact.
        """

    async def left_over(self, limit: int) -> list[tuple[Incident, Fact]]:
        """Take out facts of elsewhere whose alert is not open any more, each with its first report."""


@dataclass(frozen=True, slots=True)
class Judge:
    """By which rules, and how messages are signed."""

    book: RuleBook
    outgoing: Outgoing

    async def judge(self, incident: Incident, store: Store) -> None:
        """Keep a new report and judge it by every rule for its category."""
        if not self.book.applicable(incident.category):
            await store.keep_incident(incident)
            await store.keep_judgements(judgement.no_rule(incident))
            return
        now = await store.lock()
        await self._judge(incident, await store.keep_fact(incident, self.book.same_fact), now, store)

    async def network_changed(self, before: KnownNetwork | None, known: KnownNetwork, store: Store) -> None:
        """Judge recent reports again when an event changed a network and it can be alerted now.

        Another coordinator is no reason to.
        """
        network = Network.of(known)
        if network is None or (before and before.model_copy(update={"coordinators": known.coordinators}) == known):
            return
        now = await store.lock()
        if network.obstacle(brussels_day(now)) is None:
            since = now - timedelta(hours=self.book.max_age_hours)
            for incident, fact in await store.waiting_for(network, since, JUDGED_AGAIN):
                await self._judge(incident, fact, now, store)

    async def judge_left_over(self, store: Store) -> None:
        """Facts that only joined an alert of another place are judged again once that alert is not open any more."""
        now = await store.lock()
        for incident, fact in await store.left_over(JUDGED_AGAIN):
            await self._judge(incident, fact, now, store)

    async def _judge(self, incident: Incident, fact: Fact, now: datetime, store: Store) -> None:
        for rule in self.book.applicable(incident.category):
            await store.keep_judgements(*await self._by(rule, incident, fact, now, store))

    async def _by(self, rule: Rule, incident: Incident, fact: Fact, now: datetime, store: Store) -> Sequence[Judgement]:
        if refusal := judgement.unfit(rule, incident, now):
            return [refusal]
        since = now - timedelta(hours=rule.max_age_hours)
        near = await store.facts_near(fact, rule, since, max(rule.min_count - 1, joining.OPEN_NEARBY))
        counting = judgement.burst(rule, fact, near)
        if len(counting) >= rule.min_count:
            nearby = await store.alerts_of([fact, *near], fact, rule)
            if told := joining.joins(rule, nearby, self.book.same_fact, now):
                await store.join(told.alert_id, fact, elsewhere=told.is_elsewhere(rule))
                return [judgement.joined(rule, incident, told)]
        return await self._asked(rule, incident, [fact, *(one for one in counting if one != fact)], now, store)

    async def _asked(
        self, rule: Rule, incident: Incident, counting: Sequence[Fact], now: datetime, store: Store
    ) -> Sequence[Judgement]:
        """No alert tells of it yet: a new one, when there is somebody to alert and the rule's count is reached.

        The report's own fact comes first in `counting`.
        """
        wide = 0 if rule.needs_network else rule.within_metres
        there = [one for one in await store.networks_near(counting, wide) if rule.network_kind in {None, one.kind}]
        today = brussels_day(now)
        networks = [one for one in there if one.obstacle(today) is None][:MAX_NETWORKS]
        if not networks:
            return [judgement.no_network(rule, incident, there, today)]
        if len(counting) < rule.min_count:
            return [judgement.too_few(rule, incident, counting)]
        return await self._proposed(rule, incident, counting, networks, store)

    async def _proposed(
        self,
        rule: Rule,
        incident: Incident,
        counting: Sequence[Fact],
        networks: Sequence[Network],
        store: Store,
    ) -> Sequence[Judgement]:
        now = await store.now()
        reports = list(dict.fromkeys([*await store.reports_of(counting, MAX_REPORTS - 1), incident.report_id]))
        earlier = await store.decided_near(counting[0], rule)
        alert = propose(rule, counting, reports, networks, earlier, self.outgoing.status, now)
        await store.add_alert(alert, counting)
        await store.record(alert.proposal())
        if rule.release is Release.AUTOMATIC:
            await self._release(alert, networks, store)
        return [judgement.proposed(rule, report_id, alert.alert_id, alert.why) for report_id in reports]

    async def _release(self, alert: Alert, networks: Sequence[Network], store: Store) -> None:
        """An automatic one. A message that may not leave stays proposed: an officer sees what is wrong with it."""
        now = await store.now()
        try:
            message = self.outgoing.message(alert, networks, now)
        except DomainError:
            return
        await deciding.leave(alert, message, now, store)
