"""Over HTTP on PostgreSQL: a coordinator puts an address in the public list of networks, and takes the address out."""

from typing import Any

import asyncpg
import httpx
from integration.registry_scene import Registry
from unit.registry.registry_contact_suite import publishing
from unit.registry.registry_memory import APPLICANT, CHIEF, GIVEN, NEIGHBOUR, SECRET

from buurtsein_kernel.keyring import Keyring
from buurtsein_registry import api
from buurtsein_registry.domain.network import Network
from buurtsein_registry.store import RegistryStore
from buurtsein_registry.store.vault_keys import persons_by_key
from harness.databases import FreshDatabase
from harness.in_process import caller, serving
from harness.problems import refused

COORDINATOR = caller(APPLICANT, "coordinator")
FORM: dict[str, Any] = publishing().model_dump(mode="json")


async def overview(client: httpx.AsyncClient) -> list[dict[str, str]]:
    [item] = (await client.get("/networks")).json()["items"]
    contacts: list[dict[str, str]] = item["contacts"]
    return contacts


async def test_everybody_sees_the_contact_until_it_is_withdrawn(registry: Registry, network: Network) -> None:
    path, csv = f"/networks/{network.network_id}/public-contact", {"Accept": "text/csv"}
    async with serving(api.router, registry.database, GIVEN) as client:
        before = await client.get("/networks", headers=csv)
        refused(await client.put(path, json=FORM), 401, "token_missing")
        refused(await client.put(path, json=FORM, headers=caller(CHIEF, "korpschef")), 403, "role_missing")
        refused(await client.put(path, json=FORM, headers=caller(NEIGHBOUR, "coordinator")), 403, "not_the_coordinator")
        nothing = FORM | {"email": None, "phone": None}
        assert (await client.put(path, json=nothing, headers=COORDINATOR)).json()["errors"][0][
            "code"
        ] == "contact_missing"
        assert await overview(client) == []
        done = await client.put(path, json=FORM, headers=COORDINATOR | {"Idempotency-Key": "k"})
        assert (done.status_code, sorted(done.json())) == (200, ["consent_version", "consented_at"])
        assert await overview(client) == [{"email": "wijk@voorbeeld.be", "phone": "+32471556677"}]
        shown = await client.get("/networks", headers=csv | {"If-None-Match": before.headers["ETag"]})
        assert (shown.status_code, "wijk@voorbeeld.be" in shown.text, APPLICANT in shown.text) == (200, True, False)
        own = (await client.get("/persons/me/data", headers=COORDINATOR)).json()
        assert own["public_contacts"][0]["contact"] == {"email": "wijk@voorbeeld.be", "phone": "+32471556677"}
        assert (await client.delete(path, headers=COORDINATOR)).json() == {"withdrawn": True}
        refused(await client.delete(path, headers=COORDINATOR), 404, "contact_unknown")
        assert await overview(client) == []


async def test_a_contact_is_encrypted_and_its_key_follows_the_installation_key(
    registry: Registry, ledger_database: FreshDatabase, network: Network
) -> None:
    path = f"/networks/{network.network_id}/public-contact"
    async with serving(api.router, registry.database, GIVEN) as client:
        await client.put(path, json=FORM, headers=COORDINATOR | {"Idempotency-Key": "k"})
    connection = await asyncpg.connect(ledger_database.superuser)
    tables = await connection.fetch("select c::text, encode(data, 'escape') from public_contact c")
    answers = await connection.fetch("select * from idempotency")
    await connection.close()
    assert not any(word in str([tables, answers]) for word in ("wijk@", "471556677"))
    changed = Keyring("het nieuwe geheim van de kluis, lang genoeg", [SECRET])
    async with registry.database.unit_of_work() as uow:
        assert await RegistryStore(uow, changed).encrypt_some(10) == 1
        assert await persons_by_key(uow.connection) == {changed.newest: 1}
        alone = RegistryStore(uow, Keyring("het nieuwe geheim van de kluis, lang genoeg"))
        [kept] = (await alone.contacts_of(APPLICANT)).values()
    assert kept.contact.email == "wijk@voorbeeld.be"
