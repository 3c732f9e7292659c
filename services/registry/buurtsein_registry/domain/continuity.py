"""Tells why a recognised network may cease: too few coordinators, an old screening, no activity, or no yearly answer.

Invariant: a risk is only shown in responses and recorded as an event. It never changes or suspends the network.
"""

from collections.abc import Container, Sequence
from datetime import date, datetime, timedelta

from buurtsein_contracts import EventData
from buurtsein_contracts.events import NetworkAtRisk
from buurtsein_contracts.events.network import NetworkRisk
from buurtsein_kernel.days import brussels_day
from buurtsein_registry.domain.evaluating import is_overdue
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.rules import Rules
from buurtsein_registry.domain.screening import is_out_of_date


def confirm_active(network: Network, actor: str, now: datetime) -> Sequence[EventData]:
    """Store the yearly answer of a coordinator that the network is still active; no event is recorded."""
    network.require_coordinator(actor)
    network.require("confirm_active")
    network.note("confirm_active", actor, now)
    return []


def risks(
    network: Network, last_change_of_members: date | None, rules: Rules, today: date, oldest_enquiry: date | None = None
) -> list[NetworkRisk]:
    """Return the risks of a network that is recognised today; an empty list for another network.

    `oldest_enquiry` is the day of the oldest enquiry that is open, or None.
    """
    if not network.in_force(today) or network.recognition is None:
        return []
    last_act = max((brussels_day(act.acted_at) for act in network.acts), default=network.recognition.start)
    activity = max(last_act, last_change_of_members or last_act)
    answers = [brussels_day(act.acted_at) for act in network.acts if act.action == "confirm_active"]
    answered = max([network.followed_since or today, *answers])
    screened = [one.screened_on for one in network.coordinators]
    lapsed = [day for day in screened if is_out_of_date(day, rules.screening_valid_days, today)]
    found = {
        NetworkRisk.NO_COORDINATOR: not network.coordinators,
        NetworkRisk.ONE_COORDINATOR: len(network.coordinators) == 1,
        NetworkRisk.SCREENING_OUT_OF_DATE: bool(lapsed),
        NetworkRisk.NO_ACTIVITY: activity < today - timedelta(days=rules.inactive_days),
        NetworkRisk.ACTIVE_UNANSWERED: answered < today - timedelta(days=rules.still_active_days),
        NetworkRisk.EVALUATION_OVERDUE: is_overdue(network, rules.evaluation_days, rules.evaluation_years, today),
        NetworkRisk.ENQUIRY_UNANSWERED: (oldest_enquiry or today) < today - timedelta(days=rules.enquiry_days),
    }
    return [risk for risk, is_there in found.items() if is_there]


def untold(
    network: Network, found: Sequence[NetworkRisk], told: Container[NetworkRisk], now: datetime
) -> Sequence[EventData]:
    """Return the event NetworkAtRisk for the risks in `found` that are not in `told`; no event when there are none."""
    new = [risk for risk in found if risk not in told]
    if not new or not network.in_force(brussels_day(now)):
        return []
    return [NetworkAtRisk(network_id=network.network_id, risks=new, found_at=now)]
