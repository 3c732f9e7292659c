"""Judging reports: every report by every rule for its category.

Invariant: who judges by a rule for a network holds that pair's lock until the commit, so of two reports at the same
time the second always sees the first, and never do two alerts come of one burst.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from buurtsein_contracts import EventData
from buurtsein_contracts.events.alert import Release
from buurtsein_contracts.problems import DomainError
from buurtsein_notifier.domain import judgement
from buurtsein_notifier.domain.alert import MAX_NETWORKS, Alert
from buurtsein_notifier.domain.facts import Incident, KnownNetwork
from buurtsein_notifier.domain.judgement import Judgement
from buurtsein_notifier.domain.message import Outgoing
from buurtsein_notifier.domain.network import after
from buurtsein_notifier.domain.rule import Rule, RuleBook
from buurtsein_notifier.handlers import deciding

BRUSSELS = ZoneInfo("Europe/Brussels")


class Store(deciding.Store, Protocol):
    """What judging needs kept, in one transaction."""

    async def keep_network(self, network: KnownNetwork) -> None:
        """What is known of a network."""

    async def network(self, network_id: UUID) -> KnownNetwork | None:
        """The network, when it is known."""

    async def networks_near(self, longitude: float, latitude: float, metres: int) -> list[KnownNetwork]:
        """The networks whose area is within so many metres of a place, nearest first."""

    async def count_coordinators(self, network_id: UUID, more: int) -> None:
        """A network got a coordinator (1), or lost one (-1)."""

    async def keep_incident(self, incident: Incident) -> None:
        """A report's facts."""

    async def incidents_near(self, incident: Incident, rule: Rule, since: datetime) -> list[Incident]:
        """Other reports of the rule's categories within its metres and hours, since a moment."""

    async def without_network(self, network_id: UUID, since: datetime) -> list[Incident]:
        """Reports of a network that were judged when it was not recognised yet."""

    async def keep_judgement(self, made: Judgement) -> None:
        """In the place of an earlier one of the same report and rule."""

    async def lock(self, rule: Rule, network_id: UUID | None) -> None:
        """Wait until nobody else judges by this rule for this network."""

    async def open_alert(self, rule: Rule, network_ids: Sequence[UUID], now: datetime) -> Alert | None:
        """The alert, locked, that already tells these networks of the same."""

    async def add_alert(self, alert: Alert) -> None:
        """A new one."""


async def judge(incident: Incident, book: RuleBook, outgoing: Outgoing, store: Store) -> None:
    """Keep a new report and judge it by every rule for its category."""
    await store.keep_incident(incident)
    rules = book.applicable(incident.category)
    if not rules:
        await store.keep_judgement(judgement.no_rule(incident))
    for rule in rules:
        await store.keep_judgement(await _judged(incident, rule, outgoing, store))


async def follow_network(network_id: UUID, data: EventData, book: RuleBook, outgoing: Outgoing, store: Store) -> None:
    """An event of `bin.networks`; when the network can be alerted from now on, its recent reports are judged again."""
    known = await store.network(network_id)
    network = after(known, data)
    if network is None or network == known:
        return
    await store.keep_network(network)
    now = await store.now()
    if network.obstacle(now.astimezone(BRUSSELS).date()) is None:
        for incident in await store.without_network(network_id, now - timedelta(hours=book.max_age_hours)):
            await judge(incident, book, outgoing, store)


async def _judged(incident: Incident, rule: Rule, outgoing: Outgoing, store: Store) -> Judgement:
    now = await store.now()
    if refusal := judgement.unfit(rule, incident, now):
        return refusal
    networks = await _audience(incident, rule, now, store)
    if not networks:
        return judgement.no_network(rule, incident)
    await store.lock(rule, incident.network_id if rule.needs_network else None)
    near = await store.incidents_near(incident, rule, now - timedelta(hours=rule.max_age_hours))
    counting = judgement.burst(rule, incident, [one for one in near if rule.is_severe_enough(one.severity)])
    if len(counting) < rule.min_count:
        return judgement.too_few(rule, incident, len(counting))
    alert = await store.open_alert(rule, [network.network_id for network in networks], now)
    if alert:
        return await _joined(alert, rule, incident, counting, store)
    return await _proposed(rule, incident, counting, networks, outgoing, store)


async def _audience(incident: Incident, rule: Rule, now: datetime, store: Store) -> list[KnownNetwork]:
    """The networks that an alert would go to: of the rule's kind, and none that cannot be alerted today."""
    if rule.needs_network:
        own = await store.network(incident.network_id) if incident.network_id else None
        candidates = [own] if own else []
    else:
        candidates = await store.networks_near(incident.longitude, incident.latitude, rule.within_metres)
    today = now.astimezone(BRUSSELS).date()
    fitting = [one for one in candidates if rule.network_kind in {None, one.kind} and one.obstacle(today) is None]
    return fitting[:MAX_NETWORKS]


async def _joined(
    alert: Alert, rule: Rule, incident: Incident, counting: Sequence[Incident], store: Store
) -> Judgement:
    alert.join(one.report_id for one in counting)
    await store.save_alert(alert)
    return judgement.joined(rule, incident, alert.alert_id)


async def _proposed(
    rule: Rule,
    incident: Incident,
    counting: Sequence[Incident],
    networks: Sequence[KnownNetwork],
    outgoing: Outgoing,
    store: Store,
) -> Judgement:
    now = await store.now()
    alert = Alert.propose(rule, incident, counting, networks, now)
    await store.add_alert(alert)
    await store.record(alert.proposal())
    if rule.release is Release.AUTOMATIC:
        await _release_automatically(alert, networks, outgoing, store)
    for one in (other for other in counting if other != incident):
        await store.keep_judgement(judgement.proposed(rule, one, alert.alert_id, alert.why))
    return judgement.proposed(rule, incident, alert.alert_id, alert.why)


async def _release_automatically(
    alert: Alert, networks: Sequence[KnownNetwork], outgoing: Outgoing, store: Store
) -> None:
    """A message that may not leave stays proposed: an officer sees what is wrong with it."""
    now = await store.now()
    try:
        message = outgoing.message(alert, networks, now)
    except DomainError:
        return
    await deciding.leave(alert, message, now, store)
