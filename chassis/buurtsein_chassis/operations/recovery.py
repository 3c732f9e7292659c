"""Copies published events from Kafka into an event log that lacks them, as after a restore of the database.

Invariant: a recovered event keeps its id, sequence, time and content, and is not published again. The next event of its
stream gets the sequence after it. As long as the state of the service lacks it, `record_events` accepts no other event
about the same subject (`sql/0011_recovered_events.sql`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from buurtsein_chassis.database import Connection
from buurtsein_chassis.inbox import Headers
from buurtsein_chassis.operations.audit import Operator, Verb, note
from buurtsein_contracts import Event, Unreadable, parse
from buurtsein_contracts.envelope import data_schema

RECOVERED = "recovered"
MOST_COUNTED = 100_000

_END = """
insert into event_stream as stream (topic, key, version) values ($1, $2, 0)
on conflict (topic, key) do update set version = stream.version returning version
"""
"""SQL that locks a stream and returns its last version, 0 for a new stream."""
_APPEND = """
with appended as (
    insert into event_log (event_id, topic, key, version, type, source, subject, data_schema, occurred_at,
                           correlation_id, causation_id, traceparent, data)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) returning id
), ended as (update event_stream set version = $4 where topic = $2 and key = $3)
insert into recovered_event (log_id) select id from appended
"""
_OPEN = """
select l.id, l.topic, l.key, l.version, l.event_id, l.type, l.subject, l.occurred_at, r.recovered_at
from recovered_event r join event_log l on l.id = r.log_id
where r.settled_at is null and l.id > $1 and ($2::text is null or l.subject = $2) order by l.id limit $3
"""
_SETTLE = """
with open as (select log_id from recovered_event join event_log l on l.id = log_id
              where settled_at is null and l.topic = $1 and l.subject = $2),
     settled as (update recovered_event r set settled_at = now() from open where r.log_id = open.log_id returning 1)
select count(*) from settled
"""


@dataclass(frozen=True, slots=True)
class Published:
    """A record that was read from a topic: its headers and its value."""

    headers: Headers
    value: bytes

    def texts(self) -> dict[str, str]:
        """Return the headers as text, by their names in lower case."""
        return {name.lower(): (value or b"").decode("utf-8", "replace") for name, value in self.headers}


@dataclass(frozen=True, slots=True)
class Open:
    """A recovered event whose effect the service's own tables lack; `id` is the event's id in the event log."""

    id: int
    topic: str
    key: str
    version: int
    event_id: UUID
    type: str
    subject: str
    occurred_at: datetime
    recovered_at: datetime


async def recover(
    connection: Connection, topic: str, records: Sequence[Published], by: Operator, *, dry_run: bool
) -> list[str]:
    """Append records to the event log if it lacks them; return an outcome for each record, in the order given.

    The records of one key must be in the order of their sequences. Outcomes: `recovered`; without any change `known`
    (the log has the event), `conflict` (the log has another event with this sequence), `removed` (the stream went on
    after it, and retention deleted what had its sequence), `gap` (an event before it is missing), or `unreadable`. A
    dry run returns the same outcomes and changes nothing.
    """
    attempt = connection.transaction()
    await attempt.start()
    try:
        outcomes = [await _recover(connection, topic, record) for record in records]
        if recovered := outcomes.count(RECOVERED):
            await note(connection, by, Verb.RECOVER, {"topic": topic, "events": recovered})
    except BaseException:
        await attempt.rollback()
        raise
    await (attempt.rollback() if dry_run else attempt.commit())
    return outcomes


async def open_events(
    connection: Connection, subject: str | None = None, after: int = 0, limit: int | None = None
) -> list[Open]:
    """Return the recovered events that no operator has settled, in log order, with a higher id than `after`."""
    rows = await connection.fetch(_OPEN, after, subject, limit)
    return [Open(**dict[str, Any](row)) for row in rows]


async def count_open(connection: Connection) -> int:
    """Count the recovered events that no operator has settled, up to MOST_COUNTED."""
    query = """select count(*) from (select from recovered_event join event_log on id = log_id
                                     where settled_at is null limit $1) as counted"""
    return int(await connection.fetchval(query, MOST_COUNTED))


async def settle(connection: Connection, topic: str, subject: str, by: Operator) -> int:
    """Mark the recovered events about a subject as settled, so that it can have new ones; return how many they were."""
    async with connection.transaction():
        events = int(await connection.fetchval(_SETTLE, topic, subject))
        await note(connection, by, Verb.SETTLE, {"topic": topic, "subject": subject, "events": events})
    return events


async def _recover(connection: Connection, topic: str, record: Published) -> str:
    given = record.texts()
    if given.get("content-type", "").startswith("application/cloudevents"):
        return "unreadable"  # the relay publishes in binary mode only; in this mode the value is no data
    try:
        event = parse(record.headers, record.value)
    except Unreadable:
        return "unreadable"
    end = await connection.fetchval(_END, topic, event.key)
    if event.sequence <= end:
        return await _recorded(connection, topic, event)
    if event.sequence > end + 1:
        return "gap"
    schema = given.get("ce_dataschema") or data_schema(type(event.data))
    await _append(connection, topic, event, schema, record.value.decode())
    return RECOVERED


async def _recorded(connection: Connection, topic: str, event: Event[Any]) -> str:
    """Return `known` if the log has this event, `conflict` if another event has its sequence, else `removed`."""
    query = "select event_id from event_log where topic = $1 and key = $2 and version = $3"
    there = await connection.fetchval(query, topic, event.key, event.sequence)
    if there is None:
        return "removed"
    return "known" if there == event.id else "conflict"


async def _append(connection: Connection, topic: str, event: Event[Any], schema: str, data: str) -> None:
    await connection.execute(
        _APPEND,
        event.id,
        topic,
        event.key,
        event.sequence,
        event.type,
        event.source,
        event.subject,
        schema,
        event.time,
        event.correlation_id,
        event.causation_id,
        event.traceparent,
        data,
    )
