"""Reads and writes the queue of deliveries: the due deliveries, their leases, and their outcomes.

All times are the database's `now()`. Invariant: only the holder of the lease finishes a delivery. `find_first` is set
before anything is sent, so that a worker that takes over after a crash asks the peer before it sends again.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

import asyncpg

from buurtsein_chassis.database import Connection
from buurtsein_chassis.trace import current_trace
from buurtsein_contracts import uuid7
from buurtsein_contracts.events.alert import AlertKind
from buurtsein_kernel.problems import conflict
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.delivery import (
    DeliveryState,
    LeasedDelivery,
    OverdueDelivery,
    Settled,
    UnknownDelivery,
)
from buurtsein_notifier.domain.message import Message
from buurtsein_notifier.domain.switch import KillSwitch

type Executor = Connection | asyncpg.Pool

KILL_SWITCH = "deliveries"
_LAST_SWITCHED = f"select * from switch where name = '{KILL_SWITCH}' order by use_id desc limit 1"  # noqa: S608
NOT_HELD = f"not exists (select from ({_LAST_SWITCHED}) as last where is_on)"
MINE = "delivery_id = $1 and lease_token = $2 and state = 'leased'"

# A delivery whose message the peer may have does not expire until the peer was asked for the message.
_EXPIRED = """(state = 'ready' or (state = 'leased' and lease_until <= now())) and expires_at <= now()
    and not find_first"""
_OVERDUE = f"""select delivery_id, alert_id, adapter, reached, correlation_id, traceparent from delivery
    where {_EXPIRED} order by delivery_id limit 100"""  # noqa: S608
_EXPIRE = f"""update delivery set state = case when reached = '{{}}' then 'expired' else 'partial' end,
        lease_token = null, lease_until = null, finished_at = now()
    where {_EXPIRED} and delivery_id = $1 returning attempts"""  # noqa: S608
_RECOVERED = """exists (select from recovered_event r join event_log l on l.id = r.log_id
    where l.topic = 'bin.alerts' and l.subject = d.alert_id::text)"""
"""The SQL condition that events about the alert were lost in a restore of the database; the peer is asked first."""
_CLAIM = f"""with due as materialized (
        select delivery_id from delivery
        where ((state = 'ready' and run_at <= now()) or (state = 'leased' and lease_until <= now()))
          and (expires_at > now() or find_first) and {NOT_HELD} and (not held_back or expires_at <= now())
          and ($4::text is null or adapter = $4) and adapter <> all($5::text[])
        order by priority, run_at, delivery_id limit $1 for update skip locked)
    update delivery d set state = 'leased', lease_token = $2, lease_until = now() + make_interval(secs => $3),
        find_first = find_first or {_RECOVERED}
    from due where d.delivery_id = due.delivery_id returning d.*"""  # noqa: S608
_ADMIT = f"""update delivery set attempts = attempts + 1, find_first = true, adapter = $3
    where {MINE} and lease_until > now() and expires_at > now() and {NOT_HELD} and not held_back
    returning attempts"""  # noqa: S608
_WENT_BY = """select adapter from delivery where alert_id = $1 and state in ('sent', 'partial')
    order by delivery_id limit 1"""
_AGAIN = f"""update delivery set state = 'ready', lease_token = null, lease_until = null, find_first = $3, reason = $4,
        run_at = now() + make_interval(secs => $5), reached = $6, reference = coalesce($7, reference),
        way_since = case when $4 = 'not_now' then now() + make_interval(secs => $5) else way_since end
    where {MINE} returning delivery_id"""  # noqa: S608
_FINISH = f"""update delivery set state = $3, lease_token = null, lease_until = null, reason = $4, reference = $5,
        finished_at = now()
    where {MINE} returning attempts"""  # noqa: S608


async def add(connection: Connection, alert: Alert, message: Message, ways: Sequence[str]) -> None:
    """Queue a message, due at once or after the quiet hours, for the first of these adapters.

    The other adapters are tried after the first. A follow-up or cancellation uses only the adapter that sent the first
    message. The table refuses a second message with the same identifier.
    """
    trace = current_trace.get()
    taken = await connection.fetchval(_WENT_BY, alert.follows or alert.alert_id)
    first, *others = [taken] if taken else ways
    await connection.execute(
        """insert into delivery (delivery_id, alert_id, cap_identifier, adapter, xml, priority, expires_at,
               correlation_id, traceparent, ways, is_public, run_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, coalesce($12, now()))""",
        uuid7(),
        alert.alert_id,
        message.identifier,
        first,
        message.xml.decode(),
        0 if alert.kind is AlertKind.HOT else 1,
        message.expires_at,
        trace.correlation_id if trace else None,
        trace.traceparent if trace else None,
        others,
        message.is_public,
        message.not_before,
    )


async def claim(
    connection: Executor, limit: int, lease_seconds: float, only: str | None = None, others: Sequence[str] = ()
) -> list[LeasedDelivery]:
    """Lease the deliveries that are due, hot alerts first; none while the kill-switch is on.

    With `only`, only deliveries of this adapter are leased. Deliveries of the adapters in `others` are never leased.
    """
    rows = await connection.fetch(_CLAIM, limit, uuid4(), lease_seconds, only, list(others))
    return [_leased(row) for row in rows]


def _leased(row: asyncpg.Record) -> LeasedDelivery:
    return LeasedDelivery(
        delivery_id=row["delivery_id"],
        alert_id=row["alert_id"],
        cap_identifier=row["cap_identifier"],
        adapter=row["adapter"],
        xml=row["xml"].encode(),
        attempts=row["attempts"],
        find_first=row["find_first"],
        reached=frozenset(row["reached"]),
        lease=row["lease_token"],
        correlation_id=row["correlation_id"],
        traceparent=row["traceparent"],
    )


async def admit(connection: Executor, delivery: LeasedDelivery, adapter: str) -> int | None:
    """Record that a message is about to be sent, and return the number of the attempt; None when it may not be sent."""
    attempts: int | None = await connection.fetchval(_ADMIT, delivery.delivery_id, delivery.lease, adapter)
    return attempts


async def rewrite(connection: Connection, message: Message) -> None:
    """Replace the queued XML by the XML that is sent now, after networks were left out."""
    await connection.execute(
        "update delivery set xml = $2 where cap_identifier = $1 and state = 'leased'",
        message.identifier,
        message.xml.decode(),
    )


async def again(
    connection: Executor,
    delivery: LeasedDelivery,
    reason: str,
    delay: float,
    *,
    find_first: bool,
    reference: str | None = None,
) -> bool:
    """End the lease, and schedule another attempt after some seconds; return False when the lease was lost.

    The networks that have the message are stored too. The adapter's patience begins anew with the reason `not_now`.
    """
    done = await connection.fetchval(
        _AGAIN,
        delivery.delivery_id,
        delivery.lease,
        find_first,
        reason,
        delay,
        sorted(delivery.reached),
        reference,
    )
    return done is not None


async def finish(
    connection: Connection, delivery: LeasedDelivery, state: DeliveryState, reason: str | None, reference: str | None
) -> int | None:
    """Finish the delivery; return the number of attempts, or None when the lease was lost."""
    attempts: int | None = await connection.fetchval(
        _FINISH, delivery.delivery_id, delivery.lease, state, reason, reference
    )
    return attempts


async def overdue(connection: Executor) -> Sequence[OverdueDelivery]:
    """Return deliveries that expired before they were sent: the oldest ones, at most a hundred."""
    rows = await connection.fetch(_OVERDUE)
    return [
        OverdueDelivery(
            delivery_id=row["delivery_id"],
            alert_id=row["alert_id"],
            adapter=row["adapter"],
            reached=frozenset(row["reached"]),
            correlation_id=row["correlation_id"],
            traceparent=row["traceparent"],
        )
        for row in rows
    ]


async def expire(connection: Connection, delivery_id: UUID) -> int | None:
    """Mark an expired delivery as finished; return the number of attempts, or None when it was finished already."""
    attempts: int | None = await connection.fetchval(_EXPIRE, delivery_id)
    return attempts


async def unknown(connection: Connection, alert_id: UUID) -> UnknownDelivery | None:
    """Return an alert's delivery with an unknown outcome and lock its row; None when there is none."""
    row = await connection.fetchrow(
        """select delivery_id, adapter, attempts from delivery where alert_id = $1 and state = 'unknown' for update""",
        alert_id,
    )
    return UnknownDelivery(**dict(row)) if row else None


