"""Measures whether the notifier needs more time for one report after many reports, or when there are many networks."""

import json
import math
import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

from integration.notifier_scene import LIVE, keep
from shapely import to_geojson
from shapely.affinity import translate
from shapely.geometry import shape
from unit.notifier.notifier_memory import LAT, LON, METRE, area_east, network

from bench.bars import Bar, cost_bar
from bench.measure import Reading, interleaved, timed
from buurtsein_chassis.database import Database, UnitOfWork
from buurtsein_contracts.events.geography import Area
from buurtsein_kernel.areas import cleaned
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

NETWORKS = (25, 1_500)
EAST = 3.5
"""How many degrees further to the east the real neighbourhoods are repeated."""
_FILE = Path(__file__).parents[1] / "data/neighbourhoods/flanders.geojson"
NEIGHBOURHOODS = [shape(one["geometry"]) for one in json.loads(_FILE.read_text())["features"]]

type Places = Callable[[], tuple[float, float]]


async def judging(servers: RunningServers) -> list[Bar]:
    """Return bars (ratios with a limit) that compare the time per report after many reports and after a few."""
    spots = {"at a hot spot": _at_a_hot_spot, "spread over a city": _over_a_city}
    return [
        *[
            await _growth(servers, f"judging {name}: a report after 5,000 / 100", place)
            for name, place in spots.items()
        ],
        await _among_networks(servers),
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


async def _among_networks(servers: RunningServers) -> Bar:
    """Compare the time per report in a database of 1,500 networks with that in a database of 25; areas are real."""
    async with AsyncExitStack() as kept:
        runs = {}
        for number in NETWORKS:
            database = await kept.enter_async_context(_country(servers, number))
            await _judged(database, SIZES[0], _in_the_first)
            await database.pool.execute("analyze")
            runs[str(number)] = partial(_measured, database, _in_the_first)
        few, many = (await interleaved(runs)).values()
        return cost_bar("judging among 1,500 networks / 25", many, few, FLAT)


@asynccontextmanager
async def _country(servers: RunningServers, number: int) -> AsyncIterator[Database]:
    """Fill a notifier's database with this many networks that accept BE-Alert, in real areas."""
    async with fresh_database(servers, "notifier") as where, opened(where.app) as database:
        async with database.unit_of_work() as uow:
            for area in _areas(number):
                await keep(uow, network(area=area))
        yield database


def _areas(number: int) -> Iterator[Area]:
    """Yield real neighbourhoods, and then the same ones again further to the east, until there are enough."""
    for at in range(number):
        times, which = divmod(at, len(NEIGHBOURHOODS))
        yield Area.model_validate(cleaned(json.loads(to_geojson(translate(NEIGHBOURHOODS[which], EAST * times)))))


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


def _in_the_first() -> tuple[float, float]:
    """Return a place in one of the first networks, which both databases have."""
    middle = random.choice(NEIGHBOURHOODS[: NETWORKS[0]]).representative_point()  # no secret
    return middle.x, middle.y


def _over_a_city() -> tuple[float, float]:
    return _within(CITY_METRES)


def _within(metres: float) -> tuple[float, float]:
    east, north = (random.uniform(-metres, metres) * METRE for _ in range(2))  # no secret
    return LON + east * SOUTH, LAT + north
