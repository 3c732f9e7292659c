"""A recognised network is suspended, renewed and ended by the handlers, and tasks for officials are made."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from unit.registry.registry_memory import (
    APPLICANT,
    CHIEF,
    CLOCK,
    FEDERAL,
    GIVEN,
    MAYOR,
    NEIGHBOUR,
    NOW,
    OFFICER,
    InMemory,
    applied,
    approved,
    by,
    joining,
    recognised,
)
from unit.registry.registry_steps import B, K, amended, decided, does, ended, shown, suspension
from unit.registry.registry_store_suite import refusal

from buurtsein_contracts.events import (
    MemberLeft,
    NetworkEnded,
    NetworkRecognised,
    NetworkReinstated,
    NetworkSuspended,
)
from buurtsein_contracts.events.member import LeavingReason
from buurtsein_contracts.events.network import EndReason, RecognitionStatus, SuspensionReason
from buurtsein_kernel.commands import By
from buurtsein_kernel.problems import DomainError
from buurtsein_registry import commands, handlers
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.states import NetworkState

TODAY = GIVEN.today
LETTER = "0" * 64


@pytest.fixture
def store() -> InMemory:
    CLOCK.set(NOW)
    return InMemory()


async def test_people_can_join_while_an_amendment_waits_and_not_during_a_suspension(store: InMemory) -> None:
    made = await amended(store, budget_plan="De stad betaalt de helft.")
    await handlers.join(made.network_id, joining(), NEIGHBOUR, GIVEN, store)
    await decided(store, made)
    await does(store, handlers.suspend, made, FEDERAL, suspension())
    with refusal("network_unknown"):
        await handlers.join(made.network_id, joining(), "p" + "8" * 32, GIVEN, store)


async def test_a_suspension_holds_until_the_fod_lifts_it(store: InMemory) -> None:
    made = await recognised(store)
    made = await does(store, handlers.suspend, made, FEDERAL, suspension(start=TODAY - timedelta(days=3)))
    event = store.events[-1]
    assert isinstance(event, NetworkSuspended)
    assert (event.start, event.end, event.reason) == (TODAY - timedelta(days=3), None, SuspensionReason.INACTIVE)
    assert shown(made).recognition_status is RecognitionStatus.SUSPENDED
    with refusal("start_before_suspension"):
        await does(store, handlers.reinstate, made, FEDERAL, commands.ReinstateNetwork(start=TODAY - timedelta(days=4)))
    made = await does(store, handlers.reinstate, made, FEDERAL, commands.ReinstateNetwork(reference="VP/3"))
    assert isinstance(store.events[-1], NetworkReinstated)
    assert (made.suspension, shown(made).recognition_status) == (None, RecognitionStatus.ACTIVE)


@pytest.mark.parametrize("days", [1, 30])
async def test_a_suspension_is_entered_when_it_has_begun(store: InMemory, days: int) -> None:
    made = await recognised(store)
    with refusal("start_in_future"):
        await does(store, handlers.suspend, made, FEDERAL, suspension(start=TODAY + timedelta(days=days)))


async def test_staff_enter_a_letter_of_the_fod_with_its_hash(store: InMemory) -> None:
    made = await approved(store)
    await does(store, handlers.send_to_fod, made, OFFICER)
    answer = {"start": TODAY, "reference": "VP/1"}
    with refusal("document_missing"):
        await does(store, handlers.recognise, made, MAYOR, commands.Recognise.model_validate(answer))
    with_letter = commands.Recognise.model_validate(answer | {"document_sha256": LETTER})
    made = await does(store, handlers.recognise, made, MAYOR, with_letter)
    recognition = shown(made).recognition
    assert recognition
    assert (recognition.document_sha256, made.acts[-1].document_sha256) == (LETTER, LETTER)
    assert made.state is NetworkState.RECOGNISED


DATES = {"start": date(2026, 11, 1), "end": date(2027, 10, 31), "renewal_on": date(2027, 8, 1)}


@pytest.mark.parametrize(
    ("day", "status", "due"),
    [
        (date(2026, 10, 31), "IN_AANVRAAG", False),
        (date(2026, 11, 1), "ACTIEF", False),
        (date(2027, 7, 31), "ACTIEF", False),
        (date(2027, 8, 1), "ACTIEF", True),
        (date(2027, 10, 31), "ACTIEF", True),
        (date(2027, 11, 1), "VERLOPEN", True),
    ],
)
async def test_the_status_of_a_recognition_follows_from_its_days(
    store: InMemory, day: date, status: str, due: bool
) -> None:
    made = await approved(store)
    assert shown(made).recognition_status is None
    made = await does(store, handlers.send_to_fod, made, OFFICER)
    assert shown(made).recognition_status is RecognitionStatus.REQUESTED
    answer = commands.Recognise.model_validate(DATES | {"reference": "VP/1"})
    file = shown(await does(store, handlers.recognise, made, FEDERAL, answer), day)
    assert file.recognition
    assert (file.recognition_status, file.recognition.renewal_due) == (status, due)


async def recognised_for_a_year(store: InMemory) -> Network:
    """Return a network with the recognition of DATES."""
    made = await approved(store)
    await does(store, handlers.send_to_fod, made, OFFICER)
    answer = commands.Recognise.model_validate(DATES | {"reference": "VP/1"})
    return await does(store, handlers.recognise, made, FEDERAL, answer)


@pytest.mark.parametrize("day", [date(2026, 10, 31), date(2027, 11, 1)])
async def test_the_day_of_renewal_lies_in_the_recognition(store: InMemory, day: date) -> None:
    made = await approved(store)
    await does(store, handlers.send_to_fod, made, OFFICER)
    answer = commands.Recognise.model_validate(DATES | {"reference": "VP/1", "renewal_on": day})
    with refusal("renewal_outside_recognition"):
        await does(store, handlers.recognise, made, FEDERAL, answer)


@pytest.mark.parametrize(
    ("renewed_from", "first_day", "entered_on"),
    [
        (date(2027, 11, 1), date(2026, 11, 1), TODAY),
        (date(2027, 6, 1), date(2026, 11, 1), TODAY),
        (date(2027, 11, 2), date(2027, 11, 2), date(2027, 11, 1)),
    ],
    ids=["the day after", "early", "after a gap"],
)
async def test_a_renewal_keeps_the_first_day_unless_there_is_a_gap(
    store: InMemory, renewed_from: date, first_day: date, entered_on: date
) -> None:
    made = await recognised_for_a_year(store)
    CLOCK.move(entered_on - TODAY)
    again = commands.Recognise(start=renewed_from, end=date(2030, 1, 1), reference="VP/9")
    made = await does(store, handlers.renew, made, FEDERAL, again)
    event = store.events[-1]
    assert isinstance(event, NetworkRecognised)
    assert (event.start, event.end, event.reference) == (first_day, date(2030, 1, 1), "VP/9")
    assert made.in_force(date(2029, 1, 1))


async def test_a_renewal_after_a_gap_is_entered_when_the_present_term_is_over(store: InMemory) -> None:
    made = await recognised_for_a_year(store)
    again = commands.Recognise(start=date(2027, 11, 15), end=date(2030, 1, 1), reference="VP/9")
    for moment in (NOW, NOW.replace(year=2027, month=10, day=31)):
        CLOCK.set(moment)
        with pytest.raises(DomainError) as refused:
            await does(store, handlers.renew, made, FEDERAL, again)
        assert (refused.value.code, refused.value.values) == ("renewal_leaves_gap", {"end": DATES["end"]})
    [first] = [event for event in store.events if isinstance(event, NetworkRecognised)]
    assert (first.end, (await store.network(made.network_id)).in_force(date(2027, 10, 31))) == (DATES["end"], True)
    CLOCK.set(NOW.replace(year=2027, month=11, day=1))
    made = await does(store, handlers.renew, made, FEDERAL, again)
    days = (date(2027, 11, 14), date(2027, 11, 15), date(2030, 1, 1))
    assert [made.in_force(day) for day in days] == [False, True, True]


async def test_an_ended_network_is_closed_and_the_fod_must_be_told(store: InMemory) -> None:
    made = await ended(store, await recognised(store), EndReason.STOPPED)
    event = store.events[-1]
    assert isinstance(event, NetworkEnded)
    assert (event.reason, event.merged_into, made.allowed()) == (EndReason.STOPPED, None, [])
    assert shown(made).recognition_status is RecognitionStatus.EXPIRED
    assert [task.about for task in store.tasks.values()] == ["ended stopped"]
    with refusal("network_unknown"):
        await handlers.join(made.network_id, joining(), NEIGHBOUR, GIVEN, store)
    assert not (await store.known(APPLICANT)).is_coordinator


async def test_the_fod_need_not_be_told_of_what_it_entered_or_never_recognised(store: InMemory) -> None:
    made = await recognised(store)
    await does(store, handlers.end_network, made, FEDERAL, commands.EndNetwork(reason=EndReason.WITHDRAWN))
    await ended(store, await applied(store), EndReason.WITHDRAWN)
    assert store.tasks == {}


async def test_a_network_merges_into_one_that_exists(store: InMemory) -> None:
    gone, other = await recognised(store), await recognised(store)
    for target, code in ((uuid4(), "merged_into_unknown"), (gone.network_id, "merged_into_itself")):
        with refusal(code):
            await ended(store, gone, EndReason.MERGED, target)
    for reason, wrong in ((EndReason.MERGED, None), (EndReason.STOPPED, other.network_id)):
        with refusal("merged_into_mismatch"):
            await ended(store, gone, reason, wrong)
    made = await ended(store, gone, EndReason.MERGED, other.network_id)
    assert shown(made).end
    event = store.events[-1]
    assert isinstance(event, NetworkEnded)
    assert event.merged_into == other.network_id
    with refusal("merged_into_ended"):
        await ended(store, other, EndReason.MERGED, gone.network_id)


async def test_a_coordinator_ends_only_their_network(store: InMemory) -> None:
    made = await applied(store)
    stop = commands.EndNetwork(reason=EndReason.WITHDRAWN)
    with refusal("not_the_coordinator"):
        await does(store, handlers.end_network, made, NEIGHBOUR, stop)
    assert (await does(store, handlers.end_network, made, APPLICANT, stop)).state is NetworkState.ENDED


async def test_a_refused_step_names_what_is_possible_and_records_nothing(store: InMemory) -> None:
    made = await amended(store, budget_plan="De stad betaalt de helft.")
    before = len(store.events)
    with pytest.raises(DomainError) as refused:
        await does(store, handlers.reinstate, made, FEDERAL, commands.ReinstateNetwork())
    assert refused.value.code == "transition_refused"
    assert {"decide", "amend", "suspend", "end"} <= set(refused.value.allowed)
    assert len(store.events) == before


async def test_an_amendment_waits_again_after_a_suspension_with_the_approval_that_it_had(store: InMemory) -> None:
    made = await amended(store, budget_plan="De stad betaalt de helft.")
    yes = commands.Decide(decision="approve")
    made = await does(store, handlers.decide, made, CHIEF, yes, K)
    made = await does(store, handlers.suspend, made, FEDERAL, suspension())
    with refusal("transition_refused"):
        await does(store, handlers.decide, made, MAYOR, yes, B)
    made = await does(store, handlers.reinstate, made, FEDERAL, commands.ReinstateNetwork())
    assert (made.state, [one.role for one in made.approvals]) == (NetworkState.AMENDING, [K])
    made = await does(store, handlers.decide, made, MAYOR, yes, B)
    assert made.charter_in_force == made.newest


async def test_a_merger_ends_the_memberships_of_one_network_and_leaves_those_of_the_other(store: InMemory) -> None:
    gone, other = await recognised(store), await recognised(store)
    members = [await handlers.join(one.network_id, joining(), NEIGHBOUR, GIVEN, store) for one in (gone, other)]
    await ended(store, gone, EndReason.MERGED, other.network_id)
    assert [(await store.member(one.member_id)).left_at is None for one in members] == [False, True]
    [left] = [event for event in store.events if isinstance(event, MemberLeft)]
    assert (left.member_id, left.reason) == (members[0].member_id, LeavingReason.NETWORK_ENDED)


async def test_the_applicant_does_not_enter_a_letter_of_the_fod(store: InMemory) -> None:
    made = await recognised(store)
    seen = By(APPLICANT, (await by(store, made, APPLICANT)).seen, frozenset({"city-officer"}))
    with refusal("same_person"):
        await handlers.suspend(made.network_id, suspension(document_sha256=LETTER), seen, GIVEN, store)
