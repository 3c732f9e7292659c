"""A membership is requested, accepted, paused, suspended, excluded and ended, each by certain people only."""

from dataclasses import replace
from datetime import date, timedelta
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
    joining,
    recognised,
)
from unit.registry.registry_steps import does

from buurtsein_contracts.events import MemberExcluded, MemberJoined, MemberLeft, MemberSuspended
from buurtsein_contracts.events.member import LeavingReason, SanctionReason
from buurtsein_kernel.clock import StandingClock
from buurtsein_kernel.commands import By
from buurtsein_kernel.problems import DomainError
from buurtsein_registry import commands, handlers
from buurtsein_registry.domain.member import ACTIONS, IN_DUTCH, Member, MemberStatus
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.rules import Acceptance

BY_HAND = replace(GIVEN, rules=replace(GIVEN.rules, acceptance=Acceptance.BY_HAND))
FAR = {"street": "Molenstraat", "house_number": "1", "postcode": "9300", "latitude": 51.5, "longitude": 4.04}
BREACH = SanctionReason.HOUSE_RULES_BREACHED


@pytest.fixture
def store() -> InMemory:
    return InMemory()


@pytest.fixture
async def network(store: InMemory) -> Network:
    return await recognised(store)


def events(store: InMemory) -> list[type]:
    return [type(event) for event in store.events]


def asks(member: Member, actor: str) -> By:
    return By(actor, str(member.version))


async def requested(store: InMemory, network: Network, **changes: Any) -> Member:
    return await handlers.join(network.network_id, joining(**changes), NEIGHBOUR, BY_HAND, store)


async def active(store: InMemory, network: Network, **changes: Any) -> Member:
    return await handlers.join(network.network_id, joining(**changes), NEIGHBOUR, GIVEN, store)


async def decided(store: InMemory, member: Member, actor: str, **said: Any) -> Member:
    command = commands.DecideOnMember.model_validate({"decision": "accept"} | said)
    police = actor in {OFFICER, CHIEF}
    return await handlers.decide_on_member(member.member_id, command, asks(member, actor), GIVEN, store, police=police)


@pytest.mark.parametrize("actor", [APPLICANT, OFFICER])
async def test_a_request_is_accepted_by_the_coordinator_or_the_police(
    store: InMemory, network: Network, actor: str
) -> None:
    asked = await requested(store, network)
    assert (asked.status, asked.consented_at, MemberJoined in events(store)) == (MemberStatus.REQUESTED, NOW, False)
    accepted = await decided(store, asked, actor)
    assert (accepted.status, accepted.accepted_by, accepted.joined_at) == (MemberStatus.ACTIVE, actor, NOW)
    assert events(store)[-1] is MemberJoined


async def test_a_request_is_refused_with_a_reason_and_can_be_made_again(store: InMemory, network: Network) -> None:
    asked = await requested(store, network)
    with pytest.raises(DomainError, match="reason_missing"):
        await decided(store, asked, APPLICANT, decision="refuse")
    refused = await decided(store, asked, APPLICANT, decision="refuse", reason="Dit is een ander gebouw.")
    assert (refused.status, refused.left_at) == (MemberStatus.REFUSED, NOW)
    assert not {MemberJoined, MemberLeft} & set(events(store))
    assert (await requested(store, network)).status is MemberStatus.REQUESTED


async def test_strangers_and_the_person_cannot_accept_a_request(store: InMemory, network: Network) -> None:
    asked = await requested(store, network)
    with pytest.raises(DomainError, match="member_unknown"):
        await decided(store, asked, "p" + "9" * 32)
    mine = await handlers.join(network.network_id, joining(), APPLICANT, BY_HAND, store)
    with pytest.raises(DomainError, match="own_request"):
        await decided(store, mine, APPLICANT)


async def test_only_the_police_allow_an_address_outside_the_area_with_a_reason(
    store: InMemory, network: Network
) -> None:
    with pytest.raises(DomainError, match="outside_area"):
        await active(store, network, address=FAR)
    asked = await active(store, network, address=FAR, asks_exception=True)
    assert (asked.status, asked.needs_police) == (MemberStatus.REQUESTED, True)
    with pytest.raises(DomainError, match="police_decides"):
        await decided(store, asked, APPLICANT)
    with pytest.raises(DomainError, match="reason_missing"):
        await decided(store, asked, OFFICER)
    accepted = await decided(store, asked, OFFICER, reason="Werkt elke dag in de straat.")
    assert (accepted.status, accepted.reason) == (MemberStatus.ACTIVE, "Werkt elke dag in de straat.")


