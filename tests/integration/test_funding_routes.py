"""Over HTTP on PostgreSQL, no route of funding stores or shows what it must not."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest
from unit.funding.funding_memory import COORDINATOR, GIVEN, network_in_order, request

from buurtsein_chassis.database import Database
from buurtsein_funding import api
from buurtsein_funding.domain.application import Application
from buurtsein_funding.projections import known_networks
from buurtsein_funding.store import FundingStore
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database, opened
from harness.in_process import caller, serving

OWN = caller(COORDINATOR, "coordinator")
ACCOUNT = {"holder": "An Peeters", "iban": "BE68539007547034", "message": "+++010/8068/17183+++"}


@pytest.fixture
async def database(servers: RunningServers) -> AsyncIterator[Database]:
    async with fresh_database(servers, "funding") as where, opened(where.app) as database:
        yield database


@pytest.fixture
async def client(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(api.router, database, GIVEN) as client:
        yield client


async def drafted(database: Database) -> Application:
    """Store a draft of a new network."""
    network = network_in_order()
    async with database.unit_of_work() as uow:
        await known_networks.save(uow.connection, {str(network.network_id): network})
        return await request(FundingStore(uow), network, draft=True)


async def test_the_stored_answer_about_an_account_has_nothing_of_the_account(
    database: Database, client: httpx.AsyncClient
) -> None:
    path, key = f"/applications/{(await drafted(database)).application_id}/account", {"Idempotency-Key": "once"}
    first, again = [await client.put(path, json=ACCOUNT, headers=OWN | key) for _ in range(2)]
    assert (first.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert first.json() == again.json()
    shown = {"holder": "An Peeters", "iban": "BE68 •••••••• 7034", "message": "010806817183"}
    assert first.json() | shown == first.json()
    stored = await database.pool.fetchval("select body from idempotency")
    assert json.loads(stored) == {"application_id": first.json()["application_id"]}
