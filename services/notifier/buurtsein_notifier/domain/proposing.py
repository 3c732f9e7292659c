"""Makes a proposed alert by a rule, from the facts (things that happened, as reported) and the networks concerned."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from buurtsein_contracts.events.alert import CapStatus
from buurtsein_contracts.events.incident import Category, Severity
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.facts import Fact, Network
from buurtsein_notifier.domain.joining import Earlier
from buurtsein_notifier.domain.judgement import counted
from buurtsein_notifier.domain.rule import SEVERITIES, Rule
from buurtsein_notifier.domain.texts import DUTCH

MAX_REPORTS = 200
"""The maximum number of reports in one AlertProposed."""
MAX_NETWORKS = 50
"""The maximum number of networks in one AlertProposed."""
_FAILS = " Een deel van deze regel werkt niet: kijk de teksten na voor u vrijgeeft."


def usable(rule: Rule, counting: Sequence[Fact], where: str) -> Rule:
    """Return the rule, or a copy with plain texts (`failing`) when the templates of the rule cannot be filled in."""
    try:
        rule.texts(len(counting), (fact.category for fact in counting), where)
    except Exception:  # noqa: BLE001 - whatever a rule does, a person is asked
        return rule.failing()
    return rule


def shown_place(networks: Sequence[Network]) -> str:
    """Return the name of the first network, and "en omgeving" when there are more."""
    return networks[0].shown_name + (" en omgeving" if len(networks) > 1 else "")


def propose(
    rule: Rule,
    counting: Sequence[Fact],
    report_ids: Sequence[UUID],
    networks: Sequence[Network],
    earlier: Sequence[Earlier],
    status: CapStatus,
    now: datetime,
) -> Alert:
    """Make a new alert with the texts and the channel of a rule, for one network or several.

    `counting` are the facts (things that happened) that count by the rule; the fact that led to the alert is first.
    """
    where = shown_place(networks)
    texts = rule.texts(len(counting), (fact.category for fact in counting), where)
    return Alert(
        status=status,
        rule=rule.id,
        rule_version=rule.version,
        kind=rule.kind,
        category=Category(counting[0].category),
        severity=worst(counting),
        texts=texts.pop(DUTCH),
        translations=texts,
        certainty=rule.certainty,
        response=list(rule.response),
        channels=list(rule.channels),
        release_roles=rule.release_roles,
        why=f"{counted(rule, counting)} in {where}; drempel {rule.min_count}.{_FAILS if rule.fails else ''}",
        release_by=rule.release,
        report_ids=list(report_ids),
        facts=len(counting),
        reports=sum(fact.reports for fact in counting),
        earlier=list(earlier),
        network_ids=[network.network_id for network in networks],
        proposed_at=now,
        expires_at=now + timedelta(minutes=rule.decide_within_minutes),
        valid_minutes=rule.valid_minutes,
    )


def worst(facts: Sequence[Fact]) -> Severity:
    """Return the highest known severity of these facts (incidents that were reported)."""
    known = {Severity(one.severity) for one in facts if one.severity in set(map(str, SEVERITIES))}
    return max(known, key=SEVERITIES.index)
