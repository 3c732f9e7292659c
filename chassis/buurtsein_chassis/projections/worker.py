"""Rebuilds and verifies projections when an operator asks for it; this runs in every worker of a service.

One worker runs a task, and holds an advisory lock in the database session in which it works. When that worker or its
session ends, another worker begins the task again.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import structlog
from aiokafka.errors import KafkaError

from buurtsein_chassis.backoff import Backoff
from buurtsein_chassis.database import DATABASE_ERRORS, TRANSIENT, Database
from buurtsein_chassis.health import Health
from buurtsein_chassis.kafka_access import KafkaAccess
from buurtsein_chassis.logs import place_of
from buurtsein_chassis.primary import connect
from buurtsein_chassis.projections import tasks
from buurtsein_chassis.projections.rebuild import Incomplete, Result, rebuild, verify
from buurtsein_chassis.projections.staging import Staging
from buurtsein_chassis.projections.tasks import Task
from buurtsein_chassis.projections.topic_reader import opened_topics
from buurtsein_chassis.subscription import Subscription

POLL_SECONDS = 2.0
STATEMENT_SECONDS = 300.0
NAMED = 20
"""An outcome lists at most this many keys."""

_AWAY = (*TRANSIENT, KafkaError)
_LOCK = "select pg_try_advisory_lock(hashtext('projection'), hashtext($1))"

log = structlog.get_logger("projections")


class Stopped(Exception):
    """Raised inside a rebuild or verification that an operator has stopped."""


class ProjectionWorker:
    """Looks for tasks of a service's projections, and runs them one after another."""

    def __init__(
        self, subscriptions: Sequence[Subscription], database: Database, dsn: str, access: KafkaAccess, health: Health
    ) -> None:
        """Take the subscriptions of the service; those that keep a projection are used.

        Take the app role's pool and also its DSN, because each task opens a session of its own.
        """
        self._projections = {one.projection.name: one.projection for one in subscriptions if one.projection}
        self._with_effects = {one.consumer for one in subscriptions if one.has_effects}
        self._database = database
        self._dsn = dsn
        self._access = access
        self._health = health

    async def run(self) -> None:
        """Look for tasks every two seconds until cancelled; use a backoff while database or broker is unavailable."""
        backoff = Backoff(first=1, most=10)
        while True:
            try:
                await self.once()
            except (*DATABASE_ERRORS, KafkaError) as error:
                delay = backoff.next()
                log.warning("projections.retry", error=type(error).__name__, delay_seconds=round(delay, 2))
                await asyncio.sleep(delay)
            else:
                backoff.reset()
                await asyncio.sleep(POLL_SECONDS)

    async def once(self) -> None:
        """Run all unfinished tasks, and report to the health checks which projections need a rebuild."""
        declared = list(self._projections.values())
        async with self._database.connection() as connection:
            await tasks.register(connection, declared)
            standings = await tasks.standings(connection, declared)
            asked = await tasks.under_way(connection, list(self._projections))
        self._health.stale = [standing.name for standing in standings if standing.stale]
        for task in asked:
            await self._do(task)

    async def _do(self, task: Task) -> None:
        async with self._session() as session:
            if not await session.fetchval(_LOCK, task.projection):
                return
            try:
                result = await self._result(task, session)
            except Stopped:
                log.info("projection.stopped", projection=task.projection, task=task.task)
                return
            except Incomplete as error:
                await self._finish(task, "failed", {"reason": "incomplete", **_named("incomplete", error.keys)})
            except _AWAY:
                raise
            except Exception as error:
                log.exception("projection.failed", projection=task.projection, task=task.task)
                await self._finish(task, "failed", {"reason": place_of(error)})
            else:
                differing, incomplete = _named("differing", result.differing), _named("incomplete", result.incomplete)
                await self._finish(task, "done", {"records": result.records, **differing, **incomplete})

    async def _result(self, task: Task, session: asyncpg.Connection) -> Result:
        async def progress(read: int, total: int) -> None:
            async with self._database.connection() as connection:
                if not await tasks.progressed(connection, task, read, total):
                    raise Stopped

        projection = self._projections[task.projection]
        staging = Staging(session, projection, leaves_effects=projection.name in self._with_effects)
        await progress(0, 0)
        async with opened_topics(self._access, [topic.name for topic in projection.topics]) as reader:
            if task.task == "verify":
                return await verify(staging, reader, progress)
            return await rebuild(staging, reader, progress, keep_incomplete=task.keep_incomplete)

    async def _finish(self, task: Task, state: str, outcome: dict[str, Any]) -> None:
        async with self._database.connection() as connection:
            await tasks.finish(connection, task, state, outcome)
        log.info("projection.task_ended", projection=task.projection, task=task.task, outcome=state)

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[asyncpg.Connection]:
        session = await connect(self._dsn, command_timeout=STATEMENT_SECONDS)
        try:
            await session.execute("set timezone = 'UTC'")
            yield session
        finally:
            await session.close(timeout=5)


def _named(name: str, keys: Sequence[str]) -> dict[str, Any]:
    """Return the number of differing keys and the first of these keys, for the outcome of a task."""
    return {name: len(keys), f"{name}_keys": list(keys[:NAMED])}
