"""Sends released alerts through the adapter: the worker claims a delivery, asks the peer or sends, and finishes it.

`asking` asks the peer later what became of messages.
Invariant: no transaction is open during a call of the adapter. A message that may have arrived is only sent again
after the peer has answered that it does not have the message, so that a peer never gets a CAP identifier twice. With
any adapter, a message is blocked when this installation may not send its status.
"""

import asyncio
import random
from dataclasses import dataclass, replace

import structlog
from prometheus_client import Counter

from buurtsein_chassis.database import DATABASE_ERRORS, Database
from buurtsein_chassis.health import Probe
from buurtsein_chassis.trace import trace_from, tracing
from buurtsein_kernel.problems import DomainError
from buurtsein_notifier import adapters, cap, handlers
from buurtsein_notifier.adapters import (
    LONGEST_CALL,
    Adapter,
    Answer,
    ByTarget,
    Cancelling,
    CannotSay,
    Checkable,
    Delivered,
    Found,
    NotAllowed,
    Outcome,
    Partly,
    Refused,
    TryAgain,
    Unknown,
    limits_of,
)
from buurtsein_notifier.adapters.limits import beyond, targets
from buurtsein_notifier.adapters.usable import usable_outcome
from buurtsein_notifier.cap.signature import Signer
from buurtsein_notifier.deliveries.asking import status_of
from buurtsein_notifier.deliveries.repeating import repeat
from buurtsein_notifier.deliveries.share import ALL, Share
from buurtsein_notifier.domain.delivery import DeliveryState, LeasedDelivery
from buurtsein_notifier.handlers import Dependencies
from buurtsein_notifier.store import NotifierStore, breaker, queue, ways

BATCH = 5
IDLE_SECONDS = 1.0
FIRST_BACKOFF = 1.0
LONGEST_BACKOFF = 300.0
LONGEST_WAIT = 7 * 24 * 3600.0
"""The longest wait that a peer can ask for, in seconds, because no alert is valid for longer."""
LEASE_SECONDS = 30.0
"""The duration of a lease. It is longer than two calls, so that a worker whose lease expired is not in a call."""

log = structlog.get_logger("deliveries")
OUTCOMES = Counter("buurtsein_deliveries_total", "Delivery attempts by outcome.", ["adapter", "outcome"])


