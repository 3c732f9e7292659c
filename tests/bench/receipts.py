"""Measures how long it takes to send messages to 5,000 networks and to take in the receipts of all of them.

The peer is the simulator, over HTTP on this machine; it posts the receipts of each message to the notifier's route.
"""

import tempfile
import time
from pathlib import Path

from integration.notifier_scene import LIVE, Peer, keep
from pydantic import SecretStr
from unit.notifier.notifier_deeds import by, release
from unit.notifier.notifier_memory import OTHER, network
from unit.notifier.notifier_settings import settings
from unit.notifier.test_notifier_writing import TEXTS, call, officer

from bench.bars import Bar
from buurtsein_chassis.database import Database
from buurtsein_notifier import api, commands, handlers
from buurtsein_notifier.adapters.receiving import ReceiptReader
from buurtsein_notifier.adapters.simulator import Simulator
from buurtsein_notifier.deliveries import Deliveries
from buurtsein_notifier.store import NotifierStore
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database, opened
from harness.in_process import on_a_port
from harness.waiting import wait_until

MESSAGES, NETWORKS = 100, 50
MINUTE = 60.0
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


async def receipts(servers: RunningServers) -> list[Bar]:
    """Return a bar that compares the seconds from the first send to the last of 5,000 stored receipts with a minute."""
    async with fresh_database(servers, "notifier") as where, opened(where.app) as database:
        await _release_all(database)
        with tempfile.TemporaryDirectory() as folder:
            peer = Peer(Path(folder))
            try:
                seconds = await _measured(database, peer)
            finally:
                peer.close()
    name = "5,000 networks sent to with their receipts stored / a minute (s)"
    return [Bar(name, [seconds], [MINUTE], 1, at_most=True)]


async def _release_all(database: Database) -> None:
    """Let police write, propose and release messages, each for the same fifty networks."""
    homes = [network(code=f"BIN-GEMEENTE-{number:04}") for number in range(NETWORKS)]
    async with database.unit_of_work() as uow:
        await keep(uow, *homes)
    command = call(texts=TEXTS, place=None, networks=[str(one.network_id) for one in homes], channels=["sms"])
    for _ in range(MESSAGES):
        async with database.unit_of_work() as uow:
            await _released(command, NotifierStore(uow))


async def _released(command: commands.Write, store: NotifierStore) -> None:
    alert = await handlers.write(command, officer(), LIVE, store)
    await handlers.propose(alert.alert_id, commands.Propose(), await by(store, alert), LIVE, store)
    await release(store, alert, LIVE, OTHER)


async def _measured(database: Database, peer: Peer) -> float:
    """Send all messages, wait until a receipt of each network is stored, and return how many seconds that took."""
    reader = ReceiptReader({"simulator": Simulator}, SecretStr(SECRET))
    adapter = Simulator(settings(bealert_url=peer.url))
    async with on_a_port(api.router, database, LIVE, reader) as url:
        receiver = {"url": f"{url}/receipts/simulator", "secret": SECRET, "seconds": 0.5}
        peer.client.post("/receivers", json=receiver).raise_for_status()
        worker, begun = Deliveries(adapter, LIVE), time.perf_counter()
        while await worker.step(database):
            pass

        async def complete() -> bool:
            return int(await database.pool.fetchval("select count(*) from receipt")) == MESSAGES * NETWORKS

        await wait_until("all receipts", complete, 2 * MINUTE)
        await adapter.close()
        return time.perf_counter() - begun
