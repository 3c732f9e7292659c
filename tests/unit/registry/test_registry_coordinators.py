"""Coordinators are replaced, removed (with an appeal) or resign; officers get and lose a mandate."""

from datetime import date, timedelta
from typing import Any

import pytest
from unit.registry.registry_memory import (
    APPLICANT,
    CHIEF,
    CLOCK,
    GIVEN,
    MAYOR,
    NEIGHBOUR,
    NOW,
    OFFICER,
    InMemory,
    applied,
    appointment,
    by,
    recognised,
)
from unit.registry.registry_steps import TODAY, does, shown
from unit.registry.registry_store_suite import refusal

from buurtsein_contracts.events import CoordinatorAppointed, CoordinatorRemoved, OfficerMandated, OfficerReleased
from buurtsein_contracts.events.network import CoordinatorRole
from buurtsein_registry import commands, handlers, views
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.tasks import TaskKind

CO = CoordinatorRole.CO_COORDINATOR
YESTERDAY = TODAY - timedelta(days=1)
DEFINITIVE: dict[str, Any] = {"reason": "house_rules_breached", "heard_on": YESTERDAY}


@pytest.fixture
def store() -> InMemory:
    CLOCK.set(NOW)
    return InMemory()


async def with_two(store: InMemory, **changes: Any) -> Network:
    """Return a recognised network with a main coordinator and a co-coordinator."""
    made = await recognised(store)
    return await does(store, handlers.appoint_coordinator, made, OFFICER, appointment(NEIGHBOUR, role=CO, **changes))


def succession(successor: str = NEIGHBOUR, **changes: Any) -> commands.Succeed:
    return commands.Succeed.model_validate({"successor": successor, "reason": "moved"} | changes)


def removal(**changes: Any) -> commands.RemoveCoordinator:
    return commands.RemoveCoordinator.model_validate({"reason": "moved"} | changes)


async def removed(store: InMemory, network: Network, person: str, actor: str, **said: Any) -> Network:
    handler, seen = handlers.remove_coordinator, await by(store, network, actor)
    return await handler(network.network_id, person, removal(**said), seen, GIVEN, store)


async def appealed(store: InMemory, network: Network, actor: str, lodged_on: date | None = None) -> Network:
    said, seen = commands.LodgeAppeal(lodged_on=lodged_on), await by(store, network, actor)
    return await handlers.lodge_appeal(network.network_id, APPLICANT, said, seen, GIVEN, store)


async def answered(store: InMemory, network: Network, outcome: str) -> Network:
    said = commands.DecideAppeal.model_validate({"outcome": outcome})
    seen = await by(store, network, MAYOR)
    return await handlers.decide_appeal(network.network_id, APPLICANT, said, seen, GIVEN, store)


async def test_a_co_coordinator_succeeds_the_main_coordinator_in_one_step(store: InMemory) -> None:
    made = await does(store, handlers.succeed, await with_two(store), OFFICER, succession())
    gone, came = store.events[-2:]
    assert isinstance(gone, CoordinatorRemoved)
    assert isinstance(came, CoordinatorAppointed)
    assert (gone.coordinator, came.coordinator, came.role) == (APPLICANT, NEIGHBOUR, CoordinatorRole.COORDINATOR)
    assert made.main_coordinator == NEIGHBOUR
    assert [(one.person, one.role) for one in made.coordinators] == [(NEIGHBOUR, CoordinatorRole.COORDINATOR)]
    assert [(one.person, one.removed_on) for one in made.past_coordinators] == [(APPLICANT, TODAY), (NEIGHBOUR, TODAY)]


async def test_the_police_screen_a_successor_in_the_same_step(store: InMemory) -> None:
    made = await recognised(store)
    with refusal("successor_unscreened"):
        await does(store, handlers.succeed, made, OFFICER, succession())
    screened = succession(adult=True, screened_on=YESTERDAY)
    made = await does(store, handlers.succeed, made, OFFICER, screened)
    assert (made.main_coordinator, made.screenings[-1].person) == (NEIGHBOUR, NEIGHBOUR)


