"""Two releases work on one projection: during an upgrade side by side, and after going back one after the other."""

from collections.abc import AsyncIterator

import pytest
from integration.projection_scene import BOXES, WITH_CODE, Followed, amended, followed, life, names_of, received, stale

from buurtsein_chassis.consumer import Consumer
from buurtsein_chassis.documents import UnknownSchema
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


async def test_after_a_rollback_rows_of_the_later_release_are_stale_too(service: Followed) -> None:
    service.projection = WITH_CODE
    await service.rebuilt()
    service.projection = BOXES
    assert await stale(service)
    await service.rebuilt()
    assert not await stale(service)


async def test_an_event_waits_while_a_later_release_has_stored_the_row_of_its_stream(service: Followed) -> None:
    key, other = uuid7(), uuid7()
    await service.send(*life(key))
    await service.consume()
    await service.database.pool.execute("update known_network set schema = 2 where network_id = $1", key)
    consumer = Consumer(Subscription.keeping(service.projection), service.database)
    events = [received(amended(key, 5, "BIN Nieuwe naam")), received(life(other)[0])]
    with pytest.raises(UnknownSchema):
        await consumer.process(events)
    assert await service.database.pool.fetchval("select count(*) from dead_letter") == 0

    await service.database.pool.execute("update known_network set schema = 1 where network_id = $1", key)
    await consumer.process(events)
    assert (await names_of(service))[key] == "BIN Nieuwe naam"
