"""Two persons sign a network's yearly evaluation; an evaluation that is overdue is shown as a risk of the network."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from unit.registry.registry_memory import (
    APPLICANT,
    CHIEF,
    GIVEN,
    NEIGHBOUR,
    NOW,
    OFFICER,
    InMemory,
    by,
    joining,
    recognised,
)
from unit.registry.registry_steps import does, evaluation

from buurtsein_contracts.events import EvaluationSigned
from buurtsein_contracts.events.network import NetworkRisk
from buurtsein_kernel.clock import StandingClock
from buurtsein_kernel.problems import DomainError
from buurtsein_registry import commands, handlers
from buurtsein_registry.domain.continuity import risks
from buurtsein_registry.domain.evaluation import Signature, due_on
from buurtsein_registry.domain.network import Network

SIGNED = {name: Signature(person=who, signed_on=NOW.date()) for name, who in (("coordinator", "c"), ("officer", "o"))}
FIGURES = {"hot_by_day": 3, "hot_by_night": 2, "cold_feedback": 4, "cold_prevention": 10, "feedback_hours": 20}
NEXT_YEAR = replace(GIVEN, clock=StandingClock(datetime(2027, 1, 15, 9, tzinfo=UTC)))


@pytest.fixture
def store() -> InMemory:
    return InMemory()


@pytest.fixture
async def network(store: InMemory) -> Network:
    """Return a recognised network with a mandated officer and a member."""
    made = await recognised(store)
    await handlers.join(made.network_id, joining(), NEIGHBOUR, GIVEN, store)
    return await does(store, handlers.mandate_officer, made, CHIEF, commands.MandateOfficer(officer=OFFICER))


async def written(store: InMemory, network: Network, actor: str = APPLICANT, year: int = 2026) -> Network:
    command = commands.WriteEvaluation.model_validate(FIGURES)
    seen = await by(store, network, actor)
    return await handlers.write_evaluation(network.network_id, year, command, seen, NEXT_YEAR, store)


async def signed(store: InMemory, network: Network, actor: str, year: int = 2026) -> Network:
    seen = await by(store, network, actor)
    return await handlers.sign_evaluation(network.network_id, year, seen, NEXT_YEAR, store)


async def refused(work: Any) -> str:
    with pytest.raises(DomainError) as caught:
        await work
    return caught.value.code


async def test_a_coordinator_writes_it_with_the_members_that_the_registry_counts(
    store: InMemory, network: Network
) -> None:
    before = len(store.events)
    made = (await written(store, network)).evaluations[2026]
    assert (made.figures.hot_by_day, made.figures.feedback_hours) == (3, 20)
    assert (made.counted.members, made.counted.joined, made.counted.left) == (1, 1, 0)
    assert (made.written_by, made.is_signed, len(store.events)) == (APPLICANT, False, before)


async def test_it_is_signed_by_a_coordinator_and_a_mandated_officer_in_any_order(
    store: InMemory, network: Network
) -> None:
    await written(store, network, OFFICER)
    stranger = replace(await by(store, network, OFFICER), actor="p" + "9" * 32)
    unmandated = handlers.sign_evaluation(network.network_id, 2026, stranger, NEXT_YEAR, store)
    assert await refused(unmandated) == "not_mandated"
    assert not (await signed(store, network, OFFICER)).evaluations[2026].is_signed
    assert await refused(signed(store, network, OFFICER)) == "already_signed"
    assert not any(isinstance(event, EvaluationSigned) for event in store.events)
    made = (await signed(store, network, APPLICANT)).evaluations[2026]
    assert made.is_signed
    assert [(one.network_id, one.year) for one in store.events if isinstance(one, EvaluationSigned)] == [
        (network.network_id, 2026)
    ]
    assert [one.person for one in (made.coordinator, made.officer) if one] == [APPLICANT, OFFICER]
    assert await refused(signed(store, network, APPLICANT)) == "evaluation_signed"
    assert await refused(written(store, network)) == "evaluation_signed"


async def test_a_new_text_needs_new_signatures(store: InMemory, network: Network) -> None:
    await written(store, network)
    await signed(store, network, OFFICER)
    assert (await written(store, network)).evaluations[2026].officer is None


async def test_strangers_and_other_roles_write_and_sign_nothing(store: InMemory, network: Network) -> None:
    assert await refused(written(store, network, NEIGHBOUR)) == "not_the_coordinator"
    await written(store, network)
    assert await refused(signed(store, network, NEIGHBOUR)) == "not_the_coordinator"
    assert await refused(signed(store, network, OFFICER, 2025)) == "evaluation_unknown"


@pytest.mark.parametrize("year", [2025, 2027])
async def test_a_year_that_has_not_ended_or_was_before_the_recognition_is_refused(
    store: InMemory, network: Network, year: int
) -> None:
    assert await refused(written(store, network, year=year)) == "year_not_possible"


async def test_continuity_shows_an_evaluation_that_was_not_signed_in_time(network: Network) -> None:
    """The recognition began in 2026, so that the first evaluation is due at the end of March 2027."""

    def overdue(day: date, every: int = 1) -> bool:
        rules = replace(GIVEN.rules, evaluation_years=every)
        return NetworkRisk.EVALUATION_OVERDUE in risks(network, None, rules, day)

    last = due_on(2026, 90)
    assert last == date(2027, 3, 31)
    days = (last, last + timedelta(days=1))
    assert [overdue(day) for day in days] == [False, True]
    assert not overdue(days[1], every=2), "with one evaluation in two years, that of 2026 and 2027 is due in 2028"
    network.evaluations[2026] = evaluation(2026)
    assert overdue(days[1]), "a draft is not enough"
    network.evaluations[2026] = evaluation(2026, **SIGNED)
    assert [overdue(day) for day in (days[1], date(2028, 3, 30), date(2028, 4, 1))] == [False, False, True]


async def test_a_network_whose_evaluation_is_overdue_stays_recognised(network: Network) -> None:
    assert network.in_force(date(2030, 1, 1))
