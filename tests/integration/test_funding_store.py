"""The funding service's store on a real PostgreSQL passes the same tests as its store in memory."""

import json
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from unit.funding.funding_store_suite import FundingStoreSuite, add, new_application
from unit.funding.test_funding_store import ROWS

from buurtsein_contracts import KnownNetwork
from buurtsein_funding.documents import APPLICATIONS
from buurtsein_funding.projections import known_networks
from buurtsein_funding.store import FundingStore
from buurtsein_funding.views import application_file
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database, opened
from harness.stores import PostgresStore


class OnPostgres(PostgresStore[FundingStore]):
    """The funding service's store on PostgreSQL, with extra methods that the shared store tests need."""

    async def learn(self, network: KnownNetwork) -> None:
        async with self.database.unit_of_work() as uow:
            await known_networks.save(uow.connection, {str(network.network_id): network})


@pytest.fixture
async def stored(servers: RunningServers) -> AsyncIterator[OnPostgres]:
    async with fresh_database(servers, "funding") as where, opened(where.app) as database:
        yield OnPostgres(database, FundingStore)


class TestOnPostgres(FundingStoreSuite):
    """Runs the shared store tests on PostgreSQL."""


async def test_a_row_of_every_schema_is_shown_and_written_anew_under_the_newest(stored: OnPostgres) -> None:
    for schema, row in json.loads(ROWS.read_text()).items():
        application_id = await _with_row(stored, int(schema), row)
        async with stored.database.connection() as connection:
            shown = await application_file(connection, application_id, None)
        async with stored.unit_of_work() as store:
            await store.save_application(await store.application(application_id))
        written = await stored.database.pool.fetchrow("select * from application")
        assert written
        assert (written["schema"], written["version"]) == (APPLICATIONS.schema, shown.version + 1)
        await stored.database.pool.execute("delete from application")


async def _with_row(stored: OnPostgres, schema: int, row: dict[str, object]) -> UUID:
    """Insert an application for funding in the form of an earlier schema number; return its id."""
    application = await new_application()
    await add(stored, application)
    document = json.dumps(row | {"application_id": str(application.application_id)})
    await stored.database.pool.execute("update application set document = $1, schema = $2", document, schema)
    return application.application_id
