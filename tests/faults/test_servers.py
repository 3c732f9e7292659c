"""Servers fail, and connections to servers fail (faults 5, 7, 8, 10, 17 and 18 in docs/architecture.md)."""

import asyncio
import os
import signal
import time
from functools import partial

import httpx
import psutil
import pytest

from buurtsein_stack.processes import send, stop
from buurtsein_stack.servers import Servers
from harness.account import Account
from harness.kafka import topics_deleted_and_made_anew
from harness.ledger import Ledger
from harness.ledger_process import Running
from harness.load import Load, load
from harness.proxy import Proxy
from harness.waiting import wait_for, wait_until

AWAY_SECONDS = float(os.environ.get("BROKER_AWAY_SECONDS", "0"))
"""How long the broker stays away at least; 600 for the long run."""
POOLS_SECONDS = 10.0


async def readiness(running: Running) -> int:
    """Return the status of /health/ready; 0 when the process does not answer."""
    try:
        async with httpx.AsyncClient(timeout=5) as client:
            return (await client.get(f"{running.url}/health/ready")).status_code
    except httpx.HTTPError:
        return 0


async def metric(running: Running, name: str) -> float:
    """Return the current value of a metric of a process."""
    async with httpx.AsyncClient(timeout=5) as client:
        text = (await client.get(f"{running.url}/metrics")).text
    [line] = [part for part in text.split("\n") if part.startswith(f"{name} ")]
    return float(line.split()[1])


async def wait_for_readiness(running: Running, status: int, seconds: float = 40) -> None:
    async def as_wanted() -> bool:
        return await readiness(running) == status

    await wait_until(f"readiness {status}", as_wanted, seconds)


@pytest.mark.thorough
async def test_05_postgres_dies_under_load(ledger: Ledger, machine: Servers, account: Account) -> None:
    service = await ledger.up("api", "relay", "worker")
    writer = load(ledger, service.url)
    writing = asyncio.create_task(writer.run(200, pause=0.2))
    account.times, account.bound = 2, f"pools within {POOLS_SECONDS:g} s, asserted"
    for turn in range(account.times):
        await _answered(writer, 50 * turn + 30)
        postgres = machine.postgres.process()
        assert postgres
        send(postgres, signal.SIGQUIT)
        await asyncio.to_thread(stop, [postgres], signal.SIGQUIT)
        await asyncio.to_thread(machine.postgres.start)
        with account.recovery():
            await wait_for_readiness(service, 200, POOLS_SECONDS)
            await _answered(writer, writer.statuses[201] + 1, POOLS_SECONDS)
    await writing
    await ledger.reconnect()
    await ledger.wait_until_applied(200)
    account.balance(await ledger.check())


async def _answered(writer: Load, number: int, seconds: float = 40) -> None:
    async def enough() -> bool:
        return writer.statuses[201] >= number

    await wait_until(f"{number} commands accepted", enough, seconds)


@pytest.mark.thorough
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


@pytest.mark.thorough
async def test_07_a_silent_broker(ledger: Ledger, machine: Servers, account: Account) -> None:
    service = await ledger.up("api", "relay", "worker", env={"LEDGER_STALLED_SECONDS": "5"})
    writer = load(ledger, service.url)
    await writer.run(20)
    kafka = machine.kafka.process()
    assert kafka
    send(kafka, signal.SIGSTOP)
    try:
        await writer.run(20)
        await wait_for_readiness(service, 503, 20)
    finally:
        send(kafka, signal.SIGCONT)
    with account.recovery():
        await ledger.wait_until_applied(40)
        await wait_for_readiness(service, 200)
    account.balance(await ledger.check())


@pytest.mark.thorough
@pytest.mark.parametrize("moment", ["relay.published", "relay.publishing"])
async def test_08_a_relay_that_wakes_after_another_took_over(ledger: Ledger, account: Account, moment: str) -> None:
    """A relay stops with an unfinished batch, which another relay publishes; later the first relay continues."""
    service = await ledger.up("api", "worker")
    stopped = await ledger.up("relay", env={"BUURTSEIN_STOP_AT": moment})
    writing = asyncio.create_task(load(ledger, service.url, streams=3).run(60, pause=0.2))
    await wait_until("the relay has stopped itself", partial(_stopped, stopped))
    heir = await ledger.up("relay")
    await ledger.connection.execute(HANG_UP)
    await wait_until("the other has taken over", partial(_published, heir, 30))
    stopped.process.send_signal(signal.SIGCONT)
    await writing
    with account.recovery():
        await ledger.wait_until_applied(60)
    account.balance(await ledger.check())
    assert account.figures["republished"] > 0
    assert account.duplicates == account.figures["republished"]
    await asyncio.to_thread(
        wait_for,
        "the relay that was stopped noticed that its connection is gone",
        lambda: ledger.log_lines("relay.retry"),
    )


HANG_UP = """select pg_terminate_backend(pid) from pg_locks
             where locktype = 'advisory' and granted
                   and database = (select oid from pg_database where datname = current_database())"""
"""Ends the relay's session, as the database does with a process that no longer answers; that frees the lock."""


async def _stopped(running: Running) -> bool:
    return psutil.Process(running.process.pid).status() == psutil.STATUS_STOPPED


async def _published(running: Running, number: int) -> bool:
    return await metric(running, "buurtsein_relay_published_total") >= number


@pytest.mark.timeout(AWAY_SECONDS + 240)
@pytest.mark.thorough
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
        return await metric(service, "buurtsein_outbox_oldest_seconds") > 3

    await wait_until("the age of the outbox is told", aged)
    with account.recovery():
        await asyncio.to_thread(machine.kafka.start)
        await ledger.wait_until_applied(number, 60)
    account.balance(await ledger.check())
    account.bound = f"backlog drained {await _drained(ledger):.0f}x as fast as it grew; at least 10x, told"


async def _drained(ledger: Ledger) -> float:
    """Return the ratio between the speed of applying a backlog and the speed of recording it."""
    ratio = await ledger.connection.fetchval(
        """select extract(epoch from max(l.occurred_at) - min(l.occurred_at))
                  / extract(epoch from max(a.applied_at) - min(a.applied_at))
           from event_log l join applied a using (event_id) where a.applied_at - l.occurred_at > interval '1 second'"""
    )
    return float(ratio)


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
    service = ledger.start("api", "relay", "worker")

    async def waits() -> bool:
        return bool(ledger.log_lines("database.awaited"))

    await wait_until("it says that it waits", waits)
    await asyncio.to_thread(machine.postgres.start)
    await ledger.reconnect()
    with account.recovery():
        await asyncio.to_thread(service.ready)
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
    await ledger.connection.execute("insert into outbox_pending select id from event_log; notify outbox, 'moved'")
    with account.recovery():
        await writer.run(30)
        await ledger.wait_until_applied(60, 90)

        async def outbox_empty() -> bool:
            return await ledger.count("outbox_pending") == 0

        await wait_until("the log is on the topic again", outbox_empty, 60)
    account.balance(await ledger.check())