async def settle(
    connection: Connection, delivery_id: UUID, outcome: Settled, reference: str | None, reason: str
) -> None:
    """Finish a delivery whose outcome was unknown, with the outcome that a person or the peer reported."""
    await connection.execute(
        "update delivery set state = $2, reference = $3, reason = $4, finished_at = now() where delivery_id = $1",
        delivery_id,
        outcome,
        reference,
        reason,
    )


async def hold(connection: Connection, alert_id: UUID, *, on: bool) -> None:
    """Hold back the unfinished delivery of an alert, or let it go again.

    A call of the adapter that has begun is not stopped. A delivery that is held back expires like any other.
    """
    await connection.execute(
        "update delivery set held_back = $2 where alert_id = $1 and state in ('ready', 'leased')", alert_id, on
    )


async def held(connection: Executor, limit: int) -> tuple[int, list[asyncpg.Record]]:
    """Return the number of deliveries that are held (by the kill-switch or alone), and the first ones to expire."""
    waiting = f"""from delivery where state in ('ready', 'leased') and expires_at > now()
        and (held_back or not {NOT_HELD})"""
    rows = await connection.fetch(
        f"""select alert_id, expires_at, held_back, count(*) over () as number {waiting}
            order by expires_at, delivery_id limit $1""",  # constants of the program
        limit,
    )
    return (rows[0]["number"] if rows else 0), rows


