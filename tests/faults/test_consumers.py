"""Tests of consumers: faults 13, 15, 16, 19 to 21, 33, 34, 37, 39 and 40 in docs/architecture.md."""

import asyncio
import json
import multiprocessing
import random
import signal
from dataclasses import dataclass, field
from typing import Any

import pytest
from confluent_kafka import KafkaException

from buurtsein_chassis.consumer import Consumer
from buurtsein_chassis.inbox import receive
from buurtsein_chassis.subscription import Subscription
from buurtsein_contracts import uuid7
from buurtsein_contracts.topics import NETWORKS
from buurtsein_stack.servers import Servers
from harness.account import Account
from harness.databases import opened
from harness.evidence import Step, compare
from harness.kafka import good, right_taken_away
from harness.ledger import Ledger
from harness.ledger_process import Running
from harness.load import Load, load
from harness.waiting import wait_until

TOPIC = "bin.networks"


@pytest.mark.thorough
async def test_13_members_come_and_go_in_the_middle_of_batches(ledger: Ledger, account: Account) -> None:
    service = await ledger.up("api", "relay", "worker")
    account.times = 3

    async def come_and_go() -> None:
        for _ in range(account.times):
            second = await ledger.up("worker")
            second.process.send_signal(signal.SIGTERM)
            await asyncio.to_thread(second.exit_code)

    written = await load(ledger, service.url).during(come_and_go())
    with account.recovery():
        await ledger.wait_until_applied(written, 60)
    account.balance(await ledger.check())


@pytest.mark.thorough
async def test_15_an_effect_that_outlives_the_grace_is_done_again(ledger: Ledger, account: Account) -> None:
    slow = {"LEDGER_EFFECT_SECONDS": "20", "LEDGER_GRACEFUL_SECONDS": "1"}
    service = await ledger.up("api", "relay")
    await load(ledger, service.url).run(3)
    worker = await ledger.up("worker", env=slow)
    await asyncio.sleep(2)
    worker.process.send_signal(signal.SIGTERM)
    await asyncio.to_thread(worker.exit_code)
    assert await ledger.applied() == []
    with account.recovery():
        await ledger.up("worker")
        await ledger.wait_until_applied(3)
    account.balance(await ledger.check())


DRAINING = {"LEDGER_DRAIN_SECONDS": "5"}
"""A process that stops stays reachable for 5 seconds, many times the interval in which the balancer looks at it."""


@dataclass
class Balancer:
    """A load balancer that checks readiness every 0.1 s and uses ready processes, or all when none is ready."""

    all: list[Running]
    ready: list[Running] = field(default_factory=list)

    def urls(self) -> list[str]:
        return [one.url for one in self.ready or self.all]

    async def look_for_ever(self) -> None:
        while True:
            seen = tuple(self.all)
            answers = await asyncio.gather(*(asyncio.to_thread(one.is_ready) for one in seen))
            self.ready = [one for one, good in zip(seen, answers, strict=True) if good]
            await asyncio.sleep(0.1)


@pytest.mark.thorough
async def test_16_a_rolling_restart_under_load(ledger: Ledger, account: Account) -> None:
    balancer = Balancer([await ledger.up("api", env=DRAINING), await ledger.up("api", env=DRAINING)])
    others = {role: await ledger.up(role) for role in ("relay", "worker")}
    looking = asyncio.create_task(balancer.look_for_ever())
    writer = Load(ledger, balancer.urls)
    writing = asyncio.create_task(writer.run(200, pause=0.3))
    account.times = 0
    for old in tuple(balancer.all):
        balancer.all.append(await ledger.up("api", env=DRAINING))
        await _replaced(old)
        account.times += 1
    for role, running in others.items():
        heir = await ledger.up(role)
        await _replaced(running)
        others[role] = heir
        account.times += 1
    await writing
    looking.cancel()
    with account.recovery():
        await ledger.wait_until_applied(200, 60)
    assert not [status for status in writer.statuses if status >= 500]
    assert writer.failures == 0
    account.balance(await ledger.check())


async def _replaced(running: Running) -> None:
    """Stop a process with SIGTERM, and check that its exit status is 0 or that of a process ended by SIGTERM."""
    running.process.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(running.exit_code) in {0, -signal.SIGTERM}


@pytest.mark.thorough
async def test_19_offsets_go_back_to_the_beginning(ledger: Ledger, machine: Servers, account: Account) -> None:
    service, worker = await ledger.up("api", "relay"), await ledger.up("worker")
    writer = load(ledger, service.url)
    await writer.run(50)
    await ledger.wait_until_applied(50)
    await _replaced(worker)

    admin = machine.kafka.cluster().admin
    group = f"reports-worker.{ledger.consumer}"

    async def forgotten() -> bool:
        try:
            [future] = admin.delete_consumer_groups([group]).values()
            await asyncio.to_thread(future.result, 10)
        except KafkaException:
            return False
        return True

    await wait_until("the group's offsets are gone", forgotten, 30)
    with account.recovery():
        await ledger.up("worker")
        await writer.run(50)
        await ledger.wait_until_applied(100)
    account.balance(await ledger.check())


