"""Over HTTP on PostgreSQL, no stored answer of funding contains an account, and the city sees no draft."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from integration.test_payment_machine import EVIDENCE
from unit.funding.funding_memory import COORDINATOR, FINANCE, GIVEN, TODAY, network_in_order, request

from buurtsein_chassis.database import Database
from buurtsein_contracts import uuid7
from buurtsein_funding import api
from buurtsein_funding.api.evidence_intake import EvidenceIntake
from buurtsein_funding.domain.application import Application
from buurtsein_funding.projections import known_networks
from buurtsein_funding.store import FundingStore
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database, opened
from harness.in_process import caller, serving
from harness.problems import refused

OWN, OF_CITY = caller(COORDINATOR, "coordinator"), caller(FINANCE, "finance")
ACCOUNT = {"holder": "An Peeters", "iban": "BE68539007547034", "message": "+++010/8068/17183+++"}

COLLEGE = {"decided_on": str(TODAY), "reference": "CBS/2026/1187"}
STEPS = {
    "questions": {"missing": ["proof"], "text": "Bezorg de factuur.", "until": str(TODAY + timedelta(days=7))},
    "review": {"proposal": "GRANTED"},
    "decision": {"decision": "REJECTED", "reasons": ["outside_year"], "college": COLLEGE},
    "justification": {"invoices": [{"evidence_id": str(uuid7()), "cents": 1}]},
    "reclamation": {"reclaimed_cents": 1, "reason": "not_spent"},
}
"""A valid request body for each step that the city can take on an application."""


@pytest.fixture
async def database(servers: RunningServers) -> AsyncIterator[Database]:
    async with fresh_database(servers, "funding") as where, opened(where.app) as database:
        yield database


@pytest.fixture
async def client(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    intake = EvidenceIntake(None, 20, 100_000, scan=None)
    async with serving(api.router, database, GIVEN, intake) as client:
        yield client


async def drafted(database: Database) -> Application:
    """Store and return a draft of a new network."""
    network = network_in_order()
    async with database.unit_of_work() as uow:
        await known_networks.save(uow.connection, {str(network.network_id): network})
        return await request(FundingStore(uow), network, draft=True)


async def test_the_stored_answer_about_an_account_does_not_contain_the_account(
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


async def test_the_city_cannot_read_or_change_an_application_that_was_never_submitted(
    database: Database, client: httpx.AsyncClient
) -> None:
    application_id, evidence_id = (await drafted(database)).application_id, uuid7()
    path, seen = f"/applications/{application_id}", {"If-Match": '"1"'}
    await client.put(f"{path}/account", json=ACCOUNT, headers=OWN)
    await database.pool.execute(EVIDENCE, evidence_id, application_id)
    why = {"reason": "review"}
    for read in ("", "/evidence", f"/evidence/{evidence_id}", "/account"):
        refused(await client.get(f"{path}{read}", headers=OF_CITY, params=why), 404, "application_unknown")
    for step, body in STEPS.items():
        answer = await client.post(f"{path}/{step}", json=body, headers=OF_CITY | seen)
        refused(answer, 404, "application_unknown")
    payment = {"application_ids": [str(application_id)], "pay_on": str(TODAY)}
    refused(await client.post("/payment-batches", json=payment, headers=OF_CITY), 404, "application_unknown")
    assert await database.pool.fetchval("select count(*) from account_reading") == 0
    await client.post(f"{path}/submission", headers=OWN | seen)
    for read in ("", "/evidence", "/account"):
        assert (await client.get(f"{path}{read}", headers=OF_CITY, params=why)).status_code == 200
