"""The delivery queue on a real PostgreSQL: leases, doubts, expiry, the kill-switch, and what the world is told."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest
from integration.notifier_scene import proposed, read, released
from prometheus_client import REGISTRY
from unit.notifier.notifier_memory import OFFICER, OTHER, OUTGOING, network
from unit.notifier.notifier_settings import settings

from buurtsein_chassis.database import Database
from buurtsein_contracts.problems import DomainError
from buurtsein_notifier import commands, expiry, handlers, measures, queue
from buurtsein_notifier.adapters import (
    Adapter,
    Answer,
    CannotSay,
    Delivered,
    Found,
    NotFound,
    Outcome,
    Refused,
    TryAgain,
    Unknown,
)
from buurtsein_notifier.adapters.choice import adapter_of
from buurtsein_notifier.deliveries import Deliveries
from buurtsein_notifier.domain.alert import Alert, AlertState
from buurtsein_notifier.store import NotifierStore
from buurtsein_notifier.views import kill_switch


class Scripted:
    """An adapter that answers as told, and counts."""

    name = "simulator"

    def __init__(self, sends: Sequence[Outcome | Exception] = (), finds: Sequence[Answer] = ()) -> None:
        self.sends, self.finds = list(sends), list(finds)
        self.sent: list[str] = []
        self.asked: list[str] = []
        self.speaking = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()

    async def send(self, identifier: str, xml: bytes) -> Outcome:
        assert xml.startswith(b"<?xml")
        self.sent.append(identifier)
        self.speaking.set()
        await self.gate.wait()
        outcome = self.sends.pop(0) if self.sends else Delivered("ref")
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def find(self, identifier: str) -> Answer:
        self.asked.append(identifier)
        return self.finds.pop(0) if self.finds else NotFound()

    async def close(self) -> None:
        pass


def typed(scripted: Scripted) -> Adapter:
    return scripted


async def row(database: Database, alert: Alert) -> asyncpg.Record:
    found = await database.pool.fetchrow("select * from delivery where alert_id = $1", alert.alert_id)
    assert found
    return found


async def state(database: Database, alert: Alert) -> tuple[str, str]:
    """Of the delivery and of the alert."""
    now = await database.pool.fetchval("select state from alert where alert_id = $1", alert.alert_id)
    return (await row(database, alert))["state"], now


async def told(database: Database, alert: Alert) -> list[str]:
    """What the stream says of an alert, after its proposal and release."""
    rows = await database.pool.fetch("select type from event_log where key = $1 order by id", str(alert.alert_id))
    return [one["type"].removeprefix("be.bin.alert.").removesuffix(".v1") for one in rows][2:]


async def alter(database: Database, assignment: str) -> None:
    await database.pool.execute(f"update delivery set {assignment}")


async def due(database: Database) -> None:
    await alter(database, "run_at = now()")


async def test_a_release_is_delivered_and_told_once(notifier_database: Database) -> None:
    alert = await released(notifier_database)
    adapter = Scripted()
    worker = Deliveries(typed(adapter), OUTGOING)
    assert await worker.step(notifier_database) == 1
    assert await worker.step(notifier_database) == 0
    assert adapter.sent == [alert.cap_identifier]
    assert adapter.asked == []
    assert await state(notifier_database, alert) == ("sent", "SENT")
    assert await told(notifier_database, alert) == ["sent"]
    data = await notifier_database.pool.fetchval("select data from event_log where type = 'be.bin.alert.sent.v1'")
    assert '"external_reference":"ref"' in data.replace(" ", "")


async def test_the_same_message_cannot_be_queued_twice(notifier_database: Database) -> None:
    alert = await released(notifier_database)
    message = OUTGOING.message(alert, [network(network_id=alert.network_ids[0])], alert.proposed_at)
    with pytest.raises(asyncpg.UniqueViolationError):
        await read(notifier_database, lambda connection: queue.add(connection, alert, message, "simulator"))


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


async def taken_over(notifier_database: Database, zombie: Scripted, heir: Scripted) -> Alert:
    """One worker hangs in its send until its lease is over; another takes over; then the first goes on."""
    alert = await released(notifier_database)
    zombie.gate.clear()
    stuck = asyncio.create_task(Deliveries(typed(zombie), OUTGOING).step(notifier_database))
    async with asyncio.timeout(10):
        while not zombie.sent:  # noqa: ASYNC110 # a fact of the fake peer, no event
            await asyncio.sleep(0.01)
    assert await Deliveries(typed(heir), OUTGOING).step(notifier_database) == 0
    await alter(notifier_database, "lease_until = now()")
    await Deliveries(typed(heir), OUTGOING).step(notifier_database)
    zombie.gate.set()
    await stuck
    return alert


async def test_a_zombie_cannot_finish_what_another_took_over(notifier_database: Database) -> None:
    heir = Scripted(finds=[Found("theirs")])
    alert = await taken_over(notifier_database, Scripted(), heir)
    assert (heir.sent, heir.asked) == ([], [alert.cap_identifier])
    assert (await row(notifier_database, alert))["reference"] == "theirs"
    assert await told(notifier_database, alert) == ["sent"]


async def test_without_the_lease_token_a_zombie_says_the_opposite_of_what_was_told(
    notifier_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    anybody = queue._FINISH.replace(queue._MINE, "delivery_id = $1 and $2::uuid is not null")
    assert anybody != queue._FINISH
    monkeypatch.setattr(queue, "_FINISH", anybody)
    zombie, heir = Scripted(sends=[Refused("http_400")]), Scripted(finds=[Found("theirs")])
    alert = await taken_over(notifier_database, zombie, heir)
    assert (await told(notifier_database, alert), await state(notifier_database, alert)) != (["sent"], ("sent", "SENT"))


async def test_a_worker_that_died_before_sending_is_taken_over_without_doubt(notifier_database: Database) -> None:
    alert = await released(notifier_database)
    await queue.claim(notifier_database.pool, 1, 0)
    adapter = Scripted()
    await Deliveries(typed(adapter), OUTGOING).step(notifier_database)
    assert (adapter.sent, adapter.asked) == ([alert.cap_identifier], [])


@pytest.mark.parametrize("doubt", [Unknown("ReadTimeout"), TryAgain("http_500", find_first=True), ValueError("a bug")])
@pytest.mark.parametrize(
    ("answer", "sends", "delivery", "alert_state"),
    [
        (Found("theirs"), 1, "sent", AlertState.SENT),
        (NotFound(), 2, "sent", AlertState.SENT),
        (CannotSay("ReadTimeout"), 1, "unknown", AlertState.UNKNOWN),
    ],
)
async def test_after_a_doubt_the_peer_is_asked_before_anything_is_sent_again(
    notifier_database: Database,
    doubt: Outcome | Exception,
    answer: Answer,
    sends: int,
    delivery: str,
    alert_state: AlertState,
) -> None:
    alert = await released(notifier_database)
    adapter = Scripted([doubt], [answer])
    worker = Deliveries(typed(adapter), OUTGOING)
    await worker.step(notifier_database)
    assert await state(notifier_database, alert) == ("ready", "RELEASED")
    await due(notifier_database)
    await worker.step(notifier_database)
    assert len(adapter.sent) == sends
    assert await state(notifier_database, alert) == (delivery, alert_state)
    assert await told(notifier_database, alert) == ["failed" if delivery == "unknown" else "sent"]


async def test_a_person_settles_an_unknown_outcome(notifier_database: Database) -> None:
    alert = await released(notifier_database)
    worker = Deliveries(typed(Scripted([Unknown("reset")], [CannotSay("away")])), OUTGOING)
    await worker.step(notifier_database)
    await due(notifier_database)
    await worker.step(notifier_database)
    assert await worker.step(notifier_database) == 0
    async with notifier_database.unit_of_work() as uow:
        command = commands.Settle(outcome="sent", reference="BA-1")
        await handlers.settle(alert.alert_id, command, OFFICER, NotifierStore(uow))
    assert await state(notifier_database, alert) == ("sent", "SENT")
    assert await told(notifier_database, alert) == ["failed", "sent"]
    with pytest.raises(DomainError, match="transition_refused"):
        async with notifier_database.unit_of_work() as uow:
            await handlers.settle(alert.alert_id, commands.Settle(outcome="failed"), OTHER, NotifierStore(uow))
    async with notifier_database.unit_of_work() as uow:
        assert (await NotifierStore(uow).alert(alert.alert_id)).settled_by == OFFICER


async def test_a_refusal_of_the_peer_is_final(notifier_database: Database) -> None:
    alert = await released(notifier_database)
    adapter = Scripted([Refused("http_400")])
    await Deliveries(typed(adapter), OUTGOING).step(notifier_database)
    assert await state(notifier_database, alert) == ("failed", "FAILED")
    assert await told(notifier_database, alert) == ["failed"]
    assert (await row(notifier_database, alert))["reason"] == "http_400"


async def test_a_busy_peer_gets_the_time_it_asks_for(notifier_database: Database) -> None:
    alert = await released(notifier_database)
    worker = Deliveries(typed(Scripted([TryAgain("http_503", after=60)])), OUTGOING)
    await worker.step(notifier_database)
    kept = await row(notifier_database, alert)
    wait = kept["run_at"] - await notifier_database.pool.fetchval("select now()")
    assert timedelta(seconds=50) < wait <= timedelta(seconds=60)
    assert (kept["attempts"], kept["find_first"]) == (1, False)
    assert await worker.step(notifier_database) == 0


async def test_what_expires_unsent_fails_and_says_so(notifier_database: Database) -> None:
    alert = await released(notifier_database)
    await alter(notifier_database, "expires_at = now()")
    adapter = Scripted()
    assert await Deliveries(typed(adapter), OUTGOING).step(notifier_database) == 0
    for _ in range(2):
        await expiry.expire(notifier_database)
    assert adapter.sent == []
    assert await state(notifier_database, alert) == ("expired", "FAILED")
    assert await told(notifier_database, alert) == ["failed"]


@pytest.mark.parametrize(("answer", "end"), [(Found(), "sent"), (NotFound(), "expired"), (CannotSay("x"), "unknown")])
async def test_what_expires_in_doubt_is_asked_for_and_never_sent(
    notifier_database: Database, answer: Answer, end: str
) -> None:
    alert = await released(notifier_database)
    adapter = Scripted([Unknown("reset")], [answer])
    worker = Deliveries(typed(adapter), OUTGOING)
    await worker.step(notifier_database)
    await alter(notifier_database, "expires_at = now(), run_at = now()")
    await expiry.expire(notifier_database)
    assert (await state(notifier_database, alert))[0] == "ready"
    await worker.step(notifier_database)
    await expiry.expire(notifier_database)
    assert (await state(notifier_database, alert))[0] == end
    assert len(adapter.sent) == 1


async def test_the_kill_switch_holds_everything_until_it_is_off(notifier_database: Database) -> None:
    alert = await released(notifier_database)
    adapter = Scripted()
    worker = Deliveries(typed(adapter), OUTGOING)
    (job,) = await queue.claim(notifier_database.pool, 1, 0)

    async def switch(*, on: bool) -> None:
        async with notifier_database.unit_of_work() as uow:
            await handlers.switch(commands.Switch(on=on, reason="een proef"), OFFICER, NotifierStore(uow))

    await switch(on=True)
    assert await queue.admit(notifier_database.pool, job, "simulator") is None
    assert await worker.step(notifier_database) == 0
    assert (await read(notifier_database, kill_switch)).on
    await switch(on=False)
    assert await worker.step(notifier_database) == 1
    assert adapter.sent == [alert.cap_identifier]


async def is_blocked(database: Database, alert: Alert) -> str:
    """The reason of a delivery that was blocked; the stream and the gauge say so too."""
    assert await state(database, alert) == ("blocked", "FAILED")
    assert await told(database, alert) == ["failed"]
    data = await database.pool.fetchval("select data from event_log where type = 'be.bin.alert.failed.v1'")
    assert '"reason":"blocked"' in data.replace(" ", "")
    await read(database, measures.measure_deliveries)
    assert REGISTRY.get_sample_value("buurtsein_deliveries_blocked") == 1
    reason = (await row(database, alert))["reason"]
    return str(reason)


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.mark.parametrize("name", ["simulator", "cap-http", "file", "elsewhere"])
async def test_a_real_message_in_the_queue_of_an_installation_for_exercises_is_never_handed_over(
    notifier_database: Database, tmp_path: Path, name: str
) -> None:
    alert = await released(notifier_database)
    await alter(notifier_database, "xml = replace(xml, '<status>Exercise<', '<status>Actual<')")
    scripted = Scripted()
    own = settings(adapter="simulator" if name == "elsewhere" else name, alert_folder=tmp_path)
    adapter = typed(scripted) if name == "elsewhere" else adapter_of(own)
    await Deliveries(adapter, OUTGOING).step(notifier_database)
    assert await is_blocked(notifier_database, alert) == "cap_status_forbidden"
    assert (scripted.sent, names_in(tmp_path)) == ([], [])


async def test_a_message_that_nobody_can_read_is_never_handed_over(notifier_database: Database) -> None:
    alert = await released(notifier_database)
    await alter(notifier_database, "xml = 'geen xml'")
    adapter = Scripted()
    await Deliveries(typed(adapter), OUTGOING).step(notifier_database)
    assert await is_blocked(notifier_database, alert) == "cap_not_xml"
    assert adapter.sent == []


async def test_a_network_that_is_suspended_after_the_release_gets_nothing(notifier_database: Database) -> None:
    alert = await released(notifier_database)
    await suspend(notifier_database)
    adapter = Scripted()
    await Deliveries(typed(adapter), OUTGOING).step(notifier_database)
    assert await is_blocked(notifier_database, alert) == "no_network_left"
    assert adapter.sent == []


async def suspend(database: Database) -> None:
    await database.pool.execute(
        """update known_network set document = document || '{"suspended_from": "2026-01-01"}'"""
    )


async def test_one_delivery_that_cannot_be_done_stops_no_other(notifier_database: Database) -> None:
    broken, whole = await released(notifier_database), await released(notifier_database)
    await notifier_database.pool.execute("update alert set document = '{}' where alert_id = $1", broken.alert_id)
    adapter = Scripted()
    assert await Deliveries(typed(adapter), OUTGOING).step(notifier_database) == 2
    assert adapter.sent == [whole.cap_identifier]
    assert await state(notifier_database, whole) == ("sent", "SENT")
    await alter(notifier_database, "expires_at = now(), lease_until = now()")
    await expiry.expire(notifier_database)
    assert (await row(notifier_database, broken))["state"] == "leased"


async def test_one_proposal_that_cannot_be_closed_stops_no_other(notifier_database: Database) -> None:
    broken, whole = await proposed(notifier_database), await proposed(notifier_database)
    await notifier_database.pool.execute(
        "update alert set expires_at = now(), document = jsonb_set(document, '{expires_at}', to_jsonb(now()))"
    )
    await notifier_database.pool.execute("update alert set document = '{}' where alert_id = $1", broken.alert_id)
    await expiry.expire(notifier_database)
    rows = await notifier_database.pool.fetch("select alert_id, state from alert")
    assert {one["alert_id"]: one["state"] for one in rows} == {broken.alert_id: "PROPOSED", whole.alert_id: "EXPIRED"}


async def test_a_peer_that_turns_us_away_is_tried_until_the_alert_expires_and_alarms(
    notifier_database: Database,
) -> None:
    alert = await released(notifier_database)
    adapter = Scripted([TryAgain("turned_away_http_401")])
    await Deliveries(typed(adapter), OUTGOING).step(notifier_database)
    assert await state(notifier_database, alert) == ("ready", "RELEASED")
    await read(notifier_database, measures.measure_deliveries)
    assert REGISTRY.get_sample_value("buurtsein_deliveries_turned_away") == 1
    await due(notifier_database)
    await Deliveries(typed(adapter), OUTGOING).step(notifier_database)
    assert await state(notifier_database, alert) == ("sent", "SENT")


async def test_a_hostile_reference_strands_no_alert(notifier_database: Database) -> None:
    alert = await released(notifier_database)
    await Deliveries(typed(Scripted([Delivered("a\x00\ud800")])), OUTGOING).step(notifier_database)
    assert await state(notifier_database, alert) == ("sent", "SENT")
    assert (await row(notifier_database, alert))["reference"] is None


async def test_a_doubt_of_another_adapter_is_for_a_person(notifier_database: Database) -> None:
    alert = await released(notifier_database)
    await Deliveries(typed(Scripted([Unknown("reset")])), OUTGOING).step(notifier_database)
    await due(notifier_database)
    other = Scripted(finds=[NotFound()])
    other.name = "file"
    await Deliveries(typed(other), OUTGOING).step(notifier_database)
    assert (other.sent, (await state(notifier_database, alert))[0]) == ([], "unknown")
