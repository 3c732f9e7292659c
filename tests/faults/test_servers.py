"""Faults of the servers and the links to them: 5, 7, 8, 10, 17, 18, 22, 25."""

import asyncio
import json
import os
import signal
import time
from typing import Any

import asyncpg
import httpx
import pytest

from buurtsein_deploy.processes import send, stop
from buurtsein_deploy.servers import Servers
from harness.account import Account
from harness.kafka import topics_deleted_and_made_anew
from harness.ledger import Ledger, Running
from harness.load import Load, load
from harness.proxy import Proxy
from harness.waiting import wait_until

AWAY_SECONDS = float(os.environ.get("BROKER_AWAY_SECONDS", "0"))
"""How long the broker stays away at least; 600 for the long run."""


async def readiness(running: Running) -> int:
    """Status of /health/ready; 0 when nobody answers."""
    try:
        async with httpx.AsyncClient(timeout=5) as client:
            return (await client.get(f"{running.url}/health/ready")).status_code
    except httpx.HTTPError:
        return 0


async def wait_for_readiness(running: Running, status: int, seconds: float = 40) -> None:
    async def as_wanted() -> bool:
        return await readiness(running) == status

    await wait_until(f"readiness {status}", as_wanted, seconds)


async def test_05_postgres_dies_under_load(ledger: Ledger, machine: Servers, account: Account) -> None:
    service = await ledger.up("api", "relay", "worker")
    writing = asyncio.create_task(load(ledger, service.url).run(200, pause=0.2))
    account.times = 2
    for _ in range(account.times):
        await asyncio.sleep(1.5)
        postgres = machine.postgres.process()
        assert postgres
        send(postgres, signal.SIGQUIT)
        await asyncio.to_thread(stop, [postgres], signal.SIGQUIT)
        await asyncio.to_thread(machine.postgres.start)
    begun = time.monotonic()
    await writing
    await ledger.reconnect()
    await ledger.wait_until_applied(200)
    account.seconds = time.monotonic() - begun
    await wait_for_readiness(service, 200)
    account.balance(await ledger.check())


async def test_07_a_silent_link_to_postgres(ledger: Ledger, account: Account) -> None:
    async with Proxy.to(ledger.database.app) as proxy:
        patience = {"LEDGER_DATABASE_COMMAND_TIMEOUT": "2", "LEDGER_DATABASE_WAIT_TIMEOUT": "2"}
        service = await ledger.up("api", "relay", "worker", env={"LEDGER_DATABASE_APP": proxy.dsn} | patience)
        writer = load(ledger, service.url)
        await writer.run(20)
        proxy.go_silent()
        async with httpx.AsyncClient(timeout=10) as client:
            body = {"network_id": "019a7c1e-5d2a-7c3e-9b1f-3a5d6e7f8091", "number": 0}
            answer = await client.post(f"{service.url}/v1/entries", json=body)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert answer.headers["Retry-After"]
        await wait_for_readiness(service, 503)
        with account.recovery():
            proxy.speak_again()
            await wait_for_readiness(service, 200)
            await writer.run(20)
            await ledger.wait_until_applied(40)
    account.balance(await ledger.check())


async def test_07_a_silent_broker(ledger: Ledger, machine: Servers, account: Account) -> None:
    service = await ledger.up("api", "relay", "worker", env={"LEDGER_STALLED_SECONDS": "5"})
    writer = load(ledger, service.url)
    await writer.run(20)
    kafka = machine.kafka.process()
    assert kafka
    send(kafka, signal.SIGSTOP)
    try:
        await writer.run(20)
        await wait_for_readiness(service, 503)
    finally:
        send(kafka, signal.SIGCONT)
    with account.recovery():
        await ledger.wait_until_applied(40)
        await wait_for_readiness(service, 200)
    account.balance(await ledger.check())


async def test_08_a_relay_that_wakes_after_another_took_over(ledger: Ledger, account: Account) -> None:
    service = await ledger.up("api", "worker")
    sleeper = await ledger.up("relay")
    writer = load(ledger, service.url)
    writing = asyncio.create_task(writer.run(200, pause=0.3))
    account.times = 3
    for _ in range(account.times):
        sleeper.process.send_signal(signal.SIGSTOP)
        heir = await ledger.up("relay")
        await ledger.connection.execute(
            """select pg_terminate_backend(pid) from pg_locks
               where locktype = 'advisory' and granted and database = (select oid from pg_database
                                                                       where datname = current_database())"""
        )
        await asyncio.sleep(1.5)
        sleeper.process.send_signal(signal.SIGCONT)
        sleeper = heir
    await writing
    with account.recovery():
        await ledger.wait_until_applied(200)
    account.balance(await ledger.check())


@pytest.mark.timeout(AWAY_SECONDS + 240)
async def test_10_the_broker_is_away_for_a_while(ledger: Ledger, machine: Servers, account: Account) -> None:
    service = await ledger.up("api", "relay", "worker")
    writer = load(ledger, service.url)
    await writer.run(20)
    kafka = machine.kafka.process()
    assert kafka
    await asyncio.to_thread(stop, [kafka], signal.SIGKILL)
    await writer.run(120, pause=0.4)
    number, until = 140, time.monotonic() + AWAY_SECONDS
    while time.monotonic() < until:
        await writer.run(10, pause=1)
        number += 10
    assert writer.statuses.keys() == {201}

    async def aged() -> bool:
        async with httpx.AsyncClient(timeout=5) as client:
            text = (await client.get(f"{service.url}/metrics")).text
        [line] = [part for part in text.split("\n") if part.startswith("buurtsein_outbox_oldest_seconds ")]
        return float(line.split()[1]) > 3

    await wait_until("the age of the outbox is told", aged)
    with account.recovery():
        await asyncio.to_thread(machine.kafka.start)
        await ledger.wait_until_applied(number, 60)
    account.balance(await ledger.check())


