"""Defines a store in memory, with which rules are tried on past reports without writing to the database.

Nobody decides on the alerts in this store: each alert waits until its deadline. Silences are left out, and facts that
are held back for a digest are only counted. Facts and alerts that no rule uses any more are removed, so that memory
does not grow with the number of reports.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import override
from uuid import UUID

from buurtsein_contracts import EventData
from buurtsein_kernel.areas import METRES_PER_DEGREE
from buurtsein_kernel.places import Region
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.digest import Gathered
from buurtsein_notifier.domain.facts import Fact, Incident, Network
from buurtsein_notifier.domain.holding import HeldFor, Recent
from buurtsein_notifier.domain.joining import AlertNearby, Earlier
from buurtsein_notifier.domain.judgement import Finding, Judgement
from buurtsein_notifier.domain.message import Message
from buurtsein_notifier.domain.network_members import NetworkMembers
from buurtsein_notifier.domain.rule import SEVERITIES, Rule, RuleBook, SameFact
from buurtsein_notifier.domain.silence import Silence
from buurtsein_notifier.handlers import judging
from buurtsein_notifier.store.near import CELL_EAST, CELL_NORTH, Around

_NEWEST = 300
"""The number of recent alerts that are read to apply the budgets and to find stronger alerts."""


class ReplayStore(judging.Store):
    """A store in memory: it keeps the facts, alerts and judgements of reports that are judged for a trial."""

    def __init__(self, networks: Sequence[Network]) -> None:
        """Take the networks that can get alerts."""
        self.alerts: dict[UUID, Alert] = {}
        self.made: list[Alert] = []
        """The alerts that were proposed since somebody emptied this list."""
        self._last: dict[UUID, dict[str, Finding]] = defaultdict(dict)
        self._settled: Counter[Finding] = Counter()
        self._networks = {one.network_id: one for one in networks}
        self._regions = [(one, one.area.bounds, Region(one.area.model_dump())) for one in networks]
        self._facts: dict[UUID, Fact] = {}
        self._cells: dict[tuple[str, int, int], list[UUID]] = defaultdict(list)
        self._alerts_of: dict[UUID, list[UUID]] = defaultdict(list)
        self._reports: dict[UUID, list[UUID]] = defaultdict(list)

    @property
    def findings(self) -> Counter[Finding]:
        """Count the judgements by finding; only the last judgement of each report and rule counts."""
        return self._settled + Counter(one for by_rule in self._last.values() for one in by_rule.values())

    def forget(self, now: datetime, book: RuleBook) -> None:
        """Remove the facts and alerts that are too old for these rules to use at `now` or later."""
        oldest = now - book.longest_fact
        for fact_id in [key for key, one in self._facts.items() if one.happened_at < oldest]:
            del self._facts[fact_id]
            self._alerts_of.pop(fact_id, None)
            for report_id in self._reports.pop(fact_id):
                self._settled.update(self._last.pop(report_id, {}).values())
        self._cells = defaultdict(list)
        for one in self._facts.values():
            self._cells[one.category, *_cell(one)].append(one.fact_id)
        joinable = {alert_id for ids in self._alerts_of.values() for alert_id in ids}
        recent = now - book.longest_limit
        self.alerts = {key: one for key, one in self.alerts.items() if key in joinable or one.proposed_at > recent}

    @override
    async def rules_on(self, day: date) -> RuleBook | None:
        return None

    @override
    async def lock(self) -> None:
        """Do nothing: one report is judged at a time."""

    @override
    async def keep_incident(self, incident: Incident) -> None:
        """Keep nothing of a report that no rule judges."""

    @override
    async def keep_fact(self, incident: Incident, same: SameFact) -> Fact:
        new = Fact(fact_id=incident.report_id, **incident.model_dump(include=set(Fact.model_fields)))
        span = timedelta(minutes=same.minutes)
        alike = (
            one
            for one in self._around(new, [incident.category], same.metres)
            if abs(one.happened_at - new.happened_at) <= span
        )
        known = next(alike, None)
        if known is None:
            self._cells[new.category, *_cell(new)].append(new.fact_id)
        fact = known.model_copy(update={"reports": known.reports + 1, "severity": _worse(known, new)}) if known else new
        self._facts[fact.fact_id] = fact
        self._reports[fact.fact_id].append(incident.report_id)
        return fact

    @override
    async def facts_near(self, fact: Fact, rule: Rule, since: datetime, limit: int) -> list[Fact]:
        span = timedelta(hours=rule.within_hours)
        near = [
            one
            for one in self._around(fact, sorted(rule.categories), rule.within_metres)
            if one.fact_id != fact.fact_id
            and rule.is_severe_enough(one.severity)
            and one.happened_at >= since
            and abs(one.happened_at - fact.happened_at) <= span
        ]
        return sorted(near, key=lambda one: abs(one.happened_at - fact.happened_at))[: 2 * limit]

    @override
    async def alerts_of(self, facts: Sequence[Fact], fact: Fact, rule: Rule) -> list[AlertNearby]:
        ids = dict.fromkeys(alert_id for one in facts for alert_id in self._alerts_of[one.fact_id])
        found = [one for alert_id in ids if (one := self.alerts[alert_id]).rule == rule.id]
        return [
            AlertNearby(
                alert_id=one.alert_id,
                state=one.state,
                expires_at=one.expires_at,
                released_at=one.released_at,
                same_fact=one.alert_id in self._alerts_of[fact.fact_id],
            )
            for one in sorted(found, key=lambda one: one.proposed_at, reverse=True)
        ]

    @override
    async def networks_near(self, places: Sequence[Fact], metres: int) -> list[Network]:
        margin = metres / METRES_PER_DEGREE * 2
        found = []
        for network, (west, south, east, north), region in self._regions:
            boxed = any(
                west - margin <= one.longitude <= east + margin and south - margin <= one.latitude <= north + margin
                for one in places
            )
            away = [region.metres_to(one.longitude, one.latitude) for one in places] if boxed else [math.inf]
            if min(away) <= metres:
                found.append((away[0], network))
        return [network for _, network in sorted(found, key=lambda pair: pair[0])]

    @override
    async def reports_of(self, facts: Sequence[Fact], limit: int) -> list[UUID]:
        return [report for one in facts for report in self._reports[one.fact_id]][:limit]

    @override
    async def keep_judgements(self, *made: Judgement) -> None:
        for one in made:
            if one.rule is None:
                self._settled[one.finding] += 1
            else:
                self._last[one.report_id][one.rule] = one.finding

    @override
    async def add_alert(self, alert: Alert, facts: Sequence[Fact]) -> None:
        self.alerts[alert.alert_id] = alert
        self.made.append(alert)
        for one in facts:
            self._alerts_of[one.fact_id].append(alert.alert_id)

    @override
    async def join(self, alert_id: UUID, fact: Fact, *, elsewhere: bool) -> None:
        if alert_id not in self._alerts_of[fact.fact_id]:
            self._alerts_of[fact.fact_id].append(alert_id)

    @override
    async def recent(self, networks: Sequence[Network], since: datetime) -> list[Recent]:
        ids = {one.network_id for one in networks}
        newest = list(self.alerts.values())[-_NEWEST:]
        return [
            Recent.model_validate(one.model_dump(include=set(Recent.model_fields)))
            for one in newest
            if one.proposed_at > since and ids & set(one.network_ids)
        ]

    @override
    async def proposed_since(self, moment: datetime, limit: int) -> int:
        return min(limit, sum(one.proposed_at > moment for one in self.alerts.values()))

    def _around(self, fact: Fact, categories: Sequence[str], metres: int) -> Iterator[Fact]:
        """Yield the facts of these categories within a distance of a fact, found by the cells of a grid."""
        *_, east, last_east, north, last_north = Around(fact.longitude, fact.latitude, metres).arguments
        for category in categories:
            for x in range(int(east), int(last_east) + 1):
                for y in range(int(north), int(last_north) + 1):
                    for fact_id in self._cells.get((category, x, y), ()):
                        if _metres(self._facts[fact_id], fact) <= metres:
                            yield self._facts[fact_id]

    @override
    async def decided_near(self, fact: Fact, rule: Rule) -> list[Earlier]:
        return []

    @override
    async def waiting_for(self, network: Network, since: datetime, limit: int) -> list[tuple[Incident, Fact]]:
        return []

    @override
    async def open_alerts_for(self, network: Network, beyond: Mapping[str, int]) -> list[UUID]:
        return []

    @override
    async def left_over(self, limit: int) -> list[tuple[Incident, Fact]]:
        return []

    @override
    async def silences_on(self, now: datetime) -> list[Silence]:
        return []

    @override
    async def hold(
        self, rule: Rule, facts: Sequence[Fact], networks: Sequence[Network], reason: HeldFor, now: datetime
    ) -> None:
        """Do nothing: the judgements already say which facts were held back."""

    @override
    async def held_rules(self, reasons: Sequence[HeldFor], before: datetime) -> list[str]:
        return []

    @override
    async def last_digest(self, rule: str) -> datetime | None:
        return None

    @override
    async def held_networks(self, rule: str, limit: int) -> list[Network]:
        return []

    @override
    async def gathered(self, rule: str, networks: Sequence[Network], limit: int) -> Gathered | None:
        return None

    @override
    async def hold_no_more(self, rule: str, networks: Sequence[Network], alert_id: UUID | None) -> None:
        """Do nothing: no digest is made."""

    @override
    async def forget_held(self, rule: str) -> None:
        """Do nothing: no digest is made."""

    @override
    async def queue(self, alert: Alert, message: Message, ways: Sequence[str]) -> None:
        """Send nothing."""

    @override
    async def record(self, *events: EventData) -> None:
        """Record nothing."""

    @override
    async def alert(self, alert_id: UUID) -> Alert:
        return self.alerts[alert_id]

    @override
    async def save_alert(self, alert: Alert) -> None:
        self.alerts[alert.alert_id] = alert

    @override
    async def reports_behind(self, alert_id: UUID, limit: int) -> list[UUID]:
        return self.alerts[alert_id].report_ids[:limit]

    @override
    async def content_read(self, alert_id: UUID, tag: str) -> str | None:
        return None

    @override
    async def members_of(self, network_ids: Sequence[UUID]) -> list[NetworkMembers]:
        return []

    @override
    async def free_units_used(self, year: int) -> int:
        return 0

    @override
    async def networks(self, network_ids: Sequence[UUID]) -> list[Network]:
        return [self._networks[one] for one in network_ids if one in self._networks]


def _cell(fact: Fact) -> tuple[int, int]:
    return math.floor(fact.longitude / CELL_EAST), math.floor(fact.latitude / CELL_NORTH)


def _metres(one: Fact, other: Fact) -> float:
    narrow = math.cos(math.radians(other.latitude))
    east, north = (one.longitude - other.longitude) * narrow, one.latitude - other.latitude
    return math.hypot(east, north) * METRES_PER_DEGREE


def _worse(one: Fact, other: Fact) -> str:
    known = [severity for severity in map(str, SEVERITIES) if severity in {one.severity, other.severity}]
    return known[-1] if known else one.severity
