"""The registry's store on a real PostgreSQL passes the same tests as its store in memory."""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from uuid import UUID, uuid4

import asyncpg
import pytest
from cryptography.exceptions import InvalidTag
from integration.registry_scene import Registry
from unit.registry.registry_contact_suite import ContactSuite
from unit.registry.registry_correction_suite import CorrectionSuite
from unit.registry.registry_enquiry_suite import EnquirySuite
from unit.registry.registry_memory import APPLICANT, GIVEN, NEIGHBOUR, OFFICER, SECRET, applied, joining
from unit.registry.registry_own_data_suite import OwnDataSuite
from unit.registry.registry_store_suite import RegistryStoreSuite, joined, open_network, refusal
from unit.registry.registry_year_suite import YearSuite
from unit.registry.test_registry_store import ROWS

from buurtsein_contracts.events.erasure import ErasureReason
from buurtsein_kernel.keyring import Keyring
from buurtsein_registry import handlers
from buurtsein_registry.commands import Address, ConfirmErasures, Leave
from buurtsein_registry.documents import ADDRESSES, NETWORKS
from buurtsein_registry.domain.vault_read import Reader
from buurtsein_registry.handlers.members import personal_data
from buurtsein_registry.store import RegistryStore
from buurtsein_registry.store.confirmations import late_erasures
from buurtsein_registry.views import network_file, open_erasures
from harness.databases import FreshDatabase
from harness.waiting import wait_until


class TestOnPostgres(RegistryStoreSuite, OwnDataSuite, CorrectionSuite, YearSuite, EnquirySuite, ContactSuite):
    """Runs the shared store tests on PostgreSQL."""

    @pytest.fixture
    def stored(self, registry: Registry) -> Registry:
        return registry


async def test_a_row_of_every_schema_is_shown_and_written_anew_under_the_newest(registry: Registry) -> None:
    async with registry.unit_of_work() as store:
        network_id = (await applied(store)).network_id
    for schema, row in json.loads(ROWS.read_text())["network"].items():
        await _put(registry, network_id, int(schema), row)
        async with registry.database.connection() as connection:
            shown = await network_file(connection, network_id, GIVEN.today, None)
        async with registry.unit_of_work() as store:
            await store.save_network(await store.network(network_id))
        written = await registry.database.pool.fetchrow("select schema, version from network")
        assert written
        assert (written["schema"], written["version"]) == (NETWORKS.schema, shown.version + 1)


async def _put(registry: Registry, network_id: UUID, schema: int, row: dict[str, object]) -> None:
    document = json.dumps(row | {"network_id": str(network_id)})
    await registry.database.pool.execute("update network set document = $1, schema = $2", document, schema)


async def test_nothing_of_a_person_is_readable_in_the_vault(registry: Registry) -> None:
    await joined(registry, await open_network(registry))
    rows = await registry.database.pool.fetch(
        "select v::text || a::text from person_vault v join member_address a using (person)"
    )
    assert len(rows) == 1
    assert not any(word in str(rows) for word in ("Ann", "Voorbeeld", "470123456", "Molenstraat"))


async def test_a_row_that_the_release_before_wrote_is_encrypted_when_it_is_read_or_by_the_job(
    registry: Registry,
) -> None:
    member = await joined(registry, await open_network(registry))
    await registry.database.pool.execute("delete from person_vault")
    for act in (read, encrypt_all):
        await registry.database.pool.execute(WRITTEN_BEFORE, NEIGHBOUR, ADDRESSES.write(joining().address))
        await act(registry)
        plain = await registry.database.pool.fetchval("select count(*) from person_vault where name is not null")
        assert (plain, await read(registry)) == (0, ("An Vroeger", {member.member_id: joining().address}))


async def test_data_keys_are_encrypted_under_the_newest_installation_key(registry: Registry) -> None:
    network = await open_network(registry)
    await joined(registry, network)
    changed = Keyring("het nieuwe geheim van de kluis, lang genoeg", [SECRET])
    async with registry.database.unit_of_work() as uow:
        assert await RegistryStore(uow, changed).encrypt_some(10) == 1
    alone = Keyring("het nieuwe geheim van de kluis, lang genoeg")
    async with registry.database.unit_of_work() as uow:
        store = RegistryStore(uow, alone)
        assert await store.person_data(NEIGHBOUR) == personal_data(joining())
        assert await store.members_at(network.network_id, joining().address) == 1
        assert await store.encrypt_some(10) == 0


async def test_a_row_cannot_be_read_as_the_row_of_another_person(registry: Registry) -> None:
    network = await open_network(registry)
    await joined(registry, network)
    await joined(registry, network, APPLICANT)
    swapped = "update person_vault set (data, data_key) = (select data, data_key from person_vault where person = $1)"
    await registry.database.pool.execute(swapped, APPLICANT)
    with pytest.raises(InvalidTag):
        await read(registry)


