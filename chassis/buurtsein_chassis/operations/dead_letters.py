"""Lists dead letters, redrives them (the consumer tries again) or discards them (the stream goes on without them).

Invariant: an event that became a dead letter did not move the position of its stream. A redrive parks the event at its
own version, and the consumer applies it when it next looks at parked events. A discard moves the position past the
event, and the consumer then applies the events that were parked behind it. Each act is recorded in its transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from buurtsein_chassis.database import Connection
from buurtsein_chassis.inbox import Headers, Inbox, Received, Stream, headers_from_json, receive
from buurtsein_chassis.operations.audit import Operator, Verb, note
from buurtsein_contracts.envelope import MAX_SEQUENCE, SEQUENCE_DIGITS

STATES = ("dead", "redriven", "discarded")
MOST_COUNTED = 100_000


@dataclass(frozen=True, slots=True)
class Chosen:
    """A filter for dead letters: it selects those that match every field that is not None."""

    ids: Sequence[int] | None = None
    consumer: str | None = None
    fingerprint: str | None = None
    key: str | None = None
    states: Sequence[str] = ("dead",)
    after: int = 0
    """Select only dead letters with a higher id than this."""
    limit: int | None = None


async def dead_letters(connection: Connection, chosen: Chosen) -> list[dict[str, Any]]:
    """Return the selected dead letters, oldest first, without the headers and values of their records."""
    rows = await connection.fetch(
        """select id, consumer, topic, partition, "offset", event_id, key, version, reason, fingerprint, detail, state,
                  attempts, first_at, last_at, settled_at
           from dead_letter
           where state = any($1) and ($2::bigint[] is null or id = any($2)) and ($3::text is null or consumer = $3)
             and ($4::text is null or fingerprint = $4) and ($5::text is null or key = $5) and id > $6
           order by id limit $7""",
        list(chosen.states),
        chosen.ids,
        chosen.consumer,
        chosen.fingerprint,
        chosen.key,
        chosen.after,
        chosen.limit,
    )
    return [dict(row) for row in rows]


async def count_open(connection: Connection) -> int:
    """Count the dead letters that were neither redriven nor discarded, up to MOST_COUNTED."""
    number: int = await connection.fetchval(
        "select count(*) from (select from dead_letter where state = 'dead' limit $1) as counted", MOST_COUNTED
    )
    return number


async def record_of(connection: Connection, letter_id: int) -> tuple[Headers, bytes | None]:
    """Return the headers and the value of the record that became this dead letter, as they were received."""
    row = await connection.fetchrow("select headers, value from dead_letter where id = $1", letter_id)
    return ([], None) if row is None else (headers_from_json(row["headers"]), row["value"])


async def redrive(connection: Connection, letter_id: int, by: Operator) -> str:
    """Park the event of a dead letter again, so that the consumer tries to apply it.

    Returns `redriven` on success. Without any change it returns `settled` (the dead letter is not open any more),
    `superseded` (its stream went on without it) or `unreadable` (this release cannot read the record either).
    """
    async with connection.transaction():
        row = await _open_letter(connection, letter_id)
        if row is None:
            return "settled"
        record = _received(row)
        if record.event is None:
            return "unreadable"
        inbox = Inbox(connection, row["consumer"])
        if (await inbox.positions([record.stream])).get(record.stream, 0) >= record.event.sequence:
            return "superseded"
        await inbox.seen_before([record.event.id])
        await inbox.park([record])
        await _settle(connection, row, "redriven", Verb.REDRIVE, by)
    return "redriven"


async def discard(connection: Connection, letter_id: int, by: Operator) -> str:
    """Mark a dead letter as discarded, and let its stream go on without the event.

    Returns `discarded`. Returns `discarded-only` when the stream did not wait for the event, or is not known because
    the headers cannot be read. Returns `settled`, without any change, when the dead letter is not open any more.
    """
    async with connection.transaction():
        row = await _open_letter(connection, letter_id)
        if row is None:
            return "settled"
        place = _place(row)
        moved = place is not None and await move(connection, row["consumer"], place[0], place[1] - 1, place[1])
        await _settle(connection, row, "discarded", Verb.DISCARD, by)
    return "discarded" if moved else "discarded-only"


async def move(connection: Connection, consumer: str, stream: Stream, before: int, after: int) -> bool:
    """Change a stream's last applied version from `before` to `after`; return False if it was not `before`."""
    moved = await connection.fetchval(
        """with moved as (
               update stream_position set version = $5
               where consumer = $1 and topic = $2 and key = $3 and version = $4 returning true
           ), begun as (
               insert into stream_position (consumer, topic, key, version)
               select $1, $2, $3, $5 where $4 = 0
               on conflict do nothing returning true
           )
           select exists (select from moved) or exists (select from begun)""",
        consumer,
        *stream,
        before,
        after,
    )
    return bool(moved)


async def _open_letter(connection: Connection, letter_id: int) -> asyncpg.Record | None:
    return await connection.fetchrow("select * from dead_letter where id = $1 and state = 'dead' for update", letter_id)


def _received(row: asyncpg.Record) -> Received:
    return receive(row["topic"], row["partition"], row["offset"], headers_from_json(row["headers"]), row["value"])


def _place(row: asyncpg.Record) -> tuple[Stream, int] | None:
    """Return stream and version of a dead letter's event; None when the record's headers do not contain them.

    When the body of the record cannot be read, both are taken from the headers.
    """
    if row["version"] is not None:
        return (row["topic"], row["key"]), row["version"]
    claimed = {name.lower(): value.decode("utf-8", "replace") for name, value in headers_from_json(row["headers"])}
    key, sequence = claimed.get("ce_partitionkey", ""), claimed.get("ce_sequence", "")
    digits = sequence.isascii() and sequence.isdigit() and len(sequence) <= SEQUENCE_DIGITS
    held = digits and 0 < int(sequence) <= MAX_SEQUENCE and "\0" not in key  # the tables cannot store other values
    return ((row["topic"], key), int(sequence)) if key and held else None


async def _settle(connection: Connection, row: asyncpg.Record, state: str, verb: Verb, by: Operator) -> None:
    await connection.execute("update dead_letter set state = $2, settled_at = now() where id = $1", row["id"], state)
    target = {name: row[name] for name in ("id", "consumer", "topic", "partition", "offset", "event_id", "reason")}
    await note(connection, by, verb, target)
