"""Judges past reports by two sets of alert rules, a batch at a time, in a thread of its own.

Invariant: memory does not grow with the number of reports, and the event loop answers other requests meanwhile.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

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
from buurtsein_notifier.domain.trial import Comparison
from buurtsein_notifier.handlers import Dependencies
from buurtsein_notifier.store.replay import ReplayStore

BATCH = 1_000
"""The number of reports that are read and judged in one batch."""
_UUID_TIME = 80
_PAST = "from incident where report_id > $1 and report_id < $2 and duplicate_of is null order by report_id"
_READ = f"""select report_id, category, severity, longitude, latitude, happened_at, channel, has_exact_place
    {_PAST} limit {BATCH}"""
_LEFT_OUT = f"select report_id {_PAST} desc offset $3 limit 1"


class Side:
    """Judges past reports by one set of rules, and counts the alerts that these rules propose."""

    def __init__(self, networks: Sequence[Network], book: RuleBook, given: Dependencies) -> None:
        """Take the networks that can get alerts, the rules, and the dependencies of the handlers."""
        self.counts: Counter[str] = Counter()
        self.by_rule: Counter[str] = Counter()
        self.book = book
        self._clock = StandingClock(given.clock.now())
        self._given = replace(given, book=book, clock=self._clock)
        self._store = ReplayStore(networks)
        self._earlier: Counter[Finding] = Counter()

    @property
    def findings(self) -> Counter[Finding]:
        """Count the judgements by finding, without the reports before the period."""
        return self._store.findings - self._earlier

    async def judge(self, incidents: Sequence[Incident]) -> Sequence[Alert]:
        """Judge the next reports, each at the moment at which it was accepted; return the alerts that are proposed."""
        self._store.made.clear()
        for one in incidents:
            self._clock.set(reported_at(one))
            await handlers.judge(one, self._given, self._store)
        self._store.forget(self._clock.now(), self.book)
        return list(self._store.made)

    def begin(self) -> None:
        """Begin to count findings: the reports that were judged until now were before the period."""
        self._earlier = self._store.findings

    def count(self, alerts: Sequence[Alert]) -> None:
        """Count alerts that these rules proposed."""
        self.by_rule.update(one.rule for one in alerts)
        self.counts["alerts"] += len(alerts)
        self.counts["hot"] += sum(one.kind is AlertKind.HOT for one in alerts)
        self.counts["automatic"] += sum(one.release_by is Release.AUTOMATIC for one in alerts)
        self.counts["messages"] += sum(len(one.network_ids) for one in alerts)


class TrialRun:
    """Judges past reports by the rules in force and by others, and compares the alerts."""

    def __init__(self, networks: Sequence[Network], given: Dependencies, tried: RuleBook) -> None:
        """Take the networks that can get alerts, the dependencies with the rules in force, and the other rules."""
        self.before, self.after = Side(networks, given.book, given), Side(networks, tried, given)
        self.found = Comparison()
        self.reports = 0

    @property
    def looks_back(self) -> timedelta:
        """Return the age of the oldest reports and alerts that can influence the judgement of a report."""
        return max(max(one.book.longest_fact, one.book.longest_limit) for one in (self.before, self.after))

    async def prepare(self, incidents: Sequence[Incident]) -> None:
        """Judge reports before the period, so that their facts and alerts exist when the period begins."""
        for side in (self.before, self.after):
            await side.judge(incidents)
            side.begin()

    async def judge(self, incidents: Sequence[Incident]) -> None:
        """Judge the next reports of the period, and compare the alerts that no later report can change."""
        old, new = await self.before.judge(incidents), await self.after.judge(incidents)
        self.before.count(old)
        self.after.count(new)
        self.found.add(old, new)
        self.found.settle(reported_at(incidents[-1]) - self.looks_back)
        self.reports += len(incidents)

    def end(self) -> None:
        """Compare the alerts that were not compared yet, after the last report."""
        self.found.settle(datetime.max.replace(tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Period:
    """The ids between which reports are judged again: from `begin` as preparation, from `first` to `end` compared."""

    begin: UUID
    first: UUID
    end: UUID
    is_whole: bool


async def period_of(connection: Connection, asked: TryRules, looks_back: timedelta) -> Period:
    """Return the period of the reports to judge again; if there are more reports than asked for, it is shorter."""
    first, end = _first_id(asked.since), _first_id(asked.until + timedelta(days=1))
    begin = _first_id(asked.since, looks_back)
    left_out = await connection.fetchval(_LEFT_OUT, begin, end, asked.most)
    begin = left_out or begin
    return Period(begin, max(begin, first), end, is_whole=left_out is None)


async def replayed(connection: Connection, run: TrialRun, period: Period) -> None:
    """Judge the reports of a period again, in a thread of its own."""
    async for batch in _batches(connection, period.begin, period.first):
        await asyncio.to_thread(asyncio.run, run.prepare(batch))
    async for batch in _batches(connection, period.first, period.end):
        await asyncio.to_thread(asyncio.run, run.judge(batch))
    run.end()


async def _batches(connection: Connection, after: UUID, end: UUID) -> AsyncIterator[Sequence[Incident]]:
    while rows := await connection.fetch(_READ, after, end):
        yield [Incident(**dict(row)) for row in rows]
        after = rows[-1]["report_id"]


def reported_at(incident: Incident) -> datetime:
    """Return the time when a report was accepted, which its id (a UUIDv7) contains."""
    return datetime.fromtimestamp((incident.report_id.int >> _UUID_TIME) / 1000, UTC)


def _first_id(day: date, before: timedelta = timedelta()) -> UUID:
    """Return an id below the ids of all reports accepted since the day's beginning minus the time `before`."""
    moment = datetime.combine(day, time(), BRUSSELS) - before
    return UUID(int=int(moment.timestamp() * 1000) << _UUID_TIME)