async def test_only_the_police_accept_an_address_that_the_source_does_not_have(
    store: InMemory, network: Network
) -> None:
    new_house = {"street": "Nieuwe laan", "house_number": "7", "postcode": "9300"}
    form = commands.JoinNetwork.model_validate(
        joining().model_dump(exclude={"address"}) | {"address": new_house | {"latitude": 50.94, "longitude": 4.04}}
    )
    with pytest.raises(DomainError, match="address_unknown"):
        await handlers.with_address(form, GIVEN)
    request = await handlers.with_address(form.model_copy(update={"asks_exception": True}), GIVEN)
    asked = await handlers.join(network.network_id, request, NEIGHBOUR, GIVEN, store)
    assert (asked.status, asked.needs_police) == (MemberStatus.REQUESTED, True)
    with pytest.raises(DomainError, match="police_decides"):
        await decided(store, asked, APPLICANT)
    assert (await decided(store, asked, OFFICER, reason="Een nieuw huis.")).status is MemberStatus.ACTIVE


async def test_invented_boxes_of_one_house_count_as_one_address(store: InMemory, network: Network) -> None:
    for number, person in enumerate("4567"):
        written = {"street": "Molenstraat", "house_number": "1", "box": f"9{number}", "postcode": "9300"}
        form = joining().model_dump(exclude={"address"}) | {"address": written}
        request = await handlers.with_address(commands.JoinNetwork.model_validate(form), GIVEN)
        joins = handlers.join(network.network_id, request, "p" + person * 32, GIVEN, store)
        if person != "7":
            await joins
            continue
        with pytest.raises(DomainError, match="address_full"):
            await joins


async def test_an_address_has_a_limited_number_of_members(store: InMemory, network: Network) -> None:
    for person in "456":
        await handlers.join(network.network_id, joining(), "p" + person * 32, GIVEN, store)
    with pytest.raises(DomainError, match="address_full"):
        await active(store, network)


async def test_a_member_pauses_resumes_and_changes_preferences(store: InMemory, network: Network) -> None:
    member = await active(store, network)
    paused = await handlers.pause(member.member_id, asks(member, NEIGHBOUR), GIVEN, store)
    assert (paused.status, paused.gets_messages(GIVEN.today)) == (MemberStatus.PAUSED, False)
    resumed = await handlers.resume(member.member_id, asks(paused, NEIGHBOUR), GIVEN, store)
    away = {"start": "2026-11-20", "end": "2026-12-01"}
    wanted = commands.ChangePreferences.model_validate({"language": "fr", "channels": ["voice"], "absence": away})
    changed = await handlers.change_preferences(member.member_id, wanted, asks(resumed, NEIGHBOUR), GIVEN, store)
    assert (changed.language, changed.channels) == ("fr", ["voice"])
    days = (date(2026, 11, 19), date(2026, 11, 20), date(2026, 12, 1), date(2026, 12, 2))
    assert [changed.gets_messages(day) for day in days] == [True, False, False, True]
    with pytest.raises(DomainError, match="member_unknown"):
        await handlers.pause(member.member_id, asks(changed, APPLICANT), GIVEN, store)
    with pytest.raises(DomainError, match="version_changed"):
        await handlers.pause(member.member_id, asks(member, NEIGHBOUR), GIVEN, store)


async def test_a_channel_needs_its_address(store: InMemory, network: Network) -> None:
    member = await active(store, network)
    wanted = commands.ChangePreferences.model_validate({"language": "nl", "channels": ["email"]})
    with pytest.raises(DomainError, match="channel_not_possible"):
        await handlers.change_preferences(member.member_id, wanted, asks(member, NEIGHBOUR), GIVEN, store)


async def test_a_suspension_ends_by_itself_on_the_day_after_its_last_day(store: InMemory, network: Network) -> None:
    member = await active(store, network)
    until = GIVEN.today + timedelta(days=7)
    command = commands.SuspendMember(reason=BREACH, until=until)
    made = await handlers.suspend_member(member.member_id, command, asks(member, OFFICER), GIVEN, store)
    assert events(store)[-1] is MemberSuspended
    assert [made.on(until + timedelta(days=days)).value for days in (0, 1)] == ["SUSPENDED", "ACTIVE"]
    with pytest.raises(DomainError, match="transition_refused") as refused:
        await handlers.pause(member.member_id, asks(made, NEIGHBOUR), GIVEN, store)
    assert "leave" in refused.value.allowed
    later = replace(GIVEN, clock=StandingClock(NOW + timedelta(days=8)))
    paused = await handlers.pause(member.member_id, asks(made, NEIGHBOUR), later, store)
    assert paused.status is MemberStatus.PAUSED


