"""Defines the part of the notifier's store in memory that keeps reports and facts (things that happened)."""

import math
from datetime import datetime, timedelta
from uuid import UUID

from unit.notifier.notifier_alerts_memory import AlertMemory

from buurtsein_kernel.areas import METRES_PER_DEGREE
from buurtsein_notifier.domain.facts import Fact, Incident
from buurtsein_notifier.domain.rule import SEVERITIES, Rule, SameFact
from buurtsein_notifier.domain.states import AlertState


class FactMemory(AlertMemory):
    """The store in memory for reports, the incidents (facts) that they tell of, and the incidents of each alert."""

    def __init__(self) -> None:
        super().__init__()
        self.incidents: dict[UUID, tuple[Incident, UUID]] = {}
        self.facts: dict[UUID, Fact] = {}
        self.categories: dict[UUID, str] = {}
        self.held: dict[UUID, set[UUID]] = {}
        self.elsewhere: set[tuple[UUID, UUID]] = set()
        self.repeats: dict[UUID, UUID] = {}

    async def keep_incident(self, incident: Incident) -> None:
        self.incidents.setdefault(incident.report_id, (incident, incident.report_id))

    async def keep_fact(self, incident: Incident, same: SameFact) -> Fact:
        if incident.report_id in self.incidents:
            return self.facts[self.incidents[incident.report_id][1]]
        alike = (
            fact
            for fact in self.facts.values()
            if self.categories[fact.fact_id] == incident.category
            and _metres(fact, incident) <= same.metres
            and abs(fact.happened_at - incident.happened_at) <= timedelta(minutes=same.minutes)
            and not self._refused(fact)
        )
        fact = next(alike, None)
        own = incident.model_dump(exclude={"report_id"})
        kept = _raised(fact, incident) if fact else Fact(fact_id=incident.report_id, **own)
        self.facts[kept.fact_id] = kept
        self.categories.setdefault(kept.fact_id, incident.category)
        self.incidents[incident.report_id] = (incident, kept.fact_id)
        for repeat in [one for one, original in self.repeats.items() if original == incident.report_id]:
            await self.link(repeat, incident.report_id)
        return self.facts[kept.fact_id]

    async def link(self, report_id: UUID, original_id: UUID) -> None:
        self.repeats[report_id] = original_id
        gone, kept = (self.incidents.get(one, (None, None))[1] for one in (report_id, original_id))
        if gone is None or kept is None or gone == kept:
            return
        self.facts[kept] = _both(self.facts[kept], self.facts.pop(gone))
        self.incidents |= {key: (one, kept) for key, (one, fact) in self.incidents.items() if fact == gone}
        for held in self.held.values():
            if gone in held:
                held.remove(gone)
                held.add(kept)

    async def unlink(self, report_id: UUID) -> tuple[Incident, Fact] | None:
        if self.repeats.pop(report_id, None) is None:
            return None
        incident, fact_id = self.incidents[report_id]
        if fact_id != report_id:
            fewer = self.facts[fact_id].reports - 1
            self.facts[fact_id] = self.facts[fact_id].model_copy(update={"reports": fewer})
            self.facts[report_id] = Fact(fact_id=report_id, **incident.model_dump(exclude={"report_id"}))
            self.categories[report_id] = incident.category
        self.incidents[report_id] = (incident, report_id)
        return incident, self.facts[report_id]

    async def forget(self, report_id: UUID) -> Incident | None:
        incident, fact_id = self.incidents.get(report_id, (None, None))
        fact = self.facts.get(report_id)
        is_held = any(report_id in held for held in self.held.values()) or report_id in self.repeats.values()
        if incident is None or fact_id != report_id or is_held or (fact and fact.reports > 1):
            return None
        self.facts.pop(report_id, None)
        del self.incidents[report_id]
        return incident

    async def facts_near(self, fact: Fact, rule: Rule, since: datetime, limit: int) -> list[Fact]:
        span = timedelta(hours=rule.within_hours)
        near = [
            one
            for one in self.facts.values()
            if one.fact_id != fact.fact_id
            and _metres(one, fact) <= rule.within_metres
            and self.categories[one.fact_id] in rule.categories
            and rule.is_severe_enough(one.severity)
            and since <= one.happened_at
            and abs(one.happened_at - fact.happened_at) <= span
            and not self._refused(one, rule.id)
        ]
        before = sorted((one for one in near if one.happened_at <= fact.happened_at), key=_moment, reverse=True)
        return before[:limit] + sorted((one for one in near if one not in before), key=_moment)[:limit]

    def _refused(self, fact: Fact, rule: str | None = None) -> bool:
        holding = (
            self.alerts[one]
            for one, facts in self.held.items()
            if fact.fact_id in facts and (one, fact.fact_id) not in self.elsewhere
        )
        return any(one.state is AlertState.REFUSED and rule in {None, one.rule} for one in holding)


def _raised(fact: Fact, incident: Incident) -> Fact:
    """Return a fact (an incident with its reports) after one more report, with the highest severity of all reports."""
    return _both(fact, fact.model_copy(update={"reports": 1, "severity": incident.severity}))


def _both(one: Fact, other: Fact) -> Fact:
    """Return an incident (fact) with the reports of another incident added, and the highest severity of both."""
    worst = max(one.severity, other.severity, key=list(map(str, SEVERITIES)).index)
    return one.model_copy(update={"reports": one.reports + other.reports, "severity": worst})


def _metres(one: Fact, other: Fact | Incident) -> float:
    """Return the distance in metres on a plane; a degree of longitude is shorter than a degree of latitude."""
    narrow = math.cos(math.radians((one.latitude + other.latitude) / 2))
    east, north = (other.longitude - one.longitude) * narrow, other.latitude - one.latitude
    return math.hypot(east, north) * METRES_PER_DEGREE


def _moment(fact: Fact) -> datetime:
    return fact.happened_at
