"""The ledger: what was acknowledged, logged, published and applied must be the same, once each and in order."""

import asyncio
import os
import secrets
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from buurtsein_contracts import Unreadable, parse
from buurtsein_deploy.home import free_port
from buurtsein_deploy.servers import RunningServers
from harness.databases import FreshDatabase, fresh_database
from harness.kafka import access, all_records, begin_at_the_end
from harness.ledger_service import TABLES
from harness.waiting import wait_for, wait_until

PROGRAM = Path(__file__).with_name("ledger_service.py")
TOPIC = "bin.networks"


@dataclass
class Ledger:
    """One ledger service: its database, its processes, and what a client was told."""

    servers: RunningServers
    database: FreshDatabase
    connection: asyncpg.Connection
    consumer: str
    logs: Path
    acknowledged: list[tuple[str, int]] = field(default_factory=list)
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *roles: str, env: Mapping[str, str] | None = None) -> "Running":
        """Start a process of the service with these roles; it need not become ready."""
        port = free_port()
        only = [part for role in roles for part in ("--only", role)]
        with (self.logs / f"{'-'.join(roles)}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, str(PROGRAM), "run", *only],
                env=os.environ | self._settings(port) | dict(env or {}),
                stdout=log,
                stderr=log,
            )
        self.running.append(process)
        return Running(process, port)

    async def up(self, *roles: str, env: Mapping[str, str] | None = None) -> "Running":
        """Start a process and wait until it is ready, without stopping this one's event loop."""
        running = self.start(*roles, env=env)
        await asyncio.to_thread(running.ready)
        return running

    async def skip_what_others_left(self) -> None:
        """The first batch of a worker then holds what comes from now on, and nothing of other tests."""
        await begin_at_the_end(access(self.servers), f"reports-worker.{self.consumer}", TOPIC)

    def _settings(self, port: int) -> dict[str, str]:
        relay, worker = self.servers.principals["registry-relay"], self.servers.principals["reports-worker"]
        settings: dict[str, Any] = {
            "port": port,
            "profile": "local",
            "database_app": self.database.app,
            "database_relay": self.database.relay,
            "kafka_bootstrap": self.servers.bootstrap,
            "kafka_security_protocol": "SASL_PLAINTEXT",
            "kafka_relay_username": relay.username,
            "kafka_relay_password": relay.password,
            "kafka_worker_username": worker.username,
            "kafka_worker_password": worker.password,
            "oidc_issuer": "http://127.0.0.1:9",
            "pseudonym_key": "k" * 32,
            "source": "urn:be:bin:test",
            "consumer": self.consumer,
            "rate_limit_anonymous_per_minute": 10_000_000,
        }
        return {f"LEDGER_{key.upper()}": str(value) for key, value in settings.items()}

    async def reconnect(self) -> None:
        """After the database was away."""
        await self.connection.close()
        self.connection = await asyncpg.connect(self.database.superuser)

    async def logged(self) -> list[asyncpg.Record]:
        """The event log."""
        return await self.connection.fetch("select event_id, key, version from event_log order by id")

    async def applied(self) -> list[asyncpg.Record]:
        """Effects of this ledger's events, in the order they were committed; the topic has others' events too."""
        return await self.connection.fetch(
            "select a.event_id, a.key, a.version from applied a join event_log using (event_id) order by a.id"
        )

    async def published(self) -> Counter[UUID]:
        """How often each event of this ledger is on the topic."""
        mine = {row["event_id"] for row in await self.logged()}
        records = await all_records(access(self.servers), TOPIC)
        ids = (_event_id(record) for record in records)
        return Counter(found for found in ids if found is not None and found in mine)

    async def count(self, table: str) -> int:
        """Rows in a table."""
        return int(await self.connection.fetchval(f"select count(*) from {table}"))

    async def wait_until_applied(self, number: int, seconds: float = 40) -> None:
        """Until so many effects are there."""

        async def enough() -> bool:
            return len(await self.applied()) >= number

        await wait_until(f"{number} effects", enough, seconds)

    async def check(self) -> dict[str, int]:
        """Compare everything; returns the figures, AssertionError when the promise is broken."""
        logged, applied, published = await self.logged(), await self.applied(), await self.published()
        ids = [row["event_id"] for row in logged]
        figures = {
            "acknowledged": len(self.acknowledged),
            "logged": len(logged),
            "published": len(published),
            "duplicates": published.total() - len(published),
            "applied": len({row["event_id"] for row in applied}),
            "lost": len(set(ids) - {row["event_id"] for row in applied}),
            "twice": len(applied) - len({row["event_id"] for row in applied}),
            "out_of_order": _inversions(applied),
            "unlogged": len(Counter(self.acknowledged) - Counter(await self._entries())),
        }
        zeros = ("lost", "twice", "out_of_order", "unlogged")
        assert all(figures[name] == 0 for name in zeros), figures
        assert figures["logged"] == figures["published"] == figures["applied"], figures
        return figures

    async def _entries(self) -> list[tuple[str, int]]:
        rows = await self.connection.fetch("select network_id, number from entry")
        return [(str(row["network_id"]), row["number"]) for row in rows]


@dataclass
class Running:
    """One process of the ledger service."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ready(self) -> "Running":
        """Wait until it says it is ready."""
        wait_for(f"ledger service ready (exit code {self.process.poll()})", self._is_ready, 30)
        return self

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=2).is_success
        except httpx.HTTPError:
            return False

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait(10)

    def exit_code(self, seconds: float = 30) -> int:
        """Wait for its own end."""
        return self.process.wait(seconds)


def _event_id(record: Any) -> UUID | None:
    try:
        return parse(record.headers, record.value).id
    except Unreadable:  # poison of other tests
        return None


def _inversions(applied: list[asyncpg.Record]) -> int:
    last: dict[str, int] = {}
    wrong = 0
    for row in applied:
        wrong += row["version"] != last.get(row["key"], 0) + 1
        last[row["key"]] = row["version"]
    return wrong


@asynccontextmanager
async def new_ledger(servers: RunningServers, logs: Path) -> AsyncIterator[Ledger]:
    """A ledger with an empty database; its processes are ended afterwards."""
    async with fresh_database(servers, "registry") as database:
        migrator = await asyncpg.connect(database.migrator)
        await migrator.execute(TABLES)
        await migrator.close()
        connection = await asyncpg.connect(database.superuser)
        ledger = Ledger(servers, database, connection, f"ledger-{secrets.token_hex(4)}", logs)
        with _ended(ledger):
            yield ledger
        await ledger.connection.close()


@contextmanager
def _ended(ledger: Ledger) -> Iterator[None]:
    try:
        yield
    finally:
        for process in ledger.running:
            process.kill()
            process.wait(10)
