"""A charter's progress shows the steps done, which office must act next and since when, but no person."""

from datetime import date, timedelta

import pytest
from unit.registry.registry_memory import (
    CHIEF,
    CLOCK,
    FEDERAL,
    GIVEN,
    NOW,
    OFFICER,
    InMemory,
    applied,
    approved,
    by,
    recognised,
    under_review,
)
from unit.registry.registry_steps import K, amended, decided, does

from buurtsein_registry import commands, handlers
from buurtsein_registry.domain import progress
from buurtsein_registry.domain.network import Network

TODAY = GIVEN.today


@pytest.fixture
def store() -> InMemory:
    CLOCK.set(NOW)
    return InMemory()


def offices(network: Network) -> list[str]:
    return [str(one.office) for one in progress.waiting(network)]


def done(network: Network) -> dict[str, date | None]:
    return {f"{one.step} {one.office}": one.done_on for one in progress.steps(network)}


async def test_the_next_office_is_told_for_each_state_until_the_recognition(store: InMemory) -> None:
    assert offices(await applied(InMemory())) == ["neighbourhood"]
    assert offices(await under_review(InMemory())) == ["korpschef", "burgemeester"]
    made = await approved(store)
    assert offices(made) == ["police_or_city"]
    made = await does(store, handlers.send_to_fod, made, OFFICER)
    assert offices(made) == ["fod"]
    assert offices(await recognised(InMemory())) == []


async def test_an_authority_that_has_approved_is_waited_for_no_longer(store: InMemory) -> None:
    made = await under_review(store)
    appointed = await approved(store)
    assert appointed.main_coordinator
    made.coordinators = appointed.coordinators
    await store.add_network(made)
    CLOCK.move(timedelta(days=9))
    made = await does(store, handlers.decide, made, CHIEF, commands.Decide(decision="approve"), K)
    [waiting] = progress.waiting(made)
    assert (waiting.office, waiting.since) == ("burgemeester", TODAY)


async def test_each_step_has_the_day_on_which_it_was_done(store: InMemory) -> None:
    made = await approved(store)
    CLOCK.move(timedelta(days=2))
    made = await does(store, handlers.send_to_fod, made, OFFICER)
    assert done(made) == {
        "apply neighbourhood": TODAY,
        "sign neighbourhood": TODAY,
        "submit neighbourhood": TODAY,
        "approve korpschef": TODAY,
        "approve burgemeester": TODAY,
        "send_to_fod police_or_city": TODAY + timedelta(days=2),
        "recognise fod": None,
    }


async def test_a_charter_that_came_back_begins_again_at_the_neighbourhood(store: InMemory) -> None:
    made = await approved(store)
    await does(store, handlers.send_to_fod, made, OFFICER)
    made = await does(store, handlers.return_charter, made, FEDERAL, commands.ReturnCharter(reason="Kaart ontbreekt."))
    assert offices(made) == ["neighbourhood"]
    assert done(made)["send_to_fod police_or_city"] is None
    assert progress.said(made) == "De FOD heeft het charter teruggestuurd."


async def test_an_amendment_has_its_own_steps(store: InMemory) -> None:
    made = await amended(store, budget_plan="De stad betaalt de helft.")
    assert list(done(made)) == [
        "sign neighbourhood",
        "submit neighbourhood",
        "approve korpschef",
        "approve burgemeester",
    ]
    assert offices(made) == ["korpschef", "burgemeester"]
    assert offices(await decided(store, made)) == []


async def test_no_person_is_named(store: InMemory) -> None:
    made = await recognised(store)
    told = [one.model_dump_json() for one in (*progress.steps(made), *progress.waiting(made))]
    people = {made.applicant, *(act.actor for act in made.acts)}
    assert not [person for person in people if person in "".join(told)]


async def test_a_reference_is_random_and_given_once(store: InMemory) -> None:
    references = [(await applied(store, f"p{number:032x}")).reference for number in range(20)]
    assert len(set(references)) == 20
    assert all(len(reference or "") == 19 for reference in references)
    assert (await by(store, await applied(store, f"p{99:032x}"), OFFICER)).seen == "1"
