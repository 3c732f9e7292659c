"""What an event costs when the tables have grown: the same drains over a log of ten thousand to a million rows."""

import asyncpg

from bench.measure import cpu_each, rate
from bench.stages import ConsumerBench, RelayBench
from buurtsein_deploy.servers import RunningServers
from harness.databases import FreshDatabase

SIZES = (10_000, 100_000, 1_000_000)
EVENTS = 5_000
FLAT = 1.2

_FILL = """
insert into event_log (event_id, topic, key, version, type, source, subject, data_schema, occurred_at, data)
select gen_random_uuid(), 'bin.networks', gen_random_uuid()::text, 1, 't', 's', 'x', 'd', now(), '{"filled": true}'
from generate_series(1, $1::int)
"""


async def growth(servers: RunningServers, where: FreshDatabase) -> list[tuple[str, float, float, float, bool]]:
    """Seconds of an event at the largest size against the smallest, for relay and consumer."""
    seconds: dict[str, list[float]] = {"relay": [], "consumer": []}
    for size in SIZES:
        await _fill(where, size)
        relay, consumer = RelayBench(servers, where, EVENTS), ConsumerBench(where, EVENTS)
        for name, run in (("relay", relay.ours), ("consumer", consumer.ours)):
            await run()
            readings = [await run() for _ in range(5)]
            seconds[name].append(1 / rate(readings))
            assert cpu_each(readings) > 0
    return [
        (f"{name}: an event at 1 million / at 10 thousand", values[-1], values[0], FLAT, True)
        for name, values in seconds.items()
    ]


async def _fill(where: FreshDatabase, size: int) -> None:
    connection = await asyncpg.connect(where.superuser)
    present = await connection.fetchval("select count(*) from event_log")
    if size > present:
        await connection.execute(_FILL, size - present)
        await connection.execute(
            "insert into inbox (consumer, event_id) select 'filled', event_id from event_log on conflict do nothing"
        )
        await connection.execute("vacuum analyze event_log, inbox")
    await connection.close()