async def test_the_burgemeester_does_not_screen_a_successor(store: InMemory) -> None:
    made = await recognised(store)
    with refusal("same_person"):
        await does(store, handlers.succeed, made, MAYOR, succession(adult=True, screened_on=YESTERDAY))


async def test_an_unsuitable_or_long_ago_screened_co_coordinator_does_not_succeed(store: InMemory) -> None:
    made = await with_two(store, screened_on=TODAY - timedelta(days=300))
    CLOCK.set(NOW + timedelta(days=100))
    with refusal("screening_too_old"):
        await does(store, handlers.succeed, made, OFFICER, succession())
    bad = appointment(NEIGHBOUR, screening_outcome="NOT_OK", screened_on=TODAY)
    made = await does(store, handlers.appoint_coordinator, made, OFFICER, bad)
    with refusal("screening_unfavourable"):
        await does(store, handlers.succeed, made, OFFICER, succession())


async def test_a_new_screening_of_a_coordinator_replaces_the_old_one(store: InMemory) -> None:
    made = await recognised(store)
    made = await does(store, handlers.appoint_coordinator, made, OFFICER, appointment(screened_on=YESTERDAY))
    assert [one.screened_on for one in made.coordinators] == [YESTERDAY]


@pytest.mark.parametrize("reason", ["house_rules_breached", "screening_lapsed", "appointed_in_error"])
async def test_a_recognised_network_keeps_its_main_coordinator_until_a_successor_comes(
    store: InMemory, reason: str
) -> None:
    made = await with_two(store)
    with refusal("successor_missing"):
        await removed(store, made, APPLICANT, MAYOR, reason=reason, heard_on=YESTERDAY)
    await removed(store, made, NEIGHBOUR, MAYOR, reason=reason, heard_on=YESTERDAY)


@pytest.mark.parametrize("reason", ["resigned", "moved", "deceased"])
async def test_a_main_coordinator_who_stops_or_dies_needs_no_successor(store: InMemory, reason: str) -> None:
    made = await removed(store, await recognised(store), APPLICANT, OFFICER, reason=reason)
    assert (made.main_coordinator, shown(made).removals[0].status) == (None, "voluntary")


async def test_a_coordinator_resigns_and_removes_nobody_else(store: InMemory) -> None:
    made = await with_two(store)
    with refusal("only_own_resignation"):
        await removed(store, made, APPLICANT, NEIGHBOUR, reason="resigned")
    with refusal("only_own_resignation"):
        await removed(store, made, NEIGHBOUR, NEIGHBOUR, reason="deceased")
    made = await removed(store, made, NEIGHBOUR, NEIGHBOUR, reason="resigned")
    with refusal("not_the_coordinator"):
        await removed(store, made, NEIGHBOUR, NEIGHBOUR, reason="resigned")


@pytest.mark.parametrize(
    ("actor", "heard_on", "code"),
    [
        (OFFICER, YESTERDAY, "burgemeester_only"),
        (MAYOR, None, "hearing_missing"),
        (MAYOR, TODAY + timedelta(days=1), "hearing_in_future"),
    ],
)
async def test_the_burgemeester_removes_for_good_after_the_korpschef_heard_the_coordinator(
    store: InMemory, actor: str, heard_on: date | None, code: str
) -> None:
    made = await with_two(store)
    with refusal(code):
        await does(store, handlers.succeed, made, actor, succession(reason="house_rules_breached", heard_on=heard_on))


