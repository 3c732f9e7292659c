"""Defines tests of a registry store about the memberships of a whole network, which run on both stores."""

from dataclasses import replace
from datetime import UTC, datetime

from unit.registry.registry_memory import GIVEN, MAYOR, NOW, OFFICER, by, joining
from unit.registry.registry_store_suite import Stored, joined, left, open_network

from buurtsein_contracts.events.network import EndReason, NetworkRisk
from buurtsein_kernel.clock import StandingClock
from buurtsein_registry import commands, handlers
from buurtsein_registry.domain.member import MemberStatus
from buurtsein_registry.domain.rules import Acceptance


class YearSuite:
    """Tests the counts of members in a year, the yearly risks of a network, and its end; for both stores."""

    async def test_the_members_of_a_year_are_counted_in_belgian_time(self, stored: Stored) -> None:
        network = await open_network(stored)
        new_year = datetime(2026, 12, 31, 23, tzinfo=UTC)  # 1 January 2027 in Belgium
        by_hand = replace(GIVEN, rules=replace(GIVEN.rules, acceptance=Acceptance.BY_HAND))
        for person, moment in (("4", NOW), ("5", NOW), ("6", new_year)):
            given = replace(GIVEN, clock=StandingClock(moment))
            async with stored.unit_of_work() as store:
                member = await handlers.join(network.network_id, joining(), "p" + person * 32, given, store)
            if person == "5":
                await left(stored, member)
        async with stored.unit_of_work() as store:
            await handlers.join(network.network_id, joining(), "p" + "7" * 32, by_hand, store)
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
