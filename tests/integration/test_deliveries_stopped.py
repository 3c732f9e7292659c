"""A delivery that is faulty or that this installation may not send is stopped; other deliveries go on."""

from datetime import date
from pathlib import Path

import pytest
from integration.deliveries_scene import Scripted, alter, due, later_events, row, state, typed
from integration.notifier_scene import LIVE, keep, proposed, read, released
from prometheus_client import REGISTRY
from unit.notifier.notifier_memory import network
from unit.notifier.notifier_settings import settings

from buurtsein_chassis.database import Database
from buurtsein_notifier import jobs, table_gauges
from buurtsein_notifier.adapters import (
    Delivered,
    TryAgain,
)
from buurtsein_notifier.adapters.choice import adapter_of
from buurtsein_notifier.deliveries import Deliveries
from buurtsein_notifier.domain.alert import Alert


async def is_blocked(database: Database, alert: Alert) -> str:
    """Check that event and gauge report a blocked delivery, and return the reason that the delivery has."""
    assert await state(database, alert) == ("blocked", "FAILED")
    assert await later_events(database, alert) == ["failed"]
    data = await database.pool.fetchval("select data from event_log where type = 'be.bin.alert.failed.v1'")
    assert '"reason":"blocked"' in data.replace(" ", "")
    await read(database, table_gauges.refresh_deliveries)
    assert REGISTRY.get_sample_value("buurtsein_deliveries_blocked") == 1
    reason = (await row(database, alert))["reason"]
    return str(reason)


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.mark.parametrize("name", ["simulator", "cap-http", "file", "elsewhere"])
async def test_an_installation_for_exercises_never_sends_a_real_message_in_its_queue(
    notifier_database: Database, tmp_path: Path, name: str
) -> None:
    alert = await released(notifier_database)
    await alter(notifier_database, "xml = replace(xml, '<status>Exercise<', '<status>Actual<')")
    scripted = Scripted()
    own = settings(adapter="simulator" if name == "elsewhere" else name, alert_folder=tmp_path)
    adapter = typed(scripted) if name == "elsewhere" else adapter_of(own.adapter, own)
    await Deliveries(adapter, LIVE).step(notifier_database)
    assert await is_blocked(notifier_database, alert) == "cap_status_forbidden"
    assert (scripted.sent, names_in(tmp_path)) == ([], [])


async def test_an_unreadable_message_is_never_sent(notifier_database: Database) -> None:
    alert = await released(notifier_database)
    await alter(notifier_database, "xml = 'geen xml'")
    adapter = Scripted()
    await Deliveries(typed(adapter), LIVE).step(notifier_database)
    assert await is_blocked(notifier_database, alert) == "cap_not_xml"
    assert adapter.sent == []


async def test_a_network_that_is_suspended_after_the_release_gets_nothing(notifier_database: Database) -> None:
    alert = await released(notifier_database)
    await suspend(notifier_database)
    adapter = Scripted()
    await Deliveries(typed(adapter), LIVE).step(notifier_database)
    assert await is_blocked(notifier_database, alert) == "no_network_left"
    assert adapter.sent == []


async def suspend(database: Database) -> None:
    network_id = await database.pool.fetchval("select network_id from known_network")
    async with database.unit_of_work() as uow:
        await keep(uow, network(network_id=network_id, suspended_from=date(2026, 1, 1)))


async def test_a_delivery_that_fails_does_not_stop_the_others(notifier_database: Database) -> None:
    broken, whole = await released(notifier_database), await released(notifier_database)
    await notifier_database.pool.execute("update alert set document = '{}' where alert_id = $1", broken.alert_id)
    adapter = Scripted()
    assert await Deliveries(typed(adapter), LIVE).step(notifier_database) == 2
    assert adapter.sent == [whole.cap_identifier]
    assert await state(notifier_database, whole) == ("sent", "SENT")
    await alter(notifier_database, "expires_at = now(), lease_until = now()")
    await jobs.expire(LIVE, notifier_database)
    assert (await row(notifier_database, broken))["state"] == "leased"


async def test_a_proposal_that_cannot_be_expired_does_not_stop_the_others(notifier_database: Database) -> None:
    whole = await proposed(notifier_database)
    await notifier_database.pool.execute(
        "update alert set expires_at = now(), document = jsonb_set(document, '{expires_at}', to_jsonb(now()))"
    )
    broken = await notifier_database.pool.fetchval(
        """insert into alert select gen_random_uuid(), rule, network_ids, state, proposed_at, expires_at, 1, '{}'
           from alert returning alert_id"""
    )
    await jobs.expire(LIVE, notifier_database)
    rows = await notifier_database.pool.fetch("select alert_id, state from alert")
    assert {one["alert_id"]: one["state"] for one in rows} == {broken: "PROPOSED", whole.alert_id: "EXPIRED"}


async def test_a_peer_that_rejects_our_requests_is_retried_until_expiry_and_raises_an_alarm(
    notifier_database: Database,
) -> None:
    alert = await released(notifier_database)
    adapter = Scripted([TryAgain("turned_away_http_401")])
    await Deliveries(typed(adapter), LIVE).step(notifier_database)
    assert await state(notifier_database, alert) == ("ready", "RELEASED")
    await read(notifier_database, table_gauges.refresh_deliveries)
    assert REGISTRY.get_sample_value("buurtsein_deliveries_turned_away") == 1
    await due(notifier_database)
    await Deliveries(typed(adapter), LIVE).step(notifier_database)
    assert await state(notifier_database, alert) == ("sent", "SENT")


async def test_a_hostile_reference_does_not_stop_an_alert(notifier_database: Database) -> None:
    alert = await released(notifier_database)
    await Deliveries(typed(Scripted([Delivered("a\x00\ud800")])), LIVE).step(notifier_database)
    assert await state(notifier_database, alert) == ("sent", "SENT")
    assert (await row(notifier_database, alert))["reference"] is None
