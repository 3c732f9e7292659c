"""Tells why a recognised network may cease: too few coordinators, an old screening, no activity, or no yearly answer.

Invariant: a risk is only shown. It never changes a network, and never suspends it.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from buurtsein_contracts import EventData
from buurtsein_kernel.days import brussels_day
from buurtsein_registry.domain.evaluating import is_overdue
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.rules import Rules
from buurtsein_registry.domain.screening import is_out_of_date


class Risk(StrEnum):
    """A reason why a recognised network may soon cease to work, such as too few coordinators."""

    NO_COORDINATOR = "no_coordinator"
    ONE_COORDINATOR = "one_coordinator"
    """One person alone coordinates the network, so that nobody takes over."""
    SCREENING_OUT_OF_DATE = "screening_out_of_date"
    NO_ACTIVITY = "no_activity"
    """Nobody did anything with the network, joined it or left it for a long time."""
    ACTIVE_UNANSWERED = "active_unanswered"
    """No coordinator answered the yearly question whether the network is still active."""
    EVALUATION_OVERDUE = "evaluation_overdue"
    """The last yearly evaluation was not signed in time."""
    ENQUIRY_UNANSWERED = "enquiry_unanswered"
    """No coordinator closed an enquiry for a long time."""


def confirm_active(network: Network, actor: str, now: datetime) -> Sequence[EventData]:
    """Store the yearly answer of a coordinator that the network is still active; no event is recorded."""
    network.require_coordinator(actor)
    network.require("confirm_active")
    network.note("confirm_active", actor, now)
    return []


def risks(
    network: Network, last_change_of_members: date | None, rules: Rules, today: date, oldest_enquiry: date | None = None
) -> list[Risk]:
    """Return the risks of a network that is recognised today; an empty list for another network.

    `oldest_enquiry` is the day of the oldest enquiry that is open, or None.
    """
    if not network.in_force(today) or network.recognition is None:
        return []
    last_act = max((brussels_day(act.acted_at) for act in network.acts), default=network.recognition.start)
    activity = max(last_act, last_change_of_members or last_act)
    answers = [brussels_day(act.acted_at) for act in network.acts if act.action == "confirm_active"]
    answered = max([network.recognition.start, *answers])
    screenings = [one.screened_on for one in network.coordinators]
    found = {
        Risk.NO_COORDINATOR: not network.coordinators,
        Risk.ONE_COORDINATOR: len(network.coordinators) == 1,
        Risk.SCREENING_OUT_OF_DATE: any(is_out_of_date(day, rules.screening_valid_days, today) for day in screenings),
        Risk.NO_ACTIVITY: activity < today - timedelta(days=rules.inactive_days),
        Risk.ACTIVE_UNANSWERED: answered < today - timedelta(days=rules.still_active_days),
        Risk.EVALUATION_OVERDUE: is_overdue(network, rules.evaluation_days, rules.evaluation_years, today),
        Risk.ENQUIRY_UNANSWERED: (oldest_enquiry or today) < today - timedelta(days=rules.enquiry_days),
    }
    return [risk for risk, is_there in found.items() if is_there]