@pytest.mark.thorough
async def test_20_a_storm_of_duplicates(ledger: Ledger, account: Account) -> None:
    service, relay = await ledger.up("api", "worker"), await ledger.up("relay")
    await load(ledger, service.url).run(100)
    await ledger.wait_until_applied(100)
    before = [tuple(row) for row in await ledger.applied()]
    account.times = 3
    for _ in range(account.times):
        await ledger.connection.execute("insert into outbox_pending (id) select id from event_log")
        relay.kill()
        relay = await ledger.up("relay")  # a new relay reads from the lowest id and finds the inserted rows

        async def sent() -> bool:
            return await ledger.count("outbox_pending") == 0

        await wait_until("all sent again", sent, 30)
    with account.recovery():
        await load(ledger, service.url, streams=1).run(10)
        await ledger.wait_until_applied(110)
    assert [tuple(row) for row in await ledger.applied()][:100] == before
    account.balance(await ledger.check())
    assert account.duplicates == 300


async def test_21_whatever_the_order_of_arrival_effects_are_in_order(
    ledger: Ledger, account: Account, seed: int
) -> None:
    dice = random.Random(seed)
    applied: list[Step] = []

    async def apply(event: Any, _uow: Any) -> None:
        applied.append(Step(event.id, event.key, event.sequence))

    async with opened(ledger.database.app) as database:
        account.times = 20
        for turn in range(account.times):
            applied.clear()
            consumer = Consumer(Subscription(f"shuffled-{turn}", (NETWORKS,), apply), database)
            keys = [uuid7() for _ in range(4)]
            records = [good(key, number) for key in keys for number in range(1, 11)]
            arrivals = dice.sample(records * 2, len(records) * 2)
            received = [receive(TOPIC, 0, n, headers, value) for n, (_, value, headers) in enumerate(arrivals)]
            sent = [Step(r.event.id, r.event.key, r.event.sequence) for r in received if r.event]
            while received:
                size = dice.randrange(1, 15)
                batch, received = received[:size], received[size:]
                await consumer.process(batch)
            assert compare(sent, applied) == {"applied": len(records), "lost": 0, "twice": 0, "out_of_order": 0}
    assert await ledger.count("parked") == await ledger.count("dead_letter") == 0
    account.events = account.duplicates = account.times * 40


def _draw_ids(pipe: Any) -> None:
    random.seed(1)
    pipe.send([uuid7() for _ in range(2000)])


async def test_33_forked_processes_draw_different_ids(account: Account) -> None:
    context = multiprocessing.get_context("fork")
    pipes = [context.Pipe() for _ in range(4)]
    processes = [context.Process(target=_draw_ids, args=(inner,)) for _, inner in pipes]
    for process in processes:
        process.start()
    drawn = [identifier for outer, _ in pipes for identifier in outer.recv()]
    for process in processes:
        process.join(10)
    account.events = len(drawn)
    assert len(set(drawn)) == len(drawn) == 8000


@pytest.mark.thorough
async def test_34_two_consumers_in_one_database_each_apply_once(ledger: Ledger, account: Account) -> None:
    second = f"{ledger.consumer}-b"
    ledger.consumers.append(second)
    await ledger.skip_what_others_left()
    service = await ledger.up("api", "relay", "worker", env={"LEDGER_SECOND_CONSUMER": second})
    await load(ledger, service.url).run(60)
    account.balance(await ledger.check())


@pytest.mark.thorough
@pytest.mark.parametrize("whose", ["relay", "worker"])
async def test_37_a_right_is_taken_away_and_given_back(
    ledger: Ledger, machine: Servers, account: Account, whose: str
) -> None:
    service = await ledger.up("api", "relay", "worker", env={"LEDGER_STALLED_SECONDS": "3"})
    writer = load(ledger, service.url)
    await writer.run(20)
    await ledger.wait_until_applied(20)
    principal = "registry-relay" if whose == "relay" else "reports-worker"
    async with right_taken_away(machine, principal):
        await asyncio.sleep(1)
        await writer.run(20)
        await asyncio.sleep(6)
        assert len(await ledger.applied()) < 40
    with account.recovery():
        await writer.run(20)
        await ledger.wait_until_applied(60, 60)
    account.balance(await ledger.check())


@pytest.mark.thorough
async def test_39_the_event_loop_stalls(ledger: Ledger, account: Account) -> None:
    """The event loop stalls longer than the session timeout, so that the group is rebalanced; no event is doubled."""
    stall = {"LEDGER_EFFECT_SECONDS": "12", "LEDGER_EFFECT_BLOCKS": "yes"}
    service = await ledger.up("api", "relay")
    await load(ledger, service.url, streams=1).run(2)
    ledger.start("worker", env=stall)
    await asyncio.sleep(6)
    with account.recovery():
        await ledger.up("worker")
        await ledger.wait_until_applied(2, 90)
    account.balance(await ledger.check())


async def test_40_a_newer_producer(ledger: Ledger, account: Account) -> None:
    """Unknown fields are ignored, events of unknown types become dead letters, and other streams do not wait."""
    key, other = uuid7(), uuid7()
    wider = good(key, 1)
    wider = (wider[0], json.dumps(json.loads(wider[1]) | {"added_later": {"x": 1}}).encode(), wider[2])
    newer = good(other, 1)
    newer = (newer[0], newer[1], [(n, b"be.bin.network.renamed.v1" if n == "ce_type" else v) for n, v in newer[2]])
    _, (partition, offset), _ = await ledger.send(wider, newer, good(key, 2))
    await ledger.up("worker")
    account.balance(await ledger.check())
    assert account.events == 2
    dead = await ledger.connection.fetch('select partition, "offset", reason from dead_letter')
    assert [tuple(row) for row in dead] == [(partition, offset, "unknown_type")]
