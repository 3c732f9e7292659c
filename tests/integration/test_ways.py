"""A message that an adapter surely did not deliver goes to the next adapter, in the order of its rule or channel."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from integration.deliveries_scene import Scripted, alter, due, later_events, row, state, typed
from integration.notifier_scene import LIVE, proposed
from unit.notifier import notifier_deeds
from unit.notifier.notifier_settings import settings

from buurtsein_chassis.database import Database
from buurtsein_notifier.adapters import Delivered, NotAllowed, Outcome, Partly, Refused, TryAgain, Unknown
from buurtsein_notifier.adapters.manual import Manual, ManualSettings
from buurtsein_notifier.app import compose
from buurtsein_notifier.cap import Area, NamedValue, from_xml, to_xml
from buurtsein_notifier.deliveries import Deliveries
from buurtsein_notifier.deliveries.share import Share
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.store import NotifierStore, breaker

PATIENCE = 120.0
SECOND = "019a7c1e-5d2a-7c3e-9b1f-3a5d6e7f80ff"


class Second(Scripted):
    name = "second"


async def released(database: Database, orders: dict[str, Sequence[str]]) -> Alert:
    made = await proposed(database)
    async with database.unit_of_work() as uow:
        return await notifier_deeds.release(NotifierStore(uow), made, replace(LIVE, orders=orders))


def workers(first: Scripted, second: Second) -> tuple[Deliveries, Deliveries]:
    return (
        Deliveries(typed(first), LIVE, share=Share(others=("second",), patience=PATIENCE)),
        Deliveries(typed(second), LIVE, share=Share(only="second", patience=PATIENCE)),
    )


@pytest.mark.parametrize("order", ["inbrakenreeks", "sms"])
@pytest.mark.parametrize("end", [Refused("http_400"), NotAllowed("quota")])
async def test_what_the_first_refuses_goes_to_the_next_of_its_rule_or_channel(
    notifier_database: Database, order: str, end: Outcome
) -> None:
    alert = await released(notifier_database, {order: ["simulator", "second"]})
    first, second = Scripted([end]), Second()
    one, other = workers(first, second)
    assert [await other.step(notifier_database), await one.step(notifier_database)] == [0, 1]
    assert await state(notifier_database, alert) == ("ready", "RELEASED")
    assert [await one.step(notifier_database), await other.step(notifier_database)] == [0, 1]
    assert (first.sent, second.sent, second.asked) == ([alert.cap_identifier], [alert.cap_identifier], [])
    assert await state(notifier_database, alert) == ("sent", "SENT")
    assert await later_events(notifier_database, alert) == ["sent"]
    assert (await row(notifier_database, alert))["adapter"] == "second"


async def test_the_last_refusal_is_the_end(notifier_database: Database) -> None:
    alert = await released(notifier_database, {"sms": ["simulator", "second"]})
    for worker in workers(Scripted([Refused("http_400")]), Second([Refused("http_422")])):
        await worker.step(notifier_database)
    assert await state(notifier_database, alert) == ("failed", "FAILED")


@pytest.mark.parametrize(("outcome", "goes"), [(TryAgain("ConnectError"), True), (Unknown("ReadTimeout"), False)])
async def test_a_way_that_fails_too_long_is_left_unless_its_peer_may_have_the_message(
    notifier_database: Database, outcome: Outcome, goes: bool
) -> None:
    alert = await released(notifier_database, {"sms": ["simulator", "second"]})
    one, _ = workers(Scripted([outcome, outcome]), Second())
    await one.step(notifier_database)
    assert (await row(notifier_database, alert))["adapter"] == "simulator"
    await alter(notifier_database, "way_since = now() - interval '3 minutes', run_at = now() + interval '1 hour'")
    await one.step(notifier_database)
    assert (await row(notifier_database, alert))["adapter"] == ("second" if goes else "simulator")


async def test_the_networks_that_a_peer_did_not_take_go_to_a_person_by_the_next_way(
    notifier_database: Database, tmp_path: Path
) -> None:
    alert = await released(notifier_database, {"sms": ["simulator", "manual"]})
    await given_a_second_network(notifier_database)
    peer = Scripted([Partly(frozenset({str(alert.network_ids[0])}), "http_207", "BA-1")])
    one = Deliveries(typed(peer), LIVE, share=Share(others=("manual",), patience=PATIENCE))
    manual = Manual(ManualSettings(folder=tmp_path))
    other = Deliveries(manual, LIVE, share=Share(only="manual", patience=PATIENCE))
    for worker in (one, one, other, other):
        await due(notifier_database)
        await worker.step(notifier_database)
    text = (tmp_path / f"{alert.cap_identifier}.txt").read_text()
    assert "\nGroepen: BIN Zuidwijk\n" in text
    assert peer.sent == [alert.cap_identifier]
    assert await state(notifier_database, alert) == ("partial", "SENT")
    assert ((await row(notifier_database, alert))["reason"], await later_events(notifier_database, alert)) == (
        "by_hand",
        ["sent"],
    )


async def given_a_second_network(database: Database) -> None:
    """Add the area of a second network to the message that waits for its delivery."""
    xml = await database.pool.fetchval("select xml from delivery")
    message = from_xml(xml.encode())
    areas = Area(area_desc="BIN Zuidwijk", geocode=(NamedValue(value_name="BIN", value=SECOND),))
    infos = tuple(one.model_copy(update={"area": (*one.area, areas)}) for one in message.info)
    made = to_xml(message.model_copy(update={"info": infos})).decode()
    await database.pool.execute("update delivery set xml = $1", made)


async def test_a_cancelling_message_goes_the_way_of_the_message(notifier_database: Database) -> None:
    alert = await released(notifier_database, {"sms": ["simulator", "second"]})
    second = Second([Delivered("BA-2")])
    one, other = workers(Scripted([Refused("http_400")]), second)
    await one.step(notifier_database)
    await other.step(notifier_database)
    async with notifier_database.unit_of_work() as uow:
        alert = await notifier_deeds.cancel(NotifierStore(uow), alert, LIVE)
    await due(notifier_database)
    assert [await one.step(notifier_database), await other.step(notifier_database)] == [0, 1]
    assert len(second.sent) == 2


def test_the_settings_name_the_ways_and_each_gets_loops_of_its_own() -> None:
    ways: Any = {"email": ["null", "manual"], "brand": ["simulator", "manual"]}
    with pytest.raises(ValueError, match="NOTIFIER_MANUAL_FOLDER: Field required"):
        settings(ways=ways)
    with pytest.raises(ValueError, match="neither cap-http"):
        settings(ways={"sms": ["duif"]})
    made = settings(ways={"email": ["null", "file"], "brand": ["simulator", "null"]}, alert_folder="uit")
    assert list(made.adapters) == ["simulator", "null", "file"]
    loops = compose(made).loops
    assert list(loops) == [
        *("deliveries", "asking", "deliveries-null", "asking-null"),
        *("deliveries-file", "asking-file"),
    ]


async def test_the_manual_adapter_writes_any_number_of_texts_without_a_pause(
    notifier_database: Database, tmp_path: Path
) -> None:
    made = [await released(notifier_database, {}) for _ in range(breaker.FAILURES + 2)]
    worker = Deliveries(Manual(ManualSettings(folder=tmp_path)), LIVE)
    texts = {tmp_path / f"{alert.cap_identifier}.txt" for alert in made}
    while await worker.step(notifier_database):
        pass
    assert all(text.exists() for text in texts)
    for alert in made:
        assert await state(notifier_database, alert) == ("unknown", "UNKNOWN")
