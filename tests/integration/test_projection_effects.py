"""With a real Kafka and database, a rebuild leaves events that the consumer has not applied yet to the consumer."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from integration.projection_scene import BOXES, Followed, amended, followed, life, names_of

from buurtsein_chassis.consumer import Consumer
from buurtsein_chassis.health import Health
from buurtsein_chassis.operations.audit import Operator
from buurtsein_chassis.operations.dead_letters import Chosen, dead_letters, redrive
from buurtsein_chassis.projections import tasks
from buurtsein_contracts import KnownNetwork, uuid7
from buurtsein_stack.servers import RunningServers


class Effects:
    """An effect of each change of a row: it stores the names before and after, and fails for the name `refused`."""

    def __init__(self) -> None:
        self.names: list[tuple[str | None, str]] = []
        self.refused: str | None = None

    async def __call__(self, before: KnownNetwork | None, after: KnownNetwork, _uow: Any) -> None:
        """Note the old and the new name of a network if they differ; raise ValueError if the new one is `refused`."""
        name, known = _name(after), _name(before) if before else None
        if name == self.refused:
            raise ValueError(name)
        if name != known:
            self.names.append((known, name))


def _name(network: KnownNetwork) -> str:
    return network.named.value if network.named else ""


@pytest.fixture
def effects() -> Effects:
    return Effects()


@pytest.fixture
async def service(servers: RunningServers, effects: Effects) -> AsyncIterator[Followed]:
    """Yield a service whose projection has an effect for each change."""
    async with followed(servers, BOXES) as one:
        one.changed = effects
        yield one


@pytest.fixture
async def key(service: Followed, effects: Effects) -> UUID:
    """Return the key of a network; the consumer has applied all its events."""
    known = uuid7()
    await service.send(*life(known))
    await service.consume()
    effects.names.clear()
    return known


async def position(service: Followed, key: UUID) -> int:
    return int(dict(await service.positions())[str(key)])


async def rebuilt_by_a_worker(service: Followed) -> None:
    worker = service.worker(service.subscription, Health(30))
    async with service.database.connection() as connection:
        assert await tasks.ask(connection, BOXES, "rebuild", keep_incomplete=False) == "asked"
        await worker.once()
        [done] = await tasks.standings(connection, [BOXES])
    assert done.task_state == "done"


async def test_events_behind_a_dead_letter_keep_their_effects(service: Followed, effects: Effects, key: UUID) -> None:
    effects.refused = "BIN Vijf"
    await service.send(amended(key, 5, "BIN Vijf"), amended(key, 6, "BIN Zes"))
    await service.consume()
    before = (await names_of(service))[key]
    assert await position(service, key) == 4

    await rebuilt_by_a_worker(service)
    assert (await position(service, key), (await names_of(service))[key]) == (4, before)
    assert (await service.verified()).differing == []

    effects.refused = None
    async with service.database.connection() as connection:
        [letter] = await dead_letters(connection, Chosen(key=str(key)))
        assert await redrive(connection, letter["id"], Operator("an.operator", "mended")) == "redriven"
    await Consumer(service.subscription, service.database).process([])
    assert effects.names == [(before, "BIN Vijf"), ("BIN Vijf", "BIN Zes")]
    assert await position(service, key) == 6
    assert (await service.verified()).differing == []


async def test_events_that_the_consumer_applies_during_a_rebuild_are_in_the_rows_and_later_ones_are_left(
    service: Followed, effects: Effects, key: UUID
) -> None:
    late, steps = uuid7(), list[int]()
    before = (await names_of(service))[key]
    await service.send(amended(key, 5, "BIN Vijf"))

    async def meanwhile(_read: int, _total: int) -> None:
        steps.append(await position(service, key))
        if len(steps) == 1:
            await service.consume()
            await service.send(amended(key, 6, "BIN Zes"), *life(late))

    await service.rebuilt(meanwhile)
    assert steps[0] == 4
    assert (await position(service, key), (await names_of(service))[key]) == (5, "BIN Vijf")
    assert late not in await names_of(service)
    assert (await service.verified()).differing == []

    await service.consume()
    of_key = [names for names in effects.names if "BIN Vijf" in names]  # another stream may be read before or after
    assert of_key == [(before, "BIN Vijf"), ("BIN Vijf", "BIN Zes")]
    assert (await position(service, key), await position(service, late)) == (6, 4)
    assert late in await names_of(service)
    assert (await service.verified()).differing == []


async def test_a_rebuild_corrects_a_wrong_row_with_the_events_that_the_consumer_has_applied(
    service: Followed, effects: Effects, key: UUID
) -> None:
    rows = await service.rows(", ".join(BOXES.kept))
    await service.send(amended(key, 5, "BIN Vijf"))
    await service.database.pool.execute("update known_network set west = 0 where network_id = $1", key)
    result = await service.rebuilt()
    assert (result.differing, result.incomplete) == ([str(key)], [])
    assert await service.rows(", ".join(BOXES.kept)) == rows
    await service.consume()
    assert [name for _, name in effects.names] == ["BIN Vijf"]
