"""The funding service's store on a real PostgreSQL passes the same tests as its store in memory."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from unit.funding.funding_memory import (
    COORDINATOR,
    NOW,
    ask_more,
    coordinate,
    decide,
    network_in_order,
    request,
    review,
)
from unit.funding.funding_store_suite import FundingStoreSuite, add, new_application
from unit.funding.test_funding_store import ROWS

from buurtsein_contracts import KnownNetwork
from buurtsein_funding.documents import APPLICATIONS
from buurtsein_funding.projections import known_networks
from buurtsein_funding.retention import bounds
from buurtsein_funding.settings import Settings
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


async def test_retention_leaves_the_amounts_of_an_application_and_neither_requester_nor_typed_texts(
    stored: OnPostgres,
) -> None:
    await stored.learn(network := network_in_order())
    lines = [{"kind": "sms", "description": "typed by Jan", "cents": one} for one in (100, 200)]
    async with stored.unit_of_work() as store:
        asked = await ask_more(store, await request(store, network, cost_lines=lines), text="typed by An")
        completed = await coordinate(store, "submit", asked)
        prepared = await review(store, completed, granted_cents=250, reasons=["other"], explanation="typed by Bo")
        explained: dict[str, Any] = {"granted_cents": 250, "reasons": ["other"], "explanation": "typed by Bo"}
        decided = await decide(store, prepared, decision="GRANTED", **explained)
    [bound] = [one for one in bounds(Settings.model_construct()) if one.name == "application.requester"]
    await stored.database.pool.execute(bound.applied, NOW + timedelta(days=1))
    async with stored.unit_of_work() as store:
        left = await store.application(decided.application_id)
    assert not any(typed in left.model_dump_json() for typed in ("typed", COORDINATOR))
    assert [line.cents for line in left.cost_lines] == [100, 200]
    assert (left.granted_cents, left.reckoning) == (250, decided.reckoning)


async def _with_row(stored: OnPostgres, schema: int, row: dict[str, object]) -> UUID:
    """Insert an application for funding in the form of an earlier schema number; return its id."""
    application = await new_application()
    await add(stored, application)
    document = json.dumps(row | {"application_id": str(application.application_id)})
    await stored.database.pool.execute("update application set document = $1, schema = $2", document, schema)
    return application.application_id
