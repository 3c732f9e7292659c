"""Judges each report by all rules for its category: whether it asks for an alert to networks.

A fact is one thing that happened, however many people report it; a rule counts facts. Invariant: an advisory lock lets
one report be judged at a time. Of two reports at the same time the second one sees the first, so that a group of
reports leads to one alert only. The work for one report does not grow with the number of stored reports.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from buurtsein_contracts import KnownNetwork
from buurtsein_contracts.events import IncidentReported
from buurtsein_contracts.events.alert import Release
from buurtsein_kernel.days import brussels_day
from buurtsein_notifier.domain import joining, judgement
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.decided import Decided, released_by_rule
from buurtsein_notifier.domain.facts import Fact, Incident, Network
from buurtsein_notifier.domain.holding import Held, HeldFor, without
from buurtsein_notifier.domain.joining import AlertNearby, Earlier
from buurtsein_notifier.domain.judgement import Finding, Judgement
from buurtsein_notifier.domain.message import Message
from buurtsein_notifier.domain.proposing import MAX_NETWORKS, MAX_REPORTS, propose, shown_place, usable
from buurtsein_notifier.domain.reported import incident_of
from buurtsein_notifier.domain.rule import Outcome, Rule, SameFact
from buurtsein_notifier.domain.states import AlertState
from buurtsein_notifier.domain.steps import StepKind
from buurtsein_notifier.domain.writing import grown, note_content
from buurtsein_notifier.handlers import holding
from buurtsein_notifier.handlers.deciding import AlertStore
from buurtsein_notifier.handlers.dependencies import Dependencies
from buurtsein_notifier.handlers.rules import with_rules

_MOST_NEAR = 100
"""The maximum number of facts near a report that are read for a rule with an area or hours."""
JUDGED_AGAIN = 200
"""The maximum number of reports that are judged again in one transaction; after a network changed, the newest."""


class Store(AlertStore, holding.Store, Protocol):
    """A Protocol: reads and writes the tables that are used to judge reports, in one transaction."""

    async def networks_near(self, places: Sequence[Fact], metres: int) -> list[Network]:
        """Return the networks within a distance of one of the places, ordered by distance to the first place."""

    async def keep_incident(self, incident: Incident) -> None:
        """Store a report that no rule judges, because its category has no rule or its place was only described."""

    async def keep_fact(self, incident: Incident, same: SameFact) -> Fact:
        """Store a report; return the fact (what happened) that it is about: a known fact nearby, or a new fact.

        A known fact is not used when police refused an alert about it.
        """

    async def facts_near(self, fact: Fact, rule: Rule, since: datetime, limit: int) -> list[Fact]:
        """Return the facts (incidents) that a rule counts together with `fact`: up to `limit` earlier and later ones.

        The facts nearest in time are chosen. Facts before `since` are left out, and those about which police refused an
        alert of this rule.
        """

    async def alerts_of(self, facts: Sequence[Fact], fact: Fact, rule: Rule) -> list[AlertNearby]:
        """Return the alerts of a rule to which a report of one of these incidents can be added, newest first."""

    async def decided_near(self, fact: Fact, rule: Rule) -> list[Earlier]:
        """Return the newest decided alerts of a rule that are near the fact in place and time, newest first."""

    async def reports_of(self, facts: Sequence[Fact], limit: int) -> list[UUID]:
        """Return at most `limit` reports of these facts: first one report of each fact, then other reports by age."""

    async def waiting_for(self, network: Network, since: datetime, limit: int) -> list[tuple[Incident, Fact]]:
        """Return the newest `limit` reports near this network that led to no alert because no network could get it.

        They are in order of time, the oldest first.
        """

    async def keep_judgements(self, *made: Judgement) -> None:
        """Store judgements (decisions of rules about reports); each replaces the last of the same report and rule."""

    async def add_alert(self, alert: Alert, facts: Sequence[Fact]) -> None:
        """Insert a new alert, and the facts (things that happened) that it is about."""

    async def join(self, alert_id: UUID, fact: Fact, *, elsewhere: bool) -> None:
        """Add a fact (one thing that happened) to an alert; the alert's own row is neither locked nor changed.

        With `elsewhere` the fact is judged again after a decision on the alert, because the alert is about another
        place.
        """

    async def queue(self, alert: Alert, message: Message, ways: Sequence[str]) -> None:
        """Insert a delivery of the message for the first of these adapters; the others are tried after it.

        A follow-up or cancellation uses only the adapter that sent the first message.
        """

    async def open_alerts_for(self, network: Network, beyond: Mapping[str, int]) -> list[UUID]:
        """Return the proposed and returned alerts that concern a network by its place; follow-ups are left out.

        An alert with a drawn area concerns each network that the area touches. An alert of a rule concerns each network
        at most `beyond[rule]` metres from one of the alert's facts; alerts of rules not in `beyond` are left out.
        """

    async def left_over(self, limit: int) -> list[tuple[Incident, Fact]]:
        """Remove incidents at other places from the alerts that were decided; return each with its first report."""


async def judge_reported(reported: IncidentReported, given: Dependencies, store: Store) -> None:
    """Judge the report of an event IncidentReported by the alert rules in force."""
    given = await with_rules(given, store)
    await judge(incident_of(reported, given.book), given, store)


async def judge(incident: Incident, given: Dependencies, store: Store) -> None:
    """Store a new report, and decide by each rule for its category whether the report leads to an alert.

    A report whose place was only described leads to no alert, because its point is only that of the neighbourhood.
    """
    has_rule = given.book.applicable(incident.category)
    if not has_rule or not incident.has_exact_place:
        await store.keep_incident(incident)
        made = judgement.vague_place(incident) if has_rule else judgement.no_rule(incident)
        await store.keep_judgements(made)
        return
    await store.lock()
    fact = await store.keep_fact(incident, given.book.same_fact)
    await judge_fact(incident, fact, given, store)


async def network_changed(before: KnownNetwork | None, known: KnownNetwork, given: Dependencies, store: Store) -> None:
    """Judge recent reports again after an event about a network, if the network can be alerted now.

    Nothing is done when only the coordinators of the network changed.
    """
    network = Network.of(known)
    if network is None or (before and before.model_copy(update={"coordinators": known.coordinators}) == known):
        return
    await store.lock()
    now, given = given.clock.now(), await with_rules(given, store)
    if network.obstacle(brussels_day(now)) is None:
        since = now - timedelta(hours=given.book.max_age_hours)
        for incident, fact in await store.waiting_for(network, since, JUDGED_AGAIN):
            await judge_fact(incident, fact, given, store)
        if _reached_anew(before, network, now):
            await _grow(network, given, store)


def _reached_anew(before: KnownNetwork | None, network: Network, now: datetime) -> bool:
    """Return whether the network could not be alerted before this event, or has another area now.

    A network that could be alerted before is in the open alerts already, or a silence or a limit left it out of them.
    """
    earlier = Network.of(before) if before else None
    return earlier is None or earlier.obstacle(brussels_day(now)) is not None or earlier.area != network.area


async def _grow(network: Network, given: Dependencies, store: Store) -> None:
    """Add a network that can now be alerted to all proposed and returned alerts that concern its area."""
    now = given.clock.now()
    rules = {rule.id: rule.beyond for rule in given.book.rule if rule.may_alert(network)}
    for alert_id in await store.open_alerts_for(network, rules):
        alert = await store.alert(alert_id)
        if grown(alert, network, await store.networks(alert.network_ids), now):
            await store.save_alert(alert)
            await store.record(*([alert.proposal()] if alert.state is AlertState.PROPOSED else []))


async def judge_left_over(given: Dependencies, store: Store) -> None:
    """After police decided on an alert, judge again the reports in it that were about another place."""
    await store.lock()
    given = await with_rules(given, store)
    for incident, fact in await store.left_over(JUDGED_AGAIN):
        await judge_fact(incident, fact, given, store)


async def judge_fact(incident: Incident, fact: Fact, given: Dependencies, store: Store) -> None:
    """Decide by each alert rule for a stored report's category whether the reported incident leads to an alert."""
    for rule in given.book.applicable(incident.category):
        await store.keep_judgements(*await _judge_by(rule, incident, fact, given, store))


