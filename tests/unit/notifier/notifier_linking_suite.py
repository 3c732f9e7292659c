"""Defines tests of reports that are linked or moved, which run on each store of a notifier."""

from uuid import uuid4

from unit.notifier.notifier_memory import incident
from unit.notifier.notifier_store_suite import GIVEN, LONG_AGO, RULE, Stored, judged, proposed

from buurtsein_notifier import handlers


class LinkingSuite:
    """The shared tests of linked and moved reports; each test gets an empty store from the fixture `stored`."""

    async def test_linked_reports_are_one_fact_whichever_the_notifier_hears_of_first(self, stored: Stored) -> None:
        repeat, original, third = incident(severity="Extreme"), incident(metres=500), incident(metres=900)
        await judged(stored, repeat, third)
        async with stored.unit_of_work() as store:
            await handlers.linked(repeat.report_id, original.report_id, store)
            await handlers.linked(third.report_id, original.report_id, store)
        await judged(stored, original)
        async with stored.unit_of_work() as store:
            fact = await store.keep_fact(original, GIVEN.book.same_fact)
            assert await store.facts_near(fact, RULE, LONG_AGO, 10) == []
        assert (fact.fact_id, fact.reports, fact.severity) == (original.report_id, 3, "Extreme")

    async def test_a_report_whose_link_was_wrong_counts_by_itself_again(self, stored: Stored) -> None:
        original, repeat = incident(), incident(metres=100)
        await judged(stored, original, repeat)
        async with stored.unit_of_work() as store:
            await handlers.linked(repeat.report_id, original.report_id, store)
            await handlers.unlinked(repeat.report_id, GIVEN, store)
            await handlers.unlinked(repeat.report_id, GIVEN, store)
        async with stored.unit_of_work() as store:
            both = [await store.keep_fact(one, GIVEN.book.same_fact) for one in (original, repeat)]
        assert [(one.fact_id, one.reports) for one in both] == [(original.report_id, 1), (repeat.report_id, 1)]

    async def test_a_report_at_another_place_is_judged_again_unless_an_alert_or_another_report_holds_its_fact(
        self, stored: Stored
    ) -> None:
        vague, lonely = incident().model_copy(update={"has_exact_place": False}), incident(metres=5000)
        first, second = incident(metres=9000), incident(metres=9005)
        await judged(stored, lonely, first, second)
        alert, there = await proposed(stored), (4.3, 50.8)
        async with stored.unit_of_work() as store:
            await handlers.judge(vague, GIVEN, store)
            for one in (vague.report_id, lonely.report_id, first.report_id, alert.report_ids[0], uuid4()):
                await handlers.relocated(one, there, GIVEN, store)
            facts = {one: await store.keep_fact(one, GIVEN.book.same_fact) for one in (vague, lonely, first)}
        assert [(one.longitude, one.reports) for one in facts.values()] == [(4.3, 2), (4.3, 2), (first.longitude, 2)]
        async with stored.unit_of_work() as store:
            assert await store.reports_held(alert.alert_id) == 2

    async def test_an_alert_about_two_linked_reports_tells_of_one_fact(self, stored: Stored) -> None:
        alert = await proposed(stored)
        first, second = alert.report_ids
        async with stored.unit_of_work() as store:
            await handlers.linked(second, first, store)
        async with stored.unit_of_work() as store:
            assert await store.reports_held(alert.alert_id) == 2
        async with stored.unit_of_work() as store:
            await handlers.unlinked(second, GIVEN, store)
            assert await store.reports_held(alert.alert_id) == 2
