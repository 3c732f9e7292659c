"""Tests the handlers for applications for funding and for decisions, with a store in memory."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from unit.funding.funding_memory import (
    CLOCK,
    COORDINATOR,
    FINANCE,
    GIVEN,
    NOW,
    STRANGER,
    TODAY,
    InMemory,
    cost,
    grant,
    network_in_order,
    refusal,
    reject,
    request,
)

from buurtsein_contracts import Event, KnownNetwork, uuid7
from buurtsein_contracts.events import (
    CoordinatorRemoved,
    ErasureConfirmed,
    FundingDecided,
    FundingRequested,
)
from buurtsein_contracts.events.network import RemovalReason
from buurtsein_funding import handlers
from buurtsein_funding.domain.application import Application, ApplicationState
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
        ({"cost_lines": cost(cents=12500) + cost(cents=12501)}, "over_ceiling"),
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
    application = await grant(store, await request(store, network), 10000, reasons=["no_proof", "no_proof"])
    said = store.events[-1]
    assert isinstance(said, FundingDecided)
    assert (said.decision, said.granted_cents, said.reasons) == ("GRANTED", 10000, ["no_proof"])
    assert application.state is ApplicationState.GRANTED
    assert application.decision
    assert application.decision.conditions == said.conditions
    assert said.actor == FINANCE


async def test_the_conditions_are_checked_again_at_the_decision(store: InMemory, network: KnownNetwork) -> None:
    store.know(network, recognised=None)
    application = await request(store, network)
    with refusal("conditions_not_met") as refused:
        await grant(store, application)
    assert refused.value.allowed == ("reject",)
    assert refused.value.detail == "De FOD Binnenlandse Zaken heeft het netwerk nog niet erkend."
    assert len(store.events) == 1
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
    forgotten = await store.application(application.application_id)
    assert COORDINATOR not in forgotten.model_dump_json()
    with refusal("conditions_not_met"):
        await grant(store, forgotten)
    assert (await reject(store, forgotten)).state is ApplicationState.REJECTED


async def test_a_condition_that_is_no_longer_met_stops_the_grant(store: InMemory, network: KnownNetwork) -> None:
    application = await request(store, network)
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
    application = await reject(store, await request(store, network), "invoice_missing", "accepts_be_alert")
    assert application.decision
    assert application.decision.reasons == ["invoice_missing", "accepts_be_alert"]


async def test_a_rejection_needs_a_reason_when_all_conditions_are_met(store: InMemory, network: KnownNetwork) -> None:
    application = await request(store, network)
    with refusal("reasons_missing"):
        await reject(store, application)
    assert len(store.events) == 1


async def test_a_grant_of_more_than_the_requested_amount_is_refused(store: InMemory, network: KnownNetwork) -> None:
    application = await request(store, network)
    with refusal("over_requested") as refused:
        await grant(store, application, 18502)
    assert "185,01 euro" in refused.value.detail
    await grant(store, application, 18501)


async def test_the_requester_cannot_decide(store: InMemory, network: KnownNetwork) -> None:
    application = await request(store, network)
    for decision in (grant(store, application, by=COORDINATOR), reject(store, application, "own_wish", by=COORDINATOR)):
        with refusal("same_person") as refused:
            await decision
        assert refused.value.kind is ProblemKind.FORBIDDEN


async def test_a_decision_is_final(store: InMemory, network: KnownNetwork) -> None:
    application = await grant(store, await request(store, network))
    for again in (grant(store, application), reject(store, application, "second_thoughts")):
        with refusal("transition_refused") as refused:
            await again
        assert refused.value.kind is ProblemKind.CONFLICT
        assert refused.value.allowed == ()
    assert len(store.events) == 2


async def test_a_decision_on_another_version_than_was_read_is_refused(store: InMemory, network: KnownNetwork) -> None:
    read = await request(store, network)
    await reject(store, read, "invoice_missing")
    with refusal("version_changed") as refused:
        await grant(store, read)
    assert refused.value.kind is ProblemKind.STALE
    assert len(store.events) == 2


async def test_a_request_after_the_last_day_of_the_window_is_refused(store: InMemory, network: KnownNetwork) -> None:
    CLOCK.set(datetime(2026, 12, 31, 22, 59, tzinfo=UTC))
    try:
        await request(store, network)
        CLOCK.move(timedelta(minutes=1))  # this is midnight in Belgium
        with refusal("outside_window"):
            await request(store, network)
    finally:
        CLOCK.set(NOW)


async def test_a_stored_application_is_read_back_unchanged(store: InMemory, network: KnownNetwork) -> None:
    application = await grant(store, await request(store, network))
    assert Application.model_validate_json(application.model_dump_json()) == application
