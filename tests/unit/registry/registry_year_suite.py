"""Defines tests of a registry store about the memberships of a whole network, which run on both stores."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from unit.registry.registry_memory import APPLICANT, FEDERAL, GIVEN, MAYOR, NEIGHBOUR, NOW, OFFICER, by, joining
from unit.registry.registry_steps import suspension
from unit.registry.registry_store_suite import Stored, joined, left, open_network

from buurtsein_contracts.events.network import EndReason, NetworkRisk
from buurtsein_kernel.clock import StandingClock
from buurtsein_kernel.commands import By
from buurtsein_kernel.problems import DomainError
from buurtsein_registry import commands, handlers
from buurtsein_registry.domain.member import MemberStatus
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.rules import Acceptance

BY_HAND = replace(GIVEN, rules=replace(GIVEN.rules, acceptance=Acceptance.BY_HAND))


async def stopped(stored: Stored, network: Network, how: str) -> None:
    """Let the ministry suspend a network, or let the last day of its recognition be over."""
    async with stored.unit_of_work() as store:
        if how == "transition_refused":
            seen = await by(store, network, FEDERAL)
            await handlers.suspend(network.network_id, suspension(), seen, GIVEN, store)
            return
        assert network.recognition
        network.recognition.end = date(2026, 11, 23)
        await store.save_network(network)


class YearSuite:
    """Tests the counts of members in a year, the yearly risks of a network, and its end; for both stores."""

    async def test_the_members_of_a_year_are_counted_in_belgian_time(self, stored: Stored) -> None:
        network = await open_network(stored)
        new_year = datetime(2026, 12, 31, 23, tzinfo=UTC)  # 1 January 2027 in Belgium
        for person, moment in (("4", NOW), ("5", NOW), ("6", new_year)):
            given = replace(GIVEN, clock=StandingClock(moment))
            async with stored.unit_of_work() as store:
                member = await handlers.join(network.network_id, joining(), "p" + person * 32, given, store)
            if person == "5":
                await left(stored, member)
        async with stored.unit_of_work() as store:
            await handlers.join(network.network_id, joining(), "p" + "7" * 32, BY_HAND, store)
            years = [await store.members_in(network.network_id, year) for year in (2025, 2026, 2027)]
        assert [(one.members, one.joined, one.left) for one in years] == [(0, 0, 0), (1, 2, 1), (2, 1, 0)]

    async def test_each_risk_of_a_network_is_told_once_a_year(self, stored: Stored) -> None:
        network, before = await open_network(stored), await stored.recorded()
        one, evaluation = NetworkRisk.ONE_COORDINATOR, NetworkRisk.EVALUATION_OVERDUE
        next_year = replace(GIVEN, clock=StandingClock(datetime(2027, 1, 1, 6, tzinfo=UTC)))
        for given, found, events in (
            (GIVEN, [one], 1),
            (GIVEN, [one], 1),
            (GIVEN, [one, evaluation], 2),
            (next_year, [one, evaluation], 3),
            (next_year, [evaluation], 3),
            (next_year, [], 3),
        ):
            async with stored.unit_of_work() as store:
                await handlers.tell_risks(network.network_id, found, given, store)
            assert await stored.recorded() == before + events, (found, events)

    async def test_nothing_is_told_of_a_network_that_ended_meanwhile(self, stored: Stored) -> None:
        network = await open_network(stored)
        async with stored.unit_of_work() as store:
            stop, seen = commands.EndNetwork(reason=EndReason.STOPPED), await by(store, network, OFFICER)
            await handlers.end_network(network.network_id, stop, seen, GIVEN, store)
        before = await stored.recorded()
        async with stored.unit_of_work() as store:
            await handlers.tell_risks(network.network_id, [NetworkRisk.NO_ACTIVITY], GIVEN, store)
        assert await stored.recorded() == before

    async def test_the_memberships_of_a_network_end_with_it(self, stored: Stored) -> None:
        network, by_hand = await open_network(stored), replace(GIVEN.rules, acceptance=Acceptance.BY_HAND)
        member = await joined(stored, network)
        async with stored.unit_of_work() as store:
            asked = await handlers.join(network.network_id, joining(), MAYOR, replace(GIVEN, rules=by_hand), store)
        before = await stored.recorded()
        async with stored.unit_of_work() as store:
            stop, seen = commands.EndNetwork(reason=EndReason.STOPPED), await by(store, network, OFFICER)
            await handlers.end_network(network.network_id, stop, seen, GIVEN, store)
        async with stored.unit_of_work() as store:
            found = [await store.member(one.member_id) for one in (member, asked)]
            assert await store.live_members(network.network_id) == []
        assert [(one.status, one.left_at) for one in found] == [(MemberStatus.LEFT, NOW)] * 2
        assert await stored.recorded() == before + 2, "NetworkEnded, and MemberLeft of who had joined"

    @pytest.mark.parametrize("code", ["transition_refused", "recognition_not_in_force"])
    @pytest.mark.parametrize("actor", [APPLICANT, OFFICER])
    async def test_nobody_becomes_a_member_of_a_network_that_is_not_in_force(
        self, stored: Stored, actor: str, code: str
    ) -> None:
        network, seen, police = await open_network(stored), By(actor, "1"), actor == OFFICER
        async with stored.unit_of_work() as store:
            asked = await handlers.join(network.network_id, joining(), NEIGHBOUR, BY_HAND, store)
        await stopped(stored, network, code)
        before, yes = await stored.recorded(), commands.DecideOnMember(decision="accept")
        with pytest.raises(DomainError) as refused:
            async with stored.unit_of_work() as store:
                await handlers.decide_on_member(asked.member_id, yes, seen, GIVEN, store, police=police)
        assert (refused.value.code, refused.value.allowed) == (code, ("refuse", "change", "leave"))
        no = commands.DecideOnMember(decision="refuse", reason="Dit netwerk is geschorst.")
        async with stored.unit_of_work() as store:
            assert (await store.member(asked.member_id)).status is MemberStatus.REQUESTED
            await handlers.decide_on_member(asked.member_id, no, seen, GIVEN, store, police=police)
        assert await stored.recorded() == before