async def test_a_removed_coordinator_appeals_within_21_days_and_the_fod_is_informed(store: InMemory) -> None:
    made = await does(store, handlers.succeed, await with_two(store), MAYOR, succession(**DEFINITIVE))
    assert {(task.kind, task.about) for task in store.tasks.values()} == {
        (TaskKind.INFORM_FOD, APPLICANT),
        (TaskKind.INFORM_FOD, NEIGHBOUR),
    }
    [past] = [one for one in shown(made).removals if one.person == APPLICANT]
    assert (past.appeal_until, past.heard_on, past.status) == (
        TODAY + timedelta(days=21),
        YESTERDAY,
        "appeal_possible",
    )
    CLOCK.set(NOW + timedelta(days=22))
    assert shown(made, GIVEN.today).removals[0].status == "final"
    with refusal("appeal_too_late"):
        await appealed(store, made, APPLICANT)
    with refusal("appeal_day_impossible"):
        await appealed(store, made, MAYOR, YESTERDAY)
    made = await appealed(store, made, MAYOR, TODAY + timedelta(days=21))
    assert shown(made, GIVEN.today).removals[0].status == "appeal_lodged"
    assert [task.kind for task in store.tasks.values()][-1] is TaskKind.DECIDE_APPEAL
    with refusal("appeal_lodged"):
        await appealed(store, made, APPLICANT)


async def test_only_the_removed_coordinator_appeals_and_only_against_an_unwanted_removal(store: InMemory) -> None:
    made = await removed(store, await recognised(store), APPLICANT, OFFICER, reason="resigned")
    with refusal("network_unknown"):
        await appealed(store, made, NEIGHBOUR)
    with refusal("appeal_not_possible"):
        await appealed(store, made, APPLICANT)


async def test_a_rejected_appeal_makes_the_removal_final(store: InMemory) -> None:
    made = await does(store, handlers.succeed, await with_two(store), MAYOR, succession(**DEFINITIVE))
    with refusal("no_open_appeal"):
        await answered(store, made, "rejected")
    await appealed(store, made, APPLICANT)
    before = len(store.events)
    made = await answered(store, made, "rejected")
    assert (shown(made).removals[0].status, len(store.events)) == ("final", before)
    with refusal("no_open_appeal"):
        await answered(store, made, "upheld")


async def test_an_upheld_appeal_makes_the_person_co_coordinator_beside_the_successor(store: InMemory) -> None:
    made = await does(store, handlers.succeed, await with_two(store), MAYOR, succession(**DEFINITIVE))
    await appealed(store, made, APPLICANT)
    made = await answered(store, made, "upheld")
    event = store.events[-1]
    assert isinstance(event, CoordinatorAppointed)
    assert (event.coordinator, event.role, made.main_coordinator) == (APPLICANT, CO, NEIGHBOUR)
    assert shown(made).removals[0].status == "reinstated"


async def test_the_korpschef_mandates_officers_and_past_mandates_stay(store: InMemory) -> None:
    made = await applied(store)
    mandate = commands.MandateOfficer(officer=OFFICER)
    made = await does(store, handlers.mandate_officer, made, CHIEF, mandate)
    assert isinstance(store.events[-1], OfficerMandated)
    assert made.mandated_officers == {OFFICER}
    with refusal("already_mandated"):
        await does(store, handlers.mandate_officer, made, CHIEF, mandate)
    made = await does(store, handlers.release_officer, made, CHIEF, OFFICER)
    assert isinstance(store.events[-1], OfficerReleased)
    assert [(one.officer, one.released_on) for one in shown(made).mandates] == [(OFFICER, TODAY)]
    with refusal("officer_unknown"):
        await does(store, handlers.release_officer, made, CHIEF, OFFICER)


async def test_a_coordinator_is_no_mandated_officer(store: InMemory) -> None:
    with refusal("same_person"):
        await does(
            store, handlers.mandate_officer, await recognised(store), CHIEF, commands.MandateOfficer(officer=APPLICANT)
        )


async def test_a_coordinator_does_not_see_why_another_one_was_removed(store: InMemory) -> None:
    made = await removed(store, await with_two(store), NEIGHBOUR, OFFICER, reason="resigned")
    own = views.file_of(made, TODAY, for_official=False)
    assert (own.removals, [one.person for one in own.past_coordinators]) == ([], [NEIGHBOUR])