@dataclass(frozen=True, slots=True)
class NotNow:
    """The outcome when a message may not be sent now: kill-switch on, message expired, lease lost, quiet hours."""

    seconds: float = 0
    """The number of seconds until the next attempt."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """The outcome when a message is never sent: its status is not allowed, or no network may get it any more."""

    reason: str


End = Delivered | Refused | NotAllowed | CannotSay | Blocked
"""The results after which a delivery is finished."""
type Result = Outcome | End | NotNow


class Deliveries:
    """Sends the deliveries that are due, through one adapter."""

    def __init__(
        self,
        adapter: Adapter,
        given: Dependencies,
        lease_seconds: float = LEASE_SECONDS,
        signer: Signer | None = None,
        share: Share = ALL,
    ) -> None:
        """Take the adapter, the dependencies, the duration of a lease, the signer, and the share of the deliveries.

        Any number of workers can run at the same time.
        """
        self._signer = signer
        self._share = share
        self._adapter = adapter
        self._given = given
        self._lease_seconds = lease_seconds

    async def run(self, database: Database, probe: Probe) -> None:
        """Send deliveries until cancelled, and update `probe` after each round; back off while the database is away."""
        try:
            await self._check()
            await repeat(self.step, database, probe, IDLE_SECONDS)
        finally:
            await self._adapter.close()

    async def _check(self) -> None:
        """Check the peer at the start, if the adapter can, and log a problem; deliveries are tried in any case."""
        if not isinstance(self._adapter, Checkable):
            return
        try:
            async with asyncio.timeout(LONGEST_CALL):
                reason = await self._adapter.check()
        except Exception as error:  # noqa: BLE001 - any error of an adapter means that the peer cannot be used now
            reason = type(error).__name__
        if reason:
            log.warning("adapter.unusable", adapter=self._adapter.name, reason=reason)

    async def step(self, database: Database) -> int:
        """Send each delivery whose time has come; return how many there were.

        The error of an unavailable database is raised again. Any other error of a delivery does not stop the others: it
        is logged, and the delivery is due again when its lease has expired.
        """
        name, per_minute = self._adapter.name, limits_of(self._adapter).per_minute
        await self._hand_on_late(database)
        room = await breaker.take(database.pool, name, BATCH, per_minute)
        share = (self._share.only, self._share.others)
        claimed = await queue.claim(database.pool, room, self._lease_seconds, *share) if room else []
        if len(claimed) < room:
            await breaker.give_back(database.pool, name, room - len(claimed), per_minute)
        ends = await asyncio.gather(
            *(self._deliver(delivery, database) for delivery in claimed), return_exceptions=True
        )
        for delivery, error in zip(claimed, ends, strict=True):
            if error is not None:
                self._told(delivery, "Error", type(error).__name__)
        for away in (error for error in ends if isinstance(error, DATABASE_ERRORS)):
            raise away
        return len(claimed)

    async def _hand_on_late(self, database: Database) -> None:
        """Give deliveries that this adapter could not send for too long to their next adapter, if they have one."""
        if self._share.patience is None:
            return
        for delivery_id in await ways.hand_on_late(database.pool, self._adapter.name, self._share.patience):
            log.warning("delivery.handed_on", delivery_id=str(delivery_id), adapter=self._adapter.name, reason="late")

    async def _deliver(self, delivery: LeasedDelivery, database: Database) -> None:
        result = await self._attempt(delivery, database)
        if isinstance(result, Partly):
            delivery = replace(delivery, reached=delivery.reached | result.reached)
        await self._note_health(result, database)
        with tracing(trace_from(delivery.correlation_id, delivery.traceparent)):
            kept = await self._keep(delivery, result, database)
        self._told(delivery, type(result).__name__ if kept else "LeaseLost", getattr(result, "reason", None))

    async def _note_health(self, result: Result, database: Database) -> None:
        """Count a failure of the peer, or reset the count after an answer; after some failures, sending pauses."""
        match result:
            case Delivered() | Partly() | Refused() | CannotSay(reason=adapters.BY_HAND):
                await breaker.worked(database.pool, self._adapter.name)
            case Unknown() | TryAgain(after=None):
                await breaker.failed(database.pool, self._adapter.name)

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
        """Send one message if allowed; when the peer may already have received the message, ask the peer first."""
        known = await self._known(delivery) if delivery.find_first else None
        if known is not None:
            return known
        try:
            async with database.unit_of_work() as uow:
                look = await handlers.look_before_sending(delivery, self._given, NotifierStore(uow))
        except DomainError as error:
            return Blocked(error.code)
        if look.not_before:
            return NotNow((look.not_before - self._given.clock.now()).total_seconds())
        xml = self._signer.sign(look.xml) if self._signer else look.xml
        if (limit := beyond(limits_of(self._adapter), cap.from_xml(xml), len(xml))) is not None:
            return NotAllowed(limit)
        if await queue.admit(database.pool, delivery, self._adapter.name) is None:
            return NotNow()
        outcome = await self._send(delivery, xml)
        return CannotSay(adapters.BY_HAND) if outcome == Unknown(adapters.BY_HAND) else outcome

    async def _known(self, delivery: LeasedDelivery) -> Delivered | Partly | CannotSay | None:
        """Ask the peer whether it has the message; return None when the message must still be sent to a network."""
        match await self._status(delivery):
            case Found(reference):
                return Delivered(reference)
            case CannotSay() as unclear:
                return unclear
            case Partly() as some if not some.reached <= delivery.reached:
                return some
        return None

    async def _send(self, delivery: LeasedDelivery, xml: bytes) -> Outcome:
        try:
            async with asyncio.timeout(LONGEST_CALL):
                return await self._sent(delivery, xml)
        except Exception as error:  # noqa: BLE001 - after any error of an adapter the message may have been sent
            return Unknown(type(error).__name__)

    async def _sent(self, delivery: LeasedDelivery, xml: bytes) -> Outcome:
        """Send a message, or send it for the networks that do not have it yet; return an outcome that can be stored."""
        message = cap.from_xml(xml)
        left = targets(message) - delivery.reached
        if not delivery.reached:
            outcome = usable_outcome(await self._sent_to_all(delivery.cap_identifier, message, xml))
        elif not left:
            outcome = Delivered()
        elif isinstance(self._adapter, ByTarget):
            outcome = usable_outcome(await self._adapter.send_to(delivery.cap_identifier, xml, left))
        else:
            outcome = NotAllowed("not_by_target")
        if isinstance(outcome, Partly) and left <= outcome.reached:
            return Delivered(outcome.reference)
        return outcome

    async def _sent_to_all(self, identifier: str, message: cap.CapAlert, xml: bytes) -> Outcome:
        if message.msg_type is cap.MsgType.CANCEL and isinstance(self._adapter, Cancelling):
            cancelled = [one.identifier for one in cap.parse_references(message.references or "")]
            return await self._adapter.cancel(identifier, xml, cancelled)
        return await self._adapter.send(identifier, xml)

    async def _status(self, delivery: LeasedDelivery) -> Answer:
        if delivery.adapter != self._adapter.name:
            return CannotSay("other_adapter")
        return await status_of(self._adapter, delivery.cap_identifier)

    async def _keep(self, delivery: LeasedDelivery, result: Result, database: Database) -> bool:
        """Store the result of an attempt to deliver a message, in the row of the delivery.

        Returns False, without any change, when another worker has the lease now.
        """
        match result:
            case Partly(reason=reason, reference=reference):
                return await queue.again(
                    database.pool,
                    delivery,
                    reason,
                    _delay(delivery.attempts, None),
                    find_first=False,
                    reference=reference,
                )
            case TryAgain(reason, after, find_first):
                delay = _delay(delivery.attempts, after)
                return await queue.again(database.pool, delivery, reason, delay, find_first=find_first)
            case Unknown(reason):
                return await queue.again(
                    database.pool, delivery, reason, _delay(delivery.attempts, None), find_first=True
                )
            case Refused(reason) | NotAllowed(reason) if await ways.hand_on(database.pool, delivery, reason):
                return True
            case NotNow(seconds):
                # The message was not sent, so that the next attempt need not ask whether the peer has the message.
                return await queue.again(database.pool, delivery, "not_now", seconds, find_first=False)
            case end:
                return await self._finish(delivery, end, database)

    async def _finish(self, delivery: LeasedDelivery, end: End, database: Database) -> bool:
        name = self._adapter.name
        async with database.unit_of_work() as uow:
            store = NotifierStore(uow)
            if isinstance(end, Delivered):
                return await handlers.delivered(delivery, name, end.reference, self._given, store)
            return await handlers.given_up(delivery, name, _STATES[type(end)], end.reason, self._given, store)


_STATES: dict[type[Refused | NotAllowed | CannotSay | Blocked], DeliveryState] = {
    Refused: DeliveryState.FAILED,
    NotAllowed: DeliveryState.NOT_ALLOWED,
    CannotSay: DeliveryState.UNKNOWN,
    Blocked: DeliveryState.BLOCKED,
}


def _delay(attempts: int, after: float | None) -> float:
    """Return the seconds to wait before the next attempt: a random part of a span that doubles from 1 s to 5 min.

    When the peer asked for a longer wait, that wait is returned.
    """
    jitter = random.uniform(0, min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** min(attempts, 20)))  # noqa: S311
    return max(FIRST_BACKOFF / 2, jitter, min(after or 0, LONGEST_WAIT))
