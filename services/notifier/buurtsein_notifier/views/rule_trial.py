"""Compares the alerts of other rules with the alerts of the rules in force, for past reports; nothing is sent."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from buurtsein_chassis.database import Connection
from buurtsein_contracts.events.alert import AlertKind, Release
from buurtsein_notifier.commands import TryRules
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.facts import Network
from buurtsein_notifier.domain.judgement import Finding
from buurtsein_notifier.domain.trial import Pair
from buurtsein_notifier.handlers import Dependencies
from buurtsein_notifier.projections import known_networks
from buurtsein_notifier.views.trial_run import Side, TrialRun, period_of, replayed

_HELD = (Finding.OVERLOADED, Finding.OVER_BUDGET, Finding.DIGEST)


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

    @classmethod
    def of(cls, pair: Pair, names: dict[UUID, str]) -> Self:
        """Return an alert of both sets of rules, with the names of its networks."""
        return cls(
            before=TriedAlert.of(pair.before, names), after=TriedAlert.of(pair.after, names), fields=list(pair.fields)
        )


class TrialFigures(BaseModel):
    """The counts for one set of rules: its alerts, the messages to networks, and the judgements for digests."""

    alerts: int
    hot: int
    cold: int
    automatic: int
    messages: int
    """The alerts, counted once for each network that gets one."""
    held: int
    """The judgements by which a report comes in a digest."""

    @classmethod
    def of(cls, side: Side) -> Self:
        """Return the counts of the alerts and judgements of one set of rules."""
        counts, findings = side.counts, side.findings
        return cls(
            alerts=counts["alerts"],
            hot=counts["hot"],
            cold=counts["alerts"] - counts["hot"],
            automatic=counts["automatic"],
            messages=counts["messages"],
            held=sum(findings[one] for one in _HELD),
        )


class RuleFigures(BaseModel):
    """The number of alerts of one rule by the rules in force and by the other rules, and how many of them differ."""

    rule: str
    before: int
    after: int
    gained: int
    lost: int
    changed: int


class RuleTrial(BaseModel):
    """The result of a trial of other rules; each list shows at most its first 50 alerts."""

    since: date
    until: date
    reports: int
    """How many reports of the period were judged again."""
    is_whole: bool
    """False when there are more reports than were asked for: then the newest ones were judged again."""
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
    networks = [one for one in map(Network.of, await known_networks.find(connection, "true")) if one]
    run = TrialRun(networks, given, asked.document)
    period = await period_of(connection, asked, run.looks_back)
    await replayed(connection, run, period)
    found, names = run.found, {one.network_id: one.name for one in networks}
    return RuleTrial(
        since=asked.since,
        until=asked.until,
        reports=run.reports,
        is_whole=period.is_whole,
        before=TrialFigures.of(run.before),
        after=TrialFigures.of(run.after),
        rules=_by_rule(run),
        gained=[TriedAlert.of(one, names) for one in found.gained.first],
        lost=[TriedAlert.of(one, names) for one in found.lost.first],
        changed=[ChangedAlert.of(one, names) for one in found.changed.first],
    )


def _by_rule(run: TrialRun) -> list[RuleFigures]:
    old, new, found = run.before.by_rule, run.after.by_rule, run.found
    return [
        RuleFigures(
            rule=rule,
            before=old[rule],
            after=new[rule],
            gained=found.gained.by_rule[rule],
            lost=found.lost.by_rule[rule],
            changed=found.changed.by_rule[rule],
        )
        for rule in sorted(old | new)
    ]
