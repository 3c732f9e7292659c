"""Measures whether a new report takes the notifier longer to judge after 5,000 reports than after 100."""

import math
import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

from integration.notifier_scene import LIVE, keep
from unit.notifier.notifier_memory import LAT, LON, METRE, area_east, network

from bench.bars import Bar, cost_bar
from bench.measure import Reading, interleaved, timed
from buurtsein_chassis.database import Database, UnitOfWork
from buurtsein_notifier import handlers
from buurtsein_notifier.domain.facts import Incident
from buurtsein_notifier.store import NotifierStore
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database, opened

SIZES = (100, 5_000)
MEASURED = 50
AT_ONCE = 100
FLAT = 3
HOT_METRES, CITY_METRES = 200, 5_000
SOUTH = 1 / math.cos(math.radians(LAT))
"""How many times more degrees a metre to the east is than a metre to the north."""

type Places = Callable[[], tuple[float, float]]


async def judging(servers: RunningServers) -> list[Bar]:
    """Return bars (ratios with a limit) that compare the time per report after many reports and after a few."""
    spots = {"at a hot spot": _at_a_hot_spot, "spread over a city": _over_a_city}
    return [
        await _growth(servers, f"judging {name}: a report after 5,000 / 100", place) for name, place in spots.items()
    ]


async def _growth(servers: RunningServers, name: str, place: Places) -> Bar:
    async with AsyncExitStack() as kept:
        runs = {}
        for size in SIZES:
            database = await kept.enter_async_context(_town(servers))
            await _judged(database, size, place)
            await database.pool.execute("analyze")
            runs[str(size)] = partial(_measured, database, place)
        few, many = (await interleaved(runs)).values()
        return cost_bar(name, many, few, FLAT)


@asynccontextmanager
async def _town(servers: RunningServers) -> AsyncIterator[Database]:
    """Fill a notifier's database with 25 networks that accept BE-Alert; one contains the hot spot of the reports."""
    async with fresh_database(servers, "notifier") as where, opened(where.app) as database:
        async with database.unit_of_work() as uow:
            for east in range(-3_000, 3_000, 1_200):
                for kind in ("BIN",) * 4 + ("BIN-Z",):
                    await keep(uow, network(kind=kind, area=area_east(east, east + 1_000)))
        yield database


async def _judged(database: Database, number: int, place: Places) -> None:
    """Let the notifier judge this many new reports, and commit the results in its database."""
    for start in range(0, number, AT_ONCE):
        async with database.unit_of_work() as uow:
            for one in _reports(min(AT_ONCE, number - start), place):
                await handlers.judge(one, LIVE, NotifierStore(uow))


async def _measured(database: Database, place: Places) -> Reading:
    """Let the notifier judge some more reports and roll back, so that each round starts with the same rows."""

    async def some() -> int:
        async with database.connection() as connection:
            transaction = connection.transaction()
            await transaction.start()
            for one in _reports(MEASURED, place):
                await handlers.judge(one, LIVE, NotifierStore(UnitOfWork(connection, "urn:bench")))
            await transaction.rollback()
        return MEASURED

    return await timed(some)


def _reports(number: int, place: Places) -> Iterator[Incident]:
    """Yield reports of burglaries that happened in the last hour."""
    for _ in range(number):
        longitude, latitude = place()
        yield Incident(
            report_id=uuid4(),
            category="inbraak",
            severity="Severe",
            longitude=longitude,
            latitude=latitude,
            happened_at=datetime.now(UTC) - timedelta(minutes=random.uniform(0, 60)),  # no secret
        )


def _at_a_hot_spot() -> tuple[float, float]:
    """Return a place near the hot spot in the city; about half of the calls return exactly the hot spot."""
    return _within(HOT_METRES) if random.random() < 0.5 else (LON, LAT)  # no secret


def _over_a_city() -> tuple[float, float]:
    return _within(CITY_METRES)


def _within(metres: float) -> tuple[float, float]:
    east, north = (random.uniform(-metres, metres) * METRE for _ in range(2))  # no secret
    return LON + east * SOUTH, LAT + north
