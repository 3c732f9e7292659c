"""Runs a consumer on its own database; a test passes batches of records to the consumer directly."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from buurtsein_chassis.consumer import Consumer
from buurtsein_chassis.inbox import receive
from buurtsein_chassis.operations.dead_letters import Chosen, dead_letters
from buurtsein_chassis.subscription import Subscription
from buurtsein_contracts import Event, to_kafka, uuid7
from buurtsein_contracts.events import BeAlertJoined
from buurtsein_contracts.topics import NETWORKS
from harness.databases import FreshDatabase, opened
from harness.ledger_service import TABLES, apply

TOPIC = "bin.networks"

type Record = tuple[bytes, list[tuple[str, Any]]]


@dataclass
class Bench:
    """One consumer on a new database; the table `applied` shows the events that it applied."""

    consumer: Consumer
    connection: asyncpg.Connection
    offset: int = 0

    async def deliver(self, *records: Record) -> None:
        """Pass one batch of records to the consumer, as the broker would deliver it."""
        received = [receive(TOPIC, 0, self.offset + n, headers, value) for n, (value, headers) in enumerate(records)]
        self.offset += len(records)
        await self.consumer.process(received)

    async def sweep(self) -> None:
        """Let the consumer apply those parked and redriven events that can be applied now, as it regularly does."""
        await self.consumer.process([])

    async def refuse_second(self) -> None:
        """Make events of version 2 fail from now on."""
        await self.connection.execute("alter table applied add constraint no_second check (version <> 2)")

    async def accept_second(self) -> None:
        """Let events of version 2 succeed again after `refuse_second`."""
        await self.connection.execute("alter table applied drop constraint no_second")

    async def versions(self, key: Any) -> list[int]:
        rows = await self.connection.fetch("select version from applied where key = $1 order by id", str(key))
        return [row["version"] for row in rows]

    async def parked(self, key: Any) -> list[int]:
        rows = await self.connection.fetch("select version from parked where key = $1 order by version", str(key))
        return [row["version"] for row in rows]

    async def letters(self, key: Any, *states: str) -> list[dict[str, Any]]:
        return await dead_letters(self.connection, Chosen(key=str(key), states=states or ("dead",)))

    async def audit(self) -> list[tuple[str, str, str | None]]:
        rows = await self.connection.fetch("select who, verb, reason from operator_action order by id")
        return [tuple(row) for row in rows]


@asynccontextmanager
async def on(where: FreshDatabase) -> AsyncIterator[Bench]:
    """Yield a consumer that writes to this database and gets batches of records from the test."""
    connection = await asyncpg.connect(where.migrator)
    await connection.execute(TABLES)
    async with opened(where.app) as database:
        yield Bench(Consumer(Subscription("ledger", (NETWORKS,), apply), database), connection)
    await connection.close()


def record(key: Any, sequence: int, type_name: str | None = None) -> Record:
    """Return value and headers of a record with a valid event, or with another event type in the headers."""
    data = BeAlertJoined.model_validate(
        {"network_id": key, "agreement_version": "1", "actor": "p" + "0" * 32, "joined_at": "2026-11-24T08:00:00Z"}
    )
    made = to_kafka(Event(uuid7(), "urn:be:bin:test", data.joined_at, sequence, data))
    named = {"ce_type": type_name.encode()} if type_name else {}
    return made.value, list((dict(made.headers) | named).items())