async def test_nothing_of_an_erased_person_is_readable_in_any_table(
    registry: Registry, ledger_database: FreshDatabase
) -> None:
    planted = joining(email="ann@voorbeeld.be", channels=["email"])
    network = await open_network(registry)
    async with registry.unit_of_work() as store:
        member = await handlers.join(network.network_id, planted, NEIGHBOUR, GIVEN, store)
        await handlers.read_person(NEIGHBOUR, Reader(OFFICER, "officer", "Ann Voorbeeld belde ons"), store)
        await stored_plainly(store, network.network_id)
    assert await found_in(ledger_database, PLANTED) == {("network", "Molenstraat")}, "the search finds what is there"
    async with registry.unit_of_work() as store:
        await handlers.leave(member.member_id, Leave(), NEIGHBOUR, GIVEN, store, police=False)
        await handlers.erase(NEIGHBOUR, ErasureReason.REQUESTED, GIVEN, store, official=None)
    keys = await registry.database.pool.fetchval("select count(*) from person_vault")
    readable = await found_in(ledger_database, PLANTED) - {("network", "Molenstraat")}
    assert (keys, readable) == (0, set())
    assert await found_in(ledger_database, [NEIGHBOUR]) == {(table, NEIGHBOUR) for table in BY_PSEUDONYM}


async def test_an_erasure_is_open_until_each_consumer_that_must_has_confirmed_it(registry: Registry) -> None:
    network = await open_network(registry)
    member = await joined(registry, network)
    async with registry.unit_of_work() as store:
        await handlers.leave(member.member_id, Leave(), NEIGHBOUR, GIVEN, store, police=False)
        await handlers.erase(NEIGHBOUR, ErasureReason.REQUESTED, GIVEN, store, official=None)
    rules = replace(GIVEN.rules, erasure_consumers=("city-backoffice", "police-backoffice"))
    given = replace(GIVEN, rules=rules)
    async with registry.database.unit_of_work() as uow:
        waiting = (await open_erasures(uow.connection, rules)).items
        assert [(one.consumer, one.late) for one in waiting] == [(name, False) for name in rules.erasure_consumers]
        command = ConfirmErasures(consumer="city-backoffice", events=[waiting[0].event_id])
        for _ in range(2):
            await handlers.confirm_erasures(command, OFFICER, given, RegistryStore(uow, GIVEN.keyring))
        left = (await open_erasures(uow.connection, rules)).items
        assert [one.consumer for one in left] == ["police-backoffice"]
        assert await late_erasures(uow.connection, rules.erasure_consumers, 0) == {
            "city-backoffice": 0,
            "police-backoffice": 1,
        }
    for name, event, code in (("nobody", waiting[0].event_id, "consumer"), ("city-backoffice", uuid4(), "erasure")):
        with refusal(f"{code}_unknown"):
            async with registry.unit_of_work() as store:
                unknown = ConfirmErasures(consumer=name, events=[event])
                await handlers.confirm_erasures(unknown, OFFICER, given, store)


async def test_a_second_membership_at_the_same_moment_keeps_the_email_of_the_first_one(
    registry: Registry,
) -> None:
    one, other = await open_network(registry), await open_network(registry)
    async with registry.unit_of_work() as store:
        by_email = joining(email="ann@voorbeeld.be", channels=["email"])
        await handlers.join(one.network_id, by_email, NEIGHBOUR, GIVEN, store)
        second = asyncio.create_task(joined(registry, other))
        await wait_until("the second request waits for the first", partial(registry.database.pool.fetchval, WAITING))
    await second
    async with registry.unit_of_work() as store:
        data = await store.person_data(NEIGHBOUR)
    assert data
    assert data.email == "ann@voorbeeld.be"


WAITING = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
BY_PSEUDONYM = ("event_log", "event_stream", "vault_read")
"""The tables in which the pseudonym of an erased person stays."""
PLANTED = ("Ann Voorbeeld", "ann@voorbeeld.be", "32470123456", "Molenstraat")


async def stored_plainly(store: RegistryStore, network_id: UUID) -> None:
    """Store a network under a name that the search must find."""
    network = await store.network(network_id)
    network.name = "BIN Molenstraat"
    await store.save_network(network)


async def found_in(ledger_database: FreshDatabase, words: Iterable[str]) -> set[tuple[str, str]]:
    """Return each (table, word) for which the word is readable in a column of the table, including byte columns."""
    connection = await asyncpg.connect(ledger_database.superuser)
    tables = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
    found = set()
    for (table,) in tables:
        rows = await connection.fetch(f"select * from {table}")  # names from the catalogue
        text = "".join(map(readable, (value for row in rows for value in row)))
        found |= {(table, word) for word in words if word in text}
    await connection.close()
    return found


def readable(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


WRITTEN_BEFORE = """
insert into person_vault (person, name, mobile, address) values ($1, 'An Vroeger', '+32470123456', $2)
on conflict (person) do update set name = excluded.name, mobile = excluded.mobile, address = excluded.address
"""


async def read(registry: Registry) -> tuple[str | None, dict[UUID, Address]]:
    """Return the member's name and addresses, as the store decrypts them."""
    async with registry.unit_of_work() as store:
        data = await store.person_data(NEIGHBOUR)
        return data.name if data else None, await store.addresses(NEIGHBOUR)


async def encrypt_all(registry: Registry) -> None:
    async with registry.unit_of_work() as store:
        while await store.encrypt_some(1):
            pass
