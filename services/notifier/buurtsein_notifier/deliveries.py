"""The worker that hands released alerts to the adapter: claim, ask or send, finish.

Invariant: no transaction is open while the peer is spoken to, and a message that may have arrived is never sent again
before the peer said that it does not have it. So a peer never gets the same CAP identifier twice. Whatever the
adapter, no message is handed over that is more real than this installation may send.
"""

import asyncio
import random
from dataclasses import dataclass

import asyncpg
import structlog
from prometheus_client import Counter

from buurtsein_chassis.backoff import Backoff
from buurtsein_chassis.database import Database
from buurtsein_chassis.health import Probe
from buurtsein_chassis.trace import current_trace, trace_from
from buurtsein_contracts.events.alert import FailureReason
from buurtsein_kernel.problems import DomainError
from buurtsein_notifier import cap, handlers, queue
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
from buurtsein_notifier.adapters.usable import usable_answer, usable_outcome
from buurtsein_notifier.domain.message import Outgoing
from buurtsein_notifier.queue import DeliveryState, Job
from buurtsein_notifier.store import NotifierStore

BATCH = 5
IDLE_SECONDS = 1.0
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

AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""What a database raises that is away for a while."""


@dataclass(frozen=True, slots=True)
class NotNow:
    """It was not sent: the kill-switch is on, it expired, or the lease is gone."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """It must never be sent from here, or to nobody any more; nothing was handed over."""

    reason: str


End = Delivered | Refused | CannotSay | Blocked
"""After these the worker does no more for a delivery."""
type Result = Outcome | End | NotNow


class Deliveries:
    """The loop over due deliveries, for one adapter."""

    def __init__(self, adapter: Adapter, outgoing: Outgoing, lease_seconds: float = LEASE_SECONDS) -> None:
        """Any number of workers may run it; they never hold the same delivery."""
        self._adapter = adapter
        self._outgoing = outgoing
        self._lease_seconds = lease_seconds

    async def run(self, database: Database, probe: Probe) -> None:
        """Deliver until cancelled, and tell `probe` after each round; a database that is away is waited for."""
        backoff = Backoff(first=0.5, most=30)
        try:
            while True:
                try:
                    busy = await self.step(database)
                    probe.progressed()
                    backoff.reset()
                    await asyncio.sleep(0 if busy else IDLE_SECONDS)
                except AWAY as error:
                    delay = backoff.next()
                    probe.behind(has_work=True, finished_at=0.0, excused=True)
                    log.warning("deliveries.retry", error=type(error).__name__, delay_seconds=round(delay, 2))
                    await asyncio.sleep(delay)
        finally:
            await self._adapter.close()

    async def step(self, database: Database) -> int:
        """Deal with what is due now, each whatever becomes of the others; how many that were.

        Raises what the database raised when it went away; a row that fails otherwise is logged, and due again when its
        lease is over.
        """
        jobs = await queue.claim(database.pool, BATCH, self._lease_seconds)
        ends = await asyncio.gather(*(self._deliver(job, database) for job in jobs), return_exceptions=True)
        for job, error in zip(jobs, ends, strict=True):
            if error is not None:
                self._told(job, "Error", type(error).__name__)
        for away in (error for error in ends if isinstance(error, AWAY)):
            raise away
        return len(jobs)

    async def _deliver(self, job: Job, database: Database) -> None:
        result = await self._attempt(job, database)
        with_trace = current_trace.set(trace_from(job.correlation_id, job.traceparent))
        try:
            kept = await self._keep(job, result, database)
        finally:
            current_trace.reset(with_trace)
        self._told(job, type(result).__name__ if kept else "LeaseLost", getattr(result, "reason", None))

    def _told(self, job: Job, outcome: str, reason: str | None) -> None:
        OUTCOMES.labels(self._adapter.name, outcome).inc()
        log.info(
            "delivery.attempted",
            delivery_id=str(job.delivery_id),
            alert_id=str(job.alert_id),
            adapter=self._adapter.name,
            outcome=outcome,
            reason=reason,
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
        try:
            xml = await self._last_look(job, database)
        except DomainError as error:
            return Blocked(error.code)
        if await queue.admit(database.pool, job, self._adapter.name) is None:
            return NotNow()
        return await self._send(job, xml)

    async def _last_look(self, job: Job, database: Database) -> bytes:
        """The message as it may leave now; DomainError when it may not."""
        async with database.unit_of_work() as uow:
            xml = await handlers.last_look(job.alert_id, job.xml, self._outgoing, NotifierStore(uow))
        cap.guard_status(cap.from_xml(xml), self._outgoing.most)
        return xml

    async def _send(self, job: Job, xml: bytes) -> Outcome:
        try:
            async with asyncio.timeout(SPEAKING_SECONDS):
                return usable_outcome(await self._adapter.send(job.cap_identifier, xml))
        except Exception as error:  # noqa: BLE001 - whatever an adapter does wrong, the message may be out
            return Unknown(type(error).__name__)

    async def _find(self, job: Job) -> Answer:
        if job.adapter != self._adapter.name:
            return CannotSay("other_adapter")
        try:
            async with asyncio.timeout(SPEAKING_SECONDS):
                return usable_answer(await self._adapter.find(job.cap_identifier))
        except Exception as error:  # noqa: BLE001 - idem
            return CannotSay(type(error).__name__)

    async def _keep(self, job: Job, result: Result, database: Database) -> bool:
        """What the row becomes; False when the lease was lost and nothing was kept."""
        match result:
            case TryAgain(reason, after, find_first):
                delay = _delay(job.attempts, after)
                return await queue.again(database.pool, job, reason, delay, find_first=find_first)
            case Unknown(reason):
                return await queue.again(database.pool, job, reason, _delay(job.attempts, None), find_first=True)
            case NotNow():
                # not sent, and if asked, not found: neither the peer nor we have doubts
                return await queue.again(database.pool, job, "not_now", 0, find_first=False)
            case end:
                return await self._finish(job, end, database)

    async def _finish(self, job: Job, end: End, database: Database) -> bool:
        reason, reference = getattr(end, "reason", None), getattr(end, "reference", None)
        async with database.unit_of_work() as uow:
            store = NotifierStore(uow)
            alert = await store.alert(job.alert_id)
            attempts = await queue.finish(uow.connection, job, _STATES[type(end)], reason, reference)
            if attempts is None:
                return False
            now, adapter = await store.now(), self._adapter.name
            if isinstance(end, Delivered):
                await store.record(*alert.sent(adapter, reference, attempts, now))
            else:
                await store.record(*alert.failed(adapter, _FAILURES[type(end)], attempts, now))
            await store.save_alert(alert)
        return True


_STATES: dict[type[End], DeliveryState] = {
    Delivered: DeliveryState.SENT,
    Refused: DeliveryState.FAILED,
    CannotSay: DeliveryState.UNKNOWN,
    Blocked: DeliveryState.BLOCKED,
}
_FAILURES: dict[type[End], FailureReason] = {
    Refused: FailureReason.REFUSED,
    CannotSay: FailureReason.UNKNOWN,
    Blocked: FailureReason.BLOCKED,
}


def _delay(attempts: int, after: float | None) -> float:
    """Seconds: full jitter over a span that doubles from 1 s to 5 min, and at least what the peer asked for."""
    jitter = random.uniform(0, min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** min(attempts, 20)))  # noqa: S311
    return max(FIRST_BACKOFF / 2, jitter, min(after or 0, LONGEST_WAIT))
