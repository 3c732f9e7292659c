"""Runs the ledger (a test service), and checks that its events are logged, published and applied once, in order."""

import asyncio
import json
import os
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from buurtsein_chassis.primary import connect
from buurtsein_contracts import Unreadable, parse
from buurtsein_stack.home import free_port
from buurtsein_stack.servers import RunningServers
from harness.databases import FreshDatabase, fresh_database
from harness.evidence import Command, Evidence, Step, judge
from harness.kafka import access, all_records, begin_at_the_end, send_raw, wait_until_read
from harness.ledger_process import Running, begin
from harness.ledger_service import TABLES
from harness.sabotage import chassis_without
from harness.waiting import wait_until

TOPIC = "bin.networks"
SETTLE_SECONDS = 40.0

_LEFT = {
    "pending": "select count(*) from outbox_pending",
    "frozen": "select count(*) from outbox_frozen",
    "parked": "select count(*) from parked where event_id = any($1::uuid[])",
    "dead": "select count(*) from dead_letter where state = 'dead' and event_id = any($1::uuid[])",
}
"""Queries for waiting rows; parked and dead count only this ledger's events, since other tests use the same topic."""


@dataclass
class Ledger:
    """One ledger (test service): its database, its processes, and the commands that it acknowledged to clients."""

    servers: RunningServers
    database: FreshDatabase
    connection: asyncpg.Connection
    consumer: str
    logs: Path
    acknowledged: list[Command] = field(default_factory=list)
    by_hand: list[Step] = field(default_factory=list)
    """Events that a test sent to the topic itself; they are in no event log and must be applied like others."""
    running: list[Running] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.consumers = [self.consumer]
        """The consumers that must apply every event; a test that starts a second one adds its name."""

    def start(
        self, *roles: str, env: Mapping[str, str] | None = None, without: Sequence[str] = (), port: int | None = None
    ) -> Running:
        """Start a process of the service with the given roles (api, relay, worker), without waiting until it is ready.

        In that process the mechanisms of the chassis in `without` are switched off. Its port is a free one by default.
        """
        port = port or free_port()
        changed = chassis_without(without, self.logs / "-".join(["without", *without])) if without else {}
        variables = os.environ | self._settings(port) | changed | dict(env or {})
        process = begin(roles, variables, self.logs / f"{'-'.join(roles)}.log", fork=not changed)
        self.running.append(Running(process, port, frozenset(roles)))
        return self.running[-1]

    async def up(
        self, *roles: str, env: Mapping[str, str] | None = None, without: Sequence[str] = (), port: int | None = None
    ) -> Running:
        """Start a process as `start` does, and wait until it is ready without blocking the test's event loop."""
        running = self.start(*roles, env=env, without=without, port=port)
        await asyncio.to_thread(running.ready)
        return running

    async def skip_what_others_left(self) -> None:
        """Move the consumer groups to the end of the topic, so that workers skip the events of earlier tests."""
        for consumer in self.consumers:
            await begin_at_the_end(access(self.servers), _group(consumer), TOPIC)

    async def send(self, *records: Any) -> list[tuple[int, int]]:
        """Send records to the topic; return their partitions and offsets. `check` then expects their effects too."""
        places = await send_raw(access(self.servers), TOPIC, records)
        steps = [_step(headers, value) for _, value, headers in records]
        self.by_hand += [step for step in steps if step and step not in self.by_hand]
        return places

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
            "drain_seconds": 0,
            "rate_limit_anonymous_per_minute": 10_000_000,
        }
        return {f"LEDGER_{key.upper()}": str(value) for key, value in settings.items()}

    async def reconnect(self) -> None:
        """Open a new database connection, after the database was unreachable for a time."""
        await self.connection.close()
        self.connection = await connect(self.database.superuser)

    async def logged(self) -> list[Step]:
        """Return the events in the event log, and the events that a test itself sent to the topic."""
        rows = await self.connection.fetch("select event_id, key, version from event_log order by id")
        return [*(Step(*row) for row in rows), *self.by_hand]

    async def applied(self, consumer: str | None = None) -> list[Step]:
        """Return the events that this ledger's consumers applied, in the order of their commits."""
        rows = await self.connection.fetch(
            """select event_id, key, version from applied
               where event_id = any($1::uuid[]) and ($2::text is null or consumer = $2) order by id""",
            [step.event_id for step in await self.logged()],
            consumer,
        )
        return [Step(*row) for row in rows]

    async def wire(self) -> list[Step]:
        """Return the topic's records with a key of this ledger, also those whose event is not in its event log."""
        mine = {step.key for step in await self.logged()} | {network for network, _ in self.acknowledged}
        steps = [_step(r.headers, r.value) for r in await all_records(access(self.servers), TOPIC)]
        return [step for step in steps if step and step.key in mine]

    async def published(self) -> Counter[UUID]:
        """Return how many times each event of this ledger is on the topic."""
        return Counter(step.event_id for step in await self.wire())

    async def count(self, table: str) -> int:
        """Return the number of rows in a table of the ledger's database."""
        return int(await self.connection.fetchval(f"select count(*) from {table}"))

    async def wait_until_applied(self, number: int, seconds: float = 40) -> None:
        """Wait until this number of events is applied."""

        async def enough() -> bool:
            return len(await self.applied()) >= number

        await wait_until(f"{number} effects", enough, seconds)

    async def settled(self, seconds: float = SETTLE_SECONDS) -> None:
        """Wait until the running relays have published all events and the running workers have read all records."""

        async def nothing_pending() -> bool:
            return await self.count("outbox_pending") == 0

        if self._runs("relay"):
            await wait_until("the outbox is empty", nothing_pending, seconds)
        if self._runs("worker"):
            for consumer in self.consumers:
                await wait_until_read(access(self.servers), _group(consumer), TOPIC, seconds)

    def _runs(self, role: str) -> bool:
        return any(role in running.roles and running.process.poll() is None for running in self.running)

    async def check(self, *, unacknowledged: int = 0) -> dict[str, int]:
        """Wait until all events have arrived, compare those accepted, logged, published and applied; return counts.

        Raises AssertionError when an event was lost, doubled or out of order. At most `unacknowledged` commands may be
        in the log although no client got an answer, because the answer to the commit was lost.
        """
        await self.settled()
        figures = (await self.evidence()).figures()
        judge(figures, unacknowledged)
        return figures | {"suppressed": self.suppressed()}

    async def evidence(self) -> Evidence:
        """Return the commands and events that are now acknowledged, logged, published and applied, without a check."""
        logged = await self.logged()
        by_hand = [(step.key, step.version) for step in self.by_hand]
        ids = [step.event_id for step in logged]
        return Evidence(
            [*self.acknowledged, *by_hand],
            [*await self._commands("select network_id::text, number from entry"), *by_hand],
            [*await self._commands("select key, (data->>'agreement_version')::integer from event_log"), *by_hand],
            logged,
            await self.wire(),
            {consumer: await self.applied(consumer) for consumer in self.consumers},
            {name: await self._number(query, *[ids] * ("$1" in query)) for name, query in _LEFT.items()},
        )

    async def _commands(self, query: str) -> list[Command]:
        return [(network, number) for network, number in await self.connection.fetch(query)]

    async def _number(self, query: str, *arguments: Any) -> int:
        return int(await self.connection.fetchval(query, *arguments))

    def log_lines(self, event: str) -> list[dict[str, Any]]:
        """Return the log lines with this event name from all processes, including killed processes."""
        lines = [line for log in self.logs.glob("*.log") for line in log.read_text().splitlines()]
        return [entry for line in lines if f'"{event}"' in line and (entry := json.loads(line))["event"] == event]

    def suppressed(self) -> int:
        """Return how many duplicates the consumers dropped, counted in logs because metrics end with their process."""
        return sum(entry["duplicates"] for entry in self.log_lines("consumer.applied"))


def _group(consumer: str) -> str:
    return f"reports-worker.{consumer}"


def _step(headers: Any, value: bytes | None) -> Step | None:
    try:
        event = parse(headers, value)
    except Unreadable:  # an invalid record, of this test or of an earlier one
        return None
    return Step(event.id, event.key, event.sequence)


@asynccontextmanager
async def new_ledger(servers: RunningServers, logs: Path) -> AsyncIterator[Ledger]:
    """Yield a ledger (test service) with an empty database; kill its processes afterwards."""
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
        for running in ledger.running:
            running.kill()
