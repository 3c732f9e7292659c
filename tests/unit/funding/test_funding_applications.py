"""Tests the handlers for applications for funding and for decisions, with a store in memory."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from unit.funding.funding_memory import (
    CLOCK,
    COORDINATOR,
    FINANCE,
    NOW,
    STRANGER,
    TODAY,
    InMemory,
    ask_more,
    coordinate,
    cost,
    edit,
    grant,
    network_in_order,
    refusal,
    request,
    review,
)

from buurtsein_contracts import Event, KnownNetwork, uuid7
from buurtsein_contracts.events import (
    CoordinatorRemoved,
    FundingCompleted,
    FundingRequested,
    FundingWithdrawn,
)
from buurtsein_contracts.events.network import RemovalReason
from buurtsein_funding.domain.application import Application
from buurtsein_funding.domain.states import ApplicationState
from buurtsein_funding.views import file_of
from buurtsein_kernel.problems import ProblemKind


async def test_a_request_is_submitted_and_its_event_has_no_free_text(store: InMemory, network: KnownNetwork) -> None:
    application = await request(store, network)
    [said] = store.events
    assert isinstance(said, FundingRequested)
    assert application.state is ApplicationState.SUBMITTED
    assert (said.requested_cents, said.cost_kinds) == (18501, ["sms", "bord"])
    assert said.scheme == f"steun@{TODAY.year}-01-01"
    assert (said.actor, said.key) == (COORDINATOR, str(network.network_id))
    assert said.conditions == application.conditions
    assert all(condition.met for condition in said.conditions)
    assert "borden" not in said.to_json()


async def test_a_request_is_accepted_also_when_conditions_are_not_met(store: InMemory, network: KnownNetwork) -> None:
    store.know(network, recognised=None)
    application = await request(store, network)
    assert [condition.met for condition in application.conditions] == [True, False, True, True]
    assert len(store.events) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"year": TODAY.year - 1}, "scheme_unknown"),
        ({"year": TODAY.year + 1}, "outside_window"),
        ({"form_version": "v0"}, "form_version_unknown"),
        ({"cost_lines": cost(kind="bloemen")}, "cost_kind_unknown"),
        ({"answers": {"car": True}}, "answer_invalid"),
    ],
)
async def test_a_request_outside_the_scheme_is_refused_and_leaves_nothing(
    store: InMemory, network: KnownNetwork, changes: dict[str, Any], code: str
) -> None:
    with refusal(code):
        await request(store, network, **changes)
    assert not store.applications
    assert not store.events


async def test_a_number_that_is_no_national_number_is_accepted(store: InMemory, network: KnownNetwork) -> None:
    assert await request(store, network, cost_lines=cost(description="factuur 85073003329"))


async def test_a_network_is_unknown_to_somebody_who_does_not_coordinate_it(
    store: InMemory, network: KnownNetwork
) -> None:
    for unknown in (network, network_in_order()):
        with refusal("network_unknown") as refused:
            await request(store, unknown, by=STRANGER)
        assert refused.value.kind is ProblemKind.MISSING
        assert refused.value.detail == "Dit netwerk is hier niet bekend, of u bent er geen coördinator van."
    assert not store.applications


async def test_a_removed_coordinator_can_no_longer_request_support(store: InMemory, network: KnownNetwork) -> None:
    removed = CoordinatorRemoved(
        network_id=network.network_id,
        coordinator=COORDINATOR,
        reason=RemovalReason.RESIGNED,
        actor=FINANCE,
        removed_at=NOW,
    )
    store.know(network.with_event(Event(uuid7(), "urn:test", NOW, 2, removed)))
    with refusal("network_unknown"):
        await request(store, network)


async def test_an_unknown_network_is_refused(store: InMemory) -> None:
    with refusal("network_unknown") as refused:
        await request(store, network_in_order())
    assert refused.value.kind is ProblemKind.MISSING


async def test_a_draft_tells_nobody_until_it_is_submitted(store: InMemory, network: KnownNetwork) -> None:
    draft = await request(store, network, draft=True, cost_lines=cost(kind="bloemen"))
    assert (draft.state, draft.reckoning, store.events) == (ApplicationState.DRAFT, None, [])
    with refusal("cost_kind_unknown"):
        await coordinate(store, "submit", draft)
    submitted = await coordinate(store, "submit", await edit(store, draft, cost_lines=cost()))
    assert (submitted.state, submitted.total_cents) == (ApplicationState.SUBMITTED, 5500)
    assert [type(event) for event in store.events] == [FundingRequested]
    with refusal("transition_refused"):
        await edit(store, submitted)


async def test_another_coordinator_submits_the_draft_and_is_then_who_asked(
    store: InMemory, network: KnownNetwork
) -> None:
    draft = await request(store, network, draft=True)
    with refusal("application_unknown"):
        await coordinate(store, "submit", draft, by=STRANGER)
    store.know(network, coordinators=dict.fromkeys([COORDINATOR, STRANGER], network.coordinators[COORDINATOR]))
    assert (await coordinate(store, "submit", draft, by=STRANGER)).requester == STRANGER


async def test_finance_asks_for_more_and_the_coordinator_adds_it(store: InMemory, network: KnownNetwork) -> None:
    prepared = await review(store, await request(store, network))
    assert prepared.held_cents == 18501
    incomplete = await ask_more(store, prepared)
    assert (incomplete.state, incomplete.held_cents, incomplete.review) == (ApplicationState.INCOMPLETE, 0, None)
    with refusal("answer_awaited"):
        await review(store, incomplete)
    edited = await edit(store, incomplete, cost_lines=cost(cents=100))
    completed = await coordinate(store, "submit", edited)
    assert completed.asked[0].completed_at == NOW
    told = store.events[-1]
    assert isinstance(told, FundingCompleted)
    assert (told.requested_cents, completed.state) == (100, ApplicationState.SUBMITTED)


@pytest.mark.parametrize("number", [1, 4])
async def test_costs_that_changed_after_the_submission_are_shown_without_what_the_city_pays(
    store: InMemory, network: KnownNetwork, number: int
) -> None:
    incomplete = await ask_more(store, await request(store, network))
    shown = file_of(edited := await edit(store, incomplete, cost_lines=cost() * number))
    assert [line.payable_cents for line in shown.cost_lines] == [None] * number
    assert (shown.requested_cents, shown.payable_cents) == (5500 * number, None)
    assert file_of(await coordinate(store, "submit", edited)).payable_cents == min(5500 * number, 25000)


async def test_finance_goes_on_when_the_last_day_to_add_something_is_over(
    store: InMemory, network: KnownNetwork
) -> None:
    with refusal("until_in_past"):
        await ask_more(store, await request(store, network), until=TODAY)
    [application] = store.applications.values()
    incomplete = await ask_more(store, application)
    CLOCK.move(timedelta(days=8))
    try:
        prepared = await review(store, incomplete, proposal="REJECTED", reasons=["not_completed"])
    finally:
        CLOCK.set(NOW)
    assert prepared.state is ApplicationState.UNDER_REVIEW


@pytest.mark.parametrize("at", ["draft", "submitted", "incomplete", "under review"])
async def test_an_application_is_withdrawn_before_the_decision_and_its_budget_is_free(
    store: InMemory, network: KnownNetwork, at: str
) -> None:
    application = await request(store, network, draft=at == "draft")
    if at == "incomplete":
        application = await ask_more(store, application)
    if at == "under review":
        application = await review(store, application)
    withdrawn = await coordinate(store, "withdraw", application)
    assert (withdrawn.state, withdrawn.held_cents) == (ApplicationState.WITHDRAWN, 0)
    assert [type(event) for event in store.events[-1:]] == ([] if at == "draft" else [FundingWithdrawn])
    await request(store, network)


async def test_a_request_after_the_last_day_of_the_window_is_refused(store: InMemory, network: KnownNetwork) -> None:
    CLOCK.set(datetime(2026, 12, 31, 22, 59, tzinfo=UTC))
    draft = await request(store, network, draft=True)
    try:
        CLOCK.move(timedelta(minutes=1))  # this is midnight in Belgium
        with refusal("outside_window"):
            await coordinate(store, "submit", draft)
        CLOCK.move(timedelta(minutes=-1))
        incomplete = await ask_more(store, await coordinate(store, "submit", draft), until=date(2027, 1, 15))
        CLOCK.move(timedelta(days=1))
        await coordinate(store, "submit", incomplete)  # what finance asked for may come later
    finally:
        CLOCK.set(NOW)


async def test_a_stored_application_is_read_back_unchanged(store: InMemory, network: KnownNetwork) -> None:
    application = await grant(store, await request(store, network))
    assert Application.model_validate_json(application.model_dump_json()) == application
