"""What an event costs when more is there: a log of ten thousand to a million rows, one consumer to sixteen."""

from functools import partial

import asyncpg

from bench.measure import RUNS, interleaved, rate
from bench.stages import ConsumerBench, RelayBench
from buurtsein_deploy.servers import RunningServers
from harness.databases import FreshDatabase

SIZES = (10_000, 100_000, 1_000_000)
EVENTS = 5_000
CONSUMERS = (1, 4, 16)
SHARED_EVENTS = 16_000
FLAT = 1.2

_FILL = """
insert into event_log (event_id, topic, key, version, type, source, subject, data_schema, occurred_at, data)
select gen_random_uuid(), 'bin.networks', gen_random_uuid()::text, 1, 't', 's', 'x', 'd', now(), '{"filled": true}'
from generate_series(1, $1::int)
"""


type Figures = list[tuple[str, float, float, float, bool]]


async def growth(servers: RunningServers, where: FreshDatabase) -> Figures:
    """Microseconds of an event where most is there against where least is."""
    return await _over_rows(servers, where) + await _over_consumers(where)


async def _over_rows(servers: RunningServers, where: FreshDatabase) -> Figures:
    spent: dict[str, list[float]] = {"relay": [], "consumer": []}
    for size in SIZES:
        await _fill(where, size)
        relay, consumer = RelayBench(servers, where, EVENTS), ConsumerBench(where, EVENTS)
        for name, run in (("relay", relay.ours), ("consumer", consumer.ours)):
            await run()
            spent[name].append(1e6 / rate([await run() for _ in range(RUNS)]))
    return [
        (f"{name}: an event at 100 thousand or 1 million rows / at 10 thousand", max(values[1:]), values[0], FLAT, True)
        for name, values in spent.items()
    ]


async def _over_consumers(where: FreshDatabase) -> Figures:
    bench = ConsumerBench(where, SHARED_EVENTS)
    runs = await interleaved({str(number): partial(bench.shared_by, number) for number in CONSUMERS})
    spent = [1e6 / rate(readings) for readings in runs.values()]
    return [("consumers: an event with 4 or 16 / with 1", max(spent[1:]), spent[0], FLAT, True)]


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
