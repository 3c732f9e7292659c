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
from buurtsein_kernel.problems import DomainError
from buurtsein_notifier import handlers
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
from buurtsein_notifier.domain.delivery import DeliveryState, LeasedDelivery
from buurtsein_notifier.handlers import Dependencies
from buurtsein_notifier.store import NotifierStore, queue

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

    def __init__(self, adapter: Adapter, given: Dependencies, lease_seconds: float = LEASE_SECONDS) -> None:
        """Any number of workers may run it; they never hold the same delivery."""
        self._adapter = adapter
        self._given = given
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
        claimed = await queue.claim(database.pool, BATCH, self._lease_seconds)
        ends = await asyncio.gather(
            *(self._deliver(delivery, database) for delivery in claimed), return_exceptions=True
        )
        for delivery, error in zip(claimed, ends, strict=True):
            if error is not None:
                self._told(delivery, "Error", type(error).__name__)
        for away in (error for error in ends if isinstance(error, AWAY)):
            raise away
        return len(claimed)

    async def _deliver(self, delivery: LeasedDelivery, database: Database) -> None:
        result = await self._attempt(delivery, database)
        with_trace = current_trace.set(trace_from(delivery.correlation_id, delivery.traceparent))
        try:
            kept = await self._keep(delivery, result, database)
        finally:
            current_trace.reset(with_trace)
        self._told(delivery, type(result).__name__ if kept else "LeaseLost", getattr(result, "reason", None))

    def _told(self, delivery: LeasedDelivery, outcome: str, reason: str | None) -> None:
        OUTCOMES.labels(self._adapter.name, outcome).inc()
        log.info(
            "delivery.attempted",
            delivery_id=str(delivery.delivery_id),
            alert_id=str(delivery.alert_id),
            adapter=self._adapter.name,
            outcome=outcome,
            reason=reason,
            attempt=delivery.attempts + 1,
        )

    async def _attempt(self, delivery: LeasedDelivery, database: Database) -> Result:
        """Ask first when the peer may have it; then send, if that is still allowed at this very moment."""
        if delivery.find_first:
            match await self._find(delivery):
                case Found(reference):
                    return Delivered(reference)
                case CannotSay() as unclear:
                    return unclear
                case NotFound():
                    pass
        try:
            xml = await self._last_look(delivery, database)
        except DomainError as error:
            return Blocked(error.code)
        if await queue.admit(database.pool, delivery, self._adapter.name) is None:
            return NotNow()
        return await self._send(delivery, xml)

    async def _last_look(self, delivery: LeasedDelivery, database: Database) -> bytes:
        """Return the message as it may leave now; raise DomainError when it may not."""
        async with database.unit_of_work() as uow:
            return await handlers.look_before_sending(delivery, self._given, NotifierStore(uow))

    async def _send(self, delivery: LeasedDelivery, xml: bytes) -> Outcome:
        try:
            async with asyncio.timeout(SPEAKING_SECONDS):
                return usable_outcome(await self._adapter.send(delivery.cap_identifier, xml))
        except Exception as error:  # noqa: BLE001 - whatever an adapter does wrong, the message may be out
            return Unknown(type(error).__name__)

    async def _find(self, delivery: LeasedDelivery) -> Answer:
        if delivery.adapter != self._adapter.name:
            return CannotSay("other_adapter")
        try:
            async with asyncio.timeout(SPEAKING_SECONDS):
                return usable_answer(await self._adapter.find(delivery.cap_identifier))
        except Exception as error:  # noqa: BLE001 - idem
            return CannotSay(type(error).__name__)

    async def _keep(self, delivery: LeasedDelivery, result: Result, database: Database) -> bool:
        """What the row becomes; False when the lease was lost and nothing was kept."""
        match result:
            case TryAgain(reason, after, find_first):
                delay = _delay(delivery.attempts, after)
                return await queue.again(database.pool, delivery, reason, delay, find_first=find_first)
            case Unknown(reason):
                return await queue.again(
                    database.pool, delivery, reason, _delay(delivery.attempts, None), find_first=True
                )
            case NotNow():
                # not sent, and if asked, not found: neither the peer nor we have doubts
                return await queue.again(database.pool, delivery, "not_now", 0, find_first=False)
            case end:
                return await self._finish(delivery, end, database)

    async def _finish(self, delivery: LeasedDelivery, end: End, database: Database) -> bool:
        name = self._adapter.name
        async with database.unit_of_work() as uow:
            store = NotifierStore(uow)
            if isinstance(end, Delivered):
                return await handlers.delivered(delivery, name, end.reference, self._given, store)
            return await handlers.given_up(delivery, name, _STATES[type(end)], end.reason, self._given, store)


_STATES: dict[type[Refused | CannotSay | Blocked], DeliveryState] = {
    Refused: DeliveryState.FAILED,
    CannotSay: DeliveryState.UNKNOWN,
    Blocked: DeliveryState.BLOCKED,
}


def _delay(attempts: int, after: float | None) -> float:
    """Seconds: full jitter over a span that doubles from 1 s to 5 min, and at least what the peer asked for."""
    jitter = random.uniform(0, min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** min(attempts, 20)))  # noqa: S311
    return max(FIRST_BACKOFF / 2, jitter, min(after or 0, LONGEST_WAIT))
