"""Defines a fake adapter that returns a test's answers, and functions that read a delivery's result."""

import asyncio
from collections.abc import Sequence

import asyncpg

from buurtsein_chassis.database import Database
from buurtsein_notifier.adapters import (
    Adapter,
    Answer,
    Delivered,
    NotFound,
    Outcome,
)
from buurtsein_notifier.domain.alert import Alert


class Scripted:
    """A fake adapter that returns the answers given by the test, and records the identifiers in its calls."""

    name = "simulator"

    def __init__(self, sends: Sequence[Outcome | Exception] = (), finds: Sequence[Answer] = ()) -> None:
        self.sends, self.finds = list(sends), list(finds)
        self.sent: list[str] = []
        self.asked: list[str] = []
        self.speaking = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()

    async def send(self, identifier: str, xml: bytes) -> Outcome:
        assert xml.startswith(b"<?xml")
        self.sent.append(identifier)
        self.speaking.set()
        await self.gate.wait()
        outcome = self.sends.pop(0) if self.sends else Delivered("ref")
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def status(self, identifier: str) -> Answer:
        self.asked.append(identifier)
        return self.finds.pop(0) if self.finds else NotFound()

    async def close(self) -> None:
        pass


def typed(scripted: Scripted) -> Adapter:
    return scripted


async def row(database: Database, alert: Alert) -> asyncpg.Record:
    found = await database.pool.fetchrow("select * from delivery where alert_id = $1", alert.alert_id)
    assert found
    return found


async def state(database: Database, alert: Alert) -> tuple[str, str]:
    """Return the state of the alert's delivery and the state of the alert itself."""
    now = await database.pool.fetchval("select state from alert where alert_id = $1", alert.alert_id)
    return (await row(database, alert))["state"], now


async def later_events(database: Database, alert: Alert) -> list[str]:
    """Return the types of an alert's events after the proposal and the release; `feedback-due` is left out."""
    rows = await database.pool.fetch("select type from event_log where key = $1 order by id", str(alert.alert_id))
    types = [one["type"].removeprefix("be.bin.alert.").removesuffix(".v1") for one in rows]
    return [one for one in types if one != "feedback-due"][2:]


async def alter(database: Database, assignment: str) -> None:
    await database.pool.execute(f"update delivery set {assignment}")


async def due(database: Database) -> None:
    await alter(database, "run_at = now()")
