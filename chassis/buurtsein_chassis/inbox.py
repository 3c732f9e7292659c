"""Reads and writes the inbox tables, by which a consumer applies each event once, and in order within its stream.

Invariant: after the transaction every received record is applied, parked or a dead letter; none is skipped. A dead
letter does not move the position of its stream, so later events of the stream are parked behind it.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from buurtsein_chassis.database import Connection
from buurtsein_contracts import Event, Unreadable, parse

type Headers = Sequence[tuple[str, bytes | None]]
type Stream = tuple[str, str]


class Received(NamedTuple):
    """A record from Kafka with its event and stream, or with the reason why it cannot be read.

    For a parked event that this release cannot read, stream, version and event id are known as well.
    """

    topic: str
    partition: int
    offset: int
    headers: Headers
    value: bytes | None
    event: Event[Any] | None
    stream: Stream
    problem: Unreadable | None
    event_id: UUID | None = None
    version: int | None = None


class Overtaken(Exception):
    """Raised when another transaction inserted the row of a stream first, so that the batch must be applied again."""


def receive(topic: str, partition: int, offset: int, headers: Headers, value: bytes | None) -> Received:
    """Read a record from Kafka, and raise nothing, whatever the record contains."""
    try:
        event = parse(headers, value)
    except Unreadable as problem:
        return Received(topic, partition, offset, headers, value, None, (topic, ""), problem)
    return Received(topic, partition, offset, headers, value, event, (topic, event.key), None, event.id, event.sequence)


class Inbox:
    """Reads and writes one consumer's inbox tables, on the connection of one transaction."""

    def __init__(self, connection: Connection, consumer: str) -> None:
        """Take an open transaction's connection and the consumer's name; each consumer applies an event once."""
        self.buried: list[tuple[Received, str]] = []
        """Records that became dead letters in this transaction, with the reason; they are logged after the commit."""
        self.has_parked = True
        """True when this consumer may have parked events; `seen_before` sets it to the exact value."""
        self._connection = connection
        self._consumer = consumer

    async def seen_before(self, event_ids: Collection[UUID]) -> set[UUID]:
        """Insert the ids of events into the inbox, and return the ids that were in the inbox already."""
        [row] = await self._connection.fetch(
            """with given as (select id from unnest($2::uuid[]) as g (id)),
                    new as (insert into inbox (consumer, event_id) select $1, id from given order by id
                            on conflict do nothing returning event_id)
               select array(select id from given except select event_id from new) as seen,
                      exists (select from parked where consumer = $1) as parked""",
            self._consumer,
            list(event_ids),
        )
        self.has_parked = row["parked"]
        return set(row["seen"])

    async def forget(self, records: Sequence[Received]) -> None:
        """Delete the ids of these events from the inbox, so that a later transaction can apply the events."""
        if records:
            await self._connection.execute(
                "delete from inbox where consumer = $1 and event_id = any($2::uuid[])",
                self._consumer,
                [record.event_id for record in records],
            )

    async def positions(self, streams: Iterable[Stream]) -> dict[Stream, int]:
        """Lock the rows of these streams and return the last applied versions; streams without a row are left out."""
        topics, keys = _columns(streams)
        rows = await self._connection.fetch(
            """select s.topic, s.key, p.version
               from (select * from unnest($2::text[], $3::text[]) as u (topic, key) order by topic, key) s,
                    lateral (select version from stream_position
                             where consumer = $1 and topic = s.topic and key = s.key for update) p""",
            self._consumer,
            topics,
            keys,
        )
        return {(row["topic"], row["key"]): row["version"] for row in rows}

    async def advance(self, positions: dict[Stream, int]) -> None:
        """Write the new last applied version of each stream; raise Overtaken when another transaction was first."""
        topics, keys = _columns(positions)
        done = await self._connection.execute(
            """insert into stream_position (consumer, topic, key, version)
               select $1, s.* from unnest($2::text[], $3::text[], $4::bigint[]) as s (topic, key, version)
               order by topic, key
               on conflict (consumer, topic, key) do update set version = excluded.version
               where stream_position.version < excluded.version""",
            self._consumer,
            topics,
            keys,
            list(positions.values()),
        )
        if int(done.rpartition(" ")[2]) < len(positions):
            raise Overtaken(self._consumer)

    async def park(self, records: Sequence[Received]) -> None:
        """Store events whose predecessor is missing; a stream without a row in `stream_position` gets that row."""
        topics, keys = _columns(sorted({record.stream for record in records}))
        await self._connection.execute(
            """insert into stream_position (consumer, topic, key, version)
               select $1, s.*, 0 from unnest($2::text[], $3::text[]) as s (topic, key) on conflict do nothing""",
            self._consumer,
            topics,
            keys,
        )
        await self._connection.executemany(
            """insert into parked (consumer, topic, key, version, partition, "offset", event_id, headers, value)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing""",
            [(self._consumer, *_parked_row(record, record.event)) for record in records if record.event],
        )

    async def parked(self, streams: Iterable[Stream]) -> list[Received]:
        """Return the parked events of these streams in order.

        An event that this release cannot read becomes a dead letter.
        """
        topics, keys = _columns(streams)
        rows = await self._connection.fetch(
            """select k.* from parked k join unnest($2::text[], $3::text[]) as s (topic, key) using (topic, key)
               where k.consumer = $1 order by k.topic, k.key, k.version""",
            self._consumer,
            topics,
            keys,
        )
        records = [_parked(row) for row in rows]
        if lost := [record for record in records if record.problem]:
            await self.bury_unread(lost)
            await self.unpark(lost)
        return [record for record in records if record.event]

    async def unpark(self, records: Sequence[Received]) -> None:
        """Delete the rows of parked events that were applied or became dead letters."""
        await self._connection.execute(
            "delete from parked where consumer = $1 and event_id = any($2::uuid[])",
            self._consumer,
            [record.event_id for record in records],
        )

    async def ready_streams(self) -> list[Stream]:
        """Return the streams with a parked event whose predecessor was applied meanwhile."""
        rows = await self._connection.fetch(
            """select distinct k.topic, k.key from parked k
               left join stream_position p using (consumer, topic, key)
               where k.consumer = $1 and k.version <= coalesce(p.version, 0) + 1""",
            self._consumer,
        )
        return [(row["topic"], row["key"]) for row in rows]

    async def bury_unread(self, records: Iterable[Received]) -> None:
        """Store unreadable records as dead letters, each with the reason."""
        for record in records:
            if record.problem:
                await self.bury(record, record.problem.code, record.problem.detail)

    async def bury(self, record: Received, reason: str, detail: str) -> None:
        """Store a record as a dead letter, once; a redriven dead letter that fails again is set to `dead` again."""
        self.buried.append((record, reason))
        text = _storable(detail)
        await self._connection.execute(
            """insert into dead_letter (consumer, topic, partition, "offset", event_id, key, version,
                                        reason, fingerprint, detail, headers, value)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
               on conflict (consumer, topic, partition, "offset", digest) do update set
                   event_id = excluded.event_id, key = excluded.key, version = excluded.version,
                   reason = excluded.reason, fingerprint = excluded.fingerprint, detail = excluded.detail,
                   state = 'dead', settled_at = null, last_at = now(), attempts = dead_letter.attempts + 1
               where dead_letter.state = 'redriven'""",
            self._consumer,
            record.topic,
            record.partition,
            record.offset,
            record.event_id,
            record.stream[1] or None,
            record.version,
            reason,
            _fingerprint(self._consumer, record.topic, reason, text),
            text[:500],
            headers_to_json(record.headers),
            record.value,
        )


