"""Reads and writes the state of an adapter that all workers share: the circuit breaker and the rate.

After `FAILURES` failures in a row nothing is sent for a while; then one message at a time, until the peer takes one.
The rows of the deliveries are never changed by this. All times are the database's `now()`.
"""

from buurtsein_notifier.store.queue import Executor

FAILURES = 5
FIRST_PAUSE = 5.0
LONGEST_PAUSE = 300.0

_TAKE = """with old as (
        select adapter, case when minute < date_trunc('minute', now()) then 0 else sent end as sent
        from adapter_state where adapter = $1 for update)
    update adapter_state a set minute = date_trunc('minute', now()),
        sent = old.sent + least($2::int, greatest($3::int - old.sent, 0))
    from old where a.adapter = old.adapter returning a.sent - old.sent"""
_FAILED = """insert into adapter_state (adapter, failures) values ($1, 1)
    on conflict (adapter) do update set failures = adapter_state.failures + 1,
        closed_until = case when adapter_state.failures + 1 < $2 then null
            else now() + make_interval(secs =>
                least($3::float8 * 2 ^ least(adapter_state.failures + 1 - $2, 10), $4::float8)) end"""
_WORKED = "update adapter_state set failures = 0, closed_until = null where adapter = $1 and failures > 0"


async def take(connection: Executor, adapter: str, wanted: int, per_minute: int | None) -> int:
    """Return how many messages may be sent now, at most `wanted`, and count them for the rate of this minute."""
    row = await connection.fetchrow(
        "select failures, closed_until > now() as closed from adapter_state where adapter = $1", adapter
    )
    if row and row["closed"]:
        return 0
    room = 1 if row and row["failures"] >= FAILURES else wanted
    return room if per_minute is None else await _of_this_minute(connection, adapter, room, per_minute)


async def _of_this_minute(connection: Executor, adapter: str, wanted: int, per_minute: int) -> int:
    await connection.execute("insert into adapter_state (adapter) values ($1) on conflict do nothing", adapter)
    granted: int = await connection.fetchval(_TAKE, adapter, wanted, per_minute)
    return granted


async def give_back(connection: Executor, adapter: str, unused: int, per_minute: int | None) -> None:
    """Count fewer messages for the rate of this minute, because there were no more to send."""
    if per_minute is not None:
        await connection.execute(
            "update adapter_state set sent = greatest(sent - $2, 0) where adapter = $1", adapter, unused
        )


async def failed(connection: Executor, adapter: str) -> None:
    """Count one failure of the peer; the fifth in a row, and each one after it, stops sending for a while."""
    await connection.execute(_FAILED, adapter, FAILURES, FIRST_PAUSE, LONGEST_PAUSE)


async def worked(connection: Executor, adapter: str) -> None:
    """Forget the failures of a peer that took a message or answered about it."""
    await connection.execute(_WORKED, adapter)
