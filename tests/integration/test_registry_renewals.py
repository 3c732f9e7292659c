"""Officials find the networks whose recognition must be renewed."""

from typing import Any

from unit.registry.registry_memory import GIVEN, MAYOR, recognised

from buurtsein_registry import api
from buurtsein_registry.store import RegistryStore
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database, opened
from harness.in_process import caller, serving
from harness.stores import PostgresStore


async def test_officials_find_dossiers_whose_recognition_must_be_renewed(servers: RunningServers) -> None:
    async with fresh_database(servers, "registry") as where, opened(where.app) as database:
        stored: PostgresStore[Any] = PostgresStore(database, lambda uow: RegistryStore(uow, GIVEN.keyring))
        async with stored.unit_of_work() as store:
            await recognised(store)
            due = await recognised(store)
            assert due.recognition
            due.recognition.renewal_on = due.recognition.start
            await store.save_network(due)
        async with serving(api.router, database, GIVEN) as client:
            asked = {"renewal_due": True}
            found = await client.get("/dossiers", params=asked, headers=caller(MAYOR, "burgemeester"))
    assert [item["network_id"] for item in found.json()["items"]] == [str(due.network_id)]
