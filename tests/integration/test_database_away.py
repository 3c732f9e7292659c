"""While the database accepts no writes, requests get 503 with Retry-After, and the service is live but not ready."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest

from buurtsein_contracts import uuid7
from buurtsein_stack.home import free_port
from buurtsein_stack.servers import RunningServers
from harness.ledger import Ledger, new_ledger
from harness.ledger_process import Running
from harness.load import load
from harness.proxy import Proxy
from harness.waiting import wait_until


@pytest.fixture
async def ledger(servers: RunningServers, tmp_path: Path) -> AsyncIterator[Ledger]:
    async with new_ledger(servers, tmp_path) as fresh:
        yield fresh


@asynccontextmanager
async def read_only(servers: RunningServers) -> AsyncIterator[None]:
    """Make the database read-only, as after a failover, or when a cloud provider forbids writes."""
    admin = await asyncpg.connect(servers.superuser_dsn)
    await admin.execute("set default_transaction_read_only = off")
    try:
        await admin.execute("alter system set default_transaction_read_only = on")
        await admin.execute("select pg_reload_conf()")
        yield
    finally:
        await admin.execute("alter system reset default_transaction_read_only")
        await admin.execute("select pg_reload_conf()")
        await admin.close()


async def written(service: Running) -> httpx.Response:
    async with httpx.AsyncClient(base_url=service.url, timeout=10) as client:
        return await client.post("/v1/entries", json={"network_id": str(uuid7()), "number": 1})


async def test_while_the_database_is_read_only_writes_get_503_and_the_process_stays_live(
    ledger: Ledger, servers: RunningServers
) -> None:
    api = await ledger.up("api")
    await load(ledger, api.url).run(5)
    async with read_only(servers):

        async def refused() -> bool:
            answer = await written(api)
            return (answer.status_code, answer.headers.get("Retry-After")) == (503, "2")

        await wait_until("a write is refused for now", refused)
        await wait_until("it is not ready", lambda: asyncio.to_thread(lambda: not api.is_ready()))
        other = ledger.start("relay", "worker", env={"LEDGER_STALLED_SECONDS": "2"})
        await wait_until("its relay could do nothing for long", lambda: unready(other), 60)
        assert [await asyncio.to_thread(one.is_live) for one in (api, other)] == [True, True]
        assert "database" in await asyncio.to_thread(lambda: other.health()["failing"])
    for one in (api, other):
        await asyncio.to_thread(one.ready)
    await load(ledger, api.url).run(5)
    await ledger.wait_until_applied(10)
    assert [one.process.poll() for one in (api, other)] == [None, None]
    await ledger.check()


async def test_a_service_that_starts_before_its_database_waits_for_it(ledger: Ledger) -> None:
    port = free_port()
    user, _, at = ledger.database.app.rpartition("@")
    there = urlsplit(f"//{at}")
    api = ledger.start("api", env={"LEDGER_DATABASE_APP": f"{user}@127.0.0.1:{port}{there.path}"})

    async def waits() -> bool:
        return bool(ledger.log_lines("database.awaited"))

    await wait_until("it says that it waits", waits)
    [first, *_] = ledger.log_lines("database.awaited")
    assert (first["reason"], first["error"]) == ("LEDGER_DATABASE_APP", "ConnectionRefusedError")
    assert api.process.poll() is None
    async with Proxy.to(ledger.database.app, port):
        await asyncio.to_thread(api.ready)
        assert (await written(api)).status_code == 201


async def unready(service: Running) -> bool:
    """Return whether the process's metrics say that its relay was unready for more than 7 seconds."""
    try:
        async with httpx.AsyncClient(base_url=service.url, timeout=10) as client:
            text = (await client.get("/metrics")).text
    except httpx.HTTPError:
        return False
    found = re.search(r'part_unready_seconds{part="relay"} (\S+)', text)
    return found is not None and float(found[1]) > 7


KINDS = {
    "read-only": "25006",
    "shut down by an administrator": "57P01",
    "crashed": "57P02",
    "starting": "57P03",
    "a full disk": "53100",
    "out of memory": "53200",
    "too many connections": "53300",
    "an error of its disk": "58030",
    "a broken connection": "08006",
}


@pytest.mark.thorough
@pytest.mark.parametrize("state", KINDS.values(), ids=KINDS)
async def test_every_error_of_an_unavailable_database_is_503_and_not_ready(ledger: Ledger, state: str) -> None:
    """A trigger in a real PostgreSQL raises each error that says that the database is unavailable."""
    service = await ledger.up("api")
    await ledger.connection.execute(
        f"""create function refuse() returns trigger language plpgsql as $$
            begin raise exception 'no' using errcode = '{state}'; end $$;
            create trigger refuse before insert on entry execute function refuse()"""
    )
    answer = await written(service)
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "unavailable", "2")
    assert service.health()["failing"] == ["database"]
    assert await asyncio.to_thread(service.is_live)
    service.kill()


async def test_an_error_in_our_code_stays_a_500(ledger: Ledger) -> None:
    service = await ledger.up("api")
    await ledger.connection.execute("drop table entry")
    assert (await written(service)).status_code == 500
    assert service.is_ready()
    service.kill()
