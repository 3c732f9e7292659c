"""On PostgreSQL, bank accounts are encrypted, each read of them is recorded, and nothing is paid twice."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from unit.funding.funding_memory import (
    CLERK,
    COORDINATOR,
    FINANCE,
    GIVEN,
    KEYRING,
    TODAY,
    grant,
    joined_by,
    network_in_order,
    request,
)

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.blobs import BlobFolder, BlobUnreadable
from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.database import Database
from buurtsein_contracts import uuid7
from buurtsein_funding import api, commands, handlers, views
from buurtsein_funding.bank import Result
from buurtsein_funding.domain.application import Application
from buurtsein_funding.domain.evidence import EvidenceKind
from buurtsein_funding.domain.paying import Effect
from buurtsein_funding.jobs import encrypt_accounts, remove_unused_evidence
from buurtsein_funding.projections import known_networks
from buurtsein_funding.store import FundingStore
from buurtsein_funding.store.keys import accounts_by_key, require_keys
from buurtsein_kernel.clock import StandingClock
from buurtsein_kernel.commands import By
from buurtsein_kernel.keyring import Keyring
from buurtsein_kernel.problems import DomainError
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database, opened
from harness.in_process import caller, serving

IBAN = "BE68539007547034"
ACCOUNT = commands.GiveAccount(holder="BIN Noordwijk", iban=IBAN)
SECOND = "p" + "2" * 32
READER = Caller(FINANCE, frozenset({"finance"}))
READING = views.Reading(READER, None, views.ReadingReason.AUDIT)


@pytest.fixture
async def database(servers: RunningServers) -> AsyncIterator[Database]:
    async with fresh_database(servers, "funding") as where, opened(where.app) as database:
        yield database


async def granted(database: Database) -> Application:
    """Return a granted application of a new network, with a bank account to pay to."""
    network = network_in_order()
    async with database.unit_of_work() as uow:
        await known_networks.save(uow.connection, {str(network.network_id): network})
        store = FundingStore(uow)
        application = await grant(
            store, await request(store, network, cost_lines=ONE), 100, reasons=["invoice_missing"]
        )
        await handlers.give_account(application.application_id, ACCOUNT, COORDINATOR, GIVEN, store)
    return application


ONE = [{"kind": "sms", "description": "berichten", "cents": 5500}]


async def prepared(database: Database, *applications: Application, by: str = FINANCE) -> UUID:
    """Prepare the payment of applications and return the id of the batch."""
    ids = [one.application_id for one in applications]
    command = commands.PreparePayments(application_ids=ids, pay_on=TODAY + timedelta(days=1))
    async with database.unit_of_work() as uow:
        batch, _ = await handlers.prepare(command, by, GIVEN, FundingStore(uow))
    return batch.batch_id


async def released(database: Database, *applications: Application) -> UUID:
    batch_id = await prepared(database, *applications)
    await release(database, batch_id)
    return batch_id


async def release(database: Database, batch_id: UUID, by: str = CLERK) -> None:
    async with database.unit_of_work() as uow:
        await handlers.release(batch_id, By(by, "1"), GIVEN, FundingStore(uow))


async def read_back(database: Database, *results: Result) -> dict[Effect, list[str]]:
    async with database.unit_of_work() as uow:
        return await handlers.read_back(results, FINANCE, GIVEN, FundingStore(uow))


async def test_nothing_is_paid_twice_when_ten_people_prepare_at_the_same_moment(database: Database) -> None:
    applications = [await granted(database) for _ in range(3)]
    orders = [applications, applications[::-1]] * 5
    outcomes = await asyncio.gather(*(prepared(database, *some) for some in orders), return_exceptions=True)
    refusals = [one.code for one in outcomes if isinstance(one, DomainError)]
    assert (len(refusals), set(refusals)) == (9, {"payment_exists"})
    assert await database.pool.fetchval("select count(*) from payment") == 3


async def test_an_account_is_encrypted_at_rest_shown_masked_and_each_reading_is_recorded(database: Database) -> None:
    application = await granted(database)
    batch_id = await released(database, application)
    for table in ("payment_account", "payment_batch", "payment", "event_log", "idempotency"):
        text = await database.pool.fetchval(f"select string_agg(t::text, '') from {table} t")
        assert IBAN not in (text or "")
        assert IBAN.encode().hex() not in (text or "")
    async with database.connection() as connection:
        shown = await views.account_read(connection, application.application_id, READING, KEYRING)
        file = await views.payment_file(connection, batch_id, views.FileForm.PAIN001, READER, KEYRING)
    assert (shown.iban[-4:], IBAN in shown.iban, IBAN.encode() in file) == ("7034", False, True)
    notes = await database.pool.fetch("select application_id, batch_id, reader, role, reason from account_reading")
    assert [tuple(note) for note in notes] == [
        (application.application_id, None, FINANCE, "finance", "audit"),
        (None, batch_id, FINANCE, "finance", "payment"),
    ]


async def test_nobody_of_the_network_of_an_application_prepares_or_releases_its_payment_or_claims_it_back(
    database: Database,
) -> None:
    application = await granted(database)
    network = network_in_order().model_copy(update={"network_id": application.network_id})
    async with database.unit_of_work() as uow:
        of_network = {str(network.network_id): joined_by(network, SECOND)}
        await known_networks.save(uow.connection, of_network)
    batch_id = await prepared(database, await granted(database), application)
    for actor in (COORDINATOR, SECOND):
        with pytest.raises(DomainError, match="same_person"):
            await prepared(database, application, by=actor)
        with pytest.raises(DomainError, match="same_person"):
            await release(database, batch_id, by=actor)
    await release(database, batch_id)
    await read_back(database, Result(message_id=batch_id.hex, paid_on=TODAY))
    claim = commands.Reclaim(reclaimed_cents=1, reason="not_spent")
    for actor in (COORDINATOR, SECOND):
        async with database.unit_of_work() as uow:
            with pytest.raises(DomainError, match="same_person"):
                await handlers.reclaim(application.application_id, claim, By(actor, "4"), GIVEN, FundingStore(uow))


async def test_a_changed_payment_file_is_never_given_out(database: Database) -> None:
    batch_id = await released(database, await granted(database))
    await database.pool.execute(
        "update payment_batch set document = jsonb_set(document, '{sha256}', to_jsonb(repeat('0', 64)))"
    )
    async with database.connection() as connection:
        with pytest.raises(ValueError, match="not the one that was released"):
            await views.payment_file(connection, batch_id, views.FileForm.CSV, READER, KEYRING)


async def test_what_the_bank_says_of_a_whole_file_is_applied_to_each_payment_and_once(database: Database) -> None:
    applications = [await granted(database) for _ in range(2)]
    batch_id = await released(database, *applications)
    whole = Result(message_id=batch_id.hex, paid_on=TODAY)
    first, again, other = (
        await read_back(database, whole),
        await read_back(database, whole),
        await read_back(database, Result(message_id=uuid7().hex, paid_on=TODAY), Result(end_to_end_id="x", reason="y")),
    )
    assert (len(first[Effect.PAID]), len(again[Effect.UNCHANGED]), sum(map(len, other.values()))) == (2, 2, 0)
    returned = await read_back(database, Result(message_id=batch_id.hex, reason="MD07"))
    assert len(returned[Effect.TO_CHECK]) == 2
    paid = await database.pool.fetchval("select count(*) from event_log where type = 'be.bin.funding.paid.v1'")
    assert paid == 2


async def test_a_result_with_another_amount_or_before_the_release_is_left_to_a_person(database: Database) -> None:
    application = await granted(database)
    batch_id = await prepared(database, application)
    early = await read_back(database, Result(message_id=batch_id.hex, paid_on=TODAY))
    assert len(early[Effect.TO_CHECK]) == 1
    await release(database, batch_id)
    name = await database.pool.fetchval("select end_to_end_id from payment")
    wrong = await read_back(database, Result(end_to_end_id=name, paid_on=TODAY, cents=99))
    assert len(wrong[Effect.TO_CHECK]) == 1
    right = await read_back(database, Result(end_to_end_id=name, paid_on=TODAY, cents=100))
    assert right[Effect.PAID] == [name]


@pytest.mark.parametrize(
    ("role", "status"), [("burgemeester", 404), ("member", 404), ("finance", 200), ("city-officer", 200)]
)
async def test_a_coordinator_who_is_also_mayor_sees_no_account_of_another_network(
    database: Database, role: str, status: int
) -> None:
    application = await granted(database)
    path = f"/applications/{application.application_id}/account"
    async with serving(api.router, database, GIVEN) as client:
        who = caller("p" + "9" * 32, "coordinator", role)
        answer = await client.get(path, params={"reason": "audit"}, headers=who)
    assert answer.status_code == status, answer.text


async def test_an_erasure_deletes_the_account_unless_the_support_was_granted(database: Database) -> None:
    await granted(database)
    network = network_in_order()
    async with database.unit_of_work() as uow:
        await known_networks.save(uow.connection, {str(network.network_id): network})
        store = FundingStore(uow)
        draft = await request(store, network, draft=True, cost_lines=ONE)
        await handlers.give_account(draft.application_id, ACCOUNT, COORDINATOR, GIVEN, store)
        assert await uow.connection.fetchval("select count(*) from payment_account") == 2
        await handlers.forget(COORDINATOR, uuid7(), GIVEN, store)
        assert await uow.connection.fetchval("select count(*) from payment_account") == 1


async def test_a_file_of_evidence_goes_when_no_application_has_it(database: Database, tmp_path: Path) -> None:
    application = await granted(database)
    files = BlobFolder(tmp_path / "evidence")
    kept, unused = b"%PDF-1.7 %%EOF", await files.put(b"never committed")
    async with database.unit_of_work() as uow:
        sent = handlers.SentFile(kept, EvidenceKind.PDF, None)
        evidence, _ = await handlers.add_evidence(
            application.application_id, sent, COORDINATOR, 1, GIVEN.clock, files, FundingStore(uow)
        )
    later = StandingClock(datetime.now(UTC) + timedelta(hours=2))
    await remove_unused_evidence(files, later, database)
    assert await files.get(evidence.sha256) == kept
    with pytest.raises(BlobUnreadable):
        await files.get(unused)
    async with database.unit_of_work() as uow:
        more = handlers.SentFile(b"%PDF-1.4 %%EOF", EvidenceKind.PDF, None)
        with pytest.raises(DomainError, match="evidence_full"):
            await handlers.add_evidence(
                application.application_id, more, COORDINATOR, 1, GIVEN.clock, files, FundingStore(uow)
            )


async def test_accounts_and_payment_files_are_read_with_a_new_key_after_the_job_and_the_old_key_is_not_needed(
    database: Database,
) -> None:
    application = await granted(database)
    batch_id = await released(database, application)
    both, new = Keyring("n" * 32, ["k" * 32]), Keyring("n" * 32)
    async with database.connection() as connection:
        assert await accounts_by_key(connection) == {KEYRING.newest: 2}
        with pytest.raises(CommandError, match="FUNDING_ACCOUNT_KEY"):
            await require_keys(new, connection)
    await encrypt_accounts(both, database)
    async with database.connection() as connection:
        assert await accounts_by_key(connection) == {new.newest: 2}
        await require_keys(new, connection)
        shown = await views.account_read(connection, application.application_id, READING, new)
        file = await views.payment_file(connection, batch_id, views.FileForm.PAIN001, READER, new)
    assert (shown.iban[-4:], IBAN.encode() in file) == ("7034", True)
