"""Closes what is over: proposals that nobody decided on, and deliveries that never reached the peer in time.

Invariant: each is closed in a transaction of its own, so one that cannot be closed holds up no other.
"""

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from uuid import UUID

import structlog

from buurtsein_chassis.database import Database, UnitOfWork
from buurtsein_chassis.trace import current_trace, trace_from
from buurtsein_contracts.events.alert import FailureReason
from buurtsein_notifier import handlers, queue
from buurtsein_notifier.deliveries import AWAY
from buurtsein_notifier.queue import Overdue
from buurtsein_notifier.store import NotifierStore

log = structlog.get_logger("expiry")


async def expire(database: Database) -> None:
    """Close what is over now; what cannot be closed is logged, and tried again the next time."""
    async with database.unit_of_work() as uow:
        proposals = await NotifierStore(uow).overdue_alerts()
    for alert_id in proposals:
        await _alone(alert_id, _expire_proposal(alert_id, database))
    for one in await queue.overdue(database.pool):
        await _alone(one.alert_id, _expire_delivery(one, database))


async def _alone(alert_id: UUID, closing: Awaitable[None]) -> None:
    try:
        await closing
    except AWAY:
        raise
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one alert, the others go on
        log.warning("expiry.failed", alert_id=str(alert_id), error=type(error).__name__)


async def _expire_proposal(alert_id: UUID, database: Database) -> None:
    async with database.unit_of_work() as uow:
        await handlers.expire(alert_id, NotifierStore(uow))


async def _expire_delivery(one: Overdue, database: Database) -> None:
    async with _traced(one, database) as uow:
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
