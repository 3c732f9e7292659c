"""A PostgreSQL primary with a standby is lost or comes back (faults 46 to 49 in docs/architecture.md)."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from buurtsein_stack.postgres import Postgres
from buurtsein_stack.processes import stop
from buurtsein_stack.replication import Replication
from buurtsein_stack.servers import Servers
from buurtsein_stack.shape import Shape, Standby
from harness.account import Account
from harness.ledger import Ledger, new_ledger
from harness.load import Load, load
from harness.waiting import wait_until

pytestmark = [pytest.mark.thorough, pytest.mark.timeout(300)]

IMPATIENT = {"LEDGER_DATABASE_COMMAND_TIMEOUT": "2", "LEDGER_DATABASE_WAIT_TIMEOUT": "2"}


@pytest.fixture
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replication]:
    """Yield PostgreSQL with a standby, and a Kafka; the primary waits for the standby unless a test says otherwise."""
    kind = getattr(request, "param", Standby.SYNCHRONOUS)
    servers = Servers(tmp_path_factory.mktemp("pair"), Shape(standby=kind))
    servers.start()
    yield Replication(servers.home)
    servers.destroy()


@pytest.fixture
async def ledger(pair: Replication, tmp_path: Path, account: Account) -> AsyncIterator[Ledger]:  # noqa: ARG001 # before the ledger
    async with new_ledger(Servers(pair.home.path), tmp_path) as fresh:
        yield fresh


async def lose(primary: Postgres) -> None:
    """Kill a server without a clean shutdown, as in a power failure."""
    process = primary.process()
    assert process
    await asyncio.to_thread(stop, [process, *process.children()], signal.SIGKILL)


async def answered(writer: Load, status: int, number: int) -> None:
    """Wait until `number` requests have been answered with a given HTTP status."""

    async def enough() -> bool:
        return writer.statuses[status] >= number

    await wait_until(f"{number} answers {status}", enough, 60)


async def balanced(ledger: Ledger, account: Account, number: int) -> None:
    await ledger.reconnect()
    await ledger.wait_until_applied(number, 60)
    account.balance(await ledger.check())


async def test_46_the_primary_is_killed_and_the_standby_promoted(
    ledger: Ledger, pair: Replication, account: Account
) -> None:
    service = await ledger.up("api", "relay", "worker")
    writer = load(ledger, service.url)
    await writer.run(20)

    async def fault() -> None:
        await lose(pair.primary)
        with account.recovery():
            await asyncio.to_thread(pair.promote)
            await answered(writer, 201, writer.statuses[201] + 20)

    number = 20 + await writer.during(fault())
    await balanced(ledger, account, number)
    await asyncio.to_thread(pair.ensure)
    await writer.run(20)
    await balanced(ledger, account, number + 20)
    assert pair.standby.sql("select pg_is_in_recovery()") == "t"


async def test_47_the_standby_is_lost_and_then_the_primary(ledger: Ledger, pair: Replication, account: Account) -> None:
    """A commit that the standby lacks is not acknowledged, even when the client repeats the request many times."""
    service = await ledger.up("api", "relay", "worker", env=IMPATIENT)
    writer = load(ledger, service.url)
    await writer.run(20)
    await ledger.wait_until_applied(20)
    writing = asyncio.create_task(_without_a_standby(pair, writer))
    await answered(writer, 503, 30)
    assert writer.statuses[201] == 20, "a command was acknowledged that the standby does not have"
    await lose(pair.primary)
    with account.recovery():
        await asyncio.to_thread(pair.standby.start)
        await asyncio.to_thread(pair.promote)
        await writing
    await balanced(ledger, account, 30)


async def _without_a_standby(pair: Replication, writer: Load) -> None:
    await asyncio.to_thread(pair.standby.stop)
    await writer.run(10)


async def test_without_the_uncancelled_commit_an_answer_is_lost(ledger: Ledger, pair: Replication) -> None:
    """A repeated request with the same Idempotency-Key gets the first answer, whose commit is on no standby."""
    service = await ledger.up("api", env=IMPATIENT, without=["uncancelled commit"])
    writer = load(ledger, service.url)
    await writer.run(20)
    await _without_a_standby(pair, writer)
    assert writer.statuses[201] == 30
    await lose(pair.primary)
    await asyncio.to_thread(pair.standby.start)
    await asyncio.to_thread(pair.promote)
    await ledger.reconnect()
    assert len(await ledger.logged()) == 20


@pytest.mark.parametrize("pair", [Standby.ASYNCHRONOUS], indirect=True)
async def test_48_an_asynchronous_standby_lacks_the_last_events(
    ledger: Ledger, pair: Replication, account: Account
) -> None:
    """Only events that the standby had not received are lost, and the service continues without those events."""
    service = await ledger.up("api", "relay", "worker")
    await load(ledger, service.url).run(20)
    await ledger.wait_until_applied(20)
    await asyncio.to_thread(pair.standby.stop)
    lost = load(ledger, service.url)
    await lost.run(10)
    await ledger.wait_until_applied(30)
    await lose(pair.primary)
    await asyncio.to_thread(pair.standby.start)
    await asyncio.to_thread(pair.promote)
    await ledger.reconnect()
    assert len(await ledger.logged()) == 20
    del ledger.acknowledged[20:]
    await load(ledger, service.url).run(20)
    await balanced(ledger, account, 40)


async def test_49_a_former_primary_comes_back_and_is_not_written_to(
    ledger: Ledger, pair: Replication, account: Account
) -> None:
    """A former primary accepts writes and is the first host in the DSN; only its older timeline reveals it."""
    service = await ledger.up("api", "relay", "worker")
    writer = load(ledger, service.url)
    await writer.run(20)
    await _comes_back(pair)
    former = pair.standby
    assert former.sql("select pg_is_in_recovery()") == "f"
    newcomer = await ledger.up("api", "relay", "worker")
    number = 20 + await load(ledger, service.url, newcomer.url).during(_interrupted(pair))
    assert former.sql(WRITES) == "0"
    await balanced(ledger, account, number)
    assert await _logged_at(former, ledger) == 20


async def test_without_the_timeline_a_former_primary_is_written_to(ledger: Ledger, pair: Replication) -> None:
    await load(ledger, (await ledger.up("api")).url).run(20)
    await _comes_back(pair)
    deceived = await ledger.up("api", without=["latest primary"])
    writing = asyncio.create_task(load(ledger, deceived.url).run(1))

    async def written() -> bool:
        return pair.standby.sql(WRITES) != "0"

    await wait_until("a commit on the former primary", written)
    writing.cancel()


WRITES = "select count(*) from pg_stat_activity where wait_event = 'SyncRep'"
"""Counts the commits on a former primary: each of them waits for the standby that it had."""


async def _comes_back(pair: Replication) -> None:
    await lose(pair.primary)
    await asyncio.to_thread(pair.promote)
    await asyncio.to_thread(pair.standby.start)


async def _interrupted(pair: Replication) -> None:
    """End all sessions on the primary repeatedly, so that the services choose a server each time."""
    for _ in range(3):
        pair.primary.sql("select pg_terminate_backend(pid) from pg_stat_activity where usename like 'registry%'")
        await asyncio.sleep(1)


async def _logged_at(server: Postgres, ledger: Ledger) -> int:
    database = ledger.database.superuser.rpartition("/")[2].partition("?")[0]
    own = f"postgresql://postgres:{server.home.secret('postgres')}@127.0.0.1:{server.port}/{database}"
    connection = await asyncpg.connect(own)
    try:
        return int(await connection.fetchval("select count(*) from event_log"))
    finally:
        await connection.close()
