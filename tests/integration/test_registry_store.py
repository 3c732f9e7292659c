"""The store of the service registry passes, on a real PostgreSQL, the tests that the store in memory passes."""

import json
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from unit.registry.registry_memory import GIVEN, NEIGHBOUR, applied
from unit.registry.registry_store_suite import RegistryStoreSuite, joined, open_network
from unit.registry.test_registry_store import ROWS

from buurtsein_registry.documents import ADDRESSES, NETWORKS
from buurtsein_registry.store import RegistryStore
from buurtsein_registry.views import network_file
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database, opened
from harness.stores import PostgresStore

type OnPostgres = PostgresStore[RegistryStore]


@pytest.fixture
async def stored(servers: RunningServers) -> AsyncIterator[OnPostgres]:
    async with fresh_database(servers, "registry") as where, opened(where.app) as database:
        yield PostgresStore(database, RegistryStore)


class TestOnPostgres(RegistryStoreSuite):
    """Runs the shared store tests on PostgreSQL."""


async def test_a_row_of_every_schema_is_shown_and_written_anew_under_the_newest(stored: OnPostgres) -> None:
    async with stored.unit_of_work() as store:
        network_id = (await applied(store)).network_id
    for schema, row in json.loads(ROWS.read_text())["network"].items():
        await _put(stored, network_id, int(schema), row)
        async with stored.database.connection() as connection:
            shown = await network_file(connection, network_id, GIVEN.today, None)
        async with stored.unit_of_work() as store:
            await store.save_network(await store.network(network_id))
        written = await stored.database.pool.fetchrow("select schema, version from network")
        assert written
        assert (written["schema"], written["version"]) == (NETWORKS.schema, shown.version + 1)


async def _put(stored: OnPostgres, network_id: UUID, schema: int, row: dict[str, object]) -> None:
    document = json.dumps(row | {"network_id": str(network_id)})
    await stored.database.pool.execute("update network set document = $1, schema = $2", document, schema)


async def test_an_address_in_the_vault_has_its_schema_number(stored: OnPostgres) -> None:
    await joined(stored, await open_network(stored))
    row = await stored.database.pool.fetchrow("select * from person_vault where person = $1", NEIGHBOUR)
    assert row
    assert ADDRESSES.read(row["address"], row["address_schema"]).street == "Molenstraat"
