"""Makes judgements: a judgement is the decision of one alert rule about one report, with the reason in Dutch.

Invariant: every report is judged by every rule for its category, and a report without such a rule gets one judgement
that says so. A judgement never contains the text of a report.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel

from buurtsein_contracts.events.incident import Severity
from buurtsein_notifier.domain.facts import Fact, Incident, Network
from buurtsein_notifier.domain.holding import Held
from buurtsein_notifier.domain.joining import AlertNearby
from buurtsein_notifier.domain.limits import Overload
from buurtsein_notifier.domain.rule import Rule
from buurtsein_notifier.domain.texts import about, counted_reports


class Finding(StrEnum):
    """What an alert rule decided about a report, as a code for programs."""

    NO_RULE = "no_rule"
    VAGUE_PLACE = "vague_place"
    TOO_MILD = "too_mild"
    TOO_OLD = "too_old"
    NO_NETWORK = "no_network"
    TOO_FEW = "too_few"
    NOT_MET = "not_met"
    """The place, the hour or the channel of the report does not fulfil the conditions of the rule."""
    WATCHED = "watched"
    """Enough incidents were reported, but the rule has the outcome `nothing` and proposes no alert."""
    SILENCED = "silenced"
    INHIBITED = "inhibited"
    """A stronger alert of the same category went to the same networks."""
    OVER_BUDGET = "over_budget"
    """The networks already got as many alerts as they may get; the report comes in the digest of the day."""
    OVERLOADED = "overloaded"
    """Rules proposed too many alerts in a few minutes; the report comes in a digest."""
    DIGEST = "digest"
    """The rule makes one alert a day about all that it counts."""
    PROPOSED = "proposed"
    RULE_FAILED = "rule_failed"
    """A part of the rule failed, so that the alert has plain texts and a person must look at it."""
    JOINED = "joined"


class Judgement(BaseModel):
    """The decision of one alert rule about one report; `rule` is None when no rule applies to the report."""

    report_id: UUID
    rule: str | None = None
    finding: Finding
    why: str
    alert_id: UUID | None = None

    @property
    def worthy(self) -> bool:
        """Return whether the report caused an alert or was added to an alert."""
        return self.alert_id is not None


def no_rule(incident: Incident) -> Judgement:
    """Return the judgement `NO_RULE` for a report in a category without an alert rule."""
    why = f"Geen regel: voor de categorie {incident.category} bestaat geen waarschuwing."
    return Judgement(report_id=incident.report_id, finding=Finding.NO_RULE, why=why)


def vague_place(incident: Incident) -> Judgement:
    """Return the judgement `VAGUE_PLACE` for a report whose place the reporter could only describe."""
    why = "De plaats is alleen beschreven, niet aangeduid: er is geen afstand tot een netwerk of een andere melding."
    return Judgement(report_id=incident.report_id, finding=Finding.VAGUE_PLACE, why=why)


def unworthy(rule: Rule, incident: Incident, finding: Finding, why: str) -> Judgement:
    """Return a judgement without an alert, with the rule, the code (`finding`) and the reason in Dutch (`why`)."""
    return Judgement(report_id=incident.report_id, rule=rule.label, finding=finding, why=why)


def unfit(rule: Rule, incident: Incident, now: datetime) -> Judgement | None:
    """Return the judgement `TOO_MILD`, `TOO_OLD` or `NOT_MET` for a report that the rule does not count, else None."""
    if not rule.is_severe_enough(incident.severity):
        why = f"De ernst is {_grave(incident.severity)}; de regel begint bij {_grave(rule.min_severity)}."
        return unworthy(rule, incident, Finding.TOO_MILD, why)
    if incident.happened_at < now - timedelta(hours=rule.max_age_hours):
        why = f"Het gebeurde meer dan {rule.max_age_hours} uur geleden."
        return unworthy(rule, incident, Finding.TOO_OLD, why)
    if unmet := rule.unmet(incident):
        return unworthy(rule, incident, Finding.NOT_MET, unmet)
    return None


def no_network(rule: Rule, incident: Incident, barred: Sequence[Network], today: date) -> Judgement:
    """Return the judgement `NO_NETWORK`: no network near the report can be alerted, for the reasons of `barred`."""
    wanted = f"{rule.network_kind} die" if rule.network_kind else "netwerk dat"
    where = "De plaats ligt niet in" if rule.needs_network else f"Binnen {rule.within_metres} m ligt geen gebied van"
    reasons = [f"{one.name} {obstacle.in_dutch}." for one in barred if (obstacle := one.obstacle(today))]
    why = " ".join(reasons[:3]) or f"{where} een {wanted} erkend is en BE-Alert aanvaard heeft."
    return unworthy(rule, incident, Finding.NO_NETWORK, why)


def too_few(rule: Rule, incident: Incident, counting: Sequence[Fact]) -> Judgement:
    """Return the judgement `TOO_FEW`: the rule needs more reported incidents than those in `counting`."""
    return unworthy(rule, incident, Finding.TOO_FEW, f"{counted(rule, counting)}; nodig: {rule.min_count}.")


def watched(rule: Rule, incident: Incident, counting: Sequence[Fact]) -> Judgement:
    """Return the judgement `WATCHED`: enough incidents were reported, but the outcome of the rule is `nothing`."""
    why = f"{counted(rule, counting)}; drempel {rule.min_count}. De regel kijkt alleen toe en stelt niets voor."
    return unworthy(rule, incident, Finding.WATCHED, why)


def in_digest(rule: Rule, incident: Incident, counting: Sequence[Fact]) -> Judgement:
    """Return the judgement `DIGEST`: the report comes in the digest of the day, because the rule makes only digests."""
    why = f"{counted(rule, counting)}; drempel {rule.min_count}. Het komt in het overzicht van de dag."
    return unworthy(rule, incident, Finding.DIGEST, why)


def overloaded(rule: Rule, incident: Incident, counting: Sequence[Fact], overload: Overload) -> Judgement:
    """Return the judgement `OVERLOADED`: too many alerts were proposed, so that the report comes in a digest."""
    why = (
        f"{counted(rule, counting)}; drempel {rule.min_count}. Er waren {overload.alerts} voorstellen in"
        f" {overload.minutes} minuten: het komt in een overzicht."
    )
    return unworthy(rule, incident, Finding.OVERLOADED, why)


def held_back(rule: Rule, incident: Incident, held: Held) -> Judgement:
    """Return the judgement that all networks are held back, with the code and reasons of the first ones in `held`."""
    return unworthy(rule, incident, Finding(held.back[0].by), held.why)


def proposed(rule: Rule, report_id: UUID, alert_id: UUID, why: str) -> Judgement:
    """Return the judgement `PROPOSED` (or `RULE_FAILED`): a new alert is proposed because of the report."""
    finding = Finding.RULE_FAILED if rule.fails else Finding.PROPOSED
    return Judgement(report_id=report_id, rule=rule.label, finding=finding, why=why, alert_id=alert_id)


def joined(rule: Rule, incident: Incident, alert: AlertNearby) -> Judgement:
    """Return the judgement `JOINED`: the report is added to an existing alert."""
    why = f"De melding hoort bij waarschuwing {alert.alert_id}."
    if alert.has_left:
        why = f"De melding gaat over hetzelfde feit als waarschuwing {alert.alert_id}, die al vrijgegeven is."
    return Judgement(
        report_id=incident.report_id, rule=rule.label, finding=Finding.JOINED, why=why, alert_id=alert.alert_id
    )


def counted(rule: Rule, facts: Sequence[Fact]) -> str:
    """Return a Dutch phrase with the number of reports and incidents within the rule's distance and hours."""
    count = sum(fact.reports for fact in facts)
    reported = f"{counted_reports(count)} over {about(fact.category for fact in facts)}"
    within = f"{reported} binnen {rule.within_metres} m en {rule.within_hours} uur"
    if count == len(facts):
        return within
    return f"{within}, waarschijnlijk over {'1 feit' if len(facts) == 1 else f'{len(facts)} feiten'}"


def burst(rule: Rule, fact: Fact, near: Sequence[Fact]) -> list[Fact]:
    """Return the largest group of incidents that contains `fact` and fits in the rule's hours, oldest first.

    When one fact is enough for the rule, the group is this fact alone.
    """
    if rule.min_count == 1:
        return [fact]
    span = timedelta(hours=rule.within_hours)
    every = sorted({one.fact_id: one for one in [*near, fact]}.values(), key=lambda one: one.happened_at)
    starts = [one.happened_at for one in every if timedelta(0) <= fact.happened_at - one.happened_at <= span]
    spans = [[one for one in every if start <= one.happened_at <= start + span] for start in starts]
    return max(spans, key=len)


_GRAVE = {
    Severity.MINOR: "licht",
    Severity.MODERATE: "matig",
    Severity.SEVERE: "ernstig",
    Severity.EXTREME: "zeer ernstig",
}


def _grave(severity: str) -> str:
    """Return a severity in Dutch; an unknown severity is returned unchanged."""
    return _GRAVE.get(Severity(severity), severity) if severity in set(Severity) else severity