async def test_a_suspension_cannot_end_in_the_past(store: InMemory, network: Network) -> None:
    member = await active(store, network)
    command = commands.SuspendMember(reason=BREACH, until=GIVEN.today - timedelta(days=1))
    with pytest.raises(DomainError, match="until_in_past"):
        await handlers.suspend_member(member.member_id, command, asks(member, OFFICER), GIVEN, store)


async def test_a_warned_member_stays_active(store: InMemory, network: Network) -> None:
    member = await active(store, network)
    warned = await handlers.warn(member.member_id, commands.Warn(reason=BREACH), asks(member, OFFICER), GIVEN, store)
    assert [one.reason for one in warned.warnings] == [BREACH]
    assert warned.gets_messages(GIVEN.today)


async def test_an_exclusion_needs_coordinator_mandated_officer_and_korpschef(store: InMemory, network: Network) -> None:
    member = await active(store, network)
    await does(store, handlers.mandate_officer, network, CHIEF, commands.MandateOfficer(officer=OFFICER))
    which, proposal = member.member_id, commands.ProposeExclusion(reason=BREACH)
    with pytest.raises(DomainError, match="exclusion_missing"):
        await handlers.sign_exclusion(which, asks(member, OFFICER), GIVEN, store)
    with pytest.raises(DomainError, match="member_unknown"):
        await handlers.propose_exclusion(which, proposal, asks(member, OFFICER), GIVEN, store)
    proposed = await handlers.propose_exclusion(which, proposal, asks(member, APPLICANT), GIVEN, store)
    stranger = "p" + "9" * 32
    with pytest.raises(DomainError, match="not_mandated"):
        await handlers.sign_exclusion(which, asks(proposed, stranger), GIVEN, store)
    with pytest.raises(DomainError, match="exclusion_unsigned"):
        await handlers.confirm_exclusion(which, asks(proposed, CHIEF), GIVEN, store)
    signed = await handlers.sign_exclusion(which, asks(proposed, OFFICER), GIVEN, store)
    with pytest.raises(DomainError, match="same_person"):
        await handlers.confirm_exclusion(which, asks(signed, OFFICER), GIVEN, store)
    excluded = await handlers.confirm_exclusion(which, asks(signed, CHIEF), GIVEN, store)
    assert (excluded.status, excluded.left_at) == (MemberStatus.EXCLUDED, NOW)
    event = store.events[-1]
    assert isinstance(event, MemberExcluded)
    assert (event.coordinator, event.officer, event.seen_on) == (APPLICANT, OFFICER, GIVEN.today)


async def test_the_memberships_of_a_network_end_with_it(store: InMemory, network: Network) -> None:
    member = await active(store, network)
    asked = await handlers.join(network.network_id, joining(), "p" + "8" * 32, BY_HAND, store)
    official = By(OFFICER, str(network.version), frozenset({"officer"}))
    stopped = commands.EndNetwork.model_validate({"reason": "stopped"})
    await handlers.end_network(network.network_id, stopped, official, GIVEN, store)
    ended = [await store.member(one.member_id) for one in (member, asked)]
    assert [(one.status, one.left_at) for one in ended] == [(MemberStatus.LEFT, NOW)] * 2
    [told] = [event for event in store.events if isinstance(event, MemberLeft)]
    assert (told.member_id, told.reason) == (member.member_id, LeavingReason.NETWORK_ENDED)


async def test_a_request_that_was_not_accepted_ends_without_an_event(store: InMemory, network: Network) -> None:
    asked = await requested(store, network)
    command = commands.Leave(reason=LeavingReason.LEFT)
    left = await handlers.leave(asked.member_id, command, NEIGHBOUR, GIVEN, store, police=False)
    assert (left.status, MemberLeft in events(store)) == (MemberStatus.LEFT, False)


def test_each_status_has_dutch_words_and_only_ended_ones_allow_nothing() -> None:
    assert set(IN_DUTCH) == set(MemberStatus)
    possible = {status for states in ACTIONS.values() for status in states}
    assert set(MemberStatus) - possible == {MemberStatus.REFUSED, MemberStatus.EXCLUDED, MemberStatus.LEFT}
