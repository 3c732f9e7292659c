"""Ten thousand reports that ask for an alert become digests and an alarm: no flood, and the judging does not stop."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiokafka import ConsumerRecord
from integration.notifier_scene import LIVE, keep, read
from integration.test_judging_bounds import record
from prometheus_client import REGISTRY
from unit.notifier.notifier_memory import BOOK, LON, METRE, area_east, incident, network

from buurtsein_chassis.consumer import Consumer
from buurtsein_chassis.database import Database
from buurtsein_contracts.topics import INCIDENTS
from buurtsein_notifier.consumers import subscriptions
from buurtsein_notifier.domain.facts import Incident
from buurtsein_notifier.domain.limits import Overload
from buurtsein_notifier.jobs import digest
from buurtsein_notifier.table_gauges import refresh_held
from buurtsein_stack.servers import RunningServers
from harness.kafka import access, all_records, send_raw

NETWORKS, ALERTS = 40, 20
DIGESTS = "document ->> 'origin' = 'digest'"
GIVEN = replace(LIVE, book=BOOK.model_copy(update={"overload": Overload(alerts=ALERTS)}))


def fires(number: int) -> Sequence[Incident]:
    """Return reports of different fires in this minute, 20 metres from each other, spread over all networks."""
    now = datetime.now(UTC) - timedelta(minutes=1)
    return [
        incident(
            category="brand",
            longitude=LON + 2_000 * (n % NETWORKS) * METRE,
            metres=20 * (n // NETWORKS) - 2_500,
            happened_at=now,
        )
        for n in range(number)
    ]


async def through_kafka(servers: RunningServers, reports: Sequence[Incident]) -> Sequence[ConsumerRecord]:
    """Publish reports on the topic `bin.incidents`, and return their records as a consumer reads them there."""
    told = [record(offset, one) for offset, one in enumerate(reports)]
    await send_raw(access(servers), INCIDENTS.name, [(one.key, one.value, one.headers) for one in told])
    mine = {one.key for one in told}
    return [one for one in await all_records(access(servers), INCIDENTS.name) if one.key in mine]


async def counted(database: Database, what: str) -> Any:
    return await database.pool.fetchval(f"select count(*) from {what}")


@pytest.mark.parametrize("number", [300, pytest.param(10_000, marks=[pytest.mark.thorough, pytest.mark.timeout(600)])])
async def test_very_many_reports_become_digests_and_an_alarm(
    notifier_database: Database, servers: RunningServers, number: int
) -> None:
    homes = [
        network(code=f"BIN-{n}", name=f"BIN {n}", area=area_east(2_000 * n - 400, 2_000 * n + 400, 3_000))
        for n in range(NETWORKS)
    ]
    async with notifier_database.unit_of_work() as uow:
        await keep(uow, *homes)
    (_, incidents, _) = subscriptions(GIVEN)
    consumer, told = Consumer(incidents, notifier_database), await through_kafka(servers, fires(number))
    for start in range(0, number, 500):
        await consumer.handle(told[start : start + 500])
    found = Counter(row["finding"] for row in await notifier_database.pool.fetch("select finding from judgement"))
    assert found.total() == number
    assert set(found) <= {"proposed", "joined", "overloaded"}
    assert await counted(notifier_database, "alert") == ALERTS
    await read(notifier_database, refresh_held)
    waiting = await counted(notifier_database, "held_fact")
    assert REGISTRY.get_sample_value("buurtsein_facts_held", {"reason": "overload"}) == waiting > 0
    await notifier_database.pool.execute("update held_fact set held_at = now() - interval '2 minutes'")
    await digest(GIVEN, notifier_database)
    why = await notifier_database.pool.fetchval(f"select document ->> 'why' from alert where {DIGESTS}")
    assert why.startswith(f"Samenvatting van {waiting} feiten ")
    await digest(GIVEN, notifier_database)
    assert await counted(notifier_database, "alert") == ALERTS + 1
