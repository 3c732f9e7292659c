"""Measures whether an event costs more when the event log is large (up to a million rows) or consumers are many."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from functools import partial

import asyncpg

from bench.bars import Bar, cost_bar
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


async def growth(servers: RunningServers) -> list[Bar]:
    """Return bars (ratios with a limit) that compare the cost per event at the largest size and at the smallest."""
    async with AsyncExitStack() as kept:
        wheres = {size: await kept.enter_async_context(bench_database(servers)) for size in SIZES}
        for size, where in wheres.items():
            await _fill(where, size)
        return [*await _over_rows(servers, wheres), await _over_consumers(wheres[SIZES[0]])]


async def _over_rows(servers: RunningServers, wheres: dict[int, FreshDatabase]) -> list[Bar]:
    benches = {
        "relay": {size: RelayBench(servers, where, EVENTS).ours for size, where in wheres.items()},
        "consumer": {size: ConsumerBench(where, EVENTS).ours for size, where in wheres.items()},
    }
    name = "an event at 100 thousand or 1 million rows / at 10 thousand"
    return [await _flat(f"{part}: {name}", runs) for part, runs in benches.items()]


async def _over_consumers(where: FreshDatabase) -> Bar:
    bench = ConsumerBench(where, SHARED_EVENTS)
    runs = {number: partial(bench.shared_by, number) for number in CONSUMERS}
    return await _flat("consumers: an event with 4 or 16 / with 1", runs)


async def _flat(name: str, runs: Mapping[int, Callable[[], Awaitable[Reading]]]) -> Bar:
    """Return a bar that compares the cost per event at the slowest larger size with that at the smallest size.

    The sizes are measured in turn, so that a slow minute of the machine affects all of them.
    """
    least, *more = (await interleaved({str(size): run for size, run in runs.items()})).values()
    return cost_bar(name, min(more, key=rate), least, FLAT)


async def _fill(where: FreshDatabase, size: int) -> None:
    """Fill the event log and the inbox with `size` rows, and flush them to disk before the measurement."""
    connection = await asyncpg.connect(where.superuser)
    await connection.execute(_FILL, size)
    await connection.execute("insert into inbox (consumer, event_id) select 'filled', event_id from event_log")
    await connection.execute("vacuum analyze event_log, inbox")
    await connection.execute("checkpoint")
    await connection.close()
