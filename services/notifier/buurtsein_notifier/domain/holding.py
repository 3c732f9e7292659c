"""Decides which networks do not get an alert of a rule now, because of a silence, a stronger alert, or their budget.

Invariant: a silence or the budget never holds back an alert of severity Extreme. Facts that the budget holds back are
not lost: a digest reports them later.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from buurtsein_contracts.events.alert import AlertKind
from buurtsein_contracts.events.incident import Severity
from buurtsein_notifier.domain.facts import Network
from buurtsein_notifier.domain.limits import Budget, Inhibition
from buurtsein_notifier.domain.rule import SEVERITIES, Rule
from buurtsein_notifier.domain.silence import Silence


class HeldFor(StrEnum):
    """Why a fact (one thing that happened) waits for a digest."""

    RULE = "rule"
    """The rule makes digests only."""
    BUDGET = "budget"
    OVERLOAD = "overload"


class Recent(BaseModel):
    """A recent alert of a rule: it counts in the budget of its networks, and may hold back weaker alerts."""

    model_config = ConfigDict(frozen=True)

    alert_id: UUID
    rule: str
    kind: AlertKind
    category: str
    severity: str
    network_ids: frozenset[UUID]
    proposed_at: datetime

    def is_stronger(self, rule: Rule, severity: Severity) -> bool:
        """Return whether this alert of another rule for the same category is stronger than a new alert of `rule`."""
        if self.rule == rule.id or self.category not in rule.categories:
            return False
        if self.kind is not rule.kind:
            return self.kind is AlertKind.HOT
        return SEVERITIES.index(Severity(self.severity)) > SEVERITIES.index(severity)


@dataclass(frozen=True, slots=True)
class HeldNetwork:
    """A network that does not get an alert now, and the Dutch sentence that says why."""

    network: Network
    by: str
    """The finding: `silenced`, `inhibited` or `over_budget`."""
    why: str


@dataclass(frozen=True, slots=True)
class Held:
    """The networks that get an alert, and those that do not."""

    left: Sequence[Network]
    back: Sequence[HeldNetwork]

    @property
    def why(self) -> str:
        """Return the Dutch sentences about the networks that do not get the alert, at most three."""
        return " ".join(one.why for one in self.back[:3])


def held_by(
    rule: Rule,
    severity: Severity,
    categories: AbstractSet[str],
    networks: Sequence[Network],
    silences: Sequence[Silence],
) -> Iterator[HeldNetwork]:
    """Yield the networks to which a silence holds back an alert; none for an alert of severity Extreme.

    `categories` are those of the facts (things that happened) that the alert is about.
    """
    if severity is Severity.EXTREME:
        return
    for network in networks:
        if silence := next((one for one in silences if one.holds(rule, categories, network.network_id)), None):
            yield HeldNetwork(network, "silenced", f"{network.shown_name}: {silence.in_dutch}.")


def held_by_others(
    rule: Rule,
    severity: Severity,
    networks: Sequence[Network],
    recent: Sequence[Recent],
    inhibition: Inhibition,
    budget: Budget,
    now: datetime,
) -> Iterator[HeldNetwork]:
    """Yield the networks to which a stronger alert, or the budget of the network, holds back an alert."""
    since, week = now - timedelta(hours=inhibition.hours), now - timedelta(days=budget.days)
    stronger = [one for one in recent if one.proposed_at > since and one.is_stronger(rule, severity)]
    for network in networks:
        mine = network.network_id
        spent = sum(mine in one.network_ids and one.proposed_at > week for one in recent)
        if above := next((one for one in stronger if mine in one.network_ids), None):
            why = f"{network.shown_name}: waarschuwing {above.alert_id} over hetzelfde weegt zwaarder."
            yield HeldNetwork(network, "inhibited", why)
        elif spent >= budget.alerts and severity not in budget.except_severities:
            why = f"{network.shown_name}: al {spent} waarschuwingen in {budget.days} dagen, hoogstens {budget.alerts}."
            yield HeldNetwork(network, "over_budget", why)


def without(networks: Sequence[Network], *held: HeldNetwork) -> Held:
    """Split the networks into those that get the alert and those (`held`) that do not."""
    gone = {one.network.network_id for one in held}
    return Held([one for one in networks if one.network_id not in gone], held)
