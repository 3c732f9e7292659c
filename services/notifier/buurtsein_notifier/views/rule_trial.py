"""Shows what other alert rules would have done with past reports, beside the rules in force; nothing is sent."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from buurtsein_chassis.database import Connection
from buurtsein_contracts.events.alert import AlertKind, Release
from buurtsein_kernel.clock import StandingClock
from buurtsein_kernel.days import BRUSSELS
from buurtsein_notifier import handlers
from buurtsein_notifier.commands import TryRules
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.facts import Incident, Network
from buurtsein_notifier.domain.judgement import Finding
from buurtsein_notifier.domain.rule import RuleBook
from buurtsein_notifier.domain.trial import Compared, compared
from buurtsein_notifier.handlers import Dependencies
from buurtsein_notifier.projections import known_networks
from buurtsein_notifier.store.replay import ReplayStore

MOST = 10_000
"""The most reports that are judged again in one answer: the newest of the period."""
SHOWN = 50
_UUID_TIME = 80
_HELD = (Finding.OVERLOADED, Finding.OVER_BUDGET, Finding.DIGEST)
_PAST = f"""
select report_id, category, severity, longitude, latitude, happened_at, channel from incident
where report_id >= $1 and report_id < $2 and (duplicate_of is null)
order by report_id desc limit {MOST + 1}
"""  # noqa: S608 - a constant of the program


class TriedAlert(BaseModel):
    """An alert that rules would have proposed about past reports."""

    rule: str
    kind: AlertKind
    release: Release
    proposed_at: datetime
    networks: list[str]
    facts: int
    headline: str
    why: str
    report_ids: list[UUID] = Field(max_length=5)

    @classmethod
    def of(cls, alert: Alert, names: dict[UUID, str]) -> Self:
        """Return an alert of a trial, with the names of its networks."""
        return cls(
            rule=f"{alert.rule}/{alert.rule_version}",
            kind=alert.kind,
            release=alert.release_by,
            proposed_at=alert.proposed_at,
            networks=[names[one] for one in alert.network_ids],
            facts=alert.facts,
            headline=alert.texts.headline,
            why=alert.why,
            report_ids=alert.report_ids[:5],
        )


class ChangedAlert(BaseModel):
    """An alert that both sets of rules would have proposed, and the fields that differ."""

    before: TriedAlert
    after: TriedAlert
    fields: list[str]


class TrialFigures(BaseModel):
    """What a set of rules would have done: its alerts, to how many networks in all, and the facts for digests."""

    alerts: int
    hot: int
    cold: int
    automatic: int
    messages: int
    """The alerts, counted once for each network that gets one."""
    held: int
    """The judgements by which a report comes in a digest."""

    @classmethod
    def of(cls, store: ReplayStore) -> Self:
        """Count what a trial has made."""
        alerts = list(store.alerts.values())
        hot = sum(one.kind is AlertKind.HOT for one in alerts)
        return cls(
            alerts=len(alerts),
            hot=hot,
            cold=len(alerts) - hot,
            automatic=sum(one.release_by is Release.AUTOMATIC for one in alerts),
            messages=sum(len(one.network_ids) for one in alerts),
            held=sum(store.findings[one] for one in _HELD),
        )


class RuleFigures(BaseModel):
    """How many alerts of one rule there would have been before and after, and how many come, go and change."""

    rule: str
    before: int
    after: int
    gained: int
    lost: int
    changed: int


class RuleTrial(BaseModel):
    """What other rules would have done; at most 50 alerts of each list are shown, the first ones."""

    since: date
    until: date
    reports: int
    is_whole: bool
    """False when the period has more reports than are judged again: then these are the newest."""
    before: TrialFigures
    after: TrialFigures
    rules: list[RuleFigures]
    gained: list[TriedAlert]
    lost: list[TriedAlert]
    changed: list[ChangedAlert]


async def rule_trial(connection: Connection, asked: TryRules, given: Dependencies) -> RuleTrial:
    """Judge the reports of a period again, by the rules in force (`given`) and by others; nothing is written.

    The networks are those of today, with the days of their recognition. Nobody decides on the alerts of a trial.
    """
    rows = await connection.fetch(_PAST, _first_id(asked.since), _first_id(asked.until + timedelta(days=1)))
    incidents = [Incident(**dict(row)) for row in reversed(rows[:MOST])]
    networks = [one for one in map(Network.of, await known_networks.find(connection, "true")) if one]
    before, after = [await _judged(incidents, networks, book, given) for book in (given.book, asked.document)]
    names = {one.network_id: one.name for one in networks}
    return _shown(asked, before, after, names).model_copy(
        update={"reports": len(incidents), "is_whole": len(rows) <= MOST}
    )


async def _judged(
    incidents: Sequence[Incident], networks: Sequence[Network], book: RuleBook, given: Dependencies
) -> ReplayStore:
    """Judge reports by rules in a thread of its own, so that other requests are answered meanwhile."""
    store = ReplayStore(networks)

    async def replay() -> None:
        clock = StandingClock(given.clock.now())
        tried = replace(given, book=book, clock=clock)
        for one in incidents:
            clock.set(reported_at(one))
            await handlers.judge(one, tried, store)

    await asyncio.to_thread(asyncio.run, replay())
    return store


def reported_at(incident: Incident) -> datetime:
    """Return when a report was accepted, which its id tells."""
    return datetime.fromtimestamp((incident.report_id.int >> _UUID_TIME) / 1000, UTC)


def _first_id(day: date) -> UUID:
    """Return an id below those of all reports that were accepted on or after a day."""
    milliseconds = int(datetime.combine(day, time(), BRUSSELS).timestamp() * 1000)
    return UUID(int=milliseconds << _UUID_TIME)


def _shown(asked: TryRules, before: ReplayStore, after: ReplayStore, names: dict[UUID, str]) -> RuleTrial:
    found = compared(list(before.alerts.values()), list(after.alerts.values()))
    return RuleTrial(
        since=asked.since,
        until=asked.until,
        reports=0,
        is_whole=True,
        before=TrialFigures.of(before),
        after=TrialFigures.of(after),
        rules=_by_rule(before, after, found),
        gained=[TriedAlert.of(one, names) for one in found.gained[:SHOWN]],
        lost=[TriedAlert.of(one, names) for one in found.lost[:SHOWN]],
        changed=[
            ChangedAlert(
                before=TriedAlert.of(one.before, names), after=TriedAlert.of(one.after, names), fields=list(one.fields)
            )
            for one in found.changed[:SHOWN]
        ],
    )


def _by_rule(before: ReplayStore, after: ReplayStore, found: Compared) -> list[RuleFigures]:
    old, new = (Counter(one.rule for one in store.alerts.values()) for store in (before, after))
    gained, lost = (Counter(one.rule for one in alerts) for alerts in (found.gained, found.lost))
    changed = Counter(one.after.rule for one in found.changed)
    return [
        RuleFigures(
            rule=rule,
            before=old[rule],
            after=new[rule],
            gained=gained[rule],
            lost=lost[rule],
            changed=changed[rule],
        )
        for rule in sorted(old | new)
    ]
