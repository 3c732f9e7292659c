"""Over HTTP on PostgreSQL: anybody sends a question to a network's coordinators; its text is stored encrypted."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from integration.registry_scene import Registry
from unit.registry.registry_enquiry_suite import question
from unit.registry.registry_memory import APPLICANT, CHIEF, GIVEN, NEIGHBOUR, NOW, SECRET

from buurtsein_chassis import retention
from buurtsein_kernel.clock import StandingClock
from buurtsein_kernel.keyring import Keyring
from buurtsein_registry import api, handlers
from buurtsein_registry.domain.network import Network
from buurtsein_registry.retention import bounds
from buurtsein_registry.settings import Settings
from buurtsein_registry.store import RegistryStore
from buurtsein_registry.store.vault_keys import persons_by_key
from harness.databases import FreshDatabase
from harness.in_process import caller, serving
from harness.problems import refused

LATER = replace(GIVEN, clock=StandingClock(NOW + timedelta(days=20)))
COORDINATOR, POLICE = caller(APPLICANT, "coordinator"), caller(CHIEF, "korpschef")
FORM: dict[str, Any] = question().model_dump(mode="json")


async def test_an_enquiry_of_a_stranger_reaches_the_coordinator_once(registry: Registry, network: Network) -> None:
    path, once = f"/networks/{network.network_id}/enquiries", {"Idempotency-Key": "k"}
    async with serving(api.router, registry.database, GIVEN) as client:
        sent = [await client.post(path, json=FORM, headers=once) for _ in range(2)]
        assert [(one.status_code, one.json()) for one in sent] == [(201, sent[0].json())] * 2
        assert not any(value in sent[0].text for value in (FORM["text"], FORM["email"], APPLICANT))
        refused(await client.get(path), 401, "token_missing")
        refused(await client.get(path, headers=POLICE), 403, "role_missing")
        refused(await client.get(path, headers=caller(NEIGHBOUR, "coordinator")), 404, "network_unknown")
        shown = await client.get(path, headers=COORDINATOR)
        [item] = shown.json()["items"]
        assert (item["text"], item["email"], item["phone"]) == (FORM["text"], FORM["email"], FORM["phone"])
        assert shown.headers["Cache-Control"] == "no-store"
        counts = (await client.get(f"{path}/counts", headers=POLICE)).json()
        assert counts == {"open": 1, "answered": 0, "spam": 0, "oldest_open": item["sent_at"]}
        await closed(client, item)


async def closed(client: httpx.AsyncClient, item: dict[str, Any]) -> None:
    path, body = f"/enquiries/{item['enquiry_id']}/closure", {"outcome": "ANSWERED"}
    refused(await client.post(path, json=body, headers=COORDINATOR), 428, "if_match_missing")
    seen = COORDINATOR | {"If-Match": f'"{item["version"]}"'}
    assert (await client.post(path, json=body, headers=seen)).json()["status"] == "ANSWERED"
    refused(await client.post(path, json=body, headers=seen), 412, "version_changed")
    again = await client.post(path, json=body, headers=COORDINATOR | {"If-Match": '"2"'})
    refused(again, 409, "transition_refused")


async def test_a_stranger_withdraws_an_enquiry_with_the_token_that_is_stored_nowhere(
    registry: Registry, network: Network
) -> None:
    path, once = f"/networks/{network.network_id}/enquiries", {"Idempotency-Key": "k"}
    async with serving(api.router, registry.database, GIVEN) as client:
        sent, again = [(await client.post(path, json=FORM, headers=once)).json() for _ in range(2)]
        assert sent["withdrawal_token"] == again["withdrawal_token"]
        body = {"withdrawal_token": sent["withdrawal_token"]}
        kept = str(await registry.database.pool.fetch("select body from idempotency"))
        assert sent["withdrawal_token"] not in kept
        other = f"/enquiries/{network.network_id}/withdrawal"
        refused(await client.post(other, json=body), 404, "enquiry_unknown")
        done = await client.post(f"/enquiries/{sent['enquiry_id']}/withdrawal", json=body)
        assert (done.status_code, done.json()) == (200, {"withdrawn": True})
        assert (await client.get(path, headers=COORDINATOR)).json() == {"items": []}


async def test_a_coordinator_reads_all_enquiries_by_cursor_and_each_read_is_noted(
    registry: Registry, network: Network
) -> None:
    path = f"/networks/{network.network_id}/enquiries"
    async with serving(api.router, registry.database, GIVEN) as client:
        sent = [(await client.post(path, json=FORM)).json()["enquiry_id"] for _ in range(3)]
        first = (await client.get(path, params={"limit": 2}, headers=COORDINATOR)).json()
        assert await registry.database.pool.fetchval("select count(*) from vault_read") == 2
        rest = (await client.get(path, params={"limit": 2, "cursor": first["next"]}, headers=COORDINATOR)).json()
        wrong = await client.get(path, params={"cursor": "open.x"}, headers=COORDINATOR)
    assert [one["enquiry_id"] for one in first["items"] + rest["items"]] == sent[::-1]
    assert ("next" in rest, wrong.status_code) == (False, 422)


@pytest.mark.parametrize(
    ("closed_days", "sent_days", "stays"), [(29, 200, 1), (31, 40, 0), (None, 89, 1), (None, 91, 0)]
)
async def test_an_enquiry_goes_some_time_after_it_was_closed_or_when_nobody_closed_it(
    registry: Registry,
    ledger_database: FreshDatabase,
    network: Network,
    closed_days: int | None,
    sent_days: int,
    stays: int,
) -> None:
    async with registry.unit_of_work() as store:
        await handlers.send_enquiry(network.network_id, question(), GIVEN, store)
    await registry.database.pool.execute(
        """update enquiry set sent_at = now() - make_interval(days => $1),
               closed_at = now() - make_interval(days => $2)""",
        sent_days,
        closed_days,
    )
    await retention.apply(ledger_database.migrator, bounds(Settings.model_construct()), "urn:be:nis:41002:bin:registry")
    assert await registry.database.pool.fetchval("select count(*) from enquiry") == stays


async def test_an_enquiry_that_waits_too_long_is_shown_to_police_and_city(registry: Registry, network: Network) -> None:
    async with registry.unit_of_work() as store:
        await handlers.send_enquiry(network.network_id, question(), GIVEN, store)
    async with serving(api.router, registry.database, LATER) as client:
        [item] = (await client.get("/continuity", headers=POLICE)).json()["items"]
    assert "enquiry_unanswered" in item["risks"]


async def test_nothing_of_an_enquiry_is_readable_and_its_key_follows_the_installation_key(
    registry: Registry, ledger_database: FreshDatabase, network: Network
) -> None:
    async with registry.unit_of_work() as store:
        sent = await handlers.send_enquiry(network.network_id, question(), GIVEN, store)
    connection = await asyncpg.connect(ledger_database.superuser)
    text = str(await connection.fetch("select e::text, encode(data, 'escape') from enquiry e"))
    await connection.close()
    assert not any(word in text for word in ("langskomen", "piet", "471998877"))
    changed = Keyring("het nieuwe geheim van de kluis, lang genoeg", [SECRET])
    async with registry.database.unit_of_work() as uow:
        assert await RegistryStore(uow, changed).encrypt_some(10) == 1
        assert await persons_by_key(uow.connection) == {changed.newest: 1}
        alone = RegistryStore(uow, Keyring("het nieuwe geheim van de kluis, lang genoeg"))
        [(enquiry, asked)] = await handlers.read_enquiries(network.network_id, APPLICANT, alone, 9)
    assert (enquiry.enquiry_id, asked.phone) == (sent.enquiry_id, "+32471998877")
