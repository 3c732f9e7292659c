"""With a real Kafka and database, a projection is rebuilt and verified from its topic while its consumer goes on."""

from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest
from integration.projection_scene import (
    BOXES,
    WITH_CODE,
    Followed,
    amended,
    followed,
    life,
    names_of,
    received,
    stale,
)

from buurtsein_chassis.consumer import Consumer
from buurtsein_chassis.health import Health
from buurtsein_chassis.projections import tasks
from buurtsein_chassis.projections.rebuild import Incomplete
from buurtsein_chassis.subscription import Subscription
from buurtsein_contracts import uuid7
from buurtsein_stack.servers import RunningServers


@pytest.fixture
async def service(servers: RunningServers) -> AsyncIterator[Followed]:
    """Yield a service that has read some networks with the first version of its projection."""
    async with followed(servers, BOXES) as one:
        await one.send(*life(uuid7()), *life(uuid7()))
        await one.consume()
        yield one


async def test_a_rebuild_in_another_shape_gives_the_rows_of_a_fresh_projection(
    service: Followed, servers: RunningServers
) -> None:
    key, late = uuid7(), uuid7()
    await service.send(*life(key))
    await service.consume()
    await service.database.pool.execute("update known_network set remark = 'own' where network_id = $1", key)
    await service.database.pool.execute("insert into visit values ($1)", key)

    service.projection = WITH_CODE
    await service.send(*life(late))
    await service.consume()
    codes = dict(await service.rows("network_id, code"))
    assert (codes[key], codes[late] is not None, await stale(service)) == (None, True, True)

    result = await service.rebuilt()
    assert result.incomplete == []
    assert str(key) in result.differing
    assert str(late) not in result.differing
    assert not await stale(service)
    async with followed(servers, WITH_CODE) as fresh:
        await fresh.consume()
        kept = ", ".join(WITH_CODE.kept)
        assert await service.rows(kept) == await fresh.rows(kept)
        assert await service.positions() == await fresh.positions()
    assert ("own",) in await service.rows("remark")
    assert (await service.verified()).differing == []


async def test_events_that_come_during_the_rebuild_are_in_the_rows_once(service: Followed) -> None:
    key, late, told = uuid7(), uuid7(), []
    await service.send(*life(key))
    await service.consume()

    async def meanwhile(read: int, total: int) -> None:
        told.append((read, total))
        if len(told) == 1:
            await service.send(amended(key, 5, "BIN Nieuwe naam"), *life(late))
            await service.consume()

    await service.rebuilt(meanwhile)
    names = await names_of(service)
    assert (names[key], late in names) == ("BIN Nieuwe naam", True)
    assert all(read <= total for read, total in told)
    await service.send(amended(key, 6, "BIN Nog een naam"))
    await service.consume()
    assert (await names_of(service))[key] == "BIN Nog een naam"
    assert dict(await service.positions())[str(key)] == 6
    assert (await service.verified()).differing == []


async def test_a_consumer_drops_events_that_a_rebuild_has_already_applied(service: Followed) -> None:
    key = uuid7()
    await service.send(*life(key))
    await service.rebuilt()
    rows = await service.rows()
    assert key in await names_of(service)
    await service.consume()
    assert await service.rows() == rows


async def test_a_rebuild_that_is_cancelled_changes_nothing(service: Followed) -> None:
    await spoil(service)
    before = await service.rows(), await service.positions()

    async def broken_off(_read: int, _total: int) -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        await service.rebuilt(broken_off)
    assert (await service.rows(), await service.positions()) == before
    query = "select count(*) from pg_class where relpersistence = 't' and relname = 'known_network'"
    assert await service.database.pool.fetchval(query) == 0
    assert (await service.rebuilt()).differing != []
    assert (await service.verified()).differing == []


async def spoil(service: Followed) -> list[UUID]:
    """Change one row of a projection, delete one, and insert one for a key without events; return the three keys."""
    (changed,), (gone,) = (await service.rows("network_id"))[:2]
    unfounded = uuid7()
    pool = service.database.pool
    await pool.execute("update known_network set west = 0 where network_id = $1", changed)
    await pool.execute("delete from known_network where network_id = $1", gone)
    await pool.execute("insert into known_network (network_id, document) values ($1, '{}')", unfounded)
    return sorted([changed, gone, unfounded])


async def test_verify_names_the_rows_that_differ_and_changes_nothing(service: Followed) -> None:
    spoilt = await spoil(service)
    before = await service.rows()
    assert (await service.verified()).differing == [str(key) for key in spoilt]
    assert await service.rows() == before
    assert (await service.rebuilt()).differing == [str(key) for key in spoilt]
    assert (await service.verified()).differing == []


async def test_streams_with_missing_events_are_named_and_kept_only_on_request(service: Followed) -> None:
    key = uuid7()
    lost, *rest = life(key)
    consumer = Consumer(Subscription.keeping(service.projection), service.database)
    await consumer.process([received(lost)])
    await service.send(*rest)
    await service.consume()
    await spoil(service)
    before = await service.rows()

    with pytest.raises(Incomplete) as refused:
        await service.rebuilt()
    assert refused.value.keys == [str(key)]
    assert await service.rows() == before
    assert (await service.verified()).incomplete == [str(key)]

    result = await service.rebuilt(keep_incomplete=True)
    assert result.incomplete == [str(key)]
    assert (await names_of(service))[key] is not None
    assert dict(await service.positions())[str(key)] == 4
    assert (await service.verified()).differing == []


async def test_a_worker_runs_a_task_and_stores_its_outcome(service: Followed) -> None:
    spoilt = await spoil(service)
    health = Health(30)
    worker = service.worker(Subscription.keeping(WITH_CODE), health)
    await worker.once()
    assert health.stale == ["reports.networks"]

    async with service.database.connection() as connection:
        assert await tasks.ask(connection, WITH_CODE, "rebuild", keep_incomplete=False) == "asked"
        assert await tasks.ask(connection, WITH_CODE, "verify", keep_incomplete=False) == "busy"
        assert await tasks.stop(connection, WITH_CODE.name) == "stopped"
        assert await tasks.stop(connection, WITH_CODE.name) == "idle"
        await worker.once()
        [stopped] = await tasks.standings(connection, [WITH_CODE])
        assert (stopped.task_state, stopped.stale) == ("stopped", True)

        assert await tasks.ask(connection, WITH_CODE, "rebuild", keep_incomplete=False) == "asked"
        await worker.once()
        await worker.once()
        [done] = await tasks.standings(connection, [WITH_CODE])
    assert (done.task_state, done.stale, health.stale) == ("done", False, [])
    assert done.records_read == done.records_of > 0
    assert done.outcome is not None
    assert done.outcome["records"] == done.records_read
    assert done.outcome["differing"] >= len(spoilt)
    service.projection = WITH_CODE
    assert (await service.verified()).differing == []


async def test_one_of_two_workers_runs_a_task(service: Followed) -> None:
    async with service.database.connection() as connection:
        await tasks.ask(connection, BOXES, "verify", keep_incomplete=False)
    other = await asyncpg.connect(service.where.app)
    await other.execute("select pg_advisory_lock(hashtext('projection'), hashtext($1))", BOXES.name)
    worker = service.worker(Subscription.keeping(BOXES), Health(30))
    await worker.once()
    assert await service.database.pool.fetchval("select task_state from projection") == "asked"
    await other.close()
    await worker.once()
    assert await service.database.pool.fetchval("select task_state from projection") == "done"
