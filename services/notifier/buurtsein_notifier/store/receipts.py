"""Reads and writes the receipts of messages, and chooses the deliveries about which the peer is asked again.

The time of a receipt is from the peer's clock; all other times are the database's `now()`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from buurtsein_chassis.database import Connection
from buurtsein_notifier.domain.delivery import DeliveryState
from buurtsein_notifier.domain.receipt import Kept, Receipt
from buurtsein_notifier.store.queue import Executor

FIRST_WAIT = 15
LAST_HOUR = 24
MOST = 20

_KEEP = """with given as (
        select * from unnest($2::text[], $3::uuid[], $4::text[], $5::int[], $6::int[], $7::timestamptz[])
            one (identifier, target, channel, delivered, failed, at)),
    mine as (
        select d.delivery_id, d.alert_id, d.state, g.* from given g join delivery d on d.cap_identifier = g.identifier
        join alert a using (alert_id) where d.adapter = $1 and d.attempts > 0 and a.network_ids @> array[g.target]),
    kept as (
        insert into receipt (delivery_id, target, channel, delivered, failed, at)
        select distinct on (delivery_id, target, channel) delivery_id, target, channel, delivered, failed, at
        from mine order by delivery_id, target, channel, at desc
        on conflict (delivery_id, target, channel) do update set delivered = excluded.delivered,
            failed = excluded.failed, at = excluded.at where receipt.at < excluded.at)
    select count(*) as number, array_agg(distinct alert_id) filter (where state = 'unknown') as in_doubt from mine"""
# A peer is asked first after 15 seconds, and then at growing intervals (half of the time passed), until a day is over.
_ASK = """with due as materialized (
        select delivery_id from delivery
        where state in ('unknown', 'sent', 'partial') and finished_at > now() - make_interval(hours => $4)
          and adapter = $1 and (state = 'unknown' or $2)
          and now() >= coalesce(asked_at, finished_at) + make_interval(secs => $5)
              + (coalesce(asked_at, finished_at) - finished_at) / 2
        order by state = 'unknown' desc, finished_at limit $3 for update skip locked)
    update delivery d set asked_at = now() from due where d.delivery_id = due.delivery_id
    returning d.delivery_id, d.alert_id, d.cap_identifier, d.state"""


@dataclass(frozen=True, slots=True)
class Question:
    """A message that was sent, and for which the peer will be asked whether it arrived."""

    delivery_id: UUID
    alert_id: UUID
    cap_identifier: str
    state: DeliveryState


async def keep(connection: Connection, adapter: str, receipts: Sequence[Receipt]) -> Kept:
    """Store the latest receipt for each network and channel of messages that the adapter sent; ignore all others."""
    row = await connection.fetchrow(
        _KEEP,
        adapter,
        [one.identifier for one in receipts],
        [one.target for one in receipts],
        [one.channel for one in receipts],
        [one.delivered for one in receipts],
        [one.failed for one in receipts],
        [one.at for one in receipts],
    )
    return Kept(row["number"], sorted(row["in_doubt"] or [])) if row else Kept(0)


async def to_ask(connection: Executor, adapter: str, *, receipts: bool) -> list[Question]:
    """Choose the messages about which the adapter's peer is asked now, those with an unknown outcome first.

    With `receipts`, messages that were sent are chosen too, because the peer knows later how many members got them.
    A message that one worker has chosen is not chosen by another worker.
    """
    rows = await connection.fetch(_ASK, adapter, receipts, MOST, LAST_HOUR, FIRST_WAIT)
    return [Question(row["delivery_id"], row["alert_id"], row["cap_identifier"], row["state"]) for row in rows]
