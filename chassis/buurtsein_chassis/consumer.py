"""Applies each batch of records in one or more transactions; after that, the Kafka client commits the offsets.

A record that can never be applied becomes a dead letter, and later events of its stream wait. After a failure that can
pass, and after an unknown one, the consumer waits (backoff) and gets the whole batch again.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

import asyncpg
import structlog
from aiokafka import ConsumerRecord
from pydantic import ValidationError

from buurtsein_chassis import metrics, telemetry
from buurtsein_chassis.backoff import Backoff
from buurtsein_chassis.crashpoints import crashpoint
from buurtsein_chassis.database import TRANSIENT, UnitOfWork
from buurtsein_chassis.documents import UnknownSchema
from buurtsein_chassis.inbox import Inbox, Received, Stream, receive
from buurtsein_chassis.subscription import Subscription
from buurtsein_chassis.trace import current_trace, trace_from
from buurtsein_kernel.problems import DomainError

SWEEP_SECONDS = 5.0
TRANSACTION_SECONDS = 0.25
"""After this time a transaction starts no further stream; the rest of the batch is applied in the next transaction."""

log = structlog.get_logger("consumer")

_TRANSIENT = (
    *TRANSIENT,
    asyncpg.SyntaxOrAccessError,  # a missing table or right must be repaired by an operator; the record is not wrong
    asyncpg.InvalidAuthorizationSpecificationError,
    UnknownSchema,  # a worker of the release that wrote the row can apply the event
)


class Transactions(Protocol):
    """A Protocol of objects that open transactions: a Database, or one database session."""

    def unit_of_work(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Open a transaction that commits on success and rolls back on any exception."""


@dataclass(slots=True)
class _Batch:
    """The state of one transaction of a consumer: last applied versions of streams, and the outcome of each record."""

    positions: dict[Stream, int]
    """The last applied version of each stream, as the transaction has read it from the database."""
    waiting: dict[Stream, dict[int, Received]]
    """Events that could be applied next, by stream and version: those of this batch, and those that were parked
    before."""
    parked_before: set[Any]
    moved: dict[Stream, int] = field(default_factory=dict)
    """The last version of each stream that this transaction applied."""
    applied: list[Received] = field(default_factory=list)
    superseded: list[Received] = field(default_factory=list)
    buried: list[Received] = field(default_factory=list)


