"""Tests of a cluster of three brokers that loses brokers or connections (faults 41 to 45 of the catalogue)."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from buurtsein_stack.kafka import Kafka
from buurtsein_stack.processes import send, stop
from harness.account import Account
from harness.ledger import TOPIC, Ledger, new_ledger
from harness.load import load
from harness.switchboard import Switchboard, cut, switchboard, wait_for_copies
from harness.waiting import wait_until

pytestmark = [pytest.mark.thorough, pytest.mark.timeout(300)]

AFTER = 30
"""How many events must be applied while a broker is away."""


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Switchboard]:
    home = tmp_path_factory.mktemp("brokers")
    with switchboard(home) as made:
        yield made


@pytest.fixture
async def ledger(board: Switchboard, tmp_path: Path, account: Account) -> AsyncIterator[Ledger]:  # noqa: ARG001 # before the ledger
    """Yield a ledger (test service) on the cluster; afterwards all brokers run and all replicas are in sync again."""
    async with new_ledger(board.servers, tmp_path) as fresh:
        await fresh.skip_what_others_left()
        yield fresh
    board.servers.start()
    wait_for_copies(board.servers)


def leader(board: Switchboard, topic: str) -> Kafka:
    """Return the broker that is the leader of a topic's first partition."""
    found = board.servers.kafka.cluster().admin.list_topics(timeout=10).topics[topic]
    return board.servers.brokers[found.partitions[0].leader - 1]


def controller(board: Switchboard) -> Kafka:
    """Return the broker whose process is the active KRaft controller, as the newest election says."""
    files = [broker.folder / "data" / "__cluster_metadata-0" / "quorum-state" for broker in board.servers.brokers]
    states = [json.loads(file.read_text()) for file in files]
    newest = max(states, key=lambda state: int(state["leaderEpoch"]))
    return board.servers.brokers[int(newest["leaderId"]) - 1]


async def kill(*brokers: Kafka) -> None:
    await asyncio.to_thread(stop, [process for one in brokers if (process := one.process())], signal.SIGKILL)


async def more_applied(ledger: Ledger, number: int = AFTER) -> None:
    """Wait until the consumer has applied this many more events than at the start of the call."""
    await ledger.wait_until_applied(len(await ledger.applied()) + number, 90)


async def balanced(ledger: Ledger, account: Account, number: int) -> None:
    """Wait until `number` events are applied, then compare the accepted, logged, published and applied events."""
    with account.recovery():
        await ledger.wait_until_applied(number, 90)
    account.balance(await ledger.check())


@pytest.mark.parametrize("role", ["leader", "coordinator", "controller"])
async def test_41_42_a_broker_is_killed(ledger: Ledger, board: Switchboard, account: Account, role: str) -> None:
    """The killed broker leads a partition, coordinates the consumer group, or is the active controller (fault 42)."""
    service = await ledger.up("api", "relay", "worker")
    writer = load(ledger, service.url)
    await writer.run(20)
    victim = controller(board) if role == "controller" else leader(board, GROUPS if role == "coordinator" else TOPIC)

    async def fault() -> None:
        await kill(victim)
        await more_applied(ledger)
        await asyncio.to_thread(victim.start)

    number = 20 + await writer.during(fault())
    await balanced(ledger, account, number)
    assert writer.statuses.keys() == {201}


GROUPS = "__consumer_offsets"


@pytest.mark.parametrize("how", ["from everybody", "from the other brokers", "asleep"])
async def test_43_a_broker_is_cut_off(ledger: Ledger, board: Switchboard, account: Account, how: str) -> None:
    """A broker without network still acts as leader; in the case `asleep`, SIGSTOP stops it instead."""
    service = await ledger.up("api", "relay", "worker")
    writer = load(ledger, service.url)
    await writer.run(20)
    victim = leader(board, TOPIC)

    async def fault() -> None:
        if how == "asleep":
            await _asleep(victim, ledger)
            return
        async with cut(board, victim, reached_by_clients=how == "from the other brokers"):
            await more_applied(ledger)

    number = 20 + await writer.during(fault())
    await balanced(ledger, account, number)
    assert writer.statuses.keys() == {201}


async def _asleep(broker: Kafka, ledger: Ledger) -> None:
    process = broker.process()
    assert process
    send(process, signal.SIGSTOP)
    try:
        await more_applied(ledger)
    finally:
        send(process, signal.SIGCONT)


async def test_44_all_brokers_but_one_are_gone(ledger: Ledger, board: Switchboard, account: Account) -> None:
    service = await ledger.up("api", "relay", "worker")
    writer = load(ledger, service.url)
    await writer.run(20)
    await ledger.wait_until_applied(20)
    await ledger.settled()
    gone = board.servers.brokers[1:]
    await kill(*gone)
    await writer.run(100)
    assert writer.statuses.keys() == {201}
    assert await ledger.count("outbox_pending") == 100, "one broker alone acknowledged an event"
    for broker in gone:
        await asyncio.to_thread(broker.launch)
    await balanced(ledger, account, 120)


async def test_45_the_brokers_are_restarted_one_after_the_other(
    ledger: Ledger, board: Switchboard, account: Account
) -> None:
    service = await ledger.up("api", "relay", "worker")
    writer = load(ledger, service.url)
    await writer.run(20)
    account.times = 3

    async def fault() -> None:
        for broker in board.servers.brokers:
            await asyncio.to_thread(broker.stop)
            await asyncio.to_thread(broker.start)
            await asyncio.to_thread(wait_for_copies, board.servers)

    number = 20 + await writer.during(fault())
    await balanced(ledger, account, number)
    assert writer.statuses.keys() == {201}

    async def ready() -> bool:
        return await asyncio.to_thread(service.is_ready)

    await wait_until("the service is ready again", ready, 60)
