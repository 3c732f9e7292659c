"""Whether a report is worth an alert by one rule, and why or why not, in Dutch.

Invariant: every report is judged by every rule for its category, and a report without such a rule gets one judgement
that says so; nothing of a report's text is ever part of it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel

from buurtsein_notifier.domain.facts import Incident
from buurtsein_notifier.domain.rule import Rule


class Finding(StrEnum):
    """The outcome, for programs."""

    NO_RULE = "no_rule"
    TOO_MILD = "too_mild"
    TOO_OLD = "too_old"
    NO_NETWORK = "no_network"
    TOO_FEW = "too_few"
    PROPOSED = "proposed"
    JOINED = "joined"


class Judgement(BaseModel):
    """One report, judged by one rule; `rule` is absent when no rule applies."""

    report_id: UUID
    rule: str | None = None
    finding: Finding
    why: str
    alert_id: UUID | None = None

    @property
    def worthy(self) -> bool:
        """Whether an alert holds the report."""
        return self.alert_id is not None


def no_rule(incident: Incident) -> Judgement:
    """No rule is for its category."""
    why = f"Geen regel: voor de categorie {incident.category} bestaat geen waarschuwing."
    return Judgement(report_id=incident.report_id, finding=Finding.NO_RULE, why=why)


def unworthy(rule: Rule, incident: Incident, finding: Finding, why: str) -> Judgement:
    """Not worth an alert by this rule."""
    return Judgement(report_id=incident.report_id, rule=rule.label, finding=finding, why=why)


def unfit(rule: Rule, incident: Incident, now: datetime) -> Judgement | None:
    """Why the report by itself cannot count; None when it can."""
    if not rule.is_severe_enough(incident.severity):
        why = f"De ernst is {incident.severity}; de regel begint bij {rule.min_severity}."
        return unworthy(rule, incident, Finding.TOO_MILD, why)
    if incident.happened_from < now - timedelta(hours=rule.max_age_hours):
        why = f"Het gebeurde meer dan {rule.max_age_hours} uur geleden."
        return unworthy(rule, incident, Finding.TOO_OLD, why)
    return None


def no_network(rule: Rule, incident: Incident) -> Judgement:
    """Nobody to alert."""
    wanted = rule.network_kind or "netwerk"
    where = "De plaats ligt niet in" if rule.needs_network else f"Binnen {rule.within_metres} m ligt geen gebied van"
    return unworthy(rule, incident, Finding.NO_NETWORK, f"{where} een erkend {wanted}.")


def too_few(rule: Rule, incident: Incident, count: int) -> Judgement:
    """Below the rule's threshold."""
    return unworthy(rule, incident, Finding.TOO_FEW, f"{counted(rule, count)}; nodig: {rule.min_count}.")


def proposed(rule: Rule, incident: Incident, alert_id: UUID, why: str) -> Judgement:
    """The report that made, or helped to make, a new alert."""
    return Judgement(
        report_id=incident.report_id, rule=rule.label, finding=Finding.PROPOSED, why=why, alert_id=alert_id
    )


def joined(rule: Rule, incident: Incident, alert_id: UUID) -> Judgement:
    """One more report of what an alert is about already."""
    return Judgement(
        report_id=incident.report_id,
        rule=rule.label,
        finding=Finding.JOINED,
        why=f"De melding hoort bij waarschuwing {alert_id}.",
        alert_id=alert_id,
    )


def counted(rule: Rule, count: int) -> str:
    """How many there are, within which bounds."""
    reports = "1 melding" if count == 1 else f"{count} meldingen"
    names = " of ".join(sorted(rule.categories))
    return f"{reports} van {names} binnen {rule.within_metres} m en {rule.within_hours} uur"


def burst(rule: Rule, incident: Incident, near: Sequence[Incident]) -> list[Incident]:
    """The most reports, with this one, that happened within one span of the rule's hours; oldest first."""
    span = timedelta(hours=rule.within_hours)
    every = sorted({one.report_id: one for one in [*near, incident]}.values(), key=lambda one: one.happened_from)
    starts = [one.happened_from for one in every if timedelta(0) <= incident.happened_from - one.happened_from <= span]
    spans = [[one for one in every if start <= one.happened_from <= start + span] for start in starts]
    return max(spans, key=len)
