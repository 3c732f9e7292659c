"""Repeats a step of work until it is cancelled, and waits longer each time while the database is away."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from buurtsein_chassis.backoff import Backoff
from buurtsein_chassis.database import DATABASE_ERRORS, Database
from buurtsein_chassis.health import Probe

log = structlog.get_logger("deliveries")


async def repeat(step: Callable[[Database], Awaitable[int]], database: Database, probe: Probe, idle: float) -> None:
    """Run a step again and again, at once while it returns that it did something, else after `idle` seconds.

    It runs earlier when this process commits events, which may have queued a message.
    """
    backoff = Backoff(first=0.5, most=30)
    while True:
        try:
            rings = database.doorbell.rings
            busy = await step(database)
            probe.progressed()
            backoff.reset()
            await (asyncio.sleep(0) if busy else database.doorbell.after(rings, idle))
        except DATABASE_ERRORS as error:
            delay = backoff.next()
            probe.behind(has_work=True, finished_at=0.0, excused=True)
            log.warning("deliveries.retry", error=type(error).__name__, delay_seconds=round(delay, 2))
            await asyncio.sleep(delay)