class Consumer:
    """Applies the batches of records of one subscription; the Kafka client calls `handle` for each batch."""

    def __init__(
        self,
        subscription: Subscription,
        database: Transactions,
        transaction_seconds: float = TRANSACTION_SECONDS,
        *,
        counted: bool = True,
    ) -> None:
        """Take a database with the inbox tables; with `counted=False` nothing is logged or counted in metrics."""
        self.name = subscription.consumer
        self.topics = [topic.name for topic in subscription.topics]
        self.last_finished = time.monotonic()
        self.busy = False
        """True while a batch is handled, also while it waits for the database."""
        self._seconds = transaction_seconds
        self.database_away = False
        """True when the last batch failed because the database was not available."""
        self._apply = subscription.apply
        self._apply_many = subscription.apply_many
        self._database = database
        self._counted = counted
        if counted:
            metrics.begin_violations(self.name)
        self._backoff = Backoff(first=0.5, most=30)

    async def handle(self, records: Sequence[ConsumerRecord]) -> None:
        """Apply the records; on failure, wait and raise, so that Kafka delivers them again."""
        self.busy = True
        try:
            await self.process([receive(r.topic, r.partition, r.offset, r.headers, r.value) for r in records])
        except Exception as error:
            delay = self._backoff.next()
            self.database_away = isinstance(error, TRANSIENT)
            log.warning(
                "consumer.retry",
                consumer=self.name,
                error=type(error).__name__,
                delay_seconds=round(delay, 2),
                exc_info=not isinstance(error, _TRANSIENT),
            )
            await asyncio.sleep(delay)
            raise
        finally:
            self.busy = False
        crashpoint("consumer.committed")
        self._backoff.reset()
        self.database_away = False
        self.last_finished = time.monotonic()

    async def process(self, received: Sequence[Received]) -> None:
        """Apply all records, in as many transactions as the time limit requires.

        Each transaction takes about as many records as the last one could.
        """
        waiting, size = await self._part(received), len(received)
        size -= len(waiting)
        while waiting:
            self.last_finished = time.monotonic()
            part, rest = waiting[:size], waiting[size:]
            left = await self._part(part)
            size = len(part) - len(left) if left else size * 2
            waiting = [*left, *rest]

    async def _part(self, received: Sequence[Received]) -> Sequence[Received]:
        """Apply as many records as fit in one transaction, and return the records that are still to be applied.

        When the effect of an event fails, the transaction is tried again with a savepoint for each event, so that only
        events that fail become dead letters.
        """
        try:
            return await self._transaction(received, isolated=False)
        except _TRANSIENT:
            raise
        except Exception:  # noqa: BLE001  # any error: the second pass finds the event that fails
            return await self._transaction(received, isolated=True)

    async def sweep(self) -> None:
        """Apply parked events whose missing predecessor came in the meantime, every few seconds until cancelled."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                await self.process([])
            except Exception as error:  # the batch may not contain the missing event
                unforeseen = not isinstance(error, _TRANSIENT)
                log.warning(
                    "consumer.sweep_failed", consumer=self.name, error=type(error).__name__, exc_info=unforeseen
                )

    async def _transaction(self, received: Sequence[Received], *, isolated: bool) -> Sequence[Received]:
        """Apply records in one transaction up to its time limit; return the remaining, unapplied records."""
        ends = time.monotonic() + self._seconds
        async with self._database.unit_of_work() as uow:
            inbox = Inbox(uow.connection, self.name)
            fresh = await _fresh(received, inbox)
            await inbox.bury_unread(received)
            streams = list(dict.fromkeys(r.stream for r in fresh)) if received else await inbox.ready_streams()
            batch = await self._gather(inbox, fresh, streams)
            while streams:
                await self._advance(streams.pop(0), batch, inbox, uow, isolated=isolated)
                if time.monotonic() >= ends:
                    break
            not_begun = set(streams)
            left = [record for record in fresh if record.stream in not_begun]
            for stream in streams:
                del batch.waiting[stream]
            await inbox.forget(left)
            if self._apply_many and batch.applied and not isolated:
                await self._apply_many([record.event for record in batch.applied if record.event], uow)
            parked = await self._settle(inbox, batch)
        if self._counted:
            self._count(sum(1 for r in received if r.event) - len(fresh), parked, batch)
            for record, reason in inbox.buried:
                self._tell_dead(record, reason)
        return left

    async def _gather(self, inbox: Inbox, fresh: Sequence[Received], streams: Sequence[Stream]) -> _Batch:
        parked = await inbox.parked(streams) if streams and inbox.has_parked else []
        positions = await inbox.positions(streams) if streams else {}
        waiting: dict[Stream, dict[int, Received]] = {stream: {} for stream in streams}
        for record in [*parked, *fresh]:
            waiting[record.stream].setdefault(record.event.sequence, record)  # type: ignore[union-attr]
        return _Batch(positions, waiting, {r.event.id for r in parked if r.event})

    async def _advance(self, stream: Stream, batch: _Batch, inbox: Inbox, uow: UnitOfWork, *, isolated: bool) -> None:
        """Apply the next events of a stream in order, until the next event is missing or fails."""
        waiting = batch.waiting[stream]
        version = begun = batch.positions.get(stream, 0)
        if min(waiting, default=version + 1) <= version:
            batch.superseded += [waiting.pop(older) for older in sorted(waiting) if older <= version]
        while record := waiting.get(version + 1):
            at_the_end = self._apply_many is not None and not isolated
            if not at_the_end and not await self._applied(record, inbox, uow, isolated=isolated):
                batch.buried.append(waiting.pop(version + 1))
                break
            version += 1
            batch.applied.append(waiting.pop(version))
        if version > begun:
            batch.moved[stream] = version

    async def _applied(self, record: Received, inbox: Inbox, uow: UnitOfWork, *, isolated: bool) -> bool:
        """Apply one event; return True when its effect is in the transaction, False when it is a dead letter now."""
        event = record.event
        assert event is not None  # noqa: S101  # unreadable records never get here
        span = telemetry.applying(self.name, event.type, record.headers)
        parent = span.traceparent if span else event.traceparent
        token = current_trace.set(trace_from(event.correlation_id, parent, str(event.id)))
        applied = False
        try:
            if not isolated:
                await self._apply(event, uow)
                applied = True
                return True
            async with uow.connection.transaction():
                await self._apply(event, uow)
            applied = True
        except _TRANSIENT:
            raise
        except Exception as error:
            if not isolated:
                raise
            await inbox.bury(record, *_reason(error))
            return False
        finally:
            current_trace.reset(token)
            if span:
                span.end({}, failed=not applied)
        return True

    def _tell_dead(self, record: Received, reason: str) -> None:
        metrics.DEAD.labels(self.name, reason).inc()
        if record.problem:
            metrics.VIOLATIONS.labels(self.name, reason).inc()
        log.error(
            "consumer.dead_letter",
            consumer=self.name,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            reason=reason,
            event_id=str(record.event_id) if record.event_id else None,
        )

    async def _settle(self, inbox: Inbox, batch: _Batch) -> int:
        """Store streams' last applied versions and parked events; return how many events were parked."""
        if batch.moved:
            await inbox.advance(batch.moved)
        if batch.parked_before:
            settled = [*batch.applied, *batch.superseded, *batch.buried]
            await inbox.unpark([r for r in settled if r.event and r.event.id in batch.parked_before])
        left = [r for waiting in batch.waiting.values() for r in waiting.values()]
        if new := [r for r in left if r.event and r.event.id not in batch.parked_before]:
            await inbox.park(new)
        return len(new)

    def _count(self, duplicates: int, parked: int, batch: _Batch) -> None:
        metrics.PARKED.labels(self.name).inc(parked)
        metrics.APPLIED.labels(self.name).inc(len(batch.applied))
        duplicates += len(batch.superseded)
        metrics.DUPLICATES.labels(self.name).inc(duplicates)
        if batch.applied or batch.buried or duplicates or parked:
            log.info(
                "consumer.applied",
                consumer=self.name,
                applied=len(batch.applied),
                duplicates=duplicates,
                parked=parked,
                dead=len(batch.buried),
            )


async def _fresh(received: Sequence[Received], inbox: Inbox) -> list[Received]:
    """Return the records of events that were not applied before, each event once."""
    by_id: dict[Any, Received] = {}
    for record in received:
        if record.event:
            by_id.setdefault(record.event.id, record)
    for seen in await inbox.seen_before(by_id) if by_id else ():
        del by_id[seen]
    return list(by_id.values())


def _reason(error: Exception) -> tuple[str, str]:
    """Return why an event failed: a stable code for metrics and dead letter, and a text without data of the event."""
    if isinstance(error, DomainError):
        return error.code, error.code
    if isinstance(error, ValidationError):
        return "invalid_effect", ", ".join(sorted({p["type"] for p in error.errors(include_input=False)}))
    return "effect_failed", type(error).__name__
