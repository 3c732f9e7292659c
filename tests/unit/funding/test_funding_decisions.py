"""Tests how finance prepares a decision on an application and the city enters it, with a store in memory."""

from datetime import timedelta

from unit.funding.funding_memory import (
    CLERK,
    COORDINATOR,
    FINANCE,
    GIVEN,
    TODAY,
    InMemory,
    ask_more,
    coordinate,
    cost,
    decide,
    edit,
    grant,
    joined_by,
    network_in_order,
    refusal,
    reject,
    request,
    review,
)

from buurtsein_contracts import KnownNetwork, uuid7
from buurtsein_contracts.events import (
    ErasureConfirmed,
    FundingDecided,
)
from buurtsein_funding import handlers
from buurtsein_funding.domain.states import ApplicationState
from buurtsein_kernel.problems import ProblemKind

WRITER, OTHER = "p" + "1" * 32, "p" + "2" * 32


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


async def test_nobody_who_wrote_or_submitted_an_application_takes_a_step_of_the_city(
    store: InMemory, network: KnownNetwork
) -> None:
    store.know(joined_by(network, WRITER, OTHER))
    incomplete = await ask_more(store, await request(store, network))
    edited = await edit(store, incomplete, by=WRITER)
    submitted = await coordinate(store, "submit", edited, by=OTHER)
    store.know(network, coordinators={})
    assert submitted.requester == OTHER
    for actor in (COORDINATOR, WRITER, OTHER):
        for step in (ask_more(store, submitted, by=actor), review(store, submitted, by=actor)):
            with refusal("same_person"):
                await step
    prepared = await review(store, submitted)
    for actor in (COORDINATOR, WRITER, OTHER):
        with refusal("same_person"):
            await reject(store, prepared, "outside_year", by=actor)


async def test_no_present_coordinator_of_the_network_takes_a_step_of_the_city(
    store: InMemory, network: KnownNetwork
) -> None:
    application = await request(store, network)
    store.know(joined_by(network, OTHER))
    for step in (ask_more(store, application, by=OTHER), review(store, application, by=OTHER)):
        with refusal("same_person") as refused:
            await step
        assert "het netwerk coördineert" in refused.value.detail
    prepared = await review(store, application)
    with refusal("same_person"):
        await grant(store, prepared, by=OTHER)
    store.know(network)
    await grant(store, prepared, by=OTHER)


async def test_the_writers_of_an_application_are_forgotten_unless_it_was_granted(
    store: InMemory, network: KnownNetwork
) -> None:
    store.know(joined_by(network, OTHER))
    draft = await edit(store, await request(store, network, draft=True), by=OTHER)
    await handlers.forget(OTHER, uuid7(), GIVEN, store)
    forgotten = await store.application(draft.application_id)
    assert OTHER not in forgotten.model_dump_json()
    assert forgotten.requester == COORDINATOR
    granted = await grant(store, await coordinate(store, "submit", await edit(store, forgotten, by=OTHER)))
    await handlers.forget(OTHER, uuid7(), GIVEN, store)
    assert OTHER in (await store.application(granted.application_id)).writers


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
        assert refused.value.allowed == ("pay",)
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
    assert refused.value.members == {"state": "UNDER_REVIEW", "version": 3}
    assert "de beslissing over de aanvraag is voorbereid" in refused.value.detail
    assert len(store.events) == 3