async def withdraw(connection: Connection, alert_id: UUID) -> None:
    """Cancel a delivery that was not sent; raise DomainError `delivery_under_way` if the peer may have the message."""
    done = await connection.fetchval(
        """update delivery set state = 'withdrawn', lease_token = null, lease_until = null, finished_at = now()
           where alert_id = $1 and state in ('ready', 'leased') and not find_first
           and reached = '{}' returning delivery_id""",
        alert_id,
    )
    if done is None:
        detail = "Het bericht is misschien al bij BE-Alert. Wacht tot het verstuurd is en trek het dan in."
        raise conflict("delivery_under_way", detail)


async def messages(connection: Connection, first: Alert, now: datetime) -> list[bytes]:
    """Return the message of an alert and those that followed it, as they were sent, the first one first.

    Messages that are not valid any more are left out, unless none is valid.

    Raises:
        DomainError: `message_gone` when the first message is no longer stored.
    """
    rows = await connection.fetch(
        """select d.cap_identifier, d.xml, d.expires_at > $2 as valid from delivery d join alert a using (alert_id)
           where (alert_id = $1 or a.follows = $1) and d.state in ('sent', 'partial')
             and d.cap_identifier = a.document ->> 'cap_identifier' order by d.delivery_id""",
        first.alert_id,
        now,
    )
    if first.cap_identifier not in {row["cap_identifier"] for row in rows}:
        raise conflict("message_gone", "Dit bericht wordt niet meer bewaard. Het kan niet meer ingetrokken worden.")
    return [str(row["xml"]).encode() for row in ([row for row in rows if row["valid"]] or rows)]


async def kill_switch(connection: Connection) -> KillSwitch:
    """Return the kill-switch after its last use."""
    row = await connection.fetchrow(_LAST_SWITCHED)
    if row is None:
        return KillSwitch()
    return KillSwitch(row["use_id"], row["is_on"], row["reason"], row["actor"], row["changed_at"])


async def lock_kill_switch(connection: Connection) -> None:
    """Lock the kill-switch until the transaction ends."""
    await connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", KILL_SWITCH)


async def save_kill_switch(connection: Connection, switch: KillSwitch) -> KillSwitch:
    """Store one more use of the kill-switch; return the kill-switch with the number of this use."""
    use_id = await connection.fetchval(
        """insert into switch (name, is_on, reason, actor, changed_at) values ($1, $2, $3, $4, $5)
           returning use_id""",
        KILL_SWITCH,
        switch.on,
        switch.reason,
        switch.actor,
        switch.changed_at,
    )
    return replace(switch, version=use_id)
