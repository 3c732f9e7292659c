"""Judging on a real PostgreSQL: workers at the same time propose one alert, and what was judged can be read."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from integration.notifier_scene import read
from unit.notifier.notifier_memory import BOOK, LAT, LON, METRE, OFFICER, OUTGOING, incident, network

from buurtsein_chassis.database import Database
from buurtsein_contracts.events import BeAlertJoined
from buurtsein_contracts.problems import DomainError
from buurtsein_notifier import handlers
from buurtsein_notifier.cap import DEFAULT_UNIT_PRICE
from buurtsein_notifier.domain.facts import Incident, KnownNetwork
from buurtsein_notifier.domain.judgement import Finding
from buurtsein_notifier.store import NotifierStore
from buurtsein_notifier.views import AlertFile, Showing, alert_file, alerts, judgements

SHOWING = Showing(OUTGOING, DEFAULT_UNIT_PRICE)


async def known(database: Database, **changes: Any) -> KnownNetwork:
    home = network(**changes)
    async with database.unit_of_work() as uow:
        await NotifierStore(uow).keep_network(home)
    return home


async def judged(database: Database, *incidents: Incident) -> None:
    """Each in a transaction of its own."""
    for one in incidents:
        async with database.unit_of_work() as uow:
            await handlers.judge(one, BOOK, OUTGOING, NotifierStore(uow, "simulator"))


async def just_now(database: Database) -> datetime:
    moment: datetime = await database.pool.fetchval("select now() - interval '10 minutes'")
    return moment


async def file(database: Database) -> AlertFile:
    alert_id = await database.pool.fetchval("select alert_id from alert")
    return await read(database, lambda connection: alert_file(connection, alert_id, SHOWING))


async def test_reports_at_the_same_time_make_one_alert_with_all_of_them(notifier_database: Database) -> None:
    home, moment = await known(notifier_database), await just_now(notifier_database)
    burst = [incident(home, metres=10 * i, happened_from=moment + timedelta(seconds=i)) for i in range(8)]
    await asyncio.gather(*(judged(notifier_database, one) for one in burst))
    shown = await file(notifier_database)
    assert {*shown.report_ids} == {one.report_id for one in burst}
    types = await notifier_database.pool.fetch("select type from event_log")
    assert [one["type"] for one in types] == ["be.bin.alert.proposed.v1"]


async def test_far_away_long_ago_and_elsewhere_do_not_count(notifier_database: Database) -> None:
    home, other = await known(notifier_database), await known(notifier_database, name="BIN Elders")
    moment = await just_now(notifier_database)
    await judged(
        notifier_database,
        incident(home, happened_from=moment),
        incident(home, happened_from=moment, metres=501),
        incident(home, happened_from=moment - timedelta(hours=25)),
        incident(other, happened_from=moment),
        incident(home, happened_from=moment, category="diefstal"),
    )
    last = incident(home, happened_from=moment)
    await judged(notifier_database, last)
    (made,) = (await read(notifier_database, lambda connection: judgements(connection, last.report_id))).items
    assert (made.finding, made.worthy) == (Finding.TOO_FEW, False)
    assert made.why.startswith("2 meldingen")
    with pytest.raises(DomainError, match="report_unknown"):
        await read(notifier_database, lambda connection: judgements(connection, uuid4()))


async def test_a_judgement_that_no_rule_applies_is_there_once(notifier_database: Database) -> None:
    litter = incident(None, category="zwerfvuil", severity="Minor")
    await judged(notifier_database, litter, litter)
    (made,) = (await read(notifier_database, lambda connection: judgements(connection, litter.report_id))).items
    assert (made.rule, made.finding) == (None, Finding.NO_RULE)


async def test_reports_of_a_network_that_accepts_be_alert_later_are_judged_again(notifier_database: Database) -> None:
    moment = await just_now(notifier_database)
    home = await known(notifier_database, be_alert_version=None)
    await judged(notifier_database, *[incident(home, happened_from=moment) for _ in range(3)])
    accepted = BeAlertJoined(
        network_id=home.network_id, agreement_version="2026-1", actor="p" + "3" * 32, joined_at=moment
    )
    async with notifier_database.unit_of_work() as uow:
        store = NotifierStore(uow, "simulator")
        await handlers.follow_network(home.network_id, accepted, BOOK, OUTGOING, store)
    assert len((await file(notifier_database)).report_ids) == 3


async def test_a_fire_between_networks_goes_to_the_nearest_first(notifier_database: Database) -> None:
    far = await known(notifier_database, name="BIN Ver", area=square(400))
    near = await known(notifier_database, name="BIN Dicht", area=square(300))
    await known(notifier_database, name="BIN Te Ver", area=square(1200))
    fire = incident(None, category="brand", happened_from=await just_now(notifier_database))
    await judged(notifier_database, fire)
    assert [one.network_id for one in (await file(notifier_database)).networks] == [near.network_id, far.network_id]


def square(metres_east: float) -> dict[str, Any]:
    west, south, side = LON + metres_east * METRE * 1.58, LAT - 100 * METRE, 200 * METRE
    corners = [(0, 0), (side, 0), (side, side), (0, side), (0, 0)]
    return {"type": "Polygon", "coordinates": [[(west + x, south + y) for x, y in corners]]}


async def test_the_file_shows_what_a_release_needs_to_see(notifier_database: Database) -> None:
    home, moment = await known(notifier_database), await just_now(notifier_database)
    await judged(notifier_database, *[incident(home, happened_from=moment) for _ in range(3)])
    shown = await file(notifier_database)
    assert shown.actions == ["release", "refuse"]
    assert (shown.sms.text, shown.sms.units, str(shown.sms.price_cents)) == (shown.texts.headline, 1, "5.500")
    assert shown.cap.xml
    assert "<status>Exercise</status>" in shown.cap.xml
    assert shown.deliveries == []
    async with notifier_database.unit_of_work() as uow:
        store = NotifierStore(uow, "simulator")
        await handlers.release(await store.alert(shown.alert_id), OFFICER, OUTGOING, store)
    after = await file(notifier_database)
    assert after.version > shown.version
    assert [one.state for one in after.deliveries] == ["ready"]
    page = await read(notifier_database, lambda connection: alerts(connection, after.state, 1, None))
    assert ([one.alert_id for one in page.items], page.next) == ([shown.alert_id], None)
