"""The worker that hands released alerts to the adapter: claim, ask or send, finish.

Invariant: no transaction is open while the peer is spoken to, and a message that may have arrived is never sent again
before the peer said that it does not have it. So a peer never gets the same CAP identifier twice.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
import structlog
from prometheus_client import Counter

from buurtsein_chassis.backoff import Backoff
from buurtsein_chassis.database import Database, UnitOfWork
from buurtsein_chassis.trace import current_trace, trace_from
from buurtsein_contracts.events.alert import FailureReason
from buurtsein_notifier import handlers, queue
from buurtsein_notifier.adapters import (
    Adapter,
    Answer,
    CannotSay,
    Delivered,
    Found,
    NotFound,
    Outcome,
    Refused,
    TryAgain,
    Unknown,
)
from buurtsein_notifier.queue import DeliveryState, Job, Overdue
from buurtsein_notifier.store import NotifierStore

BATCH = 5
IDLE_SECONDS = 1.0
EXPIRY_SECONDS = 5.0
FIRST_BACKOFF = 1.0
LONGEST_BACKOFF = 300.0
LONGEST_WAIT = 7 * 24 * 3600.0
"""No alert lives longer, whatever a peer asks for."""
SPEAKING_SECONDS = 12.0
"""The longest an adapter may take for one call; cut off, its outcome is unknown."""
LEASE_SECONDS = 30.0
"""More than two calls: a lease that ran out belongs to a worker that is gone or no longer speaking."""

log = structlog.get_logger("deliveries")
OUTCOMES = Counter("buurtsein_deliveries_total", "Delivery attempts by outcome.", ["adapter", "outcome"])

_AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


@dataclass(frozen=True, slots=True)
class NotNow:
    """It was not sent: the kill-switch is on, it expired, or the lease is gone."""


type Result = Outcome | CannotSay | NotNow


class Deliveries:
    """The loop over due deliveries, for one adapter."""

    def __init__(self, adapter: Adapter, lease_seconds: float = LEASE_SECONDS) -> None:
        """Any number of workers may run it; they never hold the same delivery."""
        self._adapter = adapter
        self._lease_seconds = lease_seconds

    async def run(self, database: Database) -> None:
        """Deliver until cancelled; a database that is away is waited for."""
        backoff = Backoff(first=0.5, most=30)
        try:
            while True:
                try:
                    busy = await self.step(database)
                    backoff.reset()
                    await asyncio.sleep(0 if busy else IDLE_SECONDS)
                except* _AWAY as errors:
                    delay = backoff.next()
                    log.warning(
                        "deliveries.retry", error=type(errors.exceptions[0]).__name__, delay_seconds=round(delay, 2)
                    )
                    await asyncio.sleep(delay)
        finally:
            await self._adapter.close()

    async def step(self, database: Database) -> int:
        """Deal with what is due now; how many that were."""
        jobs = await queue.claim(database.pool, BATCH, self._lease_seconds)
        async with asyncio.TaskGroup() as tasks:
            for job in jobs:
                tasks.create_task(self._deliver(job, database))
        return len(jobs)

    async def _deliver(self, job: Job, database: Database) -> None:
        result = await self._attempt(job, database)
        with_trace = current_trace.set(trace_from(job.correlation_id, job.traceparent))
        try:
            kept = await self._keep(job, result, database)
        finally:
            current_trace.reset(with_trace)
        name = type(result).__name__ if kept else "LeaseLost"
        OUTCOMES.labels(self._adapter.name, name).inc()
        log.info(
            "delivery.attempted",
            delivery_id=str(job.delivery_id),
            alert_id=str(job.alert_id),
            adapter=self._adapter.name,
            outcome=name,
            reason=getattr(result, "reason", None),
            attempt=job.attempts + 1,
        )

    async def _attempt(self, job: Job, database: Database) -> Result:
        """Ask first when the peer may have it; then send, if that is still allowed at this very moment."""
        if job.find_first:
            match await self._find(job):
                case Found(reference):
                    return Delivered(reference)
                case CannotSay() as unclear:
                    return unclear
                case NotFound():
                    pass
        if await queue.admit(database.pool, job, self._adapter.name) is None:
            return NotNow()
        return await self._send(job)

    async def _send(self, job: Job) -> Outcome:
        try:
            async with asyncio.timeout(SPEAKING_SECONDS):
                return await self._adapter.send(job.cap_identifier, job.xml)
        except Exception as error:  # noqa: BLE001 - whatever an adapter does wrong, the message may be out
            return Unknown(type(error).__name__)

    async def _find(self, job: Job) -> Answer:
        if job.adapter != self._adapter.name:
            return CannotSay("other_adapter")
        try:
            async with asyncio.timeout(SPEAKING_SECONDS):
                return await self._adapter.find(job.cap_identifier)
        except Exception as error:  # noqa: BLE001 - idem
            return CannotSay(type(error).__name__)

    async def _keep(self, job: Job, result: Result, database: Database) -> bool:
        """What the row becomes; False when the lease was lost and nothing was kept."""
        match result:
            case Delivered(reference):
                return await self._finish(job, DeliveryState.SENT, None, reference, database)
            case Refused(reason):
                return await self._finish(job, DeliveryState.FAILED, reason, None, database)
            case CannotSay(reason):
                return await self._finish(job, DeliveryState.UNKNOWN, reason, None, database)
            case TryAgain(reason, after, find_first):
                delay = _delay(job.attempts, after)
                return await queue.again(database.pool, job, reason, delay, find_first=find_first)
            case Unknown(reason):
                return await queue.again(database.pool, job, reason, _delay(job.attempts, None), find_first=True)
            case NotNow():
                # not sent, and if asked, not found: neither the peer nor we have doubts
                return await queue.again(database.pool, job, "not_now", 0, find_first=False)

    async def _finish(
        self, job: Job, state: DeliveryState, reason: str | None, reference: str | None, database: Database
    ) -> bool:
        async with database.unit_of_work() as uow:
            store = NotifierStore(uow)
            alert = await store.alert(job.alert_id)
            attempts = await queue.finish(uow.connection, job, state, reason, reference)
            if attempts is None:
                return False
            now, adapter = await store.now(), self._adapter.name
            if state is DeliveryState.SENT:
                await store.record(*alert.sent(adapter, reference, attempts, now))
            else:
                await store.record(*alert.failed(adapter, _FAILURES[state], attempts, now))
            await store.save_alert(alert)
        return True


_FAILURES = {DeliveryState.FAILED: FailureReason.REFUSED, DeliveryState.UNKNOWN: FailureReason.UNKNOWN}


def _delay(attempts: int, after: float | None) -> float:
    """Seconds: full jitter over a span that doubles from 1 s to 5 min, and at least what the peer asked for."""
    jitter = random.uniform(0, min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** min(attempts, 20)))  # noqa: S311
    return max(FIRST_BACKOFF / 2, jitter, min(after or 0, LONGEST_WAIT))


async def expire_for_ever(database: Database) -> None:
    """Close proposals and deliveries whose time is over, also while deliveries are held; runs until cancelled."""
    while True:
        try:
            await expire(database)
        except _AWAY as error:
            log.warning("expiry.retry", error=type(error).__name__)
        await asyncio.sleep(EXPIRY_SECONDS)


async def expire(database: Database) -> None:
    """Close what is over now."""
    async with database.unit_of_work() as uow:
        await handlers.expire(NotifierStore(uow))
    for one in await queue.overdue(database.pool):
        async with _traced(one, database) as uow:
            await _expire_delivery(one, uow)


async def _expire_delivery(one: Overdue, uow: UnitOfWork) -> None:
    store = NotifierStore(uow)
    alert = await store.alert(one.alert_id)
    attempts = await queue.expire(uow.connection, one.delivery_id)
    if attempts is not None:
        await store.record(*alert.failed(one.adapter, FailureReason.EXPIRED, attempts, await store.now()))
        await store.save_alert(alert)
        log.info("delivery.expired", delivery_id=str(one.delivery_id), alert_id=str(one.alert_id), attempt=attempts)


@asynccontextmanager
async def _traced(one: Overdue, database: Database) -> AsyncIterator[UnitOfWork]:
    token = current_trace.set(trace_from(one.correlation_id, one.traceparent))
    try:
        async with database.unit_of_work() as uow:
            yield uow
    finally:
        current_trace.reset(token)
