"""Tests the delivery queue on a real PostgreSQL: leases, unknown outcomes, expiry, the kill-switch, and events."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest
from integration.deliveries_scene import Scripted, alter, due, later_events, row, state, typed
from integration.notifier_scene import LIVE, read, released
from unit.notifier.notifier_deeds import settle
from unit.notifier.notifier_memory import OFFICER, OTHER, OUTGOING, network

from buurtsein_chassis.database import Database
from buurtsein_chassis.health import Probe
from buurtsein_kernel.commands import By
from buurtsein_kernel.problems import DomainError
from buurtsein_notifier import commands, handlers, jobs
from buurtsein_notifier.adapters import (
    Answer,
    CannotSay,
    Found,
    NotFound,
    Outcome,
    Refused,
    TryAgain,
    Unknown,
)
from buurtsein_notifier.deliveries import Deliveries
from buurtsein_notifier.deliveries.repeating import repeat
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.states import AlertState
from buurtsein_notifier.store import NotifierStore, queue
from buurtsein_notifier.views import kill_switch


async def test_a_released_alert_is_delivered_once_with_one_event(notifier_database: Database) -> None:
    alert = await released(notifier_database)
    adapter = Scripted()
    worker = Deliveries(typed(adapter), LIVE)
    assert await worker.step(notifier_database) == 1
    assert await worker.step(notifier_database) == 0
    assert adapter.sent == [alert.cap_identifier]
    assert adapter.asked == []
    assert await state(notifier_database, alert) == ("sent", "SENT")
    assert await later_events(notifier_database, alert) == ["sent"]
    data = await notifier_database.pool.fetchval("select data from event_log where type = 'be.bin.alert.sent.v1'")
    assert '"external_reference":"ref"' in data.replace(" ", "")


async def test_the_same_message_cannot_be_queued_twice(notifier_database: Database) -> None:
    alert = await released(notifier_database)
    message = OUTGOING.message(alert, [network(network_id=alert.network_ids[0])], alert.proposed_at)
    with pytest.raises(asyncpg.UniqueViolationError):
        await read(notifier_database, lambda connection: queue.add(connection, alert, message, ["simulator"]))


async def test_workers_never_hold_the_same_delivery(notifier_database: Database) -> None:
    for _ in range(6):
        await released(notifier_database)
    held = await asyncio.gather(*(queue.claim(notifier_database.pool, 2, 30) for _ in range(4)))
    ids = [job.delivery_id for jobs in held for job in jobs]
    assert len(ids) == len(set(ids)) == 6


async def test_hot_alerts_go_before_cold_ones(notifier_database: Database) -> None:
    cold, hot = await released(notifier_database), await released(notifier_database)
    await notifier_database.pool.execute("update delivery set priority = 1 where alert_id = $1", cold.alert_id)
    assert [job.alert_id for job in await queue.claim(notifier_database.pool, 1, 30)] == [hot.alert_id]


async def taken_over(notifier_database: Database, late: Scripted, taker: Scripted) -> Alert:
    """Hold a worker in `send` until its lease ends and another worker takes over; then let the first worker go on."""
    alert = await released(notifier_database)
    late.gate.clear()
    stuck = asyncio.create_task(Deliveries(typed(late), LIVE).step(notifier_database))
    async with asyncio.timeout(10):
        while not late.sent:  # noqa: ASYNC110 # the fake peer signals no event
            await asyncio.sleep(0.01)
    assert await Deliveries(typed(taker), LIVE).step(notifier_database) == 0
    await alter(notifier_database, "lease_until = now()")
    await Deliveries(typed(taker), LIVE).step(notifier_database)
    late.gate.set()
    await stuck
    return alert


async def test_a_worker_without_the_lease_cannot_finish_a_delivery_that_another_took_over(
    notifier_database: Database,
) -> None:
    taker = Scripted(finds=[Found("theirs")])
    alert = await taken_over(notifier_database, Scripted(), taker)
    assert (taker.sent, taker.asked) == ([], [alert.cap_identifier])
    assert (await row(notifier_database, alert))["reference"] == "theirs"
    assert await later_events(notifier_database, alert) == ["sent"]


async def test_without_the_lease_token_two_workers_report_different_outcomes(
    notifier_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    anybody = queue._FINISH.replace(queue.MINE, "delivery_id = $1 and $2::uuid is not null")
    assert anybody != queue._FINISH
    monkeypatch.setattr(queue, "_FINISH", anybody)
    late, taker = Scripted(sends=[Refused("http_400")]), Scripted(finds=[Found("theirs")])
    alert = await taken_over(notifier_database, late, taker)
    assert (await later_events(notifier_database, alert), await state(notifier_database, alert)) != (
        ["sent"],
        ("sent", "SENT"),
    )


async def test_the_delivery_of_a_worker_that_died_before_sending_is_taken_over(notifier_database: Database) -> None:
    alert = await released(notifier_database)
    await queue.claim(notifier_database.pool, 1, 0)
    adapter = Scripted()
    await Deliveries(typed(adapter), LIVE).step(notifier_database)
    assert (adapter.sent, adapter.asked) == ([alert.cap_identifier], [])


async def test_after_a_restore_the_peer_is_asked_before_sending_what_it_may_have(notifier_database: Database) -> None:
    alert, unknown_there = await released(notifier_database), await released(notifier_database)
    recovered = (
        "insert into recovered_event (log_id, settled_at) select id, now() from event_log where subject = any($1)"
    )
    await notifier_database.pool.execute(recovered, [str(one.alert_id) for one in (alert, unknown_there)])
    adapter = Scripted(finds=[Found("theirs"), NotFound()])
    await Deliveries(typed(adapter), LIVE).step(notifier_database)
    assert len(adapter.asked) == 2
    assert adapter.sent == [adapter.asked[1]]
    assert {await state(notifier_database, one) for one in (alert, unknown_there)} == {("sent", "SENT")}


@pytest.mark.parametrize("doubt", [Unknown("ReadTimeout"), TryAgain("http_500", find_first=True), ValueError("a bug")])
@pytest.mark.parametrize(
    ("answer", "sends", "delivery", "alert_state"),
    [
        (Found("theirs"), 1, "sent", AlertState.SENT),
        (NotFound(), 2, "sent", AlertState.SENT),
        (CannotSay("ReadTimeout"), 1, "unknown", AlertState.UNKNOWN),
    ],
)
async def test_after_an_unknown_outcome_the_peer_is_asked_before_sending_again(
    notifier_database: Database,
    doubt: Outcome | Exception,
    answer: Answer,
    sends: int,
    delivery: str,
    alert_state: AlertState,
) -> None:
    alert = await released(notifier_database)
    adapter = Scripted([doubt], [answer])
    worker = Deliveries(typed(adapter), LIVE)
    await worker.step(notifier_database)
    assert await state(notifier_database, alert) == ("ready", "RELEASED")
    await due(notifier_database)
    await worker.step(notifier_database)
    assert len(adapter.sent) == sends
    assert await state(notifier_database, alert) == (delivery, alert_state)
    assert await later_events(notifier_database, alert) == ["failed" if delivery == "unknown" else "sent"]


async def test_a_person_settles_an_unknown_outcome(notifier_database: Database) -> None:
    alert = await released(notifier_database)
    worker = Deliveries(typed(Scripted([Unknown("reset")], [CannotSay("away")])), LIVE)
    await worker.step(notifier_database)
    await due(notifier_database)
    await worker.step(notifier_database)
    assert await worker.step(notifier_database) == 0
    async with notifier_database.unit_of_work() as uow:
        command = commands.Settle(outcome="sent", reference="BA-1")
        await settle(NotifierStore(uow), alert, LIVE, command)
    assert await state(notifier_database, alert) == ("sent", "SENT")
    assert await later_events(notifier_database, alert) == ["failed", "sent"]
    async with notifier_database.unit_of_work() as uow:
        with pytest.raises(DomainError, match="transition_refused"):
            await settle(NotifierStore(uow), alert, LIVE, commands.Settle(outcome="failed"), OTHER)
    async with notifier_database.unit_of_work() as uow:
        assert (await NotifierStore(uow).alert(alert.alert_id)).settled_by == OFFICER


async def test_a_refusal_of_the_peer_is_final(notifier_database: Database) -> None:
    alert = await released(notifier_database)
    adapter = Scripted([Refused("http_400")])
    await Deliveries(typed(adapter), LIVE).step(notifier_database)
    assert await state(notifier_database, alert) == ("failed", "FAILED")
    assert await later_events(notifier_database, alert) == ["failed"]
    assert (await row(notifier_database, alert))["reason"] == "http_400"


async def test_a_busy_peer_gets_the_time_it_asks_for(notifier_database: Database) -> None:
    alert = await released(notifier_database)
    worker = Deliveries(typed(Scripted([TryAgain("http_503", after=60)])), LIVE)
    await worker.step(notifier_database)
    kept = await row(notifier_database, alert)
    wait = kept["run_at"] - await notifier_database.pool.fetchval("select now()")
    assert timedelta(seconds=50) < wait <= timedelta(seconds=60)
    assert (kept["attempts"], kept["find_first"]) == (1, False)
    assert await worker.step(notifier_database) == 0


async def test_an_alert_that_expires_unsent_fails_with_an_event(notifier_database: Database) -> None:
    alert = await released(notifier_database)
    await alter(notifier_database, "expires_at = now()")
    adapter = Scripted()
    assert await Deliveries(typed(adapter), LIVE).step(notifier_database) == 0
    for _ in range(2):
        await jobs.expire(LIVE, notifier_database)
    assert adapter.sent == []
    assert await state(notifier_database, alert) == ("expired", "FAILED")
    assert await later_events(notifier_database, alert) == ["failed"]


@pytest.mark.parametrize(("answer", "end"), [(Found(), "sent"), (NotFound(), "expired"), (CannotSay("x"), "unknown")])
async def test_a_delivery_that_expires_with_unknown_outcome_is_queried_and_never_sent(
    notifier_database: Database, answer: Answer, end: str
) -> None:
    alert = await released(notifier_database)
    adapter = Scripted([Unknown("reset")], [answer])
    worker = Deliveries(typed(adapter), LIVE)
    await worker.step(notifier_database)
    await alter(notifier_database, "expires_at = now(), run_at = now()")
    await jobs.expire(LIVE, notifier_database)
    assert (await state(notifier_database, alert))[0] == "ready"
    await worker.step(notifier_database)
    await jobs.expire(LIVE, notifier_database)
    assert (await state(notifier_database, alert))[0] == end
    assert len(adapter.sent) == 1


async def test_the_kill_switch_holds_everything_until_it_is_off(notifier_database: Database) -> None:
    alert = await released(notifier_database)
    adapter = Scripted()
    worker = Deliveries(typed(adapter), LIVE)
    (job,) = await queue.claim(notifier_database.pool, 1, 0)

    async def switch(*, on: bool) -> None:
        async with notifier_database.unit_of_work() as uow:
            store = NotifierStore(uow)
            seen = (await store.kill_switch()).version
            await handlers.switch(commands.Switch(on=on, reason="een proef"), By(OFFICER, str(seen)), LIVE, store)

    await switch(on=True)
    assert await queue.admit(notifier_database.pool, job, "simulator") is None
    assert await worker.step(notifier_database) == 0
    assert (await read(notifier_database, kill_switch))[0].on
    await switch(on=False)
    assert await worker.step(notifier_database) == 1
    assert adapter.sent == [alert.cap_identifier]


async def test_an_unknown_outcome_of_another_adapter_is_for_a_person(notifier_database: Database) -> None:
    alert = await released(notifier_database)
    await Deliveries(typed(Scripted([Unknown("reset")])), LIVE).step(notifier_database)
    await due(notifier_database)
    other = Scripted(finds=[NotFound()])
    other.name = "file"
    await Deliveries(typed(other), LIVE).step(notifier_database)
    assert (other.sent, (await state(notifier_database, alert))[0]) == ([], "unknown")


async def test_a_release_in_the_same_process_wakes_the_deliveries(notifier_database: Database) -> None:
    adapter = Scripted()
    worker = Deliveries(typed(adapter), LIVE)
    sending = asyncio.create_task(repeat(worker.step, notifier_database, Probe("deliveries"), 600))
    try:
        await asyncio.sleep(0)
        alert = await released(notifier_database)
        await asyncio.wait_for(adapter.speaking.wait(), 10)
    finally:
        sending.cancel()
    assert adapter.sent == [alert.cap_identifier]
