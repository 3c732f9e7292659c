"""Runs a BE-Alert simulator on a real port, and stores alerts that wait for their delivery."""

import socket
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from unit.notifier import notifier_deeds
from unit.notifier.notifier_memory import dependencies, incident, network, with_rule

from buurtsein_chassis.database import Connection, Database, UnitOfWork
from buurtsein_kernel.clock import SystemClock
from buurtsein_notifier import handlers
from buurtsein_notifier.adapters import duty
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.duty import Roster
from buurtsein_notifier.domain.facts import Network
from buurtsein_notifier.handlers.duty import Duty, call_duty
from buurtsein_notifier.projections import known_networks
from buurtsein_notifier.store import NotifierStore
from buurtsein_notifier.store.duty import DutyTables
from buurtsein_stack import bealert

LIVE = dependencies(clock=SystemClock())
"""The dependencies of handlers on a real database; leases and deliveries use the clock of the database."""


class Peer:
    """A BE-Alert simulator that runs on a real port."""

    def __init__(self, folder: Path) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        app = bealert.Peer(bealert.Mailbox(folder), bealert.load_schema()).app()
        self.server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]})
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.client = httpx.Client(base_url=self.url, timeout=5, trust_env=False)

    def close(self) -> None:
        self.client.close()
        self.server.should_exit = True
        self.thread.join(10)

    def fault(self, mode: str) -> None:
        assert self.client.post("/faults", json={"mode": mode, "times": 1}).is_success

    def deliveries(self) -> dict[str, int]:
        return {one["identifier"]: one["deliveries"] for one in self.client.get("/alerts").json()}


async def keep(uow: UnitOfWork, *networks: Network) -> None:
    """Store these networks in the notifier's database."""
    await known_networks.save(uow.connection, {str(one.network_id): one.known for one in networks})


async def proposed(database: Database, **changes: Any) -> Alert:
    """Store a proposed alert in the notifier's database and return the alert."""
    async with database.unit_of_work() as uow:
        store = NotifierStore(uow)
        await keep(uow, network())
        values: dict[str, Any] = {"category": "inbraak", "happened_at": LIVE.clock.now()} | changes
        await handlers.judge(incident(**values), replace(LIVE, book=with_rule("inbrakenreeks", min_count=1)), store)
        alert_id = await uow.connection.fetchval("select alert_id from alert order by alert_id desc limit 1")
        return await store.alert(alert_id)


async def released(database: Database, **changes: Any) -> Alert:
    """Store a released alert that waits for its delivery, and return the alert."""
    made = await proposed(database, **changes)
    async with database.unit_of_work() as uow:
        return await notifier_deeds.release(NotifierStore(uow), made, LIVE)


async def owed(database: Database) -> None:
    """Make feedback about each stored alert overdue, and also the judgement of its emergency release."""
    await database.pool.execute(
        """update alert set feedback_due_at = now() - interval '1 hour', audit_open = true,
               document = document || jsonb_build_object('break_glass',
                   jsonb_build_object('actor', 'p', 'reason', 'nood', 'at', now() - interval '4 days'))"""
    )


async def untold(database: Database) -> None:
    """Store a proposed alert, and a failed call to a duty contact whose address does not answer."""
    await proposed(database)
    roster = Roster.read('[[contacts]]\nname = "wacht"\nurl = "json://127.0.0.1:9"')
    await call_duty(Duty(roster, duty.tell), LIVE.clock, DutyTables(database))


async def broken_rules(database: Database) -> None:
    """Put rules into force that have an unreadable rule, and store an incident that an overload holds back."""
    await database.pool.execute("insert into held_fact values ('brand', gen_random_uuid(), '{}', 'overload')")
    await database.pool.execute(
        """insert into edition values ('rules', 1, '2026-01-01', 'APPROVED', 0, '{"rule": [{"id": "stuk"}]}', 'x',
           'p1', 'police', now(), 'p2', now())"""
    )


async def read[Shown](database: Database, view: Callable[[Connection], Awaitable[Shown]]) -> Shown:
    """Call a view function with a new database connection, and return its result."""
    async with database.pool.acquire() as connection:
        return await view(connection)