def _parked_row(record: Received, event: Event[Any]) -> tuple[Any, ...]:
    place = (record.partition, record.offset)
    return (
        record.topic,
        event.key,
        event.sequence,
        *place,
        event.id,
        headers_to_json(record.headers),
        record.value,
    )


def _parked(row: asyncpg.Record) -> Received:
    headers = headers_from_json(row["headers"])
    record = receive(row["topic"], row["partition"], row["offset"], headers, row["value"])
    return record._replace(stream=(row["topic"], row["key"]), event_id=row["event_id"], version=row["version"])


def headers_from_json(text: str) -> list[tuple[str, bytes]]:
    """Return a record's headers from the JSON text in which they were stored."""
    return [(name, bytes.fromhex(value)) for name, value in json.loads(text)]


def headers_to_json(headers: Headers) -> str:
    """Return a record's headers as the JSON text that `headers_from_json` reads."""
    return json.dumps([[_storable(name), (value or b"").hex()] for name, value in headers])


def _storable(text: str) -> str:
    """Return the text with characters that PostgreSQL cannot store (NUL, half a surrogate pair) as escapes."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", r"\x00")


def _columns(streams: Iterable[Stream]) -> tuple[list[str], list[str]]:
    listed = list(streams)
    return [topic for topic, _ in listed], [key for _, key in listed]


def _fingerprint(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]
