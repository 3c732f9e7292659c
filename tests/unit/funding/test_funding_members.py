"""A scheme that pays for each member counts with the members that the registry knows, or that finance accepts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from unit.funding.funding_memory import (
    CLOCK,
    COORDINATOR,
    FINANCE,
    GIVEN,
    NOW,
    SCHEME,
    InMemory,
    ask_more,
    cost,
    edit,
    form,
    refusal,
)

from buurtsein_contracts import Event, EventData, KnownNetwork, uuid7
from buurtsein_contracts.events import MemberExcluded, MemberJoined, MemberLeft, MemberSuspended
from buurtsein_contracts.events.member import Channel, Language, LeavingReason, MemberKind
from buurtsein_funding import commands, handlers
from buurtsein_funding.domain.application import Application
from buurtsein_funding.domain.members import NetworkMembers
from buurtsein_funding.domain.scheme import Ceiling, Measure, Schemes
from buurtsein_funding.views import file_of
from buurtsein_kernel.commands import By

AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
PER_MEMBER = SCHEME.model_copy(update={"ceilings": (Ceiling(per=Measure.MEMBER, cents=600),)})
COUNTING = replace(GIVEN, schemes=Schemes(scheme=(PER_MEMBER,)))


async def asked(store: InMemory, network: KnownNetwork, **changes: Any) -> Application:
    command = form(network.network_id, cost_lines=cost(cents=20000), members=12, **changes)
    return await handlers.request_support(command, COORDINATOR, COUNTING, store)


async def reviewed(store: InMemory, application: Application, **body: Any) -> Application:
    command = commands.Review.model_validate({"proposal": "GRANTED"} | body)
    by = By(FINANCE, str(application.version))
    return await handlers.review(application.application_id, command, by, COUNTING, store)


async def test_the_number_that_the_coordinator_states_does_not_count_when_the_registry_knows_another(
    store: InMemory, network: KnownNetwork
) -> None:
    store.counted[network.network_id] = 10
    shown = file_of(await asked(store, network))
    assert (shown.members, shown.members_registered, shown.payable_cents) == (12, 10, 6000)
    assert shown.cost_lines[0].taken_off[0].why.endswith("voor 10 leden volgens het register (opgegeven: 12).")


async def test_finance_accepts_another_number_of_members_only_with_an_explanation(
    store: InMemory, network: KnownNetwork
) -> None:
    store.counted[network.network_id] = 10
    application = await asked(store, network)
    with refusal("reasons_missing"):
        await reviewed(store, application, members=11)
    prepared = file_of(await reviewed(store, application, members=11, explanation="Een lid sloot aan op papier."))
    assert prepared.review
    assert (prepared.review.members, prepared.review.granted_cents) == (11, 6600)
    assert "de 11 leden die de stad aanvaardt" in prepared.cost_lines[0].taken_off[0].why


async def test_finance_sees_and_reviews_the_last_submitted_form_when_a_change_was_not_submitted(
    store: InMemory, network: KnownNetwork
) -> None:
    store.counted[network.network_id] = 10
    incomplete = await ask_more(store, submitted := await asked(store, network))
    more = cost(kind="bloemen", cents=500000)
    edited = await edit(store, incomplete, cost_lines=more, members=1000, form_version="v0", answers={"car": True})
    assert (file_of(edited).members, file_of(edited).payable_cents) == (1000, None)
    of_city = file_of(edited.as_submitted())
    assert (of_city.members, of_city.members_registered, of_city.payable_cents) == (12, 10, 6000)
    edited = await edit(store, edited, cost_lines=more, members=2000)
    CLOCK.move(timedelta(days=8))
    try:
        prepared = await reviewed(store, edited)
    finally:
        CLOCK.set(NOW)
    assert (prepared.numbers, prepared.cost_lines) == (submitted.numbers, submitted.cost_lines)
    assert prepared.review
    assert (prepared.review.granted_cents, file_of(prepared).payable_cents) == (6000, 6000)


async def test_finance_reviews_a_change_that_was_submitted(store: InMemory, network: KnownNetwork) -> None:
    store.counted[network.network_id] = 10
    edited = await edit(
        store, await ask_more(store, await asked(store, network)), cost_lines=cost(cents=100), members=9
    )
    again = await handlers.submit(edited.application_id, By(COORDINATOR, str(edited.version)), COUNTING, store)
    prepared = await reviewed(store, again)
    assert (prepared.total_cents, prepared.numbers.members, prepared.numbers.registered) == (100, 9, 10)
    assert file_of(prepared).payable_cents == 100


async def test_without_any_event_of_members_the_stated_number_counts(store: InMemory, network: KnownNetwork) -> None:
    shown = file_of(await asked(store, network))
    assert (shown.members_registered, shown.payable_cents) == (None, 7200)


def test_members_are_counted_until_they_leave_or_are_excluded_and_also_while_suspended() -> None:
    network_id = uuid7()
    first, second, third = uuid7(), uuid7(), uuid7()

    def joined(member: Any) -> EventData:
        return MemberJoined(
            member_id=member,
            network_id=network_id,
            person_ref="p" + "a" * 32,
            member_kind=MemberKind.RESIDENT,
            language=Language.NL,
            channels=[Channel.SMS],
            consent_version="1",
            joined_at=AT,
        )

    told = [
        *(joined(one) for one in (first, second, third)),
        MemberSuspended.model_construct(member_id=third, network_id=network_id, until=date(2026, 12, 1)),
        MemberLeft(member_id=first, network_id=network_id, reason=LeavingReason.LEFT, left_at=AT),
        MemberExcluded.model_construct(member_id=second, network_id=network_id),
        MemberLeft(member_id=uuid7(), network_id=network_id, reason=LeavingReason.LEFT, left_at=AT),
    ]
    known = NetworkMembers(network_id=network_id)
    for number, data in enumerate(told, 1):
        known = known.with_next(Event(uuid7(), "urn:test", AT, number, data))
    assert known.members == {third}
