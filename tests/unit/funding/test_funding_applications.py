"""Tests the handlers for applications for funding and for decisions, with a store in memory."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from unit.funding.funding_memory import (
    CLERK,
    CLOCK,
    COORDINATOR,
    FINANCE,
    GIVEN,
    NOW,
    STRANGER,
    TODAY,
    InMemory,
    ask_more,
    coordinate,
    cost,
    decide,
    edit,
    grant,
    network_in_order,
    refusal,
    reject,
    request,
    review,
)

from buurtsein_contracts import Event, KnownNetwork, uuid7
from buurtsein_contracts.events import (
    CoordinatorRemoved,
    ErasureConfirmed,
    FundingCompleted,
    FundingDecided,
    FundingRequested,
    FundingWithdrawn,
)
from buurtsein_contracts.events.network import RemovalReason
from buurtsein_funding import handlers
from buurtsein_funding.domain.application import Application
from buurtsein_funding.domain.states import ApplicationState
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


async def test_a_grant_has_the_amount_and_the_state_of_the_conditions(store: InMemory, network: KnownNetwork) -> None:
    application = await grant(store, await request(store, network), 10000, reasons=["proof_unclear", "proof_unclear"])
    said = store.events[-1]
    assert isinstance(said, FundingDecided)
    assert (said.decision, said.granted_cents, said.reasons) == ("GRANTED", 10000, ["proof_unclear"])
    assert application.state is ApplicationState.GRANTED
    assert application.decision
    assert application.decision.conditions == said.conditions
    assert (said.actor, said.college_reference) == (CLERK, "CBS/2026/1187")


async def test_the_conditions_are_checked_again_at_the_decision(store: InMemory, network: KnownNetwork) -> None:
    store.know(network, recognised=None)
    application = await review(store, await request(store, network))
    with refusal("conditions_not_met") as refused:
        await grant(store, application)
    assert refused.value.allowed == ("reject",)
    assert refused.value.detail == "De FOD Binnenlandse Zaken heeft het netwerk nog niet erkend."
    assert len(store.events) == 2
    store.know(network)
    granted = await grant(store, application)
    assert granted.decision
    assert [granted.conditions[1].met, granted.decision.conditions[1].met] == [False, True]


async def test_a_request_of_an_erased_person_can_only_be_rejected(store: InMemory, network: KnownNetwork) -> None:
    application = await request(store, network)
    erasure = uuid7()
    await handlers.forget(COORDINATOR, erasure, GIVEN, store)
    said = store.events[-1]
    assert isinstance(said, ErasureConfirmed)
    assert (said.erasure_id, said.service) == (erasure, "funding")
    assert COORDINATOR not in said.to_json()
    forgotten = await review(store, await store.application(application.application_id))
    assert COORDINATOR not in forgotten.model_dump_json()
    with refusal("conditions_not_met"):
        await grant(store, forgotten)
    assert (await reject(store, forgotten)).state is ApplicationState.REJECTED


async def test_a_condition_that_is_no_longer_met_stops_the_grant(store: InMemory, network: KnownNetwork) -> None:
    application = await review(store, await request(store, network))
    store.know(network, coordinators={})
    with refusal("conditions_not_met"):
        await grant(store, application)


async def test_unmet_conditions_become_reasons_of_a_rejection(store: InMemory, network: KnownNetwork) -> None:
    store.know(network, be_alert=None)
    application = await request(store, network)
    await reject(store, application)
    said = store.events[-1]
    assert isinstance(said, FundingDecided)
    assert (said.decision, said.granted_cents, said.reasons) == ("REJECTED", None, ["accepts_be_alert"])


async def test_the_reasons_of_the_official_come_before_those_of_the_conditions(
    store: InMemory, network: KnownNetwork
) -> None:
    store.know(network, be_alert=None)
    application = await reject(store, await request(store, network), "invoice_missing")
    assert application.decision
    assert application.decision.reasons == ["invoice_missing", "accepts_be_alert"]


async def test_a_rejection_needs_a_reason_when_all_conditions_are_met(store: InMemory, network: KnownNetwork) -> None:
    application = await request(store, network)
    with refusal("reasons_missing"):
        await reject(store, application)
    prepared = await review(store, application)
    with refusal("reasons_missing"):
        await reject(store, prepared)
    assert len(store.events) == 2


async def test_a_grant_of_more_than_the_scheme_pays_is_refused(store: InMemory, network: KnownNetwork) -> None:
    application = await review(store, await request(store, network))
    with refusal("over_payable") as refused:
        await grant(store, application, 18502)
    assert "185,01 euro" in refused.value.detail
    await grant(store, application, 18501)


async def test_three_people_request_prepare_and_decide(store: InMemory, network: KnownNetwork) -> None:
    application = await request(store, network)
    with refusal("same_person") as refused:
        await review(store, application, by=COORDINATOR)
    assert refused.value.kind is ProblemKind.FORBIDDEN
    prepared = await review(store, application)
    for actor in (COORDINATOR, FINANCE):
        for decision in (grant(store, prepared, by=actor), reject(store, prepared, "outside_year", by=actor)):
            with refusal("same_person"):
                await decision


async def test_a_decision_is_final(store: InMemory, network: KnownNetwork) -> None:
    application = await grant(store, await request(store, network))
    for again in (
        decide(store, application, decision="GRANTED", granted_cents=1, reasons=["outside_year"]),
        decide(store, application, decision="REJECTED", reasons=["outside_year"]),
        review(store, application),
        coordinate(store, "withdraw", application),
    ):
        with refusal("transition_refused") as refused:
            await again
        assert refused.value.kind is ProblemKind.CONFLICT
        assert refused.value.allowed == ()
    assert len(store.events) == 3


async def test_a_decision_needs_a_review_and_names_a_day_that_is_not_in_the_future(
    store: InMemory, network: KnownNetwork
) -> None:
    application = await request(store, network)
    with refusal("transition_refused") as refused:
        await decide(store, application, decision="GRANTED", granted_cents=1)
    assert "review" in refused.value.allowed
    prepared = await review(store, application)
    later = {"decided_on": TODAY + timedelta(days=1), "reference": "CBS/2026/1"}
    with refusal("decided_in_future"):
        await decide(store, prepared, decision="GRANTED", granted_cents=1, college=later)


async def test_less_than_the_scheme_pays_needs_a_reason_and_another_reason_an_explanation(
    store: InMemory, network: KnownNetwork
) -> None:
    application = await request(store, network)
    for changes in ({"granted_cents": 18500}, {"granted_cents": 18500, "reasons": ["other"]}):
        with refusal("reasons_missing"):
            await review(store, application, **changes)
    prepared = await review(store, application, granted_cents=18500, reasons=["other"], explanation="Eén cent te veel.")
    with refusal("reasons_missing"):
        await grant(store, prepared, 18500)
    granted = await grant(store, prepared, 18500, reasons=["invoice_missing"])
    assert granted.decision
    assert granted.decision.reasons == ["invoice_missing"]


async def test_what_finance_does_not_accept_of_a_line_is_taken_off_with_its_rule(
    store: InMemory, network: KnownNetwork
) -> None:
    application = await request(store, network)
    with refusal("line_unknown"):
        await review(store, application, accepted=[{"line": 4, "cents": 1}])
    prepared = await review(store, application, accepted=[{"line": 2, "cents": 3000}])
    assert prepared.review
    line = prepared.review.reckoning.lines[1]
    assert ([taken.rule for taken in line.taken], line.payable_cents) == (["reviewed"], 3000)
    granted = await grant(store, prepared, 8501)
    assert granted.decision
    assert granted.decision.reasons == ["reviewed"]


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


async def test_a_review_reserves_the_budget_of_the_year_and_never_more_than_is_left(
    store: InMemory, network: KnownNetwork
) -> None:
    other = network_in_order()
    store.know(other)
    first, second = await request(store, network), await request(store, other, cost_lines=cost(cents=25000))
    await review(store, first)
    with refusal("budget_spent") as refused:
        await review(store, second)
    assert refused.value.detail == "In het budget van 2026 is nog 214,99 euro vrij."
    part = await review(store, second, granted_cents=21499, reasons=["budget_spent"])
    assert part.held_cents == 21499


async def test_a_decision_on_another_version_than_was_read_is_refused(store: InMemory, network: KnownNetwork) -> None:
    read = await review(store, await request(store, network))
    await review(store, read, proposal="REJECTED", reasons=["invoice_missing"])
    with refusal("version_changed") as refused:
        await grant(store, read)
    assert refused.value.kind is ProblemKind.STALE
    assert len(store.events) == 3


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
