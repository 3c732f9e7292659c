"""The table of deliveries: which are due, who holds them, what became of them; time is the database's `now()`.

Invariant: a row is finished only by who holds its lease. Before anything may reach the peer the row says so
(`find_first`), so whoever takes it over after a crash asks the peer before sending again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

import asyncpg

from buurtsein_chassis.database import Connection
from buurtsein_chassis.trace import current_trace
from buurtsein_contracts import uuid7
from buurtsein_contracts.events.alert import AlertKind
from buurtsein_kernel.problems import conflict
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.message import Message

type Executor = Connection | asyncpg.Pool

KILL_SWITCH = "deliveries"
_LAST_SWITCHED = f"select * from switch where name = '{KILL_SWITCH}' order by use_id desc limit 1"  # noqa: S608
_NOT_HELD = f"not exists (select from ({_LAST_SWITCHED}) as last where is_on)"
_MINE = "delivery_id = $1 and lease_token = $2 and state = 'leased'"

# A row whose peer may have it is never called expired before the peer was asked.
_OVERDUE = """update delivery set state = 'expired', lease_token = null, lease_until = null, finished_at = now()
    where (state = 'ready' or (state = 'leased' and lease_until <= now())) and expires_at <= now() and not find_first
      and delivery_id = $1 returning attempts"""
_CLAIM = f"""with due as materialized (
        select delivery_id from delivery
        where ((state = 'ready' and run_at <= now()) or (state = 'leased' and lease_until <= now()))
          and (expires_at > now() or find_first) and {_NOT_HELD}
        order by priority, run_at, delivery_id limit $1 for update skip locked)
    update delivery d set state = 'leased', lease_token = $2, lease_until = now() + make_interval(secs => $3)
    from due where d.delivery_id = due.delivery_id returning d.*"""  # noqa: S608
_ADMIT = f"""update delivery set attempts = attempts + 1, find_first = true, adapter = $3
    where {_MINE} and lease_until > now() and expires_at > now() and {_NOT_HELD} returning attempts"""  # noqa: S608
_AGAIN = f"""update delivery set state = 'ready', lease_token = null, lease_until = null, find_first = $3, reason = $4,
        run_at = now() + make_interval(secs => $5)
    where {_MINE} returning delivery_id"""  # noqa: S608
_FINISH = f"""update delivery set state = $3, lease_token = null, lease_until = null, reason = $4, reference = $5,
        finished_at = now()
    where {_MINE} returning attempts"""  # noqa: S608


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    READY = "ready"
    LEASED = "leased"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"
    """Police took it back before it was handed over."""
    BLOCKED = "blocked"
    """It was never handed over: this installation may not send it, or no network may get it any more."""


@dataclass(frozen=True, slots=True)
class Job:
    """A delivery under lease."""

    delivery_id: UUID
    alert_id: UUID
    cap_identifier: str
    adapter: str
    """Which one was to send it, or did."""
    xml: bytes
    attempts: int
    find_first: bool
    lease: UUID
    correlation_id: str | None
    traceparent: str | None


@dataclass(frozen=True, slots=True)
class Overdue:
    """A delivery past its expiry that never reached the peer."""

    delivery_id: UUID
    alert_id: UUID
    adapter: str
    correlation_id: str | None
    traceparent: str | None


@dataclass(frozen=True, slots=True)
class Switched:
    """The last use of the kill-switch."""

    is_on: bool
    reason: str
    actor: str
    """By pseudonym."""
    changed_at: datetime


async def add(connection: Connection, alert: Alert, message: Message, adapter: str) -> None:
    """Queue a message, due at once; a second one with the same identifier is refused by the table."""
    trace = current_trace.get()
    await connection.execute(
        """insert into delivery (delivery_id, alert_id, cap_identifier, adapter, xml, priority, expires_at,
               correlation_id, traceparent) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
        uuid7(),
        alert.alert_id,
        message.identifier,
        adapter,
        message.xml.decode(),
        0 if alert.kind is AlertKind.HOT else 1,
        message.expires_at,
        trace.correlation_id if trace else None,
        trace.traceparent if trace else None,
    )


async def claim(connection: Executor, limit: int, lease_seconds: float) -> list[Job]:
    """Take what is due, hot ones first; nothing while the kill-switch is on."""
    rows = await connection.fetch(_CLAIM, limit, uuid4(), lease_seconds)
    return [_job(row) for row in rows]


