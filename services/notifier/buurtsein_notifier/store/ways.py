"""Gives a delivery to its next adapter, when the peer of the present adapter certainly does not have the message."""

from uuid import UUID

from buurtsein_notifier.domain.delivery import LeasedDelivery
from buurtsein_notifier.store.queue import MINE, NOT_HELD, Executor

_NEXT = """adapter = ways[1], ways = ways[2:], way_since = now(), run_at = now(), find_first = false, state = 'ready',
    lease_token = null, lease_until = null"""
_HAND_ON = f"""update delivery set {_NEXT}, reason = $3, reached = $4 where {MINE} and ways <> '{{}}'
    returning delivery_id"""  # noqa: S608
_HAND_ON_LATE = f"""update delivery set {_NEXT} where adapter = $1 and state = 'ready' and ways <> '{{}}'
    and attempts > 0 and not find_first and way_since < now() - make_interval(secs => $2) and expires_at > now()
    and not held_back and {NOT_HELD} returning delivery_id"""  # noqa: S608


async def hand_on(connection: Executor, delivery: LeasedDelivery, reason: str) -> bool:
    """End the lease and give the delivery to its next adapter; return False if it has none or the lease was lost.

    The caller must be certain that the peer of the present adapter does not have the message.
    """
    done = await connection.fetchval(_HAND_ON, delivery.delivery_id, delivery.lease, reason, sorted(delivery.reached))
    return done is not None


async def hand_on_late(connection: Executor, adapter: str, seconds: float) -> list[UUID]:
    """Give the deliveries that this adapter has tried for `seconds` without success to their next adapter.

    Returns the ids of the deliveries. A delivery whose message the peer may have stays with this adapter.
    """
    rows = await connection.fetch(_HAND_ON_LATE, adapter, seconds)
    return [row["delivery_id"] for row in rows]
