"""With a real database and worker: in the quiet hours a cold (not urgent) message waits, and a hot one is sent."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from integration.deliveries_scene import Scripted, alter, due, later_events, row, state, typed
from integration.notifier_scene import LIVE, keep
from unit.notifier import notifier_deeds
from unit.notifier.notifier_memory import OUTGOING, incident, network, with_rule

from buurtsein_chassis.database import Database
from buurtsein_contracts.events.alert import AlertKind
from buurtsein_kernel.clock import StandingClock
from buurtsein_kernel.days import BRUSSELS
from buurtsein_notifier import handlers
from buurtsein_notifier.deliveries import Deliveries
from buurtsein_notifier.deliveries.share import Share
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.quiet import QuietHours
from buurtsein_notifier.store import NotifierStore
from buurtsein_notifier.table_gauges import WAITING as DELIVERIES_WAITING
from buurtsein_notifier.table_gauges import refresh_deliveries

NOW = LIVE.clock.now().astimezone(BRUSSELS).replace(second=0, microsecond=0)
OVER = NOW + timedelta(hours=3)
QUIET = QuietHours((NOW - timedelta(hours=1)).time(), OVER.time())
"""Quiet hours around this moment, because deliveries follow the clock of the database."""
GIVEN = replace(LIVE, outgoing=replace(OUTGOING, quiet=QUIET))


async def released(database: Database, kind: AlertKind, **rule: Any) -> Alert:
    """Propose and release an alert in the quiet hours, and return it."""
    book = with_rule("inbrakenreeks", min_count=1, kind=kind, **rule)
    async with database.unit_of_work() as uow:
        store = NotifierStore(uow)
        await keep(uow, network())
        await handlers.judge(incident(happened_at=LIVE.clock.now()), replace(GIVEN, book=book), store)
        alert_id = await uow.connection.fetchval("select alert_id from alert order by alert_id desc limit 1")
        return await notifier_deeds.release(store, await store.alert(alert_id), GIVEN)


async def longest_wait(database: Database) -> float:
    """Return the seconds for which a message has waited to be sent, as the alarm DeliveriesWaiting reads them."""
    async with database.pool.acquire() as connection:
        await refresh_deliveries(connection)
    (metric,) = DELIVERIES_WAITING.collect()
    return float(metric.samples[0].value)


@pytest.fixture
def adapter() -> Scripted:
    return Scripted()


@pytest.fixture
def worker(adapter: Scripted) -> Deliveries:
    return Deliveries(typed(adapter), GIVEN)


async def test_a_cold_message_leaves_once_the_quiet_hours_are_over(
    notifier_database: Database, adapter: Scripted, worker: Deliveries
) -> None:
    cold = await released(notifier_database, AlertKind.COLD, valid_minutes=1440)
    assert await worker.step(notifier_database) == 0
    assert await state(notifier_database, cold) == ("ready", "RELEASED")
    assert (await row(notifier_database, cold))["run_at"] == OVER
    await alter(notifier_database, "run_at = now() + interval '1 minute'")
    assert await worker.step(notifier_database) == 0
    await due(notifier_database)
    afterwards = Deliveries(typed(adapter), replace(GIVEN, clock=StandingClock(OVER)))
    assert [await afterwards.step(notifier_database), await afterwards.step(notifier_database)] == [1, 0]
    assert adapter.sent == [cold.cap_identifier]
    assert await state(notifier_database, cold) == ("sent", "SENT")
    assert await later_events(notifier_database, cold) == ["sent"]


async def test_a_hot_message_leaves_at_once_while_a_cold_one_waits(
    notifier_database: Database, adapter: Scripted, worker: Deliveries
) -> None:
    cold = await released(notifier_database, AlertKind.COLD, valid_minutes=1440)
    hot = await released(notifier_database, AlertKind.HOT, valid_minutes=1440)
    assert [await worker.step(notifier_database), await worker.step(notifier_database)] == [1, 0]
    assert adapter.sent == [hot.cap_identifier]
    assert await state(notifier_database, hot) == ("sent", "SENT")
    assert await state(notifier_database, cold) == ("ready", "RELEASED")


async def test_a_cold_message_that_would_be_too_late_then_leaves_at_once(
    notifier_database: Database, adapter: Scripted, worker: Deliveries
) -> None:
    brief = await released(notifier_database, AlertKind.COLD, valid_minutes=120)
    assert await worker.step(notifier_database) == 1
    assert adapter.sent == [brief.cap_identifier]


async def test_a_cold_message_that_is_cancelled_while_it_waits_never_leaves(
    notifier_database: Database, adapter: Scripted, worker: Deliveries
) -> None:
    cold = await released(notifier_database, AlertKind.COLD, valid_minutes=1440)
    async with notifier_database.unit_of_work() as uow:
        await notifier_deeds.cancel(NotifierStore(uow), cold, GIVEN)
    await due(notifier_database)
    assert await worker.step(notifier_database) == 0
    assert adapter.sent == []
    assert (await row(notifier_database, cold))["state"] == "withdrawn"


async def test_a_cold_message_that_was_held_back_until_the_quiet_hours_waits_until_their_end(
    notifier_database: Database, adapter: Scripted, worker: Deliveries
) -> None:
    cold = await released(notifier_database, AlertKind.COLD, valid_minutes=1440)
    await due(notifier_database)
    assert [await worker.step(notifier_database), await worker.step(notifier_database)] == [1, 0]
    assert adapter.sent == []
    assert await state(notifier_database, cold) == ("ready", "RELEASED")
    left = (await row(notifier_database, cold))["run_at"] - OVER
    assert abs(left) < timedelta(minutes=1)
    assert await longest_wait(notifier_database) == 0


async def test_a_cold_message_that_waits_for_the_end_of_the_quiet_hours_keeps_its_way(
    notifier_database: Database, adapter: Scripted
) -> None:
    cold = await released(notifier_database, AlertKind.COLD, valid_minutes=1440)
    await alter(notifier_database, "ways = array['second'], attempts = 1, way_since = now() - interval '1 hour'")
    await due(notifier_database)
    patient = Deliveries(typed(adapter), GIVEN)
    assert await patient.step(notifier_database) == 1
    impatient = Deliveries(typed(adapter), GIVEN, share=Share(others=("second",), patience=120))
    assert await impatient.step(notifier_database) == 0
    assert (await row(notifier_database, cold))["adapter"] == "simulator"


@pytest.mark.parametrize(("held_back", "waits"), [(False, True), (True, False)])
async def test_a_message_that_an_officer_holds_back_does_not_count_as_one_that_cannot_be_sent(
    notifier_database: Database, held_back: bool, waits: bool
) -> None:
    await released(notifier_database, AlertKind.HOT)
    await alter(notifier_database, f"created_at = now() - interval '1 hour', attempts = 1, held_back = {held_back}")
    assert (await longest_wait(notifier_database) > 3000) is waits