async def _judge_by(
    rule: Rule, incident: Incident, fact: Fact, given: Dependencies, store: Store
) -> Sequence[Judgement]:
    now = given.clock.now()
    if refusal := judgement.unfit(rule, incident, now):
        return [refusal]
    since = now - timedelta(hours=rule.max_age_hours)
    most = _MOST_NEAR if rule.is_narrow else max(rule.min_count - 1, joining.OPEN_NEARBY)
    near = [one for one in await store.facts_near(fact, rule, since, most) if rule.covers(one)]
    counting = judgement.burst(rule, fact, near)
    if len(counting) >= rule.min_count:
        nearby = await store.alerts_of([fact, *near], fact, rule)
        if alert := joining.joins(rule, nearby, given.book.same_fact, now):
            await store.join(alert.alert_id, fact, elsewhere=alert.is_elsewhere(rule))
            return [judgement.joined(rule, incident, alert)]
    return await _judge_new(rule, incident, [fact, *(one for one in counting if one != fact)], given, store)


async def _judge_new(
    rule: Rule, incident: Incident, counting: Sequence[Fact], given: Dependencies, store: Store
) -> Sequence[Judgement]:
    """Propose a new alert if a network can be alerted and the rule's minimum number of incidents was reported.

    These facts do not belong to an alert yet. The fact of the report comes first in `counting`.
    """
    there = [one for one in await store.networks_near(counting, rule.beyond) if rule.may_alert(one)]
    today = brussels_day(given.clock.now())
    networks = [one for one in there if one.obstacle(today) is None][:MAX_NETWORKS]
    if not networks:
        return [judgement.no_network(rule, incident, there, today)]
    if len(counting) < rule.min_count:
        return [judgement.too_few(rule, incident, counting)]
    if rule.outcome is Outcome.NOTHING:
        return [judgement.watched(rule, incident, counting)]
    return await _judge_held(rule, incident, counting, networks, given, store)


