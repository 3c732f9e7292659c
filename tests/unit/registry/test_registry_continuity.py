"""Officials see which recognised networks may soon cease to work, and why; this changes nothing in the networks."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from unit.registry.registry_memory import APPLICANT, GIVEN, NEIGHBOUR, InMemory, by, recognised

from buurtsein_contracts.events.network import NetworkRisk
from buurtsein_kernel.problems import DomainError
from buurtsein_registry import handlers
from buurtsein_registry.domain.continuity import risks
from buurtsein_registry.domain.network import Network

RULES = replace(GIVEN.rules, screening_valid_days=365, inactive_days=100, still_active_days=200)
TODAY = GIVEN.today


async def network() -> Network:
    return await recognised(InMemory())


def found(made: Network, after_days: int = 0, members_changed: date | None = None) -> list[NetworkRisk]:
    return risks(made, members_changed, RULES, TODAY + timedelta(days=after_days))


async def test_a_network_with_one_coordinator_has_nobody_who_takes_over() -> None:
    made = await network()
    assert found(made) == [NetworkRisk.ONE_COORDINATOR]
    made.coordinators += made.coordinators
    assert found(made) == []
    made.coordinators = []
    assert found(made) == [NetworkRisk.NO_COORDINATOR]


async def test_a_network_without_acts_and_changes_of_members_is_inactive() -> None:
    made = await network()
    assert [NetworkRisk.NO_ACTIVITY in found(made, days) for days in (100, 101)] == [False, True]
    assert NetworkRisk.NO_ACTIVITY not in found(made, 101, TODAY + timedelta(days=1))


async def test_a_screening_that_is_out_of_date_is_shown() -> None:
    made = await network()
    screened_on = made.coordinators[0].screened_on
    days = (screened_on + timedelta(days=365) - TODAY).days
    assert [NetworkRisk.SCREENING_OUT_OF_DATE in found(made, day) for day in (days, days + 1)] == [False, True]


async def test_the_yearly_question_is_answered_by_a_coordinator() -> None:
    store = InMemory()
    made = await recognised(store)
    assert made.recognition
    made.recognition.start = TODAY - timedelta(days=300)
    assert NetworkRisk.ACTIVE_UNANSWERED in found(made)
    with pytest.raises(DomainError, match="not_the_coordinator"):
        await handlers.confirm_active(made.network_id, await by(store, made, NEIGHBOUR), GIVEN, store)
    answered = await handlers.confirm_active(made.network_id, await by(store, made, APPLICANT), GIVEN, store)
    assert NetworkRisk.ACTIVE_UNANSWERED not in found(answered)
    assert [NetworkRisk.ACTIVE_UNANSWERED in found(answered, days) for days in (200, 201)] == [False, True]


async def test_a_network_that_is_not_recognised_today_is_not_shown() -> None:
    made = await network()
    assert made.recognition
    made.recognition.end = TODAY - timedelta(days=1)
    assert found(made) == []
