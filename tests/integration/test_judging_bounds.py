"""After many reports, judging a new report costs no more than after a few, and delays no other network."""

import asyncio
import math
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from aiokafka import ConsumerRecord
from integration.notifier_scene import LIVE
from integration.test_judging import file, judged, just_now, known, release
from unit.notifier.notifier_memory import LAT, LON, METRE, area_east, incident

from buurtsein_chassis.consumer import Consumer
from buurtsein_chassis.database import Database, UnitOfWork
from buurtsein_chassis.primary import connect
from buurtsein_chassis.subscription import Subscription
from buurtsein_contracts import Event, to_kafka, uuid7
from buurtsein_contracts.events import IncidentReported
from buurtsein_contracts.events.incident import Category, Severity
from buurtsein_contracts.goldens import examples_of
from buurtsein_contracts.topics import INCIDENTS
from buurtsein_notifier import handlers
from buurtsein_notifier.consumers import subscriptions
from buurtsein_notifier.domain.facts import Incident
from buurtsein_notifier.store import NotifierStore
from buurtsein_stack.servers import RunningServers
from harness.databases import FreshDatabase, fresh_database, opened

EXAMPLE = IncidentReported.model_validate_json(examples_of(IncidentReported)[0])
READ = """select sum(seq_tup_read + idx_tup_fetch)::int as read,
    sum(n_tup_upd) filter (where relname = 'alert')::int as alerts from pg_stat_xact_user_tables"""
SMALL, LARGE = 40, 400


async def spread(database: Database, number: int, metres: float) -> Sequence[Incident]:
    """Return burglaries in the last hour, at places on a spiral so far apart that each is a separate incident."""
    moment = await just_now(database)
    return [
        incident(
            longitude=LON + math.cos(n) * math.sqrt(n / number) * metres * METRE * 1.58,
            latitude=LAT + math.sin(n) * math.sqrt(n / number) * metres * METRE,
            happened_at=moment + timedelta(seconds=n),
        )
        for n in range(number)
    ]


async def fill(database: Database, reports: Sequence[Incident]) -> None:
    async with database.unit_of_work() as uow:
        for one in reports:
            await handlers.judge(one, LIVE, NotifierStore(uow))


async def analysed(database: FreshDatabase) -> None:
    """Give the planner the statistics that autovacuum makes elsewhere; without them its plans are a guess."""
    connection = await connect(database.superuser)
    await connection.execute("analyze")
    await connection.close()


async def rows_read(database: Database, one: Incident) -> tuple[int, int]:
    """Let the notifier judge a report; return the numbers of rows that it read and of alerts that it changed."""
    async with database.unit_of_work() as uow:
        await uow.connection.execute("set local enable_seqscan = off")  # the planner may scan small tables completely
        await handlers.judge(one, LIVE, NotifierStore(uow))
        (row,) = await uow.connection.fetch(READ)
        return row["read"], row["alerts"]


@pytest.mark.parametrize("metres", [0, 200, 2_000])
async def test_a_report_costs_the_same_after_ten_times_as_many(servers: RunningServers, metres: float) -> None:
    read = []
    async with fresh_database(servers, "notifier") as fresh, opened(fresh.app) as database:
        await known(database, area=area_east(-1_500, 1_500, 2_000))
        moment = await just_now(database)
        for number in (SMALL, LARGE):
            await fill(database, await spread(database, number, metres))
            await analysed(fresh)
            read.append(await rows_read(database, incident(happened_at=moment)))
    (few, _), (many, alerts) = read
    assert many <= 3 * few
    assert alerts == 0


async def test_an_alert_shows_how_many_more_reports_it_holds(notifier_database: Database) -> None:
    await known(notifier_database)
    await fill(notifier_database, await spread(notifier_database, LARGE, 200))
    shown = await file(notifier_database)
    assert (len(shown.report_ids), shown.held.more) == (200, f"en nog {LARGE - 200} meldingen")
    assert (shown.facts, shown.version) == (3, 1)


async def test_a_release_is_answered_in_the_middle_of_a_batch_that_joins_the_alert(notifier_database: Database) -> None:
    await known(notifier_database)
    moment = await just_now(notifier_database)
    await judged(notifier_database, *[incident(metres=100 * i, happened_at=moment) for i in range(3)])
    alert_id = (await file(notifier_database)).alert_id
    async with notifier_database.unit_of_work() as batch:
        await handlers.judge(incident(metres=-100, happened_at=moment), LIVE, NotifierStore(batch))
        async with asyncio.timeout(5):
            assert (await release(notifier_database, alert_id)).state == "RELEASED"
    page = await file(notifier_database)
    assert (page.held.reports, page.held.since_release) == (4, 1)


async def test_the_alert_of_another_network_does_not_wait_for_a_batch_to_end(notifier_database: Database) -> None:
    """An alert of one network is proposed before the rest of the batch, about other networks, is done."""
    await known(notifier_database)
    far = await known(notifier_database, name="BIN Ver", area=area_east(5_000, 6_000))
    moment = await just_now(notifier_database)
    elsewhere = [
        incident(longitude=LON + 5_500 * METRE, metres=100 * i, category="diefstal", happened_at=moment)
        for i in range(3)
    ]
    here = list(await spread(notifier_database, 20, 200))
    seen: list[Any] = []
    (_, own, _) = subscriptions(LIVE)

    async def watched(event: Event[Any], uow: UnitOfWork) -> None:
        seen.append(await notifier_database.pool.fetchval("select network_ids from alert where rule = 'diefstallen'"))
        await own.apply(event, uow)

    consumer = Consumer(Subscription(own.consumer, (INCIDENTS,), watched), notifier_database, 0)
    await consumer.handle([record(n, one) for n, one in enumerate([*here[:10], *elsewhere, *here[10:]])])
    assert seen[12] is None
    assert seen[13] == [far.network_id]


def record(offset: int, one: Incident) -> ConsumerRecord:
    """Return the Kafka record that the reports service would publish for this incident."""
    place = EXAMPLE.location.model_copy(update={"longitude": one.longitude, "latitude": one.latitude})
    times = dict.fromkeys(("happened_from", "happened_to", "reported_at"), one.happened_at)
    told = {"report_id": one.report_id, "category": Category(one.category), "severity": Severity.SEVERE}
    data = EXAMPLE.model_copy(update=told | times | {"location": place})
    sent = to_kafka(Event(uuid7(), "urn:be:nis:41002:bin:reports", one.happened_at, 1, data))
    sizes = (len(sent.key), len(sent.value))
    return ConsumerRecord(sent.topic, 0, offset, 0, 0, sent.key, sent.value, None, *sizes, sent.headers)
