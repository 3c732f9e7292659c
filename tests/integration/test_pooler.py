"""A service works with a PgBouncer in session mode; in transaction or statement mode it refuses to start."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from buurtsein_chassis.sessions import NoSession, check_sessions
from buurtsein_stack.servers import RunningServers
from harness import tools
from harness.ledger import Ledger, new_ledger
from harness.load import load
from harness.pooler import pooling
from harness.waiting import wait_until

pytestmark = [pytest.mark.thorough, tools.needs("pooler")]

SHARED, UNCLEAN = "use its session mode", "let it run DISCARD ALL"


def readable() -> Path:
    """Return a temporary folder that PgBouncer's operating system user can read."""
    made = Path(tempfile.mkdtemp(prefix="buurtsein-pooler-"))
    made.chmod(0o755)
    return made


@pytest.fixture
def folder() -> Iterator[Path]:
    made = readable()
    yield made
    shutil.rmtree(made)


@pytest.fixture
async def ledger(servers: RunningServers, tmp_path: Path) -> AsyncIterator[Ledger]:
    async with new_ledger(servers, tmp_path) as fresh:
        yield fresh


async def refusal(dsn: str) -> str:
    """Return the error message with which a service refuses to start; "" when it would start."""
    try:
        await check_sessions(dsn, seconds=10)
    except NoSession as error:
        return str(error)
    return ""


async def test_without_a_pooler_the_service_starts(ledger: Ledger) -> None:
    assert await refusal(ledger.database.app) == ""


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"pool_mode": "session"}, ""),
        ({"pool_mode": "session", "server_reset_query": ""}, UNCLEAN),
        ({"pool_mode": "transaction"}, SHARED),
        ({"pool_mode": "transaction", "default_pool_size": "1"}, SHARED),
        ({"pool_mode": "transaction", "server_round_robin": "1"}, SHARED),
    ],
    ids=["session", "session, not cleaned", "transaction", "transaction, one connection", "transaction, in turn"],
)
async def test_a_pooler_without_sessions_is_detected(
    ledger: Ledger, folder: Path, settings: dict[str, str], expected: str
) -> None:
    with pooling(ledger.database.app, folder, **settings) as dsn:
        said = await refusal(dsn)
    assert expected in said
    assert bool(said) == bool(expected)


async def test_a_busy_pooler_without_sessions_is_detected(ledger: Ledger, folder: Path) -> None:
    with pooling(ledger.database.app, folder, pool_mode="transaction") as dsn:
        others = [await asyncpg.connect(dsn, statement_cache_size=0) for _ in range(10)]
        busy = [asyncio.create_task(_work(other)) for other in others]
        try:
            for _ in range(5):
                assert SHARED in await refusal(dsn)
        finally:
            for task in busy:
                task.cancel()
            await asyncio.gather(*busy, return_exceptions=True)
            for other in others:
                other.terminate()


async def _work(connection: asyncpg.Connection) -> None:
    while True:
        await connection.execute("select pg_sleep(0.001)")


async def test_a_service_behind_a_pooler_without_sessions_ends_with_one_sentence(ledger: Ledger, folder: Path) -> None:
    with pooling(ledger.database.relay, folder, pool_mode="transaction") as dsn:
        running = ledger.start("relay", env={"LEDGER_DATABASE_RELAY": dsn})
        assert await asyncio.to_thread(running.exit_code) == 2
    *_, line = (ledger.logs / "relay.log").read_text().splitlines()
    assert line.startswith("setting LEDGER_DATABASE_RELAY: a pooler shares sessions")


async def test_in_session_mode_events_are_published_also_after_a_crash(ledger: Ledger, folder: Path) -> None:
    with pooling(ledger.database.app, folder, ledger.database.relay, pool_mode="session") as app:
        relay = ledger.database.relay.rpartition("@")[0] + "@" + app.rpartition("@")[2]
        addresses = {"LEDGER_DATABASE_APP": app, "LEDGER_DATABASE_RELAY": relay}
        for _ in range(2):
            service = await ledger.up("api", "relay", env=addresses)
            await load(ledger, service.url).run(5)
            await ledger.settled()
            service.kill()


async def test_a_relay_on_standby_reports_it(ledger: Ledger) -> None:
    holder = await asyncpg.connect(ledger.database.relay)
    await holder.execute("select pg_advisory_lock(x'72656C6179'::bigint)")
    relay = await ledger.up("relay")

    async def says(expected: dict[str, object]) -> bool:
        return await asyncio.to_thread(relay.health) == expected

    await wait_until("it says that it waits", lambda: says({"status": "ok", "standby": ["relay"]}))
    await holder.close()
    await wait_until("its turn came", lambda: says({"status": "ok"}))


async def test_a_relay_on_standby_is_not_ready_when_the_active_relay_publishes_nothing(ledger: Ledger) -> None:
    holder = await asyncpg.connect(ledger.database.relay)
    await holder.execute("select pg_advisory_lock(x'72656C6179'::bigint)")
    service = await ledger.up("api", "relay", env={"LEDGER_STALLED_SECONDS": "1"})
    await load(ledger, service.url).run(1)

    async def not_ready() -> bool:
        said = await asyncio.to_thread(service.health)
        return said.get("failing") == ["relay"] and said.get("standby") == ["relay"]

    await wait_until("it says that nothing is published", not_ready)
    await holder.close()
    await ledger.settled()
    await wait_until("it is ready again", lambda: asyncio.to_thread(service.is_ready))
