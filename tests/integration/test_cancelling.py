"""On a real PostgreSQL, an alert is cancelled before it is sent, or afterwards by a second message."""

import pytest
from integration.deliveries_scene import Scripted, due, later_events, typed
from integration.notifier_scene import LIVE, released
from unit.notifier.notifier_deeds import cancel
from unit.notifier.notifier_memory import OUTGOING

from buurtsein_chassis.database import Database
from buurtsein_kernel.problems import DomainError
from buurtsein_notifier import cap
from buurtsein_notifier.adapters import Delivered, Refused, Unknown
from buurtsein_notifier.deliveries import Deliveries
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.store import NotifierStore, queue


async def called_off(database: Database, alert: Alert) -> None:
    async with database.unit_of_work() as uow:
        await cancel(NotifierStore(uow), alert, LIVE)


async def states(database: Database) -> tuple[list[str], str]:
    """Return the state of each delivery, in order, and the state of the only alert."""
    rows = await database.pool.fetch("select state from delivery order by delivery_id")
    return [one["state"] for one in rows], await database.pool.fetchval("select state from alert")


async def test_a_cancelled_alert_in_the_queue_is_never_sent(notifier_database: Database) -> None:
    alert = await released(notifier_database)
    (job,) = await queue.claim(notifier_database.pool, 1, 30)
    await called_off(notifier_database, alert)
    assert await queue.admit(notifier_database.pool, job, "simulator") is None
    adapter = Scripted()
    assert await Deliveries(typed(adapter), LIVE).step(notifier_database) == 0
    assert adapter.sent == []
    assert await states(notifier_database) == (["withdrawn"], "CANCELLED")
    assert await later_events(notifier_database, alert) == ["cancelled"]


async def test_an_alert_that_was_sent_is_cancelled_through_the_same_queue(notifier_database: Database) -> None:
    alert = await released(notifier_database)
    adapter = Scripted()
    worker = Deliveries(typed(adapter), LIVE)
    await worker.step(notifier_database)
    await called_off(notifier_database, alert)
    assert await states(notifier_database) == (["sent", "ready"], "CANCELLING")
    await worker.step(notifier_database)
    assert adapter.sent == [alert.cap_identifier, f"{OUTGOING.sender}.{alert.alert_id}.1"]
    assert await states(notifier_database) == (["sent", "sent"], "CANCELLED")
    assert await later_events(notifier_database, alert) == ["sent", "cancelled"]
    xml = await notifier_database.pool.fetchval("select xml from delivery order by delivery_id desc limit 1")
    assert cap.from_xml(xml.encode()).msg_type is cap.MsgType.CANCEL


async def test_an_alert_that_may_have_arrived_cannot_be_withdrawn(notifier_database: Database) -> None:
    alert = await released(notifier_database)
    worker = Deliveries(typed(Scripted([Unknown("ReadTimeout")])), LIVE)
    await worker.step(notifier_database)
    with pytest.raises(DomainError, match="delivery_under_way"):
        await called_off(notifier_database, alert)
    assert await states(notifier_database) == (["ready"], "RELEASED")


async def test_a_cancel_that_the_peer_refuses_leaves_the_alert_sent(notifier_database: Database) -> None:
    alert = await released(notifier_database)
    worker = Deliveries(typed(Scripted([Delivered(), Refused("http_400"), Delivered()])), LIVE)
    await worker.step(notifier_database)
    for _ in range(2):
        await called_off(notifier_database, alert)
        await due(notifier_database)
        await worker.step(notifier_database)
    assert await states(notifier_database) == (["sent", "failed", "sent"], "CANCELLED")
    assert await later_events(notifier_database, alert) == ["sent", "cancelled"]
