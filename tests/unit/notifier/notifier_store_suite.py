"""Defines tests of a notifier's store, which run on the store in memory and (in tests/integration) on PostgreSQL."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Protocol
from uuid import uuid4

import pytest
from unit.notifier.notifier_deeds import by, cancel, refuse, release
from unit.notifier.notifier_memory import NOW, OFFICER, area_east, dependencies, incident, network, with_rule

from buurtsein_contracts.events.alert import RefusalReason
from buurtsein_kernel.commands import By
from buurtsein_kernel.problems import DomainError
from buurtsein_notifier import commands, handlers
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.binding import tag_of
from buurtsein_notifier.domain.delivery import DeliveryState, LeasedDelivery
from buurtsein_notifier.domain.facts import Incident, Network
from buurtsein_notifier.domain.states import AlertState
from buurtsein_notifier.handlers import delivering, linking, switching, writing

GIVEN = dependencies(book=with_rule("inbrakenreeks", min_count=2))
(RULE,) = GIVEN.book.rule
LONG_AGO = NOW - timedelta(days=30)


class Store(linking.Store, writing.Store, delivering.Store, switching.Store, Protocol):
    """The interface of a store with all methods that the notifier's handlers need."""


class Stored(Protocol):
    """A store under test, which is used in units of work."""

    @property
    def unit_of_work(self) -> Callable[[], AbstractAsyncContextManager[Store]]:
        """Begin a unit of work, whose changes are kept when no error is raised."""

    async def know(self, *networks: Network) -> None:
        """Store these networks, which the notifier then knows."""

    async def claim(self) -> Sequence[LeasedDelivery]:
        """Lease the due deliveries as a worker does, and return the deliveries."""

    async def recorded(self) -> int:
        """Return how many events were recorded."""


async def judged(stored: Stored, *incidents: Incident) -> None:
    for one in incidents:
        async with stored.unit_of_work() as store:
            await handlers.judge(one, GIVEN, store)


async def proposed(stored: Stored) -> Alert:
    """Store an alert about two burglaries, a hundred metres apart, in the only stored network."""
    home = network()
    await stored.know(home)
    one, other = incident(), incident(metres=100)
    await judged(stored, one, other)
    async with stored.unit_of_work() as store:
        fact = await store.keep_fact(one, GIVEN.book.same_fact)
        (found,) = await store.alerts_of([fact], fact, RULE)
        return await store.alert(found.alert_id)


async def released(stored: Stored) -> tuple[Alert, LeasedDelivery]:
    """Store a released alert whose delivery a worker has leased."""
    alert = await proposed(stored)
    async with stored.unit_of_work() as store:
        alert = await release(store, alert, GIVEN)
    (held,) = await stored.claim()
    return alert, held


