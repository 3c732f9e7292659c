"""What an event costs when more is there: a log of ten thousand to a million rows, one consumer to sixteen."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from functools import partial

import asyncpg

from bench.measure import Reading, interleaved, rate
from bench.stages import ConsumerBench, RelayBench, bench_database
from buurtsein_stack.servers import RunningServers
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


async def growth(servers: RunningServers) -> Figures:
    """Microseconds of an event where most is there against where least is."""
    async with AsyncExitStack() as kept:
        wheres = {size: await kept.enter_async_context(bench_database(servers)) for size in SIZES}
        for size, where in wheres.items():
            await _fill(where, size)
        return await _over_rows(servers, wheres) + await _over_consumers(wheres[SIZES[0]])


async def _over_rows(servers: RunningServers, wheres: dict[int, FreshDatabase]) -> Figures:
    benches = {
        "relay": {size: RelayBench(servers, where, EVENTS).ours for size, where in wheres.items()},
        "consumer": {size: ConsumerBench(where, EVENTS).ours for size, where in wheres.items()},
    }
    spent = {name: await _microseconds(runs) for name, runs in benches.items()}
    return [
        (f"{name}: an event at 100 thousand or 1 million rows / at 10 thousand", max(values[1:]), values[0], FLAT, True)
        for name, values in spent.items()
    ]


async def _over_consumers(where: FreshDatabase) -> Figures:
    bench = ConsumerBench(where, SHARED_EVENTS)
    spent = await _microseconds({number: partial(bench.shared_by, number) for number in CONSUMERS})
    return [("consumers: an event with 4 or 16 / with 1", max(spent[1:]), spent[0], FLAT, True)]


async def _microseconds(runs: Mapping[int, Callable[[], Awaitable[Reading]]]) -> list[float]:
    """Of an event, for each size, all sizes in turn: a slow minute of the machine meets them alike."""
    readings = await interleaved({str(size): run for size, run in runs.items()})
    return [1e6 / rate(of_size) for of_size in readings.values()]


async def _fill(where: FreshDatabase, size: int) -> None:
    """So many rows in log and inbox, on disk before anything is measured."""
    connection = await asyncpg.connect(where.superuser)
    await connection.execute(_FILL, size)
    await connection.execute("insert into inbox (consumer, event_id) select 'filled', event_id from event_log")
    await connection.execute("vacuum analyze event_log, inbox")
    await connection.execute("checkpoint")
    await connection.close()