async def _judge_held(
    rule: Rule,
    incident: Incident,
    counting: Sequence[Fact],
    networks: Sequence[Network],
    given: Dependencies,
    store: Store,
) -> Sequence[Judgement]:
    """Propose a new alert to the networks without a silence or limit; facts that a limit holds wait for a digest."""
    now = given.clock.now()
    quiet = await holding.silenced(rule, counting, networks, now, store)
    if not quiet.left:
        return [judgement.held_back(rule, incident, quiet)]
    if rule.outcome is Outcome.DIGEST:
        await store.hold(rule, counting, quiet.left, HeldFor.RULE, now)
        return [judgement.in_digest(rule, incident, counting)]
    if await holding.is_overloaded(given, store):
        await store.hold(rule, counting, quiet.left, HeldFor.OVERLOAD, now)
        return [judgement.overloaded(rule, incident, counting, given.book.overload)]
    held = await holding.limited(rule, counting, quiet.left, given, store)
    if spent := [one.network for one in held.back if one.by == Finding.OVER_BUDGET]:
        await store.hold(rule, counting, spent, HeldFor.BUDGET, now)
    if not held.left:
        return [judgement.held_back(rule, incident, held)]
    return await _propose(rule, incident, counting, without(networks, *quiet.back, *held.back), given, store)


async def _propose(
    rule: Rule,
    incident: Incident,
    counting: Sequence[Fact],
    held: Held,
    given: Dependencies,
    store: Store,
) -> Sequence[Judgement]:
    now, networks = given.clock.now(), held.left
    reports = list(dict.fromkeys([*await store.reports_of(counting, MAX_REPORTS - 1), incident.report_id]))
    earlier = await store.decided_near(counting[0], rule)
    rule = usable(rule, counting, shown_place(networks))
    alert = propose(rule, counting, reports, networks, earlier, given.outgoing.status, now)
    alert.why = f"{alert.why} {held.why}".rstrip()
    note_content(alert, StepKind.PROPOSED, networks, now, why=alert.why)
    proposal, automatic = alert.proposal(), rule.release is Release.AUTOMATIC
    decided = released_by_rule(alert, networks, given.outgoing, now) if automatic else Decided()
    await store.add_alert(alert, counting)
    if decided.message:
        await store.queue(alert, decided.message, given.ways(alert))
    await store.record(proposal, *decided.events)
    return [judgement.proposed(rule, report_id, alert.alert_id, alert.why) for report_id in reports]