@pytest.mark.thorough
async def test_17_kafka_is_down_at_the_start(ledger: Ledger, machine: Servers, account: Account) -> None:
    kafka = machine.kafka.process()
    assert kafka
    await asyncio.to_thread(stop, [kafka], signal.SIGKILL)
    service = ledger.start("api", "relay", "worker")
    await wait_for_readiness(service, 503)
    await load(ledger, service.url).run(20)
    with account.recovery():
        await asyncio.to_thread(machine.kafka.start)
        await ledger.wait_until_applied(20)
        await wait_for_readiness(service, 200)
    account.balance(await ledger.check())


@pytest.mark.thorough
async def test_17_a_relay_that_reaches_no_broker_is_not_ready(
    ledger: Ledger, machine: Servers, account: Account
) -> None:
    kafka = machine.kafka.process()
    assert kafka
    await asyncio.to_thread(stop, [kafka], signal.SIGKILL)
    relay = ledger.start("relay", env={"LEDGER_STALLED_SECONDS": "3"})
    await wait_for_readiness(relay, 200)
    await wait_for_readiness(relay, 503)
    with account.recovery():
        await asyncio.to_thread(machine.kafka.start)
        await wait_for_readiness(relay, 200)


@pytest.mark.thorough
async def test_17_postgres_is_down_at_the_start(ledger: Ledger, machine: Servers, account: Account) -> None:
    postgres = machine.postgres.process()
    assert postgres
    await asyncio.to_thread(stop, [postgres], signal.SIGINT)
    assert await asyncio.to_thread(ledger.start("api", "relay", "worker").exit_code) not in {0, None}
    await asyncio.to_thread(machine.postgres.start)
    await ledger.reconnect()
    with account.recovery():
        service = await ledger.up("api", "relay", "worker")
        await load(ledger, service.url).run(10)
        await ledger.wait_until_applied(10)
    account.balance(await ledger.check())


@pytest.mark.thorough
async def test_18_the_topic_lost_its_data(ledger: Ledger, machine: Servers, account: Account) -> None:
    service = await ledger.up("api", "relay", "worker")
    writer = load(ledger, service.url)
    await writer.run(30)
    await ledger.wait_until_applied(30)
    await topics_deleted_and_made_anew(machine, "bin.networks")
    await ledger.connection.execute("insert into outbox_pending (id) select id from event_log")
    with account.recovery():
        await writer.run(30)
        await ledger.wait_until_applied(60, 90)

        async def outbox_empty() -> bool:
            return await ledger.count("outbox_pending") == 0

        await wait_until("the log is on the topic again", outbox_empty, 60)
    account.balance(await ledger.check())


@pytest.mark.thorough
async def test_22_a_snapshot_that_stays_open_does_not_slow_the_relay(ledger: Ledger, account: Account) -> None:
    """Dead pointers pile up for it; the relay reads above its floor and does not walk over them."""
    service = await ledger.up("api", "relay", "worker")
    writer = load(ledger, service.url)
    sleeper = await asyncpg.connect(ledger.database.superuser)
    async with sleeper.transaction(isolation="repeatable_read"):
        await sleeper.fetchval("select count(*) from outbox_pending")
        for _ in range(10):
            await ledger.connection.execute(
                """insert into outbox_pending select -g from generate_series(1, 20000) g;
                   delete from outbox_pending where id < 0"""
            )
        await writer.run(100, pause=0)
        await ledger.wait_until_applied(100)
        from_floor = await _pages(ledger, "id > (select max(id) from event_log)")
        from_start = await _pages(ledger, "id > -300000")
    await sleeper.close()
    assert from_floor * 10 < from_start
    account.balance(await ledger.check())


async def _pages(ledger: Ledger, where: str) -> int:
    query = f"explain (analyze, buffers, format json) select id from outbox_pending where {where} order by id limit 500"
    await ledger.connection.execute("set enable_seqscan = off")
    plan: Any = json.loads(await ledger.connection.fetchval(query))
    return int(plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"])


@pytest.mark.thorough
async def test_25_a_locked_table_gives_503_and_leaves_the_consumer_alone(ledger: Ledger, account: Account) -> None:
    patience = {"LEDGER_DATABASE_COMMAND_TIMEOUT": "2", "LEDGER_DATABASE_WAIT_TIMEOUT": "1"}
    api = await ledger.up("api", "relay", env=patience)
    worker = await ledger.up("worker")
    writer = Load(ledger, lambda: [api.url])
    await writer.run(20)
    locker = await asyncpg.connect(ledger.database.superuser)
    async with locker.transaction():
        await locker.execute("lock table entry in access exclusive mode")
        tries = [writer._try("019a7c1e-5d2a-7c3e-9b1f-3a5d6e7f8091", n, f"locked-{n}") for n in range(30)]
        assert not any(await asyncio.gather(*tries))
        assert writer.statuses[503] == 30
        assert await readiness(worker) == 200
    await locker.close()
    with account.recovery():
        await writer.run(20)
        await ledger.wait_until_applied(40)
    account.balance(await ledger.check())