class NotifierStoreSuite:
    """The shared store tests; each test gets an empty store from the fixture `stored` of the subclass."""

    async def test_an_alert_is_found_as_it_was_proposed(self, stored: Stored) -> None:
        alert = await proposed(stored)
        assert (alert.state, alert.version, alert.facts, alert.proposed_at) == (AlertState.PROPOSED, 1, 2, NOW)
        async with stored.unit_of_work() as store:
            assert await store.alert(alert.alert_id) == alert
        assert await stored.recorded() == 1

    async def test_an_alert_that_is_not_there_is_unknown(self, stored: Stored) -> None:
        with pytest.raises(DomainError, match="alert_unknown"):
            async with stored.unit_of_work() as store:
                await store.alert(uuid4())

    async def test_an_area_finds_the_networks_that_it_touches_and_the_proposals_that_a_network_touches(
        self, stored: Stored
    ) -> None:
        near, far = network(area=area_east(0, 100)), network(area=area_east(800, 900))
        await stored.know(near, far)
        drawn = area_east(50, 200)
        async with stored.unit_of_work() as store:
            assert [one.network_id for one in await store.networks_touching(drawn)] == [near.network_id]
        alert = await proposed(stored)
        async with stored.unit_of_work() as store:
            kept = await store.alert(alert.alert_id)
            kept.area = drawn
            await store.save_alert(kept)
        async with stored.unit_of_work() as store:
            assert await store.open_alerts_for(near, {}) == [alert.alert_id]
            assert await store.open_alerts_for(far, {}) == []
            assert await store.open_alerts_for(far, {alert.rule: 400}) == []
            assert await store.open_alerts_for(far, {alert.rule: 600, "another": 900}) == [alert.alert_id]

    async def test_an_alert_that_was_returned_waits_like_a_proposal(self, stored: Stored) -> None:
        alert = await proposed(stored)
        async with stored.unit_of_work() as store:
            command = commands.Return(reason="Zeg waar het is.")
            await handlers.give_back(alert.alert_id, command, await by(store, alert), GIVEN, store)
        again = incident()
        async with stored.unit_of_work() as store:
            fact = await store.keep_fact(again, GIVEN.book.same_fact)
            (found,) = await store.alerts_of([fact], fact, RULE)
            assert (found.alert_id, found.has_left, found.same_fact) == (alert.alert_id, False, True)
            assert await store.decided_near(fact, RULE) == []
            await store.join(
                alert.alert_id, await store.keep_fact(incident(metres=300), GIVEN.book.same_fact), elsewhere=True
            )
            assert await store.left_over(5) == []
            assert await store.open_alerts_for(network(area=area_east(800, 900)), {alert.rule: 2000}) == [
                alert.alert_id
            ]

    async def test_a_follow_up_is_under_way_from_its_release_until_its_outcome_is_known(self, stored: Stored) -> None:
        first = await proposed(stored)
        later = first.model_copy(update={"alert_id": uuid4(), "follows": first.alert_id}, deep=True)
        async with stored.unit_of_work() as store:
            await store.add_alert(later, [])
        for state, under_way in {"PROPOSED": False, "RELEASED": True, "UNKNOWN": True, "SENT": False}.items():
            async with stored.unit_of_work() as store:
                kept = await store.alert(later.alert_id)
                kept.state = AlertState(state)
                await store.save_alert(kept)
                assert await store.follows_under_way(first) is under_way

    async def test_what_a_person_read_is_found_by_its_tag(self, stored: Stored) -> None:
        alert = await proposed(stored)
        async with stored.unit_of_work() as store:
            tag = tag_of(alert, await store.networks(alert.network_ids))
            assert alert.texts.headline in (await store.content_read(alert.alert_id, tag) or "")
            assert await store.content_read(alert.alert_id, "another") is None

    async def test_a_change_that_is_not_saved_is_gone(self, stored: Stored) -> None:
        alert = await proposed(stored)
        async with stored.unit_of_work() as store:
            (await store.alert(alert.alert_id)).refuse(RefusalReason.INVESTIGATION, OFFICER, NOW)
            assert (await store.alert(alert.alert_id)).state is AlertState.PROPOSED

    async def test_saving_adds_one_to_the_version(self, stored: Stored) -> None:
        alert = await proposed(stored)
        async with stored.unit_of_work() as store:
            await refuse(store, alert, GIVEN)
        async with stored.unit_of_work() as store:
            kept = await store.alert(alert.alert_id)
        assert (kept.state, kept.version) == (AlertState.REFUSED, alert.version + 1)

    async def test_a_unit_of_work_that_fails_stores_nothing(self, stored: Stored) -> None:
        alert = await proposed(stored)
        with pytest.raises(LookupError):
            await release_and_fail(stored, alert)
        async with stored.unit_of_work() as store:
            assert (await store.alert(alert.alert_id)).state is AlertState.PROPOSED
        assert (await stored.recorded(), await stored.claim()) == (1, [])

    async def test_networks_come_in_the_order_asked_for_without_those_not_known(self, stored: Stored) -> None:
        one, other = network(name="BIN Een"), network(name="BIN Twee")
        await stored.know(one, other)
        async with stored.unit_of_work() as store:
            found = await store.networks([other.network_id, uuid4(), one.network_id])
        assert [known.name for known in found] == ["BIN Twee", "BIN Een"]

    async def test_networks_near_come_nearest_first(self, stored: Stored) -> None:
        far, near = network(area=area_east(800, 900)), network(area=area_east(100, 200))
        await stored.know(far, near)
        async with stored.unit_of_work() as store:
            fact = await store.keep_fact(incident(), GIVEN.book.same_fact)
            found = [await store.networks_near([fact], metres) for metres in (50, 350, 1000)]
        ids = [[one.network_id for one in networks] for networks in found]
        assert ids == [[], [near.network_id], [near.network_id, far.network_id]]

    async def test_reports_of_the_same_incident_are_one_fact_and_a_report_counts_once(self, stored: Stored) -> None:
        same, first = GIVEN.book.same_fact, incident()
        async with stored.unit_of_work() as store:
            made = await store.keep_fact(first, same)
            again = await store.keep_fact(incident(metres=5, severity="Extreme"), same)
            elsewhere = await store.keep_fact(incident(metres=60), same)
            repeated = await store.keep_fact(first, same)
        assert (made.reports, again.fact_id, again.reports, again.severity) == (1, made.fact_id, 2, "Extreme")
        assert (elsewhere.fact_id == made.fact_id, repeated.reports) == (False, 2)

    async def test_only_facts_that_the_rule_counts_are_found_nearby(self, stored: Stored) -> None:
        others = {
            "near": incident(metres=200),
            "too far": incident(metres=RULE.within_metres + 20),
            "too mild": incident(metres=100, severity="Minor"),
            "something else": incident(metres=300, category="zwerfvuil"),
            "too long before": incident(metres=400, hours=2 + RULE.within_hours),
        }
        async with stored.unit_of_work() as store:
            fact = await store.keep_fact(incident(), GIVEN.book.same_fact)
            for one in others.values():
                await store.keep_fact(one, GIVEN.book.same_fact)
            found = await store.facts_near(fact, RULE, LONG_AGO, 10)
        assert [one.fact_id for one in found] == [others["near"].report_id]

    async def test_facts_of_a_refused_alert_count_no_more(self, stored: Stored) -> None:
        alert = await proposed(stored)
        async with stored.unit_of_work() as store:
            await refuse(store, alert, GIVEN)
        async with stored.unit_of_work() as store:
            fact = await store.keep_fact(incident(metres=50), GIVEN.book.same_fact)
            assert await store.facts_near(fact, RULE, LONG_AGO, 10) == []
            (earlier,) = await store.decided_near(fact, RULE)
        assert (earlier.alert_id, earlier.refusal) == (alert.alert_id, RefusalReason.INVESTIGATION)

    async def test_a_joining_report_adds_one_to_the_reports_of_an_alert(self, stored: Stored) -> None:
        alert = await proposed(stored)
        await judged(stored, incident(metres=50), incident(metres=50))
        async with stored.unit_of_work() as store:
            assert await store.reports_held(alert.alert_id) == 4
            assert await store.alert(alert.alert_id) == alert

    async def test_a_fact_from_another_place_is_judged_again_after_the_decision(self, stored: Stored) -> None:
        alert = await proposed(stored)
        far = incident(metres=300)
        async with stored.unit_of_work() as store:
            await store.join(alert.alert_id, await store.keep_fact(far, GIVEN.book.same_fact), elsewhere=True)
            assert await store.left_over(10) == []
            await refuse(store, alert, GIVEN)
        async with stored.unit_of_work() as store:
            found = [[one.report_id for one, _ in await store.left_over(10)] for _ in range(2)]
        assert found == [[far.report_id], []]

    async def test_reports_without_a_network_are_found_when_a_network_can_be_alerted(self, stored: Stored) -> None:
        lonely = [incident(metres=100 * number) for number in range(3)]
        await judged(stored, *lonely)
        home = network()
        async with stored.unit_of_work() as store:
            waiting = await store.waiting_for(home, LONG_AGO, 2)
        assert {one.report_id for one, _ in waiting} <= {one.report_id for one in lonely}
        assert len(waiting) == 2

    async def test_only_the_holder_of_the_lease_finishes_a_delivery(self, stored: Stored) -> None:
        alert, held = await released(stored)
        async with stored.unit_of_work() as store:
            assert await handlers.delivered(held, "simulator", "BA-1", GIVEN, store)
        async with stored.unit_of_work() as store:
            assert await store.finish_delivery(held, DeliveryState.FAILED, "late", None) is None
            assert (await store.alert(alert.alert_id)).state is AlertState.SENT

    async def test_a_message_is_kept_until_it_is_called_off(self, stored: Stored) -> None:
        alert, held = await released(stored)
        async with stored.unit_of_work() as store:
            assert await handlers.delivered(held, "simulator", "BA-1", GIVEN, store)
            assert await store.sent_messages(await store.alert(alert.alert_id), NOW) == [held.xml]
            await cancel(store, alert, GIVEN)
        (message,) = await stored.claim()
        assert (message.cap_identifier.endswith(".1"), message.alert_id) == (True, alert.alert_id)

    async def test_a_delivery_with_an_unknown_outcome_is_found_and_settled(self, stored: Stored) -> None:
        alert, held = await released(stored)
        async with stored.unit_of_work() as store:
            assert await store.unknown_delivery(alert) is None
            assert await handlers.given_up(held, "simulator", DeliveryState.UNKNOWN, "away", GIVEN, store)
        async with stored.unit_of_work() as store:
            found = await store.unknown_delivery(await store.alert(alert.alert_id))
            assert found
            assert found.adapter == "simulator"
            await store.settle_delivery(found, commands.Settle(outcome="failed"))
            assert await store.unknown_delivery(alert) is None

    async def test_the_kill_switch_keeps_its_last_state(self, stored: Stored) -> None:
        async with stored.unit_of_work() as store:
            before = await store.kill_switch()
            command = commands.Switch(on=True, reason="een proef")
            used = await handlers.switch(command, By(OFFICER, str(before.version)), GIVEN, store)
        async with stored.unit_of_work() as store:
            left = await store.kill_switch()
        assert (before.on, before.version, left) == (False, 0, used)
        assert (left.on, left.reason, left.actor, left.changed_at) == (True, "een proef", OFFICER, NOW)


async def release_and_fail(stored: Stored, alert: Alert) -> None:
    """Release an alert, then raise LookupError in the same unit of work."""
    async with stored.unit_of_work() as store:
        await release(store, alert, GIVEN)
        raise LookupError
