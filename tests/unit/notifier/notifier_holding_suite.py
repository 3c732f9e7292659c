"""Defines tests of what holds alerts back, which run on the store in memory and on PostgreSQL."""

from datetime import timedelta
from uuid import uuid4

from unit.notifier.notifier_memory import NOW, area_east, incident, network
from unit.notifier.notifier_store_suite import GIVEN, RULE, Stored, proposed

from buurtsein_notifier.domain.facts import Fact, Network
from buurtsein_notifier.domain.holding import HeldFor


async def facts(stored: Stored, number: int) -> list[Fact]:
    async with stored.unit_of_work() as store:
        return [await store.keep_fact(incident(metres=100 * n), GIVEN.book.same_fact) for n in range(number)]


async def two_networks(stored: Stored) -> list[Network]:
    pair = [network(), network(code="BIN-GEMEENTE-0002", area=area_east(2_000, 3_000))]
    await stored.know(*pair)
    return pair


class HoldingSuite:
    """Tests of facts that wait for a digest, and of the alerts that hold others back."""

    async def test_facts_wait_for_a_digest_until_each_of_their_networks_has_it(self, stored: Stored) -> None:
        here, there = await two_networks(stored)
        first, second, third = await facts(stored, 3)
        async with stored.unit_of_work() as store:
            await store.hold(RULE, [first, second], [here], HeldFor.BUDGET, NOW)
            await store.hold(RULE, [second, third], [here, there], HeldFor.OVERLOAD, NOW)
        async with stored.unit_of_work() as store:
            assert await store.held_rules([HeldFor.BUDGET], NOW + timedelta(1)) == [RULE.id]
            assert await store.held_rules([HeldFor.BUDGET], NOW) == []
            assert await store.held_rules([HeldFor.RULE], NOW + timedelta(1)) == []
            assert await store.held_networks(RULE.id, 5) == [here, there]
            found = await store.gathered(RULE.id, [here], 2)
            assert found
            assert (found.facts, found.reports, len(found.newest)) == (3, 3, 2)
            assert found.reasons == {HeldFor.BUDGET, HeldFor.OVERLOAD}
            await store.hold_no_more(RULE.id, [here], None)
        async with stored.unit_of_work() as store:
            left = await store.gathered(RULE.id, [here, there], 5)
            assert left
            assert left.report_ids == [third.fact_id]
            assert await store.gathered(RULE.id, [here], 5) is None
            await store.forget_held(RULE.id)
            assert await store.held_rules(list(HeldFor), NOW + timedelta(1)) == []

    async def test_the_facts_of_a_digest_belong_to_its_alert(self, stored: Stored) -> None:
        alert = await proposed(stored)
        (third,) = (await facts(stored, 4))[3:]
        async with stored.unit_of_work() as store:
            (there,) = await store.networks(alert.network_ids)
            await store.hold(RULE, [third], [there], HeldFor.BUDGET, NOW)
            await store.hold_no_more(RULE.id, [there], alert.alert_id)
            assert await store.reports_held(alert.alert_id) == 5

    async def test_recent_alerts_are_counted_by_network_and_moment(self, stored: Stored) -> None:
        alert = await proposed(stored)
        async with stored.unit_of_work() as store:
            networks = await store.networks(alert.network_ids)
            (recent,) = await store.recent(networks, NOW - timedelta(hours=1))
            assert (recent.alert_id, recent.category, recent.kind) == (alert.alert_id, "inbraak", alert.kind)
            assert await store.recent([network(network_id=uuid4())], NOW - timedelta(hours=1)) == []
            assert await store.recent(networks, NOW + timedelta(hours=1)) == []
            assert await store.proposed_since(NOW - timedelta(hours=1), 5) == 1
            assert await store.proposed_since(NOW + timedelta(hours=1), 5) == 0
            assert await store.last_digest(RULE.id) is None