def _job(row: asyncpg.Record) -> Job:
    return Job(
        delivery_id=row["delivery_id"],
        alert_id=row["alert_id"],
        cap_identifier=row["cap_identifier"],
        adapter=row["adapter"],
        xml=row["xml"].encode(),
        attempts=row["attempts"],
        find_first=row["find_first"],
        lease=row["lease_token"],
        correlation_id=row["correlation_id"],
        traceparent=row["traceparent"],
    )


async def admit(connection: Executor, job: Job, adapter: str) -> int | None:
    """Right before sending: the number of this attempt; None when it may not be sent (any more)."""
    attempts: int | None = await connection.fetchval(_ADMIT, job.delivery_id, job.lease, adapter)
    return attempts


async def rewrite(connection: Connection, message: Message) -> None:
    """Another text for a message that is about to be sent."""
    await connection.execute(
        "update delivery set xml = $2 where cap_identifier = $1 and state = 'leased'",
        message.identifier,
        message.xml.decode(),
    )


async def again(connection: Executor, job: Job, reason: str, delay: float, *, find_first: bool) -> bool:
    """Give it back, due after a delay in seconds; False when the lease was lost."""
    done = await connection.fetchval(_AGAIN, job.delivery_id, job.lease, find_first, reason, delay)
    return done is not None


async def finish(
    connection: Connection, job: Job, state: DeliveryState, reason: str | None, reference: str | None
) -> int | None:
    """Close it; the attempts it took, or None when the lease was lost."""
    attempts: int | None = await connection.fetchval(_FINISH, job.delivery_id, job.lease, state, reason, reference)
    return attempts


async def overdue(connection: Executor) -> Sequence[Overdue]:
    """What expired before it could be delivered."""
    rows = await connection.fetch(
        """select delivery_id, alert_id, adapter, correlation_id, traceparent from delivery
           where (state = 'ready' or (state = 'leased' and lease_until <= now()))
             and expires_at <= now() and not find_first order by delivery_id limit 100"""
    )
    return [Overdue(**dict(row)) for row in rows]


async def expire(connection: Connection, delivery_id: UUID) -> int | None:
    """Close what expired; its attempts, or None when it did not (any more) need to."""
    attempts: int | None = await connection.fetchval(_OVERDUE, delivery_id)
    return attempts


async def settle(connection: Connection, alert_id: UUID, outcome: str, reference: str | None) -> tuple[str, int]:
    """Close by hand the one whose outcome is unknown; its adapter and attempts."""
    row = await connection.fetchrow(
        """update delivery set state = $2, reference = $3, reason = 'settled_by_hand', finished_at = now()
           where alert_id = $1 and state = 'unknown' returning adapter, attempts""",
        alert_id,
        outcome,
        reference,
    )
    if row is None:
        raise conflict("transition_refused", "Er is geen verzending waarvan de afloop onbekend is.")
    return row["adapter"], row["attempts"]


async def withdraw(connection: Connection, alert_id: UUID) -> None:
    """Take back what was not handed over yet; DomainError `delivery_under_way` when it may have been."""
    done = await connection.fetchval(
        """update delivery set state = 'withdrawn', lease_token = null, lease_until = null, finished_at = now()
           where alert_id = $1 and state in ('ready', 'leased') and not find_first returning delivery_id""",
        alert_id,
    )
    if done is None:
        detail = "Het bericht is misschien al bij BE-Alert. Wacht tot het verstuurd is en trek het dan in."
        raise conflict("delivery_under_way", detail)


async def message(connection: Connection, cap_identifier: str | None) -> bytes:
    """A message as it left; DomainError `message_gone` when it is not kept any more."""
    xml = await connection.fetchval("select xml from delivery where cap_identifier = $1", cap_identifier)
    if xml is None:
        raise conflict("message_gone", "Dit bericht wordt niet meer bewaard. Het kan niet meer ingetrokken worden.")
    return str(xml).encode()


async def last_switched(connection: Connection) -> Switched | None:
    """How the kill-switch was left, or None when nobody ever used it."""
    row = await connection.fetchrow(_LAST_SWITCHED)
    return Switched(row["is_on"], row["reason"], row["actor"], row["changed_at"]) if row else None
